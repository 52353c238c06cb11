/* Security keys as a second factor (W3C Web Authentication Level 2): several to an account, beside or instead of one-time codes. A
 * challenge is given out for one account and one use, is good once and for five minutes, and stands in the database as its hash.
 * GB/T 22239-2019 8.1.4.1 d (two factors, one of them cryptographic). */
#ifndef CITY_IDENTITY_KEYS_H
#define CITY_IDENTITY_KEYS_H

#include "city/identity/identity.h"
#include "trust/webauthn.h"

#define KEYS_MAX 10
#define KEY_CHALLENGE_VALID (5 * MS_MINUTE)
#define KEY_NAME_MAX 40 /* code points */

/* What somebody proves beside the password: a code, or an assertion {id, clientDataJSON, authenticatorData, signature, userHandle?},
 * all base64url; NULL and empty: nothing. */
struct second {
    struct slice totp;
    const struct json *assertion;
};
/* identity_sign_in with either. CODE_AUTH_KEY_REQUIRED: only a key will do (no codes are set up, or a role asks
 * for it); CODE_AUTH_SECOND_REQUIRED: either. With the password right, an assertion that is wrong is refused with its reason
 * (CODE_KEY_…), and counts as a mistake. */
MUST result identity_sign_in_second(struct city *c, struct arena *a, struct slice login, struct slice password,
                                    struct second second, struct slice old, instant now, struct slice *token,
                                    struct slice *hash);
/* Whoever is signed in proves once more that it is they, for an act that they sign: password, and a second factor where the account
 * has one. Mistakes count and lock as those of signing in; audited. Codes as above. */
MUST result identity_again(struct city *c, struct arena *a, const struct actor *x, struct slice password,
                           struct second second, instant now);

/* The domain and origin of the public address; a loopback address counts as "localhost". CODE_KEY_ADDRESS for any other address
 * that is no domain. */
MUST result key_site(const struct city *c, struct arena *a, struct webauthn_site *out);

/* Adding one: the password again (and the second factor, where there is one), then *options as
 * PublicKeyCredentialCreationOptionsJSON. CODE_KEY_LIMIT, CODE_KEY_ADDRESS. */
MUST result key_begin(struct city *c, struct arena *a, const struct actor *x, struct slice password,
                      struct second second, instant now, const struct json **options);
/* response: {clientDataJSON, attestationObject}, base64url. The account is told. CODE_KEY_…, CODE_FIELD_REQUIRED. */
MUST result key_add(struct city *c, struct arena *a, const struct actor *x, struct slice name,
                    const struct json *response, instant now, struct id *id);
/* {items: [{id, name, algorithm, created_at, used_at}], needed, site: domain or null} */
MUST result key_list(struct city *c, struct arena *a, const struct actor *x, const struct json **out);
/* With the password again and a second factor. CODE_NOT_FOUND; CODE_KEY_NEEDED: the last one of who needs one. */
MUST result key_remove(struct city *c, struct arena *a, const struct actor *x, struct id id, struct slice password,
                       struct second second, instant now);

/* PublicKeyCredentialRequestOptionsJSON for whoever gives login and password (mistakes count as at sign-in), or is signed in.
 * CODE_KEY_UNKNOWN when there are none. */
MUST result key_sign_in_begin(struct city *c, struct arena *a, struct slice login, struct slice password, instant now,
                              const struct json **options);
MUST result key_prove_begin(struct city *c, struct arena *a, struct id account, instant now,
                            const struct json **options);

/* ---- for the files of city/identity only ---- */
enum key_purpose { KEY_FOR_ADDING = 1, KEY_FOR_PROOF = 2 };
/* An assertion as far as it can be judged outside a transaction. */
struct key_proof {
    result wrong;           /* what is wrong with it */
    struct slice challenge; /* hash; empty: none could be read */
    struct id key, account;
    uint32_t count;
    enum code late; /* what was found wrong inside the transaction, else CODE_OK */
};
MUST result key_proof_check(struct city *c, struct arena *a, struct id account, const struct json *assertion,
                            struct key_proof *out);
/* Ends the challenge whatever comes of it, moves the counter on; a counter that went back is journalled and told. */
MUST result key_proof_use(struct city *c, struct tx *tx, struct arena *a, struct key_proof *p, enum actor_kind kind,
                          struct id subject, instant now);
MUST result key_challenge_put(struct tx *tx, struct arena *a, struct slice hash, struct id account,
                              enum key_purpose purpose, instant now);
/* *good false: not given out to this account for this, used, or too old. It ends. */
MUST result key_challenge_take(struct tx *tx, struct arena *a, struct slice hash, struct id account,
                               enum key_purpose purpose, instant now, bool *good);
MUST result key_request_options(struct city *c, struct arena *a, struct id account, struct slice challenge,
                                const struct json **out);
MUST result key_count(struct city *c, struct tx *tx, struct arena *a, struct id account, int64_t *n);
/* Whether one of the account's roles needs a key. */
MUST result key_role(struct city *c, struct tx *tx, struct arena *a, struct id account, bool *out);
/* All keys of an account go. */
MUST result keys_end(struct tx *tx, struct arena *a, struct id account);
MUST result keys_sweep(struct tx *tx, struct arena *a, instant now);
/* A message to the account's person, or to the officer. */
MUST result key_tell(struct city *c, struct tx *tx, struct arena *a, enum actor_kind kind, struct id account,
                     struct id subject, struct bitext title, struct bitext body, instant now);

#endif
