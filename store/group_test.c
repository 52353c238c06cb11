/* Like statements of many units as one: what the text becomes, and that nobody can tell from the rows. */
#include <pthread.h>

#include "store/postgres_impl.h"
#include "store/store_test_support.h"

/* ---- the text ---- */

static void texts_for_many(void **state)
{
    struct arena *a = *state;
    static const struct {
        const char *sql;
        bool lock;
        Oid types[3];
        size_t n;
        int kind;
        const char *expected;
    } cases[] = {
        {"SELECT b FROM t WHERE a = ?1",
         true,
         {PG_BYTEA},
         1,
         GROUP_SELECT,
         "SELECT batch_.n_, each_.* FROM unnest($1::bytea[]) WITH ORDINALITY batch_(p1_,n_), "
         "LATERAL (SELECT b FROM t WHERE a = batch_.p1_ FOR UPDATE) each_"},
        {"INSERT INTO t (a, b, c) VALUES (?1, COALESCE(?2, 0), ?3)",
         false,
         {PG_BYTEA, PG_INT8, 0},
         3,
         GROUP_INSERT,
         "INSERT INTO t (a, b, c) SELECT batch_.p1_, COALESCE(batch_.p2_, 0), NULL FROM "
         "unnest($1::bytea[],$2::bigint[]) WITH ORDINALITY batch_(p1_,p2_,n_) WHERE true "},
        {"INSERT INTO t (a) VALUES (?1) ON CONFLICT DO NOTHING",
         false,
         {PG_TEXT},
         1,
         GROUP_INSERT,
         "INSERT INTO t (a) SELECT batch_.p1_ FROM unnest($1::text[]) WITH ORDINALITY batch_(p1_,n_) WHERE true "
         "ON CONFLICT DO NOTHING"},
        {"UPDATE t SET b = ?2 WHERE a = ?1",
         false,
         {PG_BYTEA, PG_INT8},
         2,
         GROUP_COUNTED,
         "UPDATE t SET b = batch_.p2_ FROM unnest($1::bytea[],$2::bigint[]) WITH ORDINALITY batch_(p1_,p2_,n_) "
         "WHERE a = batch_.p1_ RETURNING batch_.n_"},
        {"DELETE FROM t WHERE a = ?1",
         false,
         {PG_BYTEA},
         1,
         GROUP_COUNTED,
         "DELETE FROM t USING unnest($1::bytea[]) WITH ORDINALITY batch_(p1_,n_) WHERE a = batch_.p1_ "
         "RETURNING batch_.n_"},
        /* one for many could mean something else, or nothing would tell whose it was */
        {"INSERT INTO t (a, b) VALUES (?1, (SELECT MAX(b) FROM t))", false, {PG_TEXT}, 1, GROUP_NONE, ""},
        {"INSERT INTO t (a) VALUES (?1), (?2)", false, {PG_TEXT, PG_TEXT}, 2, GROUP_NONE, ""},
        {"INSERT INTO t (a) VALUES (?1) ON CONFLICT (a) DO UPDATE SET b = ?2",
         false,
         {PG_TEXT, PG_TEXT},
         2,
         GROUP_NONE,
         ""},
        {"INSERT INTO t (a) VALUES (?1) RETURNING b", false, {PG_TEXT}, 1, GROUP_NONE, ""},
        {"INSERT INTO t (a) SELECT ?1", false, {PG_TEXT}, 1, GROUP_NONE, ""},
        {"UPDATE t SET b = 1 FROM u WHERE t.a = ?1", false, {PG_TEXT}, 1, GROUP_NONE, ""},
        {"UPDATE t SET b = (SELECT 1) WHERE a = ?1", false, {PG_TEXT}, 1, GROUP_NONE, ""},
        {"UPDATE t SET b = ?1", false, {PG_TEXT}, 1, GROUP_NONE, ""},
        {"WITH x AS (SELECT ?1) DELETE FROM t", false, {PG_TEXT}, 1, GROUP_NONE, ""},
        {"SELECT 1", false, {0}, 0, GROUP_NONE, ""},
        {"SELECT b FROM t WHERE a = ?1", false, {0}, 1, GROUP_NONE, ""},
        {"SELECT b FROM t WHERE a = ?2", false, {PG_TEXT}, 1, GROUP_NONE, ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct group_text g = group_text(a, cases[i].sql, cases[i].lock, cases[i].types, cases[i].n);
        assert_int_equal(g.kind, cases[i].kind);
        assert_slice(g.sql, cases[i].expected);
    }
}

/* ---- what it does ---- */

static const char TABLES[] = "CREATE TABLE item (id {INT} PRIMARY KEY, word {TEXT}, body {BLOB}, more {INT});"
                             "CREATE TABLE part (item {INT} NOT NULL, n {INT} NOT NULL, PRIMARY KEY (item, n));"
                             "CREATE TABLE total (id {INT} PRIMARY KEY, n {INT} NOT NULL)";
static const struct stmt ITEM_NEW = {"item_new", "INSERT INTO item (id, word, body, more) VALUES (?1, ?2, ?3, ?4)",
                                     NULL, false};
static const struct stmt PART_NEW = {"part_new", "INSERT INTO part (item, n) VALUES (?1, ?2)", NULL, false};
static const struct stmt PARTS = {"parts", "SELECT n FROM part WHERE item = ?1 ORDER BY n DESC", NULL, false};
static const struct stmt TOTAL_ADD = {"total_add", "UPDATE total SET n = n + ?2 WHERE id = ?1", NULL, false};
static const struct stmt PARTS_GONE = {"parts_gone", "DELETE FROM part WHERE item = ?1 AND n >= ?2", NULL, false};

enum { UNITS = 40 };

struct many;
struct one { /* a unit */
    struct unit u;
    struct load load;
    struct sql_value bind;
    struct many *m;
    int64_t k;
    size_t nparts;
    int64_t first, last;
    enum code code;
};
struct many {
    pthread_mutex_t mu;
    pthread_cond_t moved;
    bool held, open;
    size_t left;
    struct one units[UNITS], gate;
};

static void ended(struct unit *u, result r)
{
    struct one *x = u->ctx;
    pthread_mutex_lock(&x->m->mu);
    x->code = result_code(r);
    x->m->left--;
    pthread_cond_broadcast(&x->m->moved);
    pthread_mutex_unlock(&x->m->mu);
}

static result hold(struct unit *u, const struct rows *rows, size_t nrows, struct decision *d)
{
    (void)rows, (void)nrows, (void)d;
    struct many *m = ((struct one *)u->ctx)->m;
    pthread_mutex_lock(&m->mu);
    m->held = true;
    pthread_cond_broadcast(&m->moved);
    while (!m->open) pthread_cond_wait(&m->moved, &m->mu);
    pthread_mutex_unlock(&m->mu);
    return ok();
}

/* All of them in one batch: they wait behind the gate. */
static void run_all(struct store_fixture *f, struct many *m,
                    result (*decide)(struct unit *, const struct rows *, size_t, struct decision *))
{
    m->held = m->open = false;
    m->left = UNITS + 1;
    m->gate = (struct one){.m = m, .u = {.name = "gate", .decide = hold, .done = ended}};
    m->gate.u.ctx = &m->gate;
    store_submit(f->s, &m->gate.u);
    pthread_mutex_lock(&m->mu);
    while (!m->held) pthread_cond_wait(&m->moved, &m->mu);
    pthread_mutex_unlock(&m->mu);
    for (int64_t k = 0; k < UNITS; k++) {
        struct one *x = &m->units[k];
        *x = (struct one){.m = m, .k = k, .bind = sql_int(k), .code = CODE_COUNT};
        x->load = (struct load){&PARTS, &x->bind, 1};
        x->u = (struct unit){.name = "many", .loads = &x->load, .nloads = 1, .decide = decide, .done = ended, .ctx = x};
        store_submit(f->s, &x->u);
    }
    pthread_mutex_lock(&m->mu);
    m->open = true;
    pthread_cond_broadcast(&m->moved);
    while (m->left) pthread_cond_wait(&m->moved, &m->mu);
    pthread_mutex_unlock(&m->mu);
}

static void begin(struct store_fixture *f, struct many *m)
{
    static const struct migration tables = {"test", 1, "tables", TABLES, NULL};
    int applied;
    *m = (struct many){0};
    pthread_mutex_init(&m->mu, NULL);
    pthread_cond_init(&m->moved, NULL);
    assert_good(f->a, store_migrate(f->s, f->a, &tables, 1, &applied));
    store_test_script(f, "INSERT INTO total (id, n) VALUES (1, 0)");
    f->options.batchers = 1;
    store_fixture_reopen(f);
}

/* Columns that are NULL for some or for all, empty text and bytes, one body too large to go with others; k % 4 parts each. */
static result fill(struct unit *u, const struct rows *rows, size_t nrows, struct decision *d)
{
    struct one *x = u->ctx;
    (void)rows, (void)nrows;
    size_t n = x->k == 7 ? 100000 : (size_t)x->k;
    char *body = arena_alloc(d->a, n + 1);
    memset(body, (int)x->k, n + 1);
    decision_write(d, &ITEM_NEW, 1, 4, sql_int(x->k),
                   x->k % 3 ? sql_text(arena_printf(d->a, "%.*s", (int)x->k % 3 - 1, "x")) : sql_null(),
                   sql_blob((struct slice){body, n}), sql_null());
    for (int64_t i = 0; i < x->k % 4; i++) decision_write(d, &PART_NEW, 1, 2, sql_int(x->k), sql_int(i * 10));
    return ok();
}

static result look(struct unit *u, const struct rows *rows, size_t nrows, struct decision *d)
{
    struct one *x = u->ctx;
    (void)nrows, (void)d;
    x->nparts = rows[0].n;
    x->first = rows[0].n ? row(&rows[0], 0)[0].i : -1;
    x->last = rows[0].n ? row(&rows[0], rows[0].n - 1)[0].i : -1;
    return ok();
}

static void rows_as_one_by_one(struct store_fixture *f)
{
    struct many m;
    begin(f, &m);
    run_all(f, &m, fill);
    for (int64_t k = 0; k < UNITS; k++) assert_int_equal(m.units[k].code, CODE_OK);
    assert_int_equal(store_test_number(f, "SELECT COUNT(*) FROM item"), UNITS);
    assert_int_equal(store_test_number(f, "SELECT COUNT(*) FROM item WHERE word IS NULL"), (UNITS + 2) / 3);
    assert_int_equal(store_test_number(f, "SELECT COUNT(*) FROM item WHERE word = ''"), (UNITS + 1) / 3);
    assert_int_equal(store_test_number(f, "SELECT COUNT(*) FROM item WHERE more IS NULL"), UNITS);
    assert_int_equal(store_test_number(f, "SELECT SUM(LENGTH(body)) FROM item"), UNITS * (UNITS - 1) / 2 - 7 + 100000);
    run_all(f, &m, look);
    for (int64_t k = 0; k < UNITS; k++) {
        assert_int_equal(m.units[k].nparts, (size_t)k % 4);
        assert_int_equal(m.units[k].first, k % 4 ? (k % 4 - 1) * 10 : -1);
        assert_int_equal(m.units[k].last, k % 4 ? 0 : -1);
    }
}

/* The same row for all: as one statement it would change once. */
static result add_to_total(struct unit *u, const struct rows *rows, size_t nrows, struct decision *d)
{
    struct one *x = u->ctx;
    (void)rows, (void)nrows;
    decision_write(d, &TOTAL_ADD, x->k % 2 ? 1 : -1, 2, sql_int(1), sql_int(x->k));
    return ok();
}

static void each_change_of_one_row(struct store_fixture *f)
{
    struct many m;
    begin(f, &m);
    run_all(f, &m, add_to_total);
    for (int64_t k = 0; k < UNITS; k++) assert_int_equal(m.units[k].code, CODE_OK);
    assert_int_equal(store_test_number(f, "SELECT n FROM total"), UNITS * (UNITS - 1) / 2);
    /* that they went together at first is seen from their having to go again */
    assert_int_equal(store_stats(f->s).retries > 0, f->kind == STORE_POSTGRES);
}

/* Some find less to delete than they expect: they alone fail, with all that they wrote. */
static result remove_parts(struct unit *u, const struct rows *rows, size_t nrows, struct decision *d)
{
    struct one *x = u->ctx;
    (void)rows, (void)nrows;
    decision_write(d, &PARTS_GONE, x->k % 4 == 3 ? 2 : -1, 2, sql_int(x->k), sql_int(x->k == 11 ? 20 : 10));
    decision_write(d, &ITEM_NEW, 1, 4, sql_int(1000 + x->k), sql_null(), sql_null(), sql_int(x->k));
    return ok();
}

static void counts_belong_to_their_unit(struct store_fixture *f)
{
    struct many m;
    begin(f, &m);
    run_all(f, &m, fill);
    run_all(f, &m, remove_parts);
    for (int64_t k = 0; k < UNITS; k++) assert_int_equal(m.units[k].code, k == 11 ? CODE_STORE_VERSION : CODE_OK);
    assert_int_equal(store_test_number(f, "SELECT COUNT(*) FROM item WHERE id >= 1000"), UNITS - 1);
    assert_int_equal(store_test_number(f, "SELECT COUNT(*) FROM part WHERE n >= 10"), 2);
}

/* One meets a row that is there already. */
static result fill_again(struct unit *u, const struct rows *rows, size_t nrows, struct decision *d)
{
    struct one *x = u->ctx;
    (void)rows, (void)nrows;
    decision_write(d, &ITEM_NEW, 1, 4, sql_int(x->k == 5 ? 5 : 2000 + x->k), sql_null(), sql_null(), sql_null());
    return ok();
}

static void one_clash_harms_no_other(struct store_fixture *f)
{
    struct many m;
    begin(f, &m);
    run_all(f, &m, fill);
    run_all(f, &m, fill_again);
    for (int64_t k = 0; k < UNITS; k++) assert_int_equal(m.units[k].code, k == 5 ? CODE_STORE_CONSTRAINT : CODE_OK);
    assert_int_equal(store_test_number(f, "SELECT COUNT(*) FROM item"), 2 * UNITS - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(texts_for_many),
        ON_BOTH(rows_as_one_by_one),
        ON_BOTH(each_change_of_one_row),
        ON_BOTH(counts_belong_to_their_unit),
        ON_BOTH(one_clash_harms_no_other),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
