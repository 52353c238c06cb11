/* Scopes: opened by sub-processes and calls, done when empty, cleared by interruption; errors climb them. */
#include "engine/process/run.h"

uint32_t scope_open(struct run *r, uint32_t host, const struct process_model *m, uint32_t level, uint32_t start)
{
    GROW(r, scopes);
    uint32_t no = host ? r->next++ : 0;
    r->scopes[r->nscopes++] =
        (struct scope){.no = no, .host = host, .level = level, .ended = NONE, .m = m, .touched = true};
    (void)start;
    return no;
}

static const struct json *outcome_of(struct run *r, uint32_t scope, uint32_t token)
{
    const struct scope *s = scope_find(r, scope);
    if (s->ended == NONE) return json_null();
    const struct node *n = &s->m->nodes[s->ended];
    if (!n->outcome) return json_of_string(r->a, n->outcome_text);
    const struct json *v = NULL;
    struct feel_env env = {r->at, r->env->limits};
    result problem = feel_eval(r->a, n->outcome, &env, vars_view(r, scope), &v, NULL);
    (void)token;
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

void scope_done(struct run *r, uint32_t scope)
{
    struct scope *s = scope_find(r, scope);
    uint32_t host = s->host;
    const struct json *outcome = outcome_of(r, scope, host);
    if (host == 0) {
        process_end(r, s->ended == NONE ? NULL : &s->m->pub[s->ended], outcome, (struct slice){0});
        return;
    }
    bool call = s->level == NONE;
    bool good = true;
    if (call) good = return_from_call(r, scope, host, outcome);
    scope_find(r, scope)->dead = true;
    if (call) vars_frame(r, scope)->dead = true;
    if (!good) return; /* the host is an incident now */
    const struct node *n = token_node(r, token_find(r, host));
    if (!call && n->result.n) {
        struct json_builder b = json_builder(r->a);
        json_set(&b, "outcome", outcome);
        vars_set(r, token_find(r, host)->scope, n->result, json_object(&b));
    }
    token_complete(r, host, outcome);
}

void scope_clear(struct run *r, uint32_t scope)
{
    for (size_t i = 0; i < r->ntokens; i++) {
        struct token *t = &r->tokens[i];
        if (!t->dead && t->scope == scope && t->state != T_ARMED) token_cancel(r, t->no);
    }
    for (size_t i = r->head; i < r->nqueue; i++)
        if (r->queue[i].scope == scope) r->queue[i].node = NONE; /* whoever was on the way does not arrive */
    struct scope *s = scope_find(r, scope);
    if (s) s->live = 0;
}

void process_end(struct run *r, const struct process_node *node, const struct json *outcome, struct slice error)
{
    struct scope *root = &r->scopes[0];
    struct effect *e = effect_add(r, EFF_ENDED, 0, node, root->no);
    struct json_builder b = json_builder(r->a);
    json_set(&b, "outcome", outcome);
    if (error.n) json_set_str(&b, "error", error);
    e->data = json_object(&b);
    e->step = (struct slice){0};
    root->dead = true;
    r->ended = true;
}

uint32_t error_catcher(struct run *r, const struct token *t, struct slice code)
{
    const struct process_model *m = scope_find(r, t->scope)->m;
    const struct node *host = &m->nodes[t->node];
    uint32_t any = NONE;
    for (uint32_t i = 0; i < host->nboundaries; i++) {
        const struct node *b = &m->nodes[host->boundaries[i]];
        if (b->trigger != TRIGGER_ERROR) continue;
        if (b->error.n && slice_eq(b->error, code)) return host->boundaries[i];
        if (!b->error.n && any == NONE) any = host->boundaries[i];
    }
    return any;
}

bool error_caught_above(struct run *r, uint32_t scope, struct slice code)
{
    for (const struct scope *s = scope_find(r, scope); s->host;) {
        const struct token *host = token_find(r, s->host);
        if (error_catcher(r, host, code) != NONE) return true;
        s = scope_find(r, host->scope);
    }
    return false;
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

void error_raise(struct run *r, uint32_t scope, struct slice code, const struct json *data,
                 const struct process_node *from)
{
    for (const struct scope *s = scope_find(r, scope); s->host;) {
        const struct token *host = token_find(r, s->host);
        uint32_t catcher = error_catcher(r, host, code);
        if (catcher != NONE) {
            boundary_fire(r, host->no, catcher, data);
            return;
        }
        s = scope_find(r, host->scope);
    }
    scope_clear(r, r->scopes[0].no);
    process_end(r, from, json_of_string(r->a, from->name.n ? from->name : from->id), code);
}
