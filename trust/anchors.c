/* Trust anchors and certificate chains (RFC 5280, section 6; GM/T 0015 for SM2). */
#include "trust/verify_parts.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

enum { PEM_MAX = 256 * 1024 };

static void free_anchors(void *p)
{
    struct trust_anchors *t = p;
    for (size_t i = 0; i < t->n; i++) X509_free(t->certs[i]);
}

X509 *anchors_read_pem(struct slice pem)
{
    BIO *bio = pem.n && pem.n <= PEM_MAX ? BIO_new_mem_buf(pem.p, (int)pem.n) : NULL;
    X509 *cert = bio ? PEM_read_bio_X509(bio, NULL, NULL, NULL) : NULL;
    BIO_free(bio);
    ERR_clear_error();
    return cert;
}

static bool is_ca(X509 *cert)
{
    return (X509_get_extension_flags(cert) & EXFLAG_CA) != 0;
}

/* The same certificates for x509_validate, and the revocation lists among the text. */
static result read_lists(struct arena *a, struct slice pem, struct trust_anchors *t)
{
    struct slice der;
    size_t at = 0;
    while (t->nlist < ANCHORS_MAX && x509_pem_next(a, pem, &at, "CERTIFICATE", &der))
        if (!failed(x509_parse(a, der, &t->list[t->nlist]))) t->nlist++;
    at = 0;
    while (t->ncrls < CRLS_MAX && x509_pem_next(a, pem, &at, "X509 CRL", &der))
        TRY(x509_parse_crl(a, der, &t->crls[t->ncrls++]));
    return ok();
}

result trust_anchors_parse(struct arena *a, struct slice pem, const struct trust_anchors **out)
{
    struct trust_anchors *t = NEW(a, struct trust_anchors);
    BIO *bio = pem.n && pem.n <= PEM_MAX ? BIO_new_mem_buf(pem.p, (int)pem.n) : NULL;
    arena_cleanup(a, free_anchors, t);
    bool ended = false;
    while (bio && t->n < ANCHORS_MAX) {
        X509 *cert = PEM_read_bio_X509(bio, NULL, NULL, NULL);
        if (!cert) {
            ended = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
            break;
        }
        t->certs[t->n] = cert;
        t->ca[t->n++] = is_ca(cert);
    }
    BIO_free(bio);
    ERR_clear_error();
    if (!ended || t->n == 0)
        return fail(a, CODE_CRYPTO_KEY, S("anchors"), "detail", S("not a list of certificates in PEM"), NULL);
    *out = t;
    return read_lists(a, pem, t);
}

struct slice certificate_subject(struct arena *a, X509 *cert)
{
    BIO *bio = BIO_new(BIO_s_mem());
    char *text = NULL;
    unsigned long flags = (XN_FLAG_RFC2253 & ~(unsigned long)ASN1_STRFLGS_ESC_MSB);
    long n =
        bio && X509_NAME_print_ex(bio, X509_get_subject_name(cert), 0, flags) >= 0 ? BIO_get_mem_data(bio, &text) : 0;
    struct slice s = n > 0 ? arena_copy(a, slice_of(text, (size_t)n)) : slice_of(NULL, 0);
    BIO_free(bio);
    return slice_utf8(s) ? s : S("?");
}

static bool is_sm2(X509 *cert)
{
    EVP_PKEY *k = X509_get0_pubkey(cert);
    return k && EVP_PKEY_is_a(k, "SM2");
}

static bool valid_at(X509 *cert, instant when)
{
    time_t t = (time_t)(when / MS_SECOND);
    return X509_cmp_time(X509_get0_notBefore(cert), &t) < 0 && X509_cmp_time(X509_get0_notAfter(cert), &t) > 0;
}

/* The id must be hung on the certificate before its signature is checked (see CRYPTO_SM2_ID). */
static bool sm2_signed_by(X509 *leaf, X509 *issuer)
{
    ASN1_OCTET_STRING *id = ASN1_OCTET_STRING_new();
    if (!id || !ASN1_OCTET_STRING_set(id, (const unsigned char *)CRYPTO_SM2_ID, sizeof CRYPTO_SM2_ID - 1)) return false;
    X509_set0_distinguishing_id(leaf, id); /* takes it over */
    return X509_NAME_cmp(X509_get_issuer_name(leaf), X509_get_subject_name(issuer)) == 0 &&
           X509_verify(leaf, X509_get0_pubkey(issuer)) == 1;
}

/* SM2 chains have one step here: root and end certificate. OpenSSL's chain builder cannot be given the id. */
static bool accept_sm2(const struct trust_anchors *t, X509 *leaf, instant when)
{
    for (size_t i = 0; i < t->n; i++) {
        X509 *root = t->certs[i];
        if (t->ca[i] && is_sm2(root) && valid_at(root, when) && (X509_get_key_usage(root) & KU_KEY_CERT_SIGN) &&
            sm2_signed_by(leaf, root))
            return valid_at(leaf, when);
    }
    return false;
}

static bool accept_pkix(const struct trust_anchors *t, X509 *leaf, STACK_OF(X509) * extra, instant when)
{
    X509_STORE *store = X509_STORE_new();
    X509_STORE_CTX *ctx = X509_STORE_CTX_new();
    bool good = store && ctx;
    for (size_t i = 0; good && i < t->n; i++)
        if (t->ca[i] && !is_sm2(t->certs[i])) good = X509_STORE_add_cert(store, t->certs[i]) == 1;
    good = good && X509_STORE_CTX_init(ctx, store, leaf, extra) == 1;
    if (good) {
        X509_VERIFY_PARAM *p = X509_STORE_CTX_get0_param(ctx);
        X509_VERIFY_PARAM_set_time(p, (time_t)(when / MS_SECOND));
        X509_VERIFY_PARAM_set_depth(p, 4);
        X509_VERIFY_PARAM_set_flags(p, X509_V_FLAG_X509_STRICT | X509_V_FLAG_CHECK_SS_SIGNATURE);
        good = X509_verify_cert(ctx) == 1;
    }
    X509_STORE_CTX_free(ctx);
    X509_STORE_free(store);
    ERR_clear_error();
    return good;
}

static bool pinned(const struct trust_anchors *t, X509 *leaf)
{
    bool pins = false;
    for (size_t i = 0; i < t->n; i++) {
        if (t->ca[i] || EVP_PKEY_get_id(X509_get0_pubkey(t->certs[i])) != EVP_PKEY_get_id(X509_get0_pubkey(leaf)))
            continue;
        pins = true;
        if (X509_cmp(t->certs[i], leaf) == 0) return true;
    }
    return !pins;
}

bool anchors_accept(const struct trust_anchors *t, X509 *leaf, STACK_OF(X509) * extra, instant when,
                    const char **why_zh, const char **why_en)
{
    if (is_ca(leaf) || !(X509_get_key_usage(leaf) & KU_DIGITAL_SIGNATURE) || !X509_get0_pubkey(leaf)) {
        *why_zh = "证书用途不是签名";
        *why_en = "the certificate is not one for signing";
        return false;
    }
    if (!(is_sm2(leaf) ? accept_sm2(t, leaf, when) : accept_pkix(t, leaf, extra, when))) {
        *why_zh = "证书不能追溯到所信任的根证书，或签名时不在有效期内";
        *why_en = "the certificate does not lead to a trusted root, or was not valid at the time of signing";
        return false;
    }
    *why_zh = "证书不在所信任的签名证书之列";
    *why_en = "the certificate is not among those trusted to sign";
    return pinned(t, leaf);
}
