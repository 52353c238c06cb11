/* Outcomes of tasks against the expressions that read them: a condition on an outcome that no task has never
 * holds; several outcomes that nothing reads decide nothing. */
#include "engine/process/model.h"

/* Every expression of a process with its text. */
typedef void (*expression_fn)(void *ctx, uint32_t line, struct slice id, struct slice text, const struct feel *f);

static void each_expression(struct arena *a, const struct process_model *m, expression_fn fn, void *ctx)
{
    for (uint32_t i = 0; i < m->nflows; i++)
        if (m->flows[i].condition)
            fn(ctx, m->flows[i].line, m->flows[i].id, m->flows[i].condition_text, m->flows[i].condition);
    for (uint32_t i = 0; i < m->nnodes; i++) {
        const struct node *n = &m->nodes[i];
        struct slice id = m->pub[i].id;
        for (uint32_t k = 0; k < n->ninputs; k++)
            if (n->inputs[k].value) fn(ctx, n->line, id, n->inputs[k].text, n->inputs[k].value);
        if (n->script) fn(ctx, n->line, id, xml_text(a, xml_child(n->xml, BPMN_NS, "script")), n->script);
        const struct feel *others[] = {n->department, n->fallback, n->clock_expr, n->outcome,
                                       n->ndefs ? n->defs[0].timer.expr : NULL};
        struct slice texts[] = {tb_attr(n->xml, "department"), tb_attr(n->xml, "fallback"), tb_attr(n->xml, "clock"),
                                tb_attr(n->xml, "result"), (struct slice){0}};
        for (size_t k = 0; k < sizeof others / sizeof *others; k++)
            if (others[k]) fn(ctx, n->line, id, texts[k], others[k]);
    }
}

/* Tasks whose outcome a path reads: by their result variable, or by their step. */
struct readers {
    struct draft *d;
    struct slice variable, path;
    uint32_t task; /* the first of them */
    bool by_step;
    bool open; /* something else writes the variable too: any word may be right */
    bool used;
    uint32_t line;
    struct slice id;
};

static bool concerns(const struct readers *r, const struct process_model *m, uint32_t node)
{
    return slice_eq(r->by_step ? m->pub[node].step : m->nodes[node].result, r->variable);
}

static bool outcome_known(const struct readers *r, struct slice word)
{
    const struct process_model *m = r->d->m;
    for (uint32_t i = 0; i < m->nnodes; i++) {
        if (m->nodes[i].kind != NODE_USER || !concerns(r, m, i)) continue;
        const struct process_node *p = &m->pub[i];
        if (p->step.n && slice_is(word, "withdrawn")) return true;
        if (p->noutcomes == 0 && slice_is(word, "done")) return true;
        for (size_t k = 0; k < p->noutcomes; k++)
            if (slice_eq(p->outcomes[k], word)) return true;
    }
    return false;
}

static void check_word(void *ctx, struct slice word)
{
    struct readers *r = ctx;
    if (outcome_known(r, word)) return;
    FAULT(r->d->c, r->line, r->id, CODE_PROCESS_OUTCOME_UNKNOWN, "value", word, "task", r->d->m->pub[r->task].id, NULL);
}

static void check_expression(void *ctx, uint32_t line, struct slice id, struct slice text, const struct feel *f)
{
    struct readers *r = ctx;
    const struct slice *names = NULL;
    size_t n = 0;
    feel_names(f, &names, &n);
    bool reads = false;
    for (size_t i = 0; i < n; i++) {
        struct slice head, rest; /* a free name may come as a path */
        (void)slice_cut(names[i], '.', &head, &rest);
        reads |= slice_eq(head, r->variable);
    }
    r->used |= reads;
    r->line = line;
    r->id = id;
    if (reads && !r->open) compared_words(text, r->path, check_word, r);
}

/* Checks the words compared with variable.outcome; true when some expression reads the variable. */
static bool check_readers(struct draft *d, uint32_t task, bool by_step)
{
    const struct process_model *m = d->m;
    struct readers r = {
        .d = d, .task = task, .by_step = by_step, .variable = by_step ? m->pub[task].step : m->nodes[task].result};
    if (!r.variable.n) return false;
    bool first = true;
    for (uint32_t i = 0; i < m->nnodes; i++) {
        if (!concerns(&r, m, i)) continue;
        if (m->nodes[i].kind != NODE_USER) r.open = true;
        if (m->nodes[i].kind == NODE_USER && i < task) first = false;
    }
    if (!first) r.open = true; /* the first task of the group has checked the words already */
    r.path = arena_printf(d->c->a, "%.*s.outcome", SLICE_ARG(r.variable));
    each_expression(d->c->a, m, check_expression, &r);
    return r.used;
}

void check_outcomes(struct draft *d)
{
    const struct process_model *m = d->m;
    bool rules = false; /* a decision table without tb:input sees every variable */
    for (uint32_t i = 0; i < m->nnodes; i++) rules |= m->nodes[i].kind == NODE_RULE && m->nodes[i].ninputs == 0;
    for (uint32_t i = 0; i < m->nnodes; i++) {
        if (m->nodes[i].kind != NODE_USER) continue;
        bool by_result = check_readers(d, i, false), by_step = check_readers(d, i, true);
        if (m->pub[i].noutcomes > 1 && !by_result && !by_step && !rules && m->nodes[i].result.n)
            FAULT(d->c, m->nodes[i].line, m->pub[i].id, CODE_PROCESS_OUTCOME_UNUSED, "value",
                  arena_printf(d->c->a, "%.*s.outcome", SLICE_ARG(m->nodes[i].result)), NULL);
    }
}

/* Words that a gateway's conditions accept. */
struct words {
    struct slice list[64];
    size_t n;
};

static void collect(void *ctx, struct slice word)
{
    struct words *w = ctx;
    if (w->n < sizeof w->list / sizeof *w->list) w->list[w->n++] = word;
}

static bool has(const struct words *w, struct slice word)
{
    for (size_t i = 0; i < w->n; i++)
        if (slice_eq(w->list[i], word)) return true;
    return false;
}

/* Whether the conditions cover all outcomes of the tasks that write this task's result variable. */
static bool covers(const struct process_model *m, uint32_t gateway, uint32_t task)
{
    const struct node *g = &m->nodes[gateway];
    struct slice variable = m->nodes[task].result;
    char path[128];
    if (!variable.n || variable.n + 8 > sizeof path) return false;
    memcpy(path, variable.p, variable.n);
    memcpy(path + variable.n, ".outcome", 8);
    struct words w = {.n = 0};
    for (uint32_t k = 0; k < g->nout; k++)
        if (!pure_choice(m->flows[g->out[k]].condition_text, slice_of(path, variable.n + 8), collect, &w)) return false;
    for (uint32_t i = 0; i < m->nnodes; i++) {
        if (!slice_eq(m->nodes[i].result, variable)) continue;
        if (m->nodes[i].kind != NODE_USER || m->pub[i].noutcomes == 0) return false;
        if (m->pub[i].step.n && !has(&w, S("withdrawn"))) return false;
        for (size_t k = 0; k < m->pub[i].noutcomes; k++)
            if (!has(&w, m->pub[i].outcomes[k])) return false;
    }
    return true;
}

bool conditions_exhaustive(const struct process_model *m, uint32_t gateway)
{
    for (uint32_t i = 0; i < m->nnodes; i++)
        if (m->nodes[i].kind == NODE_USER && covers(m, gateway, i)) return true;
    return false;
}
