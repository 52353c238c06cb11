/* All repetitions of all variants, on some threads. Each run is by itself, and runs are added up in their order, so the report does
 * not depend on who was first. */
#include "city/simulation/internal.h"

#include <pthread.h>

enum { THREADS_MOST = 16 };

struct slot { /* one run */
    struct arena *a;
    struct sim_result *r;
    double part;
    bool done;
};
struct runs {
    const struct simulation *s;
    struct arena *a; /* of the sums */
    const struct sim_watch *watch;
    pthread_mutex_t lock;
    struct slot *slots; /* [variant * repetitions + repetition] */
    size_t n, next, *folded;
    struct variant_runs *variants;
    double parts;
    bool stopped;
    result problem;
};
struct place { /* which run a watch is about */
    struct runs *runs;
    struct slot *slot;
};

static bool go_on(void *ctx, double part)
{
    struct place *p = ctx;
    struct runs *x = p->runs;
    (void)pthread_mutex_lock(&x->lock);
    x->parts += part - p->slot->part;
    p->slot->part = part;
    if (!x->stopped && x->watch && x->watch->go_on && !x->watch->go_on(x->watch->ctx, x->parts / (double)x->n))
        x->stopped = true;
    bool more = !x->stopped && !failed(x->problem);
    (void)pthread_mutex_unlock(&x->lock);
    return more;
}

/* What is finished is added in the order of repetitions; lock held. */
static void fold(struct runs *x, size_t variant)
{
    size_t reps = (size_t)x->s->repetitions;
    for (; x->folded[variant] < reps; x->folded[variant]++) {
        struct slot *s = &x->slots[variant * reps + x->folded[variant]];
        struct variant_runs *v = &x->variants[variant];
        if (!s->done) return;
        measure_take(s->r, &v->measures[x->folded[variant]]);
        v->sum = sim_add(x->a, v->sum, s->r);
        arena_free(s->a);
        s->a = NULL;
    }
}

static void run_one(struct runs *x, size_t i)
{
    size_t reps = (size_t)x->s->repetitions;
    struct slot *s = &x->slots[i];
    struct place place = {x, s};
    struct sim_watch watch = {go_on, &place};
    s->a = arena_new("simulation run");
    result r = sim_run(s->a, &x->s->variants[i / reps].plan, i % reps, &watch, &s->r);
    (void)pthread_mutex_lock(&x->lock);
    if (failed(r) && !failed(x->problem)) x->problem = result_copy(x->a, r);
    if (!failed(r) && !s->r->stopped) {
        x->parts += 1 - s->part;
        s->part = 1;
        s->done = true;
        fold(x, i / reps);
    }
    (void)pthread_mutex_unlock(&x->lock);
}

static void *work(void *arg)
{
    struct runs *x = arg;
    for (;;) {
        (void)pthread_mutex_lock(&x->lock);
        size_t i = x->stopped || failed(x->problem) ? x->n : x->next;
        if (i < x->n) x->next++;
        (void)pthread_mutex_unlock(&x->lock);
        if (i >= x->n) return NULL;
        run_one(x, i);
    }
}

static void on_threads(struct runs *x, int threads)
{
    pthread_t list[THREADS_MOST];
    int n = 0;
    while (n < threads - 1 && n < THREADS_MOST && pthread_create(&list[n], NULL, work, x) == 0) n++;
    (void)work(x);
    for (int i = 0; i < n; i++) (void)pthread_join(list[i], NULL);
}

result simulation_run(struct arena *a, const struct simulation *s, const struct citydata *names, int threads,
                      const struct sim_watch *watch, const struct json **report, bool *stopped)
{
    struct runs x = {.s = s, .a = a, .watch = watch, .lock = PTHREAD_MUTEX_INITIALIZER};
    size_t reps = (size_t)s->repetitions;
    x.n = s->nvariants * reps;
    x.slots = NEW_ARRAY(a, struct slot, x.n + 1);
    x.folded = NEW_ARRAY(a, size_t, s->nvariants + 1);
    x.variants = NEW_ARRAY(a, struct variant_runs, s->nvariants + 1);
    for (size_t i = 0; i < s->nvariants; i++) {
        x.variants[i].v = &s->variants[i];
        x.variants[i].measures = NEW_ARRAY(a, struct measure, reps + 1);
    }
    on_threads(&x, threads);
    for (size_t i = 0; i < x.n; i++)
        if (x.slots[i].a) arena_free(x.slots[i].a);
    *stopped = x.stopped;
    *report = NULL;
    TRY(x.problem);
    if (!x.stopped) *report = report_json(a, s, names, x.variants);
    return ok();
}
