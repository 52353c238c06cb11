#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "store/sqlite_impl.h"

enum { SLOTS = 2 * STORE_MAX_STATEMENTS, BUSY_MS = 10000, CHECKPOINT_PAGES = 4000 };

static const struct stmt BEGIN = {"begin", "BEGIN IMMEDIATE", NULL, false};
static const struct stmt COMMIT = {"commit", "COMMIT", NULL, false};
static const struct stmt ROLLBACK = {"rollback", "ROLLBACK", NULL, false};

/* ---- errors ---- */

/* "UNIQUE constraint failed: t.a": what stands behind the colon names it; a foreign key has no name. */
static struct slice constraint_name(struct slice message)
{
    size_t colon = slice_search(message, S(": "));
    return colon == SIZE_MAX ? message : slice_sub(message, colon + 2, message.n);
}

static result sq_fail(struct sq_conn *c, struct arena *a, const char *name, int rc)
{
    struct slice message = slice_cstr(c->db ? sqlite3_errmsg(c->db) : sqlite3_errstr(rc));
    switch (rc & 0xff) {
    case SQLITE_CONSTRAINT: return fail(a, CODE_STORE_CONSTRAINT, S(""), "constraint", constraint_name(message), NULL);
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_FULL:
    case SQLITE_IOERR:
    case SQLITE_NOMEM:
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_PERM: return fail(a, CODE_STORE_UNAVAILABLE, S("store"), "detail", message, NULL);
    default: return fail(a, CODE_STORE_SQL, S("store"), "name", slice_cstr(name), "detail", message, NULL);
    }
}

/* ---- prepared statements ---- */

static void forget_statements(struct sq_conn *c)
{
    for (size_t i = 0; i < SLOTS; i++)
        if (c->slots[i].key) sqlite3_finalize(c->slots[i].st);
    memset(c->slots, 0, SLOTS * sizeof *c->slots);
    c->used = 0;
}

/* The address is the key; the text is compared too, so that a statement built anew at the address of an older one is
 * not taken for it. */
static result prepared(struct sq_conn *c, struct arena *a, const struct stmt *q, sqlite3_stmt **out)
{
    if (c->used >= STORE_MAX_STATEMENTS) forget_statements(c);
    size_t i = (size_t)(((uintptr_t)q >> 3) * UINT64_C(0x9E3779B97F4A7C15) >> 40) % SLOTS;
    while (c->slots[i].key && c->slots[i].key != q) i = (i + 1) % SLOTS;
    struct sq_slot *slot = &c->slots[i];
    if (slot->key && slot->st) {
        if (strcmp(sqlite3_sql(slot->st), q->sql) == 0) {
            *out = slot->st;
            return ok();
        }
        sqlite3_finalize(slot->st);
        slot->st = NULL;
    }
    c->used += slot->key == NULL;
    slot->key = q;
    int rc = sqlite3_prepare_v3(c->db, q->sql, -1, SQLITE_PREPARE_PERSISTENT, &slot->st, NULL);
    if (rc != SQLITE_OK) return sq_fail(c, a, q->name, rc);
    *out = slot->st;
    return ok();
}

static int bind_one(sqlite3_stmt *st, int i, const struct sql_value *v)
{
    switch (v->type) {
    case SQL_INT: return sqlite3_bind_int64(st, i, v->i);
    case SQL_TEXT: return sqlite3_bind_text64(st, i, v->s.n ? v->s.p : "", v->s.n, SQLITE_STATIC, SQLITE_UTF8);
    case SQL_BLOB: return sqlite3_bind_blob64(st, i, v->s.n ? v->s.p : "", v->s.n, SQLITE_STATIC);
    case SQL_NULL: break;
    }
    return sqlite3_bind_null(st, i);
}

static bool read_one(struct arena *a, sqlite3_stmt *st, int i, struct sql_value *v)
{
    struct slice s;
    switch (sqlite3_column_type(st, i)) {
    case SQLITE_INTEGER: *v = sql_int(sqlite3_column_int64(st, i)); return true;
    case SQLITE_NULL: *v = sql_null(); return true;
    case SQLITE_TEXT:
        s.p = (const char *)sqlite3_column_text(st, i);
        s.n = (size_t)sqlite3_column_bytes(st, i);
        *v = sql_text(s.n ? arena_copy(a, s) : S(""));
        return true;
    case SQLITE_BLOB:
        s.p = sqlite3_column_blob(st, i);
        s.n = (size_t)sqlite3_column_bytes(st, i);
        *v = sql_blob(s.n ? arena_copy(a, s) : S(""));
        return true;
    default: return false; /* floating point is not among the store's types */
    }
}

static result step_all(struct sq_conn *c, struct arena *a, const struct stmt *q, sqlite3_stmt *st, struct rows *out)
{
    struct row_builder b = {.a = a};
    int ncols = sqlite3_column_count(st), rc;
    while ((rc = sqlite3_step(st)) == SQLITE_ROW) {
        if (!out) continue;
        if (b.n == STORE_MAX_ROWS)
            return fail(a, CODE_STORE_SQL, S("store"), "name", slice_cstr(q->name), "detail", S("too many rows"), NULL);
        struct sql_value *v = row_builder_add(&b, (size_t)ncols);
        for (int i = 0; i < ncols; i++)
            if (!read_one(a, st, i, &v[i]))
                return fail(a, CODE_STORE_SQL, S("store"), "name", slice_cstr(q->name), "detail",
                            arena_printf(a, "column %d is a floating-point number", i + 1), NULL);
    }
    if (rc != SQLITE_DONE) return sq_fail(c, a, q->name, rc);
    if (out) *out = row_builder_rows(&b);
    return ok();
}

result sq_statement(struct sq_conn *c, struct arena *a, const struct stmt *q, const struct sql_value *binds, size_t n,
                    struct rows *out, int64_t *changed)
{
    if (out) *out = (struct rows){0};
    sqlite3_stmt *st = NULL;
    TRY(binds_check(a, q, binds, n));
    TRY(prepared(c, a, q, &st));
    if ((size_t)sqlite3_bind_parameter_count(st) != n)
        return fail(a, CODE_STORE_SQL, S("store"), "name", slice_cstr(q->name), "detail",
                    arena_printf(a, "%zu values for %d parameters", n, sqlite3_bind_parameter_count(st)), NULL);
    for (size_t i = 0; i < n; i++) {
        int rc = bind_one(st, (int)i + 1, &binds[i]);
        if (rc != SQLITE_OK) return sq_fail(c, a, q->name, rc);
    }
    result r = step_all(c, a, q, st, out);
    sqlite3_reset(st);
    if (changed) *changed = !failed(r) && !sqlite3_stmt_readonly(st) ? sqlite3_changes64(c->db) : 0;
    return r;
}

result sq_script(struct sq_conn *c, struct arena *a, const char *sql)
{
    int rc = sqlite3_exec(c->db, sql, NULL, NULL, NULL);
    return rc == SQLITE_OK ? ok() : sq_fail(c, a, "script", rc);
}

/* ---- transactions ---- */

result sq_begin(struct sq_conn *c, struct arena *a)
{
    return sq_statement(c, a, &BEGIN, NULL, 0, NULL, NULL);
}

result sq_commit(struct sq_conn *c, struct arena *a)
{
    return sq_statement(c, a, &COMMIT, NULL, 0, NULL, NULL);
}

void sq_rollback(struct sq_conn *c)
{
    if (sqlite3_get_autocommit(c->db)) return;
    struct arena *a = arena_new("rollback");
    result r = sq_statement(c, a, &ROLLBACK, NULL, 0, NULL, NULL);
    (void)r; /* a failed ROLLBACK leaves nothing to do: the next BEGIN reports */
    arena_free(a);
}

/* ---- opening ---- */

/* The file is created for its owner only; the WAL inherits its mode. */
static result create_file(struct arena *a, const char *path)
{
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0)
        return fail(a, CODE_STORE_UNAVAILABLE, S("store"), "detail", arena_printf(a, "%s: %s", path, strerror(errno)),
                    NULL);
    close(fd);
    return ok();
}

/* Double-quoted strings off: PostgreSQL has none. trusted_schema off: the file may come from elsewhere. Caches are small, for every
 * connection has one of its own (with 32 MiB each, six of them held 192 MB of a large city) and the system's page cache stands behind them. */
static result configure(struct sq_conn *c, struct arena *a, const struct store_options *o, bool writer)
{
    sqlite3_busy_timeout(c->db, BUSY_MS);
    sqlite3_extended_result_codes(c->db, 1);
    sqlite3_db_config(c->db, SQLITE_DBCONFIG_DQS_DML, 0, (int *)NULL);
    sqlite3_db_config(c->db, SQLITE_DBCONFIG_DQS_DDL, 0, (int *)NULL);
    sqlite3_db_config(c->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, (int *)NULL);
    static const struct stmt WAL = {"journal_mode", "PRAGMA journal_mode = WAL", NULL, false};
    struct rows r;
    TRY(sq_statement(c, a, &WAL, NULL, 0, &r, NULL));
    if (r.n != 1 || !slice_is(row(&r, 0)[0].s, "wal"))
        return fail(a, CODE_STORE_UNAVAILABLE, S("store"), "detail", S("this file system does not support WAL"), NULL);
    sqlite3_wal_autocheckpoint(c->db, CHECKPOINT_PAGES);
    TRY(sq_script(c, a, "PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY"));
    TRY(sq_script(c, a, writer ? "PRAGMA cache_size = -16384" : "PRAGMA cache_size = -4096")); /* KiB, see above */
    TRY(sq_script(c, a, o->unsafe_no_sync ? "PRAGMA synchronous = OFF" : "PRAGMA synchronous = FULL"));
    return writer ? ok() : sq_script(c, a, "PRAGMA query_only = ON");
}

result sq_connect(struct arena *a, const struct store_options *o, const char *path, bool writer, struct sq_conn **out)
{
    if (writer) TRY(create_file(a, path));
    struct sq_conn *c = calloc(1, sizeof *c);
    if (!c) abort();
    c->slots = calloc(SLOTS, sizeof *c->slots);
    if (!c->slots) abort();
    int rc = sqlite3_open_v2(path, &c->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE,
                             o->sqlite_vfs);
    result r = rc == SQLITE_OK ? configure(c, a, o, writer) : sq_fail(c, a, "open", rc);
    if (failed(r)) {
        sq_disconnect(c);
        return r;
    }
    *out = c;
    return ok();
}

void sq_disconnect(struct sq_conn *c)
{
    if (!c) return;
    forget_statements(c);
    sqlite3_close(c->db);
    free(c->slots);
    free(c);
}
