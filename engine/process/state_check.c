/* Whether a decoded state fits its model. */
#include "engine/process/join.h"
#include "engine/process/state.h"

static const struct token *find_token(const struct process_state *s, uint32_t no)
{
    for (uint32_t i = 0; i < s->ntokens; i++)
        if (s->tokens[i].no == no) return &s->tokens[i];
    return NULL;
}

static bool is_instance(const struct scope *s)
{
    return s->kind == SCOPE_INSTANCE || s->kind == SCOPE_LOOP;
}

/* What hangs on this element, by the state of its token. */
static bool kind_by_host(const struct token *host, const struct node *n, bool in_instance, struct scope *out)
{
    if (host->state == T_MULTI && n->loop.kind != LOOP_NONE) {
        out->kind = n->loop.kind == LOOP_MULTI ? SCOPE_INSTANCE : SCOPE_LOOP;
        return true;
    }
    if (host->state != T_CHILD || (n->loop.kind != LOOP_NONE && !in_instance)) return false;
    out->kind = n->kind == NODE_SUB ? SCOPE_SUB : n->kind == NODE_CALL ? SCOPE_CALL : SCOPE_HANDLER;
    return n->kind == NODE_SUB || (n->kind == NODE_CALL && n->called) || n->kind == NODE_THROW || n->kind == NODE_END;
}

static bool level_exists(const struct process_model *m, uint32_t level)
{
    return level == NONE || (level < m->nnodes && m->nodes[level].kind == NODE_SUB);
}

static void resolve_scope(struct reader *r, const struct process_state *s, struct scope *list, uint32_t i)
{
    const struct token *host = find_token(s, list[i].host);
    uint32_t parent = host ? state_scope(s, host->scope) : i, stored = list[i].ended;
    state_need(r, parent < i && host->node < list[parent].m->nnodes, "scope host");
    if (r->bad) return;
    const struct scope *around = &list[parent];
    const struct node *n = &around->m->nodes[host->node];
    state_need(r, n->level == around->level && kind_by_host(host, n, is_instance(around), &list[i]), "scope host");
    if (r->bad) return;
    list[i].m = list[i].kind == SCOPE_CALL ? n->called : around->m;
    list[i].level = list[i].kind == SCOPE_CALL  ? NONE
                    : list[i].kind == SCOPE_SUB ? host->node
                    : is_instance(&list[i])     ? around->level
                                                : stored;
    if (list[i].kind == SCOPE_HANDLER) {
        list[i].ended = NONE;
        state_need(r, level_exists(list[i].m, stored), "compensation level");
    }
    if (list[i].kind == SCOPE_INSTANCE) return;
    for (uint32_t k = 1; k < i; k++) state_need(r, list[k].host != list[i].host, "scope host twice");
}

/* Parents come before children. */
static void resolve_scopes(struct reader *r, const struct process_model *m, struct process_state *s)
{
    struct scope *list = NEW_ARRAY(r->a, struct scope, s->nscopes);
    memcpy(list, s->scopes, s->nscopes * sizeof *list);
    s->scopes = list;
    list[0].m = m;
    for (uint32_t i = 0; i < s->nscopes && !r->bad; i++) {
        if (i > 0) resolve_scope(r, s, list, i);
        uint32_t e = list[i].ended;
        if (r->bad || e == NONE) continue;
        state_need(r,
                   e < list[i].m->nnodes && list[i].m->nodes[e].kind == NODE_END &&
                       list[i].m->nodes[e].level == list[i].level,
                   "end event");
    }
}

/* The element stands in this level or somewhere below. */
static bool below(const struct process_model *m, uint32_t node, uint32_t level)
{
    for (uint32_t up = m->nodes[node].level; up != level; up = m->nodes[up].level)
        if (up == NONE) return false;
    return true;
}

static bool leads_to(const struct process_model *m, uint32_t gate, uint32_t node)
{
    const struct node *g = &m->nodes[gate];
    for (uint32_t i = 0; i < g->nout; i++)
        if (m->flows[g->out[i]].to == node) return true;
    return false;
}

/* Whose event it is: a scope's (an event sub-process's start), a boundary's, an element's own, or one behind a gateway. */
static bool host_fits(const struct process_state *s, const struct token *t, const struct scope *scope)
{
    const struct node *n = &scope->m->nodes[t->node];
    if (t->extra == 0)
        return n->kind == NODE_START && n->level != NONE && is_sub(&scope->m->nodes[n->level], SUB_EVENT) &&
               scope->m->nodes[n->level].level == scope->level;
    const struct token *host = find_token(s, t->extra);
    if (!host || host->scope != t->scope || host->node >= scope->m->nnodes || n->level != scope->level) return false;
    if (n->kind == NODE_BOUNDARY)
        return host->node == n->host && (host->state == T_USER || host->state == T_VERB || host->state == T_CHILD ||
                                         host->state == T_INCIDENT || host->state == T_CATCH || host->state == T_MULTI);
    if (host->state != T_CATCH && host->state != T_INCIDENT) return false;
    return host->node == t->node ||
           (scope->m->nodes[host->node].kind == NODE_EVENT_GATE && leads_to(scope->m, host->node, t->node));
}

static bool armed_fits(const struct process_state *s, const struct token *t, const struct scope *scope)
{
    const struct node *n = &scope->m->nodes[t->node];
    if (t->def >= n->ndefs || !host_fits(s, t, scope)) return false;
    const struct event_def *d = &n->defs[t->def];
    switch (d->trigger) {
    case TRIGGER_TIMER: return d->timer.form == TIMER_CYCLE ? t->left >= 1 && t->left <= d->timer.times : t->left == 0;
    case TRIGGER_MESSAGE:
    case TRIGGER_SIGNAL: return t->left == 0;
    case TRIGGER_CONDITIONAL: return t->left <= 1;
    default: return false;
    }
}

static bool incident_fits(const struct node *n, uint32_t stage)
{
    if (stage == 2) return is_sub(n, SUB_EVENT);
    return stage <= 1 && (behaviours[n->kind].activity || n->kind == NODE_EXCLUSIVE || n->kind == NODE_INCLUSIVE ||
                          n->kind == NODE_CATCH || n->kind == NODE_COMPLEX || n->kind == NODE_EVENT_GATE ||
                          n->kind == NODE_THROW || n->kind == NODE_END);
}

static uint32_t children(const struct process_state *s, uint32_t token)
{
    uint32_t n = 0;
    for (uint32_t i = 1; i < s->nscopes; i++) n += s->scopes[i].host == token;
    return n;
}

static bool multi_fits(const struct process_state *s, const struct token *t, const struct node *n)
{
    uint32_t running = children(s, t->no);
    if (n->loop.kind == LOOP_NONE || running == 0 || t->left < running || t->left > PROCESS_MAX_INSTANCES) return false;
    return n->loop.kind == LOOP_STANDARD ? running == 1 : t->extra <= PROCESS_MAX_INSTANCES && t->left <= t->extra;
}

/* A repeated activity is one token for the whole, or one run of it in a scope that hangs on that. */
static bool repeats_fit(const struct token *t, const struct node *n, const struct scope *scope)
{
    bool whole = t->state == T_MULTI || t->state == T_DONE || t->state == T_INCIDENT || t->state == T_JOIN ||
                 t->state == T_OFFERED || t->state == T_ARMED;
    return n->loop.kind == LOOP_NONE || whole || is_instance(scope);
}

static bool token_fits(const struct process_state *s, const struct token *t)
{
    const struct scope *scope = &s->scopes[state_scope(s, t->scope)];
    if (t->node >= scope->m->nnodes) return false;
    const struct node *n = &scope->m->nodes[t->node];
    if (t->state == T_ARMED) return armed_fits(s, t, scope);
    if (t->state == T_DONE)
        return n->compensable && below(scope->m, t->node, scope->level) && (!t->extra || find_token(s, t->extra));
    if (n->level != scope->level || !repeats_fit(t, n, scope)) return false;
    switch (t->state) {
    case T_USER: return n->kind == NODE_USER;
    case T_VERB: return n->kind == NODE_SERVICE;
    case T_TIMER: return n->kind == NODE_CATCH && n->trigger == TRIGGER_TIMER;
    case T_CATCH: return n->kind == NODE_CATCH || n->kind == NODE_RECEIVE || n->kind == NODE_EVENT_GATE;
    case T_JOIN: return (is_join(n) || n->start_quantity > 1) && t->extra < n->nin;
    case T_RESET: return n->kind == NODE_COMPLEX && t->extra < n->nin;
    case T_INCIDENT: return incident_fits(n, t->extra);
    case T_CHILD: return children(s, t->no) == 1 && (t->def < n->ndefs || n->kind == NODE_SUB || n->kind == NODE_CALL);
    case T_MULTI: return multi_fits(s, t, n);
    case T_OFFERED: return scope->kind == SCOPE_SUB && is_sub(&scope->m->nodes[scope->level], SUB_AD_HOC);
    default: return false;
    }
}

static void check_tokens(struct reader *r, const struct process_state *s)
{
    for (uint32_t i = 0; i < s->ntokens && !r->bad; i++) state_need(r, token_fits(s, &s->tokens[i]), "token");
    for (uint32_t i = 0; i < s->nscopes && !r->bad; i++) {
        uint32_t live = 0;
        for (uint32_t k = 0; k < s->ntokens; k++)
            live += s->tokens[k].scope == s->scopes[i].no &&
                    (token_counts(&s->tokens[k]) || s->tokens[k].state == T_OFFERED);
        state_need(r, live > 0, "empty scope");
    }
}

void state_check(struct reader *r, const struct process_model *m, struct process_state *s)
{
    resolve_scopes(r, m, s);
    if (!r->bad) check_tokens(r, s);
}
