/* The writer thread: named transactions and batches of units, in turn. */
#include "store/sqlite_impl.h"

static const struct stmt SAVEPOINT = {"savepoint", "SAVEPOINT u", NULL, false};
static const struct stmt RELEASE = {"release", "RELEASE u", NULL, false};
static const struct stmt ROLLBACK_TO = {"rollback_to", "ROLLBACK TO u", NULL, false};

static result load(struct sq_conn *c, struct attempt *t, const struct load *loads, size_t n)
{
    for (size_t i = 0; i < n; i++)
        TRY(sq_statement(c, t->a, loads[i].stmt, loads[i].binds, loads[i].nbinds, attempt_rows(t), NULL));
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

/* One unit, its writes inside a savepoint. After a failure the transaction may be gone: see transaction_lost. */
static result run_once(struct sq_conn *c, struct attempt *t)
{
    attempt_begin(t);
    TRY(load_and_decide(c, t));
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

static void run_unit(struct sq_store *s, struct attempt *t)
{
    for (t->unit->tries_ = 1;; t->unit->tries_++) {
        t->r = run_once(s->writer, t);
        if (result_code(t->r) != CODE_STORE_VERSION || t->unit->tries_ >= STORE_MAX_TRIES) return;
        if (sqlite3_get_autocommit(s->writer->db)) return;
        atomic_fetch_add(&s->base.retries, 1);
    }
}

/* True when all n are settled: committed, or refused by themselves. False: the transaction as a whole was lost and
 * nothing of it is in the database; *why says how. Disk errors end a transaction by themselves. */
static bool transaction(struct sq_store *s, struct attempt *t, size_t n, struct arena *a, result *why)
{
    *why = sq_begin(s->writer, a);
    for (size_t i = 0; i < n && !failed(*why); i++) {
        run_unit(s, &t[i]);
        if (sqlite3_get_autocommit(s->writer->db))
            *why = failed(t[i].r)
                       ? result_copy(a, t[i].r)
                       : fail(a, CODE_STORE_UNAVAILABLE, S("store"), "detail", S("transaction ended early"), NULL);
    }
    if (!failed(*why)) *why = sq_commit(s->writer, a);
    if (failed(*why)) sq_rollback(s->writer);
    return !failed(*why);
}

static void run_batch(struct sq_store *s, size_t n)
{
    struct attempt *t = s->attempts;
    struct arena *a = arena_new("batch");
    result why;
    for (size_t i = 0; i < n; i++) t[i].unit = s->batch[i];
    if (transaction(s, t, n, a, &why)) {
        attempts_finish(&s->base, t, n);
    } else {
        /* a lost batch is run again one by one, so that a unit that makes COMMIT fail (a deferred foreign key) does
         * not take the others with it */
        atomic_fetch_add(&s->base.retries, (int64_t)n);
        for (size_t i = 0; i < n; i++) {
            if (!transaction(s, &t[i], 1, a, &why)) t[i].r = why;
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
    store_inside = true;
    pthread_mutex_lock(&s->queue.mu);
    for (;;) {
        while (!s->queue.head && !s->jobs && !s->queue.closing) pthread_cond_wait(&s->queue.more, &s->queue.mu);
        if (!s->queue.head && !s->jobs) break;
        struct sq_job *jobs = s->jobs;
        s->jobs = NULL;
        s->jobs_tail = &s->jobs;
        size_t n = queue_take(&s->queue, s->batch, s->base.batch_max);
        pthread_mutex_unlock(&s->queue.mu);
        run_jobs(s, jobs);
        if (n) run_batch(s, n);
        pthread_mutex_lock(&s->queue.mu);
    }
    pthread_mutex_unlock(&s->queue.mu);
    return NULL;
}
