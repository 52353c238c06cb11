/* What a process waits for, throws and is started by, read off its drawing: for whoever brings the events, and for checks. */
#include "engine/process/model.h"

struct declaring {
    struct arena *a;
    struct process_declared *list;
    size_t n, cap;
};

static bool kind_of(enum trigger t, enum declared_kind *out)
{
    switch (t) {
    case TRIGGER_MESSAGE: *out = DECLARED_MESSAGE; return true;
    case TRIGGER_SIGNAL: *out = DECLARED_SIGNAL; return true;
    case TRIGGER_TIMER: *out = DECLARED_TIMER; return true;
    case TRIGGER_CONDITIONAL: *out = DECLARED_CONDITION; return true;
    default: return false;
    }
}

static void add(struct declaring *x, const struct process_declared *one)
{
    if (x->n == x->cap) {
        size_t cap = x->cap ? 2 * x->cap : 8;
        struct process_declared *list = NEW_ARRAY(x->a, struct process_declared, cap);
        if (x->n) memcpy(list, x->list, x->n * sizeof *list);
        x->list = list;
        x->cap = cap;
    }
    x->list[x->n++] = *one;
}

uint32_t gate_that_starts(const struct process_model *m, uint32_t node)
{
    const struct node *n = &m->nodes[node];
    if (n->level != NONE || n->nin != 1) return NONE;
    uint32_t from = m->flows[n->in[0]].from;
    const struct node *gate = &m->nodes[from];
    return gate->kind == NODE_EVENT_GATE && gate->instantiates && gate->nin == 0 ? from : NONE;
}

static bool starts(const struct process_model *m, uint32_t node)
{
    const struct node *n = &m->nodes[node];
    if (n->level != NONE) return false;
    if (gate_that_starts(m, node) != NONE) return true;
    return n->kind == NODE_START || (n->instantiates && n->nin == 0 && n->kind == NODE_RECEIVE);
}

static void of_node(struct declaring *x, const struct process_model *m, uint32_t i, bool top)
{
    const struct node *n = &m->nodes[i];
    for (uint32_t k = 0; k < n->ndefs; k++) {
        const struct event_def *d = &n->defs[k];
        struct process_declared one = {.node = &m->pub[i],
                                       .starts = top && starts(m, i),
                                       .throws = n->kind == NODE_THROW || n->kind == NODE_END || n->kind == NODE_SEND,
                                       .armed = n->kind == NODE_BOUNDARY || (n->kind == NODE_START && n->level != NONE),
                                       .interrupting = n->interrupting,
                                       .host = n->kind == NODE_BOUNDARY ? &m->pub[n->host] : NULL,
                                       .name = d->name,
                                       .named = d->named,
                                       .keyed = d->key != NULL,
                                       .outside = d->outside,
                                       .form = d->form,
                                       .from = d->from,
                                       .from_en = d->from_en,
                                       .keep = d->keep,
                                       .line = d->line};
        if (kind_of(d->trigger, &one.kind)) add(x, &one);
    }
}

static void of_process(struct declaring *x, const struct process_model *m, bool top)
{
    for (uint32_t i = 0; i < m->nnodes; i++) {
        of_node(x, m, i, top);
        const struct process_model *called = m->nodes[i].called;
        bool told = !called || (called->service.n && !slice_eq(called->service, m->service));
        for (uint32_t k = 0; k < i && !told; k++) told = m->nodes[k].called == called;
        if (!told) of_process(x, called, false);
    }
}

size_t process_declared(struct arena *a, const struct process_model *m, const struct process_declared **out)
{
    struct declaring x = {.a = a};
    of_process(&x, m, true);
    *out = x.list;
    return x.n;
}

/* ---- starts that the clock brings ---- */

static const struct event_def *start_def(const struct process_model *m, struct slice start, enum trigger t)
{
    uint32_t i = node_by_id(m, start);
    if (i == NONE || m->nodes[i].level != NONE || m->nodes[i].kind != NODE_START) return NULL;
    for (uint32_t k = 0; k < m->nodes[i].ndefs; k++)
        if (m->nodes[i].defs[k].trigger == t) return &m->nodes[i].defs[k];
    return NULL;
}

/* Spells of one length are not counted one by one: a service that starts each minute may have been away for years. */
static bool cycle_next(const struct timer *t, instant in_force, instant after, instant *due, int64_t *nth)
{
    instant at = t->date ? t->date : in_force;
    int64_t n = 1;
    if (!t->date && !duration_after(at, t->every, &at)) return false;
    if (t->every.months == 0 && at <= after) {
        int64_t whole = (after - at) / t->every.ms;
        at += whole * t->every.ms;
        n += whole;
    }
    for (; at <= after; n++)
        if (!duration_after(at, t->every, &at)) return false;
    *due = at;
    *nth = n;
    return t->times == 0 || n <= (int64_t)t->times;
}

/* A time given by an expression: there is no case yet, so that it sees no variables. */
static bool evaluated(struct arena *a, struct timer *t, instant now)
{
    struct feel_env env = {.now = now};
    struct json_builder none = json_builder(a);
    const struct json *v = NULL;
    if (!t->expr) return true;
    if (failed(feel_eval(a, t->expr, &env, json_object(&none), &v, NULL)) || v->type != JSON_STRING) return false;
    return t->form == TIMER_DURATION ? iso_duration_scan(v->text, &t->every)
           : t->form == TIMER_DATE   ? instant_scan(v->text, &t->date)
                                     : t->form == TIMER_CLOCK && limit_scan(v->text, &t->clock);
}

bool process_start_next(struct arena *a, const struct process_model *m, struct slice start, instant in_force,
                        instant after, const struct calendar *cal, instant *due, int64_t *nth)
{
    const struct event_def *d = start_def(m, start, TRIGGER_TIMER);
    if (!d) return false;
    struct timer t = d->timer;
    *nth = 1;
    if (!evaluated(a, &t, in_force)) return false;
    if (t.form == TIMER_CYCLE) return cycle_next(&t, in_force, after, due, nth);
    *due = t.date;
    if (t.form == TIMER_DURATION && !duration_after(in_force, t.every, due)) return false;
    if (t.form == TIMER_CLOCK) {
        struct clock k = {.started = in_force};
        if (!cal) return false;
        *due = clock_due(cal, &k, &t.clock);
    }
    return *due > after;
}

bool process_start_holds(struct arena *a, const struct process_model *m, struct slice start, instant now)
{
    const struct event_def *d = start_def(m, start, TRIGGER_CONDITIONAL);
    struct feel_env env = {.now = now};
    struct json_builder none = json_builder(a);
    bool v = false;
    if (!d || !d->condition) return false;
    result r = feel_true(a, d->condition, &env, json_object(&none), &v);
    return !failed(r) && v;
}
