/* An official letter: head of the issuing body, title, number, addressee, paragraphs, remedies, signature block. */
#include "trust/pdf_canvas.h"

enum { INK = 0x1a1a1a, GREY = 0x5c5c5c, HEAD = 0xc1121f };
enum { PAGES_MAX = 10 };

struct flow {
    struct canvas *c;
    const struct filled *f;
    double left, right, top, bottom, y;
    double unit, scale; /* scale: of the paragraphs' type, to bring a lonely signature back to the text */
    int page, pages;    /* pages: 0 while counting */
    bool draw, too_long, lonely;
};

static void page_number(struct flow *p)
{
    struct style s = {.size = 10.5 * p->unit, .align = ALIGN_CENTER, .colour = INK};
    if (p->pages < 2) return;
    canvas_text(p->c, arena_printf(p->c->a, "— %d / %d —", p->page, p->pages), p->left, p->bottom + MM(8) * p->unit,
                p->right - p->left, &s);
}

static void end_page(struct flow *p)
{
    if (p->draw) {
        page_number(p);
        canvas_border(p->c, p->f->border, MM(12) * p->unit, INK);
        canvas_end_page(p->c);
    }
}

static void next_page(struct flow *p)
{
    end_page(p);
    if (p->page == PAGES_MAX) p->too_long = true;
    p->page++;
    p->y = p->top;
}

/* Makes room for h, on the next page if need be. */
static void need(struct flow *p, double h)
{
    if (p->y + h > p->bottom && p->y > p->top) next_page(p);
}

/* A text that may run over pages, line by line. keep: lines that must stay together at its beginning. */
static void put(struct flow *p, struct slice text, const struct style *s, int keep)
{
    if (!text.n || p->too_long) return;
    PangoLayout *l = canvas_layout(p->c, text, p->right - p->left, s);
    int n = canvas_lines(l);
    need(p, canvas_line_height(s) * (keep < n ? keep : n));
    for (int i = 0; i < n && !p->too_long; i++) {
        need(p, canvas_line_height(s));
        if (p->draw) canvas_show_line(p->c, l, i, p->left, p->y, s);
        p->y += canvas_line_height(s);
    }
}

static void head(struct flow *p)
{
    const struct filled *f = p->f;
    struct style issuer = {.size = 26 * p->unit, .align = ALIGN_CENTER, .colour = HEAD, .spacing = 5 * p->unit};
    struct style title = {.size = 20 * p->unit, .align = ALIGN_CENTER, .colour = INK, .spacing = 1.5 * p->unit};
    struct style en = {.size = 10 * p->unit, .align = ALIGN_CENTER, .colour = GREY},
                 number = {.size = 12.5 * p->unit, .align = ALIGN_CENTER, .colour = INK};
    (void)canvas_fit(p->c, f->issuer, p->right - p->left, &issuer, 16 * p->unit);
    put(p, f->issuer, &issuer, 1);
    p->y += 6 * p->unit;
    if (p->draw) {
        canvas_rule(p->c, p->left, p->y, p->right, 1.8, HEAD);
        canvas_rule(p->c, p->left, p->y + 3, p->right, 0.6, HEAD);
    }
    p->y += 22 * p->unit;
    put(p, f->title.zh, &title, 1);
    put(p, f->title.en, &en, 1);
    p->y += 4 * p->unit;
    put(p, f->number, &number, 1);
    p->y += 14 * p->unit;
}

static void paragraph(struct flow *p, const struct text_pair *t, bool heading, bool indent)
{
    struct style zh = {.size = 14 * p->unit * p->scale, .colour = INK, .leading = 1.7},
                 en = {.size = 9.5 * p->unit * p->scale, .colour = GREY, .leading = 1.4};
    if (indent) zh.indent = 2 * zh.size;
    if (heading) {
        zh.size = 14.5 * p->unit * p->scale;
        p->y += 3 * p->unit;
    }
    put(p, t->zh, &zh, heading ? 2 : 1);
    put(p, t->en, &en, 1);
}

/* QR code left, issuer and date right; never torn apart. */
static result signature(struct flow *p)
{
    struct style s = {.size = 14 * p->unit, .align = ALIGN_CENTER, .colour = INK, .leading = 1.7},
                 caption = {.size = 7.5 * p->unit, .align = ALIGN_CENTER, .colour = GREY};
    double width = (p->right - p->left) * 0.5, x = p->right - width, side = MM(24) * p->unit;
    PangoLayout *name = canvas_fit(p->c, p->f->issuer, width, &s, 11 * p->unit);
    double right = canvas_height(&s, name) + canvas_line_height(&s), block = right + 16 * p->unit,
           left = side + 2 * canvas_line_height(&caption);
    p->y += 20 * p->unit;
    need(p, block > left ? block : left);
    if (p->f->qr.n && p->draw) {
        TRY(canvas_qr(p->c, p->f->qr, p->left, p->y, side));
        canvas_text(p->c, S("扫码验证\nScan to verify"), p->left - 6, p->y + side + 1, side + 12, &caption);
    }
    if (p->draw) {
        canvas_show(p->c, name, x, p->y + 16 * p->unit, &s);
        canvas_text(p->c, p->f->date, x, p->y + 16 * p->unit + canvas_height(&s, name), width, &s);
    }
    p->y += (p->f->qr.n && left > block ? left : block) + 10 * p->unit;
    return ok();
}

static result run(struct flow *p)
{
    const struct filled *f = p->f;
    struct style addressee = {.size = 14 * p->unit * p->scale, .colour = INK, .leading = 1.7},
                 small = {.size = 10 * p->unit, .colour = GREY, .leading = 1.5};
    p->page = 1;
    p->y = p->top;
    head(p);
    put(p, arena_printf(p->c->a, "%.*s：", SLICE_ARG(f->addressee)), &addressee, 1);
    for (size_t i = 0; i < f->nbody; i++) paragraph(p, &f->body[i].text, f->body[i].heading, f->body[i].indent);
    if (f->remedies.zh.n) paragraph(p, &f->remedies, false, true);
    int text_page = p->page;
    TRY(signature(p));
    put(p, f->contact, &small, 1);
    put(p, f->note.zh, &small, 1);
    put(p, f->note.en, &small, 1);
    p->lonely = p->page > text_page; /* something stands on a page without text */
    if (p->too_long) return fail(p->c->a, CODE_PDF_RENDER, S("/body"), "detail", S("longer than ten pages"), NULL);
    end_page(p);
    return ok();
}

/* Counts the pages first, then draws. A signature must not stand on a page without text (GB/T 9704-2012, 7.3.5): smaller
 * type brings it back, or else the usual size stays. */
result pdf_letter(struct canvas *c, const struct filled *f)
{
    struct flow p = {.c = c, .f = f};
    p.unit = f->size == PAGE_A3 ? 1.41 : f->size == PAGE_A5 ? 0.71 : 1.0;
    p.left = MM(28) * p.unit; /* margins of GB/T 9704-2012, 5.2: 28 mm at the binding side, 26 at the other */
    p.right = c->width - MM(26) * p.unit;
    p.top = MM(30) * p.unit;
    p.bottom = c->height - MM(30) * p.unit;
    p.lonely = true;
    for (p.scale = 1; p.lonely && p.scale > 0.83; p.scale -= p.lonely ? 0.04 : 0) TRY(run(&p));
    if (p.lonely) {
        p.scale = 1;
        TRY(run(&p));
    }
    p.pages = p.page;
    p.draw = true;
    return run(&p);
}
