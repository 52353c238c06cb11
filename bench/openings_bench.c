/* openings_bench [--cases N] [--flight N] [--sqlite | --postgres]
 *
 * Company openings a second in process, without HTTP: each opening is filed, its six tasks are decided by officers of six
 * departments, and the jobs that the flow waits for (the enterprise's account, the licence, the receipts) come back as the
 * commands they are. Timed: every command from its preparation to its durable commit, up to N in flight at once. Not timed:
 * the verbs' own work outside any transaction (rendering and signing PDFs, the account's rows); it is timed apart and
 * printed as documents a second. Letters that no flow waits for stay jobs, as in life.
 *
 * Beside it the raw cost of the very rows: what the store wrote is recorded while it is measured, and written again to a
 * fresh database with the same schema and indexes, in the same transactions, through prepared statements. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "bench/recorder.h"
#include "city/cases/run.h"
#include "store/store_test_support.h"
#include "test/city/opening.h"

struct bench_options {
    size_t cases, flight;
    int batchers;
};
struct one { /* an opening under way */
    struct arena *a, *job;
    struct id id, job_id;
    struct case_command k;
    struct case_filing f;
    struct case_done done;
    struct case_job *work;
    struct run *run;
    struct bench *b;
    enum code answer;
    struct one *next;
};
struct bench {
    struct bench_options o;
    struct test_city *t;
    struct opening_plan *p;
    struct one *list;
    pthread_mutex_t mu;
    pthread_cond_t moved;
    size_t in_flight;
    struct one *again; /* asked for numbers */
    size_t failures;
    char first_failure[300];
    double commands, documents; /* seconds */
    size_t ncommands, ndocuments;
};

static void stop(struct arena *a, const char *what, result r)
{
    struct slice text = result_text(a, r, LANG_EN);
    (void)fprintf(stderr, "%s: %.*s\n", what, SLICE_ARG(text));
    exit(1);
}

/* ---- many in flight ---- */

static void finished(struct run *r, result res)
{
    struct one *x = (struct one *)((char *)r->out - offsetof(struct one, done));
    struct bench *b = x->b;
    (void)pthread_mutex_lock(&b->mu);
    x->answer = result_code(res);
    if (x->answer == CODE_CASE_FETCH) {
        x->next = b->again;
        b->again = x;
    } else {
        b->in_flight--;
        if (failed(res) && b->failures++ == 0) {
            struct arena *a = arena_new("failure");
            struct slice text = result_text(a, res, LANG_EN);
            (void)snprintf(b->first_failure, sizeof b->first_failure, "%.*s", (int)(text.n < 250 ? text.n : 250),
                           text.p);
            arena_free(a);
        }
    }
    (void)pthread_cond_signal(&b->moved);
    (void)pthread_mutex_unlock(&b->mu);
}

static void fetch_again(struct one *x)
{
    result r = run_fetch(x->run);
    if (failed(r)) stop(x->a, "numbers", r);
    run_command_async(x->run, finished);
}

/* Waits until fewer than n are in flight, starting again those that asked for numbers. */
static void wait_below(struct bench *b, size_t n)
{
    (void)pthread_mutex_lock(&b->mu);
    for (;;) {
        struct one *x = b->again;
        if (x) {
            b->again = x->next;
            (void)pthread_mutex_unlock(&b->mu);
            fetch_again(x);
            (void)pthread_mutex_lock(&b->mu);
            continue;
        }
        if (b->in_flight < n) break;
        (void)pthread_cond_wait(&b->moved, &b->mu);
    }
    (void)pthread_mutex_unlock(&b->mu);
}

static void start(struct bench *b, struct one *x)
{
    wait_below(b, b->o.flight);
    (void)pthread_mutex_lock(&b->mu);
    b->in_flight++;
    (void)pthread_mutex_unlock(&b->mu);
    run_command_async(x->run, finished);
}

/* ---- the stages of an opening ---- */

static void file(struct bench *b, struct one *x, int64_t serial)
{
    opening_filing(b->p, x->a, serial, &x->f);
    x->k = opening_command(b->t, x->a, b->p->applicant, "POST /api/v1/cases",
                           arena_printf(x->a, "bench-file-%lld", (long long)serial), json_write(x->a, x->f.data));
    result r = case_file_prepare(&x->k, &x->f, &x->done, &x->run);
    if (failed(r)) stop(x->a, "filing", r);
    x->id = x->k.case_id;
}

static void decide(struct bench *b, struct one *x, const struct opening_step *s)
{
    x->k = opening_command(b->t, x->a, s->actor, "POST /api/v1/cases/{id}/tasks/{task}/decide",
                           arena_printf(x->a, "bench-decide-%lld", (long long)s->token), s->decision.outcome);
    x->k.case_id = x->id;
    x->run = task_decide_prepare(&x->k, &s->decision, &x->done);
}

/* The verb's own work, timed apart: nothing of it is in a transaction of the case. */
static void do_job(struct bench *b, struct one *x, const struct opening_step *s)
{
    struct opening_state now;
    bool there = false;
    result r = opening_look(b->t, x->job, x->id, &now);
    if (failed(r)) stop(x->job, "looking", r);
    x->work = NULL;
    for (size_t i = 0; i < now.njobs; i++)
        if (now.job_tokens[i] == s->token) x->job_id = now.jobs[i];
    double from = bench_now();
    r = case_job_do(&b->t->city, x->job, time_now(b->t->city.time), x->job_id, &x->work, &there);
    b->documents += bench_now() - from;
    b->ndocuments += slice_ends(s->verb, S(".issue"));
    if (failed(r) || !there) stop(x->job, "job", r);
}

static void stage(struct bench *b, size_t n, int64_t serial, const struct opening_step *s)
{
    for (size_t i = 0; s && s->job && i < n; i++) do_job(b, &b->list[i], s);
    double from = bench_now();
    for (size_t i = 0; i < n; i++) {
        struct one *x = &b->list[i];
        x->b = b;
        x->done = (struct case_done){.version = 0};
        if (!s)
            file(b, x, serial + (int64_t)i);
        else if (s->job)
            x->run = case_job_prepare(&b->t->city, x->job, time_now(b->t->city.time), x->work, &x->done);
        else
            decide(b, x, s);
        start(b, x);
    }
    wait_below(b, 1);
    b->commands += bench_now() - from;
    b->ncommands += n;
    if (b->failures) {
        (void)fprintf(stderr, "%zu commands failed, first: %s\n", b->failures, b->first_failure);
        exit(1);
    }
    for (size_t i = 0; i < n; i++) {
        if (s) arena_reset(b->list[i].a);
        arena_reset(b->list[i].job);
    }
}

static void openings(struct bench *b, size_t n, int64_t serial, struct recorder *r)
{
    stage(b, n, serial, NULL);
    for (size_t i = 0; i < b->p->nsteps; i++) {
        if (r) r->stage++;
        stage(b, n, serial, &b->p->steps[i]);
    }
    for (size_t i = 0; i < n; i++) {
        struct opening_state s;
        arena_reset(b->list[i].a);
        result x = opening_look(b->t, b->list[i].a, b->list[i].id, &s);
        if (failed(x) || !s.closed) stop(b->list[i].a, "an opening did not end", x);
    }
}

/* ---- the measurement ---- */

static void prepare(struct bench *b, struct store_fixture *f)
{
    struct test_city_options o = {.fresh = true};
    result r = test_city_open(f->a, f->s, &o, &b->t);
    if (!failed(r)) r = opening_plan_read(b->t, f->a, S("establish_company"), &b->p);
    if (!failed(r)) r = opening_plan_rehearse(b->t, f->a, b->p);
    if (failed(r)) stop(f->a, "the city", r);
    b->list = NEW_ARRAY(f->a, struct one, b->o.cases);
    for (size_t i = 0; i < b->o.cases; i++) {
        b->list[i].a = arena_new("opening");
        b->list[i].job = arena_new("opening's job");
    }
    (void)pthread_mutex_init(&b->mu, NULL);
    (void)pthread_cond_init(&b->moved, NULL);
}

static double replay(struct bench *b, enum store_kind kind, const struct recorder *r)
{
    struct arena *a = arena_new("replay");
    struct store_fixture f;
    struct test_city *t;
    struct test_city_options o = {.no_services = true, .fresh = true};
    double took = -1;
    if (!store_fixture_open(&f, a, kind, NULL)) return -1;
    result res = test_city_open(a, f.s, &o, &t); /* the schema */
    if (failed(res)) stop(a, "the schema", res);
    if (kind == STORE_SQLITE)
        took = replay_sqlite(r, arena_cstr(a, arena_printf(a, "%s/city.db", f.dir)));
    else
        took = replay_postgres(r, arena_cstr(a, f.options.url), b->o.batchers);
    store_fixture_close(&f);
    arena_free(a);
    return took;
}

static bool measure(const struct bench_options *o, enum store_kind kind)
{
    struct arena *a = arena_new("bench");
    struct store_fixture f;
    struct store_options so = {.batchers = o->batchers};
    struct bench *b = NEW(a, struct bench);
    struct recorder r = {.a = arena_new("recorded")};
    const char *name = kind == STORE_SQLITE ? "sqlite" : "postgresql";
    b->o = *o;
    if (!store_fixture_open(&f, a, kind, &so)) return true;
    prepare(b, &f);
    size_t warm = o->cases < 50 ? o->cases : 50;
    openings(b, warm, 1, NULL);
    b->commands = b->documents = 0;
    b->ncommands = b->ndocuments = 0;
    struct store_stats before = store_stats(f.s);
    store_observe(f.s, recorder_observe, &r);
    openings(b, o->cases, 1000, &r);
    store_observe(f.s, NULL, NULL);
    struct store_stats after = store_stats(f.s);
    double raw = replay(b, kind, &r), n = (double)o->cases;
    double ours = n / b->commands, theirs = n / raw;
    printf(
        "%s: %zu openings, %zu commands each (1 filing, %zu decisions, %zu job results), %zu rows and %.1f kB an opening, %.1f units a commit\n",
        name, o->cases, b->ncommands / o->cases, b->p->ntasks, b->p->nsteps - b->p->ntasks, r.nrows / o->cases,
        (double)r.bytes / n / 1000, (double)(after.units - before.units) / (double)(after.batches - before.batches));
    printf("%s: openings/s %.0f (commands/s %.0f); the rows alone %.0f; ratio %.2f; documents/s %.0f (one thread)\n",
           name, ours, (double)b->ncommands / b->commands, theirs, ours / theirs,
           b->documents > 0 ? (double)b->ndocuments / b->documents : 0);
    for (size_t i = 0; i < o->cases; i++) {
        arena_free(b->list[i].a);
        arena_free(b->list[i].job);
    }
    store_fixture_close(&f);
    arena_free(r.a);
    arena_free(a);
    return raw > 0;
}

int main(int argc, char **argv)
{
    struct bench_options o = {.cases = 400, .flight = 256, .batchers = 2};
    bool sqlite = true, postgres = true;
    for (int i = 1; i < argc; i++) {
        struct slice w = slice_cstr(argv[i]), v = i + 1 < argc ? slice_cstr(argv[i + 1]) : (struct slice){NULL, 0};
        int64_t n = 0;
        bool number = slice_is(w, "--cases") || slice_is(w, "--flight");
        bool known = number || slice_is(w, "--sqlite") || slice_is(w, "--postgres");
        if (!known || (number && (!slice_int64(v, &n) || n < 1 || n > 100000))) {
            (void)fprintf(stderr, "usage: openings_bench [--cases N] [--flight N] [--sqlite | --postgres]\n");
            return 2;
        }
        if (slice_is(w, "--cases")) o.cases = (size_t)n;
        if (slice_is(w, "--flight")) o.flight = (size_t)n;
        if (slice_is(w, "--sqlite")) postgres = false;
        if (slice_is(w, "--postgres")) sqlite = false;
        i += number;
    }
    bool good = true;
    if (sqlite) good = measure(&o, STORE_SQLITE) && good;
    if (postgres) good = measure(&o, STORE_POSTGRES) && good;
    return good ? 0 : 1;
}
