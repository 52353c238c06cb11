/* The flow of an official paper: head, parts, end; page numbers. */
#include "trust/official_parts.h"

enum { WIDOW_LINES = 2, LAST_TOGETHER = 3 };
static const double SMALL_LEADING = 1.5;

struct style official_style(const struct official_flow *p, enum official_face face, double size, double leading)
{
    return (struct style){.size = size,
                          .colour = OFFICIAL_INK,
                          .family = p->family[face],
                          .leading = leading,
                          .weight = face == OFFICIAL_TITLE ? size / 45 : 0};
}

/* ---- fonts ---- */

static const char *const STANDARD[OFFICIAL_FACES] = {
    [OFFICIAL_TITLE] = "FZXiaoBiaoSong-B05S, AR PL SungtiL GB, AR PL UMing CN",
    [OFFICIAL_BODY] = "FangSong_GB2312, FangSong, AR PL SungtiL GB, AR PL UMing CN",
    [OFFICIAL_KAI] = "KaiTi_GB2312, KaiTi, AR PL KaitiM GB, AR PL UKai CN",
    [OFFICIAL_HEI] = "SimHei, WenQuanYi Micro Hei",
    [OFFICIAL_SONG] = "SimSun, AR PL SungtiL GB, AR PL UMing CN",
};

static result find_font(struct official_flow *p, struct slice list, const char **family)
{
    struct buf found = buf_new(p->c->a, 2000);
    struct slice rest = list, one;
    while (rest.n) {
        (void)slice_cut(rest, ',', &one, &rest);
        one = slice_trim(one);
        if (one.n && canvas_has_font(p->c->pango, arena_cstr(p->c->a, one)))
            buf_printf(&found, "%s%.*s", found.n ? "," : "", SLICE_ARG(one));
    }
    *family = arena_cstr(p->c->a, buf_slice(&found));
    return found.n ? ok()
                   : fail(p->c->a, CODE_PDF_RENDER, S("/fonts"), "detail",
                          arena_printf(p->c->a, "none of these fonts is installed: %.*s", SLICE_ARG(list)), NULL);
}

static result find_fonts(struct official_flow *p, const struct official_fonts *wanted)
{
    for (int i = 0; i < OFFICIAL_FACES; i++) {
        struct slice list = wanted && wanted->families[i].n ? wanted->families[i] : slice_cstr(STANDARD[i]);
        TRY(find_font(p, list, &p->family[i]));
    }
    return ok();
}

/* ---- pages ---- */

/* 7.5: 四号半角宋体, 7 mm below the type area, a dash each side; right on odd pages, left on even ones, one character in. */
static void page_number(struct official_flow *p)
{
    struct style s = official_style(p, OFFICIAL_SONG, SIZE_4, 1.35);
    s.align = p->page % 2 ? ALIGN_RIGHT : ALIGN_LEFT;
    canvas_text(p->c, arena_printf(p->c->a, "— %d —", p->page), p->left + CHARACTER, p->bottom + MM(7),
                TYPE_WIDTH - 2 * CHARACTER, &s);
}

/* Even pages are the backs of odd ones: their binding side, with the wider margin, is at the right. */
static void begin_page(struct official_flow *p)
{
    cairo_save(p->c->cr);
    if (p->page % 2 == 0) cairo_translate(p->c->cr, -MM(2), 0);
    p->y = p->top;
}

static void end_page(struct official_flow *p)
{
    page_number(p);
    cairo_restore(p->c->cr);
    canvas_end_page(p->c);
}

void official_next_page(struct official_flow *p)
{
    if (p->page == OFFICIAL_PAGES) p->too_long = true;
    if (p->too_long) return;
    end_page(p);
    p->page++;
    begin_page(p);
}

void official_need(struct official_flow *p, double h)
{
    if (p->y + h > p->bottom + 0.5 && p->y > p->top + 0.5) official_next_page(p);
}

/* ---- text ---- */

static void put_line(struct official_flow *p, PangoLayout *l, int line, const struct style *s)
{
    official_need(p, canvas_line_height(s));
    canvas_show_line(p->c, l, line, p->left, p->y, s);
    p->y += canvas_line_height(s);
}

/* Neither its first nor its last line stands alone on a page. */
static void put_text(struct official_flow *p, struct slice text, const struct style *s)
{
    if (!text.n || p->too_long) return;
    PangoLayout *l = canvas_layout(p->c, text, TYPE_WIDTH, s);
    int n = canvas_lines(l);
    double h = canvas_line_height(s);
    official_need(p, h * (n < WIDOW_LINES ? n : WIDOW_LINES));
    for (int i = 0; i < n && !p->too_long; i++) {
        if (n - i == WIDOW_LINES && i > 0) official_need(p, h * WIDOW_LINES);
        put_line(p, l, i, s);
    }
}

static struct style text_style(const struct official_flow *p, const struct official_part *part)
{
    bool small = part->kind == OFFICIAL_SMALL;
    enum official_face face = part->kind == OFFICIAL_HEADING      ? OFFICIAL_HEI
                              : part->kind == OFFICIAL_SUBHEADING ? OFFICIAL_KAI
                                                                  : OFFICIAL_BODY;
    struct style s = official_style(p, face, small ? SIZE_5 : SIZE_3, small ? SMALL_LEADING : LINE_HEIGHT / SIZE_3);
    s.indent = small ? 2 * SIZE_5 : 2 * CHARACTER;
    s.spacing = small ? 0 : CHARACTER - SIZE_3;
    s.align = part->kind == OFFICIAL_PARAGRAPH || small ? ALIGN_JUSTIFY : ALIGN_LEFT;
    return s;
}

/* How much of a part must stand on the page where it begins. */
static double least(struct official_flow *p, const struct official_part *part)
{
    if (part->kind == OFFICIAL_TABLE_) return official_table_least(p, part->table);
    if (part->kind == OFFICIAL_CHART_) return official_chart_height(part->chart);
    return part->kind == OFFICIAL_SMALL ? SIZE_5 * SMALL_LEADING : WIDOW_LINES * LINE_HEIGHT;
}

static bool is_heading(const struct official_part *part)
{
    return part->kind == OFFICIAL_HEADING || part->kind == OFFICIAL_SUBHEADING;
}

static void put_part(struct official_flow *p, size_t i)
{
    const struct official_part *part = &p->paper->parts[i];
    if (part->kind == OFFICIAL_TABLE_) {
        official_table_draw(p, part->table);
        return;
    }
    if (part->kind == OFFICIAL_CHART_) {
        official_chart_draw(p, part->chart);
        return;
    }
    struct style s = text_style(p, part);
    if (is_heading(part)) {
        double h = 0;
        size_t k = i;
        for (; k < p->paper->nparts && is_heading(&p->paper->parts[k]); k++) h += LINE_HEIGHT;
        official_need(p, k < p->paper->nparts ? h + least(p, &p->paper->parts[k]) : h);
    }
    put_text(p, part->text, &s);
}

/* ---- head ---- */

static void head(struct official_flow *p)
{
    const struct official_paper *paper = p->paper;
    struct style name = official_style(p, OFFICIAL_TITLE, 54, 1.3),
                 issue = official_style(p, OFFICIAL_BODY, SIZE_3, 1.84), line = issue,
                 title = official_style(p, OFFICIAL_TITLE, SIZE_2, 1.55);
    name.align = issue.align = title.align = ALIGN_CENTER;
    name.colour = OFFICIAL_RED;
    name.spacing = 6;
    p->y += MM(4);
    PangoLayout *l = canvas_fit(p->c, paper->name, TYPE_WIDTH, &name, 30);
    name.weight = name.size / 26;
    p->y += canvas_show(p->c, l, p->left, p->y, &name) + MM(4);
    p->y += canvas_text(p->c, paper->issue, p->left, p->y, TYPE_WIDTH, &issue) + MM(3);
    line.align = ALIGN_RIGHT;
    canvas_text(p->c, paper->date, p->left, p->y, TYPE_WIDTH - CHARACTER, &line);
    line.align = ALIGN_LEFT;
    p->y += canvas_text(p->c, paper->issuer, p->left + CHARACTER, p->y, TYPE_WIDTH - CHARACTER, &line) + MM(1);
    canvas_rule(p->c, p->left, p->y, p->right, 2, OFFICIAL_RED);
    p->y += LINE_HEIGHT;
    p->y += canvas_text(p->c, paper->title, p->left, p->y, TYPE_WIDTH, &title) + LINE_HEIGHT * 0.6;
}

/* ---- end: code and 版记 ---- */

static double record_line(struct official_flow *p, const char *label, struct slice text, double y, bool draw)
{
    struct style s = official_style(p, OFFICIAL_BODY, SIZE_4, 1.6);
    double label_width = *label ? 2 * SIZE_4 : 0, width = TYPE_WIDTH - 2 * SIZE_4 - label_width;
    if (!text.n) return 0;
    PangoLayout *l = canvas_layout(p->c, text, width, &s);
    if (draw) {
        canvas_text(p->c, slice_cstr(label), p->left + SIZE_4, y, label_width + SIZE_4, &s);
        canvas_show(p->c, l, p->left + SIZE_4 + label_width, y, &s);
    }
    return canvas_height(&s, l);
}

/* Draws (or measures) the 版记 with its top at y; thick rules outside, thin ones within (7.4). */
static double record(struct official_flow *p, double y, bool draw)
{
    const struct official_paper *paper = p->paper;
    double start = y, thick = MM(0.35), thin = MM(0.25);
    if (draw) canvas_rule(p->c, p->left, y, p->right, thick, OFFICIAL_INK);
    y += 3 + record_line(p, "报：", paper->report_to, y + 3, draw);
    y += record_line(p, "送：", paper->send_to, y, draw) + 3;
    if (paper->imprint.n) {
        if (draw && (paper->report_to.n || paper->send_to.n))
            canvas_rule(p->c, p->left, y, p->right, thin, OFFICIAL_INK);
        y += 3;
        y += record_line(p, "", paper->imprint, y, draw) + 3;
    }
    if (draw) canvas_rule(p->c, p->left, y, p->right, thick, OFFICIAL_INK);
    return y - start;
}

#define CODE_SIDE MM(24)

static double code_height(const struct official_flow *p)
{
    return p->paper->qr.n ? CODE_SIDE + 8 : 0;
}

static double end_height(struct official_flow *p)
{
    return record(p, 0, false) + code_height(p) + 12;
}

static result end(struct official_flow *p)
{
    double side = CODE_SIDE, h = record(p, 0, false), code = code_height(p);
    struct style caption = official_style(p, OFFICIAL_BODY, SIZE_SMALL_5, 1.4);
    official_need(p, end_height(p));
    double y = p->bottom - h;
    if (p->paper->qr.n) {
        double top = y - code, x = p->left + side + 10;
        TRY(canvas_qr(p->c, p->paper->qr, p->left + 2, top, side));
        struct slice words =
            arena_printf(p->c->a, "扫码核验本期简报的真伪和完整性，或将文件交 tongban verify 离线核验。\n%.*s",
                         SLICE_ARG(p->paper->qr));
        PangoLayout *l = canvas_layout(p->c, words, p->right - x, &caption);
        canvas_show(p->c, l, x, top + (side - canvas_height(&caption, l)) / 2, &caption);
    }
    record(p, y, true);
    p->y = p->bottom;
    end_page(p);
    return ok();
}

/* ---- parts ---- */

static double small_height(struct official_flow *p, const struct official_part *part)
{
    struct style s = text_style(p, part);
    return canvas_height(&s, canvas_layout(p->c, part->text, TYPE_WIDTH, &s));
}

/* The end does not stand on a page without text: the last notes go over with it. */
static void keep_with_end(struct official_flow *p, size_t i)
{
    double h = end_height(p);
    for (; i < p->paper->nparts; i++) {
        if (p->paper->parts[i].kind != OFFICIAL_SMALL) return;
        h += small_height(p, &p->paper->parts[i]);
    }
    official_need(p, h);
}

/* A chart for which a page has no room comes after the paragraphs that follow it, so that the page is filled. */
static void put_parts(struct official_flow *p)
{
    const struct official_paper *paper = p->paper;
    for (size_t i = 0; i < paper->nparts && !p->too_long; i++) {
        size_t after = i + 1;
        if (i + LAST_TOGETHER == paper->nparts) keep_with_end(p, i);
        bool chart = paper->parts[i].kind == OFFICIAL_CHART_;
        double h = chart ? official_chart_height(paper->parts[i].chart) : 0;
        while (chart && p->y + h > p->bottom && after < paper->nparts && paper->parts[after].kind == OFFICIAL_PARAGRAPH)
            put_part(p, after++);
        put_part(p, i);
        i = after - 1;
    }
}

/* ---- the whole ---- */

struct job {
    struct arena *a; /* the caller's */
    const struct official_paper *paper;
    const struct official_fonts *fonts;
    struct official_fonts *used;
};

static result draw(struct canvas *c, void *ctx)
{
    const struct job *j = ctx;
    struct official_flow p = {.c = c, .paper = j->paper, .left = MM(28), .top = MM(37), .page = 1};
    p.right = p.left + TYPE_WIDTH;
    p.bottom = p.top + TYPE_HEIGHT;
    TRY(find_fonts(&p, j->fonts));
    for (int i = 0; j->used && i < OFFICIAL_FACES; i++)
        j->used->families[i] = arena_copy(j->a, slice_cstr(p.family[i]));
    begin_page(&p);
    head(&p);
    put_parts(&p);
    if (p.too_long)
        return fail(c->a, CODE_PDF_RENDER, S("/parts"), "detail",
                    arena_printf(c->a, "longer than %d pages", OFFICIAL_PAGES), NULL);
    return end(&p);
}

result official_render(struct arena *a, const struct official_paper *paper, const struct official_fonts *fonts,
                       instant made_at, bool specimen, struct official_fonts *used, struct slice *pdf)
{
    struct job j = {a, paper, fonts, used};
    struct pdf_about about = {.title = arena_printf(a, "%.*s %.*s", SLICE_ARG(paper->name), SLICE_ARG(paper->issue)),
                              .author = paper->issuer,
                              .made_at = made_at,
                              .width = MM(210),
                              .height = MM(297),
                              .specimen = specimen};
    return canvas_pdf(a, &about, draw, &j, pdf);
}
