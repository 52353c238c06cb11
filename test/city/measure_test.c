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
                                                                 " FROM measure_sum_now WHERE level = 0",
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
    assert_int_equal(store_test_number(f, "SELECT n FROM measure_sum WHERE level = 0"), 1);
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
    assert_int_equal(store_test_number(f, "SELECT COUNT(*) FROM measure_sum WHERE level = 0"), 2);
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
    store_test_script(f, "UPDATE measure_sum SET late = late + 1 WHERE level = 2");
    assert_int_equal(differences(&w), 2);
    assert_good(w.a, case_rebuild(w.c, w.a, true, &r));
    assert_true(slice_starts(r.first_difference, S("measure_sum")));
    store_test_script(f, "UPDATE case_measure SET acts = 7; DELETE FROM measure_sum");
    assert_good(w.a, case_rebuild(w.c, w.a, false, &r));
    assert_true(r.differences > 0);
    assert_int_equal(sum(&w, "acts"), 2);
    assert_int_equal(differences(&w), 0);
}

/* ---- many cases of every fate, against what this test counted itself ---- */

enum { TOWNS = 3, MONTHS = 4, FATES = 3, ROUNDS = 60 };
static const char *const TOWN[TOWNS] = {"441900003", "441900004", "441900005"};
struct count { /* [delivered, refused, withdrawn] */
    int64_t n[TOWNS][MONTHS][FATES], acts[TOWNS][MONTHS];
};

static uint64_t next_random(uint64_t *s)
{
    *s ^= *s >> 12;
    *s ^= *s << 25;
    *s ^= *s >> 27;
    return (*s * UINT64_C(2685821657736338717)) >> 33;
}

static struct id filed_in(struct works *w, const char *town)
{
    struct case_done done = {.version = 0};
    struct case_filing f = {.service = w->service,
                            .data = works_form(w, "示范路", 4),
                            .town = slice_cstr(town),
                            .subject = w->zhangsan->subject,
                            .channel = S("online")};
    struct case_command k = works_command(w, w->zhangsan, "file", NULL, S(""), ID_NONE);
    assert_good(w->a, subject_snapshot(w->c, w->a, f.subject, &f.applicant));
    assert_good(w->a, case_file(&k, &f, &done));
    return done.case_id;
}

static void corrected(struct works *w, struct id id)
{
    struct case_done done;
    struct task_decision ask = {
        .token = works_token(w, id, "accept"), .outcome = S("correct"), .corrections = works_list(w, "图纸")};
    assert_good(w->a, works_decide_more(w, w->handler, id, &ask));
    struct case_command k = works_command(w, w->zhangsan, "correct", NULL, S(""), id);
    assert_good(w->a, case_correct(&k, works_form(w, "示范路", 9), &done));
}

static void to_the_end(struct works *w, struct id id)
{
    assert_good(w->a, works_decide(w, w->handler, id, "accept", "accept", NULL));
    assert_good(w->a,
                works_decide(w, w->handler, id, "look", "done", test_json(w->a, S("{\"visit_on\":\"2021-09-23\"}"))));
    assert_good(w->a, works_decide(w, w->handler, id, "draw", "done", NULL));
    works_jobs(w);
    if (works_has(w, id, "choose"))
        assert_good(w->a,
                    works_decide(w, w->zhangsan, id, "choose", "submit", test_json(w->a, S("{\"colour\":\"grey\"}"))));
    assert_good(w->a, works_decide(w, w->reviewer, id, "review", "approve", NULL));
    assert_good(w->a, works_decide(w, w->handler2, id, "sign", "approve", NULL));
    works_jobs(w);
}

static void one_fate(struct works *w, struct count *counted, uint64_t *seed)
{
    struct case_done done;
    size_t town = next_random(seed) % TOWNS, month = next_random(seed) % MONTHS, fate = next_random(seed) % FATES;
    bool again = next_random(seed) % 2;
    works_at(
        w, arena_cstr(w->a, arena_printf(w->a, "2021-%02zu-%02dT09:00", 9 + month, (int)(next_random(seed) % 28) + 1)));
    struct id id = filed_in(w, TOWN[town]);
    if (again) corrected(w, id);
    if (fate == 0) to_the_end(w, id);
    if (fate == 1) assert_good(w->a, works_decide(w, w->handler, id, "accept", "refuse", NULL));
    struct case_command k = works_command(w, w->zhangsan, "withdraw", NULL, S(""), id);
    if (fate == 2) assert_good(w->a, case_withdraw(&k, S(""), S("x"), &done));
    counted->n[town][month][fate]++;
    if (fate == 0) counted->acts[town][month] += 2 + again; /* the filing, its own task, the correction */
}

static int64_t sums_of(struct works *w, const char *column, const char *level, const char *part, size_t month)
{
    return store_test_number(
        w->f, arena_cstr(
                  w->a, arena_printf(w->a,
                                     "SELECT CAST(COALESCE(SUM(%s), 0) AS BIGINT) FROM measure_sum_now WHERE level = %s"
                                     " AND part = '%s' AND month = %zu AND service = 'shop_front'",
                                     column, level, part, 202109 + month)));
}

static void equal(int64_t is, int64_t should, const char *what, size_t month)
{
    if (is != should) fail_msg("%s of month %zu: %lld, counted %lld", what, month, (long long)is, (long long)should);
}

static void expect_counted(struct works *w, const struct count *c)
{
    static const char *const COLUMN[FATES] = {"n", "refused", "withdrawn"};
    for (size_t m = 0; m < MONTHS; m++) {
        int64_t all[FATES] = {0}, acts = 0;
        for (size_t t = 0; t < TOWNS; t++) {
            for (size_t i = 0; i < FATES; i++) {
                equal(sums_of(w, COLUMN[i], MEASURE_BY_TOWN, TOWN[t], m), c->n[t][m][i], COLUMN[i], m);
                all[i] += c->n[t][m][i];
            }
            equal(sums_of(w, "acts", MEASURE_BY_TOWN, TOWN[t], m), c->acts[t][m], "acts", m);
            acts += c->acts[t][m];
        }
        for (size_t i = 0; i < FATES; i++) {
            equal(sums_of(w, COLUMN[i], MEASURE_BY_SERVICE, "", m), all[i], COLUMN[i], m);
            equal(sums_of(w, COLUMN[i], MEASURE_BY_DEPARTMENT, "scjg", m), all[i], COLUMN[i], m);
        }
        equal(sums_of(w, "acts", MEASURE_BY_SERVICE, "", m), acts, "acts", m);
    }
    assert_int_equal(differences(w), 0);
}

/* Added up at moments of chance in between; in the end the projections are made anew. */
static void sums_equal_the_full_recomputation(struct store_fixture *f)
{
    struct works w;
    struct count counted = {.n = {{{0}}}};
    struct rebuild_report r;
    uint64_t seed = UINT64_C(20211231);
    works_open(&w, f);
    for (int i = 0; i < ROUNDS; i++) {
        one_fate(&w, &counted, &seed);
        if (next_random(&seed) % 7 == 0) assert_good(w.a, measures_roll(w.c, w.a));
        if (i % 20 == 19) expect_counted(&w, &counted);
    }
    assert_good(w.a, case_rebuild(w.c, w.a, true, &r));
    if (r.differences) fail_msg("%.*s", SLICE_ARG(r.first_difference));
    assert_good(w.a, case_rebuild(w.c, w.a, false, &r));
    expect_counted(&w, &counted);
    one_fate(&w, &counted, &seed);
    expect_counted(&w, &counted);
}

/* A city of the earlier form, some of it added up and some of it new, comes over with the same sums. */
static void sums_of_an_earlier_city_come_over(struct store_fixture *f)
{
    int applied;
    store_fixture_fresh(f); /* migrates by itself */
    assert_good(f->a, store_migrate(f->s, f->a, CASES_MIGRATIONS, 9, &applied));
    store_test_script(
        f,
        "INSERT INTO case_month (month, service, department, town, n, refused, withdrawn, workdays, elapsed_ms, counted_ms, steps,"
        " acts, visits, papers, fee_fen, online, late) VALUES"
        " (202109, 's', 'd', 't1', 2, 1, 0, 5, 0, 0, 0, 2, 0, 0, 0, 2, 0), (202109, 's', 'd', 't2', 3, 0, 1, 7, 0, 0, 0, 3, 0, 0, 0, 2, 1),"
        " (202109, 's', 'e', 't2', 4, 0, 0, 9, 0, 0, 0, 4, 0, 0, 0, 2, 1), (202110, 's', 'd', 't1', 5, 0, 0, 1, 0, 0, 0, 5, 0, 0, 0, 2, 0);"
        "INSERT INTO case_measure (case_id, number, service, department, town, month, state, filed_at, ended_at, workdays, elapsed_ms,"
        " counted_ms, steps, acts, visits, papers, fee_fen, online, late, rolled) VALUES (CAST('1234567890123456' AS {BLOB}), 'x', 's', 'd', 't1',"
        " 202110, 3, 0, 0, 11, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0)");
    assert_good(f->a, store_migrate(f->s, f->a, CASES_MIGRATIONS, CASES_NMIGRATIONS, &applied));
#define WORKDAYS(where) store_test_number(f, "SELECT CAST(SUM(workdays) AS BIGINT) FROM measure_sum_now WHERE " where)
    assert_int_equal(WORKDAYS("level = 0 AND month = 202109"), 21);
    assert_int_equal(WORKDAYS("level = 0 AND month = 202110"), 12);
    assert_int_equal(WORKDAYS("level = 1 AND month = 202109 AND part = 'd'"), 12);
    assert_int_equal(WORKDAYS("level = 1 AND month = 202110 AND part = 'd'"), 12);
    assert_int_equal(WORKDAYS("level = 2 AND month = 202109 AND part = 't2'"), 16);
    assert_int_equal(WORKDAYS("level = 2 AND part = 't1'"), 17);
#undef WORKDAYS
}

static const struct stmt PLAN = {
    "test_plan",
    "EXPLAIN QUERY PLAN SELECT part, SUM(n) FROM measure_sum_now WHERE level = 2 AND month >= ?1 AND month <= ?2 AND service = ?3"
    " GROUP BY part",
    NULL, false};

/* Over ten million cases the index of services would be the whole of it. */
static void what_is_new_is_found_without_what_is_not(struct store_fixture *f)
{
    struct works w;
    struct rows r;
    bool found = false;
    works_open(&w, f);
    const struct sql_value v[] = {sql_int(202101), sql_int(202112), sql_text(S("shop_front"))};
    assert_good(w.a, store_query(f->s, w.a, &PLAN, v, 3, &r));
    for (size_t i = 0; i < r.n; i++) {
        struct slice line = row(&r, i)[3].s;
        found = found || slice_search(line, S("case_measure_new")) != SIZE_MAX;
        if (slice_search(line, S("case_measure_service")) != SIZE_MAX) fail_msg("%.*s", SLICE_ARG(line));
    }
    assert_true(found);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_BOTH(a_case_is_measured_when_it_ends),
        ON_BOTH(acts_and_steps_of_a_granted_case),
        ON_BOTH(late_is_late),
        ON_BOTH(sums_are_exact_at_every_moment),
        ON_BOTH(an_edited_sum_is_found_and_mended),
        ON_BOTH(sums_equal_the_full_recomputation),
        ON_BOTH(sums_of_an_earlier_city_come_over),
        ON_SQLITE(what_is_new_is_found_without_what_is_not),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
