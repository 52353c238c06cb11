#include <stdlib.h>

#include "store/store_impl.h"

_Thread_local bool store_inside;

result refuse_inside(struct arena *a, const char *what)
{
    if (!store_inside) return ok();
    return fail(a, CODE_INTERNAL, S("store"), "detail", arena_printf(a, "%s called from a body, decide or done", what),
                NULL);
}

void store_init(struct store *s, enum store_kind kind, const struct driver *driver, const struct store_options *o)
{
    s->kind = kind;
    s->driver = driver;
    s->life = arena_new("store");
    s->time = o->time.now ? o->time : time_system();
    int max = o->batch_max > 0 ? o->batch_max : 64;
    s->batch_max = (size_t)(max < STORE_MAX_BATCH ? max : STORE_MAX_BATCH);
    pthread_mutex_init(&s->mu, NULL);
    pthread_mutex_init(&s->observe_mu, NULL);
}

result store_open(struct arena *a, const struct store_options *o, struct store **out)
{
    *out = NULL;
    struct store *s = NULL;
    struct slice sqlite = S("sqlite:");
    if (slice_starts(o->url, sqlite)) {
        struct slice path = slice_sub(o->url, sqlite.n, o->url.n);
        TRY(sq_open(a, o, path, &s));
    } else if (slice_starts(o->url, S("postgresql://")) || slice_starts(o->url, S("postgres://"))) {
        TRY(pg_open(a, o, &s));
    } else {
        struct slice scheme, rest; /* the rest may hold a password */
        if (!slice_cut(o->url, ':', &scheme, &rest)) scheme = S("");
        return fail(a, CODE_STORE_URL, S("store"), "detail", scheme, NULL);
    }
    result r = store_prepare_tables(s, a);
    if (failed(r))
        store_close(s);
    else
        *out = s;
    return r;
}

void store_close(struct store *s)
{
    if (!s) return;
    s->driver->close(s);
    pthread_mutex_destroy(&s->mu);
    pthread_mutex_destroy(&s->observe_mu);
    arena_free(s->life);
    free(s);
}

enum store_kind store_kind(const struct store *s)
{
    return s->kind;
}

result store_query(struct store *s, struct arena *a, const struct stmt *q, const struct sql_value *binds, size_t n,
                   struct rows *out)
{
    *out = (struct rows){0};
    return s->driver->query(s, a, q, binds, n, out);
}

result store_run(struct store *s, struct arena *a, const char *name, tx_body body, void *ctx)
{
    TRY(refuse_inside(a, "store_run"));
    return s->driver->run(s, a, name, body, ctx);
}

static result statement(struct tx *tx, struct arena *a, const struct stmt *q, const struct sql_value *binds, size_t n,
                        struct rows *out, int64_t *changed)
{
    if (failed(tx->broken)) return tx->broken;
    result r = tx->s->driver->tx_statement(tx, a, q, binds, n, out, changed);
    if (failed(r)) tx->broken = r;
    return r;
}

result tx_query(struct tx *tx, struct arena *a, const struct stmt *q, const struct sql_value *binds, size_t n,
                struct rows *out)
{
    *out = (struct rows){0};
    return statement(tx, a, q, binds, n, out, NULL);
}

result tx_exec(struct tx *tx, struct arena *a, const struct stmt *q, const struct sql_value *binds, size_t n,
               int64_t *changed)
{
    return statement(tx, a, q, binds, n, NULL, changed);
}

void store_submit(struct store *s, struct unit *u)
{
    atomic_fetch_add(&s->queued, 1);
    s->driver->submit(s, u);
}

struct waiter {
    pthread_mutex_t mu;
    pthread_cond_t ended;
    bool over;
    struct arena *a;
    result r;
};

static void wake(struct unit *u, result r)
{
    struct waiter *w = u->wait_;
    pthread_mutex_lock(&w->mu);
    w->r = result_copy(w->a, r);
    w->over = true;
    pthread_cond_signal(&w->ended);
    pthread_mutex_unlock(&w->mu); /* the waiter's stack ends when it gets the mutex: nothing may follow */
}

result store_submit_wait(struct store *s, struct arena *a, struct unit *u)
{
    TRY(refuse_inside(a, "store_submit_wait"));
    if (u->done) return fail(a, CODE_INTERNAL, S("store"), "detail", S("store_submit_wait: done is set"), NULL);
    struct waiter w = {.a = a};
    pthread_mutex_init(&w.mu, NULL);
    pthread_cond_init(&w.ended, NULL);
    u->wait_ = &w;
    u->done = wake;
    store_submit(s, u);
    pthread_mutex_lock(&w.mu);
    while (!w.over) pthread_cond_wait(&w.ended, &w.mu);
    pthread_mutex_unlock(&w.mu);
    u->done = NULL;
    u->wait_ = NULL;
    pthread_mutex_destroy(&w.mu);
    pthread_cond_destroy(&w.ended);
    return w.r;
}

void store_observe(struct store *s, void (*fn)(void *ctx, const char *batch_edge, const struct write *w), void *ctx)
{
    pthread_mutex_lock(&s->observe_mu);
    s->observe = fn;
    s->observe_ctx = ctx;
    atomic_store(&s->observed, fn != NULL);
    pthread_mutex_unlock(&s->observe_mu);
}

struct store_stats store_stats(const struct store *s)
{
    return (struct store_stats){atomic_load(&s->units), atomic_load(&s->batches), atomic_load(&s->retries),
                                atomic_load(&s->refused), atomic_load(&s->queued)};
}
