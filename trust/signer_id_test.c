/* ID tokens: signed as they are, refused when they are anything else. The judge is another library. */
#include "trust/signer.h"

#include <rhonabwy.h>

#include "base/id.h"
#include "base/testing.h"
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
    struct slice key =
        arena_printf(a, "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"%.*s\",\"y\":\"%.*s\"}", SLICE_ARG(x), SLICE_ARG(y));
    jwk_t *k = r_jwk_quick_import(R_IMPORT_JSON_STR, arena_cstr(a, key));
    jwt_t *t = r_jwt_quick_parse(arena_cstr(a, jwt), R_PARSE_NONE, R_FLAG_IGNORE_REMOTE);
    assert_true(k && t);
    assert_int_equal(r_jwt_verify_signature(t, k, R_FLAG_IGNORE_REMOTE), RHN_OK);
    assert_int_equal(r_jwt_get_sign_alg(t), R_JWA_ALG_ES256);
    assert_string_equal(r_jwt_get_claim_str_value(t, "nonce"), "n");
    /* the key id is the thumbprint of the key, as that library works it out */
    char *thumb = r_jwk_thumbprint(k, R_JWK_THUMB_SHA256, R_FLAG_IGNORE_REMOTE);
    assert_string_equal(r_jwt_get_header_str_value(t, "kid"), thumb);
    assert_true(slice_is(id_key_thumbprint(a, c.id_key), thumb));
    r_free(thumb);
    r_jwt_free(t);
    r_jwk_free(k);
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
    struct signer_names names = {S("某市政务服务数据管理局"), S("某市")};
    assert_good(a, signer_keys_make_test(a, &names, now, &k));
    assert_false(slice_eq(crypto_key_pkcs8(a, k.id), crypto_key_pkcs8(a, k.document)));
    assert_good(a, signer_keys_seal(a, &k, S("passphrase"), &file));
    assert_good(a, signer_keys_open(a, file, S("passphrase"), &again));
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
