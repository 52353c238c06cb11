/* Values in PostgreSQL's binary formats. */
#include "store/postgres_impl.h"

/* Types whose binary format is their text, and the numbers that fit int64 (pg_type.dat of PostgreSQL). */
enum {
    TYPE_NAME = 19,
    TYPE_INT2 = 21,
    TYPE_INT4 = 23,
    TYPE_OID = 26,
    TYPE_JSON = 114,
    TYPE_UNKNOWN = 705,
    TYPE_BPCHAR = 1042,
    TYPE_VARCHAR = 1043,
    TYPE_NUMERIC = 1700,
    TYPE_VOID = 2278
};
enum { NUMERIC_HEAD = 8, NUMERIC_BASE = 10000, NUMERIC_NEGATIVE = 0x4000 };

Oid pg_type_of(enum sql_type t)
{
    switch (t) {
    case SQL_INT: return PG_INT8;
    case SQL_TEXT: return PG_TEXT;
    case SQL_BLOB: return PG_BYTEA;
    case SQL_NULL: break;
    }
    return 0;
}

static const char *int8_bytes(struct arena *a, int64_t v)
{
    unsigned char *b = arena_alloc(a, 8);
    for (int i = 0; i < 8; i++) b[i] = (unsigned char)((uint64_t)v >> (56 - 8 * i));
    return (const char *)b;
}

struct pg_params pg_encode(struct arena *a, const struct sql_value *binds, size_t n)
{
    const char **values = NEW_ARRAY(a, const char *, n + 1);
    int *lengths = NEW_ARRAY(a, int, n + 1), *formats = NEW_ARRAY(a, int, n + 1);
    for (size_t i = 0; i < n; i++) {
        const struct sql_value *v = &binds[i];
        formats[i] = 1;
        if (v->type == SQL_INT) {
            values[i] = int8_bytes(a, v->i);
            lengths[i] = 8;
        } else if (v->type != SQL_NULL) {
            values[i] = v->s.n ? v->s.p : "";
            lengths[i] = (int)v->s.n;
        }
    }
    return (struct pg_params){values, lengths, formats};
}

static int64_t big_endian(const unsigned char *p, int n)
{
    uint64_t v = n && (p[0] & 0x80) ? UINT64_MAX : 0;
    for (int i = 0; i < n; i++) v = v << 8 | p[i];
    return (int64_t)v;
}

/* sum() of bigint is numeric. Groups of four decimal digits: count, weight of the first, sign, scale, groups. */
static bool numeric_int64(const unsigned char *p, int n, int64_t *out)
{
    if (n < NUMERIC_HEAD) return false;
    int64_t count = big_endian(p, 2), weight = big_endian(p + 2, 2), sign = big_endian(p + 4, 2), v = 0;
    if (n < NUMERIC_HEAD + 2 * count || (sign != 0 && sign != NUMERIC_NEGATIVE) || count > weight + 1) return false;
    for (int64_t i = 0; count > 0 && i <= weight; i++) {
        int64_t digits = i < count ? big_endian(p + NUMERIC_HEAD + 2 * i, 2) : 0;
        if (__builtin_mul_overflow(v, NUMERIC_BASE, &v) || __builtin_add_overflow(v, sign ? -digits : digits, &v))
            return false;
    }
    *out = v;
    return true;
}

bool pg_decode(struct arena *a, const PGresult *r, int line, int column, struct sql_value *v)
{
    const char *p = PQgetvalue(r, line, column);
    struct slice s = {p, (size_t)PQgetlength(r, line, column)};
    const unsigned char *b = (const unsigned char *)p;
    *v = sql_null();
    if (PQgetisnull(r, line, column)) return true;
    switch (PQftype(r, column)) {
    case PG_BOOL: *v = sql_int(b[0] != 0); return true;
    case TYPE_INT2:
    case TYPE_INT4:
    case PG_INT8: *v = sql_int(big_endian(b, (int)s.n)); return true;
    case TYPE_OID: *v = sql_int((int64_t)(uint32_t)big_endian(b, 4)); return true;
    case TYPE_NUMERIC: v->type = SQL_INT; return numeric_int64(b, (int)s.n, &v->i);
    case PG_TEXT:
    case TYPE_VARCHAR:
    case TYPE_BPCHAR:
    case TYPE_NAME:
    case TYPE_JSON:
    case TYPE_UNKNOWN: *v = sql_text(s.n ? arena_copy(a, s) : S("")); return true;
    case PG_BYTEA: *v = sql_blob(s.n ? arena_copy(a, s) : S("")); return true;
    case TYPE_VOID: return true;
    default: return false;
    }
}
