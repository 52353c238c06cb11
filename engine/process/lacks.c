/* Variables that what lies ahead reads and nobody supplies: what a case lacks under a version it did not begin with. */
#include "engine/decision/feel.h"
#include "engine/process/change_parts.h"

enum { LACKS_MAX = 500 };
struct names {
    struct slice list[LACKS_MAX];
    size_t n;
};
struct look {
    struct arena *a;
    const struct process_model *m;
    bool *mark;
    struct names *reads, *gives;
    struct slice scripts[64]; /* that merge what they compute into the case */
    size_t nscripts;
};

static bool has(const struct names *x, struct slice s)
{
    for (size_t i = 0; i < x->n; i++)
        if (slice_eq(x->list[i], s)) return true;
    return false;
}

static void add(struct names *x, struct slice path)
{
    struct slice head, rest;
    (void)slice_cut(path, '.', &head, &rest);
    if (head.n && x->n < LACKS_MAX && !has(x, head)) x->list[x->n++] = head;
}

static void reads(struct look *k, const struct feel *f)
{
    const struct slice *names;
    size_t n = 0;
    if (!f) return;
    feel_names(f, &names, &n);
    for (size_t i = 0; i < n; i++) add(k->reads, names[i]);
}

static void element(struct look *k, uint32_t node)
{
    const struct node *n = &k->m->nodes[node];
    const struct process_node *p = &k->m->pub[node];
    reads(k, n->script);
    reads(k, n->department);
    reads(k, n->clock_expr);
    reads(k, n->fallback);
    reads(k, n->outcome);
    reads(k, n->date);
    reads(k, n->loop.condition);
    reads(k, n->loop.cardinality);
    reads(k, n->loop.collection);
    reads(k, n->completion);
    reads(k, n->activation);
    for (uint32_t i = 0; i < n->ninputs; i++) reads(k, n->inputs[i].value);
    for (uint32_t i = 0; i < n->nout; i++) reads(k, k->m->flows[n->out[i]].condition);
    for (uint32_t i = 0; i < n->ndefs; i++) {
        reads(k, n->defs[i].timer.expr);
        reads(k, n->defs[i].condition);
        reads(k, n->defs[i].key);
    }
    add(k->gives, n->result);
    add(k->gives, p->step);
    add(k->gives, n->loop.output);
    add(k->gives, n->loop.item);
    add(k->gives, n->decision);
    for (uint32_t i = 0; i < n->noutputs; i++) add(k->gives, n->outputs[i].name);
    if (n->kind == NODE_SCRIPT && !n->result.n && k->nscripts < 64) {
        const struct xml_node *script = xml_child(n->xml, NULL, "script");
        k->scripts[k->nscripts++] = script ? xml_text(k->a, script) : (struct slice){0};
    }
}

static void reach(struct look *k, uint32_t node)
{
    const bool *from = level_reached(k->a, k->m, node);
    for (uint32_t i = 0; i < k->m->nnodes; i++) k->mark[i] |= from[i];
}

/* With what is inside sub-processes, and event sub-processes, which may begin at any time. */
static void spread(struct look *k)
{
    for (uint32_t i = 0; i < k->m->nnodes; i++) {
        uint32_t level = k->m->nodes[i].level;
        if (is_sub(&k->m->nodes[i], SUB_EVENT) && (level == NONE || k->mark[level])) k->mark[i] = true;
        if (level != NONE && k->mark[level])
            k->mark[i] = true; /* inner elements have higher numbers than their sub-process */
    }
}

static bool in_script(const struct look *k, struct slice name)
{
    for (size_t i = 0; i < k->nscripts; i++)
        if (slice_search(k->scripts[i], name) != SIZE_MAX) return true;
    return false;
}

size_t process_lacks(struct arena *a, const struct process_state *s, const struct json *vars, const struct slice **out)
{
    static const char *const counters[] = {"loopCounter", "numberOfInstances", "numberOfActiveInstances",
                                           "numberOfCompletedInstances", "numberOfTerminatedInstances"};
    *out = NULL;
    if (!s || s->ended) return 0;
    struct look k = {.a = a, .m = s->m, .mark = NEW_ARRAY(a, bool, s->m->nnodes)};
    k.reads = NEW(a, struct names);
    k.gives = NEW(a, struct names);
    for (uint32_t i = 0; i < s->ntokens; i++)
        for (uint32_t c = 0; c < s->nscopes; c++)
            if (s->scopes[c].no == s->tokens[i].scope && s->scopes[c].m == s->m) reach(&k, s->tokens[i].node);
    spread(&k);
    for (uint32_t i = 0; i < s->m->nnodes; i++)
        if (k.mark[i]) element(&k, i);
    for (size_t i = 0; i < sizeof counters / sizeof *counters; i++) add(k.gives, slice_cstr(counters[i]));
    struct slice *list = NEW_ARRAY(a, struct slice, k.reads->n);
    size_t n = 0;
    for (size_t i = 0; i < k.reads->n; i++) {
        struct slice name = k.reads->list[i];
        if (!json_get_slice(vars, name) && !has(k.gives, name) && !in_script(&k, name)) list[n++] = name;
    }
    *out = list;
    return n;
}
