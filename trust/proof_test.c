/* Signatures by the key of a certificate: raw in every spelling, and SignedData of both standards; each spoilt in turn. */
#include "trust/x509_test_support.h"

#include "trust/der_write.h"
#include "trust/proof.h"

#include <openssl/cms.h>
#include <openssl/ocsp.h>

static const struct slice TEXT = {"tongban-certificate-challenge/1 nonce=abc", 41};

static struct test_cert *person(struct arena *a, enum crypto_kind kind)
{
    return test_person(a, "张三", kind, test_root(a, "根", kind));
}

static void raw(void **state)
{
    struct arena *a = *state;
    static const enum crypto_kind kinds[] = {CRYPTO_SM2, CRYPTO_P256, CRYPTO_ED25519};
    for (int i = 0; i < 3; i++) {
        struct test_cert *c = person(a, kinds[i]), *other = person(a, kinds[i]);
        struct slice sig;
        assert_good(a, crypto_sign(a, c->key, TEXT, &sig));
        assert_good(a, proof_raw(a, c->cert, TEXT, sig));
        assert_code(proof_raw(a, other->cert, TEXT, sig), CODE_CERT_PROOF);
        assert_code(proof_raw(a, c->cert, slice_sub(TEXT, 1, TEXT.n), sig), CODE_CERT_PROOF);
        assert_code(proof_raw(a, c->cert, TEXT, slice_sub(sig, 0, sig.n - 1)), CODE_CERT_PROOF);
        assert_code(proof_raw(a, c->cert, TEXT, S("")), CODE_CERT_PROOF);
    }
}

/* r and s side by side, 32 bytes each, as browsers and many tools write them. */
static void pair(void **state)
{
    struct arena *a = *state;
    static const enum crypto_kind kinds[] = {CRYPTO_SM2, CRYPTO_P256};
    for (int i = 0; i < 2; i++) {
        struct test_cert *c = person(a, kinds[i]);
        struct slice sig;
        unsigned char p[64];
        assert_good(a, crypto_sign(a, c->key, TEXT, &sig));
        const unsigned char *at = (const unsigned char *)sig.p;
        ECDSA_SIG *s = d2i_ECDSA_SIG(NULL, &at, (long)sig.n);
        assert_int_equal(BN_bn2binpad(ECDSA_SIG_get0_r(s), p, 32), 32);
        assert_int_equal(BN_bn2binpad(ECDSA_SIG_get0_s(s), p + 32, 32), 32);
        ECDSA_SIG_free(s);
        assert_good(a, proof_raw(a, c->cert, TEXT, slice_of((const char *)p, 64)));
        p[40] ^= 1;
        assert_code(proof_raw(a, c->cert, TEXT, slice_of((const char *)p, 64)), CODE_CERT_PROOF);
    }
}

/* ---- SignedData as OpenSSL writes it ---- */

static struct slice cms_of(struct arena *a, struct test_cert *c, STACK_OF(X509) * more, unsigned flags)
{
    BIO *in = BIO_new_mem_buf(TEXT.p, (int)TEXT.n);
    CMS_ContentInfo *m = CMS_sign(c->x, crypto_key_handle(c->key), more, in, flags | CMS_BINARY);
    unsigned char *der = NULL;
    assert_non_null(m);
    int n = i2d_CMS_ContentInfo(m, &der);
    assert_true(n > 0);
    struct slice out = arena_copy(a, slice_of((const char *)der, (size_t)n));
    OPENSSL_free(der);
    CMS_ContentInfo_free(m);
    BIO_free(in);
    return out;
}

static void signed_data(void **state)
{
    struct arena *a = *state;
    struct test_cert *root = test_root(a, "根", CRYPTO_P256), *ca = test_ca(a, "签发", CRYPTO_P256, root),
                     *c = test_person(a, "张三", CRYPTO_P256, ca);
    struct proof_signed who;
    STACK_OF(X509) *more = sk_X509_new_null();
    sk_X509_push(more, ca->x);
    struct slice cms = cms_of(a, c, more, CMS_DETACHED);
    sk_X509_free(more);
    assert_good(a, proof_cms(a, cms, TEXT, &who));
    assert_true(slice_eq(x509_der(who.cert), c->der) && who.others.n == 1 &&
                slice_eq(x509_der(who.others.certs[0]), ca->der));
    assert_code(proof_cms(a, cms, S("something else"), &who), CODE_CERT_PROOF);
    /* the content inside: then it would not be the text that was given out */
    assert_code(proof_cms(a, cms_of(a, c, NULL, 0), TEXT, &who), CODE_CERT_PROOF);
    assert_code(proof_cms(a, cms_of(a, c, NULL, CMS_DETACHED | CMS_NOCERTS), TEXT, &who), CODE_CERT_PROOF);
    assert_good(a, proof_cms(a, cms_of(a, c, NULL, CMS_DETACHED | CMS_NOATTR), TEXT, &who));
    for (size_t i = 0; i < cms.n; i++) { /* cut anywhere, and any byte of the signature changed */
        assert_true(failed(proof_cms(a, slice_sub(cms, 0, i), TEXT, &who)));
        if (i < cms.n - 66) continue;
        char *p = arena_alloc(a, cms.n);
        memcpy(p, cms.p, cms.n);
        p[i] ^= 1;
        result r = proof_cms(a, slice_of(p, cms.n), TEXT, &who);
        if (!failed(r)) fail_msg("byte %zu of %zu changed unseen", i, cms.n);
    }
}

/* ---- SignedData of GB/T 35275: other object identifiers, SM2 with SM3 ---- */

static struct slice oid(struct arena *a, const char *hex)
{
    char out[32];
    size_t n = strlen(hex) / 2;
    for (size_t i = 0; i < n; i++) {
        unsigned v;
        assert_int_equal(sscanf(hex + 2 * i, "%2x", &v), 1);
        out[i] = (char)v;
    }
    return der_element(a, DER_OID, slice_of(out, n));
}

static struct slice seq(struct arena *a, struct slice x, struct slice y)
{
    const struct slice parts[] = {x, y};
    return der_group(a, DER_SEQUENCE, parts, 2);
}

static struct slice sm2_signed_data(struct arena *a, const struct test_cert *c, struct slice text)
{
    struct slice none = S(""), sig, sm3 = seq(a, oid(a, "2a811ccf55018311"), none);
    unsigned char *issuer = NULL, *serial = NULL;
    int n = i2d_X509_NAME(X509_get_issuer_name(c->x), &issuer),
        k = i2d_ASN1_INTEGER(X509_get_serialNumber(c->x), &serial);
    struct slice who = seq(a, slice_of((const char *)issuer, (size_t)n), slice_of((const char *)serial, (size_t)k));
    assert_good(a, crypto_sign(a, c->key, text, &sig));
    const struct slice info[] = {der_integer(a, 1), who, sm3, seq(a, oid(a, "2a811ccf55018375"), none),
                                 der_element(a, DER_OCTET_STRING, sig)};
    struct slice one = der_group(a, DER_SEQUENCE, info, 5);
    const struct slice data[] = {der_integer(a, 1), der_element(a, 0x31, sm3),
                                 seq(a, oid(a, "2a811ccf550601040201"), none), der_element(a, DER_CONTEXT_0, c->der),
                                 der_element(a, 0x31, one)};
    OPENSSL_free(issuer);
    OPENSSL_free(serial);
    return seq(a, oid(a, "2a811ccf550601040202"), der_element(a, DER_CONTEXT_0, der_group(a, DER_SEQUENCE, data, 5)));
}

static void chinese_signed_data(void **state)
{
    struct arena *a = *state;
    struct test_cert *c = person(a, CRYPTO_SM2);
    struct proof_signed who;
    assert_good(a, proof_cms(a, sm2_signed_data(a, c, TEXT), TEXT, &who));
    assert_true(slice_eq(x509_der(who.cert), c->der));
    assert_code(proof_cms(a, sm2_signed_data(a, c, S("x")), TEXT, &who), CODE_CERT_PROOF);
}

/* ---- what stands in a certificate ---- */

static void what_it_says(void **state)
{
    struct arena *a = *state;
    struct test_cert *root = test_root(a, "根", CRYPTO_P256);
    const struct test_ext ext[] = {{NID_netscape_comment, "441900199003070011"}, {0, NULL}};
    struct test_cert *c = test_cert_make(a, "张三", CRYPTO_P256, root, -1, 1, ext), *d = person(a, CRYPTO_P256);
    struct slice s;
    assert_true(x509_attribute(a, c->cert, "2.5.4.3", 0, &s));
    assert_slice(s, "张三");
    assert_false(x509_attribute(a, c->cert, "2.5.4.3", 1, &s));
    assert_false(x509_attribute(a, c->cert, "2.5.4.5", 0, &s));
    assert_false(x509_attribute(a, c->cert, "no oid", 0, &s));
    assert_true(x509_extension_text(a, c->cert, "2.16.840.1.113730.1.13", &s));
    assert_slice(s, "441900199003070011");
    assert_false(x509_extension_text(a, c->cert, "2.5.29.14", &s)); /* no string */
    assert_int_equal(x509_identity(a, c->cert).n, 32);
    assert_false(slice_eq(x509_identity(a, c->cert), x509_identity(a, d->cert)));
    assert_true(x509_not_before(c->cert) < TEST_NOW && x509_not_after(c->cert) > TEST_NOW);
    assert_slice(x509_issuer(a, c->cert), "CN=根,O=测试");
    struct slice q = x509_ocsp_request(a, c->cert, root->cert);
    const unsigned char *p = (const unsigned char *)q.p;
    OCSP_REQUEST *r = d2i_OCSP_REQUEST(NULL, &p, (long)q.n);
    assert_non_null(r);
    assert_int_equal(OCSP_request_onereq_count(r), 1);
    OCSP_REQUEST_free(r);
}

/* A list past its next update counts for as long as is said, and not a day longer. */
static void age(void **state)
{
    struct arena *a = *state;
    struct test_cert *root = test_root(a, "根", CRYPTO_P256), *c = test_person(a, "张三", CRYPTO_P256, root);
    const struct x509_crl *old = test_crl(a, root, NULL, -1, -10, -5);
    const struct x509_ocsp *answer = test_ocsp(a, c, root, root, V_OCSP_CERTSTATUS_GOOD, -10, -5);
    struct x509_path path;
    for (int i = 0; i < 2; i++) {
        struct x509_ask q = {.anchors = {(const struct x509_cert *const *)&root->cert, 1},
                             .crls = &old,
                             .ncrls = i == 0,
                             .ocsp = &answer,
                             .nocsp = i == 1,
                             .at = TEST_NOW,
                             .revocation = X509_REVOCATION_ALL};
        assert_code(x509_validate(a, c->cert, &q, &path), CODE_CERT_STATUS);
        q.status_age = 9 * MS_DAY;
        assert_code(x509_validate(a, c->cert, &q, &path), CODE_CERT_STATUS);
        q.status_age = 11 * MS_DAY;
        assert_good(a, x509_validate(a, c->cert, &q, &path));
    }
    assert_true(x509_crl_next(old) == TEST_NOW - 5 * MS_DAY && x509_ocsp_next(answer) == TEST_NOW - 5 * MS_DAY);
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(raw),          TEST(pair), TEST(signed_data), TEST(chinese_signed_data),
                                       TEST(what_it_says), TEST(age)};
    return cmocka_run_group_tests_name("proof", tests, NULL, NULL);
}
