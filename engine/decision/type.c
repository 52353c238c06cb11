#include "engine/decision/builtins.h"
#include "engine/decision/temporal.h"

#define TYPE_DEPTH 60

const struct type *type_builtin(struct slice name)
{
    static const struct type any = {.kind = T_ANY}, null = {.kind = T_NULL}, list = {.kind = T_LIST},
                             context = {.kind = T_CONTEXT, .any_fields = true}, range = {.kind = T_RANGE},
                             function = {.kind = T_FUNCTION, .any_fields = true};
#define SIMPLE(v)                       \
    {                                   \
        .kind = T_SIMPLE, .simple = (v) \
    }
    static const struct type boolean = SIMPLE(V_BOOL), number = SIMPLE(V_NUMBER), string = SIMPLE(V_STRING),
                             date = SIMPLE(V_DATE), time = SIMPLE(V_TIME), datetime = SIMPLE(V_DATETIME),
                             daytime = SIMPLE(V_DAYTIME), yearmonth = SIMPLE(V_YEARMONTH);
    static const struct {
        const char *name;
        const struct type *type;
    } names[] = {{"Any", &any},
                 {"any", &any},
                 {"Null", &null},
                 {"null", &null},
                 {"boolean", &boolean},
                 {"number", &number},
                 {"string", &string},
                 {"date", &date},
                 {"time", &time},
                 {"date and time", &datetime},
                 {"dateTime", &datetime},
                 {"days and time duration", &daytime},
                 {"dayTimeDuration", &daytime},
                 {"years and months duration", &yearmonth},
                 {"yearMonthDuration", &yearmonth},
                 {"list", &list},
                 {"context", &context},
                 {"range", &range},
                 {"function", &function}};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (slice_is(name, names[i].name)) return names[i].type;
    return NULL;
}

bool type_conforms(const struct type *x, const struct type *y)
{
    if (y == NULL || y->kind == T_ANY || x == y) return true;
    if (x == NULL) return false;
    if (x->kind == T_NULL) return true;
    if (x->kind != y->kind) return false;
    switch (y->kind) {
    case T_SIMPLE: return x->simple == y->simple;
    case T_LIST:
    case T_RANGE: return type_conforms(x->item, y->item);
    case T_CONTEXT:
        for (size_t i = 0; i < y->n; i++) {
            bool found = false;
            for (size_t k = 0; k < x->n && !found; k++)
                found = slice_eq(x->names[k], y->names[i]) && type_conforms(x->types[k], y->types[i]);
            if (!found) return false;
        }
        return true;
    case T_FUNCTION:
        if (y->any_fields) return true;
        if (x->n != y->n || !type_conforms(x->item, y->item)) return false;
        for (size_t i = 0; i < y->n; i++)
            if (!type_conforms(y->types[i], x->types[i])) return false; /* parameters the other way round */
        return true;
    default: return true;
    }
}

/* `narrow`: constraints on values count too. */
static bool instance(struct machine *m, const struct type *t, struct value v, bool narrow, int depth);

static bool context_instance(struct machine *m, const struct type *t, const struct context *c, bool narrow, int depth)
{
    if (t->any_fields) return true;
    for (size_t i = 0; i < t->n; i++) {
        struct value field;
        if (!context_get(m->a, c, t->names[i], &field)) return false;
        if (field.type != V_NULL && !instance(m, t->types[i], field, narrow, depth + 1)) return false;
    }
    return true;
}

static bool function_instance(const struct type *t, const struct function *f)
{
    if (t->any_fields) return true;
    if (f->kind == FN_BUILTIN) return t->n >= f->builtin->min && t->n <= f->builtin->max;
    if (f->n != t->n) return false;
    for (size_t i = 0; i < t->n; i++)
        if (f->types && f->types[i] && !type_conforms(t->types[i], f->types[i])) return false;
    return f->result == NULL || type_conforms(f->result, t->item);
}

static bool instance(struct machine *m, const struct type *t, struct value v, bool narrow, int depth)
{
    if (depth > TYPE_DEPTH) return false;
    if (t == NULL) return true;
    if (v.type == V_NULL) return t->kind == T_NULL;
    switch (t->kind) {
    case T_ANY: return true;
    case T_NULL: return false;
    case T_SIMPLE:
        if (v.type != t->simple) return false;
        break;
    case T_LIST:
        if (v.type != V_LIST) return false;
        if (!machine_charge(m, (int64_t)v.list->n)) return false;
        for (size_t i = 0; i < v.list->n; i++)
            if (v.list->items[i].type != V_NULL && !instance(m, t->item, v.list->items[i], narrow, depth + 1))
                return false;
        break;
    case T_CONTEXT:
        if (v.type != V_CONTEXT || !machine_charge(m, 1) || !context_instance(m, t, v.context, narrow, depth))
            return false;
        break;
    case T_RANGE:
        if (v.type != V_RANGE) return false;
        if (v.range->low.type != V_NULL && !instance(m, t->item, v.range->low, narrow, depth + 1)) return false;
        if (v.range->high.type != V_NULL && !instance(m, t->item, v.range->high, narrow, depth + 1)) return false;
        break;
    case T_FUNCTION: return v.type == V_FUNCTION && function_instance(t, v.function);
    }
    if (!narrow) return true;
    if (t->base && !instance(m, t->base, v, narrow, depth + 1)) return false;
    return t->allowed == NULL || v_is_true(feel_tests(m, t->allowed->root, v, NULL));
}

bool type_instance(struct machine *m, const struct type *t, struct value v)
{
    return instance(m, t, v, false, 0);
}

struct value type_coerce(struct machine *m, const struct type *t, struct value v)
{
    if (t == NULL || t->kind == T_ANY || v.type == V_NULL || instance(m, t, v, true, 0)) return v;
    if (v.type == V_LIST && v.list->n == 1 && t->kind != T_LIST && instance(m, t, v.list->items[0], true, 0))
        return v.list->items[0];
    if (t->kind == T_LIST && v.type != V_LIST && instance(m, t->item, v, true, 0)) return v_one(m->a, v);
    if (t->kind == T_SIMPLE && t->simple == V_DATETIME && v.type == V_DATE) {
        struct temporal midnight = *v.temporal;
        midnight.zone = ZONE_OFFSET;
        return v_temporal(m->a, V_DATETIME, &midnight);
    }
    return machine_null(m, "%s does not conform to %.*s", value_type_name(v.type), SLICE_ARG(t->name));
}

static struct value text_value(struct machine *m, enum value_type want, struct slice s)
{
    struct temporal t;
    struct value d;
    switch (want) {
    case V_DATE: return temporal_scan_date(s, &t) ? v_temporal(m->a, V_DATE, &t) : v_string(s);
    case V_TIME: return temporal_scan_time(s, &t) ? v_temporal(m->a, V_TIME, &t) : v_string(s);
    case V_DATETIME: return temporal_scan_datetime(s, &t) ? v_temporal(m->a, V_DATETIME, &t) : v_string(s);
    case V_DAYTIME:
    case V_YEARMONTH: return duration_scan(s, &d) && d.type == want ? d : v_string(s);
    default: return v_string(s);
    }
}

static struct value of_text(struct machine *m, const struct type *t, struct value v, int depth)
{
    if (t == NULL || depth > TYPE_DEPTH) return v;
    if (t->kind == T_SIMPLE && v.type == V_STRING) return text_value(m, t->simple, v.string);
    if (t->kind == T_LIST && v.type == V_LIST && t->item) {
        struct values items = {.a = m->a};
        if (!machine_charge(m, (int64_t)v.list->n)) return v_null();
        for (size_t i = 0; i < v.list->n; i++) values_add(&items, of_text(m, t->item, v.list->items[i], depth + 1));
        return values_list(&items);
    }
    if (t->kind == T_CONTEXT && v.type == V_CONTEXT && t->n) {
        struct entries e = {.a = m->a};
        for (size_t i = 0; i < v.context->n; i++) {
            struct value field = context_at(m->a, v.context, i);
            for (size_t k = 0; k < t->n; k++)
                if (slice_eq(t->names[k], v.context->keys[i])) field = of_text(m, t->types[k], field, depth + 1);
            entries_set(&e, v.context->keys[i], field);
        }
        return entries_context(&e);
    }
    return v;
}

struct value type_of_text(struct machine *m, const struct type *t, struct value v)
{
    return of_text(m, t, v, 0);
}
