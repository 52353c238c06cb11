/* Certificates of people and enterprises: whose are recognised (CA互认: trust lists of this city and of others), whether one holds, and signing
 * in with it. Electronic Signature Law art. 16-18, 26 (foreign certificates); GB/T 22239-2019 8.1.4.1 d (a second factor of cryptographic kind).
 * docs/certificates.md tells the whole. */
#ifndef CITY_CERTIFICATES_CERTIFICATES_H
#define CITY_CERTIFICATES_CERTIFICATES_H

#include "city/catalogue/citydata.h"
#include "city/city.h"
#include "trust/x509.h"

extern const struct migration CERTIFICATES_MIGRATIONS[];
extern const size_t CERTIFICATES_NMIGRATIONS;

/* ---- trust lists ---- */
enum { TRUST_LIST_MAX_BYTES = 1 << 20 };
#define TRUST_LIST_VALID (180 * MS_DAY) /* what this city publishes; made anew when a third of it is left */

enum ca_status { CA_GRANTED, CA_SUSPENDED, CA_WITHDRAWN };
/* Where a CA's certificates name their holder. */
struct identifier_place {
    bool extension; /* else an attribute of the subject */
    const char *oid;
    struct slice kind, prefix; /* kind: as identity_number_check */
};
struct recognised_ca {
    struct slice id;
    struct bitext name;
    enum ca_status status;
    day since, from, until;
    struct x509_list roots, intermediates;
    const char *const *policies;
    size_t npolicies;
    const struct slice *crl, *ocsp; /* addresses */
    size_t ncrl, nocsp;
    int64_t status_age; /* ms; how old a word on revocation may be when no current one is to be had; 0: current only */
    const struct identifier_place *places;
    size_t nplaces;
};
struct trust_list {
    struct slice id, city;
    struct bitext city_name;
    int64_t version;
    instant issued_at, valid_until;
    const struct recognised_ca *cas;
    size_t n;
};
/* A list's record (data/schemas/trust-list.schema.json), its certificates parsed. CODE_TRUST_LIST_FORM, or what the schema says; CODE_CERT_…
 * of a certificate. */
MUST result trust_list_parse(struct arena *a, const struct json *record, struct trust_list *out);

/* A change of the lists. "ca": content is an entry, added or put in the place of the one with its id. "status": {"source": city, "ca": id,
 * "status"}; about another city's entry this city's own word goes before that city's. "import": {"document", "anchors"}: the signed list of
 * another city, and the roots it verifies against (which the two people compare with that city). "drop": {"source"}: that city's list no
 * longer counts here. Taking away (suspending, dropping) is done at once by one person; all else needs a second one, a security officer.
 * By administrator or security officer; audited. CODE_TRUST_LIST_…, CODE_TWO_PEOPLE, CODE_REQUEST_SETTLED. */
struct trust_change_new {
    struct slice kind, reason;
    const struct json *content;
};
MUST result trust_change_ask(struct city *c, struct arena *a, const struct actor *x, const struct trust_change_new *n,
                             instant now, struct id *id, bool *waiting);
MUST result trust_change_decide(struct city *c, struct arena *a, const struct actor *x, struct id id, bool approve,
                                instant now);
/* {"items": [{id, kind, summary, reason, requested_by, requested_at, state, decided_by, decided_at}], "next"} */
MUST result trust_change_list(struct city *c, struct arena *a, int64_t limit, struct slice cursor,
                              const struct json **out);
/* {"lists": [{source, own, city, version, issued_at, valid_until, expired, anchors, cas: [...]}]}; own first. */
MUST result trust_lists_view(struct city *c, struct arena *a, instant now, const struct json **out);
/* This city's list, signed, as another city imports it and anybody may fetch it: signed when first asked for. CODE_UNAVAILABLE: no signer. */
MUST result trust_list_document(struct city *c, struct arena *a, struct slice *text, int64_t *version);

/* ---- signing in ---- */
#define CHALLENGE_VALID (2 * MS_MINUTE)
enum { CERTIFICATES_SENT_MAX = 16 };
/* A text for the holder to sign, one line; x: for binding to this account, NULL: for signing in. */
struct slice certificate_challenge(const struct city *c, struct arena *a, const struct actor *x, instant now,
                                   instant *until);
struct certificate_proof {
    struct slice challenge;
    struct slice certificate; /* DER; empty with a SignedData, which carries it */
    struct slice signature;   /* raw, or SignedData */
    bool signed_data;
    const struct slice *more; /* intermediate certificates, DER */
    size_t nmore;
    struct slice totp;
};
/* A new session for the account that the certificate is bound to; at first use it is bound to the one account of the person or enterprise it
 * names, when that is proven. Old: as identity_sign_in. CODE_CERT_…; CODE_CERT_ACCOUNT whatever kept it from an account; CODE_AUTH_TOTP_REQUIRED. */
MUST result certificate_sign_in(struct city *c, struct arena *a, const struct certificate_proof *p, struct slice old,
                                instant now, struct slice *token, struct slice *hash);
/* The same with the certificates that the TLS connection proved (the first is the client's). */
MUST result certificate_sign_in_tls(struct city *c, struct arena *a, const struct slice *chain, size_t n,
                                    struct slice totp, struct slice old, instant now, struct slice *token,
                                    struct slice *hash);
/* Binds a certificate of the actor's own person, of their enterprise, or of one they act for. CODE_CERT_HOLDER, CODE_CERT_BOUND. */
MUST result certificate_bind(struct city *c, struct arena *a, const struct actor *x, const struct certificate_proof *p,
                             instant now, const struct json **out);
/* {"items": [{id, subject, issuer, serial, fingerprint, ca, city, enterprise?, not_after, bound_at, how, used_at}]} of the actor's account. */
MUST result certificates_of(struct city *c, struct arena *a, const struct actor *x, const struct json **out);
MUST result certificate_remove(struct city *c, struct arena *a, const struct actor *x, struct id id, instant now);
/* All of an account, in the transaction that erases or retires it; enterprise: also what others bound for it (ID_NONE: nothing). */
MUST result certificates_erase(struct tx *tx, struct arena *a, struct id account, struct id enterprise);

/* ---- the worker ---- */
struct certificates_worker {
    instant looked; /* when the lists were last gone through */
};
/* Fetches what sign-ins wait for, keeps the revocation lists of all recognised CAs current, and makes this city's list anew in time. One
 * address at a time, bounded in size and time, only addresses of the lists. */
MUST result certificates_work(struct city *c, struct arena *a, struct certificates_worker *w, instant now,
                              size_t *done);
MUST result certificates_sweep(struct city *c, struct arena *a, instant now);

#endif
