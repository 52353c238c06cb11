/* The built-in functions (DMN 1.5, 10.3.4), each with what it gives and what it refuses. */
#include "engine/decision/feel.h"

#include "base/testing.h"

static const struct feel_env env = {.now = INT64_C(1619744400000)}; /* 2021-04-30T09:00:00+08:00 */

struct example {
    const char *text, *expected;
};

static void run(struct arena *a, const struct example *list, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const struct feel *f;
        const struct json *out;
        assert_good(a, feel_compile(a, slice_cstr(list[i].text), NULL, 0, S("test"), &f));
        assert_good(a, feel_eval(a, f, &env, NULL, &out, NULL));
        struct slice got = json_write(a, out);
        if (!slice_is(got, list[i].expected))
            fail_msg("%s gives %.*s, not %s", list[i].text, SLICE_ARG(got), list[i].expected);
    }
}
#define RUN(list) run(*state, list, sizeof(list) / sizeof *(list))

static void numbers(void **state)
{
    static const struct example list[] = {
        {"decimal(2.345, 2)", "2.34"},
        {"decimal(-2.5, 0)", "-2"},
        {"decimal(1234, -2)", "1200"},
        {"floor(-1.1)", "-2"},
        {"floor(1.19, 1)", "1.1"},
        {"ceiling(1.01)", "2"},
        {"ceiling(-1.19, 1)", "-1.1"},
        {"round up(1.01, 1)", "1.1"},
        {"round up(-1.01, 1)", "-1.1"},
        {"round down(1.99, 1)", "1.9"},
        {"round half up(2.5, 0)", "3"},
        {"round half up(-2.5, 0)", "-3"},
        {"round half down(2.5, 0)", "2"},
        {"round half down(2.51, 0)", "3"},
        {"round half down(-2.5, 0)", "-2"},
        {"abs(-3)", "3"},
        {"abs(duration(\"-P1D\"))", "\"P1D\""},
        {"abs(\"3\")", "null"},
        {"modulo(7, 3)", "1"},
        {"modulo(-7, 3)", "2"},
        {"modulo(7, -3)", "-2"},
        {"modulo(1, 0)", "null"},
        {"sqrt(2.25)", "1.5"},
        {"sqrt(-1)", "null"},
        {"exp(0)", "1"},
        {"log(1)", "0"},
        {"log(0)", "null"},
        {"odd(3)", "true"},
        {"even(3)", "false"},
        {"even(2.5)", "false"},
        {"number(\"1.000,5\", \".\", \",\")", "1000.5"},
        {"number(\"12\")", "12"},
        {"number(\"x\", null, null)", "null"},
        {"not(null)", "null"},
        {"not(1)", "null"},
        {"abs([-3])", "3"},
        {"floor(n: 1.5)", "1"},
        {"floor(m: 1.5)", "null"},
        {"floor(1, 2, 3)", "null"},
    };
    RUN(list);
}

static void texts(void **state)
{
    static const struct example list[] = {
        {"substring(\"东莞市\", 2)", "\"莞市\""},
        {"substring(\"abc\", -2, 1)", "\"b\""},
        {"substring(\"abc\", 0)", "null"},
        {"string length(\"\")", "0"},
        {"upper case(\"aé\")", "\"AÉ\""},
        {"lower case(\"ÀB\")", "\"àb\""},
        {"substring before(\"a-b\", \"-\")", "\"a\""},
        {"substring after(\"a-b\", \"-\")", "\"b\""},
        {"substring after(\"ab\", \"x\")", "\"\""},
        {"contains(\"营业执照\", \"执\")", "true"},
        {"starts with(\"ab\", \"b\")", "false"},
        {"ends with(\"ab\", \"b\")", "true"},
        {"matches(\"A1\", \"^[a-z]\\d$\", \"i\")", "true"},
        {"matches(\"a\\nb\", \"a.b\")", "false"},
        {"matches(\"a\\nb\", \"a.b\", \"s\")", "true"},
        {"matches(\"a.b\", \"a.b\", \"q\")", "true"},
        {"matches(\"axb\", \"a.b\", \"q\")", "false"},
        {"matches(\"办\", \"^\\p{IsCJKUnifiedIdeographs}$\")", "true"},
        {"matches(\"b\", \"^[a-z-[aeiou]]$\")", "true"},
        {"matches(\"e\", \"^[a-z-[aeiou]]$\")", "false"},
        {"matches(\"a\", \"(?=a)a\")", "null"},
        {"matches(\"a\", \"(\")", "null"},
        {"matches(\"a\", \"a\", \"z\")", "null"},
        {"replace(\"2021-04\", \"(\\d+)-(\\d+)\", \"$2/$1\")", "\"04/2021\""},
        {"replace(\"aaa\", \"a\", \"\\$\")", "\"$$$\""},
        {"replace(\"abc\", \"x*\", \"-\")", "\"-a-b-c-\""},
        {"split(\"a, b\", \",\\s*\")", "[\"a\",\"b\"]"},
        {"string join([\"a\", null, \"b\"], \"、\")", "\"a、b\""},
        {"string join([\"a\", \"b\"])", "\"ab\""},
        {"string join([1])", "null"},
        {"string(1.10)", "\"1.1\""},
        {"string([1, \"a\", {b: true}])", "\"[1, \\\"a\\\", {b: true}]\""},
        {"string(null)", "null"},
        {"string(duration(\"PT90M\"))", "\"PT1H30M\""},
    };
    RUN(list);
}

static void lists(void **state)
{
    static const struct example list[] = {
        {"list contains([1, null], null)", "true"},
        {"count([])", "0"},
        {"count(null)", "null"},
        {"min(3, 1, 2)", "1"},
        {"max([\"b\", \"a\"])", "\"b\""},
        {"max([date(\"2021-01-01\"), date(\"2020-01-01\")])", "\"2021-01-01\""},
        {"min([1, \"a\"])", "null"},
        {"sum([1, 2.5])", "3.5"},
        {"sum([])", "null"},
        {"sum([duration(\"PT1H\"), duration(\"PT2H\")])", "null"}, /* numbers only: 10.3.4.4 */
        {"mean([duration(\"PT1H\"), duration(\"PT2H\")])", "null"},
        {"mean(1, 2, 6)", "3"},
        {"product([2, 3])", "6"},
        {"median(3, 1, 2, 4)", "2.5"},
        {"stddev(2, 4)", "1.414213562373095048801688724209698"},
        {"mode(1, 2, 2, 1, 3)", "[1,2]"},
        {"all([true, null])", "null"},
        {"all([false, null])", "false"},
        {"any([false, true])", "true"},
        {"any([])", "false"},
        {"sublist([1, 2, 3], 2)", "[2,3]"},
        {"sublist([1, 2, 3], -2, 1)", "[2]"},
        {"sublist([1], 2)", "null"},
        {"append([1], 2, [3])", "[1,2,[3]]"},
        {"concatenate([1], [2, 3], 4)", "[1,2,3,4]"},
        {"insert before([1, 3], 2, 2)", "[1,2,3]"},
        {"remove([1, 2], -1)", "[1]"},
        {"reverse([1, 2])", "[2,1]"},
        {"index of([1, 2, 1], 1)", "[1,3]"},
        {"union([1, 2], [2, 3])", "[1,2,3]"},
        {"distinct values([1, 2, 1.0])", "[1,2]"},
        {"flatten([[1, [2]], 3])", "[1,2,3]"},
        {"sort([2, 1])", "[1,2]"},
        {"sort(list: [\"a\", \"ab\"], precedes: function(x, y) string length(x) > string length(y))", "[\"ab\",\"a\"]"},
        {"list replace([1, 2], 1, 9)", "[9,2]"},
        {"list replace([1, 2], function(item, newItem) item = 2, 9)", "[1,9]"},
    };
    RUN(list);
}

static void contexts(void **state)
{
    static const struct example list[] = {
        {"get value({a: 1}, \"a\")", "1"},
        {"get entries({a: 1})", "[{\"key\":\"a\",\"value\":1}]"},
        {"context([{key: \"a\", value: 1}, {key: \"b\", value: null}])", "{\"a\":1,\"b\":null}"},
        {"context([{key: \"a\", value: 1}, {key: \"a\", value: 2}])", "null"},
        {"context put({a: {b: 1}}, [\"a\", \"b\"], 2)", "{\"a\":{\"b\":2}}"},
        {"context put({a: 1}, \"b\", 2)", "{\"a\":1,\"b\":2}"},
        {"context merge([{a: 1}, {a: 2, b: 3}])", "{\"a\":2,\"b\":3}"},
        {"is(@\"09:00:00Z\", @\"09:00:00+00:00\")", "true"},
        {"is(@\"09:00:00\", @\"09:00:00Z\")", "false"},
    };
    RUN(list);
}

static void temporal(void **state)
{
    static const struct example list[] = {
        {"date(2021, 4, 30)", "\"2021-04-30\""},
        {"date(2021, 13, 1)", "null"},
        {"time(\"24:00:00\")", "\"00:00:00\""},
        {"time(9, 5, 0.25, duration(\"PT8H\"))", "\"09:05:00.25+08:00\""},
        {"time(\"09:00:00@Asia/Shanghai\").timezone", "\"Asia/Shanghai\""},
        {"time(\"09:00:00@No/Where\")", "null"},
        {"date and time(\"2021-12-31T24:00:00\")", "\"2022-01-01T00:00:00\""},
        {"date and time(date(2021, 4, 30), time(\"09:00:00Z\"))", "\"2021-04-30T09:00:00Z\""},
        {"date and time(date(2021, 4, 30), \"Asia/Shanghai\")", "null"},
        {"duration(\"P1Y13M\")", "\"P2Y1M\""},
        {"duration(\"P1Y1D\")", "null"},
        {"duration(\"-PT0.5S\")", "\"-PT0.5S\""},
        {"years and months duration(date(\"2011-12-22\"), date(\"2013-08-24\"))", "\"P1Y8M\""},
        {"day of year(date(\"2020-12-31\"))", "366"},
        {"day of week(date(\"2021-04-30\"))", "\"Friday\""},
        {"month of year(date(\"2021-04-30\"))", "\"April\""},
        {"week of year(date(\"2020-12-31\"))", "53"},
        {"date(\"2024-02-29\") + duration(\"P1Y\")", "\"2025-02-28\""},
        {"date(\"2021-04-30\") - duration(\"P1D\")", "\"2021-04-29\""},
        {"@\"2021-04-30T09:00:00+08:00\" - @\"2021-04-30T00:00:00Z\"", "\"PT1H\""},
        {"@\"23:30:00\" + @\"PT1H\"", "\"00:30:00\""},
        {"@\"P1D\" / @\"PT6H\"", "4"},
        {"@\"P1Y\" / 5", "\"P2M\""},
        {"@\"2021-04-30\" < @\"2021-05-01\"", "true"},
        {"@\"2021-04-30T09:00:00\" < @\"2021-04-30T09:00:00Z\"", "null"},
        {"date(\"2021-04-30\").month", "4"},
        {"@\"P1Y2M\".months", "2"},
        {"@\"P1DT2H\".hours", "2"},
    };
    RUN(list);
}

static void ranges(void **state)
{
    static const struct example list[] = {
        {"before(1, [2..3])", "true"},
        {"before([1..2), [2..3])", "true"},
        {"before([1..2], [2..3])", "false"},
        {"after(5, [2..3])", "true"},
        {"meets([1..2], [2..3])", "true"},
        {"met by([2..3], [1..2])", "true"},
        {"overlaps([1..3], [2..4])", "true"},
        {"overlaps before([1..3], [2..4])", "true"},
        {"overlaps after([2..4], [1..3])", "true"},
        {"finishes(3, [1..3])", "true"},
        {"finished by([1..3], [2..3])", "true"},
        {"includes([1..3], 2)", "true"},
        {"during((1..2), [1..3])", "true"},
        {"starts(1, (1..3])", "false"},
        {"started by([1..3], 1)", "true"},
        {"coincides([1..3], [1..3])", "true"},
        {"coincides(1, \"a\")", "null"},
        {"range(\"[1..3)\").end included", "false"},
        {"range(\"[3..1]\")", "null"},
        {"[1..3].start", "1"},
        {"5 in (> 3)", "true"},
    };
    RUN(list);
}

static void types(void **state)
{
    static const struct example list[] = {
        {"[1, 2] instance of list<number>", "true"},
        {"[1, \"a\"] instance of list<number>", "false"},
        {"{a: 1} instance of context<a: number>", "true"},
        {"{a: 1} instance of context<b: number>", "false"},
        {"(function(x: number) x) instance of function<number> -> Any", "true"},
        {"[1..2] instance of range<string>", "false"},
        {"null instance of Any", "false"},
        {"duration(\"P1D\") instance of days and time duration", "true"},
        {"(function(x: string) x)(1)", "null"},
        {"(function(x: list<number>) count(x))(1)", "1"},
        {"(function(x: date and time) x)(date(\"2021-04-30\"))", "\"2021-04-30T00:00:00Z\""},
    };
    RUN(list);
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(numbers),  TEST(texts),  TEST(lists), TEST(contexts),
                                       TEST(temporal), TEST(ranges), TEST(types)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
