/* openings_bench [--reference [--growth N [--least N] [--keep]]] [--cases N] [--rounds N] [--flight N] [--batchers N]
 *                [--sqlite | --postgres]
 *
 * --growth N: two cities in turns, one with a few cases and one that grows to N (bench/growth.c); --least N: the few, 10000; --keep: the grown
 * database is left.
 *
 * Company openings a second in process, without HTTP: each opening is filed, its six tasks are decided by officers of six
 * departments, and the jobs that the flow waits for (the enterprise's account, the licence, the receipts) come back as the
 * commands they are. Timed: every command from its preparation to its durable commit, up to --flight at once. Not timed:
 * the verbs' own work outside any transaction (rendering and signing PDFs, the account's rows); it is timed apart and
 * printed as documents a second. Letters that no flow waits for stay jobs, as in life.
 *
 * Beside it the raw cost of the very rows: what the store wrote is recorded while it is measured, and written again to a
 * second database with the same schema, indexes and earlier rows, in the same transactions, through prepared statements.
 * The two take turns stage by stage (a stage: the same command for all openings), so that both meet the same machine. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "bench/growth.h"

struct bench_options {
    size_t cases, flight, rounds;
    int batchers;
    const char *folder;
    int64_t growth, least; /* growth 0: the ratio instead */
    bool keep;
};
enum { ROUNDS_MAX = 64, FSYNCS = 400 };

struct pair { /* the city and the raw rows */
    struct bench b;
    struct recorder r;
    struct replay *raw;
    double raw_seconds, rows;
    int64_t bytes, state; /* state: bytes of the largest waiting one */
    bool warming;
};

static const struct stmt STATE = {
    "bench_state", "SELECT COALESCE(MAX(LENGTH(engine)), 0) FROM case_file WHERE decided_at = 0", NULL, false};

static int64_t largest_state(struct store *s)
{
    struct arena *a = arena_new("state");
    struct rows rows;
    result r = store_query(s, a, &STATE, NULL, 0, &rows);
    if (failed(r)) bench_stop(a, "the states", r);
    int64_t n = row(&rows, 0)[0].i;
    arena_free(a);
    return n;
}

/* After a stage: the same rows again, raw. */
static void take_turn(void *ctx)
{
    struct pair *p = ctx;
    double took = p->raw->run(p->raw, &p->r);
    if (took < 0) exit(1);
    p->raw_seconds += took;
    p->rows += (double)p->r.nrows;
    recorder_clear(&p->r);
    int64_t state = p->warming ? largest_state(p->b.t->city.store) : 0; /* it reads all cases */
    p->state = state > p->state ? state : p->state;
}

/* The schema alone; the rows come from the recording. */
static struct replay *raw_open(struct arena *a, enum store_kind kind, int batchers, struct store_fixture *f)
{
    struct test_city *t;
    struct test_city_options o = {.no_services = true, .fresh = true};
    if (!store_fixture_open(f, a, kind, NULL)) return NULL;
    result res = test_city_open(a, f->s, &o, &t);
    if (failed(res)) bench_stop(a, "the schema", res);
    if (kind == STORE_SQLITE) return replay_sqlite(arena_cstr(a, arena_printf(a, "%s/city.db", f->dir)));
    return replay_postgres(arena_cstr(a, f->options.url), batchers);
}

static void report(const char *name, struct pair *p, const struct bench_options *o, const struct store_stats *before,
                   const struct store_stats *after, double (*v)[ROUNDS_MAX])
{
    double n = (double)(o->rounds * o->cases);
    const struct bench *b = &p->b;
    printf("%s: %.0f openings in %zu rounds, %zu commands each (1 filing, %zu decisions, %zu job results)\n", name, n,
           o->rounds, b->ncommands / o->rounds / o->cases, b->p->ntasks, b->p->nsteps - b->p->ntasks);
    printf("%s: %.0f rows and %.1f kB an opening, %.1f commands a commit\n", name, p->rows / n,
           (double)p->r.bytes / n / 1000,
           (double)(after->units - before->units) / (double)(after->batches - before->batches));
    printf("%s: state of a waiting case: at most %lld bytes\n", name, (long long)p->state);
    double least = 1e9, most = 0;
    for (size_t i = 0; i < o->rounds; i++) {
        least = v[2][i] < least ? v[2][i] : least;
        most = v[2][i] > most ? v[2][i] : most;
    }
    double ours = bench_median(v[0], o->rounds), raw = bench_median(v[1], o->rounds);
    printf(
        "%s: openings/s %.0f (commands/s %.0f); the rows alone %.0f; ratio %.2f (median of %zu rounds, %.2f to %.2f)\n",
        name, ours, ours * (double)b->ncommands / n, raw, bench_median(v[2], o->rounds), o->rounds, least, most);
    printf("%s: documents/s %.0f (%d threads); recording took %.1f %% of the measured time and is counted as ours\n",
           name, b->documents > 0 ? (double)b->ndocuments / b->documents : 0, b->workers,
           100 * p->r.seconds / b->commands);
}

static bool measure(const struct bench_options *o, enum store_kind kind)
{
    struct arena *a = arena_new("bench");
    struct store_fixture f, g;
    struct store_options so = {.batchers = o->batchers};
    struct pair *p = NEW(a, struct pair);
    double v[3][ROUNDS_MAX];
    p->b = (struct bench){
        .cases = o->cases, .flight = o->flight, .workers = 2, .folder = o->folder, .after = take_turn, .ctx = p};
    if (!store_fixture_open(&f, a, kind, &so)) return true;
    bench_prepare(&p->b, &f);
    p->raw = raw_open(a, kind, o->batchers, &g);
    if (!p->raw) return false;
    recorder_init(&p->r, o->cases * 160000 + (1 << 22));
    store_observe(f.s, recorder_observe, &p->r);
    p->b.cases = o->cases < 32 ? o->cases : 32; /* to be warm */
    p->warming = true;
    bench_openings(&p->b, 1);
    p->warming = false;
    bench_clear(&p->b);
    p->b.cases = o->cases;
    p->raw_seconds = p->rows = p->r.seconds = 0;
    p->r.bytes = 0;
    struct store_stats before = store_stats(f.s);
    for (size_t i = 0; i < o->rounds; i++) {
        double ours = p->b.commands, raw = p->raw_seconds;
        bench_openings(&p->b, 1000 + (int64_t)(i * o->cases));
        ours = p->b.commands - ours;
        raw = p->raw_seconds - raw;
        v[0][i] = (double)o->cases / ours;
        v[1][i] = (double)o->cases / raw;
        v[2][i] = raw / ours;
    }
    struct store_stats after = store_stats(f.s);
    store_observe(f.s, NULL, NULL);
    report(kind == STORE_SQLITE ? "sqlite" : "postgresql", p, o, &before, &after, v);
    p->raw->close(p->raw);
    bench_end(&p->b);
    recorder_free(&p->r);
    store_fixture_close(&f);
    store_fixture_close(&g);
    arena_free(a);
    return true;
}

/* What a commit must wait for: 4 kB appended and synced, over and over, where the databases are. */
static void measure_disk(void)
{
    const char *tmp = getenv("TMPDIR");
    char path[512];
    static char page[4096];
    double v[FSYNCS];
    (void)snprintf(path, sizeof path, "%s/tongban_fsync_XXXXXX", tmp && *tmp ? tmp : "/tmp");
    int fd = mkstemp(path);
    if (fd < 0) return;
    (void)unlink(path);
    for (size_t i = 0; i < FSYNCS; i++) {
        double from = bench_now();
        if (write(fd, page, sizeof page) != (ssize_t)sizeof page || fdatasync(fd) < 0) return;
        v[i] = 1000 * (bench_now() - from);
    }
    (void)close(fd);
    double p99 = bench_percentile(v, FSYNCS, 99);
    printf("disk: fdatasync of 4 kB appended: p50 %.2f ms, p99 %.2f ms\n", bench_median(v, FSYNCS), p99);
}

static bool number_of(struct bench_options *o, struct slice w, int64_t n)
{
    if (slice_is(w, "--cases") && n <= 65536)
        o->cases = (size_t)n;
    else if (slice_is(w, "--rounds") && n <= ROUNDS_MAX)
        o->rounds = (size_t)n;
    else if (slice_is(w, "--batchers"))
        o->batchers = (int)n;
    else if (slice_is(w, "--flight"))
        o->flight = (size_t)n;
    else if (slice_is(w, "--growth") && n >= 1000)
        o->growth = n;
    else if (slice_is(w, "--least") && n >= 100)
        o->least = n;
    else
        return false;
    return true;
}

int main(int argc, char **argv)
{
    /* many batches a stage: between stages nothing overlaps, which a city's day does not know */
    struct bench_options o = {.cases = 1024, .rounds = 3, .flight = 256, .batchers = 3, .least = 10000};
    bool sqlite = true, postgres = true, good = true;
    for (int i = 1; i < argc && good; i++) {
        struct slice w = slice_cstr(argv[i]);
        int64_t n = 0;
        if (slice_is(w, "--sqlite"))
            postgres = false;
        else if (slice_is(w, "--postgres"))
            sqlite = false;
        else if (slice_is(w, "--reference"))
            o.folder = "bench/reference";
        else if (slice_is(w, "--keep"))
            o.keep = true;
        else
            good = ++i < argc && slice_int64(slice_cstr(argv[i]), &n) && n > 0 && number_of(&o, w, n);
    }
    if (!good || (o.growth && !o.folder)) { /* what is copied as the city grows is a case of the reference process */
        (void)fprintf(
            stderr,
            "usage: openings_bench [--reference [--growth N [--least N] [--keep]]] [--cases N] [--rounds N] [--flight N] [--batchers N]"
            " [--sqlite | --postgres]\n");
        return 2;
    }
    measure_disk();
    for (int kind = STORE_SQLITE; kind <= STORE_POSTGRES; kind++) {
        if (kind == STORE_SQLITE ? !sqlite : !postgres) continue;
        const struct growth g = {.kind = (enum store_kind)kind,
                                 .folder = o.folder,
                                 .cases = o.cases,
                                 .rounds = o.rounds,
                                 .least = o.least,
                                 .most = o.growth,
                                 .keep = o.keep};
        good = (o.growth ? growth_measure(&g) : measure(&o, (enum store_kind)kind)) && good;
    }
    return good ? 0 : 1;
}
