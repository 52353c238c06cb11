/* The log in the database: what is committed comes into the tree once, whoever dies meanwhile; what is edited behind its back is found. */
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "city/log/internal.h"
#include "city/sql.h"
#include "city/testkit.h"
#include "trust/signer.h"

static void log_kit(struct city_kit *k, struct store_fixture *f)
{
    struct signer_certificates certificates;
    city_kit_open(k, f);
    assert_good(k->a, signer_open_test(k->a, k->c.time, NULL, &k->c.signer));
    assert_good(k->a, signer_certificates(k->c.signer, k->a, &certificates));
    k->c.log_key = certificates.log_key;
    k->c.log_origin = S("city.example/log");
}

static void note(struct city_kit *k, int64_t n)
{
    struct json_builder b = json_builder(k->a);
    struct actor system = actor_system();
    json_set_int(&b, "n", n);
    assert_good(k->a, audit_note(&k->c, k->a, &system, k->now, "test", json_object(&b)));
}

/* Works until nothing is left to do. */
static void work(struct city_kit *k, struct log_worker *w)
{
    size_t done;
    do assert_good(k->a, log_work(w, k->a, k->now, &done));
    while (done);
}

static struct slice policy_text(struct city_kit *k, const struct tlog_policy **policy)
{
    struct slice text;
    assert_good(k->a, log_policy(&k->c, k->a, &text, policy));
    return text;
}

/* ---- what comes in ---- */

static void committed_leaves_come_into_the_tree(struct store_fixture *f)
{
    struct city_kit k;
    struct log_published p;
    struct log_audit audit;
    log_kit(&k, f);
    struct log_worker *w = log_worker_new(&k.c, k.a);
    const struct tlog_policy *policy;
    struct log_state s;
    assert_good(k.a, log_open(&k.c, k.a, &s));
    (void)policy_text(&k, &policy);
    uint64_t size = (uint64_t)store_test_number(f, "SELECT COUNT(*) FROM log_leaf"); /* made before: publications */
    for (int64_t n = 0, step = 1; n < 700; n += step, step = step * 2 % 251 + 1) {
        for (int64_t i = 0; i < step; i++) note(&k, n + i);
        k.now += 1000;
        size += (uint64_t)step;
        work(&k, w);
        assert_good(k.a, log_published(&k.c, k.a, &p));
        assert_int_equal(p.size, size);
        struct tlog_verdict v;
        assert_good(k.a, tlog_policy_check(k.a, policy, p.note, &v));
        assert_slice(v.checkpoint.origin, "city.example/log");
    }
    assert_int_equal(store_test_number(f, "SELECT COUNT(*) FROM log_leaf"), 0);
    assert_good(k.a, log_audit(&k.c, k.a, k.now + 2 * 60000, &audit));
    assert_int_equal(audit.leaves, size);
    assert_int_equal(audit.changed + audit.missing + audit.extra + audit.ended, 0);
    assert_true(audit.tree);
    assert_int_equal(store_test_number(f, "SELECT COUNT(*) FROM log_checkpoint"), 1); /* earlier ones go */
}

/* Each entry's proof stands alone; of tiles, every width that was ever published can be had. */
static void every_entry_is_proven(struct store_fixture *f)
{
    struct city_kit k;
    const struct tlog_policy *policy;
    struct log_published p;
    struct log_found found;
    struct tlog_proof proof, back;
    struct tlog_verdict verdict;
    log_kit(&k, f);
    struct log_worker *w = log_worker_new(&k.c, k.a);
    for (int64_t n = 0; n < 600; n++) note(&k, n);
    work(&k, w);
    (void)policy_text(&k, &policy);
    assert_good(k.a, log_published(&k.c, k.a, &p));
    for (uint64_t at = 0; at < p.size; at += 37) {
        struct tlog_tile t = {TLOG_BUNDLE, at / 256, (unsigned)(at % 256) + 1};
        struct slice data, whole;
        const struct slice *entries;
        struct log_leaf leaf;
        struct merkle_hash h;
        assert_good(k.a, log_tile(&k.c, k.a, &t, &data)); /* a part of the bundle */
        assert_good(k.a, tlog_bundle_read(k.a, data, t.width, &entries));
        t.level = 0;
        assert_good(k.a, log_tile(&k.c, k.a, &t, &whole));
        assert_int_equal(whole.n, t.width * 32);
        assert_true(log_entry_read(k.a, entries[at % 256], &leaf));
        assert_good(k.a, log_find(&k.c, k.a, leaf.id, &found));
        assert_int_equal(found.index, at);
        assert_good(k.a, log_prove(&k.c, k.a, &found, &proof));
        assert_good(k.a, tlog_proof_parse(k.a, tlog_proof_write(k.a, &proof), &back));
        merkle_leaf(back.extra, &h);
        assert_good(k.a, tlog_proof_verify(k.a, policy, &back, &h, &verdict));
        h.b[3] ^= 1;
        assert_code(tlog_proof_verify(k.a, policy, &back, &h, &verdict), CODE_TLOG_PROOF);
    }
    assert_code(log_find(&k.c, k.a, id_new(k.now), &found), CODE_NOT_FOUND);
    note(&k, 1);
    struct rows r;
    static const struct stmt WAITS = {"test_waits", "SELECT id FROM log_leaf", NULL, false};
    struct id waiting;
    assert_good(k.a, store_query(f->s, k.a, &WAITS, NULL, 0, &r));
    assert_true(id_from_bytes(row(&r, 0)[0].s, &waiting));
    assert_code(log_find(&k.c, k.a, waiting, &found), CODE_LOG_PENDING);
}

/* ---- who may sequence ---- */

static void a_later_sequencer_fences_the_earlier_one(struct store_fixture *f)
{
    struct city_kit k;
    struct log_state s;
    int64_t first, second;
    size_t taken;
    bool fenced;
    log_kit(&k, f);
    assert_good(k.a, log_open(&k.c, k.a, &s));
    assert_good(k.a, log_take_over(&k.c, k.a, &first));
    assert_good(k.a, log_take_over(&k.c, k.a, &second));
    note(&k, 1);
    assert_good(k.a, log_sequence(&k.c, k.a, first, &s, &taken, &fenced));
    assert_true(fenced);
    assert_int_equal(taken, 0);
    assert_good(k.a, log_sequence(&k.c, k.a, second, &s, &taken, &fenced));
    assert_false(fenced);
    assert_true(taken > 0);
    /* by lease: the second process does nothing until the first leaves */
    struct log_worker *one = log_worker_new(&k.c, k.a), *two = log_worker_new(&k.c, k.a);
    size_t done;
    note(&k, 2);
    work(&k, one);
    note(&k, 3);
    assert_good(k.a, log_work(two, k.a, k.now, &done));
    assert_int_equal(done, 0);
    log_worker_leave(one, k.a);
    assert_good(k.a, log_work(two, k.a, k.now, &done));
    assert_true(done > 0);
    assert_int_equal(store_test_number(f, "SELECT COUNT(*) FROM log_leaf"), 0);
}

/* ---- edits ---- */

static void audit_says(struct city_kit *k, int64_t changed, int64_t missing, int64_t extra, bool tree)
{
    struct log_audit a;
    assert_good(k->a, log_audit(&k->c, k->a, k->now + 2 * 60000, &a));
    if (a.changed != changed || a.missing != missing || a.extra != extra || a.tree != tree)
        fail_msg("changed %d, missing %d, extra %d, tree %d: %.*s", (int)a.changed, (int)a.missing, (int)a.extra,
                 a.tree, SLICE_ARG(json_write(k->a, a.findings)));
}

static void silent_edits_are_found(struct store_fixture *f)
{
    struct city_kit k;
    log_kit(&k, f);
    struct log_state s;
    assert_good(k.a, log_open(&k.c, k.a, &s));
    struct log_worker *w = log_worker_new(&k.c, k.a);
    for (int64_t n = 0; n < 300; n++) note(&k, n);
    work(&k, w);
    audit_says(&k, 0, 0, 0, true);
    store_test_script(f, "UPDATE audit SET details = '{\"n\":77000}' WHERE details = '{\"n\":77}'");
    audit_says(&k, 1, 0, 0, true);
    store_test_script(f, "UPDATE audit SET details = '{\"n\":77}' WHERE details = '{\"n\":77000}'");
    store_test_script(f, "UPDATE audit SET at = at + 1 WHERE details = '{\"n\":78}'"); /* its id follows its time */
    audit_says(&k, 0, 1, 1, true);
    store_test_script(f, "UPDATE audit SET at = at - 1 WHERE details = '{\"n\":78}'");
    audit_says(&k, 0, 0, 0, true);
    store_test_script(f, "DELETE FROM audit WHERE details = '{\"n\":79}'");
    audit_says(&k, 0, 1, 0, true);
    /* who can edit the rows can edit the log in the database too: then its root is another */
    store_test_script(
        f, f->kind == STORE_SQLITE
               ? "UPDATE log_tile SET data = CAST(replace(CAST(data AS TEXT), '\"kind\":\"audit\"', "
                 "'\"kind\":\"other\"') AS BLOB) WHERE level = -1 AND idx = 0"
               : "UPDATE log_tile SET data = overlay(data placing 'x' from 30) WHERE level = -1 AND idx = 0");
    struct log_audit a;
    assert_good(k.a, log_audit(&k.c, k.a, k.now, &a));
    assert_false(a.tree);
}

/* The database is put back to an earlier state: the signer knows better, and nothing more is signed. */
static void a_rollback_halts_the_log(struct store_fixture *f)
{
    struct city_kit k;
    struct log_state s;
    size_t done;
    log_kit(&k, f);
    struct log_worker *w = log_worker_new(&k.c, k.a);
    for (int64_t n = 0; n < 10; n++) note(&k, n);
    work(&k, w);
    store_test_script(f, "CREATE TABLE old_tile AS SELECT * FROM log_tile");
    store_test_script(f, "CREATE TABLE old_state AS SELECT * FROM log_state");
    for (int64_t n = 0; n < 3; n++) note(&k, n);
    work(&k, w);
    log_worker_leave(w, k.a);
    store_test_script(f, "DELETE FROM log_tile");
    store_test_script(f, "DELETE FROM log_state");
    store_test_script(f, "INSERT INTO log_tile SELECT * FROM old_tile");
    store_test_script(f, "INSERT INTO log_state SELECT * FROM old_state");
    store_test_script(f, "DELETE FROM log_checkpoint");
    for (int64_t n = 0; n < 20; n++) note(&k, n); /* more than went: the size alone would not show it */
    w = log_worker_new(&k.c, k.a);
    assert_code(log_work(w, k.a, k.now, &done), CODE_LOG_ROLLED_BACK);
    assert_good(k.a, log_open(&k.c, k.a, &s));
    assert_true(slice_search(s.trouble, S("\"halted\":true")) != SIZE_MAX);
    assert_int_equal(store_test_number(f, "SELECT COUNT(*) FROM log_leaf"), 0); /* taken in, for nothing may be lost */
    assert_int_equal(store_test_number(f, "SELECT COUNT(*) FROM log_checkpoint"), 0);
    note(&k, 1);
    for (int i = 0; i < 3; i++) {
        result r = log_work(w, k.a, k.now, &done);
        assert_true(!failed(r) || result_code(r) == CODE_LOG_ROLLED_BACK);
    }
    assert_int_equal(store_test_number(f, "SELECT COUNT(*) FROM log_checkpoint"), 0);
}

/* ---- many at once, and a process that dies at any moment ---- */

struct writing {
    struct city_kit *k;
    int64_t n;
};

static void *write_on(void *arg)
{
    struct writing *x = arg;
    struct arena *a = arena_new("writer");
    struct actor system = actor_system();
    for (int64_t i = 0; i < x->n; i++) {
        arena_reset(a);
        if (failed(audit_note(&x->k->c, a, &system, x->k->now, "test", NULL))) return NULL;
    }
    arena_free(a);
    return NULL;
}

static void writers_and_the_sequencer_at_once(struct store_fixture *f)
{
    enum { WRITERS = 4, EACH = 150 };
    struct city_kit k;
    pthread_t threads[WRITERS];
    log_kit(&k, f);
    struct log_worker *w = log_worker_new(&k.c, k.a);
    struct writing x = {&k, EACH};
    int64_t before = store_test_number(f, "SELECT COUNT(*) FROM audit");
    for (int i = 0; i < WRITERS; i++) assert_int_equal(pthread_create(&threads[i], NULL, write_on, &x), 0);
    struct log_state s = {.began = 0};
    for (int64_t waited = 0; waited < 20000; waited++) {
        size_t done;
        assert_good(k.a, log_work(w, k.a, k.now, &done));
        assert_good(k.a, log_open(&k.c, k.a, &s));
        if ((int64_t)s.head.size >= before + WRITERS * EACH) break;
        if (!done) usleep(1000);
    }
    for (int i = 0; i < WRITERS; i++) assert_int_equal(pthread_join(threads[i], NULL), 0);
    work(&k, w);
    assert_int_equal(store_test_number(f, "SELECT COUNT(*) FROM audit"), before + WRITERS * EACH);
    audit_says(&k, 0, 0, 0, true);
}

/* The other process: writes and sequences until it is killed. argv: child URL */
static int child(const char *url)
{
    struct arena *a = arena_new("child");
    struct city c = {.a = a, .time = time_system(), .log_origin = S("city.example/log")};
    struct store_options o = {.url = slice_cstr(url), .time = c.time};
    struct signer_certificates certificates;
    if (failed(store_open(a, &o, &c.store)) || failed(signer_open_test(a, c.time, NULL, &c.signer)) ||
        failed(signer_certificates(c.signer, a, &certificates)))
        return 1;
    c.log_key = certificates.log_key;
    struct city_kit k = {.a = a, .c = c, .now = time_now(c.time)};
    struct writing x = {&k, INT64_MAX};
    pthread_t t[2];
    for (int i = 0; i < 2; i++)
        if (pthread_create(&t[i], NULL, write_on, &x) != 0) return 1;
    struct log_state s;
    int64_t epoch;
    if (failed(log_open(&k.c, a, &s)) || failed(log_take_over(&k.c, a, &epoch))) return 1;
    struct arena *own = arena_new("turn");
    for (;;) {
        size_t taken;
        bool fenced;
        arena_reset(own);
        if (failed(log_sequence(&k.c, own, epoch, &s, &taken, &fenced)) || fenced) return 1;
    }
}

static const char *self;

static void a_process_killed_at_any_moment(struct store_fixture *f)
{
    enum { TIMES = 12 };
    struct city_kit k;
    uint64_t seed = 77;
    log_kit(&k, f);
    struct log_state s;
    assert_good(k.a, log_open(&k.c, k.a, &s));
    char *url = arena_cstr(k.a, f->options.url);
    for (int i = 0; i < TIMES; i++) {
        pid_t pid = fork();
        assert_true(pid >= 0);
        if (pid == 0) {
            (void)execl(self, self, "child", url, (char *)NULL);
            _exit(127);
        }
        uint64_t before = s.head.size;
        for (int waited = 0; waited < 400 && s.head.size == before; waited++) { /* it works */
            usleep(20000);
            assert_good(k.a, log_open(&k.c, k.a, &s));
        }
        usleep((useconds_t)(test_random(&seed) % 30000));
        assert_int_equal(kill(pid, SIGKILL), 0);
        assert_int_equal(waitpid(pid, NULL, 0), pid);
        assert_good(k.a, log_open(&k.c, k.a, &s));
        assert_true(s.head.size > before);
    }
    struct log_worker *w = log_worker_new(&k.c, k.a);
    k.now = time_now(time_system());
    work(&k, w);
    assert_good(k.a, log_open(&k.c, k.a, &s));
    assert_int_equal(s.head.size, store_test_number(f, "SELECT COUNT(*) FROM audit"));
    audit_says(&k, 0, 0, 0, true); /* each row has its leaf once; none is left over */
}

int main(int argc, char **argv)
{
    if (argc == 3 && strcmp(argv[1], "child") == 0) return child(argv[2]);
    self = argv[0];
    const struct CMUnitTest tests[] = {
        ON_BOTH(committed_leaves_come_into_the_tree),
        ON_BOTH(every_entry_is_proven),
        ON_BOTH(a_later_sequencer_fences_the_earlier_one),
        ON_BOTH(silent_edits_are_found),
        ON_BOTH(a_rollback_halts_the_log),
        ON_BOTH(writers_and_the_sequencer_at_once),
        ON_BOTH(a_process_killed_at_any_moment),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
