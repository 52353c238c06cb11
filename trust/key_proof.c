/* What lets the signer forget an old version of the city key. It sees no database and could only believe whoever types the
 * command; the city, which can count, vouches for it with the current version, that only a city in service has. */
#include "trust/signer.h"

#define PROOF_USE "city_key.unused"
#define PROOF_AHEAD (5 * MS_MINUTE) /* clocks of two machines */

static struct slice mac(struct arena *a, const uint8_t key[CRYPTO_KEY_BYTES], struct slice text)
{
    uint8_t derived[CRYPTO_KEY_BYTES], out[CRYPTO_HASH_BYTES];
    crypto_derive(key, PROOF_USE, derived);
    crypto_hmac_sha256(slice_of((const char *)derived, sizeof derived), text, out);
    crypto_wipe(derived, sizeof derived);
    return hex_encode(a, slice_of((const char *)out, sizeof out));
}

static struct slice said(struct arena *a, int64_t version, int64_t current, instant at)
{
    return arena_printf(a, "unused.%lld.%lld.%lld", (long long)version, (long long)current, (long long)at);
}

struct slice city_key_proof(struct arena *a, const uint8_t key[CRYPTO_KEY_BYTES], int64_t version, int64_t current,
                            instant now)
{
    struct slice text = said(a, version, current, now);
    return arena_printf(a, "%.*s.%.*s", SLICE_ARG(text), SLICE_ARG(mac(a, key, text)));
}

result city_key_proof_check(struct arena *a, const struct city_key *k, struct slice proof, int64_t version, instant now)
{
    struct slice part[5] = {{NULL, 0}}, rest = slice_trim(proof);
    int64_t at = 0;
    bool more = true;
    for (size_t i = 0; i < 5 && more; i++) more = slice_cut(rest, '.', &part[i], &rest);
    bool good = slice_int64(part[3], &at) && at <= now + PROOF_AHEAD && now - at < CITY_KEY_PROOF_VALID;
    struct slice text = said(a, version, (int64_t)k->version, at);
    if (good && slice_eq_secret(part[4], mac(a, k->key, text)) &&
        slice_eq(slice_trim(proof), arena_printf(a, "%.*s.%.*s", SLICE_ARG(text), SLICE_ARG(part[4]))))
        return ok();
    return fail(a, CODE_SIGNER_POLICY, S("--proof"), "detail",
                S("no valid proof that nothing uses this version: tongban admin keys gives one when its uses are 0"),
                NULL);
}
