/* The city as OpenID provider for its own systems (统一身份认证): OpenID Connect Core 1.0 with the code flow and PKCE (RFC 7636, S256
 * only), practices of RFC 9700. A system is registered by two people, with exact redirect addresses, scopes and a purpose; who a person
 * is is told in pairwise identifiers; every reading of claims is in the person's own record of reads. No refresh tokens: a token lives ten
 * minutes, and a further sign-in asks nobody who is still signed in. PIPL arts. 6 (only what is needed), 13 and 23 (consent to passing on). */
#ifndef CITY_OIDC_OIDC_H
#define CITY_OIDC_OIDC_H

#include "city/catalogue/citydata.h"
#include "city/city.h"

extern const struct migration OIDC_MIGRATIONS[];
extern const size_t OIDC_NMIGRATIONS;

#define OIDC_CODE_VALID (60 * MS_SECOND)
#define OIDC_TOKEN_VALID (10 * MS_MINUTE)

/* ---- the systems ---- */
struct oidc_client_new {
    struct bitext name, purpose;
    const struct json *redirects,
        *logouts;              /* addresses, compared byte by byte; logouts: where they go after signing out, or NULL */
    const struct json *scopes; /* of oidc_scopes_json, beside openid */
    struct slice sector;       /* systems of one sector know a person by the same identifier; empty: its own */
    struct slice basis;        /* the law that lets it have the claims without consent; empty: consent is asked */
};
/* Asked for by an administrator, approved by a security officer: then *secret is handed back, once. CODE_OIDC_CLIENT (field says which),
 * CODE_TWO_PEOPLE, CODE_REQUEST_SETTLED. All audited. */
MUST result oidc_client_request(struct city *c, struct arena *a, const struct actor *x, const struct oidc_client_new *n,
                                instant now, struct id *id);
MUST result oidc_client_decide(struct city *c, struct arena *a, const struct actor *x, struct id id, bool approve,
                               instant now, struct slice *secret);
/* At once, by either: its tokens end too. */
MUST result oidc_client_end(struct city *c, struct arena *a, const struct actor *x, struct id id, instant now);
/* [{id, name, purpose, redirects, logouts, scopes, sector, basis, state, requested_by, requested_at, decided_by, decided_at}] */
MUST result oidc_client_list(struct city *c, struct arena *a, int64_t limit, struct slice cursor,
                             const struct json **out);
/* Its name, for words; empty when unknown. */
struct bitext oidc_client_name(struct city *c, struct arena *a, struct slice client_id);

/* ---- authorization (Core 3.1.2) ---- */
struct oidc_ask { /* the parameters as the browser brought them */
    struct slice client_id, redirect_uri, response_type, response_mode, scope, state, nonce, code_challenge,
        code_challenge_method, prompt, max_age;
};
/* x: who is signed in, or nobody; session: hash. agreed: the person has said yes on the page. *out: {"redirect": address} with the code or an
 * error; {"sign_in": true, "again": bool}: to be signed in (once more) first; {"consent": {client: text, purpose: text, claims: [{name, title:
 * text, value}]}}. An unknown system or address is never sent anywhere: CODE_OIDC_ASK. */
MUST result oidc_authorize(struct city *c, struct arena *a, const struct actor *x, struct slice session,
                           const struct oidc_ask *ask, bool agreed, instant now, const struct json **out);
/* The address that tells the system the person said no. */
MUST result oidc_refuse(struct city *c, struct arena *a, const struct oidc_ask *ask, const struct json **out);
/* {items: [{client, name: text, purpose: text, scopes, at}]}: to whom I have agreed; and ended again. */
MUST result oidc_consents(struct city *c, struct arena *a, const struct actor *x, const struct json **out);
MUST result oidc_consent_end(struct city *c, struct arena *a, const struct actor *x, struct id client, instant now);

/* ---- token and userinfo, for systems: what goes back in the terms of OAuth 2.0 ---- */
struct oidc_answer {
    int status;
    const struct json *body;
};
struct oidc_exchange {
    struct slice grant_type, code, redirect_uri, client_id, client_secret, code_verifier;
};
/* A code is good once: a second use ends what the first one gave (RFC 9700 4.2). */
MUST result oidc_token(struct city *c, struct arena *a, const struct oidc_exchange *e, instant now,
                       struct oidc_answer *out);
/* token: of "Authorization: Bearer". The read is in the person's record before it is answered. */
MUST result oidc_userinfo(struct city *c, struct arena *a, struct slice token, instant now, struct oidc_answer *out);
/* Where a system may be gone back to after signing out: {"redirect": address or null}. */
MUST result oidc_logout(struct city *c, struct arena *a, struct slice client_id, struct slice address,
                        struct slice state, const struct json **out);

/* openid-configuration (Discovery 1.0, 3) and the key set (RFC 7517). CODE_UNAVAILABLE: the signer has no key for it. */
MUST result oidc_discovery(const struct city *c, struct arena *a, const struct json **out);
MUST result oidc_jwks(const struct city *c, struct arena *a, const struct json **out);

/* Worker: what is past its time. */
MUST result oidc_sweep(struct city *c, struct arena *a, instant now);
/* For erasure, inside its transaction. */
MUST result oidc_erase(struct tx *tx, struct arena *a, struct id account);

#endif
