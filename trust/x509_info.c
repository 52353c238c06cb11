/* What stands in a certificate, for those who show, keep and compare it. */
#include "trust/x509_parts.h"

#include "trust/der.h"

#include <openssl/err.h>

struct slice x509_issuer(struct arena *a, const struct x509_cert *c)
{
    struct x509_cert issuer = {.subject = c->issuer};
    return x509_subject(a, &issuer);
}

struct slice x509_der(const struct x509_cert *c)
{
    return c->der;
}

instant x509_not_before(const struct x509_cert *c)
{
    return c->not_before * MS_SECOND;
}

instant x509_not_after(const struct x509_cert *c)
{
    return c->not_after * MS_SECOND;
}

static struct slice hash_of(struct arena *a, const struct slice *parts, size_t n)
{
    uint8_t *h = arena_alloc(a, CRYPTO_HASH_BYTES);
    crypto_sha256_parts(parts, n, h);
    return slice_of((const char *)h, CRYPTO_HASH_BYTES);
}

struct slice x509_identity(struct arena *a, const struct x509_cert *c)
{
    unsigned char *issuer = NULL, *serial = NULL, *key = NULL;
    int n = i2d_X509_NAME(c->issuer, &issuer), k = i2d_ASN1_INTEGER(X509_get0_serialNumber(c->x), &serial),
        m = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(c->x), &key);
    /* DER says its own lengths: parts cannot run into one another */
    struct slice parts[] = {slice_of((const char *)issuer, n > 0 ? (size_t)n : 0),
                            slice_of((const char *)serial, k > 0 ? (size_t)k : 0),
                            slice_of((const char *)key, m > 0 ? (size_t)m : 0)};
    struct slice h = hash_of(a, parts, 3);
    OPENSSL_free(issuer);
    OPENSSL_free(serial);
    OPENSSL_free(key);
    return h;
}

struct slice x509_fingerprint(struct arena *a, const struct x509_cert *c)
{
    return hex_encode(a, hash_of(a, &c->der, 1));
}

bool x509_attribute(struct arena *a, const struct x509_cert *c, const char *oid, size_t i, struct slice *out)
{
    ASN1_OBJECT *o = OBJ_txt2obj(oid, 1);
    unsigned char *text = NULL;
    bool found = false;
    int at = -1;
    if (!o) return false;
    do at = X509_NAME_get_index_by_OBJ(c->subject, o, at);
    while (at >= 0 && i-- > 0);
    if (at >= 0) {
        int n = ASN1_STRING_to_UTF8(&text, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(c->subject, at)));
        found = n > 0 && n <= 400 && slice_utf8(slice_of((const char *)text, (size_t)n));
        if (found) *out = arena_copy(a, slice_of((const char *)text, (size_t)n));
    }
    OPENSSL_free(text);
    ASN1_OBJECT_free(o);
    ERR_clear_error();
    return found;
}

/* A string, or one in a context tag: GB/T 20518 writes the identity code as a choice of tagged strings. */
static bool one_string(struct slice der, struct slice *out)
{
    static const uint8_t TAGS[] = {0x0c, 0x13, 0x16, 0x80, 0x81, 0x82};
    struct slice inner;
    if (!der_strict(der)) return false;
    for (uint8_t tag = 0xa0; tag <= 0xa2; tag++) {
        struct slice s = der;
        if (der_take(&s, tag, &inner, NULL)) der = inner;
    }
    for (size_t i = 0; i < sizeof TAGS; i++) {
        struct slice s = der;
        if (der_take(&s, TAGS[i], out, NULL)) return s.n == 0 && out->n > 0 && out->n <= 400 && slice_utf8(*out);
    }
    return false;
}

bool x509_extension_text(struct arena *a, const struct x509_cert *c, const char *oid, struct slice *out)
{
    ASN1_OBJECT *o = OBJ_txt2obj(oid, 1);
    int at = o ? X509_get_ext_by_OBJ(c->x, o, -1) : -1;
    bool found = at >= 0 && one_string(x509_string(X509_EXTENSION_get_data(X509_get_ext(c->x, at))), out);
    if (found) *out = arena_copy(a, *out);
    ASN1_OBJECT_free(o);
    ERR_clear_error();
    return found;
}
