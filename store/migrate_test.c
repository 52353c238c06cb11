/* Migrations, numbers and leases. */
#include <pthread.h>
#include <stdlib.h>

#include "store/store_test_support.h"

static const struct migration CITY[] = {
    {"city", 1, "first",
     "CREATE TABLE a (id {INT} PRIMARY KEY, s {TEXT} NOT NULL DEFAULT '{}') {WITHOUT_ROWID};\nINSERT INTO a (id) VALUES (1);\n",
     NULL},
    {"area01", 1, "its own", "CREATE TABLE b (id {BLOB} PRIMARY KEY);",
     "CREATE TABLE b (id {BLOB} PRIMARY KEY, extra {INT});"},
    {"city", 2, "second", "INSERT INTO a (id, s) VALUES (2, 'one; two;\nthree');", NULL},
};

static void each_runs_once_in_order(struct store_fixture *f)
{
    int applied;
    assert_good(f->a, store_migrate(f->s, f->a, CITY, 2, &applied));
    assert_int_equal(applied, 2);
    assert_good(f->a, store_migrate(f->s, f->a, CITY, 3, &applied));
    assert_int_equal(applied, 1);
    store_fixture_reopen(f);
    assert_good(f->a, store_migrate(f->s, f->a, CITY, 3, &applied));
    assert_int_equal(applied, 0);
    assert_int_equal(store_test_number(f, "SELECT count(*) FROM a"), 2);
    assert_int_equal(store_test_number(f, "SELECT length(s) FROM a WHERE id = 2"), 15);
}

static void a_changed_text_is_refused(struct store_fixture *f)
{
    assert_good(f->a, store_migrate(f->s, f->a, CITY, 3, NULL));
    struct migration m[3];
    memcpy(m, CITY, sizeof m);
    m[2].sql = "INSERT INTO a (id, s) VALUES (3, 'x');";
    result r = store_migrate(f->s, f->a, m, 3, NULL);
    assert_code(r, CODE_STORE_MIGRATION_CHANGED);
    assert_true(slice_search(problem_text(f->a, r.problem, LANG_ZH), S("city/2 second")) != SIZE_MAX);
    assert_int_equal(store_test_number(f, "SELECT count(*) FROM a"), 2);
}

static void a_failing_one_leaves_nothing(struct store_fixture *f)
{
    struct migration m[] = {{"x", 1, "good", "CREATE TABLE g (id {INT});", NULL},
                            {"x", 2, "bad", "INSERT INTO g (id) VALUES (1);\nCREATE TABLE g (id {INT});", NULL}};
    int applied;
    assert_code(store_migrate(f->s, f->a, m, 2, &applied), CODE_STORE_SQL);
    assert_int_equal(applied, 1);
    assert_int_equal(store_test_number(f, "SELECT count(*) FROM g"), 0);
    m[1].sql = "INSERT INTO g (id) VALUES (1);";
    assert_good(f->a, store_migrate(f->s, f->a, m, 2, &applied));
    assert_int_equal(applied, 1);
    assert_int_equal(store_test_number(f, "SELECT count(*) FROM g"), 1);
}

static void order_and_release_are_checked(struct store_fixture *f)
{
    struct migration gap[] = {{"y", 1, "one", "CREATE TABLE y (id {INT});", NULL},
                              {"y", 3, "three", "DROP TABLE y;", NULL}};
    assert_code(store_migrate(f->s, f->a, gap, 2, NULL), CODE_STORE_MIGRATION);
    assert_good(f->a, store_migrate(f->s, f->a, CITY, 3, NULL));
    result r = store_migrate(f->s, f->a, CITY, 1, NULL); /* an older program */
    assert_code(r, CODE_STORE_MIGRATION);
    struct migration unknown = {"z", 1, "macro", "CREATE TABLE z (a {DOUBLE});", NULL};
    assert_code(store_migrate(f->s, f->a, &unknown, 1, NULL), CODE_STORE_MIGRATION);
}

struct migrator {
    struct store *s;
    pthread_t thread;
    int applied;
    enum code code;
};
static void *migrate_all(void *arg)
{
    struct migrator *p = arg;
    struct arena *a = arena_new("migrator");
    p->code = result_code(store_migrate(p->s, a, CITY, 3, &p->applied));
    arena_free(a);
    return NULL;
}

static void two_programs_migrate_at_once(struct store_fixture *f)
{
    struct migrator t[2] = {{.s = f->s}, {.s = store_fixture_second(f)}};
    for (int i = 0; i < 2; i++) assert_int_equal(pthread_create(&t[i].thread, NULL, migrate_all, &t[i]), 0);
    for (int i = 0; i < 2; i++) pthread_join(t[i].thread, NULL);
    assert_int_equal(t[0].code, CODE_OK);
    assert_int_equal(t[1].code, CODE_OK);
    assert_int_equal(t[0].applied + t[1].applied, 3);
    store_close(t[1].s);
}

/* ---- numbers ---- */

static void numbers_adjoin_and_never_repeat(struct store_fixture *f)
{
    int64_t first;
    assert_good(f->a, store_numbers(f->s, f->a, S("受理号"), 1, &first));
    assert_int_equal(first, 1);
    assert_good(f->a, store_numbers(f->s, f->a, S("受理号"), 3, &first));
    assert_int_equal(first, 2);
    assert_good(f->a, store_numbers(f->s, f->a, S("other"), 1, &first));
    assert_int_equal(first, 1);
    assert_good(f->a, store_numbers(f->s, f->a, S("受理号"), 1000, &first)); /* more than is left */
    assert_true(first >= 5);
    int64_t end = first + 1000;
    store_fixture_reopen(f);
    assert_good(f->a, store_numbers(f->s, f->a, S("受理号"), 1, &first));
    assert_true(first >= end);
    assert_code(store_numbers(f->s, f->a, S("受理号"), 0, &first), CODE_INTERNAL);
    assert_code(store_numbers(f->s, f->a, S(""), 1, &first), CODE_INTERNAL);
}

enum { TAKERS = 4, TAKES = 150, PER_TAKE = 3, MOST = 4 * TAKERS * TAKES * PER_TAKE };
struct taker {
    struct store *s;
    pthread_t thread;
    int64_t first[TAKES];
    int failures;
};
static void *take_numbers(void *arg)
{
    struct taker *t = arg;
    struct arena *a = arena_new("taker");
    for (int i = 0; i < TAKES; i++) t->failures += failed(store_numbers(t->s, a, S("case"), PER_TAKE, &t->first[i]));
    arena_free(a);
    return NULL;
}

static void numbers_of_two_stores_never_meet(struct store_fixture *f)
{
    struct store *second = store_fixture_second(f);
    struct taker *t = NEW_ARRAY(f->a, struct taker, TAKERS);
    bool *taken = NEW_ARRAY(f->a, bool, MOST);
    for (int k = 0; k < TAKERS; k++) {
        t[k].s = k % 2 ? second : f->s;
        assert_int_equal(pthread_create(&t[k].thread, NULL, take_numbers, &t[k]), 0);
    }
    for (int k = 0; k < TAKERS; k++) pthread_join(t[k].thread, NULL);
    for (int k = 0; k < TAKERS; k++) {
        assert_int_equal(t[k].failures, 0);
        for (int i = 0; i < TAKES * PER_TAKE; i++) {
            int64_t n = t[k].first[i / PER_TAKE] + i % PER_TAKE;
            assert_in_range(n, 1, MOST - 1);
            assert_false(taken[n]);
            taken[n] = true;
        }
    }
    store_close(second);
}

/* ---- leases ---- */

static const char WORK[] =
    "CREATE TABLE work (id {BLOB} PRIMARY KEY, due_at {INT}, lease_until {INT}, lease_owner {BLOB});";
static const struct stmt WORK_NEW = {"work_new", "INSERT INTO work (id, due_at) VALUES (?1, ?2)", NULL, false};

struct work_in {
    int n;
    int64_t due;
    bool never;
};
static result add_work(struct tx *tx, struct arena *a, void *ctx)
{
    struct work_in *w = ctx;
    for (int i = 0; i < w->n; i++) {
        struct id id = id_new(1700000000000);
        struct sql_value v[] = {sql_id(&id), w->never ? sql_null() : sql_int(w->due + i)};
        TRY(tx_exec(tx, a, &WORK_NEW, v, 2, NULL));
    }
    return ok();
}

static void work_new(struct store_fixture *f, int n, int64_t due, bool never)
{
    struct work_in w = {n, due, never};
    assert_good(f->a, store_run(f->s, f->a, "work", add_work, &w));
}

static void leases_end_and_only_due_rows_are_leased(struct store_fixture *f)
{
    instant now = 1000000;
    f->options.time = test_clock(&now);
    store_fixture_reopen(f);
    store_test_script(f, WORK);
    work_new(f, 5, now - 4, false); /* due now - 4 … now */
    work_new(f, 3, now + 1, false); /* later */
    work_new(f, 2, 0, true);        /* finished */
    struct id me = id_new(now), other = id_new(now);
    struct rows r;
    assert_good(f->a, store_lease(f->s, f->a, "work", me, 1000, 2, &r));
    assert_int_equal(r.n, 2);
    assert_int_equal(store_test_number(f, "SELECT max(due_at) FROM work WHERE lease_owner IS NOT NULL"), now - 3);
    assert_good(f->a, store_lease(f->s, f->a, "work", other, 1000, 10, &r));
    assert_int_equal(r.n, 3);
    assert_good(f->a, store_lease(f->s, f->a, "work", other, 1000, 10, &r));
    assert_int_equal(r.n, 0);
    now += 999;
    assert_good(f->a, store_lease(f->s, f->a, "work", me, 1000, 10, &r));
    assert_int_equal(r.n, 3); /* those that have become due; no lease has ended */
    now += 1;
    assert_good(f->a, store_lease(f->s, f->a, "work", me, 1000, 10, &r));
    assert_int_equal(r.n, 5); /* the leases of the first five have ended */
}

static void the_clock_of_the_database_counts(struct store_fixture *f)
{
    store_test_script(f, WORK);
    instant now = time_now(time_system());
    work_new(f, 1, now - 1000, false);
    work_new(f, 1, now + MS_HOUR, false);
    struct rows r;
    assert_good(f->a, store_lease(f->s, f->a, "work", id_new(now), 60000, 10, &r));
    assert_int_equal(r.n, 1);
    assert_int_equal(row(&r, 0)[0].s.n, 16);
    assert_int_equal(store_test_number(f, "SELECT count(*) FROM work WHERE lease_until > due_at + 60000"), 1);
}

static void bad_leases_are_refused(struct store_fixture *f)
{
    struct rows r;
    struct id me = id_new(1);
    assert_code(store_lease(f->s, f->a, "work; DROP TABLE work", me, 1, 1, &r), CODE_INTERNAL);
    assert_code(store_lease(f->s, f->a, "", me, 1, 1, &r), CODE_INTERNAL);
    assert_code(store_lease(f->s, f->a, "1work", me, 1, 1, &r), CODE_INTERNAL);
    assert_code(store_lease(f->s, f->a, "work", me, 0, 1, &r), CODE_INTERNAL);
}

struct leaser {
    struct store *s;
    pthread_t thread;
    struct arena *a;
    struct slice *got;
    size_t n;
    int failures;
};
enum { WORKERS = 6, ROWS = 300 };
static void *lease_all(void *arg)
{
    struct leaser *p = arg;
    struct id me = id_new(1700000000000);
    int empty = 0;
    while (empty < 2 && p->failures == 0) {
        struct rows r;
        p->failures += failed(store_lease(p->s, p->a, "work", me, MS_HOUR, 7, &r));
        for (size_t i = 0; i < r.n && p->n < ROWS; i++) p->got[p->n++] = row(&r, i)[0].s;
        empty += r.n == 0;
    }
    return NULL;
}

static int by_bytes(const void *x, const void *y)
{
    return slice_cmp(*(const struct slice *)x, *(const struct slice *)y);
}

static void many_threads_never_lease_one_row_twice(struct store_fixture *f)
{
    store_test_script(f, WORK);
    work_new(f, ROWS, 1, false);
    struct store *second = store_fixture_second(f);
    struct leaser t[WORKERS];
    struct slice *all = NEW_ARRAY(f->a, struct slice, ROWS * WORKERS);
    size_t n = 0;
    for (int k = 0; k < WORKERS; k++) {
        struct arena *a = arena_new("leaser");
        t[k] = (struct leaser){.s = k % 2 ? second : f->s, .a = a, .got = NEW_ARRAY(a, struct slice, ROWS)};
        assert_int_equal(pthread_create(&t[k].thread, NULL, lease_all, &t[k]), 0);
    }
    for (int k = 0; k < WORKERS; k++) {
        pthread_join(t[k].thread, NULL);
        assert_int_equal(t[k].failures, 0);
        memcpy(all + n, t[k].got, t[k].n * sizeof *all);
        n += t[k].n;
    }
    assert_int_equal(n, ROWS);
    qsort(all, n, sizeof *all, by_bytes);
    for (size_t i = 1; i < n; i++) assert_false(slice_eq(all[i - 1], all[i]));
    for (int k = 0; k < WORKERS; k++) arena_free(t[k].a);
    store_close(second);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_BOTH(each_runs_once_in_order),
        ON_BOTH(a_changed_text_is_refused),
        ON_BOTH(a_failing_one_leaves_nothing),
        ON_BOTH(order_and_release_are_checked),
        ON_BOTH(two_programs_migrate_at_once),
        ON_BOTH(numbers_adjoin_and_never_repeat),
        ON_BOTH(numbers_of_two_stores_never_meet),
        ON_BOTH(leases_end_and_only_due_rows_are_leased),
        ON_BOTH(the_clock_of_the_database_counts),
        ON_BOTH(bad_leases_are_refused),
        ON_BOTH(many_threads_never_lease_one_row_twice),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
