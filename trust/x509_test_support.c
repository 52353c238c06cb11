#include "trust/x509_test_support.h"

#include <openssl/ocsp.h>

static void free_x509(void *p)
{
    X509_free(p);
}

static void add_ext(X509 *cert, X509 *issuer, int nid, const char *value)
{
    X509V3_CTX ctx;
    X509V3_set_ctx(&ctx, issuer, cert, NULL, NULL, 0);
    X509V3_set_ctx_nodb(&ctx);
    X509_EXTENSION *e = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
    assert_non_null(e);
    assert_int_equal(X509_add_ext(cert, e, -1), 1);
    X509_EXTENSION_free(e);
}

/* For signing whatever the library can sign: SM2 with the usual id. */
static EVP_MD_CTX *signing(const struct crypto_key *key, EVP_PKEY_CTX **ctx)
{
    enum crypto_kind kind = crypto_key_kind(key);
    EVP_MD_CTX *md = EVP_MD_CTX_new();
    *ctx = EVP_PKEY_CTX_new(crypto_key_handle(key), NULL);
    assert_true(md && *ctx);
    if (kind == CRYPTO_SM2) {
        assert_int_equal(EVP_PKEY_CTX_set1_id(*ctx, CRYPTO_SM2_ID, sizeof CRYPTO_SM2_ID - 1), 1);
        EVP_MD_CTX_set_pkey_ctx(md, *ctx);
    }
    const EVP_MD *hash = kind == CRYPTO_SM2 ? EVP_sm3() : kind == CRYPTO_P256 ? EVP_sha256() : NULL;
    assert_int_equal(EVP_DigestSignInit(md, NULL, hash, NULL, crypto_key_handle(key)), 1);
    return md;
}

static time_t days(int n)
{
    return (time_t)((TEST_NOW + n * MS_DAY) / MS_SECOND);
}

static struct slice der_of(struct arena *a, const void *x, int (*i2d)(const void *, unsigned char **))
{
    unsigned char *p = NULL;
    int n = i2d(x, &p);
    assert_true(n > 0);
    struct slice s = arena_copy(a, slice_of((const char *)p, (size_t)n));
    OPENSSL_free(p);
    return s;
}

static int i2d_cert(const void *x, unsigned char **p)
{
    return i2d_X509(x, p);
}
static int i2d_crl(const void *x, unsigned char **p)
{
    return i2d_X509_CRL(x, p);
}
static int i2d_answer(const void *x, unsigned char **p)
{
    return i2d_OCSP_RESPONSE(x, p);
}

struct test_cert *test_cert_make(struct arena *a, const char *name, enum crypto_kind kind, struct test_cert *issuer,
                                 int from, int to, const struct test_ext *ext)
{
    static long serial = 1000;
    struct test_cert *c = NEW(a, struct test_cert);
    X509 *x = X509_new(), *up = issuer ? issuer->x : x;
    EVP_PKEY_CTX *ctx;
    assert_good(a, crypto_key_new(a, kind, &c->key));
    c->x = x;
    arena_cleanup(a, free_x509, x);
    X509_set_version(x, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(x), ++serial);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(x), "O", MBSTRING_UTF8, (const unsigned char *)"测试", -1, -1, 0);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(x), "CN", MBSTRING_UTF8, (const unsigned char *)name, -1, -1, 0);
    X509_set_issuer_name(x, X509_get_subject_name(up));
    ASN1_TIME_set(X509_getm_notBefore(x), days(from));
    ASN1_TIME_set(X509_getm_notAfter(x), days(to));
    X509_set_pubkey(x, crypto_key_handle(c->key));
    for (; ext && ext->nid; ext++) add_ext(x, up, ext->nid, ext->value);
    add_ext(x, up, NID_subject_key_identifier, "hash");
    add_ext(x, up, NID_authority_key_identifier, "keyid:always");
    EVP_MD_CTX *md = signing(issuer ? issuer->key : c->key, &ctx);
    assert_true(X509_sign_ctx(x, md) > 0);
    EVP_MD_CTX_free(md);
    EVP_PKEY_CTX_free(ctx);
    c->der = der_of(a, x, i2d_cert);
    assert_good(a, x509_parse(a, c->der, &c->cert));
    return c;
}

struct test_cert *test_root(struct arena *a, const char *name, enum crypto_kind kind)
{
    static const struct test_ext ext[] = {
        {NID_basic_constraints, "critical,CA:TRUE"}, {NID_key_usage, "critical,keyCertSign,cRLSign"}, {0, NULL}};
    return test_cert_make(a, name, kind, NULL, -1000, 1000, ext);
}

struct test_cert *test_ca(struct arena *a, const char *name, enum crypto_kind kind, struct test_cert *issuer)
{
    static const struct test_ext ext[] = {{NID_basic_constraints, "critical,CA:TRUE,pathlen:0"},
                                          {NID_key_usage, "critical,keyCertSign,cRLSign"},
                                          {0, NULL}};
    return test_cert_make(a, name, kind, issuer, -500, 500, ext);
}

struct test_cert *test_person(struct arena *a, const char *name, enum crypto_kind kind, struct test_cert *issuer)
{
    static const struct test_ext ext[] = {{NID_basic_constraints, "critical,CA:FALSE"},
                                          {NID_key_usage, "critical,digitalSignature,nonRepudiation"},
                                          {0, NULL}};
    return test_cert_make(a, name, kind, issuer, -100, 100, ext);
}

const struct x509_crl *test_crl(struct arena *a, struct test_cert *issuer, const struct test_cert *who, int reason,
                                int from, int to)
{
    X509_CRL *x = X509_CRL_new();
    ASN1_TIME *t = ASN1_TIME_set(NULL, days(from)), *next = ASN1_TIME_set(NULL, days(to));
    ASN1_INTEGER *number = ASN1_INTEGER_new();
    EVP_PKEY_CTX *ctx;
    const struct x509_crl *out = NULL;
    X509_CRL_set_version(x, X509_CRL_VERSION_2);
    X509_CRL_set_issuer_name(x, X509_get_subject_name(issuer->x));
    X509_CRL_set1_lastUpdate(x, t);
    X509_CRL_set1_nextUpdate(x, next);
    ASN1_INTEGER_set(number, 7);
    X509_CRL_add1_ext_i2d(x, NID_crl_number, number, 0, 0);
    if (who) {
        X509_REVOKED *r = X509_REVOKED_new();
        ASN1_ENUMERATED *e = ASN1_ENUMERATED_new();
        X509_REVOKED_set_serialNumber(r, X509_get_serialNumber(who->x));
        X509_REVOKED_set_revocationDate(r, t);
        ASN1_ENUMERATED_set(e, reason);
        X509_REVOKED_add1_ext_i2d(r, NID_crl_reason, e, 0, 0);
        ASN1_ENUMERATED_free(e);
        assert_int_equal(X509_CRL_add0_revoked(x, r), 1);
    }
    EVP_MD_CTX *md = signing(issuer->key, &ctx);
    assert_true(X509_CRL_sign_ctx(x, md) > 0);
    EVP_MD_CTX_free(md);
    EVP_PKEY_CTX_free(ctx);
    assert_good(a, x509_parse_crl(a, der_of(a, x, i2d_crl), &out));
    ASN1_INTEGER_free(number);
    ASN1_TIME_free(t);
    ASN1_TIME_free(next);
    X509_CRL_free(x);
    return out;
}

const struct x509_ocsp *test_ocsp(struct arena *a, const struct test_cert *who, const struct test_cert *issuer,
                                  struct test_cert *signer, int status, int from, int to)
{
    OCSP_BASICRESP *b = OCSP_BASICRESP_new();
    OCSP_CERTID *id = OCSP_cert_to_id(EVP_sha256(), who->x, issuer->x);
    ASN1_TIME *t = ASN1_GENERALIZEDTIME_set(NULL, days(from)), *next = ASN1_GENERALIZEDTIME_set(NULL, days(to));
    EVP_PKEY_CTX *ctx;
    const struct x509_ocsp *out = NULL;
    int reason = status == V_OCSP_CERTSTATUS_REVOKED ? OCSP_REVOKED_STATUS_KEYCOMPROMISE : 0;
    assert_non_null(OCSP_basic_add1_status(b, id, status, reason, t, t, next));
    EVP_MD_CTX *md = signing(signer->key, &ctx);
    assert_int_equal(OCSP_basic_sign_ctx(b, signer->x, md, NULL, signer == issuer ? OCSP_NOCERTS : 0), 1);
    EVP_MD_CTX_free(md);
    EVP_PKEY_CTX_free(ctx);
    OCSP_RESPONSE *r = OCSP_response_create(OCSP_RESPONSE_STATUS_SUCCESSFUL, b);
    assert_good(a, x509_parse_ocsp(a, der_of(a, r, i2d_answer), &out));
    OCSP_RESPONSE_free(r);
    OCSP_BASICRESP_free(b);
    OCSP_CERTID_free(id);
    ASN1_TIME_free(t);
    ASN1_TIME_free(next);
    return out;
}
