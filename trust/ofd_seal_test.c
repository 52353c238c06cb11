/* Packages are sealed by the test signer and verified; samples; attacks; every byte. */
#include "base/testing.h"
#include "trust/canonical.h"
#include "trust/ofd.h"
#include "trust/ofd_sign.h"
#include "trust/seal.h"
#include "trust/verify.h"

#include <stdlib.h>

#define NOW INT64_C(1619744400000) /* 2021-04-30T09:00:00+08:00 */
static instant clock_now;

struct fixture {
    struct arena *a;
    struct signer *signer;
    const struct trust_anchors *anchors;
    struct signer_seal seal;
};

static const char PNG[] = "\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\0\x40\0\0\0\x40\x08\x06\0\0\0xxxx\0\0\0\0IENDyyyy";

/* With a member of the description replaced; member NULL: as it is. */
static result make_with(struct fixture *f, const char *id, const char *member, const struct json *value,
                        struct signer_seal *out)
{
    struct arena *a = f->a;
    struct json_builder b = json_builder(a), more = json_builder(a);
    struct slice text;
    json_set_cstr(&b, "type", "seal");
    json_set_cstr(&b, "id", id);
    json_set_cstr(&b, "name", "东莞市示范有限公司");
    json_set_cstr(&b, "holder", "东莞市示范有限公司");
    json_set_cstr(&b, "holder_code", "91441900MA5TB0053J");
    json_set_int(&b, "kind", 1);
    json_set_str(&b, "from", instant_text(a, clock_now));
    json_set_str(&b, "to", instant_text(a, clock_now + 3 * 365 * MS_DAY));
    json_set_cstr(&b, "picture_type", "PNG");
    json_set_int(&b, "width", 40);
    json_set_int(&b, "height", 40);
    json_set_int(&b, "per_minute", 1000);
    json_set(&b, "documents", test_json(a, S("[\"licence\",\"contract\"]")));
    if (member) json_set(&more, member, value);
    TRY(canonical_json(a, json_merge(a, json_object(&b), json_object(&more)), &text));
    return signer_make_seal(f->signer, a, slice_cstr(id), text, slice_of(PNG, sizeof PNG - 1), out);
}

static struct fixture fixture(struct arena *a)
{
    struct fixture f = {.a = a};
    struct signer_certificates c;
    clock_now = NOW;
    assert_good(a, signer_open_test(a, test_clock(&clock_now), NULL, &f.signer));
    assert_good(a, signer_certificates(f.signer, a, &c));
    assert_good(a, trust_anchors_parse(a, c.anchors, &f.anchors));
    assert_good(a, make_with(&f, "44190000000001", NULL, NULL, &f.seal));
    return f;
}

#define X "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
#define NS "xmlns:ofd=\"http://www.ofdspec.org/2016\""
static const struct {
    const char *name, *text;
} FILES[] = {
    {"OFD.xml", X
     "<ofd:OFD " NS
     " Version=\"1.0\" DocType=\"OFD\"><ofd:DocBody><ofd:DocInfo><ofd:DocID>00000000000000000000000000000009</ofd:DocID>"
     "<ofd:CustomDatas><ofd:CustomData Name=\"证照标识\">1.2.156.3005.2.X</ofd:CustomData></ofd:CustomDatas></ofd:DocInfo>"
     "<ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>"},
    {"Doc_0/Document.xml",
     X "<ofd:Document " NS
       "><ofd:CommonData><ofd:MaxUnitID>9</ofd:MaxUnitID><ofd:PageArea><ofd:PhysicalBox>0 0 210 297</ofd:PhysicalBox>"
       "</ofd:PageArea></ofd:CommonData><ofd:Pages><ofd:Page ID=\"1\" BaseLoc=\"Pages/Page_0/Content.xml\"/>"
       "<ofd:Page ID=\"2\" BaseLoc=\"Pages/Page_1/Content.xml\"/></ofd:Pages></ofd:Document>"},
    {"Doc_0/Pages/Page_0/Content.xml",
     X "<ofd:Page " NS "><ofd:Content><ofd:Layer ID=\"3\"/></ofd:Content></ofd:Page>"},
    {"Doc_0/Pages/Page_1/Content.xml",
     X "<ofd:Page " NS "><ofd:Content><ofd:Layer ID=\"4\"/></ofd:Content></ofd:Page>"}};

static struct slice package(struct arena *a)
{
    enum { NFILES = sizeof FILES / sizeof *FILES };
    struct zip_entry e[NFILES];
    struct slice out;
    for (size_t i = 0; i < NFILES; i++) e[i] = (struct zip_entry){slice_cstr(FILES[i].name), slice_cstr(FILES[i].text)};
    assert_good(a, zip_write(a, e, NFILES, &out));
    return out;
}

static const struct ofd_place ONE = {.page = 1, .x = 140000, .y = 220000, .width = 40000, .height = 40000};

static result seal_on(struct fixture *f, struct slice ofd, const struct signer_seal *seal, bool closing,
                      const struct ofd_place *places, size_t n, struct slice *out)
{
    const struct ofd_sealing in = {.package = ofd,
                                   .seal = seal,
                                   .subject = S("use-1"),
                                   .kind = S("licence"),
                                   .places = places,
                                   .nplaces = n,
                                   .closing = closing,
                                   .at = clock_now};
    return ofd_seal(f->a, f->signer, &in, out);
}

static struct slice sealed(struct fixture *f)
{
    struct slice out;
    assert_good(f->a, seal_on(f, package(f->a), &f->seal, true, &ONE, 1, &out));
    return out;
}

static struct verify_report judge(struct fixture *f, struct slice ofd)
{
    struct verify_report r;
    verify_file(f->a, ofd, f->anchors, &(struct verify_ask){clock_now + MS_MINUTE, 0}, &r);
    return r;
}

/* "" when no check of that state is there, else the names of those, in order. */
static struct slice named(struct arena *a, const struct verify_report *r, enum check_state state)
{
    struct buf b = buf_new(a, 4096);
    for (size_t i = 0; i < r->nchecks; i++)
        if (r->checks[i].state == state) buf_printf(&b, "%s%s", b.n ? " " : "", r->checks[i].name);
    return buf_slice(&b);
}

static void assert_failed(struct fixture *f, struct slice ofd, const char *names)
{
    struct verify_report r = judge(f, ofd);
    assert_slice(named(f->a, &r, CHECK_FAILED), names);
    assert_int_equal(r.good, names[0] == '\0');
}

static struct slice replaced(struct arena *a, struct slice ofd, const char *name, struct slice bytes)
{
    struct ofd o;
    struct slice out;
    assert_good(a, ofd_read(a, ofd, &o));
    struct zip_entry *e = NEW_ARRAY(a, struct zip_entry, o.zip.n + 1);
    size_t n = 0;
    bool found = false;
    for (size_t i = 0; i < o.zip.n; i++) {
        e[n] = o.zip.entries[i];
        if (slice_is(e[n].name, name)) {
            found = true;
            e[n].bytes = bytes;
        }
        n++;
    }
    if (!found) e[n++] = (struct zip_entry){slice_cstr(name), bytes};
    assert_good(a, zip_write(a, e, n, &out));
    return out;
}

static struct slice entry(struct arena *a, struct slice ofd, const char *name)
{
    struct ofd o;
    assert_good(a, ofd_read(a, ofd, &o));
    const struct zip_entry *e = zip_find(&o.zip, slice_cstr(name));
    assert_non_null(e);
    return e->bytes;
}

/* ---- good ones ---- */

static void one_seal(void **state)
{
    struct fixture f = fixture(*state);
    struct slice ofd = sealed(&f);
    struct verify_report r = judge(&f, ofd);
    assert_slice(named(f.a, &r, CHECK_FAILED), "");
    assert_slice(named(f.a, &r, CHECK_WARNING), "revocation");
    assert_slice(
        named(f.a, &r, CHECK_OK),
        "format form algorithm signature signer time document property seal maker seal_period seal_list seal_file digests references coverage");
    assert_true(r.good && r.readable);
    assert_slice(r.identifier, "1.2.156.3005.2.X");
    assert_int_equal(r.signed_at, NOW);
    assert_int_equal(r.seals->n, 1);
    assert_slice(json_string(r.seals->items[0], "name"), "东莞市示范有限公司");
    assert_slice(json_string(r.seals->items[0], "id"), "44190000000001");
    /* an unsigned package, and none */
    assert_failed(&f, package(f.a), "signed");
    r = judge(&f, slice_sub(ofd, 0, ofd.n - 1));
    assert_false(r.good || r.readable);
    r = judge(&f, S("hello"));
    assert_false(r.good || r.readable);
}

static void more_seals(void **state)
{
    struct fixture f = fixture(*state);
    struct signer_seal other;
    struct slice first, second, third;
    assert_good(f.a, make_with(&f, "44190000000002", NULL, NULL, &other));
    assert_good(f.a, seal_on(&f, package(f.a), &f.seal, false, &ONE, 1, &first));
    struct ofd_place there = ONE;
    there.page = 2;
    assert_good(f.a, seal_on(&f, first, &other, true, &there, 1, &second));
    assert_failed(&f, first, "");
    struct verify_report r = judge(&f, second);
    assert_true(r.good);
    assert_int_equal(r.seals->n, 2);
    assert_slice(json_string(r.seals->items[1], "id"), "44190000000002");
    assert_code(seal_on(&f, second, &f.seal, false, &ONE, 1, &third), CODE_OFD_SIGNED); /* closed */
    there.page = 7;
    assert_code(seal_on(&f, first, &other, true, &there, 1, &third), CODE_OFD_SIGNED); /* no such page */
    assert_code(seal_on(&f, first, &other, true, &there, 0, &third), CODE_OFD_SIGNED);
    /* the second signature taken off the list of the first */
    struct slice list = entry(f.a, first, "Doc_0/Signs/Signatures.xml");
    assert_failed(&f, replaced(f.a, second, "Doc_0/Signs/Signatures.xml", list), "unlisted");
}

static void riding(void **state)
{
    struct fixture f = fixture(*state);
    const uint32_t pages[] = {1, 2};
    const struct ofd_place *places;
    struct slice ofd;
    assert_good(f.a, ofd_riding(f.a, pages, 2, 210000, 100000, 40001, 40001, &places));
    assert_int_equal(places[0].clip_width + places[1].clip_width, 40001);
    assert_int_equal(places[1].x, 210000 - 40001);
    assert_int_equal(places[0].x + places[0].clip_x + places[0].clip_width, 210000); /* each strip ends at the edge */
    assert_code(ofd_riding(f.a, pages, 1, 210000, 0, 40000, 40000, &places), CODE_OFD_SIGNED);
    assert_good(f.a, ofd_riding(f.a, pages, 2, 210000, 100000, 40001, 40001, &places));
    assert_good(f.a, seal_on(&f, package(f.a), &f.seal, true, places, 2, &ofd));
    struct verify_report r = judge(&f, ofd);
    assert_true(r.good);
    assert_int_equal(json_get(r.seals->items[0], "pages")->n, 2);
    assert_true(slice_search(entry(f.a, ofd, "Doc_0/Signs/Sign_0/Signature.xml"),
                             S("Clip=\"20.000 0.000 20.001 40.001\"")) != SIZE_MAX);
}

/* ---- bad ones ---- */

static void tampered(void **state)
{
    struct fixture f = fixture(*state), other = fixture(*state);
    struct slice ofd = sealed(&f), bad;
    assert_failed(&f, replaced(f.a, ofd, "Doc_0/Pages/Page_0/Content.xml", slice_cstr(FILES[3].text)),
                  "references coverage");
    assert_failed(&f, replaced(f.a, ofd, "OFD.xml", arena_printf(f.a, "%.*s ", SLICE_ARG(entry(f.a, ofd, "OFD.xml")))),
                  "references coverage");
    bad = entry(f.a, ofd, "Doc_0/Signs/Sign_0/Signature.xml");
    assert_failed(&f,
                  replaced(f.a, ofd, "Doc_0/Signs/Sign_0/Signature.xml", arena_printf(f.a, "%.*s\n", SLICE_ARG(bad))),
                  "document");
    assert_failed(&f, replaced(f.a, ofd, "Doc_0/Signs/Sign_0/Seal.esl", S("\x30\x00")), "seal_file references");
    assert_failed(&f, replaced(f.a, ofd, "Doc_0/Signs/Sign_0/SignedValue.dat", S("\x30\x00")), "form");
    /* another city's roots */
    struct verify_report r;
    verify_file(f.a, ofd, other.anchors, &(struct verify_ask){clock_now, 0}, &r);
    assert_slice(named(f.a, &r, CHECK_FAILED), "signer maker");
    /* looked at before it was made */
    verify_file(f.a, ofd, f.anchors, &(struct verify_ask){NOW - MS_DAY, 0}, &r);
    assert_slice(named(f.a, &r, CHECK_FAILED), "time");
    /* a file carried along that nothing protects: told, not refused */
    r = judge(&f, replaced(f.a, ofd, "Doc_0/extra.bin", S("x")));
    assert_true(r.good);
    assert_slice(named(f.a, &r, CHECK_WARNING), "revocation coverage");
}

/* The signature of a seal with parts of it replaced; made with the seal authority's key behind the test signer's back. */
static void forged_structures(void **state)
{
    struct fixture f = fixture(*state);
    struct slice ofd = sealed(&f), value = entry(f.a, ofd, "Doc_0/Signs/Sign_0/SignedValue.dat"), dat;
    struct signer_seal other;
    struct seal_signature s, t;
    assert_good(f.a, make_with(&f, "44190000000003", NULL, NULL, &other));
    assert_good(f.a, seal_signature_parse(f.a, value, &s));
    struct slice second, third;
    assert_good(f.a, seal_on(&f, package(f.a), &other, true, &ONE, 1, &second));
    third = entry(f.a, second, "Doc_0/Signs/Sign_0/SignedValue.dat");
    assert_good(f.a, seal_signature_parse(f.a, third, &t));
    /* another's certificate beside the signature */
    dat = seal_signature_write(f.a, s.tbs, t.signer, s.value);
    assert_failed(&f, replaced(f.a, ofd, "Doc_0/Signs/Sign_0/SignedValue.dat", dat), "signature seal_list");
    /* another's whole signature */
    assert_failed(&f, replaced(f.a, ofd, "Doc_0/Signs/Sign_0/SignedValue.dat", third), "document seal_file");
    /* a seal made up: the maker's signature is another seal's */
    struct slice made_up = seal_write(f.a, s.seal.tbs, s.seal.maker, t.seal.signature);
    struct slice hash = s.hash, tbs = seal_tbs_write(f.a, made_up, s.at, hash, s.property);
    dat = seal_signature_write(f.a, tbs, s.signer, s.value);
    assert_failed(&f, replaced(f.a, ofd, "Doc_0/Signs/Sign_0/SignedValue.dat", dat), "signature seal seal_file");
}

static void expired(void **state)
{
    struct fixture f = fixture(*state);
    struct slice ofd = sealed(&f);
    clock_now = NOW + 10 * 365 * MS_DAY; /* long after seal and certificate ended: what was sealed then stays good */
    assert_failed(&f, ofd, "");
    struct slice out;
    assert_code(seal_on(&f, package(f.a), &f.seal, true, &ONE, 1, &out), CODE_SIGNER_POLICY);
}

/* ---- the signer's policy ---- */

static void policy(void **state)
{
    struct fixture f = fixture(*state);
    struct arena *a = f.a;
    struct signer_seal other, swapped;
    struct slice out;
    assert_good(a, make_with(&f, "44190000000004", NULL, NULL, &other));
    swapped = (struct signer_seal){f.seal.seal, other.key};
    assert_code(seal_on(&f, package(a), &swapped, true, &ONE, 1, &out), CODE_SIGNER_POLICY);
    struct ofd_sealing in = {package(a), 0, &f.seal, S("use-1"), S("cheque"), &ONE, 1, true, clock_now, NULL};
    assert_code(ofd_seal(a, f.signer, &in, &out), CODE_SIGNER_POLICY); /* a kind the seal may not be put on */
    /* anything else than a Signature.xml of the path named */
    struct slice xml = entry(a, sealed(&f), "Doc_0/Signs/Sign_0/Signature.xml"), sig;
    static const struct {
        const char *use;
        bool digest;
    } bad[] = {
        {"{\"document\":\"licence\",\"id\":\"u\",\"path\":\"/Doc_0/Signs/Sign_0/Signature.xml\",\"seal\":\"44190000000001\",\"type\":\"seal_use\"}",
         true},
        {"{\"document\":\"licence\",\"id\":\"u\",\"path\":\"/Doc_0/Signs/Sign_1/Signature.xml\",\"seal\":\"44190000000001\",\"type\":\"seal_use\"}",
         false},
        {"{\"document\":\"licence\",\"id\":\"u\",\"path\":\"/Doc_0/Signs/Sign_0/Signature.xml\",\"seal\":\"44190000000009\",\"type\":\"seal_use\"}",
         false},
        {"{\"document\":\"licence\",\"id\":\"v\",\"path\":\"/Doc_0/Signs/Sign_0/Signature.xml\",\"seal\":\"44190000000001\",\"type\":\"seal_use\"}",
         false},
        {"{\"document\":\"licence\",\"id\":\"u\",\"path\":\"/Doc_0/Signs/Sign_0/Signature.xml\",\"seal\":\"44190000000001\",\"type\":\"seal\"}",
         false},
        {"{}", false}};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_code(signer_use_seal(f.signer, a, S("u"), slice_cstr(bad[i].use),
                                    bad[i].digest ? S("0123456789abcdef0123456789abcdef") : xml, &f.seal, &sig),
                    CODE_SIGNER_POLICY);
    /* descriptions of seals */
    assert_code(make_with(&f, "a b", NULL, NULL, &other), CODE_SIGNER_POLICY);
    static const struct {
        const char *member, *value;
    } wrong[] = {{"kind", "3"},
                 {"width", "0"},
                 {"width", "201"},
                 {"name", "\"\""},
                 {"to", "\"2019-01-01T00:00:00Z\""},
                 {"to", "\"2099-01-01T00:00:00Z\""},
                 {"documents", "[]"},
                 {"documents", "[1]"},
                 {"per_minute", "0"},
                 {"picture_type", "\"gif\""},
                 {"type", "\"licence\""}};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_code(make_with(&f, "44190000000005", wrong[i].member, test_json(a, slice_cstr(wrong[i].value)), &other),
                    CODE_SIGNER_POLICY);
    /* how often */
    assert_good(a, make_with(&f, "44190000000006", "per_minute", test_json(a, S("2")), &other));
    for (int i = 0; i < 2; i++) assert_good(a, seal_on(&f, package(a), &other, true, &ONE, 1, &out));
    assert_code(seal_on(&f, package(a), &other, true, &ONE, 1, &out), CODE_SIGNER_RATE);
    assert_good(a, seal_on(&f, package(a), &f.seal, true, &ONE, 1, &out));
    clock_now += MS_MINUTE;
    assert_good(a, seal_on(&f, package(a), &other, true, &ONE, 1, &out));
}

/* ---- samples ---- */

static void samples(void **state)
{
    struct fixture f = fixture(*state);
    struct slice root, file[3], third;
    if (!test_shared(f.a, "ofd/own/root.pem", &root) || !test_shared(f.a, "ofd/own/02-good-v4.ofd", &file[0]) ||
        !test_shared(f.a, "ofd/own/03-bad-page-changed.ofd", &file[1]) ||
        !test_shared(f.a, "ofd/own/04-bad-signature-xml-changed.ofd", &file[2]) ||
        !test_shared(f.a, "ofd/third-party/DigitalSign.ofd", &third))
        return;
    assert_good(f.a, trust_anchors_parse(f.a, root, &f.anchors));
    clock_now = INT64_C(1800000000000); /* 2027 */
    assert_failed(&f, file[0], "signer time maker");
    assert_failed(&f, file[1], "signer time maker references coverage");
    assert_failed(&f, file[2], "signer time document maker");
    /* its certificates are younger than the time it states: good for who knows when it was there */
    struct verify_report r;
    for (int i = 0; i < 3; i++) {
        static const char *const failed_then[] = {"", "references coverage", "document"};
        verify_file(f.a, file[i], f.anchors, &(struct verify_ask){clock_now, clock_now}, &r);
        assert_slice(named(f.a, &r, CHECK_FAILED), failed_then[i]);
        assert_slice(named(f.a, &r, CHECK_WARNING), "revocation time");
        assert_int_equal(r.good, i == 0);
    }
    r = judge(&f, third);
    assert_true(r.readable);
    assert_slice(named(f.a, &r, CHECK_FAILED), "signature");
    assert_slice(named(f.a, &r, CHECK_OK), "format digests references coverage");
}

/* ---- every byte ---- */

/* A file with one byte changed is bad; or what it says and shows is to the byte what it was. */
static void every_byte(void **state)
{
    struct fixture f = fixture(*state);
    struct slice ofd = sealed(&f);
    struct ofd whole;
    size_t same = 0;
    assert_good(f.a, ofd_read(f.a, ofd, &whole));
    const struct json *before = verify_report_json(f.a, &(struct verify_report){0});
    struct verify_report good = judge(&f, ofd);
    before = verify_report_json(f.a, &good);
    char *changed = arena_alloc(f.a, ofd.n);
    size_t step = getenv("TONGBAN_EVERY_BYTE") ? 1 : 3;
    for (size_t i = 0; i < ofd.n; i += step) {
        struct arena *b = arena_new("flip");
        struct verify_report r;
        memcpy(changed, ofd.p, ofd.n);
        changed[i] = (char)(changed[i] ^ (1 << (i % 8)));
        verify_file(b, slice_of(changed, ofd.n), f.anchors, &(struct verify_ask){clock_now + MS_MINUTE, 0}, &r);
        if (r.good) {
            struct ofd o;
            assert_good(b, ofd_read(b, slice_of(changed, ofd.n), &o));
            assert_true(slice_eq(json_write(b, verify_report_json(b, &r)), json_write(b, before)));
            assert_int_equal(o.zip.n, whole.zip.n);
            for (size_t k = 0; k < o.zip.n; k++) {
                assert_true(slice_eq(o.zip.entries[k].name, whole.zip.entries[k].name));
                assert_true(slice_eq(o.zip.entries[k].bytes, whole.zip.entries[k].bytes));
            }
            same++;
        }
        arena_free(b);
    }
    print_message("%zu bytes, %zu changes that change nothing\n", ofd.n / step, same);
    assert_true(same * 50 < ofd.n); /* of the container only */
}

/* The same inside: every byte of every file, put into the package with right lengths and checksums. */
static void every_byte_inside(void **state)
{
    struct fixture f = fixture(*state);
    struct slice ofd = sealed(&f);
    struct ofd o;
    size_t n = 0;
    assert_good(f.a, ofd_read(f.a, ofd, &o));
    struct zip_entry *e = NEW_ARRAY(f.a, struct zip_entry, o.zip.n);
    for (size_t k = 0; k < o.zip.n; k++) e[k] = o.zip.entries[k];
    size_t step = getenv("TONGBAN_EVERY_BYTE") ? 1 : 3;
    for (size_t k = 0; k < o.zip.n; k++) {
        struct slice was = e[k].bytes;
        char *changed = arena_alloc(f.a, was.n);
        e[k].bytes = slice_of(changed, was.n);
        for (size_t i = 0; i < was.n; i += step, n++) {
            struct arena *b = arena_new("flip");
            struct verify_report r;
            struct slice out;
            memcpy(changed, was.p, was.n);
            changed[i] = (char)(changed[i] ^ (1 << (i % 8)));
            assert_good(b, zip_write(b, e, o.zip.n, &out));
            verify_file(b, out, f.anchors, &(struct verify_ask){clock_now + MS_MINUTE, 0}, &r);
            if (r.good) fail_msg("%.*s byte %zu", SLICE_ARG(e[k].name), i);
            arena_free(b);
        }
        e[k].bytes = was;
    }
    print_message("%zu changes inside, none good\n", n);
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(one_seal),          TEST(more_seals),       TEST(riding), TEST(tampered),
                                       TEST(forged_structures), TEST(expired),          TEST(policy), TEST(samples),
                                       TEST(every_byte),        TEST(every_byte_inside)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
