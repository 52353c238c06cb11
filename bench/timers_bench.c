/* A great many timers that fall due in an outage: how fast they drain, and what an ordinary write feels of it meanwhile.
 *     timers_bench [--timers N] [--sqlite | --postgres]
 * Each case (test/city/flow/ten_reminders) has ten. The ordinary write is the filing of a case of another service, one after the
 * other; its latency is told before the drain and during it, in one run. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "bench/city.h"
#include "city/sql.h"

enum { FLIGHT = 512, FILED = 4000, DRAWN = 50000 };

struct timers {
    struct store_fixture *f;
    struct test_city *t;
    struct city *c;
    const struct actor *who;
    const struct service *many, *other;
    instant now;
    size_t cases;
    atomic_bool over;
    size_t fired, rounds;
    int64_t rested;
};

static void must(struct arena *a, const char *what, result r)
{
    if (failed(r)) bench_stop(a, what, r);
}

/* ---- filing ---- */

struct filed {
    struct arena *a;
    struct case_command k;
    struct case_filing f;
    struct case_done done;
    struct run *run;
    atomic_bool *failed;
    atomic_int *open;
};

static void prepare(struct timers *t, const struct service *s, struct filed *x)
{
    struct json_builder none = json_builder(x->a);
    x->f = (struct case_filing){.service = s,
                                .data = json_object(&none),
                                .town = S("441900004"),
                                .subject = t->who->subject,
                                .channel = S("online")};
    x->k = (struct case_command){.city = t->c, .a = x->a, .actor = t->who, .now = t->now, .route = S("bench")};
    must(x->a, "applicant", subject_snapshot(t->c, x->a, x->f.subject, &x->f.applicant));
    must(x->a, "prepare", case_file_prepare(&x->k, &x->f, &x->done, &x->run));
}

static void finished(struct run *r, result res)
{
    struct filed *x = (struct filed *)((char *)r->out - offsetof(struct filed, done));
    if (failed(res)) atomic_store(x->failed, true);
    (void)atomic_fetch_sub(x->open, 1);
}

/* Many at once, so that a million timers are there in minutes. */
static void fill(struct timers *t)
{
    atomic_bool bad = false;
    atomic_int open = 0;
    struct filed *list = calloc(FLIGHT, sizeof *list);
    for (size_t done = 0; done < t->cases; done += FLIGHT) {
        size_t n = t->cases - done < FLIGHT ? t->cases - done : FLIGHT;
        atomic_store(&open, (int)n);
        for (size_t i = 0; i < n; i++) {
            list[i] = (struct filed){.a = arena_new("filed"), .failed = &bad, .open = &open};
            prepare(t, t->many, &list[i]);
            run_command_async(list[i].run, finished);
        }
        while (atomic_load(&open)) (void)nanosleep(&(struct timespec){0, 200000}, NULL);
        for (size_t i = 0; i < n; i++) arena_free(list[i].a);
        t->now += 1;
    }
    free(list);
    if (bad) (void)fprintf(stderr, "some filings failed\n");
}

static int by_size(const void *p, const void *q)
{
    double x = *(const double *)p, y = *(const double *)q;
    return (x > y) - (x < y);
}

struct latency {
    double half, most; /* ms: the median and the 99th percentile */
};

static struct latency write_some(struct timers *t, size_t n, const atomic_bool *until)
{
    double *took = calloc(n, sizeof *took);
    size_t count = 0;
    for (; count < n && !(until && atomic_load(until)); count++) {
        struct filed x = {.a = arena_new("write")};
        double from = bench_now();
        prepare(t, t->other, &x);
        must(x.a, "write", run_command(x.run));
        took[count] = (bench_now() - from) * 1000;
        arena_free(x.a);
    }
    qsort(took, count, sizeof *took, by_size);
    struct latency l = {count ? took[count / 2] : 0, count ? took[count * 99 / 100] : 0};
    free(took);
    return l;
}

/* ---- the worker, as in `tongban serve` ---- */

static void *drain(void *arg)
{
    struct timers *t = arg;
    size_t asked = TIMERS_ROUND;
    for (size_t n = 1; n && !atomic_load(&t->over);) {
        struct arena *a = arena_new("timers");
        double from = bench_now();
        int64_t units = store_stats(t->c->store).units;
        must(a, "timers", case_timers_run(t->c, a, t->now, asked, &n));
        struct timers_pace pace =
            case_timers_pace(store_stats(t->c->store).units - units, asked, n, (int64_t)((bench_now() - from) * 1000));
        arena_free(a);
        t->fired += n;
        t->rounds += n > 0;
        t->rested += pace.rest;
        asked = pace.next;
        (void)nanosleep(&(struct timespec){pace.rest / 1000, pace.rest % 1000 * 1000000}, NULL);
    }
    atomic_store(&t->over, true);
    return NULL;
}

static double drain_beside(struct timers *t, bool writes, struct latency *l)
{
    pthread_t worker;
    double from = bench_now();
    atomic_store(&t->over, false);
    t->fired = t->rounds = 0;
    t->rested = 0;
    if (pthread_create(&worker, NULL, drain, t) != 0) exit(1);
    if (writes) *l = write_some(t, FILED, &t->over);
    if (writes) atomic_store(&t->over, true); /* the rest is drained alone */
    (void)pthread_join(worker, NULL);
    return bench_now() - from;
}

static const struct service *install(struct timers *t, struct arena *a, const char *folder, const char *code)
{
    struct service_files files;
    const struct service *s = NULL;
    must(a, folder, service_files_read(a, slice_cstr(test_city_source(a, folder)), &files));
    must(a, folder, catalogue_install(t->c->catalogue, a, &files, 1, t->now));
    must(a, code, catalogue_current(t->c->catalogue, a, slice_cstr(code), &s));
    return s;
}

static void measure(struct store_fixture *f, size_t timers)
{
    struct timers t = {.f = f, .cases = timers / 10};
    struct arena *a = f->a;
    struct latency alone, beside = {0, 0};
    if (!instant_scan(S("2021-09-22T09:00:00+08:00"), &t.now)) exit(1);
    struct test_city_options o = {.clock = &t.now, .fresh = true, .no_services = true};
    must(a, "city", test_city_open(a, f->s, &o, &t.t));
    t.c = &t.t->city;
    t.who = test_city_actor(t.t, S("zhangsan"));
    t.many = install(&t, a, "test/city/flow/ten_reminders", "ten_reminders");
    t.other = install(&t, a, "test/city/flow/market_stall", "market_stall");
    double from = bench_now();
    fill(&t);
    int64_t pending = store_test_number(f, "SELECT COUNT(*) FROM case_timer");
    (void)printf("%s: %lld timers pending, made in %.0f s\n", f->kind == STORE_SQLITE ? "SQLite" : "PostgreSQL",
                 (long long)pending, bench_now() - from);
    (void)write_some(&t, 50, NULL);
    alone = write_some(&t, FILED, NULL);
    t.now += 11 * MS_HOUR; /* the outage */
    double with = drain_beside(&t, true, &beside);
    (void)printf("  an ordinary write alone:        median %.2f ms, 99 %% within %.2f ms\n", alone.half, alone.most);
    (void)printf("  … beside the drain:             median %.2f ms, 99 %% within %.2f ms (%.2f times, %.2f times)\n",
                 beside.half, beside.most, beside.half / alone.half, beside.most / alone.most);
    (void)printf("  timers fired beside the writes: %zu in %.1f s, %.0f/s, %.0f in a round, rested %.1f s\n", t.fired,
                 with, (double)t.fired / with, (double)t.fired / (double)(t.rounds ? t.rounds : 1),
                 (double)t.rested / 1000);
    size_t before = t.fired;
    double took = drain_beside(&t, false, &beside);
    (void)printf("  and nobody else writing:        %zu in %.1f s, %.0f/s\n", t.fired, took, (double)t.fired / took);
    int64_t left = store_test_number(f, "SELECT COUNT(*) FROM case_timer"),
            events = store_test_number(f, "SELECT COUNT(*) FROM case_event WHERE kind = 'timer'");
    (void)printf("  all %lld fired once: %s (%lld events, %lld left)\n", (long long)pending,
                 events == pending && left == 0 && before + t.fired == (size_t)pending ? "yes" : "NO",
                 (long long)events, (long long)left);
}

int main(int argc, char **argv)
{
    size_t timers = DRAWN;
    bool sqlite = true, postgres = true;
    (void)setvbuf(stdout, NULL, _IOLBF, 0); /* a run of minutes says what it has */
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--timers") == 0 && i + 1 < argc)
            timers = (size_t)strtoul(argv[++i], NULL, 10);
        else if (strcmp(argv[i], "--sqlite") == 0)
            postgres = false;
        else if (strcmp(argv[i], "--postgres") == 0)
            sqlite = false;
        else
            return (void)fprintf(stderr, "usage: timers_bench [--timers N] [--sqlite | --postgres]\n"), 2;
    }
    for (int kind = STORE_SQLITE; kind <= STORE_POSTGRES; kind++) {
        struct store_fixture f;
        struct arena *a = arena_new("bench");
        if (kind == STORE_SQLITE ? !sqlite : !postgres) continue;
        if (store_fixture_open(&f, a, (enum store_kind)kind, NULL)) {
            measure(&f, timers);
            store_fixture_close(&f);
        }
        arena_free(a);
    }
    return 0;
}
