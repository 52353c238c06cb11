/* argon2id: behaviour, the gate, and agreement with a published encoding; TOTP: RFC 6238, appendix B. */
#include "base/id.h"
#include "base/testing.h"
#include "trust/password.h"

#include <argon2.h>
#include <pthread.h>
#include <stdatomic.h>

static void hash_and_verify(void **state)
{
    struct arena *a = *state;
    struct slice e, e2;
    bool good;
    assert_good(a, password_hash(a, S("优化营商环境2021"), &e));
    assert_good(a, password_hash(a, S("优化营商环境2021"), &e2));
    assert_false(slice_eq(e, e2));
    assert_true(slice_starts(e, S("$argon2id$v=19$m=32768,t=4,p=1$")));
    assert_false(password_outdated(e));
    assert_good(a, password_verify(a, e, S("优化营商环境2021"), &good));
    assert_true(good);
    assert_good(a, password_verify(a, e, S("优化营商环境2022"), &good));
    assert_false(good);
    char *bad = arena_cstr(a, e);
    bad[e.n - 3] = bad[e.n - 3] == 'A' ? 'B' : 'A';
    assert_good(a, password_verify(a, slice_of(bad, e.n), S("优化营商环境2021"), &good));
    assert_false(good);
    assert_good(a, password_verify(a, S(""), S("x"), &good));
    assert_false(good);
    char *large = arena_zalloc(a, 1, PASSWORD_MAX_BYTES + 1);
    assert_code(password_hash(a, slice_of(large, PASSWORD_MAX_BYTES + 1), &e2), CODE_TOO_LARGE);
}

/* Another program's encoding (cheaper parameters) is accepted once and marked as outdated; ruinous ones are not tried. */
static void foreign(void **state)
{
    struct arena *a = *state;
    char text[256];
    bool good;
    assert_int_equal(argon2id_hash_encoded(2, 1024, 1, "password", 8, "somesalt", 8, 32, text, sizeof text), ARGON2_OK);
    assert_true(password_outdated(slice_cstr(text)));
    assert_good(a, password_verify(a, slice_cstr(text), S("password"), &good));
    assert_true(good);
    assert_good(a, password_verify(a, S("$argon2id$v=19$m=4194304,t=3,p=1$c29tZXNhbHQ$AAAA"), S("password"), &good));
    assert_false(good);
    assert_good(a, password_verify(a, S("$argon2i$v=19$m=65536,t=3,p=1$c29tZXNhbHQ$AAAA"), S("password"), &good));
    assert_false(good);
}

static atomic_int done;
static void *one(void *p)
{
    (void)p;
    struct arena *a = arena_new("gate test");
    struct slice e;
    if (!failed(password_hash(a, S("x"), &e))) atomic_fetch_add(&done, 1);
    arena_free(a);
    return NULL;
}

static void gate(void **state)
{
    (void)state;
    pthread_t t[5];
    for (int i = 0; i < 5; i++) assert_int_equal(pthread_create(&t[i], NULL, one, NULL), 0);
    for (int i = 0; i < 5; i++) pthread_join(t[i], NULL);
    assert_int_equal(done, 5); /* all get their turn */
}

static void rfc6238(void **state)
{
    (void)state;
    static const int64_t times[] = {59, 1111111109, 1111111111, 1234567890, 2000000000, 20000000000};
    static const char *const sha1[] = {"94287082", "07081804", "14050471", "89005924", "69279037", "65353130"};
    static const char *const sha256[] = {"46119246", "68084774", "67062674", "91819424", "90698825", "77737706"};
    static const char *const sha512[] = {"90693936", "25091201", "99943326", "93441116", "38618901", "47863826"};
    struct slice long_secret = S("1234567890123456789012345678901234567890123456789012345678901234");
    for (int i = 0; i < 6; i++) {
        char code[9];
        totp_code(slice_sub(long_secret, 0, 20), TOTP_SHA1, times[i] / 30, 8, code);
        assert_string_equal(code, sha1[i]);
        totp_code(slice_sub(long_secret, 0, 32), TOTP_SHA256, times[i] / 30, 8, code);
        assert_string_equal(code, sha256[i]);
        totp_code(long_secret, TOTP_SHA512, times[i] / 30, 8, code);
        assert_string_equal(code, sha512[i]);
    }
}

static void totp_window(void **state)
{
    (void)state;
    struct slice secret = S("12345678901234567890");
    instant now = 59 * MS_SECOND; /* step 1, code 287082 */
    int64_t step = 0;
    assert_true(totp_check(secret, S("287082"), now, 0, &step));
    assert_int_equal(step, 1);
    assert_false(totp_check(secret, S("287082"), now, 1, &step)); /* replay */
    assert_true(totp_check(secret, S("287082"), now + 30 * MS_SECOND, 0, &step));
    assert_false(totp_check(secret, S("287082"), now + 61 * MS_SECOND, 0, &step));
    assert_false(totp_check(secret, S("287083"), now, 0, &step));
    assert_false(totp_check(secret, S("94287082"), now, 0, &step));
    assert_false(totp_check(S(""), S("287082"), now, 0, &step));
}

static void totp_texts(void **state)
{
    struct arena *a = *state;
    assert_slice(totp_secret_text(a, S("foobar")), "MZXW6YTBOI"); /* RFC 4648, section 10 */
    assert_slice(totp_secret_text(a, S("fo")), "MZXQ");
    assert_slice(
        totp_uri(a, S("通办"), S("a b"), S("foobar")),
        "otpauth://totp/%E9%80%9A%E5%8A%9E:a%20b?secret=MZXW6YTBOI&issuer=%E9%80%9A%E5%8A%9E&algorithm=SHA1&digits=6&period=30");
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(hash_and_verify), TEST(foreign),     TEST(gate),
                                       TEST(rfc6238),         TEST(totp_window), TEST(totp_texts)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
