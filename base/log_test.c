#include "base/testing.h"

#include "base/log.h"

#include <pthread.h>
#include <unistd.h>

static int pipes[2];
static instant now = 0;

/* What has been written to the log since the last call. */
static struct slice logged(struct arena *a)
{
    char *p = arena_alloc(a, 65536);
    ssize_t n = read(pipes[0], p, 65536);
    return slice_of(p, n > 0 ? (size_t)n : 0);
}

static void lines(void **state)
{
    struct arena *a = *state;
    struct id id;
    assert_true(id_scan(S("03bb2cc3-d800-7000-8000-00000000abcd"), &id));
    log_setup(LEVEL_INFO, LOG_FORMAT_JSON, pipes[1], test_clock(&now));
    log_event(LEVEL_WARN, "case.late", "case", log_id(id), "days", log_int(-3), "office", log_text(S("长安\"镇\"\n")),
              NULL);
    assert_slice(logged(a),
                 "{\"time\":\"1970-01-01T08:00:00+08:00\",\"level\":\"warn\",\"event\":\"case.late\","
                 "\"case\":\"03bb2cc3-d800-7000-8000-00000000abcd\",\"days\":-3,\"office\":\"长安\\\"镇\\\"\\n\"}\n");
    log_setup(LEVEL_INFO, LOG_FORMAT_TEXT, pipes[1], test_clock(&now));
    log_event(LEVEL_INFO, "start", "port", log_int(8080), "city", log_cstr("东莞"), "empty", log_cstr(""), "text",
              log_cstr("a b"), NULL);
    assert_slice(logged(a), "1970-01-01T08:00:00+08:00 info  start port=8080 city=东莞 empty=\"\" text=\"a b\"\n");
    log_event(LEVEL_DEBUG, "quiet", NULL);
    log_event(LEVEL_ERROR, "loud", NULL);
    assert_slice(logged(a), "1970-01-01T08:00:00+08:00 error loud\n"); /* the quiet one is not there */
    log_problems(LEVEL_ERROR, "refused",
                 result_join(a, fail(a, CODE_DATE_INVALID, S("/d"), "value", S("private"), NULL),
                             fail(a, CODE_FIELD_REQUIRED, S("/e"), NULL)));
    assert_slice(logged(a), "1970-01-01T08:00:00+08:00 error refused code=date.invalid at=/d\n"
                            "1970-01-01T08:00:00+08:00 error refused code=field.required at=/e\n");
    enum log_level l;
    assert_true(log_level_of(S("warn"), &l) && l == LEVEL_WARN);
    assert_false(log_level_of(S("loud"), &l));
}

static void personal_numbers_are_masked(void **state)
{
    struct arena *a = *state;
    static const char *const rows[][2] = {
        {"11010519491231002X", "[personal]"},
        {"id=440524188001010014;", "id=[personal];"},
        {"call13812345678now", "call[personal]now"},
        {"91441900000000019N", "91441900000000019N"}, /* a company */
        {"1619744400000", "1619744400000"},           /* milliseconds */
        {"440524188001010015", "440524188001010015"}, /* wrong check character: some other number */
        {"12345678901", "12345678901"},
    };
    log_setup(LEVEL_INFO, LOG_FORMAT_TEXT, pipes[1], test_clock(&now));
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        log_event(LEVEL_INFO, "e", "v", log_cstr(rows[i][0]), NULL);
        struct slice line = logged(a);
        assert_slice(slice_sub(line, slice_search(line, S("v=")) + 2, line.n - slice_search(line, S("v=")) - 3),
                     rows[i][1]);
    }
}

static void long_values_are_cut(void **state)
{
    struct arena *a = *state;
    struct slice wide = arena_printf(a, "%3000s", "x");
    log_setup(LEVEL_INFO, LOG_FORMAT_JSON, pipes[1], test_clock(&now));
    log_event(LEVEL_INFO, "e", "v", log_text(wide), NULL);
    struct slice line = logged(a);
    assert_true(line.n < 1200);
    assert_int_equal(json_string(test_json(a, line), "v").n, 1003); /* 1000 and the three bytes of … */
    char noise[1200]; /* each byte becomes six characters: the fields that do not fit are left out */
    memset(noise, 1, sizeof noise);
    struct log_value v = log_text(slice_of(noise, sizeof noise));
    log_event(LEVEL_INFO, "e", "a", v, "b", v, "c", log_int(1), NULL);
    line = logged(a);
    assert_true(line.n <= 8192);
    const struct json *o = test_json(a, line);
    assert_non_null(json_get(o, "a"));
    assert_null(json_get(o, "b"));
    assert_int_equal(json_int(o, "c", 0), 1);
}

static void *chatter(void *arg)
{
    for (int i = 0; i < 50; i++)
        log_event(LEVEL_INFO, "thread", "n", log_int(*(int *)arg), "text", log_cstr("abcdefghijklmnop"), NULL);
    return NULL;
}

static void threads_do_not_mix_lines(void **state)
{
    struct arena *a = *state;
    pthread_t threads[4];
    int numbers[4] = {0, 1, 2, 3};
    log_setup(LEVEL_INFO, LOG_FORMAT_JSON, pipes[1], test_clock(&now));
    for (size_t i = 0; i < 4; i++) pthread_create(&threads[i], NULL, chatter, &numbers[i]);
    for (size_t i = 0; i < 4; i++) pthread_join(threads[i], NULL);
    struct slice line, rest = logged(a);
    size_t count = 0;
    while (slice_cut(rest, '\n', &line, &rest)) {
        assert_slice(json_string(test_json(a, line), "text"), "abcdefghijklmnop");
        count++;
    }
    assert_int_equal(count, 200);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(lines),
        TEST(personal_numbers_are_masked),
        TEST(long_values_are_cut),
        TEST(threads_do_not_mix_lines),
    };
    if (pipe(pipes) != 0) return 1;
    return cmocka_run_group_tests_name("log", tests, NULL, NULL);
}
