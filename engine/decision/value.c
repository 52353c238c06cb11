/* Lists, contexts, equality, order. */
#include "engine/decision/eval.h"
#include "engine/decision/temporal.h"

struct value v_list(struct arena *a, const struct value *items, size_t n)
{
    struct list *l = NEW(a, struct list);
    l->n = n;
    l->items = items;
    return (struct value){.type = V_LIST, .list = l};
}

struct value v_one(struct arena *a, struct value item)
{
    struct value *one = NEW(a, struct value);
    *one = item;
    return v_list(a, one, 1);
}

void values_add(struct values *l, struct value v)
{
    if (l->n == l->cap) {
        size_t cap = l->cap ? l->cap * 2 : 8;
        struct value *grown = arena_alloc(l->a, cap * sizeof *grown);
        if (l->n) memcpy(grown, l->items, l->n * sizeof *grown);
        l->items = grown;
        l->cap = cap;
    }
    l->items[l->n++] = v;
}

struct value values_list(const struct values *l)
{
    return v_list(l->a, l->items, l->n);
}

void entries_set(struct entries *e, struct slice key, struct value v)
{
    for (size_t i = 0; i < e->n; i++) {
        if (slice_eq(e->keys[i], key)) {
            e->values[i] = v;
            return;
        }
    }
    if (e->n == e->cap) {
        size_t cap = e->cap ? e->cap * 2 : 8;
        struct slice *keys = arena_alloc(e->a, cap * sizeof *keys);
        struct value *values = arena_alloc(e->a, cap * sizeof *values);
        if (e->n) {
            memcpy(keys, e->keys, e->n * sizeof *keys);
            memcpy(values, e->values, e->n * sizeof *values);
        }
        e->keys = keys;
        e->values = values;
        e->cap = cap;
    }
    e->keys[e->n] = key;
    e->values[e->n++] = v;
}

struct value entries_context(const struct entries *e)
{
    struct context *c = NEW(e->a, struct context);
    c->n = e->n;
    c->keys = e->keys;
    c->values = e->values;
    return (struct value){.type = V_CONTEXT, .context = c};
}

struct value context_at(struct arena *a, const struct context *c, size_t i)
{
    return c->json ? value_of_json(a, c->json->items[i]) : c->values[i];
}

bool context_get(struct arena *a, const struct context *c, struct slice key, struct value *out)
{
    for (size_t i = 0; i < c->n; i++) {
        if (slice_eq(c->keys[i], key)) {
            *out = context_at(a, c, i);
            return true;
        }
    }
    return false;
}

static bool list_equal(struct machine *m, const struct list *x, const struct list *y)
{
    if (x->n != y->n || !machine_charge(m, 1 + (int64_t)(x->n / 4))) return false;
    for (size_t i = 0; i < x->n; i++) {
        bool comparable = true;
        if (!value_equal(m, x->items[i], y->items[i], &comparable)) return false;
    }
    return true;
}

static bool context_equal(struct machine *m, const struct context *x, const struct context *y)
{
    if (x->n != y->n || !machine_charge(m, 1 + (int64_t)(x->n * x->n / 64))) return false;
    for (size_t i = 0; i < x->n; i++) {
        struct value other;
        bool comparable = true;
        if (!context_get(m->a, y, x->keys[i], &other)) return false;
        if (!value_equal(m, context_at(m->a, x, i), other, &comparable)) return false;
    }
    return true;
}

static bool range_equal(struct machine *m, const struct range *x, const struct range *y)
{
    bool known = true;
    if (x->unary != y->unary || (x->unary && x->op != y->op)) return false;
    if (x->no_low != y->no_low || x->no_high != y->no_high) return false;
    if (x->low_closed != y->low_closed || x->high_closed != y->high_closed) return false;
    return value_equal(m, x->low, y->low, &known) && value_equal(m, x->high, y->high, &known);
}

/* Comparing long texts takes steps too. */
static bool charge_texts(struct machine *m, struct value x, struct value y)
{
    if (x.type != V_STRING || y.type != V_STRING || x.string.n < 1024 || y.string.n < 1024) return true;
    return machine_charge(m, (int64_t)((x.string.n < y.string.n ? x.string.n : y.string.n) / 1024));
}

bool value_equal(struct machine *m, struct value x, struct value y, bool *known)
{
    *known = true;
    if (x.type == V_NULL || y.type == V_NULL) return x.type == y.type;
    if (x.type != y.type) {
        *known = false;
        return false;
    }
    switch (x.type) {
    case V_BOOL: return x.boolean == y.boolean;
    case V_NUMBER: return num_eq(x.number, y.number);
    case V_STRING: return charge_texts(m, x, y) && slice_eq(x.string, y.string);
    case V_DATE:
    case V_TIME:
    case V_DATETIME: return temporal_equal(x, y, known);
    case V_DAYTIME: return x.nanos == y.nanos;
    case V_YEARMONTH: return x.months == y.months;
    case V_LIST: return list_equal(m, x.list, y.list);
    case V_CONTEXT: return context_equal(m, x.context, y.context);
    case V_RANGE: return range_equal(m, x.range, y.range);
    case V_FUNCTION: return x.function == y.function;
    case V_NULL: break;
    }
    return false;
}

bool value_order(struct value x, struct value y, int *out)
{
    if (x.type != y.type) return false;
    switch (x.type) {
    case V_NUMBER: *out = num_cmp(x.number, y.number); return true;
    case V_STRING: *out = slice_cmp(x.string, y.string); return true; /* UTF-8 sorts by code point */
    case V_DATE:
    case V_TIME:
    case V_DATETIME: return temporal_order(x, y, out);
    case V_DAYTIME: *out = x.nanos < y.nanos ? -1 : x.nanos > y.nanos; return true;
    case V_YEARMONTH: *out = x.months < y.months ? -1 : x.months > y.months; return true;
    default: return false;
    }
}

struct value value_compare(struct machine *m, enum compare op, struct value x, struct value y)
{
    if (op == CMP_EQ || op == CMP_NE) {
        bool known, equal = value_equal(m, x, y, &known);
        if (!known) return v_null();
        return v_bool(op == CMP_EQ ? equal : !equal);
    }
    int c;
    if (!charge_texts(m, x, y) || !value_order(x, y, &c)) return v_null();
    switch (op) {
    case CMP_LT: return v_bool(c < 0);
    case CMP_LE: return v_bool(c <= 0);
    case CMP_GT: return v_bool(c > 0);
    default: return v_bool(c >= 0);
    }
}

struct value range_has(struct machine *m, const struct range *r, struct value v)
{
    if (r->unary) return value_compare(m, r->op, v, r->op == CMP_GT || r->op == CMP_GE ? r->low : r->high);
    struct value low = r->no_low ? v_bool(true) : value_compare(m, r->low_closed ? CMP_GE : CMP_GT, v, r->low);
    struct value high = r->no_high ? v_bool(true) : value_compare(m, r->high_closed ? CMP_LE : CMP_LT, v, r->high);
    if ((low.type == V_BOOL && !low.boolean) || (high.type == V_BOOL && !high.boolean)) return v_bool(false);
    if (low.type == V_NULL || high.type == V_NULL) return v_null();
    return v_bool(true);
}

const char *value_type_name(enum value_type t)
{
    static const char *const names[] = {"null",
                                        "boolean",
                                        "number",
                                        "string",
                                        "date",
                                        "time",
                                        "date and time",
                                        "days and time duration",
                                        "years and months duration",
                                        "list",
                                        "context",
                                        "range",
                                        "function"};
    return names[t];
}
