#include "city/cases/archive_codec.h"

#include <zlib.h>

#include "trust/crypto.h"

enum { FORMAT = 1, TAG_NULL = 0, TAG_INT, TAG_TEXT, TAG_BLOB, TAG_SINCE };

/* ---- writing ---- */

static void put(struct buf *b, uint64_t v)
{
    for (; v >= 0x80; v >>= 7) buf_putc(b, (char)(unsigned char)(v | 0x80));
    buf_putc(b, (char)(unsigned char)v);
}

struct packing {
    struct buf rows, blobs;
    struct slice *seen;
    size_t nseen, cap;
    int64_t base;
};

static void put_blob(struct packing *p, struct slice s)
{
    size_t i = 0;
    while (i < p->nseen && !slice_eq(p->seen[i], s)) i++;
    if (i == p->nseen) {
        p->seen[p->nseen++] = s;
        put(&p->blobs, s.n);
        buf_put(&p->blobs, s);
    }
    put(&p->rows, i);
}

static void put_value(struct packing *p, const struct sql_value *v)
{
    struct buf *b = &p->rows;
    switch (v->type) {
    case SQL_NULL: put(b, TAG_NULL); break;
    case SQL_INT:
        if (p->base && v->i >= p->base) {
            put(b, TAG_SINCE);
            put(b, (uint64_t)(v->i - p->base));
        } else {
            put(b, TAG_INT);
            put(b, (uint64_t)v->i << 1 ^ (uint64_t)(v->i >> 63));
        }
        break;
    case SQL_TEXT:
        put(b, TAG_TEXT);
        put(b, v->s.n);
        buf_put(b, v->s);
        break;
    case SQL_BLOB:
        put(b, TAG_BLOB);
        put_blob(p, v->s);
        break;
    }
}

static void put_rows(struct packing *p, const struct rows *r)
{
    put(&p->rows, r->n);
    for (size_t i = 0; i < r->n * r->ncols; i++) put_value(p, &r->v[i]);
}

static bool deflated(struct arena *a, struct slice plain, struct slice dictionary, struct slice *out)
{
    z_stream z = {.next_in = (Bytef *)(uintptr_t)plain.p, .avail_in = (uInt)plain.n};
    if (deflateInit2(&z, 9, Z_DEFLATED, -MAX_WBITS, 9, Z_DEFAULT_STRATEGY) != Z_OK) return false;
    bool good = !dictionary.n || deflateSetDictionary(&z, (const Bytef *)dictionary.p, (uInt)dictionary.n) == Z_OK;
    size_t room = deflateBound(&z, (uLong)plain.n) + 16;
    char *to = arena_alloc(a, room);
    z.next_out = (Bytef *)to;
    z.avail_out = (uInt)room;
    good = good && deflate(&z, Z_FINISH) == Z_STREAM_END;
    *out = (struct slice){to, z.total_out};
    (void)deflateEnd(&z);
    return good;
}

result archive_pack(struct arena *a, const struct rows *events, const struct rows *tasks, int64_t base,
                    struct slice dictionary, struct slice *out)
{
    struct packing p = {.rows = buf_new(a, ARCHIVE_MAX), .blobs = buf_new(a, ARCHIVE_MAX), .base = base};
    struct buf b = buf_new(a, 3 * ARCHIVE_MAX);
    struct slice rows;
    p.seen = NEW_ARRAY(a, struct slice, events->n * ARCHIVE_EVENT_COLUMNS + tasks->n * ARCHIVE_TASK_COLUMNS + 1);
    put(&p.rows, (uint64_t)base);
    put_rows(&p, events);
    put_rows(&p, tasks);
    if (p.rows.overflow || p.blobs.overflow)
        return fail(a, CODE_TOO_LARGE, S("case_event"), "limit", arena_printf(a, "%d", ARCHIVE_MAX), NULL);
    if (!deflated(a, buf_slice(&p.rows), dictionary, &rows))
        return fail(a, CODE_INTERNAL, S("case_archive"), "detail", S("deflate"), NULL);
    put(&b, FORMAT);
    put(&b, p.blobs.n);
    put(&b, p.rows.n);
    buf_put(&b, buf_slice(&p.blobs));
    buf_put(&b, rows);
    *out = buf_slice(&b);
    return ok();
}

/* ---- reading ---- */

struct unpacking {
    struct arena *a;
    struct slice s;
    size_t at;
    struct slice *blobs;
    size_t nblobs;
    int64_t base;
    bool bad;
};

static uint64_t get(struct unpacking *p)
{
    uint64_t v = 0;
    for (unsigned shift = 0; shift < 64 && p->at < p->s.n; shift += 7) {
        uint64_t c = (unsigned char)p->s.p[p->at++];
        v |= (c & 0x7f) << shift;
        if (c < 0x80) return v;
    }
    p->bad = true;
    return 0;
}

static struct slice get_bytes(struct unpacking *p)
{
    uint64_t n = get(p);
    if (p->bad || n > p->s.n - p->at) {
        p->bad = true;
        return (struct slice){NULL, 0};
    }
    struct slice s = slice_sub(p->s, p->at, (size_t)n);
    p->at += (size_t)n;
    return s;
}

static struct sql_value get_value(struct unpacking *p)
{
    uint64_t tag = get(p), n;
    switch (tag) {
    case TAG_NULL: return sql_null();
    case TAG_INT: n = get(p); return sql_int((int64_t)(n >> 1 ^ (~(n & 1) + 1)));
    case TAG_SINCE: n = get(p); return sql_int((int64_t)((uint64_t)p->base + n));
    case TAG_TEXT: return sql_text(get_bytes(p));
    case TAG_BLOB:
        n = get(p);
        if (n < p->nblobs) return sql_blob(p->blobs[n]);
        break;
    default: break;
    }
    p->bad = true;
    return sql_null();
}

static void get_rows(struct unpacking *p, size_t ncols, struct rows *out)
{
    uint64_t n = get(p);
    *out = (struct rows){.ncols = ncols};
    if (p->bad || n > p->s.n - p->at) {
        p->bad = true;
        return;
    }
    struct sql_value *v = NEW_ARRAY(p->a, struct sql_value, (size_t)n * ncols + 1);
    for (size_t i = 0; i < (size_t)n * ncols && !p->bad; i++) v[i] = get_value(p);
    out->n = (size_t)n;
    out->v = v;
}

static bool inflated(struct arena *a, struct slice packed, size_t n, struct slice dictionary, struct slice *out)
{
    z_stream z = {.next_in = (Bytef *)(uintptr_t)packed.p, .avail_in = (uInt)packed.n};
    if (inflateInit2(&z, -MAX_WBITS) != Z_OK) return false;
    char *to = arena_alloc(a, n + 1);
    bool good = !dictionary.n || inflateSetDictionary(&z, (const Bytef *)dictionary.p, (uInt)dictionary.n) == Z_OK;
    z.next_out = (Bytef *)to;
    z.avail_out = (uInt)n;
    good = good && inflate(&z, Z_FINISH) == Z_STREAM_END && z.total_out == n && z.avail_in == 0;
    *out = (struct slice){to, n};
    (void)inflateEnd(&z);
    return good;
}

static void get_blobs(struct unpacking *p, struct slice s)
{
    struct unpacking q = {.a = p->a, .s = s};
    p->blobs = NEW_ARRAY(p->a, struct slice, s.n + 1); /* each takes a byte at least */
    while (q.at < s.n && !q.bad) p->blobs[p->nblobs++] = get_bytes(&q);
    p->bad = p->bad || q.bad;
}

result archive_unpack(struct arena *a, struct slice content, struct slice dictionary, struct rows *events,
                      struct rows *tasks)
{
    struct unpacking head = {.a = a, .s = content}, p = {.a = a};
    *events = *tasks = (struct rows){0};
    uint64_t format = get(&head), nblobs = get(&head), nrows = get(&head);
    bool good = !head.bad && format == FORMAT && nblobs <= content.n - head.at && nrows <= ARCHIVE_MAX;
    if (good) {
        get_blobs(&p, slice_sub(content, head.at, (size_t)nblobs));
        good = inflated(a, slice_sub(content, head.at + (size_t)nblobs, SIZE_MAX), (size_t)nrows, dictionary, &p.s);
    }
    if (good) {
        p.base = (int64_t)get(&p);
        get_rows(&p, ARCHIVE_EVENT_COLUMNS, events);
        get_rows(&p, ARCHIVE_TASK_COLUMNS, tasks);
    }
    if (good && !p.bad && p.at == p.s.n) return ok();
    return fail(a, CODE_CASE_ARCHIVE, S("case_archive"), "detail", S("content"), NULL);
}

/* ---- the digest ---- */

bool archive_same_rows(const struct rows *x, const struct rows *y)
{
    if (x->n != y->n || (x->n && x->ncols != y->ncols))
        return false; /* of no rows no database says how wide they are */
    for (size_t i = 0; i < x->n * x->ncols; i++)
        if (x->v[i].type != y->v[i].type || x->v[i].i != y->v[i].i || !slice_eq(x->v[i].s, y->v[i].s)) return false;
    return true;
}

static void digest_int(struct buf *b, uint64_t v)
{
    for (int shift = 56; shift >= 0; shift -= 8) buf_putc(b, (char)(unsigned char)(v >> shift));
}

struct slice archive_digest(struct arena *a, struct id case_id, const struct rows *events)
{
    struct buf b = buf_new(a, SIZE_MAX);
    uint8_t *h = arena_alloc(a, 32);
    buf_put(&b, id_bytes(&case_id));
    for (size_t i = 0; i < events->n * events->ncols; i++) {
        const struct sql_value *v = &events->v[i];
        buf_putc(&b, (char)(unsigned char)v->type);
        digest_int(&b, v->type == SQL_INT ? (uint64_t)v->i : v->s.n);
        if (v->type == SQL_TEXT || v->type == SQL_BLOB) buf_put(&b, v->s);
    }
    crypto_sha256(buf_slice(&b), h);
    return (struct slice){(const char *)h, 32};
}
