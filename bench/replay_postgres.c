/* libpq in pipeline mode, the fastest way it has: one round trip a batch; a thread for each connection. */
#include <libpq-fe.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "bench/recorder.h"

enum { PARAMETERS = 40, STATEMENTS = 512 };

struct line {
    const struct recorder *r;
    PGconn *c;
    pthread_t thread;
    atomic_size_t *next; /* batch to take */
    atomic_bool *failed;
    const struct stmt *prepared[STATEMENTS];
    size_t nprepared;
};

static void complain(struct line *l, const char *what)
{
    (void)fprintf(stderr, "replay: %s: %s\n", what, PQerrorMessage(l->c));
    atomic_store(l->failed, true);
}

/* ?1 becomes $1. */
static void dollars(const struct stmt *q, char *out, size_t max)
{
    size_t n = 0;
    bool quoted = false;
    for (const char *p = q->sql_pg ? q->sql_pg : q->sql; *p && n + 1 < max; p++) {
        if (*p == '\'') quoted = !quoted;
        out[n++] = *p == '?' && !quoted ? '$' : *p;
    }
    out[n] = 0;
}

/* Prepared before the clock runs, as a server has them. */
static void prepare_all(struct line *l)
{
    char sql[16384], name[64];
    for (size_t i = 0; i < l->r->nrows; i++) {
        const struct stmt *q = l->r->rows[i].stmt;
        bool known = false;
        for (size_t k = 0; k < l->nprepared; k++) known = known || l->prepared[k] == q;
        if (known || l->nprepared == STATEMENTS) continue;
        dollars(q, sql, sizeof sql);
        (void)snprintf(name, sizeof name, "s%zu", l->nprepared);
        if (PQpipelineStatus(l->c) == PQ_PIPELINE_ON) (void)PQexitPipelineMode(l->c);
        PGresult *r = PQprepare(l->c, name, sql, 0, NULL);
        if (PQresultStatus(r) != PGRES_COMMAND_OK) complain(l, q->name);
        PQclear(r);
        l->prepared[l->nprepared++] = q;
    }
}

static void send_row(struct line *l, const struct recorded *r)
{
    const char *values[PARAMETERS];
    int lengths[PARAMETERS], formats[PARAMETERS];
    unsigned char numbers[PARAMETERS][8];
    char name[64];
    size_t at = 0;
    while (at < l->nprepared && l->prepared[at] != r->stmt) at++;
    (void)snprintf(name, sizeof name, "s%zu", at);
    for (size_t i = 0; i < r->nbinds; i++) {
        const struct sql_value *v = &r->binds[i];
        formats[i] = 1;
        values[i] = v->type == SQL_NULL ? NULL : v->s.n ? v->s.p : "";
        lengths[i] = (int)v->s.n;
        if (v->type != SQL_INT) continue;
        for (int k = 0; k < 8; k++) numbers[i][k] = (unsigned char)((uint64_t)v->i >> (56 - 8 * k));
        values[i] = (const char *)numbers[i];
        lengths[i] = 8;
    }
    if (!PQsendQueryPrepared(l->c, name, (int)r->nbinds, values, lengths, formats, 1)) complain(l, r->stmt->name);
}

static void simple(struct line *l, const char *sql)
{
    if (!PQsendQueryParams(l->c, sql, 0, NULL, NULL, NULL, NULL, 1)) complain(l, sql);
}

static void take_results(struct line *l, const struct recorded_batch *b)
{
    for (size_t i = 0; i < b->n + 2; i++) {
        PGresult *r = PQgetResult(l->c);
        ExecStatusType s = PQresultStatus(r);
        if (s != PGRES_COMMAND_OK && s != PGRES_TUPLES_OK) complain(l, "a row");
        if (i > 0 && i <= b->n) {
            const struct recorded *w = &l->r->rows[b->first + i - 1];
            int64_t changed = -1;
            bool told = slice_int64(slice_cstr(PQcmdTuples(r)), &changed);
            if (w->expect >= 0 && (!told || changed != w->expect)) complain(l, "other rows changed");
        }
        PQclear(r);
        r = PQgetResult(l->c); /* the end of this command */
        PQclear(r);
    }
    PGresult *r = PQgetResult(l->c);
    if (PQresultStatus(r) != PGRES_PIPELINE_SYNC) complain(l, "sync");
    PQclear(r);
}

static void batch(struct line *l, const struct recorded_batch *b)
{
    simple(l, "BEGIN");
    for (size_t i = 0; i < b->n; i++) send_row(l, &l->r->rows[b->first + i]);
    simple(l, "COMMIT");
    if (!PQpipelineSync(l->c)) complain(l, "sync");
    take_results(l, b);
}

static void *work(void *arg)
{
    struct line *l = arg;
    for (size_t i; (i = atomic_fetch_add(l->next, 1)) < l->r->nbatches && !atomic_load(l->failed);)
        batch(l, &l->r->batches[i]);
    return NULL;
}

struct raw {
    struct replay head;
    struct line *lines;
    int n;
    atomic_size_t next;
    atomic_bool failed;
};

static double run(struct replay *p, const struct recorder *r)
{
    struct raw *raw = (struct raw *)p;
    int started = 0;
    atomic_store(&raw->next, 0);
    for (int i = 0; i < raw->n; i++) {
        raw->lines[i].r = r;
        prepare_all(&raw->lines[i]);
        if (PQpipelineStatus(raw->lines[i].c) != PQ_PIPELINE_ON) (void)PQenterPipelineMode(raw->lines[i].c);
    }
    double from = bench_now();
    for (; started < raw->n && !raw->failed; started++)
        if (pthread_create(&raw->lines[started].thread, NULL, work, &raw->lines[started]) != 0) abort();
    for (int i = 0; i < started; i++) (void)pthread_join(raw->lines[i].thread, NULL);
    return raw->failed ? -1 : bench_now() - from;
}

static void end(struct replay *p)
{
    struct raw *raw = (struct raw *)p;
    for (int i = 0; i < raw->n; i++) PQfinish(raw->lines[i].c);
    free(raw->lines);
    free(raw);
}

struct replay *replay_postgres(const char *url, int connections)
{
    struct raw *raw = calloc(1, sizeof *raw);
    if (!raw) abort();
    *raw = (struct raw){.head = {run, end}, .n = connections, .lines = calloc((size_t)connections, sizeof *raw->lines)};
    if (!raw->lines) abort();
    for (int i = 0; i < connections; i++) {
        raw->lines[i] = (struct line){.c = PQconnectdb(url), .next = &raw->next, .failed = &raw->failed};
        if (PQstatus(raw->lines[i].c) != CONNECTION_OK) complain(&raw->lines[i], "connect");
    }
    if (!raw->failed) return &raw->head;
    end(&raw->head);
    return NULL;
}
