/* Keys in a token of PKCS #11 v2.40 (OASIS): a hardware security module, or SoftHSM for trials. The signing keys (document, Ed25519, log) are made in
 * it and never leave it; what it cannot hold (SM2, the city key) stays in keys.json, whose key is sealed by an AES key of the token. */
#ifndef APP_SIGND_TOKEN_H
#define APP_SIGND_TOKEN_H

#include "trust/signer_keys.h"

struct token_conf {
    struct slice module;   /* the vendor's library, absolute */
    struct slice label;    /* of the token */
    struct slice serial;   /* when two have the label; empty: any */
    struct slice pin_file; /* absolute; the signer's user alone may read it */
};

struct token;
/* Loads the module, finds the token, signs in. The PIN is read when it is needed and not kept. CODE_SIGNER_TOKEN says what is missing: module, token,
 * PIN; CODE_CRYPTO_KEY: others may read the file of the PIN, or change the module. */
MUST result token_open(struct arena *a, const struct token_conf *conf, struct token **out);
/* Keys are made sensitive and not extractable; one that is not, or that signs otherwise than its public half says, is refused (CODE_SIGNER_TOKEN), and so
 * is one that is not there. A token that fails while the signer runs: CODE_UNAVAILABLE, and it is asked for anew at the next use. */
struct signer_store token_store(struct token *t);

/* token_key.c: SubjectPublicKeyInfo from the attributes of a public key in the token. point: CKA_EC_POINT. */
struct slice token_spki_ec(struct arena *a, enum crypto_kind kind, struct slice point);
struct slice token_spki_rsa(struct arena *a, struct slice modulus, struct slice exponent);
/* r | s as DER {r, s}. */
struct slice token_ecdsa_der(struct arena *a, struct slice raw);

#endif
