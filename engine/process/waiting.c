/* Looking into a state from outside: what it waits for, and the variables there. */
#include "engine/process/run.h"

size_t process_waiting(struct arena *a, const struct process_state *s, const struct process_waiting **out)
{
    static const enum process_waits why[] = {
        [T_USER] = WAIT_TASK,   [T_VERB] = WAIT_VERB,         [T_TIMER] = WAIT_TIMER,    [T_CHILD] = WAIT_CHILD,
        [T_JOIN] = WAIT_JOIN,   [T_INCIDENT] = WAIT_INCIDENT, [T_ARMED] = WAIT_BOUNDARY, [T_CATCH] = WAIT_EVENT,
        [T_MULTI] = WAIT_CHILD, [T_OFFERED] = WAIT_OFFER};
    size_t n = s ? s->ntokens : 0;
    struct process_waiting *list = NEW_ARRAY(a, struct process_waiting, n);
    size_t count = 0;
    for (size_t i = 0; i < n; i++) {
        const struct token *t = &s->tokens[i];
        const struct process_model *m = NULL;
        if (t->state == T_DONE || t->state == T_RESET) continue; /* remembered, waits for nothing */
        for (uint32_t k = 0; k < s->nscopes && !m; k++)
            if (s->scopes[k].no == t->scope) m = s->scopes[k].m;
        bool condition = t->state == T_ARMED && m->nodes[t->node].defs[t->def].trigger == TRIGGER_CONDITIONAL;
        list[count++] = (struct process_waiting){t->no, &m->pub[t->node], condition ? WAIT_CONDITION : why[t->state],
                                                 t->scope, t->state == T_ARMED ? t->extra : 0};
    }
    *out = list;
    return count;
}

/* A run that only looks: the state's tokens and scopes, and the variables. */
static struct run looking(struct arena *a, const struct process_state *s, const struct json *vars)
{
    static const struct process_step_env nothing = {0};
    struct run r = {.a = a, .m = s ? s->m : NULL, .env = &nothing};
    if (s) {
        r.scopes = NEW_ARRAY(a, struct scope, s->nscopes);
        r.tokens = NEW_ARRAY(a, struct token, s->ntokens);
        if (s->nscopes) memcpy(r.scopes, s->scopes, s->nscopes * sizeof *s->scopes);
        if (s->ntokens) memcpy(r.tokens, s->tokens, s->ntokens * sizeof *s->tokens);
        r.nscopes = s->nscopes;
        r.ntokens = s->ntokens;
    }
    vars_load(&r, vars);
    return r;
}

const struct json *process_vars_at(struct arena *a, const struct process_state *s, const struct json *vars,
                                   uint32_t token)
{
    struct run r = looking(a, s, vars);
    const struct token *t = token_find(&r, token);
    return t ? vars_view(&r, t->scope) : r.frames[0].vars;
}

static enum process_term limit_now(struct run *r, const struct token *t, const struct feel *f, instant at,
                                   struct limit *out)
{
    struct feel_env env = {.now = at};
    const struct json *v = NULL;
    result res = feel_eval(r->a, f, &env, vars_view(r, t->scope), &v, NULL);
    return !failed(res) && v->type == JSON_STRING && limit_scan(v->text, out) ? TERM_LIMIT : TERM_NONE;
}

enum process_term process_term_at(struct arena *a, const struct process_state *s, const struct json *vars,
                                  uint32_t token, instant at, struct limit *out)
{
    *out = (struct limit){0};
    if (!s) return TERM_NONE;
    struct run r = looking(a, s, vars);
    const struct token *t = token_find(&r, token);
    if (!t) return TERM_NONE;
    const struct node *n = token_node(&r, t);
    if (t->state == T_USER) {
        if (n->clock_expr) return limit_now(&r, t, n->clock_expr, at, out);
        *out = n->clock;
        return n->clock.n ? TERM_LIMIT : TERM_NONE;
    }
    if (t->state != T_TIMER && t->state != T_ARMED) return TERM_NONE;
    const struct timer *timer = &n->defs[t->def].timer;
    if (timer->form == TIMER_NONE) return TERM_NONE; /* armed for another event */
    if (timer->form == TIMER_DATE) return TERM_DATE;
    if (timer->form != TIMER_CLOCK) return TERM_DURATION;
    if (timer->expr) return limit_now(&r, t, timer->expr, at, out);
    *out = timer->clock;
    return TERM_LIMIT;
}
