/* Compensation (BPMN 2.0.2, 10.7, 13.5.5): a completed activity that can be compensated leaves a record; who throws compensation
 * claims records and has them compensated one after the other, the last completed first. Cancelling a transaction (10.6.3)
 * compensates what it has done. */
#include "engine/process/run.h"

void record_add(struct run *r, uint32_t token)
{
    const struct token *t = token_find(r, token);
    uint32_t scope = t->scope, node = t->node;
    token_find(r, token_new(r, scope, node))->state = T_DONE;
}

void records_rise(struct run *r, uint32_t scope, uint32_t to)
{
    for (size_t i = 0; i < r->ntokens; i++) {
        struct token *t = &r->tokens[i];
        if (!t->dead && t->state == T_DONE && t->scope == scope) t->scope = to;
    }
}

/* Where the activities stand that this throw may compensate: its own scope, or, from inside an event sub-process, the one around
 * it; when that one is over and is being compensated itself, its records stand with whoever compensates it. */
static uint32_t records_scope(struct run *r, uint32_t scope, uint32_t *level)
{
    const struct scope *s = scope_find(r, scope);
    *level = s->level;
    while (s->kind == SCOPE_SUB && is_sub(&s->m->nodes[s->level], SUB_EVENT)) {
        *level = s->m->nodes[s->level].level;
        s = scope_find(r, token_find(r, s->host)->scope);
        while (s->kind == SCOPE_HANDLER) s = scope_find(r, token_find(r, s->host)->scope);
        if (s->level == *level) return s->no;
        if (s->kind == SCOPE_SUB && is_sub(&s->m->nodes[s->level], SUB_EVENT)) continue;
        break;
    }
    return s->no;
}

/* Whether the element stands in `level` or below, and nothing between has its own way to compensate what is inside it. */
static bool reached(const struct process_model *m, uint32_t node, uint32_t level)
{
    for (uint32_t up = m->nodes[node].level; up != level; up = m->nodes[up].level)
        if (up == NONE || m->nodes[up].handler_sub != NONE) return false;
    return true;
}

static bool within(const struct process_model *m, uint32_t node, uint32_t activity)
{
    for (uint32_t at = node; at != NONE; at = m->nodes[at].level)
        if (at == activity) return true;
    return activity == NONE;
}

static bool claim(struct run *r, uint32_t token, uint32_t activity)
{
    uint32_t level, scope = records_scope(r, token_find(r, token)->scope, &level);
    const struct process_model *m = scope_find(r, scope)->m;
    bool any = false;
    for (size_t i = 0; i < r->ntokens; i++) {
        struct token *t = &r->tokens[i];
        if (t->dead || t->state != T_DONE || t->scope != scope || t->extra) continue;
        if (!reached(m, t->node, level) || !within(m, t->node, activity)) continue;
        t->extra = token;
        any = true;
    }
    return any;
}

bool compensation_next(struct run *r, uint32_t token)
{
    for (size_t i = r->ntokens; i-- > 0;) {
        const struct token *t = &r->tokens[i];
        if (t->dead || t->state != T_DONE || t->extra != token) continue;
        const struct process_model *m = scope_find(r, t->scope)->m;
        const struct node *n = &m->nodes[t->node];
        uint32_t handler = n->handler != NONE ? n->handler : n->handler_sub;
        token_forget(r, t->no);
        if (handler != NONE) {
            uint32_t scope = scope_open(r, token, SCOPE_HANDLER, m, m->nodes[handler].level);
            token_arrive(r, scope, handler, NONE);
            return true;
        }
        if (i > r->ntokens) i = r->ntokens; /* forgetting may have shortened the list */
    }
    return false;
}

bool compensation_begin(struct run *r, uint32_t token, uint32_t def)
{
    struct token *t = token_find(r, token);
    const struct event_def *d = &token_node(r, t)->defs[def];
    if (!claim(r, token, d->activity)) return false;
    t->state = T_CHILD;
    t->def = def;
    if (!compensation_next(r, token)) {
        token_find(r, token)->state = T_MOVING;
        return false;
    }
    if (!d->wait) { /* it goes on at once; what compensates hangs on the first token, which ends with it */
        uint32_t scope = t->scope, node = t->node;
        token_find(r, token)->left = 1;
        uint32_t no = token_new(r, scope, node);
        scope_find(r, scope)->live++;
        if (token_node(r, token_find(r, no))->kind == NODE_END)
            token_end(r, no);
        else
            token_leave(r, no);
    }
    return true;
}

void cancel_begin(struct run *r, uint32_t token)
{
    uint32_t scope = token_find(r, token)->scope;
    for (size_t i = 0; i < r->ntokens; i++) {
        struct token *t = &r->tokens[i];
        if (!t->dead && t->scope == scope && t->no != token && t->state != T_ARMED && t->state != T_DONE)
            token_cancel(r, t->no);
    }
    for (size_t i = r->head; i < r->nqueue; i++)
        if (r->queue[i].scope == scope) r->queue[i].node = NONE;
    scope_disarm(r, scope);
    scope_find(r, scope)->live = 1;
    struct token *t = token_find(r, token);
    for (uint32_t i = 0; i < token_node(r, t)->ndefs; i++)
        if (token_node(r, t)->defs[i].trigger == TRIGGER_CANCEL) t->def = i;
    if (claim(r, token, NONE)) {
        t->state = T_CHILD;
        if (compensation_next(r, token)) return;
        token_find(r, token)->state = T_MOVING;
    }
    cancel_finish(r, token);
}

void cancel_finish(struct run *r, uint32_t token)
{
    if (!event_raise(r, token_find(r, token)->scope, TRIGGER_CANCEL, (struct slice){0}, NULL)) token_end(r, token);
}
