/* Trees, proofs and tiles against a second way to the same hashes: the recursive definition of RFC 9162, 2.1.1. */
#include "base/testing.h"
#include "trust/tlog.h"

enum { SMALL = 40, BIG = 70000 };

/* Leaves are their own numbers; nodes as they were completed; tiles as files would be. */
struct tree {
    struct arena *a;
    struct merkle_edge edge;
    struct merkle_hash *level[20];
    size_t reads;
};

static void keep(void *ctx, unsigned level, uint64_t index, const struct merkle_hash *hash)
{
    struct tree *t = ctx;
    t->level[level][index] = *hash;
}

static void leaf_of(uint64_t i, struct merkle_hash *out)
{
    merkle_leaf(slice_of((const char *)&i, sizeof i), out);
}

static struct tree *grow(struct arena *a, uint64_t size)
{
    struct tree *t = NEW(a, struct tree);
    t->a = a;
    for (unsigned l = 0; l < 20; l++) t->level[l] = NEW_ARRAY(a, struct merkle_hash, (size >> l) + 1);
    for (uint64_t i = 0; i < size; i++) {
        struct merkle_hash h;
        leaf_of(i, &h);
        merkle_append(&t->edge, &h, keep, t);
    }
    return t;
}

static result node(void *ctx, struct arena *a, unsigned level, uint64_t index, struct merkle_hash *out)
{
    struct tree *t = ctx;
    if ((index + 1) << level > t->edge.size) return fail(a, CODE_NOT_FOUND, S("node"), "value", S("node"), NULL);
    *out = t->level[level][index];
    return ok();
}

static void by_definition(uint64_t lo, uint64_t hi, struct merkle_hash *out)
{
    struct merkle_hash left, right;
    uint64_t k = 1;
    if (hi - lo == 1) {
        leaf_of(lo, out);
        return;
    }
    while (k * 2 < hi - lo) k *= 2;
    by_definition(lo, lo + k, &left);
    by_definition(lo + k, hi, &right);
    merkle_node(merkle_slice(&left), merkle_slice(&right), out);
}

static void known_tree(void **state)
{
    struct arena *a = *state;
    static const char *const entries[] = {
        "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"};
    struct merkle_edge e = {0};
    struct merkle_hash h, root;
    struct slice bytes;
    merkle_edge_root(&e, &root);
    assert_slice(hex_encode(a, merkle_slice(&root)),
                 "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    for (size_t i = 0; i < 8; i++) {
        assert_true(hex_decode(a, slice_cstr(entries[i]), &bytes));
        merkle_leaf(bytes, &h);
        merkle_append(&e, &h, NULL, NULL);
    }
    merkle_edge_root(&e, &root);
    assert_slice(hex_encode(a, merkle_slice(&root)),
                 "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328");
}

/* A proof holds; with a byte, a hash or the order changed it does not. */
static void spoil(struct merkle_proof p, bool (*holds)(void *ctx, struct merkle_proof p), void *ctx)
{
    struct slice list[MERKLE_PROOF_MAX];
    char bytes[MERKLE_HASH_BYTES];
    assert_true(holds(ctx, p));
    if (p.n) memcpy(list, p.hash, p.n * sizeof *list);
    for (size_t i = 0; i < p.n; i++) {
        memcpy(bytes, p.hash[i].p, sizeof bytes);
        bytes[i % sizeof bytes] ^= 1;
        list[i].p = bytes;
        assert_false(holds(ctx, (struct merkle_proof){list, p.n}));
        list[i] = slice_sub(p.hash[i], 0, MERKLE_HASH_BYTES - 1);
        assert_false(holds(ctx, (struct merkle_proof){list, p.n}));
        list[i] = p.hash[i];
    }
    if (p.n) assert_false(holds(ctx, (struct merkle_proof){list, p.n - 1}));
    list[p.n] = slice_of(bytes, sizeof bytes);
    memset(bytes, 7, sizeof bytes);
    assert_false(holds(ctx, (struct merkle_proof){list, p.n + 1}));
}

struct claim {
    uint64_t a, b; /* index and size, or both sizes */
    struct slice x, root;
};
static bool included(void *ctx, struct merkle_proof p)
{
    const struct claim *c = ctx;
    return merkle_verify_inclusion(c->a, c->b, c->x, p, c->root);
}
static bool consistent(void *ctx, struct merkle_proof p)
{
    const struct claim *c = ctx;
    return merkle_verify_consistency(c->a, c->b, p, c->x, c->root);
}

static void all_small_proofs(void **state)
{
    struct arena *a = *state;
    struct tree *t = grow(a, SMALL);
    struct merkle_source s = {node, t};
    struct merkle_hash root[SMALL + 1], made, leaf;
    struct merkle_proof p;
    for (uint64_t size = 1; size <= SMALL; size++) {
        by_definition(0, size, &root[size]);
        assert_good(a, merkle_root(a, &s, 0, size, &made));
        assert_memory_equal(&made, &root[size], sizeof made);
        for (uint64_t i = 0; i < size; i++) {
            leaf_of(i, &leaf);
            struct claim in = {i, size, merkle_slice(&leaf), merkle_slice(&root[size])};
            assert_good(a, merkle_prove_inclusion(a, &s, i, size, &p));
            spoil(p, included, &in);
            struct claim grew = {i + 1, size, merkle_slice(&root[i + 1]), merkle_slice(&root[size])};
            assert_good(a, merkle_prove_consistency(a, &s, i + 1, size, &p));
            spoil(p, consistent, &grew);
        }
        assert_code(merkle_prove_inclusion(a, &s, size, size, &p), CODE_TLOG_PROOF);
        assert_code(merkle_prove_consistency(a, &s, size + 1, size, &p), CODE_TLOG_PROOF);
    }
    merkle_edge_root(&t->edge, &made);
    assert_memory_equal(&made, &root[SMALL], sizeof made);
    assert_code(merkle_prove_consistency(a, &s, 0, SMALL, &p), CODE_TLOG_PROOF);
    assert_code(merkle_root(a, &s, 2, 5, &made), CODE_TLOG_PROOF);
}

/* ---- tiles ---- */

static void paths(void **state)
{
    struct arena *a = *state;
    static const struct {
        struct tlog_tile t;
        const char *path;
    } cases[] = {{{0, 1234067, 256}, "tile/0/x001/x234/067"},
                 {{7, 0, 1}, "tile/7/000.p/1"},
                 {{TLOG_BUNDLE, 273, 112}, "tile/entries/273.p/112"},
                 {{1, 1000, 256}, "tile/1/x001/000"},
                 {{0, UINT64_MAX, 255}, "tile/0/x018/x446/x744/x073/x709/x551/615.p/255"}};
    static const char *const bad[] = {"tile/0/1",         "tile/00/001",
                                      "tile/8/001",       "tile/-1/001",
                                      "tile/0/x000/001",  "tile/0/001/002",
                                      "tile/0/x001",      "tile/0/001.p/0",
                                      "tile/0/001.p/256", "tile/0/001.p/01",
                                      "tile/0/001.p/",    "tile/0/0-1",
                                      "tile/0/001/",      "tile/entries/",
                                      "tile//001",        "/tile/0/001",
                                      "tile/0/x-01/001",  "tile/0/x018/x446/x744/x073/x709/x551/616",
                                      "tile/0/../001",    ""};
    struct tlog_tile t;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_slice(tlog_tile_path(a, &cases[i].t), cases[i].path);
        assert_true(tlog_tile_parse(slice_cstr(cases[i].path), &t));
        assert_true(t.level == cases[i].t.level && t.index == cases[i].t.index && t.width == cases[i].t.width);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (tlog_tile_parse(slice_cstr(bad[i]), &t)) fail_msg("accepted: %s", bad[i]);
}

static void widths(void **state)
{
    struct arena *a = *state;
    const struct tlog_tile *list;
    size_t n, per[TLOG_LEVELS + 1] = {0};
    /* the example of the specification */
    assert_int_equal(tlog_tile_width(0, 272, BIG), 256);
    assert_int_equal(tlog_tile_width(0, 273, BIG), 112);
    assert_int_equal(tlog_tile_width(0, 274, BIG), 0);
    assert_int_equal(tlog_tile_width(1, 1, BIG), 17);
    assert_int_equal(tlog_tile_width(2, 0, BIG), 1);
    assert_int_equal(tlog_tile_width(3, 0, BIG), 0);
    assert_int_equal(tlog_tile_width(0, 1, 256), 0);
    assert_int_equal(tlog_tile_width(1, 0, 256), 1);
    assert_int_equal(tlog_tile_width(7, 0, UINT64_MAX), 255);
    assert_int_equal(tlog_tile_width(0, UINT64_MAX, UINT64_MAX), 0);
    assert_good(a, tlog_new_tiles(a, 0, BIG, &list, &n));
    for (size_t i = 0; i < n; i++) per[list[i].level + 1]++;
    assert_true(per[0] == 274 && per[1] == 274 && per[2] == 2 && per[3] == 1 && n == 551);
    assert_good(a, tlog_new_tiles(a, 255, 257, &list, &n));
    assert_int_equal(n, 5); /* bundles 0 and 1, tiles 0 and 1 of level 0, tile 0 of level 1 */
    assert_good(a, tlog_new_tiles(a, 256, 256, &list, &n));
    assert_int_equal(n, 0);
    assert_code(tlog_new_tiles(a, 2, 1, &list, &n), CODE_TLOG_PROOF);
    assert_code(tlog_new_tiles(a, 0, UINT64_MAX, &list, &n), CODE_TOO_LARGE);
}

static result read_tile(void *ctx, struct arena *a, const struct tlog_tile *t, struct slice *data)
{
    struct tree *tree = ctx;
    (void)a;
    tree->reads++;
    assert_int_equal(t->width, tlog_tile_width(t->level, t->index, tree->edge.size));
    *data = slice_of((const char *)&tree->level[t->level * TLOG_BITS][t->index * TLOG_WIDTH],
                     (size_t)t->width * MERKLE_HASH_BYTES);
    return ok();
}

static void proofs_of_tiles(void **state)
{
    struct arena *a = *state;
    struct tree *t = grow(a, BIG);
    struct tlog_reader r = {.size = BIG, .read = read_tile, .ctx = t};
    struct merkle_source tiles = tlog_source(&r), nodes = {node, t};
    struct merkle_hash root, leaf, before;
    struct merkle_proof p, q;
    uint64_t seed = 9;
    merkle_edge_root(&t->edge, &root);
    for (int i = 0; i < 300; i++) {
        uint64_t at = i < 3 ? (uint64_t)i * (BIG - 1) / 2 : test_random(&seed) % BIG;
        leaf_of(at, &leaf);
        assert_good(a, merkle_prove_inclusion(a, &tiles, at, BIG, &p));
        assert_good(a, merkle_prove_inclusion(a, &nodes, at, BIG, &q));
        assert_true(p.n == q.n);
        for (size_t k = 0; k < p.n; k++) assert_true(slice_eq(p.hash[k], q.hash[k]));
        assert_true(merkle_verify_inclusion(at, BIG, merkle_slice(&leaf), p, merkle_slice(&root)));
        assert_good(a, merkle_root(a, &tiles, 0, at + 1, &before));
        assert_good(a, merkle_prove_consistency(a, &tiles, at + 1, BIG, &p));
        assert_true(merkle_verify_consistency(at + 1, BIG, p, merkle_slice(&before), merkle_slice(&root)));
    }
    assert_true(t->reads < 300 * 20);
    struct tlog_tile cut = {0, 0, 3};
    assert_code(tlog_tile_node(a, &cut, slice_of("xyz", 3), 0, 0, &leaf), CODE_TLOG_TILE);
    assert_code(tlog_tile_node(a, &cut, slice_of((const char *)t->level[0], 96), 1, 1, &leaf), CODE_TLOG_TILE);
}

static void bundles(void **state)
{
    struct arena *a = *state;
    struct slice entries[TLOG_WIDTH + 1], data;
    const struct slice *back;
    char *big = arena_zalloc(a, TLOG_ENTRY_MAX + 1, 1);
    for (size_t i = 0; i <= TLOG_WIDTH; i++) entries[i] = arena_printf(a, "entry %zu", i);
    entries[3] = S("");
    entries[4] = slice_of(big, TLOG_ENTRY_MAX);
    assert_good(a, tlog_bundle_write(a, entries, TLOG_WIDTH, &data));
    assert_good(a, tlog_bundle_read(a, data, TLOG_WIDTH, &back));
    for (size_t i = 0; i < TLOG_WIDTH; i++) assert_true(slice_eq(back[i], entries[i]));
    assert_code(tlog_bundle_read(a, data, TLOG_WIDTH - 1, &back), CODE_TLOG_TILE);
    assert_code(tlog_bundle_read(a, slice_sub(data, 0, data.n - 1), TLOG_WIDTH, &back), CODE_TLOG_TILE);
    assert_code(tlog_bundle_read(a, slice_sub(data, 0, 1), 1, &back), CODE_TLOG_TILE);
    assert_code(tlog_bundle_read(a, data, 0, &back), CODE_TLOG_TILE);
    assert_code(tlog_bundle_write(a, entries, TLOG_WIDTH + 1, &data), CODE_TLOG_TILE);
    entries[4].n++;
    assert_code(tlog_bundle_write(a, entries, 5, &data), CODE_TOO_LARGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(known_tree), TEST(all_small_proofs), TEST(paths),
                                       TEST(widths),     TEST(proofs_of_tiles),  TEST(bundles)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
