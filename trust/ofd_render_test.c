/* OFD documents: judged by the schemas of GB/T 33190, by our own reader, and by what the PDF of the same template says. */
#include "trust/ofd_render.h"

#include "base/testing.h"
#include "base/xml.h"
#include "trust/outside.h"
#include "trust/pdf.h"

#include <glib.h>
#include <hb.h>
#include <libxml/parser.h>
#include <libxml/xmlschemas.h>

static const instant MADE = INT64_C(1619744400000); /* 2021-04-30T09:00:00+08:00 */

static const char LICENCE[] =
    "{\"document\":\"licence\",\"page\":{\"size\":\"A4\",\"orientation\":\"landscape\"},\"border\":\"double\","
    "\"title\":{\"zh\":\"营业执照\",\"en\":\"Business Licence\"},"
    "\"number\":{\"label\":{\"zh\":\"编号\",\"en\":\"Number\"},\"value\":\"{{number}}\"},"
    "\"fields\":[{\"label\":{\"zh\":\"名称\",\"en\":\"Name\"},\"value\":\"{{name}}\"},"
    "{\"label\":{\"zh\":\"住所\",\"en\":\"Address\"},\"value\":\"{{address}}\",\"half\":true},"
    "{\"label\":{\"zh\":\"有效期\",\"en\":\"Valid until\"},\"value\":\"{{valid_to}}\",\"half\":true}],"
    "\"issuer\":\"示例市市场监督管理局\",\"date\":\"2021年4月30日\",\"certificate_id\":\"1.2.156.3005.2.X.Y.1.001.K\","
    "\"qr\":\"https://tongban.example/verify/AbCdEfGh\",\"note\":{\"zh\":\"扫描二维码可核验。\",\"en\":\"Scan the code.\"}}";
static const char LETTER[] =
    "{\"document\":\"letter\",\"title\":{\"zh\":\"受理通知书\",\"en\":\"Notice\"},\"number\":\"示市监受〔2021〕1号\",\"addressee\":\"{{name}}\","
    "\"body\":[\"{{address}}\"],\"issuer\":\"示例市市场监督管理局\",\"date\":\"2021年4月30日\","
    "\"qr\":\"https://tongban.example/verify/AbCdEfGh\"}";
static const char DATA[] =
    "{\"number\":\"91441900MA4UK2XX0C\",\"name\":\"东莞市<某某>餐饮&管理服务有限责任公司  Fifi Office Ltd.\","
    "\"address\":\"示例市莞城街道东城南路12号A座3楼 301室，技术服务、技术开发、技术咨询。\",\"valid_to\":\"长期\"}";

static const struct ofd_custom CUSTOM[] = {{{"证照名称", 12}, {"营业<执照>", 14}}};
static const struct ofd_about ABOUT = {
    .id = {"0123456789abcdef0123456789abcdef", 32}, .made_at = INT64_C(1619744400000), .custom = CUSTOM, .ncustom = 1};

static const struct document_template *parsed(struct arena *a, const char *text)
{
    const struct document_template *t = NULL;
    assert_good(a, template_parse(a, test_json(a, slice_cstr(text)), S("t.json"), &t));
    return t;
}

static struct slice rendered(struct arena *a, const char *template_, const char *data, bool specimen)
{
    struct ofd_about about = ABOUT;
    struct ofd_made made;
    about.specimen = specimen;
    assert_good(a, ofd_render(a, parsed(a, template_), test_json(a, slice_cstr(data)), &about, &made));
    return made.package;
}

static void opened(struct arena *a, struct slice file, struct ofd *o)
{
    assert_good(a, ofd_read(a, file, o));
    assert_int_equal(o->ndocuments, 1);
    assert_false(o->case_differs);
}

/* ---- schemas ---- */

static void valid(struct arena *a, const char *schema, struct slice xml)
{
    const char *path = test_shared_path(a, arena_cstr(a, arena_printf(a, "xsd-ofd/%s", schema)));
    if (!path) return;
    xmlSchemaParserCtxtPtr parser = xmlSchemaNewParserCtxt(path);
    xmlSchemaPtr s = xmlSchemaParse(parser);
    xmlSchemaFreeParserCtxt(parser);
    assert_non_null(s);
    xmlSchemaValidCtxtPtr judge = xmlSchemaNewValidCtxt(s);
    xmlDocPtr doc = xmlReadMemory(xml.p, (int)xml.n, schema, NULL, XML_PARSE_NONET);
    assert_non_null(doc);
    assert_int_equal(xmlSchemaValidateDoc(judge, doc), 0);
    xmlFreeDoc(doc);
    xmlSchemaFreeValidCtxt(judge);
    xmlSchemaFree(s);
}

static void every_file_is_valid(void **state)
{
    struct arena *a = *state;
    const char *const both[] = {LICENCE, LETTER};
    for (int i = 0; i < 2; i++) {
        struct ofd o;
        opened(a, rendered(a, both[i], DATA, i == 0), &o);
        const struct ofd_document *d = &o.documents[0];
        for (size_t k = 0; k < d->nparts; k++) {
            static const char *const SCHEMAS[] = {
                [OFD_DOCUMENT] = "Document.xsd", [OFD_RESOURCES] = "Res.xsd", [OFD_PAGE] = "Page.xsd"};
            enum ofd_role role = d->parts[k].role;
            if (role == OFD_FONT) continue;
            assert_true(role == OFD_DOCUMENT || role == OFD_RESOURCES || role == OFD_PAGE);
            valid(a, SCHEMAS[role], d->parts[k].file->bytes);
        }
        valid(a, "OFD.xsd", zip_find(&o.zip, S("OFD.xml"))->bytes);
        assert_int_equal(d->nparts + 1, o.zip.n); /* nothing in it that no document uses */
    }
}

/* ---- what the pages say ---- */

struct seen {
    struct buf text;
    uint32_t highest, ids[2000];
    size_t nids, paths;
    const struct ofd *o;
};

static uint32_t id_of(const struct xml_node *e, const char *name)
{
    int64_t n = 0;
    assert_true(slice_int64(xml_attr(e, "", name), &n));
    return (uint32_t)n;
}

static struct slice font_bytes(const struct ofd *o, uint32_t id)
{
    const struct ofd_document *d = &o->documents[0];
    for (size_t i = 0; i < d->nparts; i++)
        if (d->parts[i].role == OFD_FONT && d->parts[i].id == id) return d->parts[i].file->bytes;
    fail_msg("font %u is not in the package", id);
    return S("");
}

/* The embedded font has a glyph for every character of the object. */
static void check_glyphs(struct arena *a, const struct ofd *o, const struct xml_node *e)
{
    struct slice text = xml_text(a, xml_child(e, OFD_NS, "TextCode")), font = font_bytes(o, id_of(e, "Font"));
    hb_blob_t *blob = hb_blob_create(font.p, (unsigned)font.n, HB_MEMORY_MODE_READONLY, NULL, NULL);
    hb_face_t *face = hb_face_create(blob, 0);
    hb_font_t *f = hb_font_create(face);
    hb_buffer_t *b = hb_buffer_create();
    unsigned n = 0;
    hb_buffer_add_utf8(b, text.p, (int)text.n, 0, -1);
    const hb_glyph_info_t *info = hb_buffer_get_glyph_infos(b, &n);
    for (unsigned i = 0; i < n; i++) {
        hb_codepoint_t glyph = 0;
        assert_true(hb_font_get_nominal_glyph(f, info[i].codepoint, &glyph));
    }
    assert_true(n > 0);
    hb_buffer_destroy(b);
    hb_font_destroy(f);
    hb_face_destroy(face);
    hb_blob_destroy(blob);
}

static void walk(struct arena *a, struct seen *s, const struct xml_node *e)
{
    if (e->kind != XML_ELEMENT) return;
    if (xml_attr(e, "", "ID").p) {
        uint32_t id = id_of(e, "ID");
        for (size_t i = 0; i < s->nids; i++) assert_int_not_equal(s->ids[i], id);
        assert_true(s->nids < 2000);
        s->ids[s->nids++] = id;
        if (id > s->highest) s->highest = id;
    }
    if (slice_is(e->name, "PathObject")) s->paths++;
    if (slice_is(e->name, "TextObject")) {
        check_glyphs(a, s->o, e);
        buf_put(&s->text, xml_text(a, xml_child(e, OFD_NS, "TextCode")));
        buf_putc(&s->text, '\n');
    }
    for (const struct xml_node *c = e->first; c; c = c->next) walk(a, s, c);
}

static void look(struct arena *a, const struct ofd *o, struct seen *s)
{
    const struct ofd_document *d = &o->documents[0];
    struct xml_node *root;
    *s = (struct seen){.text = buf_new(a, 1 << 20), .o = o};
    for (size_t i = 0; i < d->nparts; i++) {
        if (d->parts[i].role == OFD_FONT) continue;
        assert_good(a, xml_parse(a, d->parts[i].file->bytes, OFD_MAX_XML, S("part"), &root));
        walk(a, s, root);
    }
    assert_good(a, xml_parse(a, d->parts[0].file->bytes, OFD_MAX_XML, S("part"), &root));
    const struct xml_node *most = xml_child(xml_child(root, NULL, "CommonData"), NULL, "MaxUnitID");
    int64_t limit = 0;
    assert_true(slice_int64(xml_text(a, most), &limit) && s->highest <= limit);
}

static int by_code(const void *x, const void *y)
{
    gunichar a = *(const gunichar *)x, b = *(const gunichar *)y;
    return (a > b) - (a < b);
}

/* All characters but white space, in order of their codes. */
static struct slice sorted(struct arena *a, struct slice text)
{
    gunichar *list = NEW_ARRAY(a, gunichar, text.n + 1);
    size_t n = 0;
    for (const char *p = text.p; p < text.p + text.n; p = g_utf8_next_char(p))
        if (!g_unichar_isspace(g_utf8_get_char(p)) && g_utf8_get_char(p) != 0x200b) list[n++] = g_utf8_get_char(p);
    qsort(list, n, sizeof *list, by_code);
    struct buf b = buf_new(a, 1 << 20);
    for (size_t i = 0; i < n; i++) {
        char c[6];
        buf_put(&b, slice_of(c, (size_t)g_unichar_to_utf8(list[i], c)));
    }
    return buf_slice(&b);
}

static void it_says_what_the_pdf_says(void **state)
{
    struct arena *a = *state;
    const char *const both[] = {LICENCE, LETTER};
    for (int i = 0; i < 2; i++) {
        struct ofd o;
        struct seen s;
        struct slice pdf, said;
        bool specimen = i == 0;
        opened(a, rendered(a, both[i], DATA, specimen), &o);
        look(a, &o, &s);
        assert_true(s.paths > 0);
        assert_good(a, pdf_render(a, parsed(a, both[i]), test_json(a, slice_cstr(DATA)), MADE, specimen, &pdf));
        assert_true(outside(a, "pdftotext", "-raw", pdf, "-", &said));
        assert_slice(sorted(a, buf_slice(&s.text)), arena_cstr(a, sorted(a, said)));
    }
}

static void metadata_and_bytes(void **state)
{
    struct arena *a = *state;
    struct ofd o;
    struct slice file = rendered(a, LICENCE, DATA, false);
    assert_true(slice_eq(file, rendered(a, LICENCE, DATA, false)));
    assert_false(slice_eq(file, rendered(a, LICENCE, DATA, true)));
    assert_true(file.n < 120000);
    opened(a, file, &o);
    const struct ofd_document *d = &o.documents[0];
    assert_slice(d->id, "0123456789abcdef0123456789abcdef");
    assert_slice(d->title, "营业执照");
    assert_slice(d->created, "2021-04-30");
    assert_int_equal(d->ncustom, 1);
    assert_slice(d->custom[0].name, "证照名称");
    assert_slice(d->custom[0].value, "营业<执照>");
    assert_int_equal(d->nsignatures, 0);
}

/* A business scope as long as the longest: still one page, still small. */
static void a_full_page_stays_small(void **state)
{
    struct arena *a = *state;
    struct buf b = buf_new(a, 8192);
    buf_puts(&b, "{\"number\":\"1\",\"name\":\"某\",\"valid_to\":\"长期\",\"address\":\"");
    for (unsigned c = 0x4e00; c < 0x4e00 + 200; c++) {
        char utf8[6];
        buf_put(&b, slice_of(utf8, (size_t)g_unichar_to_utf8(c, utf8)));
    }
    buf_puts(&b, "\"}");
    buf_putc(&b, '\0');
    struct slice file = rendered(a, LICENCE, buf_slice(&b).p, false);
    print_message("200 different characters: %zu bytes\n", file.n);
    assert_true(file.n < 120000);
}

/* What has no glyph of its own for each character, here a letter and its mark in one glyph, is drawn as outlines. */
static void joined_characters_become_outlines(void **state)
{
    struct arena *a = *state;
    static const char *const NAMES[] = {"x", "xe\xcc\x81"};
    struct seen s[2];
    for (int i = 0; i < 2; i++) {
        struct ofd o;
        struct slice data =
            arena_printf(a, "{\"number\":\"1\",\"name\":\"%s\",\"valid_to\":\"长期\",\"address\":\"某\"}", NAMES[i]);
        opened(a, rendered(a, LICENCE, arena_cstr(a, data), false), &o);
        look(a, &o, &s[i]);
    }
    assert_int_equal(s[1].paths, s[0].paths + 1);
    assert_true(slice_search(buf_slice(&s[0].text), S("\nx\n")) != SIZE_MAX);
    assert_true(slice_search(buf_slice(&s[1].text), S("\nx")) == SIZE_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(every_file_is_valid), TEST(it_says_what_the_pdf_says),
                                       TEST(metadata_and_bytes), TEST(a_full_page_stays_small),
                                       TEST(joined_characters_become_outlines)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
