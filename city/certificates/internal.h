/* Shared by the files of city/certificates. */
#ifndef CITY_CERTIFICATES_INTERNAL_H
#define CITY_CERTIFICATES_INTERNAL_H

#include "city/certificates/certificates.h"
#include "city/identity/identity.h"
#include "city/rights/rights.h"
#include "city/sql.h"

extern const char TRUST_LIST_SCHEMA[];

/* ---- lists in the database (trust_store.c) ---- */
struct stored_list {
    struct id id;
    struct slice source, record, document, anchors; /* document: signed; empty: not yet */
    int64_t version;
    const struct json *json; /* the record */
    struct trust_list list;
};
struct stored_lists {
    const struct stored_list *own; /* NULL: this city has none yet */
    const struct stored_list *lists;
    size_t n; /* own first */
};
/* Those in force. tx NULL: outside a transaction; else held. */
MUST result trust_lists_load(struct city *c, struct arena *a, struct tx *tx, struct stored_lists *out);
/* Puts a record in the place of the one of its city. document and anchors: of an import. */
MUST result trust_list_put(struct tx *tx, struct arena *a, struct slice source, const struct json *record,
                           struct slice document, struct slice anchors, instant now);
MUST result trust_list_drop(struct tx *tx, struct arena *a, struct slice source);
/* The next version of this city's list, with these entries. */
const struct json *trust_list_next(const struct city *c, struct arena *a, const struct stored_list *own,
                                   const struct json *cas, instant now);
/* The own list is made anew when its time is running out; *done: it was. */
MUST result trust_list_renew(struct city *c, struct arena *a, instant now, bool *done);
/* Which list's entry decides on a root: this city's own before any other, a list in its time before one past it. NULL: none. */
const struct recognised_ca *trust_entry_of(const struct stored_lists *l, const struct x509_cert *root, instant now,
                                           const struct stored_list **in);
MUST result trust_form_wrong(struct arena *a, struct slice field, const char *zh, const char *en);
const char *ca_status_name(enum ca_status s);
struct bitext ca_status_words(enum ca_status s);

/* ---- signed documents (document.c) ---- */
MUST result trust_document_make(struct city *c, struct arena *a, const struct json *record, struct slice *text);
/* CODE_TRUST_LIST_SIGNATURE, _FORM, _EXPIRED. */
MUST result trust_document_open(struct arena *a, struct slice text, struct slice anchors, instant now,
                                const struct json **record, struct trust_list *out);

/* ---- words on revocation (status.c, fetch.c) ---- */
struct status_words {
    const struct x509_crl **crls;
    const struct x509_ocsp **ocsp;
    size_t ncrls, nocsp;
};
/* What is kept for the certificates of a path under this CA. */
MUST result status_kept(struct city *c, struct arena *a, const struct recognised_ca *ca, const struct x509_path *p,
                        struct status_words *out);
/* Asks the worker for it anew and waits for an answer, STATUS_WAIT_MS at most; a source that was down a moment ago is not asked. */
#define STATUS_WAIT_MS 5000
#define STATUS_PAUSE (10 * MS_SECOND)
MUST result status_want(struct city *c, struct arena *a, const struct recognised_ca *ca, const struct x509_path *p,
                        instant now);
/* Bytes of an address; request not empty: posted as an OCSP request. CODE_CERT_STATUS when it cannot be had within the bounds. */
MUST result status_fetch(struct arena *a, struct slice url, struct slice request, struct slice *answer);

/* ---- judging (judge.c) ---- */
struct holder {
    struct slice kind, number; /* normal */
};
enum { HOLDERS_MAX = 8 };
struct judged {
    const struct x509_cert *cert;
    const struct recognised_ca *ca;
    struct bitext city; /* whose list */
    struct holder holders[HOLDERS_MAX];
    size_t nholders;
};
/* use: X509_USE_SIGN or X509_USE_TLS_CLIENT. */
MUST result certificate_judge(struct city *c, struct arena *a, const struct x509_cert *cert, struct x509_list more,
                              enum x509_use use, instant now, struct judged *out);

/* ---- whose (who.c) ---- */
struct owner {
    struct id account, subject; /* subject: of the account; staff: ID_NONE */
    struct id enterprise;       /* the account acts for it as its agent; else ID_NONE */
    struct id delegation;       /* in force, when enterprise is set */
};
/* At first use. *found false: no account, more than one, or an unproven one. */
MUST result owner_of(struct city *c, struct arena *a, const struct judged *j, instant now, struct owner *out,
                     bool *found);
/* The actor as owner of this certificate. CODE_CERT_HOLDER. */
MUST result owner_is(struct city *c, struct arena *a, const struct actor *x, const struct judged *j, instant now,
                     struct owner *out);
/* The delegation in force from a principal to an agent's account. *found false: none. */
MUST result owner_delegation(struct city *c, struct arena *a, struct id principal, struct id account, instant now,
                             struct id *delegation, bool *found);

/* ---- bound certificates (bound.c) ---- */
struct bound {
    struct id id, account, enterprise;
};
MUST result bound_find(struct city *c, struct arena *a, const struct x509_cert *cert, struct bound *out, bool *found);
/* how: "signin", "account". CODE_CERT_BOUND. */
MUST result bound_add(struct city *c, struct tx *tx, struct arena *a, const struct owner *o, const struct judged *j,
                      const char *how, instant now, struct id *id);
MUST result bound_used(struct tx *tx, struct arena *a, struct id id, instant now);

/* ---- challenges (challenge.c) ---- */
/* *nonce: to be spent. CODE_CERT_CHALLENGE, _STALE. */
MUST result challenge_check(const struct city *c, struct arena *a, const struct actor *x, struct slice text,
                            instant now, struct slice *nonce);
/* CODE_CERT_CHALLENGE_USED. */
MUST result challenge_spend(struct tx *tx, struct arena *a, struct slice nonce, instant now);
/* Challenge, signature, and the certificate judged. */
MUST result proof_check(struct city *c, struct arena *a, const struct actor *x, const struct certificate_proof *p,
                        instant now, struct slice *nonce, struct judged *out);

#endif
