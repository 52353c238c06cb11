#include "store/store_impl.h"

enum { MAX_TABLE_NAME = 60 };

/* Statements are kept by table: connections remember them by address. */
struct lease_statement {
    struct lease_statement *next;
    const char *table;
    size_t n;
    struct stmt stmt;
};

/* ?1 now (NULL: the database's clock), ?2 how long, ?3 owner. How many stands in the text: of an unknown LIMIT PostgreSQL expects a tenth of the
 * table, and then plans anew for every look, which takes longer than the look. */
static const char SQLITE_LEASE[] =
    "UPDATE %s SET lease_until = ?1 + ?2, lease_owner = ?3 WHERE id IN (SELECT id FROM %s WHERE due_at <= ?1 AND "
    "(lease_until IS NULL OR lease_until <= ?1) ORDER BY due_at, id LIMIT %zu) RETURNING id";
static const char POSTGRES_LEASE[] =
    "WITH clock AS (SELECT coalesce(?1::bigint, (extract(epoch FROM clock_timestamp()) * 1000)::bigint) AS now), "
    "due AS (SELECT id FROM %s WHERE due_at <= (SELECT now FROM clock) AND "
    "(lease_until IS NULL OR lease_until <= (SELECT now FROM clock)) ORDER BY due_at, id LIMIT %zu FOR UPDATE SKIP LOCKED) "
    "UPDATE %s SET lease_until = (SELECT now FROM clock) + ?2, lease_owner = ?3 WHERE id IN (SELECT id FROM due) RETURNING id";

static bool table_name(const char *t)
{
    size_t n = 0;
    for (; t[n]; n++)
        if (!((t[n] >= 'a' && t[n] <= 'z') || t[n] == '_' || (n && t[n] >= '0' && t[n] <= '9'))) return false;
    return n > 0 && n <= MAX_TABLE_NAME;
}

static const struct stmt *lease_stmt(struct store *s, const char *table, size_t n)
{
    pthread_mutex_lock(&s->mu);
    struct lease_statement *p = s->leases;
    while (p && (p->n != n || strcmp(p->table, table) != 0)) p = p->next;
    if (!p) {
        p = NEW(s->life, struct lease_statement);
        p->table = arena_cstr(s->life, slice_cstr(table));
        p->n = n;
        p->stmt.name = arena_cstr(s->life, arena_printf(s->life, "lease_%s", table));
        p->stmt.sql = arena_cstr(s->life, arena_printf(s->life, SQLITE_LEASE, table, table, n));
        p->stmt.sql_pg = arena_cstr(s->life, arena_printf(s->life, POSTGRES_LEASE, table, n, table));
        p->next = s->leases;
        s->leases = p;
    }
    pthread_mutex_unlock(&s->mu);
    return &p->stmt;
}

struct claim {
    const struct stmt *stmt;
    struct sql_value binds[3];
    struct rows *out;
};

static result claim(struct tx *tx, struct arena *a, void *ctx)
{
    struct claim *c = ctx;
    return tx_query(tx, a, c->stmt, c->binds, 3, c->out);
}

result store_lease(struct store *s, struct arena *a, const char *table, struct id owner, int64_t lease_ms, size_t n,
                   struct rows *out)
{
    *out = (struct rows){0};
    if (!table_name(table) || lease_ms < 1 || n < 1 || n > STORE_MAX_ROWS)
        return fail(a, CODE_INTERNAL, S("store"), "detail", S("store_lease: bad table, time or count"), NULL);
    bool injected = s->time.now != time_system().now;
    struct claim c = {.stmt = lease_stmt(s, table, n), .out = out};
    c.binds[0] = s->kind == STORE_POSTGRES && !injected ? sql_null() : sql_int(time_now(s->time));
    c.binds[1] = sql_int(lease_ms);
    c.binds[2] = sql_id(&owner);
    return store_run(s, a, "store_lease", claim, &c);
}
