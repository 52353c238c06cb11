#include <openssl/evp.h>

#include "store/store_impl.h"

/* The store's own tables. Not a migration: what records migrations must be there before the first. */
static const char OWN_TABLES[] =
    "CREATE TABLE IF NOT EXISTS store_migration (owner {TEXT} NOT NULL, number {INT} NOT NULL, name {TEXT} NOT NULL, "
    "hash {BLOB} NOT NULL, applied_at {INT} NOT NULL, PRIMARY KEY (owner, number)) {WITHOUT_ROWID};\n"
    "CREATE TABLE IF NOT EXISTS store_number (series {TEXT} NOT NULL PRIMARY KEY, next {INT} NOT NULL) {WITHOUT_ROWID};\n";

/* Several processes may start at once. On SQLite the writer's BEGIN IMMEDIATE excludes them by itself.
 * On PostgreSQL an advisory lock; whoever waits for it waits as long as the other's migrations take, so the lateral
 * item first puts off the session's limit, until the end of the transaction. */
static const struct stmt MIGRATION_LOCK = {
    "migration_lock", "SELECT 1",
    "SELECT 1 FROM set_config('lock_timeout', '0', true) AS t, LATERAL pg_advisory_xact_lock(7237404 + length(t))",
    false};
static const struct stmt MIGRATION_HASH = {
    "migration_hash", "SELECT hash FROM store_migration WHERE owner = ?1 AND number = ?2", NULL, false};
static const struct stmt MIGRATION_LAST = {
    "migration_last", "SELECT coalesce(max(number), 0) FROM store_migration WHERE owner = ?1", NULL, false};
static const struct stmt MIGRATION_RECORD = {
    "migration_record",
    "INSERT INTO store_migration (owner, number, name, hash, applied_at) VALUES (?1, ?2, ?3, ?4, ?5)", NULL, false};

struct hash {
    unsigned char b[32];
};

struct step {
    const struct migration *m;
    const char *script;
    struct hash hash;
    struct slice where; /* "city/3 tasks" */
    int64_t now;
    bool applied;
};

static result own_tables(struct tx *tx, struct arena *a, void *ctx)
{
    (void)ctx;
    struct rows none;
    const char *script;
    TRY(dialect_migration(a, tx->s->kind, OWN_TABLES, S("store"), &script));
    TRY(tx_query(tx, a, &MIGRATION_LOCK, NULL, 0, &none));
    return tx->s->driver->tx_script(tx, a, script);
}

result store_prepare_tables(struct store *s, struct arena *a)
{
    return store_run(s, a, "store_tables", own_tables, NULL);
}

static result hash_text(struct arena *a, const char *sql, struct hash *out)
{
    if (EVP_Digest(sql, strlen(sql), out->b, NULL, EVP_sha256(), NULL) == 1) return ok();
    return fail(a, CODE_INTERNAL, S("store"), "detail", S("SHA-256 is not available"), NULL);
}

static result apply(struct tx *tx, struct arena *a, void *ctx)
{
    struct step *p = ctx;
    p->applied = false;
    struct rows r;
    TRY(tx_query(tx, a, &MIGRATION_LOCK, NULL, 0, &r));
    struct sql_value owner = sql_text(slice_cstr(p->m->owner)), number = sql_int(p->m->number);
    TRY(tx_query(tx, a, &MIGRATION_HASH, (struct sql_value[]){owner, number}, 2, &r));
    struct slice hash = {(const char *)p->hash.b, sizeof p->hash.b};
    if (r.n) {
        if (slice_eq(row(&r, 0)[0].s, hash)) return ok();
        return fail(a, CODE_STORE_MIGRATION_CHANGED, p->where, "value", p->where, NULL);
    }
    TRY(tx->s->driver->tx_script(tx, a, p->script));
    struct sql_value v[] = {owner, number, sql_text(slice_cstr(p->m->name)), sql_blob(hash), sql_int(p->now)};
    TRY(tx_exec(tx, a, &MIGRATION_RECORD, v, 5, NULL));
    p->applied = true;
    return ok();
}

static struct slice where_of(struct arena *a, const struct migration *m)
{
    return arena_printf(a, "%s/%d %s", m->owner, m->number, m->name);
}

/* Numbers run 1, 2, … per owner in the order given, and the database knows no higher one. */
static result check_order(struct store *s, struct arena *a, const struct migration *m, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        int expected = 1;
        bool last = true;
        for (size_t k = 0; k < i; k++) expected += strcmp(m[k].owner, m[i].owner) == 0;
        for (size_t k = i + 1; k < n; k++) last = last && strcmp(m[k].owner, m[i].owner) != 0;
        struct slice where = where_of(a, &m[i]);
        if (m[i].number != expected)
            return fail(a, CODE_STORE_MIGRATION, where, "value", where, "detail_zh",
                        arena_printf(a, "编号应为 %d", expected), "detail_en",
                        arena_printf(a, "its number should be %d", expected), NULL);
        if (!last) continue;
        struct rows r;
        TRY(store_query(s, a, &MIGRATION_LAST, (struct sql_value[]){sql_text(slice_cstr(m[i].owner))}, 1, &r));
        if (r.n && row(&r, 0)[0].i > expected)
            return fail(a, CODE_STORE_MIGRATION, where, "value", where, "detail_zh", S("数据库比程序新"), "detail_en",
                        S("the database is newer than the program"), NULL);
    }
    return ok();
}

result store_migrate(struct store *s, struct arena *a, const struct migration *m, size_t n, int *applied)
{
    if (applied) *applied = 0;
    TRY(check_order(s, a, m, n));
    for (size_t i = 0; i < n; i++) {
        struct step p = {.m = &m[i], .where = where_of(a, &m[i]), .now = time_now(s->time)};
        const char *sql = s->kind == STORE_POSTGRES && m[i].sql_pg ? m[i].sql_pg : m[i].sql;
        TRY(dialect_migration(a, s->kind, sql, p.where, &p.script));
        TRY(hash_text(a, sql, &p.hash));
        TRY(store_run(s, a, "store_migrate", apply, &p));
        if (applied) *applied += p.applied;
    }
    return ok();
}
