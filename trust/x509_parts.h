/* Inside of the certificates: the parsed forms, and the checks by subject. */
#ifndef TRUST_X509_PARTS_H
#define TRUST_X509_PARTS_H

#include "trust/crypto.h"
#include "trust/x509.h"

#include <openssl/ocsp.h>
#include <openssl/x509v3.h>

/* Extensions that are understood, and so may be critical. */
enum x509_ext {
    EXT_BASIC,
    EXT_USAGE,
    EXT_PURPOSES,
    EXT_NAMES,
    EXT_ISSUER_NAMES,
    EXT_CONSTRAINTS,
    EXT_POLICIES,
    EXT_MAPPINGS,
    EXT_POLICY_RULES,
    EXT_INHIBIT_ANY,
    EXT_POINTS,
    EXT_FRESHEST,
    EXT_AUTHORITY_KEY,
    EXT_SUBJECT_KEY,
    EXT_ACCESS,
    EXT_COUNT
};

struct x509_cert {
    X509 *x;
    struct slice der;
    const X509_NAME *subject, *issuer;
    EVP_PKEY *key;                 /* NULL: the library cannot use it as it stands */
    int64_t not_before, not_after; /* seconds since 1970 */
    bool self_issued;
    void *ext[EXT_COUNT]; /* of the library's types; NULL: absent */
    bool critical[EXT_COUNT];
    bool unknown_critical;
    /* read out of them */
    bool ca;
    long path_length; /* -1: none */
    unsigned usage;   /* KU_…; all bits when the extension is absent */
};

struct x509_crl {
    X509_CRL *x;
    struct slice der;
    const X509_NAME *issuer;
    int64_t this_update, next_update;
    ISSUING_DIST_POINT *point;
    ASN1_INTEGER *number, *base; /* base: this is a delta CRL */
    AUTHORITY_KEYID *authority;
    bool usable; /* no critical extension that is not understood */
    bool number_critical;
};

struct x509_ocsp {
    OCSP_BASICRESP *x;
    struct slice basic; /* DER of the BasicOCSPResponse */
};

/* One question at work. Budgets are shared with the paths of those who issue CRLs. */
struct x509_budget {
    unsigned signatures, paths, names;
    bool spent;
};
struct x509_work {
    struct arena *a;
    const struct x509_ask *ask;
    struct x509_budget *budget;
    int64_t at; /* seconds, rounded down */
    unsigned depth;
    const struct x509_cert *anchor; /* only this one, when set */
    result worst;                   /* of the path that came furthest */
    size_t worst_rank;
    const struct x509_cert *chain[X509_CHAIN_MAX];
    size_t n;
    EVP_PKEY *keys[X509_CHAIN_MAX]; /* of chain[i], with inherited parameters */
    bool end;                       /* names, use and policies of the first certificate are asked for */
    struct x509_path *out;
};

/* x509_cert.c */
result x509_refuse(struct arena *a, enum code code, const struct x509_cert *c);
result x509_refuse_for(struct arena *a, enum code code, const struct x509_cert *c, const char *zh, const char *en);
result x509_malformed(struct arena *a, const char *zh, const char *en);
bool x509_time(const ASN1_TIME *t, int64_t *seconds);
/* Takes one signature off the budget; false also when it is spent. */
bool x509_signed_by(struct x509_work *w, const struct x509_cert *c, EVP_PKEY *key);
bool x509_crl_signed_by(struct x509_work *w, const struct x509_crl *c, EVP_PKEY *key);
/* SEQUENCE { to be signed, algorithm, signature }, SM2 with SM3 and the usual id. */
bool x509_sm2_verify(struct arena *a, struct slice signed_der, EVP_PKEY *key);
bool x509_spend(struct x509_work *w, unsigned *left);

/* x509_form.c */
result x509_check_key(struct arena *a, const struct x509_cert *c, EVP_PKEY *key, bool anchor);
result x509_check_form(struct x509_work *w, const struct x509_cert *c, bool anchor);
result x509_check_web(struct x509_work *w, size_t i);
result x509_check_use(struct x509_work *w, const struct x509_cert *c, bool end);

/* x509_names.c */
bool x509_dns_valid(struct slice s, bool wildcard);
bool x509_email_valid(struct slice s);
/* Names of chain[i] against the constraints of those above. */
result x509_check_constraints(struct x509_work *w, size_t i);
result x509_check_name(struct x509_work *w, const struct x509_cert *c);
static inline struct slice x509_string(const ASN1_STRING *s)
{
    return slice_of((const char *)ASN1_STRING_get0_data(s), (size_t)ASN1_STRING_length(s));
}

/* x509_policy.c */
result x509_check_policies(struct x509_work *w);

/* x509_revocation.c: chain[i] by OCSP, else by CRLs */
result x509_check_revocation(struct x509_work *w, size_t i);
/* x509_ocsp.c */
enum x509_status { STATUS_UNKNOWN, STATUS_GOOD, STATUS_REVOKED };
enum x509_status x509_ocsp_status(struct x509_work *w, size_t i, int *reason);

/* x509_path.c: a path of its own for the issuer of a CRL, to the anchor of w's */
bool x509_crl_issuer_holds(struct x509_work *w, const struct x509_cert *c);

#endif
