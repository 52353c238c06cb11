/* What throw events, end events and send tasks throw (BPMN 2.0.2, 10.5.4, 13.5.3). A throw waits until nothing else moves, so that
 * branches that run beside it have come to where they catch. */
#include "engine/process/run.h"

void throw_later(struct run *r, uint32_t token)
{
    GROW(r, throws);
    r->throws[r->nthrows++] = token;
}

static void told(struct run *r, uint32_t no, const struct event_def *d, const char *kind, const struct json *payload,
                 const struct json *key)
{
    const struct token *t = token_find(r, no);
    struct json_builder b = json_builder(r->a);
    json_set_cstr(&b, "kind", kind);
    json_set_str(&b, "name", d->name);
    if (key) json_set(&b, "key", key);
    if (d->keep.n) json_set_str(&b, "keep", d->keep);
    json_set(&b, "payload", payload);
    effect_add(r, EFF_THROWN, no, token_pub(r, t), t->scope)->data = json_object(&b);
}

void signal_deliver(struct run *r, struct slice name, const struct json *data)
{
    size_t n = 0;
    uint32_t *list = NEW_ARRAY(r->a, uint32_t, r->ntokens);
    for (size_t i = 0; i < r->ntokens; i++) {
        const struct token *t = &r->tokens[i];
        if (t->dead || t->state != T_ARMED) continue;
        const struct event_def *d = armed_def(r, t);
        if (d->trigger == TRIGGER_SIGNAL && slice_eq(d->name, name)) list[n++] = t->no;
    }
    for (size_t i = 0; i < n; i++) /* what one of them interrupts does not hear it any more */
        if (token_find(r, list[i])) armed_fire(r, list[i], data);
}

static void raise_error(struct run *r, uint32_t no, const struct event_def *d)
{
    const struct token *t = token_find(r, no);
    const struct process_node *p = token_pub(r, t);
    struct json_builder b = json_builder(r->a);
    json_set_str(&b, "code", d->name);
    json_set_str(&b, "message", p->name);
    error_raise(r, t->scope, d->name, json_object(&b), p);
}

/* False: the token does not go on to the next definition: it is gone, stands still, or waits for compensation. */
static bool throw_one(struct run *r, uint32_t no, uint32_t def, const struct json *payload)
{
    const struct token *t = token_find(r, no);
    const struct event_def *d = &token_node(r, t)->defs[def];
    const struct json *key = NULL;
    uint32_t scope = t->scope;
    switch (d->trigger) {
    case TRIGGER_MESSAGE:
        if (d->key && !vars_eval(r, no, d->key, vars_view(r, scope), &key, NULL)) return false;
        told(r, no, d, "message", payload, key);
        return true;
    case TRIGGER_SIGNAL:
        told(r, no, d, "signal", payload, NULL);
        signal_deliver(r, d->name, payload);
        return token_find(r, no) != NULL;
    case TRIGGER_ESCALATION:
        if (!event_raise(r, scope, TRIGGER_ESCALATION, d->name, payload)) told(r, no, d, "escalation", payload, NULL);
        return token_find(r, no) != NULL;
    case TRIGGER_COMPENSATION: return !compensation_begin(r, no, def);
    case TRIGGER_CANCEL: cancel_begin(r, no); return false;
    case TRIGGER_ERROR: raise_error(r, no, d); return false;
    case TRIGGER_TERMINATE:
        scope_clear(r, scope);
        scope_done(r, scope);
        return false;
    default: return true;
    }
}

static void throw_from(struct run *r, uint32_t no, uint32_t def)
{
    const struct token *t = token_find(r, no);
    const struct node *n = token_node(r, t);
    const struct json *payload = NULL;
    if (!vars_map(r, no, n->inputs, n->ninputs, vars_view(r, t->scope), &payload)) return;
    for (uint32_t i = def; i < n->ndefs; i++)
        if (!throw_one(r, no, i, payload)) return;
    if (n->kind == NODE_END)
        token_end(r, no);
    else if (n->kind == NODE_SEND)
        token_complete(r, no, NULL);
    else
        token_leave(r, no);
}

bool throw_next(struct run *r)
{
    while (r->thrown < r->nthrows) {
        uint32_t no = r->throws[r->thrown++];
        if (!token_find(r, no)) continue; /* interrupted before it could throw */
        throw_from(r, no, 0);
        return true;
    }
    return false;
}

void throw_go_on(struct run *r, uint32_t token)
{
    struct token *t = token_find(r, token);
    const struct event_def *d = armed_def(r, t);
    t->state = T_MOVING;
    if (t->left == 1)
        token_end(r, token);
    else if (d->trigger == TRIGGER_CANCEL)
        cancel_finish(r, token);
    else
        throw_from(r, token, t->def + 1);
}
