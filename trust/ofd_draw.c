#include "trust/ofd_draw.h"

#include "base/xml.h"
#include "trust/ofd.h"

#include <hb.h>
#include <math.h>

#define MM_OF_POINT (25.4 / 72)

/* Thousandths of a millimetre. */
static long micro(double points)
{
    return lround(points * MM_OF_POINT * 1000);
}

/* n / 1000 without needless zeros. Not by printf: a page has thousands of them. */
static void put_milli(struct buf *b, long n)
{
    char text[24];
    size_t at = sizeof text;
    unsigned long u = n < 0 ? 0UL - (unsigned long)n : (unsigned long)n;
    unsigned long whole = u / 1000, part = u % 1000;
    if (part) {
        int digits = 3;
        for (; part % 10 == 0; part /= 10) digits--;
        for (; digits > 0; digits--, part /= 10) text[--at] = (char)('0' + part % 10);
        text[--at] = '.';
    }
    do text[--at] = (char)('0' + whole % 10);
    while (whole /= 10);
    if (n < 0) text[--at] = '-';
    buf_put(b, slice_of(text + at, sizeof text - at));
}

static void put_length(struct buf *b, double points)
{
    put_milli(b, micro(points));
}

static void put_number(struct buf *b, uint32_t n)
{
    put_milli(b, (long)n * 1000);
}

static void put_lengths(struct buf *b, const double *points, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (i) buf_putc(b, ' ');
        put_length(b, points[i]);
    }
}

struct ofd_draw *ofd_draw_new(struct arena *a, double width, double height)
{
    struct ofd_draw *d = NEW(a, struct ofd_draw);
    d->a = a;
    d->width = width;
    d->height = height;
    d->page = buf_new(a, OFD_CONTENT_MAX);
    return d;
}

/* <ofd:KIND ID Boundary … without the closing bracket. Under a matrix the object's own room is the whole page. */
static void open_object(struct ofd_draw *d, const char *kind, const double box[4])
{
    const double page[] = {0, 0, d->width, d->height};
    struct buf *b = &d->page;
    buf_puts(b, "<ofd:");
    buf_puts(b, kind);
    buf_puts(b, " ID=\"");
    put_number(b, ++d->last_id);
    buf_puts(b, "\" Boundary=\"");
    put_lengths(b, d->matrix ? page : box, 4);
    buf_putc(b, '"');
    if (d->matrix) {
        const cairo_matrix_t *m = d->matrix;
        buf_printf(b, " CTM=\"%.6f %.6f %.6f %.6f ", m->xx, m->yx, m->xy, m->yy);
        put_length(b, m->x0);
        buf_putc(b, ' ');
        put_length(b, m->y0);
        buf_putc(b, '"');
    }
}

static void put_colour(struct buf *b, const char *element, uint32_t colour)
{
    buf_puts(b, "<ofd:");
    buf_puts(b, element);
    buf_puts(b, " Value=\"");
    for (int shift = 16; shift >= 0; shift -= 8) {
        put_number(b, colour >> shift & 255);
        if (shift) buf_putc(b, ' ');
    }
    buf_puts(b, "\"/>");
}

/* ---- text ---- */

static void drop_set(void *set)
{
    hb_set_destroy(set);
}

static struct ofd_font *font_of(struct ofd_draw *d, PangoFont *font, hb_face_t *face)
{
    for (size_t i = 0; i < d->nfonts; i++)
        if (d->fonts[i].face == face) return &d->fonts[i];
    if (d->nfonts == OFD_FONTS_MAX) {
        d->too_much = true;
        return NULL;
    }
    struct ofd_font *f = &d->fonts[d->nfonts++];
    PangoFontDescription *about = pango_font_describe(font);
    *f = (struct ofd_font){.id = ++d->last_id,
                           .name = arena_copy(d->a, slice_cstr(pango_font_description_get_family(about))),
                           .face = face,
                           .characters = hb_set_create()};
    pango_font_description_free(about);
    arena_cleanup(d->a, drop_set, f->characters);
    return f;
}

struct glyphs {
    size_t n; /* characters, spaces at both ends left out */
    long *at; /* where each begins, from the run's beginning */
    struct slice text;
    double size; /* of the type, points */
};

static bool blank(gunichar c)
{
    return c == ' ' || c == '\t' || c == 0x3000 || c == 0xa0;
}

/* Whether every character has the glyph that the font's own table gives it, side by side from left to right: then the text can be given
 * as text. Fills g and marks the characters as used. */
static bool plain(struct arena *a, PangoGlyphItem *run, const char *text, hb_font_t *font, hb_set_t *used,
                  struct glyphs *g)
{
    const PangoGlyphString *s = run->glyphs;
    const char *p = text + run->item->offset;
    long x = 0;
    if (run->item->analysis.level % 2 || s->num_glyphs != run->item->num_chars) return false;
    g->at = NEW_ARRAY(a, long, (size_t)s->num_glyphs);
    size_t first = SIZE_MAX, last = 0, from = 0, to = 0;
    for (int i = 0; i < s->num_glyphs; i++, p = g_utf8_next_char(p)) {
        const PangoGlyphInfo *info = &s->glyphs[i];
        gunichar c = g_utf8_get_char(p);
        hb_codepoint_t nominal;
        if (s->log_clusters[i] != p - text - run->item->offset || info->geometry.y_offset != 0 ||
            !hb_font_get_nominal_glyph(font, c, &nominal) || nominal != info->glyph)
            return false;
        g->at[i] = x + info->geometry.x_offset;
        x += info->geometry.width;
        hb_set_add(used, c);
        if (blank(c)) continue;
        if (first == SIZE_MAX) {
            first = (size_t)i;
            from = (size_t)(p - text);
        }
        last = (size_t)i;
        to = (size_t)(g_utf8_next_char(p) - text);
    }
    if (first == SIZE_MAX) return true; /* nothing but space */
    g->at += first;
    g->n = last - first + 1;
    g->text = slice_of(text + from, to - from);
    return true;
}

/* Advances, equal ones together: "g 12 4.939 3.1". */
static void put_advances(struct buf *b, const struct glyphs *g)
{
    for (size_t i = 1; i < g->n;) {
        long step = micro((double)(g->at[i] - g->at[i - 1]) / PANGO_SCALE);
        size_t same = 1;
        while (i + same < g->n && micro((double)(g->at[i + same] - g->at[i + same - 1]) / PANGO_SCALE) == step) same++;
        if (i > 1) buf_putc(b, ' ');
        if (same > 2) {
            buf_puts(b, "g ");
            put_number(b, (uint32_t)same);
            buf_putc(b, ' ');
            put_milli(b, step);
        } else
            for (size_t k = 0; k < same; k++) {
                if (k) buf_putc(b, ' ');
                put_milli(b, step);
            }
        i += same;
    }
}

static void put_text(struct ofd_draw *d, const struct ofd_font *f, const struct glyphs *g, double x, double y,
                     uint32_t colour)
{
    /* room for the ascent above the baseline and the descent below it */
    double above = 0.95 * g->size, left = x + (double)g->at[0] / PANGO_SCALE,
           box[] = {left, y - above, (double)(g->at[g->n - 1] - g->at[0]) / PANGO_SCALE + 1.1 * g->size,
                    1.25 * g->size};
    struct buf *b = &d->page;
    open_object(d, "TextObject", box);
    buf_puts(b, " Font=\"");
    put_number(b, f->id);
    buf_puts(b, "\" Size=\"");
    put_length(b, g->size);
    buf_puts(b, "\">");
    put_colour(b, "FillColor", colour);
    buf_puts(b, "<ofd:TextCode X=\"");
    put_length(b, d->matrix ? left : 0);
    buf_puts(b, "\" Y=\"");
    put_length(b, d->matrix ? y : above);
    if (g->n > 1) {
        buf_puts(b, "\" DeltaX=\"");
        put_advances(b, g);
    }
    buf_puts(b, "\">");
    xml_escape(b, g->text);
    buf_puts(b, "</ofd:TextCode></ofd:TextObject>");
}

static double run_width(const PangoGlyphItem *run)
{
    return (double)pango_glyph_string_get_width(run->glyphs) / PANGO_SCALE;
}

void ofd_draw_line(struct ofd_draw *d, cairo_t *cr, PangoLayoutLine *line, double x, double y, uint32_t colour)
{
    const char *text = pango_layout_get_text(line->layout);
    for (const GSList *l = line->runs; l; l = l->next) {
        PangoGlyphItem *run = l->data;
        PangoFont *font = run->item->analysis.font;
        hb_font_t *hb = pango_font_get_hb_font(font);
        struct ofd_font *f = font_of(d, font, hb_font_get_face(hb));
        struct glyphs g = {.n = 0};
        if (!f) return;
        if (plain(d->a, run, text, hb, f->characters, &g)) {
            PangoFontDescription *about = pango_font_describe_with_absolute_size(font);
            g.size = (double)pango_font_description_get_size(about) / PANGO_SCALE;
            pango_font_description_free(about);
            if (g.n) put_text(d, f, &g, x, y, colour);
        } else {
            cairo_new_path(cr);
            cairo_move_to(cr, x, y);
            pango_cairo_glyph_string_path(cr, font, run->glyphs);
            ofd_draw_fill(d, cr, colour);
        }
        x += run_width(run);
    }
}

/* ---- paths ---- */

static void put_op(struct buf *b, char op, const cairo_path_data_t *points, int n, double left, double top)
{
    if (b->n && b->p[b->n - 1] != '>') buf_putc(b, ' ');
    buf_putc(b, op);
    for (int i = 0; i < n; i++) {
        buf_putc(b, ' ');
        put_length(b, points[i].point.x - left);
        buf_putc(b, ' ');
        put_length(b, points[i].point.y - top);
    }
}

static void put_path(struct buf *b, const cairo_path_t *path, double left, double top)
{
    for (int i = 0; i < path->num_data; i += path->data[i].header.length) {
        const cairo_path_data_t *at = &path->data[i];
        switch (at->header.type) {
        case CAIRO_PATH_MOVE_TO:
            /* cairo closes a figure with a move to where it began, which means nothing by itself */
            if (i + at->header.length < path->num_data && at[at->header.length].header.type != CAIRO_PATH_MOVE_TO)
                put_op(b, 'M', at + 1, 1, left, top);
            break;
        case CAIRO_PATH_LINE_TO: put_op(b, 'L', at + 1, 1, left, top); break;
        case CAIRO_PATH_CURVE_TO: put_op(b, 'B', at + 1, 3, left, top); break;
        default: put_op(b, 'C', at, 0, left, top); break;
        }
    }
}

void ofd_draw_fill(struct ofd_draw *d, cairo_t *cr, uint32_t colour)
{
    double x1, y1, x2, y2;
    cairo_path_extents(cr, &x1, &y1, &x2, &y2);
    cairo_path_t *path = cairo_copy_path(cr);
    cairo_new_path(cr);
    if (path->status == CAIRO_STATUS_SUCCESS && path->num_data > 0) {
        const double box[] = {x1, y1, x2 - x1, y2 - y1};
        struct buf *b = &d->page;
        open_object(d, "PathObject", box);
        buf_puts(b, " Stroke=\"false\" Fill=\"true\">");
        put_colour(b, "FillColor", colour);
        buf_puts(b, "<ofd:AbbreviatedData>");
        put_path(b, path, d->matrix ? 0 : x1, d->matrix ? 0 : y1);
        buf_puts(b, "</ofd:AbbreviatedData></ofd:PathObject>");
    }
    cairo_path_destroy(path);
}

void ofd_draw_rectangle(struct ofd_draw *d, double x, double y, double w, double h, double line, uint32_t colour)
{
    /* the line's own width belongs into the boundary, at which readers may cut */
    const double box[] = {x - line, y - line, w + 2 * line, h + 2 * line};
    double right = w + line, bottom = h + line;
    const double corners[] = {line, line, right, line, right, bottom, line, bottom};
    static const char OPS[] = "MLLL";
    struct buf *b = &d->page;
    open_object(d, "PathObject", box);
    buf_puts(b, " LineWidth=\"");
    put_length(b, line);
    buf_puts(b, "\">");
    put_colour(b, "StrokeColor", colour);
    buf_puts(b, "<ofd:AbbreviatedData>");
    for (size_t i = 0; i < (h > 0 ? 4 : 2); i++) {
        if (i) buf_putc(b, ' ');
        buf_putc(b, OPS[i]);
        buf_putc(b, ' ');
        put_lengths(b, &corners[2 * i], 2);
    }
    buf_puts(b, h > 0 ? " C</ofd:AbbreviatedData></ofd:PathObject>" : "</ofd:AbbreviatedData></ofd:PathObject>");
}

void ofd_draw_end_page(struct ofd_draw *d)
{
    if (d->npages == OFD_PAGES_MAX || d->page.overflow) {
        d->too_much = true;
        return;
    }
    struct buf b = buf_new(d->a, OFD_CONTENT_MAX + 1024);
    buf_puts(&b, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<ofd:Page xmlns:ofd=\"" OFD_NS
                 "\"><ofd:Content><ofd:Layer ID=\"");
    put_number(&b, ++d->last_id);
    buf_puts(&b, "\">");
    buf_put(&b, buf_slice(&d->page));
    buf_puts(&b, "</ofd:Layer></ofd:Content></ofd:Page>");
    d->pages[d->npages++] = buf_slice(&b);
    d->page.n = 0;
}
