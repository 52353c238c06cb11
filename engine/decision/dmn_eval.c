/* Evaluating decisions, knowledge models, services and boxed expressions (10.4, 10.5). */
#include "engine/decision/dmn_model.h"

static struct dmn_memo *memo_find(struct dmn_session *s, const struct drg *d)
{
    for (size_t i = 0; i < s->n; i++)
        if (s->memo[i].element == d) return &s->memo[i];
    return NULL;
}

static struct dmn_memo *memo_add(struct dmn_session *s, const struct drg *d, struct value v)
{
    if (s->n == s->cap) {
        size_t cap = s->cap ? s->cap * 2 : 16;
        struct dmn_memo *grown = arena_alloc(s->m->a, cap * sizeof *grown);
        if (s->n) memcpy(grown, s->memo, s->n * sizeof *grown);
        s->memo = grown;
        s->cap = cap;
    }
    s->memo[s->n] = (struct dmn_memo){.element = d, .value = v};
    return &s->memo[s->n++];
}

static struct value input_value(struct dmn_session *s, const struct drg *d)
{
    struct value v = v_null();
    if (s->inputs == NULL || !context_get(s->m->a, s->inputs, d->name, &v)) return v_null();
    return type_coerce(s->m, d->type, type_of_text(s->m, d->type, v));
}

static struct slice import_name(const struct drg *from, const struct drg *to)
{
    for (size_t i = 0; i < from->model->nimports; i++)
        if (from->model->imports[i].model == to->model) return from->model->imports[i].name;
    return S("");
}

/* Names of what d requires; those of an imported model are entries of a context that has the import's name. */
static const struct frame *requirement_frame(struct dmn_session *s, const struct drg *d)
{
    struct arena *a = s->m->a;
    struct entries own = {.a = a};
    for (size_t i = 0; i < d->nrequires; i++) {
        const struct drg *r = d->requires[i];
        struct value v = dmn_element(s, r);
        struct slice import = r->model == d->model ? S("") : import_name(d, r);
        if (import.n == 0) {
            entries_set(&own, r->name, v);
            continue;
        }
        struct value group;
        struct entries inner = {.a = a};
        for (size_t k = 0; k < own.n; k++) {
            if (!slice_eq(own.keys[k], import)) continue;
            group = own.values[k];
            for (size_t j = 0; j < group.context->n; j++)
                entries_set(&inner, group.context->keys[j], group.context->values[j]);
        }
        entries_set(&inner, r->name, v);
        entries_set(&own, import, entries_context(&inner));
    }
    struct frame *f = NEW(a, struct frame);
    *f = (struct frame){.n = own.n, .names = own.keys, .values = own.values};
    return f;
}

struct value dmn_element(struct dmn_session *s, const struct drg *d)
{
    struct dmn_memo *known = memo_find(s, d);
    if (known) return known->running ? machine_null(s->m, "%.*s needs itself", SLICE_ARG(d->name)) : known->value;
    if (!machine_charge(s->m, 1)) return v_null();
    if (d->kind == DRG_KNOWLEDGE || d->kind == DRG_SERVICE) return dmn_function(s, d);
    if (d->kind == DRG_INPUT) {
        struct value v = input_value(s, d);
        return memo_add(s, d, v)->value;
    }
    memo_add(s, d, v_null())->running = true;
    struct value v = d->expr ? dmn_expr_eval(s, d->expr, requirement_frame(s, d), d->id) : v_null();
    v = type_coerce(s->m, d->type, v);
    known = memo_find(s, d);
    known->running = false;
    known->value = v;
    return v;
}

/* What a native function needs to run. */
struct callable {
    struct dmn_session *s;
    const struct drg *element;   /* knowledge model or service */
    const struct dmn_expr *expr; /* E_FUNCTION */
    const struct frame *frame;   /* boxed function: where it stands */
    struct slice decision;
};

static struct value call_expr(struct machine *m, const void *self, const struct value *args)
{
    const struct callable *c = self;
    struct value *kept = arena_alloc(m->a, (c->expr->nnames + 1) * sizeof *kept);
    memcpy(kept, args, c->expr->nnames * sizeof *kept);
    struct frame *f = NEW(m->a, struct frame);
    *f = (struct frame){.up = c->element ? requirement_frame(c->s, c->element) : c->frame,
                        .n = c->expr->nnames,
                        .names = c->expr->names,
                        .values = kept};
    return c->expr->kids[0] ? dmn_expr_eval(c->s, c->expr->kids[0], f, c->decision) : v_null();
}

/* One result is the service's value; several make a context. */
static struct value service_result(struct dmn_session *s, const struct drg *service)
{
    if (service->noutputs == 1) return dmn_element(s, service->outputs[0]);
    struct entries e = {.a = s->m->a};
    for (size_t i = 0; i < service->noutputs; i++)
        entries_set(&e, service->outputs[i]->name, dmn_element(s, service->outputs[i]));
    return entries_context(&e);
}

static struct value call_service(struct machine *m, const void *self, const struct value *args)
{
    const struct callable *c = self;
    struct dmn_session inner = {.m = m, .root = c->s->root ? c->s->root : c->s};
    for (size_t i = 0; i < c->element->nparams; i++) memo_add(&inner, c->element->params[i], args[i]);
    return service_result(&inner, c->element);
}

static struct value expr_function(struct dmn_session *s, const struct dmn_expr *x, const struct callable *c,
                                  const struct frame *f)
{
    struct function *fn = NEW(s->m->a, struct function);
    *fn = (struct function){
        .kind = FN_NATIVE, .n = x->nnames, .params = x->names, .types = x->types, .call = call_expr, .self = c};
    if (x->external) {
        struct value body = x->kids[0] ? dmn_expr_eval(s, x->kids[0], f, c->decision) : v_null(), name, signature;
        if (body.type != V_CONTEXT || !context_get(s->m->a, body.context, S("class"), &name) || name.type != V_STRING ||
            !context_get(s->m->a, body.context, S("method signature"), &signature) || signature.type != V_STRING)
            return machine_null(s->m, "an external function needs a class and a method signature");
        fn->kind = FN_EXTERNAL;
        fn->class_name = name.string;
        fn->signature = signature.string;
    }
    return (struct value){.type = V_FUNCTION, .function = fn};
}

struct value dmn_function(struct dmn_session *s, const struct drg *d)
{
    struct arena *a = s->m->a;
    struct callable *c = NEW(a, struct callable);
    *c = (struct callable){.s = s, .element = d, .expr = d->expr, .decision = d->id};
    const struct type *returns = d->type && d->type->kind == T_FUNCTION ? d->type->item : d->type;
    struct value v;
    if (d->kind == DRG_KNOWLEDGE) {
        if (d->expr == NULL) return v_null();
        v = expr_function(s, d->expr, c, NULL);
        if (v.type == V_FUNCTION) ((struct function *)(uintptr_t)v.function)->result = returns;
        return v;
    }
    struct slice *names = NEW_ARRAY(a, struct slice, d->nparams + 1);
    const struct type **types = arena_zalloc(a, d->nparams + 1, sizeof(const struct type *));
    for (size_t i = 0; i < d->nparams; i++) {
        names[i] = d->params[i]->name;
        types[i] = d->params[i]->type;
    }
    struct function *fn = NEW(a, struct function);
    *fn = (struct function){.kind = FN_NATIVE,
                            .n = d->nparams,
                            .params = names,
                            .types = types,
                            .result = returns,
                            .call = call_service,
                            .self = c};
    return (struct value){.type = V_FUNCTION, .function = fn};
}

static struct value kid_value(struct dmn_session *s, const struct dmn_expr *x, size_t i, const struct frame *f,
                              struct slice decision)
{
    return x->kids[i] ? dmn_expr_eval(s, x->kids[i], f, decision) : v_null();
}

static struct value eval_context(struct dmn_session *s, const struct dmn_expr *x, const struct frame *f,
                                 struct slice decision)
{
    struct entries e = {.a = s->m->a};
    for (size_t i = 0; i < x->n; i++) {
        struct frame *own = NEW(s->m->a, struct frame); /* each entry sees those before it */
        *own = (struct frame){.up = f, .n = e.n, .names = e.keys, .values = e.values};
        struct value v = kid_value(s, x, i, own, decision);
        if (x->names[i].p == NULL) return v; /* the result entry */
        entries_set(&e, x->names[i], type_coerce(s->m, x->types[i], v));
    }
    return entries_context(&e);
}

static struct value eval_invocation(struct dmn_session *s, const struct dmn_expr *x, const struct frame *f,
                                    struct slice decision)
{
    struct value callee = kid_value(s, x, 0, f, decision);
    struct value *args = arena_alloc(s->m->a, x->n * sizeof *args);
    for (size_t i = 1; i < x->n; i++) args[i - 1] = kid_value(s, x, i, f, decision);
    return feel_call(s->m, callee, args, x->n - 1, x->n > 1 ? x->names : NULL);
}

static struct value eval_relation(struct dmn_session *s, const struct dmn_expr *x, const struct frame *f,
                                  struct slice decision)
{
    struct values rows = {.a = s->m->a};
    for (size_t i = 0; x->nnames && i + x->nnames <= x->n; i += x->nnames) {
        struct entries e = {.a = s->m->a};
        for (size_t k = 0; k < x->nnames; k++)
            entries_set(&e, x->names[k], type_coerce(s->m, x->types[k], kid_value(s, x, i + k, f, decision)));
        values_add(&rows, entries_context(&e));
    }
    return values_list(&rows);
}

/* One variable in scope, and a context's fields for a filter. */
static const struct frame *item_frame(struct dmn_session *s, struct slice name, struct value item, bool fields,
                                      const struct frame *f)
{
    struct slice *names = NEW(s->m->a, struct slice);
    struct value *value = NEW(s->m->a, struct value);
    struct frame *own = NEW(s->m->a, struct frame), *inner = NEW(s->m->a, struct frame);
    *names = name;
    *value = item;
    *own = (struct frame){.up = f, .n = 1, .names = names, .values = value};
    if (!fields || item.type != V_CONTEXT) return own;
    *inner = (struct frame){.up = own, .context = item.context};
    return inner;
}

/* Unlike FEEL's own filter and quantifiers, the boxed ones are null when a condition is neither boolean nor null. */
static struct value eval_boxed_filter(struct dmn_session *s, const struct dmn_expr *x, const struct frame *f,
                                      struct slice decision)
{
    struct value list = feel_items(s->m, kid_value(s, x, 0, f, decision));
    struct values out = {.a = s->m->a};
    if (list.type != V_LIST) return machine_null(s->m, "no list to filter");
    for (size_t i = 0; i < list.list->n && !failed(s->m->fault); i++) {
        struct value v = kid_value(s, x, 1, item_frame(s, S("item"), list.list->items[i], true, f), decision);
        if (v.type != V_BOOL && v.type != V_NULL) return machine_null(s->m, "a filter's condition is no boolean");
        if (v_is_true(v)) values_add(&out, list.list->items[i]);
    }
    return values_list(&out);
}

static struct value eval_boxed_loop(struct dmn_session *s, const struct dmn_expr *x, const struct frame *f,
                                    struct slice decision)
{
    struct value list = feel_items(s->m, kid_value(s, x, 0, f, decision));
    struct values out = {.a = s->m->a};
    bool unknown = false, hit = false;
    if (list.type != V_LIST || x->nnames == 0) return machine_null(s->m, "no list to loop over");
    for (size_t i = 0; i < list.list->n && !failed(s->m->fault); i++) {
        const struct frame *outer = x->kind == E_FOR ? item_frame(s, S("partial"), values_list(&out), false, f) : f;
        struct value v = kid_value(s, x, 1, item_frame(s, x->names[0], list.list->items[i], false, outer), decision);
        if (x->kind == E_FOR)
            values_add(&out, v);
        else if (v.type == V_NULL)
            unknown = true;
        else if (v.type != V_BOOL)
            return machine_null(s->m, "a condition is no boolean");
        else
            hit |= v.boolean == (x->kind == E_SOME);
    }
    if (x->kind == E_FOR) return values_list(&out);
    if (hit) return v_bool(x->kind == E_SOME);
    return unknown ? v_null() : v_bool(x->kind == E_EVERY);
}

static struct value eval_conditional(struct dmn_session *s, const struct dmn_expr *x, const struct frame *f,
                                     struct slice decision)
{
    struct value v = kid_value(s, x, 0, f, decision);
    if (v.type != V_BOOL && v.type != V_NULL) return machine_null(s->m, "a condition is no boolean");
    return kid_value(s, x, v_is_true(v) ? 1 : 2, f, decision);
}

static struct value eval_list(struct dmn_session *s, const struct dmn_expr *x, const struct frame *f,
                              struct slice decision)
{
    struct values out = {.a = s->m->a};
    for (size_t i = 0; i < x->n; i++) values_add(&out, kid_value(s, x, i, f, decision));
    return values_list(&out);
}

static struct value eval_boxed_function(struct dmn_session *s, const struct dmn_expr *x, const struct frame *f,
                                        struct slice decision)
{
    struct callable *c = NEW(s->m->a, struct callable);
    *c = (struct callable){.s = s, .expr = x, .frame = f, .decision = decision};
    return expr_function(s, x, c, f);
}

struct value dmn_expr_eval(struct dmn_session *s, const struct dmn_expr *x, const struct frame *f,
                           struct slice decision)
{
    struct value v = v_null();
    if (!machine_charge(s->m, 1)) return v;
    switch (x->kind) {
    case E_NONE: break;
    case E_FEEL: v = x->feel ? feel_node(s->m, x->feel->root, f) : machine_null(s->m, "no expression"); break;
    case E_TABLE: v = dmn_table_eval(s, x->table, f, decision); break;
    case E_CONTEXT: v = eval_context(s, x, f, decision); break;
    case E_INVOCATION: v = eval_invocation(s, x, f, decision); break;
    case E_LIST: v = eval_list(s, x, f, decision); break;
    case E_RELATION: v = eval_relation(s, x, f, decision); break;
    case E_FUNCTION: return eval_boxed_function(s, x, f, decision);
    case E_IF: v = eval_conditional(s, x, f, decision); break;
    case E_FILTER: v = eval_boxed_filter(s, x, f, decision); break;
    case E_FOR:
    case E_SOME:
    case E_EVERY: v = eval_boxed_loop(s, x, f, decision); break;
    }
    return type_coerce(s->m, x->type, v);
}

struct value dmn_service(struct dmn_session *s, const struct drg *service)
{
    struct value *args = arena_alloc(s->m->a, (service->nparams + 1) * sizeof *args);
    for (size_t i = 0; i < service->nparams; i++) args[i] = input_value(s, service->params[i]);
    struct value fn = dmn_function(s, service);
    return feel_call(s->m, fn, args, service->nparams, NULL);
}
