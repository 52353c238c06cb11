/* Verifying proofs. One routine serves consistency and subtrees: a tree's beginning is the subtree from 0 on. */
#include "trust/merkle.h"

static bool well_formed(struct merkle_proof p)
{
    if (p.n > MERKLE_PROOF_MAX) return false;
    for (size_t i = 0; i < p.n; i++)
        if (p.hash[i].n != MERKLE_HASH_BYTES) return false;
    return true;
}

bool merkle_verify_inclusion(uint64_t index, uint64_t size, struct slice leaf, struct merkle_proof proof,
                             struct slice root)
{
    if (index >= size || leaf.n != MERKLE_HASH_BYTES || !well_formed(proof)) return false;
    struct merkle_hash h;
    uint64_t at = index, last = size - 1;
    memcpy(h.b, leaf.p, sizeof h.b);
    for (size_t i = 0; i < proof.n; i++) {
        if (last == 0) return false;
        if ((at & 1) || at == last) {
            merkle_node(proof.hash[i], merkle_slice(&h), &h);
            while (!(at & 1) && at != 0) { /* levels at which it stands alone at the right */
                at >>= 1;
                last >>= 1;
            }
        } else
            merkle_node(merkle_slice(&h), proof.hash[i], &h);
        at >>= 1;
        last >>= 1;
    }
    return last == 0 && slice_eq(merkle_slice(&h), root);
}

bool merkle_verify_inclusion_in(uint64_t index, uint64_t start, uint64_t end, struct slice leaf,
                                struct merkle_proof proof, struct slice root)
{
    if (!merkle_is_subtree(start, end) || index < start || index >= end) return false;
    return merkle_verify_inclusion(index - start, end - start, leaf, proof, root);
}

/* Left edge of the subtree, its last leaf, the tree's last leaf: as seen from a level. */
struct position {
    uint64_t left, last, tree;
};

static void rise(struct position *p)
{
    p->left >>= 1;
    p->last >>= 1;
    p->tree >>= 1;
}

/* From `from` on: the first of the proof, or the subtree's own hash when that is complete. */
static bool climb(struct position p, struct merkle_proof proof, size_t next, struct slice from, struct slice subtree,
                  struct slice root)
{
    struct merkle_hash sub, whole;
    if (next == proof.n) return p.tree == 0 && slice_eq(from, subtree) && slice_eq(from, root);
    if (from.n != MERKLE_HASH_BYTES) return false;
    memcpy(sub.b, from.p, sizeof sub.b);
    whole = sub;
    for (; next < proof.n; next++) {
        if (p.tree == 0) return false;
        if ((p.last & 1) || p.last == p.tree) {
            if (p.left < p.last) merkle_node(proof.hash[next], merkle_slice(&sub), &sub);
            merkle_node(proof.hash[next], merkle_slice(&whole), &whole);
            while (!(p.last & 1) && p.last != 0) rise(&p);
        } else
            merkle_node(merkle_slice(&whole), proof.hash[next], &whole);
        rise(&p);
    }
    return p.tree == 0 && slice_eq(merkle_slice(&sub), subtree) && slice_eq(merkle_slice(&whole), root);
}

bool merkle_verify_subtree(uint64_t start, uint64_t end, uint64_t size, struct merkle_proof proof, struct slice subtree,
                           struct slice root)
{
    struct merkle_hash empty;
    if (!merkle_is_subtree(start, end) || end > size || !well_formed(proof)) return false;
    if (start == end) {
        merkle_empty(&empty);
        return proof.n == 0 && slice_eq(subtree, merkle_slice(&empty));
    }
    struct position p = {start, end - 1, size - 1};
    if (p.last == p.tree)
        while (p.left != p.last) rise(&p);
    else
        while (p.left != p.last && (p.last & 1)) rise(&p);
    if (p.left == p.last) return climb(p, proof, 0, subtree, subtree, root);
    return proof.n > 0 && climb(p, proof, 1, proof.hash[0], subtree, root);
}

bool merkle_verify_consistency(uint64_t before, uint64_t size, struct merkle_proof proof, struct slice root_before,
                               struct slice root)
{
    return before > 0 && merkle_verify_subtree(0, before, size, proof, root_before, root);
}
