/* ID tokens: signed as they are, refused when they are anything else. The judge is another library. */
#include "trust/signer.h"

#include "base/id.h"
#include "base/testing.h"
#include "trust/jose.h"
#include "trust/signer_keys.h"

static instant now = (instant)1620000000 * MS_SECOND;

static struct slice claims(struct arena *a, const char *more, int64_t iat, int64_t exp, const char *aud)
{
    return arena_printf(
        a,
        "{\"aud\":\"%s\",\"auth_time\":%lld,\"exp\":%lld,\"iat\":%lld,\"iss\":\"https://city.test\"%s,\"sub\":\"x\"}",
        aud, (long long)iat, (long long)exp, (long long)iat, more);
}

static void a_token_is_verified_by_another_library(void **state)
{
    struct arena *a = *state;
    struct signer *s;
    struct signer_certificates c;
    struct slice jwt, text = claims(a, ",\"nonce\":\"n\"", 1620000000, 1620000600, "client");
    assert_good(a, signer_open_test(a, test_clock(&now), NULL, &s));
    assert_good(a, signer_certificates(s, a, &c));
    assert_int_equal(c.id_key.n, 65);
    assert_good(a, signer_sign_id_token(s, a, S("client"), text, &jwt));
    struct slice x = base64url_encode(a, slice_sub(c.id_key, 1, 32)),
                 y = base64url_encode(a, slice_sub(c.id_key, 33, 32));
    struct slice kid = id_key_thumbprint(a, c.id_key), seen;
    struct slice keys = arena_printf(
        a, "{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"%.*s\",\"y\":\"%.*s\",\"kid\":\"%.*s\"}]}",
        SLICE_ARG(x), SLICE_ARG(y), SLICE_ARG(kid));
    assert_good(a, jose_verify(a, jwt, keys, &seen));
    assert_true(slice_eq(seen, text));
    /* no byte of it may change, but for the last one's two bits that mean nothing */
    for (size_t at = 0; at + 1 < jwt.n; at++) {
        struct slice other = arena_copy(a, jwt);
        ((char *)(uintptr_t)other.p)[at] = jwt.p[at] == 'A' ? 'B' : 'A';
        if (!failed(jose_verify(a, other, keys, &seen))) fail_msg("byte %zu", at);
    }
}

static void what_is_no_id_token_of_now(void **state)
{
    struct arena *a = *state;
    struct signer *s;
    struct slice jwt;
    assert_good(a, signer_open_test(a, test_clock(&now), NULL, &s));
    const struct slice BAD[] = {
        claims(a, ",\"role\":\"administrator\"", 1620000000, 1620000600, "client"),
        claims(a, "", 1620000000, 1620000601, "client"), /* lives too long */
        claims(a, "", 1620000000, 1620000000, "client"),
        claims(a, "", 1620000301, 1620000900, "client"), /* of another time */
        claims(a, "", 1619999699, 1620000000, "client"),
        claims(a, "", 1620000000, 1620000600, "other"),
        S("{\"aud\":\"client\",\"exp\":1620000600,\"iat\":1620000000,\"sub\":\"x\"}"),
        S("{\"sub\":\"x\",\"aud\":\"client\"}"), /* not canonical */
        S("01234567890123456789012345678901"),   /* no bare digests */
        S(""),
    };
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++) {
        result r = signer_sign_id_token(s, a, S("client"), BAD[i], &jwt);
        if (result_code(r) != CODE_SIGNER_POLICY) fail_msg("%zu: %s", i, code_name(result_code(r)));
    }
    /* claims are no record, and a record no claims */
    struct record_signatures sig;
    assert_code(signer_sign_record(s, a, S("client"), claims(a, "", 1620000000, 1620000600, "client"), &sig),
                CODE_SIGNER_POLICY);
}

static void a_key_of_its_own_that_stays(void **state)
{
    struct arena *a = *state;
    struct signer_keys k, again;
    struct slice file;
    struct slice passphrase = S("passphrase");
    const struct signer_store store = signer_store_passphrase(&passphrase);
    struct signer_names names = {S("某市政务服务数据管理局"), S("某市")};
    assert_good(a, signer_keys_make_test(a, &names, now, &k));
    assert_false(slice_eq(crypto_key_pkcs8(a, k.id), crypto_key_pkcs8(a, k.document)));
    assert_good(a, signer_keys_seal(a, &k, &store, &file));
    assert_good(a, signer_keys_open(a, file, &store, &again));
    assert_true(slice_eq(k.certificates.id_key, again.certificates.id_key));
    /* a key file of before gives the same key at each start */
    again = k;
    k.id = again.id = NULL;
    assert_good(a, signer_keys_id(a, &k));
    assert_good(a, signer_keys_id(a, &again));
    assert_true(slice_eq(k.certificates.id_key, again.certificates.id_key));
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(a_token_is_verified_by_another_library), TEST(what_is_no_id_token_of_now),
                                       TEST(a_key_of_its_own_that_stays)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
