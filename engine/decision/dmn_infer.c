/* Types of expressions as far as they can be known without running them. What is unknown is never a mistake. */
#include "engine/decision/builtins.h"
#include "engine/decision/dmn_check.h"

static const struct type *simple(enum value_type t)
{
    return type_builtin(slice_cstr(value_type_name(t)));
}

static bool is(const struct type *t, enum value_type v)
{
    return t && t->kind == T_SIMPLE && t->simple == v;
}

const struct binding *check_find(const struct binding *env, struct slice name)
{
    for (; env; env = env->up)
        if (slice_eq(env->name, name)) return env;
    return NULL;
}

struct slice type_text(struct arena *a, const struct type *t)
{
    if (t == NULL || t->kind == T_ANY) return S("Any");
    switch (t->kind) {
    case T_SIMPLE: return slice_cstr(value_type_name(t->simple));
    case T_LIST: return arena_printf(a, "list<%.*s>", SLICE_ARG(type_text(a, t->item)));
    case T_RANGE: return arena_printf(a, "range<%.*s>", SLICE_ARG(type_text(a, t->item)));
    case T_CONTEXT: return t->name.n ? t->name : S("context");
    case T_FUNCTION: return S("function");
    default: return S("null");
    }
}

static void mistake(struct checker *c, struct slice place, const char *fmt, const struct type *x, const char *op,
                    const struct type *y)
{
    struct slice value = arena_printf(c->a, fmt, SLICE_ARG(type_text(c->a, x)), op, SLICE_ARG(type_text(c->a, y)));
    check_add(c, fail(c->a, CODE_DMN_TYPE_ERROR, place, "value", value, NULL));
}

static const struct type *of_value(struct value v)
{
    if (v.type == V_NULL || v.type >= V_LIST) return NULL;
    return simple(v.type);
}

static bool temporal(const struct type *t)
{
    return is(t, V_DATE) || is(t, V_TIME) || is(t, V_DATETIME);
}
static bool duration(const struct type *t)
{
    return is(t, V_DAYTIME) || is(t, V_YEARMONTH);
}

/* Result of x op y for two known simple types; NULL: no meaning. */
static const struct type *arith_type(char op, const struct type *x, const struct type *y)
{
    if (is(x, V_NUMBER) && is(y, V_NUMBER)) return x;
    if (op == '+' && is(x, V_STRING) && is(y, V_STRING)) return x;
    if ((op == '+' || op == '-') && duration(x) && x->simple == y->simple) return x;
    if (op == '-' && temporal(x) && temporal(y) && is(x, V_TIME) == is(y, V_TIME)) return simple(V_DAYTIME);
    if ((op == '+' || op == '-') && temporal(x) && duration(y)) return is(x, V_TIME) && is(y, V_YEARMONTH) ? NULL : x;
    if (op == '+' && duration(x) && temporal(y)) return arith_type('+', y, x);
    if ((op == '*' || op == '/') && duration(x) && is(y, V_NUMBER)) return x;
    if (op == '*' && is(x, V_NUMBER) && duration(y)) return y;
    if (op == '/' && duration(x) && x->simple == y->simple) return simple(V_NUMBER);
    return NULL;
}

static const struct type *infer_arith(struct checker *c, const struct node *n, const struct binding *env,
                                      struct slice place)
{
    const struct type *x = check_infer(c, n->kids[0], env, place), *y = check_infer(c, n->kids[1], env, place);
    if (x == NULL || y == NULL || x->kind != T_SIMPLE || y->kind != T_SIMPLE) return NULL;
    const struct type *t = arith_type(n->op, x, y);
    char op[] = {n->op, '\0'};
    if (t == NULL) mistake(c, place, "%.*s %s %.*s", x, n->op == '^' ? "**" : op, y);
    return t;
}

static void must_be_boolean(struct checker *c, const struct node *n, const struct binding *env, struct slice place,
                            const char *where)
{
    const struct type *t = check_infer(c, n, env, place);
    if (t && t->kind == T_SIMPLE && !is(t, V_BOOL)) mistake(c, place, "%.*s, %s: %.*s", t, where, simple(V_BOOL));
}

static const struct type *field(const struct type *t, struct slice name)
{
    for (size_t i = 0; i < t->n; i++)
        if (slice_eq(t->names[i], name)) return t->types[i];
    return NULL;
}

static bool has_field(const struct type *t, struct slice name)
{
    for (size_t i = 0; i < t->n; i++)
        if (slice_eq(t->names[i], name)) return true;
    return false;
}

static const struct type *infer_path(struct checker *c, const struct node *n, const struct binding *env,
                                     struct slice place)
{
    const struct type *t = check_infer(c, n->kids[0], env, place);
    const struct type *inner = t && t->kind == T_LIST ? t->item : t;
    if (inner == NULL || inner->kind != T_CONTEXT || inner->any_fields) return NULL;
    if (!has_field(inner, n->name)) {
        check_add(c,
                  fail(c->a, CODE_DMN_NAME, place, "value",
                       arena_printf(c->a, "%.*s.%.*s", SLICE_ARG(type_text(c->a, inner)), SLICE_ARG(n->name)), NULL));
        return NULL;
    }
    const struct type *found = field(inner, n->name);
    if (t == inner || found == NULL) return t == inner ? found : NULL;
    struct type *list = NEW(c->a, struct type);
    *list = (struct type){.kind = T_LIST, .item = found};
    return list;
}

static const struct type *infer_name(const struct node *n, const struct binding *env)
{
    const struct binding *b = check_find(env, n->name);
    return b ? b->type : NULL;
}

/* Result types of the built-in functions that have one of their own. */
static const struct type *builtin_type(struct slice name)
{
    static const struct {
        enum value_type type;
        const char *names; /* between bars */
    } results[] = {
        {V_NUMBER,
         "|decimal|floor|ceiling|round up|round down|round half up|round half down|modulo|sqrt|log|exp|number|string length|count|mean|median|"
         "stddev|product|day of year|week of year|"},
        {V_STRING,
         "|substring|upper case|lower case|substring before|substring after|replace|string|string join|day of week|month of year|"},
        {V_BOOL,
         "|odd|even|not|contains|starts with|ends with|matches|list contains|all|any|is|before|after|meets|met by|overlaps|overlaps before|"
         "overlaps after|finishes|finished by|includes|during|starts|started by|coincides|"},
        {V_DATE, "|date|today|"},
        {V_TIME, "|time|"},
        {V_DATETIME, "|date and time|now|"},
        {V_YEARMONTH, "|years and months duration|"},
    };
    char key[64];
    if (name.n + 3 > sizeof key) return NULL;
    key[0] = '|';
    memcpy(key + 1, name.p, name.n);
    key[name.n + 1] = '|';
    for (size_t i = 0; i < sizeof results / sizeof *results; i++)
        if (slice_search(slice_cstr(results[i].names), slice_of(key, name.n + 2)) != SIZE_MAX)
            return simple(results[i].type);
    return NULL;
}

static const struct type *infer_call(struct checker *c, const struct node *n, const struct binding *env,
                                     struct slice place)
{
    const struct type *callee = n->builtin ? NULL : check_infer(c, n->kids[0], env, place);
    for (size_t i = 1; i < n->n; i++) {
        const struct type *arg = check_infer(c, n->kids[i], env, place);
        if (callee == NULL || callee->kind != T_FUNCTION || callee->any_fields || n->names || i > callee->n) continue;
        const struct type *want = callee->types[i - 1];
        if (arg && want && arg->kind == T_SIMPLE && want->kind == T_SIMPLE && arg->simple != want->simple)
            mistake(c, place, "%.*s %s %.*s", arg, "→", want);
    }
    if (n->builtin) return builtin_type(slice_cstr(n->builtin->name));
    return callee && callee->kind == T_FUNCTION ? callee->item : NULL;
}

static const struct type *infer_list(struct checker *c, const struct node *n, const struct binding *env,
                                     struct slice place)
{
    struct type *list = NEW(c->a, struct type);
    list->kind = T_LIST;
    for (size_t i = 0; i < n->n; i++) {
        const struct type *t = check_infer(c, n->kids[i], env, place);
        if (i == 0)
            list->item = t;
        else if (t == NULL || list->item == NULL || t->kind != T_SIMPLE || !is(list->item, t->simple))
            list->item = NULL;
    }
    return list;
}

static const struct type *infer_context(struct checker *c, const struct node *n, const struct binding *env,
                                        struct slice place)
{
    struct type *t = NEW(c->a, struct type);
    const struct type **types = arena_zalloc(c->a, n->n + 1, sizeof(const struct type *));
    for (size_t i = 0; i < n->n; i++) {
        types[i] = check_infer(c, n->kids[i], env, place);
        struct binding *b = NEW(c->a, struct binding);
        *b = (struct binding){.up = env, .name = n->names[i], .type = types[i]};
        env = b;
    }
    *t = (struct type){.kind = T_CONTEXT, .n = n->n, .names = n->names, .types = types};
    return t;
}

static const struct type *item_of(const struct type *t)
{
    return t && (t->kind == T_LIST || t->kind == T_RANGE) ? t->item : t;
}

static const struct type *infer_loop(struct checker *c, const struct node *n, const struct binding *env,
                                     struct slice place)
{
    for (size_t i = 0; i + 1 < n->n; i++) {
        const struct node *source = n->kids[i];
        const struct type *t = source->kind == N_SPAN ? check_infer(c, source->kids[0], env, place)
                                                      : item_of(check_infer(c, source, env, place));
        struct binding *b = NEW(c->a, struct binding);
        *b = (struct binding){.up = env, .name = n->names[i], .type = t};
        env = b;
    }
    const struct type *body = check_infer(c, n->kids[n->n - 1], env, place);
    if (n->kind != N_FOR) return simple(V_BOOL);
    struct type *list = NEW(c->a, struct type);
    *list = (struct type){.kind = T_LIST, .item = body};
    return list;
}

static const struct type *infer_filter(struct checker *c, const struct node *n, const struct binding *env,
                                       struct slice place)
{
    const struct type *t = check_infer(c, n->kids[0], env, place);
    if (t == NULL || t->kind != T_LIST) return NULL;
    if (n->kids[1]->kind == N_CONST && n->kids[1]->value.type == V_NUMBER) return t->item;
    return t;
}

static const struct type *infer_compare(struct checker *c, const struct node *n, const struct binding *env,
                                        struct slice place)
{
    static const char *const ops[] = {"=", "!=", "<", "<=", ">", ">="};
    const struct type *x = check_infer(c, n->kids[0], env, place), *y = check_infer(c, n->kids[1], env, place);
    if (x && y && x->kind == T_SIMPLE && y->kind == T_SIMPLE && x->simple != y->simple)
        mistake(c, place, "%.*s %s %.*s", x, ops[n->compare], y);
    return simple(V_BOOL);
}

const struct type *check_infer(struct checker *c, const struct node *n, const struct binding *env, struct slice place)
{
    const struct type *t = NULL;
    switch (n->kind) {
    case N_CONST: return of_value(n->value);
    case N_NAME: return infer_name(n, env);
    case N_PATH: return infer_path(c, n, env, place);
    case N_NEG: return check_infer(c, n->kids[0], env, place);
    case N_ARITH: return infer_arith(c, n, env, place);
    case N_AND:
    case N_OR:
        for (size_t i = 0; i < n->n; i++) must_be_boolean(c, n->kids[i], env, place, n->kind == N_AND ? "and" : "or");
        return simple(V_BOOL);
    case N_COMPARE: return infer_compare(c, n, env, place);
    case N_BETWEEN:
    case N_INSTANCE:
        for (size_t i = 0; i < n->n; i++) (void)check_infer(c, n->kids[i], env, place);
        return simple(V_BOOL);
    case N_IN: (void)check_infer(c, n->kids[0], env, place); return simple(V_BOOL);
    case N_IF:
        must_be_boolean(c, n->kids[0], env, place, "if");
        t = check_infer(c, n->kids[1], env, place);
        const struct type *other = check_infer(c, n->kids[2], env, place);
        return t && other && t->kind == T_SIMPLE && is(other, t->simple) ? t : NULL;
    case N_FOR:
    case N_SOME:
    case N_EVERY: return infer_loop(c, n, env, place);
    case N_FILTER: return infer_filter(c, n, env, place);
    case N_CALL: return infer_call(c, n, env, place);
    case N_LIST: return infer_list(c, n, env, place);
    case N_CONTEXT: return infer_context(c, n, env, place);
    default: return NULL;
    }
}
