/* Hashes, the right edge, and making proofs. */
#include "trust/merkle.h"

void merkle_empty(struct merkle_hash *out)
{
    crypto_sha256(S(""), out->b);
}

void merkle_leaf(struct slice entry, struct merkle_hash *out)
{
    const struct slice parts[] = {{"\0", 1}, entry};
    crypto_sha256_parts(parts, 2, out->b);
}

void merkle_node(struct slice left, struct slice right, struct merkle_hash *out)
{
    const struct slice parts[] = {{"\1", 1}, left, right};
    struct merkle_hash h; /* out may be one of the two */
    crypto_sha256_parts(parts, 3, h.b);
    *out = h;
}

/* ---- the right edge ---- */

void merkle_append(struct merkle_edge *e, const struct merkle_hash *leaf, merkle_complete *seen, void *ctx)
{
    struct merkle_hash h = *leaf;
    uint64_t index = e->size;
    unsigned level = 0;
    if (seen) seen(ctx, 0, index, &h);
    for (; e->size >> level & 1; level++) {
        merkle_node(merkle_slice(&e->node[level]), merkle_slice(&h), &h);
        index >>= 1;
        if (seen) seen(ctx, level + 1, index, &h);
    }
    e->node[level] = h;
    e->size++;
}

void merkle_edge_root(const struct merkle_edge *e, struct merkle_hash *out)
{
    bool any = false;
    merkle_empty(out);
    for (unsigned level = 0; level < MERKLE_LEVELS; level++) {
        if (!(e->size >> level & 1)) continue;
        if (any)
            merkle_node(merkle_slice(&e->node[level]), merkle_slice(out), out);
        else
            *out = e->node[level];
        any = true;
    }
}

/* ---- making proofs ---- */

static result none(struct arena *a, const char *zh, const char *en)
{
    return fail(a, CODE_TLOG_PROOF, S(""), "detail_zh", slice_cstr(zh), "detail_en", slice_cstr(en), NULL);
}

/* The largest power of two below n; n >= 2. */
static uint64_t split(uint64_t n)
{
    return UINT64_C(1) << (63 - __builtin_clzll(n - 1));
}

static unsigned level_of(uint64_t power)
{
    return (unsigned)__builtin_ctzll(power);
}

bool merkle_is_subtree(uint64_t start, uint64_t end)
{
    if (start > end) return false;
    uint64_t n = end - start;
    if (n <= 1 || start == 0) return true;
    if (n > UINT64_C(1) << 63) return false;
    uint64_t power = split(n) << 1; /* the smallest power of two >= n */
    return start % power == 0;
}

/* Of [lo, hi), a subtree that is not empty: its complete parts from the left, then joined from the right. */
static result range_hash(struct arena *a, const struct merkle_source *s, uint64_t lo, uint64_t hi,
                         struct merkle_hash *out)
{
    struct merkle_hash part[MERKLE_LEVELS];
    size_t n = 0;
    while (lo < hi) {
        uint64_t rest = hi - lo, take = (rest & (rest - 1)) == 0 ? rest : split(rest);
        TRY(s->node(s->ctx, a, level_of(take), lo / take, &part[n++]));
        lo += take;
    }
    *out = part[--n];
    while (n > 0) merkle_node(merkle_slice(&part[--n]), merkle_slice(out), out);
    return ok();
}

result merkle_root(struct arena *a, const struct merkle_source *s, uint64_t start, uint64_t end,
                   struct merkle_hash *out)
{
    if (!merkle_is_subtree(start, end)) return none(a, "不是一棵子树", "not a subtree");
    if (start < end) return range_hash(a, s, start, end, out);
    merkle_empty(out);
    return ok();
}

/* Hashes found from the root downwards. */
struct steps {
    struct arena *a;
    const struct merkle_source *s;
    struct merkle_hash *hash;
    size_t n;
};

static result step(struct steps *p, uint64_t lo, uint64_t hi)
{
    return range_hash(p->a, p->s, lo, hi, &p->hash[p->n++]);
}

static void upwards(const struct steps *p, struct merkle_proof *out)
{
    struct slice *list = NEW_ARRAY(p->a, struct slice, p->n ? p->n : 1);
    for (size_t i = 0; i < p->n; i++) list[i] = merkle_slice(&p->hash[p->n - 1 - i]);
    *out = (struct merkle_proof){list, p->n};
}

static struct steps steps_new(struct arena *a, const struct merkle_source *s)
{
    return (struct steps){a, s, NEW_ARRAY(a, struct merkle_hash, MERKLE_PROOF_MAX), 0};
}

result merkle_prove_inclusion(struct arena *a, const struct merkle_source *s, uint64_t index, uint64_t size,
                              struct merkle_proof *out)
{
    struct steps p = steps_new(a, s);
    uint64_t lo = 0, hi = size;
    if (index >= size) return none(a, "日志中没有这一条", "the tree has no such leaf");
    while (hi - lo > 1) {
        uint64_t middle = lo + split(hi - lo);
        if (index < middle) {
            TRY(step(&p, middle, hi));
            hi = middle;
        } else {
            TRY(step(&p, lo, middle));
            lo = middle;
        }
    }
    upwards(&p, out);
    return ok();
}

result merkle_prove_consistency(struct arena *a, const struct merkle_source *s, uint64_t before, uint64_t size,
                                struct merkle_proof *out)
{
    struct steps p = steps_new(a, s);
    uint64_t lo = 0, hi = size;
    if (before == 0 || before > size)
        return none(a, "须为非空且不大于现树的旧树", "the earlier tree must not be empty nor larger");
    while (before != hi) {
        uint64_t middle = lo + split(hi - lo);
        if (before <= middle) {
            TRY(step(&p, middle, hi));
            hi = middle;
        } else {
            TRY(step(&p, lo, middle));
            lo = middle;
        }
    }
    if (lo > 0) TRY(step(&p, lo, hi)); /* else it is the earlier root, which the verifier has */
    upwards(&p, out);
    return ok();
}
