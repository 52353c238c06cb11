/* Shared by the files of the seals' room. */
#ifndef CITY_SEALS_INTERNAL_H
#define CITY_SEALS_INTERNAL_H

#include "city/identity/identity.h"
#include "city/rights/rights.h"
#include "city/seals/seals.h"
#include "city/sql.h"
#include "trust/signer.h"

struct seal_row {
    struct id id, subject, case_id, applied_by;
    struct slice code, kind, state, department, documents;
    bool by_authority; /* the suspension is the authority's */
    int64_t uses, tries;
    instant applied_at, made_at, from, to;
    struct slice data_ct, seal_ct, key_ct;
    /* opened */
    struct data_key key;
    struct slice name, holder, holder_code, person;
};
/* By code, opened. tx NULL: outside a transaction; else locked. CODE_NOT_FOUND. */
MUST result seal_load(struct city *c, struct arena *a, struct tx *tx, struct slice code, struct seal_row *out);
MUST result seal_load_id(struct city *c, struct arena *a, struct tx *tx, struct id id, struct seal_row *out);

/* Whose the seal is to the actor. */
bool seal_is_holder(const struct actor *x, const struct seal_row *s);
bool seal_is_authority(const struct actor *x);
/* A holder whose delegation covers everything (a legal representative), or staff of the department who sign for it or lead it. */
MUST result seal_owner(struct city *c, struct arena *a, const struct actor *x, const struct seal_row *s, instant now);

/* One line of its history, and one in the audit journal. note: reason, sealed; may be empty. */
MUST result seal_event(struct city *c, struct tx *tx, struct arena *a, const struct actor *x, const struct seal_row *s,
                       const char *act, struct slice note, instant now);
MUST result seal_tell(struct city *c, struct tx *tx, struct arena *a, const struct seal_row *s, const char *zh,
                      const char *en, instant now);
struct json_builder seal_json(struct city *c, struct arena *a, const struct seal_row *s, instant now);
MUST result seal_insert(struct city *c, struct tx *tx, struct arena *a, struct seal_row *s, instant now);
/* The one that counts: under this right to use it (ID_NONE: the owner's own), reserve, sign, record. */
struct seal_right {
    struct id grant, account;
};
/* kind: of the document; empty: any. CODE_SEAL_USE. */
MUST result seal_right_of(struct city *c, struct arena *a, const struct actor *x, const struct seal_row *s,
                          struct slice kind, instant now, struct seal_right *out);
/* Whether the seal is for documents of this kind. */
MUST result seal_takes(struct arena *a, const struct seal_row *s, struct slice kind);
MUST result seal_use_under(struct city *c, struct arena *a, const struct seal_row *s, const struct seal_right *r,
                           const struct seal_using *u, struct id batch, instant now, struct slice *sealed);
MUST result seal_use_refused(struct arena *a, const char *zh, const char *en);

#endif
