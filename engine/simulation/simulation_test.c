/* Runs against what theory says of them, and what must hold of every run. */
#include "engine/simulation/setting.h"

#include <math.h>
#include <string.h>

/* Mean waiting time in hours of office, over many years: within its own 95 % interval, widened by half, of what theory gives, and that
 * interval is narrower than a fifth of it. */
static void wait_is(struct arena *a, struct setting *s, double theory)
{
    enum { YEARS = 24 };
    double means[YEARS];
    for (uint64_t i = 0; i < YEARS; i++) {
        const struct sim_result *r = run(a, s, i);
        means[i] = (double)r->steps_[0].wait_office / (double)r->steps_[0].wait.n / (double)MS_HOUR;
    }
    struct sim_mean m = sim_mean(means, YEARS);
    print_message("waits %.4f h (95 %%: ± %.4f), theory %.4f h\n", m.mean, m.half, theory);
    assert_true(m.half < 0.2 * theory);
    assert_true(fabs(m.mean - theory) < 1.5 * m.half);
}

static void one_officer_is_an_mm1_queue(void **state)
{
    struct arena *a = *state;
    struct setting s;
    setting_new(&s, a, ONE);
    arrive(&s, 8);
    s.elements[0].takes = (struct random_dist){RANDOM_EXPONENTIAL, (double)(MS_HOUR / 10), 0};
    wait_is(a, &s, 0.8 / (10 - 8)); /* Wq = rho / (mu - lambda) */
}

/* Erlang's formula (1917). */
static double erlang_wait(int c, double lambda, double mu)
{
    double load = lambda / mu, term = 1, sum = 1;
    for (int k = 1; k < c; k++) sum += term *= load / k;
    double last = term * load / c * c / (c - load), waits = last / (sum + last);
    return waits / (c * mu - lambda);
}

static void several_officers_are_an_mmc_queue(void **state)
{
    struct arena *a = *state;
    struct setting s;
    setting_new(&s, a, ONE);
    arrive(&s, 32);
    s.groups[0].officers = 4;
    s.elements[0].takes = (struct random_dist){RANDOM_EXPONENTIAL, (double)(MS_HOUR / 10), 0};
    wait_is(a, &s, erlang_wait(4, 32, 10));
}

static void other_times_follow_pollaczek_and_khinchine(void **state)
{
    struct arena *a = *state;
    struct setting s;
    setting_new(&s, a, ONE);
    arrive(&s, 7);
    s.elements[0].takes = (struct random_dist){RANDOM_LOGNORMAL, (double)(MS_HOUR / 10), 0.5};
    wait_is(a, &s, 7 * (1 + 0.25) / 100 / (2 * (1 - 0.7))); /* lambda E[S^2] / (2 (1 - rho)) */
    s.elements[0].takes.shape = RANDOM_CONSTANT;
    wait_is(a, &s, 7.0 / 100 / (2 * (1 - 0.7)));
}

static bool results_equal(const struct sim_result *x, const struct sim_result *y)
{
    bool same = x->arrived == y->arrived && x->ended == y->ended && x->withdrawn == y->withdrawn &&
                x->late_promised == y->late_promised && x->stay_ms == y->stay_ms && x->events == y->events &&
                !memcmp(&x->workdays, &y->workdays, sizeof x->workdays) &&
                !memcmp(x->steps_, y->steps_, x->nsteps * sizeof *x->steps_);
    for (size_t i = 0; same && i < x->ngroups; i++)
        same = x->groups[i].busy_ms == y->groups[i].busy_ms &&
               !memcmp(x->groups[i].queue, y->groups[i].queue, (size_t)x->days * sizeof(int64_t));
    return same;
}

#define OFFICE                                                                                                                                                                                                                                                            \
    "startEvent s\n" TASK(                                                                                                                                                                                                                                                \
        "a",                                                                                                                                                                                                                                                              \
        "tb:department=\"scjg\" tb:outcomes=\"pass, back, reject\" tb:clock=\"1wd\"") "exclusiveGateway g\nserviceTask v tb:verb=\"job.print\"\n"                                                                                                                         \
                                                                                      "boundaryEvent b attachedToRef=\"v\" | <errorEventDefinition/>\n" TASK(                                                                                                             \
                                                                                          "c",                                                                                                                                                                            \
                                                                                          "tb:department=\"tax\" tb:separate=\"a\"") "userTask f tb:kind=\"fill\" tb:role=\"applicant\"\n"                                                                                \
                                                                                                                                     "boundaryEvent t attachedToRef=\"c\" | <timerEventDefinition><timeDuration>P3D</timeDuration></timerEventDefinition>\n"              \
                                                                                                                                     "endEvent e name=\"granted\"\nendEvent no name=\"refused\"\nendEvent late name=\"late\"\n"                                           \
                                                                                                                                     "s -> a\na -> g\ng -> no : a.outcome = \"reject\"\ng -> f : a.outcome = \"back\"\nf -> a2\nexclusiveGateway a2\na2 -> v\ng => a2x\n" \
                                                                                                                                     "exclusiveGateway a2x\na2x -> a2\nv -> c\nb -> no\nc -> e\nt -> late\n"

static void office(struct setting *s, struct arena *a)
{
    setting_new(s, a, OFFICE);
    for (size_t i = 0; i < s->plan.nelements; i++)
        s->elements[i].takes = (struct random_dist){RANDOM_LOGNORMAL, (double)(20 * MS_MINUTE), 1};
    size_t first = sim_element_find(s->elements, s->plan.nelements, S("a"));
    struct sim_outcome *o = NEW_ARRAY(a, struct sim_outcome, 3);
    memcpy(o, s->elements[first].outcomes, 3 * sizeof *o);
    o[0].share = 0.8;
    o[1].share = 0.15;
    o[2].share = 0.05;
    s->elements[first].outcomes = o;
    size_t verb = sim_element_find(s->elements, s->plan.nelements, S("v"));
    struct sim_outcome *v = NEW_ARRAY(a, struct sim_outcome, 2);
    v[0] = (struct sim_outcome){.name = S("good"), .share = 0.98, .data = test_json(a, S("{\"ok\":true}"))};
    v[1] = (struct sim_outcome){.name = S("down"),
                                .share = 0.02,
                                .fails = true,
                                .data = test_json(a, S("{\"code\":\"down\",\"message\":\"m\"}"))};
    s->elements[verb].outcomes = v;
    s->elements[verb].noutcomes = 2;
    s->groups[0].officers = 3;
    s->groups[1].officers = 2;
    s->groups[0].away = 0.1;
    s->groups[1].away = 0.1;
    arrive(s, 4);
    s->plan.withdrawn = 0.1;
    s->plan.patience = (struct random_dist){RANDOM_EXPONENTIAL, (double)MS_DAY, 0};
    s->plan.promised = (struct limit){1, LIMIT_WORKING_DAY, S("x")};
    s->plan.statutory = (struct limit){3, LIMIT_WORKING_DAY, S("x")};
}

static void the_same_seed_gives_the_same(void **state)
{
    struct arena *a = *state;
    struct setting s;
    office(&s, a);
    const struct sim_result *x = run(a, &s, 3), *y = run(a, &s, 3), *z = run(a, &s, 4);
    assert_true(results_equal(x, y));
    assert_false(results_equal(x, z));
    assert_true(x->arrived > 5000 && x->withdrawn > 100 && x->noutcomes == 3 && x->late_promised > 0);
    assert_true(x->computed < 200 && x->steps > 20000); /* each step once */
    s.plan.plain = true;
    const struct sim_result *plain = run(a, &s, 3);
    assert_true(plain->computed == plain->steps);
    assert_true(results_equal(x, plain));
}

static void runs_add_up(void **state)
{
    struct arena *a = *state;
    struct setting s;
    office(&s, a);
    struct sim_result *sum = NULL, *r[3];
    int64_t arrived = 0, queue = 0;
    for (uint64_t i = 0; i < 3; i++) {
        r[i] = run(a, &s, i);
        sum = sim_add(a, sum, r[i]);
        arrived += r[i]->arrived;
        queue += r[i]->groups[0].queue[100];
    }
    assert_true(sum->runs == 3 && sum->arrived == arrived && sum->groups[0].queue[100] == queue);
    assert_true(sum->workdays.n == sum->ended - sum->withdrawn);
}

static void a_dropped_step_takes_no_time(void **state)
{
    struct arena *a = *state;
    struct setting s;
    office(&s, a);
    const struct sim_result *with = run(a, &s, 0);
    size_t c = sim_element_find(s.elements, s.plan.nelements, S("c"));
    s.elements[c].dropped = true;
    const struct sim_result *without = run(a, &s, 0);
    assert_true(with->arrived == without->arrived && with->months[5] == without->months[5]);
    assert_true(without->steps_[c].work_ms == 0 && without->groups[1].busy_ms == 0 && without->steps_[c].done > 0);
    assert_true(without->stay.sum < with->stay.sum && with->groups[1].busy_ms > 0);
    assert_true(with->steps_[0].work_ms == without->steps_[0].work_ms); /* the same chances at the same place */
}

#define ROW                                              \
    "startEvent s\n" TASK("a", "tb:department=\"scjg\"") \
        TASK("b", "tb:department=\"tax\"") "endEvent e\ns -> a\na -> b\nb -> e\n"

static void steps_made_parallel_take_as_long_as_the_longer(void **state)
{
    struct arena *a = *state;
    struct setting s;
    setting_new(&s, a, ROW);
    instant when = instant_of_day(day_of_civil(2021, 3, 1)) + 9 * MS_HOUR;
    s.elements[0].takes = (struct random_dist){RANDOM_CONSTANT, (double)(30 * MS_MINUTE), 0};
    s.elements[1].takes = (struct random_dist){RANDOM_CONSTANT, (double)(50 * MS_MINUTE), 0};
    s.plan.arrivals.list = &when;
    s.plan.arrivals.n = 1;
    assert_true(run(a, &s, 0)->stay_ms == 80 * MS_MINUTE);
    s.elements[1].beside = 0;
    assert_true(run(a, &s, 0)->stay_ms == 50 * MS_MINUTE);
    s.elements[1].takes.mean = (double)(10 * MS_MINUTE);
    const struct sim_result *r = run(a, &s, 0);
    assert_true(r->stay_ms == 30 * MS_MINUTE && r->steps_[1].done == 1 && r->steps_[1].ahead_lost == 0);
    s.elements[0].beside = 5;
    struct sim_result *bad;
    assert_code(sim_run(a, &s.plan, 0, NULL, &bad), CODE_SIM_PARAMETERS);
}

#define TWICE                                            \
    "startEvent s\n" TASK("a", "tb:department=\"scjg\"") \
        TASK("b", "tb:department=\"scjg\" tb:separate=\"a\"") "endEvent e\ns -> a\na -> b\nb -> e\n"

static void nobody_checks_their_own_work(void **state)
{
    struct arena *a = *state;
    struct setting s;
    setting_new(&s, a, TWICE);
    instant when = instant_of_day(day_of_civil(2021, 3, 1)) + 9 * MS_HOUR;
    s.elements[0].takes = s.elements[1].takes = (struct random_dist){RANDOM_CONSTANT, (double)MS_HOUR, 0};
    s.plan.arrivals.list = &when;
    s.plan.arrivals.n = 1;
    struct sim_result *bad;
    assert_code(sim_run(a, &s.plan, 0, NULL, &bad), CODE_SIM_PARAMETERS); /* one officer alone can never end it */
    s.groups[0].officers = 2;
    instant both[] = {when, when};
    s.plan.arrivals.list = both;
    s.plan.arrivals.n = 2; /* each does one, then the other's */
    assert_true(run(a, &s, 0)->stay_ms == 4 * MS_HOUR);
    s.groups[0].officers = 3;
    instant alone[] = {when};
    s.plan.arrivals.list = alone;
    s.plan.arrivals.n = 1;
    assert_true(run(a, &s, 0)->stay_ms == 2 * MS_HOUR);
}

#define ACCEPTED                                                                                                                                  \
    "startEvent s\nuserTask a tb:kind=\"acceptance\" tb:role=\"clerk\" tb:department=\"scjg\" tb:outcomes=\"accept, correct, reject\"\n"          \
    "boundaryEvent t attachedToRef=\"a\" | <timerEventDefinition tb:clock=\"5wd\"/>\nexclusiveGateway m\nexclusiveGateway g\nendEvent no\n" TASK( \
        "b",                                                                                                                                      \
        "tb:department=\"tax\"") "endEvent e\ns -> a\na -> g\ng -> no : a.outcome = \"reject\"\ng => m\nt -> m\nm -> b\nb -> e\n"

static void correction_is_asked_once_and_silence_accepts(void **state)
{
    struct arena *a = *state;
    struct setting s;
    setting_new(&s, a, ACCEPTED);
    instant when = instant_of_day(day_of_civil(2021, 3, 1)) + 9 * MS_HOUR;
    struct sim_outcome *o = NEW_ARRAY(a, struct sim_outcome, 3);
    memcpy(o, s.elements[0].outcomes, 3 * sizeof *o);
    o[0].share = 0;
    o[1].share = 1;
    s.elements[0].outcomes = o;
    s.elements[0].takes = s.elements[1].takes = (struct random_dist){RANDOM_CONSTANT, (double)MS_HOUR, 0};
    s.plan.answer = (struct random_dist){RANDOM_CONSTANT, (double)(10 * MS_DAY), 0};
    s.plan.accepted_on_filing = false;
    s.plan.promised = (struct limit){2, LIMIT_WORKING_DAY, S("x")};
    s.plan.arrivals.list = &when;
    s.plan.arrivals.n = 1;
    /* asked for ever, as far as chances go: the second time is acceptance, by the law */
    struct sim_result *r = run(a, &s, 0);
    assert_true(r->ended == 1 && r->clocks == 1 && r->late_promised == 0);
    s.groups[0].officers = 0; /* nobody looks at it: accepted from the day it was filed */
    r = run(a, &s, 0);
    assert_true(r->ended == 1 && r->clocks == 1 && r->steps_[0].cancelled == 1 && r->late_promised == 1);
}

static bool never(void *ctx, double part)
{
    int *asked = ctx;
    assert_true(part >= 0 && part <= 1);
    return ++*asked < 3;
}

static void a_run_can_be_stopped(void **state)
{
    struct arena *a = *state;
    struct setting s;
    office(&s, a);
    arrive(&s, 100);
    s.groups[0].officers = 60;
    int asked = 0;
    struct sim_watch watch = {never, &asked};
    struct sim_result *r;
    assert_good(a, sim_run(a, &s.plan, 0, &watch, &r));
    assert_true(r->stopped && asked == 3 && r->arrived == r->ended + r->open);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(one_officer_is_an_mm1_queue),
        TEST(several_officers_are_an_mmc_queue),
        TEST(other_times_follow_pollaczek_and_khinchine),
        TEST(the_same_seed_gives_the_same),
        TEST(runs_add_up),
        TEST(a_dropped_step_takes_no_time),
        TEST(steps_made_parallel_take_as_long_as_the_longer),
        TEST(nobody_checks_their_own_work),
        TEST(correction_is_asked_once_and_silence_accepts),
        TEST(a_run_can_be_stopped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
