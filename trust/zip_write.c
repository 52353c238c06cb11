#include "trust/zip.h"

#include <zlib.h>

enum { WRITE_MAX = 64 << 20, ENTRIES_MAX = 65535, VERSION = 20, UTF8 = 0x800, DAY = 0x21 /* 1980-01-01 */ };

struct packed {
    struct slice bytes;
    unsigned method;
    uint32_t crc, offset;
};

static void put16(struct buf *b, uint32_t v)
{
    buf_putc(b, (char)(v & 255));
    buf_putc(b, (char)(v >> 8 & 255));
}

static void put32(struct buf *b, uint32_t v)
{
    put16(b, v);
    put16(b, v >> 16);
}

static result pack(struct arena *a, struct slice bytes, struct packed *out)
{
    *out =
        (struct packed){.bytes = bytes, .crc = (uint32_t)crc32(0, (const unsigned char *)bytes.p, (unsigned)bytes.n)};
    z_stream z = {0};
    if (deflateInit2(&z, Z_DEFAULT_COMPRESSION, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        return fail(a, CODE_INTERNAL, S(""), "detail", S("zlib"), NULL);
    size_t room = deflateBound(&z, bytes.n);
    char *to = arena_alloc(a, room);
    z.next_in = (unsigned char *)(uintptr_t)bytes.p;
    z.avail_in = (unsigned)bytes.n;
    z.next_out = (unsigned char *)to;
    z.avail_out = (unsigned)room;
    bool whole = deflate(&z, Z_FINISH) == Z_STREAM_END;
    size_t n = z.total_out;
    (void)deflateEnd(&z);
    if (whole && n < bytes.n) {
        out->bytes = slice_of(to, n);
        out->method = Z_DEFLATED;
    }
    return ok();
}

/* What a local header and the directory have in common: from the version needed to the name's length. */
static void common(struct buf *b, const struct zip_entry *e, const struct packed *p)
{
    bool ascii = true;
    for (size_t i = 0; i < e->name.n; i++) ascii = ascii && (unsigned char)e->name.p[i] < 0x80;
    put16(b, VERSION);
    put16(b, ascii ? 0 : UTF8);
    put16(b, p->method);
    put16(b, 0);
    put16(b, DAY);
    put32(b, p->crc);
    put32(b, (uint32_t)p->bytes.n);
    put32(b, (uint32_t)e->bytes.n);
    put16(b, (uint32_t)e->name.n);
    put16(b, 0);
}

static void directory(struct buf *b, const struct zip_entry *entries, const struct packed *packed, size_t n)
{
    uint32_t start = (uint32_t)b->n;
    for (size_t i = 0; i < n; i++) {
        put32(b, 0x02014b50);
        put16(b, VERSION);
        common(b, &entries[i], &packed[i]);
        put16(b, 0);
        put32(b, 0);
        put32(b, 0);
        put32(b, packed[i].offset);
        buf_put(b, entries[i].name);
    }
    uint32_t size = (uint32_t)b->n - start;
    put32(b, 0x06054b50);
    put32(b, 0);
    put16(b, (uint32_t)n);
    put16(b, (uint32_t)n);
    put32(b, size);
    put32(b, start);
    put16(b, 0);
}

static result check_names(struct arena *a, const struct zip_entry *entries, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct zip before = {entries, i};
        if (!zip_name_good(entries[i].name) || zip_find_anycase(&before, entries[i].name))
            return fail(a, CODE_ZIP_MALFORMED, entries[i].name, "detail_zh", S("文件名不允许或重复"), "detail_en",
                        S("a name that is not allowed, or twice the same"), NULL);
    }
    return ok();
}

result zip_write(struct arena *a, const struct zip_entry *entries, size_t n, struct slice *out)
{
    struct buf b = buf_new(a, WRITE_MAX);
    size_t total = 0;
    for (size_t i = 0; i < n && total <= WRITE_MAX; i++) total += entries[i].bytes.n;
    if (n > ENTRIES_MAX || total > WRITE_MAX)
        return fail(a, CODE_ZIP_LIMIT, S(""), "detail_zh", S("内容过大"), "detail_en", S("too large"), NULL);
    TRY(check_names(a, entries, n));
    struct packed *packed = NEW_ARRAY(a, struct packed, n);
    for (size_t i = 0; i < n; i++) {
        TRY(pack(a, entries[i].bytes, &packed[i]));
        packed[i].offset = (uint32_t)b.n;
        put32(&b, 0x04034b50);
        common(&b, &entries[i], &packed[i]);
        buf_put(&b, entries[i].name);
        buf_put(&b, packed[i].bytes);
    }
    directory(&b, entries, packed, n);
    if (b.overflow)
        return fail(a, CODE_ZIP_LIMIT, S(""), "detail_zh", S("内容过大"), "detail_en", S("too large"), NULL);
    *out = buf_slice(&b);
    return ok();
}
