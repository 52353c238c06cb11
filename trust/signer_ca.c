/* The test hierarchy of certificates (RFC 5280): what --init makes for a city without a contract with a licensed CA. */
#include "trust/signer_keys.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#define YEAR (365 * MS_DAY)

struct spec {
    const char *common_name; /* after the city's name */
    const struct crypto_key *key;
    const struct crypto_key *signer;
    X509 *issuer;      /* NULL: itself */
    int years, path;   /* path < 0: no CA */
    const char *usage; /* keyUsage */
};

static result ca_failed(struct arena *a, const char *what)
{
    ERR_clear_error();
    return fail(a, CODE_CRYPTO_KEY, S(""), "detail", slice_cstr(what), NULL);
}

static void free_x509(void *p)
{
    X509_free(p);
}

static bool add_name(X509_NAME *name, const char *field, struct slice value)
{
    return X509_NAME_add_entry_by_txt(name, field, MBSTRING_UTF8, (const unsigned char *)value.p, (int)value.n, -1,
                                      0) == 1;
}

static bool add_extension(X509 *cert, X509 *issuer, int nid, const char *value)
{
    X509V3_CTX ctx;
    X509V3_set_ctx(&ctx, issuer, cert, NULL, NULL, 0);
    X509_EXTENSION *e = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
    bool good = e && X509_add_ext(cert, e, -1) == 1;
    X509_EXTENSION_free(e);
    return good;
}

/* A serial of 126 random bits, positive. */
static bool set_serial(X509 *cert)
{
    uint8_t raw[16];
    random_bytes(raw, sizeof raw);
    raw[0] = (uint8_t)((raw[0] & 0x3f) | 0x40);
    BIGNUM *n = BN_bin2bn(raw, sizeof raw, NULL);
    bool good = n && BN_to_ASN1_INTEGER(n, X509_get_serialNumber(cert));
    BN_free(n);
    return good;
}

/* SM2 certificates must be signed with the standard id in the hash, like everything SM2. */
static bool sign_cert(X509 *cert, const struct crypto_key *key)
{
    EVP_MD_CTX *md = EVP_MD_CTX_new();
    EVP_PKEY *pkey = crypto_key_handle(key);
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(pkey, NULL);
    enum crypto_kind kind = crypto_key_kind(key);
    bool good = md && ctx;
    if (kind == CRYPTO_SM2) {
        good = good && EVP_PKEY_CTX_set1_id(ctx, CRYPTO_SM2_ID, sizeof CRYPTO_SM2_ID - 1) == 1;
        EVP_MD_CTX_set_pkey_ctx(md, ctx);
    }
    const EVP_MD *hash = kind == CRYPTO_SM2 ? EVP_sm3() : kind == CRYPTO_P256 ? EVP_sha256() : NULL;
    good = good && EVP_DigestSignInit(md, NULL, hash, NULL, pkey) == 1 && X509_sign_ctx(cert, md) > 0;
    EVP_MD_CTX_free(md);
    EVP_PKEY_CTX_free(ctx);
    return good;
}

static bool fill_cert(X509 *cert, const struct spec *s, const struct signer_names *names, struct slice cn, instant now)
{
    X509 *issuer = s->issuer ? s->issuer : cert;
    X509_NAME *subject = X509_get_subject_name(cert);
    time_t from = (time_t)((now - MS_DAY) / MS_SECOND), to = (time_t)((now + s->years * YEAR) / MS_SECOND);
    char basic[48];
    if (s->path < 0)
        snprintf(basic, sizeof basic, "critical,CA:FALSE");
    else
        snprintf(basic, sizeof basic, "critical,CA:TRUE,pathlen:%d", s->path);
    return X509_set_version(cert, X509_VERSION_3) == 1 && set_serial(cert) && add_name(subject, "C", S("CN")) &&
           add_name(subject, "O", names->organisation) && add_name(subject, "CN", cn) &&
           X509_set_issuer_name(cert, X509_get_subject_name(issuer)) == 1 &&
           ASN1_TIME_set(X509_getm_notBefore(cert), from) && ASN1_TIME_set(X509_getm_notAfter(cert), to) &&
           X509_set_pubkey(cert, crypto_key_handle(s->key)) == 1 &&
           add_extension(cert, issuer, NID_basic_constraints, basic) &&
           add_extension(cert, issuer, NID_key_usage, s->usage) &&
           add_extension(cert, issuer, NID_subject_key_identifier, "hash") &&
           (issuer == cert || add_extension(cert, issuer, NID_authority_key_identifier, "keyid:always")) &&
           sign_cert(cert, s->signer);
}

static result make_cert(struct arena *a, const struct spec *s, const struct signer_names *names, instant now,
                        X509 **out, struct slice *pem)
{
    X509 *cert = X509_new();
    if (!cert) return ca_failed(a, "out of memory");
    arena_cleanup(a, free_x509, cert);
    struct slice cn = arena_printf(a, "%.*s%s", SLICE_ARG(names->city), s->common_name);
    if (!fill_cert(cert, s, names, cn, now)) return ca_failed(a, "a test certificate could not be made");
    BIO *bio = BIO_new(BIO_s_mem());
    char *text = NULL;
    bool good = bio && PEM_write_bio_X509(bio, cert) == 1;
    long n = good ? BIO_get_mem_data(bio, &text) : 0;
    if (n > 0) *pem = arena_copy(a, slice_of(text, (size_t)n));
    BIO_free(bio);
    if (n <= 0) return ca_failed(a, "PEM encoding");
    *out = cert;
    return ok();
}

static result make_hierarchy(struct arena *a, const struct signer_names *names, instant now, struct signer_keys *k)
{
    struct crypto_key *root_key, *issuing_key, *sm2_root_key;
    X509 *root, *issuing, *sm2_root, *end;
    struct slice root_pem, sm2_pem;
    TRY(crypto_key_new(a, CRYPTO_P256, &root_key));
    TRY(crypto_key_new(a, CRYPTO_P256, &issuing_key));
    TRY(crypto_key_new(a, CRYPTO_SM2, &sm2_root_key));
    const char *ca_use = "critical,keyCertSign,cRLSign", *end_use = "critical,digitalSignature,nonRepudiation";
    struct spec s = {"政务测试根证书 TEST ROOT CA", root_key, root_key, NULL, 20, 1, ca_use};
    TRY(make_cert(a, &s, names, now, &root, &root_pem));
    s = (struct spec){"政务测试签发证书 TEST ISSUING CA", issuing_key, root_key, root, 10, 0, ca_use};
    TRY(make_cert(a, &s, names, now, &issuing, &k->certificates.issuing));
    s = (struct spec){"电子证照签名（测试）TEST DOCUMENT SIGNING", k->document, issuing_key, issuing, 5, -1, end_use};
    TRY(make_cert(a, &s, names, now, &end, &k->certificates.document));
    s = (struct spec){"证照记录签名（测试）TEST RECORD ED25519", k->ed25519, issuing_key, issuing, 5, -1, end_use};
    TRY(make_cert(a, &s, names, now, &end, &k->certificates.ed25519));
    s = (struct spec){"国密测试根证书 TEST SM2 ROOT CA", sm2_root_key, sm2_root_key, NULL, 20, 0, ca_use};
    TRY(make_cert(a, &s, names, now, &sm2_root, &sm2_pem));
    s = (struct spec){"证照记录签名（国密测试）TEST RECORD SM2", k->sm2, sm2_root_key, sm2_root, 5, -1, end_use};
    TRY(make_cert(a, &s, names, now, &end, &k->certificates.sm2));
    k->certificates.anchors =
        arena_printf(a, "%.*s%.*s%.*s", SLICE_ARG(k->certificates.anchors), SLICE_ARG(root_pem), SLICE_ARG(sm2_pem));
    return ok();
}

result signer_keys_rotate_document(struct arena *a, const struct signer_store *store, const struct signer_making *m,
                                   instant now, struct signer_keys *k)
{
    TRY(store->make(store->of, a, "document", m->document, &k->document));
    TRY(crypto_key_new(a, CRYPTO_SM2, &k->sm2));
    TRY(store->make(store->of, a, "ed25519", CRYPTO_ED25519, &k->ed25519));
    TRY(store->make(store->of, a, "id", CRYPTO_P256, &k->id));
    TRY(signer_keys_id(a, k));
    return make_hierarchy(a, &m->names, now, k);
}

/* ---- seals ---- */

static result cert_der(struct arena *a, X509 *cert, struct slice *der)
{
    unsigned char *p = NULL;
    int n = i2d_X509(cert, &p);
    if (n <= 0) return ca_failed(a, "DER encoding");
    *der = arena_copy(a, slice_of((const char *)p, (size_t)n));
    OPENSSL_free(p);
    return ok();
}

static result make_seal_ca(struct arena *a, const struct signer_names *names, instant now, struct signer_keys *k)
{
    struct seal_keys *x = &k->seals;
    X509 *ca, *maker;
    struct slice pem, unused;
    TRY(crypto_key_new(a, CRYPTO_SM2, &x->ca));
    TRY(crypto_key_new(a, CRYPTO_SM2, &x->maker));
    struct spec s = {"电子印章测试根证书 TEST SEAL CA", x->ca, x->ca, NULL, 20, 0, "critical,keyCertSign,cRLSign"};
    TRY(make_cert(a, &s, names, now, &ca, &pem));
    s = (struct spec){"制章者（测试）TEST SEAL MAKER",           x->maker, x->ca, ca, 19, -1,
                      "critical,digitalSignature,nonRepudiation"};
    TRY(make_cert(a, &s, names, now, &maker, &unused));
    TRY(cert_der(a, ca, &x->ca_cert));
    TRY(cert_der(a, maker, &x->maker_cert));
    k->certificates.anchors = arena_printf(a, "%.*s%.*s", SLICE_ARG(k->certificates.anchors), SLICE_ARG(pem));
    x->present = true;
    return ok();
}

result signer_keys_add_seals(struct arena *a, const struct signer_names *names, instant now, struct signer_keys *k)
{
    struct seal_keys *x = &k->seals;
    if (x->present) return fail(a, CODE_CONFLICT, S("seals"), "value", S("keys for seals"), NULL);
    random_bytes(x->wrap, sizeof x->wrap);
    return make_seal_ca(a, names, now, k);
}

result signer_keys_rotate_seals(struct arena *a, const struct signer_names *names, instant now, struct signer_keys *k)
{
    struct seal_keys *x = &k->seals;
    if (!x->present) return fail(a, CODE_SEAL_SUPPORT, S(""), "detail", S(""), NULL);
    if (x->nold == SIGNER_OLD_CAS) return fail(a, CODE_TOO_LARGE, S("seals"), "limit", S("4"), NULL);
    memmove(&x->old[1], &x->old[0], x->nold * sizeof x->old[0]);
    x->old[0] = (struct seal_ca){x->ca, x->ca_cert};
    x->nold++;
    return make_seal_ca(a, names, now, k);
}

static bool fill_seal_cert(X509 *cert, X509 *ca, const struct seal_keys *k, const struct crypto_key *key,
                           const struct seal_subject *s)
{
    X509_NAME *subject = X509_get_subject_name(cert);
    return X509_set_version(cert, X509_VERSION_3) == 1 && set_serial(cert) && add_name(subject, "C", S("CN")) &&
           add_name(subject, "O", s->holder) && add_name(subject, "CN", s->name) &&
           (s->holder_code.n == 0 || add_name(subject, "serialNumber", s->holder_code)) &&
           X509_set_issuer_name(cert, X509_get_subject_name(ca)) == 1 &&
           ASN1_TIME_set(X509_getm_notBefore(cert), (time_t)(s->from / MS_SECOND)) &&
           ASN1_TIME_set(X509_getm_notAfter(cert), (time_t)(s->to / MS_SECOND)) &&
           X509_set_pubkey(cert, crypto_key_handle(key)) == 1 &&
           add_extension(cert, ca, NID_basic_constraints, "critical,CA:FALSE") &&
           add_extension(cert, ca, NID_key_usage, "critical,digitalSignature,nonRepudiation") &&
           add_extension(cert, ca, NID_subject_key_identifier, "hash") &&
           add_extension(cert, ca, NID_authority_key_identifier, "keyid:always") && sign_cert(cert, k->ca);
}

result signer_seal_certificate(struct arena *a, const struct seal_keys *k, const struct crypto_key *key,
                               const struct seal_subject *subject, struct slice *der)
{
    const unsigned char *p = (const unsigned char *)k->ca_cert.p;
    X509 *ca = d2i_X509(NULL, &p, (long)k->ca_cert.n), *cert = X509_new();
    bool good = ca && cert && fill_seal_cert(cert, ca, k, key, subject);
    result r = good ? cert_der(a, cert, der) : ca_failed(a, "the certificate of a seal could not be made");
    X509_free(ca);
    X509_free(cert);
    return r;
}

/* The id goes into the hash, as in everything SM2. */
static bool sign_crl(X509_CRL *crl, const struct crypto_key *key)
{
    EVP_MD_CTX *md = EVP_MD_CTX_new();
    EVP_PKEY *pkey = crypto_key_handle(key);
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(pkey, NULL);
    bool good = md && ctx && EVP_PKEY_CTX_set1_id(ctx, CRYPTO_SM2_ID, sizeof CRYPTO_SM2_ID - 1) == 1;
    if (good) EVP_MD_CTX_set_pkey_ctx(md, ctx);
    good = good && EVP_DigestSignInit(md, NULL, EVP_sm3(), NULL, pkey) == 1 && X509_CRL_sign_ctx(crl, md) > 0;
    EVP_MD_CTX_free(md);
    EVP_PKEY_CTX_free(ctx);
    return good;
}

static bool add_revoked(struct arena *a, X509_CRL *crl, const struct seal_revoked *r)
{
    struct slice raw;
    if (!hex_decode(a, r->serial, &raw) || raw.n == 0 || raw.n > 20) return false;
    X509_REVOKED *x = X509_REVOKED_new();
    BIGNUM *n = BN_bin2bn((const unsigned char *)raw.p, (int)raw.n, NULL);
    ASN1_INTEGER *serial = n ? BN_to_ASN1_INTEGER(n, NULL) : NULL;
    ASN1_TIME *at = ASN1_TIME_set(NULL, (time_t)(r->at / MS_SECOND));
    bool good = x && serial && at && X509_REVOKED_set_serialNumber(x, serial) == 1 &&
                X509_REVOKED_set_revocationDate(x, at) == 1 && X509_CRL_add0_revoked(crl, x) == 1;
    if (!good) X509_REVOKED_free(x);
    BN_free(n);
    ASN1_INTEGER_free(serial);
    ASN1_TIME_free(at);
    return good;
}

static bool fill_crl(X509_CRL *crl, X509 *ca, int64_t number, instant now)
{
    ASN1_TIME *from = ASN1_TIME_set(NULL, (time_t)(now / MS_SECOND)),
              *to = ASN1_TIME_set(NULL, (time_t)((now + 7 * MS_DAY) / MS_SECOND));
    ASN1_INTEGER *n = ASN1_INTEGER_new();
    bool good = ca && from && to && n && ASN1_INTEGER_set_int64(n, number) == 1 && X509_CRL_set_version(crl, 1) == 1 &&
                X509_CRL_set_issuer_name(crl, X509_get_subject_name(ca)) == 1 &&
                X509_CRL_set1_lastUpdate(crl, from) == 1 && X509_CRL_set1_nextUpdate(crl, to) == 1 &&
                X509_CRL_add1_ext_i2d(crl, NID_crl_number, n, 0, 0) == 1;
    ASN1_TIME_free(from);
    ASN1_TIME_free(to);
    ASN1_INTEGER_free(n);
    return good;
}

static result crl_of(struct arena *a, const struct seal_ca *of, const struct seal_revoked *list, size_t n,
                     int64_t number, instant now, struct slice *der)
{
    const unsigned char *p = (const unsigned char *)of->cert.p;
    unsigned char *out = NULL;
    X509 *ca = d2i_X509(NULL, &p, (long)of->cert.n);
    X509_CRL *crl = X509_CRL_new();
    bool good = crl && fill_crl(crl, ca, number, now);
    for (size_t i = 0; i < n && good; i++) good = add_revoked(a, crl, &list[i]);
    good = good && X509_CRL_sort(crl) == 1 && sign_crl(crl, of->key);
    int size = good ? i2d_X509_CRL(crl, &out) : 0;
    if (size > 0) *der = arena_copy(a, slice_of((const char *)out, (size_t)size));
    OPENSSL_free(out);
    X509_CRL_free(crl);
    X509_free(ca);
    return size > 0 ? ok() : ca_failed(a, "the list of revoked seals could not be made");
}

result signer_seal_crl(struct arena *a, const struct seal_keys *k, const struct seal_revoked *list, size_t n,
                       int64_t number, instant now, struct slice *der)
{
    const struct seal_ca current = {k->ca, k->ca_cert};
    TRY(crl_of(a, &current, list, n, number, now, der));
    for (size_t i = 0; i < k->nold; i++) {
        struct slice one;
        TRY(crl_of(a, &k->old[i], list, n, number, now, &one));
        struct buf b = buf_new(a, der->n + one.n);
        buf_put(&b, *der);
        buf_put(&b, one);
        *der = buf_slice(&b);
    }
    return ok();
}

result signer_keys_make(struct arena *a, const struct signer_store *store, const struct signer_making *m, instant now,
                        struct signer_keys *out)
{
    *out = (struct signer_keys){.test = true, .names = m->names};
    TRY(signer_keys_rotate_document(a, store, m, now, out));
    TRY(store->make(store->of, a, "log", CRYPTO_ED25519, &out->log));
    out->city.version = 1;
    out->city.test = out->certificates.test = true;
    random_bytes(out->city.key, sizeof out->city.key);
    random_bytes(out->city.index_key, sizeof out->city.index_key);
    TRY(signer_keys_log(a, out));
    return signer_keys_add_seals(a, &m->names, now, out);
}

result signer_keys_make_test(struct arena *a, const struct signer_names *names, instant now, struct signer_keys *out)
{
    const struct signer_store here = signer_store_passphrase(NULL);
    const struct signer_making m = {*names, CRYPTO_P256};
    return signer_keys_make(a, &here, &m, now, out);
}
