/* Waiting and working hours of steps, spent by this test: what is read from the counts is what was spent. Office hours are those of the
 * test city's calendar. */
#include "city/cases/steptime.h"

#include <stdlib.h>

#include "city/cases/archive.h"
#include "city/cases/measure.h"
#include "test/city/works.h"

static double hours(const struct json *step, const char *part, const char *which)
{
    const struct json *x = json_get(json_get(step, part), which);
    if (!x || x->type != JSON_NUMBER) fail_msg("%s.%s is no number", part, which);
    return strtod(x->text.p, NULL);
}

static const struct json *step_of(const struct json *v, const char *node)
{
    const struct json *list = json_get(v, "steps");
    for (size_t i = 0; i < list->n; i++)
        if (slice_is(json_string(list->items[i], "node"), node)) return list->items[i];
    fail_msg("no times of %s", node);
    return NULL;
}

static void near(double x, double want)
{
    if (x < want * 0.8 || x > want * 1.25) fail_msg("%.2f hours, not about %.2f", x, want);
}

static void claim(struct works *w, const struct actor *x, struct id id, const char *node)
{
    struct case_done done;
    struct case_command k = works_command(w, x, "claim", NULL, S(""), id);
    assert_good(w->a, task_claim(&k, works_token(w, id, node), &done));
}

/* Filed and accepted at 9:00; both tasks open. "look" is claimed at 10:00 and done at 11:30; "draw" is never claimed, done at 11:30. */
static struct id spent(struct works *w, const char *date)
{
    works_at(w, arena_cstr(w->a, arena_printf(w->a, "%sT09:00", date)));
    struct id id = works_accepted(w, 4);
    works_at(w, arena_cstr(w->a, arena_printf(w->a, "%sT10:00", date)));
    claim(w, w->handler, id, "look");
    works_at(w, arena_cstr(w->a, arena_printf(w->a, "%sT11:30", date)));
    assert_good(w->a,
                works_decide(w, w->handler, id, "look", "done", test_json(w->a, S("{\"visit_on\":\"2021-09-23\"}"))));
    assert_good(w->a, works_decide(w, w->handler, id, "draw", "done", NULL));
    works_jobs(w);
    assert_good(w->a,
                works_decide(w, w->zhangsan, id, "choose", "submit", test_json(w->a, S("{\"colour\":\"grey\"}"))));
    assert_good(w->a, works_decide(w, w->reviewer, id, "review", "approve", NULL));
    assert_good(w->a, works_decide(w, w->handler2, id, "sign", "approve", NULL));
    works_jobs(w);
    return id;
}

static void times_are_those_spent(struct store_fixture *f)
{
    struct works w;
    const struct json *v;
    works_open(&w, f);
    for (int i = 0; i < 5; i++) (void)spent(&w, "2021-09-23");
    assert_good(w.a, measures_roll(w.c, w.a));
    assert_good(w.a, measures_roll(w.c, w.a)); /* nothing is counted twice */
    assert_good(w.a, steptimes_json(w.c, w.a, WORKS_SERVICE, 202109, 202109, &v));
    const struct json *look = step_of(v, "look"), *draw = step_of(v, "draw");
    assert_int_equal(json_int(look, "n", 0), 5);
    near(hours(look, "wait", "median"), 1.0);
    near(hours(look, "work", "median"), 1.5);
    near(hours(look, "wait", "p90"), 1.0);
    near(hours(draw, "wait", "median"), 2.5);
    assert_true(hours(draw, "work", "median") < 0.1);
    assert_slice(json_string(look, "element"), "look");
    assert_true(json_bool(step_of(v, "choose"), "applicant", false));
    assert_good(w.a, steptimes_json(w.c, w.a, WORKS_SERVICE, 202110, 202112, &v));
    assert_int_equal(json_get(v, "steps")->n, 0);
    assert_code(steptimes_json(w.c, w.a, WORKS_SERVICE, 202110, 202109, &v), CODE_QUERY_BAD);
    assert_code(steptimes_json(w.c, w.a, WORKS_SERVICE, 201801, 202109, &v), CODE_QUERY_BAD);
}

/* Few tasks tell nothing; a rebuild loses and doubles none, whether the worker has come or not. */
static void few_tell_nothing_and_a_rebuild_keeps_the_counts(struct store_fixture *f)
{
    struct works w;
    const struct json *v;
    struct rebuild_report report;
    works_open(&w, f);
    for (int i = 0; i < 3; i++) (void)spent(&w, "2021-09-23");
    assert_good(w.a, measures_roll(w.c, w.a));
    assert_good(w.a, steptimes_json(w.c, w.a, WORKS_SERVICE, 202109, 202109, &v));
    assert_true(json_get(step_of(v, "look"), "wait")->type == JSON_NULL);
    (void)spent(&w, "2021-09-23"); /* not rolled yet */
    assert_good(w.a, case_rebuild(w.c, w.a, false, &report));
    assert_int_equal(report.differences, 0);
    assert_good(w.a, measures_roll(w.c, w.a));
    assert_good(w.a, steptimes_json(w.c, w.a, WORKS_SERVICE, 202109, 202109, &v));
    assert_int_equal(json_int(step_of(v, "look"), "n", 0), 4);
}

static int64_t compared(struct works *w)
{
    struct rebuild_report report;
    assert_good(w->a, case_rebuild(w->c, w->a, true, &report));
    return report.differences;
}

/* The counts are what the journal gives, of folded cases too; what somebody changes is found and put right. */
static void the_counts_come_from_the_journal(struct store_fixture *f)
{
    struct works w;
    struct rebuild_report report;
    struct archive_at at = {.ended = 0};
    works_open(&w, f);
    for (int i = 0; i < 3; i++) (void)spent(&w, "2021-09-23");
    assert_good(w.a, measures_roll(w.c, w.a));
    int64_t sum = store_test_number(f, "SELECT CAST(SUM(n) AS BIGINT) FROM step_sum");
    assert_true(sum > 0);
    for (size_t n = 1; n;) assert_good(w.a, case_archive_run(w.c, w.a, w.now + 181 * MS_DAY, 64, &at, &n));
    assert_int_equal(store_test_number(f, "SELECT COUNT(*) FROM case_archive"), 3);
    assert_int_equal(compared(&w), 0);
    store_test_script(f, "UPDATE step_sum SET n = n + 1 WHERE part = 0");
    store_test_script(f, "DELETE FROM step_sum WHERE part = 1");
    assert_true(compared(&w) > 0);
    assert_good(w.a, case_rebuild(w.c, w.a, false, &report));
    assert_string_equal(arena_cstr(w.a, report.first_difference), "step_sum: counts differ from those of the journal");
    assert_int_equal(store_test_number(f, "SELECT CAST(SUM(n) AS BIGINT) FROM step_sum"), sum);
    assert_int_equal(compared(&w), 0);
    /* of one of them nobody can read the steps any more: its month is neither compared nor touched */
    store_test_script(f,
                      f->kind == STORE_SQLITE
                          ? "UPDATE data_key SET wrapped = x'' WHERE id IN (SELECT case_id FROM case_archive LIMIT 1)"
                          : "UPDATE data_key SET wrapped = ''::bytea WHERE id IN (SELECT case_id FROM case_archive"
                            " LIMIT 1)");
    store_test_script(f, "UPDATE step_sum SET n = n + 1 WHERE part = 0");
    int64_t left = store_test_number(f, "SELECT CAST(SUM(n) AS BIGINT) FROM step_sum");
    assert_int_equal(compared(&w), 0);
    assert_good(w.a, case_rebuild(w.c, w.a, false, &report));
    assert_int_equal(store_test_number(f, "SELECT CAST(SUM(n) AS BIGINT) FROM step_sum"), left);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_BOTH(times_are_those_spent),
        ON_BOTH(few_tell_nothing_and_a_rebuild_keeps_the_counts),
        ON_BOTH(the_counts_come_from_the_journal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
