/* Shared by the files of city/oidc only. */
#ifndef CITY_OIDC_INTERNAL_H
#define CITY_OIDC_INTERNAL_H

#include "city/identity/identity.h"
#include "city/oidc/oidc.h"
#include "city/rights/rights.h"
#include "city/sql.h"

/* Bits of scopes; openid is always there. */
enum { SCOPE_OPENID = 1, SCOPE_PROFILE = 2, SCOPE_PHONE = 4, SCOPE_EMAIL = 8, SCOPE_IDENTITY = 16 };
/* Names with blanks between; *all false when one is not known. */
uint32_t scopes_scan(struct slice s, bool *all);
struct slice scopes_text(struct arena *a, uint32_t scopes);

struct oidc_client {
    struct id id;
    struct slice client_id; /* the id as text */
    struct bitext name, purpose;
    const struct json *redirects, *logouts;
    uint32_t scopes;
    struct slice sector, basis, secret_hash;
};
/* One that is in force. */
MUST result client_load(struct city *c, struct arena *a, struct slice client_id, struct oidc_client *out, bool *found);
bool listed(const struct json *list, struct slice address);

/* Whom a token is about. */
struct oidc_subject {
    struct id account;
    struct actor actor;
};
/* Pairwise (Core 8.1): a keyed hash of sector and person. */
struct slice pairwise(const struct city *c, struct arena *a, const struct oidc_client *k, const struct actor *x);
/* Claims of the scopes into b; only what is known. */
MUST result claims_of(struct city *c, struct arena *a, const struct actor *x, uint32_t scopes, struct json_builder *b);
struct bitext claim_title(struct slice name);

/* base64url of SHA-256: code challenges; of its left half: at_hash. */
struct slice sha256_64(struct arena *a, struct slice s, size_t bytes);
/* address + "?" or "&" + the pairs, percent-encoded; ends with a NULL name. */
struct slice with_query(struct arena *a, struct slice address, ...);

#endif
