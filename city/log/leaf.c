/* What a leaf says, and how it commits to its row. */
#include "city/log/log.h"
#include "city/sql.h"

#define ROW_DOMAIN "tongban log row 1\n"
#define ID_DOMAIN "tongban log leaf 1\n"
enum { COLUMNS_MAX = 16, ENTRY_MAX = 60000 };

static const struct stmt LEAF_INSERT = {"log_leaf_insert", "INSERT INTO log_leaf (id, entry) VALUES (?1,?2)", NULL,
                                        false};

static void big_endian(uint64_t v, uint8_t out[8])
{
    for (int i = 0; i < 8; i++) out[i] = (uint8_t)(v >> (56 - 8 * i));
}

struct id log_leaf_id(const char *kind, struct id key, int64_t seq, instant at)
{
    uint8_t h[CRYPTO_HASH_BYTES], n[8];
    struct id id;
    big_endian((uint64_t)seq, n);
    const struct slice parts[] = {S(ID_DOMAIN), slice_cstr(kind), S("\n"), id_bytes(&key),
                                  slice_of((const char *)n, sizeof n)};
    crypto_sha256_parts(parts, 5, h);
    big_endian((uint64_t)at << 16, n);
    memcpy(id.b, n, 6);
    memcpy(id.b + 6, h, 10);
    id.b[6] = (uint8_t)((id.b[6] & 0x0f) | 0x80);
    id.b[8] = (uint8_t)((id.b[8] & 0x3f) | 0x80);
    return id;
}

/* Each column: its type, its length or number (8 bytes), its bytes. */
void log_row_hash(const struct sql_value *values, size_t n, struct merkle_hash *out)
{
    static const char TYPES[] = {'n', 'i', 't', 'b'};
    struct slice parts[1 + 2 * COLUMNS_MAX];
    uint8_t heads[COLUMNS_MAX][9];
    size_t k = 0;
    parts[k++] = S(ROW_DOMAIN);
    for (size_t i = 0; i < n && i < COLUMNS_MAX; i++) {
        const struct sql_value *v = &values[i];
        heads[i][0] = (uint8_t)TYPES[v->type];
        big_endian(v->type == SQL_INT ? (uint64_t)v->i : v->type == SQL_NULL ? 0 : v->s.n, heads[i] + 1);
        parts[k++] = slice_of((const char *)heads[i], sizeof heads[i]);
        if (v->type == SQL_TEXT || v->type == SQL_BLOB) parts[k++] = v->s;
    }
    crypto_sha256_parts(parts, k, out->b);
}

struct slice log_entry(struct arena *a, const struct log_source *s, const struct json *facts)
{
    struct merkle_hash row;
    struct id id = log_leaf_id(s->kind, s->key, s->seq, s->at);
    log_row_hash(s->values, s->n, &row);
    struct slice id_ = id_text(a, id), hash = base64_encode(a, merkle_slice(&row));
    struct slice more = facts ? json_write(a, facts) : (struct slice){NULL, 0};
    if (more.n > ENTRY_MAX) more.n = 0; /* hundreds of papers in one command: the row commits to them */
    return arena_printf(a, "{\"v\":1,\"id\":\"%.*s\",\"at\":%lld,\"kind\":\"%s\",\"row\":\"%.*s\"%s%.*s}",
                        SLICE_ARG(id_), (long long)s->at, s->kind, SLICE_ARG(hash), more.n ? ",\"facts\":" : "",
                        SLICE_ARG(more));
}

const struct json *log_public_facts(struct arena *a, const struct json *facts)
{
    struct json_builder list = json_builder(a);
    for (size_t i = 0; facts && i < facts->n; i++) {
        const struct json *f = facts->items[i], *said = json_get(f, "public");
        if (slice_is(json_string(f, "t"), "document")) {
            struct json_builder b = json_builder(a);
            json_set_str(&b, "document", json_string(f, "sha256"));
            json_set_str(&b, "kind", json_string(f, "kind"));
            struct slice original = json_string(json_get(f, "original"), "sha256");
            if (original.n) json_set_str(&b, "original", original);
            json_add(&list, json_object(&b));
        }
        if (said && said->type == JSON_OBJECT) json_add(&list, said);
    }
    return list.n ? json_array(&list) : NULL;
}

void log_write(struct decision *d, const struct log_source *s, const struct json *facts)
{
    struct id *id = NEW(d->a, struct id);
    *id = log_leaf_id(s->kind, s->key, s->seq, s->at);
    decision_write(d, &LEAF_INSERT, 1, 2, sql_id(id), sql_blob(log_entry(d->a, s, facts)));
}

result log_write_tx(struct tx *tx, struct arena *a, const struct log_source *s)
{
    struct id id = log_leaf_id(s->kind, s->key, s->seq, s->at);
    return tx_exec(tx, a, &LEAF_INSERT, BINDS(sql_id(&id), sql_blob(log_entry(a, s, NULL))), NULL);
}
