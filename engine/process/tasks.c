/* Tasks: user, service, business rule, script; how they come back. */
#include "engine/process/run.h"

static bool department_of(struct run *r, uint32_t token, const struct json *view, struct slice *out)
{
    const struct token *t = token_find(r, token);
    const struct node *n = token_node(r, t);
    const struct process_node *p = token_pub(r, t);
    *out = p->department;
    if (!n->department) return true;
    const struct json *v = NULL;
    struct slice why = {0};
    if (!vars_eval(r, token, n->department, view, &v, &why)) return false;
    if (v->type == JSON_STRING && v->text.n) {
        *out = v->text;
        return true;
    }
    INCIDENT(r, token, CODE_PROCESS_VALUE, "value", p->id, "detail", why.n ? why : S("tb:department"), NULL);
    return false;
}

static bool task_due(struct run *r, uint32_t token, const struct json *view, instant *due)
{
    const struct node *n = token_node(r, token_find(r, token));
    struct limit clock = n->clock;
    *due = 0;
    if (n->clock_expr) {
        const struct json *v = NULL;
        if (!vars_eval(r, token, n->clock_expr, view, &v, NULL)) return false;
        if (v->type != JSON_STRING || !limit_scan(v->text, &clock)) {
            INCIDENT(r, token, CODE_PROCESS_VALUE, "value", token_pub(r, token_find(r, token))->id, "detail",
                     S("tb:clock"), NULL);
            return false;
        }
    }
    return clock.n == 0 || limit_due(r, token, &clock, due);
}

result enter_user(struct run *r, uint32_t token, uint32_t flow)
{
    (void)flow;
    struct slice department;
    instant due;
    const struct json *view = vars_view(r, token_find(r, token)->scope);
    if (!department_of(r, token, view, &department) || !task_due(r, token, view, &due) || !boundaries_arm(r, token))
        return ok();
    struct token *t = token_find(r, token);
    t->state = T_USER;
    const struct process_node *p = token_pub(r, t);
    struct effect *e = effect_add(r, EFF_TASK, token, p, t->scope);
    e->department = department;
    e->role = p->role;
    e->due = due;
    return ok();
}

void task_again(struct run *r, uint32_t token)
{
    struct slice department;
    instant due;
    const struct json *view = vars_view(r, token_find(r, token)->scope);
    if (!department_of(r, token, view, &department) || !task_due(r, token, view, &due)) return;
    const struct token *t = token_find(r, token);
    const struct process_node *p = token_pub(r, t);
    struct effect *e = effect_add(r, EFF_TASK_CHANGED, token, p, t->scope);
    e->department = department;
    e->role = p->role;
    e->due = due;
}

static struct slice allowed_outcomes(struct run *r, const struct process_node *p)
{
    struct buf b = buf_new(r->a, 4096);
    for (size_t i = 0; i < p->noutcomes; i++) {
        if (i) buf_puts(&b, ", ");
        buf_put(&b, p->outcomes[i]);
    }
    return p->noutcomes ? buf_slice(&b) : S("done");
}

/* The outcome of a task's data: the first of tb:outcomes when none is given; "done" for a task without outcomes. */
static bool outcome_of(struct run *r, const struct process_node *p, const struct json *data, struct slice *out)
{
    const struct json *given = json_get(data, "outcome");
    *out = p->noutcomes ? p->outcomes[0] : S("done");
    if (!given || given->type == JSON_NULL) return true;
    struct slice text = given->type == JSON_STRING ? given->text : (struct slice){0};
    bool known = p->noutcomes == 0 && slice_is(text, "done");
    for (size_t i = 0; i < p->noutcomes && !known; i++) known = slice_eq(p->outcomes[i], text);
    if (known)
        *out = text;
    else
        r->problem = fail(r->a, CODE_PROCESS_OUTCOME, S("/outcome"), "value", text, "task", p->id, "allowed",
                          allowed_outcomes(r, p), NULL);
    return known;
}

void task_done(struct run *r, uint32_t token, const struct json *data)
{
    const struct token *t = token_find(r, token);
    const struct node *n = token_node(r, t);
    struct slice text;
    if (!outcome_of(r, token_pub(r, t), data, &text)) return;
    const struct json *outcome = json_of_string(r->a, text);
    if (n->result.n) {
        struct json_builder b = json_builder(r->a);
        json_set(&b, "outcome", outcome);
        const struct json *members = data && data->type == JSON_OBJECT ? data : NULL;
        vars_set(r, t->scope, n->result, json_merge(r->a, members, json_object(&b)));
    }
    token_complete(r, token, outcome);
}

result enter_service(struct run *r, uint32_t token, uint32_t flow)
{
    (void)flow;
    const struct token *t = token_find(r, token);
    const struct node *n = token_node(r, t);
    const struct json *input = NULL;
    if (!vars_map(r, token, n->inputs, n->ninputs, vars_view(r, t->scope), &input) || !boundaries_arm(r, token))
        return ok();
    struct token *now = token_find(r, token);
    now->state = T_VERB;
    struct effect *e = effect_add(r, EFF_VERB, token, token_pub(r, now), now->scope);
    e->verb_kind = n->verb_kind;
    e->data = input;
    return ok();
}

void verb_done(struct run *r, uint32_t token, const struct json *output)
{
    const struct token *t = token_find(r, token);
    const struct node *n = token_node(r, t);
    if (n->result.n) vars_set(r, t->scope, n->result, output);
    token_complete(r, token, NULL);
}

/* An error of this element: its own boundary event, and nothing further. */
static bool caught_here(struct run *r, uint32_t token, struct slice code, const struct json *data)
{
    const struct token *t = token_find(r, token);
    uint32_t host = in_instance(r, t) ? scope_find(r, t->scope)->host : token; /* the whole of a repeated activity */
    uint32_t catcher = boundary_for(r, token_find(r, host), TRIGGER_ERROR, code);
    if (catcher == NONE) return false;
    boundary_fire(r, host, catcher, data);
    return true;
}

/* Own boundary event, else fallback, else a boundary event further out, else a human. */
void verb_failed(struct run *r, uint32_t token, const struct json *data)
{
    const struct token *t = token_find(r, token);
    const struct node *n = token_node(r, t);
    struct slice code = json_string(data, "code"), zh = json_string(data, "message"),
                 en = json_string(data, "message_en");
    if (caught_here(r, token, code, data)) return;
    if (n->fallback) {
        const struct json *v = NULL;
        if (vars_eval(r, token, n->fallback, vars_view(r, t->scope), &v, NULL)) verb_done(r, token, v);
        return;
    }
    if (error_caught_above(r, t->scope, code)) {
        error_raise(r, t->scope, code, data, token_pub(r, t));
        return;
    }
    INCIDENT(r, token, CODE_PROCESS_VERB_FAILED, "value", token_pub(r, t)->id, "detail_zh", zh.n ? zh : code,
             "detail_en", en.n ? en : code, NULL);
}

/* A script or rule without a usable value: its own boundary event (code process.value), else an incident. */
static void no_value(struct run *r, uint32_t token, struct slice detail)
{
    struct slice code = slice_cstr(code_name(CODE_PROCESS_VALUE));
    struct json_builder b = json_builder(r->a);
    json_set_str(&b, "code", code);
    json_set_str(&b, "message", detail);
    if (caught_here(r, token, code, json_object(&b))) return;
    INCIDENT(r, token, CODE_PROCESS_VALUE, "value", token_pub(r, token_find(r, token))->id, "detail", detail, NULL);
}

result enter_script(struct run *r, uint32_t token, uint32_t flow)
{
    (void)flow;
    const struct token *t = token_find(r, token);
    const struct node *n = token_node(r, t);
    const struct json *v = NULL;
    struct slice why = {0};
    struct feel_env env = {r->at, r->env->limits};
    result problem = feel_eval(r->a, n->script, &env, vars_view(r, t->scope), &v, &why);
    if (failed(problem)) {
        no_value(r, token, problem_text(r->a, problem.problem, LANG_EN));
    } else if (n->result.n && (v->type != JSON_NULL || why.n == 0)) {
        vars_set(r, t->scope, n->result, v);
        token_complete(r, token, NULL);
    } else if (!n->result.n && v->type == JSON_OBJECT) {
        vars_merge(r, t->scope, v);
        token_complete(r, token, NULL);
    } else {
        no_value(r, token, why.n ? why : S("context expected"));
    }
    return ok();
}

static const struct json *hits_of(struct run *r, const struct dmn_trace *trace)
{
    struct json_builder list = json_builder(r->a);
    for (size_t i = 0; i < trace->n; i++) {
        struct json_builder b = json_builder(r->a);
        json_set_str(&b, "decision", trace->hits[i].decision);
        json_set_str(&b, "rule", trace->hits[i].rule);
        json_set_int(&b, "index", trace->hits[i].index);
        json_add(&list, json_object(&b));
    }
    return json_array(&list);
}

/* What the decision was given: its input data, and not the whole case. One that declares none sees what it is given. */
static const struct json *values_of(struct run *r, const struct process_decision *p, const struct json *scope)
{
    const struct slice *names;
    size_t n = dmn_inputs(r->a, p->dmn, p->decision, &names);
    struct json_builder b = json_builder(r->a);
    for (size_t i = 0; i < n; i++) {
        const struct json *v = json_get_slice(scope, names[i]);
        json_set_slice(&b, names[i], v ? v : json_null());
    }
    return json_object(&b);
}

/* The version that decides; false: the token is an incident, or its boundary event has it. */
static bool version_of(struct run *r, uint32_t token, const struct json *scope, struct process_decision *out)
{
    const struct node *n = token_node(r, token_find(r, token));
    *out = (struct process_decision){.dmn = n->dmn, .decision = n->decision};
    if (!n->shared || !r->env->decision) return true;
    const struct json *v = NULL;
    day on = 0;
    if (n->date) {
        if (!vars_eval(r, token, n->date, scope, &v, NULL)) return false;
        if (!v || v->type != JSON_STRING || !day_scan(slice_sub(v->text, 0, 10), &on)) {
            no_value(r, token, S("tb:date gives no date"));
            return false;
        }
    }
    if (r->env->decision(r->env->ctx, n->decision, n->date ? &on : NULL, out)) return true;
    no_value(r, token,
             arena_printf(r->a, "no version of the decision %.*s is in force on that day", SLICE_ARG(n->decision)));
    return false;
}

result enter_rule(struct run *r, uint32_t token, uint32_t flow)
{
    (void)flow;
    const struct token *t = token_find(r, token);
    const struct node *n = token_node(r, t);
    const struct json *scope = vars_view(r, t->scope), *v = NULL;
    struct process_decision version;
    if (!version_of(r, token, scope, &version)) return ok();
    if (n->ninputs > 0 && !vars_map(r, token, n->inputs, n->ninputs, scope, &scope)) return ok();
    struct feel_env env = {r->at, r->env->limits};
    struct dmn_trace trace = {NULL, 0};
    result problem = dmn_eval(r->a, version.dmn, version.decision, &env, scope, &v, &trace);
    if (failed(problem)) {
        no_value(r, token, problem_text(r->a, problem.problem, LANG_EN));
        return ok();
    }
    struct json_builder b = json_builder(r->a);
    json_set_str(&b, "decision", n->decision);
    json_set(&b, "result", v ? v : json_null());
    json_set(&b, "hits", hits_of(r, &trace));
    json_set(&b, "values", values_of(r, &version, scope));
    if (version.hash.n) json_set_str(&b, "definition", version.hash);
    effect_add(r, EFF_DECIDED, token, token_pub(r, t), t->scope)->data = json_object(&b);
    vars_set(r, t->scope, n->result, v);
    token_complete(r, token, NULL);
    return ok();
}
