/* The official JSON Schema test suite, draft 2020-12: every required test and every optional one passes, but for those named
 * below, each with its reason. */
#include "base/testing.h"

#include <dirent.h>
#include <stdlib.h>

#include "engine/form/form.h"

#define SUITE "json-schema/tests/draft2020-12"

static int passed, failed_, skipped;

/* What is left out of the optional tests. A name that is none any more, or (where its schema is read) that passes, fails the test. */
static struct exception {
    const char *file, *group, *test, *reason;
    int met;
} EXCEPTIONS[] = {
    {"cross-draft.json", "refs to historic drafts are processed as historic drafts", "first item not a string is valid",
     "a reference to a schema of draft 2019-09 would have to be read by that draft's rules", 0},
    {"ecmascript-regex.json", "ECMA 262 lookbehind is valid, including variable width",
     "a variable-width lookbehind (ES2018)", "a lookbehind of variable width is beyond the regular expression library",
     0},
};

static struct exception *exception_of(const char *file, const struct json *group, const struct json *test)
{
    for (size_t i = 0; i < sizeof EXCEPTIONS / sizeof *EXCEPTIONS; i++)
        if (!strcmp(EXCEPTIONS[i].file, file) && slice_is(json_string(group, "description"), EXCEPTIONS[i].group) &&
            slice_is(json_string(test, "description"), EXCEPTIONS[i].test))
            return &EXCEPTIONS[i];
    return NULL;
}

/* http://localhost:1234/… is the folder of remotes. */
static const struct json *remote(void *ctx, struct slice uri)
{
    struct arena *a = ctx;
    struct slice base = S("http://localhost:1234/"), text;
    if (!slice_starts(uri, base)) return NULL;
    struct slice path = arena_printf(a, "json-schema/remotes/%.*s", SLICE_ARG(slice_sub(uri, base.n, SIZE_MAX)));
    return test_shared(a, arena_cstr(a, path), &text) ? test_json(a, text) : NULL;
}

static void complain(const char *file, const struct json *group, const struct json *test, const char *what)
{
    struct slice g = json_string(group, "description"), t = json_string(test, "description");
    if (getenv("SUITE_VERBOSE")) print_message("%s: %.*s: %.*s: %s\n", file, SLICE_ARG(g), SLICE_ARG(t), what);
}

static void leave_out(struct exception *e, bool passes)
{
    print_message("left out: %s: %s: %s: %s\n", e->file, e->group, e->test, e->reason);
    if (passes) fail_msg("%s: %s passes now", e->file, e->test);
    e->met++;
    skipped++;
}

static void run_group(struct arena *a, const char *file, const struct json *group, bool formats)
{
    const struct json *tests = json_get(group, "tests");
    struct schema_options o = {.resolve = remote, .ctx = a, .assert_format = formats};
    const struct schema *s;
    struct exception *only = tests->n == 1 ? exception_of(file, group, tests->items[0]) : NULL;
    if (only) { /* its schema may refer to what is not there */
        leave_out(only, false);
        return;
    }
    result r = schema_compile(a, json_get(group, "schema"), &o, slice_cstr(file), &s);
    for (size_t i = 0; i < tests->n; i++) {
        const struct json *t = tests->items[i];
        struct exception *e = exception_of(file, group, t);
        if (e) {
            leave_out(e,
                      !failed(r) && failed(schema_validate(a, s, json_get(t, "data"))) != json_bool(t, "valid", false));
            continue;
        }
        if (failed(r)) {
            failed_++;
            complain(file, group, t, arena_cstr(a, result_text(a, r, LANG_EN)));
            continue;
        }
        result v = schema_validate(a, s, json_get(t, "data"));
        bool right = failed(v) != json_bool(t, "valid", false);
        if (right && failed(v))
            right = v.problem->code != CODE_FIELD_COMPLEX && problem_text(a, v.problem, LANG_ZH).n > 0;
        passed += right;
        failed_ += !right;
        if (!right)
            complain(file, group, t, failed(v) ? arena_cstr(a, result_text(a, v, LANG_EN)) : "should be invalid");
    }
}

static int by_name(const void *x, const void *y)
{
    return strcmp(*(char *const *)x, *(char *const *)y);
}

/* All files of a folder of the suite; false when the suite is not there. */
static bool run_folder(struct arena *a, const char *folder, bool formats)
{
    const char *path = test_shared_path(a, folder);
    if (!path) return false;
    DIR *d = opendir(path);
    assert_non_null(d);
    char *names[200];
    size_t n = 0;
    for (const struct dirent *e; (e = readdir(d)) && n < 200;)
        if (slice_ends(slice_cstr(e->d_name), S(".json"))) names[n++] = arena_cstr(a, slice_cstr(e->d_name));
    closedir(d);
    qsort(names, n, sizeof *names, by_name);
    for (size_t i = 0; i < n; i++) {
        struct slice text;
        struct arena *own = arena_new("file");
        assert_true(test_shared(own, arena_cstr(own, arena_printf(own, "%s/%s", folder, names[i])), &text));
        const struct json *groups = test_json(own, text);
        for (size_t k = 0; k < groups->n; k++) {
            run_group(own, names[i], groups->items[k], formats);
        }
        arena_free(own);
    }
    return true;
}

static void required_tests(void **state)
{
    struct arena *a = *state;
    passed = failed_ = skipped = 0;
    if (!run_folder(a, SUITE, false)) return;
    print_message("json-schema: %d passed, %d failed, %d skipped\n", passed, failed_, skipped);
    assert_int_equal(failed_, 0);
    assert_int_equal(passed, 1299);
}

static void optional_tests(void **state)
{
    struct arena *a = *state;
    passed = failed_ = skipped = 0;
    if (!run_folder(a, SUITE "/optional", false)) return;
    print_message("json-schema optional: %d passed, %d failed, %d skipped\n", passed, failed_, skipped);
    assert_int_equal(failed_, 0);
    assert_int_equal(passed, 161);
    passed = failed_ = skipped = 0;
    run_folder(a, SUITE "/optional/format", true);
    print_message("json-schema optional formats: %d passed, %d failed, %d skipped\n", passed, failed_, skipped);
    assert_int_equal(failed_, 0);
    assert_int_equal(passed, 763);
    for (size_t i = 0; i < sizeof EXCEPTIONS / sizeof *EXCEPTIONS; i++) assert_int_equal(EXCEPTIONS[i].met, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(required_tests), TEST(optional_tests)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
