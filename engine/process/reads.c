/* Variables read before they are written. What an element works with (inputs, scripts, clocks, departments, collections, what a
 * decision sees) must be written on every way to it. A condition may ask for what is not there yet, it does not hold then (manual,
 * Variables); it is a fault only where every element that writes the variable lies behind it. */
#include "engine/process/dataflow.h"

struct reads {
    struct draft *d;
    const struct data_flow *f;
    struct arena *scratch;
};

static void tell(struct reads *r, uint32_t line, struct slice id, uint32_t node, struct slice name)
{
    struct trail t = trail_new(r->d->c->a, r->d->m);
    data_trail(r->f, node, name, &t);
    FAULT(r->d->c, line, id, CODE_PROCESS_DATA_UNWRITTEN, "value", name, TRAIL_ARGS(&t), NULL);
}

static bool name_char(char c)
{
    return c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (uint8_t)c >= 0x80;
}

static size_t skip_spaces(struct slice s, size_t i)
{
    while (i < s.n && (s.p[i] == ' ' || s.p[i] == '\n' || s.p[i] == '\t' || s.p[i] == '\r')) i++;
    return i;
}

/* The expression asks whether it is there: "name = null", "name.member != null", "is defined(name)". */
static bool guarded(struct slice text, struct slice name)
{
    for (size_t i = 0; i + name.n <= text.n; i++) {
        if (!slice_eq(slice_sub(text, i, name.n), name) ||
            (i > 0 && (name_char(text.p[i - 1]) || text.p[i - 1] == '.')))
            continue;
        size_t end = i + name.n;
        if (end < text.n && name_char(text.p[end])) continue;
        while (end < text.n && (name_char(text.p[end]) || text.p[end] == '.')) end++;
        end = skip_spaces(text, end);
        if (end < text.n && text.p[end] == '!') end++;
        bool compared = end < text.n && text.p[end] == '=';
        if (compared && slice_starts(slice_sub(text, skip_spaces(text, end + 1), text.n), S("null"))) return true;
        if (slice_ends(slice_trim(slice_sub(text, 0, i)), S("is defined("))) return true;
    }
    return false;
}

/* One expression that the element works with; own: names that only it has (an instance's item). */
static void work(struct reads *r, uint32_t node, const struct feel *f, struct slice text)
{
    const struct slice *names = NULL;
    size_t n = 0;
    if (!f) return;
    const struct loop *l = &r->d->m->nodes[node].loop;
    feel_names(f, &names, &n);
    for (size_t i = 0; i < n; i++) {
        struct slice head, rest;
        (void)slice_cut(names[i], '.', &head, &rest);
        bool own = l->kind == LOOP_MULTI && slice_eq(head, l->item);
        if (!own && !data_sure(r->f, node, false, head) && !guarded(text, head))
            tell(r, r->d->m->nodes[node].line, r->d->m->pub[node].id, node, head);
    }
}

/* Everything the variable's writers, which all lie behind the element. */
static bool only_later(struct reads *r, uint32_t node, struct slice name)
{
    const struct process_model *m = r->d->m;
    bool any = false;
    for (uint32_t w = 0; w < m->nnodes; w++) {
        if (!data_writes(r->f, w, name)) continue;
        if (w == node || m->nodes[w].level != m->nodes[node].level)
            return false; /* another level: order not compared */
        if (level_reached(r->scratch, m, w)[node] || !level_reached(r->scratch, m, node)[w]) return false;
        any = true;
    }
    return any;
}

static void condition(struct reads *r, uint32_t node, const struct flow *flow)
{
    const struct slice *names = NULL;
    size_t n = 0;
    if (!flow->condition) return;
    feel_names(flow->condition, &names, &n);
    for (size_t i = 0; i < n; i++) {
        struct slice head, rest;
        (void)slice_cut(names[i], '.', &head, &rest);
        if (!data_sure(r->f, node, true, head) && only_later(r, node, head)) tell(r, flow->line, flow->id, node, head);
    }
}

/* A decision without inputs of its own sees every variable by the name of its input data. */
static void decision(struct reads *r, uint32_t node)
{
    const struct node *n = &r->d->m->nodes[node];
    const struct slice *names = NULL;
    if (n->kind != NODE_RULE || n->ninputs || !n->dmn) return;
    size_t count = dmn_inputs(r->scratch, n->dmn, n->decision, &names);
    for (size_t i = 0; i < count; i++)
        if (!data_sure(r->f, node, false, names[i])) tell(r, n->line, r->d->m->pub[node].id, node, names[i]);
}

static void element(struct reads *r, uint32_t node)
{
    const struct process_model *m = r->d->m;
    const struct node *n = &m->nodes[node];
    for (uint32_t i = 0; i < n->ninputs; i++) work(r, node, n->inputs[i].value, n->inputs[i].text);
    work(r, node, n->script, n->script_text);
    work(r, node, n->department, m->pub[node].department);
    work(r, node, n->clock_expr, m->pub[node].clock);
    work(r, node, n->outcome, tb_attr(n->xml, "result"));
    work(r, node, n->fallback, tb_attr(n->xml, "fallback"));
    work(r, node, n->date, tb_attr(n->xml, "date"));
    work(r, node, n->loop.cardinality, (struct slice){0});
    work(r, node, n->loop.collection, (struct slice){0});
    for (uint32_t i = 0; i < n->ndefs; i++) {
        work(r, node, n->defs[i].timer.expr, (struct slice){0});
        work(r, node, n->defs[i].key, (struct slice){0});
    }
    for (uint32_t i = 0; i < n->nout; i++) condition(r, node, &m->flows[n->out[i]]);
    decision(r, node);
}

void check_data(struct draft *d)
{
    if (d->c->nfaults > d->faults_before) return; /* ways that are wrong themselves prove nothing */
    struct arena *a = arena_new("process check, reads");
    struct reads r = {d, data_flow_of(d->c->a, d->m), a};
    d->m->data = r.f;
    for (uint32_t i = 0; i < d->m->nnodes; i++) element(&r, i);
    arena_free(a);
}

bool process_data_sure(const struct process_model *m, struct slice element, struct slice name)
{
    uint32_t node = node_by_id(m, element);
    return !m->data || node == NONE || data_sure(m->data, node, false, name);
}

struct process_way process_data_way(struct arena *a, const struct process_model *m, struct slice element,
                                    struct slice name)
{
    struct trail t = trail_new(a, m);
    data_trail(m->data, node_by_id(m, element), name, &t);
    return (struct process_way){buf_slice(&t.ids), buf_slice(&t.zh), buf_slice(&t.en)};
}
