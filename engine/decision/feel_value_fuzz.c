/* The evaluator: the bytes choose well-formed expressions piece by piece, and the scope they are evaluated over, so that most
 * inputs compile. Evaluated twice they give the same; within their limits of steps and memory; and JSON that can be read again. */
#include "engine/decision/feel.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct source {
    const uint8_t *p;
    size_t n;
    int depth;
};

static size_t choose(struct source *s, size_t n)
{
    if (s->n == 0) return 0;
    s->n--;
    return *s->p++ % n;
}

/* '#' is an expression. */
static const char *const leaves[] = {"1",
                                     "0",
                                     "-2.5",
                                     "1E30",
                                     "1E-6000",
                                     "0.1",
                                     "9999999999999999999999999999999999",
                                     "\"\"",
                                     "\"a\"",
                                     "\"通办😀\"",
                                     "\"a,b c\"",
                                     "\"(a+)+$\"",
                                     "true",
                                     "false",
                                     "null",
                                     "x",
                                     "s",
                                     "l",
                                     "c",
                                     "c.k",
                                     "Full Name",
                                     "item",
                                     "partial",
                                     "?",
                                     "@\"2024-02-29\"",
                                     "@\"10:30:00\"",
                                     "@\"10:30:00+08:00\"",
                                     "@\"2024-02-29T10:30:00@Asia/Shanghai\"",
                                     "@\"2021-01-01T00:00:00Z\"",
                                     "@\"P1DT2H\"",
                                     "@\"-P1Y2M\"",
                                     "@\"999999999-12-31\"",
                                     "[]",
                                     "{}",
                                     "[1..3]",
                                     "(\"a\"..\"f\"]",
                                     "(< 3)",
                                     "[1,2,2,null]",
                                     "[\"b\",\"a\"]",
                                     "[{k: 1}, {k: 2}]",
                                     "now()",
                                     "today()",
                                     "abs",
                                     "\"i\"",
                                     "\"yyyy\"",
                                     "2",
                                     "3",
                                     "10",
                                     "100"};
static const char *const forms[] = {"(# + #)",
                                    "(# - #)",
                                    "(# * #)",
                                    "(# / #)",
                                    "(# ** #)",
                                    "-#",
                                    "(# = #)",
                                    "(# != #)",
                                    "(# < #)",
                                    "(# >= #)",
                                    "(# and #)",
                                    "(# or #)",
                                    "(# between # and #)",
                                    "(# in #)",
                                    "(# in (#, < #))",
                                    "(# in [#..#))",
                                    "(if # then # else #)",
                                    "(for i in # return [i, #])",
                                    "(for i in 0..3 return #)",
                                    "(some i in # satisfies #)",
                                    "(every i in # satisfies i = #)",
                                    "#[#]",
                                    "#[item > #]",
                                    "[#, #]",
                                    "[#, #, #]",
                                    "{a: #, b: #, c: a}",
                                    "{a: #}.a",
                                    "#.k",
                                    "#.year",
                                    "#.hours",
                                    "#.start",
                                    "(function(i) #)(#)",
                                    "(function(i, j) [i, j, #])(#, #)",
                                    "(# instance of number)",
                                    "(# instance of list<string>)",
                                    "string(#)",
                                    "number(#, #, #)",
                                    "date(#)",
                                    "date(#, #, #)",
                                    "time(#)",
                                    "time(#, #, #, #)",
                                    "date and time(#, #)",
                                    "date and time(#)",
                                    "duration(#)",
                                    "years and months duration(#, #)",
                                    "not(#)",
                                    "substring(#, #)",
                                    "substring(#, #, #)",
                                    "string length(#)",
                                    "upper case(#)",
                                    "lower case(#)",
                                    "substring before(#, #)",
                                    "substring after(#, #)",
                                    "replace(#, #, #)",
                                    "replace(#, #, #, #)",
                                    "contains(#, #)",
                                    "starts with(#, #)",
                                    "ends with(#, #)",
                                    "matches(#, #)",
                                    "matches(#, #, #)",
                                    "split(#, #)",
                                    "string join(#, #)",
                                    "list contains(#, #)",
                                    "count(#)",
                                    "min(#)",
                                    "max(#, #)",
                                    "sum(#)",
                                    "mean(#)",
                                    "all(#)",
                                    "any(#)",
                                    "sublist(#, #, #)",
                                    "append(#, #)",
                                    "concatenate(#, #)",
                                    "insert before(#, #, #)",
                                    "remove(#, #)",
                                    "list replace(#, #, #)",
                                    "reverse(#)",
                                    "index of(#, #)",
                                    "union(#, #)",
                                    "distinct values(#)",
                                    "flatten(#)",
                                    "product(#)",
                                    "median(#)",
                                    "stddev(#)",
                                    "mode(#)",
                                    "decimal(#, #)",
                                    "floor(#, #)",
                                    "ceiling(#)",
                                    "round up(#, #)",
                                    "round half down(#, #)",
                                    "abs(#)",
                                    "modulo(#, #)",
                                    "sqrt(#)",
                                    "log(#)",
                                    "exp(#)",
                                    "odd(#)",
                                    "even(#)",
                                    "is(#, #)",
                                    "before(#, #)",
                                    "after(#, #)",
                                    "meets(#, #)",
                                    "overlaps(#, #)",
                                    "overlaps before(#, #)",
                                    "finishes(#, #)",
                                    "includes(#, #)",
                                    "during(#, #)",
                                    "starts(#, #)",
                                    "coincides(#, #)",
                                    "day of year(#)",
                                    "day of week(#)",
                                    "week of year(#)",
                                    "month of year(#)",
                                    "sort(#, function(p, q) p < q)",
                                    "sort(#)",
                                    "get value(#, #)",
                                    "get entries(#)",
                                    "context(#)",
                                    "context put(#, #, #)",
                                    "context merge(#)",
                                    "range(#)",
                                    "sum(list: #)",
                                    "substring(string: #, start position: #)"};

static void put(struct source *s, struct buf *b)
{
    size_t n = sizeof forms / sizeof *forms, pick = choose(s, n + n / 2);
    if (s->depth >= 7 || s->n == 0 || pick >= n) {
        buf_puts(b, leaves[choose(s, sizeof leaves / sizeof *leaves)]);
        return;
    }
    s->depth++;
    for (const char *f = forms[pick]; *f; f++) {
        if (*f == '#')
            put(s, b);
        else
            buf_putc(b, *f);
    }
    s->depth--;
}

static void evaluate(struct arena *a, const struct feel *f, const struct json *scope)
{
    static const struct feel_env env = {.now = INT64_C(1619744400000), .limits = {.steps = 5000, .memory = 4 << 20}};
    const struct json *first, *second, *again;
    size_t before = arena_used(a);
    result r = feel_eval(a, f, &env, scope, &first, NULL);
    if (arena_used(a) - before > (size_t)64 << 20) abort();
    if (failed(r) != failed(feel_eval(a, f, &env, scope, &second, NULL))) abort();
    if (failed(r)) {
        if (result_code(r) != CODE_FEEL_LIMIT) abort();
        return;
    }
    if (!json_equal(first, second)) abort();
    if (failed(json_parse(a, json_write(a, first), SIZE_MAX, S("result"), &again)) || !json_equal(first, again))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const scopes[] = {
        "{\"x\":5,\"s\":\"通办\",\"l\":[1,2,3],\"c\":{\"k\":1},\"Full Name\":\"Li\",\"?\":3}",
        "{\"x\":\"5\",\"s\":null,\"l\":[{\"k\":1},{\"k\":[2]}],\"c\":[],\"Full Name\":true,\"?\":\"a\"}",
        "{\"x\":1e6144,\"s\":\"\",\"l\":[[1],[[2]],\"a\"],\"c\":{\"k\":{\"k\":{}}},\"Full Name\":0.1,\"?\":[1,2]}",
        "{}"};
    static const struct slice names[] = {{"Full Name", 9}};
    struct source s = {data, size, 0};
    struct arena *a = arena_new("fuzz");
    struct buf b = buf_new(a, 65536);
    const struct json *scope;
    const struct feel *f;
    const char *chosen = scopes[choose(&s, sizeof scopes / sizeof *scopes)];
    if (failed(json_parse(a, slice_cstr(chosen), 4096, S("scope"), &scope))) abort();
    put(&s, &b);
    struct slice text = b.overflow || b.n == 0 ? S("1") : buf_slice(&b);
    if (!failed(feel_compile(a, text, names, 1, S("fuzz"), &f))) evaluate(a, f, scope);
    if (!failed(feel_compile_tests(a, text, names, 1, S("fuzz"), &f))) evaluate(a, f, scope);
    arena_free(a);
    return 0;
}
