/* Registration and assertion, step by step as the standard has them; the arithmetic is libfido2's. */
#include "trust/webauthn.h"

#include <fido.h>
#include <fido/eddsa.h>
#include <fido/es256.h>
#include <fido/rs256.h>

#include "base/id.h"
#include "trust/crypto.h"

enum { CLIENT_DATA_MAX = 4096 };

static result malformed(struct arena *a, const char *part)
{
    return fail(a, CODE_KEY_FORM, S("/response"), "detail", slice_cstr(part), NULL);
}

result webauthn_client(struct arena *a, struct slice client_data, const char *type, const struct webauthn_site *site,
                       struct slice *challenge)
{
    const struct json *v;
    if (failed(json_parse(a, client_data, CLIENT_DATA_MAX, S("clientDataJSON"), &v)) || v->type != JSON_OBJECT)
        return malformed(a, "clientDataJSON");
    struct slice is = json_string(v, "type"), origin = json_string(v, "origin");
    if (!slice_is(is, type)) return fail(a, CODE_KEY_CEREMONY, S("/response"), "value", slice_sub(is, 0, 100), NULL);
    if (!slice_eq(origin, site->origin) || json_bool(v, "crossOrigin", false))
        return fail(a, CODE_KEY_ORIGIN, S("/response"), "value", slice_sub(origin, 0, 200), NULL);
    /* we have no token binding: who says that there is one means another connection */
    if (slice_is(json_string(json_get(v, "tokenBinding"), "status"), "present")) return malformed(a, "tokenBinding");
    if (!base64url_decode(a, json_string(v, "challenge"), challenge)) return malformed(a, "challenge");
    return ok();
}

/* 7.1 steps 13 to 15, 7.2 steps 15 to 17. */
static result data_check(struct arena *a, const struct webauthn_site *site, const struct webauthn_data *d)
{
    uint8_t hash[CRYPTO_HASH_BYTES];
    crypto_sha256(site->rp_id, hash);
    if (!slice_eq(d->rp_hash, slice_of((const char *)hash, sizeof hash)))
        return fail(a, CODE_KEY_RP, S("/response"), NULL);
    if (!(d->flags & WEBAUTHN_PRESENT)) return fail(a, CODE_KEY_PRESENCE, S("/response"), NULL);
    if (site->verify && !(d->flags & WEBAUTHN_VERIFIED)) return fail(a, CODE_KEY_VERIFICATION, S("/response"), NULL);
    return ok();
}

static const unsigned char *octets(struct slice s)
{
    return (const unsigned char *)s.p;
}

/* ---- public keys ---- */

union public_key {
    es256_pk_t *es256;
    eddsa_pk_t *eddsa;
    rs256_pk_t *rs256;
};

/* False: no key of that algorithm (a point that is not on the curve, too). */
static bool key_make(int64_t algorithm, struct slice s, union public_key *k)
{
    EVP_PKEY *p = NULL;
    if (algorithm == WEBAUTHN_ES256) {
        k->es256 = es256_pk_new();
        if (k->es256 && es256_pk_from_ptr(k->es256, s.p, s.n) == FIDO_OK) p = es256_pk_to_EVP_PKEY(k->es256);
    } else if (algorithm == WEBAUTHN_EDDSA) {
        k->eddsa = eddsa_pk_new();
        if (k->eddsa && eddsa_pk_from_ptr(k->eddsa, s.p, s.n) == FIDO_OK) p = eddsa_pk_to_EVP_PKEY(k->eddsa);
    } else if (algorithm == WEBAUTHN_RS256) {
        k->rs256 = rs256_pk_new();
        if (k->rs256 && rs256_pk_from_ptr(k->rs256, s.p, s.n) == FIDO_OK) p = rs256_pk_to_EVP_PKEY(k->rs256);
    }
    EVP_PKEY_free(p);
    return p != NULL;
}

static void key_free(int64_t algorithm, union public_key *k)
{
    if (algorithm == WEBAUTHN_ES256) es256_pk_free(&k->es256);
    if (algorithm == WEBAUTHN_EDDSA) eddsa_pk_free(&k->eddsa);
    if (algorithm == WEBAUTHN_RS256) rs256_pk_free(&k->rs256);
}

/* ---- registration ---- */

/* The credential with the first of the algorithms that its data has; NULL: none of them. */
static fido_cred_t *credential_of(struct slice data, int64_t *algorithm)
{
    static const int ALGORITHMS[] = {WEBAUTHN_ES256, WEBAUTHN_EDDSA, WEBAUTHN_RS256};
    for (size_t i = 0; i < sizeof ALGORITHMS / sizeof *ALGORITHMS; i++) {
        fido_cred_t *c = fido_cred_new();
        if (c && fido_cred_set_type(c, ALGORITHMS[i]) == FIDO_OK &&
            fido_cred_set_authdata_raw(c, octets(data), data.n) == FIDO_OK) {
            *algorithm = ALGORITHMS[i];
            return c;
        }
        fido_cred_free(&c);
    }
    return NULL;
}

static result self_attested(struct arena *a, const struct webauthn_site *site, fido_cred_t *c, int64_t algorithm,
                            struct slice client_data, const struct webauthn_attestation *t)
{
    if (t->has_certificates) return fail(a, CODE_KEY_ATTESTATION, S("/response"), "value", S("packed, x5c"), NULL);
    if (!t->has_algorithm || !t->signature.n) return malformed(a, "attStmt");
    if (t->algorithm != algorithm) return fail(a, CODE_KEY_ALGORITHM, S("/response"), NULL);
    if (fido_cred_set_rp(c, arena_cstr(a, site->rp_id), NULL) != FIDO_OK || fido_cred_set_fmt(c, "packed") != FIDO_OK ||
        fido_cred_set_clientdata(c, octets(client_data), client_data.n) != FIDO_OK ||
        fido_cred_set_sig(c, octets(t->signature), t->signature.n) != FIDO_OK || fido_cred_verify_self(c) != FIDO_OK)
        return fail(a, CODE_KEY_SIGNATURE, S("/response"), NULL);
    return ok();
}

static result attested(struct arena *a, const struct webauthn_site *site, fido_cred_t *c, int64_t algorithm,
                       struct slice client_data, const struct webauthn_attestation *t)
{
    if (slice_is(t->format, "packed")) return self_attested(a, site, c, algorithm, client_data, t);
    if (!slice_is(t->format, "none"))
        return fail(a, CODE_KEY_ATTESTATION, S("/response"), "value", slice_sub(t->format, 0, 40), NULL);
    return t->empty ? ok() : malformed(a, "attStmt");
}

static result registered(struct arena *a, const struct webauthn_site *site, fido_cred_t *c, struct slice client_data,
                         const struct webauthn_attestation *t, struct webauthn_key *out)
{
    union public_key k = {NULL};
    const unsigned char *p = fido_cred_pubkey_ptr(c);
    struct slice key = {(const char *)p, p ? fido_cred_pubkey_len(c) : 0};
    bool good = key.n && key_make(out->algorithm, key, &k);
    key_free(out->algorithm, &k);
    if (!good) return malformed(a, "credentialPublicKey");
    TRY(attested(a, site, c, out->algorithm, client_data, t));
    out->public_key = arena_copy(a, key);
    return ok();
}

result webauthn_register(struct arena *a, const struct webauthn_site *site, struct slice client_data,
                         struct slice attestation, struct webauthn_key *out)
{
    struct webauthn_attestation t;
    struct webauthn_data d;
    if (!webauthn_attestation_read(attestation, &t)) return malformed(a, "attestationObject");
    if (!webauthn_data_read(t.data, true, &d)) return malformed(a, "authenticatorData");
    TRY(data_check(a, site, &d));
    *out = (struct webauthn_key){.id = d.id, .count = d.count};
    fido_cred_t *c = credential_of(t.data, &out->algorithm);
    if (!c) return fail(a, CODE_KEY_ALGORITHM, S("/response"), NULL);
    result r = registered(a, site, c, client_data, &t, out);
    fido_cred_free(&c);
    return r;
}

/* ---- assertion ---- */

static bool verified(struct arena *a, const struct webauthn_site *site, const struct webauthn_key *key,
                     struct slice client_data, struct slice data, struct slice signature)
{
    union public_key k = {NULL};
    fido_assert_t *f = fido_assert_new();
    bool good = f && key_make(key->algorithm, key->public_key, &k) && fido_assert_set_count(f, 1) == FIDO_OK &&
                fido_assert_set_rp(f, arena_cstr(a, site->rp_id)) == FIDO_OK &&
                fido_assert_set_clientdata(f, octets(client_data), client_data.n) == FIDO_OK &&
                fido_assert_set_authdata_raw(f, 0, octets(data), data.n) == FIDO_OK &&
                fido_assert_set_sig(f, 0, octets(signature), signature.n) == FIDO_OK &&
                fido_assert_verify(f, 0, (int)key->algorithm, k.es256) == FIDO_OK;
    key_free(key->algorithm, &k);
    fido_assert_free(&f);
    return good;
}

result webauthn_assert(struct arena *a, const struct webauthn_site *site, const struct webauthn_key *key,
                       struct slice client_data, struct slice authenticator_data, struct slice signature,
                       uint32_t *count)
{
    struct webauthn_data d;
    if (!webauthn_data_read(authenticator_data, false, &d)) return malformed(a, "authenticatorData");
    TRY(data_check(a, site, &d));
    if (!signature.n) return malformed(a, "signature");
    if (!verified(a, site, key, client_data, authenticator_data, signature))
        return fail(a, CODE_KEY_SIGNATURE, S("/response"), NULL);
    *count = d.count;
    return ok();
}

bool webauthn_count_good(uint32_t kept, uint32_t now)
{
    return (!kept && !now) || now > kept;
}
