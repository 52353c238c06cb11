/* The soundness check against the engine: random processes, broken at random, with every condition left to the test. A
 * counter-example of the check is replayed step by step and must do in the engine what the check says; a run that stands still
 * must be one that the check refuses. */
#include "engine/process/dataflow.h"
#include "engine/process/random_models.h"
#include "engine/process/testkit.h"

#include <stdio.h>
#include <stdlib.h>

enum { MAX_WAY = 4000, MAX_EVENTS = 600 };

struct replay {
    struct play p;
    const char *notation;
    struct slice way[MAX_WAY];
    bool done[MAX_WAY];
    size_t n;
    struct slice at; /* the element that the finding is about */
    unsigned twice;  /* how often it was passed */
    bool stuck;
    bool branches; /* the way is that of two branches, one behind the other */
};

/* --- conditions: each is the variable "c_<flow>" --- */

static const char *with_choices(struct arena *a, struct slice text)
{
    struct buf b = buf_new(a, 1 << 20);
    for (bool more = true; more;) {
        struct slice line, head, condition, from, rest, arrow, to;
        more = slice_cut(text, '\n', &line, &text);
        size_t at = slice_search(line, S(" : "));
        bool flow = at != SIZE_MAX && slice_search(line, S(" -> ")) != SIZE_MAX;
        if (flow) {
            head = slice_sub(line, 0, at);
            (void)slice_cut(head, ' ', &from, &rest);
            (void)slice_cut(rest, ' ', &arrow, &to);
            condition = arena_printf(a, "c_%.*s_%.*s = true", SLICE_ARG(from), SLICE_ARG(to));
            buf_printf(&b, "%.*s : %.*s\n", SLICE_ARG(head), SLICE_ARG(condition));
        } else {
            buf_put(&b, line);
            buf_putc(&b, '\n');
        }
    }
    buf_putc(&b, 0);
    return b.p;
}

static void set_choice(struct play *p, struct slice flow, bool taken)
{
    struct json_builder b = json_builder(p->a);
    json_set(&b, arena_cstr(p->a, arena_printf(p->a, "c_%.*s", SLICE_ARG(flow))), json_of_bool(taken));
    p->vars = json_merge(p->a, p->vars, json_object(&b));
}

/* --- replaying --- */

static size_t next_of(const struct replay *r, struct slice id)
{
    for (size_t i = 0; i < r->n; i++)
        if (!r->done[i] && slice_eq(r->way[i], id)) return i;
    return SIZE_MAX;
}

/* Whether the flow is among what follows the element at `i` of the way; of two branches, anywhere on it. */
static bool taken_next(const struct replay *r, size_t i, const struct node *n, uint32_t flow)
{
    const struct process_model *m = r->p.m;
    if (r->branches) return next_of(r, m->flows[flow].id) != SIZE_MAX;
    for (size_t k = i + 1; i != SIZE_MAX && k < r->n; k++) {
        bool own = false;
        for (uint32_t f = 0; f < n->nout; f++) own = own || slice_eq(r->way[k], m->flows[n->out[f]].id);
        if (!own) return false;
        if (slice_eq(r->way[k], m->flows[flow].id)) return true;
    }
    return false;
}

static void set_choices(struct replay *r)
{
    const struct process_model *m = r->p.m;
    for (uint32_t i = 0; i < m->nnodes; i++)
        for (uint32_t k = 0; k < m->nodes[i].nout; k++) {
            uint32_t flow = m->nodes[i].out[k];
            if (m->flows[flow].condition_text.n)
                set_choice(&r->p, m->flows[flow].id, taken_next(r, next_of(r, m->pub[i].id), &m->nodes[i], flow));
        }
}

static void note_passed(struct replay *r)
{
    for (size_t i = 0; i < r->p.last.n; i++) {
        const struct effect *e = &r->p.last.effects[i];
        if (e->type == EFF_PASSED) {
            size_t at = next_of(r, e->node->id);
            if (at != SIZE_MAX) r->done[at] = true;
            r->twice += slice_eq(e->node->id, r->at);
        }
        if (e->type == EFF_INCIDENT && slice_is(json_string(e->data, "code"), "process.stuck")) r->stuck = true;
    }
}

static void step(struct replay *r, enum process_event_type type, uint32_t token)
{
    r->p.at += MS_MINUTE;
    set_choices(r);
    PLAY(&r->p, type, token, type == EV_VERB_DONE || type == EV_TASK_DONE ? "{}" : NULL);
    note_passed(r);
}

/* The boundary event that comes next on the way behind its host. */
static bool fires_next(const struct replay *r, const struct process_waiting *w)
{
    const struct process_model *m = r->p.m;
    uint32_t b = node_by_id(m, w->node->id);
    if (b == NONE || m->nodes[b].kind != NODE_BOUNDARY) return false;
    size_t host = next_of(r, m->pub[m->nodes[b].host].id), event = next_of(r, w->node->id);
    if (host == SIZE_MAX || event == SIZE_MAX || event < host) return false;
    for (size_t i = host + 1; i < event; i++) { /* nothing but flows of the host and its other events lie between */
        uint32_t other = node_by_id(m, r->way[i]);
        if (other != NONE && m->nodes[other].host != m->nodes[b].host) return false;
    }
    return true;
}

/* One event: what is not on the way is done first, then what comes first on the way. False: nothing is left to do. */
static bool next_event(struct replay *r, bool hold)
{
    const struct process_waiting *w;
    size_t n = process_waiting(r->p.a, r->p.s, &w), best = SIZE_MAX, best_at = SIZE_MAX;
    for (size_t i = 0; i < n; i++)
        if (w[i].why == WAIT_BOUNDARY && fires_next(r, &w[i])) {
            step(r, EV_TIMER, w[i].token);
            return true;
        }
    for (size_t i = 0; i < n; i++) {
        if (w[i].why != WAIT_TASK && w[i].why != WAIT_VERB && w[i].why != WAIT_TIMER) continue;
        if (hold && slice_eq(w[i].node->id, r->at)) continue;
        size_t at = next_of(r, w[i].node->id);
        uint32_t node = node_by_id(r->p.m, w[i].node->id); /* NONE: of a called process */
        bool beside = node != NONE && r->p.m->nodes[node].level == NONE;
        if (at == SIZE_MAX) at = beside ? MAX_WAY : 0; /* a branch that joins the way goes when nothing else does */
        if (best == SIZE_MAX || at < best_at) best = i, best_at = at;
    }
    if (best == SIZE_MAX) return false;
    step(r,
         w[best].why == WAIT_TASK   ? EV_TASK_DONE
         : w[best].why == WAIT_VERB ? EV_VERB_DONE
                                    : EV_TIMER,
         w[best].token);
    return true;
}

static struct slice arg_of(const struct problem *p, const char *key)
{
    for (size_t i = 0; i < p->nargs; i++)
        if (strcmp(p->args[i].key, key) == 0) return p->args[i].value;
    return (struct slice){0};
}

static unsigned waiting_at(const struct replay *r, struct slice id)
{
    const struct process_waiting *w;
    size_t n = process_waiting(r->p.a, r->p.s, &w);
    unsigned count = 0;
    for (size_t i = 0; i < n; i++) count += w[i].why != WAIT_BOUNDARY && slice_eq(w[i].node->id, id);
    return count;
}

/* Whether the engine does along the way what the check says. */
static bool confirmed(struct arena *a, const struct process_model *m, const char *notation, const struct problem *p)
{
    struct replay *r = NEW(a, struct replay);
    struct slice place, ids = arg_of(p, "path_ids");
    r->notation = notation;
    (void)slice_cut(p->field, '#', &place, &r->at);
    for (bool more = ids.n > 0; more && r->n < MAX_WAY;) more = slice_cut(ids, ' ', &r->way[r->n++], &ids);
    assert_true(r->n > 1);
    bool twice = r->branches = p->code == CODE_PROCESS_NOT_SYNCHRONISED;
    r->p.m = m; /* choices need the model before the first step */
    struct json_builder b = json_builder(a);
    json_set(&b, "x", json_null());
    r->p.a = a;
    r->p.vars = json_object(&b);
    set_choices(r);
    struct slice vars = json_write(a, r->p.vars);
    play_begin(&r->p, a, m, arena_cstr(a, vars));
    note_passed(r);
    for (unsigned i = 0; i < MAX_EVENTS && !r->p.last.ended; i++) {
        if (twice ? r->twice + waiting_at(r, r->at) > 1 : r->stuck && waiting_at(r, r->at)) return true;
        if (!next_event(r, twice)) break;
    }
    return twice ? r->twice + waiting_at(r, r->at) > 1 : r->stuck && waiting_at(r, r->at);
}

/* --- whatever the check lets pass, run with choices at random --- */

static void choose_at_random(struct play *p, uint64_t *seed)
{
    for (uint32_t i = 0; i < p->m->nflows; i++)
        if (p->m->flows[i].condition_text.n) set_choice(p, p->m->flows[i].id, test_random(seed) % 2 == 0);
}

static void random_event(struct play *p, uint64_t *seed)
{
    const struct process_waiting *w;
    size_t n = process_waiting(p->a, p->s, &w), from = (size_t)(test_random(seed) % n);
    p->at += MS_MINUTE;
    choose_at_random(p, seed);
    for (size_t i = 0; i < n; i++) {
        const struct process_waiting *k = &w[(from + i) % n];
        bool timer = k->why == WAIT_TIMER || k->why == WAIT_BOUNDARY;
        if (k->why == WAIT_TASK || k->why == WAIT_VERB || timer) {
            PLAY(p,
                 timer                 ? EV_TIMER
                 : k->why == WAIT_TASK ? EV_TASK_DONE
                                       : EV_VERB_DONE,
                 k->token, timer ? NULL : "{}");
            return;
        }
    }
    fail_msg("nothing can happen any more");
}

/* What the data flow calls surely written is there. */
static size_t variables_are_there(struct play *p, const char *notation)
{
    const struct process_waiting *w;
    const struct data_flow *f = p->m->data;
    size_t n = process_waiting(p->a, p->s, &w), looked = 0;
    for (size_t i = 0; i < n; i++) {
        uint32_t node = node_by_id(p->m, w[i].node->id);
        if (w[i].why != WAIT_TASK || node == NONE) continue;
        const struct json *vars = process_vars_at(p->a, p->s, p->vars, w[i].token);
        for (uint32_t k = 0; k < f->n; k++) {
            if (!data_sure(f, node, false, f->names[k])) continue;
            looked++;
            if (!json_get_slice(vars, f->names[k]))
                fail_msg("%.*s is not written at %.*s:\n%s", SLICE_ARG(f->names[k]), SLICE_ARG(w[i].node->id),
                         notation);
        }
    }
    return looked;
}

static size_t runs_well(struct arena *a, const struct process_model *m, const char *notation, uint64_t seed)
{
    struct play p = {.a = a, .m = m, .vars = test_json(a, S("{}"))};
    choose_at_random(&p, &seed);
    struct slice vars = json_write(a, p.vars);
    play_begin(&p, a, m, arena_cstr(a, vars));
    size_t looked = 0;
    for (unsigned i = 0; i < MAX_EVENTS && !p.last.ended; i++) {
        looked += variables_are_there(&p, notation);
        random_event(&p, &seed);
        for (size_t k = 0; k < p.last.n; k++)
            if (p.last.effects[k].type == EFF_INCIDENT &&
                slice_is(json_string(p.last.effects[k].data, "code"), "process.stuck"))
                fail_msg("stuck at %.*s, which the check has not found:\n%s", SLICE_ARG(p.last.effects[k].node->id),
                         notation);
    }
    return looked;
}

struct counts {
    size_t variables;
    unsigned models, sound, deadlocks, replayed, unsynchronised, met;
};

static bool replayable(const struct problem *p)
{
    return p->code == CODE_PROCESS_JOIN_DEADLOCK || p->code == CODE_PROCESS_NOT_SYNCHRONISED;
}

static void one(uint64_t seed, struct counts *c)
{
    struct arena *a = arena_new("a broken process");
    struct kit k;
    kit_init(&k, a);
    const char *notation =
        with_choices(a, slice_cstr(random_broken(a, random_process(a, seed, MODEL_FLOWS, false), &seed)));
    const struct process_model *m = NULL;
    result r = process_compile(a, kit_bpmn(a, "", notation), S("process.bpmn"), &k.env, &m);
    bool only = true, unsynchronised = false;
    for (const struct problem *p = r.problem; p; p = p->next) {
        only = only && (replayable(p) || p->code == CODE_PROCESS_END_IMPROPER);
        unsynchronised = unsynchronised || p->code == CODE_PROCESS_NOT_SYNCHRONISED;
    }
    c->models++;
    if (!failed(r)) {
        c->sound++;
        for (unsigned i = 0; i < 3; i++) c->variables += runs_well(a, m, notation, seed + i);
    }
    for (const struct problem *p = r.problem; p && only; p = p->next) {
        if (!replayable(p) || (unsynchronised && p->code == CODE_PROCESS_JOIN_DEADLOCK)) continue;
        struct slice place, id;
        (void)slice_cut(p->field, '#', &place, &id);
        if (node_by_id(m, id) == NONE) continue; /* in a called process: its way begins there */
        bool good = confirmed(a, m, notation, p);
        unsigned *all = p->code == CODE_PROCESS_JOIN_DEADLOCK ? &c->deadlocks : &c->unsynchronised;
        unsigned *shown = p->code == CODE_PROCESS_JOIN_DEADLOCK ? &c->replayed : &c->met;
        (*all)++;
        *shown += good;
        if (!good && getenv("SHOW_UNCONFIRMED"))
            printf("seed %llu %.*s\n%s\n", (unsigned long long)seed, SLICE_ARG(result_text(a, (result){p}, LANG_EN)),
                   notation);
    }
    arena_free(a);
}

static void counter_examples_happen_in_the_engine(void **state)
{
    (void)state;
    const char *n = getenv("RANDOM_PROCESSES");
    int64_t count = 500;
    struct counts c = {0};
    if (n) assert_true(slice_int64(slice_cstr(n), &count));
    for (int64_t i = 1; i <= count; i++) one((uint64_t)i, &c);
    print_message(
        "%u models: %u let pass never stand still (%zu variables surely written, all there); %u of %u deadlocks and %u of %u unsynchronised branches happen "
        "as told\n",
        c.models, c.sound, c.variables, c.replayed, c.deadlocks, c.met, c.unsynchronised);
    assert_true(c.variables > 0 && c.deadlocks > 0 && c.unsynchronised > 0);
    assert_int_equal(c.replayed, c.deadlocks);
    assert_int_equal(c.met, c.unsynchronised);
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(counter_examples_happen_in_the_engine)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
