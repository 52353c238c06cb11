/* Withdrawing one applicant's step: what is under way in it ends with outcome "withdrawn" and the flow goes on, so
 * that parallel joins still complete; what lies ahead of it is passed over when it comes. */
#include "engine/process/run.h"

static const struct json *withdrawn(struct run *r)
{
    return json_of_cstr(r->a, "withdrawn");
}

static void mark(struct run *r, uint32_t scope, const struct node *n, struct slice step)
{
    if (n->result.n && (n->kind == NODE_USER || n->kind == NODE_CALL || n->kind == NODE_SUB)) {
        struct json_builder b = json_builder(r->a);
        json_set(&b, "outcome", withdrawn(r));
        vars_set(r, scope, n->result, json_object(&b));
    }
    steps_outcome(r, scope, step, withdrawn(r));
}

/* The outermost waiting token of the step; its inner ones end with it. */
static struct token *in_step(struct run *r, struct slice step, uint32_t before)
{
    for (size_t i = 0; i < r->ntokens; i++) {
        struct token *t = &r->tokens[i];
        if (!t->dead && t->no < before && token_counts(t) && slice_eq(token_pub(r, t)->step, step))
            return t; /* ascending: a host before what is inside */
    }
    return NULL;
}

/* Closes what the token waits for, but lets it go on from its element. */
static void pass_over(struct run *r, struct token *t)
{
    uint32_t scope = t->scope, node = t->node;
    struct scope *s = scope_find(r, scope);
    const struct process_model *m = s->m;
    s->live++; /* the successor; first, so that the scope is never seen empty */
    token_cancel(r, t->no);
    uint32_t no = token_new(r, scope, node);
    GROW(r, skipped);
    r->skipped[r->nskipped++] = (struct skipped){scope, node};
    mark(r, scope, &m->nodes[node], m->pub[node].step);
    token_leave(r, no);
}

static const struct process_node *step_node(const struct process_model *m, struct slice step)
{
    for (uint32_t i = 0; i < m->nnodes; i++)
        if (slice_eq(m->pub[i].step, step)) return &m->pub[i];
    return NULL;
}

/* The step has not begun: remember, for when it comes. False when no process under way knows it, or it is over. */
static bool withdraw_ahead(struct run *r, struct slice step)
{
    bool found = false;
    for (size_t i = 0; i < r->nscopes; i++) {
        const struct scope *s = &r->scopes[i];
        const struct process_node *p =
            s->dead || (s->kind != SCOPE_ROOT && s->kind != SCOPE_CALL) ? NULL : step_node(s->m, step);
        if (!p) continue;
        const struct json *outcome = json_get(json_get_slice(vars_frame(r, s->no)->vars, step), "outcome");
        if (outcome && outcome->type == JSON_STRING) continue;
        steps_outcome(r, s->no, step, withdrawn(r));
        struct json_builder b = json_builder(r->a);
        json_set(&b, "outcome", withdrawn(r));
        effect_add(r, EFF_STEP_ENDED, 0, p, s->no)->data = json_object(&b);
        found = true;
    }
    return found;
}

void step_cancel(struct run *r, struct slice step)
{
    uint32_t before = r->next; /* tokens of this withdrawal itself are left alone */
    struct token *t = step.n ? in_step(r, step, before) : NULL;
    if (!t && (!step.n || !withdraw_ahead(r, step))) {
        r->problem = fail(r->a, CODE_PROCESS_STEP, S("/data/step"), "value", step, NULL);
        return;
    }
    for (; t; t = in_step(r, step, before)) pass_over(r, t);
}
