/* Structures of seals: known answers, what is refused, writing. */
#include "trust/seal.h"

#include "base/testing.h"
#include "trust/crypto.h"
#include "trust/der_write.h"
#include "trust/x509_parts.h"

static bool signed_by(struct arena *a, struct slice cert_der, struct slice message, struct slice signature)
{
    const struct x509_cert *c;
    struct crypto_key *k;
    assert_good(a, x509_parse(a, cert_der, &c));
    EVP_PKEY_up_ref(c->key);
    assert_good(a, crypto_key_of_handle(a, c->key, &k));
    return crypto_verify(k, message, signature);
}

static void own_v4(void **state)
{
    struct arena *a = *state;
    struct slice der;
    struct seal s;
    if (!test_shared(a, "ofd/own/seal-v4.esl", &der)) return;
    assert_good(a, seal_parse(a, der, &s));
    assert_int_equal(s.version, SEAL_V4);
    assert_slice(s.vendor, "TESTVENDOR");
    assert_slice(s.id, "44190000000001");
    assert_slice(s.name, "测试专用章（样例）");
    assert_slice(s.picture.type, "PNG");
    assert_int_equal(s.picture.width, 40);
    assert_int_equal(s.ncerts, 1);
    assert_slice(instant_text(a, s.to), "2039-01-01T08:00:00+08:00");
    assert_good(a, seal_picture_check(a, &s.picture));
    assert_true(seal_algorithm_sm2(s.algorithm));
    assert_true(signed_by(a, s.maker, s.tbs, s.signature));
    assert_false(signed_by(a, s.maker, s.der, s.signature));
    /* and back */
    struct slice info;
    const struct seal_spec spec = {s.vendor, s.id, s.type, s.name, s.certs, s.ncerts, s.made, s.from, s.to, s.picture};
    assert_good(a, seal_info_write(a, &spec, &info));
    assert_true(slice_eq(info, s.tbs));
    assert_true(slice_eq(seal_write(a, info, s.maker, s.signature), der));
}

static void third_party(void **state)
{
    struct arena *a = *state;
    struct slice v1, v4, value;
    struct seal s;
    struct seal_signature sig;
    if (!test_shared(a, "ofd/third-party/UserV1.esl", &v1) || !test_shared(a, "ofd/third-party/UserV4.esl", &v4) ||
        !test_shared(a, "ofd/third-party/SignedValueV4.dat", &value))
        return;
    assert_good(a, seal_parse(a, v1, &s));
    assert_int_equal(s.version, SEAL_V1);
    assert_slice(s.name, "OFDRW测试用印章");
    assert_true(signed_by(a, s.maker, s.tbs, s.signature)); /* SEQUENCE {info, cert, alg} */
    assert_good(a, seal_picture_check(a, &s.picture));
    assert_good(a, seal_parse(a, v4, &s));
    assert_int_equal(s.version, SEAL_V4);
    assert_true(signed_by(a, s.maker, s.tbs, s.signature));
    assert_good(a, seal_signature_parse(a, value, &sig));
    assert_int_equal(sig.version, SEAL_V4);
    assert_slice(sig.property, "/Doc_0/Signs/Sign_0/Signature.xml");
    assert_int_equal(sig.hash.n, 32);
    assert_slice(instant_text(a, sig.at), "2020-10-12T19:14:03+08:00");
    assert_true(signed_by(a, sig.signer, sig.tbs, sig.value));
    assert_true(signed_by(a, sig.seal.maker, sig.seal.tbs, sig.seal.signature));
    assert_true(slice_eq(sig.seal.certs[0], sig.signer));
}

/* Cut anywhere it is refused; a byte changed it is refused, or reads as something else (nothing is ignored). */
static void cut_and_changed(void **state)
{
    struct arena *a = *state;
    struct slice der;
    struct seal *s = NEW(a, struct seal);
    if (!test_shared(a, "ofd/own/seal-v4.esl", &der)) return;
    for (size_t n = 0; n < der.n; n++) {
        struct arena *b = arena_new("cut");
        assert_true(failed(seal_parse(b, slice_sub(der, 0, n), s)));
        arena_free(b);
    }
    const struct slice parts[] = {der, S("\x05\x00")};
    struct buf both = buf_new(a, der.n + 8);
    for (int i = 0; i < 2; i++) buf_put(&both, parts[i]);
    assert_code(seal_parse(a, buf_slice(&both), s), CODE_SEAL_MALFORMED);
}

/* ---- other forms, built ---- */

struct form {
    int version; /* in the header */
    bool v1, v5_stamp, digests, implicit, critical, generalized;
    const char *from, *to;
    const char *name;
};

static struct slice time_of(struct arena *a, const struct form *f, const char *text)
{
    bool utc = f->v1 && !f->generalized;
    return der_element(a, utc ? DER_UTC_TIME : DER_TIME, slice_cstr(utc ? text + 2 : text));
}

static struct slice group(struct arena *a, size_t n, const struct slice *parts)
{
    return der_group(a, DER_SEQUENCE, parts, n);
}
#define GROUP(a, ...) \
    group((a), sizeof((struct slice[]){__VA_ARGS__}) / sizeof(struct slice), (struct slice[]){__VA_ARGS__})

static struct slice build(struct arena *a, const struct form *f)
{
    struct slice cert = S("\x30\x00"), oid = der_element(a, DER_OID, S("\x2a\x81\x1c\xcf\x55\x01\x83\x75"));
    struct slice header =
        GROUP(a, der_element(a, DER_IA5, S("ES")), der_integer(a, f->version), der_element(a, DER_IA5, S("v")));
    struct slice list = f->digests
                            ? GROUP(a, GROUP(a, der_element(a, DER_PRINTABLE, S("SM3")),
                                             der_element(a, DER_OCTET_STRING, S("0123456789abcdef0123456789abcdef"))))
                            : GROUP(a, der_element(a, DER_OCTET_STRING, cert));
    struct slice type = der_integer(a, 1), name = der_element(a, DER_UTF8, slice_cstr(f->name ? f->name : "章")),
                 kind = der_integer(a, f->digests ? 2 : 1), made = time_of(a, f, "20210101000000Z"),
                 from = time_of(a, f, f->from ? f->from : "20210101000000Z"),
                 to = time_of(a, f, f->to ? f->to : "20310101000000Z");
    struct slice property =
        f->v1 ? GROUP(a, type, name, list, made, from, to) : GROUP(a, type, name, kind, list, made, from, to);
    struct slice picture = GROUP(a, der_element(a, DER_IA5, S("PNG")), der_element(a, DER_OCTET_STRING, S("x")),
                                 der_integer(a, 40), der_integer(a, 40));
    struct slice ext = GROUP(a, der_element(a, DER_OID, S("\x2a\x03")),
                             der_element(a, (enum der_tag)0x01, f->critical ? S("\xff") : S("\0")),
                             der_element(a, DER_OCTET_STRING, S("e")));
    struct slice exts = f->implicit ? der_element(a, DER_CONTEXT_0, ext) : der_element(a, DER_CONTEXT_0, GROUP(a, ext));
    struct slice info = GROUP(a, header, der_element(a, DER_IA5, S("id1")), property, picture, exts);
    struct slice maker = der_element(a, DER_OCTET_STRING, cert), value = der_bits(a, S("sig"));
    if (f->v1) return GROUP(a, info, GROUP(a, maker, oid, value));
    if (f->v5_stamp) return GROUP(a, info, maker, oid, value, der_element(a, DER_CONTEXT_0, der_bits(a, S("t"))));
    return GROUP(a, info, maker, oid, value);
}

static void versions(void **state)
{
    struct arena *a = *state;
    struct seal s;
    static const struct {
        struct form f;
        enum seal_version version;
    } good[] = {{{.version = 1, .v1 = true}, SEAL_V1},
                {{.version = 1, .v1 = true, .generalized = true}, SEAL_V1},
                {{.version = 4}, SEAL_V4},
                {{.version = 4, .digests = true, .implicit = true, .critical = true}, SEAL_V4},
                {{.version = 5}, SEAL_V5},
                {{.version = 5, .v5_stamp = true}, SEAL_V5}};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        assert_good(a, seal_parse(a, build(a, &good[i].f), &s));
        assert_int_equal(s.version, good[i].version);
        assert_int_equal(s.list, good[i].f.digests ? SEAL_LIST_DIGESTS : SEAL_LIST_CERTIFICATES);
        assert_int_equal(s.critical, good[i].f.critical);
        assert_slice(instant_text(a, s.to), "2031-01-01T08:00:00+08:00");
    }
}

static void absurd(void **state)
{
    struct arena *a = *state;
    struct seal s;
    static const struct form bad[] = {
        {.version = 4, .from = "20310101000000Z", .to = "20210101000000Z"}, /* ends before it begins */
        {.version = 4, .to = "20310229000000Z"},                            /* no such day */
        {.version = 4, .to = "20311301000000Z"},
        {.version = 4, .to = "20310101240000Z"},
        {.version = 4, .to = "99991231235959Z"},
        {.version = 4, .to = "00000101000000Z"},
        {.version = 4, .to = "203101010000Z"},
        {.version = 4, .to = "20310101000000.5Z"},
        {.version = 4, .to = "20310101000000+0800"},
        {.version = 4, .name = ""},
        {.version = 4, .name = "\xff\xfe"},
        {.version = 100}};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_code(seal_parse(a, build(a, &bad[i]), &s), CODE_SEAL_MALFORMED);
    assert_code(seal_parse(a, S("\x30\x80\x00\x00"), &s), CODE_SEAL_MALFORMED); /* indefinite length */
    assert_code(seal_parse(a, S("\x30\x84\xff\xff\xff\xff"), &s), CODE_SEAL_MALFORMED);
    assert_code(seal_parse(a, S(""), &s), CODE_SEAL_MALFORMED);
    char *huge = arena_zalloc(a, SEAL_MAX_BYTES + 10, 1);
    assert_code(seal_parse(a, slice_of(huge, SEAL_MAX_BYTES + 10), &s), CODE_SEAL_MALFORMED);
    struct slice nested = S("\x05\x00"); /* deeper than anything needs */
    for (int i = 0; i < 40; i++) nested = der_element(a, DER_SEQUENCE, nested);
    assert_code(seal_parse(a, nested, &s), CODE_SEAL_MALFORMED);
}

static void pictures(void **state)
{
    struct arena *a = *state;
    static const char png[] = "\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\0\x40\0\0\0\x40\x08\x06\0\0\0xxxx\0\0\0\0IENDyyyy";
    struct seal_picture p = {S("PNG"), slice_of(png, sizeof png - 1), 40, 40};
    assert_good(a, seal_picture_check(a, &p));
    p.type = S("png");
    assert_good(a, seal_picture_check(a, &p));
    p.type = S("gif");
    assert_code(seal_picture_check(a, &p), CODE_SEAL_PICTURE);
    p.type = S("svg");
    assert_code(seal_picture_check(a, &p), CODE_SEAL_PICTURE);
    p.type = S("PNG");
    p.data = slice_sub(p.data, 0, p.data.n - 1);
    assert_code(seal_picture_check(a, &p), CODE_SEAL_PICTURE);
    char large[sizeof png];
    memcpy(large, png, sizeof png);
    large[16] = 1; /* 16 million pixels wide */
    p.data = slice_of(large, sizeof png - 1);
    assert_code(seal_picture_check(a, &p), CODE_SEAL_PICTURE);
    p = (struct seal_picture){S("jpg"), S("\xff\xd8\xff\xe0\0\4ab\xff\xc0\0\x11\x08\0\x20\0\x20zz"), 40, 40};
    assert_good(a, seal_picture_check(a, &p));
    p = (struct seal_picture){S("gif"), S("GIF89a\x20\0\x20\0"), 40, 40};
    assert_good(a, seal_picture_check(a, &p));
    p = (struct seal_picture){S("bmp"), S("BM............\x28\0\0\0\x20\0\0\0\xe0\xff\xff\xff"), 40, 40};
    assert_good(a, seal_picture_check(a, &p));
    p.data = S("");
    assert_code(seal_picture_check(a, &p), CODE_SEAL_PICTURE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(own_v4),   TEST(third_party), TEST(cut_and_changed),
                                       TEST(versions), TEST(absurd),      TEST(pictures)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
