/* PostgreSQL: batchers for units, a pool of connections for named transactions, a pool that only reads. */
#include <stdlib.h>

#include "store/postgres_impl.h"

enum { READ_TRIES = 3, UNIQUE_TRIES = 3, MAX_BATCHERS = 64 };

static struct pg_store *of(struct store *s)
{
    return (struct pg_store *)s;
}

/* ---- pools ---- */

static void pool_init(struct pg_pool *p)
{
    pthread_mutex_init(&p->mu, NULL);
    pthread_cond_init(&p->free, NULL);
    p->head = NULL;
}

static struct pg_conn *pool_take(struct pg_pool *p)
{
    pthread_mutex_lock(&p->mu);
    while (!p->head) pthread_cond_wait(&p->free, &p->mu);
    struct pg_conn *c = p->head;
    p->head = c->next;
    pthread_mutex_unlock(&p->mu);
    return c;
}

static void pool_give(struct pg_pool *p, struct pg_conn *c)
{
    pthread_mutex_lock(&p->mu);
    c->next = p->head;
    p->head = c;
    pthread_cond_signal(&p->free);
    pthread_mutex_unlock(&p->mu);
}

static void pool_destroy(struct pg_pool *p)
{
    while (p->head) {
        struct pg_conn *c = p->head;
        p->head = c->next;
        pg_conn_free(c);
    }
    pthread_mutex_destroy(&p->mu);
    pthread_cond_destroy(&p->free);
}

/* ---- reading and named transactions ---- */

static result read_once(struct pg_conn *c, struct arena *a, const struct stmt *q, const struct sql_value *binds,
                        size_t n, struct rows *out)
{
    c->why = WHY_OTHER;
    TRY(pg_ensure(c, a));
    TRY(pg_begin(c, a)); /* only drops old statements: a single statement is its own transaction */
    return pg_statement(c, a, q, binds, n, out, NULL);
}

static result query(struct store *base, struct arena *a, const struct stmt *q, const struct sql_value *binds, size_t n,
                    struct rows *out)
{
    struct pg_store *s = of(base);
    struct pg_conn *c = pool_take(&s->readers);
    result r;
    for (int tries = 1;; tries++) {
        r = read_once(c, a, q, binds, n, out);
        bool again = failed(r) && tries < READ_TRIES && (c->why == WHY_LOST || c->why == WHY_RACE);
        if (failed(r)) pg_rollback(c);
        if (!again) break;
    }
    pool_give(&s->readers, c);
    return r;
}

static void free_arena(void *a)
{
    arena_free(a);
}

static enum pg_end run_once(struct tx *tx, struct arena *attempt, tx_body body, void *ctx, result *r)
{
    struct pg_conn *c = tx->conn;
    bool inside = store_inside;
    c->why = WHY_OTHER;
    *r = pg_begin(c, attempt);
    if (!failed(*r)) {
        store_inside = true;
        *r = body(tx, attempt, ctx);
        store_inside = inside;
        if (!failed(*r)) *r = tx->broken;
    }
    if (!failed(*r)) return pg_commit(c, attempt, r);
    pg_rollback(c);
    return END_FAILED;
}

/* As on SQLite the body sees what the winner of a race wrote: it runs again, whatever it made of the failure. */
static bool again(const struct pg_conn *c, int tries, int *unique)
{
    if (tries >= STORE_MAX_TRIES) return false;
    if (c->why == WHY_UNIQUE) return ++*unique < UNIQUE_TRIES;
    return c->why == WHY_RACE || c->why == WHY_LOST;
}

static result run_tries(struct pg_conn *c, struct arena *attempt, tx_body body, void *ctx)
{
    int unique = 0;
    result r;
    for (int tries = 1;; tries++) {
        arena_reset(attempt);
        TRY(pg_ensure(c, attempt));
        struct tx tx = {&c->s->base, c, ok()};
        enum pg_end end = run_once(&tx, attempt, body, ctx, &r);
        if (end != END_FAILED || !again(c, tries, &unique)) return r;
        atomic_fetch_add(&c->s->base.retries, 1);
        pg_pause(tries);
    }
}

static result run(struct store *base, struct arena *a, const char *name, tx_body body, void *ctx)
{
    struct pg_store *s = of(base);
    struct arena *attempt = arena_new(name);
    arena_cleanup(a, free_arena, attempt);
    struct pg_conn *c = pool_take(&s->writers);
    result r = run_tries(c, attempt, body, ctx);
    pool_give(&s->writers, c);
    return failed(r) ? result_copy(a, r) : r;
}

static result tx_statement(struct tx *tx, struct arena *a, const struct stmt *q, const struct sql_value *binds,
                           size_t n, struct rows *out, int64_t *changed)
{
    return pg_statement(tx->conn, a, q, binds, n, out, changed);
}

static result tx_script(struct tx *tx, struct arena *a, const char *sql)
{
    return pg_script(tx->conn, a, sql);
}

/* ---- units ---- */

/* A case always goes to the same batcher: its commands keep their order. */
static void submit(struct store *base, struct unit *u)
{
    struct pg_store *s = of(base);
    uint64_t h;
    memcpy(&h, u->lock.b + 8, sizeof h); /* the random half of a version 7 UUID */
    h = id_is_none(u->lock) ? atomic_fetch_add(&s->turn, 1) : h * UINT64_C(0x9E3779B97F4A7C15) >> 32;
    if (queue_push(&s->batchers[h % s->nbatchers].queue, u)) return;
    atomic_fetch_sub(&base->queued, 1);
    unit_refuse(base, u, "closing");
}

/* ---- opening and closing ---- */

static void release(struct pg_store *s)
{
    for (size_t i = 0; i < s->nbatchers; i++) pg_batcher_free(&s->batchers[i]);
    free(s->batchers);
    pool_destroy(&s->readers);
    pool_destroy(&s->writers);
}

static void stop(struct pg_store *s)
{
    atomic_store(&s->closing, true);
    for (size_t i = 0; i < s->nbatchers; i++) {
        struct unit_queue *q = &s->batchers[i].queue;
        pthread_mutex_lock(&q->mu);
        q->closing = true;
        pthread_cond_signal(&q->more);
        pthread_mutex_unlock(&q->mu);
    }
    for (size_t i = 0; i < s->nbatchers; i++)
        if (s->batchers[i].started) pthread_join(s->batchers[i].thread, NULL);
}

static void close_store(struct store *base)
{
    stop(of(base));
    release(of(base));
}

static const struct driver POSTGRES = {query, run, tx_statement, tx_script, submit, close_store};

static void allocate(struct pg_store *s, const struct store_options *o)
{
    int readers = o->readers > 0 ? o->readers : 4, batchers = o->batchers > 0 ? o->batchers : 3;
    pool_init(&s->readers);
    pool_init(&s->writers);
    for (int i = 0; i < readers; i++) {
        pool_give(&s->readers, pg_conn_new(s, true));
        pool_give(&s->writers, pg_conn_new(s, false));
    }
    s->nbatchers = (size_t)(batchers < MAX_BATCHERS ? batchers : MAX_BATCHERS);
    s->batchers = calloc(s->nbatchers, sizeof *s->batchers);
    if (!s->batchers) abort();
    for (size_t i = 0; i < s->nbatchers; i++) pg_batcher_init(&s->batchers[i], s);
}

/* The first connections show what is wrong; the pools connect when they are used. */
static result start(struct pg_store *s, struct arena *a)
{
    for (size_t i = 0; i < s->nbatchers; i++) TRY(pg_connect(s->batchers[i].c, a));
    for (size_t i = 0; i < s->nbatchers; i++) {
        struct pg_batcher *b = &s->batchers[i];
        if (pthread_create(&b->thread, NULL, pg_batcher_run, b) != 0)
            return fail(a, CODE_STORE_UNAVAILABLE, S("store"), "detail", S("no thread"), NULL);
        b->started = true;
    }
    return ok();
}

/* libpq's message about a bad URL may quote the password. */
static result check_url(struct arena *a, const char *url)
{
    PQconninfoOption *parsed = PQconninfoParse(url, NULL);
    if (!parsed) return fail(a, CODE_STORE_URL, S("store"), "detail", S("postgresql"), NULL);
    PQconninfoFree(parsed);
    return ok();
}

result pg_open(struct arena *a, const struct store_options *o, struct store **out)
{
    TRY(check_url(a, arena_cstr(a, o->url)));
    struct pg_store *s = calloc(1, sizeof *s);
    if (!s) abort();
    store_init(&s->base, STORE_POSTGRES, &POSTGRES, o);
    s->url = arena_cstr(s->base.life, o->url);
    s->no_sync = o->unsafe_no_sync;
    allocate(s, o);
    result r = start(s, a);
    if (failed(r)) {
        stop(s);
        release(s);
        arena_free(s->base.life);
        free(s);
        return r;
    }
    *out = &s->base;
    return ok();
}
