/* The walk over the tree. */
#include "engine/decision/eval.h"

#include "engine/decision/builtins.h"
#include "engine/decision/temporal.h"

#include <stdarg.h>
#include <stdio.h>

#define NEST_MAX 3000

void machine_start(struct machine *m, struct arena *a, const struct feel_env *env, struct slice where)
{
    *m = (struct machine){.a = a, .where = where, .steps = 100000, .max_depth = 200, .memory = (size_t)64 << 20};
    if (env) {
        m->now = env->now;
        m->read = env->limits.read;
        if (env->limits.steps > 0) m->steps = env->limits.steps;
        if (env->limits.depth > 0) m->max_depth = env->limits.depth;
        if (env->limits.memory > 0) m->memory = env->limits.memory;
    }
    m->memory_end = arena_used(a) + m->memory;
    m->step_limit = m->steps;
}

static void fault(struct machine *m, struct slice zh, struct slice en, int64_t limit)
{
    if (failed(m->fault)) return;
    m->fault = fail(m->a, CODE_FEEL_LIMIT, m->where, "detail_zh", zh, "detail_en", en, "limit",
                    arena_printf(m->a, "%lld", (long long)limit), NULL);
}

bool machine_charge(struct machine *m, int64_t n)
{
    if (failed(m->fault)) return false;
    if (m->steps < n) {
        fault(m, S("步数"), S("steps"), m->step_limit);
        return false;
    }
    if (arena_used(m->a) > m->memory_end) {
        fault(m, S("内存字节数"), S("bytes of memory"), (int64_t)m->memory);
        return false;
    }
    m->steps -= n;
    return true;
}

struct value machine_null(struct machine *m, const char *fmt, ...)
{
    if (m->warning.n == 0 && m->warning.p == NULL) {
        char text[256];
        va_list args;
        va_start(args, fmt);
        int n = vsnprintf(text, sizeof text, fmt, args);
        va_end(args);
        size_t len = n < 0 ? 0 : (size_t)n < sizeof text ? (size_t)n : sizeof text - 1;
        m->warning = arena_copy(m->a, slice_of(text, slice_utf8_end(slice_of(text, len))));
    }
    return v_null();
}

bool frame_find(struct machine *m, const struct frame *f, struct slice name, struct value *out)
{
    for (; f; f = f->up) {
        size_t names = f->context ? f->context->n : f->n;
        if (names > 64 && !machine_charge(m, (int64_t)(names / 64))) return false;
        if (f->context) {
            if (context_get(m->a, f->context, name, out)) return true;
            continue;
        }
        for (size_t i = f->n; i-- > 0;) {
            if (slice_eq(f->names[i], name)) {
                *out = f->values[i];
                return true;
            }
        }
    }
    return false;
}

static struct value builtin_value(struct machine *m, const struct builtin *b)
{
    struct function *f = NEW(m->a, struct function);
    f->kind = FN_BUILTIN;
    f->builtin = b;
    return (struct value){.type = V_FUNCTION, .function = f};
}

static struct value eval_name(struct machine *m, const struct node *n, const struct frame *f)
{
    struct value v;
    if (frame_find(m, f, n->name, &v)) return v;
    const struct builtin *b = builtin_find(n->name);
    if (b) return builtin_value(m, b);
    /* A name with points that is known elsewhere ("Person.Name" as a parameter) is a path here. */
    for (size_t dot = slice_find(n->name, '.', 0); dot != SIZE_MAX; dot = slice_find(n->name, '.', dot + 1))
        if (frame_find(m, f, slice_trim(slice_sub(n->name, 0, dot)), &v))
            return feel_path(m, v, slice_trim(slice_sub(n->name, dot + 1, n->name.n)));
    return machine_null(m, "unknown name %.*s", SLICE_ARG(n->name));
}

static bool range_property(const struct range *r, struct slice name, struct value *out)
{
    if (slice_is(name, "start"))
        *out = r->low;
    else if (slice_is(name, "end"))
        *out = r->high;
    else if (slice_is(name, "start included"))
        *out = v_bool(r->low_closed);
    else if (slice_is(name, "end included"))
        *out = v_bool(r->high_closed);
    else
        return false;
    return true;
}

struct value feel_path(struct machine *m, struct value v, struct slice name)
{
    struct value out = v_null();
    bool found = false;
    switch (v.type) {
    case V_NULL: return v_null();
    case V_CONTEXT: found = context_get(m->a, v.context, name, &out); break;
    case V_DATE:
    case V_TIME:
    case V_DATETIME:
    case V_DAYTIME:
    case V_YEARMONTH: found = temporal_property(m->a, v, name, &out); break;
    case V_RANGE: found = range_property(v.range, name, &out); break;
    case V_LIST: {
        struct values items = {.a = m->a};
        if (!machine_charge(m, (int64_t)v.list->n) || ++m->nest > NEST_MAX) return v_null();
        for (size_t i = 0; i < v.list->n; i++) values_add(&items, feel_path(m, v.list->items[i], name));
        m->nest--;
        return values_list(&items);
    }
    default: break;
    }
    if (!found) return machine_null(m, "%s has no %.*s", value_type_name(v.type), SLICE_ARG(name));
    return out;
}

/* Ternary logic: false wins in and, true in or; anything but a boolean counts as null (10.3.2.15). */
static struct value eval_logic(struct machine *m, const struct node *n, const struct frame *f)
{
    bool dominant = n->kind == N_OR, unknown = false;
    for (size_t i = 0; i < n->n; i++) {
        struct value v = feel_node(m, n->kids[i], f);
        if (v.type != V_BOOL)
            unknown = true;
        else if (v.boolean == dominant)
            return v;
    }
    return unknown ? machine_null(m, "and/or of something that is no boolean") : v_bool(!dominant);
}

static struct value eval_compare(struct machine *m, const struct node *n, const struct frame *f)
{
    struct value x = feel_node(m, n->kids[0], f), y = feel_node(m, n->kids[1], f);
    struct value v = value_compare(m, n->compare, x, y);
    if (v.type == V_NULL)
        return machine_null(m, "%s and %s cannot be compared", value_type_name(x.type), value_type_name(y.type));
    return v;
}

static struct value eval_between(struct machine *m, const struct node *n, const struct frame *f)
{
    struct value v = feel_node(m, n->kids[0], f);
    struct range r = {.low_closed = true, .high_closed = true};
    r.low = feel_node(m, n->kids[1], f);
    r.high = feel_node(m, n->kids[2], f);
    struct value in = range_has(m, &r, v);
    return in.type == V_NULL ? machine_null(m, "between of values without order") : in;
}

static struct value eval_range(struct machine *m, const struct node *n, const struct frame *f)
{
    if (n->constant_tests && n->value.range->unary) return n->value;
    struct range *r = NEW(m->a, struct range);
    if (n->constant_tests) {
        *r = *n->value.range;
    } else if (n->kind == N_UNARY) {
        r->unary = true;
        r->op = n->compare;
        struct value end = feel_node(m, n->kids[0], f);
        r->no_low = r->op == CMP_LT || r->op == CMP_LE;
        r->no_high = r->op == CMP_GT || r->op == CMP_GE;
        r->low_closed = r->op == CMP_GE || r->op == CMP_EQ;
        r->high_closed = r->op == CMP_LE || r->op == CMP_EQ;
        if (!r->no_low) r->low = end;
        if (!r->no_high) r->high = end;
    } else {
        r->low_closed = n->low_closed;
        r->high_closed = n->high_closed;
        r->low = feel_node(m, n->kids[0], f);
        r->high = feel_node(m, n->kids[1], f);
    }
    int order;
    if (!r->unary && r->low.type != V_NULL && r->high.type != V_NULL && !value_order(r->low, r->high, &order))
        return machine_null(m, "a range needs ends of one type that has an order");
    return (struct value){.type = V_RANGE, .range = r};
}

static struct value eval_list(struct machine *m, const struct node *n, const struct frame *f)
{
    struct value *items = arena_alloc(m->a, (n->n ? n->n : 1) * sizeof *items);
    for (size_t i = 0; i < n->n; i++) items[i] = feel_node(m, n->kids[i], f);
    return v_list(m->a, items, n->n);
}

/* Each entry sees those before it. */
static struct value eval_context(struct machine *m, const struct node *n, const struct frame *f)
{
    struct value *values = arena_alloc(m->a, (n->n ? n->n : 1) * sizeof *values);
    struct frame *own = NEW(m->a, struct frame);
    *own = (struct frame){.up = f, .names = n->names, .values = values};
    for (size_t i = 0; i < n->n; i++) {
        values[i] = feel_node(m, n->kids[i], own);
        own->n = i + 1;
    }
    struct context *c = NEW(m->a, struct context);
    c->n = n->n;
    c->keys = n->names;
    c->values = values;
    return (struct value){.type = V_CONTEXT, .context = c};
}

static struct value external_function(struct machine *m, struct function *fn, const struct node *n,
                                      const struct frame *f)
{
    struct value body = feel_node(m, n->kids[0], f), java, name, signature;
    if (body.type != V_CONTEXT || !context_get(m->a, body.context, S("java"), &java) || java.type != V_CONTEXT ||
        !context_get(m->a, java.context, S("class"), &name) || name.type != V_STRING ||
        !context_get(m->a, java.context, S("method signature"), &signature) || signature.type != V_STRING)
        return machine_null(m, "an external function needs a class and a method signature");
    fn->kind = FN_EXTERNAL;
    fn->class_name = name.string;
    fn->signature = signature.string;
    return (struct value){.type = V_FUNCTION, .function = fn};
}

static struct value eval_function(struct machine *m, const struct node *n, const struct frame *f)
{
    struct function *fn = NEW(m->a, struct function);
    fn->kind = FN_CLOSURE;
    fn->n = (size_t)n->op;
    fn->params = n->names;
    fn->types = n->types;
    fn->result = n->type;
    fn->body = n->kids[0];
    fn->frame = f;
    if (n->external) return external_function(m, fn, n, f);
    return (struct value){.type = V_FUNCTION, .function = fn};
}

#define CALL_ARGS_MAX 256

static struct value eval_call(struct machine *m, const struct node *n, const struct frame *f)
{
    size_t count = n->n - 1;
    struct value few[8], *args = few;
    if (count > CALL_ARGS_MAX * 64) return machine_null(m, "too many arguments");
    if (count > 8) args = arena_alloc(m->a, count * sizeof *args);
    struct value callee = v_null();
    if (n->builtin == NULL) callee = feel_node(m, n->kids[0], f);
    for (size_t i = 0; i < count; i++) args[i] = feel_node(m, n->kids[i + 1], f);
    if (n->builtin) return builtin_call(m, n->builtin, args, count, n->names);
    return feel_call(m, callee, args, count, n->names);
}

/* Puts arguments into the order of the parameters, converts them; false when they do not fit. */
static bool bind_args(struct machine *m, const struct function *fn, const struct value *args, size_t n,
                      const struct slice *names, struct value *out)
{
    if (n != fn->n && names == NULL) return false;
    for (size_t i = 0; i < fn->n; i++) out[i] = v_null();
    for (size_t i = 0; i < n; i++) {
        size_t at = i;
        if (names) {
            for (at = 0; at < fn->n && !slice_eq(fn->params[at], names[i]); at++) {
            }
            if (at == fn->n) return false;
        }
        out[at] = args[i];
    }
    for (size_t i = 0; i < fn->n; i++) {
        if (fn->types && fn->types[i] && out[i].type != V_NULL) {
            struct value v = type_coerce(m, fn->types[i], out[i]);
            if (v.type == V_NULL) return false;
            out[i] = v;
        }
    }
    return n == fn->n;
}

struct value feel_call(struct machine *m, struct value callee, const struct value *args, size_t n,
                       const struct slice *names)
{
    if (callee.type != V_FUNCTION) return machine_null(m, "%s is no function", value_type_name(callee.type));
    const struct function *fn = callee.function;
    if (fn->kind == FN_BUILTIN) return builtin_call(m, fn->builtin, args, n, names);
    struct value *bound = arena_alloc(m->a, (fn->n ? fn->n : 1) * sizeof *bound);
    if (!bind_args(m, fn, args, n, names, bound))
        return machine_null(m, "the arguments do not fit the function's parameters");
    if (m->depth >= m->max_depth || m->nest > NEST_MAX) {
        fault(m, S("调用深度"), S("depth of calls"), m->max_depth);
        return v_null();
    }
    m->depth++;
    struct value v = v_null();
    if (fn->kind == FN_EXTERNAL) {
        if (m->external)
            v = m->external(m, fn, bound, fn->n);
        else
            machine_null(m, "there are no external functions");
    } else if (fn->kind == FN_NATIVE) {
        v = fn->call(m, fn->self, bound);
    } else {
        struct frame *frame = NEW(m->a, struct frame);
        *frame = (struct frame){.up = fn->frame, .n = fn->n, .names = fn->params, .values = bound};
        v = feel_node(m, fn->body, frame);
    }
    m->depth--;
    return fn->result ? type_coerce(m, fn->result, v) : v;
}

static struct value eval_in(struct machine *m, const struct node *n, const struct frame *f)
{
    struct value input = feel_node(m, n->kids[0], f);
    struct node tests = {.kind = N_TESTS, .kids = n->kids + 1, .n = n->n - 1};
    return feel_tests(m, &tests, input, f);
}

static struct value eval(struct machine *m, const struct node *n, const struct frame *f)
{
    switch (n->kind) {
    case N_CONST: return n->value;
    case N_NAME: return eval_name(m, n, f);
    case N_PATH: return feel_path(m, feel_node(m, n->kids[0], f), n->name);
    case N_NEG: return feel_negate(m, feel_node(m, n->kids[0], f));
    case N_ARITH: {
        struct value x = feel_node(m, n->kids[0], f);
        return feel_arith(m, n->op, x, feel_node(m, n->kids[1], f));
    }
    case N_AND:
    case N_OR: return eval_logic(m, n, f);
    case N_COMPARE: return eval_compare(m, n, f);
    case N_BETWEEN: return eval_between(m, n, f);
    case N_IN: return eval_in(m, n, f);
    case N_INSTANCE: return v_bool(type_instance(m, n->type, feel_node(m, n->kids[0], f)));
    case N_IF: return feel_node(m, n->kids[v_is_true(feel_node(m, n->kids[0], f)) ? 1 : 2], f);
    case N_FOR:
    case N_SOME:
    case N_EVERY: return feel_loop(m, n, f);
    case N_FILTER: return feel_filter(m, n, f);
    case N_CALL: return eval_call(m, n, f);
    case N_FUNCTION: return eval_function(m, n, f);
    case N_LIST: return eval_list(m, n, f);
    case N_CONTEXT: return eval_context(m, n, f);
    case N_RANGE:
    case N_UNARY: return eval_range(m, n, f);
    case N_ANY: return v_bool(true);
    case N_SPAN:
    case N_TESTS: break;
    }
    return v_null();
}

struct value feel_node(struct machine *m, const struct node *n, const struct frame *f)
{
    if (!machine_charge(m, 1)) return v_null();
    if (++m->nest > NEST_MAX) {
        fault(m, S("嵌套"), S("nesting"), NEST_MAX);
        m->nest--;
        return v_null();
    }
    struct value v = eval(m, n, f);
    m->nest--;
    return v;
}
