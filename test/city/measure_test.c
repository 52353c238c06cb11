/* What each case took, counted by this test as it happens; and the sums, which must equal those of all rows at every moment. */
#include "city/cases/measure.h"
#include "test/city/works.h"

static int64_t of(struct works *w, const char *column, struct id id)
{
    return works_number(w, arena_cstr(w->a, arena_printf(w->a, "SELECT %s FROM case_measure WHERE case_id=?1", column)),
                        id);
}

static void expect(struct works *w, struct id id, const char *column, int64_t n)
{
    if (of(w, column, id) != n) fail_msg("%s is %lld, not %lld", column, (long long)of(w, column, id), (long long)n);
}

static int64_t rows(struct works *w, const char *where)
{
    return store_test_number(
        w->f,
        arena_cstr(w->a, arena_printf(w->a, "SELECT CAST(COUNT(*) AS BIGINT) FROM case_measure WHERE %s", where)));
}

static int64_t sum(struct works *w, const char *column)
{
    return store_test_number(w->f, arena_cstr(w->a, arena_printf(w->a,
                                                                 "SELECT CAST(COALESCE(SUM(%s), 0) AS BIGINT)"
                                                                 " FROM case_month_now",
                                                                 column)));
}

static result compare_body(struct tx *tx, struct arena *a, void *ctx)
{
    return measures_compare(tx, a, ctx);
}

static int64_t differences(struct works *w)
{
    int64_t n;
    assert_good(w->a, store_run(w->c->store, w->a, "test_compare", compare_body, &n));
    return n;
}

static struct id granted(struct works *w)
{
    struct id id = works_until(w, "sign");
    assert_good(w->a, works_decide(w, w->handler2, id, "sign", "approve", NULL));
    works_jobs(w);
    return id;
}

/* Filed on Wednesday 2021-09-22, decided on Sunday 2021-09-26, a make-up working day: Thursday, Friday and Sunday are counted. */
static void a_case_is_measured_when_it_ends(struct store_fixture *f)
{
    struct works w;
    struct case_done done;
    works_open(&w, f);
    struct id id = works_filed(&w);
    struct task_decision ask = {
        .token = works_token(&w, id, "accept"), .outcome = S("correct"), .corrections = works_list(&w, "图纸")};
    assert_good(w.a, works_decide_more(&w, w.handler, id, &ask));
    struct case_command k = works_command(&w, w.zhangsan, "correct", NULL, S(""), id);
    assert_good(w.a, case_correct(&k, works_form(&w, "示范路", 9), &done));
    assert_good(w.a, works_decide(&w, w.handler, id, "accept", "accept", NULL));
    assert_int_equal(rows(&w, "1 = 1"), 0);
    works_at(&w, "2021-09-23T09:00");
    k = works_command(&w, w.handler, "stop", NULL, S(""), id);
    assert_good(w.a, case_clock_stop(&k, works_token(&w, id, "look"), S("testing"), S("x"), &done));
    works_at(&w, "2021-09-24T09:00");
    k = works_command(&w, w.handler, "resume", NULL, S(""), id);
    assert_good(w.a, case_clock_resume(&k, works_token(&w, id, "look"), S("x"), &done));
    works_at(&w, "2021-09-26T09:00");
    k = works_command(&w, w.zhangsan, "withdraw", NULL, S(""), id);
    assert_good(w.a, case_withdraw(&k, S(""), S("x"), &done));
    assert_int_equal(rows(&w, "1 = 1"), 1);
    expect(&w, id, "month", 202109);
    expect(&w, id, "state", CASE_WITHDRAWN);
    expect(&w, id, "workdays", 3);
    expect(&w, id, "elapsed_ms", 4 * MS_DAY);
    expect(&w, id, "counted_ms", 3 * MS_DAY);
    expect(&w, id, "acts", 2);
    expect(&w, id, "visits", 0);
    expect(&w, id, "online", 1);
    expect(&w, id, "late", 0);
}

/* The applicant's own task counts as one more act; every step was gone through. */
static void acts_and_steps_of_a_granted_case(struct store_fixture *f)
{
    struct works w;
    works_open(&w, f);
    struct id id = granted(&w);
    expect(&w, id, "state", CASE_DELIVERED);
    expect(&w, id, "acts", 2);
    assert_true(of(&w, "steps", id) > 0);
    assert_int_equal(sum(&w, "n"), 1);
    assert_int_equal(sum(&w, "acts"), 2);
}

static void late_is_late(struct store_fixture *f)
{
    struct works w;
    works_open(&w, f);
    struct id id = works_until(&w, "sign");
    works_at(&w, "2021-11-01T09:00");
    assert_good(w.a, works_decide(&w, w.handler2, id, "sign", "approve", NULL));
    works_jobs(&w);
    expect(&w, id, "late", 1);
    expect(&w, id, "month", 202111);
    assert_int_equal(sum(&w, "late"), 1);
}

/* Whether the worker has come or not, and however often: the sums are those of all rows. */
static void sums_are_exact_at_every_moment(struct store_fixture *f)
{
    struct works w;
    struct rebuild_report r;
    struct case_done done;
    works_open(&w, f);
    granted(&w);
    assert_int_equal(rows(&w, "rolled = 0"), 1);
    assert_int_equal(differences(&w), 0);
    assert_good(w.a, measures_roll(w.c, w.a));
    assert_int_equal(rows(&w, "rolled = 1"), 1);
    assert_int_equal(store_test_number(f, "SELECT n FROM case_month"), 1);
    assert_int_equal(differences(&w), 0);
    works_at(&w, "2021-10-11T09:00");
    granted(&w);
    granted(&w);
    struct id gone = works_accepted(&w, 4);
    struct case_command k = works_command(&w, w.zhangsan, "withdraw", NULL, S(""), gone);
    assert_good(w.a, case_withdraw(&k, S(""), S("x"), &done));
    struct id refused = works_filed(&w);
    assert_good(w.a, works_decide(&w, w.handler, refused, "accept", "refuse", NULL));
    for (int i = 0; i < 3; i++) {
        assert_int_equal(sum(&w, "n"), 3);
        assert_int_equal(sum(&w, "withdrawn"), 1);
        assert_int_equal(sum(&w, "refused"), 1);
        assert_int_equal(differences(&w), 0);
        assert_good(w.a, measures_roll(w.c, w.a));
    }
    assert_int_equal(rows(&w, "rolled <> 1"), 0);
    assert_int_equal(store_test_number(f, "SELECT COUNT(*) FROM case_month"), 2);
    granted(&w);
    assert_good(w.a, case_rebuild(w.c, w.a, true, &r));
    if (r.differences) fail_msg("%.*s", SLICE_ARG(r.first_difference));
    assert_good(w.a, case_rebuild(w.c, w.a, false, &r));
    assert_int_equal(r.differences, 0);
    assert_int_equal(sum(&w, "n"), 4);
    assert_int_equal(rows(&w, "rolled <> 1"), 0);
}

static void an_edited_sum_is_found_and_mended(struct store_fixture *f)
{
    struct works w;
    struct rebuild_report r;
    works_open(&w, f);
    granted(&w);
    assert_good(w.a, measures_roll(w.c, w.a));
    store_test_script(f, "UPDATE case_month SET late = late + 1");
    assert_int_equal(differences(&w), 2);
    assert_good(w.a, case_rebuild(w.c, w.a, true, &r));
    assert_true(slice_starts(r.first_difference, S("case_month")));
    store_test_script(f, "UPDATE case_measure SET acts = 7; DELETE FROM case_month");
    assert_good(w.a, case_rebuild(w.c, w.a, false, &r));
    assert_true(r.differences > 0);
    assert_int_equal(sum(&w, "acts"), 2);
    assert_int_equal(differences(&w), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_BOTH(a_case_is_measured_when_it_ends), ON_BOTH(acts_and_steps_of_a_granted_case),  ON_BOTH(late_is_late),
        ON_BOTH(sums_are_exact_at_every_moment),  ON_BOTH(an_edited_sum_is_found_and_mended),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
