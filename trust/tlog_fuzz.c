/* Tiles, bundles, paths and Merkle proofs. First byte: how the rest is read. */
#include "trust/tlog.h"

#include <stdlib.h>

static void path(struct arena *a, struct slice s)
{
    struct tlog_tile t;
    if (tlog_tile_parse(s, &t) && !slice_eq(tlog_tile_path(a, &t), s)) abort();
}

static void bundle(struct arena *a, unsigned width, struct slice s)
{
    const struct slice *entries;
    struct slice again;
    if (failed(tlog_bundle_read(a, s, width, &entries))) return;
    if (failed(tlog_bundle_write(a, entries, width, &again)) || !slice_eq(again, s)) abort();
}

static void tile(struct arena *a, unsigned width, struct slice s)
{
    struct tlog_tile t = {0, 0, width};
    struct merkle_hash h;
    for (unsigned level = 0; level <= TLOG_BITS; level++)
        for (unsigned place = 0; place <= width >> level; place++)
            if (failed(tlog_tile_node(a, &t, s, level, place, &h)) != (s.n != width * 32 || place == width >> level))
                abort();
}

/* Three numbers, two hashes, then a proof. A tree and a proof that hold cannot hold for another root. */
static void proof(struct slice s)
{
    uint64_t n[3];
    struct slice list[MERKLE_PROOF_MAX + 1], x, root;
    struct merkle_proof p = {list, 0};
    if (s.n < sizeof n + 64) return;
    memcpy(n, s.p, sizeof n);
    x = slice_sub(s, sizeof n, 32);
    root = slice_sub(s, sizeof n + 32, 32);
    for (size_t at = sizeof n + 64; at < s.n && p.n <= MERKLE_PROOF_MAX; at += 32) list[p.n++] = slice_sub(s, at, 32);
    bool in = merkle_verify_inclusion(n[0], n[1], x, p, root),
         part = merkle_verify_subtree(n[0], n[1], n[2], p, x, root);
    if (in && n[0] >= n[1]) abort();
    if (part && (n[0] > n[1] || n[1] > n[2])) abort();
    if (in && n[1] == 1 && !slice_eq(x, root)) abort();
    (void)merkle_verify_consistency(n[1], n[2], p, x, root);
    (void)merkle_verify_inclusion_in(n[0], n[1], n[2], x, p, root);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2) return 0;
    struct arena *a = arena_new("fuzz");
    struct slice rest = slice_of((const char *)data + 2, size - 2);
    switch (data[0] % 4) {
    case 0: path(a, rest); break;
    case 1: bundle(a, data[1] + 1u, rest); break;
    case 2: tile(a, data[1] + 1u, rest); break;
    default: proof(rest);
    }
    arena_free(a);
    return 0;
}
