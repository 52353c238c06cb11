/* Sums of runs, and how sure a mean over runs is. */
#include "engine/simulation/simulation.h"

#include <math.h>
#include <string.h>

static void step_add(struct sim_step_result *to, const struct sim_step_result *x)
{
    to->opened += x->opened;
    to->done += x->done;
    to->cancelled += x->cancelled;
    to->open += x->open;
    to->ahead_lost += x->ahead_lost;
    to->late_promised += x->late_promised;
    to->late_statutory += x->late_statutory;
    to->wait_office += x->wait_office;
    to->wait_ms += x->wait_ms;
    to->work_ms += x->work_ms;
    to->area_ms += x->area_ms;
    to->queued_ms += x->queued_ms;
    if (x->most > to->most) to->most = x->most;
    histogram_merge(&to->wait, &x->wait);
    histogram_merge(&to->took, &x->took);
}

static void group_add(struct sim_group_result *to, const struct sim_group_result *x, int32_t days)
{
    to->busy_ms += x->busy_ms;
    to->there_ms += x->there_ms;
    for (int i = 0; i < 12; i++) {
        to->month_busy[i] += x->month_busy[i];
        to->month_there[i] += x->month_there[i];
    }
    if (x->most > to->most) to->most = x->most;
    for (int32_t i = 0; i < days; i++) to->queue[i] += x->queue[i];
}

static void outcomes_add(struct arena *a, struct sim_result *to, const struct sim_result *x)
{
    for (size_t i = 0; i < x->noutcomes; i++) {
        size_t k = 0;
        while (k < to->noutcomes && !slice_eq(to->outcomes[k].name, x->outcomes[i].name)) k++;
        if (k == SIM_OUTCOMES) k--;
        if (k == to->noutcomes) to->outcomes[to->noutcomes++].name = arena_copy(a, x->outcomes[i].name);
        to->outcomes[k].n += x->outcomes[i].n;
    }
}

static struct sim_result *empty_like(struct arena *a, const struct sim_result *x)
{
    struct sim_result *r = NEW(a, struct sim_result);
    r->days = x->days;
    r->nsteps = x->nsteps;
    r->ngroups = x->ngroups;
    r->steps_ = NEW_ARRAY(a, struct sim_step_result, r->nsteps + 1);
    r->groups = NEW_ARRAY(a, struct sim_group_result, r->ngroups + 1);
    for (size_t i = 0; i < r->ngroups; i++) r->groups[i].queue = NEW_ARRAY(a, int64_t, (size_t)r->days + 1);
    return r;
}

struct sim_result *sim_add(struct arena *a, struct sim_result *sum, const struct sim_result *x)
{
    if (!sum) sum = empty_like(a, x);
    sum->runs += x->runs;
    sum->arrived += x->arrived;
    sum->ended += x->ended;
    sum->withdrawn += x->withdrawn;
    sum->open += x->open;
    sum->incidents += x->incidents;
    sum->clocks += x->clocks;
    sum->late_promised += x->late_promised;
    sum->late_statutory += x->late_statutory;
    sum->events += x->events;
    sum->steps += x->steps;
    sum->computed += x->computed;
    sum->in_system_ms += x->in_system_ms;
    sum->stay_ms += x->stay_ms;
    sum->stopped |= x->stopped;
    histogram_merge(&sum->workdays, &x->workdays);
    histogram_merge(&sum->stay, &x->stay);
    for (size_t i = 0; i < sum->nsteps; i++) step_add(&sum->steps_[i], &x->steps_[i]);
    for (size_t i = 0; i < sum->ngroups; i++) group_add(&sum->groups[i], &x->groups[i], sum->days);
    for (int i = 0; i < 12; i++) sum->months[i] += x->months[i];
    for (int i = 0; i < STOP_CAUSES; i++) {
        sum->stops[i].n += x->stops[i].n;
        sum->stops[i].ms += x->stops[i].ms;
    }
    outcomes_add(a, sum, x);
    return sum;
}

/* 97.5 % quantiles of Student's t for 1 to 30 degrees of freedom; beyond, Cornish and Fisher's first terms. */
static double student(size_t freedom)
{
    static const double T[] = {12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228,
                               2.201,  2.179, 2.160, 2.145, 2.131, 2.120, 2.110, 2.101, 2.093, 2.086,
                               2.080,  2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042};
    if (freedom <= sizeof T / sizeof *T) return T[freedom - 1];
    return 1.959964 + 2.3724 / (double)freedom;
}

struct sim_mean sim_mean(const double *values, size_t n)
{
    struct sim_mean m = {0, -1};
    double squares = 0;
    for (size_t i = 0; i < n; i++) m.mean += values[i] / (double)n;
    if (n < 2) return m;
    for (size_t i = 0; i < n; i++) squares += (values[i] - m.mean) * (values[i] - m.mean);
    m.half = student(n - 1) * sqrt(squares / (double)(n - 1) / (double)n);
    return m;
}
