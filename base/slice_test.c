#include "base/testing.h"

static void comparing(void **state)
{
    (void)state;
    assert_true(slice_cmp(S("a"), S("b")) < 0);
    assert_true(slice_cmp(S("ab"), S("a")) > 0);
    assert_true(slice_cmp(S("a"), S("a")) == 0);
    assert_true(slice_cmp(S("\xff"), S("a")) > 0); /* bytes, not signed characters */
    assert_true(slice_cmp((struct slice){NULL, 0}, S("")) == 0);
    assert_true(slice_eq((struct slice){NULL, 0}, S("")));
    assert_true(slice_starts(S("abc"), S("ab")) && slice_ends(S("abc"), S("bc")) && slice_starts(S("abc"), S("")));
    assert_false(slice_starts(S("a"), S("ab")) || slice_ends(S("a"), S("ba")));
    assert_true(slice_eq_secret(S("secret"), S("secret")));
    assert_false(slice_eq_secret(S("secret"), S("secreT")) || slice_eq_secret(S("a"), S("ab")));
}

static void parts(void **state)
{
    (void)state;
    assert_slice(slice_sub(S("abcdef"), 2, 3), "cde");
    assert_slice(slice_sub(S("abc"), 2, SIZE_MAX), "c");
    assert_slice(slice_sub(S("abc"), 9, 1), "");
    assert_slice(slice_sub((struct slice){NULL, 0}, 1, 1), "");
    assert_slice(slice_trim(S(" \t\r\n a b \v\f ")), "a b");
    assert_slice(slice_trim(S("   ")), "");
    assert_int_equal(slice_find(S("abcb"), 'b', 2), 3);
    assert_true(slice_find(S("abc"), 'b', 2) == SIZE_MAX && slice_find(S("abc"), 'a', 7) == SIZE_MAX);
    assert_int_equal(slice_search(S("aabab"), S("bab")), 2);
    assert_true(slice_search(S("aab"), S("aabb")) == SIZE_MAX);
    struct slice head, rest;
    assert_true(slice_cut(S("k=v=w"), '=', &head, &rest));
    assert_slice(head, "k");
    assert_slice(rest, "v=w");
    assert_false(slice_cut(S("kv"), '=', &head, &rest));
    assert_slice(head, "kv");
    assert_slice(rest, "");
    assert_true(slice_cut(S("kv="), '=', &head, &rest));
    assert_slice(rest, "");
}

static void integers(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool good;
        int64_t value;
    } rows[] = {
        {"0", true, 0},
        {"-0", true, 0},
        {"007", true, 7},
        {"-12", true, -12},
        {"", false, 0},
        {"-", false, 0},
        {"+1", false, 0},
        {" 1", false, 0},
        {"1 ", false, 0},
        {"1a", false, 0},
        {"--1", false, 0},
        {"9223372036854775807", true, INT64_MAX},
        {"-9223372036854775808", true, INT64_MIN},
        {"9223372036854775808", false, 0},
        {"-9223372036854775809", false, 0},
        {"99999999999999999999", false, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int64_t v = 0;
        assert_int_equal(slice_int64(slice_cstr(rows[i].text), &v), rows[i].good);
        if (rows[i].good) assert_true(v == rows[i].value);
    }
}

/* Encodes without looking at validity: surrogates, overlong forms and too large values can be made. */
static size_t encode(uint32_t c, size_t len, char *out)
{
    static const unsigned char lead[] = {0, 0, 0xC0, 0xE0, 0xF0, 0xF8, 0xFC};
    if (len == 1) {
        out[0] = (char)c;
        return 1;
    }
    for (size_t i = len; i-- > 1; c >>= 6) out[i] = (char)(0x80 | (c & 63));
    out[0] = (char)(lead[len] | c);
    return len;
}

/* Every code point in every length from one to four bytes; good only in its shortest form, and no surrogate. */
static void utf8_every_code_point(void **state)
{
    (void)state;
    static const uint32_t limit[] = {0, 0x80, 0x800, 0x10000, 0x200000};
    char text[16];
    for (size_t len = 1; len <= 4; len++) {
        for (uint32_t c = 0; c < limit[len]; c++) {
            bool shortest = c >= (len == 1 ? 0 : limit[len - 1]);
            bool good = shortest && c <= 0x10FFFF && !(c >= 0xD800 && c <= 0xDFFF);
            size_t n = encode(c, len, text);
            if (slice_utf8(slice_of(text, n)) != good) fail_msg("U+%04X in %zu bytes", c, len);
        }
    }
}

static void utf8_table(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t good; /* bytes before the first bad one */
    } rows[] = {
        {"", 0},
        {"abc", 3},
        {"东莞市", 9},
        {"\xF0\x9F\x8F\x99", 4}, /* U+1F3D9 */
        {"\xF4\x8F\xBF\xBF", 4}, /* the last one */
        {"a\x80", 1},            /* a continuation alone */
        {"a\xC3", 1},            /* cut off */
        {"\xE4\xB8", 0},         /* cut off */
        {"\xF0\x9F\x8F", 0},     /* cut off */
        {"\xC3(", 0},            /* no continuation */
        {"\xE4\xB8(", 0},
        {"\xF0\x9F\x8F(", 0},
        {"\xC0\x80", 0}, /* NUL in two bytes */
        {"\xC1\xBF", 0},
        {"\xE0\x9F\xBF", 0},     /* overlong */
        {"\xF0\x8F\xBF\xBF", 0}, /* overlong */
        {"ok\xED\xA0\x80", 2},   /* surrogate */
        {"\xED\xBF\xBF", 0},
        {"\xF4\x90\x80\x80", 0},     /* beyond U+10FFFF */
        {"\xF8\x88\x80\x80\x80", 0}, /* five bytes */
        {"\xFE", 0},
        {"\xFF", 0},
        {"12345678abcdefgh\xFFxxxxxxxx", 16}, /* behind whole words of ASCII */
        {"1234567\xE4\xB8\x9C"
         "12345678\xFF",
         18},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct slice s = slice_cstr(rows[i].text);
        if (slice_utf8_end(s) != rows[i].good) fail_msg("row %zu", i);
        assert_int_equal(slice_utf8(s), s.n == rows[i].good);
    }
    assert_true(slice_utf8(slice_of("a\0b", 3)));
    assert_int_equal(slice_codepoints(S("东莞 a\xF0\x9F\x8F\x99")), 5);
    assert_int_equal(slice_codepoints(S("")), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(comparing), TEST(parts), TEST(integers), TEST(utf8_every_code_point), TEST(utf8_table),
    };
    return cmocka_run_group_tests_name("slice", tests, NULL, NULL);
}
