/* One model: its steps with what goes wrong, then the way to the end with all faults off. */
#include "test/fault/sim.h"

enum { END_ROUNDS = 400, CHECK_EVERY = 12 };

/* ---- what goes wrong in a step ---- */

static void clock_moves(void)
{
    uint64_t what = rng_below(&sim.rng, 100);
    sim.now += (instant)rng_below(&sim.rng, 20) * MS_MINUTE + (instant)rng_below(&sim.rng, 60000);
    if (what < 10) {
        sim.now += (instant)rng_below(&sim.rng, 6) * MS_DAY + (instant)rng_below(&sim.rng, 24) * MS_HOUR;
        sim_fault(FAULT_CLOCK_FORWARD);
    } else if (what < 14) {
        sim.now -= (instant)rng_below(&sim.rng, 30) * MS_HOUR;
        sim_fault(FAULT_CLOCK_BACK);
    } else if (what < 18) {
        sim.skew = ((instant)rng_below(&sim.rng, 240) - 120) * MS_MINUTE;
        sim_fault(FAULT_CLOCK_SKEW);
    } else if (what < 40 && sim_next_due() > sim.now) {
        sim.now = sim_next_due() + (instant)rng_below(&sim.rng, 2000) - 1000;
        if (sim.skew > 0 && rng_chance(&sim.rng, 40)) sim.now -= sim.skew; /* due by one of the clocks */
    }
}

static enum sim_fault crash_is; /* which kind of crash the step may have */

static void trouble(void)
{
    static const enum sim_fault NAMES[DISK_FAULTS] = {[DISK_WRITE_FAILS] = FAULT_WRITE,
                                                      [DISK_SHORT_WRITE] = FAULT_SHORT_WRITE,
                                                      [DISK_SYNC_FAILS] = FAULT_SYNC,
                                                      [DISK_READ_FAILS] = FAULT_READ};
    uint64_t what = rng_below(&sim.rng, 100);
    disk_full(false);
    disk_fail_in(0, DISK_GOOD);
    disk_crash_in(0);
    fibers_crash_in(0);
    if (what < 8) {
        disk_crash_in(1 + rng_below(&sim.rng, 40));
        crash_is = FAULT_CRASH_DISK;
    } else if (what < 14) {
        crash_is = FAULT_CRASH_TURN;
        fibers_crash_in(1 + rng_below(&sim.rng, 60));
    } else if (what < 24) {
        enum disk_fault f = (enum disk_fault)(1 + rng_below(&sim.rng, DISK_FAULTS - 1));
        disk_fail_in(1 + rng_below(&sim.rng, 30), f);
        sim_fault(NAMES[f]);
    } else if (what < 27) {
        disk_full(true);
        sim_fault(FAULT_FULL);
    }
}

static void wake_workers(void)
{
    struct fiber *parked[16];
    size_t n = fibers_parked(parked, 16);
    for (size_t i = 0; i < n; i++)
        if (sim.calm || rng_chance(&sim.rng, 35)) (void)fiber_unpark(parked[i]);
}

/* Everything goes as far as it can. False: the machine crashed, and was started again. */
static bool run(void)
{
    char who[300];
    uint64_t writes = disk_stats.writes + disk_stats.syncs;
    fibers_run();
    sim_settle();
    if (!sim_crashed) {
        if (fibers_stuck(who, sizeof who)) sim_wrong("nobody can go on; waiting: %s", who);
        return true;
    }
    sim_trace("crash after %llu operations on the disk",
              (unsigned long long)(disk_stats.writes + disk_stats.syncs - writes));
    sim_power_off();
    sim_boot();
    return false;
}

static void step(void)
{
    clock_moves();
    if (rng_chance(&sim.rng, sim.plays & PLAY_FLOW ? 8 : 2)) sim_post_shuffle();
    wake_workers();
    (void)sim_resend();
    sim_act();
    uint64_t boots = sim.stats.boots;
    trouble();
    if (!run()) sim_fault(crash_is);
    disk_full(false);
    disk_fail_in(0, DISK_GOOD);
    disk_crash_in(0);
    fibers_crash_in(0);
    sim_check();
    if (sim.step % CHECK_EVERY == 0 || sim.stats.boots != boots) sim_check_dear();
    if (rng_below(&sim.rng, 50) || fibers_parked((struct fiber *[1]){NULL}, 1)) return;
    sim_fault(FAULT_RESTART);
    sim_trace("restart");
    sim_shut_down();
    sim_boot();
    sim_check();
}

/* ---- the end ---- */

static bool all_over(void)
{
    const struct sim_case *list;
    size_t n = sim_cases(&list);
    for (size_t i = 0; i < n; i++)
        if (case_state_open(list[i].state)) return false;
    return true;
}

static uint64_t versions(void)
{
    const struct sim_case *list;
    size_t n = sim_cases(&list);
    uint64_t sum = 0;
    for (size_t i = 0; i < n; i++) sum += (uint64_t)list[i].version;
    return sum;
}

static void calm_round(void)
{
    wake_workers();
    (void)sim_resend();
    (void)sim_push();
    (void)run();
    sim_check();
}

static void settle_plans(void)
{
    struct arena *a = arena_new("plans");
    for (int i = 0; i < 30 && !sim_plans_settled(a); i++) {
        calm_round();
        sim.now += MS_MINUTE << (i < 12 ? i : 12); /* the lease of a worker that is no more; a clock that was ahead */
    }
    if (!sim_plans_settled(a)) sim_wrong("a plan of migration does not come to an end");
    arena_free(a);
}

static size_t in_rows(void)
{
    const struct sim_case *list;
    size_t n = sim_cases(&list), rows = 0;
    for (size_t i = 0; i < n; i++) rows += !list[i].folded;
    return rows;
}

/* What is closed is folded, some time; then every case is read from there, and one is brought back by a command. */
static void fold_all(void)
{
    const struct sim_case *list;
    sim.now += 3 * MS_DAY;
    for (int i = 0; i < 40 && in_rows(); i++) {
        calm_round();
        if (i % 8 == 7) sim.now += 2 * MS_DAY; /* a case that ended ahead of the clock */
    }
    if (in_rows()) sim_wrong("%zu closed cases are never folded into the archive", in_rows());
    sim_check_dear();
    size_t n = sim_cases(&list);
    for (size_t i = 0; i < n; i++) {
        struct entry *e = sim_work(ACT_LOOK);
        e->case_id = list[i].id;
        (void)sim_start(e);
        if (i == 0) (void)sim_start(sim_enter(ACT_URGE, sim_applicant(list[i].id), list[i].id, 0, S("")));
        (void)run();
    }
    sim_check();
    for (int i = 0; i < 30 && sim_unanswered(); i++) calm_round();
}

/* Every case comes to an end, or waits for what nobody but somebody outside brings: then its applicant can take it back. */
static void to_the_end(void)
{
    int idle = 0;
    sim.calm = true;
    sim.skew = 0;
    for (int i = 0; i < END_ROUNDS && !all_over() && idle < 12; i++) {
        uint64_t before = versions();
        sim.step++;
        calm_round();
        idle = versions() == before ? idle + 1 : 0;
        sim.now += MS_MINUTE;
        if (sim_next_due() > sim.now && idle > 1) sim.now = sim_next_due() + 1;
        if (idle > 4) sim.now += 2 * MS_DAY;
    }
    const struct sim_case *list;
    size_t n = sim_cases(&list);
    for (size_t i = 0; i < n; i++) {
        if (!case_state_open(list[i].state)) continue;
        if (!list[i].named_wait) sim_wrong("a case stands still, and nobody can move it: %s", list[i].waits_at);
        sim.stats.named_waits++;
    }
    for (int i = 0; i < 30 && !all_over(); i++) {
        sim_withdraw_all();
        calm_round();
    }
    if (!all_over()) sim_wrong("a case can be neither ended nor taken back");
    for (int i = 0; i < 60 && sim_next_due(); i++) { /* papers that are still to be made */
        calm_round();
        sim.now += MS_MINUTE << (i < 12 ? i : 12);
    }
    if (sim_next_due()) sim_wrong("work is left that nobody does");
    for (int i = 0; i < 30 && sim_unanswered(); i++) calm_round();
    if (sim_unanswered()) sim_wrong("%zu commands are never answered", sim_unanswered());
    for (int i = 0; i < 60 && !all_over(); i++) { /* what the last signals have started */
        if (sim_next_due() > sim.now) sim.now = sim_next_due() + 1;
        calm_round();
    }
    if (!all_over()) sim_wrong("a case that an event started does not end");
    settle_plans();
    if (sim.plays & PLAY_ARCHIVE) fold_all();
}

void sim_model(void)
{
    sim.stats.trace = UINT64_C(0xCBF29CE484222325);
    sim.rng = rng_of(sim.seed, "acts");
    fibers_seed(sim.seed);
    disk_seed(sim.seed);
    struct rng plays = rng_of(sim.seed, "plays");
    for (unsigned i = 0; i < 3; i++) sim.plays |= rng_chance(&plays, 40) ? 1u << i : 0;
    sim_boot();
    sim_publish();
    for (sim.step = 1; sim.step <= sim.steps; sim.step++) step();
    to_the_end();
    sim_check_dear();
    const struct sim_case *list;
    sim.stats.models = 1;
    sim.stats.steps = sim.steps;
    sim.stats.cases = sim_cases(&list);
    sim.stats.disk = disk_stats;
    sim_shut_down();
    sim.stats.trace ^= disk_hash();
}
