/* SQLite: one thread that decides and one that writes behind a queue, a pool of connections that only read. */
#include <stdlib.h>

#include "store/sqlite_impl.h"

static struct sq_store *of(struct store *s)
{
    return (struct sq_store *)s;
}

static struct sq_conn *pool_take(struct sq_store *s)
{
    pthread_mutex_lock(&s->pool_mu);
    while (!s->pool) pthread_cond_wait(&s->pool_free, &s->pool_mu);
    struct sq_conn *c = s->pool;
    s->pool = c->next;
    pthread_mutex_unlock(&s->pool_mu);
    return c;
}

static void pool_give(struct sq_store *s, struct sq_conn *c)
{
    pthread_mutex_lock(&s->pool_mu);
    c->next = s->pool;
    s->pool = c;
    pthread_cond_signal(&s->pool_free);
    pthread_mutex_unlock(&s->pool_mu);
}

static result query(struct store *base, struct arena *a, const struct stmt *q, const struct sql_value *binds, size_t n,
                    struct rows *out)
{
    struct sq_store *s = of(base);
    struct sq_conn *c = pool_take(s);
    result r = sq_statement(c, a, q, binds, n, out, NULL);
    pool_give(s, c);
    return r;
}

static void free_arena(void *a)
{
    arena_free(a);
}

static result run(struct store *base, struct arena *a, const char *name, tx_body body, void *ctx)
{
    struct sq_store *s = of(base);
    struct sq_job j = {.name = name, .body = body, .ctx = ctx, .a = a, .attempt = arena_new(name)};
    arena_cleanup(a, free_arena, j.attempt);
    pthread_mutex_lock(&s->queue.mu);
    if (s->queue.closing) {
        pthread_mutex_unlock(&s->queue.mu);
        return fail(a, CODE_STORE_UNAVAILABLE, S("store"), "detail", S("closing"), NULL);
    }
    *s->jobs_tail = &j;
    s->jobs_tail = &j.next;
    pthread_cond_signal(&s->work);
    while (!j.over) pthread_cond_wait(&s->job_over, &s->queue.mu);
    pthread_mutex_unlock(&s->queue.mu);
    return j.r;
}

static result tx_statement(struct tx *tx, struct arena *a, const struct stmt *q, const struct sql_value *binds,
                           size_t n, struct rows *out, int64_t *changed)
{
    return sq_statement(tx->conn, a, q, binds, n, out, changed);
}

static result tx_script(struct tx *tx, struct arena *a, const char *sql)
{
    return sq_script(tx->conn, a, sql);
}

static void submit(struct store *base, struct unit *u)
{
    if (queue_push(&of(base)->queue, u)) return;
    atomic_fetch_sub(&base->queued, 1);
    unit_refuse(base, u, "closing");
}

static void release(struct sq_store *s)
{
    while (s->pool) {
        struct sq_conn *c = s->pool;
        s->pool = c->next;
        sq_disconnect(c);
    }
    sq_disconnect(s->reader);
    sq_disconnect(s->writer); /* last: its closing checkpoints the WAL */
    for (int k = 0; k < 2; k++) {
        for (size_t i = 0; i < s->base.batch_max; i++) arena_free(s->batches[k].attempts[i].a);
        free(s->batches[k].attempts);
        free(s->batches[k].decided);
        free(s->batches[k].locks);
    }
    free(s->taken);
    queue_destroy(&s->queue);
    pthread_cond_destroy(&s->work);
    pthread_cond_destroy(&s->job_over);
    pthread_mutex_destroy(&s->pool_mu);
    pthread_cond_destroy(&s->pool_free);
}

static void close_store(struct store *base)
{
    struct sq_store *s = of(base);
    pthread_mutex_lock(&s->queue.mu);
    s->queue.closing = true;
    pthread_cond_broadcast(&s->queue.more);
    pthread_mutex_unlock(&s->queue.mu);
    pthread_join(s->deciding, NULL);
    pthread_join(s->writing, NULL);
    release(s);
}

static const struct driver SQLITE = {query, run, tx_statement, tx_script, submit, close_store};

static void allocate(struct sq_store *s)
{
    size_t max = s->base.batch_max;
    queue_init(&s->queue);
    s->jobs_tail = &s->jobs;
    pthread_cond_init(&s->work, NULL);
    pthread_cond_init(&s->job_over, NULL);
    pthread_mutex_init(&s->pool_mu, NULL);
    pthread_cond_init(&s->pool_free, NULL);
    s->taken = calloc(max, sizeof *s->taken);
    if (!s->taken) abort();
    for (int k = 0; k < 2; k++) {
        struct sq_batch *b = &s->batches[k];
        b->attempts = calloc(max, sizeof *b->attempts);
        b->decided = calloc(max, sizeof *b->decided);
        b->locks = calloc(max, sizeof *b->locks);
        if (!b->attempts || !b->decided || !b->locks) abort();
        for (size_t i = 0; i < max; i++) b->attempts[i].a = arena_new("attempt");
    }
}

static result connect_all(struct sq_store *s, struct arena *a, const struct store_options *o, struct slice path)
{
    const char *file = arena_cstr(a, path);
    TRY(sq_connect(a, o, file, true, &s->writer));
    TRY(sq_connect(a, o, file, false, &s->reader));
    for (int i = 0; i < (o->readers > 0 ? o->readers : 4); i++) {
        struct sq_conn *c = NULL;
        TRY(sq_connect(a, o, file, false, &c));
        pool_give(s, c);
    }
    return ok();
}

static result start_threads(struct sq_store *s, struct arena *a)
{
    if (pthread_create(&s->deciding, NULL, sq_decider, s) != 0)
        return fail(a, CODE_STORE_UNAVAILABLE, S("store"), "detail", S("no thread"), NULL);
    if (pthread_create(&s->writing, NULL, sq_writer, s) == 0) return ok();
    pthread_mutex_lock(&s->queue.mu);
    s->queue.closing = true;
    pthread_cond_broadcast(&s->queue.more);
    pthread_mutex_unlock(&s->queue.mu);
    pthread_join(s->deciding, NULL);
    return fail(a, CODE_STORE_UNAVAILABLE, S("store"), "detail", S("no thread"), NULL);
}

result sq_open(struct arena *a, const struct store_options *o, struct slice path, struct store **out)
{
    if (path.n == 0 || slice_starts(path, S(":")))
        return fail(a, CODE_STORE_URL, S("store"), "detail", S("sqlite: without a file"), NULL);
    struct sq_store *s = calloc(1, sizeof *s);
    if (!s) abort();
    store_init(&s->base, STORE_SQLITE, &SQLITE, o);
    allocate(s);
    result r = connect_all(s, a, o, path);
    if (!failed(r)) r = start_threads(s, a);
    if (failed(r)) {
        release(s);
        arena_free(s->base.life);
        free(s);
        return r;
    }
    *out = &s->base;
    return ok();
}
