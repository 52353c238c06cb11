/* One text for many: the parameters become columns of arrays laid side by side. */
#include "store/postgres_impl.h"

enum { MAX_GROUPED = 64 };

static const struct {
    Oid one, many;
    const char *name;
} arrays[] = {
    {PG_INT8, PG_INT8_ARRAY, "bigint[]"}, {PG_TEXT, PG_TEXT_ARRAY, "text[]"}, {PG_BYTEA, PG_BYTEA_ARRAY, "bytea[]"}};

Oid pg_array_of(Oid one)
{
    for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++)
        if (arrays[i].one == one) return arrays[i].many;
    return 0;
}

/* unnest($1::bytea[],$2::bigint[]) WITH ORDINALITY batch_(p1_,p3_,n_) */
static struct slice source(struct arena *a, const Oid *types, size_t n)
{
    struct buf b = buf_new(a, 1 << 16);
    size_t sent = 0;
    buf_puts(&b, "unnest(");
    for (size_t i = 0; i < n; i++) {
        const char *name = NULL;
        for (size_t k = 0; k < sizeof arrays / sizeof *arrays; k++)
            if (arrays[k].one == types[i]) name = arrays[k].name;
        if (!name) continue;
        buf_printf(&b, "%s$%zu::%s", sent ? "," : "", sent + 1, name);
        sent++;
    }
    buf_puts(&b, ") WITH ORDINALITY batch_(");
    for (size_t i = 0; i < n; i++)
        if (types[i]) buf_printf(&b, "p%zu_,", i + 1);
    buf_puts(&b, "n_)");
    return buf_slice(&b);
}

static bool has(struct slice s, const char *word)
{
    return slice_search(s, slice_cstr(word)) != SIZE_MAX;
}

/* Where word begins when it is there exactly once, else SIZE_MAX. */
static size_t once(struct slice s, const char *word)
{
    size_t at = slice_search(s, slice_cstr(word));
    if (at == SIZE_MAX || has(slice_sub(s, at + 1, s.n), word)) return SIZE_MAX;
    return at;
}

/* INSERT INTO t (…) VALUES (…) [ON CONFLICT …]: exactly one row each, or none or one. */
static bool insert(struct arena *a, struct slice sql, struct slice from, struct slice *out)
{
    size_t at = once(sql, ") VALUES ("), open = 1;
    if (at == SIZE_MAX || has(sql, "RETURNING") || has(sql, "SELECT") || has(sql, "'")) return false;
    size_t first = at + sizeof ") VALUES (" - 1, end = first;
    for (; end < sql.n && open > 0; end++) open += (sql.p[end] == '(') - (size_t)(sql.p[end] == ')');
    struct slice values = slice_sub(sql, first, end - 1 - first), rest = slice_trim(slice_sub(sql, end, sql.n));
    if (open > 0 || has(rest, "batch_.") || (rest.n && !slice_starts(rest, S("ON CONFLICT")))) return false;
    *out = arena_printf(a, "%.*s) SELECT %.*s FROM %.*s WHERE true %.*s", (int)at, sql.p, SLICE_ARG(values),
                        SLICE_ARG(from), SLICE_ARG(rest));
    return true;
}

/* UPDATE t SET … WHERE …, DELETE FROM t WHERE …: the answer tells for whom a row was changed. */
static bool change(struct arena *a, struct slice sql, struct slice from, const char *join, struct slice *out)
{
    size_t at = once(sql, " WHERE ");
    if (at == SIZE_MAX || has(sql, "RETURNING") || has(sql, "SELECT")) return false;
    if (slice_is(slice_cstr(join), " FROM ") && has(sql, " FROM ")) return false;
    *out = arena_printf(a, "%.*s%s%.*s%.*s RETURNING batch_.n_", (int)at, sql.p, join, SLICE_ARG(from),
                        SLICE_ARG(slice_sub(sql, at, sql.n)));
    return true;
}

struct group_text group_text(struct arena *a, const char *sql, bool lock, const Oid *types, size_t n)
{
    struct group_text g = {GROUP_NONE, {NULL, 0}};
    uint64_t nulls = 0;
    size_t parameters, used = 0;
    for (size_t i = 0; i < n && i < MAX_GROUPED; i++) {
        nulls |= (uint64_t)(types[i] == 0) << i;
        used += types[i] != 0;
    }
    if (used == 0 || n > MAX_GROUPED) return g;
    struct slice each = slice_trim(dialect_parameters(a, sql, nulls, "batch_.p", "_", &parameters));
    struct slice from = source(a, types, n);
    if (parameters != n) return g;
    if (slice_starts(each, S("SELECT "))) {
        g.kind = GROUP_SELECT;
        g.sql = arena_printf(a, "SELECT batch_.n_, each_.* FROM %.*s, LATERAL (%.*s%s) each_", SLICE_ARG(from),
                             SLICE_ARG(each), lock ? " FOR UPDATE" : "");
    } else if (slice_starts(each, S("INSERT INTO ")) && insert(a, each, from, &g.sql)) {
        g.kind = GROUP_INSERT;
    } else if (slice_starts(each, S("UPDATE ")) && change(a, each, from, " FROM ", &g.sql)) {
        g.kind = GROUP_COUNTED;
    } else if (slice_starts(each, S("DELETE FROM ")) && change(a, each, from, " USING ", &g.sql)) {
        g.kind = GROUP_COUNTED;
    }
    return g;
}
