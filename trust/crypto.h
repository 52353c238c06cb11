/* The cryptographic primitives of the platform, over OpenSSL 3.0. Two suites stand side by side: the Chinese one
 * (SM2 GB/T 32918, SM3 GB/T 32905, SM4 GB/T 32907) and the international one (AES-256-GCM NIST SP 800-38D, SHA-256
 * FIPS 180-4, P-256 FIPS 186-4, Ed25519 RFC 8032). OpenSSL 3.0 has no SM4-GCM, so SM4 is used encrypt-then-MAC: SM4-CTR
 * (GB/T 17964) and HMAC-SM3 (GB/T 15852.2). Everything returned lives in the arena given. Functions that cannot fail on any input end the process
 * when the library itself fails (out of memory, algorithm missing): there is nothing a caller could do about it. */
#ifndef TRUST_CRYPTO_H
#define TRUST_CRYPTO_H

#include "base/id.h"

#define CRYPTO_KEY_BYTES 32
#define CRYPTO_HASH_BYTES 32
/* What an AES-256-GCM box adds to its plaintext: version 1 + key id 4 + nonce 12 + tag 16. */
#define CRYPTO_BOX_OVERHEAD 33
/* Index hash: key version 1 + HMAC-SHA-256. */
#define CRYPTO_INDEX_BYTES 33

/* ---- hashes ---- */
void crypto_sha256(struct slice s, uint8_t out[CRYPTO_HASH_BYTES]);
void crypto_sm3(struct slice s, uint8_t out[CRYPTO_HASH_BYTES]);
/* Of the parts one after another. */
void crypto_sha256_parts(const struct slice *parts, size_t n, uint8_t out[CRYPTO_HASH_BYTES]);
/* Lower-case hex of SHA-256. */
struct slice crypto_sha256_hex(struct arena *a, struct slice s);
void crypto_hmac_sha256(struct slice key, struct slice s, uint8_t out[CRYPTO_HASH_BYTES]);
void crypto_hmac_sm3(struct slice key, struct slice s, uint8_t out[CRYPTO_HASH_BYTES]);
/* HKDF-SHA-256 (RFC 5869) without salt: 32 bytes for one named use of a master key. */
void crypto_derive(const uint8_t key[CRYPTO_KEY_BYTES], const char *use, uint8_t out[CRYPTO_KEY_BYTES]);
/* Overwrites secrets in a way the compiler keeps. */
void crypto_wipe(void *p, size_t n);

/* ---- personal data ----
 * A box names its suite in its first byte, so that boxes of both stand side by side:
 *   0x01 AES-256-GCM           | key id (4 bytes, big-endian) | nonce (12 random bytes) | ciphertext | tag (16)
 *   0x02 SM4-CTR, HMAC-SM3     | key id (4)                   | iv (16 random bytes)    | ciphertext | HMAC-SM3 (32)
 * Authenticated besides the ciphertext: suite, key id, nonce, and aad, which says what and whose the data is. A random
 * nonce is safe for 2^32 boxes under one key (SP 800-38D, 8.3); data keys here are per person or per case. The MAC of
 * SM4 is over the aad with its length and all before it, and is compared before anything is decrypted; its two keys are
 * derived from `key` by HKDF with HMAC-SM3 and depend on nothing else. */
enum crypto_suite { CRYPTO_AES = 1, CRYPTO_SM4 = 2 };
#define CRYPTO_NONCE_BYTES 12  /* of AES-256-GCM */
#define CRYPTO_SM4_IV_BYTES 16 /* of SM4-CTR */
#define CRYPTO_SM4_OVERHEAD 53 /* what a box of SM4 adds: 1 + 4 + 16 + 32 */
/* AES-256-GCM. */
struct slice crypto_seal(struct arena *a, const uint8_t key[CRYPTO_KEY_BYTES], uint32_t key_id, struct slice aad,
                         struct slice plain);
struct slice crypto_seal_as(struct arena *a, enum crypto_suite suite, const uint8_t key[CRYPTO_KEY_BYTES],
                            uint32_t key_id, struct slice aad, struct slice plain);
/* The nonce or iv of a box; empty when it is none. */
struct slice crypto_box_nonce(struct slice box);
/* The same box again, byte for byte: nonce is the one it was made with, and its length tells the suite. Never for a plain text that was
 * not sealed under this nonce before. */
struct slice crypto_seal_again(struct arena *a, const uint8_t key[CRYPTO_KEY_BYTES], uint32_t key_id, struct slice aad,
                               struct slice plain, struct slice nonce);
/* A box of either suite. CODE_CRYPTO_BOX: too short, no suite, changed in any bit, another key or another aad (not told apart). */
MUST result crypto_open(struct arena *a, const uint8_t key[CRYPTO_KEY_BYTES], struct slice aad, struct slice box,
                        struct slice *plain);
/* The key id a box names, to choose the key before opening. False when it is no box. */
bool crypto_box_key_id(struct slice box, uint32_t *key_id);
/* Data keys under the city key (same boxes); keys: CRYPTO_KEY_BYTES, or what the vault makes of several. owner is bound in. */
struct slice crypto_wrap_keys(struct arena *a, enum crypto_suite suite, const uint8_t city_key[CRYPTO_KEY_BYTES],
                              uint32_t version, struct slice owner, struct slice keys);
MUST result crypto_unwrap_keys(struct arena *a, const uint8_t city_key[CRYPTO_KEY_BYTES], struct slice owner,
                               struct slice box, struct slice *keys);
/* Keyed hash for exact search: version | HMAC-SHA-256(key, kind NUL value). 33 bytes. */
struct slice crypto_index(struct arena *a, const uint8_t key[CRYPTO_KEY_BYTES], uint8_t version, const char *kind,
                          struct slice value);

/* ---- SM4 (GB/T 32907), 16-byte key and iv ---- */
enum crypto_sm4_mode { CRYPTO_SM4_ECB, CRYPTO_SM4_CBC, CRYPTO_SM4_CTR };
/* One pass of the bare cipher without padding (ECB and CBC: whole blocks, else CODE_CRYPTO_BOX). For other formats
 * and tests; for our own data use crypto_seal_as. */
MUST result crypto_sm4(struct arena *a, enum crypto_sm4_mode mode, bool encrypt, struct slice key, struct slice iv,
                       struct slice in, struct slice *out);

/* ---- signatures ---- */
enum crypto_kind { CRYPTO_SM2, CRYPTO_P256, CRYPTO_P384, CRYPTO_RSA, CRYPTO_ED25519 };
struct crypto_key; /* a public key, or a key pair */
/* The id that GM/T 0009 practice hashes into every SM2 signature (OpenSSL 3.0 would use none). */
#define CRYPTO_SM2_ID "1234567812345678"

MUST result crypto_key_new(struct arena *a, enum crypto_kind kind, struct crypto_key **out);
/* PKCS #8 DER, unencrypted / SubjectPublicKeyInfo DER. CODE_CRYPTO_KEY: malformed, trailing bytes, or of no kind above (RSA: from
 * 2048 bits on). */
MUST result crypto_key_from_pkcs8(struct arena *a, struct slice der, struct crypto_key **out);
MUST result crypto_key_from_spki(struct arena *a, struct slice der, struct crypto_key **out);
struct slice crypto_key_pkcs8(struct arena *a, const struct crypto_key *k);
struct slice crypto_key_spki(struct arena *a, const struct crypto_key *k);
enum crypto_kind crypto_key_kind(const struct crypto_key *k);
/* The EVP_PKEY inside, still owned by the arena; for X.509 and CMS. */
void *crypto_key_handle(const struct crypto_key *k);
/* Wraps an EVP_PKEY (takes over the reference). */
MUST result crypto_key_of_handle(struct arena *a, void *pkey, struct crypto_key **out);
/* A key pair whose private half is in another place, a token say: crypto_sign asks there. reference is how that place knows the key. */
struct crypto_outside {
    result (*sign)(void *of, struct arena *a, struct slice message, struct slice *signature);
    void *of;
    struct slice reference;
};
MUST result crypto_key_outside(struct arena *a, struct slice spki, const struct crypto_outside *where,
                               struct crypto_key **out);
/* NULL: the private half, if any, is here. */
const struct crypto_outside *crypto_key_where(const struct crypto_key *k);
/* Over the message itself. SM2 with SM3 and CRYPTO_SM2_ID: DER {r, s}; P-256 and P-384 with SHA-256: DER {r, s}; RSA with SHA-256 and PKCS #1 1.5
 * padding; Ed25519: 64 bytes. */
MUST result crypto_sign(struct arena *a, const struct crypto_key *k, struct slice message, struct slice *signature);
bool crypto_verify(const struct crypto_key *k, struct slice message, struct slice signature);

#endif
