/* Statements on a connection in pipeline mode: prepared once, sent without waiting, answered in order. */
#include <stdio.h>
#include <stdlib.h>

#include "store/postgres_impl.h"

enum { NAME_BYTES = 16, MAX_NULLS = 64 };

static const struct stmt BEGIN = {"begin", "BEGIN ISOLATION LEVEL READ COMMITTED", NULL, false};
static const struct stmt COMMIT = {"commit", "COMMIT", NULL, false};
static const struct stmt ROLLBACK = {"rollback", "ROLLBACK", NULL, false};

/* ---- prepared statements ---- */

static void slot_clear(struct pg_slot *slot)
{
    free(slot->source);
    free(slot->text);
    free(slot->types);
    *slot = (struct pg_slot){.key = slot->key};
}

void pg_forget(struct pg_conn *c)
{
    for (size_t i = 0; i < PG_SLOTS; i++)
        if (c->slots[i].key) slot_clear(&c->slots[i]);
    memset(c->slots, 0, PG_SLOTS * sizeof *c->slots);
    c->used = 0;
    c->names = 0;
    c->forgotten++;
}

static const char *source_of(const struct stmt *q)
{
    return q->sql_pg ? q->sql_pg : q->sql;
}

/* Rows are locked by those who may write; a reader's session could not. */
static bool locks(const struct pg_conn *c, const struct stmt *q)
{
    return q->lock && !c->read_only;
}

static struct pg_slot *slot_of(struct pg_conn *c, const struct stmt *q)
{
    size_t i = (size_t)(((uintptr_t)q >> 3) * UINT64_C(0x9E3779B97F4A7C15) >> 40) % PG_SLOTS;
    while (c->slots[i].key && c->slots[i].key != q) i = (i + 1) % PG_SLOTS;
    struct pg_slot *slot = &c->slots[i];
    if (!slot->key && c->used >= PG_SLOTS - 1) return NULL;
    c->used += slot->key == NULL;
    slot->key = q;
    if (slot->source && (strcmp(slot->source, source_of(q)) != 0 || slot->lock != locks(c, q))) slot_clear(slot);
    return slot;
}

/* Whether the slot, as it is prepared, takes values of these types. */
static bool fits(const struct pg_slot *slot, const struct sql_value *binds, size_t n)
{
    if (!slot->ready || slot->nparams != n) return false;
    for (size_t i = 0; i < n; i++)
        if (binds[i].type != SQL_NULL && slot->types[i] != pg_type_of(binds[i].type)) return false;
    return true;
}

static void sent(struct pg_conn *c, struct pg_sent what)
{
    if (c->nsent == c->cap_sent) {
        c->cap_sent = c->cap_sent ? 2 * c->cap_sent : 64;
        c->sent = realloc(c->sent, c->cap_sent * sizeof *c->sent);
        if (!c->sent) abort();
    }
    c->sent[c->nsent++] = what;
}

static char *copy_text(struct slice s)
{
    char *p = malloc(s.n + 1);
    if (!p) abort();
    if (s.n) memcpy(p, s.p, s.n);
    p[s.n] = '\0';
    return p;
}

/* The types of parameters come from the values, so that both databases compute alike (an undeclared parameter beside
 * the constant 1 would be a 32-bit integer). A parameter that was only NULL so far has no type: NULL itself is
 * written into the text in its place, until a value comes. */
static result fill_slot(struct pg_conn *c, struct arena *a, struct pg_slot *slot, const struct stmt *q,
                        const struct sql_value *binds, size_t n)
{
    uint64_t nulls = 0;
    size_t parameters;
    if (!slot->source) {
        slot->source = copy_text(slice_cstr(source_of(q)));
        slot->lock = locks(c, q);
    }
    if (slot->nparams != n || !slot->types) {
        free(slot->types);
        slot->types = calloc(n + 1, sizeof *slot->types);
        if (!slot->types) abort();
        slot->nparams = n;
    }
    for (size_t i = 0; i < n; i++) {
        if (binds[i].type != SQL_NULL) slot->types[i] = pg_type_of(binds[i].type);
        if (slot->types[i] == 0 && i < MAX_NULLS) nulls |= UINT64_C(1) << i;
    }
    struct slice text = dialect_postgres(a, slot->source, slot->lock, nulls, &parameters);
    if (parameters != n)
        return fail(a, CODE_STORE_SQL, S("store"), "name", slice_cstr(q->name), "detail",
                    arena_printf(a, "%zu values for %zu parameters", n, parameters), NULL);
    free(slot->text);
    slot->text = copy_text(text);
    return ok();
}

static void name_of(unsigned number, char name[NAME_BYTES])
{
    (void)snprintf(name, NAME_BYTES, "s%u", number);
}

result pg_prepare(struct pg_conn *c, struct arena *a, const char *label, const char *text, const Oid *types, size_t n,
                  unsigned *name, bool *ready)
{
    char label_[NAME_BYTES];
    c->why = WHY_OTHER;
    *ready = false;
    if (!c->db) return pg_lost(c, a);
    *name = ++c->names;
    name_of(*name, label_);
    if (PQsendPrepare(c->db, label_, text, (int)n, types) != 1) return pg_lost(c, a);
    *ready = true; /* taken back when the answer is bad */
    sent(c, (struct pg_sent){SENT_PREPARE, ready, label});
    return ok();
}

static result execute(struct pg_conn *c, struct arena *a, unsigned number, const struct pg_params *p, size_t n,
                      struct pg_sent what)
{
    char name[NAME_BYTES];
    name_of(number, name);
    if (PQsendQueryPrepared(c->db, name, (int)n, p->values, p->lengths, p->formats, 1) != 1) return pg_lost(c, a);
    sent(c, what);
    return ok();
}

result pg_execute(struct pg_conn *c, struct arena *a, const char *label, unsigned name, const struct pg_params *p,
                  size_t n)
{
    c->why = WHY_OTHER;
    if (!c->db) return pg_lost(c, a);
    return execute(c, a, name, p, n, (struct pg_sent){SENT_STATEMENT, NULL, label});
}

static result prepare(struct pg_conn *c, struct arena *a, struct pg_slot *slot, const struct stmt *q,
                      const struct sql_value *binds, size_t n)
{
    slot->ready = false;
    TRY(fill_slot(c, a, slot, q, binds, n));
    Oid *types = NEW_ARRAY(a, Oid, n + 1);
    for (size_t i = 0; i < n; i++) types[i] = slot->types[i] ? slot->types[i] : PG_TEXT; /* not in the text, or any */
    return pg_prepare(c, a, q->name, slot->text, types, n, &slot->name, &slot->ready);
}

static result send_as(struct pg_conn *c, struct arena *a, const struct stmt *q, const struct sql_value *binds, size_t n,
                      struct pg_sent what)
{
    c->why = WHY_OTHER;
    if (!c->db) return pg_lost(c, a);
    TRY(binds_check(a, q, binds, n));
    struct pg_slot *slot = slot_of(c, q);
    if (!slot) return fail(a, CODE_INTERNAL, S("store"), "detail", S("too many statements in a transaction"), NULL);
    if (!fits(slot, binds, n)) TRY(prepare(c, a, slot, q, binds, n));
    struct pg_params p = pg_encode(a, binds, n);
    return execute(c, a, slot->name, &p, n, what);
}

result pg_send(struct pg_conn *c, struct arena *a, const struct stmt *q, const struct sql_value *binds, size_t n)
{
    return send_as(c, a, q, binds, n, (struct pg_sent){SENT_STATEMENT, NULL, q->name});
}

result pg_sync(struct pg_conn *c, struct arena *a)
{
    if (!c->db || PQpipelineSync(c->db) != 1) return pg_lost(c, a);
    sent(c, (struct pg_sent){SENT_SYNC, NULL, "sync"});
    return ok();
}

/* ---- answers ---- */

/* The answer to the oldest of what was sent; NULL when the connection is gone. */
static PGresult *answer(struct pg_conn *c, const struct pg_sent *to)
{
    PGresult *r = PQgetResult(c->db);
    if (!r) return NULL;
    if (to->kind == SENT_SYNC) return r;
    for (PGresult *more; (more = PQgetResult(c->db)) != NULL;) {
        PQclear(more);
        if (PQstatus(c->db) == CONNECTION_BAD) break;
    }
    return r;
}

static result take(struct pg_conn *c, struct arena *a, PGresult **out)
{
    *out = NULL;
    c->why = WHY_OTHER;
    if (!c->db) return pg_lost(c, a);
    struct pg_sent to = c->sent[c->next_sent++];
    PGresult *r = answer(c, &to);
    ExecStatusType status = r ? PQresultStatus(r) : PGRES_FATAL_ERROR;
    bool good =
        to.kind == SENT_SYNC ? status == PGRES_PIPELINE_SYNC : status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
    if (good) {
        *out = r;
        return ok();
    }
    if (to.ready) *to.ready = false;
    result bad;
    if (!r)
        bad = pg_lost(c, a);
    else if (status == PGRES_PIPELINE_ABORTED)
        bad = fail(a, CODE_STORE_UNAVAILABLE, S("store"), "detail", S("an earlier statement failed"), NULL);
    else
        bad = pg_fail(c, a, to.name, r);
    PQclear(r);
    return bad;
}

static bool changes(const PGresult *r)
{
    struct slice tag = slice_cstr(PQcmdStatus((PGresult *)(uintptr_t)r));
    return slice_starts(tag, S("INSERT")) || slice_starts(tag, S("UPDATE")) || slice_starts(tag, S("DELETE"));
}

result pg_read_rows(struct arena *a, const struct stmt *q, const PGresult *r, const int *mine, size_t n, int first,
                    struct rows *out)
{
    struct row_builder b = {.a = a};
    int ncols = PQnfields(r);
    if (n > STORE_MAX_ROWS)
        return fail(a, CODE_STORE_SQL, S("store"), "name", slice_cstr(q->name), "detail", S("too many rows"), NULL);
    for (size_t i = 0; i < n; i++) {
        struct sql_value *v = row_builder_add(&b, (size_t)(ncols - first));
        for (int k = first; k < ncols; k++)
            if (!pg_decode(a, r, mine ? mine[i] : (int)i, k, &v[k - first]))
                return fail(a, CODE_STORE_SQL, S("store"), "name", slice_cstr(q->name), "detail",
                            arena_printf(a, "column %d is no integer, text or bytes (type %u)", k + 1, PQftype(r, k)),
                            NULL);
    }
    *out = row_builder_rows(&b);
    return ok();
}

/* When a statement could not be prepared or what went before it failed, that failure is the one to tell. */
result pg_receive_raw(struct pg_conn *c, struct arena *a, PGresult **out)
{
    for (;;) {
        *out = NULL;
        if (c->db && c->next_sent == c->nsent)
            return fail(a, CODE_INTERNAL, S("store"), "detail", S("nothing was sent"), NULL);
        bool last = c->db && c->sent[c->next_sent].kind == SENT_STATEMENT;
        TRY(take(c, a, out));
        if (last) return ok();
        PQclear(*out);
    }
}

result pg_receive(struct pg_conn *c, struct arena *a, const struct stmt *q, struct rows *out, int64_t *changed)
{
    if (out) *out = (struct rows){0};
    if (changed) *changed = 0;
    PGresult *r;
    TRY(pg_receive_raw(c, a, &r));
    result bad = out ? pg_read_rows(a, q, r, NULL, (size_t)PQntuples(r), 0, out) : ok();
    if (changed && changes(r) && !slice_int64(slice_cstr(PQcmdTuples(r)), changed)) *changed = 0;
    c->rolled_back = strcmp(PQcmdStatus(r), "ROLLBACK") == 0;
    PQclear(r);
    return bad;
}

result pg_drain(struct pg_conn *c, struct arena *a)
{
    result first = ok();
    enum pg_why why = WHY_OTHER;
    while (c->db && c->next_sent < c->nsent) {
        PGresult *r;
        result bad = take(c, a, &r);
        if (failed(bad) && !failed(first)) {
            first = bad;
            why = c->why;
        }
        PQclear(r);
    }
    c->nsent = c->next_sent = 0;
    if (!c->db && !failed(first)) return pg_lost(c, a);
    c->why = c->db ? why : WHY_LOST;
    return first;
}

result pg_statement(struct pg_conn *c, struct arena *a, const struct stmt *q, const struct sql_value *binds, size_t n,
                    struct rows *out, int64_t *changed)
{
    TRY(pg_send(c, a, q, binds, n));
    TRY(pg_sync(c, a));
    result r = pg_receive(c, a, q, out, changed);
    enum pg_why why = c->why;
    result rest = c->db ? pg_drain(c, a) : ok();
    if (failed(r) && c->db) c->why = why;
    return failed(r) ? r : rest;
}

/* ---- transactions ---- */

/* Several statements in one text exist in the simple protocol only. */
result pg_script(struct pg_conn *c, struct arena *a, const char *sql)
{
    TRY(pg_sync(c, a));
    TRY(pg_drain(c, a));
    if (PQexitPipelineMode(c->db) != 1) return pg_lost(c, a);
    PGresult *r = PQexec(c->db, sql);
    ExecStatusType status = PQresultStatus(r);
    result bad = status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || status == PGRES_EMPTY_QUERY
                     ? ok()
                     : pg_fail(c, a, "script", r);
    PQclear(r);
    if (c->db && PQenterPipelineMode(c->db) != 1) return pg_lost(c, a);
    return bad;
}

result pg_begin(struct pg_conn *c, struct arena *a)
{
    if (!c->db) return pg_lost(c, a);
    if (c->stale || c->names >= STORE_MAX_STATEMENTS) {
        pg_forget(c);
        c->stale = false;
        if (PQsendQueryParams(c->db, "DEALLOCATE ALL", 0, NULL, NULL, NULL, NULL, 1) != 1) return pg_lost(c, a);
        sent(c, (struct pg_sent){SENT_QUIET, NULL, "deallocate"});
    }
    return c->read_only ? ok() : send_as(c, a, &BEGIN, NULL, 0, (struct pg_sent){SENT_QUIET, NULL, "begin"});
}

/* What failed before is known; a lost connection shows in c->db. */
static void quietly(result r)
{
    (void)r;
}

void pg_rollback(struct pg_conn *c)
{
    if (!c->db) return;
    enum pg_why why = c->why;
    struct arena *a = arena_new("rollback");
    if (c->nsent) quietly(pg_sync(c, a));
    quietly(pg_drain(c, a));
    if (c->db && PQtransactionStatus(c->db) != PQTRANS_IDLE) {
        result r = pg_statement(c, a, &ROLLBACK, NULL, 0, NULL, NULL);
        if (failed(r) && c->db) quietly(pg_lost(c, a)); /* no session that may still be inside a transaction */
    }
    arena_free(a);
    c->why = why;
}

enum pg_end pg_commit(struct pg_conn *c, struct arena *a, result *why)
{
    c->warned = false;
    bool sendable = c->db != NULL;
    *why = pg_statement(c, a, &COMMIT, NULL, 0, NULL, NULL);
    if (failed(*why)) {
        if (!c->db) return sendable ? END_UNKNOWN : END_FAILED;
        pg_rollback(c);
        return END_FAILED;
    }
    if (c->rolled_back) {
        *why = fail(a, CODE_STORE_UNAVAILABLE, S("store"), "detail", S("the server rolled back"), NULL);
        return END_FAILED;
    }
    if (!c->warned) return END_COMMITTED;
    *why = fail(a, CODE_STORE_UNAVAILABLE, S("store"), "detail", S("the commit may not have been replicated"), NULL);
    return END_UNKNOWN;
}
