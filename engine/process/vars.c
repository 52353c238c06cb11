/* Variables. The case's object holds the process's own; those of called processes and instances that are under way stand in its
 * member "$calls", keyed by scope number (what a multi-instance keeps of itself: by its token's number): a name that no FEEL
 * expression can write or read. */
#include "engine/process/run.h"

static const char calls_key[] = "$calls";

static const struct json *empty(struct run *r)
{
    struct json_builder b = json_builder(r->a);
    return json_object(&b);
}

/* Without members whose name begins with '$': these are the engine's own. */
static const struct json *without_own(struct run *r, const struct json *object)
{
    bool found = false;
    for (size_t i = 0; i < object->n; i++) found |= object->keys[i].n && object->keys[i].p[0] == '$';
    if (!found) return object;
    struct json_builder b = json_builder(r->a);
    for (size_t i = 0; i < object->n; i++)
        if (!(object->keys[i].n && object->keys[i].p[0] == '$')) json_set_slice(&b, object->keys[i], object->items[i]);
    return json_object(&b);
}

static struct slice scope_key(struct run *r, uint32_t scope)
{
    return arena_printf(r->a, "%u", scope);
}

void frame_open(struct run *r, uint32_t scope, const struct json *vars)
{
    GROW(r, frames);
    const struct json *own = vars && vars->type == JSON_OBJECT ? without_own(r, vars) : empty(r);
    r->frames[r->nframes++] = (struct frame){.scope = scope, .vars = own};
}

void vars_load(struct run *r, const struct json *vars)
{
    frame_open(r, 0, vars);
    const struct json *calls = json_get(vars, calls_key);
    for (size_t i = 0; i < r->nscopes; i++)
        if (r->scopes[i].kind == SCOPE_CALL || r->scopes[i].kind == SCOPE_INSTANCE)
            frame_open(r, r->scopes[i].no, json_get_slice(calls, scope_key(r, r->scopes[i].no)));
    for (size_t i = 0; i < r->ntokens; i++)
        if (r->tokens[i].state == T_MULTI && token_node(r, &r->tokens[i])->loop.kind == LOOP_MULTI)
            frame_open(r, r->tokens[i].no, json_get_slice(calls, scope_key(r, r->tokens[i].no)));
}

const struct json *vars_store(struct run *r)
{
    struct json_builder calls = json_builder(r->a);
    for (size_t i = 1; i < r->nframes; i++)
        if (!r->frames[i].dead) json_set_slice(&calls, scope_key(r, r->frames[i].scope), r->frames[i].vars);
    if (calls.n == 0) return r->frames[0].vars;
    struct json_builder b = json_builder(r->a);
    json_set(&b, calls_key, json_object(&calls));
    return json_merge(r->a, r->frames[0].vars, json_object(&b));
}

uint32_t frame_of(struct run *r, uint32_t scope)
{
    const struct scope *s = scope_find(r, scope);
    while (s->host && s->kind != SCOPE_CALL && s->kind != SCOPE_INSTANCE)
        s = scope_find(r, token_find(r, s->host)->scope);
    return s->no;
}

uint32_t process_of(struct run *r, uint32_t scope)
{
    const struct scope *s = scope_find(r, scope);
    while (s->host && s->kind != SCOPE_CALL) s = scope_find(r, token_find(r, s->host)->scope);
    return s->no;
}

struct frame *vars_frame(struct run *r, uint32_t scope)
{
    for (size_t i = 0; i < r->nframes; i++)
        if (r->frames[i].scope == scope && !r->frames[i].dead) return &r->frames[i];
    return NULL;
}

/* A call with tb:input sees only its own variables; one without, and an instance, reads through to what is around it. */
const struct json *vars_view(struct run *r, uint32_t scope)
{
    uint32_t owner = frame_of(r, scope);
    const struct json *own = vars_frame(r, owner)->vars;
    const struct scope *s = scope_find(r, owner);
    if (!s->host) return own;
    const struct token *host = token_find(r, s->host);
    if (s->kind == SCOPE_CALL && token_node(r, host)->ninputs > 0) return own;
    return json_merge(r->a, vars_view(r, host->scope), own);
}

void vars_merge(struct run *r, uint32_t scope, const struct json *object)
{
    if (!object || object->n == 0) return;
    struct frame *f = vars_frame(r, frame_of(r, scope));
    f->vars = json_merge(r->a, f->vars, without_own(r, object));
}

void vars_set(struct run *r, uint32_t scope, struct slice name, const struct json *value)
{
    struct json_builder b = json_builder(r->a);
    json_set_slice(&b, name, value ? value : json_null());
    vars_merge(r, scope, json_object(&b));
}

static void not_evaluated(struct run *r, uint32_t token, result problem)
{
    struct slice id = token_pub(r, token_find(r, token))->id;
    INCIDENT(r, token, CODE_PROCESS_VALUE, "value", id, "detail_zh", problem_text(r->a, problem.problem, LANG_ZH),
             "detail_en", problem_text(r->a, problem.problem, LANG_EN), NULL);
}

bool vars_eval(struct run *r, uint32_t token, const struct feel *f, const struct json *scope, const struct json **out,
               struct slice *warning)
{
    struct feel_env env = {r->at, r->env->limits};
    struct slice unused = {0};
    *out = NULL;
    result problem = feel_eval(r->a, f, &env, scope, out, warning ? warning : &unused);
    if (failed(problem)) {
        not_evaluated(r, token, problem);
        return false;
    }
    if (!*out) *out = json_null();
    return true;
}

bool vars_true(struct run *r, uint32_t token, const struct feel *f, const struct json *scope, bool *out)
{
    struct feel_env env = {r->at, r->env->limits};
    *out = false;
    result problem = feel_true(r->a, f, &env, scope, out);
    if (failed(problem)) not_evaluated(r, token, problem);
    return !failed(problem);
}

bool vars_map(struct run *r, uint32_t token, const struct mapping *list, uint32_t n, const struct json *scope,
              const struct json **out)
{
    struct json_builder b = json_builder(r->a);
    for (uint32_t i = 0; i < n; i++) {
        const struct json *v = NULL;
        if (!vars_eval(r, token, list[i].value, scope, &v, NULL)) return false;
        json_set_slice(&b, list[i].name, v);
    }
    *out = json_object(&b);
    return true;
}
