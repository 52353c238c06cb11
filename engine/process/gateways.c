/* Gateways (BPMN 2.0.2, 13.4). */
#include "engine/process/join.h"
#include "engine/process/run.h"

static bool was_skipped(struct run *r, uint32_t scope, uint32_t node)
{
    for (size_t i = 0; i < r->nskipped; i++)
        if (r->skipped[i].scope == scope && r->skipped[i].node == node) return true;
    return false;
}

/* While a step is being withdrawn, a way that leads back to what was just passed over is the last choice. */
static uint32_t way_out(struct run *r, const struct token *t, const struct node *n, uint32_t chosen)
{
    const struct process_model *m = scope_find(r, t->scope)->m;
    if (r->nskipped == 0 || chosen == NONE || !was_skipped(r, t->scope, m->flows[chosen].to)) return chosen;
    if (n->dflt != NONE && !was_skipped(r, t->scope, m->flows[n->dflt].to)) return n->dflt;
    for (uint32_t i = 0; i < n->nout; i++)
        if (!was_skipped(r, t->scope, m->flows[n->out[i]].to)) return n->out[i];
    return chosen;
}

result enter_exclusive(struct run *r, uint32_t token, uint32_t flow)
{
    (void)flow;
    const struct token *t = token_find(r, token);
    const struct node *n = token_node(r, t);
    const struct process_model *m = scope_find(r, t->scope)->m;
    const struct json *view = NULL;
    uint32_t chosen = NONE;
    for (uint32_t i = 0; i < n->nout && chosen == NONE; i++) {
        const struct flow *f = &m->flows[n->out[i]];
        bool holds = !f->condition && n->out[i] != n->dflt;
        if (f->condition) {
            if (!view) view = vars_view(r, t->scope);
            if (!vars_true(r, token, f->condition, view, &holds)) return ok();
        }
        if (holds) chosen = n->out[i];
    }
    if (chosen == NONE) chosen = n->dflt;
    chosen = way_out(r, t, n, chosen);
    if (chosen == NONE && n->nout > 0)
        INCIDENT(r, token, CODE_PROCESS_NO_WAY, "value", token_pub(r, t)->id, NULL);
    else
        token_leave_by(r, token, &chosen, n->nout > 0 ? 1 : 0);
    return ok();
}

uint32_t join_arrived(struct run *r, uint32_t scope, uint32_t join, uint32_t nin, uint32_t *first)
{
    uint32_t found = 0;
    for (uint32_t i = 0; i < nin; i++) first[i] = 0;
    for (size_t i = 0; i < r->ntokens; i++) {
        const struct token *t = &r->tokens[i];
        if (t->dead || t->state != T_JOIN || t->scope != scope || t->node != join || first[t->extra]) continue;
        first[t->extra] = t->no;
        found++;
    }
    return found;
}

uint32_t join_unite(struct run *r, const uint32_t *first, uint32_t nin)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < nin; i++) {
        if (!first[i]) continue;
        if (!kept) {
            kept = first[i];
            token_find(r, kept)->state = T_MOVING;
        } else {
            token_end(r, first[i]); /* the kept one keeps the scope alive */
        }
    }
    return kept;
}

result enter_parallel(struct run *r, uint32_t token, uint32_t flow)
{
    struct token *t = token_find(r, token);
    const struct node *n = token_node(r, t);
    if (n->nin > 1 && flow != NONE) {
        t->state = T_JOIN;
        t->extra = scope_find(r, t->scope)->m->flows[flow].in_index;
        uint32_t *first = NEW_ARRAY(r->a, uint32_t, n->nin);
        if (join_arrived(r, t->scope, t->node, n->nin, first) < n->nin) return ok();
        token = join_unite(r, first, n->nin);
    }
    token_leave_by(r, token, n->out, n->nout);
    return ok();
}

bool parallel_fire(struct run *r)
{
    for (size_t i = 0; i < r->ntokens; i++) {
        const struct token *t = &r->tokens[i];
        if (t->dead || t->state != T_JOIN || token_node(r, t)->kind != NODE_PARALLEL) continue;
        const struct node *n = token_node(r, t);
        uint32_t *first = NEW_ARRAY(r->a, uint32_t, n->nin);
        if (join_arrived(r, t->scope, t->node, n->nin, first) < n->nin) continue;
        token_leave_by(r, join_unite(r, first, n->nin), n->out, n->nout);
        return true;
    }
    return false;
}

static void inclusive_leave(struct run *r, uint32_t token)
{
    const struct token *t = token_find(r, token);
    const struct node *n = token_node(r, t);
    const struct process_model *m = scope_find(r, t->scope)->m;
    uint32_t *taken = NEW_ARRAY(r->a, uint32_t, n->nout), count = 0;
    const struct json *view = n->nout > 1 ? vars_view(r, t->scope) : NULL;
    for (uint32_t i = 0; i < n->nout; i++) {
        const struct flow *f = &m->flows[n->out[i]];
        bool holds = n->out[i] != n->dflt;
        if (f->condition && !vars_true(r, token, f->condition, view ? view : vars_view(r, t->scope), &holds)) return;
        if (holds) taken[count++] = n->out[i];
    }
    if (count == 0 && n->dflt != NONE) taken[count++] = n->dflt;
    if (count == 0 && n->nout > 0)
        INCIDENT(r, token, CODE_PROCESS_NO_WAY, "value", token_pub(r, t)->id, NULL);
    else
        token_leave_by(r, token, taken, count);
}

result enter_inclusive(struct run *r, uint32_t token, uint32_t flow)
{
    struct token *t = token_find(r, token);
    if (token_node(r, t)->nin > 1 && flow != NONE) { /* NONE: entered again after an incident, the join is done */
        t->state = T_JOIN;                           /* decided when nothing else moves: inclusive_fire */
        t->extra = scope_find(r, t->scope)->m->flows[flow].in_index;
    } else {
        inclusive_leave(r, token);
    }
    return ok();
}

static bool try_join(struct run *r, uint32_t scope, uint32_t join, const struct process_model *m)
{
    const struct node *n = &m->nodes[join];
    uint32_t *first = NEW_ARRAY(r->a, uint32_t, n->nin);
    bool *has = NEW_ARRAY(r->a, bool, n->nin), *occupied = NEW_ARRAY(r->a, bool, m->nnodes);
    if (join_arrived(r, scope, join, n->nin, first) == 0) return false;
    for (uint32_t i = 0; i < n->nin; i++) has[i] = first[i] != 0;
    for (size_t i = 0; i < r->ntokens; i++) {
        const struct token *t = &r->tokens[i];
        if (!t->dead && t->scope == scope && token_counts(t)) occupied[t->node] = true;
    }
    if (!inclusive_ready(r->a, m, join, has, occupied)) return false;
    inclusive_leave(r, join_unite(r, first, n->nin));
    return true;
}

bool inclusive_fire(struct run *r)
{
    for (size_t i = 0; i < r->ntokens; i++) {
        const struct token *t = &r->tokens[i];
        if (t->dead || t->state != T_JOIN || token_node(r, t)->kind != NODE_INCLUSIVE) continue;
        if (try_join(r, t->scope, t->node, scope_find(r, t->scope)->m)) return true;
    }
    return false;
}
