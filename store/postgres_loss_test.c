/* PostgreSQL: failures in the middle of a batch, lost connections, lost races. */
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#include "store/postgres_proxy.h"
#include "store/store_test_support.h"

static const char HANG_UP[] =
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() "
    "AND pid <> pg_backend_pid()";

/* ---- units ---- */

static const char ENTRIES[] =
    "CREATE TABLE parent (id {INT} PRIMARY KEY); INSERT INTO parent (id) VALUES (1);"
    "CREATE TABLE entry (key {INT} PRIMARY KEY, parent {INT} NOT NULL REFERENCES parent (id));"
    "CREATE TABLE total (id {INT} PRIMARY KEY, n {INT} NOT NULL); INSERT INTO total (id, n) VALUES (0, 0), (1, 0), (2, 0), (3, 0);";
static const struct stmt ENTRY_LOAD = {"entry_load", "SELECT parent FROM entry WHERE key = ?1", NULL, false};
static const struct stmt ENTRY_NEW = {"entry_new", "INSERT INTO entry (key, parent) VALUES (?1, ?2)", NULL, false};
static const struct stmt TOTAL_LOAD = {"total_load", "SELECT n FROM total WHERE id = ?1", NULL, true};
static const struct stmt TOTAL_ADD = {"total_add", "UPDATE total SET n = ?2 + 1 WHERE id = ?1 AND n = ?2", NULL, false};

/* Writes an entry once under its key and counts it: a command with its idempotency key. */
struct command {
    struct unit u;
    struct load loads[2];
    struct sql_value total[1], key[1], parent;
    enum code code;
    bool replayed;
    struct latch *latch;
};
struct latch {
    pthread_mutex_t mu;
    pthread_cond_t all;
    size_t left;
};

static result write_once(struct unit *u, const struct rows *rows, size_t nrows, struct decision *d)
{
    struct command *c = u->ctx;
    assert_int_equal(nrows, 2);
    assert_int_equal(rows[0].n, 1);
    c->replayed = rows[1].n == 1;
    if (c->replayed) return ok();
    decision_write(d, &ENTRY_NEW, 1, 2, c->key[0], c->parent);
    decision_write(d, &TOTAL_ADD, 1, 2, c->total[0], row(&rows[0], 0)[0]);
    return ok();
}

static void command_done(struct unit *u, result r)
{
    struct command *c = u->ctx;
    c->code = result_code(r);
    pthread_mutex_lock(&c->latch->mu);
    if (--c->latch->left == 0) pthread_cond_signal(&c->latch->all);
    pthread_mutex_unlock(&c->latch->mu);
}

static void command_init(struct command *c, int64_t key)
{
    *c = (struct command){.total = {sql_int(key % 4)}, .key = {sql_int(key)}, .parent = sql_int(1)};
    c->loads[0] = (struct load){&TOTAL_LOAD, c->total, 1};
    c->loads[1] = (struct load){&ENTRY_LOAD, c->key, 1};
    c->u = (struct unit){.name = "write_once", .loads = c->loads, .nloads = 2, .decide = write_once, .ctx = c};
    c->u.lock.b[15] = (uint8_t)(key % 4 + 1);
}

static void latch_start(struct latch *l, size_t n)
{
    pthread_mutex_init(&l->mu, NULL);
    pthread_cond_init(&l->all, NULL);
    l->left = n;
}
static bool latch_over(struct latch *l)
{
    pthread_mutex_lock(&l->mu);
    bool over = l->left == 0;
    pthread_mutex_unlock(&l->mu);
    return over;
}
static void latch_wait(struct latch *l)
{
    pthread_mutex_lock(&l->mu);
    while (l->left) pthread_cond_wait(&l->all, &l->mu);
    pthread_mutex_unlock(&l->mu);
}

static result only_entry(struct unit *u, const struct rows *rows, size_t nrows, struct decision *d)
{
    struct command *c = u->ctx;
    (void)rows, (void)nrows;
    decision_write(d, &ENTRY_NEW, 1, 2, c->key[0], c->parent);
    return ok();
}

/* Three that fail in their writes, each in its own way, among sixty that were submitted together. */
static void several_bad_units_fail_alone(struct store_fixture *f)
{
    enum { N = 60 };
    f->options.batchers = 1;
    store_fixture_reopen(f);
    store_test_script(f, ENTRIES);
    store_test_script(f, "INSERT INTO entry (key, parent) VALUES (1020, 1);");
    struct command *c = NEW_ARRAY(f->a, struct command, N);
    struct latch latch;
    latch_start(&latch, N);
    for (int64_t i = 0; i < N; i++) {
        command_init(&c[i], 1000 + i);
        c[i].u.lock = ID_NONE;
        c[i].u.nloads = 0;
        c[i].u.decide = only_entry;
        c[i].u.done = command_done;
        c[i].latch = &latch;
    }
    c[7].parent = sql_int(99);
    c[33].parent = sql_null();
    for (size_t i = 0; i < N; i++) store_submit(f->s, &c[i].u);
    latch_wait(&latch);
    for (size_t i = 0; i < N; i++)
        assert_int_equal(c[i].code, i == 7 || i == 20 || i == 33 ? CODE_STORE_CONSTRAINT : CODE_OK);
    assert_int_equal(store_test_number(f, "SELECT count(*) FROM entry"), N - 2);
    struct store_stats st = store_stats(f->s);
    assert_int_equal(st.units, N - 3);
    assert_int_equal(st.refused, 3);
    assert_int_equal(st.queued, 0);
}

/* Sessions are ended under load. What was acknowledged is there, what was not is sent again under its key. */
static void ended_sessions_lose_and_double_nothing(struct store_fixture *f)
{
    enum { N = 400, AT_MOST = 200 };
    store_test_script(f, ENTRIES);
    const char *url = arena_cstr(f->a, f->options.url);
    struct command *c = NEW_ARRAY(f->a, struct command, N);
    bool all = false;
    int64_t acknowledged = 0, doubts = 0;
    for (int64_t i = 0; i < N; i++) command_init(&c[i], i);
    for (int round = 0; !all && round < AT_MOST; round++) {
        struct latch latch;
        size_t n = 0;
        for (size_t i = 0; i < N; i++) n += round == 0 || c[i].code != CODE_OK;
        latch_start(&latch, n);
        for (size_t i = 0; i < N; i++) {
            if (round > 0 && c[i].code == CODE_OK) continue;
            c[i].latch = &latch;
            c[i].u.done = command_done;
            store_submit(f->s, &c[i].u);
        }
        for (int k = 0; k < 10 && !latch_over(&latch); k++) {
            store_test_server(url, HANG_UP);
            (void)usleep(2000);
        }
        latch_wait(&latch);
        all = true;
        acknowledged = 0;
        for (size_t i = 0; i < N; i++) {
            assert_true(c[i].code == CODE_OK || c[i].code == CODE_STORE_UNAVAILABLE);
            all = all && c[i].code == CODE_OK;
            acknowledged += c[i].code == CODE_OK;
            doubts += c[i].code != CODE_OK;
        }
        assert_true(store_test_number(f, "SELECT count(*) FROM entry") >= acknowledged);
    }
    assert_int_equal(acknowledged, N);
    assert_int_equal(store_test_number(f, "SELECT count(*) FROM entry"), N);
    assert_int_equal(store_test_number(f, "SELECT sum(n) FROM total"), N);
    assert_true(doubts + store_stats(f->s).retries > 0); /* sessions did end under the store's hands */
}

/* The connection breaks at COMMIT: never a success, and the key tells which it was. */
static void cut_at_commit(struct store_fixture *f, struct proxy *p, enum proxy_cut cut, int64_t key)
{
    struct store *s;
    struct command c;
    struct store_options o = {.batchers = 1};
    o.url = arena_printf(f->a, "postgresql:///%s?host=%s&port=%d&user=%s", f->database, p->dir, PROXY_PORT,
                         getenv("PGUSER") ? getenv("PGUSER") : "postgres");
    assert_good(f->a, store_open(f->a, &o, &s));
    command_init(&c, key);
    atomic_store(&p->cut, cut);
    assert_code(store_submit_wait(s, f->a, &c.u), CODE_STORE_UNAVAILABLE);
    assert_int_equal(atomic_load(&p->cut), PROXY_PASS);
    static const struct stmt there = {"there", "SELECT count(*) FROM entry WHERE key = ?1", NULL, false};
    struct rows r;
    assert_good(f->a, store_query(s, f->a, &there, c.key, 1, &r));
    assert_int_equal(row(&r, 0)[0].i, cut == PROXY_CUT_AFTER);
    assert_good(f->a, store_submit_wait(s, f->a, &c.u));
    assert_int_equal(c.replayed, cut == PROXY_CUT_AFTER);
    assert_int_equal(store_stats(s).units, 1);
    store_close(s);
}

static void an_unknown_commit_is_no_success(struct store_fixture *f)
{
    static struct proxy p;
    store_test_script(f, ENTRIES);
    assert_true(proxy_start(&p, arena_cstr(f->a, f->options.url)));
    cut_at_commit(f, &p, PROXY_CUT_AFTER, 4);
    cut_at_commit(f, &p, PROXY_CUT_BEFORE, 8);
    assert_int_equal(atomic_load(&p.cuts), 2);
    proxy_stop(&p);
    assert_int_equal(store_test_number(f, "SELECT count(*) FROM entry"), 2);
    assert_int_equal(store_test_number(f, "SELECT sum(n) FROM total"), 2);
}

/* ---- named transactions ---- */

struct crossing {
    struct store *s;
    pthread_barrier_t *both;
    int64_t first, second;
    int runs;
    enum code code;
    pthread_t thread;
};

static result cross(struct tx *tx, struct arena *a, void *ctx)
{
    struct crossing *x = ctx;
    struct rows r;
    TRY(tx_query(tx, a, &TOTAL_LOAD, (struct sql_value[]){sql_int(x->first)}, 1, &r));
    if (x->runs++ == 0) (void)pthread_barrier_wait(x->both);
    struct sql_value v[] = {sql_int(x->second), sql_null()};
    TRY(tx_query(tx, a, &TOTAL_LOAD, v, 1, &r));
    v[1] = row(&r, 0)[0];
    return tx_exec(tx, a, &TOTAL_ADD, v, 2, NULL);
}

static void *cross_once(void *arg)
{
    struct crossing *x = arg;
    struct arena *a = arena_new("crossing");
    x->code = result_code(store_run(x->s, a, "cross", cross, x));
    arena_free(a);
    return NULL;
}

static void a_deadlock_is_run_again(struct store_fixture *f)
{
    pthread_barrier_t both;
    store_test_script(f, ENTRIES);
    (void)pthread_barrier_init(&both, NULL, 2);
    struct crossing x[2] = {{f->s, &both, 0, 1, 0, CODE_COUNT, 0}, {f->s, &both, 1, 0, 0, CODE_COUNT, 0}};
    for (int i = 0; i < 2; i++) assert_int_equal(pthread_create(&x[i].thread, NULL, cross_once, &x[i]), 0);
    for (int i = 0; i < 2; i++) (void)pthread_join(x[i].thread, NULL);
    assert_int_equal(x[0].code, CODE_OK);
    assert_int_equal(x[1].code, CODE_OK);
    assert_true(x[0].runs + x[1].runs >= 3);
    assert_int_equal(store_test_number(f, "SELECT sum(n) FROM total"), 2);
    (void)pthread_barrier_destroy(&both);
}

static result insert_if_missing(struct tx *tx, struct arena *a, void *ctx)
{
    struct crossing *x = ctx;
    struct rows r;
    struct sql_value v[] = {sql_int(500), sql_int(1)};
    TRY(tx_query(tx, a, &ENTRY_LOAD, v, 1, &r));
    if (x->runs++ == 0) (void)pthread_barrier_wait(x->both); /* neither sees the other's row */
    return r.n ? fail(a, CODE_CONFLICT, S("/key"), "value", S("taken"), NULL) : tx_exec(tx, a, &ENTRY_NEW, v, 2, NULL);
}

static void *insert_once(void *arg)
{
    struct crossing *x = arg;
    struct arena *a = arena_new("inserting");
    x->code = result_code(store_run(x->s, a, "insert", insert_if_missing, x));
    arena_free(a);
    return NULL;
}

/* As on SQLite, where they come one after the other: the second sees the first one's row and says so itself. */
static void a_lost_race_for_a_key_is_seen_by_the_body(struct store_fixture *f)
{
    pthread_barrier_t both;
    store_test_script(f, ENTRIES);
    (void)pthread_barrier_init(&both, NULL, 2);
    struct crossing x[2] = {{f->s, &both, 0, 0, 0, CODE_COUNT, 0}, {f->s, &both, 0, 0, 0, CODE_COUNT, 0}};
    for (int i = 0; i < 2; i++) assert_int_equal(pthread_create(&x[i].thread, NULL, insert_once, &x[i]), 0);
    for (int i = 0; i < 2; i++) (void)pthread_join(x[i].thread, NULL);
    assert_true((x[0].code == CODE_OK && x[1].code == CODE_CONFLICT) ||
                (x[1].code == CODE_OK && x[0].code == CODE_CONFLICT));
    assert_int_equal(store_test_number(f, "SELECT count(*) FROM entry"), 1);
    (void)pthread_barrier_destroy(&both);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_POSTGRES(several_bad_units_fail_alone),
        ON_POSTGRES(ended_sessions_lose_and_double_nothing),
        ON_POSTGRES(an_unknown_commit_is_no_success),
        ON_POSTGRES(a_deadlock_is_run_again),
        ON_POSTGRES(a_lost_race_for_a_key_is_seen_by_the_body),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
