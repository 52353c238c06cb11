/* 更正办理步骤: an officer with the right puts right where a case stands. */
#include "city/cases/change.h"
#include "city/cases/run.h"
#include "test/city/works.h"

static struct step_correct one(struct works *w, struct id id, enum step_correction what, const char *from,
                               const char *to)
{
    return (struct step_correct){.what = what,
                                 .token = works_token(w, id, from),
                                 .version = works_number(w, "SELECT version FROM case_file WHERE id = ?1", id),
                                 .to = slice_cstr(to),
                                 .reason = S("审批时漏看图纸"),
                                 .password = S(TEST_CITY_PASSWORD)};
}

static result correct(struct works *w, const struct actor *x, struct id id, const struct step_correct *s)
{
    struct case_done done;
    struct case_command k = works_command(w, x, "correct_step", NULL, S(""), id);
    return step_correct(&k, s, &done);
}

static void expect_same(struct works *w)
{
    struct rebuild_report r;
    assert_good(w->a, case_rebuild(w->c, w->a, true, &r));
    if (r.differences) fail_msg("%lld: %.*s", (long long)r.differences, SLICE_ARG(r.first_difference));
}

static void a_step_is_done_again(struct store_fixture *f)
{
    struct works w;
    works_open(&w, f);
    struct id id = works_until(&w, "sign");
    int64_t due = works_number(&w, "SELECT due_at FROM case_file WHERE id = ?1", id);
    int64_t statutory = works_number(&w, "SELECT statutory_due_at FROM case_file WHERE id = ?1", id);
    works_at(&w, "2021-09-24T09:00");
    struct step_correct s = one(&w, id, STEP_REPEAT, "sign", "choose");
    const struct json *told;
    assert_good(w.a, step_correct_preview(w.c, w.a, w.head, id, &s, w.now, &told));
    assert_int_equal(json_get(told, "closes")->n, 1);
    assert_int_equal(json_get(told, "opens")->n, 1);
    assert_int_equal(json_get(told, "again")->n, 2); /* choose, review */
    assert_true(works_has(&w, id, "sign"));          /* nothing has happened */
    assert_good(w.a, correct(&w, w.head, id, &s));
    assert_true(works_has(&w, id, "choose"));
    assert_false(works_has(&w, id, "sign"));
    /* the law's time and the promise stay */
    assert_int_equal(works_number(&w, "SELECT due_at FROM case_file WHERE id = ?1", id), due);
    assert_int_equal(works_number(&w, "SELECT statutory_due_at FROM case_file WHERE id = ?1", id), statutory);
    const struct json *steps = json_get(works_view(&w, id, VIEW_OWNER), "steps");
    for (size_t i = 0; i < steps->n; i++)
        if (slice_is(json_string(steps->items[i], "key"), "choose")) {
            assert_slice(json_string(steps->items[i], "state"), "running");
            assert_int_equal(json_get(steps->items[i], "ended_at")->type, JSON_NULL);
        }
    /* said to the applicant, with the reason */
    struct slice history = json_write(w.a, json_get(works_view(&w, id, VIEW_OWNER), "history"));
    assert_true(slice_search(history, S("审批时漏看图纸")) != SIZE_MAX);
    assert_true(slice_search(history, S("选择颜色")) != SIZE_MAX);
    expect_same(&w);
    assert_good(w.a, works_decide(&w, w.zhangsan, id, "choose", "submit", test_json(w.a, S("{\"colour\":\"grey\"}"))));
    assert_good(w.a, works_decide(&w, w.reviewer, id, "review", "approve", NULL));
    assert_good(w.a, works_decide(&w, w.handler2, id, "sign", "approve", NULL));
    works_jobs(&w);
    assert_slice(json_string(works_view(&w, id, VIEW_OWNER), "state"), "delivered");
    expect_same(&w);
}

static void signed_by_who_signs_in_again(struct store_fixture *f)
{
    struct works w;
    works_open(&w, f);
    struct id id = works_until(&w, "review");
    struct step_correct s = one(&w, id, STEP_MOVE, "review", "choose");
    s.password = S("not it");
    assert_code(correct(&w, w.head, id, &s), CODE_AUTH_FAILED);
    s.password = S(TEST_CITY_PASSWORD);
    s.reason = S(" ");
    assert_code(correct(&w, w.head, id, &s), CODE_FIELD_REQUIRED);
    s.reason = S("漏看图纸");
    s.version--;
    assert_code(correct(&w, w.head, id, &s), CODE_CASE_CHANGED);
    s.version++;
    assert_code(correct(&w, w.handler, id, &s), CODE_FORBIDDEN);
    assert_good(w.a, correct(&w, w.reviewer, id, &s)); /* holds the right "corrector" beside the review */
    assert_true(works_has(&w, id, "choose"));
    /* the record that was signed, and both signatures, are in the journal */
    assert_int_equal(
        works_number(&w, "SELECT COUNT(*) FROM case_event WHERE case_id = ?1 AND kind = 'correct_step'", id), 1);
    assert_true(store_test_number(f, "SELECT COUNT(*) FROM audit WHERE action = 'signin.again'") >= 1);
    assert_true(store_test_number(f, "SELECT COUNT(*) FROM audit WHERE action = 'signin.failed'") >= 1);
}

static void what_is_refused(struct store_fixture *f)
{
    struct works w;
    works_open(&w, f);
    struct id filed = works_filed(&w), id = works_accepted(&w, 4);
    struct step_correct s = one(&w, filed, STEP_CANCEL, "accept", "");
    assert_code(correct(&w, w.head, filed, &s), CODE_STEP_CORRECTION); /* acceptance is the law's */
    s = one(&w, id, STEP_MOVE, "look", "accept");
    assert_code(correct(&w, w.head, id, &s), CODE_STEP_CORRECTION);
    s = one(&w, id, STEP_MOVE, "look", "draw"); /* the join would wait for ever */
    assert_code(correct(&w, w.head, id, &s), CODE_PROCESS_CORRECTION);
    s = one(&w, id, STEP_MOVE, "look", "review");
    assert_code(correct(&w, w.head, id, &s), CODE_PROCESS_CORRECTION);
    s = one(&w, id, STEP_REPEAT, "look", "review");
    assert_code(correct(&w, w.head, id, &s), CODE_STEP_CORRECTION); /* was never done */
    s = one(&w, id, STEP_MOVE, "look", "");
    assert_code(correct(&w, w.head, id, &s), CODE_FIELD_REQUIRED);
    /* what has effect outside is not done twice */
    struct id later = works_until(&w, "review");
    s = one(&w, later, STEP_REPEAT, "review", "draw");
    assert_code(correct(&w, w.head, later, &s), CODE_STEP_CORRECTION);
    /* leaving out a step of one branch is no harm */
    s = one(&w, id, STEP_CANCEL, "look", "");
    assert_good(w.a, correct(&w, w.head, id, &s));
    assert_good(w.a, works_decide(&w, w.handler, id, "draw", "done", NULL));
    works_jobs(&w);
    assert_true(works_has(&w, id, "choose"));
    expect_same(&w);
}

static void whoever_may_sees_where_it_stands(struct store_fixture *f)
{
    struct works w;
    works_open(&w, f);
    struct id id = works_accepted(&w, 4);
    const struct json *v;
    assert_code(step_corrections(w.c, w.a, w.handler, id, w.now, &v), CODE_FORBIDDEN);
    assert_code(step_corrections(w.c, w.a, test_city_actor(w.t, S("gaj.head")), id, w.now, &v), CODE_FORBIDDEN);
    assert_good(w.a, step_corrections(w.c, w.a, w.head, id, w.now, &v));
    const struct json *tokens = json_get(v, "tokens");
    assert_int_equal(tokens->n, 2);
    for (size_t i = 0; i < tokens->n; i++) {
        const struct json *places = json_get(tokens->items[i], "places");
        for (size_t k = 0; k < places->n; k++) assert_false(slice_is(json_string(places->items[k], "id"), "accept"));
        assert_true(places->n >= 4);
    }
    assert_int_equal(works_number(&w, "SELECT COUNT(*) FROM read_record WHERE case_id = ?1", id) > 0, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_BOTH(a_step_is_done_again),
        ON_BOTH(signed_by_who_signs_in_again),
        ON_BOTH(what_is_refused),
        ON_BOTH(whoever_may_sees_where_it_stands),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
