/* Numbers given anew change nothing but numbers: random processes stepped side by side, as they are and renumbered after each
 * event; and each run of a simulation with its steps remembered against one that computes them all. */
#include "engine/process/random_models.h"
#include "engine/process/testkit.h"
#include "engine/simulation/simulation.h"

#include <string.h>

struct side {
    const struct process_state *s;
    const struct json *vars;
    struct process_outcome out;
};

/* Numbers of the renumbered case for those of the other; sorted by the latter. */
struct names {
    struct process_moved list[4096];
    size_t n;
};

static uint32_t name_of(const struct names *m, uint32_t token)
{
    for (size_t i = 0; i < m->n; i++)
        if (m->list[i].from == token) return m->list[i].to;
    return 0;
}

static bool alike(const struct effect *x, const struct effect *y)
{
    bool data = x->data && y->data ? json_equal(x->data, y->data) : x->data == y->data;
    return x->type == y->type && x->node == y->node && x->due == y->due && data &&
           slice_eq(x->department, y->department);
}

/* One event on both; the names of the tokens after it. */
static bool both(struct arena *a, const struct process_model *m, struct side *own, struct side *other,
                 struct names *names, struct process_event e)
{
    struct process_step_env env = {.calendar = kit_calendar(a)};
    result r = process_step(a, m, own->s, own->vars, &e, &env, &own->out);
    e.token = e.token ? name_of(names, e.token) : 0;
    result q = process_step(a, m, other->s, other->vars, &e, &env, &other->out);
    assert_int_equal(result_code(r), result_code(q));
    if (failed(r)) return false;
    assert_int_equal(own->out.n, other->out.n);
    struct process_moved *map;
    size_t n;
    own->s = own->out.state;
    own->vars = own->out.vars;
    other->vars = other->out.vars;
    other->s = process_state_renumber(a, other->out.state, &other->vars, &map, &n);
    for (size_t i = 0; i < own->out.n; i++) assert_true(alike(&own->out.effects[i], &other->out.effects[i]));
    /* the same places in the same order */
    const struct process_waiting *w, *v;
    size_t nw = process_waiting(a, own->s, &w), nv = process_waiting(a, other->s, &v);
    assert_int_equal(nw, nv);
    names->n = 0;
    for (size_t i = 0; i < nw; i++) {
        assert_ptr_equal(w[i].node, v[i].node);
        assert_int_equal(w[i].why, v[i].why);
        names->list[names->n++] = (struct process_moved){w[i].token, v[i].token};
    }
    struct slice bytes = process_state_encode(a, other->s);
    const struct process_state *again;
    assert_good(a, process_state_decode(a, m, bytes, &again)); /* a state like any other */
    return true;
}

static bool tried(struct arena *a, const struct process_model *m, struct side *x, struct side *y, struct names *names,
                  const struct process_waiting *w, uint64_t *seed, instant at)
{
    struct process_event e = {.token = w->token, .at = at};
    switch (w->why) {
    case WAIT_TASK:
        e.type = EV_TASK_DONE;
        e.data = test_json(a, arena_printf(a, "{\"n\":%u}", (unsigned)(test_random(seed) % 3)));
        break;
    case WAIT_VERB:
        e.type = test_random(seed) % 5 ? EV_VERB_DONE : EV_VERB_FAILED;
        e.data = test_json(a, e.type == EV_VERB_DONE ? S("{\"ok\":true}") : S("{\"code\":\"down\",\"message\":\"m\"}"));
        break;
    case WAIT_TIMER: e.type = EV_TIMER; break;
    case WAIT_INCIDENT: e.type = EV_RETRY; break;
    case WAIT_BOUNDARY:
        e.type = EV_TIMER;
        if (both(a, m, x, y, names, e)) return true;
        e.type = EV_MESSAGE;
        if (both(a, m, x, y, names, e)) return true;
        e = (struct process_event){.type = EV_SIGNAL, .name = S("bell"), .at = at};
        break;
    case WAIT_CHILD:
    case WAIT_JOIN:
    case WAIT_EVENT:
    case WAIT_CONDITION:
    case WAIT_OFFER: return false;
    }
    return both(a, m, x, y, names, e);
}

static size_t side_by_side(uint64_t seed, bool events)
{
    struct arena *a = arena_new("same");
    struct kit k;
    kit_init(&k, a);
    k.env.events = events;
    const struct process_model *m = NULL;
    assert_good(a,
                process_compile(a, kit_bpmn(a, "", random_process(a, seed, events ? MODEL_EVENTS : MODEL_FLOWS, false)),
                                S("p"), &k.env, &m));
    static struct names names;
    struct side x = {0}, y = {0};
    instant at = INT64_C(1618192800000);
    size_t n = 0;
    names.n = 0;
    assert_true(both(a, m, &x, &y, &names, (struct process_event){.type = EV_START, .at = at}));
    for (; !x.out.ended && n < 400; n++) {
        const struct process_waiting *w;
        size_t count = process_waiting(a, x.s, &w), from = (size_t)(test_random(&seed) % count);
        at += MS_MINUTE;
        for (size_t i = 0; i < count; i++)
            if (tried(a, m, &x, &y, &names, &w[(from + i) % count], &seed, at)) break;
    }
    arena_free(a);
    return n;
}

static void renumbered_cases_go_the_same_way(void **state)
{
    (void)state;
    size_t n = 0;
    for (uint64_t seed = 1; seed <= 150; seed++) n += side_by_side(seed, false) + side_by_side(seed, true);
    print_message("%zu events on 300 random processes, side by side\n", n);
    assert_true(n > 2000);
}

static void simulate(uint64_t seed, bool events)
{
    struct arena *a = arena_new("simulated");
    struct kit k;
    kit_init(&k, a);
    k.env.events = events;
    struct sim_plan p = {.from = day_of_civil(2021, 3, 1), .to = day_of_civil(2021, 6, 1), .seed = seed, .plain = true};
    assert_good(a,
                process_compile(a, kit_bpmn(a, "", random_process(a, seed, events ? MODEL_EVENTS : MODEL_FLOWS, false)),
                                S("p"), &k.env, &p.model));
    struct sim_element *e;
    struct sim_group g = {.code = S("any"), .officers = 2, .away = 0.1};
    struct sim_shape shape = {S("any"), 1, test_json(a, S("{\"n\":1}"))};
    sim_elements(a, p.model, &e, &p.nelements);
    for (size_t i = 0; i < p.nelements; i++) {
        e[i].takes = (struct random_dist){RANDOM_EXPONENTIAL, (double)MS_HOUR, 0};
        if (e[i].armed) e[i].occurs = 0.5;
        if (i % 2) e[i].delay = e[i].takes;
    }
    struct sim_stop stop = {STOP_HEARING, 0.3, {RANDOM_EXPONENTIAL, (double)(4 * MS_DAY), 0}, SIM_NONE};
    p.stops = &stop;
    p.nstops = 1;
    p.accepted_on_filing = true;
    p.promised = (struct limit){2, LIMIT_WORKING_DAY, {NULL, 0}};
    p.elements = e;
    p.groups = &g;
    p.shapes = &shape;
    p.ngroups = p.nshapes = 1;
    p.env.calendar = kit_calendar(a);
    p.withdrawn = 0.1;
    p.patience = (struct random_dist){RANDOM_EXPONENTIAL, (double)(5 * MS_DAY), 0};
    p.arrivals = (struct sim_arrivals){.n = 60, .month = {1, 1, 1, 1, 1, 1}, .weekday = {0, 1, 1, 1, 1, 1, 0}};
    p.arrivals.hour[10] = 1;
    struct sim_result *x = NULL, *y = NULL;
    result r = sim_run(a, &p, 0, NULL, &x);
    p.plain = false;
    result q = sim_run(a, &p, 0, NULL, &y);
    if (failed(r))
        print_message("seed %llu %d: %.*s\n", (unsigned long long)seed, events, SLICE_ARG(result_text(a, r, LANG_EN)));
    assert_int_equal(result_code(r), result_code(q));
    assert_true(x->arrived == 60 && x->arrived == x->ended + x->open);
    assert_memory_equal(x->stops, y->stops, sizeof x->stops);
    assert_true(x->late_promised == y->late_promised);
    assert_true(x->steps == y->steps && y->computed <= x->computed && x->events == y->events &&
                x->stay_ms == y->stay_ms);
    if (p.nelements) assert_memory_equal(x->steps_, y->steps_, p.nelements * sizeof *x->steps_);
    arena_free(a);
}

static void remembered_steps_are_computed_ones(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 60; seed++) {
        simulate(seed, false);
        simulate(seed, true);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(renumbered_cases_go_the_same_way),
        cmocka_unit_test(remembered_steps_are_computed_ones),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
