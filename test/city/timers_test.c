/* A great many timers that fall due at once: in bounded rounds, the earliest due first, each once, found by the index. */
#include "city/sql.h"
#include "test/city/works.h"

enum { CASES = 120, TIMERS = 10 * CASES };

static void many(struct works *w, struct store_fixture *f)
{
    struct service_files folder;
    works_open(w, f);
    assert_good(w->a,
                service_files_read(w->a, slice_cstr(test_city_source(w->a, "test/city/flow/ten_reminders")), &folder));
    assert_good(w->a, catalogue_install(w->c->catalogue, w->a, &folder, 1, w->now));
    assert_good(w->a, catalogue_current(w->c->catalogue, w->a, S("ten_reminders"), &w->service));
    for (int i = 0; i < CASES; i++) {
        struct case_done done;
        assert_good(w->a, works_file(w, w->zhangsan, NULL, test_json(w->a, S("{}")), &done));
        works_set(w, w->now + MS_SECOND);
    }
    assert_int_equal(store_test_number(f, "SELECT COUNT(*) FROM case_timer"), TIMERS);
}

static void after_an_outage(struct store_fixture *f)
{
    static const char FIRST[] =
        "SELECT MAX(due_at) FROM (SELECT due_at FROM case_timer ORDER BY due_at, id LIMIT 64) AS x";
    struct works w;
    size_t n, all = 0;
    many(&w, f);
    works_set(&w, w.now + 11 * MS_HOUR);
    for (int round = 0; all < TIMERS; round++) {
        int64_t last = store_test_number(f, FIRST);
        assert_good(w.a, case_timers_run(w.c, w.a, w.now, 100000, &n));
        assert_true(n > 0 && n <= TIMERS_ROUND);
        /* none that is due later went before one that was due earlier */
        struct stmt *q = NEW(w.a, struct stmt);
        struct rows r;
        *q = (struct stmt){"timers_before", "SELECT COUNT(*) FROM case_timer WHERE due_at < ?1", NULL, false};
        assert_good(w.a, store_query(w.c->store, w.a, q, BINDS(sql_int(last)), &r));
        assert_int_equal(row(&r, 0)[0].i, 0);
        all += n;
    }
    assert_int_equal(all, TIMERS);
    assert_good(w.a, case_timers_run(w.c, w.a, w.now, 64, &n));
    assert_int_equal(n, 0);
    assert_int_equal(store_test_number(f, "SELECT COUNT(*) FROM case_event WHERE kind = 'timer'"), TIMERS);
    assert_int_equal(store_test_number(f, "SELECT COUNT(*) FROM case_timer"), 0);
    struct rebuild_report report;
    assert_good(w.a, case_rebuild(w.c, w.a, true, &report));
    assert_int_equal(report.differences, 0);
}

/* As store_lease asks. */
static void the_index_is_used(struct store_fixture *f)
{
    struct works w;
    struct rows r;
    works_open(&w, f);
    bool sqlite = store_kind(w.c->store) == STORE_SQLITE;
    store_test_script(
        f,
        sqlite
            ? "INSERT INTO case_timer (id, case_id, token, due_at, set_at, lease_until) WITH RECURSIVE s(i) AS (SELECT 1"
              " UNION ALL SELECT i + 1 FROM s WHERE i < 20000) SELECT randomblob(16), randomblob(16), i, i, 0, 0 FROM s"
            : "INSERT INTO case_timer (id, case_id, token, due_at, set_at, lease_until) SELECT decode(md5(i::text), 'hex'),"
              " decode(md5((-i)::text), 'hex'), i, i, 0, 0 FROM generate_series(1, 20000) AS i");
    if (!sqlite) store_test_script(f, "ANALYZE case_timer");
    struct stmt *q = NEW(w.a, struct stmt);
    *q = (struct stmt){
        "timers_explain",
        arena_cstr(w.a, arena_printf(w.a,
                                     "%s SELECT id FROM case_timer WHERE due_at <= ?1 AND (lease_until IS NULL OR"
                                     " lease_until <= ?1) ORDER BY due_at, id LIMIT ?2",
                                     sqlite ? "EXPLAIN QUERY PLAN" : "EXPLAIN")),
        NULL, false};
    assert_good(w.a, store_query(w.c->store, w.a, q, BINDS(sql_int(w.now), sql_int(64)), &r));
    bool index = false;
    for (size_t i = 0; i < r.n; i++) {
        struct slice line = row(&r, i)[r.ncols - 1].s;
        index = index || slice_search(line, S("case_timer_next")) != SIZE_MAX;
        if (slice_search(line, S("TEMP B-TREE")) != SIZE_MAX || slice_search(line, S("Sort")) != SIZE_MAX ||
            slice_search(line, S("Seq Scan")) != SIZE_MAX)
            fail_msg("%.*s", SLICE_ARG(line));
    }
    assert_true(index);
}

/* Old timers have half of the time and small rounds while others write, and all of it when nobody does. */
static void others_are_let_through(void **state)
{
    (void)state;
    struct timers_pace beside = case_timers_pace(TIMERS_ROUND + 1, TIMERS_ROUND, TIMERS_ROUND, 30);
    assert_int_equal(beside.next, TIMERS_BESIDE);
    assert_int_equal(beside.rest, 30);
    beside = case_timers_pace(TIMERS_BESIDE + 1, TIMERS_BESIDE, TIMERS_BESIDE, 0);
    assert_int_equal(beside.next, TIMERS_BESIDE);
    assert_int_equal(beside.rest, 1); /* a round of less than a millisecond is followed by a rest too */
    assert_int_equal(case_timers_pace(200, TIMERS_ROUND, TIMERS_ROUND, 60000).rest, TIMERS_REST_MAX);
    const struct timers_pace alone[] = {case_timers_pace(TIMERS_ROUND, TIMERS_ROUND, TIMERS_ROUND, 30),
                                        case_timers_pace(TIMERS_BESIDE, TIMERS_BESIDE, TIMERS_BESIDE, 30),
                                        case_timers_pace(200, TIMERS_ROUND, TIMERS_ROUND - 1, 30)};
    for (size_t i = 0; i < sizeof alone / sizeof *alone; i++) {
        assert_int_equal(alone[i].next, TIMERS_ROUND);
        assert_int_equal(alone[i].rest, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_BOTH(after_an_outage),
        ON_BOTH(the_index_is_used),
        cmocka_unit_test(others_are_let_through),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
