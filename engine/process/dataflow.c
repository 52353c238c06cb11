/* Which variables have surely been written when an element is entered: on every way from the start, whatever the data, the timers
 * and the errors (a forward analysis: ways that meet keep what all have written, a parallel join what any branch has). Names that
 * no element writes come from outside (form, applicant …) and are no matter of it. */
#include "engine/process/dataflow.h"

#include "engine/process/sound.h"

static bool is_given(struct slice s)
{
    static const char *const list[] = {"form",        "applicant",   "town",  "channel",
                                       "window_town", "case_number", "parts", "confirmed"};
    for (size_t i = 0; i < sizeof list / sizeof *list; i++)
        if (slice_is(s, list[i])) return true;
    return false;
}

static uint32_t name_index(const struct data_flow *f, struct slice name)
{
    for (uint32_t i = 0; i < f->n; i++)
        if (slice_eq(f->names[i], name)) return i;
    return NONE;
}

/* ---- what an element writes ---- */

typedef void (*name_fn)(void *ctx, struct slice name);

/* By its end; what its boundary events or its inside write is told of those. */
static void each_write(const struct process_model *m, uint32_t node, name_fn fn, void *ctx)
{
    const struct node *n = &m->nodes[node];
    struct slice step = m->pub[node].step;
    bool own_variables = n->loop.kind == LOOP_MULTI;
    if (own_variables) {
        if (n->loop.output.n) fn(ctx, n->loop.output);
        return;
    }
    if (n->result.n && n->kind != NODE_END) fn(ctx, n->result);
    if (step.n && (n->kind == NODE_USER || n->kind == NODE_CALL || n->kind == NODE_SUB)) fn(ctx, step);
    if (n->kind == NODE_CALL)
        for (uint32_t i = 0; i < n->noutputs; i++) fn(ctx, n->outputs[i].name);
    if (n->kind == NODE_SCRIPT && !n->result.n) context_names(n->script_text, fn, ctx);
}

struct collecting {
    struct data_flow *f;
    struct slice *names;
    uint32_t cap;
};

static void collect(void *ctx, struct slice name)
{
    struct collecting *c = ctx;
    if (name_index(c->f, name) == NONE && c->f->n < c->cap) c->names[c->f->n++] = name;
}

struct setting {
    const struct data_flow *f;
    uint64_t *set;
};

static void add(void *ctx, struct slice name)
{
    struct setting *s = ctx;
    uint32_t i = name_index(s->f, name);
    if (i != NONE) s->set[i / 64] |= UINT64_C(1) << (i % 64);
}

/* ---- the analysis ---- */

static uint64_t *in_of(const struct data_flow *f, uint32_t node)
{
    return f->in + (size_t)node * f->words;
}

static uint64_t *out_of(const struct data_flow *f, uint32_t node)
{
    return f->out + (size_t)node * f->words;
}

static void copy(const struct data_flow *f, uint64_t *to, const uint64_t *from)
{
    memcpy(to, from, f->words * sizeof *to);
}

static void both(const struct data_flow *f, uint64_t *to, const uint64_t *from)
{
    for (uint32_t i = 0; i < f->words; i++) to[i] &= from[i];
}

static void either(const struct data_flow *f, uint64_t *to, const uint64_t *from)
{
    for (uint32_t i = 0; i < f->words; i++) to[i] |= from[i];
}

/* Before anything in the level has been done. */
static void at_level(const struct data_flow *f, uint32_t level, uint64_t *set)
{
    if (level == NONE) {
        copy(f, set, f->given);
        return;
    }
    copy(f, set, in_of(f, level));
    struct setting s = {f, set};
    const struct loop *l = &f->m->nodes[level].loop;
    if (l->kind == LOOP_MULTI && l->item.n) add(&s, l->item);
}

static void compute_in(const struct data_flow *f, uint32_t node, uint64_t *set)
{
    const struct process_model *m = f->m;
    const struct node *n = &m->nodes[node];
    memset(set, 0xff, f->words * sizeof *set);
    if (n->kind == NODE_BOUNDARY && n->host != NONE) {
        copy(f, set, in_of(f, n->host));
    } else if (level_begins(m, n->level, node) || is_sub(n, SUB_EVENT)) {
        at_level(f, n->level, set);
    } else if (n->for_compensation) {
        for (uint32_t i = 0; i < m->nnodes; i++)
            if (m->nodes[i].handler == node) copy(f, set, out_of(f, i));
    } else if (n->kind == NODE_PARALLEL && n->nin > 1) {
        memset(set, 0, f->words * sizeof *set);
        for (uint32_t k = 0; k < n->nin; k++) either(f, set, out_of(f, m->flows[n->in[k]].from));
    } else {
        for (uint32_t k = 0; k < n->nin; k++) both(f, set, out_of(f, m->flows[n->in[k]].from));
    }
}

/* A sub-process is over by one of its ends, or by those of an event sub-process that interrupts it. */
static void after_inside(const struct data_flow *f, uint32_t sub, uint64_t *set)
{
    const struct process_model *m = f->m;
    bool any = false;
    memset(set, 0xff, f->words * sizeof *set);
    for (uint32_t i = 0; i < m->nnodes; i++) {
        const struct node *n = &m->nodes[i];
        if (n->level != sub) continue;
        bool leaves = n->kind == NODE_END && n->trigger != TRIGGER_ERROR && n->trigger != TRIGGER_CANCEL;
        bool interrupts = is_sub(n, SUB_EVENT) && n->start != NONE && m->nodes[n->start].interrupting;
        if (leaves) both(f, set, in_of(f, i));
        if (interrupts) both(f, set, out_of(f, i));
        any = any || leaves;
    }
    if (!any) copy(f, set, in_of(f, sub));
}

static void compute_out(const struct data_flow *f, uint32_t node, uint64_t *set)
{
    const struct node *n = &f->m->nodes[node];
    if (n->kind == NODE_SUB && n->loop.kind != LOOP_MULTI)
        after_inside(f, node, set);
    else
        copy(f, set, in_of(f, node));
    struct setting s = {f, set};
    each_write(f->m, node, add, &s);
}

static bool update(const struct data_flow *f, uint64_t *at, const uint64_t *set)
{
    if (memcmp(at, set, f->words * sizeof *set) == 0) return false;
    copy(f, at, set);
    return true;
}

static void solve(struct arena *a, struct data_flow *f)
{
    uint64_t *set = NEW_ARRAY(a, uint64_t, f->words);
    size_t all = (size_t)f->m->nnodes * f->words * sizeof *f->in;
    memset(f->in, 0xff, all);
    memset(f->out, 0xff, all);
    for (bool changed = true; changed;) { /* sets only shrink, so it ends */
        changed = false;
        for (uint32_t i = 0; i < f->m->nnodes; i++) {
            compute_in(f, i, set);
            changed = update(f, in_of(f, i), set) || changed;
            compute_out(f, i, set);
            changed = update(f, out_of(f, i), set) || changed;
        }
    }
}

const struct data_flow *data_flow_of(struct arena *a, const struct process_model *m)
{
    enum { MAX_NAMES = 1000 };
    struct data_flow *f = NEW(a, struct data_flow);
    f->m = m;
    struct collecting c = {f, NEW_ARRAY(a, struct slice, MAX_NAMES), MAX_NAMES};
    f->names = c.names;
    for (uint32_t i = 0; i < m->nnodes; i++) each_write(m, i, collect, &c);
    f->words = f->n / 64 + 1;
    f->in = NEW_ARRAY(a, uint64_t, (size_t)m->nnodes * f->words);
    f->out = NEW_ARRAY(a, uint64_t, (size_t)m->nnodes * f->words);
    f->given = NEW_ARRAY(a, uint64_t, f->words);
    for (uint32_t i = 0; i < f->n; i++)
        if (is_given(f->names[i])) f->given[i / 64] |= UINT64_C(1) << (i % 64);
    solve(a, f);
    return f;
}

static bool has(const uint64_t *set, uint32_t name)
{
    return set[name / 64] >> (name % 64) & 1;
}

bool data_sure(const struct data_flow *f, uint32_t node, bool after, struct slice name)
{
    uint32_t i = name_index(f, name);
    return i == NONE || has(after ? out_of(f, node) : in_of(f, node), i);
}

bool data_writes(const struct data_flow *f, uint32_t node, struct slice name)
{
    uint64_t set[16] = {0};
    struct setting s = {f, set};
    uint32_t i = name_index(f, name);
    if (i == NONE || f->words > 16) return false;
    each_write(f->m, node, add, &s);
    return has(set, i);
}

/* ---- the counter-example ---- */

struct going {
    const struct data_flow *f;
    uint32_t name, *from, *queue, n;
    bool *seen;
};

static void go(struct going *g, uint32_t from, uint32_t to)
{
    if (g->seen[to] || has(in_of(g->f, to), g->name)) return;
    g->seen[to] = true;
    g->from[to] = from;
    g->queue[g->n++] = to;
}

static void go_on(struct going *g, uint32_t at)
{
    const struct process_model *m = g->f->m;
    const struct node *n = &m->nodes[at];
    for (uint32_t k = 0; k < n->nout && !has(out_of(g->f, at), g->name); k++) go(g, at, m->flows[n->out[k]].to);
    for (uint32_t k = 0; k < n->nboundaries; k++) go(g, at, n->boundaries[k]);
    for (uint32_t i = 0; i < m->nnodes && n->kind == NODE_SUB; i++)
        if (m->nodes[i].level == at && (level_begins(m, at, i) || is_sub(&m->nodes[i], SUB_EVENT))) go(g, at, i);
}

static void write_way(struct trail *t, const struct going *g, uint32_t node)
{
    const struct process_model *m = g->f->m;
    uint32_t from = g->from[node];
    if (from != NONE) write_way(t, g, from);
    if (m->nodes[node].kind == NODE_BOUNDARY) {
        trail_event(t, node);
        return;
    }
    for (uint32_t k = 0; from != NONE && k < m->nodes[node].nin; k++)
        if (m->flows[m->nodes[node].in[k]].from == from) {
            trail_flow(t, m->nodes[node].in[k]);
            break;
        }
    trail_node(t, node);
}

void data_trail(const struct data_flow *f, uint32_t node, struct slice name, struct trail *t)
{
    const struct process_model *m = f->m;
    struct arena *a = arena_new("process check, data");
    struct going g = {.f = f,
                      .name = name_index(f, name),
                      .from = NEW_ARRAY(a, uint32_t, m->nnodes),
                      .queue = NEW_ARRAY(a, uint32_t, m->nnodes),
                      .seen = NEW_ARRAY(a, bool, m->nnodes)};
    for (uint32_t i = 0; i < m->nnodes; i++)
        if (level_begins(m, NONE, i) || (m->nodes[i].level == NONE && is_sub(&m->nodes[i], SUB_EVENT))) go(&g, NONE, i);
    for (uint32_t head = 0; head < g.n && !g.seen[node]; head++) go_on(&g, g.queue[head]);
    if (g.seen[node]) write_way(t, &g, node);
    arena_free(a);
}
