#include "trust/ofd.h"

#include "base/testing.h"

#define HEAD "<ofd:OFD xmlns:ofd=\"" OFD_NS "\" Version=\"1.0\" DocType=\"OFD\"><ofd:DocBody>"
#define TAIL "</ofd:DocBody></ofd:OFD>"

static struct slice package(struct arena *a, const char *const *files)
{
    struct zip_entry e[20];
    struct slice out;
    size_t n = 0;
    for (; files[2 * n]; n++) e[n] = (struct zip_entry){slice_cstr(files[2 * n]), slice_cstr(files[2 * n + 1])};
    assert_good(a, zip_write(a, e, n, &out));
    return out;
}

static const struct ofd_part *part(const struct ofd_document *d, const char *name)
{
    for (size_t i = 0; i < d->nparts; i++)
        if (slice_is(d->parts[i].file->name, name)) return &d->parts[i];
    fail_msg("%s is not reached", name);
    return NULL;
}

static void documents_of_others(void **state)
{
    struct arena *a = *state;
    static const struct {
        const char *path;
        size_t parts, signatures;
        const char *type;
    } FILES[] = {{"ofd/own/01-unsigned.ofd", 3, 0, ""},
                 {"ofd/own/02-good-v4.ofd", 3, 1, "Seal"},
                 {"ofd/third-party/helloworld.ofd", 3, 0, ""},
                 {"ofd/third-party/chineseDir.ofd", 3, 0, ""},
                 {"ofd/third-party/DigitalSign.ofd", 3, 1, "Sign"}};
    for (size_t i = 0; i < sizeof FILES / sizeof FILES[0]; i++) {
        struct slice file;
        struct ofd o;
        if (!test_shared(a, FILES[i].path, &file)) return;
        assert_good(a, ofd_read(a, file, &o));
        assert_int_equal(o.ndocuments, 1);
        const struct ofd_document *d = &o.documents[0];
        assert_int_equal(d->nparts, FILES[i].parts);
        assert_int_equal(d->npages, 1);
        assert_slice(d->pages[0]->file->name, "Doc_0/Pages/Page_0/Content.xml");
        assert_true(d->pages[0]->id > 0);
        assert_int_equal(d->id.n, 32);
        assert_int_equal(d->nsignatures, FILES[i].signatures);
        if (d->nsignatures) {
            assert_slice(d->signature_list->name, "Doc_0/Signs/Signatures.xml");
            assert_slice(d->signatures[0].type, FILES[i].type);
            assert_slice(d->signatures[0].file->name, "Doc_0/Signs/Sign_0/Signature.xml");
        }
    }
}

static void metadata(void **state)
{
    struct arena *a = *state;
    struct slice file;
    struct ofd o;
    if (!test_shared(a, "ofd/own/02-good-v4.ofd", &file)) return;
    assert_good(a, ofd_read(a, file, &o));
    assert_slice(o.documents[0].title, "样例许可证（测试数据）");
    assert_slice(o.documents[0].created, "2024-06-01");
    assert_slice(o.documents[0].custom[0].name, "证照标识");
    assert_slice(o.documents[0].custom[2].value, "TEST-2024-000001");
}

/* Two documents; every kind of link; absolute, relative and climbing paths; a resource's own folder; another case. */
static void every_kind_of_link(void **state)
{
    struct arena *a = *state;
    static const char *const FILES[] = {
        "OFD.xml",
        HEAD
        "<ofd:DocInfo><ofd:DocID>1</ofd:DocID></ofd:DocInfo><ofd:DocRoot>D/Document.xml</ofd:DocRoot><ofd:Versions>"
        "<ofd:Version ID=\"v\" Index=\"1\" BaseLoc=\"/D/v.xml\"/></ofd:Versions></ofd:DocBody>"
        "<ofd:DocBody><ofd:DocRoot>/E.xml</ofd:DocRoot>" TAIL,
        "D/Document.xml",
        "<Document><Pages><Page ID=\"9\" BaseLoc=\"Pages/P.xml\"/></Pages><CommonData><PublicRes>Res/res.xml</PublicRes>"
        "<TemplatePage ID=\"3\" BaseLoc=\"Tpls/T.xml\"/></CommonData><Annotations>./Annots/A.xml</Annotations>"
        "<Attachments>/D/At.xml</Attachments><Extensions>X.xml</Extensions></Document>",
        "D/Pages/P.xml",
        "<Page><PageRes>../Res/res.xml</PageRes></Page>",
        "D/TPLS/T.xml",
        "<Page/>",
        "D/Res/res.xml",
        "<Res BaseLoc=\"files\"><Fonts><Font ID=\"5\"><FontFile>f.ttf</FontFile></Font><Font ID=\"6\"/></Fonts><MultiMedias>"
        "<MultiMedia ID=\"7\"><MediaFile>/i.png</MediaFile></MultiMedia></MultiMedias></Res>",
        "D/Res/files/f.ttf",
        "font",
        "i.png",
        "picture",
        "D/Annots/A.xml",
        "<Annotations><Page PageID=\"9\"><FileLoc>P/a.xml</FileLoc></Page></Annotations>",
        "D/Annots/P/a.xml",
        "not read",
        "D/At.xml",
        "<Attachments><Attachment ID=\"q\"><FileLoc>/i.png</FileLoc></Attachment></Attachments>",
        "D/X.xml",
        "<Extensions><Extension><ExtendData>x.dat</ExtendData></Extension></Extensions>",
        "D/x.dat",
        "",
        "D/v.xml",
        "<DocVersion><FileList><File ID=\"a\">/D/x.dat</File></FileList></DocVersion>",
        "E.xml",
        "<Document><Pages><Page ID=\"1\" BaseLoc=\"F.xml\"/></Pages></Document>",
        "F.xml",
        "<Page/>",
        "loose",
        "in no document",
        NULL};
    struct ofd o;
    assert_good(a, ofd_read(a, package(a, FILES), &o));
    assert_int_equal(o.ndocuments, 2);
    assert_true(o.case_differs);
    const struct ofd_document *d = &o.documents[0];
    assert_int_equal(d->nparts, 12);
    assert_int_equal(part(d, "D/Pages/P.xml")->id, 9);
    assert_int_equal(part(d, "D/TPLS/T.xml")->role, OFD_TEMPLATE);
    assert_int_equal(part(d, "D/Res/files/f.ttf")->id, 5);
    assert_int_equal(part(d, "i.png")->role, OFD_MEDIA);
    assert_int_equal(part(d, "D/Annots/P/a.xml")->id, 9);
    assert_int_equal(part(d, "D/x.dat")->role, OFD_EXTENSION);
    assert_int_equal(o.documents[1].nparts, 2);
}

static void paths_stay_inside(void **state)
{
    struct arena *a = *state;
    static const struct {
        const char *from, *base, *loc, *name;
    } CASES[] = {
        {"OFD.xml", "", "Doc_0/Document.xml", "Doc_0/Document.xml"},
        {"Doc_0/Document.xml", "", "Pages/P.xml", "Doc_0/Pages/P.xml"},
        {"Doc_0/Document.xml", "", "/Pages/P.xml", "Pages/P.xml"},
        {"Doc_0/PublicRes.xml", "Res", "f.ttf", "Doc_0/Res/f.ttf"},
        {"Doc_0/PublicRes.xml", "/Res", "f.ttf", "Res/f.ttf"},
        {"Doc_0/PublicRes.xml", "Res/", "./g/../f.ttf", "Doc_0/Res/f.ttf"},
        {"Doc_0/a/b.xml", "", "../../OFD.xml", "OFD.xml"},
        {"Doc_0/a/b.xml", "", "../../../etc/passwd", NULL},
        {"OFD.xml", "..", "Doc_0", NULL},
        {"OFD.xml", "", "/..", NULL},
        {"OFD.xml", "", "http://example.com/x", NULL},
        {"OFD.xml", "", "a\\b", NULL},
        {"OFD.xml", "", "", NULL},
        {"OFD.xml", "", "/", NULL},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        struct slice name;
        result r =
            ofd_resolve(a, slice_cstr(CASES[i].from), slice_cstr(CASES[i].base), slice_cstr(CASES[i].loc), &name);
        if (!CASES[i].name) {
            assert_code(r, CODE_OFD_MALFORMED);
            continue;
        }
        assert_good(a, r);
        assert_slice(name, CASES[i].name);
    }
}

static void bad_packages(void **state)
{
    struct arena *a = *state;
    static const char DOC[] = "<Document><Pages><Page ID=\"1\" BaseLoc=\"P.xml\"/></Pages></Document>";
    static const struct {
        const char *files[9];
        enum code code;
    } CASES[] = {
        {{"x", "y"}, CODE_OFD_MALFORMED},
        {{"OFD.xml", "<a"}, CODE_XML_SYNTAX},
        {{"OFD.xml", "<!DOCTYPE a [<!ENTITY b \"c\">]><OFD/>"}, CODE_XML_DOCTYPE},
        {{"OFD.xml", "<PDF/>"}, CODE_OFD_MALFORMED},
        {{"OFD.xml", "<OFD/>"}, CODE_OFD_MALFORMED},
        {{"OFD.xml", HEAD TAIL}, CODE_OFD_MALFORMED},
        {{"OFD.xml", HEAD "<DocRoot>D.xml</DocRoot>" TAIL}, CODE_OFD_MALFORMED},
        {{"OFD.xml", HEAD "<DocRoot>D.xml</DocRoot>" TAIL, "D.xml", "<Document/>"}, CODE_OFD_MALFORMED},
        {{"OFD.xml", HEAD "<DocRoot>D.xml</DocRoot>" TAIL, "D.xml", DOC}, CODE_OFD_MALFORMED},
        {{"OFD.xml", HEAD "<DocRoot>D.xml</DocRoot><Signatures>S.xml</Signatures>" TAIL, "D.xml", DOC, "P.xml",
          "<Page/>"},
         CODE_OFD_MALFORMED},
        {{"OFD.xml", HEAD "<DocRoot>D.xml</DocRoot><Signatures>S.xml</Signatures>" TAIL, "D.xml", DOC, "P.xml",
          "<Page/>", "S.xml", "<Signatures><Signature ID=\"1\" Type=\"Stamp\" BaseLoc=\"S.xml\"/></Signatures>"},
         CODE_OFD_MALFORMED},
        {{"OFD.xml", HEAD "<DocRoot>D.xml</DocRoot><Signatures>S.xml</Signatures>" TAIL, "D.xml", DOC, "P.xml",
          "<Page/>", "S.xml",
          "<Signatures><Signature ID=\"1\" BaseLoc=\"S.xml\"/><Signature ID=\"1\" BaseLoc=\"P.xml\"/></Signatures>"},
         CODE_OFD_MALFORMED},
        {{"OFD.xml", HEAD "<DocRoot>D.xml</DocRoot>" TAIL, "D.xml",
          "<Document><Pages><Page BaseLoc=\"P.xml\"/><Page BaseLoc=\"P.xml\"/></Pages></Document>", "P.xml", "<Page/>"},
         CODE_OFD_MALFORMED},
        {{"OFD.xml", HEAD "<DocRoot>D.xml</DocRoot>" TAIL, "D.xml",
          "<Document><Pages><Page BaseLoc=\"../../P.xml\"/></Pages></Document>", "P.xml", "<Page/>"},
         CODE_OFD_MALFORMED},
        {{"OFD.xml", HEAD "<DocRoot>D.xml</DocRoot>" TAIL, "D.xml", DOC, "P.xml", "<Page><PageRes/></Page>"},
         CODE_OFD_MALFORMED},
    };
    struct ofd o;
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++)
        assert_code(ofd_read(a, package(a, CASES[i].files), &o), CASES[i].code);
    assert_code(ofd_read(a, S("PK"), &o), CODE_ZIP_MALFORMED);
    assert_code(ofd_read(a, slice_of(arena_zalloc(a, OFD_MAX_BYTES + 1, 1), OFD_MAX_BYTES + 1), &o), CODE_TOO_LARGE);
    static const char *const GOOD[] = {
        "OFD.xml", HEAD "<DocRoot>D.xml</DocRoot>" TAIL, "D.xml", DOC, "P.xml", "<Page/>", NULL};
    assert_good(a, ofd_read(a, package(a, GOOD), &o)); /* the cases differ from it in one thing */
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(documents_of_others), TEST(metadata), TEST(every_kind_of_link),
                                       TEST(paths_stay_inside), TEST(bad_packages)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
