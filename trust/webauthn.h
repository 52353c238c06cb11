/* What a security key answers (W3C Web Authentication Level 2, 7.1 and 7.2): read strictly, and verified with libfido2. Whether the
 * challenge was given out, and whether the counter went on, is for whoever keeps them (city/identity/keys.c). */
#ifndef TRUST_WEBAUTHN_H
#define TRUST_WEBAUTHN_H

#include "base/json.h"

/* COSE algorithms (RFC 9053). */
enum { WEBAUTHN_ES256 = -7, WEBAUTHN_EDDSA = -8, WEBAUTHN_RS256 = -257 };

/* rp_id: a domain. origin: scheme, host and port, as the browser says it. verify: the key must have checked who uses it. */
struct webauthn_site {
    struct slice rp_id, origin;
    bool verify;
};
struct webauthn_key {
    struct slice id;         /* of the credential, 1 to 1023 bytes */
    struct slice public_key; /* ES256: x and y, 64 bytes; EdDSA: 32; RS256: modulus and exponent, 259 */
    int64_t algorithm;
    uint32_t count; /* as the key said it */
};

/* collectedClientData (5.8.1) of a ceremony, "webauthn.create" or "webauthn.get": *challenge as it was given out. CODE_KEY_FORM,
 * CODE_KEY_CEREMONY, CODE_KEY_ORIGIN. */
MUST result webauthn_client(struct arena *a, struct slice client_data, const char *type,
                            const struct webauthn_site *site, struct slice *challenge);
/* An attestation object with attestation "none" or the key's own ("packed" without certificates). CODE_KEY_FORM, CODE_KEY_RP,
 * CODE_KEY_PRESENCE, CODE_KEY_VERIFICATION, CODE_KEY_ALGORITHM, CODE_KEY_ATTESTATION, CODE_KEY_SIGNATURE. */
MUST result webauthn_register(struct arena *a, const struct webauthn_site *site, struct slice client_data,
                              struct slice attestation, struct webauthn_key *out);
/* An assertion by a key that is known; *count: its counter now. Codes as above. */
MUST result webauthn_assert(struct arena *a, const struct webauthn_site *site, const struct webauthn_key *key,
                            struct slice client_data, struct slice authenticator_data, struct slice signature,
                            uint32_t *count);
/* Whether a counter may follow the one kept (7.2, step 21): it grows, or the key has none. */
bool webauthn_count_good(uint32_t kept, uint32_t now);

/* For the files of trust/webauthn*.c only. */
struct webauthn_data { /* authenticator data (6.1) */
    struct slice raw, rp_hash, id;
    uint8_t flags;
    uint32_t count;
};
enum { WEBAUTHN_PRESENT = 1, WEBAUTHN_VERIFIED = 4, WEBAUTHN_ATTESTED = 64, WEBAUTHN_EXTENDED = 128 };
struct webauthn_attestation {
    struct slice format, data;
    bool has_algorithm, has_certificates, empty;
    int64_t algorithm;
    struct slice signature;
};
/* False: not exactly one of those. */
bool webauthn_data_read(struct slice raw, bool attested, struct webauthn_data *out);
bool webauthn_attestation_read(struct slice raw, struct webauthn_attestation *out);

#endif
