#include "trust/zip.h"

#include <limits.h>
#include <stdlib.h>
#include <zlib.h>

enum {
    LOCAL = 0x04034b50,
    CENTRAL = 0x02014b50,
    END = 0x06054b50,
    DESCRIPTOR = 0x08074b50,
    LOCAL_SIZE = 30,
    CENTRAL_SIZE = 46,
    END_SIZE = 22,
    NAME_MAX_BYTES = 255,
    RATIO_FROM = 64 << 10
};
enum { FLAG_ENCRYPTED = 1, FLAG_DESCRIPTOR = 8, FLAG_UTF8 = 0x800, FLAG_LEVEL = 6 };

/* What the directory says of an entry. */
struct place {
    struct slice name;
    uint32_t flags, method, crc, mode;
    size_t packed, size, offset;
    size_t data, end; /* of the entry: its packed bytes begin, it ends */
    bool folder;
};
struct reader {
    struct arena *a;
    struct slice file;
    const struct zip_limits *most;
    size_t directory; /* where it begins */
    struct place *places, **sorted;
    size_t n;
};

static uint32_t u16(struct slice s, size_t at)
{
    const unsigned char *p = (const unsigned char *)s.p + at;
    return p[0] | (uint32_t)p[1] << 8;
}

static uint32_t u32(struct slice s, size_t at)
{
    return u16(s, at) | u16(s, at + 2) << 16;
}

static result bad(const struct reader *r, struct slice name, const char *zh, const char *en)
{
    return fail(r->a, CODE_ZIP_MALFORMED, name, "detail_zh", slice_cstr(zh), "detail_en", slice_cstr(en), NULL);
}

static result beyond(struct arena *a, struct slice name, const char *zh, const char *en)
{
    return fail(a, CODE_ZIP_LIMIT, name, "detail_zh", slice_cstr(zh), "detail_en", slice_cstr(en), NULL);
}

bool zip_name_good(struct slice name)
{
    struct slice part, rest = name;
    if (name.n == 0 || name.n > NAME_MAX_BYTES || !slice_utf8(name)) return false;
    for (size_t i = 0; i < name.n; i++) {
        unsigned char c = (unsigned char)name.p[i];
        if (c < 0x20 || c == 0x7f || c == '\\' || c == ':') return false;
    }
    for (bool more = true; more;) {
        more = slice_cut(rest, '/', &part, &rest);
        if (part.n == 0 || slice_is(part, ".") || slice_is(part, "..")) return false;
    }
    return true;
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

static int anycase(struct slice x, struct slice y)
{
    size_t n = x.n < y.n ? x.n : y.n;
    for (size_t i = 0; i < n; i++) {
        int d = (unsigned char)lower(x.p[i]) - (unsigned char)lower(y.p[i]);
        if (d) return d;
    }
    return (x.n > y.n) - (x.n < y.n);
}

/* The end record stands at the very end: with a comment that fits exactly, and only one way to read it. */
static result find_end(struct reader *r, size_t *end)
{
    struct slice f = r->file;
    if (f.n < END_SIZE) return bad(r, S(""), "不是 ZIP 文件", "not a ZIP file");
    size_t first = f.n - END_SIZE > UINT16_MAX ? f.n - END_SIZE - UINT16_MAX : 0, found = 0;
    for (size_t at = first; at + END_SIZE <= f.n; at++)
        if (u32(f, at) == END && u16(f, at + 20) == f.n - END_SIZE - at) {
            *end = at;
            found++;
        }
    if (found != 1) return bad(r, S(""), found ? "文件尾有歧义" : "没有目录尾", found ? "two ends" : "no end record");
    return ok();
}

static result read_directory_entry(struct reader *r, size_t end, size_t *at, struct place *p)
{
    struct slice f = r->file;
    if (end - *at < CENTRAL_SIZE || u32(f, *at) != CENTRAL) return bad(r, S(""), "目录不完整", "the directory is cut");
    size_t name = u16(f, *at + 28), extra = u16(f, *at + 30), comment = u16(f, *at + 32);
    if (end - *at - CENTRAL_SIZE < name + extra + comment) return bad(r, S(""), "目录不完整", "the directory is cut");
    *p = (struct place){.name = slice_sub(f, *at + CENTRAL_SIZE, name),
                        .flags = u16(f, *at + 8),
                        .method = u16(f, *at + 10),
                        .crc = u32(f, *at + 16),
                        .packed = u32(f, *at + 20),
                        .size = u32(f, *at + 24),
                        .mode = u16(f, *at + 4) >> 8 == 3 ? u32(f, *at + 38) >> 16 : 0,
                        .offset = u32(f, *at + 42)};
    *at += CENTRAL_SIZE + name + extra + comment;
    if (u16(f, *at - name - extra - comment - 12) != 0) return bad(r, p->name, "分卷", "more than one disk");
    return ok();
}

static result check_place(struct reader *r, struct place *p)
{
    struct slice bare = p->name;
    p->folder = slice_ends(bare, S("/"));
    if (p->folder) bare.n--;
    if (!zip_name_good(bare)) return bad(r, S(""), "文件名不允许", "a name that is not allowed");
    if (p->flags & ~(uint32_t)(FLAG_DESCRIPTOR | FLAG_UTF8 | FLAG_LEVEL))
        return bad(r, p->name, "加密或未知的标志", "encrypted, or an unknown flag");
    if (p->method != 0 && p->method != Z_DEFLATED) return bad(r, p->name, "压缩方法", "the compression method");
    if (p->packed == UINT32_MAX || p->size == UINT32_MAX || p->offset == UINT32_MAX)
        return bad(r, p->name, "ZIP64", "ZIP64");
    uint32_t type = p->mode & 0170000;
    if (type != 0 && type != 0100000 && type != 0040000) return bad(r, p->name, "链接或设备", "a link or a device");
    if (p->method == 0 && p->packed != p->size) return bad(r, p->name, "长度不符", "lengths that differ");
    if (p->folder && p->size != 0) return bad(r, p->name, "目录带有内容", "a folder with content");
    if (p->size > RATIO_FROM && p->size / r->most->ratio >= p->packed)
        return beyond(r->a, p->name, "压缩比过高", "packed too densely");
    return ok();
}

/* The descriptor behind the data, with or without its mark, says the same as the directory. */
static result descriptor(struct reader *r, struct place *p)
{
    struct slice f = r->file;
    bool marked = r->directory - p->end >= 16 && u32(f, p->end) == DESCRIPTOR;
    size_t at = p->end + (marked ? 4 : 0);
    if (r->directory - p->end < 12 || u32(f, at) != p->crc || u32(f, at + 4) != p->packed || u32(f, at + 8) != p->size)
        return bad(r, p->name, "数据描述与目录不符", "a descriptor that differs from the directory");
    p->end = at + 12;
    return ok();
}

/* A value that a header may leave to the descriptor. */
static bool left_or(uint32_t value, size_t expected, bool later)
{
    return value == expected || (later && value == 0);
}

static result check_local(struct reader *r, struct place *p)
{
    struct slice f = r->file;
    if (p->offset > r->directory || r->directory - p->offset < LOCAL_SIZE || u32(f, p->offset) != LOCAL)
        return bad(r, p->name, "文件头缺失", "no header");
    size_t at = p->offset, name = u16(f, at + 26), extra = u16(f, at + 28), left = r->directory - at - LOCAL_SIZE;
    bool later = p->flags & FLAG_DESCRIPTOR;
    if (left < name + extra || left - name - extra < p->packed) return bad(r, p->name, "内容不完整", "cut");
    if (!slice_eq(slice_sub(f, at + LOCAL_SIZE, name), p->name) || u16(f, at + 6) != p->flags ||
        u16(f, at + 8) != p->method)
        return bad(r, p->name, "文件头与目录不符", "a header that differs from the directory");
    if (!left_or(u32(f, at + 14), p->crc, later) || !left_or(u32(f, at + 18), p->packed, later) ||
        !left_or(u32(f, at + 22), p->size, later))
        return bad(r, p->name, "文件头与目录不符", "a header that differs from the directory");
    p->data = at + LOCAL_SIZE + name + extra;
    p->end = p->data + p->packed;
    return later ? descriptor(r, p) : ok();
}

static int by_offset(const void *x, const void *y)
{
    const struct place *a = *(const struct place *const *)x, *b = *(const struct place *const *)y;
    return (a->offset > b->offset) - (a->offset < b->offset);
}

static int by_name(const void *x, const void *y)
{
    return anycase((*(const struct place *const *)x)->name, (*(const struct place *const *)y)->name);
}

/* Neither a gap where something could hide nor an overlap that would let a small file be endless. */
static result check_tiling(struct reader *r)
{
    size_t at = 0;
    qsort(r->sorted, r->n, sizeof *r->sorted, by_offset);
    for (size_t i = 0; i < r->n; i++) {
        if (r->sorted[i]->offset != at)
            return bad(r, r->sorted[i]->name, "文件之间有空隙或重叠", "a gap or an overlap");
        at = r->sorted[i]->end;
    }
    if (at != r->directory) return bad(r, S(""), "目录之前有多余内容", "bytes of no entry");
    qsort(r->sorted, r->n, sizeof *r->sorted, by_name);
    for (size_t i = 1; i < r->n; i++)
        if (anycase(r->sorted[i - 1]->name, r->sorted[i]->name) == 0)
            return bad(r, r->sorted[i]->name, "文件名重复", "the same name twice");
    return ok();
}

static result read_directory(struct reader *r)
{
    struct slice f = r->file;
    size_t end = 0, total = 0;
    TRY(find_end(r, &end));
    r->n = u16(f, end + 10);
    size_t at = u32(f, end + 16);
    if (u16(f, end + 4) || u16(f, end + 6) || u16(f, end + 8) != r->n)
        return bad(r, S(""), "分卷", "more than one disk");
    if (r->n > r->most->entries) return beyond(r->a, S(""), "文件过多", "too many entries");
    if (at > end || u32(f, end + 12) != end - at) return bad(r, S(""), "目录位置不符", "the directory is elsewhere");
    r->directory = at;
    r->places = NEW_ARRAY(r->a, struct place, r->n);
    r->sorted = NEW_ARRAY(r->a, struct place *, r->n);
    for (size_t i = 0; i < r->n; i++) {
        struct place *p = r->sorted[i] = &r->places[i];
        TRY(read_directory_entry(r, end, &at, p));
        TRY(check_place(r, p));
        if (p->size > r->most->bytes - total) return beyond(r->a, p->name, "解压后过大", "too large when unpacked");
        total += p->size;
        TRY(check_local(r, p));
    }
    if (at != end) return bad(r, S(""), "目录长度不符", "the directory has another length");
    return check_tiling(r);
}

static result unpack(struct reader *r, const struct place *p, struct slice *out)
{
    struct slice packed = slice_sub(r->file, p->data, p->packed);
    if (p->method == 0) {
        *out = packed;
    } else {
        char *to = arena_alloc(r->a, p->size + 1); /* one more: a stream that goes on shows */
        z_stream z = {.next_in = (unsigned char *)(uintptr_t)packed.p,
                      .avail_in = (unsigned)packed.n,
                      .next_out = (unsigned char *)to,
                      .avail_out = (unsigned)p->size + 1};
        if (inflateInit2(&z, -MAX_WBITS) != Z_OK) return fail(r->a, CODE_INTERNAL, S(""), "detail", S("zlib"), NULL);
        int status = inflate(&z, Z_FINISH);
        bool whole = status == Z_STREAM_END && z.avail_in == 0 && z.total_out == p->size;
        (void)inflateEnd(&z);
        if (!whole) return bad(r, p->name, "压缩数据损坏", "damaged packed data");
        *out = slice_of(to, p->size);
    }
    if (crc32(0, (const unsigned char *)out->p, (unsigned)out->n) != p->crc)
        return bad(r, p->name, "校验和不符", "a wrong checksum");
    return ok();
}

result zip_read(struct arena *a, struct slice file, const struct zip_limits *most, struct zip *out)
{
    struct reader r = {.a = a, .file = file, .most = most};
    if (file.n > INT_MAX) return beyond(a, S(""), "文件过大", "too large");
    TRY(read_directory(&r));
    struct zip_entry *entries = NEW_ARRAY(a, struct zip_entry, r.n);
    struct zip_packed *packed = NEW_ARRAY(a, struct zip_packed, r.n);
    *out = (struct zip){entries, 0, packed};
    for (size_t i = 0; i < r.n; i++) {
        struct slice bytes;
        const struct place *p = &r.places[i];
        TRY(unpack(&r, p, &bytes));
        if (p->folder) continue;
        if (p->method == Z_DEFLATED) packed[out->n] = (struct zip_packed){slice_sub(file, p->data, p->packed), p->crc};
        entries[out->n++] = (struct zip_entry){p->name, bytes};
    }
    return ok();
}

const struct zip_entry *zip_find(const struct zip *z, struct slice name)
{
    for (size_t i = 0; i < z->n; i++)
        if (slice_eq(z->entries[i].name, name)) return &z->entries[i];
    return NULL;
}

const struct zip_entry *zip_find_anycase(const struct zip *z, struct slice name)
{
    for (size_t i = 0; i < z->n; i++)
        if (anycase(z->entries[i].name, name) == 0) return &z->entries[i];
    return NULL;
}
