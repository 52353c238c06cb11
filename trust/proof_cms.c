/* Detached SignedData (RFC 5652, 5; GB/T 35275, 8), read element by element: OpenSSL 3.0 knows neither the Chinese object identifiers nor SM2 in
 * CMS. Strict DER; one signer, named by issuer and serial number. */
#include "trust/proof_parts.h"

#include "trust/der.h"

#include <openssl/err.h>

static bool is_oid(struct slice content, const char *dotted)
{
    ASN1_OBJECT *o = OBJ_txt2obj(dotted, 1);
    bool same = o && slice_eq(content, slice_of((const char *)OBJ_get0_data(o), OBJ_length(o)));
    ASN1_OBJECT_free(o);
    return same;
}

/* data, signedData, messageDigest … of both standards */
static bool is_signed_data(struct slice oid)
{
    return is_oid(oid, "1.2.840.113549.1.7.2") || is_oid(oid, "1.2.156.10197.6.1.4.2.2");
}

static bool is_data(struct slice oid)
{
    return is_oid(oid, "1.2.840.113549.1.7.1") || is_oid(oid, "1.2.156.10197.6.1.4.2.1");
}

/* AlgorithmIdentifier -> digest; NULL: none that is accepted. */
static const EVP_MD *digest(struct slice algorithm)
{
    struct slice oid;
    if (!der_take(&algorithm, 0x06, &oid, NULL)) return NULL;
    if (is_oid(oid, "2.16.840.1.101.3.4.2.1")) return EVP_sha256();
    if (is_oid(oid, "2.16.840.1.101.3.4.2.2")) return EVP_sha384();
    if (is_oid(oid, "2.16.840.1.101.3.4.2.3")) return EVP_sha512();
    return is_oid(oid, "1.2.156.10197.1.401") ? EVP_sm3() : NULL;
}

struct parts {
    struct slice certs, signer; /* contents of [0], and of the one SignerInfo */
};

static bool open_signed_data(struct slice cms, struct parts *p)
{
    struct slice s = cms, x, oid, signers;
    if (!der_take(&s, 0x30, &x, NULL) || s.n || !der_take(&x, 0x06, &oid, NULL) || !is_signed_data(oid)) return false;
    if (!der_take(&x, 0xa0, &s, NULL) || x.n || !der_take(&s, 0x30, &x, NULL) || s.n) return false;
    if (!der_take(&x, 0x02, &s, NULL) || !der_take(&x, 0x31, &s, NULL)) return false; /* version, digests */
    if (!der_take(&x, 0x30, &s, NULL) || !der_take(&s, 0x06, &oid, NULL) || !is_data(oid) || s.n)
        return false; /* detached: the type of the content, and no content */
    if (!der_take(&x, 0xa0, &p->certs, NULL)) return false;
    (void)der_take(&x, 0xa1, &s, NULL); /* lists, which come from elsewhere here */
    if (!der_take(&x, 0x31, &signers, NULL) || x.n) return false;
    return der_take(&signers, 0x30, &p->signer, NULL) && signers.n == 0;
}

/* ---- the signer ---- */

struct signer_info {
    struct slice issuer, serial; /* whole elements */
    const EVP_MD *md;
    struct slice attributes; /* content of [0]; p NULL: none */
    struct slice whole;      /* [0] as it stands */
    struct slice signature;
};

static bool read_signer(struct slice s, struct signer_info *out)
{
    struct slice x, id, whole;
    if (!der_take(&s, 0x02, &x, NULL) || !der_take(&s, 0x30, &id, NULL)) return false;
    if (!der_take(&id, 0x30, &x, &out->issuer) || !der_take(&id, 0x02, &x, &out->serial) || id.n) return false;
    if (!der_take(&s, 0x30, &x, NULL) || !(out->md = digest(x))) return false;
    if (der_take(&s, 0xa0, &x, &whole)) {
        out->attributes = x;
        out->whole = whole;
    }
    if (!der_take(&s, 0x30, &x, NULL) || !der_take(&s, 0x04, &out->signature, NULL)) return false;
    (void)der_take(&s, 0xa1, &x, NULL); /* unsigned attributes: a time stamp, which nobody asks for here */
    return s.n == 0;
}

static bool hash_is(const EVP_MD *md, struct slice message, struct slice want)
{
    unsigned char h[EVP_MAX_MD_SIZE];
    unsigned n = 0;
    return EVP_Digest(message.p, message.n, h, &n, md, NULL) == 1 && slice_eq(slice_of((const char *)h, n), want);
}

/* The attributes say the digest of the content, once. */
static bool attributes_good(const struct signer_info *i, struct slice message)
{
    struct slice s = i->attributes, one, oid, set, value;
    int digests = 0, types = 0;
    while (s.n) {
        if (!der_take(&s, 0x30, &one, NULL) || !der_take(&one, 0x06, &oid, NULL) || !der_take(&one, 0x31, &set, NULL))
            return false;
        if (is_oid(oid, "1.2.840.113549.1.9.4")) {
            digests++;
            if (!der_take(&set, 0x04, &value, NULL) || set.n || !hash_is(i->md, message, value)) return false;
        }
        if (is_oid(oid, "1.2.840.113549.1.9.3")) {
            types++;
            if (!der_take(&set, 0x06, &value, NULL) || set.n || !is_data(value)) return false;
        }
    }
    return digests == 1 && types == 1;
}

/* What is signed when there are attributes: they, written as a SET (RFC 5652, 5.4). */
static struct slice signed_attributes(struct arena *a, const struct signer_info *i)
{
    char *p = arena_alloc(a, i->whole.n);
    memcpy(p, i->whole.p, i->whole.n);
    p[0] = 0x31;
    return slice_of(p, i->whole.n);
}

/* ---- certificates ---- */

static bool names(const struct x509_cert *c, const struct signer_info *i)
{
    unsigned char *issuer = NULL, *serial = NULL;
    int n = i2d_X509_NAME(c->issuer, &issuer), k = i2d_ASN1_INTEGER(X509_get0_serialNumber(c->x), &serial);
    bool same = n > 0 && k > 0 && slice_eq(slice_of((const char *)issuer, (size_t)n), i->issuer) &&
                slice_eq(slice_of((const char *)serial, (size_t)k), i->serial);
    OPENSSL_free(issuer);
    OPENSSL_free(serial);
    return same;
}

static result read_certs(struct arena *a, struct slice s, const struct signer_info *i, struct proof_signed *out)
{
    const struct x509_cert **list = NEW_ARRAY(a, const struct x509_cert *, PROOF_CERTS_MAX);
    *out = (struct proof_signed){.others = {list, 0}};
    for (size_t n = 0; s.n; n++) {
        struct slice content, whole;
        const struct x509_cert *c;
        if (n == PROOF_CERTS_MAX || !der_take(&s, 0x30, &content, &whole)) return proof_wrong(a);
        TRY(x509_parse(a, whole, &c));
        if (!out->cert && names(c, i))
            out->cert = c;
        else
            list[out->others.n++] = c;
    }
    return out->cert ? ok() : proof_wrong(a);
}

result proof_cms(struct arena *a, struct slice cms, struct slice message, struct proof_signed *out)
{
    struct parts p;
    struct signer_info i = {0};
    if (cms.n > PROOF_MAX_BYTES || !der_strict(cms) || !open_signed_data(cms, &p) || !read_signer(p.signer, &i))
        return proof_wrong(a);
    TRY(read_certs(a, p.certs, &i, out));
    if (i.whole.n && !attributes_good(&i, message)) return proof_wrong(a);
    struct slice text = i.whole.n ? signed_attributes(a, &i) : message;
    return proof_verify(a, out->cert, i.md, text, i.signature) ? ok() : proof_wrong(a);
}
