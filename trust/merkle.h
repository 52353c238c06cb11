/* Merkle tree over SHA-256 (RFC 9162, 2.1; the same hashes as RFC 6962): leaves, nodes, proofs made and verified. A hash is a slice of 32
 * bytes; one of another length equals none, so it fails where it is compared. Proofs go from the leaf's side up to the root.
 *
 * Subtrees: [start, end) is a subtree when start is a multiple of the smallest power of two that is at least end - start
 * (draft-ietf-plants-merkle-tree-certs, 4.1); of a tree whole or not, it has a hash of its own and can be tied to the tree's. */
#ifndef TRUST_MERKLE_H
#define TRUST_MERKLE_H

#include "trust/crypto.h"

enum {
    MERKLE_HASH_BYTES = CRYPTO_HASH_BYTES,
    MERKLE_LEVELS = 64,    /* of a tree with at most 2^64 - 1 leaves */
    MERKLE_PROOF_MAX = 65, /* hashes in a proof */
};

struct merkle_hash {
    uint8_t b[MERKLE_HASH_BYTES];
};
static inline struct slice merkle_slice(const struct merkle_hash *h)
{
    return slice_of((const char *)h->b, MERKLE_HASH_BYTES);
}

void merkle_empty(struct merkle_hash *out);                    /* root of a tree without leaves */
void merkle_leaf(struct slice entry, struct merkle_hash *out); /* SHA-256(0x00 | entry) */
/* SHA-256(0x01 | left | right). */
void merkle_node(struct slice left, struct slice right, struct merkle_hash *out);

/* ---- a growing tree: only the hashes at its right edge ---- */
struct merkle_edge {
    uint64_t size;
    struct merkle_hash
        node[MERKLE_LEVELS]; /* node[l]: complete subtree of 2^l leaves, valid when bit l of size is set */
};
/* Told of each complete subtree that a new leaf finishes, the leaf itself first: 2^level leaves from index * 2^level on. */
typedef void merkle_complete(void *ctx, unsigned level, uint64_t index, const struct merkle_hash *hash);
/* A zeroed edge is an empty tree. seen may be NULL. */
void merkle_append(struct merkle_edge *e, const struct merkle_hash *leaf, merkle_complete *seen, void *ctx);
void merkle_edge_root(const struct merkle_edge *e, struct merkle_hash *out);

/* ---- proofs ---- */
/* Where the hashes of complete subtrees come from: of 2^level leaves, the first of which is index * 2^level. */
struct merkle_source {
    result (*node)(void *ctx, struct arena *a, unsigned level, uint64_t index, struct merkle_hash *out);
    void *ctx;
};
struct merkle_proof {
    const struct slice *hash;
    size_t n;
};
/* Hash of the leaves [start, end), which must be a subtree (start 0: the root of the tree of that size). CODE_TLOG_PROOF otherwise, or the
 * source's error. */
MUST result merkle_root(struct arena *a, const struct merkle_source *s, uint64_t start, uint64_t end,
                        struct merkle_hash *out);
/* RFC 9162, 2.1.3.1: that leaf `index` is in the tree of `size` leaves. CODE_TLOG_PROOF: there is no such leaf. */
MUST result merkle_prove_inclusion(struct arena *a, const struct merkle_source *s, uint64_t index, uint64_t size,
                                   struct merkle_proof *out);
/* RFC 9162, 2.1.4.1: that the tree of `before` leaves is the beginning of that of `size`. CODE_TLOG_PROOF: unless 0 < before <= size. */
MUST result merkle_prove_consistency(struct arena *a, const struct merkle_source *s, uint64_t before, uint64_t size,
                                     struct merkle_proof *out);

bool merkle_is_subtree(uint64_t start, uint64_t end);
/* RFC 9162, 2.1.3.2. */
bool merkle_verify_inclusion(uint64_t index, uint64_t size, struct slice leaf, struct merkle_proof proof,
                             struct slice root);
/* The same within a subtree. */
bool merkle_verify_inclusion_in(uint64_t index, uint64_t start, uint64_t end, struct slice leaf,
                                struct merkle_proof proof, struct slice root);
/* RFC 9162, 2.1.4.2. A tree of no leaves is the beginning of all, so nothing can be proven of it: false. */
bool merkle_verify_consistency(uint64_t before, uint64_t size, struct merkle_proof proof, struct slice root_before,
                               struct slice root);
/* That the subtree with this hash is part of the tree. An empty subtree is, with the empty hash and no proof. */
bool merkle_verify_subtree(uint64_t start, uint64_t end, uint64_t size, struct merkle_proof proof, struct slice subtree,
                           struct slice root);

#endif
