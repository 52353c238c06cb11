#include "bench/city.h"

#include <stdio.h>
#include <stdlib.h>

#include "trust/signer.h"

void bench_stop(struct arena *a, const char *what, result r)
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
    if (result_code(res) == CODE_CASE_FETCH) {
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
    if (b->again || b->in_flight < b->wanted) (void)pthread_cond_signal(&b->moved);
    (void)pthread_mutex_unlock(&b->mu);
}

static void fetch_again(struct one *x)
{
    result r = run_fetch(x->run);
    if (failed(r)) bench_stop(x->a, "numbers", r);
    run_command_async(x->run, finished);
}

/* Waits until fewer than n are in flight, starting again those that asked for numbers. */
static void wait_below(struct bench *b, size_t n)
{
    (void)pthread_mutex_lock(&b->mu);
    b->wanted = n;
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

static size_t in_flight(struct bench *b)
{
    (void)pthread_mutex_lock(&b->mu);
    size_t n = b->in_flight;
    (void)pthread_mutex_unlock(&b->mu);
    return n;
}

static void start(struct bench *b, struct one *x)
{
    /* Full: waits until an eighth of the room is free, not for each place, which would be two switches of thread for each
     * command. */
    if (in_flight(b) >= b->flight) wait_below(b, b->flight - b->flight / 8);
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
    if (failed(r)) bench_stop(x->a, "filing", r);
    x->id = x->k.case_id;
}

static void decide(struct bench *b, struct one *x, const struct opening_step *s)
{
    x->k = opening_command(b->t, x->a, s->actor, "POST /api/v1/cases/{id}/tasks/{task}/decide",
                           arena_printf(x->a, "bench-decide-%lld", (long long)s->token), s->decision.outcome);
    x->k.case_id = x->id;
    x->run = task_decide_prepare(&x->k, &s->decision, &x->done);
}

/* The verb's own work: nothing of it is in a transaction of the case. */
static void do_job(struct bench *b, struct one *x, const struct opening_step *s)
{
    struct opening_state now;
    bool there = false;
    result r = opening_look(b->t, x->job, x->id, &now);
    if (failed(r)) bench_stop(x->job, "looking", r);
    x->work = NULL;
    for (size_t i = 0; i < now.njobs; i++)
        if (now.job_tokens[i] == s->token) x->job_id = now.jobs[i];
    r = case_job_do(&b->t->city, x->job, time_now(b->t->city.time), x->job_id, &x->work, &there);
    if (!failed(r) && there) r = case_job_result(x->work);
    if (!failed(r) && there) return;
    (void)fprintf(stderr, "job %.*s of token %lld: %s\n", SLICE_ARG(s->verb), (long long)s->token,
                  there ? "failed" : "not there");
    bench_stop(x->job, "job", r);
}

struct worker {
    struct bench *b;
    const struct opening_step *s;
    size_t first;
    pthread_t thread;
};

static void *work(void *arg)
{
    struct worker *w = arg;
    (void)pthread_setname_np(pthread_self(), "documents");
    for (size_t i = w->first; i < w->b->cases; i += (size_t)w->b->workers) do_job(w->b, &w->b->list[i], w->s);
    return NULL;
}

static void do_jobs(struct bench *b, const struct opening_step *s)
{
    struct worker w[16];
    /* a signer lets so many through a minute and no more: every stage has one of its own */
    result r = signer_open_test(b->t->a, b->t->city.time, NULL, &b->t->city.signer);
    if (failed(r)) bench_stop(b->t->a, "the signer", r);
    double from = bench_now();
    for (int i = 0; i < b->workers; i++) {
        w[i] = (struct worker){.b = b, .s = s, .first = (size_t)i};
        if (pthread_create(&w[i].thread, NULL, work, &w[i]) != 0) abort();
    }
    for (int i = 0; i < b->workers; i++) (void)pthread_join(w[i].thread, NULL);
    if (!slice_ends(s->verb, S(".issue"))) return; /* an account, a number: no paper */
    b->documents += bench_now() - from;
    b->ndocuments += b->cases;
}

static void prepare_one(struct bench *b, struct one *x, int64_t serial, const struct opening_step *s)
{
    x->b = b;
    x->done = (struct case_done){.version = 0};
    if (!s)
        file(b, x, serial);
    else if (s->job)
        x->run = case_job_prepare(&b->t->city, x->job, time_now(b->t->city.time), x->work, &x->done);
    else
        decide(b, x, s);
}

static void stage(struct bench *b, int64_t serial, const struct opening_step *s)
{
    if (s && s->job) do_jobs(b, s);
    double from = bench_now();
    for (size_t i = 0; i < b->cases; i++) {
        prepare_one(b, &b->list[i], serial + (int64_t)i, s);
        start(b, &b->list[i]);
    }
    wait_below(b, 1);
    b->commands += bench_now() - from;
    b->ncommands += b->cases;
    if (b->failures) {
        (void)fprintf(stderr, "%zu commands failed, first: %s\n", b->failures, b->first_failure);
        exit(1);
    }
    if (b->after) b->after(b->ctx);
    for (size_t i = 0; i < b->cases; i++) {
        if (s) arena_reset(b->list[i].a);
        arena_reset(b->list[i].job);
    }
}

void bench_filings(struct bench *b, int64_t serial)
{
    stage(b, serial, NULL);
    for (size_t i = 0; i < b->cases; i++) arena_reset(b->list[i].a);
}

void bench_openings(struct bench *b, int64_t serial)
{
    stage(b, serial, NULL);
    for (size_t i = 0; i < b->p->nsteps; i++) stage(b, serial, &b->p->steps[i]);
    for (size_t i = 0; i < b->cases; i++) {
        struct opening_state s;
        arena_reset(b->list[i].a);
        result x = opening_look(b->t, b->list[i].a, b->list[i].id, &s);
        if (failed(x)) bench_stop(b->list[i].a, "looking", x);
        if (s.closed) continue;
        (void)fprintf(stderr, "opening %zu did not end: %zu tasks (%.*s), %zu jobs (%.*s)\n", i, s.ntasks,
                      SLICE_ARG(s.ntasks ? s.tasks[0].node : S("none")), s.njobs,
                      SLICE_ARG(s.njobs ? s.job_verbs[0] : S("none")));
        exit(1);
    }
}

static result install(struct bench *b, struct arena *a)
{
    struct service_files folder;
    TRY(service_files_read(a, slice_cstr(test_city_source(a, b->folder)), &folder));
    return catalogue_install(b->t->city.catalogue, a, &folder, 1, time_now(b->t->city.time));
}

void bench_prepare(struct bench *b, struct store_fixture *f)
{
    struct test_city_options o = {.fresh = true, .no_services = b->folder != NULL};
    result r = test_city_open(f->a, f->s, &o, &b->t);
    if (!failed(r) && b->folder) r = install(b, f->a);
    if (!failed(r))
        r = opening_plan_read(b->t, f->a, slice_cstr(b->folder ? strrchr(b->folder, '/') + 1 : "establish_company"),
                              &b->p);
    if (!failed(r)) r = opening_plan_rehearse(b->t, f->a, b->p);
    if (failed(r)) bench_stop(f->a, "the city", r);
    b->list = NEW_ARRAY(f->a, struct one, b->cases);
    for (size_t i = 0; i < b->cases; i++) {
        b->list[i].a = arena_new("opening");
        b->list[i].job = arena_new("opening's job");
    }
    (void)pthread_mutex_init(&b->mu, NULL);
    (void)pthread_cond_init(&b->moved, NULL);
}

void bench_end(struct bench *b)
{
    for (size_t i = 0; i < b->cases; i++) {
        arena_free(b->list[i].a);
        arena_free(b->list[i].job);
    }
    (void)pthread_cond_destroy(&b->moved);
    (void)pthread_mutex_destroy(&b->mu);
}

void bench_clear(struct bench *b)
{
    b->commands = b->documents = 0;
    b->ncommands = b->ndocuments = 0;
}
