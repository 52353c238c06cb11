/* Signed JSON Web Tokens of others (RFC 7515, 7517, 7519), verified with librhonabwy. Keys are those of a set that we fetched ourselves;
 * whatever key or address a token names in its own header is not looked at. */
#ifndef TRUST_JOSE_H
#define TRUST_JOSE_H

#include "base/result.h"

#define JOSE_MAX 16384 /* bytes of a token */

/* Public keys only, with an algorithm of ES256, RS256, PS256 or EdDSA: "none" and HMAC are no signature of somebody else's (RFC 8725 3.1).
 * jwks: JSON text. *claims: JSON text. CODE_TOKEN_FORM, CODE_TOKEN_ALGORITHM, CODE_TOKEN_KEY (the set has no such key: it may have been
 * changed since it was fetched), CODE_TOKEN_SIGNATURE. */
MUST result jose_verify(struct arena *a, struct slice token, struct slice jwks, struct slice *claims);

#endif
