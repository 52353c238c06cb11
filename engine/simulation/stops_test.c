/* Clocks that stop, and messages that come while something goes on. */
#include "engine/simulation/setting.h"

#include <math.h>

#define HOUR(n) ((struct random_dist){RANDOM_CONSTANT, (double)((n)*MS_HOUR), 0})

/* One case, filed on a Monday at nine. */
static void one_case(struct setting *s, instant *when)
{
    *when = instant_of_day(day_of_civil(2021, 3, 1)) + 9 * MS_HOUR;
    s->plan.arrivals.list = when;
    s->plan.arrivals.n = 1;
}

static void a_stop_is_not_counted(void **state)
{
    struct arena *a = *state;
    struct setting s;
    instant when;
    struct sim_stop stop = {STOP_HEARING, 1, {RANDOM_CONSTANT, (double)(10 * MS_DAY), 0}, SIM_NONE};
    setting_new(&s, a, ONE);
    one_case(&s, &when);
    s.elements[0].takes = HOUR(1);
    s.plan.promised = (struct limit){2, LIMIT_WORKING_DAY, S("x")};
    s.plan.statutory = (struct limit){5, LIMIT_WORKING_DAY, S("x")};
    struct sim_result *r = run(a, &s, 0);
    assert_true(r->ended == 1 && r->stay_ms == MS_HOUR && r->stops[STOP_HEARING].n == 0);
    s.plan.stops = &stop;
    s.plan.nstops = 1;
    r = run(a, &s, 0);
    /* looked at for an hour, ten days of hearing, Thursday at ten looked at again */
    assert_true(r->ended == 1 && r->stay_ms == 10 * MS_DAY + 2 * MS_HOUR);
    assert_true(r->stops[STOP_HEARING].n == 1 && r->stops[STOP_HEARING].ms == 10 * MS_DAY);
    assert_true(r->late_promised == 0 && r->late_statutory == 0 && r->steps_[0].done == 1);
    s.groups[0].officers = 0; /* behind a stop the limit passes as it does without */
    r = run(a, &s, 0);
    assert_true(r->ended == 0 && r->late_promised == 1 && r->late_statutory == 1 && r->stops[STOP_HEARING].n == 0);
    s.groups[0].officers = 1;
    /* four days and an hour of office: past the promise before the hearing, past the law behind it, each told once */
    s.elements[0].takes = HOUR(25);
    s.plan.statutory.n = 4;
    r = run(a, &s, 0);
    assert_true(r->ended == 1 && r->late_promised == 1 && r->late_statutory == 1);
    stop.element = 7;
    assert_code(sim_run(a, &s.plan, 0, NULL, &r), CODE_SIM_PARAMETERS);
}

/* What lies for two hours of office before anybody turns to it takes so much longer, and nobody is busy with it. */
static void a_task_lies_before_it_is_turned_to(void **state)
{
    struct arena *a = *state;
    struct setting s;
    instant when;
    setting_new(&s, a, ONE);
    one_case(&s, &when);
    s.elements[0].takes = HOUR(1);
    s.elements[0].delay = HOUR(2);
    struct sim_result *r = run(a, &s, 0);
    /* nine to eleven, then the work: done at twelve */
    assert_true(r->stay_ms == 3 * MS_HOUR && r->groups[0].busy_ms == MS_HOUR && r->steps_[0].wait_ms == 0);
    s.elements[0].delay = HOUR(7); /* a day of office and an hour: Tuesday from ten to eleven */
    r = run(a, &s, 0);
    assert_true(r->stay_ms == MS_DAY + 2 * MS_HOUR);
}

#define HELD                                                                                                        \
    "startEvent s\n" TASK("a", "tb:department=\"scjg\"") TASK(                                                      \
        "b",                                                                                                        \
        "tb:department=\"tax\"") "boundaryEvent t attachedToRef=\"a\" | <timerEventDefinition tb:clock=\"3wd\"/>\n" \
                                 "endEvent e name=\"done\"\nendEvent n name=\"over\"\ns -> a\na -> b\nb -> e\nt -> n\n"

/* A timer in the law's units waits as the clock does; counted without the stop it does not fire. */
static void a_stopped_clock_holds_its_timers(void **state)
{
    struct arena *a = *state;
    struct setting s;
    instant when;
    struct sim_stop stop = {STOP_TESTING, 1, {RANDOM_CONSTANT, (double)(10 * MS_DAY), 0}, 0};
    setting_new(&s, a, HELD);
    one_case(&s, &when);
    s.elements[0].takes = s.elements[1].takes = HOUR(1);
    s.plan.stops = &stop;
    s.plan.nstops = 1;
    struct sim_result *r = run(a, &s, 0);
    assert_true(r->noutcomes == 1 && r->steps_[0].done == 1 && r->stops[STOP_TESTING].n == 1);
    s.elements[0].takes = HOUR(13); /* twice: five days of office, of which the timer allows three */
    r = run(a, &s, 0);
    assert_true(r->ended == 1 && r->steps_[0].cancelled == 1 && r->steps_[1].opened == 0);
    assert_true(r->stops[STOP_TESTING].n == 1);
}

#define CHANGED                                                                                                        \
    "startEvent s\n" TASK("a", "tb:department=\"scjg\"") TASK(                                                         \
        "b",                                                                                                           \
        "tb:department=\"tax\"") "boundaryEvent m attachedToRef=\"a\" | <messageEventDefinition messageRef=\"M1\"/>\n" \
                                 "endEvent e name=\"done\"\nendEvent n name=\"over\"\ns -> a\na -> e\nm -> b\nb -> n\n"

static void a_message_may_come_meanwhile(void **state)
{
    struct arena *a = *state;
    struct setting s;
    instant when;
    setting_new(&s, a, CHANGED);
    one_case(&s, &when);
    assert_int_equal(s.plan.nelements, 3);
    size_t m = sim_element_find(s.elements, 3, S("m"));
    assert_true(m != SIM_NONE && s.elements[m].armed && s.elements[m].kind == SIM_EVENT && s.elements[m].occurs == 0);
    for (size_t i = 0; i < 3; i++) s.elements[i].takes = HOUR(2);
    s.elements[m].takes = HOUR(1);
    struct sim_result *r = run(a, &s, 0); /* by itself it never comes */
    assert_true(r->ended == 1 && slice_is(r->outcomes[0].name, "done") && r->steps_[m].cancelled == 1);
    s.elements[m].occurs = 1;
    r = run(a, &s, 0);
    assert_true(r->ended == 1 && slice_is(r->outcomes[0].name, "over"));
    size_t t = sim_element_find(s.elements, 3, S("a")), b = sim_element_find(s.elements, 3, S("b"));
    assert_true(r->steps_[m].done == 1 && r->steps_[t].cancelled == 1 && r->steps_[b].done == 1);
    s.elements[m].occurs = 0.25;
    s.plan.arrivals.list = NULL;
    s.plan.arrivals.n = 2000;
    s.groups[0].officers = s.groups[1].officers = 400;
    r = run(a, &s, 0);
    assert_true(fabs((double)r->steps_[m].done / 2000 - 0.25) < 0.05);
    s.elements[m].occurs = 2;
    assert_code(sim_run(a, &s.plan, 0, NULL, &r), CODE_SIM_PARAMETERS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_stop_is_not_counted),
        TEST(a_task_lies_before_it_is_turned_to),
        TEST(a_stopped_clock_holds_its_timers),
        TEST(a_message_may_come_meanwhile),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
