#include "app/log/client.h"

#include <unistd.h>

#include "trust/log_entry.h"

enum { BUNDLE_MAX = TLOG_WIDTH * (TLOG_ENTRY_MAX + 2) };

static result read_local(void *ctx, struct arena *a, const struct tlog_tile *t, struct slice *data)
{
    bool there;
    struct slice path = tlog_tile_path(a, t);
    TRY(log_file_get(a, ctx, path, BUNDLE_MAX, data, &there));
    return there ? ok() : fail(a, CODE_NOT_FOUND, S("tile"), "value", path, NULL);
}

struct tlog_reader log_mirror_reader(const char *dir, uint64_t size)
{
    return (struct tlog_reader){.size = size, .read = read_local, .ctx = (void *)(uintptr_t)dir};
}

/* The right edge of the mirrored tree, out of its tiles. */
static result edge_of(struct arena *a, const char *dir, uint64_t size, struct merkle_edge *e)
{
    struct tlog_reader reader = log_mirror_reader(dir, size);
    struct merkle_source source = tlog_source(&reader);
    *e = (struct merkle_edge){.size = size};
    uint64_t before = 0;
    for (unsigned l = MERKLE_LEVELS; l-- > 0;) {
        if (!(size >> l & 1)) continue;
        TRY(source.node(source.ctx, a, l, before >> l, &e->node[l]));
        before += (uint64_t)1 << l;
    }
    return ok();
}

/* Tiles of hashes under way, one a level. */
struct sheet {
    uint64_t index;
    unsigned width;
    bool begun;
    char data[TLOG_WIDTH * MERKLE_HASH_BYTES];
};
struct mirroring {
    struct arena *a; /* of the result */
    struct arena *work;
    struct slice url;
    const char *dir;
    struct merkle_edge edge;
    struct sheet sheets[TLOG_LEVELS];
    uint64_t before, fetched;
    bool trust_files; /* full bundles that lie there from a stopped run are read instead of fetched */
    result failure;
};

static result put_sheet(struct mirroring *m, int level)
{
    struct sheet *s = &m->sheets[level];
    struct tlog_tile t = {level, s->index, s->width};
    if (!s->begun || s->width == 0) return ok();
    return log_file_put(m->work, m->dir, tlog_tile_path(m->work, &t),
                        slice_of(s->data, (size_t)s->width * MERKLE_HASH_BYTES), 0644);
}

/* What the mirror has of the tile that grows next. */
static result begin_sheet(struct mirroring *m, int level, uint64_t at)
{
    struct sheet *s = &m->sheets[level];
    struct slice data;
    if (s->begun) TRY(put_sheet(m, level));
    s->begun = true;
    s->index = at / TLOG_WIDTH;
    s->width = (unsigned)(at % TLOG_WIDTH);
    if (!s->width) return ok();
    TRY(read_local((void *)(uintptr_t)m->dir, m->work, &(struct tlog_tile){level, s->index, s->width}, &data));
    if (data.n != (size_t)s->width * MERKLE_HASH_BYTES)
        return fail(m->work, CODE_TLOG_TILE, S("tile"), "detail_zh", S("长度有误"), "detail_en", S("its length"), NULL);
    memcpy(s->data, data.p, data.n);
    return ok();
}

static void grown(void *ctx, unsigned level, uint64_t index, const struct merkle_hash *hash)
{
    struct mirroring *m = ctx;
    if (level % TLOG_BITS || failed(m->failure)) return;
    int at = (int)(level / TLOG_BITS);
    struct sheet *s = &m->sheets[at];
    if (!s->begun || s->index != index / TLOG_WIDTH) m->failure = begin_sheet(m, at, index);
    if (failed(m->failure)) return;
    memcpy(s->data + (size_t)s->width * MERKLE_HASH_BYTES, hash->b, MERKLE_HASH_BYTES);
    s->width++;
}

static result bundle(struct mirroring *m, const struct tlog_tile *t, struct slice *data)
{
    bool there = false;
    struct slice path = tlog_tile_path(m->work, t);
    if (t->width == TLOG_WIDTH && m->trust_files) TRY(log_file_get(m->work, m->dir, path, BUNDLE_MAX, data, &there));
    if (there) return ok();
    TRY(log_get(m->work, m->url, path, BUNDLE_MAX, data));
    m->fetched++;
    return log_file_put(m->work, m->dir, path, *data, 0644);
}

static result edited_entry(struct arena *a, uint64_t index, struct slice entry)
{
    struct log_leaf leaf;
    struct slice id = log_entry_read(a, entry, &leaf) ? id_text(a, leaf.id) : S("?");
    unsigned long long n = index + 1;
    return fail(
        a, CODE_LOG_FORK, S(""), "detail_zh",
        arena_printf(a, "第 %llu 条（%.*s）与其散列不符，是后来被改的", n, SLICE_ARG(id)), "detail_en",
        arena_printf(a, "entry %llu (%.*s) has not the hash it came in with: it was edited since", n, SLICE_ARG(id)),
        NULL);
}

/* Entries of one bundle, the first n of them, against the hashes that they must have. */
static result same_entries(struct arena *a, uint64_t bundle, const struct slice *entries, size_t n, struct slice hashes)
{
    for (size_t i = 0; i < n; i++) {
        struct merkle_hash h;
        merkle_leaf(entries[i], &h);
        if (!slice_eq(merkle_slice(&h), slice_sub(hashes, i * sizeof h, sizeof h)))
            return edited_entry(a, bundle * TLOG_WIDTH + i, entries[i]);
    }
    return ok();
}

/* A bundle that was mirrored in part before still begins with the same entries. */
static result known_part(struct mirroring *m, const struct tlog_tile *t, const struct slice *entries)
{
    struct tlog_tile known = {0, t->index, (unsigned)(m->edge.size % TLOG_WIDTH)};
    struct slice hashes;
    if (!known.width) return ok();
    TRY(read_local((void *)(uintptr_t)m->dir, m->work, &known, &hashes));
    return same_entries(m->work, t->index, entries, known.width, hashes);
}

static result add_bundle(struct mirroring *m, uint64_t size)
{
    struct tlog_tile t = {TLOG_BUNDLE, m->edge.size / TLOG_WIDTH, 0};
    struct slice data;
    const struct slice *entries;
    t.width = tlog_tile_width(t.level, t.index, size);
    TRY(bundle(m, &t, &data));
    TRY(tlog_bundle_read(m->work, data, t.width, &entries));
    TRY(known_part(m, &t, entries));
    for (unsigned i = (unsigned)(m->edge.size % TLOG_WIDTH); i < t.width; i++) {
        struct merkle_hash h;
        merkle_leaf(entries[i], &h);
        merkle_append(&m->edge, &h, grown, m);
        TRY(m->failure);
    }
    return ok();
}

/* Entries from the mirror's end to the checkpoint's size; tiles of hashes as they come out. */
static result grow(struct mirroring *m, uint64_t size, struct merkle_hash *root)
{
    while (m->edge.size < size) {
        result r = add_bundle(m, size);
        TRY(failed(r) ? result_copy(m->a, r) : r);
        arena_reset(m->work);
    }
    for (int level = 0; level < TLOG_LEVELS; level++) {
        result r = put_sheet(m, level);
        TRY(failed(r) ? result_copy(m->a, r) : r);
    }
    merkle_edge_root(&m->edge, root);
    return ok();
}

static result mirrored_before(struct arena *a, const char *dir, struct checkpoint *out)
{
    struct slice note;
    struct note n;
    bool there;
    *out = (struct checkpoint){.size = 0};
    TRY(log_file_get(a, dir, S("checkpoint"), NOTE_MAX_BYTES, &note, &there));
    if (!there) return ok();
    TRY(note_parse(a, note, &n));
    return checkpoint_parse(a, n.text, out);
}

static result not_the_root(struct arena *a, const char *zh, const char *en)
{
    return fail(a, CODE_LOG_FORK, S(""), "detail_zh", slice_cstr(zh), "detail_en", slice_cstr(en), NULL);
}

/* Which entry it is that was edited, where the server's own tiles say so. */
static result served_wrong(struct mirroring *m, uint64_t from, uint64_t size)
{
    for (uint64_t b = from / TLOG_WIDTH; b * TLOG_WIDTH < size; b++) {
        struct tlog_tile t = {TLOG_BUNDLE, b, tlog_tile_width(TLOG_BUNDLE, b, size)}, known = {0, b, t.width};
        struct slice data, hashes;
        const struct slice *entries;
        arena_reset(m->work);
        TRY(read_local((void *)(uintptr_t)m->dir, m->work, &t, &data));
        TRY(tlog_bundle_read(m->work, data, t.width, &entries));
        TRY(log_get(m->work, m->url, tlog_tile_path(m->work, &known), sizeof m->sheets[0].data, &hashes));
        TRY(same_entries(m->work, b, entries, t.width, hashes));
    }
    return not_the_root(m->work, "所提供的条目得不出检查点的根，或与此前的条目不同",
                        "the entries served do not give the checkpoint's root, or do not continue what was mirrored");
}

/* Partial tiles of before, which a wider one replaces. */
static void remove_old(struct arena *a, const char *dir, uint64_t before, uint64_t size)
{
    for (int level = TLOG_BUNDLE; level < TLOG_LEVELS; level++) {
        unsigned bits = level > 0 ? (unsigned)level * TLOG_BITS : 0;
        struct tlog_tile t = {level, (before >> bits) / TLOG_WIDTH, 0};
        t.width = tlog_tile_width(level, t.index, before);
        if (t.width == 0 || t.width == TLOG_WIDTH || tlog_tile_width(level, t.index, size) == t.width) continue;
        struct slice path = tlog_tile_path(a, &t), folder = slice_sub(path, 0, slice_search(path, S(".p/")) + 2);
        (void)unlink(arena_cstr(a, arena_printf(a, "%s/%.*s", dir, SLICE_ARG(path))));
        (void)rmdir(arena_cstr(a, arena_printf(a, "%s/%.*s", dir, SLICE_ARG(folder))));
    }
}

static result attempt(struct mirroring *m, const struct checkpoint *old, const struct checkpoint *now)
{
    struct merkle_hash root;
    memset(m->sheets, 0, sizeof m->sheets);
    TRY(edge_of(m->a, m->dir, old->size, &m->edge));
    merkle_edge_root(&m->edge, &root);
    if (old->size && !slice_eq(merkle_slice(&root), old->root))
        return not_the_root(m->a, "镜像目录中的分片与其检查点不符",
                            "the tiles of the folder do not give its checkpoint's root");
    TRY(grow(m, now->size, &root));
    if (slice_eq(merkle_slice(&root), now->root)) return ok();
    return result_copy(m->a, served_wrong(m, old->size, now->size));
}

result log_mirror(struct arena *a, struct slice url, const char *dir, const struct tlog_policy *policy,
                  struct log_mirrored *out)
{
    struct checkpoint now, old;
    struct slice note;
    TRY(log_remote_checkpoint(a, url, policy, &note, &now));
    TRY(mirrored_before(a, dir, &old));
    if (now.size < old.size) return log_remote_extends(a, url, &now, &old);
    if (old.origin.n && !slice_eq(old.origin, now.origin))
        return fail(a, CODE_TLOG_UNKNOWN, S(""), "value", now.origin, NULL);
    struct mirroring *m = NEW(a, struct mirroring);
    *m = (struct mirroring){
        .a = a, .work = arena_new("mirror"), .url = url, .dir = dir, .before = old.size, .trust_files = true};
    result r = attempt(m, &old, &now);
    if (result_code(r) == CODE_LOG_FORK || result_code(r) == CODE_TLOG_TILE) {
        m->trust_files = false; /* perhaps what a stopped run left is to blame */
        m->failure = ok();
        r = attempt(m, &old, &now);
    }
    arena_free(m->work);
    TRY(r);
    TRY(log_file_put(a, dir, S("checkpoint"), note, 0644));
    remove_old(a, dir, old.size, now.size);
    *out = (struct log_mirrored){old.size, now.size, m->fetched, now.root, note};
    return ok();
}
