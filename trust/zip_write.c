#include "trust/zip.h"

#include <zlib.h>

enum {
    SAMPLE = 4096,
    WRITE_MAX = 64 << 20,
    ENTRIES_MAX = 65535,
    VERSION = 20,
    UTF8 = 0x800,
    DAY = 0x21 /* 1980-01-01 */
};

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

/* Deflates into `room`; 0: it does not fit. */
static size_t deflated(z_stream *z, struct slice bytes, char *to, size_t room)
{
    z->next_in = (unsigned char *)(uintptr_t)bytes.p;
    z->avail_in = (unsigned)bytes.n;
    z->next_out = (unsigned char *)to;
    z->avail_out = (unsigned)room;
    size_t n = deflate(z, Z_FINISH) == Z_STREAM_END ? z->total_out : 0;
    return deflateReset(z) == Z_OK ? n : 0;
}

/* Stored when it does not shrink, which a picture's beginning shows already: deflating a seal takes longer than signing with it. */
static result pack(struct arena *a, struct slice bytes, struct packed *out)
{
    *out =
        (struct packed){.bytes = bytes, .crc = (uint32_t)crc32(0, (const unsigned char *)bytes.p, (unsigned)bytes.n)};
    z_stream z = {0};
    if (deflateInit2(&z, Z_DEFAULT_COMPRESSION, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        return fail(a, CODE_INTERNAL, S(""), "detail", S("zlib"), NULL);
    struct slice first = slice_sub(bytes, 0, SAMPLE);
    size_t n = 0, room = deflateBound(&z, bytes.n);
    char *to = arena_alloc(a, room);
    if (bytes.n <= 2 * (size_t)SAMPLE || deflated(&z, first, to, room) < SAMPLE - SAMPLE / 16)
        n = deflated(&z, bytes, to, room);
    (void)deflateEnd(&z);
    if (n && n < bytes.n) {
        out->bytes = slice_of(to, n);
        out->method = Z_DEFLATED;
    }
    return ok();
}

/* As it lies in `from`, when it is that entry still. */
static bool taken(const struct zip *from, const struct zip_entry *e, struct packed *out)
{
    for (size_t i = 0; from && i < from->n; i++) {
        const struct zip_packed *p = &from->packed[i];
        struct slice was = from->entries[i].bytes;
        if (!p->bytes.p || was.p != e->bytes.p || was.n != e->bytes.n) continue;
        *out = (struct packed){.bytes = p->bytes, .method = Z_DEFLATED, .crc = p->crc};
        return true;
    }
    return false;
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
        struct zip before = {.entries = entries, .n = i};
        if (!zip_name_good(entries[i].name) || zip_find_anycase(&before, entries[i].name))
            return fail(a, CODE_ZIP_MALFORMED, entries[i].name, "detail_zh", S("文件名不允许或重复"), "detail_en",
                        S("a name that is not allowed, or twice the same"), NULL);
    }
    return ok();
}

result zip_write(struct arena *a, const struct zip_entry *entries, size_t n, struct slice *out)
{
    return zip_write_again(a, entries, n, NULL, out);
}

result zip_write_again(struct arena *a, const struct zip_entry *entries, size_t n, const struct zip *from,
                       struct slice *out)
{
    struct buf b = buf_new(a, WRITE_MAX);
    size_t total = 0;
    for (size_t i = 0; i < n && total <= WRITE_MAX; i++) total += entries[i].bytes.n;
    if (n > ENTRIES_MAX || total > WRITE_MAX)
        return fail(a, CODE_ZIP_LIMIT, S(""), "detail_zh", S("内容过大"), "detail_en", S("too large"), NULL);
    TRY(check_names(a, entries, n));
    struct packed *packed = NEW_ARRAY(a, struct packed, n);
    for (size_t i = 0; i < n; i++) {
        if (!taken(from, &entries[i], &packed[i])) TRY(pack(a, entries[i].bytes, &packed[i]));
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
