/* Answers of OCSP responders (RFC 6960): whom they are from, whether they are fresh, what they say of a certificate. */
#include "trust/x509_parts.h"

#include "trust/der.h"

#include <openssl/err.h>

enum { SKEW_SECONDS = 300, RESPONDERS_MAX = 8 };

static void free_ocsp(void *p)
{
    OCSP_BASICRESP_free(((struct x509_ocsp *)p)->x);
}

result x509_parse_ocsp(struct arena *a, struct slice der, const struct x509_ocsp **out)
{
    struct x509_ocsp *o = NEW(a, struct x509_ocsp);
    if (der.n == 0 || der.n > X509_OCSP_MAX_BYTES || !der_strict(der))
        return x509_malformed(a, "不是 DER 编码，或被截断", "not DER, or cut off");
    const unsigned char *p = (const unsigned char *)der.p;
    OCSP_RESPONSE *r = d2i_OCSP_RESPONSE(NULL, &p, (long)der.n);
    bool whole =
        r && p == (const unsigned char *)der.p + der.n && OCSP_response_status(r) == OCSP_RESPONSE_STATUS_SUCCESSFUL;
    o->x = whole ? OCSP_response_get1_basic(r) : NULL;
    OCSP_RESPONSE_free(r);
    arena_cleanup(a, free_ocsp, o);
    if (!o->x)
        return x509_malformed(a, "不是 OCSP 应答，或应答者报告出错", "not an answer of OCSP, or one of an error");
    unsigned char *basic = NULL;
    int n = i2d_OCSP_BASICRESP(o->x, &basic);
    if (n > 0) o->basic = arena_copy(a, slice_of((const char *)basic, (size_t)n));
    OPENSSL_free(basic);
    ERR_clear_error();
    *out = o;
    return der_strict(o->basic) ? ok() : x509_malformed(a, "应答的编码有误", "an answer that is not DER");
}

instant x509_ocsp_next(const struct x509_ocsp *o)
{
    int64_t first = 0, to;
    for (int k = 0; k < OCSP_resp_count(o->x); k++) {
        ASN1_GENERALIZEDTIME *next = NULL;
        (void)OCSP_single_get0_status(OCSP_resp_get0(o->x, k), NULL, NULL, NULL, &next);
        if (!next || !x509_time(next, &to)) return 0;
        if (first == 0 || to < first) first = to;
    }
    return first * MS_SECOND;
}

struct slice x509_ocsp_request(struct arena *a, const struct x509_cert *c, const struct x509_cert *issuer)
{
    OCSP_REQUEST *q = OCSP_REQUEST_new();
    OCSP_CERTID *id = OCSP_cert_to_id(NULL, c->x, issuer->x);
    unsigned char *der = NULL;
    struct slice out = {NULL, 0};
    if (q && id && OCSP_request_add0_id(q, id)) {
        id = NULL; /* the request's now */
        int n = i2d_OCSP_REQUEST(q, &der);
        if (n > 0) out = arena_copy(a, slice_of((const char *)der, (size_t)n));
    }
    OPENSSL_free(der);
    OCSP_CERTID_free(id);
    OCSP_REQUEST_free(q);
    ERR_clear_error();
    return out;
}

static bool answer_signed_by(struct x509_work *w, const struct x509_ocsp *o, const struct x509_cert *c, EVP_PKEY *key)
{
    if (!key || !x509_spend(w, &w->budget->signatures)) return false;
    if (EVP_PKEY_is_a(key, "SM2"))
        return OBJ_obj2nid(OCSP_resp_get0_tbs_sigalg(o->x)->algorithm) == NID_SM2_with_SM3 &&
               x509_sm2_verify(w->a, o->basic, key);
    STACK_OF(X509) *one = sk_X509_new_null();
    X509 *signer = NULL;
    bool good = one && sk_X509_push(one, c->x) > 0 &&
                OCSP_basic_verify(o->x, one, NULL, OCSP_NOVERIFY | OCSP_NOINTERN) == 1 &&
                OCSP_resp_get0_signer(o->x, &signer, one) == 1 && X509_cmp(signer, c->x) == 0;
    sk_X509_free(one);
    ERR_clear_error();
    return good;
}

/* A responder that the issuer itself appointed (RFC 6960, 4.2.2.2). Revocation of its certificate is not asked for: it says nocheck, or
 * lives as long as it lives. */
static bool appointed(struct x509_work *w, size_t i, const struct x509_cert *c)
{
    const EXTENDED_KEY_USAGE *list = c->ext[EXT_PURPOSES];
    bool purpose = false;
    for (int k = 0; list && k < sk_ASN1_OBJECT_num(list); k++)
        purpose = purpose || OBJ_obj2nid(sk_ASN1_OBJECT_value(list, k)) == NID_OCSP_sign;
    if (!purpose || c->unknown_critical || w->at < c->not_before || w->at > c->not_after) return false;
    if (!(c->usage & KU_DIGITAL_SIGNATURE) || X509_NAME_cmp(c->issuer, w->chain[i + 1]->subject) != 0) return false;
    if (!w->ask->legacy_keys && failed(x509_check_key(w->a, c, c->key, false))) return false;
    return x509_signed_by(w, c, w->keys[i + 1]);
}

static bool from_whom_it_should(struct x509_work *w, size_t i, const struct x509_ocsp *o)
{
    if (answer_signed_by(w, o, w->chain[i + 1], w->keys[i + 1])) return true;
    const STACK_OF(X509) *list = OCSP_resp_get0_certs(o->x);
    for (int k = 0; list && k < sk_X509_num(list) && k < RESPONDERS_MAX; k++) {
        unsigned char *der = NULL;
        const struct x509_cert *c;
        int n = i2d_X509(sk_X509_value(list, k), &der);
        bool good = n > 0 && !failed(x509_parse(w->a, slice_of((const char *)der, (size_t)n), &c)) &&
                    appointed(w, i, c) && answer_signed_by(w, o, c, c->key);
        OPENSSL_free(der);
        if (good) return true;
    }
    return false;
}

/* The answer about chain[i], when there is one and it is fresh. */
static enum x509_status answer(const struct x509_work *w, size_t i, const struct x509_ocsp *o, int *reason)
{
    for (int k = 0; k < OCSP_resp_count(o->x); k++) {
        OCSP_SINGLERESP *one = OCSP_resp_get0(o->x, k);
        const OCSP_CERTID *id = OCSP_SINGLERESP_get0_id(one);
        ASN1_OBJECT *digest;
        ASN1_GENERALIZEDTIME *this_update, *next_update;
        int64_t from, to;
        OCSP_id_get0_info(NULL, &digest, NULL, NULL, (OCSP_CERTID *)(uintptr_t)id);
        const EVP_MD *md = EVP_get_digestbyobj(digest);
        OCSP_CERTID *own = md ? OCSP_cert_to_id(md, w->chain[i]->x, w->chain[i + 1]->x) : NULL;
        bool same = own && OCSP_id_cmp(own, id) == 0;
        OCSP_CERTID_free(own);
        if (!same) continue;
        int status = OCSP_single_get0_status(one, reason, NULL, &this_update, &next_update);
        if (!this_update || !next_update || !x509_time(this_update, &from) || !x509_time(next_update, &to)) continue;
        if (w->at < from - SKEW_SECONDS) continue;
        if (w->at > to + SKEW_SECONDS && w->at - from > w->ask->status_age / MS_SECOND) continue;
        if (status == V_OCSP_CERTSTATUS_REVOKED) return STATUS_REVOKED;
        if (status == V_OCSP_CERTSTATUS_GOOD) return STATUS_GOOD;
    }
    ERR_clear_error();
    return STATUS_UNKNOWN;
}

enum x509_status x509_ocsp_status(struct x509_work *w, size_t i, int *reason)
{
    for (size_t k = 0; k < w->ask->nocsp; k++) {
        enum x509_status s = answer(w, i, w->ask->ocsp[k], reason);
        if (s != STATUS_UNKNOWN && from_whom_it_should(w, i, w->ask->ocsp[k])) return s;
    }
    return STATUS_UNKNOWN;
}
