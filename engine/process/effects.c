/* What a step tells the caller: effects, incidents, and the applicant's steps. */
#include "engine/process/run.h"

/* The innermost tb:step around an element. */
static struct slice step_in_force(struct run *r, const struct process_node *node, uint32_t scope)
{
    if (node && node->step.n) return node->step;
    for (const struct scope *s = scope_find(r, scope); s && s->host;) {
        const struct token *host = token_find(r, s->host);
        const struct process_node *p = token_pub(r, host);
        if (p->step.n) return p->step;
        s = scope_find(r, host->scope);
    }
    return (struct slice){0};
}

struct effect *effect_add(struct run *r, enum effect_type type, uint32_t token, const struct process_node *node,
                          uint32_t scope)
{
    GROW(r, effects);
    struct effect *e = &r->effects[r->neffects++];
    *e = (struct effect){.type = type, .token = token, .node = node, .step = step_in_force(r, node, scope)};
    return e;
}

struct slice token_place(struct run *r, uint32_t token)
{
    const struct token *t = token_find(r, token);
    const struct scope *s = scope_find(r, t->scope);
    return arena_printf(r->a, "%.*s:%u#%.*s", SLICE_ARG(s->m->where), s->m->nodes[t->node].line,
                        SLICE_ARG(s->m->pub[t->node].id));
}

const struct json *incident_data(struct run *r, result problem)
{
    const struct problem *p = problem.problem;
    struct json_builder message = json_builder(r->a), remedy = json_builder(r->a), b = json_builder(r->a);
    json_set_str(&message, "zh", problem_text(r->a, p, LANG_ZH));
    json_set_str(&message, "en", problem_text(r->a, p, LANG_EN));
    json_set_str(&remedy, "zh", problem_remedy(r->a, p, LANG_ZH));
    json_set_str(&remedy, "en", problem_remedy(r->a, p, LANG_EN));
    json_set_cstr(&b, "code", code_name(p->code));
    json_set_str(&b, "place", p->field);
    json_set(&b, "message", json_object(&message));
    json_set(&b, "remedy", json_object(&remedy));
    return json_object(&b);
}

void incident_set(struct run *r, uint32_t token, result problem)
{
    struct token *t = token_find(r, token);
    t->state = T_INCIDENT;
    t->extra = 0;
    struct effect *e = effect_add(r, EFF_INCIDENT, token, token_pub(r, t), t->scope);
    e->data = incident_data(r, problem);
}

static struct step_seen *step_find(struct run *r, uint32_t frame, struct slice name)
{
    for (size_t i = 0; i < r->nsteps; i++)
        if (r->steps[i].frame == frame && slice_eq(r->steps[i].name, name)) return &r->steps[i];
    return NULL;
}

/* A called process may name the step it is called in (a service that is a step of another one): the caller tells it. */
static bool told_by_caller(struct run *r, const struct token *t, struct slice step)
{
    for (const struct scope *s = scope_find(r, t->scope); s && s->host;) {
        const struct token *host = token_find(r, s->host);
        if (s->kind == SCOPE_CALL && slice_eq(step_in_force(r, token_pub(r, host), host->scope), step)) return true;
        s = scope_find(r, host->scope);
    }
    return false;
}

static bool step_note(struct run *r, const struct token *t)
{
    const struct process_node *p = token_pub(r, t);
    uint32_t frame = process_of(r, t->scope);
    if (!p->step.n || step_find(r, frame, p->step) || told_by_caller(r, t, p->step)) return false;
    GROW(r, steps);
    r->steps[r->nsteps++] = (struct step_seen){.frame = frame, .name = p->step, .node = p, .token = t->no};
    return true;
}

void steps_begin(struct run *r)
{
    for (size_t i = 0; i < r->ntokens; i++)
        if (token_counts(&r->tokens[i])) (void)step_note(r, &r->tokens[i]);
}

void steps_enter(struct run *r, uint32_t token)
{
    const struct token *t = token_find(r, token);
    if (step_note(r, t)) effect_add(r, EFF_STEP_STARTED, token, token_pub(r, t), t->scope);
}

/* The variable named like the step takes {outcome}, beside what it holds already. */
void steps_outcome(struct run *r, uint32_t scope, struct slice step, const struct json *outcome)
{
    uint32_t frame = process_of(r, scope);
    struct json_builder b = json_builder(r->a);
    json_set(&b, "outcome", outcome);
    const struct json *before = json_get_slice(vars_frame(r, frame)->vars, step);
    vars_set(r, frame, step, json_merge(r->a, before && before->type == JSON_OBJECT ? before : NULL, json_object(&b)));
    struct step_seen *s = step_find(r, frame, step);
    if (s) s->outcome = outcome;
}

bool step_withdrawn(struct run *r, uint32_t scope, struct slice step)
{
    const struct json *v = json_get_slice(vars_frame(r, process_of(r, scope))->vars, step);
    return slice_is(json_string(v, "outcome"), "withdrawn");
}

static bool step_active(struct run *r, const struct step_seen *s)
{
    for (size_t i = 0; i < r->ntokens && !r->ended; i++) {
        const struct token *t = &r->tokens[i];
        if (!t->dead && token_counts(t) && slice_eq(token_pub(r, t)->step, s->name) &&
            process_of(r, t->scope) == s->frame)
            return true;
    }
    return false;
}

/* A step is over when no token is in it any more. */
void steps_settle(struct run *r)
{
    for (size_t i = 0; i < r->nsteps; i++) {
        struct step_seen *s = &r->steps[i];
        if (step_active(r, s)) continue;
        const struct frame *f = vars_frame(r, s->frame);
        const struct json *outcome = s->outcome;
        if (!outcome && f) outcome = json_get(json_get_slice(f->vars, s->name), "outcome");
        struct json_builder b = json_builder(r->a);
        json_set(&b, "outcome", outcome ? outcome : json_null());
        GROW(r, effects);
        r->effects[r->neffects++] = (struct effect){
            .type = EFF_STEP_ENDED, .token = s->token, .node = s->node, .step = s->name, .data = json_object(&b)};
    }
}
