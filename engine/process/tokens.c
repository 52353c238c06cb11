/* Tokens: born on arrival, waiting, leaving. */
#include "engine/process/run.h"

void *run_grow(struct arena *a, void *p, size_t n, size_t *cap, size_t size)
{
    if (n < *cap) return p;
    size_t more = *cap ? *cap * 2 : 16;
    void *q = arena_zalloc(a, more, size);
    if (n) memcpy(q, p, n * size);
    *cap = more;
    return q;
}

struct token *token_find(struct run *r, uint32_t no)
{
    size_t from = 0, to = r->ntokens;
    while (from < to) {
        size_t mid = from + (to - from) / 2;
        if (r->tokens[mid].no < no)
            from = mid + 1;
        else
            to = mid;
    }
    return from < r->ntokens && r->tokens[from].no == no && !r->tokens[from].dead ? &r->tokens[from] : NULL;
}

struct scope *scope_find(struct run *r, uint32_t no)
{
    for (size_t i = 0; i < r->nscopes; i++)
        if (r->scopes[i].no == no) return r->scopes[i].dead ? NULL : &r->scopes[i];
    return NULL;
}

const struct node *token_node(struct run *r, const struct token *t)
{
    return &scope_find(r, t->scope)->m->nodes[t->node];
}

const struct process_node *token_pub(struct run *r, const struct token *t)
{
    return &scope_find(r, t->scope)->m->pub[t->node];
}

uint32_t token_new(struct run *r, uint32_t scope, uint32_t node)
{
    GROW(r, tokens);
    r->tokens[r->ntokens++] = (struct token){.no = r->next, .scope = scope, .node = node, .state = T_MOVING};
    return r->next++;
}

void token_arrive(struct run *r, uint32_t scope, uint32_t node, uint32_t flow)
{
    struct scope *s = scope_find(r, scope);
    s->live++;
    s->touched = true;
    GROW(r, queue);
    r->queue[r->nqueue++] = (struct arrival){scope, node, flow};
}

static void take_away(struct run *r, struct token *t)
{
    t->dead = true;
    while (r->ntokens > 0 && r->tokens[r->ntokens - 1].dead) r->ntokens--; /* most die soon after they were born */
}

void token_forget(struct run *r, uint32_t no)
{
    take_away(r, token_find(r, no));
}

bool in_instance(struct run *r, const struct token *t)
{
    enum scope_kind k = scope_find(r, t->scope)->kind;
    return k == SCOPE_INSTANCE || k == SCOPE_LOOP;
}

void token_end(struct run *r, uint32_t no)
{
    struct token *t = token_find(r, no);
    uint32_t scope = t->scope;
    take_away(r, t);
    struct scope *s = scope_find(r, scope);
    s->touched = true;
    s->live--;
    if (s->kind == SCOPE_SUB && s->m->nodes[s->level].variety == SUB_AD_HOC)
        adhoc_settle(r, scope);
    else if (s->live == 0)
        scope_done(r, scope);
}

void token_leave_by(struct run *r, uint32_t no, const uint32_t *flows, uint32_t n)
{
    struct token *t = token_find(r, no);
    struct scope *s = scope_find(r, t->scope);
    effect_add(r, EFF_PASSED, no, &s->m->pub[t->node], t->scope);
    uint32_t scope = t->scope;
    const struct process_model *m = s->m;
    uint32_t tokens = m->nodes[t->node].completion_quantity;
    for (uint32_t i = 0; i < n; i++)
        for (uint32_t k = 0; k < tokens; k++) token_arrive(r, scope, m->flows[flows[i]].to, flows[i]);
    token_end(r, no);
}

/* Outgoing flows without a condition are all taken, those with one when it holds, the default when none does. */
void token_leave(struct run *r, uint32_t no)
{
    struct token *t = token_find(r, no);
    const struct node *n = token_node(r, t);
    const struct process_model *m = scope_find(r, t->scope)->m;
    if (in_instance(r, t)) { /* one of several: the flows are left by all of them together */
        token_end(r, no);
        return;
    }
    uint32_t *taken = NEW_ARRAY(r->a, uint32_t, n->nout), count = 0, held = 0;
    const struct json *view = NULL;
    for (uint32_t i = 0; i < n->nout; i++) {
        const struct flow *f = &m->flows[n->out[i]];
        bool holds = n->out[i] != n->dflt;
        if (f->condition) {
            if (!view) view = vars_view(r, t->scope);
            if (!vars_true(r, no, f->condition, view, &holds)) {
                token_find(r, no)->extra = 1; /* what a retry repeats is the leaving, not the task */
                return;
            }
            held += holds;
        }
        if (holds) taken[count++] = n->out[i];
    }
    if (held == 0 && n->dflt != NONE) taken[count++] = n->dflt;
    if (count == 0 && n->nout > 0) {
        INCIDENT(r, no, CODE_PROCESS_NO_WAY, "value", token_pub(r, t)->id, NULL);
        token_find(r, no)->extra = 1;
        return;
    }
    token_leave_by(r, no, taken, count);
}

static void cancel_armed(struct run *r, const struct token *t)
{
    enum trigger trigger = armed_def(r, t)->trigger;
    const struct process_node *p = token_pub(r, t);
    if (trigger == TRIGGER_TIMER) effect_add(r, EFF_TIMER_CANCELLED, t->no, p, t->scope);
    if (trigger == TRIGGER_MESSAGE || trigger == TRIGGER_SIGNAL) effect_add(r, EFF_AWAIT_OVER, t->no, p, t->scope);
}

static void cancel_children(struct run *r, uint32_t no)
{
    for (size_t i = 0; i < r->nscopes; i++)
        if (!r->scopes[i].dead && r->scopes[i].host == no) scope_kill(r, r->scopes[i].no);
    struct frame *f = vars_frame(r, no); /* of a multi-instance token */
    if (f && no) f->dead = true;
    for (size_t i = 0; i < r->ntokens; i++) /* what it would have compensated stays as it is */
        if (!r->tokens[i].dead && r->tokens[i].state == T_DONE && r->tokens[i].extra == no) r->tokens[i].extra = 0;
}

void token_cancel(struct run *r, uint32_t no)
{
    struct token *t = token_find(r, no);
    const struct process_node *p = token_pub(r, t);
    switch (t->state) {
    case T_USER: effect_add(r, EFF_TASK_CLOSED, no, p, t->scope); break;
    case T_VERB: effect_add(r, EFF_VERB_CANCELLED, no, p, t->scope)->verb_kind = token_node(r, t)->verb_kind; break;
    case T_TIMER: effect_add(r, EFF_TIMER_CANCELLED, no, p, t->scope); break;
    case T_ARMED: cancel_armed(r, t); break;
    case T_OFFERED: effect_add(r, EFF_OFFER_OVER, no, p, t->scope); break;
    case T_CHILD:
    case T_MULTI: cancel_children(r, no); break;
    default: break;
    }
    boundaries_disarm(r, no);
    t = token_find(r, no);
    struct scope *s = scope_find(r, t->scope);
    if (token_counts(t)) s->live--;
    s->touched = true;
    take_away(r, t);
}

void token_complete(struct run *r, uint32_t no, const struct json *outcome)
{
    struct token *t = token_find(r, no);
    boundaries_disarm(r, no);
    if (token_node(r, t)->compensable && !in_instance(r, t)) record_add(r, no);
    t = token_find(r, no);
    const struct process_node *p = token_pub(r, t);
    if (p->step.n && outcome) steps_outcome(r, t->scope, p->step, outcome);
    token_leave(r, no);
}
