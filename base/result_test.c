#include "base/testing.h"

static void texts_are_filled_in(void **state)
{
    struct arena *a = *state;
    result r = fail(a, CODE_FIELD_TYPE, S("/applicant/age"), "expected", S("integer"), NULL);
    assert_true(failed(r));
    assert_code(r, CODE_FIELD_TYPE);
    assert_int_equal(code_status(r.problem->code), 422);
    assert_string_equal(code_name(r.problem->code), "field.type");
    assert_slice(problem_text(a, r.problem, LANG_EN), "\"/applicant/age\" has the wrong type, expected integer");
    assert_slice(problem_text(a, r.problem, LANG_ZH), "“/applicant/age”类型不符，应为 integer");
    assert_slice(
        result_text(a, r, LANG_EN),
        "/applicant/age: \"/applicant/age\" has the wrong type, expected integer (Give a value of that type)\n");
}

static void arguments_by_language(void **state)
{
    struct arena *a = *state;
    result r = fail(a, CODE_INTERNAL, S(""), "detail_zh", S("磁盘已满"), "detail", S("disk full"), NULL);
    assert_slice(problem_text(a, r.problem, LANG_ZH), "系统内部错误（磁盘已满）");
    assert_slice(problem_text(a, r.problem, LANG_EN), "Internal error (disk full)");
    r = fail(a, CODE_INTERNAL, S(""), NULL);
    assert_slice(problem_text(a, r.problem, LANG_EN), "Internal error ({detail})"); /* a mistake shows */
}

static void problems_join_and_copy(void **state)
{
    struct arena *a = *state;
    struct arena *shorter = arena_new("shorter");
    char field[] = "/b";
    result first = fail(shorter, CODE_FIELD_REQUIRED, S("/a"), NULL);
    result second = fail(shorter, CODE_FIELD_UNKNOWN, slice_cstr(field), NULL);
    field[1] = 'x'; /* it was copied */
    assert_true(result_join(a, ok(), first).problem == first.problem);
    assert_true(result_join(a, first, ok()).problem == first.problem);
    assert_false(failed(result_join(a, ok(), ok())));
    result both = result_join(shorter, first, second);
    both = result_join(shorter, both, fail(shorter, CODE_INTERNAL, S(""), "detail", S("d"), NULL));
    result kept = result_copy(a, both);
    arena_free(shorter);
    assert_slice(result_text(a, kept, LANG_EN),
                 "/a: \"/a\" is required (Fill it in)\n"
                 "/b: Unknown field \"/b\" (Remove it or check its spelling)\n"
                 "Internal error (d) (Try again later; if it persists, tell the operator the time)\n");
    assert_false(failed(result_copy(a, ok())));
    result placed = result_in_file(a, S("d.json"), kept);
    assert_true(slice_starts(placed.problem->field, S("d.json#")));
    assert_int_equal(placed.problem->next->code, kept.problem->next->code);
    assert_false(failed(result_in_file(a, S("d.json"), ok())));
}

/* Slugs are unique and well formed; both texts and both remedies exist; every status is an error's. */
static void registry_is_sound(void **state)
{
    struct arena *a = *state;
    for (enum code c = CODE_OK + 1; c < CODE_COUNT; c++) {
        struct slice slug = slice_cstr(code_name(c));
        assert_true(slug.n > 0);
        for (size_t i = 0; i < slug.n; i++) {
            char ch = slug.p[i];
            assert_true((ch >= 'a' && ch <= 'z') || (ch >= '0' && ch <= '9') || ch == '_' || ch == '.');
        }
        if (code_of_name(slug) != c) fail_msg("slug %s is used twice", slug.p);
        assert_in_range(code_status(c), 400, 599);
        struct problem p = {.code = c};
        for (enum lang l = LANG_ZH; l <= LANG_EN; l++) {
            struct slice text = problem_text(a, &p, l), remedy = problem_remedy(a, &p, l);
            if (!text.n || !remedy.n || !slice_utf8(text) || !slice_utf8(remedy)) fail_msg("texts of %s", slug.p);
        }
    }
    assert_true(code_of_name(S("no.such")) == CODE_COUNT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(texts_are_filled_in),
        TEST(arguments_by_language),
        TEST(problems_join_and_copy),
        TEST(registry_is_sound),
    };
    return cmocka_run_group_tests_name("result", tests, NULL, NULL);
}
