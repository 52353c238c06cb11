/* Which cells can be analysed, and a column's samples: every end that its cells mention, and a value between two of them. */
#include "engine/decision/builtins.h"
#include "engine/decision/dmn_check.h"
#include "engine/decision/temporal.h"

#define CONSTANTS_MAX 50000

static bool exact_node(const struct node *n);

static bool input_or_constant(const struct node *n)
{
    return n->kind == N_CONST || (n->kind == N_NAME && slice_is(n->name, "?"));
}

static bool exact_kids(const struct node *n, size_t from)
{
    for (size_t i = from; i < n->n; i++)
        if (!exact_node(n->kids[i])) return false;
    return true;
}

static bool exact_node(const struct node *n)
{
    switch (n->kind) {
    case N_CONST:
    case N_ANY: return true;
    case N_UNARY:
    case N_RANGE: return n->constant_tests;
    case N_NAME: return slice_is(n->name, "?");
    case N_TESTS:
    case N_AND:
    case N_OR:
    case N_LIST: return exact_kids(n, 0);
    case N_COMPARE:
    case N_BETWEEN:
        for (size_t i = 0; i < n->n; i++)
            if (!input_or_constant(n->kids[i])) return false;
        return true;
    case N_IN: return input_or_constant(n->kids[0]) && exact_kids(n, 1);
    case N_CALL: return n->builtin && strcmp(n->builtin->name, "not") == 0 && n->names == NULL && exact_kids(n, 1);
    default: return false;
    }
}

bool cell_exact(const struct feel *f)
{
    return f && !f->clock && exact_node(f->root);
}

static void collect(const struct node *n, struct values *out)
{
    if (out->n > CONSTANTS_MAX) return;
    if (n->kind == N_CONST) values_add(out, n->value);
    if ((n->kind == N_RANGE || n->kind == N_UNARY) && n->constant_tests) {
        const struct range *r = n->value.range;
        if (!r->no_low) values_add(out, r->low);
        if (!r->no_high) values_add(out, r->high);
        return;
    }
    for (size_t i = 0; i < n->n; i++) collect(n->kids[i], out);
}

static void merge_sort(struct value *v, struct value *spare, size_t n)
{
    if (n < 2) return;
    size_t half = n / 2, i = 0, j = half, k = 0;
    int order;
    merge_sort(v, spare, half);
    merge_sort(v + half, spare, n - half);
    while (i < half && j < n) spare[k++] = value_order(v[j], v[i], &order) && order < 0 ? v[j++] : v[i++];
    while (i < half) spare[k++] = v[i++];
    while (j < n) spare[k++] = v[j++];
    memcpy(v, spare, n * sizeof *v);
}

/* Sorted and without doubles; values of another type than `type`, and those without an order, are left out. */
static size_t ends(struct machine *m, const struct values *all, enum value_type type, struct value *out)
{
    size_t n = 0, kept = 0;
    int order;
    bool known;
    for (size_t i = 0; i < all->n; i++)
        if (all->items[i].type == type && value_order(all->items[i], all->items[i], &order)) out[n++] = all->items[i];
    merge_sort(out, arena_alloc(m->a, (n + 1) * sizeof *out), n);
    for (size_t i = 0; i < n; i++)
        if (kept == 0 || !value_equal(m, out[kept - 1], out[i], &known)) out[kept++] = out[i];
    return kept;
}

static struct value shifted(struct arena *a, struct value v, int by)
{
    switch (v.type) {
    case V_NUMBER: return v_number(num_add(v.number, num_of_int(by)));
    case V_DATE: return temporal_add_nanos(a, v, (wide)by * SECONDS_DAY * NANOS_SECOND);
    case V_DATETIME:
    case V_TIME: return temporal_add_nanos(a, v, (wide)by * NANOS_SECOND);
    case V_DAYTIME: return v_nanos(v.nanos + (wide)by * SECONDS_DAY * NANOS_SECOND);
    case V_YEARMONTH: return v_months(v.months + by);
    default: return v_null();
    }
}

/* Something strictly between x < y, preferably whole; null when there is nothing. */
static struct value between(struct arena *a, struct value x, struct value y)
{
    struct value v = v_null();
    int low, high;
    wide distance;
    if (x.type == V_NUMBER) {
        v = v_number(num_add(num_floor(x.number), num_of_int(1)));
        if (!num_lt(v.number, y.number)) v = v_number(num_div(num_add(x.number, y.number), num_of_int(2)));
    } else if (x.type == V_DAYTIME) {
        v = v_nanos(x.nanos + (y.nanos - x.nanos) / 2);
    } else if (x.type == V_YEARMONTH || x.type == V_DATE) {
        v = shifted(a, x, 1);
    } else if (temporal_difference(y, x, &distance)) {
        v = temporal_add_nanos(a, x, distance / 2);
    }
    if (v.type == V_NULL || !value_order(x, v, &low) || !value_order(v, y, &high) || low >= 0 || high >= 0)
        return v_null();
    return v;
}

static void add_sample(struct values *out, struct value v)
{
    if (v.type != V_NULL) values_add(out, v);
}

static void ordered_samples(struct machine *m, const struct values *all, enum value_type type, struct values *out)
{
    struct arena *a = m->a;
    struct value *sorted = arena_alloc(a, (all->n + 1) * sizeof *sorted);
    size_t n = ends(m, all, type, sorted);
    int order;
    if (n == 0) return;
    struct value below = shifted(a, sorted[0], -1), above = shifted(a, sorted[n - 1], 1);
    if (type == V_NUMBER && !num_whole(sorted[0].number)) below = v_number(num_floor(sorted[0].number));
    if (type == V_NUMBER && !num_whole(sorted[n - 1].number)) above = v_number(num_ceiling(sorted[n - 1].number));
    if (below.type != V_NULL && value_order(below, sorted[0], &order) && order < 0)
        values_add(out, below); /* a time of day may wrap */
    for (size_t i = 0; i < n; i++) {
        values_add(out, sorted[i]);
        if (i + 1 < n) add_sample(out, between(a, sorted[i], sorted[i + 1]));
    }
    if (above.type != V_NULL && value_order(sorted[n - 1], above, &order) && order < 0) values_add(out, above);
}

/* Some cell asks for an order: < "m", ["a".."f"]. */
static bool uses_order(const struct node *n)
{
    if (n->kind == N_RANGE || n->kind == N_UNARY || n->kind == N_BETWEEN) return true;
    if (n->kind == N_COMPARE && n->compare != CMP_EQ && n->compare != CMP_NE) return true;
    for (size_t i = 0; i < n->n; i++)
        if (uses_order(n->kids[i])) return true;
    return false;
}

/* A text right behind x and before y; null when there is none that can be read. */
static struct value text_between(struct arena *a, struct value x, struct value y)
{
    static const char *const endings[] = {"′", "a", "0", "!"};
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        struct value v = v_string(arena_printf(a, "%.*s%s", SLICE_ARG(x.string), endings[i]));
        if (slice_cmp(v.string, y.string) < 0) return v;
    }
    return v_null();
}

/* The texts mentioned, one that is not, and, where their order matters, those before, between and behind them. */
static void text_samples(struct machine *m, const struct values *all, bool order, struct values *out)
{
    struct arena *a = m->a;
    struct value *sorted = arena_alloc(a, (all->n + 1) * sizeof *sorted);
    size_t n = ends(m, all, V_STRING, sorted);
    struct slice other = S("其他");
    if (order && n && sorted[0].string.n) values_add(out, v_string(S("")));
    for (size_t i = 0; i < n; i++) {
        values_add(out, sorted[i]);
        if (slice_eq(sorted[i].string, other))
            other = arena_printf(a, "%.*s′", SLICE_ARG(other)); /* what is longer comes later */
        if (!order) continue;
        if (i + 1 < n)
            add_sample(out, text_between(a, sorted[i], sorted[i + 1]));
        else
            values_add(out, v_string(arena_printf(a, "%.*s′", SLICE_ARG(sorted[i].string))));
    }
    if (!order || n == 0) values_add(out, v_string(other));
}

static enum value_type column_type(const struct type *type, const struct values *all)
{
    if (type && type->kind == T_SIMPLE) return type->simple;
    for (size_t i = 0; i < all->n; i++)
        if (all->items[i].type != V_NULL) return all->items[i].type;
    return V_NULL;
}

static const struct feel *allowed_of(const struct dmn_input *in, const struct type *type)
{
    if (in->allowed) return in->allowed;
    for (; type; type = type->base)
        if (type->allowed) return type->allowed;
    return NULL;
}

bool column_samples(struct checker *c, const struct dmn_table *t, size_t column, const struct type *type,
                    const struct feel *const *cells, size_t n, struct values *out)
{
    struct values all = {.a = c->a};
    const struct feel *allowed = allowed_of(&t->inputs[column], type);
    bool null = false, order = allowed && uses_order(allowed->root);
    for (size_t i = 0; i < n; i++) {
        if (cells[i] == NULL) continue;
        collect(cells[i]->root, &all);
        order |= uses_order(cells[i]->root);
    }
    for (size_t i = 0; i < all.n; i++) null |= all.items[i].type == V_NULL;
    enum value_type kind = column_type(type, &all);
    if (allowed) collect(allowed->root, &all);
    struct values found = {.a = c->a};
    if (all.n > CONSTANTS_MAX) return false;
    if (kind == V_BOOL) {
        values_add(&found, v_bool(true));
        values_add(&found, v_bool(false));
    } else if (kind == V_STRING) {
        text_samples(&c->m, &all, order, &found);
    } else {
        ordered_samples(&c->m, &all, kind, &found);
    }
    for (size_t i = 0; i < found.n; i++) {
        check_reset(c);
        if (allowed == NULL || v_is_true(feel_tests(&c->m, allowed->root, found.items[i], NULL)))
            values_add(out, found.items[i]);
    }
    if (null || out->n == 0) values_add(out, v_null()); /* a column of dashes has one piece: anything */
    return true;
}
