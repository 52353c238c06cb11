/* A certificate on one page: frame, title, number, fields, QR code, issuer and date, identifier and note. */
#include "trust/pdf_canvas.h"

enum { INK = 0x1a1a1a, GREY = 0x5c5c5c, FRAME = 0x8c6a1c, TITLE = 0x9b1c1c };

static const double LABEL_SHARE = 0.215, SCALE_MOST = 1.2, SCALE_STEP = 0.05, SCALE_LEAST = 0.70;

struct plan {
    struct canvas *c;
    const struct filled *f;
    double left, right, top, bottom; /* of the text area */
    double unit;                     /* 1 on A4 */
    double scale;                    /* of the fields' type */
};

static struct style label_zh(const struct plan *p)
{
    return (struct style){.size = 12.5 * p->unit * p->scale, .colour = INK};
}
static struct style label_en(const struct plan *p)
{
    return (struct style){.size = 7.5 * p->unit * p->scale, .colour = GREY, .leading = 1.25};
}
static struct style value_style(const struct plan *p)
{
    return (struct style){.size = 14 * p->unit * p->scale, .colour = INK};
}

/* One field in a column; draws when `draw`. The label column is as wide for half fields as for whole ones. */
static double field(const struct plan *p, const struct filled_field *f, double x, double y, double width, bool draw)
{
    struct style zh = label_zh(p), en = label_en(p), value = value_style(p);
    double label = (p->right - p->left) * LABEL_SHARE, gap = 10 * p->unit;
    PangoLayout *l_zh = canvas_layout(p->c, f->label.zh, label - gap, &zh),
                *l_en = canvas_layout(p->c, f->label.en, label - gap, &en);
    PangoLayout *l_value = canvas_layout(p->c, f->value, width - label, &value);
    double h_zh = canvas_height(&zh, l_zh), h_en = f->label.en.n ? canvas_height(&en, l_en) : 0,
           h_value = canvas_height(&value, l_value);
    if (draw) {
        /* the first lines share a middle */
        canvas_show(p->c, l_zh, x, y + (canvas_line_height(&value) - canvas_line_height(&zh)) / 2, &zh);
        if (f->label.en.n) canvas_show(p->c, l_en, x, y + h_zh + 1, &en);
        canvas_show(p->c, l_value, x + label, y, &value);
    }
    double h_label = h_zh + h_en + 2;
    return (h_label > h_value ? h_label : h_value) + 7 * p->unit * p->scale;
}

/* All fields from y on; returns their height. Two half fields in a row stand side by side. */
static double fields(const struct plan *p, double y, bool draw)
{
    double start = y, width = p->right - p->left, gutter = 16 * p->unit, half = (width - gutter) / 2;
    for (size_t i = 0; i < p->f->nfields; i++) {
        const struct filled_field *f = &p->f->fields[i];
        if (f->half && i + 1 < p->f->nfields && f[1].half) {
            double h1 = field(p, f, p->left, y, half, draw),
                   h2 = field(p, f + 1, p->left + half + gutter, y, half, draw);
            y += h1 > h2 ? h1 : h2;
            i++;
        } else
            y += field(p, f, p->left, y, f->half ? half : width, draw);
    }
    return y - start;
}

/* A title as large as fits on one line, down to half; longer ones wrap. The area above it stays plain: no emblem. */
static double title(const struct plan *p, double y)
{
    struct style zh = {.size = 32 * p->unit, .align = ALIGN_CENTER, .colour = TITLE, .spacing = 8 * p->unit};
    struct style en = {.size = 12 * p->unit, .align = ALIGN_CENTER, .colour = GREY, .spacing = 0.6};
    double width = p->right - p->left;
    PangoLayout *l = canvas_fit(p->c, p->f->title.zh, width, &zh, 16 * p->unit);
    double h = canvas_show(p->c, l, p->left, y, &zh);
    return h + canvas_text(p->c, p->f->title.en, p->left, y + h, width, &en);
}

static double number(const struct plan *p, double y)
{
    struct style s = {.size = 11 * p->unit, .align = ALIGN_RIGHT, .colour = INK};
    if (!p->f->number.n) return 0;
    struct slice label = pdf_pair(p->c->a, p->f->number_label, " ");
    struct slice text =
        label.n ? arena_printf(p->c->a, "%.*s：%.*s", SLICE_ARG(label), SLICE_ARG(p->f->number)) : p->f->number;
    return canvas_text(p->c, text, p->left, y, p->right - p->left, &s);
}

/* Identifier and note, upwards from the bottom; returns the y of their top. */
static double foot(const struct plan *p)
{
    struct style id = {.size = 8.5 * p->unit, .align = ALIGN_CENTER, .colour = INK},
                 note = {.size = 8 * p->unit, .align = ALIGN_CENTER, .colour = GREY};
    double width = p->right - p->left, y = p->bottom;
    const struct slice notes[] = {p->f->note.en, p->f->note.zh};
    for (int i = 0; i < 2; i++) {
        if (!notes[i].n) continue;
        PangoLayout *l = canvas_layout(p->c, notes[i], width, &note);
        y -= canvas_height(&note, l);
        canvas_show(p->c, l, p->left, y, &note);
    }
    struct slice text = arena_printf(p->c->a, "电子证照标识 Certificate ID：%.*s", SLICE_ARG(p->f->certificate_id));
    PangoLayout *l = canvas_fit(p->c, text, width, &id, 6.5 * p->unit);
    y -= canvas_height(&id, l) + 3 * p->unit;
    canvas_show(p->c, l, p->left, y, &id);
    canvas_rule(p->c, p->left, y - 4 * p->unit, p->right, 0.4, FRAME);
    return y - 8 * p->unit;
}

/* QR code at the left, issuer and date at the right, standing on `floor`; returns the y of the block's top. The seal stands on `floor` too: name
 * and date come to lie a little below its middle (GB/T 9704-2012, 7.3.5.1), and it covers nothing else. */
static result closing(const struct plan *p, double floor, double *top)
{
    struct style caption = {.size = 7.5 * p->unit, .align = ALIGN_CENTER, .colour = GREY};
    struct style small = {.size = 8.5 * p->unit, .align = ALIGN_RIGHT, .colour = GREY},
                 issuer = {.size = 14 * p->unit, .align = ALIGN_CENTER, .colour = INK};
    double side = MM(25) * p->unit, cap = 2 * canvas_line_height(&caption);
    double y = floor - side - cap, width = (p->right - p->left) * (p->f->landscape ? 0.42 : 0.56), x = p->right - width;
    TRY(canvas_qr(p->c, p->f->qr, p->left, y, side));
    canvas_text(p->c, S("扫码验证\nScan to verify"), p->left - 6, y + side + 1, side + 12, &caption);
    PangoLayout *name = canvas_fit(p->c, p->f->issuer, width, &issuer, 10.5 * p->unit),
                *date = canvas_layout(p->c, p->f->date, width, &issuer);
    p->c->seal_x = x + width / 2;
    p->c->seal_y = floor - MM(SEAL_MM) / 2;
    /* clear of the code at the seal's lower edge; the caption beside the seal */
    double at = floor - canvas_height(&issuer, date) - canvas_height(&issuer, name) - MM(6), beside = MM(40) * p->unit;
    canvas_text(p->c, S("发证机关 Issued by"), p->c->seal_x - MM(SEAL_MM / 2.0 + 2) - beside, at + 3 * p->unit, beside,
                &small);
    at += canvas_show(p->c, name, x, at, &issuer) + 4 * p->unit;
    canvas_show(p->c, date, x, at, &issuer);
    *top = floor - MM(SEAL_MM) < y ? floor - MM(SEAL_MM) : y;
    return ok();
}

result pdf_licence(struct canvas *c, const struct filled *f)
{
    struct plan p = {.c = c, .f = f, .scale = 1};
    double closing_top, margin;
    p.unit = (f->size == PAGE_A3 ? 1.41 : f->size == PAGE_A5 ? 0.71 : 1.0);
    margin = MM(10) * p.unit;
    p.left = margin + MM(17) * p.unit;
    p.right = c->width - p.left;
    p.top = margin + MM(14) * p.unit;
    p.bottom = c->height - margin - MM(6) * p.unit;
    canvas_border(c, f->border, margin, FRAME);
    double y = p.top + title(&p, p.top) + 6 * p.unit;
    y += number(&p, y) + 8 * p.unit;
    TRY(closing(&p, foot(&p), &closing_top));
    double room = closing_top - 8 * p.unit - y;
    /* type larger than usual only while that leaves air */
    for (p.scale = SCALE_MOST; fields(&p, y, false) > (p.scale > 1 ? 0.85 : 1.0) * room; p.scale -= SCALE_STEP)
        if (p.scale < SCALE_LEAST + 0.001)
            return fail(c->a, CODE_PDF_RENDER, S("/fields"), "detail", S("does not fit one page"), NULL);
    double slack = room - fields(&p, y, false);
    fields(&p, y + (slack > 60 ? 24 : slack * 0.4), true);
    canvas_end_page(c);
    return ok();
}
