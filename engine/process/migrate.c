/* Moving a waiting case to another version of its definition. */
#include "engine/process/run.h"

struct move {
    struct arena *a;
    const struct process_state *from;
    struct process_state *to;
    struct scope *scopes;
    struct token *tokens;
    result problem;
};

static void no_place(struct move *v, const struct process_node *p)
{
    v->problem = result_join(v->a, v->problem,
                             fail(v->a, CODE_PROCESS_MIGRATION, p->id, "value", p->name.n ? p->name : p->id, NULL));
}

static uint32_t scope_index(const struct process_state *s, uint32_t no)
{
    uint32_t i = 0;
    while (s->scopes[i].no != no) i++;
    return i;
}

/* The element of the same id and kind at the same place of the new version; NONE when there is none. */
static uint32_t same_element(const struct move *v, uint32_t scope, uint32_t node)
{
    const struct process_model *old = v->from->scopes[scope].m, *new = v->scopes[scope].m;
    uint32_t found = node_by_id(new, old->pub[node].id);
    if (found == NONE || new->nodes[found].kind != old->nodes[node].kind ||
        new->nodes[found].variety != old->nodes[node].variety)
        return NONE;
    uint32_t before = old->nodes[node].level, now = new->nodes[found].level;
    bool both_process = before == NONE && now == NONE;
    bool same = both_process || (before != NONE && now != NONE && slice_eq(old->pub[before].id, new->pub[now].id));
    return same ? found : NONE;
}

/* The definition of the same trigger and name; NONE when the new version has none. */
static uint32_t same_definition(const struct node *old, uint32_t def, const struct node *new)
{
    for (uint32_t i = 0; i < new->ndefs; i++)
        if (new->defs[i].trigger == old->defs[def].trigger && slice_eq(new->defs[i].name, old->defs[def].name))
            return i;
    return NONE;
}

static bool move_token(struct move *v, struct token *t, uint32_t scope)
{
    const struct process_model *old = v->from->scopes[scope].m, *new = v->scopes[scope].m;
    uint32_t before = t->node;
    t->node = same_element(v, scope, before);
    if (t->node == NONE) return false;
    const struct node *n = &new->nodes[t->node];
    if (t->state == T_ARMED) {
        t->def = same_definition(&old->nodes[before], t->def, n);
        if (t->def == NONE) return false;
        const struct timer *timer = &n->defs[t->def].timer;
        if (timer->form == TIMER_CYCLE && t->left > timer->times) t->left = timer->times;
    }
    if (t->state != T_JOIN && t->state != T_RESET) return true;
    struct slice flow = old->flows[old->nodes[before].in[t->extra]].id;
    for (uint32_t i = 0; i < n->nin; i++)
        if (slice_eq(new->flows[n->in[i]].id, flow)) {
            t->extra = i;
            return true;
        }
    return false;
}

/* Hosts come before what is inside them, so one pass in the order of numbers is enough. */
static void move_scope(struct move *v, uint32_t i, const struct process_model *root)
{
    struct scope *s = &v->scopes[i];
    s->m = root;
    s->level = NONE;
    for (uint32_t k = 0; i > 0 && k < v->to->ntokens; k++) {
        const struct token *host = &v->tokens[k];
        if (host->no != s->host || host->node == NONE) continue;
        const struct scope *parent = &v->scopes[scope_index(v->from, host->scope)];
        const struct node *n = &parent->m->nodes[host->node];
        s->m = s->kind == SCOPE_CALL ? n->called : parent->m;
        s->level = s->kind == SCOPE_CALL ? NONE : s->kind == SCOPE_SUB ? host->node : parent->level;
        if (s->kind == SCOPE_HANDLER && v->from->scopes[i].level != NONE)
            s->level = node_by_id(s->m, v->from->scopes[i].m->pub[v->from->scopes[i].level].id);
    }
    if (s->ended != NONE) s->ended = same_element(v, i, s->ended); /* forgotten when it is gone */
    for (uint32_t k = 0; k < v->to->ntokens; k++) {
        struct token *t = &v->tokens[k];
        if (t->scope != s->no) continue;
        const struct process_node *p = &v->from->scopes[i].m->pub[t->node];
        if (!move_token(v, t, i)) {
            t->node = NONE;
            no_place(v, p);
        }
    }
}

result process_state_migrate(struct arena *a, const struct process_state *s, const struct process_model *to,
                             const struct process_state **out)
{
    *out = NULL;
    if (!s) return ok();
    struct move v = {.a = a,
                     .from = s,
                     .to = NEW(a, struct process_state),
                     .scopes = NEW_ARRAY(a, struct scope, s->nscopes),
                     .tokens = NEW_ARRAY(a, struct token, s->ntokens)};
    *v.to = *s;
    v.to->m = to;
    v.to->scopes = v.scopes;
    v.to->tokens = v.tokens;
    if (s->nscopes) memcpy(v.scopes, s->scopes, s->nscopes * sizeof *v.scopes);
    if (s->ntokens) memcpy(v.tokens, s->tokens, s->ntokens * sizeof *v.tokens);
    for (uint32_t i = 0; i < s->nscopes && !failed(v.problem); i++) move_scope(&v, i, to);
    if (failed(v.problem)) return v.problem;
    /* the decoder knows what fits together (boundary and host, join and flow) */
    result r = process_state_decode(a, to, process_state_encode(a, v.to), out);
    return failed(r) ? fail(a, CODE_PROCESS_MIGRATION, to->id, "value", to->id, NULL) : ok();
}
