#include "trust/ofd_render.h"

#include "base/xml.h"
#include "trust/pdf_canvas.h"

#include <hb-subset.h>

#define HEAD "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
#define SPACE " xmlns:ofd=\"" OFD_NS "\""

enum { XML_MAX = 256 << 10 };

/* ---- fonts ---- */

/* Tables that a viewer of finished lines does not need: they arrange text, or serve other systems. */
static const hb_tag_t NEEDLESS[] = {HB_TAG('G', 'S', 'U', 'B'), HB_TAG('G', 'P', 'O', 'S'), HB_TAG('G', 'D', 'E', 'F'),
                                    HB_TAG('B', 'A', 'S', 'E'), HB_TAG('D', 'S', 'I', 'G'), HB_TAG('F', 'F', 'T', 'M'),
                                    HB_TAG('v', 'h', 'e', 'a'), HB_TAG('v', 'm', 't', 'x'), HB_TAG('V', 'O', 'R', 'G'),
                                    HB_TAG('k', 'e', 'r', 'n'), HB_TAG('g', 'a', 's', 'p')};

static result subset(struct arena *a, const struct ofd_font *f, struct slice *out)
{
    hb_subset_input_t *in = hb_subset_input_create_or_fail();
    if (!in) return fail(a, CODE_INTERNAL, S(""), "detail", S("hb-subset"), NULL);
    hb_set_union(hb_subset_input_unicode_set(in), f->characters);
    hb_subset_input_set_flags(in, HB_SUBSET_FLAGS_NO_HINTING);
    hb_set_t *drop = hb_subset_input_set(in, HB_SUBSET_SETS_DROP_TABLE_TAG);
    for (size_t i = 0; i < sizeof NEEDLESS / sizeof *NEEDLESS; i++) hb_set_add(drop, NEEDLESS[i]);
    hb_face_t *face = hb_subset_or_fail(f->face, in);
    hb_subset_input_destroy(in);
    if (!face) return fail(a, CODE_PDF_RENDER, S(""), "detail", S("a font cannot be embedded"), NULL);
    hb_blob_t *blob = hb_face_reference_blob(face);
    unsigned n = 0;
    const char *bytes = hb_blob_get_data(blob, &n);
    *out = arena_copy(a, slice_of(bytes, n));
    hb_blob_destroy(blob);
    hb_face_destroy(face);
    return n ? ok() : fail(a, CODE_PDF_RENDER, S(""), "detail", S("a font cannot be embedded"), NULL);
}

/* ---- the files of the package ---- */

struct package {
    struct arena *a;
    struct zip_entry files[4 + OFD_PAGES_MAX + OFD_FONTS_MAX];
    size_t n;
};

static void add(struct package *p, struct slice name, struct slice bytes)
{
    p->files[p->n++] = (struct zip_entry){name, bytes};
}

static void element(struct buf *b, const char *name, struct slice text)
{
    if (!text.n) return;
    buf_printf(b, "<ofd:%s>", name);
    xml_escape(b, text);
    buf_printf(b, "</ofd:%s>", name);
}

static struct slice entry_xml(struct arena *a, const struct filled *f, const struct ofd_about *about)
{
    struct buf b = buf_new(a, XML_MAX);
    buf_puts(&b, HEAD "<ofd:OFD" SPACE " Version=\"1.0\" DocType=\"OFD\"><ofd:DocBody><ofd:DocInfo>");
    element(&b, "DocID", about->id);
    element(&b, "Title", f->title.zh);
    element(&b, "Author", f->issuer);
    element(&b, "CreationDate", day_text(a, day_of_instant(about->made_at)));
    element(&b, "Creator", S("tongban"));
    if (about->ncustom) buf_puts(&b, "<ofd:CustomDatas>");
    for (size_t i = 0; i < about->ncustom; i++) {
        buf_puts(&b, "<ofd:CustomData Name=\"");
        xml_escape(&b, about->custom[i].name);
        buf_puts(&b, "\">");
        xml_escape(&b, about->custom[i].value);
        buf_puts(&b, "</ofd:CustomData>");
    }
    if (about->ncustom) buf_puts(&b, "</ofd:CustomDatas>");
    buf_puts(&b, "</ofd:DocInfo><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>");
    return buf_slice(&b);
}

static struct slice document_xml(struct arena *a, const struct ofd_draw *d, uint32_t first_page)
{
    struct buf b = buf_new(a, XML_MAX);
    buf_printf(&b,
               HEAD "<ofd:Document" SPACE "><ofd:CommonData><ofd:MaxUnitID>%u</ofd:MaxUnitID><ofd:PageArea>"
                    "<ofd:PhysicalBox>0 0 %.0f %.0f</ofd:PhysicalBox></ofd:PageArea>"
                    "<ofd:PublicRes>PublicRes.xml</ofd:PublicRes></ofd:CommonData><ofd:Pages>",
               d->last_id, d->width * 25.4 / 72, d->height * 25.4 / 72);
    for (size_t i = 0; i < d->npages; i++)
        buf_printf(&b, "<ofd:Page ID=\"%zu\" BaseLoc=\"Pages/Page_%zu/Content.xml\"/>", first_page + i, i);
    buf_puts(&b, "</ofd:Pages></ofd:Document>");
    return buf_slice(&b);
}

static struct slice resources_xml(struct arena *a, const struct ofd_draw *d)
{
    struct buf b = buf_new(a, XML_MAX);
    buf_puts(&b, HEAD "<ofd:Res" SPACE " BaseLoc=\"Res\"><ofd:Fonts>");
    for (size_t i = 0; i < d->nfonts; i++) {
        if (hb_set_is_empty(d->fonts[i].characters)) continue;
        buf_printf(&b, "<ofd:Font ID=\"%u\" FontName=\"", d->fonts[i].id);
        xml_escape(&b, d->fonts[i].name);
        buf_puts(&b, "\" FamilyName=\"");
        xml_escape(&b, d->fonts[i].name);
        buf_printf(&b, "\"><ofd:FontFile>font_%u.ttf</ofd:FontFile></ofd:Font>", d->fonts[i].id);
    }
    buf_puts(&b, "</ofd:Fonts></ofd:Res>");
    return buf_slice(&b);
}

static result pack(struct arena *a, const struct filled *f, const struct ofd_about *about, struct ofd_draw *d,
                   struct slice *out)
{
    struct package p = {.a = a};
    uint32_t first_page = d->last_id + 1;
    d->last_id += (uint32_t)d->npages;
    add(&p, S("OFD.xml"), entry_xml(a, f, about));
    add(&p, S("Doc_0/Document.xml"), document_xml(a, d, first_page));
    add(&p, S("Doc_0/PublicRes.xml"), resources_xml(a, d));
    for (size_t i = 0; i < d->npages; i++) add(&p, arena_printf(a, "Doc_0/Pages/Page_%zu/Content.xml", i), d->pages[i]);
    for (size_t i = 0; i < d->nfonts; i++) {
        struct slice bytes;
        if (hb_set_is_empty(d->fonts[i].characters)) continue;
        TRY(subset(a, &d->fonts[i], &bytes));
        add(&p, arena_printf(a, "Doc_0/Res/font_%u.ttf", d->fonts[i].id), bytes);
    }
    return zip_write(a, p.files, p.n, out);
}

result ofd_render(struct arena *a, const struct document_template *t, const struct json *data,
                  const struct ofd_about *about, struct ofd_made *out)
{
    struct filled f;
    struct ofd_draw *d;
    double width, height;
    TRY(template_fill(a, t, data, &f));
    page_points(&f, &width, &height);
    TRY(canvas_ofd(a, width, height, about->specimen, draw_filled, &f, &d));
    out->seal_x = d->seal_x * 25.4 / 72;
    out->seal_y = d->seal_y * 25.4 / 72;
    return pack(a, &f, about, d, &out->package);
}
