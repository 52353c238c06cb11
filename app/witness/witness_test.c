/* What the witness answers, and that it never forgets what it has said. */
#include "app/witness/witness.h"
#include "base/testing.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LEAVES = 600 };
static const instant NOW = INT64_C(1619744400000);

/* A log in memory: the hashes of all leaves. fork: another history from that leaf on. */
struct memory_log {
    struct note_key key, public;
    struct merkle_hash leaf[2][LEAVES];
};
struct history {
    const struct memory_log *l;
    int which;
};

static result node_of(void *ctx, struct arena *a, unsigned level, uint64_t index, struct merkle_hash *out)
{
    const struct history *h = ctx;
    if (level == 0) {
        *out = h->l->leaf[h->which][index];
        return ok();
    }
    struct merkle_hash left, right;
    TRY(node_of(ctx, a, level - 1, 2 * index, &left));
    TRY(node_of(ctx, a, level - 1, 2 * index + 1, &right));
    merkle_node(merkle_slice(&left), merkle_slice(&right), out);
    return ok();
}

static struct memory_log *new_log(struct arena *a, const char *origin, int fork_at)
{
    struct memory_log *l = NEW(a, struct memory_log);
    struct crypto_key *key;
    assert_good(a, crypto_key_new(a, CRYPTO_ED25519, &key));
    assert_good(a, note_key_make(a, slice_cstr(origin), NOTE_PLAIN, key, &l->key));
    for (int w = 0; w < 2; w++)
        for (int i = 0; i < LEAVES; i++)
            merkle_leaf(arena_printf(a, "%s %d", w && i >= fork_at ? "other" : "entry", i), &l->leaf[w][i]);
    return l;
}

static struct slice signed_note(struct arena *a, const struct memory_log *l, int which, uint64_t size)
{
    struct history h = {l, which};
    struct merkle_source s = {node_of, &h};
    struct merkle_hash root;
    struct slice line;
    if (size)
        assert_good(a, merkle_root(a, &s, 0, size, &root));
    else
        merkle_empty(&root);
    struct slice text = checkpoint_write(a, &(struct checkpoint){l->key.name, size, merkle_slice(&root), {NULL, 0}});
    assert_good(a, note_sign(a, &l->key, text, 0, &line));
    return note_write(a, text, line);
}

static struct slice request(struct arena *a, const struct memory_log *l, int which, uint64_t old, uint64_t size)
{
    struct history h = {l, which};
    struct merkle_source s = {node_of, &h};
    struct merkle_proof p = {NULL, 0};
    struct buf b = buf_new(a, 1 << 20);
    if (old && old < size) assert_good(a, merkle_prove_consistency(a, &s, old, size, &p));
    buf_printf(&b, "old %d\n", (int)old);
    for (size_t i = 0; i < p.n; i++) {
        buf_put(&b, base64_encode(a, p.hash[i]));
        buf_putc(&b, '\n');
    }
    buf_putc(&b, '\n');
    buf_put(&b, signed_note(a, l, which, size));
    return buf_slice(&b);
}

struct kit {
    struct arena *a;
    const char *dir;
    struct memory_log *l;
    struct witness w;
};

static void kit_open(struct kit *k, struct arena *a)
{
    char *dir = arena_cstr(a, S("/tmp/tongban-witness-XXXXXX"));
    assert_non_null(mkdtemp(dir));
    *k = (struct kit){.a = a, .dir = dir, .l = new_log(a, "city.example/log", 300)};
    assert_good(a, witness_init(a, dir, S("court.example/witness")));
    assert_good(a, witness_add_log(a, dir, note_key_text(a, &k->l->key), (struct slice){NULL, 0}));
    assert_good(a, witness_open(a, dir, &k->w));
}

static void kit_close(struct kit *k)
{
    static const char *const NAMES[] = {"witness.key", "logs", "seen/%.*s", "seen", ""};
    struct slice file = crypto_sha256_hex(k->a, S("city.example/log"));
    for (size_t i = 0; i < 5; i++) {
        struct slice name = i == 2 ? arena_printf(k->a, "seen/%.*s", SLICE_ARG(file)) : slice_cstr(NAMES[i]);
        (void)remove(arena_cstr(k->a, arena_printf(k->a, "%s/%.*s", k->dir, SLICE_ARG(name))));
    }
}

static int ask(struct kit *k, struct slice body, struct slice *answer)
{
    struct witness_answer out;
    witness_add(&k->w, k->a, body, NOW, &out);
    if (answer) *answer = out.body;
    return out.status;
}

static void it_cosigns_what_continues(void **state)
{
    struct arena *a = *state;
    struct kit k;
    struct slice lines;
    struct note n;
    uint64_t seconds;
    kit_open(&k, a);
    static const uint64_t SIZES[] = {1, 2, 7, 7, 8, 255, 256, 257, 299};
    uint64_t old = 0;
    for (size_t i = 0; i < sizeof SIZES / sizeof *SIZES; i++) {
        assert_int_equal(ask(&k, request(a, k.l, 0, old, SIZES[i]), &lines), 200);
        struct slice whole = arena_printf(a, "%.*s%.*s", SLICE_ARG(signed_note(a, k.l, 0, SIZES[i])), SLICE_ARG(lines));
        assert_good(a, note_parse(a, whole, &n));
        assert_int_equal(note_check(a, &n, &k.w.key, &seconds), NOTE_GOOD);
        assert_int_equal(seconds, NOW / 1000);
        old = SIZES[i];
        struct witness again; /* another process goes on from the disk */
        assert_good(a, witness_open(a, k.dir, &again));
        k.w = again;
    }
    kit_close(&k);
}

static void it_refuses_rollback_and_forks(void **state)
{
    struct arena *a = *state;
    struct kit k;
    struct slice answer;
    kit_open(&k, a);
    assert_int_equal(ask(&k, request(a, k.l, 0, 0, 400), NULL), 200);
    /* another size than it knows: it says which */
    assert_int_equal(ask(&k, request(a, k.l, 0, 0, 500), &answer), 409);
    assert_slice(answer, "400\n");
    assert_int_equal(ask(&k, request(a, k.l, 0, 200, 300), &answer), 409); /* a rollback */
    assert_slice(answer, "400\n");
    assert_int_equal(ask(&k, request(a, k.l, 0, 400, 300), NULL), 400);
    assert_int_equal(ask(&k, request(a, k.l, 1, 400, 400), &answer), 409); /* another root at the same size */
    assert_int_equal(ask(&k, request(a, k.l, 1, 400, 500), NULL), 422);    /* a fork */
    struct slice good = request(a, k.l, 0, 400, 500);
    /* every hash of the proof counts */
    for (size_t i = 8; i < slice_search(good, S("\n\n")); i += 11) {
        char *bad = arena_cstr(a, good);
        if (bad[i] == '\n' || bad[i] == '=') continue;
        bad[i] = bad[i] == 'A' ? 'B' : 'A';
        int status = ask(&k, slice_of(bad, good.n), NULL);
        if (status != 422 && status != 400) fail_msg("byte %d of the proof changed: %d", (int)i, status);
    }
    assert_int_equal(ask(&k, good, NULL), 200);
    kit_close(&k);
}

static void it_refuses_strangers_and_rubbish(void **state)
{
    struct arena *a = *state;
    struct kit k;
    kit_open(&k, a);
    struct memory_log *unknown = new_log(a, "other.example/log", 0), *forged = new_log(a, "city.example/log", 0);
    assert_int_equal(ask(&k, request(a, unknown, 0, 0, 5), NULL), 404);
    assert_int_equal(ask(&k, request(a, forged, 0, 0, 5), NULL), 403);
    struct slice good = request(a, k.l, 0, 0, 5);
    for (size_t n = 0; n < good.n; n++) {
        int status = ask(&k, slice_sub(good, 0, n), NULL);
        if (status != 400 && status != 403) fail_msg("cut after %d bytes: %d", (int)n, status);
    }
    static const char *const BAD[] = {"",          "old\n\n",    "old -1\n\n", "old 01\n\n", "old 0\nx\n\n",
                                      "new 0\n\n", "old 0\n\n\n"};
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++) assert_int_equal(ask(&k, slice_cstr(BAD[i]), NULL), 400);
    struct buf many = buf_new(a, 1 << 16);
    buf_puts(&many, "old 0\n");
    for (int i = 0; i < 64; i++) buf_puts(&many, "QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE=\n");
    buf_puts(&many, "\n");
    assert_int_equal(ask(&k, buf_slice(&many), NULL), 400);
    assert_int_equal(ask(&k, good, NULL), 200); /* nothing of this was kept */
    kit_close(&k);
}

static void what_it_saw_is_never_taken_for_nothing(void **state)
{
    struct arena *a = *state;
    struct kit k;
    kit_open(&k, a);
    assert_int_equal(ask(&k, request(a, k.l, 0, 0, 5), NULL), 200);
    struct slice file = k.w.logs[0].file;
    assert_good(a, log_file_put(a, k.dir, file, S("half a note"), 0644));
    assert_int_equal(ask(&k, request(a, k.l, 0, 0, 5), NULL), 500);
    struct witness w;
    assert_true(failed(witness_open(a, k.dir, &w)));
    assert_good(a, log_file_put(a, k.dir, file, signed_note(a, k.l, 0, 5), 0644)); /* not cosigned by it */
    assert_code(witness_open(a, k.dir, &w), CODE_NOTE_SIGNATURE);
    assert_code(witness_init(a, k.dir, S("other")), CODE_CONFLICT);
    assert_int_equal(chmod(arena_cstr(a, arena_printf(a, "%s/witness.key", k.dir)), 0644), 0);
    assert_code(witness_open(a, k.dir, &w), CODE_CRYPTO_KEY);
    kit_close(&k);
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(it_cosigns_what_continues), TEST(it_refuses_rollback_and_forks),
                                       TEST(it_refuses_strangers_and_rubbish),
                                       TEST(what_it_saw_is_never_taken_for_nothing)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
