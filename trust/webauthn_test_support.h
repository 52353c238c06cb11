/* A security key in software, for tests: it answers as a browser with a real one would, and can answer wrongly. */
#ifndef TRUST_WEBAUTHN_TEST_SUPPORT_H
#define TRUST_WEBAUTHN_TEST_SUPPORT_H

#include "trust/webauthn.h"

struct test_authenticator {
    int64_t algorithm;
    void *pkey; /* freed with the arena */
    struct slice id;
    uint32_t count;
    uint8_t flags;      /* WEBAUTHN_PRESENT … */
    struct slice rp_id; /* whose hash it gives */
};
void test_authenticator_new(struct arena *a, int64_t algorithm, struct slice rp_id, struct test_authenticator *out);
struct slice test_client_data(struct arena *a, const char *type, struct slice challenge, struct slice origin);
/* Authenticator data with (attested) or without the public key. */
struct slice test_authenticator_data(struct arena *a, const struct test_authenticator *k, bool attested);
/* format "none", or "packed": signed by the key itself. */
struct slice test_attestation(struct arena *a, const struct test_authenticator *k, const char *format,
                              struct slice client_data);
struct slice test_assertion_signature(struct arena *a, const struct test_authenticator *k, struct slice data,
                                      struct slice client_data);
/* The whole assertion as the interface takes it; the counter goes on. */
const struct json *test_assertion(struct arena *a, struct test_authenticator *k, struct slice challenge,
                                  struct slice origin);

#endif
