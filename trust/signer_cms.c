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

static CMS_ContentInfo *build(X509 *cert, X509 *issuing, EVP_PKEY *key, BIO *data, instant at)
{
    unsigned flags = CMS_DETACHED | CMS_BINARY | CMS_NOSMIMECAP | CMS_PARTIAL | CMS_CADES;
    CMS_ContentInfo *cms = CMS_sign(NULL, NULL, NULL, NULL, flags);
    CMS_SignerInfo *si = cms ? CMS_add1_signer(cms, cert, key, EVP_sha256(), flags) : NULL;
    if (si && CMS_add1_cert(cms, issuing) == 1 && set_signing_time(si, at) &&
        CMS_final(cms, data, NULL, CMS_DETACHED | CMS_BINARY) == 1)
        return cms;
    CMS_ContentInfo_free(cms);
    return NULL;
}

result signer_make_cms(struct arena *a, const struct signer_keys *k, struct slice head, struct slice tail, instant at,
                       struct slice *out)
{
    X509 *cert = read_pem(k->certificates.document), *issuing = read_pem(k->certificates.issuing);
    BIO *data = BIO_new(BIO_s_mem());
    CMS_ContentInfo *cms = NULL;
    unsigned char *der = NULL;
    int n = -1;
    if (cert && issuing && data && BIO_write(data, head.p, (int)head.n) == (int)head.n &&
        BIO_write(data, tail.p, (int)tail.n) == (int)tail.n)
        cms = build(cert, issuing, crypto_key_handle(k->document), data, at);
    if (cms) n = i2d_CMS_ContentInfo(cms, &der);
    if (n > 0) *out = arena_copy(a, slice_of((const char *)der, (size_t)n));
    OPENSSL_free(der);
    CMS_ContentInfo_free(cms);
    BIO_free(data);
    X509_free(cert);
    X509_free(issuing);
    ERR_clear_error();
    return n > 0 ? ok() : fail(a, CODE_CRYPTO_KEY, S(""), "detail", S("the CMS signature could not be made"), NULL);
}
