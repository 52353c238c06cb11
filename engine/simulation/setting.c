#include "engine/simulation/setting.h"

#include <string.h>

/* Monday to Friday, 9-12 and 14-17: arrivals by whole hours fall into office time exactly. */
static const struct calendar *weekdays(struct arena *a)
{
    struct calendar *c;
    assert_good(a, calendar_new(a, NULL, 0, (struct office_hours){{540, 840}, {720, 1020}}, &c));
    return c;
}

void setting_new(struct setting *s, struct arena *a, const char *notation)
{
    static const int HOURS[] = {9, 10, 11, 14, 15, 16};
    struct kit k;
    memset(s, 0, sizeof *s);
    kit_init(&k, a);
    k.env.events = true;
    s->plan.model = kit_compile(&k, notation);
    sim_elements(a, s->plan.model, &s->elements, &s->plan.nelements);
    s->groups[0] = (struct sim_group){.code = S("scjg"), .officers = 1};
    s->groups[1] = (struct sim_group){.code = S("tax"), .officers = 1};
    s->shape = (struct sim_shape){.name = S("any"), .share = 1, .vars = test_json(a, S("{\"form\":{\"n\":1}}"))};
    s->plan.env.calendar = weekdays(a);
    s->plan.from = day_of_civil(2021, 1, 1);
    s->plan.to = day_of_civil(2022, 1, 1);
    s->plan.elements = s->elements;
    s->plan.groups = s->groups;
    s->plan.ngroups = 2;
    s->plan.shapes = &s->shape;
    s->plan.nshapes = 1;
    s->plan.accepted_on_filing = true;
    s->plan.seed = 7;
    for (int i = 1; i < 6; i++) s->plan.arrivals.weekday[i] = 1;
    for (size_t i = 0; i < 6; i++) s->plan.arrivals.hour[HOURS[i]] = 1;
    for (int i = 0; i < 12; i++) s->plan.arrivals.month[i] = 100;
}

void arrive(struct setting *s, double an_hour)
{
    for (int m = 1; m <= 12; m++) {
        day first = day_of_civil(2021, m, 1), next = m == 12 ? day_of_civil(2022, 1, 1) : day_of_civil(2021, m + 1, 1);
        int works = 0;
        for (day d = first; d < next; d++) works += calendar_is_working(s->plan.env.calendar, d);
        s->plan.arrivals.month[m - 1] = an_hour * 6 * works;
    }
}

struct sim_result *run(struct arena *a, const struct setting *s, uint64_t repetition)
{
    struct sim_result *r;
    assert_good(a, sim_run(a, &s->plan, repetition, NULL, &r));
    const struct sim_step_result *x = r->steps_;
    /* conservation, and Little's law as an identity: nothing is lost, by case or by millisecond */
    assert_true(r->arrived == r->ended + r->open);
    assert_true(r->in_system_ms == r->stay_ms);
    int64_t outcomes = r->withdrawn;
    for (size_t i = 0; i < r->noutcomes; i++) outcomes += r->outcomes[i].n;
    assert_true(outcomes == r->ended);
    for (size_t i = 0; i < r->nsteps; i++) {
        assert_true(x[i].opened == x[i].done + x[i].cancelled + x[i].open);
        assert_true(x[i].area_ms == x[i].queued_ms);
    }
    int64_t by_day = 0, by_step = 0;
    for (size_t i = 0; i < r->ngroups; i++) {
        assert_true(r->groups[i].busy_ms <= r->groups[i].there_ms);
        for (int32_t d = 0; d < r->days; d++) by_day += r->groups[i].queue[d];
    }
    for (size_t i = 0; i < r->nsteps; i++) by_step += x[i].area_ms;
    assert_true(by_day == by_step);
    return r;
}
