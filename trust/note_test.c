/* Signed notes, checkpoints, cosignatures, policies, and proofs that stand alone. */
#include "base/testing.h"
#include "trust/log_entry.h"
#include "trust/tlog_policy.h"
#include "trust/verify.h"

/* Key and note published in the specification of signed notes. */
#define VKEY "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
#define NOTE                                                       \
    "This is an example message.\n\n\xe2\x80\x94 example.com/foo " \
    "Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n"

static struct note_key new_key(struct arena *a, const char *name, enum note_type type)
{
    struct crypto_key *key;
    struct note_key k;
    assert_good(a, crypto_key_new(a, CRYPTO_ED25519, &key));
    assert_good(a, note_key_make(a, slice_cstr(name), type, key, &k));
    return k;
}

static void published_note(void **state)
{
    struct arena *a = *state;
    struct note_key k;
    struct note n;
    uint64_t at = 7;
    assert_good(a, note_key_parse(a, S(VKEY), &k));
    assert_slice(note_key_text(a, &k), VKEY);
    assert_good(a, note_parse(a, S(NOTE), &n));
    assert_slice(n.text, "This is an example message.\n");
    assert_int_equal(note_check(a, &n, &k, &at), NOTE_GOOD);
    assert_true(at == 0);
    char *changed = arena_cstr(a, S(NOTE));
    changed[5] = 'I';
    assert_good(a, note_parse(a, slice_cstr(changed), &n));
    assert_int_equal(note_check(a, &n, &k, NULL), NOTE_BAD);
    struct note_key other = new_key(a, "example.com/foo", NOTE_PLAIN);
    assert_int_equal(note_check(a, &n, &other, NULL), NOTE_ABSENT);
    assert_true(other.id != k.id);
}

static void malformed_notes(void **state)
{
    struct arena *a = *state;
    static const char *const bad[] = {
        "",
        "text\n",
        "text\n\n",
        "text\n\n\xe2\x80\x94 name AAAAAAAA",   /* no last newline */
        "text\n\n\xe2\x80\x94 name AAAAAA==\n", /* an id and nothing more */
        "text\n\n\xe2\x80\x94 name AAAAAAB\n",  /* no base64 */
        "text\n\n- name AAAAAAAA\n",            /* not the dash */
        "text\n\n\xe2\x80\x94  AAAAAAAA\n",     /* no name */
        "text\n\n\xe2\x80\x94 na+me AAAAAAAA\n",
        "text\n\n\xe2\x80\x94 na\xe3\x80\x80me AAAAAAAA\n", /* a wide space */
        "te\rxt\n\n\xe2\x80\x94 name AAAAAAAA\n",
        "te\xffxt\n\n\xe2\x80\x94 name AAAAAAAA\n",
        "text\n\n\xe2\x80\x94 name AAAAAAAA\n\n", /* the last empty line has nothing behind it */
    };
    struct note n;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (result_code(note_parse(a, slice_cstr(bad[i]), &n)) != CODE_NOTE_MALFORMED) fail_msg("accepted: %zu", i);
    struct buf b = buf_new(a, 1 << 16);
    buf_puts(&b, "text\n\nmore\n\n");
    for (int i = 0; i < NOTE_SIGNATURES_MAX; i++) buf_puts(&b, "\xe2\x80\x94 name AAAAAAAA\n");
    assert_good(a, note_parse(a, buf_slice(&b), &n));
    assert_slice(n.text, "text\n\nmore\n");
    assert_int_equal(n.n, NOTE_SIGNATURES_MAX);
    buf_puts(&b, "\xe2\x80\x94 name AAAAAAAA\n");
    assert_code(note_parse(a, buf_slice(&b), &n), CODE_NOTE_MALFORMED);
}

static void malformed_keys(void **state)
{
    struct arena *a = *state;
    static const char *const bad[] = {"",
                                      "example.com/foo",
                                      "example.com/foo+530d903b+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
                                      "example.com/bar+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
                                      "example.com/foo+530D903A+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
                                      "example.com/foo+530d903a+AukyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
                                      "+530d903a+AekyeRrm",
                                      "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U0="};
    struct note_key k;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (result_code(note_key_parse(a, slice_cstr(bad[i]), &k)) != CODE_NOTE_KEY) fail_msg("accepted: %s", bad[i]);
    struct crypto_key *sm2;
    assert_good(a, crypto_key_new(a, CRYPTO_SM2, &sm2));
    assert_code(note_key_make(a, S("name"), NOTE_PLAIN, sm2, &k), CODE_NOTE_KEY);
}

static void checkpoints(void **state)
{
    struct arena *a = *state;
    static const char *const bad[] = {"log\n",
                                      "log\n1\n",
                                      "log\n1\nAAAA\n",
                                      "\n1\nrKbDipCvhuX1GZ7g5BBe8sA6BbJ7ja/1nk427v383cs=\n",
                                      "log\n01\nrKbDipCvhuX1GZ7g5BBe8sA6BbJ7ja/1nk427v383cs=\n",
                                      "log\n-1\nrKbDipCvhuX1GZ7g5BBe8sA6BbJ7ja/1nk427v383cs=\n",
                                      "log\n18446744073709551616\nrKbDipCvhuX1GZ7g5BBe8sA6BbJ7ja/1nk427v383cs=\n",
                                      "log\n1\nrKbDipCvhuX1GZ7g5BBe8sA6BbJ7ja/1nk427v383cs=\n\nx\n",
                                      "log\n1\nrKbDipCvhuX1GZ7g5BBe8sA6BbJ7ja/1nk427v383cs=\nx"};
    struct slice text = S("log\n18446744073709551615\nrKbDipCvhuX1GZ7g5BBe8sA6BbJ7ja/1nk427v383cs=\nmore\nlines\n");
    struct checkpoint c;
    assert_good(a, checkpoint_parse(a, text, &c));
    assert_true(c.size == UINT64_MAX && c.root.n == 32);
    assert_slice(c.extensions, "more\nlines\n");
    assert_true(slice_eq(checkpoint_write(a, &c), text));
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (result_code(checkpoint_parse(a, slice_cstr(bad[i]), &c)) != CODE_NOTE_MALFORMED)
            fail_msg("accepted: %zu", i);
}

/* ---- policy ---- */

enum { WITNESSES = 3 };
struct world {
    struct note_key log, witness[WITNESSES];
    struct merkle_edge tree;
    struct merkle_hash leaf, root;
    struct slice text; /* of the checkpoint */
};

static struct world *world(struct arena *a)
{
    static const char *const names[] = {"court.example", "tax.example", "housing.example"};
    struct world *w = NEW(a, struct world);
    w->log = new_key(a, "city.example/log", NOTE_PLAIN);
    for (int i = 0; i < WITNESSES; i++) w->witness[i] = new_key(a, names[i], NOTE_COSIGNATURE);
    merkle_leaf(S("a licence"), &w->leaf);
    merkle_append(&w->tree, &w->leaf, NULL, NULL);
    merkle_edge_root(&w->tree, &w->root);
    struct checkpoint c = {S("city.example/log"), 1, merkle_slice(&w->root), S("")};
    w->text = checkpoint_write(a, &c);
    return w;
}

/* The log's signature, and of those witnesses whose bit is set. */
static struct slice checkpoint_of(struct arena *a, const struct world *w, unsigned witnesses)
{
    struct buf lines = buf_new(a, 4096);
    struct slice line;
    assert_good(a, note_sign(a, &w->log, w->text, 0, &line));
    buf_put(&lines, line);
    for (unsigned i = 0; i < WITNESSES; i++) {
        if (!(witnesses >> i & 1)) continue;
        assert_good(a, note_sign(a, &w->witness[i], w->text, 1679315147 + i, &line));
        buf_put(&lines, line);
    }
    return note_write(a, w->text, buf_slice(&lines));
}

static struct slice policy_text(struct arena *a, const struct world *w, const char *rest)
{
    struct buf b = buf_new(a, 8192);
    buf_puts(&b, "# whom we trust\n\n\tlog ");
    buf_put(&b, note_key_text(a, &w->log));
    buf_puts(&b, " https://city.example/log\n");
    for (int i = 0; i < WITNESSES; i++) {
        buf_printf(&b, "witness W%d ", i);
        buf_put(&b, note_key_text(a, &w->witness[i]));
        buf_putc(&b, '\n');
    }
    buf_puts(&b, rest);
    return buf_slice(&b);
}

static void quorums(void **state)
{
    struct arena *a = *state;
    static const struct {
        const char *rules;
        unsigned good; /* bit m: accepted with the set m of witnesses */
    } cases[] = {{"quorum none\n", 0xff},
                 {"quorum W1\n", 0xcc},
                 {"group G 2 W0 W1 W2\nquorum G\n", 0xe8},
                 {"group G all W0 W1 W2\nquorum G\n", 0x80},
                 {"group G any W0 W1 W2\nquorum G\n", 0xfe},
                 {"group H any W0 W1\ngroup G all H W2\nquorum G\n", 0xe0}};
    struct world *w = world(a);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        for (unsigned set = 0; set < 8; set++) {
            const struct tlog_policy *p;
            struct tlog_verdict v;
            assert_good(a, tlog_policy_parse(a, policy_text(a, w, cases[i].rules), &p));
            result r = tlog_policy_check(a, p, checkpoint_of(a, w, set), &v);
            if (result_code(r) != (cases[i].good >> set & 1 ? CODE_OK : CODE_TLOG_QUORUM))
                fail_msg("%zu with %u", i, set);
            assert_int_equal(v.nwitnesses, __builtin_popcount(set));
            if (set == 4) assert_true(slice_is(v.witnesses[0].witness, "W2") && v.witnesses[0].seconds == 1679315149);
        }
}

static void bad_checkpoints(void **state)
{
    struct arena *a = *state;
    struct world *w = world(a), *stranger = world(a);
    const struct tlog_policy *p;
    struct tlog_verdict v;
    assert_good(a, tlog_policy_parse(a, policy_text(a, w, "group G 2 W0 W1 W2\nquorum G\n"), &p));
    struct slice good = checkpoint_of(a, w, 7);
    assert_good(a, tlog_policy_check(a, p, good, &v));
    assert_code(tlog_policy_check(a, p, checkpoint_of(a, stranger, 7), &v), CODE_TLOG_UNKNOWN);
    /* a known witness's signature over something else refuses the whole, though two would do */
    struct slice line, other = S("city.example/log\n2\nrKbDipCvhuX1GZ7g5BBe8sA6BbJ7ja/1nk427v383cs=\n");
    assert_good(a, note_sign(a, &w->witness[2], other, 1679315147, &line));
    struct slice two = checkpoint_of(a, w, 3);
    assert_code(tlog_policy_check(a, p, arena_printf(a, "%.*s%.*s", SLICE_ARG(two), SLICE_ARG(line)), &v),
                CODE_NOTE_SIGNATURE);
    /* no byte can be changed unseen: one that makes a known key unknown lacks its signature then */
    for (size_t i = 0; i < good.n; i++) {
        char *changed = arena_cstr(a, good);
        changed[i] = (char)(changed[i] ^ 1);
        result r = tlog_policy_check(a, p, slice_of(changed, good.n), &v);
        if (!failed(r) && v.nwitnesses == WITNESSES) fail_msg("byte %zu is free", i);
    }
}

static void bad_policies(void **state)
{
    struct arena *a = *state;
    static const struct {
        const char *rules, *line;
    } cases[] = {{"", "7"},
                 {"quorum W9\n", "7"},
                 {"quorum none\nquorum none\n", "8"},
                 {"group G 0 W0\nquorum G\n", "7"},
                 {"group G 3 W0 W1\nquorum G\n", "7"},
                 {"group G 01 W0 W1\nquorum G\n", "7"},
                 {"group G any\nquorum G\n", "7"},
                 {"group G any G\nquorum G\n", "7"},
                 {"group none any W0\nquorum none\n", "7"},
                 {"group W0 any W1\nquorum W0\n", "7"},
                 {"group G any W0\ngroup H any W0\nquorum H\n", "8"},
                 {"witness W9 abc\nquorum none\n", "7"},
                 {"log abc\nquorum none\n", "7"},
                 {"wittness\nquorum none\n", "7"},
                 {"quorum none\r\n", "7"},
                 {"quorum none", "7"}};
    struct world *w = world(a);
    const struct tlog_policy *p;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        result r = tlog_policy_parse(a, policy_text(a, w, cases[i].rules), &p);
        if (result_code(r) != CODE_TLOG_POLICY) fail_msg("accepted: %s", cases[i].rules);
        struct slice said = problem_text(a, r.problem, LANG_EN);
        if (slice_search(said, arena_printf(a, "Line %s ", cases[i].line)) == SIZE_MAX)
            fail_msg("%s: %.*s", cases[i].rules, SLICE_ARG(said));
    }
    struct slice twice = arena_printf(a, "log %.*s\nquorum none\n", SLICE_ARG(note_key_text(a, &w->log)));
    assert_code(tlog_policy_parse(a, policy_text(a, w, arena_cstr(a, twice)), &p), CODE_TLOG_POLICY);
}

static void alone(void **state)
{
    struct arena *a = *state;
    struct world *w = world(a);
    struct merkle_hash second, root;
    struct slice sibling = merkle_slice(&second);
    const struct tlog_policy *policy;
    struct tlog_verdict v;
    merkle_leaf(S("another"), &second);
    merkle_append(&w->tree, &second, NULL, NULL);
    merkle_edge_root(&w->tree, &root);
    struct checkpoint c = {S("city.example/log"), 2, merkle_slice(&root), S("")};
    w->text = checkpoint_write(a, &c);
    struct tlog_proof p = {true, S("salt"), 0, {&sibling, 1}, checkpoint_of(a, w, 1)}, q;
    assert_good(a, tlog_policy_parse(a, policy_text(a, w, "quorum W0\n"), &policy));
    struct slice text = tlog_proof_write(a, &p);
    size_t head = text.n - p.checkpoint.n;
    assert_good(a, tlog_proof_parse(a, text, &q));
    assert_slice(q.extra, "salt");
    assert_true(slice_eq(tlog_proof_write(a, &q), text));
    assert_good(a, tlog_proof_verify(a, policy, &q, &w->leaf, &v));
    assert_code(tlog_proof_verify(a, policy, &q, &second, &v), CODE_TLOG_PROOF);
    q.index = 1;
    assert_code(tlog_proof_verify(a, policy, &q, &w->leaf, &v), CODE_TLOG_PROOF);
    p.checkpoint = checkpoint_of(a, w, 2);
    assert_code(tlog_proof_verify(a, policy, &p, &w->leaf, &v), CODE_TLOG_QUORUM);
    for (size_t n = 0; n <= head; n++) assert_code(tlog_proof_parse(a, slice_sub(text, 0, n), &q), CODE_TLOG_PROOF);
}

/* What tongban verify says beside the file's own checks. */
static struct check log_line(struct arena *a, const char *file, struct slice policy, struct slice proof,
                             struct verify_report *r)
{
    static const struct check before = {"format", CHECK_OK, {"", 0}, {"", 0}};
    *r = (struct verify_report){.good = true, .readable = true, .checks = &before, .nchecks = 1};
    verify_in_log(a, slice_cstr(file), policy, proof, r);
    assert_int_equal(r->nchecks, 2);
    assert_string_equal(r->checks[0].name, "format");
    assert_string_equal(r->checks[1].name, "log");
    assert_int_equal(r->good, r->checks[1].state == CHECK_OK);
    assert_true((r->log != NULL) == r->good);
    return r->checks[1];
}

static void a_file_and_its_entry(void **state)
{
    struct arena *a = *state;
    struct world *w = world(a);
    struct verify_report r;
    struct slice pdf = crypto_sha256_hex(a, S("the pdf")), ofd = crypto_sha256_hex(a, S("the ofd"));
    struct slice entry = arena_printf(
        a,
        "{\"v\":1,\"id\":\"01a21b87-f7e7-8181-934f-644377a28c8c\",\"at\":1795758158813,\"kind\":\"case\",\"row\":"
        "\"aZdn9cOoziaD/w7X8pXfBAbP8CDpc2Q1vWoYivoQ0mQ=\",\"facts\":[{\"document\":\"%.*s\",\"kind\":\"licence\","
        "\"original\":\"%.*s\"}]}",
        SLICE_ARG(pdf), SLICE_ARG(ofd));
    w->tree = (struct merkle_edge){.size = 0};
    merkle_leaf(entry, &w->leaf);
    merkle_append(&w->tree, &w->leaf, NULL, NULL);
    merkle_edge_root(&w->tree, &w->root);
    struct checkpoint c = {S("city.example/log"), 1, merkle_slice(&w->root), S("")};
    w->text = checkpoint_write(a, &c);
    struct tlog_proof p = {true, entry, 0, {NULL, 0}, checkpoint_of(a, w, 5)};
    struct slice proof = tlog_proof_write(a, &p), policy = policy_text(a, w, "group G 2 W0 W1 W2\nquorum G\n"),
                 all = policy_text(a, w, "group G all W0 W1 W2\nquorum G\n");
    struct check said = log_line(a, "the ofd", policy, proof, &r);
    assert_int_equal(said.state, CHECK_OK);
    assert_true(slice_search(said.en, S("entry 1 of 1")) != SIZE_MAX);
    assert_true(slice_search(said.en, S("cosigned by 2 of 3 witnesses (2 needed)")) != SIZE_MAX);
    assert_int_equal(json_int(r.log, "needed", 0), 2);
    assert_int_equal(json_get(r.log, "witnesses")->n, 2);
    assert_int_equal(log_line(a, "the pdf", policy, proof, &r).state, CHECK_OK);
    assert_int_equal(log_line(a, "another", policy, proof, &r).state, CHECK_FAILED);
    assert_int_equal(log_line(a, "the ofd", all, proof, &r).state, CHECK_FAILED); /* too few have cosigned */
    assert_int_equal(log_line(a, "the ofd", S("quorum none\n"), proof, &r).state, CHECK_FAILED); /* another log */
    assert_int_equal(log_line(a, "the ofd", policy, S("nothing"), &r).state, CHECK_FAILED);
    p.extra.p = arena_cstr(a, entry); /* an entry that names another file is not the one in the tree */
    p.extra.n = entry.n;
    memcpy((char *)(uintptr_t)p.extra.p + slice_search(entry, ofd), crypto_sha256_hex(a, S("forged")).p, 64);
    assert_int_equal(log_line(a, "forged", policy, tlog_proof_write(a, &p), &r).state, CHECK_FAILED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(published_note), TEST(malformed_notes), TEST(malformed_keys),
                                       TEST(checkpoints),    TEST(quorums),         TEST(bad_checkpoints),
                                       TEST(bad_policies),   TEST(alone),           TEST(a_file_and_its_entry)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
