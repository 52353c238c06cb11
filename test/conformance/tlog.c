/* Merkle proofs: every published vector of inclusion, consistency, and both for subtrees (the good ones hold, the spoilt ones do not);
 * then a log that another implementation wrote as tiles, from its first entry to its last checkpoint.
 * Data: domains/03-registry.tar.xz (see archive.h). */
#include "base/json.h"
#include "test/conformance/archive.h"
#include "trust/tlog.h"
#include "trust/tlog_policy.h"

#include <stdio.h>

enum { VECTORS_MAX = 2000 };

static struct slice bytes(struct arena *a, const struct json *v, const char *key)
{
    struct slice out = {0};
    (void)base64_decode(a, json_string(v, key), &out);
    return out;
}

/* Sizes reach 2^64 - 1, beyond what json_int reads. */
static uint64_t number(const struct json *v, const char *key)
{
    const struct json *n = json_get(v, key);
    uint64_t out = 0;
    if (n) (void)note_number(n->text, &out);
    return out;
}

static struct merkle_proof proof_of(struct arena *a, const struct json *v)
{
    const struct json *list = json_get(v, "proof");
    size_t n = list && list->type == JSON_ARRAY ? list->n : 0;
    struct slice *hash = NEW_ARRAY(a, struct slice, n ? n : 1);
    for (size_t i = 0; i < n; i++) (void)base64_decode(a, list->items[i]->text, &hash[i]);
    return (struct merkle_proof){hash, n};
}

static bool holds(struct arena *a, struct slice kind, const struct json *v)
{
    struct merkle_proof p = proof_of(a, v);
    struct slice root = bytes(a, v, "root"), leaf = bytes(a, v, "leafHash"), r1 = bytes(a, v, "root1"),
                 r2 = bytes(a, v, "root2");
    if (slice_is(kind, "inclusion"))
        return merkle_verify_inclusion(number(v, "leafIdx"), number(v, "treeSize"), leaf, p, root);
    if (slice_is(kind, "consistency"))
        return merkle_verify_consistency(number(v, "size1"), number(v, "size2"), p, r1, r2);
    if (slice_is(kind, "subtreeinclusion"))
        return merkle_verify_inclusion_in(number(v, "leafIdx"), number(v, "start"), number(v, "end"), leaf, p, root);
    return merkle_verify_subtree(number(v, "start"), number(v, "end"), number(v, "size"), p, r1, r2);
}

struct totals {
    unsigned passed, failed;
};

static void vectors(struct arena *a, const char *dir, struct totals *t)
{
    static struct slice names[VECTORS_MAX];
    size_t n = archive_list(a, dir, names, VECTORS_MAX);
    for (size_t i = 0; i < n; i++) {
        struct slice text, kind, rest;
        const struct json *v = NULL;
        if (!slice_ends(names[i], S(".json"))) continue;
        const char *path = arena_cstr(a, arena_printf(a, "%s/%.*s", dir, SLICE_ARG(names[i])));
        (void)slice_cut(names[i], '/', &kind, &rest);
        bool read = !failed(archive_file(a, path, &text)) && !failed(json_parse(a, text, 1 << 20, names[i], &v)) &&
                    json_get(v, "wantErr");
        if (read && holds(a, kind, v) == !json_bool(v, "wantErr", false))
            t->passed++;
        else {
            t->failed++;
            printf("FAILED %.*s\n", SLICE_ARG(names[i]));
        }
    }
}

/* ---- the log of another implementation ---- */

#define LOG_KEY "example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx"
enum { LOG_SIZE = 15 };

static result read_tile(void *ctx, struct arena *a, const struct tlog_tile *t, struct slice *data)
{
    const char *dir = ctx;
    struct slice path = tlog_tile_path(a, t);
    return archive_file(a, arena_cstr(a, arena_printf(a, "%s/%.*s", dir, SLICE_ARG(path))), data);
}

/* The checkpoint of this size is signed by the log's key, its root is that of the tiles, and the tiles' leaves are the entries. */
static result state(struct arena *a, char *dir, const struct tlog_policy *policy, uint64_t size)
{
    struct slice note, data;
    struct tlog_verdict v;
    const struct slice *entries;
    struct merkle_edge edge = {0};
    struct merkle_hash root, leaf, edge_root;
    struct tlog_tile bundle = {TLOG_BUNDLE, 0, (unsigned)size};
    struct tlog_reader r = {.size = size, .read = read_tile, .ctx = dir};
    struct merkle_source s = tlog_source(&r);
    const char *name = arena_cstr(a, arena_printf(a, "%s/checkpoint.%llu", dir, (unsigned long long)size));
    TRY(archive_file(a, name, &note));
    TRY(tlog_policy_check(a, policy, note, &v));
    TRY(merkle_root(a, &s, 0, size, &root));
    TRY(read_tile(dir, a, &bundle, &data));
    TRY(tlog_bundle_read(a, data, bundle.width, &entries));
    for (uint64_t i = 0; i < size; i++) {
        merkle_leaf(entries[i], &leaf);
        merkle_append(&edge, &leaf, NULL, NULL);
    }
    merkle_edge_root(&edge, &edge_root);
    bool same = v.checkpoint.size == size && slice_eq(merkle_slice(&root), v.checkpoint.root) &&
                slice_eq(merkle_slice(&edge_root), v.checkpoint.root);
    return same ? ok() : fail(a, CODE_TLOG_PROOF, S(""), "detail", S("roots differ"), NULL);
}

static unsigned tiled_log(struct arena *a, char *dir)
{
    const struct tlog_policy *policy;
    unsigned good = 0;
    if (failed(tlog_policy_parse(a, S("log " LOG_KEY "\nquorum none\n"), &policy))) return 0;
    for (uint64_t size = 1; size <= LOG_SIZE; size++) {
        result r = state(a, dir, policy, size);
        if (failed(r)) printf("FAILED checkpoint.%u: %.*s\n", (unsigned)size, SLICE_ARG(result_text(a, r, LANG_EN)));
        good += !failed(r);
    }
    return good;
}

int main(void)
{
    struct arena *a = arena_new("tlog");
    const char *path = archive_path(a, "03-registry.tar.xz"), *dir = "";
    int absent = archive_absent("tlog", path);
    struct totals t = {0};
    unsigned states = 0;
    if (!absent && !failed(archive_unpack(a, path, &dir))) {
        vectors(a, arena_cstr(a, arena_printf(a, "%s/03-registry/merkle/testdata", dir)), &t);
        states = tiled_log(a, arena_cstr(a, arena_printf(a, "%s/03-registry/tessera/testdata/log", dir)));
        printf("tlog: %u passed, %u failed\ntlog states of a tiled log: %u of %d\n", t.passed, t.failed, states,
               LOG_SIZE);
    }
    arena_free(a);
    if (absent) return absent;
    return t.failed == 0 && t.passed >= 518 && states == LOG_SIZE ? 0 : 1;
}
