/* References out of the process: verbs and their inputs, decisions, departments, forms, called processes. */
#include "engine/process/model.h"

static void unknown(struct draft *d, uint32_t node, enum code code, struct slice name)
{
    FAULT(d->c, d->m->nodes[node].line, d->m->pub[node].id, code, "value", name, NULL);
}

static bool has_input(const struct node *n, struct slice name)
{
    for (uint32_t i = 0; i < n->ninputs; i++)
        if (slice_eq(n->inputs[i].name, name)) return true;
    return false;
}

/* The verb's input schema is a JSON Schema of an object: names and the required ones are compared here, values
 * when the verb is called. */
static void check_inputs(struct draft *d, uint32_t node)
{
    const struct node *n = &d->m->nodes[node];
    const struct json *properties = json_get(n->input_schema, "properties"),
                      *required = json_get(n->input_schema, "required");
    for (uint32_t i = 0; i < n->ninputs && properties; i++)
        if (!json_get_slice(properties, n->inputs[i].name))
            unknown(d, node, CODE_PROCESS_INPUT_UNKNOWN, n->inputs[i].name);
    for (size_t i = 0; required && required->type == JSON_ARRAY && i < required->n; i++)
        if (required->items[i]->type == JSON_STRING && !has_input(n, required->items[i]->text))
            unknown(d, node, CODE_PROCESS_INPUT_MISSING, required->items[i]->text);
}

static void check_verb(struct draft *d, uint32_t node)
{
    const struct process_env *env = d->c->env;
    struct node *n = &d->m->nodes[node];
    struct slice verb = d->m->pub[node].verb;
    n->verb_kind = VERB_JOB;
    if (!verb.n) return;
    if (!env->verb || !env->verb(env->ctx, verb, &n->verb_kind, &n->input_schema)) {
        unknown(d, node, CODE_PROCESS_VERB_UNKNOWN, verb);
        return;
    }
    check_inputs(d, node);
    for (uint32_t k = 0; k < n->nboundaries && n->verb_kind == VERB_LOCAL; k++) {
        uint32_t b = n->boundaries[k];
        if (d->m->nodes[b].trigger == TRIGGER_TIMER)
            FAULT(d->c, d->m->nodes[b].line, d->m->pub[b].id, CODE_PROCESS_BOUNDARY_HOST, "value", d->m->pub[node].id,
                  "detail_zh", S("本地动作即时完成，不等待"), "detail_en",
                  S("a local verb is done at once and never waits"), NULL);
    }
}

static void check_decision(struct draft *d, uint32_t node)
{
    const struct process_env *env = d->c->env;
    struct node *n = &d->m->nodes[node];
    if (!n->decision.n) return;
    n->dmn = env->decision ? env->decision(env->ctx, n->decision, &n->shared) : NULL;
    if (!n->dmn) unknown(d, node, CODE_PROCESS_DECISION_UNKNOWN, n->decision);
}

/* Whether the called process, or one that it calls, is this one (by id or service code). */
static bool leads_back(const struct process_model *called, const struct process_model *self, unsigned depth)
{
    if (slice_eq(called->id, self->id) && slice_eq(called->service, self->service)) return true;
    if (self->service.n && slice_eq(called->service, self->service)) return true;
    if (depth > PROCESS_MAX_DEPTH) return true;
    for (uint32_t i = 0; i < called->nnodes; i++) {
        const struct process_model *next = called->nodes[i].called;
        bool seen = !next;
        for (uint32_t k = 0; k < i && !seen; k++) seen = called->nodes[k].called == next;
        if (!seen && leads_back(next, self, depth + 1)) return true;
    }
    return false;
}

static void check_call(struct draft *d, uint32_t node)
{
    const struct process_env *env = d->c->env;
    struct node *n = &d->m->nodes[node];
    struct slice name = bpmn_attr(n->xml, "calledElement");
    if (!name.n) {
        unknown(d, node, CODE_PROCESS_ATTRIBUTE_MISSING, S("calledElement"));
        return;
    }
    size_t colon = slice_find(name, ':', 0);
    struct slice local = colon == SIZE_MAX ? name : slice_sub(name, colon + 1, name.n);
    bool recursive = slice_eq(name, d->m->service) && name.n > 0;
    const struct process_model *called = recursive ? NULL : compile_local(d->c, local, &recursive);
    if (!called && !recursive && env->called) {
        called = env->called(env->ctx, name);
        recursive = called && leads_back(called, d->m, 0);
    }
    if (recursive)
        unknown(d, node, CODE_PROCESS_RECURSION, name);
    else if (!called)
        unknown(d, node, CODE_PROCESS_CALLED_UNKNOWN, name);
    else
        d->m->nodes[node].called = d->m->pub[node].called = called;
}

static void check_user(struct draft *d, uint32_t node)
{
    const struct process_env *env = d->c->env;
    const struct process_node *p = &d->m->pub[node];
    bool computed = p->department.n && p->department.p[0] == '{';
    if (p->department.n && !computed && !(env->department && env->department(env->ctx, p->department)))
        unknown(d, node, CODE_PROCESS_DEPARTMENT_UNKNOWN, p->department);
    if (p->form.n && !(env->form && env->form(env->ctx, p->form))) unknown(d, node, CODE_PROCESS_FORM_UNKNOWN, p->form);
}

static void unbuilt(struct draft *d, uint32_t node, const char *what)
{
    unknown(d, node, CODE_PROCESS_UNSUPPORTED,
            arena_printf(d->c->a, "%s (%.*s)", what, SLICE_ARG(d->m->pub[node].kind)));
}

/* What the engine can do and the caller does not carry. */
static void check_carried(struct draft *d, uint32_t node)
{
    const struct node *n = &d->m->nodes[node];
    bool message = false, signal = false;
    for (uint32_t i = 0; i < n->ndefs; i++) {
        message |= n->defs[i].trigger == TRIGGER_MESSAGE;
        signal |= n->defs[i].trigger == TRIGGER_SIGNAL;
    }
    if (message) unbuilt(d, node, "message");
    if (signal) unbuilt(d, node, "signal");
    if (n->manual) unbuilt(d, node, "tb:start=\"manual\"");
    if (n->instantiates) unbuilt(d, node, "instantiate=\"true\"");
    if (n->kind == NODE_START && n->level == NONE && n->trigger != TRIGGER_NONE && !message && !signal)
        unbuilt(d, node, "timer or condition");
}

/* Soundness is proven for one token a flow. */
static void check_unproven(struct draft *d, uint32_t node)
{
    const struct node *n = &d->m->nodes[node];
    bool gate = n->kind == NODE_EVENT_GATE && n->instantiates;
    /* the further messages would have to find the case that the first one began (10.6.6) */
    if (gate && slice_is(bpmn_attr(n->xml, "eventGatewayType"), "Parallel"))
        unbuilt(d, node, "eventGatewayType=\"Parallel\"");
    for (uint32_t i = 0; gate && i < n->nout; i++) {
        const struct node *to = &d->m->nodes[d->m->flows[n->out[i]].to];
        bool post = to->ndefs == 1 && (to->defs[0].trigger == TRIGGER_MESSAGE || to->defs[0].trigger == TRIGGER_SIGNAL);
        if (!post) unbuilt(d, node, "instantiate=\"true\" before what is neither message nor signal");
    }
    if (n->start_quantity != 1 || n->completion_quantity != 1) unbuilt(d, node, "startQuantity, completionQuantity");
}

/* How deep scopes nest in this process, called ones included. */
static uint32_t depth_of(const struct process_model *m)
{
    uint32_t deepest = 0;
    for (uint32_t i = 0; i < m->nnodes; i++) {
        const struct node *n = &m->nodes[i];
        uint32_t depth = n->called ? 1 + n->called->depth : n->kind == NODE_SUB ? 1 : 0;
        depth += n->loop.kind != LOOP_NONE;
        for (uint32_t up = n->level; up != NONE; up = m->nodes[up].level) depth++;
        if (depth > deepest) deepest = depth;
    }
    return deepest;
}

void check_references(struct draft *d)
{
    for (uint32_t i = 0; i < d->m->nnodes; i++) {
        if (!d->c->structure_only && !d->c->env->events) check_carried(d, i);
        if (!d->c->structure_only && !d->c->env->quantities) check_unproven(d, i);
        switch (d->m->nodes[i].kind) {
        case NODE_USER: check_user(d, i); break;
        case NODE_SERVICE: check_verb(d, i); break;
        case NODE_RULE: check_decision(d, i); break;
        case NODE_CALL: check_call(d, i); break;
        default: break;
        }
    }
    d->m->depth = depth_of(d->m);
    if (d->m->depth >= PROCESS_MAX_DEPTH) FAULT(d->c, d->xml->line, d->m->id, CODE_PROCESS_TOO_COMPLEX, NULL);
}
