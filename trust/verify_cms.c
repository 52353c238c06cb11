/* The CMS signature over the file: form, signature, chain, time. */
#include "trust/der.h"
#include "trust/verify_parts.h"

#include <openssl/cms.h>
#include <openssl/err.h>
#include <time.h>

/* ---- strict form ---- */

/* A DER element: its content, and what follows it. */
static bool der(struct slice s, uint8_t tag, struct slice *content, struct slice *rest)
{
    *rest = s;
    return der_take(rest, tag, content, NULL);
}

static bool is_hex(struct arena *a, struct slice s, const char *hex)
{
    return slice_is(hex_encode(a, s), hex);
}

/* A version 1 SignedData of one SHA-256 digest, detached data, one version 1 signer: the fields that nothing signs must have
 * the one value they have in our files, so that not a byte of a file can be changed unseen. */
static bool strict_form(struct arena *a, struct slice cms, struct slice *who, bool *rsa)
{
    struct slice s, rest, x, y;
    if (!der(cms, 0x30, &s, &rest) || rest.n) return false;
    if (!der(s, 0x06, &x, &s) || !is_hex(a, x, "2a864886f70d010702")) return false; /* signedData */
    if (!der(s, 0xa0, &s, &rest) || rest.n || !der(s, 0x30, &s, &rest) || rest.n) return false;
    if (!der(s, 0x02, &x, &s) || !is_hex(a, x, "01")) return false;
    if (!der(s, 0x31, &x, &s) || !is_hex(a, x, "300b0609608648016503040201")) return false; /* {sha256} */
    if (!der(s, 0x30, &x, &s) || !is_hex(a, x, "06092a864886f70d010701")) return false;     /* data, detached */
    if (!der(s, 0xa0, &x, &s)) return false; /* certificates: their own signatures guard them */
    if (!der(s, 0x31, &s, &rest) || rest.n || !der(s, 0x30, &s, &rest) || rest.n) return false; /* one signer */
    if (!der(s, 0x02, &x, &s) || !is_hex(a, x, "01")) return false;
    if (!der(s, 0x30, who, &s) || !der(s, 0x30, &x, &s) || !is_hex(a, x, "0609608648016503040201"))
        return false;                        /* sha256 */
    if (!der(s, 0xa0, &x, &s)) return false; /* signed attributes */
    if (!der(s, 0x30, &x, &s)) return false;
    *rsa = is_hex(a, x, "06092a864886f70d0101010500");                /* rsaEncryption, RFC 3370, 3.2 */
    if (!*rsa && !is_hex(a, x, "06082a8648ce3d040302")) return false; /* ecdsa-with-SHA256 */
    return der(s, 0x04, &y, &s) && s.n == 0;                          /* the signature; no unsigned attributes */
}

/* Names compare without regard to case and spaces in OpenSSL, and nothing signs the copy of the issuer's name that points to
 * the certificate: it must be the certificate's own, byte for byte. */
static bool names_itself(struct arena *a, struct slice who, X509 *cert)
{
    unsigned char *name = NULL, *serial = NULL;
    int n = i2d_X509_NAME(X509_get_issuer_name(cert), &name),
        k = i2d_ASN1_INTEGER(X509_get_serialNumber(cert), &serial);
    struct buf b = buf_new(a, 8192);
    if (n > 0 && k > 0) {
        buf_put(&b, slice_of((const char *)name, (size_t)n));
        buf_put(&b, slice_of((const char *)serial, (size_t)k));
    }
    OPENSSL_free(name);
    OPENSSL_free(serial);
    return b.n && !b.overflow && slice_eq(buf_slice(&b), who);
}

/* Decodes and requires that encoding again gives the same bytes. */
static CMS_ContentInfo *decode(struct arena *a, struct slice cms, struct slice *who, bool *rsa)
{
    const unsigned char *p = (const unsigned char *)cms.p;
    CMS_ContentInfo *m = d2i_CMS_ContentInfo(NULL, &p, (long)cms.n);
    unsigned char *again = NULL;
    int n = m ? i2d_CMS_ContentInfo(m, &again) : -1;
    bool same = n > 0 && slice_eq(slice_of((const char *)again, (size_t)n), cms) && strict_form(a, cms, who, rsa);
    OPENSSL_free(again);
    if (same) return m;
    CMS_ContentInfo_free(m);
    ERR_clear_error();
    return NULL;
}

/* ---- signature, time, chain ---- */

static BIO *signed_bytes(const struct verification *v)
{
    BIO *bio = BIO_new(BIO_s_mem());
    if (bio && BIO_write(bio, v->head.p, (int)v->head.n) == (int)v->head.n &&
        BIO_write(bio, v->tail.p, (int)v->tail.n) == (int)v->tail.n)
        return bio;
    BIO_free(bio);
    return NULL;
}

static bool signature_good(const struct verification *v, CMS_ContentInfo *m)
{
    BIO *data = signed_bytes(v);
    bool good = data && CMS_verify(m, NULL, NULL, data, NULL, CMS_BINARY | CMS_NO_SIGNER_CERT_VERIFY) == 1;
    BIO_free(data);
    ERR_clear_error();
    return good;
}

static instant signing_time(CMS_SignerInfo *si)
{
    struct tm tm;
    int at = CMS_signed_get_attr_by_NID(si, NID_pkcs9_signingTime, -1);
    X509_ATTRIBUTE *attr = at >= 0 ? CMS_signed_get_attr(si, at) : NULL;
    ASN1_TYPE *value = attr && X509_ATTRIBUTE_count(attr) == 1 ? X509_ATTRIBUTE_get0_type(attr, 0) : NULL;
    if (!value || (value->type != V_ASN1_UTCTIME && value->type != V_ASN1_GENERALIZEDTIME)) return 0;
    if (ASN1_TIME_to_tm(value->value.asn1_string, &tm) != 1) return 0;
    return (instant)timegm(&tm) * MS_SECOND;
}

/* "(D:20210430090000+08'00')" of /M, the server's time; 0 when it is not in this form. */
static instant claimed_time(const struct pdf_value *m)
{
    int part[6] = {0};
    static const int digits[6] = {4, 2, 2, 2, 2, 2};
    if (!m || m->type != PDF_STRING || m->text.n != 23 || !slice_starts(m->text, S("D:")) ||
        !slice_ends(m->text, S("+08'00'")))
        return 0;
    const char *p = m->text.p + 2;
    for (int i = 0; i < 6; i++)
        for (int k = 0; k < digits[i]; k++, p++) {
            if (*p < '0' || *p > '9') return 0;
            part[i] = part[i] * 10 + (*p - '0');
        }
    if (!civil_valid(part[0], part[1], part[2])) return 0;
    return instant_of_day(day_of_civil(part[0], part[1], part[2])) + part[3] * MS_HOUR + part[4] * MS_MINUTE +
           part[5] * MS_SECOND;
}

static void check_time(struct verification *v)
{
    instant t = v->out->signed_at, m = claimed_time(pdf_get_raw(v->signature, "M"));
    struct slice shown = instant_text(v->a, t);
    if (t > v->at + MS_DAY)
        report_add(v, "signing_time", CHECK_WARNING, arena_printf(v->a, "签名时间 %.*s 晚于核验时间", SLICE_ARG(shown)),
                   arena_printf(v->a, "signed at %.*s, after the time of verification", SLICE_ARG(shown)));
    else if (m == 0 || m > t + MS_DAY || m < t - MS_DAY)
        report_add(
            v, "signing_time", CHECK_WARNING,
            arena_printf(v->a, "签名服务的时间 %.*s 与文件所载时间不一致", SLICE_ARG(shown)),
            arena_printf(v->a, "the signer's time %.*s differs from the one written in the file", SLICE_ARG(shown)));
    else
        report_add(v, "signing_time", CHECK_OK, arena_printf(v->a, "签名时间 %.*s", SLICE_ARG(shown)),
                   arena_printf(v->a, "signed at %.*s", SLICE_ARG(shown)));
}

static void check_chain(struct verification *v, CMS_ContentInfo *m, X509 *cert)
{
    const char *zh = "", *en = "";
    STACK_OF(X509) *extra = CMS_get1_certs(m);
    bool good = anchors_accept(v->anchors, cert, extra, v->out->signed_at, &zh, &en);
    sk_X509_pop_free(extra, X509_free);
    v->out->signer = certificate_subject(v->a, cert);
    report_if(v, "chain", good, "签名证书有效，由所信任的机构签发",
              "the signing certificate is valid and issued under a trusted root", zh, en);
    if (good && slice_search(v->out->signer, S("TEST")) != SIZE_MAX)
        report_add(v, "test_keys", CHECK_WARNING, S("由测试密钥签名，不具法律效力"),
                   S("signed with test keys: without legal force"));
}

void verify_signature(struct verification *v)
{
    struct slice who;
    bool rsa = false;
    CMS_ContentInfo *m = decode(v->a, v->cms, &who, &rsa);
    STACK_OF(CMS_SignerInfo) *signers = m ? CMS_get0_SignerInfos(m) : NULL;
    CMS_SignerInfo *si = signers && sk_CMS_SignerInfo_num(signers) == 1 ? sk_CMS_SignerInfo_value(signers, 0) : NULL;
    X509 *cert = NULL;
    bool good = si && signature_good(v, m);
    if (good) CMS_SignerInfo_get0_algs(si, NULL, &cert, NULL, NULL);
    good = good && cert && names_itself(v->a, who, cert) && EVP_PKEY_is_a(X509_get0_pubkey(cert), "RSA") == rsa;
    if (report_if(v, "signature", good, "全文签名正确，内容未被改动",
                  "the signature over the whole file is good: nothing was changed",
                  "全文签名不正确：内容已被改动或签名无效",
                  "the signature over the file is not good: contents changed, or an invalid signature")) {
        v->out->signed_at = signing_time(si);
        if (v->out->signed_at) {
            check_chain(v, m, cert);
            check_time(v);
        } else
            report_add(v, "chain", CHECK_FAILED, S("缺少签名时间"), S("signing time missing"));
    }
    CMS_ContentInfo_free(m);
    ERR_clear_error();
}
