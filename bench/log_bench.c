/* log_bench [--entries N] [--clients N] [--batch N] [--rate N] [--witness PROGRAM] [--sqlite | --postgres]
 *
 * Entries a second into the log: each a unit of its own, durable before it is acknowledged, up to --clients at once and --batch in a commit, while
 * the sequencer takes them into the tree, has each head signed, has it cosigned by PROGRAM (tongban-witness, a process of its own that syncs what
 * it saw to the disk; left out: no witness), and publishes it. Told are: durable entries a second until the last is acknowledged, beside the raw
 * cost, the same number of leaves in a second table by the same units, with nothing to sequence them; and how long the n-th acknowledged
 * entry waited for a published checkpoint of n entries. --rate N: not more than N a second are handed in, so that it is told how long they wait
 * when the machine is not at its end. */
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "city/log/log.h"
#include "city/sql.h"
#include "store/store_test_support.h"
#include "trust/signer.h"

struct log_bench {
    struct city city;
    struct store_fixture f;
    size_t entries, clients, rate;
    int batch;
    sem_t room;
    atomic_size_t done;
    atomic_bool ended;
    double *acknowledged; /* when the n-th was */
    double *published;    /* when a checkpoint of sizes[i] entries was */
    uint64_t *sizes;
    const char *witness; /* program; NULL: none */
    pid_t witness_pid;
    char folder[64];
    size_t npublished, cap;
};

static double now_s(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void must(struct arena *a, const char *what, result r)
{
    if (!failed(r)) return;
    struct slice t = result_text(a, r, LANG_EN);
    (void)fprintf(stderr, "%s: %.*s\n", what, SLICE_ARG(t));
    exit(1);
}

/* ---- entries ---- */

struct entry {
    struct unit unit;
    struct log_bench *b;
    struct id key;
};

static result decide(struct unit *u, const struct rows *rows, size_t nrows, struct decision *d)
{
    const struct entry *e = u->ctx;
    (void)rows, (void)nrows;
    instant at = time_now(time_system());
    const struct sql_value v[] = {sql_id(&e->key), sql_int(at),          sql_null(),
                                  sql_int(4),      sql_text(S("bench")), sql_text(S("{\"a\":1}"))};
    log_write(d, &(struct log_source){LOG_AUDIT, e->key, 0, at, v, 6}, NULL);
    return ok();
}

static void acknowledged(struct unit *u, result r)
{
    struct entry *e = u->ctx;
    if (failed(r)) exit(1);
    e->b->acknowledged[atomic_fetch_add(&e->b->done, 1)] = now_s();
    (void)sem_post(&e->b->room);
}

static void *sequencer(void *arg)
{
    struct log_bench *b = arg;
    struct arena *life = arena_new("sequencer"), *a = arena_new("turn");
    struct log_worker *w = log_worker_new(&b->city, life);
    uint64_t last = 0;
    while (!atomic_load(&b->ended) || last < b->entries) {
        size_t done;
        struct log_published p;
        arena_reset(a);
        must(a, "sequencer", log_work(w, a, time_now(b->city.time), &done));
        must(a, "published", log_published(&b->city, a, &p));
        if (p.size > last && b->npublished < b->cap) {
            b->published[b->npublished] = now_s();
            b->sizes[b->npublished++] = last = p.size;
        }
        if (!done) (void)nanosleep(&(struct timespec){0, 200000000}, NULL); /* as the server does */
    }
    arena_free(a);
    arena_free(life);
    return NULL;
}

/* ---- the leaves alone: the same units, no sequencer, no witness ---- */

static const struct stmt RAW = {"bench_raw", "INSERT INTO bench_leaf (id, entry) VALUES (?1,?2)", NULL, false};

static result decide_raw(struct unit *u, const struct rows *rows, size_t nrows, struct decision *d)
{
    const struct entry *e = u->ctx;
    (void)rows, (void)nrows;
    static const char ENTRY[141];
    struct id *id = NEW(d->a, struct id);
    *id = e->key;
    decision_write(d, &RAW, 1, 2, sql_id(id), sql_blob(slice_of(ENTRY, 140)));
    return ok();
}

/* ---- a run ---- */

static int by_value(const void *l, const void *r)
{
    double a = *(const double *)l, b = *(const double *)r;
    return (a > b) - (a < b);
}

/* The n-th that was acknowledged was published with the first checkpoint of more than n entries. */
static void waits(const struct log_bench *b, double *out)
{
    for (size_t n = 0, i = 0; n < b->entries; n++) {
        while (i + 1 < b->npublished && b->sizes[i] <= n) i++;
        out[n] = b->published[i] - b->acknowledged[n];
    }
    qsort(out, b->entries, sizeof *out, by_value);
}

static void report(struct log_bench *b, struct arena *a, const char *name, double took, double raw)
{
    double *wait = NEW_ARRAY(a, double, b->entries);
    waits(b, wait);
    printf(
        "log on %-10s %8.0f entries/s   raw %8.0f/s   ratio %.2f   (%zu entries, %d a commit; %zu checkpoints, %s)\n",
        name, (double)b->entries / took, (double)b->entries / raw, raw / took, b->entries, b->batch, b->npublished,
        b->witness ? "one witness" : "no witness");
    printf("log on %-10s commit to %scheckpoint: p50 %.0f ms, p99 %.0f ms, longest %.0f ms\n", name,
           b->witness ? "cosigned " : "", 1e3 * wait[b->entries / 2], 1e3 * wait[b->entries * 99 / 100],
           1e3 * wait[b->entries - 1]);
}

/* ---- the witness ---- */

/* Runs it to its end, or leaves it running; its first line. */
static pid_t run_witness(const struct log_bench *b, char *const argv[], char line[512])
{
    int out[2];
    if (pipe(out) != 0) exit(1);
    pid_t pid = fork();
    if (pid == 0) {
        (void)dup2(out[1], 1);
        (void)close(out[0]);
        (void)execv(b->witness, argv);
        _exit(127);
    }
    (void)close(out[1]);
    FILE *f = fdopen(out[0], "r");
    if (pid < 0 || !f || !fgets(line, 512, f)) line[0] = 0;
    line[strcspn(line, "\n")] = 0;
    return pid; /* the pipe stays open: what it says later must have somewhere to go */
}

static void start_witness(struct log_bench *b, struct arena *a, struct slice log_key)
{
    char line[512], seen[96], port[32];
    struct slice key = arena_printf(a, "%.*s", SLICE_ARG(log_key));
    static int started; /* a witness knows one log: each database has one of its own */
    (void)snprintf(b->folder, sizeof b->folder, "/tmp/log-bench.%d.%d", (int)getpid(), ++started);
    (void)snprintf(seen, sizeof seen, "%s/witness", b->folder);
    (void)snprintf(port, sizeof port, "127.0.0.1:%d", 20000 + (int)getpid() % 20000);
    char *init[] = {"witness", "--init", seen, "--name", "bench.example/witness", NULL};
    (void)mkdir(b->folder, 0700);
    (void)waitpid(run_witness(b, init, line), NULL, 0);
    struct slice policy = arena_printf(a, "witness bench %s http://%s\nquorum bench\n", line, port);
    char *know[] = {"witness", "--dir", seen, "--add-log", arena_cstr(a, key), NULL};
    (void)waitpid(run_witness(b, know, line), NULL, 0);
    char *serve[] = {"witness", "--dir", seen, "--listen", port, "--json", NULL};
    b->witness_pid = run_witness(b, serve, line);
    if (!line[0]) {
        (void)fprintf(stderr, "%s does not start\n", b->witness);
        exit(1);
    }
    b->city.log_policy = policy;
}

static void stop_witness(struct log_bench *b)
{
    if (b->witness_pid <= 0) return;
    (void)kill(b->witness_pid, SIGTERM);
    (void)waitpid(b->witness_pid, NULL, 0);
    b->witness_pid = 0;
}

static void prepare(struct log_bench *b, struct arena *a, int *applied)
{
    struct signer_certificates k;
    b->city = (struct city){.a = a, .store = b->f.s, .time = time_system(), .log_origin = S("bench.example/log")};
    must(a, "schema", store_migrate(b->f.s, a, LOG_MIGRATIONS, LOG_NMIGRATIONS, applied));
    store_test_script(&b->f, b->f.kind == STORE_SQLITE
                                 ? "CREATE TABLE bench_leaf (id BLOB PRIMARY KEY, entry BLOB NOT NULL) WITHOUT ROWID"
                                 : "CREATE TABLE bench_leaf (id BYTEA PRIMARY KEY, entry BYTEA NOT NULL)");
    must(a, "signer", signer_open_test(a, b->city.time, NULL, &b->city.signer));
    must(a, "signer", signer_certificates(b->city.signer, a, &k));
    b->city.log_key = k.log_key;
    if (b->witness) {
        struct note_key own;
        must(a, "key", log_key(&b->city, a, &own));
        start_witness(b, a, note_key_text(a, &own));
    }
    b->cap = 100000;
    b->acknowledged = NEW_ARRAY(a, double, b->entries);
    b->published = NEW_ARRAY(a, double, b->cap);
    b->sizes = NEW_ARRAY(a, uint64_t, b->cap);
    (void)sem_init(&b->room, 0, (unsigned)b->clients);
}

/* Waits until the n-th is due. */
static void keep_rate(double from, size_t n, size_t rate)
{
    double early = from + (double)n / (double)rate - now_s();
    if (early > 0.001)
        (void)nanosleep(&(struct timespec){(time_t)early, (long)(1e9 * (early - (double)(time_t)early))}, NULL);
}

typedef result decide_fn(struct unit *u, const struct rows *rows, size_t nrows, struct decision *d);

/* All entries, until the last is acknowledged. Seconds. */
static double hand_in(struct log_bench *b, struct entry *list, decide_fn *how, size_t rate)
{
    double from = now_s();
    atomic_store(&b->done, 0);
    for (size_t i = 0; i < b->entries; i++) {
        (void)sem_wait(&b->room);
        if (rate) keep_rate(from, i, rate);
        list[i] = (struct entry){.b = b, .key = id_new(time_now(time_system()))};
        list[i].unit = (struct unit){.name = "entry", .decide = how, .done = acknowledged, .ctx = &list[i]};
        store_submit(b->f.s, &list[i].unit);
    }
    while (atomic_load(&b->done) < b->entries) (void)nanosleep(&(struct timespec){0, 1000000}, NULL);
    return now_s() - from;
}

static void measure(struct log_bench *b, enum store_kind kind)
{
    struct arena *a = arena_new("log bench");
    struct store_options o = {.batch_max = b->batch};
    pthread_t thread;
    int applied;
    if (!store_fixture_open(&b->f, a, kind, &o)) return;
    prepare(b, a, &applied);
    struct entry *list = NEW_ARRAY(a, struct entry, b->entries);
    double raw = hand_in(b, list, decide_raw, 0);
    if (pthread_create(&thread, NULL, sequencer, b) != 0) exit(1);
    double took = hand_in(b, list, decide, b->rate);
    atomic_store(&b->ended, true);
    (void)pthread_join(thread, NULL);
    stop_witness(b);
    report(b, a, kind == STORE_SQLITE ? "SQLite" : "PostgreSQL", took, raw);
    store_fixture_close(&b->f);
    arena_free(a);
}

int main(int argc, char **argv)
{
    size_t entries = 100000, clients = 2048, rate = 0;
    int64_t batch = 64, n;
    const char *witness = NULL;
    bool sqlite = true, postgres = true;
    for (int i = 1; i < argc; i++) {
        struct slice w = slice_cstr(argv[i]);
        if (slice_is(w, "--sqlite"))
            postgres = false;
        else if (slice_is(w, "--postgres"))
            sqlite = false;
        else if (slice_is(w, "--witness") && i + 1 < argc)
            witness = argv[++i];
        else if (i + 1 >= argc || !slice_int64(slice_cstr(argv[++i]), &n) || n < 1 || n > 10000000)
            return 2;
        else if (slice_is(w, "--entries"))
            entries = (size_t)n;
        else if (slice_is(w, "--clients"))
            clients = (size_t)n;
        else if (slice_is(w, "--rate"))
            rate = (size_t)n;
        else if (slice_is(w, "--batch"))
            batch = n;
        else
            return 2;
    }
    for (int k = 0; k < 2; k++) {
        if (k == 0 ? !sqlite : !postgres) continue;
        struct log_bench *b = calloc(1, sizeof *b);
        if (!b) return 1;
        b->entries = entries;
        b->clients = clients;
        b->rate = rate;
        b->batch = (int)batch;
        b->witness = witness;
        measure(b, k == 0 ? STORE_SQLITE : STORE_POSTGRES);
        free(b);
    }
    return 0;
}
