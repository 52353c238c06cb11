#include "trust/tlog.h"

/* ---- paths ---- */

struct slice tlog_tile_path(struct arena *a, const struct tlog_tile *t)
{
    struct buf b = buf_new(a, 128);
    uint64_t group = 1;
    if (t->level == TLOG_BUNDLE)
        buf_puts(&b, "tile/entries/");
    else
        buf_printf(&b, "tile/%d/", t->level);
    while (t->index / group >= 1000) group *= 1000;
    for (; group > 1; group /= 1000) buf_printf(&b, "x%03u/", (unsigned)(t->index / group % 1000));
    buf_printf(&b, "%03u", (unsigned)(t->index % 1000));
    if (t->width < TLOG_WIDTH) buf_printf(&b, ".p/%u", t->width);
    return buf_slice(&b);
}

/* A number without needless zeros, at most `max`. */
static bool number(struct slice s, int64_t max, int64_t *out)
{
    return s.n > 0 && s.p[0] != '-' && (s.p[0] != '0' || s.n == 1) && slice_int64(s, out) && *out <= max;
}

static bool three_digits(struct slice s, uint64_t *index)
{
    int64_t v;
    if (s.n != 3 || s.p[0] == '-' || !slice_int64(s, &v)) return false;
    if (*index > (UINT64_MAX - (uint64_t)v) / 1000) return false;
    *index = *index * 1000 + (uint64_t)v;
    return true;
}

bool tlog_tile_parse(struct slice path, struct tlog_tile *out)
{
    struct slice part, rest;
    int64_t v = TLOG_WIDTH;
    *out = (struct tlog_tile){0};
    if (!slice_starts(path, S("tile/")) || !slice_cut(slice_sub(path, 5, SIZE_MAX), '/', &part, &rest)) return false;
    if (slice_is(part, "entries"))
        out->level = TLOG_BUNDLE;
    else if (number(part, TLOG_LEVELS - 1, &v))
        out->level = (int)v;
    else
        return false;
    v = TLOG_WIDTH;
    size_t dot = slice_search(rest, S(".p/"));
    if (dot != SIZE_MAX) {
        if (!number(slice_sub(rest, dot + 3, SIZE_MAX), TLOG_WIDTH - 1, &v) || v == 0) return false;
        rest = slice_sub(rest, 0, dot);
    }
    out->width = (unsigned)v;
    bool first = true;
    while (slice_cut(rest, '/', &part, &rest)) {
        if (part.n != 4 || part.p[0] != 'x' || !three_digits(slice_sub(part, 1, 3), &out->index)) return false;
        if (first && out->index == 0) return false;
        first = false;
    }
    return three_digits(part, &out->index);
}

/* ---- which tiles there are ---- */

static unsigned bits_below(int level)
{
    return level > 0 ? (unsigned)level * TLOG_BITS : 0;
}

unsigned tlog_tile_width(int level, uint64_t index, uint64_t size)
{
    if (level < TLOG_BUNDLE || level >= TLOG_LEVELS) return 0;
    uint64_t hashes = size >> bits_below(level);
    if (index >= (hashes >> TLOG_BITS) + 1) return 0;
    uint64_t left = hashes - (index << TLOG_BITS);
    return left < TLOG_WIDTH ? (unsigned)left : TLOG_WIDTH;
}

result tlog_new_tiles(struct arena *a, uint64_t before, uint64_t size, const struct tlog_tile **out, size_t *n)
{
    size_t total = 0;
    if (before > size)
        return fail(a, CODE_TLOG_PROOF, S(""), "detail_zh", S("新树小于旧树"), "detail_en",
                    S("the tree became smaller"), NULL);
    for (int level = TLOG_BUNDLE; level < TLOG_LEVELS; level++) {
        uint64_t from = before >> bits_below(level), to = size >> bits_below(level);
        uint64_t more = to > from ? ((to - 1) >> TLOG_BITS) - (from >> TLOG_BITS) + 1 : 0;
        if (more > TLOG_NEW_TILES_MAX - total) return fail(a, CODE_TOO_LARGE, S("tiles"), "limit", S("1048576"), NULL);
        total += (size_t)more;
    }
    struct tlog_tile *list = NEW_ARRAY(a, struct tlog_tile, total ? total : 1);
    *n = 0;
    for (int level = TLOG_BUNDLE; level < TLOG_LEVELS; level++) {
        uint64_t from = before >> bits_below(level), to = size >> bits_below(level);
        for (uint64_t i = from >> TLOG_BITS; from < to && i <= (to - 1) >> TLOG_BITS; i++)
            list[(*n)++] = (struct tlog_tile){level, i, tlog_tile_width(level, i, size)};
    }
    *out = list;
    return ok();
}

/* ---- contents ---- */

static result bad_tile(struct arena *a, const char *zh, const char *en)
{
    return fail(a, CODE_TLOG_TILE, S(""), "detail_zh", slice_cstr(zh), "detail_en", slice_cstr(en), NULL);
}

result tlog_tile_node(struct arena *a, const struct tlog_tile *t, struct slice data, unsigned level, unsigned place,
                      struct merkle_hash *out)
{
    if (t->level < 0 || t->width == 0 || t->width > TLOG_WIDTH || data.n != (size_t)t->width * MERKLE_HASH_BYTES)
        return bad_tile(a, "长度与宽度不符", "its length is not that of its width");
    if (level > TLOG_BITS || place >= t->width >> level)
        return bad_tile(a, "其中没有所要的散列", "the hash asked for is not in it");
    unsigned n = 1u << level;
    struct merkle_hash row[TLOG_WIDTH];
    memcpy(row, data.p + (size_t)place * n * MERKLE_HASH_BYTES, (size_t)n * MERKLE_HASH_BYTES);
    for (; n > 1; n /= 2)
        for (unsigned i = 0; i < n / 2; i++)
            merkle_node(merkle_slice(&row[2 * i]), merkle_slice(&row[2 * i + 1]), &row[i]);
    *out = row[0];
    return ok();
}

result tlog_bundle_write(struct arena *a, const struct slice *entries, size_t n, struct slice *out)
{
    if (n == 0 || n > TLOG_WIDTH) return bad_tile(a, "须为 1 至 256 条", "a bundle has 1 to 256 entries");
    struct buf b = buf_new(a, (size_t)TLOG_WIDTH * (TLOG_ENTRY_MAX + 2));
    for (size_t i = 0; i < n; i++) {
        if (entries[i].n > TLOG_ENTRY_MAX) return fail(a, CODE_TOO_LARGE, S("entry"), "limit", S("65535"), NULL);
        buf_putc(&b, (char)(entries[i].n >> 8));
        buf_putc(&b, (char)(entries[i].n & 255));
        buf_put(&b, entries[i]);
    }
    *out = buf_slice(&b);
    return ok();
}

result tlog_bundle_read(struct arena *a, struct slice data, unsigned width, const struct slice **entries)
{
    if (width == 0 || width > TLOG_WIDTH) return bad_tile(a, "须为 1 至 256 条", "a bundle has 1 to 256 entries");
    struct slice *list = NEW_ARRAY(a, struct slice, width);
    for (unsigned i = 0; i < width; i++) {
        if (data.n < 2) return bad_tile(a, "条数不足", "it ends too early");
        size_t n = (size_t)(unsigned char)data.p[0] << 8 | (unsigned char)data.p[1];
        if (n > data.n - 2) return bad_tile(a, "条目被截断", "an entry is cut off");
        list[i] = slice_sub(data, 2, n);
        data = slice_sub(data, 2 + n, SIZE_MAX);
    }
    if (data.n) return bad_tile(a, "末尾有多余内容", "something follows its last entry");
    *entries = list;
    return ok();
}

/* ---- proofs out of tiles ---- */

static result tile_of(struct tlog_reader *r, struct arena *a, const struct tlog_tile *t, struct slice *data)
{
    struct tlog_tile *have = &r->last[t->level].tile;
    if (have->width != t->width || have->index != t->index) {
        TRY(r->read(r->ctx, a, t, &r->last[t->level].data));
        *have = *t;
    }
    *data = r->last[t->level].data;
    return ok();
}

static result node_of_tiles(void *ctx, struct arena *a, unsigned level, uint64_t index, struct merkle_hash *out)
{
    struct tlog_reader *r = ctx;
    unsigned inside = level % TLOG_BITS;
    uint64_t first = index << inside; /* the place, among the hashes of the tile's level, where it begins */
    struct tlog_tile t = {(int)(level / TLOG_BITS), first >> TLOG_BITS, 0};
    struct slice data;
    t.width = tlog_tile_width(t.level, t.index, r->size);
    if (t.width == 0) return bad_tile(a, "其中没有所要的散列", "the hash asked for is not in it");
    TRY(tile_of(r, a, &t, &data));
    return tlog_tile_node(a, &t, data, inside, (unsigned)(first % TLOG_WIDTH) >> inside, out);
}

struct merkle_source tlog_source(struct tlog_reader *r)
{
    return (struct merkle_source){node_of_tiles, r};
}
