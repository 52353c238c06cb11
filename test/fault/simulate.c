/* fault_simulate [--models N] [--seed S] [--steps N] [--jobs N] [--findings N] [--defect NAME | --defects] [--twice] [--trace]
 *
 * Models are the seeds S, S + 1, …; each runs in a process of its own, which begins with the same empty city. A model that breaks a
 * promise is run again with as few steps as it takes, and the command that shows it is printed.
 *   --findings ends after so many models that broke a promise (5)
 *   --twice    every model twice: both runs must leave the same trace
 *   --defects  every deliberate defect must be found within N models
 *   --trace    says everything that happens (one model) */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "test/fault/sim.h"

enum { JOBS_MAX = 16, MODEL_SECONDS = 120 };
struct run_options {
    uint64_t models, seed;
    unsigned steps, jobs, findings;
    bool twice, trace, defects;
    const char *defect;
};
struct child {
    pid_t pid;
    int fd;
    uint64_t seed;
    unsigned steps;
};

static void stop(const char *what)
{
    perror(what);
    exit(2);
}

/* ---- one model in a process of its own ---- */

static _Noreturn void be_model(const struct child *k, int fd, const struct run_options *o)
{
    static struct sim_report report;
    (void)alarm(MODEL_SECONDS);
    sim_report_fd = fd;
    sim.seed = k->seed;
    sim.steps = k->steps;
    sim.verbose = o->trace;
    sim_model();
    report.stats = sim.stats;
    report.step = sim.step;
    (void)fflush(stdout);
    _exit(write(fd, &report, sizeof report) == (ssize_t)sizeof report ? 0 : 2);
}

static void begin(struct child *k, uint64_t seed, unsigned steps, const struct run_options *o)
{
    int ends[2];
    if (pipe(ends) != 0) stop("pipe");
    (void)fflush(stdout);
    *k = (struct child){.seed = seed, .steps = steps, .fd = ends[0]};
    k->pid = fork();
    if (k->pid < 0) stop("fork");
    if (k->pid == 0) {
        (void)close(ends[0]);
        be_model(k, ends[1], o);
    }
    (void)close(ends[1]);
}

static void wait_for(struct child *k, struct sim_report *r)
{
    size_t n = 0;
    int status = 0;
    memset(r, 0, sizeof *r);
    for (ssize_t got; n < sizeof *r && (got = read(k->fd, (char *)r + n, sizeof *r - n)) != 0;) {
        if (got > 0) n += (size_t)got;
        if (got < 0 && errno != EINTR) stop("read");
    }
    (void)close(k->fd);
    while (waitpid(k->pid, &status, 0) < 0)
        if (errno != EINTR) stop("waitpid");
    if (n == sizeof *r) return;
    memset(r, 0, sizeof *r);
    r->wrong = true;
    r->step = k->steps;
    if (WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM)
        (void)snprintf(r->text, sizeof r->text, "does not come to an end");
    else
        (void)snprintf(r->text, sizeof r->text, "the process ended with status %d", status);
}

static void run_one(uint64_t seed, unsigned steps, const struct run_options *o, struct sim_report *r)
{
    struct child k;
    begin(&k, seed, steps, o);
    wait_for(&k, r);
}

/* ---- figures ---- */

static void add(struct sim_stats *all, const struct sim_stats *one)
{
    uint64_t *x = (uint64_t *)all;
    const uint64_t *y = (const uint64_t *)one;
    uint64_t trace = (all->trace ^ one->trace) * UINT64_C(0x100000001B3);
    for (size_t i = 0; i < sizeof *all / sizeof *x; i++) x[i] += y[i];
    all->trace = trace;
}

#define LLU(x) ((unsigned long long)(x))

static void print_stats(const struct sim_stats *s)
{
    const struct disk_stats *d = &s->disk;
    printf("%llu models, %llu steps, %llu cases (%llu taken back at a named wait), %llu events in the journals\n",
           LLU(s->models), LLU(s->steps), LLU(s->cases), LLU(s->named_waits), LLU(s->events));
    printf("%llu commands: %llu acknowledged, %llu refused, %llu whose answer nobody heard\n", LLU(s->commands),
           LLU(s->acknowledged), LLU(s->refused), LLU(s->unanswered));
    printf("%llu checks after steps, %llu comparisons with the journal, %llu starts\n", LLU(s->checks),
           LLU(s->rebuilds), LLU(s->boots));
    for (size_t i = 0; i < SIM_ACTS; i++) printf("  %-44s %8llu\n", SIM_ACT_NAMES[i], LLU(s->acts[i]));
    printf("what happened to cases\n");
    for (size_t i = 0; i < SIM_HAPPENED; i++) printf("  %-44s %8llu\n", SIM_HAPPENED_NAMES[i], LLU(s->happened[i]));
    printf("what went wrong\n");
    for (size_t i = 0; i < SIM_FAULTS; i++) printf("  %-44s %8llu\n", SIM_FAULT_NAMES[i], LLU(s->faults[i]));
    printf(
        "the disk: %llu writes, %llu syncs; errors: %llu writes refused, %llu cut short, %llu syncs, %llu reads, %llu full, "
        "%llu locks held by others\n",
        LLU(d->writes), LLU(d->syncs), LLU(d->io_errors), LLU(d->short_writes), LLU(d->sync_errors),
        LLU(d->read_errors), LLU(d->full), LLU(d->locked));
    printf("  at crashes: %llu unsynced sectors lost, %llu kept, %llu torn\n", LLU(d->lost_sectors),
           LLU(d->kept_sectors), LLU(d->torn_sectors));
}

/* A kind of element or of fault that was never met proves nothing. */
static unsigned print_coverage(const struct sim_stats *s, bool all)
{
    unsigned never = 0;
    printf("elements of BPMN that cases passed\n");
    for (size_t i = 0; cover_name(i); i++) {
        printf("  %-52s %8llu%s\n", cover_name(i), LLU(s->cover[i]), s->cover[i] ? "" : "   never");
        never += s->cover[i] == 0;
    }
    for (size_t i = 0; i < SIM_FAULTS; i++) never += s->faults[i] == 0;
    for (size_t i = 0; i < SIM_ACTS; i++) never += s->acts[i] == 0;
    for (size_t i = 0; i < SIM_HAPPENED; i++) never += s->happened[i] == 0;
    if (never && all) printf("never met: %u kinds of elements, faults or acts\n", never);
    return never;
}

/* ---- runs ---- */

static void say_wrong(const struct sim_report *r, uint64_t seed, unsigned steps, const struct run_options *o)
{
    struct sim_report again;
    unsigned fewer = r->step < steps ? r->step : steps;
    run_one(seed, fewer, o, &again);
    if (!again.wrong) fewer = steps;
    printf("WRONG at step %u of model %llu: %s\n", r->step, LLU(seed), r->text);
    if (again.wrong && strcmp(again.text, r->text) == 0) printf("  shown again, with %u steps\n", fewer);
    printf("  fault_simulate --seed %llu --models 1 --steps %u%s%s --trace\n", LLU(seed), fewer,
           o->defect ? " --defect " : "", o->defect ? o->defect : "");
}

/* How many models broke a promise. Models run beside each other; what they give is taken in their order. */
static unsigned run_all(const struct run_options *o, struct sim_stats *all)
{
    struct child running[JOBS_MAX];
    struct sim_report r, second;
    unsigned wrong = 0, n = 0;
    uint64_t next = 0, models = o->models;
    for (uint64_t taken = 0; taken < models && wrong < o->findings; taken++) {
        while (n < o->jobs && next < models) begin(&running[n++], o->seed + next++, o->steps, o);
        struct child k = running[0];
        memmove(running, running + 1, --n * sizeof *running);
        wait_for(&k, &r);
        if (!r.wrong && o->twice) {
            run_one(k.seed, o->steps, o, &second);
            if (second.stats.trace != r.stats.trace) {
                r.wrong = true;
                (void)snprintf(r.text, sizeof r.text, "two runs leave two traces");
            }
        }
        wrong += r.wrong;
        if (r.wrong)
            say_wrong(&r, k.seed, o->steps, o);
        else
            add(all, &r.stats);
    }
    for (; n > 0; n--) wait_for(&running[n - 1], &r);
    return wrong;
}

/* How many models it takes to find the defect; 0: it is not found. */
static uint64_t find_defect(const struct run_options *o, struct sim_report *r)
{
    for (uint64_t i = 0; i < o->models; i++) {
        run_one(o->seed + i, o->steps, o, r);
        if (r->wrong) return i + 1;
    }
    return 0;
}

static unsigned run_defects(struct run_options o)
{
    unsigned missed = 0, found = 0;
    struct sim_report r;
    for (size_t i = 0; SIM_DEFECTS[i]; i += 2) {
        o.defect = SIM_DEFECTS[i];
        (void)sim_defect_set(o.defect);
        uint64_t n = find_defect(&o, &r);
        printf("%-18s %-62s ", SIM_DEFECTS[i], SIM_DEFECTS[i + 1]);
        if (n)
            printf("found in model %llu: %s\n", LLU(n), r.text);
        else
            printf("NOT FOUND in %llu models\n", LLU(o.models));
        found += n > 0;
        missed += n == 0;
    }
    printf("defects: %u found, %u not\n", found, missed);
    return missed;
}

/* ---- the command ---- */

static uint64_t number_of(const char *text)
{
    int64_t n;
    if (text && slice_int64(slice_cstr(text), &n) && n >= 0) return (uint64_t)n;
    (void)fprintf(stderr, "not a number: %s\n", text ? text : "");
    exit(2);
}

static void read_options(int argc, char **argv, struct run_options *o)
{
    for (int i = 1; i < argc; i++) {
        struct slice x = slice_cstr(argv[i]);
        const char *next = i + 1 < argc ? argv[i + 1] : NULL;
        bool flag = slice_is(x, "--twice") || slice_is(x, "--trace") || slice_is(x, "--defects");
        if (slice_is(x, "--twice"))
            o->twice = true;
        else if (slice_is(x, "--trace"))
            o->trace = true;
        else if (slice_is(x, "--defects"))
            o->defects = true;
        else if (slice_is(x, "--models"))
            o->models = number_of(next);
        else if (slice_is(x, "--seed"))
            o->seed = number_of(next);
        else if (slice_is(x, "--steps"))
            o->steps = (unsigned)number_of(next);
        else if (slice_is(x, "--jobs"))
            o->jobs = (unsigned)number_of(next);
        else if (slice_is(x, "--findings"))
            o->findings = (unsigned)number_of(next);
        else if (slice_is(x, "--defect") && next && sim_defect_set(next))
            o->defect = next;
        else
            stop(
                "fault_simulate [--models N] [--seed S] [--steps N] [--jobs N] [--findings N] [--defect NAME | --defects] [--twice] [--trace]");
        i += !flag;
    }
    if (o->jobs < 1 || o->jobs > JOBS_MAX || o->trace) o->jobs = 1;
}

int main(int argc, char **argv)
{
    struct run_options o = {.models = 100, .seed = 1, .steps = 60, .jobs = 2, .findings = 5};
    static struct sim_stats all;
    read_options(argc, argv, &o);
    sim_world_make();
    if (o.defects) return run_defects(o) != 0;
    unsigned wrong = run_all(&o, &all);
    print_stats(&all);
    bool enough = o.models >= 300;
    unsigned never = print_coverage(&all, enough);
    printf("trace %016llx\n%llu models, %u broke a promise\n", LLU(all.trace), LLU(all.models + wrong), wrong);
    return wrong || (enough && never);
}
