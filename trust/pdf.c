#include "trust/pdf.h"

#include "trust/pdf_canvas.h"

#include <cairo-pdf.h>

#define PDF_MAX (2u << 20)
#define FONT "WenQuanYi Micro Hei"

static cairo_status_t collect(void *closure, const unsigned char *data, unsigned int n)
{
    struct buf *b = closure;
    buf_put(b, slice_of((const char *)data, n));
    return b->overflow ? CAIRO_STATUS_WRITE_ERROR : CAIRO_STATUS_SUCCESS;
}

void page_points(const struct filled *f, double *w, double *h)
{
    static const double mm[][2] = {[PAGE_A3] = {297, 420}, [PAGE_A4] = {210, 297}, [PAGE_A5] = {148, 210}};
    double narrow = MM(mm[f->size][0]), wide = MM(mm[f->size][1]);
    *w = f->landscape ? wide : narrow;
    *h = f->landscape ? narrow : wide;
}

bool canvas_has_font(PangoContext *pango, const char *family)
{
    PangoFontDescription *want = pango_font_description_new();
    pango_font_description_set_family(want, family);
    pango_font_description_set_absolute_size(want, 12 * PANGO_SCALE);
    PangoFont *font = pango_context_load_font(pango, want);
    pango_font_description_free(want);
    if (!font) return false;
    PangoFontDescription *got = pango_font_describe(font);
    bool same = slice_is(slice_cstr(pango_font_description_get_family(got)), family);
    pango_font_description_free(got);
    g_object_unref(font);
    return same;
}

static PangoContext *text_context(cairo_t *cr)
{
    PangoContext *pango = pango_cairo_create_context(cr);
    cairo_font_options_t *o = cairo_font_options_create();
    cairo_font_options_set_hint_style(o, CAIRO_HINT_STYLE_NONE);
    cairo_font_options_set_hint_metrics(o, CAIRO_HINT_METRICS_OFF);
    pango_cairo_context_set_font_options(pango, o);
    pango_cairo_context_set_resolution(pango, 72);
    pango_context_set_base_dir(pango, PANGO_DIRECTION_LTR);
    pango_context_set_language(pango, pango_language_from_string("zh-cn"));
    cairo_font_options_destroy(o);
    return pango;
}

/* Creation time as cairo reads it (ISO 8601); without it cairo would write the present time. */
static void set_metadata(struct arena *a, cairo_surface_t *surface, const struct pdf_about *about)
{
    instant whole = about->made_at - about->made_at % MS_SECOND;
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_TITLE, arena_cstr(a, about->title));
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_AUTHOR, arena_cstr(a, about->author));
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATOR, "tongban");
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATE_DATE, arena_cstr(a, instant_text(a, whole)));
}

/* Another font would change every document; its absence must not pass in silence. */
static result draw_pages(struct canvas *c, result (*draw)(struct canvas *c, void *ctx), void *ctx)
{
    if (!canvas_has_font(c->pango, FONT))
        return fail(c->a, CODE_PDF_RENDER, S(""), "detail", S("font " FONT " not installed"), NULL);
    TRY(draw(c, ctx));
    if (c->missing_glyph)
        return fail(c->a, CODE_PDF_RENDER, S(""), "detail", S("a character has no glyph in the installed fonts"), NULL);
    return ok();
}

result canvas_pdf(struct arena *a, const struct pdf_about *about, result (*draw)(struct canvas *c, void *ctx),
                  void *ctx, struct slice *pdf)
{
    struct canvas c = {.a = arena_new("pdf layout"), /* layouts go as soon as the page is drawn */
                       .width = about->width,
                       .height = about->height,
                       .specimen = about->specimen};
    struct buf out = buf_new(a, PDF_MAX);
    cairo_surface_t *surface = cairo_pdf_surface_create_for_stream(collect, &out, c.width, c.height);
    cairo_pdf_surface_restrict_to_version(surface, CAIRO_PDF_VERSION_1_5);
    set_metadata(c.a, surface, about);
    c.cr = cairo_create(surface);
    c.pango = text_context(c.cr);
    result r = result_copy(a, draw_pages(&c, draw, ctx));
    cairo_destroy(c.cr);
    cairo_surface_finish(surface);
    cairo_status_t status = cairo_surface_status(surface);
    cairo_surface_destroy(surface);
    g_object_unref(c.pango);
    arena_free(c.a);
    TRY(r);
    if (status != CAIRO_STATUS_SUCCESS || out.overflow)
        return fail(a, CODE_PDF_RENDER, S(""), "detail", slice_cstr(cairo_status_to_string(status)), NULL);
    *pdf = buf_slice(&out);
    return ok();
}

result canvas_ofd(struct arena *a, double width, double height, bool specimen,
                  result (*draw)(struct canvas *c, void *ctx), void *ctx, struct ofd_draw **out)
{
    struct canvas c = {.a = arena_new("ofd layout"), .width = width, .height = height, .specimen = specimen};
    cairo_surface_t *none = cairo_recording_surface_create(CAIRO_CONTENT_ALPHA, NULL); /* for outlines only */
    c.cr = cairo_create(none);
    c.pango = text_context(c.cr);
    c.ofd = *out = ofd_draw_new(a, width, height);
    canvas_begin_ofd_page(&c);
    result r = result_copy(a, draw_pages(&c, draw, ctx));
    (*out)->seal_x = c.seal_x;
    (*out)->seal_y = c.seal_y;
    g_object_unref(c.pango);
    cairo_destroy(c.cr);
    cairo_surface_destroy(none);
    arena_free(c.a);
    TRY(r);
    return (*out)->too_much ? fail(a, CODE_PDF_RENDER, S(""), "detail", S("too many pages or fonts"), NULL) : ok();
}

result draw_filled(struct canvas *c, void *filled)
{
    const struct filled *f = filled;
    return f->kind == DOCUMENT_LICENCE ? pdf_licence(c, f) : pdf_letter(c, f);
}

result pdf_render(struct arena *a, const struct document_template *t, const struct json *data, instant made_at,
                  bool specimen, struct slice *pdf)
{
    struct filled f;
    TRY(template_fill(a, t, data, &f));
    struct pdf_about about = {.title = f.title.zh, .author = f.issuer, .made_at = made_at, .specimen = specimen};
    page_points(&f, &about.width, &about.height);
    return canvas_pdf(a, &about, draw_filled, &f, pdf);
}
