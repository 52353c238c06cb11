/* The machine and the city on it. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "test/fault/sim.h"

struct sim sim;

const char *const SIM_FAULT_NAMES[SIM_FAULTS] = {
    [FAULT_CRASH_DISK] = "crash in an operation on the disk",
    [FAULT_CRASH_TURN] = "crash between two turns",
    [FAULT_CRASH_START] = "crash while starting",
    [FAULT_WRITE] = "write refused",
    [FAULT_SHORT_WRITE] = "write cut short",
    [FAULT_SYNC] = "sync failed",
    [FAULT_READ] = "read failed",
    [FAULT_FULL] = "disk full",
    [FAULT_LOST_REPLY] = "reply lost",
    [FAULT_DUPLICATE] = "answered command sent again",
    [FAULT_TWICE_AT_ONCE] = "the same command twice at once",
    [FAULT_STALE] = "command about what is past",
    [FAULT_SLOW_WORKER] = "worker slower than its lease",
    [FAULT_OUTAGE] = "body outside out of order",
    [FAULT_REFUSES] = "body outside says no",
    [FAULT_POST_SHUFFLED] = "post brought in another order",
    [FAULT_LEASES_LOST] = "leases lost",
    [FAULT_CLOCK_FORWARD] = "clock jumps forward",
    [FAULT_CLOCK_BACK] = "clock jumps back",
    [FAULT_CLOCK_SKEW] = "database's clock differs",
    [FAULT_RESTART] = "restart in order",
};

/* ---- saying ---- */

static void fold(const char *text)
{
    for (; *text; text++) sim.stats.trace = (sim.stats.trace ^ (uint8_t)*text) * UINT64_C(0x100000001B3);
}

void sim_trace(const char *format, ...)
{
    char line[1000];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(line, sizeof line, format, args);
    va_end(args);
    fold(line);
    if (sim.verbose) (void)printf("%4u  %s\n", sim.step, line);
}

int sim_report_fd = -1;

_Noreturn void sim_wrong(const char *format, ...)
{
    static struct sim_report report;
    va_list args;
    report.wrong = true;
    report.step = sim.step;
    va_start(args, format);
    (void)vsnprintf(report.text, sizeof report.text, format, args);
    va_end(args);
    if (sim_report_fd < 0 || sim.verbose) (void)printf("WRONG: %s\n", report.text);
    (void)fflush(stdout);
    if (sim_report_fd >= 0 && write(sim_report_fd, &report, sizeof report) < 0) _exit(2);
    _exit(1);
}

void sim_fault(enum sim_fault f)
{
    sim.stats.faults[f]++;
}

/* ---- the clocks ---- */

static instant city_clock(void *ctx)
{
    (void)ctx;
    return sim.now;
}
static instant database_clock(void *ctx)
{
    (void)ctx;
    return sim.now + sim.skew;
}

/* ---- doing something alone ---- */

bool sim_do(const char *name, void (*fn)(void *arg), void *arg)
{
    const struct fiber *f = fiber_start(name, fn, arg);
    char who[200];
    fibers_run();
    if (sim_crashed) return false;
    if (!fiber_over(f)) {
        (void)fibers_stuck(who, sizeof who);
        sim_wrong("%s does not come back; waiting: %s", name, who);
    }
    return true;
}

/* ---- made once ---- */

static void need(struct arena *a, const char *what, result r)
{
    if (!failed(r)) return;
    struct slice text = result_text(a, r, LANG_EN);
    sim_wrong("%s: %.*s", what, SLICE_ARG(text));
}

static struct store_options options(void)
{
    return (struct store_options){.url = S("sqlite:/sim/city.db"),
                                  .readers = 2,
                                  .batch_max = 1 + (int)(sim.seed % 16),
                                  .sqlite_vfs = "sim",
                                  .time = {database_clock, NULL}};
}

static void make(void *arg)
{
    (void)arg;
    int applied;
    struct store_options o = options();
    struct test_city_options city = {.clock = &sim.now, .areas = &SIM_AREAS, .fresh = true, .no_services = true};
    need(sim.a, "store", store_open(sim.a, &o, &sim.s));
    need(sim.a, "city", test_city_open(sim.a, sim.s, &city, &sim.t));
    need(sim.a, "migration", store_migrate(sim.s, sim.a, &SIM_MIGRATION, 1, &applied));
    struct service_files beside[SIM_BESIDE];
    for (size_t i = 0; i < SIM_BESIDE; i++) beside[i] = sim_beside(sim.a, i);
    need(sim.a, "publication", catalogue_install(sim.t->city.catalogue, sim.a, beside, SIM_BESIDE, sim.now));
    store_close(sim.s);
}

void sim_world_make(void)
{
    sim.a = arena_new("simulation");
    if (!instant_scan(S("2021-09-22T09:00:00+08:00"), &sim.now) || sim_vfs_register() != 0) sim_wrong("no file system");
    fibers_seed(1);
    disk_seed(1);
    disk_quiet(true);
    (void)sim_do("making the city", make, NULL);
    fibers_forget();
    disk_quiet(false);
}

/* ---- started and stopped ---- */

static void start(void *arg)
{
    result *r = arg;
    struct store_options o = options();
    struct city *c = NEW(sim.boot, struct city);
    *c = sim.t->city;
    c->a = sim.boot;
    c->time = (struct time_source){city_clock, NULL};
    c->events = events_new(sim.boot);
    c->archive_after = 1;
    sim.folded = (struct archive_at){.ended = 0};
    sim.s = NULL;
    *r = store_open(sim.boot, &o, &sim.s);
    c->store = sim.s;
    if (!failed(*r)) *r = catalogue_open(sim.boot, c, sim.t->data, &c->catalogue);
    if (!failed(*r)) *r = catalogue_refresh(c->catalogue, sim.boot);
    if (failed(*r) && sim.s) store_close(sim.s);
    sim.c = c;
}

void sim_boot(void)
{
    for (int tries = 0;; tries++) {
        result r = ok();
        bool harsh = !sim.calm && tries < 3 && rng_chance(&sim.rng, 15);
        sim.boot = arena_new("boot");
        sim.stats.boots++;
        if (harsh) fibers_crash_in(1 + rng_below(&sim.rng, 8));
        bool up = sim_do("starting", start, &r);
        fibers_crash_in(0);
        if (up && !failed(r)) return;
        if (up)
            sim_trace("not started: %s", code_name(result_code(r)));
        else
            sim_fault(FAULT_CRASH_START);
        if (tries > 5) need(sim.boot, "the city does not start", r);
        sim_power_off();
    }
}

/* What the process held is gone; what lives on is on the disk, or not. */
void sim_power_off(void)
{
    fibers_forget();
    disk_power_off();
    sim_crashed = false;
    sim.s = NULL;
    sim.c = NULL;
}

static void stop(void *arg)
{
    (void)arg;
    store_close(sim.s);
}

void sim_shut_down(void)
{
    if (sim_do("stopping", stop, NULL)) {
        fibers_forget();
        arena_free(sim.boot);
        sim.s = NULL;
        sim.c = NULL;
        return;
    }
    sim_power_off();
}

/* ---- the service ---- */

static void publish(void *arg)
{
    struct service_files *f = arg;
    need(sim.boot, "publication", catalogue_install(sim.c->catalogue, sim.boot, f, 1, sim.now));
}

void sim_publish(void)
{
    struct service_files f = sim_service(sim.a, sim.seed, false, &sim.code, NULL);
    disk_quiet(true);
    (void)sim_do("publishing", publish, &f);
    disk_quiet(false);
}

/* ---- the post office ---- */

static const struct stmt LETTERS = {"sim_letters", "SELECT id FROM case_message WHERE state < 2 ORDER BY id", NULL,
                                    false};
static const struct stmt LATER = {"sim_later", "UPDATE case_message SET due_at = ?2 WHERE id = ?1", NULL, false};
#define LOSE(t)                                                                              \
    {                                                                                        \
        "sim_lost_" t, "UPDATE " t " SET lease_until = 0 WHERE lease_until > 0", NULL, false \
    }
static const struct stmt LOST[] = {LOSE("case_message"), LOSE("case_timer"), LOSE("case_job"), LOSE("case_start"),
                                   LOSE("case_plan")};

static result shuffle_body(struct tx *tx, struct arena *a, void *ctx)
{
    struct rows r;
    (void)ctx;
    TRY(tx_query(tx, a, &LETTERS, NULL, 0, &r));
    for (size_t i = 0; i < r.n; i++) {
        const struct sql_value v[] = {row(&r, i)[0],
                                      sql_int(sim.now + (instant)rng_below(&sim.rng, 30) * MS_MINUTE - 10 * MS_MINUTE)};
        TRY(tx_exec(tx, a, &LATER, v, 2, NULL));
    }
    return ok();
}

static result lose_body(struct tx *tx, struct arena *a, void *ctx)
{
    (void)ctx;
    for (size_t i = 0; i < sizeof LOST / sizeof *LOST; i++) TRY(tx_exec(tx, a, &LOST[i], NULL, 0, NULL));
    return ok();
}

result sim_lose_leases(struct arena *a)
{
    sim_fault(FAULT_LEASES_LOST);
    return store_run(sim.s, a, "lose", lose_body, NULL);
}

static void shuffle(void *arg)
{
    (void)arg;
    need(sim.boot, "shuffling", store_run(sim.s, sim.boot, "shuffle", shuffle_body, NULL));
}

void sim_post_shuffle(void)
{
    disk_quiet(true);
    (void)sim_do("shuffling the post", shuffle, NULL);
    disk_quiet(false);
    sim_fault(FAULT_POST_SHUFFLED);
}
