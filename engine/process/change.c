/* What migration and correction share: how far one can come from an element, and where a scope's tokens stand. */
#include "engine/process/change_parts.h"

const struct process_node *process_element(const struct process_model *m, struct slice id)
{
    uint32_t node = node_by_id(m, id);
    return node == NONE ? NULL : &m->pub[node];
}

bool marking_of(struct arena *a, const struct process_state *s, const struct scope *scope, const uint32_t **flows,
                uint32_t *n)
{
    uint32_t *list = NEW_ARRAY(a, uint32_t, s->ntokens);
    *flows = list;
    *n = 0;
    if (scope->kind == SCOPE_INSTANCE || scope->kind == SCOPE_LOOP || scope->kind == SCOPE_HANDLER) return false;
    if (scope->level != NONE && scope->m->nodes[scope->level].variety == SUB_AD_HOC) return false;
    for (uint32_t i = 0; i < s->ntokens; i++) {
        const struct token *t = &s->tokens[i];
        if (t->scope != scope->no) continue;
        if (t->state == T_RESET) return false;
        if (!token_counts(t)) continue;
        const struct node *node = &scope->m->nodes[t->node];
        if (is_sub(node, SUB_EVENT)) continue; /* beside the flow */
        if ((node->kind == NODE_THROW || node->kind == NODE_END) && t->state == T_CHILD && t->left) continue;
        bool joins = t->state == T_JOIN && t->extra < node->nin;
        list[(*n)++] = joins ? node->in[t->extra] : scope->m->nflows + t->node;
    }
    return true;
}

const struct effect *standstill(const struct process_outcome *o)
{
    for (size_t i = 0; i < o->n; i++)
        if (o->effects[i].type == EFF_INCIDENT) return &o->effects[i];
    return NULL;
}

static uint32_t scope_at(const struct process_state *s, uint32_t no)
{
    uint32_t i = 0;
    while (s->scopes[i].no != no) i++;
    return i;
}

static const struct token *token_at(const struct process_state *s, uint32_t no)
{
    for (uint32_t i = 0; s && i < s->ntokens; i++)
        if (s->tokens[i].no == no) return &s->tokens[i];
    return NULL;
}

static bool placeable(const struct node *n)
{
    if (n->for_compensation || is_sub(n, SUB_EVENT)) return false;
    return behaviours[n->kind].activity || (n->kind == NODE_CATCH && n->trigger != TRIGGER_LINK);
}

size_t process_places(struct arena *a, const struct process_state *s, uint32_t token,
                      const struct process_node *const **out)
{
    const struct token *t = token_at(s, token);
    if (!t) return 0;
    const struct scope *scope = &s->scopes[scope_at(s, t->scope)];
    const struct process_node **list = NEW_ARRAY(a, const struct process_node *, scope->m->nnodes);
    size_t n = 0;
    for (uint32_t i = 0; i < scope->m->nnodes; i++)
        if (scope->m->nodes[i].level == scope->level && placeable(&scope->m->nodes[i])) list[n++] = &scope->m->pub[i];
    *out = list;
    return n;
}

static bool inside(const struct process_model *m, uint32_t node, const bool *mark)
{
    for (uint32_t at = node; at != NONE; at = m->nodes[at].level)
        if (mark[at]) return true;
    return false;
}

size_t process_behind(struct arena *a, const struct process_state *s, uint32_t token, struct slice from,
                      const struct process_node *const **out)
{
    const struct token *t = token_at(s, token);
    if (!t) return 0;
    const struct process_model *m = s->scopes[scope_at(s, t->scope)].m;
    uint32_t node = node_by_id(m, from);
    if (node == NONE) return 0;
    const bool *mark = level_reached(a, m, node);
    const struct process_node **list = NEW_ARRAY(a, const struct process_node *, m->nnodes);
    size_t n = 0;
    for (uint32_t i = 0; i < m->nnodes; i++)
        if (inside(m, i, mark)) list[n++] = &m->pub[i];
    *out = list;
    return n;
}
