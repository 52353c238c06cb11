/* The longest way from acceptance to the end by the clocks that the model states. Branches in parallel run at once, so the longest
 * counts. Counted once and told: what a loop repeats, the instances of a multi-instance activity. Not counted: tasks without a clock,
 * clocks that only the data tell, what the applicant does (fill), reminders and other events that let their host go on. */
#include "engine/process/sound.h"

/* Seconds of working time: a working day of seven office hours, five working days in seven calendar days. */
int64_t limit_seconds(const struct limit *l)
{
    switch (l->unit) {
    case LIMIT_WORKING_DAY: return l->n * 25200;
    case LIMIT_WORKING_HOUR: return l->n * 3600;
    case LIMIT_CALENDAR_DAY: return l->n * 18000;
    case LIMIT_HOUR: return l->n * 750;
    }
    return 0;
}

struct longest {
    struct arena *a;
    const struct process_model *m;
    uint8_t *colour; /* 0 new, 1 on the way, 2 known */
    int64_t *best;   /* seconds from entering the element to the end of its level */
    uint32_t *next;  /* flow that goes on longest; NONE: none */
    uint32_t *event; /* the boundary event it is left by, or NONE */
    uint32_t repeated, unknown, unclocked;
};

static int64_t timer_seconds(struct longest *l, const struct node *n)
{
    int64_t most = 0;
    for (uint32_t i = 0; i < n->ndefs; i++) {
        const struct timer *t = &n->defs[i].timer;
        int64_t s = 0;
        if (n->defs[i].trigger != TRIGGER_TIMER) continue;
        if (t->expr || t->form == TIMER_DATE)
            l->unknown++;
        else if (t->form == TIMER_CLOCK)
            s = limit_seconds(&t->clock);
        else if (t->form == TIMER_DURATION)
            s = (t->every.months * 30 * MS_DAY + t->every.ms) / 1000 * 25200 * 5 / (7 * 86400);
        if (s > most) most = s;
    }
    return most;
}

static int64_t go(struct longest *l, uint32_t node);

/* The start of a level to its end; activities of an ad hoc sub-process one after the other, or all at once. */
static int64_t inside(struct longest *l, uint32_t level)
{
    const struct process_model *m = l->m;
    int64_t sum = 0, most = 0;
    for (uint32_t i = 0; i < m->nnodes; i++) {
        if (!level_begins(m, level, i)) continue;
        int64_t s = go(l, i);
        sum += s;
        if (s > most) most = s;
    }
    return level != NONE && m->nodes[level].ordered ? sum : most;
}

static int64_t own(struct longest *l, uint32_t node)
{
    const struct node *n = &l->m->nodes[node];
    struct slice kind = l->m->pub[node].task_kind;
    struct process_path called;
    if (n->loop.kind != LOOP_NONE) l->repeated++;
    switch (n->kind) {
    case NODE_USER:
        if (slice_is(kind, "acceptance") || slice_is(kind, "fill")) return 0;
        l->unknown += n->clock_expr != NULL;
        l->unclocked += !n->clock_expr && n->clock.n == 0;
        return limit_seconds(&n->clock);
    case NODE_CATCH: return timer_seconds(l, n);
    case NODE_SUB: return inside(l, node);
    case NODE_CALL:
        if (!n->called) return 0;
        process_longest(l->a, n->called, &called);
        l->repeated += called.repeated;
        l->unknown += called.unknown;
        l->unclocked += called.unclocked;
        return called.seconds;
    default: return 0;
    }
}

static void onward(struct longest *l, uint32_t node, uint32_t from, int64_t before, uint32_t event)
{
    const struct node *n = &l->m->nodes[from];
    for (uint32_t k = 0; k < n->nout; k++) {
        uint32_t to = l->m->flows[n->out[k]].to;
        if (l->colour[to] == 1) l->repeated++;
        int64_t s = l->colour[to] == 1 ? -1 : before + go(l, to);
        if (s < l->best[node] || (s == l->best[node] && l->next[node] != NONE)) continue;
        l->best[node] = s;
        l->next[node] = n->out[k];
        l->event[node] = event;
    }
}

static int64_t go(struct longest *l, uint32_t node)
{
    if (l->colour[node] == 2) return l->best[node];
    const struct node *n = &l->m->nodes[node];
    l->colour[node] = 1;
    int64_t takes = own(l, node);
    l->best[node] = takes;
    l->next[node] = l->event[node] = NONE;
    bool acceptance =
        slice_is(l->m->pub[node].task_kind, "acceptance"); /* silence has accepted: the limit starts then */
    onward(l, node, node, takes, NONE);
    for (uint32_t k = 0; k < n->nboundaries; k++) {
        const struct node *b = &l->m->nodes[n->boundaries[k]];
        if (!b->interrupting || b->trigger == TRIGGER_COMPENSATION) continue;
        int64_t after = acceptance ? 0 : b->trigger == TRIGGER_TIMER ? timer_seconds(l, b) : takes;
        onward(l, node, n->boundaries[k], after, n->boundaries[k]);
    }
    l->colour[node] = 2;
    return l->best[node];
}

static void write_way(struct trail *t, const struct longest *l, uint32_t level)
{
    const struct process_model *m = l->m;
    uint32_t at = NONE;
    for (uint32_t i = 0; i < m->nnodes; i++)
        if (level_begins(m, level, i) && (at == NONE || l->best[i] > l->best[at])) at = i;
    while (at != NONE) {
        trail_node(t, at);
        if (l->event[at] != NONE)
            trail_event(t, l->event[at]);
        else if (m->nodes[at].kind == NODE_SUB)
            write_way(t, l, at);
        uint32_t flow = l->next[at];
        if (flow != NONE) trail_flow(t, flow);
        at = flow == NONE ? NONE : m->flows[flow].to;
    }
}

void process_longest(struct arena *a, const struct process_model *m, struct process_path *out)
{
    struct longest l = {.a = a,
                        .m = m,
                        .colour = NEW_ARRAY(a, uint8_t, m->nnodes),
                        .best = NEW_ARRAY(a, int64_t, m->nnodes),
                        .next = NEW_ARRAY(a, uint32_t, m->nnodes),
                        .event = NEW_ARRAY(a, uint32_t, m->nnodes)};
    struct trail t = trail_new(a, m);
    int64_t seconds = inside(&l, NONE);
    write_way(&t, &l, NONE);
    *out = (struct process_path){.seconds = seconds,
                                 .unknown = l.unknown,
                                 .unclocked = l.unclocked,
                                 .repeated = l.repeated,
                                 .way = {buf_slice(&t.ids), buf_slice(&t.zh), buf_slice(&t.en)}};
}

uint32_t process_states_searched(const struct process_model *m)
{
    return m->searched;
}
