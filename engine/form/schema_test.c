#include "base/testing.h"

#include "engine/form/form.h"
#include "engine/form/number.h"
#include "engine/form/pattern.h"
#include "engine/form/uri.h"

static void faults_of_schemas(void **state)
{
    struct arena *a = *state;
    static const struct {
        const char *text;
        enum code code;
        const char *field;
    } rows[] = {
        {"1", CODE_SCHEMA_VALUE, "s"},
        {"{\"type\":\"text\"}", CODE_SCHEMA_VALUE, "s#/type"},
        {"{\"type\":[]}", CODE_SCHEMA_VALUE, "s#/type"},
        {"{\"minLength\":-1}", CODE_SCHEMA_VALUE, "s#/minLength"},
        {"{\"minLength\":1.5}", CODE_SCHEMA_VALUE, "s#/minLength"},
        {"{\"multipleOf\":0}", CODE_SCHEMA_VALUE, "s#/multipleOf"},
        {"{\"multipleOf\":1234567890123456789}", CODE_SCHEMA_VALUE, "s#/multipleOf"},
        {"{\"enum\":1}", CODE_SCHEMA_VALUE, "s#/enum"},
        {"{\"required\":[1]}", CODE_SCHEMA_VALUE, "s#/required"},
        {"{\"allOf\":[]}", CODE_SCHEMA_VALUE, "s#/allOf"},
        {"{\"properties\":{\"a/b\":{\"not\":3}}}", CODE_SCHEMA_VALUE, "s#/properties/a~1b/not"},
        {"{\"pattern\":\"(\"}", CODE_SCHEMA_PATTERN, "s#/pattern"},
        {"{\"$ref\":\"#/$defs/none\"}", CODE_SCHEMA_REFERENCE, "s#/$ref"},
        {"{\"$ref\":\"https://example.com/none\"}", CODE_SCHEMA_REFERENCE, "s#/$ref"},
        {"{\"$anchor\":\"1\"}", CODE_SCHEMA_VALUE, "s#/$anchor"},
        {"{\"$id\":\"http://x/#a\"}", CODE_SCHEMA_VALUE, "s#/$id"},
        {"{\"$defs\":{\"a\":{\"$id\":\"http://x/\"},\"b\":{\"$id\":\"http://x/\"}}}", CODE_SCHEMA_DUPLICATE,
         "s#/$defs/b/$id"},
        {"{\"$defs\":{\"a\":{\"$anchor\":\"x\"},\"b\":{\"$anchor\":\"x\"}}}", CODE_SCHEMA_DUPLICATE,
         "s#/$defs/b/$anchor"},
    };
    const struct schema_options o = {0};
    const struct schema *s;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        result r = schema_compile(a, test_json(a, slice_cstr(rows[i].text)), &o, S("s"), &s);
        assert_code(r, rows[i].code);
        assert_slice(r.problem->field, rows[i].field);
        assert_true(problem_text(a, r.problem, LANG_ZH).n > 0);
    }
}

__extension__ typedef __int128 wide;

/* A random decimal of at most 6 digits and exponent -4 … 4, in one of several spellings, and 10 000 times its value. */
static wide random_decimal(struct arena *a, uint64_t *seed, struct slice *text)
{
    int64_t m = (int64_t)(test_random(seed) % (test_random(seed) % 2 ? 100 : 1000000));
    int e = (int)(test_random(seed) % 9) - 4;
    bool minus = test_random(seed) % 4 == 0;
    const char *sign = minus ? "-" : "";
    wide v = m;
    for (int i = -4; i < e; i++) v *= 10;
    switch (test_random(seed) % 3) {
    case 0: *text = arena_printf(a, "%s%llde%d", sign, (long long)m, e); break;
    case 1: *text = arena_printf(a, "%s%lld.000E%+d", sign, (long long)m, e); break;
    default: *text = arena_printf(a, "%s%lld.%04lld", sign, (long long)(v / 10000), (long long)(v % 10000)); break;
    }
    return minus ? -v : v;
}

static void exact_numbers(void **state)
{
    struct arena *a = *state;
    uint64_t seed = 7;
    for (int i = 0; i < 200000; i++) {
        if (i % 1000 == 0) arena_reset(a);
        struct slice s, t;
        wide x = random_decimal(a, &seed, &s), y = random_decimal(a, &seed, &t);
        struct exact p = exact_of(a, s), q = exact_of(a, t);
        int want = x < y ? -1 : x > y;
        if (exact_cmp(&p, &q) != want) fail_msg("%.*s %.*s", SLICE_ARG(s), SLICE_ARG(t));
        if (exact_whole(&p) != (x % 10000 == 0)) fail_msg("%.*s whole", SLICE_ARG(s));
        if (y > 0 && exact_multiple(&p, &q) != (x % y == 0)) fail_msg("%.*s of %.*s", SLICE_ARG(s), SLICE_ARG(t));
        const struct json m = {.type = JSON_NUMBER, .text = s}, n = {.type = JSON_NUMBER, .text = t};
        if (same_value(a, &m, &n) != (x == y)) fail_msg("equal");
        if (x == y && same_value_hash(a, &m) != same_value_hash(a, &n)) fail_msg("hash");
    }
    struct exact huge = exact_of(a, S("1e999999999999999999999999")),
                 tiny = exact_of(a, S("1e-999999999999999999999999")), seven = exact_of(a, S("7"));
    assert_true(exact_cmp(&tiny, &huge) < 0 && exact_whole(&huge) && !exact_whole(&tiny));
    assert_false(exact_multiple(&huge, &seven));
}

/* RFC 3986, 5.4.1 and 5.4.2 */
static void references_of_rfc_3986(void **state)
{
    struct arena *a = *state;
    static const char *const rows[][2] = {
        {"g:h", "g:h"},
        {"g", "http://a/b/c/g"},
        {"./g", "http://a/b/c/g"},
        {"g/", "http://a/b/c/g/"},
        {"/g", "http://a/g"},
        {"//g", "http://g"},
        {"?y", "http://a/b/c/d;p?y"},
        {"g?y", "http://a/b/c/g?y"},
        {"#s", "http://a/b/c/d;p?q"},
        {"g#s", "http://a/b/c/g"},
        {";x", "http://a/b/c/;x"},
        {"g;x?y#s", "http://a/b/c/g;x?y"},
        {"", "http://a/b/c/d;p?q"},
        {".", "http://a/b/c/"},
        {"./", "http://a/b/c/"},
        {"..", "http://a/b/"},
        {"../g", "http://a/b/g"},
        {"../..", "http://a/"},
        {"../../g", "http://a/g"},
        {"../../../g", "http://a/g"},
        {"/./g", "http://a/g"},
        {"/../g", "http://a/g"},
        {"g.", "http://a/b/c/g."},
        {"..g", "http://a/b/c/..g"},
        {"./../g", "http://a/b/g"},
        {"./g/.", "http://a/b/c/g/"},
        {"g/../h", "http://a/b/c/h"},
        {"g;x=1/../y", "http://a/b/c/y"},
        {"g?y/../x", "http://a/b/c/g?y/../x"},
    };
    struct slice fragment, plain;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_slice(uri_resolve(a, S("http://a/b/c/d;p?q"), slice_cstr(rows[i][0]), &fragment), rows[i][1]);
    uri_resolve(a, S("http://a/b"), S("g;x?y#s%20t"), &fragment);
    assert_slice(fragment, "s%20t");
    assert_true(uri_decode(a, fragment, &plain));
    assert_slice(plain, "s t");
    assert_false(uri_decode(a, S("%4"), &plain) || uri_decode(a, S("%zz"), &plain) || uri_decode(a, S("%ff"), &plain));
}

static void patterns(void **state)
{
    struct arena *a = *state;
    static const struct {
        const char *pattern, *text;
        int found; /* -1: not a regular expression */
    } rows[] = {
        {"^a$", "a\n", 0},
        {"a.c", "a\nc", 0},
        {"a.c", "a东c", 1},
        {"^\\d+$", "12", 1},
        {"^\\d+$", "１２", 0},
        {"^\\w+$", "é", 0},
        {"^\\s$", "\xC2\xA0", 1},
        {"^\\S$", "\xC2\xA0", 0},
        {"^[\\S]$", "\xE3\x80\x80", 0},
        {"\\v", "\x0b", 1},
        {"\\v", "\n", 0},
        {"^\\p{Letter}+$", "é东", 1},
        {"^\\p{Script=Han}+$", "东莞", 1},
        {"^\\p{Script=Han}+$", "ab", 0},
        {"^[\\p{L}\\d]+$", "东1", 1},
        {"^\\P{Lu}$", "A", 0},
        {"\\u4e1c", "东", 1},
        {"\\u{4e1c}", "东", 1},
        {"\\ud83c\\udfd9", "\xF0\x9F\x8F\x99", 1},
        {"[[:a]", ":", 1},
        {"[[:alpha:]]", "b", 0},
        {"[^]", "\n", 1},
        {"[]", "a", 0},
        {"(?<y>\\d{4})-\\k<y>", "2021-2021", 1},
        {"(?<=a)b", "ab", 1},
        {"(?<!a)b", "ab", 0},
        {"a(?=b)", "ab", 1},
        {"\\cJ", "\n", 1},
        {"^\\/$", "/", 1},
        {"[\\b]", "\b", 1},
        {"(*ACCEPT)", "", -1},
        {"(?i)a", "", -1},
        {"(?>a)", "", -1},
        {"(?R)", "", -1},
        {"a++", "", -1},
        {"a{1}+", "", -1},
        {"\\a", "", -1},
        {"\\Z", "", -1},
        {"\\Q", "", -1},
        {"\\C", "", -1},
        {"\\K", "", -1},
        {"a\\", "", -1},
        {"[a", "", -1},
        {"\\p{Nonsense}", "", -1},
        {"\\u12", "", -1},
        {"\\01", "", -1},
        {"\\k", "", -1},
        {"(", "", -1},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct slice why = {NULL, 0};
        size_t cost = 0;
        const struct pattern *p = pattern_new(a, slice_cstr(rows[i].pattern), &why);
        int found = p ? pattern_found(a, p, slice_cstr(rows[i].text), &cost) : -1;
        if (found != rows[i].found || (!p && why.n == 0)) fail_msg("%s: %d", rows[i].pattern, found);
    }
}

static const struct schema *compiled(struct arena *a, const char *text)
{
    const struct schema_options o = {.assert_format = true};
    const struct schema *s = NULL;
    assert_good(a, schema_compile(a, test_json(a, slice_cstr(text)), &o, S("s"), &s));
    return s;
}

/* Input made to be slow ends soon, and never as valid. */
static void hostile_input(void **state)
{
    struct arena *a = *state;
    struct buf b = buf_new(a, 1 << 24);
    for (int i = 0; i < 60; i++) buf_putc(&b, 'a');
    const struct json slow = {.type = JSON_STRING, .text = buf_slice(&b)};
    assert_code(schema_validate(a, compiled(a, "{\"pattern\":\"^(a+)+$\"}"), &slow), CODE_OK);
    buf_putc(&b, '!');
    const struct json worse = {.type = JSON_STRING, .text = buf_slice(&b)};
    assert_code(schema_validate(a, compiled(a, "{\"pattern\":\"^(a+)+$\"}"), &worse), CODE_FIELD_PATTERN);

    assert_code(schema_validate(a, compiled(a, "{\"$ref\":\"#\"}"), json_null()), CODE_FIELD_COMPLEX);
    assert_code(schema_validate(a, compiled(a, "{\"anyOf\":[{\"$ref\":\"#\"},{\"$ref\":\"#\"}]}"), json_null()),
                CODE_FIELD_COMPLEX);
    /* each level doubles the work */
    struct buf d = buf_new(a, 1 << 16);
    buf_puts(&d, "{\"$ref\":\"#/$defs/d0\",\"$defs\":{");
    for (int i = 0; i < 40; i++)
        buf_printf(&d, "\"d%d\":{\"allOf\":[{\"$ref\":\"#/$defs/d%d\"},{\"$ref\":\"#/$defs/d%d\"}]},", i, i + 1, i + 1);
    buf_puts(&d, "\"d40\":true}}");
    d.p[d.n] = 0;
    assert_code(schema_validate(a, compiled(a, d.p), json_null()), CODE_FIELD_COMPLEX);
    /* many equal hashes do not make uniqueItems slow, nor many items and members */
    struct buf l = buf_new(a, 1 << 24);
    buf_puts(&l, "[0");
    for (int i = 1; i < 200000; i++) buf_printf(&l, ",%d", i);
    buf_puts(&l, "]");
    assert_good(a, schema_validate(a, compiled(a, "{\"uniqueItems\":true}"), test_json(a, buf_slice(&l))));
}

static void equality(void **state)
{
    struct arena *a = *state;
    static const struct {
        const char *x, *y;
        bool same;
    } rows[] = {
        {"1", "1.0", true},
        {"100", "1e2", true},
        {"0", "-0", true},
        {"1", "true", false},
        {"[1,2]", "[1.0,2e0]", true},
        {"[1,2]", "[2,1]", false},
        {"{\"a\":1,\"b\":[]}", "{\"b\":[],\"a\":1.0}", true},
        {"{\"a\":1}", "{\"a\":1,\"b\":null}", false},
        {"\"1\"", "1", false},
        {"null", "false", false},
        {"123456789012345678901234567890", "123456789012345678901234567891", false},
        {"0.1", "0.10", true},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct json *x = test_json(a, slice_cstr(rows[i].x)), *y = test_json(a, slice_cstr(rows[i].y));
        assert_int_equal(same_value(a, x, y), rows[i].same);
        if (rows[i].same) assert_true(same_value_hash(a, x) == same_value_hash(a, y));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(faults_of_schemas), TEST(exact_numbers), TEST(references_of_rfc_3986),
        TEST(patterns),          TEST(hostile_input), TEST(equality),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
