/* The writer thread: named transactions and batches of units, in turn. The decider thread: the next batch meanwhile. */
#include "store/sqlite_impl.h"

static const struct stmt SAVEPOINT = {"savepoint", "SAVEPOINT u", NULL, false};
static const struct stmt RELEASE = {"release", "RELEASE u", NULL, false};
static const struct stmt BEGIN_READ = {"begin_read", "BEGIN", NULL, false};
static const struct stmt ROLLBACK_TO = {"rollback_to", "ROLLBACK TO u", NULL, false};

static result load(struct sq_conn *c, struct attempt *t, const struct load *loads, size_t n)
{
    for (size_t i = 0; i < n; i++)
        TRY(sq_statement(c, t->a, loads[i].stmt, loads[i].binds, loads[i].nbinds, attempt_rows(t, 1), NULL));
    return ok();
}

static result load_and_decide(struct sq_conn *c, struct attempt *t)
{
    TRY(load(c, t, t->unit->loads, t->unit->nloads));
    while (attempt_decide(t)) {
        /* the loads asked for are read while the next round may ask again: they are in the arena, not reused */
        TRY(load(c, t, t->d.loads, t->d.nloads));
    }
    return t->r;
}

static result write_all(struct sq_conn *c, struct attempt *t)
{
    for (size_t i = 0; i < t->d.nwrites; i++) {
        const struct write *w = &t->d.writes[i];
        int64_t changed;
        TRY(sq_statement(c, t->a, w->stmt, w->binds, w->nbinds, NULL, &changed));
        if (w->expect >= 0 && changed != w->expect) return fail_version(t->a, t->unit);
    }
    return ok();
}

/* After a failure the transaction may be gone: see settle_one_by_one(). */
static result write_in_savepoint(struct sq_conn *c, struct attempt *t)
{
    if (t->d.nwrites == 0) return ok();
    TRY(sq_statement(c, t->a, &SAVEPOINT, NULL, 0, NULL, NULL));
    result r = write_all(c, t);
    if (sqlite3_get_autocommit(c->db)) return r;
    if (failed(r)) {
        result undone = sq_statement(c, t->a, &ROLLBACK_TO, NULL, 0, NULL, NULL);
        if (failed(undone)) {
            sq_rollback(c);
            return undone;
        }
    }
    result released = sq_statement(c, t->a, &RELEASE, NULL, 0, NULL, NULL);
    return failed(r) ? r : released;
}

static result run_once(struct sq_conn *c, struct attempt *t)
{
    attempt_begin(t);
    TRY(load_and_decide(c, t));
    return write_in_savepoint(c, t);
}

/* What was decided before this transaction began may rest on rows that changed since. Then a write does not fit, and the
 * unit is run again here, where nothing changes. */
static bool stale(result r)
{
    return result_code(r) == CODE_STORE_VERSION || result_code(r) == CODE_STORE_CONSTRAINT;
}

static void run_unit(struct sq_store *s, struct attempt *t, bool decided)
{
    t->unit->tries_ = 0;
    if (decided) {
        if (!failed(t->r)) t->r = write_in_savepoint(s->writer, t);
        if (!stale(t->r) || sqlite3_get_autocommit(s->writer->db)) return;
        atomic_fetch_add(&s->base.retries, 1);
    }
    for (t->unit->tries_ = 1;; t->unit->tries_++) {
        t->r = run_once(s->writer, t);
        if (result_code(t->r) != CODE_STORE_VERSION || t->unit->tries_ >= STORE_MAX_TRIES) return;
        if (sqlite3_get_autocommit(s->writer->db)) return;
        atomic_fetch_add(&s->base.retries, 1);
    }
}

/* True when all n are settled: committed, or refused by themselves. False: the transaction as a whole was lost and
 * nothing of it is in the database; *why says how. Disk errors end a transaction by themselves. */
static bool settle_one_by_one(struct sq_store *s, struct attempt *t, const bool *decided, size_t n, struct arena *a,
                              result *why)
{
    *why = sq_begin(s->writer, a);
    for (size_t i = 0; i < n && !failed(*why); i++) {
        run_unit(s, &t[i], decided && decided[i]);
        if (sqlite3_get_autocommit(s->writer->db))
            *why = failed(t[i].r)
                       ? result_copy(a, t[i].r)
                       : fail(a, CODE_STORE_UNAVAILABLE, S("store"), "detail", S("transaction ended early"), NULL);
    }
    if (!failed(*why)) *why = sq_commit(s->writer, a);
    if (failed(*why)) sq_rollback(s->writer);
    return !failed(*why);
}

/* Savepoints make SQLite copy every page that two units of a batch change. Nearly always all that was decided fits, so it
 * is written without them first. True when it did and is committed; false: nothing is in the database. */
static bool settle_together(struct sq_store *s, struct attempt *t, const bool *decided, size_t n, struct arena *a)
{
    for (size_t i = 0; i < n; i++)
        if (!decided[i]) return false;
    result r = sq_begin(s->writer, a);
    for (size_t i = 0; i < n && !failed(r); i++)
        if (!failed(t[i].r)) r = write_all(s->writer, &t[i]);
    if (!failed(r)) r = sq_commit(s->writer, a);
    if (failed(r)) sq_rollback(s->writer);
    return !failed(r);
}

static void run_batch(struct sq_store *s, struct sq_batch *b)
{
    struct attempt *t = b->attempts;
    struct arena *a = arena_new("batch");
    result why;
    if (settle_together(s, t, b->decided, b->n, a) || settle_one_by_one(s, t, b->decided, b->n, a, &why)) {
        attempts_finish(&s->base, t, b->n);
    } else {
        /* a lost batch is run again, a transaction each, so that a unit that makes COMMIT fail (a deferred foreign key)
         * does not take the others with it */
        atomic_fetch_add(&s->base.retries, (int64_t)b->n);
        for (size_t i = 0; i < b->n; i++) {
            if (!settle_one_by_one(s, &t[i], NULL, 1, a, &why)) t[i].r = why;
            attempts_finish(&s->base, &t[i], 1);
        }
    }
    arena_free(a);
}

static void run_job(struct sq_store *s, struct sq_job *j)
{
    struct tx tx = {&s->base, s->writer, ok()};
    result r = sq_begin(s->writer, j->attempt);
    if (!failed(r)) {
        r = j->body(&tx, j->attempt, j->ctx);
        if (!failed(r)) r = tx.broken;
        if (!failed(r)) r = sq_commit(s->writer, j->attempt);
    }
    if (failed(r)) sq_rollback(s->writer);
    j->r = failed(r) ? result_copy(j->a, r) : r;
}

static void run_jobs(struct sq_store *s, struct sq_job *j)
{
    while (j) {
        struct sq_job *next = j->next;
        run_job(s, j);
        pthread_mutex_lock(&s->queue.mu);
        j->over = true;
        pthread_cond_broadcast(&s->job_over);
        pthread_mutex_unlock(&s->queue.mu);
        j = next;
    }
}

void *sq_writer(void *store)
{
    struct sq_store *s = store;
    (void)pthread_setname_np(pthread_self(), "store write");
    store_inside = true;
    pthread_mutex_lock(&s->queue.mu);
    for (;;) {
        while (!s->ready && !s->jobs && !s->no_more) pthread_cond_wait(&s->work, &s->queue.mu);
        if (!s->ready && !s->jobs) break;
        struct sq_job *jobs = s->jobs;
        struct sq_batch *b = s->ready;
        s->jobs = NULL;
        s->jobs_tail = &s->jobs;
        s->ready = NULL;
        pthread_mutex_unlock(&s->queue.mu);
        run_jobs(s, jobs);
        if (b) run_batch(s, b);
        pthread_mutex_lock(&s->queue.mu);
        if (!b) continue;
        b->n = 0;
        s->busy = false;
        pthread_cond_signal(&s->queue.more);
    }
    pthread_mutex_unlock(&s->queue.mu);
    return NULL;
}

/* ---- the decider ---- */

/* While one batch is written and synced, the next is loaded and decided, on a connection of its own. It sees every commit
 * that was told to anybody, for units are told after they are committed and before the writer is free again; of the batch
 * being written it sees nothing, and so takes no unit whose lock is in it. */
static void decide_all(struct sq_store *s, struct sq_batch *b, size_t n)
{
    struct arena *a = arena_new("snapshot");
    result begun = sq_statement(s->reader, a, &BEGIN_READ, NULL, 0, NULL, NULL);
    for (size_t i = 0; i < n; i++) {
        struct attempt *t = &b->attempts[b->n + i];
        t->unit = s->taken[i];
        attempt_begin(t);
        result r = failed(begun) ? begun : load_and_decide(s->reader, t);
        /* a failure to read is the writer's to meet again and to tell */
        b->decided[b->n + i] = !failed(r) || failed(t->r);
        b->locks[b->n + i] = t->unit->lock;
    }
    b->n += n;
    sq_rollback(s->reader);
    arena_free(a);
}

/* Takes what may be taken; with mu held. */
static size_t take(struct sq_store *s, const struct sq_batch *filling, const struct sq_batch *writing)
{
    s->queue.held[0] = (struct lock_ids){filling->locks, filling->n};
    s->queue.held[1] = (struct lock_ids){writing->locks, s->busy ? writing->n : 0};
    return queue_take(&s->queue, s->taken, s->base.batch_max - filling->n);
}

/* A batch grows as long as the writer is busy with the other one. */
void *sq_decider(void *store)
{
    struct sq_store *s = store;
    struct sq_batch *filling = &s->batches[0], *writing = &s->batches[1];
    (void)pthread_setname_np(pthread_self(), "store decide");
    store_inside = true;
    pthread_mutex_lock(&s->queue.mu);
    for (;;) {
        size_t n = take(s, filling, writing);
        if (n) {
            pthread_mutex_unlock(&s->queue.mu);
            decide_all(s, filling, n);
            pthread_mutex_lock(&s->queue.mu);
        } else if (filling->n && !s->busy) {
            struct sq_batch *other = writing;
            writing = s->ready = filling;
            filling = other;
            s->busy = true;
            pthread_cond_signal(&s->work);
        } else if (!filling->n && !s->queue.head && s->queue.closing) {
            break;
        } else {
            pthread_cond_wait(&s->queue.more, &s->queue.mu);
        }
    }
    s->no_more = true;
    pthread_cond_signal(&s->work);
    pthread_mutex_unlock(&s->queue.mu);
    return NULL;
}
