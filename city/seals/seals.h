/* The life of electronic seals (电子印章管理): application and approval by the seal authority, making, delivery, use under policy, suspension,
 * revocation, destruction. Bodies are enterprises, persons and departments of the city. The seal and its wrapped key (trust/signer.h) stand under the
 * holder's data key; the public side of a seal (its code, its state) is open, for whoever verifies a document.
 *
 * States: applied → making → active ⇄ suspended → revoked → destroyed; applied → refused. Destroying erases the wrapped key for good. */
#ifndef CITY_SEALS_SEALS_H
#define CITY_SEALS_SEALS_H

#include "city/city.h"

extern const struct migration SEALS_MIGRATIONS[];
extern const size_t SEALS_NMIGRATIONS;

/* The department that approves and watches over seals (公安机关, 国发〔1999〕25号). */
#define SEAL_AUTHORITY S("gaj")
enum {
    SEAL_YEARS = 5,
    SEAL_GRANTS_MAX = 100,
    SEAL_BATCH_FILES = 5000,
    SEAL_BATCH_PART = 500,
    SEAL_PER_MINUTE = 6000 /* told to the signer as the key's policy */
};

/* "official" 法定名称章, "finance" 财务专用章, "invoice" 发票专用章, "contract" 合同专用章, "legal_representative" 法定代表人名章 */
bool seal_kind_known(struct slice kind);
struct bitext seal_kind_words(struct slice kind);
struct bitext seal_state_words(struct slice state);

/* ---- application ---- */
/* By the holder (or its representative) for itself. CODE_SEAL_STATE: it has a living seal of that kind. *out: the seal's view. */
MUST result seal_apply(struct city *c, struct arena *a, const struct actor *x, struct slice kind, instant now,
                       const struct json **out);
/* A seal whose filing an officer granted in a case (公章刻制备案): made and delivered without more. code: of the filing, which makes the order safe to
 * repeat. holder: name of the body; person: of a legal representative, else empty. */
struct seal_order {
    struct slice code, kind, holder, holder_code, person;
    struct id subject, case_id;
};
MUST result seal_ordered(struct city *c, struct arena *a, const struct seal_order *o, instant now);
/* The making of what was approved; by a worker. */
MUST result seals_run(struct city *c, struct arena *a, instant now, size_t n, size_t *done);

/* ---- decisions and measures ---- */
/* act: "approve", "refuse", "resume", "suspend", "revoke", "destroy" by the authority (nobody approves what they applied for); "suspend", "resume" (of
 * an own suspension) and "destroy" by the holder. reason: required but for approve. CODE_SEAL_STATE, CODE_SEAL_OTHER_PERSON. */
MUST result seal_act(struct city *c, struct arena *a, const struct actor *x, struct slice code, struct slice act,
                     struct slice reason, instant now, const struct json **out);

/* ---- policy: who may use it, for which documents, how often, until when ---- */
struct seal_granting {
    struct slice login;           /* of the account */
    const struct json *documents; /* kinds, or ["*"] */
    int64_t uses;
    day until;
};
MUST result seal_grant(struct city *c, struct arena *a, const struct actor *x, struct slice code,
                       const struct seal_granting *g, instant now, const struct json **out);
MUST result seal_grant_end(struct city *c, struct arena *a, const struct actor *x, struct slice code, struct id grant,
                           instant now);

/* ---- use ---- */
struct seal_using {
    struct slice ofd;
    struct slice document; /* kind: "contract", "invoice", "letter", "licence", "other" */
    struct slice title;    /* what the holder calls it, for the record; <= 200 bytes */
    int64_t page;          /* 1 …; 0: the last */
    int64_t x, y;          /* mm of the upper left corner; both < 0: lower right */
    bool riding, closing;
    struct id use; /* of an earlier try, which is gone on with and not counted again; ID_NONE: a new one */
};
/* Counted before it is signed; what cannot be signed is given back. CODE_SEAL_USE says what the policy has against it. */
MUST result seal_use(struct city *c, struct arena *a, const struct actor *x, struct slice code,
                     const struct seal_using *u, instant now, struct slice *sealed);
/* Many at once: a ZIP of OFD files. Done by a worker, each file counted like a use. */
MUST result seal_batch_add(struct city *c, struct arena *a, const struct actor *x, struct slice code, struct slice zip,
                           struct slice document, instant now, const struct json **out);
MUST result seal_batch_view(struct city *c, struct arena *a, const struct actor *x, struct slice code, struct id batch,
                            const struct json **out);
/* The sealed files as ZIPs of at most SEAL_BATCH_PART each, so that memory stays bounded; part from 1. CODE_NOT_FOUND until it is done, and
 * for a part that it has not. */
MUST result seal_batch_file(struct city *c, struct arena *a, const struct actor *x, struct slice code, struct id batch,
                            int64_t part, struct slice *zip);
MUST result seal_batches_run(struct city *c, struct arena *a, instant now, size_t *done);

/* ---- the city's own papers ---- */
/* A department's official seal on an OFD that a case issues; *found false: it has none (applied for and approved like any other; a demonstration city
 * gives it one at its first use). The upper left corner in mm. Closing. */
MUST result department_seal_ofd(struct city *c, struct arena *a, struct slice department, struct slice kind,
                                struct slice number, struct slice ofd, int64_t x, int64_t y, instant now,
                                struct slice *sealed, bool *found);

/* ---- views ---- */
/* {items: [Seal]}: held, and those whose use was granted to the account. */
MUST result seal_list(struct city *c, struct arena *a, const struct actor *x, instant now, const struct json **out);
/* Seal with its grants, uses (newest 50) and history. */
MUST result seal_view(struct city *c, struct arena *a, const struct actor *x, struct slice code, instant now,
                      const struct json **out);
MUST result seal_picture(struct city *c, struct arena *a, const struct actor *x, struct slice code, struct slice *png);
/* For the authority: by state ("" all), newest first. */
MUST result seal_desk(struct city *c, struct arena *a, const struct actor *x, struct slice state, int64_t limit,
                      struct slice cursor, instant now, const struct json **out);
/* For verification: the state of a seal of this city; *found false: not one of ours. */
MUST result seal_public_state(struct city *c, struct arena *a, struct slice code, instant now, struct slice *state,
                              bool *found);
/* PEM of the CRL of revoked and destroyed seals, as of at most five minutes ago; tongban verify takes it by --trust. CODE_UNAVAILABLE,
 * CODE_SEAL_SUPPORT. */
MUST result seal_revocations(struct city *c, struct arena *a, instant now, struct slice *pem);
/* For the person's export. */
MUST result seal_export(struct city *c, struct arena *a, struct id subject, const struct json **out);

#endif
