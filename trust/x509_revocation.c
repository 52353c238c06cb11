/* Revocation lists (RFC 5280, 5 and 6.3): whole, partitioned, indirect, delta. */
#include "trust/x509_parts.h"

#include "trust/der.h"

#include <openssl/err.h>

/* ---- parsing ---- */

static void free_crl(void *p)
{
    struct x509_crl *c = p;
    ISSUING_DIST_POINT_free(c->point);
    ASN1_INTEGER_free(c->number);
    ASN1_INTEGER_free(c->base);
    AUTHORITY_KEYID_free(c->authority);
    X509_CRL_free(c->x);
}

static bool entries_understood(X509_CRL *x)
{
    STACK_OF(X509_REVOKED) *list = X509_CRL_get_REVOKED(x);
    for (int i = 0; i < sk_X509_REVOKED_num(list); i++) {
        const X509_REVOKED *r = sk_X509_REVOKED_value(list, i);
        for (int k = 0; k < X509_REVOKED_get_ext_count(r); k++) {
            X509_EXTENSION *e = X509_REVOKED_get_ext(r, k);
            int nid = OBJ_obj2nid(X509_EXTENSION_get_object(e));
            if (X509_EXTENSION_get_critical(e) && nid != NID_certificate_issuer && nid != NID_crl_reason) return false;
        }
    }
    return true;
}

static bool extensions_understood(X509_CRL *x)
{
    for (int k = 0; k < X509_CRL_get_ext_count(x); k++) {
        X509_EXTENSION *e = X509_CRL_get_ext(x, k);
        int nid = OBJ_obj2nid(X509_EXTENSION_get_object(e));
        if (X509_EXTENSION_get_critical(e) && nid != NID_issuing_distribution_point && nid != NID_delta_crl &&
            nid != NID_crl_number && nid != NID_authority_key_identifier)
            return false;
    }
    return true;
}

result x509_parse_crl(struct arena *a, struct slice der, const struct x509_crl **out)
{
    struct x509_crl *c = NEW(a, struct x509_crl);
    int critical = 0, at = -1;
    if (der.n == 0 || der.n > X509_CRL_MAX_BYTES || !der_strict(der))
        return x509_malformed(a, "不是 DER 编码，或被截断", "not DER, or cut off");
    c->der = arena_copy(a, der);
    const unsigned char *p = (const unsigned char *)c->der.p;
    c->x = d2i_X509_CRL(NULL, &p, (long)c->der.n);
    arena_cleanup(a, free_crl, c);
    if (!c->x || p != (const unsigned char *)c->der.p + c->der.n)
        return x509_malformed(a, "不是证书吊销列表", "not a revocation list");
    c->issuer = X509_CRL_get_issuer(c->x);
    const ASN1_TIME *next = X509_CRL_get0_nextUpdate(c->x);
    if (!x509_time(X509_CRL_get0_lastUpdate(c->x), &c->this_update) || !next || !x509_time(next, &c->next_update))
        return x509_malformed(a, "更新日期缺失或有误", "a date of its updates is missing or does not exist");
    c->usable = extensions_understood(c->x) && entries_understood(c->x);
    c->point = X509_CRL_get_ext_d2i(c->x, NID_issuing_distribution_point, &critical, &at);
    if (!c->point && critical != -1) c->usable = false;
    c->number = X509_CRL_get_ext_d2i(c->x, NID_crl_number, &critical, NULL);
    c->number_critical = c->number && critical > 0;
    c->base = X509_CRL_get_ext_d2i(c->x, NID_delta_crl, &critical, NULL);
    if (!c->base && critical != -1) c->usable = false;
    c->authority = X509_CRL_get_ext_d2i(c->x, NID_authority_key_identifier, NULL, NULL);
    ERR_clear_error();
    *out = c;
    return ok();
}

instant x509_crl_next(const struct x509_crl *c)
{
    return c->next_update * MS_SECOND;
}

struct slice x509_crl_der(const struct x509_crl *c)
{
    return c->der;
}

/* ---- which list covers which certificate ---- */

static unsigned reasons_of(const ASN1_BIT_STRING *s)
{
    static const unsigned char order[8] = {0x80, 0x40, 0x20, 0x10, 0x08, 0x04, 0x02, 0x01};
    unsigned set = 0;
    if (!s) return 0x1ff & ~1u;
    for (unsigned i = 1; i < 9; i++) /* 1 keyCompromise … 8 aACompromise */
        if ((int)(i / 8) < s->length && s->data[i / 8] & order[i % 8]) set |= 1u << i;
    return set;
}

static bool lists_name(const GENERAL_NAMES *list, const X509_NAME *name)
{
    for (int i = 0; list && i < sk_GENERAL_NAME_num(list); i++) {
        const GENERAL_NAME *g = sk_GENERAL_NAME_value(list, i);
        if (g->type == GEN_DIRNAME && X509_NAME_cmp(g->d.directoryName, name) == 0) return true;
    }
    return false;
}

/* A distribution point's names: full ones, or one made of the issuer's name and the relative part. */
static bool point_names(DIST_POINT_NAME *d, const X509_NAME *issuer, const GENERAL_NAMES **full, X509_NAME **relative)
{
    *full = NULL;
    *relative = NULL;
    if (d->type == 0) {
        *full = d->name.fullname;
        return true;
    }
    if (!d->dpname && DIST_POINT_set_dpname(d, (X509_NAME *)(uintptr_t)issuer) != 1) return false;
    *relative = d->dpname;
    return true;
}

static bool names_meet(const GENERAL_NAMES *a, const X509_NAME *ra, const GENERAL_NAMES *b, const X509_NAME *rb)
{
    if (ra && rb) return X509_NAME_cmp(ra, rb) == 0;
    if (ra) return lists_name(b, ra);
    if (rb) return lists_name(a, rb);
    for (int i = 0; a && i < sk_GENERAL_NAME_num(a); i++)
        for (int k = 0; b && k < sk_GENERAL_NAME_num(b); k++)
            if (GENERAL_NAME_cmp(sk_GENERAL_NAME_value(a, i), sk_GENERAL_NAME_value(b, k)) == 0) return true;
    return false;
}

/* 6.3.3 (b)(2)(i). dp NULL: the point that the issuer's name implies. */
static bool same_point(const struct x509_crl *crl, const DIST_POINT *dp, const X509_NAME *issuer)
{
    const GENERAL_NAMES *a, *b;
    X509_NAME *ra, *rb;
    DIST_POINT_NAME *own = crl->point ? crl->point->distpoint : NULL;
    if (!own) return true;
    if (!point_names(own, crl->issuer, &a, &ra)) return false;
    if (!dp) return ra ? X509_NAME_cmp(ra, issuer) == 0 : lists_name(a, issuer);
    if (!dp->distpoint) return ra ? lists_name(dp->CRLissuer, ra) : names_meet(a, NULL, dp->CRLissuer, NULL);
    const X509_NAME *base = issuer;
    if (dp->CRLissuer && sk_GENERAL_NAME_num(dp->CRLissuer) == 1 &&
        sk_GENERAL_NAME_value(dp->CRLissuer, 0)->type == GEN_DIRNAME)
        base = sk_GENERAL_NAME_value(dp->CRLissuer, 0)->d.directoryName;
    return point_names(dp->distpoint, base, &b, &rb) && names_meet(a, ra, b, rb);
}

/* 6.3.3 (b): issuer, point, kind of certificate. */
static bool covers(const struct x509_crl *crl, const DIST_POINT *dp, const struct x509_cert *c)
{
    const ISSUING_DIST_POINT *idp = crl->point;
    if (dp && dp->CRLissuer) {
        if (!lists_name(dp->CRLissuer, crl->issuer) || !idp || !idp->indirectCRL) return false;
    } else if (X509_NAME_cmp(crl->issuer, c->issuer) != 0)
        return false;
    if (!idp) return true;
    if ((idp->onlyuser && c->ca) || (idp->onlyCA && !c->ca) || idp->onlyattr) return false;
    return same_point(crl, dp, c->issuer);
}

static bool current(const struct x509_work *w, const struct x509_crl *crl)
{
    if (!crl->usable || w->at < crl->this_update) return false;
    if (w->at > crl->next_update && w->at - crl->this_update > w->ask->status_age / MS_SECOND) return false;
    return !w->ask->strict || (crl->number && !crl->number_critical);
}

/* ---- whose signature ---- */

static bool may_sign(const struct x509_crl *crl, const struct x509_cert *c)
{
    const ASN1_OCTET_STRING *own = c->ext[EXT_SUBJECT_KEY];
    if (X509_NAME_cmp(c->subject, crl->issuer) != 0 || !(c->usage & KU_CRL_SIGN)) return false;
    return !crl->authority || !crl->authority->keyid || !own || ASN1_OCTET_STRING_cmp(crl->authority->keyid, own) == 0;
}

/* 6.3.3 (f), (g): signed by the issuer above the certificate, or by another with that name and a path to the same anchor. One who issues lists
 * for a CA may be listed in its own, as its certificate's distribution point says: there is no other list to ask. */
static bool authentic(struct x509_work *w, size_t i, const struct x509_crl *crl)
{
    for (size_t k = w->depth > 0 && i == 0 ? 0 : i + 1; k < w->n; k++)
        if (may_sign(crl, w->chain[k]) && x509_crl_signed_by(w, crl, w->keys[k])) return true;
    for (size_t k = 0; k < w->ask->pool.n; k++) {
        const struct x509_cert *c = w->ask->pool.certs[k];
        if (may_sign(crl, c) && x509_crl_signed_by(w, crl, c->key) && x509_crl_issuer_holds(w, c)) return true;
    }
    return false;
}

/* ---- what it says ---- */

/* The entry of a certificate; an indirect list names the issuer of an entry and all after it. */
static const X509_REVOKED *entry_of(const struct x509_crl *crl, const struct x509_cert *c)
{
    STACK_OF(X509_REVOKED) *list = X509_CRL_get_REVOKED(crl->x);
    const ASN1_INTEGER *serial = X509_get0_serialNumber(c->x);
    const X509_REVOKED *found = NULL;
    bool same_issuer = X509_NAME_cmp(crl->issuer, c->issuer) == 0;
    for (int i = 0; i < sk_X509_REVOKED_num(list) && !found; i++) {
        const X509_REVOKED *r = sk_X509_REVOKED_value(list, i);
        GENERAL_NAMES *names = NULL;
        if (X509_REVOKED_get_ext_count(r) > 0) names = X509_REVOKED_get_ext_d2i(r, NID_certificate_issuer, NULL, NULL);
        if (names) same_issuer = lists_name(names, c->issuer);
        GENERAL_NAMES_free(names);
        if (same_issuer && ASN1_INTEGER_cmp(X509_REVOKED_get0_serialNumber(r), serial) == 0) found = r;
    }
    return found;
}

static int reason_of(const X509_REVOKED *r)
{
    ASN1_ENUMERATED *e = X509_REVOKED_get_ext_d2i(r, NID_crl_reason, NULL, NULL);
    int reason = e ? (int)ASN1_ENUMERATED_get(e) : 0;
    ASN1_ENUMERATED_free(e);
    return reason;
}

static bool same_scope(const struct x509_crl *a, const struct x509_crl *b)
{
    unsigned char *x = NULL, *y = NULL;
    int n = a->point ? i2d_ISSUING_DIST_POINT(a->point, &x) : 0,
        k = b->point ? i2d_ISSUING_DIST_POINT(b->point, &y) : 0;
    bool same = n >= 0 && n == k && (n == 0 || memcmp(x, y, (size_t)n) == 0);
    OPENSSL_free(x);
    OPENSSL_free(y);
    return same;
}

/* 5.2.4: the newest delta that can be laid over this complete list. */
static const struct x509_crl *delta_of(struct x509_work *w, size_t i, const struct x509_crl *crl)
{
    const struct x509_crl *best = NULL;
    for (size_t k = 0; crl->number && k < w->ask->ncrls; k++) {
        const struct x509_crl *d = w->ask->crls[k];
        if (!d->base || !d->number || !current(w, d) || X509_NAME_cmp(d->issuer, crl->issuer) != 0) continue;
        if (ASN1_INTEGER_cmp(d->base, crl->number) > 0 || ASN1_INTEGER_cmp(d->number, crl->number) < 0) continue;
        if (!same_scope(d, crl) || (best && ASN1_INTEGER_cmp(d->number, best->number) <= 0)) continue;
        if (authentic(w, i, d)) best = d;
    }
    return best;
}

struct finding {
    unsigned reasons; /* for which the lists seen so far speak */
    bool revoked;
    int reason;
};

static void look(struct x509_work *w, size_t i, const DIST_POINT *dp, const struct x509_crl *crl, struct finding *f)
{
    enum { REMOVE_FROM_CRL = 8 };
    const struct x509_cert *c = w->chain[i];
    unsigned mask = reasons_of(dp ? dp->reasons : NULL) & reasons_of(crl->point ? crl->point->onlysomereasons : NULL);
    if (crl->base || !(mask & ~f->reasons) || !current(w, crl) || !covers(crl, dp, c) || !authentic(w, i, crl)) return;
    const struct x509_crl *delta = delta_of(w, i, crl);
    const X509_REVOKED *entry = delta ? entry_of(delta, c) : NULL;
    f->reasons |= mask;
    if (entry && reason_of(entry) == REMOVE_FROM_CRL) return;
    if (!entry) entry = entry_of(crl, c);
    if (!entry) return;
    f->revoked = true;
    f->reason = reason_of(entry);
}

static result revoked(struct x509_work *w, const struct x509_cert *c, int reason)
{
    static const char *const zh[] = {"未说明",   "密钥泄露", "CA 密钥泄露", "隶属关系变更", "已被取代",    "停止使用",
                                     "暂停使用", "未说明",   "从列表移除",  "权限被撤销",   "属性机构泄露"},
                             *const en[] = {"no reason given",     "key compromise",  "CA compromise",
                                            "affiliation changed", "superseded",      "cessation of use",
                                            "certificate hold",    "no reason given", "removed from the list",
                                            "privilege withdrawn", "AA compromise"};
    size_t k = reason >= 0 && reason <= 10 ? (size_t)reason : 0;
    return x509_refuse_for(w->a, CODE_CERT_REVOKED, c, zh[k], en[k]);
}

result x509_check_revocation(struct x509_work *w, size_t i)
{
    const struct x509_cert *c = w->chain[i];
    const CRL_DIST_POINTS *points = c->ext[EXT_POINTS];
    struct finding f = {0};
    int reason = 0;
    enum x509_status s = x509_ocsp_status(w, i, &reason);
    if (s == STATUS_REVOKED) return revoked(w, c, reason);
    if (s == STATUS_GOOD) return ok();
    unsigned all = reasons_of(NULL);
    int n = points ? sk_DIST_POINT_num(points) : 0;
    for (int p = 0; p <= n && !f.revoked && f.reasons != all; p++) /* the last: the one its issuer implies */
        for (size_t k = 0; k < w->ask->ncrls && !f.revoked && f.reasons != all; k++)
            look(w, i, p < n ? sk_DIST_POINT_value(points, p) : NULL, w->ask->crls[k], &f);
    if (f.revoked) return revoked(w, c, f.reason);
    if (w->budget->spent) return x509_refuse(w->a, CODE_CERT_LIMIT, c);
    return f.reasons == all ? ok() : x509_refuse(w->a, CODE_CERT_STATUS, c);
}
