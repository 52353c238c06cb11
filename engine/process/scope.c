/* Scopes: opened by sub-processes, calls, instances and compensations, done when empty, cleared by interruption. */
#include "engine/process/run.h"

uint32_t scope_open(struct run *r, uint32_t host, enum scope_kind kind, const struct process_model *m, uint32_t level)
{
    GROW(r, scopes);
    uint32_t no = host ? r->next++ : 0;
    r->scopes[r->nscopes++] =
        (struct scope){.no = no, .host = host, .kind = kind, .level = level, .ended = NONE, .m = m, .touched = true};
    return no;
}

static const struct json *outcome_of(struct run *r, uint32_t scope)
{
    const struct scope *s = scope_find(r, scope);
    if (s->ended == NONE) return json_null();
    const struct node *n = &s->m->nodes[s->ended];
    if (!n->outcome) return json_of_string(r->a, n->outcome_text);
    const struct json *v = NULL;
    struct feel_env env = {r->at, r->env->limits};
    result problem = feel_eval(r->a, n->outcome, &env, vars_view(r, scope), &v, NULL);
    return failed(problem) || !v ? json_null() : v;
}

/* A called process gives back its mapped values and {outcome}; what it wrote otherwise is gone with it. */
static bool return_from_call(struct run *r, uint32_t scope, uint32_t host, const struct json *outcome)
{
    const struct token *t = token_find(r, host);
    const struct node *n = token_node(r, t);
    const struct json *values = NULL;
    if (!vars_map(r, host, n->outputs, n->noutputs, vars_view(r, scope), &values)) return false;
    vars_merge(r, t->scope, values);
    if (!n->result.n) return true;
    struct json_builder b = json_builder(r->a);
    json_set(&b, "outcome", outcome);
    vars_set(r, t->scope, n->result, json_object(&b));
    return true;
}

/* The sub-process or call is over: its host goes on. */
static void finish(struct run *r, uint32_t scope, bool call)
{
    uint32_t host = scope_find(r, scope)->host;
    const struct json *outcome = outcome_of(r, scope);
    bool good = !call || return_from_call(r, scope, host, outcome);
    uint32_t around = token_find(r, host)->scope;
    if (!call && token_node(r, token_find(r, host))->handler == NONE) records_rise(r, scope, around);
    scope_kill(r, scope);
    if (!good) return; /* the host is an incident now */
    const struct node *n = token_node(r, token_find(r, host));
    if (!call && n->result.n) {
        struct json_builder b = json_builder(r->a);
        json_set(&b, "outcome", outcome);
        vars_set(r, around, n->result, json_object(&b));
    }
    token_complete(r, host, outcome);
}

void scope_done(struct run *r, uint32_t scope)
{
    struct scope *s = scope_find(r, scope);
    switch (s->kind) {
    case SCOPE_ROOT:
        process_end(r, s->ended == NONE ? NULL : &s->m->pub[s->ended], outcome_of(r, scope), (struct slice){0});
        break;
    case SCOPE_SUB:
    case SCOPE_CALL: finish(r, scope, s->kind == SCOPE_CALL); break;
    case SCOPE_INSTANCE:
    case SCOPE_LOOP: multi_done(r, scope); break;
    case SCOPE_HANDLER: {
        uint32_t host = s->host;
        scope_kill(r, scope);
        if (!compensation_next(r, host)) throw_go_on(r, host);
        break;
    }
    }
}

void scope_clear(struct run *r, uint32_t scope)
{
    for (size_t i = 0; i < r->ntokens; i++) {
        struct token *t = &r->tokens[i];
        if (!t->dead && t->scope == scope && t->state != T_ARMED && t->state != T_DONE) token_cancel(r, t->no);
    }
    for (size_t i = r->head; i < r->nqueue; i++)
        if (r->queue[i].scope == scope) r->queue[i].node = NONE; /* whoever was on the way does not arrive */
    struct scope *s = scope_find(r, scope);
    if (s) s->live = 0;
}

void scope_disarm(struct run *r, uint32_t scope)
{
    for (size_t i = 0; i < r->ntokens; i++) {
        struct token *t = &r->tokens[i];
        if (!t->dead && t->scope == scope && t->state == T_ARMED && t->extra == 0) token_cancel(r, t->no);
    }
}

void scope_kill(struct run *r, uint32_t scope)
{
    scope_clear(r, scope);
    scope_disarm(r, scope);
    for (size_t i = 0; i < r->ntokens; i++)
        if (!r->tokens[i].dead && r->tokens[i].scope == scope) r->tokens[i].dead = true; /* what could be compensated */
    struct frame *f = vars_frame(r, scope);
    if (f) f->dead = true;
    scope_find(r, scope)->dead = true;
}

void process_end(struct run *r, const struct process_node *node, const struct json *outcome, struct slice error)
{
    struct scope *root = &r->scopes[0];
    scope_disarm(r, root->no);
    struct effect *e = effect_add(r, EFF_ENDED, 0, node, root->no);
    struct json_builder b = json_builder(r->a);
    json_set(&b, "outcome", outcome);
    if (error.n) json_set_str(&b, "error", error);
    e->data = json_object(&b);
    e->step = (struct slice){0};
    root->dead = true;
    r->ended = true;
}
