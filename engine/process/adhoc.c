/* Ad hoc sub-processes (BPMN 2.0.2, 10.3.5, 13.3.5): activities without an order drawn. What nobody flows into may begin: all at once,
 * one after the other in the order of the file (ordering="Sequential"), or when somebody chooses (tb:start="manual"), as often
 * as is wanted. The sub-process is over when its completion condition holds, or, without one, when everything begun has ended. */
#include "engine/process/run.h"

static const struct node *sub_of(struct run *r, uint32_t scope)
{
    const struct scope *s = scope_find(r, scope);
    return &s->m->nodes[s->level];
}

static bool may_begin(const struct process_model *m, uint32_t node, uint32_t level)
{
    const struct node *n = &m->nodes[node];
    return n->level == level && n->nin == 0 && n->kind != NODE_BOUNDARY && !n->for_compensation &&
           !is_sub(n, SUB_EVENT);
}

/* Whose it is to begin it. A department that cannot be told yet is left open; the task asks again when it is entered. */
static struct slice offered_to(struct run *r, uint32_t scope, const struct node *n, const struct process_node *p)
{
    struct feel_env env = {r->at, r->env->limits};
    const struct json *v = NULL;
    if (!n->department) return p->department;
    result res = feel_eval(r->a, n->department, &env, vars_view(r, scope), &v, NULL);
    return !failed(res) && v->type == JSON_STRING ? v->text : (struct slice){0};
}

static void offer(struct run *r, uint32_t scope, uint32_t node)
{
    uint32_t no = token_new(r, scope, node);
    struct token *t = token_find(r, no);
    t->state = T_OFFERED;
    const struct process_node *p = token_pub(r, t);
    struct slice department = offered_to(r, scope, token_node(r, t), p);
    struct effect *e = effect_add(r, EFF_OFFERED, no, p, scope);
    e->department = department;
    e->role = p->role;
}

/* The first offered activity of a sequential sub-process begins by itself. */
static bool take_next(struct run *r, uint32_t scope)
{
    for (size_t i = 0; i < r->ntokens; i++) {
        const struct token *t = &r->tokens[i];
        if (t->dead || t->scope != scope || t->state != T_OFFERED) continue;
        uint32_t node = t->node;
        token_cancel(r, t->no);
        token_arrive(r, scope, node, NONE);
        return true;
    }
    return false;
}

void adhoc_open(struct run *r, uint32_t scope)
{
    const struct scope *s = scope_find(r, scope);
    const struct process_model *m = s->m;
    uint32_t level = s->level;
    const struct node *n = sub_of(r, scope);
    for (uint32_t i = 0; i < m->nnodes; i++) {
        if (!may_begin(m, i, level)) continue;
        if (n->ordered || n->manual)
            offer(r, scope, i);
        else
            token_arrive(r, scope, i, NONE);
    }
    if (n->ordered && !n->manual) (void)take_next(r, scope);
    if (scope_find(r, scope)->live == 0 && !n->manual) scope_done(r, scope);
}

void adhoc_take(struct run *r, uint32_t token)
{
    const struct token *t = token_find(r, token);
    const struct scope *s = scope_find(r, t->scope);
    const struct node *n = &s->m->nodes[s->level];
    if (!n->manual || (n->ordered && s->live > 0)) /* it begins by itself; or another one is under way */
        r->problem = fail(r->a, CODE_PROCESS_EVENT, token_pub(r, t)->id, "detail",
                          n->manual ? S("another activity is under way") : S("it begins by itself"), NULL);
    else
        token_arrive(r, t->scope, t->node, NONE);
}

void adhoc_settle(struct run *r, uint32_t scope)
{
    const struct scope *s = scope_find(r, scope);
    const struct node *n = sub_of(r, scope);
    bool over = false;
    if (n->completion && !vars_true(r, s->host, n->completion, vars_view(r, scope), &over)) return;
    s = scope_find(r, scope);
    if (over && !n->keeps_rest) scope_clear(r, scope);
    bool offered = false;
    for (size_t i = 0; i < r->ntokens; i++) {
        const struct token *t = &r->tokens[i];
        offered |= !t->dead && t->scope == scope && t->state == T_OFFERED;
    }
    if (s->live > 0) return;
    if (over || !offered)
        scope_done(r, scope);
    else if (!n->manual)
        (void)take_next(r, scope);
}
