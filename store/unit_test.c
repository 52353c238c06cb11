/* Units: grouping, isolation, order, reruns. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "store/store_test_support.h"

static const char TABLES[] =
    "CREATE TABLE counter (id {BLOB} PRIMARY KEY, n {INT} NOT NULL, version {INT} NOT NULL);"
    "CREATE TABLE entry (counter {BLOB} NOT NULL REFERENCES counter (id), n {INT} NOT NULL, what {TEXT}, PRIMARY KEY (counter, n));";
static const struct stmt COUNTER_NEW = {"counter_new", "INSERT INTO counter (id, n, version) VALUES (?1, 0, 0)", NULL,
                                        false};
static const struct stmt COUNTER_LOAD = {"counter_load", "SELECT n, version FROM counter WHERE id = ?1", NULL, true};
static const struct stmt COUNTER_PEEK = {"counter_peek", "SELECT n, version FROM counter WHERE id = ?1", NULL, false};
static const struct stmt COUNTER_SET = {
    "counter_set", "UPDATE counter SET n = ?2, version = version + 1 WHERE id = ?1 AND version = ?3", NULL, false};
static const struct stmt ENTRY_NEW = {"entry_new", "INSERT INTO entry (counter, n, what) VALUES (?1, ?2, ?3)", NULL,
                                      false};
static const struct stmt ENTRY_LOAD = {"entry_load", "SELECT what FROM entry WHERE counter = ?1 AND n = ?2", NULL,
                                       false};
static const struct stmt ENTRIES = {"entries", "SELECT n, what FROM entry WHERE counter = ?1 ORDER BY n", NULL, false};

/* Waits until a number of units have called done. */
struct latch {
    pthread_mutex_t mu;
    pthread_cond_t all;
    size_t left;
};
static void latch_init(struct latch *l, size_t n)
{
    pthread_mutex_init(&l->mu, NULL);
    pthread_cond_init(&l->all, NULL);
    l->left = n;
}
static void latch_down(struct latch *l)
{
    pthread_mutex_lock(&l->mu);
    if (--l->left == 0) pthread_cond_signal(&l->all);
    pthread_mutex_unlock(&l->mu);
}
static void latch_wait(struct latch *l)
{
    pthread_mutex_lock(&l->mu);
    while (l->left) pthread_cond_wait(&l->all, &l->mu);
    pthread_mutex_unlock(&l->mu);
    pthread_mutex_destroy(&l->mu);
    pthread_cond_destroy(&l->all);
}

/* A unit that adds one to a counter and an entry under the new number. */
struct job {
    struct unit u;
    struct id counter;
    struct load loads[1];
    struct sql_value bind[1];
    struct latch *latch;
    int64_t label;
    enum code code;
    int decided;
    bool refuse, clash, wrong_version_first, always_wrong;
};

static result add_one(struct unit *u, const struct rows *rows, size_t nrows, struct decision *d)
{
    struct job *j = u->ctx;
    j->decided++;
    if (nrows != 1 || rows[0].n != 1) return fail(d->a, CODE_NOT_FOUND, S("/counter"), "value", S("counter"), NULL);
    const struct sql_value *c = row(&rows[0], 0);
    int64_t n = c[0].i + 1, version = c[1].i;
    if (j->always_wrong || (j->wrong_version_first && j->decided == 1)) version--;
    struct slice what = arena_printf(d->a, "%lld", (long long)j->label);
    decision_write(d, &ENTRY_NEW, 1, 3, sql_id(&j->counter), sql_int(j->clash ? 1 : n), sql_text(what));
    decision_write(d, &COUNTER_SET, 1, 3, sql_id(&j->counter), sql_int(n), sql_int(version));
    if (j->refuse) return fail(d->a, CODE_CONFLICT, S("/x"), "value", what, NULL);
    return ok();
}

static void job_done(struct unit *u, result r)
{
    struct job *j = u->ctx;
    j->code = result_code(r);
    latch_down(j->latch);
}

static void job_init(struct job *j, struct id counter, struct latch *latch, int64_t label)
{
    *j = (struct job){.counter = counter, .latch = latch, .label = label, .code = CODE_COUNT};
    j->bind[0] = sql_id(&j->counter);
    j->loads[0] = (struct load){&COUNTER_LOAD, j->bind, 1};
    j->u = (struct unit){.name = "add_one",
                         .lock = counter,
                         .loads = j->loads,
                         .nloads = 1,
                         .decide = add_one,
                         .done = job_done,
                         .ctx = j};
}

static result insert_counter(struct tx *tx, struct arena *a, void *ctx)
{
    return tx_exec(tx, a, &COUNTER_NEW, (struct sql_value[]){sql_id(ctx)}, 1, NULL);
}

static struct id counter_new(struct store_fixture *f)
{
    struct id id = id_new(1700000000000);
    assert_good(f->a, store_run(f->s, f->a, "counter", insert_counter, &id));
    return id;
}

static int64_t counter_value(struct store_fixture *f, struct id id)
{
    struct rows r;
    assert_good(f->a, store_query(f->s, f->a, &COUNTER_PEEK, (struct sql_value[]){sql_id(&id)}, 1, &r));
    assert_int_equal(r.n, 1);
    return row(&r, 0)[0].i;
}

/* Holds the writer so that all units submitted meanwhile come into one batch. */
struct gate {
    pthread_mutex_t mu;
    pthread_cond_t moved;
    bool held, open;
    struct latch *latch;
};
static result hold(struct unit *u, const struct rows *rows, size_t nrows, struct decision *d)
{
    (void)rows, (void)nrows, (void)d;
    struct gate *g = u->ctx;
    pthread_mutex_lock(&g->mu);
    g->held = true;
    pthread_cond_signal(&g->moved);
    while (!g->open) pthread_cond_wait(&g->moved, &g->mu);
    pthread_mutex_unlock(&g->mu);
    return ok();
}
static void gate_done(struct unit *u, result r)
{
    struct gate *g = u->ctx;
    assert_int_equal(result_code(r), CODE_OK);
    latch_down(g->latch);
}
static void gate_shut(struct store_fixture *f, struct gate *g, struct unit *u, struct latch *l, struct id lock)
{
    *g = (struct gate){.latch = l};
    pthread_mutex_init(&g->mu, NULL);
    pthread_cond_init(&g->moved, NULL);
    *u = (struct unit){.name = "gate", .lock = lock, .decide = hold, .done = gate_done, .ctx = g};
    store_submit(f->s, u);
    pthread_mutex_lock(&g->mu);
    while (!g->held) pthread_cond_wait(&g->moved, &g->mu);
    pthread_mutex_unlock(&g->mu);
}
static void gate_open(struct gate *g)
{
    pthread_mutex_lock(&g->mu);
    g->open = true;
    pthread_cond_signal(&g->moved);
    pthread_mutex_unlock(&g->mu);
}

/* 64 units in one batch; number `bad` is spoilt by `spoil` and must fail alone with `code`. */
static void one_bad_of_64(struct store_fixture *f, void (*spoil)(struct job *), enum code code)
{
    enum { N = 64, BAD = 31 };
    f->options.batchers = 1;
    store_fixture_reopen(f);
    store_test_script(f, TABLES);
    struct job *jobs = NEW_ARRAY(f->a, struct job, N);
    struct latch latch, shut;
    struct gate gate;
    struct unit holder;
    struct id ids[N];
    for (size_t i = 0; i < N; i++) ids[i] = counter_new(f);
    latch_init(&latch, N);
    latch_init(&shut, 1);
    gate_shut(f, &gate, &holder, &shut, ids[0]);
    for (size_t i = 0; i < N; i++) {
        job_init(&jobs[i], ids[i], &latch, (int64_t)i);
        if (i == BAD) spoil(&jobs[i]);
        store_submit(f->s, &jobs[i].u);
    }
    int64_t batches = store_stats(f->s).batches;
    gate_open(&gate);
    latch_wait(&shut);
    latch_wait(&latch);
    for (size_t i = 0; i < N; i++) {
        bool bad = i == BAD && code != CODE_OK;
        assert_int_equal(jobs[i].code, bad ? code : CODE_OK);
        assert_int_equal(counter_value(f, ids[i]), bad ? 0 : 1);
    }
    assert_int_equal(store_test_number(f, "SELECT count(*) FROM entry"), code == CODE_OK ? N : N - 1);
    struct store_stats st = store_stats(f->s);
    assert_int_equal(st.refused, code != CODE_OK);
    assert_int_equal(st.queued, 0);
    /* the gate's commit and one for the batch; PostgreSQL runs a batch with a failed write again without it */
    if (f->kind == STORE_SQLITE || code == CODE_CONFLICT) assert_int_equal(st.batches - batches, 2);
}

static void refuse(struct job *j)
{
    j->refuse = true;
}
static void clash(struct job *j)
{
    j->clash = true;
    j->bind[0] = sql_id(&j->counter);
}
static void always_wrong(struct job *j)
{
    j->always_wrong = true;
}
static void wrong_first(struct job *j)
{
    j->wrong_version_first = true;
}
static void orphan(struct job *j)
{
    j->counter = id_new(1700000000001); /* no such counter: the load finds nothing */
}

static void a_refused_unit_leaves_the_others(struct store_fixture *f)
{
    one_bad_of_64(f, refuse, CODE_CONFLICT);
}
static void a_version_mismatch_is_run_again(struct store_fixture *f)
{
    one_bad_of_64(f, wrong_first, CODE_OK);
}
static void a_lasting_version_mismatch_fails_alone(struct store_fixture *f)
{
    one_bad_of_64(f, always_wrong, CODE_STORE_VERSION);
}
static void a_unit_whose_rows_are_missing_fails_alone(struct store_fixture *f)
{
    one_bad_of_64(f, orphan, CODE_NOT_FOUND);
}

/* The counter is at 1 already, so that the clashing unit's entry 1 violates the primary key. */
static void a_unique_violation_fails_alone(struct store_fixture *f)
{
    store_test_script(f, TABLES);
    enum { N = 20 };
    struct job first, *jobs = NEW_ARRAY(f->a, struct job, N);
    struct id taken = counter_new(f);
    struct latch latch;
    latch_init(&latch, 1);
    job_init(&first, taken, &latch, 0);
    store_submit(f->s, &first.u);
    latch_wait(&latch);
    latch_init(&latch, N);
    for (size_t i = 0; i < N; i++) {
        job_init(&jobs[i], i == 7 ? taken : counter_new(f), &latch, (int64_t)i);
        if (i == 7) clash(&jobs[i]);
    }
    for (size_t i = 0; i < N; i++) store_submit(f->s, &jobs[i].u);
    latch_wait(&latch);
    for (size_t i = 0; i < N; i++) assert_int_equal(jobs[i].code, i == 7 ? CODE_STORE_CONSTRAINT : CODE_OK);
    assert_int_equal(counter_value(f, taken), 1);
    assert_int_equal(store_test_number(f, "SELECT count(*) FROM entry"), N);
}

/* ---- order and lost updates ---- */

enum { THREADS = 8, PER_THREAD = 125 };
struct submitter {
    struct store *s;
    struct job *jobs;
    pthread_t thread;
};
static void *submit_all(void *arg)
{
    struct submitter *p = arg;
    for (size_t i = 0; i < PER_THREAD; i++) store_submit(p->s, &p->jobs[i].u);
    return NULL;
}

static void one_lock_keeps_order_and_loses_nothing(struct store_fixture *f)
{
    store_test_script(f, TABLES);
    struct id id = counter_new(f);
    struct latch latch;
    latch_init(&latch, THREADS * PER_THREAD);
    struct submitter t[THREADS];
    for (size_t k = 0; k < THREADS; k++) {
        t[k] = (struct submitter){.s = f->s, .jobs = NEW_ARRAY(f->a, struct job, PER_THREAD)};
        for (size_t i = 0; i < PER_THREAD; i++) job_init(&t[k].jobs[i], id, &latch, (int64_t)(k * 1000 + i));
        assert_int_equal(pthread_create(&t[k].thread, NULL, submit_all, &t[k]), 0);
    }
    for (size_t k = 0; k < THREADS; k++) pthread_join(t[k].thread, NULL);
    latch_wait(&latch);
    for (size_t k = 0; k < THREADS; k++)
        for (size_t i = 0; i < PER_THREAD; i++) assert_int_equal(t[k].jobs[i].code, CODE_OK);
    assert_int_equal(counter_value(f, id), THREADS * PER_THREAD);
    struct rows r;
    assert_good(f->a, store_query(f->s, f->a, &ENTRIES, (struct sql_value[]){sql_id(&id)}, 1, &r));
    assert_int_equal(r.n, THREADS * PER_THREAD);
    int64_t next[THREADS] = {0};
    for (size_t i = 0; i < r.n; i++) { /* within each submitting thread the order is that of submission */
        int64_t label;
        assert_true(slice_int64(row(&r, i)[1].s, &label));
        assert_int_equal(label % 1000, next[label / 1000]++);
    }
}

static void many_locks_from_many_threads(struct store_fixture *f)
{
    store_test_script(f, TABLES);
    enum { COUNTERS = 10 };
    struct id ids[COUNTERS];
    for (size_t i = 0; i < COUNTERS; i++) ids[i] = counter_new(f);
    struct latch latch;
    latch_init(&latch, THREADS * PER_THREAD);
    struct submitter t[THREADS];
    for (size_t k = 0; k < THREADS; k++) {
        t[k] = (struct submitter){.s = f->s, .jobs = NEW_ARRAY(f->a, struct job, PER_THREAD)};
        for (size_t i = 0; i < PER_THREAD; i++) job_init(&t[k].jobs[i], ids[(i + k) % COUNTERS], &latch, (int64_t)i);
    }
    for (size_t k = 0; k < THREADS; k++) assert_int_equal(pthread_create(&t[k].thread, NULL, submit_all, &t[k]), 0);
    for (size_t k = 0; k < THREADS; k++) pthread_join(t[k].thread, NULL);
    latch_wait(&latch);
    int64_t sum = 0;
    for (size_t i = 0; i < COUNTERS; i++) sum += counter_value(f, ids[i]);
    assert_int_equal(sum, THREADS * PER_THREAD);
    assert_int_equal(store_test_number(f, "SELECT count(*) FROM entry"), THREADS * PER_THREAD);
}

/* ---- named transactions beside units, on the same row ---- */

static result bump(struct tx *tx, struct arena *a, void *ctx)
{
    struct rows r;
    TRY(tx_query(tx, a, &COUNTER_LOAD, (struct sql_value[]){sql_id(ctx)}, 1, &r));
    const struct sql_value *c = row(&r, 0);
    int64_t changed;
    TRY(tx_exec(tx, a, &COUNTER_SET, (struct sql_value[]){sql_id(ctx), sql_int(c[0].i + 1), c[1]}, 3, &changed));
    assert_int_equal(changed, 1);
    return ok();
}

struct runner {
    struct store *s;
    struct id id;
    pthread_t thread;
    int failures;
};
static void *run_many(void *arg)
{
    struct runner *p = arg;
    struct arena *a = arena_new("runner");
    for (int i = 0; i < 50; i++) {
        p->failures += failed(store_run(p->s, a, "bump", bump, &p->id));
        arena_reset(a);
    }
    arena_free(a);
    return NULL;
}

static void named_transactions_beside_units(struct store_fixture *f)
{
    enum { RUNNERS = 4, UNITS = 200 };
    store_test_script(f, TABLES);
    struct id id = counter_new(f);
    struct latch latch;
    latch_init(&latch, UNITS);
    struct runner t[RUNNERS];
    struct job *jobs = NEW_ARRAY(f->a, struct job, UNITS);
    for (size_t k = 0; k < RUNNERS; k++) {
        t[k] = (struct runner){.s = f->s, .id = id};
        assert_int_equal(pthread_create(&t[k].thread, NULL, run_many, &t[k]), 0);
    }
    for (size_t i = 0; i < UNITS; i++) {
        job_init(&jobs[i], id, &latch, (int64_t)i);
        store_submit(f->s, &jobs[i].u);
    }
    latch_wait(&latch);
    for (size_t k = 0; k < RUNNERS; k++) {
        pthread_join(t[k].thread, NULL);
        assert_int_equal(t[k].failures, 0);
    }
    for (size_t i = 0; i < UNITS; i++) assert_int_equal(jobs[i].code, CODE_OK);
    assert_int_equal(counter_value(f, id), RUNNERS * 50 + UNITS);
}

/* ---- rounds of loading ---- */

static result chases(struct unit *u, const struct rows *rows, size_t nrows, struct decision *d)
{
    struct job *j = u->ctx;
    j->decided++;
    assert_int_equal(rows[0].n, 1);
    for (size_t i = 1; i < nrows; i++) assert_slice(row(&rows[i], 0)[0].s, i == 1 ? "one" : i == 2 ? "two" : "three");
    if (nrows < 4 || j->refuse)
        decision_load(d, &ENTRY_LOAD, 2, sql_id(&j->counter), sql_int(nrows < 4 ? (int64_t)nrows : 3));
    decision_write(d, &COUNTER_SET, 1, 3, sql_id(&j->counter), sql_int((int64_t)nrows), row(&rows[0], 0)[1]);
    return ok();
}

static result three_entries(struct tx *tx, struct arena *a, void *ctx)
{
    static const char *words[] = {"one", "two", "three"};
    for (int64_t i = 0; i < 3; i++)
        TRY(tx_exec(tx, a, &ENTRY_NEW,
                    (struct sql_value[]){sql_id(ctx), sql_int(i + 1), sql_text(slice_cstr(words[i]))}, 3, NULL));
    return ok();
}

static void rows_asked_for_come_in_rounds(struct store_fixture *f)
{
    store_test_script(f, TABLES);
    struct id id = counter_new(f);
    assert_good(f->a, store_run(f->s, f->a, "entries", three_entries, &id));
    struct job j;
    job_init(&j, id, NULL, 0);
    j.u.decide = chases;
    j.u.done = NULL;
    assert_good(f->a, store_submit_wait(f->s, f->a, &j.u));
    assert_int_equal(j.decided, 4);
    assert_int_equal(counter_value(f, id), 4);
    job_init(&j, id, NULL, 0);
    j.u.decide = chases;
    j.u.done = NULL;
    j.refuse = true; /* never content */
    assert_code(store_submit_wait(f->s, f->a, &j.u), CODE_INTERNAL);
    assert_int_equal(j.decided, 9);
    assert_int_equal(counter_value(f, id), 4);
}

/* ---- waiting, observing, closing ---- */

static void waiting_brings_the_problems_back(struct store_fixture *f)
{
    store_test_script(f, TABLES);
    struct job j;
    job_init(&j, counter_new(f), NULL, 42);
    j.u.done = NULL;
    assert_good(f->a, store_submit_wait(f->s, f->a, &j.u));
    j.refuse = true;
    result r = store_submit_wait(f->s, f->a, &j.u);
    assert_code(r, CODE_CONFLICT);
    assert_slice(r.problem->args[0].value, "42");
    assert_int_equal(counter_value(f, j.counter), 1);
}

struct seen {
    int begins, commits, writes, entries;
    bool inside;
};
static void observer(void *ctx, const char *edge, const struct write *w)
{
    struct seen *s = ctx;
    if (!edge) {
        assert_true(s->inside);
        s->writes++;
        s->entries += w->stmt == &ENTRY_NEW;
        return;
    }
    assert_null(w);
    s->inside = strcmp(edge, "begin") == 0;
    s->begins += s->inside;
    s->commits += strcmp(edge, "commit") == 0;
}

static void the_observer_sees_committed_writes(struct store_fixture *f)
{
    store_test_script(f, TABLES);
    struct seen seen = {0};
    store_observe(f->s, observer, &seen);
    struct job j;
    job_init(&j, counter_new(f), NULL, 1);
    j.u.done = NULL;
    assert_good(f->a, store_submit_wait(f->s, f->a, &j.u));
    j.refuse = true;
    assert_true(failed(store_submit_wait(f->s, f->a, &j.u)));
    store_observe(f->s, NULL, NULL);
    j.refuse = false;
    assert_good(f->a, store_submit_wait(f->s, f->a, &j.u));
    assert_int_equal(seen.begins, 1);
    assert_int_equal(seen.commits, 1);
    assert_int_equal(seen.writes, 2);
    assert_int_equal(seen.entries, 1);
}

static void closing_finishes_what_is_queued(struct store_fixture *f)
{
    enum { N = 300 };
    store_test_script(f, TABLES);
    struct job *jobs = NEW_ARRAY(f->a, struct job, N);
    struct latch latch;
    latch_init(&latch, N);
    for (size_t i = 0; i < N; i++) job_init(&jobs[i], counter_new(f), &latch, (int64_t)i);
    for (size_t i = 0; i < N; i++) store_submit(f->s, &jobs[i].u);
    store_fixture_reopen(f);
    for (size_t i = 0; i < N; i++) assert_int_equal(jobs[i].code, CODE_OK);
    assert_int_equal(store_test_number(f, "SELECT count(*) FROM entry"), N);
    latch_wait(&latch);
}

static result deferred_orphan(struct unit *u, const struct rows *rows, size_t nrows, struct decision *d)
{
    static const struct stmt q = {"late", "INSERT INTO late (id, parent) VALUES (?1, ?2)", NULL, false};
    (void)rows, (void)nrows;
    struct job *j = u->ctx;
    decision_write(d, &q, 1, 2, sql_int(j->label), sql_int(j->refuse ? 99 : 1));
    return ok();
}

/* A deferred foreign key is checked at COMMIT only: the whole batch fails there and is run one by one. */
static void a_failing_commit_hits_only_the_culprit(struct store_fixture *f)
{
    enum { N = 40 };
    store_test_script(
        f,
        "CREATE TABLE parent (id {INT} PRIMARY KEY); INSERT INTO parent (id) VALUES (1);"
        "CREATE TABLE late (id {INT} PRIMARY KEY, parent {INT} NOT NULL REFERENCES parent (id) DEFERRABLE INITIALLY DEFERRED);");
    struct job *jobs = NEW_ARRAY(f->a, struct job, N);
    struct latch latch;
    latch_init(&latch, N);
    for (size_t i = 0; i < N; i++) {
        job_init(&jobs[i], ID_NONE, &latch, (int64_t)i);
        jobs[i].u.nloads = 0;
        jobs[i].u.decide = deferred_orphan;
        jobs[i].refuse = i == 11;
    }
    for (size_t i = 0; i < N; i++) store_submit(f->s, &jobs[i].u);
    latch_wait(&latch);
    for (size_t i = 0; i < N; i++) assert_int_equal(jobs[i].code, i == 11 ? CODE_STORE_CONSTRAINT : CODE_OK);
    assert_int_equal(store_test_number(f, "SELECT count(*) FROM late"), N - 1);
}

/* Two units without a lock race for one key: the second one's load sees the first one's row at the latest when it is
 * run again, as with an idempotency key. */
static result once_only(struct unit *u, const struct rows *rows, size_t nrows, struct decision *d)
{
    struct job *j = u->ctx;
    assert_int_equal(nrows, 1);
    j->refuse = rows[0].n == 1; /* replay */
    if (!j->refuse) decision_write(d, &ENTRY_NEW, 1, 3, sql_id(&j->counter), sql_int(1), sql_text(S("key")));
    return ok();
}

static void a_lost_race_for_a_key_becomes_a_replay(struct store_fixture *f)
{
    enum { N = 100 };
    store_test_script(f, TABLES);
    struct id id = counter_new(f);
    struct job *jobs = NEW_ARRAY(f->a, struct job, N);
    struct sql_value binds[2] = {sql_id(&id), sql_int(1)};
    struct latch latch;
    latch_init(&latch, N);
    for (size_t i = 0; i < N; i++) {
        job_init(&jobs[i], id, &latch, (int64_t)i);
        jobs[i].loads[0] = (struct load){&ENTRY_LOAD, binds, 2};
        jobs[i].u.lock = ID_NONE;
        jobs[i].u.decide = once_only;
    }
    for (size_t i = 0; i < N; i++) store_submit(f->s, &jobs[i].u);
    latch_wait(&latch);
    size_t written = 0;
    for (size_t i = 0; i < N; i++) {
        assert_int_equal(jobs[i].code, CODE_OK);
        written += !jobs[i].refuse;
    }
    assert_int_equal(written, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_BOTH(a_refused_unit_leaves_the_others),       ON_BOTH(a_version_mismatch_is_run_again),
        ON_BOTH(a_lasting_version_mismatch_fails_alone), ON_BOTH(a_unit_whose_rows_are_missing_fails_alone),
        ON_BOTH(a_unique_violation_fails_alone),         ON_BOTH(one_lock_keeps_order_and_loses_nothing),
        ON_BOTH(many_locks_from_many_threads),           ON_BOTH(named_transactions_beside_units),
        ON_BOTH(rows_asked_for_come_in_rounds),          ON_BOTH(waiting_brings_the_problems_back),
        ON_BOTH(the_observer_sees_committed_writes),     ON_BOTH(closing_finishes_what_is_queued),
        ON_BOTH(a_failing_commit_hits_only_the_culprit), ON_BOTH(a_lost_race_for_a_key_becomes_a_replay),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
