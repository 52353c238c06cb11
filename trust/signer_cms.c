/* Detached CMS SignedData (RFC 5652) as PDF wants it (ISO 32000-1, 12.8.3.3: adbe.pkcs7.detached), with
 * signing-certificate-v2 (RFC 5035), so that the certificate cannot be exchanged for another one with the same key. */
#include "trust/signer_core.h"

#include <openssl/cms.h>
#include <openssl/err.h>
#include <openssl/pem.h>

static X509 *read_pem(struct slice pem)
{
    BIO *bio = BIO_new_mem_buf(pem.p, (int)pem.n);
    X509 *cert = bio ? PEM_read_bio_X509(bio, NULL, NULL, NULL) : NULL;
    BIO_free(bio);
    return cert;
}

static bool set_signing_time(CMS_SignerInfo *si, instant at)
{
    ASN1_TIME *t = ASN1_TIME_set(NULL, (time_t)(at / MS_SECOND));
    bool good = t && CMS_signed_add1_attr_by_NID(si, NID_pkcs9_signingTime, t->type, t, -1) == 1;
    ASN1_TIME_free(t);
    return good;
}

/* What is signed: the attributes as a SET OF (RFC 5652, 5.4). */
static struct slice attributes(struct arena *a, CMS_SignerInfo *si)
{
    STACK_OF(X509_ATTRIBUTE) *list = sk_X509_ATTRIBUTE_new_null();
    unsigned char *der = NULL;
    struct slice out = {NULL, 0};
    bool good = list != NULL;
    for (int i = 0; good && i < CMS_signed_get_attr_count(si); i++)
        good = sk_X509_ATTRIBUTE_push(list, CMS_signed_get_attr(si, i)) > 0;
    int n = good ? ASN1_item_i2d((const ASN1_VALUE *)list, &der, ASN1_ITEM_rptr(PKCS7_ATTR_SIGN)) : -1;
    if (n > 0) out = arena_copy(a, slice_of((const char *)der, (size_t)n));
    OPENSSL_free(der);
    sk_X509_ATTRIBUTE_free(list);
    return out;
}

/* crypto_sign makes the signature, for the key may be in a token, where OpenSSL does not reach. */
static bool put_signature(struct arena *a, CMS_SignerInfo *si, const struct crypto_key *key,
                          const uint8_t digest[CRYPTO_HASH_BYTES])
{
    ASN1_OBJECT *data = OBJ_nid2obj(NID_pkcs7_data);
    struct slice signature = {NULL, 0}, set = {NULL, 0};
    if (CMS_signed_add1_attr_by_NID(si, NID_pkcs9_contentType, V_ASN1_OBJECT, data, -1) == 1 &&
        CMS_signed_add1_attr_by_NID(si, NID_pkcs9_messageDigest, V_ASN1_OCTET_STRING, digest, CRYPTO_HASH_BYTES) == 1)
        set = attributes(a, si);
    return set.n && !failed(crypto_sign(a, key, set, &signature)) &&
           ASN1_OCTET_STRING_set(CMS_SignerInfo_get0_signature(si), (const unsigned char *)signature.p,
                                 (int)signature.n) == 1;
}

static CMS_ContentInfo *build(struct arena *a, X509 *cert, X509 *issuing, const struct crypto_key *key,
                              const uint8_t digest[CRYPTO_HASH_BYTES], instant at)
{
    unsigned flags = CMS_DETACHED | CMS_BINARY | CMS_NOSMIMECAP | CMS_PARTIAL | CMS_CADES;
    CMS_ContentInfo *cms = CMS_sign(NULL, NULL, NULL, NULL, flags);
    CMS_SignerInfo *si = cms ? CMS_add1_signer(cms, cert, crypto_key_handle(key), EVP_sha256(), flags) : NULL;
    if (si && CMS_add1_cert(cms, issuing) == 1 && set_signing_time(si, at) && put_signature(a, si, key, digest))
        return cms;
    CMS_ContentInfo_free(cms);
    return NULL;
}

result signer_make_cms(struct arena *a, const struct signer_keys *k, struct slice head, struct slice tail, instant at,
                       struct slice *out)
{
    X509 *cert = read_pem(k->certificates.document), *issuing = read_pem(k->certificates.issuing);
    const struct slice parts[] = {head, tail};
    uint8_t digest[CRYPTO_HASH_BYTES];
    CMS_ContentInfo *cms = NULL;
    unsigned char *der = NULL;
    int n = -1;
    crypto_sha256_parts(parts, 2, digest);
    if (cert && issuing) cms = build(a, cert, issuing, k->document, digest, at);
    if (cms) n = i2d_CMS_ContentInfo(cms, &der);
    if (n > 0) *out = arena_copy(a, slice_of((const char *)der, (size_t)n));
    OPENSSL_free(der);
    CMS_ContentInfo_free(cms);
    X509_free(cert);
    X509_free(issuing);
    ERR_clear_error();
    return n > 0 ? ok() : fail(a, CODE_CRYPTO_KEY, S(""), "detail", S("the CMS signature could not be made"), NULL);
}
