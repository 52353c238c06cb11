/* Expressions made to hang or to fill the memory: each ends with an error, within the memory it is given. That it ends soon
 * is told by the steps, which are charged by what work costs; nothing here is timed. */
#include "engine/decision/eval.h"

#include "base/testing.h"

#define MEMORY ((size_t)64 << 20)

static void refused(struct arena *a, struct slice text, enum code code, int line)
{
    static const struct feel_env env = {.now = INT64_C(1619744400000)};
    const struct feel *f;
    const struct json *out;
    struct arena *own = arena_new("hostile");
    result r = feel_compile(own, text, NULL, 0, S("hostile"), &f);
    size_t compiled = arena_used(own);
    if (!failed(r)) r = feel_eval(own, f, &env, NULL, &out, NULL);
    if (!failed(r)) fail_msg("line %d: %.*s… ends well", line, (int)(text.n < 60 ? text.n : 60), text.p);
    if (result_code(r) != code) fail_msg("line %d: %s", line, arena_cstr(a, result_text(a, r, LANG_EN)));
    assert_true(compiled < 4 * MEMORY);
    assert_true(arena_used(own) - compiled < 2 * MEMORY); /* what one piece of work may pass the limit by */
    arena_free(own);
}
#define LIMIT(text) refused(a, text, CODE_FEEL_LIMIT, __LINE__)
#define SYNTAX(text) refused(a, text, CODE_FEEL_SYNTAX, __LINE__)

static struct slice repeated(struct arena *a, const char *before, const char *piece, int n, const char *after)
{
    struct buf b = buf_new(a, (size_t)1 << 20);
    buf_puts(&b, before);
    for (int i = 0; i < n; i++) buf_puts(&b, piece);
    buf_puts(&b, after);
    return buf_slice(&b);
}

/* {a0: FIRST, a1: STEP of a0, …, r: LAST}: each %s of `step` and `last` is the name before. */
static struct slice chain(struct arena *a, const char *first, const char *step, int n, const char *last)
{
    struct buf b = buf_new(a, (size_t)1 << 20);
    buf_printf(&b, "{a0: %s", first);
    for (int i = 1; i <= n; i++) {
        buf_printf(&b, ", a%d: ", i);
        for (const char *p = step; *p; p++) {
            if (*p == '#')
                buf_printf(&b, "a%d", i - 1);
            else
                buf_putc(&b, *p);
        }
    }
    buf_puts(&b, ", r: ");
    for (const char *p = last; *p; p++) {
        if (*p == '#')
            buf_printf(&b, "a%d", n);
        else
            buf_putc(&b, *p);
    }
    buf_puts(&b, "}.r");
    return buf_slice(&b);
}

/* Small values that hold another one over and over: 2^45 items to whoever walks them. */
static void shared_values(void **state)
{
    struct arena *a = *state;
    LIMIT(chain(a, "[1, 1]", "[#, #]", 45, "#"));
    LIMIT(chain(a, "{x: 1, y: 1}", "{x: #, y: #}", 45, "#"));
    LIMIT(chain(a, "[1, 1]", "[#, #]", 45, "# = [a44, a44]"));
    LIMIT(chain(a, "{x: 1, y: 1}", "{x: #, y: #}", 45, "# = {x: a44, y: a44}"));
    LIMIT(chain(a, "[1, 1]", "[#, #]", 45, "distinct values([#, [a44, a44]])"));
    LIMIT(chain(a, "[1, 1]", "[#, #]", 45, "list contains([#], [a44, a44])"));
    LIMIT(chain(a, "[1, 1]", "[#, #]", 45, "string(#)"));
    LIMIT(chain(a, "{x: 1, y: 1}", "{x: #, y: #}", 45, "string(#)"));
    LIMIT(chain(a, "[1, 1]", "[#, #]", 45, "flatten(#)"));
    LIMIT(chain(a, "[{x: 1}, {x: 1}]", "[#, #]", 45, "#.x"));
}

static void growing_values(void **state)
{
    struct arena *a = *state;
    LIMIT(chain(a, "\"0123456789\"", "# + #", 60, "#"));
    LIMIT(chain(a, "[1, 1]", "concatenate(#, #)", 60, "#"));
    LIMIT(chain(a, "[1, 1]", "append(flatten([#, #]), 1)", 60, "#"));
    LIMIT(chain(a, "\"0123456789\"", "replace(#, \".\", \"0123456789\")", 60, "#"));
    LIMIT(chain(a, "\"0123456789\"", "string join([#, #], #)", 60, "#"));
    LIMIT(chain(a, "\"0123456789\"", "string([#, #])", 60, "#"));
    LIMIT(S("for i in 1..1000000000 return i"));
    LIMIT(S("for d in @\"0001-01-01\"..@\"9999-12-31\" return d"));
    LIMIT(S("for i in 1..9000 return string length(string(9E6144))"));
    LIMIT(S("for i in 1..9000 return partial"));
}

static void long_work(void **state)
{
    struct arena *a = *state;
    LIMIT(S("for a in 1..1000, b in 1..1000, c in 1..1000 return a * b * c"));
    LIMIT(S("some a in [1..1000], b in [1..1000], c in [1..1000] satisfies a + b + c = 0"));
    LIMIT(S("sort(for i in 1..9999 return modulo(i * 7919, 10007), function(a, b) a < b)"));
    LIMIT(S("{f: function(n) if n = 0 then 0 else f(n - 1), r: f(100000)}.r"));
    LIMIT(S("{f: function(n) if n < 2 then n else f(n - 1) + f(n - 2), r: f(40)}.r"));
    LIMIT(S("{f: function(g) g(g), r: f(f)}.r"));
    LIMIT(S("{l: for i in 1..5000 return i, r: union(l, l)}.r"));
    LIMIT(S("{l: for i in 1..9000 return i, r: for i in 1..9000 return index of(l, 1)}.r"));
    LIMIT(S("{l: for i in 1..300 return i, r: l[count(l[count(l[item > 0]) > 0]) > 0]}.r"));
    LIMIT(chain(a, "\"0123456789\"", "# + #", 16, "for i in 1..9000 return # = #"));
    LIMIT(chain(a, "\"0123456789\"", "# + #", 16, "for i in 1..9000 return max(#, # + \"a\")"));
    LIMIT(chain(a, "\"0123456789\"", "# + #", 16, "for i in 1..9000 return upper case(#)"));
    LIMIT(chain(a, "\"0123456789\"", "# + #", 16, "for i in 1..9000 return contains(#, \"x\")"));
}

static void patterns(void **state)
{
    struct arena *a = *state;
    LIMIT(S("for i in 1..9000 return matches(\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!\", \"^(a+)+$\")"));
    LIMIT(S("for i in 1..2000 return matches(\"a\", \"((a{0,99}){0,99}){0,9}\" + string(i))"));
    LIMIT(chain(a, "\"aaaaaaaaaa\"", "# + #", 12, "for i in 1..100 return matches(#, \"a*[^a]c\")"));
    LIMIT(chain(a, "\"aaaaaaaaaa\"", "# + #", 16, "split(#, \"a\")"));
    LIMIT(chain(a, "\"aaaaaaaaaa\"", "# + #", 16, "replace(#, \"a\", \"b\")"));
}

static void texts(void **state)
{
    struct arena *a = *state;
    SYNTAX(repeated(a, "", "(", 100000, ""));
    SYNTAX(repeated(a, "", "[", 100000, ""));
    SYNTAX(repeated(a, "", "{a:", 80000, ""));
    SYNTAX(repeated(a, "", "-", 200000, "1"));
    SYNTAX(repeated(a, "", "not(", 60000, ""));
    SYNTAX(repeated(a, "", "if ", 80000, ""));
    SYNTAX(repeated(a, "", "for x in ", 25000, ""));
    SYNTAX(repeated(a, "1", "+1", 120000, ""));
    SYNTAX(repeated(a, "a", ".b", 120000, ""));
    SYNTAX(repeated(a, "a", "[1]", 80000, ""));
    SYNTAX(repeated(a, "a", "()", 120000, ""));
    SYNTAX(repeated(a, "1 instance of ", "list<", 50000, ""));
    SYNTAX(repeated(a, "", "1", 260000, ""));
    refused(a, repeated(a, "\"", "x", 300000, "\""), CODE_TOO_LARGE, __LINE__);
    struct buf b = buf_new(a, (size_t)1 << 20);
    buf_puts(&b, "{a b: 0");
    for (int i = 0; i < 15000; i++) buf_printf(&b, ", a b%d: 0", i);
    buf_puts(&b, "}");
    SYNTAX(buf_slice(&b));
}

static void memory_of_ones_own(void **state)
{
    struct arena *a = *state;
    struct feel_env env = {.limits = {.steps = INT64_C(1) << 40, .memory = (size_t)1 << 20}};
    const struct feel *f;
    const struct json *out;
    assert_good(a, feel_compile(a, S("for i in 1..900000 return i"), NULL, 0, S("m"), &f));
    assert_code(feel_eval(a, f, &env, NULL, &out, NULL), CODE_FEEL_LIMIT);
    env.limits.memory = (size_t)512 << 20;
    assert_good(a, feel_eval(a, f, &env, NULL, &out, NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(shared_values), TEST(growing_values), TEST(long_work),
                                       TEST(patterns),      TEST(texts),          TEST(memory_of_ones_own)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
