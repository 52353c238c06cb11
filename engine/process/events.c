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
        json_set_str(&b, "code", n->error);
        json_set_str(&b, "message", p->name);
        error_raise(r, scope, n->error, json_object(&b), p);
    } else {
        token_end(r, token);
    }
    return ok();
}

result enter_catch(struct run *r, uint32_t token, uint32_t flow)
{
    (void)flow;
    struct token *t = token_find(r, token);
    instant due;
    if (!timer_due(r, token, token_node(r, t), &due)) return ok();
    t->state = T_TIMER;
    effect_add(r, EFF_TIMER, token, token_pub(r, t), t->scope)->due = due;
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
    uint32_t scope = scope_open(r, token, m, t->node, n->start);
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
    uint32_t scope = scope_open(r, token, n->called, NONE, n->called->start);
    frame_open(r, scope, input);
    token_arrive(r, scope, n->called->start, NONE);
    return ok();
}
