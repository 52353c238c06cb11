#include "trust/pdf_canvas.h"

#include <qrencode.h>

#define FONT "WenQuanYi Micro Hei"

void canvas_colour(struct canvas *c, uint32_t colour)
{
    cairo_set_source_rgb(c->cr, (colour >> 16 & 255) / 255.0, (colour >> 8 & 255) / 255.0, (colour & 255) / 255.0);
}

static void free_layout(void *l)
{
    g_object_unref(l);
}

PangoLayout *canvas_layout(struct canvas *c, struct slice text, double width, const struct style *s)
{
    PangoLayout *l = pango_layout_new(c->pango);
    arena_cleanup(c->a, free_layout, l);
    PangoFontDescription *font = pango_font_description_new();
    pango_font_description_set_family_static(font, s->family ? s->family : FONT);
    pango_font_description_set_absolute_size(font, s->size * PANGO_SCALE);
    pango_layout_set_font_description(l, font);
    pango_font_description_free(font);
    pango_layout_set_width(l, (int)(width * PANGO_SCALE));
    pango_layout_set_wrap(l, PANGO_WRAP_WORD_CHAR);
    pango_layout_set_indent(l, (int)(s->indent * PANGO_SCALE));
    pango_layout_set_auto_dir(l, FALSE); /* names must not turn the line around */
    pango_layout_set_justify(l, s->align == ALIGN_JUSTIFY);
    pango_layout_set_alignment(l, s->align == ALIGN_CENTER  ? PANGO_ALIGN_CENTER
                                  : s->align == ALIGN_RIGHT ? PANGO_ALIGN_RIGHT
                                                            : PANGO_ALIGN_LEFT);
    if (s->spacing > 0) {
        PangoAttrList *attrs = pango_attr_list_new();
        pango_attr_list_insert(attrs, pango_attr_letter_spacing_new((int)(s->spacing * PANGO_SCALE)));
        pango_layout_set_attributes(l, attrs);
        pango_attr_list_unref(attrs);
    }
    pango_layout_set_text(l, text.n ? text.p : "", (int)text.n);
    if (pango_layout_get_unknown_glyphs_count(l) > 0) c->missing_glyph = true;
    return l;
}

#define SMALLER 0.95
#define TIGHTER 0.88
/* Steps that are too wide for certain, by the width of the text in one line: each step of a layout costs as much as drawing it. */
static void skip_steps(PangoLayout *l, struct slice text, double width, struct style *s, double least)
{
    int w;
    pango_layout_set_width(l, -1);
    pango_layout_get_size(l, &w, NULL);
    pango_layout_set_width(l, (int)(width * PANGO_SCALE));
    double spaces = s->spacing * (double)g_utf8_strlen(text.p, (gssize)text.n),
           glyphs = (double)w / PANGO_SCALE - spaces;
    while (0.95 * (glyphs * SMALLER + spaces * TIGHTER) > width && s->size * SMALLER > least) {
        glyphs *= SMALLER;
        spaces *= TIGHTER;
        s->size *= SMALLER;
        s->spacing *= TIGHTER;
    }
}

PangoLayout *canvas_fit(struct canvas *c, struct slice text, double width, struct style *s, double least)
{
    PangoLayout *l = canvas_layout(c, text, width, s);
    if (canvas_lines(l) > 1 && slice_search(text, S("\n")) == SIZE_MAX) skip_steps(l, text, width, s, least);
    while (canvas_lines(l) > 1 && s->size > least) {
        s->size *= SMALLER;
        s->spacing *= TIGHTER;
        l = canvas_layout(c, text, width, s);
    }
    return l;
}

double canvas_line_height(const struct style *s)
{
    return s->size * (s->leading > 0 ? s->leading : 1.35);
}

int canvas_lines(PangoLayout *l)
{
    return pango_layout_get_line_count(l);
}

double canvas_height(const struct style *s, PangoLayout *l)
{
    return canvas_line_height(s) * canvas_lines(l);
}

/* The x of a line within its layout: alignment and first-line indent. */
static double line_offset(PangoLayout *l, int line)
{
    PangoLayoutIter *i = pango_layout_get_iter(l);
    PangoRectangle logical;
    for (int n = 0; n < line; n++) pango_layout_iter_next_line(i);
    pango_layout_iter_get_line_extents(i, NULL, &logical);
    pango_layout_iter_free(i);
    return (double)logical.x / PANGO_SCALE;
}

void canvas_show_line(struct canvas *c, PangoLayout *l, int line, double x, double y, const struct style *s)
{
    double height = canvas_line_height(s);
    /* the face's ascent is about 0.94 of its size, descent 0.24: centre that in the line */
    double left = x + line_offset(l, line), base = y + (height - 1.18 * s->size) / 2 + 0.94 * s->size;
    PangoLayoutLine *text = pango_layout_get_line_readonly(l, line);
    if (c->ofd) {
        ofd_draw_line(c->ofd, c->cr, text, left, base, s->colour);
        return;
    }
    canvas_colour(c, s->colour);
    cairo_move_to(c->cr, left, base);
    if (s->weight > 0) {
        pango_cairo_layout_line_path(c->cr, text);
        cairo_set_line_width(c->cr, s->weight);
        cairo_set_line_join(c->cr, CAIRO_LINE_JOIN_ROUND);
        cairo_stroke(c->cr);
        cairo_move_to(c->cr, left, base);
    }
    pango_cairo_show_layout_line(c->cr, text);
}

double canvas_show(struct canvas *c, PangoLayout *l, double x, double y, const struct style *s)
{
    for (int i = 0; i < canvas_lines(l); i++) canvas_show_line(c, l, i, x, y + i * canvas_line_height(s), s);
    return canvas_height(s, l);
}

double canvas_text(struct canvas *c, struct slice text, double x, double y, double width, const struct style *s)
{
    return text.n ? canvas_show(c, canvas_layout(c, text, width, s), x, y, s) : 0;
}

void canvas_rectangle(struct canvas *c, double x, double y, double w, double h, double line, uint32_t colour)
{
    if (c->ofd) {
        ofd_draw_rectangle(c->ofd, x, y, w, h, line, colour);
        return;
    }
    canvas_colour(c, colour);
    cairo_set_line_width(c->cr, line);
    cairo_rectangle(c->cr, x, y, w, h);
    cairo_stroke(c->cr);
}

void canvas_rule(struct canvas *c, double x1, double y, double x2, double line, uint32_t colour)
{
    if (c->ofd) {
        ofd_draw_rectangle(c->ofd, x1, y, x2 - x1, 0, line, colour);
        return;
    }
    canvas_colour(c, colour);
    cairo_set_line_width(c->cr, line);
    cairo_move_to(c->cr, x1, y);
    cairo_line_to(c->cr, x2, y);
    cairo_stroke(c->cr);
}

/* The mark's text and where it stands under *m, which turns it about the page's middle. */
static PangoLayout *specimen_mark(struct canvas *c, cairo_matrix_t *m, double *x, double *y)
{
    const struct style s = {.size = c->width / 9, .align = ALIGN_CENTER, .spacing = 6};
    PangoLayout *l = canvas_layout(c, S("样证 SPECIMEN"), c->width * 1.2, &s);
    *x = -c->width * 0.6;
    *y = -canvas_height(&s, l) / 2;
    cairo_matrix_init_translate(m, c->width / 2, c->height / 2);
    cairo_matrix_rotate(m, -0.45);
    return l;
}

/* Pale and over everything, so that nothing that is printed can hide it. */
static void say_specimen(struct canvas *c)
{
    cairo_matrix_t m;
    double x, y;
    PangoLayout *l = specimen_mark(c, &m, &x, &y);
    cairo_save(c->cr);
    cairo_transform(c->cr, &m);
    cairo_move_to(c->cr, x, y);
    cairo_set_source_rgba(c->cr, 0.75, 0.1, 0.1, 0.13);
    pango_cairo_show_layout(c->cr, l);
    cairo_restore(c->cr);
}

/* Some readers of OFD know no transparency: there it is the first thing on the page, in the colour that it would have on white. */
void canvas_begin_ofd_page(struct canvas *c)
{
    cairo_matrix_t m;
    double x, y;
    if (!c->specimen) return;
    PangoLayout *l = specimen_mark(c, &m, &x, &y);
    c->ofd->matrix = &m;
    ofd_draw_line(c->ofd, c->cr, pango_layout_get_line_readonly(l, 0), x + line_offset(l, 0),
                  y + (double)pango_layout_get_baseline(l) / PANGO_SCALE, 0xf7e1e1);
    c->ofd->matrix = NULL;
}

void canvas_end_page(struct canvas *c)
{
    if (c->ofd) {
        ofd_draw_end_page(c->ofd);
        canvas_begin_ofd_page(c); /* of a page that is dropped again when nothing ends it */
        return;
    }
    if (c->specimen) say_specimen(c);
    cairo_show_page(c->cr);
}

void canvas_border(struct canvas *c, enum page_border border, double margin, uint32_t colour)
{
    double w = c->width - 2 * margin, h = c->height - 2 * margin;
    if (border == BORDER_NONE) return;
    canvas_rectangle(c, margin, margin, w, h, border == BORDER_DOUBLE ? 2.4 : 1.2, colour);
    if (border != BORDER_DOUBLE) return;
    double in = 6;
    canvas_rectangle(c, margin + in, margin + in, w - 2 * in, h - 2 * in, 0.7, colour);
    double square = 9; /* set into the corners between the two rules */
    for (int i = 0; i < 4; i++) {
        double x = i & 1 ? margin + w - in - square : margin + in, y = i & 2 ? margin + h - in - square : margin + in;
        canvas_rectangle(c, x, y, square, square, 0.7, colour);
    }
}

result canvas_qr(struct canvas *c, struct slice text, double x, double y, double side)
{
    QRcode *qr =
        text.n && text.n <= QR_MAX_BYTES ? QRcode_encodeString8bit(arena_cstr(c->a, text), 0, QR_ECLEVEL_M) : NULL;
    if (!qr) return fail(c->a, CODE_PDF_RENDER, S("/qr"), "detail", S("the address does not fit a QR code"), NULL);
    double module = side / qr->width;
    canvas_colour(c, 0x000000);
    for (int row = 0; row < qr->width; row++) {
        for (int col = 0; col < qr->width;) {
            int run = 0;
            while (col + run < qr->width && (qr->data[row * qr->width + col + run] & 1)) run++;
            if (run) cairo_rectangle(c->cr, x + col * module, y + row * module, run * module, module);
            col += run ? run : 1;
        }
    }
    if (c->ofd)
        ofd_draw_fill(c->ofd, c->cr, 0x000000);
    else
        cairo_fill(c->cr);
    QRcode_free(qr);
    return ok();
}

struct slice pdf_pair(struct arena *a, struct text_pair t, const char *between)
{
    if (!t.en.n) return t.zh;
    return arena_printf(a, "%.*s%s%.*s", SLICE_ARG(t.zh), between, SLICE_ARG(t.en));
}
