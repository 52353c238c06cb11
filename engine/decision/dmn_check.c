/* The walk over a model's expressions: names in scope, types, tables. */
#include "engine/decision/builtins.h"
#include "engine/decision/dmn_check.h"

void check_add(struct checker *c, result r)
{
    if (!failed(r) || c->count >= CHECK_PROBLEMS_MAX) return;
    c->problems = result_join(c->a, c->problems, r);
    c->count++;
}

static const struct binding *bind(struct checker *c, const struct binding *env, struct slice name,
                                  const struct type *type)
{
    struct binding *b = NEW(c->a, struct binding);
    *b = (struct binding){.up = env, .name = name, .type = type};
    return b;
}

/* A name that is a path in disguise ("Person.Name") counts when its first part is known. */
static bool in_scope(const struct binding *env, struct slice name)
{
    if (check_find(env, name) || builtin_find(name)) return true;
    for (size_t dot = slice_find(name, '.', 0); dot != SIZE_MAX; dot = slice_find(name, '.', dot + 1))
        if (check_find(env, slice_trim(slice_sub(name, 0, dot)))) return true;
    return false;
}

static void check_names(struct checker *c, const struct feel *f, const struct binding *env)
{
    if (f == NULL) return;
    for (size_t i = 0; i < f->nnames; i++)
        if (!in_scope(env, f->names[i])) check_add(c, fail(c->a, CODE_DMN_NAME, f->where, "value", f->names[i], NULL));
}

static const struct type *check_expr(struct checker *c, const struct dmn_expr *x, const struct binding *env);

static const struct type *check_kid(struct checker *c, const struct dmn_expr *x, size_t i, const struct binding *env)
{
    return i < x->n && x->kids[i] ? check_expr(c, x->kids[i], env) : NULL;
}

static void check_table_names(struct checker *c, const struct dmn_table *t, const struct binding *env)
{
    for (size_t i = 0; i < t->ninputs; i++) check_names(c, t->inputs[i].expression, env);
    for (size_t r = 0; r < t->nrules; r++) {
        for (size_t i = 0; i < t->ninputs; i++) check_names(c, t->rules[r].tests[i], env);
        for (size_t i = 0; i < t->noutputs; i++) check_names(c, t->rules[r].outputs[i], env);
    }
}

static const struct type *check_context(struct checker *c, const struct dmn_expr *x, const struct binding *env)
{
    const struct type *last = NULL;
    bool single = false;
    for (size_t i = 0; i < x->n; i++) {
        last = check_kid(c, x, i, env);
        single = x->names[i].p == NULL;
        if (!single) env = bind(c, env, x->names[i], x->types[i] ? x->types[i] : last);
    }
    return single ? last : NULL;
}

/* What does not fit the declared type is told once, where it is declared. */
static void check_result(struct checker *c, struct slice place, const struct type *got, const struct type *want)
{
    if (got == NULL || want == NULL || got->kind != T_SIMPLE || want->kind != T_SIMPLE || got->simple == want->simple)
        return;
    if (got->simple == V_DATE && want->simple == V_DATETIME) return; /* converted */
    check_add(c,
              fail(c->a, CODE_DMN_TYPE_ERROR, place, "value",
                   arena_printf(c->a, "%.*s ≠ %.*s", SLICE_ARG(type_text(c->a, got)), SLICE_ARG(type_text(c->a, want))),
                   NULL));
}

static const struct type *check_expr(struct checker *c, const struct dmn_expr *x, const struct binding *env)
{
    const struct type *t = NULL;
    const struct binding *inner = env;
    switch (x->kind) {
    case E_NONE: break;
    case E_FEEL:
        check_names(c, x->feel, env);
        if (x->feel) t = check_infer(c, x->feel->root, env, x->feel->where);
        break;
    case E_TABLE:
        check_table_names(c, x->table, env);
        check_table(c, x->table, env);
        if (x->table->noutputs == 1 && x->table->aggregation == AGG_NONE && x->table->policy <= HIT_ANY)
            t = x->table->outputs[0].type;
        break;
    case E_CONTEXT: t = check_context(c, x, env); break;
    case E_FUNCTION:
        if (x->external) break;
        for (size_t i = 0; i < x->nnames; i++) inner = bind(c, inner, x->names[i], x->types[i]);
        (void)check_kid(c, x, 0, inner);
        break;
    case E_FILTER:
        (void)check_kid(c, x, 0, env); /* the condition may name fields of the items */
        break;
    case E_FOR:
    case E_SOME:
    case E_EVERY:
        (void)check_kid(c, x, 0, env);
        if (x->nnames) inner = bind(c, bind(c, env, S("partial"), NULL), x->names[0], NULL);
        (void)check_kid(c, x, 1, inner);
        break;
    default:
        for (size_t i = 0; i < x->n; i++) (void)check_kid(c, x, i, env);
        break;
    }
    check_result(c, dmn_place(c->a, c->where, x->line, x->id), t, x->type);
    return x->type ? x->type : t;
}

/* A knowledge model seen as a function. */
static const struct type *function_type(struct checker *c, const struct drg *d)
{
    struct type *t = NEW(c->a, struct type);
    const struct type *returned = d->type && d->type->kind == T_FUNCTION ? d->type->item : d->type;
    *t = (struct type){.kind = T_FUNCTION, .item = returned};
    if (d->kind == DRG_KNOWLEDGE && d->expr) {
        t->n = d->expr->nnames;
        t->names = d->expr->names;
        t->types = d->expr->types;
    } else {
        t->any_fields = true;
    }
    return t;
}

static const struct binding *requirements(struct checker *c, const struct drg *d)
{
    const struct binding *env = NULL;
    for (size_t i = 0; i < d->nrequires; i++) {
        const struct drg *r = d->requires[i];
        bool function = r->kind == DRG_KNOWLEDGE || r->kind == DRG_SERVICE;
        if (r->model == d->model) env = bind(c, env, r->name, function ? function_type(c, r) : r->type);
    }
    for (size_t i = 0; i < d->model->nimports; i++) env = bind(c, env, d->model->imports[i].name, NULL);
    return env;
}

result dmn_check(struct arena *a, const struct dmn *d, struct slice where)
{
    struct checker c = {.a = a, .model = d, .where = where};
    machine_start(&c.m, a, NULL, where);
    for (size_t i = 0; i < d->n; i++) {
        const struct drg *e = d->elements[i];
        if (e->expr == NULL) continue;
        const struct type *t = check_expr(&c, e->expr, requirements(&c, e));
        if (e->kind == DRG_DECISION) check_result(&c, dmn_place(a, where, e->line, e->id), t, e->type);
    }
    return c.problems;
}
