/* FEEL: grammar, values, bounds. The standard's conformance suite is run by test/conformance/dmn_tck.c. */
#include "engine/decision/feel.h"

#include "base/testing.h"

static const struct feel_env env = {.now = INT64_C(1619744400000)}; /* 2021-04-30T09:00:00+08:00 */

static void check(struct arena *a, const char *text, const char *scope, const char *expected, int line)
{
    const struct feel *f;
    const struct json *out;
    static const struct slice names[] = {{"Monthly Salary", 14}, {"a-b", 3}, {"first name", 10}};
    result r = feel_compile(a, slice_cstr(text), names, 3, S("test"), &f);
    if (failed(r)) fail_msg("line %d: %s", line, arena_cstr(a, result_text(a, r, LANG_EN)));
    r = feel_eval(a, f, &env, scope ? test_json(a, slice_cstr(scope)) : NULL, &out, NULL);
    if (failed(r)) fail_msg("line %d: %s", line, arena_cstr(a, result_text(a, r, LANG_EN)));
    struct slice got = json_write(a, out);
    if (!slice_is(got, expected)) fail_msg("line %d: %s gives %.*s, not %s", line, text, SLICE_ARG(got), expected);
}
#define GIVES(text, expected) check(a, text, NULL, expected, __LINE__)
#define GIVES_IN(scope, text, expected) check(a, text, scope, expected, __LINE__)

static void arithmetic(void **state)
{
    struct arena *a = *state;
    GIVES("1 + 2 * 3", "7");
    GIVES("0.1 + 0.2", "0.3");
    GIVES("-3 ** 2", "9");
    GIVES("10 / 4", "2.5");
    GIVES("1 / 3", "0.3333333333333333333333333333333333");
    GIVES("2 ** 100", "1267650600228229401496703205376");
    GIVES("12345678901234567890123456789012.34 + 0.01", "12345678901234567890123456789012.35");
    GIVES("1 / 0", "null");
    GIVES("\"a\" + \"b\"", "\"ab\"");
    GIVES("1 + \"a\"", "null");
    GIVES("1.50", "1.5");
    GIVES("1e3 // a comment\n + /* another */ 1", "1001");
}

static void logic(void **state)
{
    struct arena *a = *state;
    GIVES("true and null", "null");
    GIVES("false and null", "false");
    GIVES("true or null", "true");
    GIVES("false or 1", "null");
    GIVES("not(true)", "false");
    GIVES("null = null", "true");
    GIVES("1 = \"1\"", "null");
    GIVES("1 < null", "null");
    GIVES("if null then 1 else 2", "2");
    GIVES("3 between 1 and 3", "true");
    GIVES("3 in (1..3)", "false");
    GIVES("3 in [1..3]", "true");
    GIVES("3 in (< 3, >= 3)", "true");
    GIVES("\"b\" in [\"a\", \"b\"]", "true");
    GIVES("5 in ]1..5[ or 5 in [5..6[", "true");
}

static void names(void **state)
{
    struct arena *a = *state;
    GIVES_IN("{\"Monthly Salary\": 1000}", "Monthly   Salary * 12", "12000");
    GIVES_IN("{\"a-b\": 5, \"a\": 1, \"b\": 1}", "a-b + a - b", "5");
    GIVES_IN("{\"p\": {\"first name\": \"王\"}}", "p.first name", "\"王\"");
    GIVES_IN("{\"企业\": {\"类型\": \"个体\"}}", "企业.类型 = \"个体\"", "true");
    GIVES("{full name: \"x\", y: full name}.y", "\"x\"");
    GIVES("for each one in [1, 2] return each one + 1", "[2,3]");
    GIVES("unknown", "null");
    GIVES("unknown.more", "null");
}

static void lists_and_contexts(void **state)
{
    struct arena *a = *state;
    GIVES("[1,2,3][2]", "2");
    GIVES("[1,2,3][-1]", "3");
    GIVES("[1,2,3][item > 1]", "[2,3]");
    GIVES("[{a: 1, b: 2}, {a: 3, b: 4}][a > 1].b", "[4]");
    GIVES("{a: 1, b: a + 1}", "{\"a\":1,\"b\":2}");
    GIVES("for x in 1..3, y in [x, 10] return x * y", "[1,10,4,20,9,30]");
    GIVES("for i in 0..4 return if i = 0 then 1 else i * partial[-1]", "[1,1,2,6,24]");
    GIVES("some x in [1, 2] satisfies x > 1", "true");
    GIVES("every x in [1, 2] satisfies x > 1", "false");
    GIVES("sort([3, 1, 2], function(x, y) x > y)", "[3,2,1]");
    GIVES("{f: function(n) if n < 2 then 1 else n * f(n - 1), r: f(5)}.r", "120"); /* a function sees its own entry */
    GIVES("(function(x: number) x + 1)(2)", "3");
    GIVES("count([1, null])", "2");
    GIVES("substring(string: \"foobar\", start position: 3)", "\"obar\"");
}

static void texts(void **state)
{
    struct arena *a = *state;
    GIVES("string length(\"通办😀\")", "3");
    GIVES("substring(\"通办一件事\", 2, 2)", "\"办一\"");
    GIVES("\"\\u901a\\U01F600\\ud83d\\ude00\\n\"", "\"通😀😀\\n\"");
    GIVES("upper case(\"straße\")", "\"STRASSE\"");
    GIVES("matches(\"foobar\", \"^fo*b\")", "true");
    GIVES("replace(\"abcd\", \"(ab)|(a)\", \"[1=$1][2=$2]\")", "\"[1=ab][2=]cd\"");
    GIVES("split(\"a;b;;c\", \";\")", "[\"a\",\"b\",\"\",\"c\"]");
    GIVES("matches(\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!\", \"^(a+)+$\")", "null"); /* a bound, not an age */
}

static void times(void **state)
{
    struct arena *a = *state;
    GIVES("date(\"2021-04-30\") + duration(\"P1M\")", "\"2021-05-30\"");
    GIVES("@\"2021-01-31\" + @\"P1M\"", "\"2021-02-28\"");
    GIVES("@\"2021-03-01\" - @\"2021-02-01\"", "\"P28D\"");
    GIVES("date(\"2021-02-30\")", "null");
    GIVES("today()", "\"2021-04-30\"");
    GIVES("now()", "\"2021-04-30T09:00:00+08:00\"");
    GIVES("date and time(\"2021-04-30T09:00:00@Asia/Shanghai\") = @\"2021-04-30T01:00:00Z\"", "true");
    GIVES("@\"2021-04-30\".weekday", "5");
    GIVES("duration(\"P1DT26H\")", "\"P2DT2H\"");
    GIVES("years and months duration(@\"2020-02-29\", @\"2021-02-28\")", "\"P11M\"");
    GIVES("duration(\"P1D\") < duration(\"PT25H\")", "true");
    GIVES("[date(\"2021-01-01\")..date(\"2021-12-31\")] instance of range<date>", "true");
    GIVES("week of year(@\"2021-01-03\")", "53");
}

static void unary_tests(void **state)
{
    struct arena *a = *state;
    static const struct {
        const char *tests, *input;
        bool hit;
    } cases[] = {{"-", "1", true},
                 {"< 5", "3", true},
                 {"[1..5)", "5", false},
                 {"1, 2, 3", "2", true},
                 {"not(1, 2)", "3", true},
                 {"not(1, 2)", "2", false},
                 {"\"a\", \"b\"", "\"b\"", true},
                 {"? > 3 and ? < 6", "4", true},
                 {"contains(?, \"o\")", "\"foo\"", true},
                 {"null", "null", true},
                 {"> 1", "null", false},
                 {"true", "true", true},
                 {"-1", "-1", true},
                 {"@\"2021-01-01\"", "\"2021-01-01\"", false}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct feel *f;
        bool hit;
        assert_good(a, feel_compile_tests(a, slice_cstr(cases[i].tests), NULL, 0, S("test"), &f));
        const struct json *scope = test_json(a, arena_printf(a, "{\"?\":%s}", cases[i].input));
        assert_good(a, feel_true(a, f, &env, scope, &hit));
        if (hit != cases[i].hit) fail_msg("%s on %s", cases[i].tests, cases[i].input);
    }
}

static void free_names(void **state)
{
    struct arena *a = *state;
    const struct feel *f;
    const struct slice *names;
    size_t n;
    assert_good(a,
                feel_compile(a, S("x.y + count(list[price > 1]) + (for i in z return i)[1]"), NULL, 0, S("test"), &f));
    feel_names(f, &names, &n);
    assert_int_equal(n, 3);
    assert_slice(names[0], "x");
    assert_slice(names[1], "list");
    assert_slice(names[2], "z");
}

static void malformed(void **state)
{
    struct arena *a = *state;
    static const char *const bad[] = {"",
                                      "1 +",
                                      "(1",
                                      "[1,",
                                      "{a 1}",
                                      "if 1 then 2",
                                      "for x in [1] x",
                                      "\"open",
                                      "1 2",
                                      "f(1, a: 2)",
                                      "\"\\uD800\"",
                                      "x instance of nosuch",
                                      "some x in",
                                      "@",
                                      "#",
                                      "1 in (",
                                      "{a: 1, a: 2}"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        const struct feel *f;
        result r = feel_compile(a, slice_cstr(bad[i]), NULL, 0, S("test"), &f);
        if (!failed(r)) fail_msg("accepted: %s", bad[i]);
        assert_code(r, CODE_FEEL_SYNTAX);
    }
    const struct feel *f;
    result r = feel_compile(a, S("1 +\n  )"), NULL, 0, S("a.dmn:7"), &f);
    assert_slice(problem_text(a, r.problem, LANG_EN), "FEEL error at line 2, column 3 (unexpected sign, found ')')");
    assert_slice(problem_text(a, r.problem, LANG_ZH), "FEEL 第 2 行第 3 列有误（意外的符号，此处是“)”）");
    r = feel_compile(a, S("类型 = “个体”"), NULL, 0, S("test"), &f);
    assert_slice(problem_text(a, r.problem, LANG_ZH), "FEEL 第 1 行第 6 列有误（请用英文引号）");
}

static void bounds(void **state)
{
    struct arena *a = *state;
    static const char *const heavy[] = {
        "for i in 1..1000000000 return i", "for i in 1..1000, j in 1..1000 return i",
        "count(for i in 1..99999 return i)", "(function(f) f(f))(function(f) f(f))",
        "{d: function(s, n, f) if n = 0 then s else f(s + s, n - 1, f), r: string length(d(\"0123456789\", 40, d))}.r"};
    for (size_t i = 0; i < sizeof heavy / sizeof *heavy; i++) {
        const struct feel *f;
        const struct json *out;
        assert_good(a, feel_compile(a, slice_cstr(heavy[i]), NULL, 0, S("test"), &f));
        assert_code(feel_eval(a, f, &env, NULL, &out, NULL), CODE_FEEL_LIMIT);
    }
    /* Deep nesting is refused when it is read. */
    struct buf b = buf_new(a, 100000);
    for (int i = 0; i < 20000; i++) buf_puts(&b, "((1 + ");
    const struct feel *f;
    assert_code(feel_compile(a, buf_slice(&b), NULL, 0, S("test"), &f), CODE_FEEL_SYNTAX);
    b.n = 0;
    for (int i = 0; i < 20000; i++) buf_puts(&b, "1 + ");
    buf_puts(&b, "1");
    assert_code(feel_compile(a, buf_slice(&b), NULL, 0, S("test"), &f), CODE_FEEL_SYNTAX);
}

static void warnings(void **state)
{
    struct arena *a = *state;
    const struct feel *f;
    const struct json *out;
    struct slice why;
    assert_good(a, feel_compile(a, S("1 + \"a\""), NULL, 0, S("test"), &f));
    assert_good(a, feel_eval(a, f, &env, NULL, &out, &why));
    assert_slice(why, "number + string has no meaning");
}

/* Numbers longer than what is kept of them: 34 digits, ties to even, also when what decides is far behind. */
static void long_numbers(void **state)
{
    struct arena *a = *state;
#define Z20 "00000000000000000000"
#define Z100 Z20 Z20 Z20 Z20 Z20
#define D33 "222222222222222222222222222222222"
    GIVES("1" Z100 Z100 " = 1E200", "true");
    GIVES("number(string(1E300)) = 1E300", "true");
    GIVES("number(string(1E-6143)) = 1E-6143", "true");
    GIVES(D33 "45" Z100 " = " D33 "4E101", "true");
    GIVES(D33 "45" Z100 "1 = " D33 "5E102", "true");
    GIVES(D33 "55" Z100 " = " D33 "6E101", "true");
    GIVES("0." Z100 "15 = 1.5E-101", "true");
    GIVES_IN("{\"n\": 1" Z100 Z100 "}", "n / 1E200", "1");
}

static void ranges_without_order(void **state)
{
    struct arena *a = *state;
    GIVES("null in [@\"2021-01-01T00:00:00\"..@\"2024-01-01T00:00:00Z\"]", "null");
    GIVES("null in (1, [\"a\"..2])", "null");
    GIVES("null in null", "true");
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(arithmetic),
                                       TEST(logic),
                                       TEST(names),
                                       TEST(lists_and_contexts),
                                       TEST(texts),
                                       TEST(times),
                                       TEST(unary_tests),
                                       TEST(free_names),
                                       TEST(malformed),
                                       TEST(bounds),
                                       TEST(warnings),
                                       TEST(long_numbers),
                                       TEST(ranges_without_order)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
