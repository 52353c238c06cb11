/* The city as relying party of an outside identity provider (国家或省统一身份认证平台): OpenID Connect with the code flow, PKCE, and state and
 * nonce bound to the browser. The provider says who somebody is; which account that is stands here, bound once. It takes the place of
 * the password, of people and enterprises; officers and accounts with a second factor sign in here. */
#ifndef CITY_OIDC_RELYING_H
#define CITY_OIDC_RELYING_H

#include "city/catalogue/citydata.h"
#include "city/city.h"

#define OUTSIDE_VALID (10 * MS_MINUTE)   /* from the button to the way back */
#define OUTSIDE_PENDING (15 * MS_MINUTE) /* from the way back to the sign-in that binds */

struct outside_idp {
    struct slice issuer, client_id, secret;
    struct slice
        scope; /* what is asked for: "openid", and whatever makes the provider put the number into the ID token */
    struct bitext name;        /* on the button */
    struct slice ca;           /* PEM file of the roots for its TLS; empty: the system's */
    bool trusted;              /* its identity numbers are verified: an account is found by them */
    struct slice number_claim; /* the claim with the resident identity number */
    struct outside_cache *cache;
};
/* A cache for what is fetched: metadata an hour, keys until a token names another one. */
struct outside_cache *outside_cache_new(struct arena *a);

/* *address: where the browser goes. binding: what the browser keeps, 43 characters; only its hash is stored. CODE_IDP_NONE, CODE_IDP_DOWN. */
MUST result outside_begin(struct city *c, struct arena *a, struct slice binding, instant now, struct slice *address);
struct outside_back { /* as the browser came back */
    struct slice state, code, iss, error, binding;
};
struct outside_done {
    struct slice token, hash; /* of the new session; empty: not bound yet */
    struct slice ticket;      /* then: good for outside_bind (city/identity/outside.h) after an ordinary sign-in */
};
/* CODE_IDP_STATE, CODE_IDP_REFUSED, CODE_IDP_DOWN, CODE_IDP_SECOND, CODE_TOKEN_…; all but a provider that is down in the audit journal. */
MUST result outside_back(struct city *c, struct arena *a, const struct outside_back *b, struct slice old, instant now,
                         struct outside_done *out);
/* {bound: bool, name: text}. */
MUST result outside_binding(struct city *c, struct arena *a, const struct actor *x, const struct json **out);

/* What an ID token must say (Core 3.1.3.7), pure; claims after its signature was verified. CODE_TOKEN_CLAIM with the claim that is wrong. */
MUST result outside_claims_check(struct arena *a, const struct outside_idp *p, const struct json *claims,
                                 struct slice nonce, struct slice access_token, instant now);

/* For the files of city/oidc only: a bounded fetch. form: POST this body; basic: "id:secret" or empty. */
#define FETCH_MAX ((size_t)256 * 1024)
MUST result outside_fetch(struct arena *a, const struct outside_idp *p, struct slice url, struct slice form,
                          struct slice basic, struct slice *body);

#endif
