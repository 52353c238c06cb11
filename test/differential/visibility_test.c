/* The pages read conditions of visibility themselves (web/src/lib/feel.ts). visibility.json has expressions and scopes;
 * visibility_expected.json what this engine gives for each. The pages' test compares with the same file, so that there is one FEEL.
 * TONGBAN_WRITE_EXPECTED=1 writes it anew. */
#include "base/testing.h"
#include "engine/form/visible.h"

#include <stdio.h>
#include <stdlib.h>

static struct slice read_file(struct arena *a, const char *name, bool must)
{
    const char *root = getenv("TONGBAN_SOURCE_ROOT");
    struct slice path = arena_printf(a, "%s/test/differential/%s", root ? root : ".", name);
    FILE *f = fopen(arena_cstr(a, path), "rb");
    if (f == NULL && must) fail_msg("no %s", name);
    if (f == NULL) return S("");
    struct buf b = buf_new(a, (size_t)1 << 20);
    char part[4096];
    size_t n;
    while ((n = fread(part, 1, sizeof part, f)) > 0) buf_put(&b, slice_of(part, n));
    fclose(f);
    return buf_slice(&b);
}

/* {"expression": [value over each scope]}, a line each. */
static struct slice answers(struct arena *a, const struct json *file)
{
    static const struct feel_env env = {.now = INT64_C(1619744400000)};
    const struct json *cases = json_get(file, "cases"), *scopes = json_get(file, "scopes");
    struct buf b = buf_new(a, (size_t)1 << 20);
    for (size_t i = 0; i < cases->n; i++) {
        const struct feel *f;
        buf_puts(&b, i ? ",\n  " : "{\n  ");
        json_write_string(&b, cases->items[i]->text);
        buf_puts(&b, ": [");
        struct slice text = cases->items[i]->text; /* as written in a form: braces around it are allowed */
        if (slice_starts(text, S("{"))) text = slice_sub(text, 1, text.n - 2);
        assert_good(a, form_feel_compile(a, text, S("case"), &f));
        for (size_t k = 0; k < scopes->n; k++) {
            const struct json *out;
            assert_good(a, feel_eval(a, f, &env, scopes->items[k], &out, NULL));
            if (k) buf_puts(&b, ", ");
            json_write_to(&b, out);
        }
        buf_puts(&b, "]");
    }
    buf_puts(&b, "\n}\n");
    return buf_slice(&b);
}

static void engine_gives_what_is_written(void **state)
{
    struct arena *a = *state;
    struct slice got = answers(a, test_json(a, read_file(a, "visibility.json", true)));
    if (getenv("TONGBAN_WRITE_EXPECTED")) {
        struct slice path =
            arena_printf(a, "%s/test/differential/visibility_expected.json", getenv("TONGBAN_SOURCE_ROOT"));
        FILE *f = fopen(arena_cstr(a, path), "wb");
        assert_non_null(f);
        assert_int_equal(fwrite(got.p, 1, got.n, f), got.n);
        fclose(f);
    }
    assert_slice(got, arena_cstr(a, read_file(a, "visibility_expected.json", true)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(engine_gives_what_is_written)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
