#include "base/testing.h"

#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

static void good_texts_come_back(void **state)
{
    struct arena *a = *state;
    static const char *const rows[][2] = {
        {"null", "null"},
        {" true ", "true"},
        {"[]", "[]"},
        {"{ }", "{}"},
        {"[1, -0, 0.5, 1e5, 1E+5, 2.50e-3]", "[1,-0,0.5,1e5,1E+5,2.50e-3]"},
        {"12345678901234567890.123456789012345678901234", "12345678901234567890.123456789012345678901234"},
        {"{\"b\":1,\"a\":[{}, [\"x\"]]}", "{\"b\":1,\"a\":[{},[\"x\"]]}"},
        {"\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"\\\"\\\\/\\b\\f\\n\\r\\t\""},
        {"\"\\u4e1c\\u839E\"", "\"东莞\""},
        {"\"\\uD83C\\uDFD9\"", "\"\xF0\x9F\x8F\x99\""},
        {"\"a\\u0000b\\u001f\x7f\"", "\"a\\u0000b\\u001f\x7f\""},
        {"{\"\":0}", "{\"\":0}"},
        {"\t\r\n1\n", "1"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_slice(json_write(a, test_json(a, slice_cstr(rows[i][0]))), rows[i][1]);
    const struct json *v = test_json(a, S("\"a\\u0000b\""));
    assert_true(slice_eq(v->text, slice_of("a\0b", 3)));
}

static void bad_texts_are_refused(void **state)
{
    struct arena *a = *state;
    static const char *const bad[] = {
        "",
        " ",
        "nul",
        "nulll",
        "True",
        "[",
        "[1",
        "[1,",
        "[1,]",
        "[,1]",
        "[1 2]",
        "]",
        "{",
        "{\"a\"",
        "{\"a\":",
        "{\"a\":1",
        "{\"a\":1,",
        "{\"a\":1,}",
        "{a:1}",
        "{'a':1}",
        "{1:1}",
        "{\"a\" 1}",
        "{\"a\":1 \"b\":2}",
        "\"",
        "\"\\",
        "\"\\\"",
        "\"\\x\"",
        "\"\\u12\"",
        "\"\\u12g4\"",
        "\"\\uD800\"",
        "\"\\uDC00\"",
        "\"\\uD800\\u0041\"",
        "\"\\uD800x\"",
        "\"\\uDBFF\\uDBFF\"",
        "\"\n\"",
        "\"\\\n\"",
        "\"\t\"",
        "\"\\n\n\"",
        "01",
        "-",
        "-01",
        "+1",
        ".5",
        "1.",
        "1.e5",
        "1e",
        "1e+",
        "0x10",
        "1_000",
        "NaN",
        "Infinity",
        "-Infinity",
        "1 2",
        "{} []",
        "//x\n1",
        "/**/1",
        "\xEF\xBB\xBF"
        "1",
        "\"\xFF\"",
        "\"\xED\xA0\x80\"",
        "\"\xC0\x80\"",
        "\xC2\xA0"
        "1",
        "\v1",
        "{\"a\\u0000\":1}",
        "{\"\\u0000\":1}",
    };
    const struct json *v;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (result_code(json_parse(a, slice_cstr(bad[i]), 1000, S("x"), &v)) != CODE_JSON_SYNTAX)
            fail_msg("%s", bad[i]);
    assert_code(json_parse(a, slice_of("1\0", 2), 10, S("x"), &v), CODE_JSON_SYNTAX);
    assert_code(json_parse(a, S("12345678901"), 10, S("x"), &v), CODE_TOO_LARGE);
    assert_code(json_parse(a, S("{\"a\":1,\"\\u0061\":2}"), 100, S("x"), &v), CODE_JSON_DUPLICATE_KEY);
}

static void errors_say_where(void **state)
{
    struct arena *a = *state;
    const struct json *v;
    result r = json_parse(a, S("{\n  \"东莞\": 1,\n  \"名称\": tru\n}"), 1000, S("city.json"), &v);
    assert_slice(r.problem->field, "city.json");
    assert_slice(problem_text(a, r.problem, LANG_EN), "Malformed JSON at line 3, column 9: not a JSON value");
    assert_slice(problem_text(a, r.problem, LANG_ZH), "JSON 格式错误：第 3 行第 9 列，此处不是 JSON 值");
    r = json_parse(a, S("[\"a\\q\"]"), 1000, S(""), &v);
    assert_slice(problem_text(a, r.problem, LANG_EN), "Malformed JSON at line 1, column 4: unknown escape");
}

static struct slice nested(struct arena *a, size_t depth, char open, char close)
{
    struct buf b = buf_new(a, SIZE_MAX);
    for (size_t i = 0; i < depth; i++) buf_puts(&b, open == '{' ? "{\"k\":" : "[");
    buf_putc(&b, '0');
    for (size_t i = 0; i < depth; i++) buf_putc(&b, close);
    return buf_slice(&b);
}

static void depth_is_bounded(void **state)
{
    struct arena *a = *state;
    const struct json *v;
    assert_good(a, json_parse(a, nested(a, 64, '[', ']'), SIZE_MAX, S(""), &v));
    assert_good(a, json_parse(a, nested(a, 64, '{', '}'), SIZE_MAX, S(""), &v));
    assert_code(json_parse(a, nested(a, 65, '[', ']'), SIZE_MAX, S(""), &v), CODE_JSON_DEPTH);
    assert_code(json_parse(a, nested(a, 1000000, '{', '}'), SIZE_MAX, S(""), &v), CODE_JSON_DEPTH);
}

/* 200 000 members: must not take quadratic time, and the one duplicate must be seen. */
static void wide_objects(void **state)
{
    struct arena *a = *state;
    struct buf b = buf_new(a, SIZE_MAX);
    const struct json *v;
    for (int i = 0; i < 200000; i++) buf_printf(&b, "%c\"k%d\":%d", i ? ',' : '{', i, i);
    struct slice unique = arena_printf(a, "%.*s}", SLICE_ARG(buf_slice(&b)));
    struct slice twice = arena_printf(a, "%.*s,\"k777\":0}", SLICE_ARG(buf_slice(&b)));
    assert_good(a, json_parse(a, unique, SIZE_MAX, S(""), &v));
    assert_int_equal(v->n, 200000);
    assert_int_equal(json_int(v, "k199999", -1), 199999);
    assert_code(json_parse(a, twice, SIZE_MAX, S(""), &v), CODE_JSON_DUPLICATE_KEY);
}

static void looking(void **state)
{
    struct arena *a = *state;
    const struct json *v = test_json(
        a, S("{\"foo\":[\"bar\",\"baz\"],\"\":0,\"a/b\":1,\"c%d\":2,\"m~n\":8,\"~1\":9,\"s\":\"x\",\"t\":true}"));
    static const struct {
        const char *pointer;
        const char *text;
    } rows[] = {
        /* RFC 6901 section 5 */
        {"/foo", "[\"bar\",\"baz\"]"},
        {"/foo/0", "\"bar\""},
        {"/", "0"},
        {"/a~1b", "1"},
        {"/c%d", "2"},
        {"/m~0n", "8"},
        {"/~01", "9"},
        {"/foo/1", "\"baz\""},
    };
    static const char *const none[] = {"foo",  "/foo/2", "/foo/-", "/foo/01", "/foo/-1", "/foo/",
                                       "/s/0", "/x",     "/m~n",   "/m~",     "/m~2n",   "/foo/99999999999999999999"};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_slice(json_write(a, json_pointer(v, slice_cstr(rows[i].pointer))), rows[i].text);
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        if (json_pointer(v, slice_cstr(none[i]))) fail_msg("%s", none[i]);
    assert_ptr_equal(json_pointer(v, S("")), v);
    assert_null(json_pointer(NULL, S("/a")));
    assert_slice(json_string(v, "s"), "x");
    assert_null(json_string(v, "t").p);
    assert_true(json_bool(v, "t", false) && json_bool(v, "s", true) && json_bool(NULL, "t", true));
    assert_int_equal(json_int(v, "a/b", 7), 1);
    assert_int_equal(json_int(v, "s", 7), 7);
    assert_null(json_get(json_get(v, "foo"), "bar"));
}

static void whole_numbers(void **state)
{
    struct arena *a = *state;
    static const struct {
        const char *text;
        bool whole;
        int64_t value;
    } rows[] = {
        {"0", true, 0},
        {"-0", true, 0},
        {"1.0", true, 1},
        {"1e2", true, 100},
        {"1.5e1", true, 15},
        {"100e-2", true, 1},
        {"-2.50E1", true, -25},
        {"0.0e999999999999", true, 0},
        {"1.5", false, 0},
        {"1e-1", false, 0},
        {"1e999999999999", false, 0},
        {"1e-999999999999", false, 0},
        {"9223372036854775807", true, INT64_MAX},
        {"9223372036854775808", false, 0},
        {"-9.223372036854775808e18", true, INT64_MIN},
        {"0.000001e6", true, 1},
        {"10e18", false, 0},
        {"1e18", true, INT64_C(1000000000000000000)},
        {"0e5", true, 0},
        {"12.000", true, 12},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int64_t v = 42;
        if (json_is_int(test_json(a, slice_cstr(rows[i].text)), &v) != rows[i].whole) fail_msg("%s", rows[i].text);
        if (rows[i].whole && v != rows[i].value) fail_msg("value of %s", rows[i].text);
    }
}

static void equality(void **state)
{
    struct arena *a = *state;
    static const struct {
        const char *x, *y;
        bool equal;
    } rows[] = {
        {"{\"a\":1,\"b\":[2]}", "{\"b\":[2.0],\"a\":1e0}", true},
        {"{\"a\":1}", "{\"b\":1}", false},
        {"{\"a\":1}", "{\"a\":1,\"b\":1}", false},
        {"[1,2]", "[2,1]", false},
        {"0.1", "0.1", true},
        {"0.1", "0.10", false},
        {"\"1\"", "1", false},
        {"null", "false", false},
        {"[]", "{}", false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_int_equal(json_equal(test_json(a, slice_cstr(rows[i].x)), test_json(a, slice_cstr(rows[i].y))),
                         rows[i].equal);
    assert_true(json_equal(NULL, NULL));
    assert_false(json_equal(NULL, json_null()));
}

static void building(void **state)
{
    struct arena *a = *state;
    struct json_builder o = json_builder(a), l = json_builder(a);
    char key[] = "k";
    for (int i = 0; i < 20; i++) json_add(&l, json_of_int(a, i - 1));
    json_set(&o, key, json_of_bool(true));
    key[0] = 'x'; /* keys are copied */
    json_set_str(&o, "s", S("东莞\"\x01"));
    json_set_cstr(&o, "c", "z");
    json_set_int(&o, "n", INT64_MIN);
    json_set_bool(&o, "b", false);
    json_set(&o, "l", json_array(&l));
    json_set(&o, "s", NULL); /* replaces; NULL is null */
    json_set_slice(&o, S("d"), json_of_number(a, S("0.10")));
    const struct json *v = json_object(&o);
    assert_slice(json_write(a, v), "{\"k\":true,\"s\":null,\"c\":\"z\",\"n\":-9223372036854775808,\"b\":false,"
                                   "\"l\":[-1,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18],\"d\":0.10}");
    json_set_int(&o, "later", 1); /* the finished value does not change */
    assert_null(json_get(v, "later"));
    const struct json *m = json_merge(a, test_json(a, S("{\"a\":1,\"b\":2}")), test_json(a, S("{\"b\":3,\"c\":4}")));
    assert_slice(json_write(a, m), "{\"a\":1,\"b\":3,\"c\":4}");
    assert_slice(json_write(a, json_merge(a, NULL, NULL)), "{}");
    struct arena *longer = arena_new("longer");
    const struct json *copy = json_copy(longer, v);
    assert_true(json_equal(copy, v));
    arena_reset(a);
    assert_int_equal(json_int(json_get(copy, "l"), "x", 3), 3);
    assert_int_equal(json_get(copy, "l")->n, 20);
    struct buf b = buf_new(longer, SIZE_MAX);
    json_write_string(&b, S("a\xFF"
                            "b\xE4\xB8"));
    assert_slice(buf_slice(&b), "\"a\xEF\xBF\xBD"
                                "b\xEF\xBF\xBD\xEF\xBF\xBD\"");
    arena_free(longer);
}

/* ---- against jansson ----
 * jansson has functions of the same names, so it lives in a process of its own (jansson_oracle.c): it reads
 * pairs of documents (a text, and what we make of it) and answers a letter each. */

static const char *oracle_path;

enum { CASES = 30000 };

/* A text near to JSON: a seed document with a few bytes changed, dropped, doubled or spliced. */
static struct slice mutated(struct arena *a, uint64_t *random)
{
    static const char *const seeds[] = {
        "{\"name\":\"东莞市\",\"n\":[1,2.5,-3e10,true,false,null],\"o\":{\"a\":{},\"b\":[]}}",
        "[\"\\u4e1c\\uD83C\\uDFD9\\\\\\\"\\n\", 0, -0, 1E-7, [[[[]]]], {\"\":\"\"}]",
        "{\"a\":{\"a\":{\"a\":1}},\"b\":\"\\/\\b\\f\\t\",\"c\":1.25e+3}",
        " [ 1 , { \"k\" : \"v\" , \"l\" : [ ] } , \"\xF0\x9F\x8F\x99\" ] ",
    };
    static const char alphabet[] = "{}[]\",:\\0123456789eE+-.utfn \n\xE4\xB8\x80\xFF\x01/ab";
    struct slice seed = slice_cstr(seeds[test_random(random) % 4]);
    char *p = arena_alloc(a, seed.n + 32);
    size_t n = seed.n;
    memcpy(p, seed.p, n);
    for (uint64_t changes = test_random(random) % 4; changes && n; changes--) {
        size_t at = (size_t)(test_random(random) % n);
        char c = alphabet[test_random(random) % (sizeof alphabet - 1)];
        switch (test_random(random) % 4) {
        case 0: p[at] = c; break;
        case 1:
            memmove(p + at, p + at + 1, n - at - 1);
            n--;
            break;
        case 2:
            memmove(p + at + 1, p + at, n - at);
            p[at] = c;
            n++;
            break;
        default: n = at + 1; break;
        }
    }
    return slice_of(p, n);
}

static void put_case(FILE *f, struct slice text, struct slice ours, bool accepted)
{
    uint32_t head[3] = {(uint32_t)text.n, (uint32_t)ours.n, accepted};
    assert_int_equal(fwrite(head, sizeof head, 1, f), 1);
    assert_int_equal(fwrite(text.p, 1, text.n, f), text.n);
    if (ours.n) assert_int_equal(fwrite(ours.p, 1, ours.n, f), ours.n);
}

static void agrees_with_jansson(void **state)
{
    struct arena *a = *state;
    uint64_t random = 20210430;
    size_t accepted = 0;
    FILE *f = tmpfile();
    assert_non_null(f);
    for (int i = 0; i < CASES; i++) {
        const struct json *v = NULL;
        struct slice text = mutated(a, &random), ours = {NULL, 0};
        bool good = !failed(json_parse(a, text, SIZE_MAX, S(""), &v));
        if (good) ours = json_write(a, v);
        accepted += good;
        put_case(f, text, ours, good);
        if (i % 1000 == 0) {
            fflush(f);
            arena_reset(a);
        }
    }
    fflush(f);
    rewind(f);
    pid_t child = fork();
    if (child == 0) {
        dup2(fileno(f), STDIN_FILENO);
        execl(oracle_path, oracle_path, (char *)NULL);
        _exit(127);
    }
    int status = 0;
    assert_true(waitpid(child, &status, 0) == child);
    fclose(f);
    print_message("%d texts, %zu of them JSON\n", CASES, accepted);
    assert_true(accepted > CASES / 10 && accepted < CASES * 9 / 10);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        TEST(good_texts_come_back),
        TEST(bad_texts_are_refused),
        TEST(errors_say_where),
        TEST(depth_is_bounded),
        TEST(wide_objects),
        TEST(looking),
        TEST(whole_numbers),
        TEST(equality),
        TEST(building),
        TEST(agrees_with_jansson),
    };
    oracle_path = argc > 1 ? argv[1] : "./jansson_oracle";
    return cmocka_run_group_tests_name("json", tests, NULL, NULL);
}
