#include "bench/recorder.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

double bench_now(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* ---- recording ---- */

static void *grown(struct arena *a, void *list, size_t n, size_t *cap, size_t size)
{
    if (n < *cap) return list;
    *cap = *cap ? *cap * 2 : 4096;
    void *more = arena_alloc(a, *cap * size);
    if (n) memcpy(more, list, n * size);
    return more;
}

void recorder_observe(void *ctx, const char *batch_edge, const struct write *w)
{
    struct recorder *r = ctx;
    if (batch_edge && strcmp(batch_edge, "begin") == 0) {
        r->batches = grown(r->a, r->batches, r->nbatches, &r->cap_batches, sizeof *r->batches);
        r->batches[r->nbatches++] = (struct recorded_batch){r->nrows, 0, r->stage};
        return;
    }
    if (batch_edge) {
        r->batches[r->nbatches - 1].n = r->nrows - r->batches[r->nbatches - 1].first;
        return;
    }
    struct sql_value *v = NEW_ARRAY(r->a, struct sql_value, w->nbinds + 1);
    for (size_t i = 0; i < w->nbinds; i++) {
        v[i] = w->binds[i];
        v[i].s = arena_copy(r->a, w->binds[i].s);
        r->bytes += v[i].type == SQL_INT ? 8 : (int64_t)v[i].s.n;
    }
    r->rows = grown(r->a, r->rows, r->nrows, &r->cap_rows, sizeof *r->rows);
    r->rows[r->nrows++] = (struct recorded){w->stmt, v, w->nbinds, w->expect};
}

/* ---- SQLite ---- */

struct raw {
    sqlite3 *db;
    struct {
        const struct stmt *key;
        sqlite3_stmt *st;
    } slots[1024];
};

static int complain(sqlite3 *db, const char *what)
{
    (void)fprintf(stderr, "replay: %s: %s\n", what, sqlite3_errmsg(db));
    return -1;
}

static sqlite3_stmt *statement(struct raw *raw, const struct stmt *q)
{
    size_t i = (size_t)(((uintptr_t)q >> 3) * UINT64_C(0x9E3779B97F4A7C15) >> 40) % 1024;
    while (raw->slots[i].key && raw->slots[i].key != q) i = (i + 1) % 1024;
    if (!raw->slots[i].key) {
        raw->slots[i].key = q;
        if (sqlite3_prepare_v3(raw->db, q->sql, -1, SQLITE_PREPARE_PERSISTENT, &raw->slots[i].st, NULL) != SQLITE_OK)
            return NULL;
    }
    return raw->slots[i].st;
}

static int bind(sqlite3_stmt *st, int i, const struct sql_value *v)
{
    switch (v->type) {
    case SQL_INT: return sqlite3_bind_int64(st, i, v->i);
    case SQL_TEXT: return sqlite3_bind_text64(st, i, v->s.n ? v->s.p : "", v->s.n, SQLITE_STATIC, SQLITE_UTF8);
    case SQL_BLOB: return sqlite3_bind_blob64(st, i, v->s.n ? v->s.p : "", v->s.n, SQLITE_STATIC);
    case SQL_NULL: break;
    }
    return sqlite3_bind_null(st, i);
}

static int one(struct raw *raw, const struct recorded *r)
{
    sqlite3_stmt *st = statement(raw, r->stmt);
    if (!st) return complain(raw->db, r->stmt->name);
    for (size_t i = 0; i < r->nbinds; i++) (void)bind(st, (int)i + 1, &r->binds[i]);
    int rc = sqlite3_step(st);
    (void)sqlite3_reset(st);
    if (rc != SQLITE_DONE) return complain(raw->db, r->stmt->name);
    /* the same work: as many rows changed as when it was recorded */
    if (r->expect >= 0 && sqlite3_changes64(raw->db) != r->expect) {
        (void)fprintf(stderr, "replay: %s changed %lld rows, not %lld\n", r->stmt->name,
                      (long long)sqlite3_changes64(raw->db), (long long)r->expect);
        return -1;
    }
    return 0;
}

static int all(struct raw *raw, const struct recorder *r)
{
    static const struct stmt BEGIN = {"begin", "BEGIN IMMEDIATE", NULL, false},
                             COMMIT = {"commit", "COMMIT", NULL, false};
    const struct recorded begin = {&BEGIN, NULL, 0, -1}, commit = {&COMMIT, NULL, 0, -1};
    for (size_t b = 0; b < r->nbatches; b++) {
        if (one(raw, &begin) < 0) return -1;
        for (size_t i = 0; i < r->batches[b].n; i++)
            if (one(raw, &r->rows[r->batches[b].first + i]) < 0) return -1;
        if (one(raw, &commit) < 0) return -1;
    }
    return 0;
}

double replay_sqlite(const struct recorder *r, const char *path)
{
    static struct raw raw;
    memset(&raw, 0, sizeof raw);
    double took = -1;
    if (sqlite3_open_v2(path, &raw.db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE, NULL) !=
        SQLITE_OK)
        return complain(raw.db, path);
    /* as store/sqlite_conn.c sets it */
    if (sqlite3_exec(
            raw.db,
            "PRAGMA journal_mode = WAL; PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -32768;"
            "PRAGMA synchronous = FULL",
            NULL, NULL, NULL) != SQLITE_OK)
        return complain(raw.db, "pragmas");
    (void)sqlite3_wal_autocheckpoint(raw.db, 4000);
    double from = bench_now();
    if (all(&raw, r) == 0) took = bench_now() - from;
    for (size_t i = 0; i < 1024; i++) (void)sqlite3_finalize(raw.slots[i].st);
    (void)sqlite3_close(raw.db);
    return took;
}
