/* SQLite as store/sqlite_conn.c opens it, one thread, one prepared statement each. */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>

#include "bench/recorder.h"

enum { SLOTS = 1024 };

struct raw {
    struct replay head;
    sqlite3 *db;
    struct {
        const struct stmt *key;
        sqlite3_stmt *st;
    } slots[SLOTS];
};

static int complain(sqlite3 *db, const char *what)
{
    (void)fprintf(stderr, "replay: %s: %s\n", what, sqlite3_errmsg(db));
    return -1;
}

static sqlite3_stmt *statement(struct raw *raw, const struct stmt *q)
{
    size_t i = (size_t)(((uintptr_t)q >> 3) * UINT64_C(0x9E3779B97F4A7C15) >> 40) % SLOTS;
    while (raw->slots[i].key && raw->slots[i].key != q) i = (i + 1) % SLOTS;
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

static double run(struct replay *p, const struct recorder *r)
{
    struct raw *raw = (struct raw *)p;
    for (size_t i = 0; i < r->nrows; i++)
        if (!statement(raw, r->rows[i].stmt)) return complain(raw->db, r->rows[i].stmt->name);
    double from = bench_now();
    return all(raw, r) == 0 ? bench_now() - from : -1;
}

static void end(struct replay *p)
{
    struct raw *raw = (struct raw *)p;
    for (size_t i = 0; i < SLOTS; i++) (void)sqlite3_finalize(raw->slots[i].st);
    (void)sqlite3_close(raw->db);
    free(raw);
}

struct replay *replay_sqlite(const char *path)
{
    struct raw *raw = calloc(1, sizeof *raw);
    if (!raw) abort();
    raw->head = (struct replay){run, end};
    if (sqlite3_open_v2(path, &raw->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE, NULL) !=
            SQLITE_OK ||
        sqlite3_exec(
            raw->db,
            "PRAGMA journal_mode = WAL; PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -32768;"
            "PRAGMA synchronous = FULL",
            NULL, NULL, NULL) != SQLITE_OK) {
        (void)complain(raw->db, path);
        end(&raw->head);
        return NULL;
    }
    (void)sqlite3_wal_autocheckpoint(raw->db, 4000);
    return &raw->head;
}
