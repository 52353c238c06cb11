/* Errors, escalations and cancellations climb from scope to scope until somebody takes them (BPMN 2.0.2, 10.5.6, 13.5.2, 13.5.4):
 * in each scope first an event sub-process, then the boundary events of what the scope hangs on. */
#include "engine/process/run.h"

static bool takes(const struct node *n, enum trigger trigger, struct slice name, bool any)
{
    for (uint32_t i = 0; i < n->ndefs; i++)
        if (n->defs[i].trigger == trigger && (any ? n->defs[i].name.n == 0 : slice_eq(n->defs[i].name, name)))
            return true;
    return false;
}

uint32_t boundary_for(struct run *r, const struct token *t, enum trigger trigger, struct slice name)
{
    const struct process_model *m = scope_find(r, t->scope)->m;
    const struct node *host = &m->nodes[t->node];
    if (in_instance(r, t)) return NONE; /* boundary events belong to all instances together */
    for (int any = 0; any < 2; any++)   /* who names it comes before who takes all */
        for (uint32_t i = 0; i < host->nboundaries; i++)
            if (takes(&m->nodes[host->boundaries[i]], trigger, name, any)) return host->boundaries[i];
    return NONE;
}

/* The event sub-process of the scope that starts by it; one that is where it comes from does not take its own. */
static uint32_t sub_for(const struct scope *s, enum trigger trigger, struct slice name, uint32_t from)
{
    const struct process_model *m = s->m;
    for (int any = 0; any < 2 && m->event_subs; any++)
        for (uint32_t i = 0; i < m->nnodes; i++) {
            const struct node *n = &m->nodes[i];
            if (is_sub(n, SUB_EVENT) && n->level == s->level && i != from && n->start != NONE &&
                takes(&m->nodes[n->start], trigger, name, any))
                return i;
        }
    return NONE;
}

struct taker {
    uint32_t scope, sub;     /* an event sub-process … */
    uint32_t host, boundary; /* … or a boundary event */
};

static bool find_taker(struct run *r, uint32_t scope, enum trigger trigger, struct slice name, struct taker *out)
{
    uint32_t from = NONE;
    *out = (struct taker){.sub = NONE, .boundary = NONE};
    for (const struct scope *s = scope_find(r, scope);;) {
        bool own = s->kind != SCOPE_INSTANCE && s->kind != SCOPE_LOOP && s->kind != SCOPE_HANDLER;
        out->scope = s->no;
        out->sub = own ? sub_for(s, trigger, name, from) : NONE;
        if (out->sub != NONE) return true;
        if (!s->host) return false;
        const struct token *host = token_find(r, s->host);
        out->host = host->no;
        out->boundary = boundary_for(r, host, trigger, name);
        if (out->boundary != NONE) return true;
        from = host->node;
        s = scope_find(r, host->scope);
    }
}

bool event_raise(struct run *r, uint32_t scope, enum trigger trigger, struct slice name, const struct json *data)
{
    struct taker t;
    if (!find_taker(r, scope, trigger, name, &t)) return false;
    if (t.sub != NONE)
        event_sub_fire(r, t.scope, t.sub, data);
    else
        boundary_fire(r, t.host, t.boundary, data);
    return true;
}

void error_raise(struct run *r, uint32_t scope, struct slice code, const struct json *data,
                 const struct process_node *from)
{
    if (event_raise(r, scope, TRIGGER_ERROR, code, data)) return;
    scope_clear(r, r->scopes[0].no);
    process_end(r, from, json_of_string(r->a, from->name.n ? from->name : from->id), code);
}

bool error_caught_above(struct run *r, uint32_t scope, struct slice code)
{
    struct taker t;
    return find_taker(r, scope, TRIGGER_ERROR, code, &t);
}

void boundary_fire(struct run *r, uint32_t host, uint32_t boundary, const struct json *data)
{
    const struct token *t = token_find(r, host);
    const struct node *b = &scope_find(r, t->scope)->m->nodes[boundary];
    uint32_t scope = t->scope;
    token_arrive(r, scope, boundary, NONE); /* first, so that the scope is never seen empty */
    if (b->interrupting) token_cancel(r, host);
    if (b->result.n && data) vars_set(r, scope, b->result, data);
}

void event_sub_fire(struct run *r, uint32_t scope, uint32_t sub, const struct json *data)
{
    const struct process_model *m = scope_find(r, scope)->m;
    const struct node *start = &m->nodes[m->nodes[sub].start];
    if (start->interrupting) {
        scope_clear(r, scope);
        scope_disarm(r, scope);
    }
    if (start->result.n && data) vars_set(r, scope, start->result, data);
    token_arrive(r, scope, sub, NONE);
}
