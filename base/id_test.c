#include "base/testing.h"

#include "base/id.h"

#include <pthread.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static int by_bytes(const void *x, const void *y)
{
    return memcmp(x, y, sizeof(struct id));
}

static void layout(void **state)
{
    struct arena *a = *state;
    instant now = INT64_C(4102444800000); /* later than anything else here: the clock never steps back */
    struct id v = id_new(now), back;
    struct slice text = id_text(a, v);
    assert_int_equal(text.n, 36);
    assert_int_equal(text.p[14], '7');                                                             /* version */
    assert_true(text.p[19] == '8' || text.p[19] == '9' || text.p[19] == 'a' || text.p[19] == 'b'); /* variant */
    assert_slice(slice_sub(text, 0, 13), "03bb2cc3-d800");
    assert_true(id_scan(text, &back) && id_eq(v, back));
    assert_true(id_from_bytes(id_bytes(&v), &back) && id_eq(v, back));
    assert_false(id_from_bytes(S("short"), &back));
    assert_true(id_is_none(ID_NONE) && !id_is_none(v));
    assert_true(id_scan(S("03BB2CC3-D800-7000-8000-00000000ABCD"), &back));
    assert_slice(id_text(a, back), "03bb2cc3-d800-7000-8000-00000000abcd");
    static const char *const bad[] = {"", "03bb2cc3d800-7000-8000-00000000abcd0", "03bb2cc3-d800-7000-8000-00000000abc",
                                      "03bb2cc3-d800-7000-8000-00000000abcg", "{3bb2cc3-d800-7000-8000-00000000abcd"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) assert_false(id_scan(slice_cstr(bad[i]), &back));
    assert_code(id_parse(a, S("x"), S("/id"), &back), CODE_ID_INVALID);
}

static void increasing_even_when_the_clock_steps_back(void **state)
{
    (void)state;
    struct id last = ID_NONE;
    instant now = INT64_C(4102444800000);
    for (int i = 0; i < 300000; i++) {
        struct id v = id_new(now);
        assert_true(by_bytes(&last, &v) < 0);
        last = v;
        if (i % 1000 == 0) now += i % 3000 == 0 ? 2 : -1;
    }
    struct id early = id_new(-5);
    assert_true(by_bytes(&last, &early) < 0);
}

enum { THREADS = 8, EACH = 20000 };
static struct id made[THREADS][EACH];

static void *make(void *arg)
{
    struct id *to = arg;
    for (size_t i = 0; i < EACH; i++) to[i] = id_new(INT64_C(4102444900000));
    return NULL;
}

static void unique_and_ordered_under_threads(void **state)
{
    (void)state;
    pthread_t threads[THREADS];
    for (size_t i = 0; i < THREADS; i++) assert_int_equal(pthread_create(&threads[i], NULL, make, made[i]), 0);
    for (size_t i = 0; i < THREADS; i++) pthread_join(threads[i], NULL);
    for (size_t t = 0; t < THREADS; t++)
        for (size_t i = 1; i < EACH; i++) assert_true(by_bytes(&made[t][i - 1], &made[t][i]) < 0);
    struct id *all = (struct id *)made;
    qsort(all, (size_t)THREADS * EACH, sizeof *all, by_bytes);
    for (size_t i = 1; i < (size_t)THREADS * EACH; i++) assert_false(id_eq(all[i - 1], all[i]));
}

/* A child process must not repeat what its parent will make. */
static void forks_differ(void **state)
{
    (void)state;
    int pipes[2];
    assert_int_equal(pipe(pipes), 0);
    (void)id_new(0);
    pid_t child = fork();
    if (child == 0) {
        struct id v = id_new(0);
        _exit(write(pipes[1], v.b, 16) == 16 ? 0 : 1);
    }
    struct id mine = id_new(0), theirs;
    assert_int_equal(read(pipes[0], theirs.b, 16), 16);
    waitpid(child, NULL, 0);
    assert_true(memcmp(mine.b + 10, theirs.b + 10, 6) != 0);
    close(pipes[0]);
    close(pipes[1]);
}

static void encodings(void **state)
{
    struct arena *a = *state;
    struct slice out;
    /* RFC 4648 section 10 */
    static const char *const rows[][4] = {
        {"", "", "", ""},
        {"f", "Zg==", "Zg", "66"},
        {"fo", "Zm8=", "Zm8", "666f"},
        {"foo", "Zm9v", "Zm9v", "666f6f"},
        {"foob", "Zm9vYg==", "Zm9vYg", "666f6f62"},
        {"fooba", "Zm9vYmE=", "Zm9vYmE", "666f6f6261"},
        {"foobar", "Zm9vYmFy", "Zm9vYmFy", "666f6f626172"},
        {"\xfb\xff\xbf", "+/+/", "-_-_", "fbffbf"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct slice plain = slice_cstr(rows[i][0]);
        assert_slice(base64_encode(a, plain), rows[i][1]);
        assert_slice(base64url_encode(a, plain), rows[i][2]);
        assert_slice(hex_encode(a, plain), rows[i][3]);
        assert_true(base64_decode(a, slice_cstr(rows[i][1]), &out) && slice_eq(out, plain));
        assert_true(base64url_decode(a, slice_cstr(rows[i][2]), &out) && slice_eq(out, plain));
        assert_true(hex_decode(a, slice_cstr(rows[i][3]), &out) && slice_eq(out, plain));
    }
    static const char *const bad64[] = {
        "Z", "Zg", "Zg=", "Zg===", "=", "====", "Zh==", "Zm9=", "Zm 8=", "Zm8=\n", "Z===", "Zg==Zg==", "-_-_"};
    for (size_t i = 0; i < sizeof bad64 / sizeof *bad64; i++)
        if (base64_decode(a, slice_cstr(bad64[i]), &out)) fail_msg("accepted %s", bad64[i]);
    assert_false(base64url_decode(a, S("Zg=="), &out) || base64url_decode(a, S("+/+/"), &out) ||
                 base64url_decode(a, S("Zh"), &out));
    assert_false(hex_decode(a, S("abc"), &out) || hex_decode(a, S("0g"), &out));
    assert_true(hex_decode(a, S("AbCd"), &out));
    struct slice x = random_token(a, 32), y = random_token(a, 32);
    assert_true(x.n == 43 && y.n == 43 && !slice_eq(x, y));
    for (size_t n = 0; n < 100; n++) {
        char raw[100];
        random_bytes(raw, n);
        struct slice s = slice_of(raw, n);
        assert_true(base64_decode(a, base64_encode(a, s), &out) && slice_eq(out, s));
        assert_true(base64url_decode(a, base64url_encode(a, s), &out) && slice_eq(out, s));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(layout),
        TEST(increasing_even_when_the_clock_steps_back),
        TEST(unique_and_ordered_under_threads),
        TEST(forks_differ),
        TEST(encodings),
    };
    return cmocka_run_group_tests_name("id", tests, NULL, NULL);
}
