/* Parsers of what a client writes. */
#include "base/testing.h"
#include "http/header.h"

static void targets(void **state)
{
    static const struct {
        const char *raw, *path, *query; /* path NULL: refused */
    } CASES[] = {
        {"/", "/", ""},
        {"/a/b?x=1&y=%20", "/a/b", "x=1&y=%20"},
        {"/a?b?c", "/a", "b?c"},
        {"/%2e%2e/x", "/%2e%2e/x", ""},
        {"http://host.test:80/a?b", "/a", "b"},
        {"https://host.test", "/", ""},
        {"", NULL, NULL},
        {"*", NULL, NULL},
        {"a/b", NULL, NULL},
        {"host:443", NULL, NULL},
        {"/a b", NULL, NULL},
        {"/a\r\nX: y", NULL, NULL},
        {"/a#b", NULL, NULL},
        {"ftp://host/a", NULL, NULL},
    };
    (void)state;
    struct slice path, query;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        bool good = target_split(slice_cstr(CASES[i].raw), &path, &query);
        if (good != (CASES[i].path != NULL)) fail_msg("%s", CASES[i].raw);
        if (!good) continue;
        assert_slice(path, CASES[i].path);
        assert_slice(query, CASES[i].query);
    }
    assert_false(target_split(slice_of("/\0x", 3), &path, &query));
    char long_one[TARGET_MAX + 1];
    memset(long_one, 'a', sizeof long_one);
    long_one[0] = '/';
    assert_true(target_split(slice_of(long_one, TARGET_MAX), &path, &query));
    assert_false(target_split(slice_of(long_one, TARGET_MAX + 1), &path, &query));
    long_one[1] = '?';
    assert_true(target_split(slice_of(long_one, QUERY_MAX + 2), &path, &query));
    assert_false(target_split(slice_of(long_one, QUERY_MAX + 3), &path, &query));
}

static void media_types(void **state)
{
    (void)state;
    assert_true(media_is(S("application/json"), "application/json"));
    assert_true(media_is(S(" Application/JSON ; charset=utf-8"), "application/json"));
    assert_false(media_is(S("application/jsonx"), "application/json"));
    assert_false(media_is(S("text/plain; application/json"), "application/json"));
    assert_false(media_is(S(""), "application/json"));
}

static void codings(void **state)
{
    (void)state;
    assert_true(coding_accepted(S("gzip, deflate, br"), "br"));
    assert_true(coding_accepted(S("GZIP;q=0.5"), "gzip"));
    assert_true(coding_accepted(S("*"), "br"));
    assert_false(coding_accepted(S("*;q=0"), "br"));
    assert_false(coding_accepted(S("br;q=0, *"), "br")); /* a name comes before the star */
    assert_false(coding_accepted(S("br;q=0.0"), "br"));
    assert_false(coding_accepted(S("br;q=2"), "br"));
    assert_false(coding_accepted(S("br;q=0.5x"), "br"));
    assert_false(coding_accepted(S("vibr, brotli"), "br"));
    assert_false(coding_accepted(S(""), "br"));
}

static void languages(void **state)
{
    (void)state;
    assert_int_equal(lang_accepted(S("en-GB,en;q=0.9")), LANG_EN);
    assert_int_equal(lang_accepted(S("fr, en;q=0.8, zh;q=0.7")), LANG_EN);
    assert_int_equal(lang_accepted(S("fr, en;q=0.7, zh-CN;q=0.8")), LANG_ZH);
    assert_int_equal(lang_accepted(S("fr")), LANG_ZH);
    assert_int_equal(lang_accepted(S("")), LANG_ZH);
    assert_int_equal(lang_accepted(S("english")), LANG_ZH);
}

static void entity_tags(void **state)
{
    (void)state;
    assert_true(etag_listed(S("\"7\""), S("7")));
    assert_true(etag_listed(S("\"6\", W/\"7\""), S("7")));
    assert_true(etag_listed(S(" * "), S("7")));
    assert_false(etag_listed(S("7"), S("7")));
    assert_false(etag_listed(S("\"77\""), S("7")));
    assert_false(etag_listed(S("\"7"), S("7")));
    assert_false(etag_listed(S("\"\""), S("")));
    assert_false(etag_listed(S(""), S("7")));
    assert_slice(origin_authority(S("https://a.test:8443")), "a.test:8443");
    assert_slice(origin_authority(S("null")), "");
}

static void dates(void **state)
{
    struct arena *a = *state;
    instant t;
    assert_true(http_date_scan(S("Sun, 06 Nov 1994 08:49:37 GMT"), &t)); /* the example of RFC 9110 5.6.7 */
    assert_int_equal(t, INT64_C(784111777000));
    assert_slice(http_date_text(a, t), "Sun, 06 Nov 1994 08:49:37 GMT");
    assert_slice(http_date_text(a, t - 10 * MS_HOUR), "Sat, 05 Nov 1994 22:49:37 GMT");
    static const char *const BAD[] = {"",
                                      "Sunday, 06-Nov-94 08:49:37 GMT",
                                      "Sun Nov  6 08:49:37 1994",
                                      "Sun, 31 Feb 1994 08:49:37 GMT",
                                      "Sun, 06 Nov 1994 24:49:37 GMT",
                                      "Sun, 06 nov 1994 08:49:37 GMT",
                                      "Sun, 06 Nov -994 08:49:37 GMT",
                                      "Sun, 06 Nov 1994 08:49:37 UTC"};
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++)
        if (http_date_scan(slice_cstr(BAD[i]), &t)) fail_msg("taken: %s", BAD[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(targets),   TEST(media_types), TEST(codings),
                                       TEST(languages), TEST(entity_tags), TEST(dates)};
    return cmocka_run_group_tests_name("header", tests, NULL, NULL);
}
