/* A transparency log as files (C2SP tlog-tiles): tiles of 256 hashes, bundles of 256 entries, their paths. Computes only; who stores or
 * fetches them hands in a reader. */
#ifndef TRUST_TLOG_H
#define TRUST_TLOG_H

#include "trust/merkle.h"

enum {
    TLOG_BITS = 8,
    TLOG_WIDTH = 1 << TLOG_BITS,
    TLOG_BUNDLE = -1,             /* level of the bundles of entries */
    TLOG_LEVELS = 8,              /* of tiles, in a tree of 2^64 - 1 leaves */
    TLOG_ENTRY_MAX = 65535,       /* bytes: the length is 16 bits */
    TLOG_NEW_TILES_MAX = 1 << 20, /* in one step of growth */
};

struct tlog_tile {
    int level; /* 0 to TLOG_LEVELS - 1, or TLOG_BUNDLE */
    uint64_t index;
    unsigned width; /* 1 to 256; below 256 it is partial */
};
/* "tile/0/x001/234.p/5", "tile/entries/000": relative to the log's address. */
struct slice tlog_tile_path(struct arena *a, const struct tlog_tile *t);
/* Accepts exactly what tlog_tile_path writes. */
bool tlog_tile_parse(struct slice path, struct tlog_tile *out);
/* Hashes (or entries) that this tile has in a tree of `size` leaves; 0: there is no such tile. */
unsigned tlog_tile_width(int level, uint64_t index, uint64_t size);
/* The tiles of hashes and bundles that are new or wider in the tree of `size` than in that of `before`: bundles first, then by level. A tile
 * stands once, with its last width. CODE_TOO_LARGE beyond TLOG_NEW_TILES_MAX; CODE_TLOG_PROOF when before > size. */
MUST result tlog_new_tiles(struct arena *a, uint64_t before, uint64_t size, const struct tlog_tile **out, size_t *n);

/* ---- contents ---- */
/* width * 32 bytes, else CODE_TLOG_TILE. *out is the hash of the complete subtree of 2^level hashes of the tile (level 0 to 8), from
 * place * 2^level on. */
MUST result tlog_tile_node(struct arena *a, const struct tlog_tile *t, struct slice data, unsigned level,
                           unsigned place, struct merkle_hash *out);
/* Entries, each behind its length (16 bits, big-endian). CODE_TOO_LARGE: an entry beyond TLOG_ENTRY_MAX. CODE_TLOG_TILE: none, or too many. */
MUST result tlog_bundle_write(struct arena *a, const struct slice *entries, size_t n, struct slice *out);
/* *entries point into data. CODE_TLOG_TILE: not exactly `width` entries. */
MUST result tlog_bundle_read(struct arena *a, struct slice data, unsigned width, const struct slice **entries);

/* ---- proofs out of tiles ---- */
struct tlog_reader {
    uint64_t size; /* of the tree the tiles are read for */
    /* The bytes of a tile, in an arena that lives while the reader is used. */
    result (*read)(void *ctx, struct arena *a, const struct tlog_tile *t, struct slice *data);
    void *ctx;
    /* the last tile read of each level */
    struct {
        struct tlog_tile tile;
        struct slice data;
    } last[TLOG_LEVELS];
};
/* Hashes for merkle_root and merkle_prove_…, whose proofs tie what untrusted tiles say to a root. r outlives it. */
struct merkle_source tlog_source(struct tlog_reader *r);

#endif
