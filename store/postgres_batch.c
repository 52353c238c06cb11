/* A batcher: takes units from its queue and commits them together.
 *
 * One round trip loads the rows of all units (locked in the order of their ids), decide runs in memory, one round trip
 * carries all writes, one commits. There are no savepoints, so a unit that fails in its writes takes the batch with it:
 * the batch is rolled back and run again without the unit, which then runs alone. */
#include <stdlib.h>

#include "store/postgres_impl.h"

enum { BATCH_TRIES = 5, UNIQUE_TRIES = 3 };

/* The transaction of n units. */
struct batch {
    struct pg_batcher *b;
    struct pg_conn *c;
    struct attempt *t;
    size_t n;
    struct arena *a;
    bool grouped; /* like statements go together; false when that failed, to learn whose failure it was */
};

void pg_batcher_init(struct pg_batcher *b, struct pg_store *s)
{
    size_t max = s->base.batch_max;
    *b = (struct pg_batcher){.s = s, .c = pg_conn_new(s, false)};
    b->c->by_key = true;
    queue_init(&b->queue);
    b->batch = calloc(max, sizeof *b->batch);
    b->attempts = calloc(max, sizeof *b->attempts);
    b->bad = calloc(max, sizeof *b->bad);
    b->asks = calloc(max, sizeof *b->asks);
    b->groups = pg_groups_new();
    if (!b->batch || !b->attempts || !b->bad || !b->asks) abort();
    for (size_t i = 0; i < max; i++) b->attempts[i].a = arena_new("attempt");
}

void pg_batcher_free(struct pg_batcher *b)
{
    for (size_t i = 0; i < b->s->base.batch_max; i++) arena_free(b->attempts[i].a);
    free(b->batch);
    free(b->attempts);
    free(b->bad);
    free(b->asks);
    pg_groups_free(b->groups);
    queue_destroy(&b->queue);
    pg_conn_free(b->c);
}

/* ---- a transaction ---- */

/* Sends the statements, like ones of many units together, and reads the answers. A failure or a wrong count is laid at
 * the door of its unit, unless a group's failed and nobody knows whose it was. */
static result exchange(struct batch *x, struct group_item *items, size_t n)
{
    result r = pg_items(x->c, x->a, x->b->groups, items, n, x->grouped), mismatch = ok();
    for (size_t i = 0; i < n; i++) {
        bool own = items[i].failed && (x->c->why == WHY_OTHER || x->c->why == WHY_UNIQUE);
        x->b->bad[items[i].unit] = x->b->bad[items[i].unit] || own || items[i].mismatch;
        if (items[i].mismatch && !failed(mismatch)) mismatch = fail_version(x->a, x->t[items[i].unit].unit);
    }
    return failed(r) ? r : mismatch;
}

static const struct load *loads_of(const struct batch *x, size_t i, bool first, size_t *n)
{
    const struct attempt *t = &x->t[i];
    *n = first ? t->unit->nloads : x->b->asks[i] ? t->d.nloads : 0;
    return first ? t->unit->loads : t->d.loads;
}

static result load(struct batch *x, bool first)
{
    size_t n, all = 0;
    for (size_t i = 0; i < x->n; i++) {
        (void)loads_of(x, i, first, &n);
        all += n;
    }
    struct group_item *items = NEW_ARRAY(x->a, struct group_item, all + 1);
    all = 0;
    for (size_t i = 0; i < x->n; i++) {
        const struct load *l = loads_of(x, i, first, &n);
        struct rows *rows = attempt_rows(&x->t[i], n);
        for (size_t k = 0; k < n; k++)
            items[all++] = (struct group_item){.a = x->t[i].a,
                                               .stmt = l[k].stmt,
                                               .binds = l[k].binds,
                                               .nbinds = l[k].nbinds,
                                               .unit = i,
                                               .rows = rows + k};
    }
    return exchange(x, items, all);
}

static result load_and_decide(struct batch *x)
{
    bool asking = true;
    for (bool first = true; asking; first = false) {
        TRY(load(x, first));
        asking = false;
        for (size_t i = 0; i < x->n; i++) {
            if (!first && !x->b->asks[i]) continue;
            x->b->asks[i] = attempt_decide(&x->t[i]);
            asking = asking || x->b->asks[i];
        }
    }
    return ok();
}

static size_t writes_of(const struct attempt *t)
{
    return failed(t->r) ? 0 : t->d.nwrites;
}

static result write_all(struct batch *x)
{
    size_t all = 0;
    for (size_t i = 0; i < x->n; i++) all += writes_of(&x->t[i]);
    if (all == 0) return ok();
    struct group_item *items = NEW_ARRAY(x->a, struct group_item, all);
    all = 0;
    for (size_t i = 0; i < x->n; i++) {
        struct attempt *t = &x->t[i];
        for (size_t k = 0; k < writes_of(t); k++) {
            const struct write *w = &t->d.writes[k];
            items[all++] = (struct group_item){
                .a = t->a, .stmt = w->stmt, .binds = w->binds, .nbinds = w->nbinds, .unit = i, .expect = w->expect};
        }
    }
    return exchange(x, items, all);
}

static result carry_out(struct batch *x)
{
    TRY(pg_begin(x->c, x->a));
    TRY(load_and_decide(x));
    return write_all(x);
}

static int by_lock(const void *p, const void *q)
{
    const struct attempt *x = p, *y = q;
    return memcmp(x->unit->lock.b, y->unit->lock.b, sizeof x->unit->lock.b);
}

/* *why lives in x->a. b->bad[i] tells whose failure it was, when that is known. */
static enum pg_end transaction(struct batch *x, result *why)
{
    qsort(x->t, x->n, sizeof *x->t, by_lock);
    for (size_t i = 0; i < x->n; i++) {
        x->b->bad[i] = x->b->asks[i] = false;
        attempt_begin(&x->t[i]);
    }
    x->c->why = WHY_OTHER;
    *why = carry_out(x);
    if (!failed(*why)) return pg_commit(x->c, x->a, why);
    *why = result_copy(x->a, *why);
    pg_rollback(x->c);
    return END_FAILED;
}

/* ---- what becomes of the units ---- */

/* The same failure for all that have none of their own. */
static void finish_with(struct batch *x, result r)
{
    for (size_t i = 0; i < x->n; i++)
        if (!failed(x->t[i].r)) x->t[i].r = r;
    attempts_finish(&x->b->s->base, x->t, x->n);
}

static void forget_results(struct batch *x)
{
    for (size_t i = 0; i < x->n; i++) x->t[i].r = ok();
}

/* A unit that met a row it did not see runs again and sees it; what fails always ends soon. */
static bool again(struct pg_conn *c, result why, int tries, int *unique)
{
    if (tries >= STORE_MAX_TRIES) return false;
    if (c->why == WHY_UNIQUE) return ++*unique < UNIQUE_TRIES;
    return c->why == WHY_RACE || c->why == WHY_LOST || result_code(why) == CODE_STORE_VERSION;
}

static void run_alone(struct batch x)
{
    int unique = 0;
    result why;
    for (int tries = 1;; tries++) {
        forget_results(&x);
        x.t->unit->tries_ = tries;
        why = pg_ensure(x.c, x.a);
        if (failed(why)) break;
        enum pg_end end = transaction(&x, &why);
        if (end == END_COMMITTED || end == END_UNKNOWN) break;
        x.t->r = ok(); /* a refusal in a transaction that failed was of rows that may have changed */
        if (!again(x.c, why, tries, &unique)) break;
        atomic_fetch_add(&x.b->s->base.retries, 1);
        pg_pause(tries);
    }
    finish_with(&x, why);
}

/* Moves those marked bad behind the others; how many are left. */
static size_t set_aside(struct batch *x)
{
    size_t left = 0;
    for (size_t i = 0; i < x->n; i++) {
        if (x->b->bad[i]) continue;
        struct attempt t = x->t[left];
        x->t[left] = x->t[i];
        x->t[i] = t;
        x->b->bad[i] = true;
        left++;
    }
    return left;
}

/* True: the units in x are done. False: they remain, to be run one by one. */
static bool run_together(struct batch *x)
{
    for (int tries = 1; x->n > 1 && tries <= BATCH_TRIES; tries++) {
        result why;
        forget_results(x);
        why = pg_ensure(x->c, x->a);
        if (failed(why)) {
            finish_with(x, why);
            return true;
        }
        enum pg_end end = transaction(x, &why);
        if (end == END_COMMITTED || end == END_UNKNOWN) {
            finish_with(x, why);
            return true;
        }
        atomic_fetch_add(&x->b->s->base.retries, (int64_t)x->n);
        size_t left = set_aside(x);
        if (x->grouped && x->c->why != WHY_RACE && x->c->why != WHY_LOST) {
            x->grouped = false;
            if (left == x->n) continue;
        }
        if (left == x->n && x->c->why != WHY_RACE && x->c->why != WHY_LOST) return false; /* nobody knows whose fault */
        if (left == x->n) pg_pause(tries);
        x->n = left;
    }
    return false;
}

static void run_batch(struct pg_batcher *b, size_t n)
{
    struct batch x = {b, b->c, b->attempts, n, arena_new("batch"), true};
    for (size_t i = 0; i < n; i++) x.t[i].unit = b->batch[i];
    size_t done = run_together(&x) ? x.n : 0;
    for (size_t i = done; i < n; i++) run_alone((struct batch){b, b->c, &b->attempts[i], 1, x.a, false});
    arena_free(x.a);
}

void *pg_batcher_run(void *batcher)
{
    struct pg_batcher *b = batcher;
    (void)pthread_setname_np(pthread_self(), "batcher");
    store_inside = true;
    pthread_mutex_lock(&b->queue.mu);
    for (;;) {
        while (!b->queue.head && !b->queue.closing) pthread_cond_wait(&b->queue.more, &b->queue.mu);
        if (!b->queue.head) break;
        size_t n = queue_take(&b->queue, b->batch, b->s->base.batch_max);
        pthread_mutex_unlock(&b->queue.mu);
        run_batch(b, n);
        pthread_mutex_lock(&b->queue.mu);
    }
    pthread_mutex_unlock(&b->queue.mu);
    return NULL;
}
