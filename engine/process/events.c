/* Start, end, intermediate events; embedded sub-processes and calls. */
#include "engine/process/run.h"

result enter_start(struct run *r, uint32_t token, uint32_t flow)
{
    (void)flow;
    token_leave(r, token);
    return ok();
}

result enter_end(struct run *r, uint32_t token, uint32_t flow)
{
    (void)flow;
    const struct token *t = token_find(r, token);
    const struct node *n = token_node(r, t);
    const struct process_node *p = token_pub(r, t);
    uint32_t scope = t->scope;
    effect_add(r, EFF_PASSED, token, p, scope);
    scope_find(r, scope)->ended = t->node;
    if (n->trigger == TRIGGER_TERMINATE) {
        scope_clear(r, scope);
        scope_done(r, scope);
    } else if (n->trigger == TRIGGER_ERROR) {
        struct json_builder b = json_builder(r->a);
        json_set_str(&b, "code", n->defs[0].name);
        json_set_str(&b, "message", p->name);
        error_raise(r, scope, n->defs[0].name, json_object(&b), p);
    } else if (n->trigger == TRIGGER_NONE) {
        token_end(r, token);
    } else {
        throw_later(r, token);
    }
    return ok();
}

result enter_throw(struct run *r, uint32_t token, uint32_t flow)
{
    (void)flow;
    enum trigger trigger = token_node(r, token_find(r, token))->trigger;
    if (trigger == TRIGGER_NONE || trigger == TRIGGER_LINK)
        token_leave(r, token);
    else
        throw_later(r, token);
    return ok();
}

/* task, manualTask: nothing that the engine has to do. */
result enter_task(struct run *r, uint32_t token, uint32_t flow)
{
    (void)flow;
    token_complete(r, token, NULL);
    return ok();
}

result enter_send(struct run *r, uint32_t token, uint32_t flow)
{
    (void)flow;
    throw_later(r, token);
    return ok();
}

result enter_catch(struct run *r, uint32_t token, uint32_t flow)
{
    (void)flow;
    struct token *t = token_find(r, token);
    const struct node *n = token_node(r, t);
    instant due;
    if (n->trigger == TRIGGER_LINK) {
        token_leave(r, token);
    } else if (n->trigger != TRIGGER_TIMER) {
        (void)events_arm(r, token);
    } else if (timer_due(r, token, &n->defs[0].timer, &due, NULL)) {
        t->state = T_TIMER;
        effect_add(r, EFF_TIMER, token, token_pub(r, t), t->scope)->due = due;
    }
    return ok();
}

result enter_receive(struct run *r, uint32_t token, uint32_t flow)
{
    bool starts = flow == NONE && token_node(r, token_find(r, token))->instantiates;
    if (starts) /* its message has started the process */
        token_complete(r, token, NULL);
    else if (boundaries_arm(r, token))
        (void)events_arm(r, token);
    return ok();
}

result enter_event_gate(struct run *r, uint32_t token, uint32_t flow)
{
    (void)flow;
    (void)events_arm(r, token);
    return ok();
}

result enter_sub(struct run *r, uint32_t token, uint32_t flow)
{
    (void)flow;
    if (!boundaries_arm(r, token)) return ok();
    struct token *t = token_find(r, token);
    const struct node *n = token_node(r, t);
    const struct process_model *m = scope_find(r, t->scope)->m;
    t->state = T_CHILD;
    uint32_t scope = scope_open(r, token, SCOPE_SUB, m, t->node);
    if (!scope_arm(r, scope)) return ok();
    if (n->variety == SUB_AD_HOC)
        adhoc_open(r, scope);
    else
        token_arrive(r, scope, n->start, NONE);
    return ok();
}

result enter_call(struct run *r, uint32_t token, uint32_t flow)
{
    (void)flow;
    const struct token *t = token_find(r, token);
    const struct node *n = token_node(r, t);
    const struct json *input = NULL;
    if (!vars_map(r, token, n->inputs, n->ninputs, vars_view(r, t->scope), &input)) return ok();
    if (!boundaries_arm(r, token)) return ok();
    token_find(r, token)->state = T_CHILD;
    uint32_t scope = scope_open(r, token, SCOPE_CALL, n->called, NONE);
    frame_open(r, scope, input);
    if (scope_arm(r, scope)) token_arrive(r, scope, n->called->start, NONE);
    return ok();
}
