/* What a security key answers: taken when all is right, and every part that is wrong refused with its reason. */
#include "trust/webauthn_test_support.h"

#include "base/id.h"
#include "base/testing.h"
#include "trust/webauthn_recorded.h"

#define ORIGIN S("https://services.test")
static const struct webauthn_site SITE = {{"services.test", 13}, {"https://services.test", 21}, false};
static const int64_t ALGORITHMS[] = {WEBAUTHN_ES256, WEBAUTHN_EDDSA, WEBAUTHN_RS256};
#define CHALLENGE S("0123456789abcdef0123456789abcdef")

static struct slice changed(struct arena *a, struct slice s, size_t at, int bit)
{
    struct slice c = arena_copy(a, s);
    ((char *)(uintptr_t)c.p)[at] ^= (char)(1 << bit);
    return c;
}

static result register_with(struct arena *a, const struct test_authenticator *k, const char *format,
                            struct webauthn_key *out)
{
    struct slice client = test_client_data(a, "webauthn.create", CHALLENGE, ORIGIN);
    return webauthn_register(a, &SITE, client, test_attestation(a, k, format, client), out);
}

static void good_ones_of_every_algorithm(void **state)
{
    struct arena *a = *state;
    static const char *const FORMATS[] = {"none", "packed"};
    for (size_t i = 0; i < 6; i++) {
        struct test_authenticator k;
        struct webauthn_key key;
        struct slice challenge;
        uint32_t count;
        test_authenticator_new(a, ALGORITHMS[i % 3], SITE.rp_id, &k);
        assert_good(a, register_with(a, &k, FORMATS[i / 3], &key));
        assert_int_equal(key.algorithm, ALGORITHMS[i % 3]);
        assert_true(slice_eq(key.id, k.id));
        k.count = 77;
        struct slice client = test_client_data(a, "webauthn.get", CHALLENGE, ORIGIN);
        struct slice data = test_authenticator_data(a, &k, false);
        assert_good(a, webauthn_client(a, client, "webauthn.get", &SITE, &challenge));
        assert_true(slice_eq(challenge, CHALLENGE));
        assert_good(
            a, webauthn_assert(a, &SITE, &key, client, data, test_assertion_signature(a, &k, data, client), &count));
        assert_int_equal(count, 77);
    }
}

static void client_data_that_is_wrong(void **state)
{
    struct arena *a = *state;
    static const struct {
        const char *text;
        enum code code;
    } CASES[] = {
        {"", CODE_KEY_FORM},
        {"[]", CODE_KEY_FORM},
        {"{\"type\":\"webauthn.get\",\"type\":\"webauthn.get\",\"challenge\":\"AAAA\",\"origin\":\"https://services.test\"}",
         CODE_KEY_FORM},
        {"{\"challenge\":\"AAAA\",\"origin\":\"https://services.test\"}", CODE_KEY_CEREMONY},
        {"{\"type\":\"webauthn.create\",\"challenge\":\"AAAA\",\"origin\":\"https://services.test\"}",
         CODE_KEY_CEREMONY},
        {"{\"type\":\"webauthn.get\",\"challenge\":\"AAAA\"}", CODE_KEY_ORIGIN},
        {"{\"type\":\"webauthn.get\",\"challenge\":\"AAAA\",\"origin\":\"http://services.test\"}", CODE_KEY_ORIGIN},
        {"{\"type\":\"webauthn.get\",\"challenge\":\"AAAA\",\"origin\":\"https://services.test:8443\"}",
         CODE_KEY_ORIGIN},
        {"{\"type\":\"webauthn.get\",\"challenge\":\"AAAA\",\"origin\":\"https://services.test.evil\"}",
         CODE_KEY_ORIGIN},
        {"{\"type\":\"webauthn.get\",\"challenge\":\"AAAA\",\"origin\":\"https://services.test\",\"crossOrigin\":true}",
         CODE_KEY_ORIGIN},
        {"{\"type\":\"webauthn.get\",\"challenge\":\"A+==\",\"origin\":\"https://services.test\"}", CODE_KEY_FORM},
        {"{\"type\":\"webauthn.get\",\"challenge\":\"AAAA\",\"origin\":\"https://services.test\",\"tokenBinding\":"
         "{\"status\":\"present\",\"id\":\"x\"}}",
         CODE_KEY_FORM},
        {"{\"type\":\"webauthn.get\",\"challenge\":\"AAAA\",\"origin\":\"https://services.test\",\"other\":1}",
         CODE_OK},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct slice challenge;
        result r = webauthn_client(a, slice_cstr(CASES[i].text), "webauthn.get", &SITE, &challenge);
        if (result_code(r) != CASES[i].code) fail_msg("%s: %s", CASES[i].text, code_name(result_code(r)));
    }
}

static void data_that_is_wrong(void **state)
{
    struct arena *a = *state;
    struct test_authenticator k;
    struct webauthn_key key;
    struct webauthn_site strict = SITE;
    strict.verify = true;
    test_authenticator_new(a, WEBAUTHN_ES256, SITE.rp_id, &k);
    struct slice client = test_client_data(a, "webauthn.create", CHALLENGE, ORIGIN);
    assert_code(webauthn_register(a, &strict, client, test_attestation(a, &k, "none", client), &key),
                CODE_KEY_VERIFICATION);
    k.flags |= WEBAUTHN_VERIFIED;
    assert_good(a, webauthn_register(a, &strict, client, test_attestation(a, &k, "none", client), &key));
    k.flags = 0;
    assert_code(register_with(a, &k, "none", &key), CODE_KEY_PRESENCE);
    k.flags = WEBAUTHN_PRESENT;
    k.rp_id = S("services.test.evil");
    assert_code(register_with(a, &k, "packed", &key), CODE_KEY_RP);
    k.rp_id = SITE.rp_id;
    assert_code(register_with(a, &k, "tpm", &key), CODE_KEY_ATTESTATION);
    assert_code(register_with(a, &k, "android-safetynet", &key), CODE_KEY_ATTESTATION);
    /* signed for other client data */
    struct slice other = test_client_data(a, "webauthn.create", S("another"), ORIGIN);
    assert_code(webauthn_register(a, &SITE, client, test_attestation(a, &k, "packed", other), &key),
                CODE_KEY_SIGNATURE);
    /* signed by another key that says it is this one */
    struct test_authenticator thief;
    test_authenticator_new(a, WEBAUTHN_ES256, SITE.rp_id, &thief);
    assert_good(a, register_with(a, &k, "none", &key));
    struct slice get = test_client_data(a, "webauthn.get", CHALLENGE, ORIGIN);
    struct slice data = test_authenticator_data(a, &thief, false);
    uint32_t count;
    assert_code(webauthn_assert(a, &SITE, &key, get, data, test_assertion_signature(a, &thief, data, get), &count),
                CODE_KEY_SIGNATURE);
    /* data with a public key where none belongs, or none where one does */
    data = test_authenticator_data(a, &k, true);
    assert_code(webauthn_assert(a, &SITE, &key, get, data, test_assertion_signature(a, &k, data, get), &count),
                CODE_KEY_FORM);
    key.algorithm = -37;
    data = test_authenticator_data(a, &k, false);
    assert_code(webauthn_assert(a, &SITE, &key, get, data, test_assertion_signature(a, &k, data, get), &count),
                CODE_KEY_SIGNATURE);
}

static struct slice replaced(struct arena *a, struct slice s, struct slice from, struct slice to)
{
    struct buf b = buf_new(a, 65536);
    size_t at = slice_search(s, from);
    assert_true(at != SIZE_MAX);
    buf_put(&b, slice_sub(s, 0, at));
    buf_put(&b, to);
    buf_put(&b, slice_sub(s, at + from.n, s.n));
    return buf_slice(&b);
}

static void attestations_that_are_malformed(void **state)
{
    struct arena *a = *state;
    struct test_authenticator k;
    struct webauthn_key key;
    test_authenticator_new(a, WEBAUTHN_ES256, SITE.rp_id, &k);
    struct slice client = test_client_data(a, "webauthn.create", CHALLENGE, ORIGIN);
    struct slice none = test_attestation(a, &k, "none", client), packed = test_attestation(a, &k, "packed", client);
    const struct {
        const char *name;
        struct slice bytes;
        enum code code;
    } CASES[] = {
        {"empty", S(""), CODE_KEY_FORM},
        {"one byte behind", arena_printf(a, "%.*s%c", 0, "", 'x'), CODE_KEY_FORM},
        {"four members", replaced(a, none, S("\xa3"), S("\xa4")), CODE_KEY_FORM},
        {"no format", replaced(a, none, S("fmt"), S("fmx")), CODE_KEY_FORM},
        {"indefinite length", replaced(a, none, S("\xa3"), S("\xbf")), CODE_KEY_FORM},
        {"length not in its shortest form",
         replaced(a, none,
                  S("\x63"
                    "fmt"),
                  S("\x78\x03"
                    "fmt")),
         CODE_KEY_FORM},
        {"a statement with none", replaced(a, none, S("attStmt\xa0"), S("attStmt\xa1\x61x\x01")), CODE_KEY_FORM},
        {"no signature", replaced(a, packed, S("\x63sig"), S("\x63sog")), CODE_KEY_FORM},
        {"no algorithm",
         replaced(a, packed,
                  S("\x63"
                    "alg"),
                  S("\x63"
                    "olg")),
         CODE_KEY_FORM},
        {"certificates",
         replaced(a, packed,
                  S("\xa2\x63"
                    "alg"),
                  S("\xa3\x63x5c\x80\x63"
                    "alg")),
         CODE_KEY_ATTESTATION},
        {"another algorithm than the key's",
         replaced(a, packed,
                  S("\x63"
                    "alg\x26"),
                  S("\x63"
                    "alg\x27")),
         CODE_KEY_ALGORITHM},
        {"an algorithm that is not taken (ES384)", replaced(a, none, S("\x03\x26\x20\x01"), S("\x03\x38\x22\x20\x02")),
         CODE_KEY_FORM /* the length of the data no longer fits */},
        {"a point off the curve", changed(a, none, none.n - 1, 0), CODE_KEY_ALGORITHM},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        enum code got = result_code(webauthn_register(a, &SITE, client, CASES[i].bytes, &key));
        if (got != CASES[i].code && !(CASES[i].code == CODE_KEY_ALGORITHM && got == CODE_KEY_FORM))
            fail_msg("%s: %s", CASES[i].name, code_name(got));
    }
    for (size_t n = 0; n < packed.n; n++) /* cut anywhere */
        assert_code(webauthn_register(a, &SITE, client, slice_sub(packed, 0, n), &key), CODE_KEY_FORM);
}

/* Whatever bit is turned over: with its own signature a registration covers it, and an assertion always. */
static void every_bit_counts(void **state)
{
    struct arena *a = *state;
    for (size_t i = 0; i < 3; i++) {
        struct test_authenticator k;
        struct webauthn_key key;
        uint32_t count;
        test_authenticator_new(a, ALGORITHMS[i], SITE.rp_id, &k);
        struct slice client = test_client_data(a, "webauthn.create", CHALLENGE, ORIGIN);
        struct slice whole = test_attestation(a, &k, "packed", client);
        for (size_t at = 0; at < whole.n; at++)
            if (!failed(webauthn_register(a, &SITE, client, changed(a, whole, at, (int)(at % 8)), &key)))
                fail_msg("byte %zu of the attestation", at);
        assert_good(a, webauthn_register(a, &SITE, client, whole, &key));
        struct slice get = test_client_data(a, "webauthn.get", CHALLENGE, ORIGIN);
        struct slice data = test_authenticator_data(a, &k, false);
        struct slice signature = test_assertion_signature(a, &k, data, get);
        const struct slice parts[] = {get, data, signature};
        for (size_t p = 0; p < 3; p++)
            for (size_t at = 0; at < parts[p].n; at++) {
                struct slice x[] = {get, data, signature};
                x[p] = changed(a, parts[p], at, (int)(at % 8));
                if (!failed(webauthn_assert(a, &SITE, &key, x[0], x[1], x[2], &count)))
                    fail_msg("byte %zu of part %zu", at, p);
            }
        assert_good(a, webauthn_assert(a, &SITE, &key, get, data, signature, &count));
    }
}

/* Chromium's own answers, as its virtual authenticator gave them for these options. */
static void answers_of_a_browser(void **state)
{
    struct arena *a = *state;
    for (size_t i = 0; i < sizeof RECORDED / sizeof *RECORDED; i++) {
        struct slice create = {NULL, 0}, attestation = create, get = create, data = create, signature = create,
                     id = create, challenge;
        struct webauthn_key key;
        uint32_t count;
        struct webauthn_site site = {S("localhost"), slice_cstr(RECORDED[i].origin), RECORDED[i].verified};
        assert_true(base64url_decode(a, slice_cstr(RECORDED[i].create), &create) &&
                    base64url_decode(a, slice_cstr(RECORDED[i].attestation), &attestation) &&
                    base64url_decode(a, slice_cstr(RECORDED[i].get), &get) &&
                    base64url_decode(a, slice_cstr(RECORDED[i].data), &data) &&
                    base64url_decode(a, slice_cstr(RECORDED[i].signature), &signature) &&
                    base64url_decode(a, slice_cstr(RECORDED[i].id), &id));
        assert_good(a, webauthn_client(a, create, "webauthn.create", &site, &challenge));
        assert_int_equal(challenge.n, 32);
        assert_good(a, webauthn_register(a, &site, create, attestation, &key));
        assert_int_equal(key.algorithm, RECORDED[i].algorithm);
        assert_true(slice_eq(key.id, id));
        assert_good(a, webauthn_client(a, get, "webauthn.get", &site, &challenge));
        assert_good(a, webauthn_assert(a, &site, &key, get, data, signature, &count));
        assert_true(webauthn_count_good(key.count, count));
        site.rp_id = S("localhost.test");
        assert_code(webauthn_assert(a, &site, &key, get, data, signature, &count), CODE_KEY_RP);
    }
}

static void counters(void **state)
{
    (void)state;
    assert_true(webauthn_count_good(0, 0) && webauthn_count_good(0, 1) && webauthn_count_good(7, 8));
    assert_false(webauthn_count_good(7, 7) || webauthn_count_good(7, 6) || webauthn_count_good(7, 0));
    assert_true(webauthn_count_good(UINT32_MAX - 1, UINT32_MAX));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(good_ones_of_every_algorithm),
        TEST(client_data_that_is_wrong),
        TEST(data_that_is_wrong),
        TEST(attestations_that_are_malformed),
        TEST(every_bit_counts),
        TEST(answers_of_a_browser),
        TEST(counters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
