/* ID tokens: the signer reads the claims, sees that they are those of an ID token of now, and writes header and signature itself. */
#include "trust/signer_core_parts.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <stdio.h>

#include "base/id.h"
#include "trust/canonical.h"

enum { TOKEN_LIFE = 600, CLOCK_APART = 300, COORDINATE = 32, POINT = 1 + 2 * COORDINATE }; /* seconds; bytes */

/* ---- the key ---- */

static struct slice public_point(struct arena *a, const struct crypto_key *k)
{
    unsigned char *p = arena_alloc(a, POINT);
    size_t n = 0;
    bool good = EVP_PKEY_get_octet_string_param(crypto_key_handle(k), OSSL_PKEY_PARAM_PUB_KEY, p, POINT, &n) == 1;
    return good && n == POINT ? slice_of((const char *)p, n) : (struct slice){NULL, 0};
}

/* A P-256 key pair of this private scalar; NULL when it is none (0, or not below the order). */
static EVP_PKEY *pair_of(const uint8_t seed[CRYPTO_KEY_BYTES])
{
    EVP_PKEY *out = NULL;
    EC_GROUP *g = EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1);
    EC_POINT *point = g ? EC_POINT_new(g) : NULL;
    BIGNUM *d = BN_secure_new();
    unsigned char bytes[POINT];
    OSSL_PARAM_BLD *b = OSSL_PARAM_BLD_new();
    EVP_PKEY_CTX *c = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
    OSSL_PARAM *params = NULL;
    if (point && d && b && c && BN_bin2bn(seed, CRYPTO_KEY_BYTES, d) && !BN_is_zero(d) &&
        BN_cmp(d, EC_GROUP_get0_order(g)) < 0 && EC_POINT_mul(g, point, d, NULL, NULL, NULL) == 1 &&
        EC_POINT_point2oct(g, point, POINT_CONVERSION_UNCOMPRESSED, bytes, POINT, NULL) == POINT &&
        OSSL_PARAM_BLD_push_utf8_string(b, OSSL_PKEY_PARAM_GROUP_NAME, "prime256v1", 0) &&
        OSSL_PARAM_BLD_push_BN(b, OSSL_PKEY_PARAM_PRIV_KEY, d) &&
        OSSL_PARAM_BLD_push_octet_string(b, OSSL_PKEY_PARAM_PUB_KEY, bytes, POINT))
        params = OSSL_PARAM_BLD_to_param(b);
    if (!params || EVP_PKEY_fromdata_init(c) != 1 || EVP_PKEY_fromdata(c, &out, EVP_PKEY_KEYPAIR, params) != 1)
        out = NULL;
    OSSL_PARAM_free(params);
    EVP_PKEY_CTX_free(c);
    OSSL_PARAM_BLD_free(b);
    BN_clear_free(d);
    EC_POINT_free(point);
    EC_GROUP_free(g);
    return out;
}

result signer_keys_id(struct arena *a, struct signer_keys *k)
{
    for (int i = 0; !k->id; i++) { /* a scalar that is none comes once in 2^32 */
        uint8_t master[CRYPTO_HASH_BYTES], seed[CRYPTO_KEY_BYTES];
        char use[40];
        (void)snprintf(use, sizeof use, "tongban id tokens %d", i);
        crypto_sha256(crypto_key_pkcs8(a, k->ed25519), master);
        crypto_derive(master, use, seed);
        EVP_PKEY *p = pair_of(seed);
        crypto_wipe(master, sizeof master);
        crypto_wipe(seed, sizeof seed);
        if (p) TRY(crypto_key_of_handle(a, p, &k->id));
    }
    k->certificates.id_key = public_point(a, k->id);
    return k->certificates.id_key.n ? ok() : fail(a, CODE_CRYPTO_KEY, S("id_key"), "detail", S("id_key"), NULL);
}

/* RFC 7638: over the members that the key type requires, in order. */
struct slice id_key_thumbprint(struct arena *a, struct slice id_key)
{
    uint8_t hash[CRYPTO_HASH_BYTES];
    struct slice x = base64url_encode(a, slice_sub(id_key, 1, COORDINATE)),
                 y = base64url_encode(a, slice_sub(id_key, 1 + COORDINATE, COORDINATE));
    crypto_sha256(
        arena_printf(a, "{\"crv\":\"P-256\",\"kty\":\"EC\",\"x\":\"%.*s\",\"y\":\"%.*s\"}", SLICE_ARG(x), SLICE_ARG(y)),
        hash);
    return base64url_encode(a, slice_of((const char *)hash, sizeof hash));
}

/* ---- the token ---- */

static bool known_claim(struct slice name)
{
    static const char *const CLAIMS[] = {"iss",       "sub",   "aud",     "iat", "exp",
                                         "auth_time", "nonce", "at_hash", "acr", "amr"};
    for (size_t i = 0; i < sizeof CLAIMS / sizeof *CLAIMS; i++)
        if (slice_is(name, CLAIMS[i])) return true;
    return false;
}

static result claims_check(struct arena *a, const struct json *v, struct slice client, instant now)
{
    int64_t iat = json_int(v, "iat", 0), exp = json_int(v, "exp", 0), seconds = now / MS_SECOND;
    struct slice iss = json_string(v, "iss"), sub = json_string(v, "sub");
    for (size_t i = 0; i < v->n; i++)
        if (!known_claim(v->keys[i])) return signer_refuse(a, "a claim that no ID token of ours has");
    if (!slice_starts(iss, S("https://")) && !slice_starts(iss, S("http://"))) return signer_refuse(a, "no issuer");
    if (!sub.n || sub.n > 255) return signer_refuse(a, "no subject identifier");
    if (!slice_eq(json_string(v, "aud"), client))
        return signer_refuse(a, "the audience is not the subject of the message");
    if (iat < seconds - CLOCK_APART || iat > seconds + CLOCK_APART) return signer_refuse(a, "not issued now");
    if (exp <= iat || exp - iat > TOKEN_LIFE) return signer_refuse(a, "lives too long, or not at all");
    return ok();
}

/* RFC 7518 3.4: the two numbers one after the other, not DER. */
static bool flat(struct slice der, unsigned char out[2 * COORDINATE])
{
    const unsigned char *p = (const unsigned char *)der.p;
    ECDSA_SIG *s = d2i_ECDSA_SIG(NULL, &p, (long)der.n);
    bool good = s && BN_bn2binpad(ECDSA_SIG_get0_r(s), out, COORDINATE) == COORDINATE &&
                BN_bn2binpad(ECDSA_SIG_get0_s(s), out + COORDINATE, COORDINATE) == COORDINATE;
    ECDSA_SIG_free(s);
    return good;
}

result signer_id_token(struct signer_core *c, struct arena *a, const struct signer_peer *peer,
                       const struct signer_message *q, struct signer_message *reply)
{
    const struct json *v;
    struct slice claims = q->field[TAG_RECORD], der;
    uint8_t hash[CRYPTO_HASH_BYTES];
    unsigned char numbers[2 * COORDINATE];
    if (!signer_has(q, TAG_RECORD) || claims.n > signer_policy(SIGN_ID_TOKEN)->max_bytes)
        return signer_refuse(a, "no claims, or too many");
    if (failed(canonical_parse(a, claims, S("claims"), &v)) || v->type != JSON_OBJECT)
        return signer_refuse(a, "not a canonical JSON object");
    TRY(claims_check(a, v, q->field[TAG_SUBJECT], time_now(c->time)));
    TRY(signer_take_turn(c, a, SIGN_ID_TOKEN));
    struct slice head = arena_printf(a, "{\"alg\":\"ES256\",\"kid\":\"%.*s\",\"typ\":\"JWT\"}",
                                     SLICE_ARG(id_key_thumbprint(a, c->keys->certificates.id_key)));
    struct slice h64 = base64url_encode(a, head), c64 = base64url_encode(a, claims);
    struct slice text = arena_printf(a, "%.*s.%.*s", SLICE_ARG(h64), SLICE_ARG(c64));
    crypto_sha256(text, hash);
    TRY(signer_record_use(c, a, peer, signer_purpose_name(SIGN_ID_TOKEN), q->field[TAG_SUBJECT], hash, "signed", NULL));
    TRY(crypto_sign(a, c->keys->id, text, &der));
    if (!flat(der, numbers)) return fail(a, CODE_INTERNAL, S("id_token"), "detail", S("signature"), NULL);
    struct slice s64 = base64url_encode(a, slice_of((const char *)numbers, sizeof numbers));
    reply->type = SIGNER_SIGNED;
    signer_set(reply, TAG_JWT, arena_printf(a, "%.*s.%.*s", SLICE_ARG(text), SLICE_ARG(s64)));
    return ok();
}
