/* Accounts that an outside identity is bound to; used by city/oidc, which has verified the identity. identity: a keyed hash. */
#ifndef CITY_IDENTITY_OUTSIDE_H
#define CITY_IDENTITY_OUTSIDE_H

#include "city/identity/identity.h"

/* A new session for the account that is bound; unbound, for the account of the person with this (verified) resident number, which is bound
 * thereby. *ticket (and no session) when there is neither. CODE_IDP_SECOND: officers, and who has a second factor. */
MUST result outside_enter(struct city *c, struct arena *a, struct slice identity, struct slice number, struct slice old,
                          instant now, struct slice *token, struct slice *hash, struct slice *ticket);
/* After an ordinary sign-in. CODE_IDP_STATE: no such ticket; CODE_IDP_TAKEN; CODE_IDP_SECOND. */
MUST result outside_bind(struct city *c, struct arena *a, const struct actor *x, struct slice ticket, instant now);
MUST result outside_unbind(struct city *c, struct arena *a, const struct actor *x, instant now);
MUST result outside_is_bound(struct city *c, struct arena *a, struct id account, bool *out);
/* For erasure and the hourly worker. */
MUST result outside_erase(struct tx *tx, struct arena *a, struct id account);
MUST result outside_sweep(struct tx *tx, struct arena *a, instant now);

#endif
