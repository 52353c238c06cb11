#include "trust/seal_draw.h"

#include <cairo.h>
#include <math.h>
#include <pango/pangocairo.h>
#include <zlib.h>

#define DOTS_PER_MM (300 / 25.4)
#define FONT "Noto Serif CJK SC, Source Han Serif SC, WenQuanYi Micro Hei"
#define FULL 6.283185307179586

enum { RING_MAX = 48, PNG_MAX = 512 << 10 };

struct pen {
    struct arena *a;
    cairo_t *cr;
    bool missing; /* a glyph that no font has */
};

static result refuse(struct arena *a, const char *zh, const char *en)
{
    return fail(a, CODE_SEAL_PICTURE, S("/picture"), "detail_zh", slice_cstr(zh), "detail_en", slice_cstr(en), NULL);
}

/* One piece of text with its middle at the origin, squeezed to `width` when that is > 0 and it is wider. */
static void put_text(struct pen *p, struct slice text, double size, double width)
{
    PangoLayout *l = pango_cairo_create_layout(p->cr);
    PangoFontDescription *font = pango_font_description_from_string(FONT);
    int w, h;
    pango_font_description_set_weight(font, PANGO_WEIGHT_BOLD);
    pango_font_description_set_absolute_size(font, size * PANGO_SCALE);
    pango_layout_set_font_description(l, font);
    pango_layout_set_text(l, text.p, (int)text.n);
    if (pango_layout_get_unknown_glyphs_count(l) > 0) p->missing = true;
    pango_layout_get_pixel_size(l, &w, &h);
    cairo_save(p->cr);
    if (width > 0 && w > width) cairo_scale(p->cr, width / w, 1);
    cairo_translate(p->cr, -w / 2.0, -h / 2.0);
    pango_cairo_show_layout(p->cr, l);
    cairo_restore(p->cr);
    pango_font_description_free(font);
    g_object_unref(l);
}

static struct slice next_sign(struct slice *text)
{
    unsigned char c = (unsigned char)text->p[0];
    size_t n = c < 0x80 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
    struct slice one = slice_sub(*text, 0, n);
    *text = slice_sub(*text, n, text->n);
    return one;
}

/* A point of an ellipse: the angle at which the arc from the top has this length (negative: to the left). */
static double angle_at(double rx, double ry, double length)
{
    enum { STEPS = 720 };
    double angle = -FULL / 4, sign = length < 0 ? -1 : 1, left = fabs(length), step = FULL / STEPS;
    for (int i = 0; i < STEPS && left > 0; i++) {
        double middle = angle + sign * step / 2, piece = step * hypot(rx * sin(middle), ry * cos(middle));
        angle += sign * step * (left < piece ? left / piece : 1);
        left -= piece;
    }
    return angle;
}

/* Signs along an ellipse at even distances, the middle one at the top, feet to the middle; lower: at the lower edge, heads to the middle.
 * part: of the whole way round. */
static void put_ring(struct pen *p, struct slice text, double rx, double ry, double size, double part, bool lower)
{
    size_t n = slice_codepoints(text);
    double whole = FULL * sqrt((rx * rx + ry * ry) / 2), step = n > 1 ? whole * part / (double)(n - 1) : 0;
    double at = -step * (double)(n - 1) / 2;
    for (; text.n; at += step) {
        double angle = angle_at(rx, ry, lower ? -at : at) + (lower ? FULL / 2 : 0);
        cairo_save(p->cr);
        cairo_translate(p->cr, rx * cos(angle), ry * sin(angle));
        cairo_rotate(p->cr, atan2(sin(angle) / ry, cos(angle) / rx) + (lower ? -FULL / 4 : FULL / 4));
        put_text(p, next_sign(&text), size, n > 1 ? step * 0.96 : 0);
        cairo_restore(p->cr);
    }
}

static void put_star(cairo_t *cr, double r)
{
    for (int i = 0; i < 10; i++) {
        double angle = -FULL / 4 + FULL / 10 * i, at = i % 2 ? r * 0.382 : r;
        cairo_line_to(cr, at * cos(angle), at * sin(angle));
    }
    cairo_close_path(cr);
    cairo_fill(cr);
}

static void put_edge(cairo_t *cr, double rx, double ry, double width)
{
    cairo_save(cr);
    cairo_scale(cr, rx - width / 2, ry - width / 2);
    cairo_arc(cr, 0, 0, 1, 0, FULL);
    cairo_restore(cr);
    cairo_set_line_width(cr, width);
    cairo_stroke(cr);
}

/* Units: mm, the middle at the origin. */
static void draw_round(struct pen *p, const struct seal_drawing *d)
{
    double rx = d->width / 2.0, ry = d->height / 2.0, size = d->shape == SEAL_OVAL ? 4.0 : d->width / 8.5;
    size_t n = slice_codepoints(d->ring);
    double part = n < 8 ? 0.45 : n < 14 ? 0.6 : 0.7;
    put_edge(p->cr, rx, ry, d->shape == SEAL_OVAL ? 0.8 : 1.2);
    put_ring(p, d->ring, rx - size * 0.5 - 1.9, ry - size * 0.5 - 1.9, size, part, false);
    if (d->shape == SEAL_ROUND) put_star(p->cr, d->width / 8.0);
    if (d->below.n) {
        cairo_save(p->cr);
        cairo_translate(p->cr, 0, d->shape == SEAL_OVAL ? ry * 0.32 : ry * 0.46);
        put_text(p, d->below, size * 0.82, d->width * 0.5);
        cairo_restore(p->cr);
    }
    if (d->code.n) put_ring(p, d->code, rx - 2.6, ry - 2.6, 1.7, 0.16, true);
}

/* The name in two columns, from the right, as name seals have it. */
static void draw_square(struct pen *p, const struct seal_drawing *d)
{
    size_t n = slice_codepoints(d->ring), rows = n ? (n + 1) / 2 : 1, i = 0;
    struct slice rest = d->ring;
    double side = d->width - 3.0, w = side / (n > 1 ? 2 : 1), h = side / (double)rows;
    cairo_rectangle(p->cr, -d->width / 2.0 + 0.5, -d->height / 2.0 + 0.5, d->width - 1.0, d->height - 1.0);
    cairo_set_line_width(p->cr, 1.0);
    cairo_stroke(p->cr);
    while (rest.n) {
        cairo_save(p->cr);
        double column = n > 1 ? (i < rows ? 0.5 : -0.5) : 0;
        cairo_translate(p->cr, column * w, ((double)(i < rows ? i : i - rows) + 0.5) * h - side / 2);
        put_text(p, next_sign(&rest), (w < h ? w : h) * 0.82, w);
        cairo_restore(p->cr);
        i++;
    }
}

/* ---- PNG: one colour in sixteen strengths (ISO/IEC 15948), a tenth of what four channels need ---- */

static void put_u32(struct buf *b, uint32_t v)
{
    for (int shift = 24; shift >= 0; shift -= 8) buf_putc(b, (char)(v >> shift & 255u));
}

static void put_chunk(struct buf *b, const char *type, struct slice data)
{
    uLong crc = crc32(crc32(0, (const Bytef *)type, 4), (const Bytef *)data.p, (uInt)data.n);
    put_u32(b, (uint32_t)data.n);
    buf_puts(b, type);
    buf_put(b, data);
    put_u32(b, (uint32_t)crc);
}

/* Rows of 4-bit indices, unfiltered. */
static struct slice rows_of(struct arena *a, const unsigned char *p, int w, int h, int stride)
{
    struct buf b = buf_new(a, (size_t)h * ((size_t)w / 2 + 2));
    for (int y = 0; y < h; y++, p += stride) {
        buf_putc(&b, 0);
        for (int x = 0; x < w; x += 2) {
            int left = (p[x] + 8) / 17, right = x + 1 < w ? (p[x + 1] + 8) / 17 : 0;
            buf_putc(&b, (char)(left << 4 | right));
        }
    }
    return buf_slice(&b);
}

static bool write_png(struct arena *a, const unsigned char *alpha, int w, int h, int stride, struct slice *png)
{
    struct buf b = buf_new(a, PNG_MAX), head = buf_new(a, 16), palette = buf_new(a, 48), strength = buf_new(a, 16);
    struct slice rows = rows_of(a, alpha, w, h, stride);
    uLongf n = compressBound((uLong)rows.n);
    char *packed = arena_alloc(a, n);
    if (compress2((Bytef *)packed, &n, (const Bytef *)rows.p, (uLong)rows.n, 9) != Z_OK) return false;
    put_u32(&head, (uint32_t)w);
    put_u32(&head, (uint32_t)h);
    buf_put(&head, slice_of("\4\3\0\0\0", 5)); /* 4 bits, palette */
    for (int i = 0; i < 16; i++) {
        buf_put(&palette, slice_of("\xd1\x17\x17", 3)); /* vermilion */
        buf_putc(&strength, (char)(i * 17));
    }
    buf_put(&b, S("\x89PNG\r\n\x1a\n"));
    put_chunk(&b, "IHDR", buf_slice(&head));
    put_chunk(&b, "PLTE", buf_slice(&palette));
    put_chunk(&b, "tRNS", buf_slice(&strength));
    put_chunk(&b, "IDAT", slice_of(packed, n));
    put_chunk(&b, "IEND", S(""));
    *png = buf_slice(&b);
    return !b.overflow;
}

result seal_draw(struct arena *a, const struct seal_drawing *d, struct slice *png)
{
    if (d->ring.n == 0 || !slice_utf8(d->ring) || slice_codepoints(d->ring) > RING_MAX || !slice_utf8(d->below))
        return refuse(a, "印文为空或过长", "the text is empty or too long");
    int w = (int)(d->width * DOTS_PER_MM), h = (int)(d->height * DOTS_PER_MM);
    cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_A8, w, h);
    struct pen p = {a, cairo_create(surface), false};
    cairo_scale(p.cr, w / (double)d->width, h / (double)d->height);
    cairo_translate(p.cr, d->width / 2.0, d->height / 2.0);
    cairo_set_source_rgba(p.cr, 0, 0, 0, 1);
    if (d->shape == SEAL_SQUARE)
        draw_square(&p, d);
    else
        draw_round(&p, d);
    cairo_surface_flush(surface);
    bool good = cairo_status(p.cr) == CAIRO_STATUS_SUCCESS &&
                write_png(a, cairo_image_surface_get_data(surface), w, h, cairo_image_surface_get_stride(surface), png);
    cairo_destroy(p.cr);
    cairo_surface_destroy(surface);
    if (p.missing) return refuse(a, "缺少印文所需的字形", "no font has a sign of the text");
    if (!good) return refuse(a, "印章图像过大", "the picture became too large");
    return ok();
}
