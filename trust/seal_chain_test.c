/* Seals of every version and of other makers on a package, with a CA of the test: lists of digests, revocation before and after, periods, a
 * signature of one's own without a certificate. */
#include "trust/der_write.h"
#include "trust/ofd.h"
#include "trust/seal.h"
#include "trust/verify.h"
#include "trust/x509_test_support.h"

#include <openssl/pem.h>

struct world {
    struct arena *a;
    struct test_cert *root, *maker, *signer;
    const struct trust_anchors *anchors;
};

static void trust(struct world *w, struct slice more)
{
    struct slice root = x509_pem(w->a, "CERTIFICATE", w->root->der);
    assert_good(
        w->a, trust_anchors_parse(w->a, arena_printf(w->a, "%.*s%.*s", SLICE_ARG(root), SLICE_ARG(more)), &w->anchors));
}

static struct world world(struct arena *a)
{
    struct world w = {.a = a, .root = test_root(a, "印章 CA", CRYPTO_SM2)};
    w.maker = test_person(a, "制章者", CRYPTO_SM2, w.root);
    w.signer = test_person(a, "签章人", CRYPTO_SM2, w.root);
    trust(&w, S(""));
    return w;
}

/* How the seal and the signature shall be. Zero: version 4, certificates, all in order. */
struct form {
    enum seal_version version;
    bool digests, stamped, critical, stranger;
    int from, to;     /* of the seal, days from TEST_NOW */
    bool recursive;   /* the picture is a package with a seal of its own */
    const char *type; /* of the picture */
};

static struct slice group(struct arena *a, const struct slice *parts, size_t n)
{
    return der_group(a, DER_SEQUENCE, parts, n);
}
#define GROUP(a, ...) \
    group((a), (struct slice[]){__VA_ARGS__}, sizeof((struct slice[]){__VA_ARGS__}) / sizeof(struct slice))

static struct slice signature_of(struct world *w, const struct test_cert *who, struct slice message)
{
    struct slice value;
    assert_good(w->a, crypto_sign(w->a, who->key, message, &value));
    return der_bits(w->a, value);
}

static struct slice time_of(struct arena *a, const struct form *f, instant t)
{
    struct slice whole = der_time(a, t);
    if (f->version != SEAL_V1) return whole;
    return der_element(a, DER_UTC_TIME, slice_sub(whole, 4, whole.n)); /* two digits of the year */
}

static const char PNG[] = "\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\0\x40\0\0\0\x40\x08\x06\0\0\0xxxx\0\0\0\0IENDyyyy";

static struct slice package(struct world *w, struct slice seal, struct slice xml, struct slice value);

static struct slice info_of(struct world *w, const struct form *f)
{
    struct arena *a = w->a;
    uint8_t h[CRYPTO_HASH_BYTES];
    crypto_sm3(w->signer->der, h);
    const struct test_cert *listed = f->stranger ? w->maker : w->signer;
    struct slice list = f->digests ? GROUP(a, GROUP(a, der_element(a, DER_PRINTABLE, S("SM3")),
                                                    der_element(a, DER_OCTET_STRING, slice_of((char *)h, sizeof h))))
                                   : GROUP(a, der_element(a, DER_OCTET_STRING, listed->der));
    struct slice kind = der_integer(a, f->digests ? 2 : 1), name = der_element(a, DER_UTF8, S("测试章"));
    struct slice from = time_of(a, f, TEST_NOW + (f->from ? f->from : -30) * MS_DAY),
                 to = time_of(a, f, TEST_NOW + (f->to ? f->to : 30) * MS_DAY),
                 made = time_of(a, f, TEST_NOW - 2 * MS_DAY);
    struct slice property = f->version == SEAL_V1 ? GROUP(a, der_integer(a, 1), name, list, made, from, to)
                                                  : GROUP(a, der_integer(a, 1), name, kind, list, made, from, to);
    struct slice picture =
        f->recursive ? package(w, S("\x30\x00"), S("<x/>"), S("\x30\x00")) : slice_of(PNG, sizeof PNG - 1);
    struct slice drawn = GROUP(a,
                               der_element(a, DER_IA5,
                                           slice_cstr(f->type        ? f->type
                                                      : f->recursive ? "ofd"
                                                                     : "PNG")),
                               der_element(a, DER_OCTET_STRING, picture), der_integer(a, 40), der_integer(a, 40));
    struct slice header = GROUP(a, der_element(a, DER_IA5, S("ES")), der_integer(a, (int)f->version),
                                der_element(a, DER_IA5, S("other")));
    struct slice ext = der_element(
        a, DER_CONTEXT_0,
        GROUP(a, GROUP(a, der_element(a, DER_OID, S("\x2a\x03")), der_element(a, (enum der_tag)1, S("\xff")),
                       der_element(a, DER_OCTET_STRING, S("?")))));
    struct slice id = der_element(a, DER_IA5, S("E-1"));
    return f->critical ? GROUP(a, header, id, property, drawn, ext) : GROUP(a, header, id, property, drawn);
}

static struct slice oid(struct arena *a)
{
    return der_element(a, DER_OID, S("\x2a\x81\x1c\xcf\x55\x01\x83\x75"));
}

static struct slice seal_of(struct world *w, const struct form *f)
{
    struct arena *a = w->a;
    struct slice info = info_of(w, f), cert = der_element(a, DER_OCTET_STRING, w->maker->der);
    if (f->version == SEAL_V1)
        return GROUP(a, info, GROUP(a, cert, oid(a), signature_of(w, w->maker, GROUP(a, info, cert, oid(a)))));
    struct slice value = signature_of(w, w->maker, info);
    return f->stamped ? GROUP(a, info, cert, oid(a), value, der_element(a, DER_CONTEXT_0, der_bits(a, S("stamp"))))
                      : GROUP(a, info, cert, oid(a), value);
}

static struct slice value_of(struct world *w, const struct form *f, struct slice seal, struct slice xml)
{
    struct arena *a = w->a;
    uint8_t h[CRYPTO_HASH_BYTES];
    crypto_sm3(xml, h);
    struct slice hash = der_bits(a, slice_of((char *)h, sizeof h)),
                 cert = der_element(a, DER_OCTET_STRING, w->signer->der),
                 path = der_element(a, DER_IA5, S("/Doc_0/Signs/Sign_0/Signature.xml"));
    if (f->version == SEAL_V1) {
        struct slice tbs =
            GROUP(a, der_integer(a, 1), seal, der_bits(a, time_of(a, f, TEST_NOW)), hash, path, cert, oid(a));
        return GROUP(a, tbs, signature_of(w, w->signer, tbs));
    }
    struct slice tbs = GROUP(a, der_integer(a, (int)f->version), seal, time_of(a, f, TEST_NOW), hash, path);
    struct slice value = signature_of(w, w->signer, tbs);
    return f->stamped ? GROUP(a, tbs, cert, oid(a), value, der_element(a, DER_CONTEXT_0, der_bits(a, S("stamp"))))
                      : GROUP(a, tbs, cert, oid(a), value);
}

#define NS "xmlns:ofd=\"http://www.ofdspec.org/2016\""
enum { NFILES = 8 };
static void files(struct slice seal, struct slice xml, struct slice value, struct zip_entry e[NFILES])
{
    const struct zip_entry list[NFILES] = {
        {S("OFD.xml"),
         S("<ofd:OFD " NS
           " Version=\"1.0\" DocType=\"OFD\"><ofd:DocBody><ofd:DocInfo><ofd:DocID>00000000000000000000000000000009"
           "</ofd:DocID></ofd:DocInfo><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot><ofd:Signatures>Doc_0/Signs/Signatures.xml"
           "</ofd:Signatures></ofd:DocBody></ofd:OFD>")},
        {S("Doc_0/Document.xml"),
         S("<ofd:Document " NS "><ofd:CommonData><ofd:MaxUnitID>9</ofd:MaxUnitID></ofd:CommonData><ofd:Pages>"
           "<ofd:Page ID=\"1\" BaseLoc=\"P.xml\"/></ofd:Pages></ofd:Document>")},
        {S("Doc_0/P.xml"), S("<ofd:Page " NS "/>")},
        {S("Doc_0/Signs/Signatures.xml"),
         S("<ofd:Signatures " NS "><ofd:Signature ID=\"1\" BaseLoc=\"Sign_0/Signature.xml\"/></ofd:Signatures>")},
        {S("Doc_0/Signs/Sign_0/Signature.xml"), xml},
        {S("Doc_0/Signs/Sign_0/Seal.esl"), seal},
        {S("Doc_0/Signs/Sign_0/SignedValue.dat"), value},
        {S("readme.txt"), S("hello")}};
    memcpy(e, list, sizeof list);
}

static struct slice package(struct world *w, struct slice seal, struct slice xml, struct slice value)
{
    struct zip_entry e[NFILES];
    struct slice out;
    files(seal, xml, value, e);
    assert_good(w->a, zip_write(w->a, e, NFILES, &out));
    return out;
}

/* As others write it: digests by the name of the function, the time in one piece, paths without "/" in front. */
static struct slice signature_xml(struct world *w, struct slice seal)
{
    struct zip_entry e[NFILES];
    struct buf b = buf_new(w->a, 1 << 16);
    static const size_t covered[] = {0, 1, 2, 5};
    files(seal, S(""), S(""), e);
    buf_puts(
        &b,
        "<ofd:Signature " NS
        "><ofd:SignedValue>SignedValue.dat</ofd:SignedValue><ofd:SignedInfo><ofd:Provider ProviderName=\"o\"/>"
        "<ofd:SignatureMethod>1.2.156.10197.1.501</ofd:SignatureMethod><ofd:SignatureDateTime>20210430090000</ofd:SignatureDateTime>"
        "<ofd:References CheckMethod=\"SM3\">");
    for (size_t i = 0; i < sizeof covered / sizeof *covered; i++) {
        uint8_t h[CRYPTO_HASH_BYTES];
        crypto_sm3(e[covered[i]].bytes, h);
        struct slice value = base64_encode(w->a, slice_of((char *)h, sizeof h));
        buf_printf(&b, "<ofd:Reference FileRef=\"%.*s\"><ofd:CheckValue> %.*s\n</ofd:CheckValue></ofd:Reference>",
                   SLICE_ARG(e[covered[i]].name), SLICE_ARG(value));
    }
    buf_puts(
        &b,
        "</ofd:References><ofd:StampAnnot ID=\"1\" PageRef=\"1\" Boundary=\"1 1 9 9\"/><ofd:Seal><ofd:BaseLoc>Seal.esl</ofd:BaseLoc></ofd:Seal>"
        "</ofd:SignedInfo></ofd:Signature>");
    return buf_slice(&b);
}

static void expect(struct world *w, const struct form *asked, const char *failed_checks, const char *warned)
{
    struct form f = *asked;
    if (!f.version) f.version = SEAL_V4;
    struct slice seal = seal_of(w, &f), xml = signature_xml(w, seal);
    struct slice ofd = package(w, seal, xml, value_of(w, &f, seal, xml));
    struct verify_report r;
    struct buf bad = buf_new(w->a, 1000), warn = buf_new(w->a, 1000);
    verify_file(w->a, ofd, w->anchors, &(struct verify_ask){.at = TEST_NOW + 10 * MS_DAY}, &r);
    for (size_t i = 0; i < r.nchecks; i++) {
        struct buf *b = r.checks[i].state == CHECK_FAILED ? &bad : &warn;
        if (r.checks[i].state != CHECK_OK) buf_printf(b, "%s%s", b->n ? " " : "", r.checks[i].name);
    }
    assert_slice(buf_slice(&bad), failed_checks);
    assert_slice(buf_slice(&warn), warned);
    assert_int_equal(r.good, failed_checks[0] == '\0');
    if (r.seals && r.seals->n) assert_int_equal(json_int(r.seals->items[0], "version", 0), f.version);
}

static void every_version(void **state)
{
    struct world w = world(*state);
    static const struct form good[] = {{.version = SEAL_V1},
                                       {.version = SEAL_V4},
                                       {.version = SEAL_V4, .digests = true},
                                       {.version = SEAL_V4, .stamped = true},
                                       {.version = SEAL_V5},
                                       {.version = SEAL_V5, .stamped = true, .digests = true}};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        struct form f = good[i];
        if (f.version == SEAL_V4 && f.stamped) f.version = SEAL_V5; /* five elements are version 5 */
        expect(&w, &f, "", "revocation coverage");                  /* the readme, which nothing leads to */
    }
}

static void periods_and_lists(void **state)
{
    struct world w = world(*state);
    expect(&w, &(struct form){.from = 1}, "seal_period", "revocation coverage");
    expect(&w, &(struct form){.to = -1}, "seal_period", "revocation coverage");
    expect(&w, &(struct form){.stranger = true}, "seal_list", "revocation coverage");
    expect(&w, &(struct form){.critical = true}, "extensions", "revocation coverage");
    expect(&w, &(struct form){.recursive = true}, "picture", "revocation coverage");
    expect(&w, &(struct form){.type = "svg"}, "", "revocation picture coverage"); /* not drawn here, nothing else */
    w.signer = test_cert_make(w.a, "来日", CRYPTO_SM2, w.root, 1, 30, NULL);
    expect(&w, &(struct form){.version = SEAL_V4}, "signer time", "coverage");
    w.signer = test_cert_make(w.a, "已过", CRYPTO_SM2, w.root, -30, -1, NULL);
    expect(&w, &(struct form){.version = SEAL_V4}, "signer time", "coverage");
    static const struct test_ext encryption[] = {{NID_key_usage, "critical,keyEncipherment"}, {0, NULL}};
    w.signer = test_cert_make(w.a, "加密", CRYPTO_SM2, w.root, -30, 30, encryption);
    expect(&w, &(struct form){.version = SEAL_V4}, "signer", "coverage");
}

static X509_CRL *crl_of(struct world *w, const struct test_cert *who, int day_of_revocation)
{
    X509_CRL *crl = X509_CRL_new();
    ASN1_TIME *t = ASN1_TIME_set(NULL, (time_t)(TEST_NOW / 1000 + 5 * 86400));
    X509_CRL_set_version(crl, 1);
    X509_CRL_set_issuer_name(crl, X509_get_subject_name(w->root->x));
    X509_CRL_set1_lastUpdate(crl, t);
    ASN1_TIME_set(t, (time_t)(TEST_NOW / 1000 + 35 * 86400));
    X509_CRL_set1_nextUpdate(crl, t);
    if (who) {
        X509_REVOKED *r = X509_REVOKED_new();
        X509_REVOKED_set_serialNumber(r, X509_get_serialNumber(who->x));
        ASN1_TIME_set(t, (time_t)(TEST_NOW / 1000 + day_of_revocation * 86400));
        X509_REVOKED_set_revocationDate(r, t);
        X509_CRL_add0_revoked(crl, r);
    }
    EVP_MD_CTX *md = EVP_MD_CTX_new();
    EVP_PKEY *key = crypto_key_handle(w->root->key);
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(key, NULL);
    EVP_PKEY_CTX_set1_id(ctx, CRYPTO_SM2_ID, sizeof CRYPTO_SM2_ID - 1);
    EVP_MD_CTX_set_pkey_ctx(md, ctx);
    assert_int_equal(EVP_DigestSignInit(md, NULL, EVP_sm3(), NULL, key), 1);
    assert_true(X509_CRL_sign_ctx(crl, md) > 0);
    EVP_MD_CTX_free(md);
    EVP_PKEY_CTX_free(ctx);
    ASN1_TIME_free(t);
    return crl;
}

/* Revoked after the sealing it stands, before it falls; for signer and maker. */
static void revocation(void **state)
{
    struct world w = world(*state);
    static const struct {
        int who, day; /* 0: nobody, 1: the signer, 2: the maker */
        const char *bad;
    } cases[] = {{0, 0, ""}, {1, 1, ""}, {1, -1, "revocation"}, {2, -1, ""}, {2, -3, "maker"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        X509_CRL *crl = crl_of(&w, cases[i].who == 0 ? NULL : cases[i].who == 1 ? w.signer : w.maker, cases[i].day);
        unsigned char *der = NULL;
        int n = i2d_X509_CRL(crl, &der);
        trust(&w, x509_pem(w.a, "X509 CRL", slice_of((const char *)der, (size_t)n)));
        OPENSSL_free(der);
        X509_CRL_free(crl);
        expect(&w, &(struct form){.version = SEAL_V4}, cases[i].bad, "coverage");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(every_version), TEST(periods_and_lists), TEST(revocation)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
