/* 10.3.4.4 list functions and 10.3.4.6 sort. */
#include "engine/decision/builtins.h"

static bool same(struct machine *m, struct value x, struct value y)
{
    bool known;
    return value_equal(m, x, y, &known);
}

static struct value f_list_contains(struct machine *m, const struct value *args, size_t n)
{
    (void)n;
    const struct list *l = arg_list(m, args[0]);
    if (l == NULL) return arg_mismatch(m, "list contains");
    for (size_t i = 0; i < l->n; i++)
        if (same(m, l->items[i], args[1])) return v_bool(true);
    return v_bool(false);
}

static struct value f_count(struct machine *m, const struct value *args, size_t n)
{
    const struct list *l = arg_items(m, args, n);
    return l ? v_int((int64_t)l->n) : arg_mismatch(m, "count");
}

/* value_order that takes steps for long texts. */
static bool comparable(struct machine *m, struct value x, struct value y, int *order)
{
    if (x.type == V_STRING && !machine_charge(m, (int64_t)(x.string.n / 1024))) return false;
    return value_order(x, y, order);
}

static struct value extreme(struct machine *m, const struct value *args, size_t n, int sign)
{
    const struct list *l = arg_items(m, args, n);
    if (l == NULL || l->n == 0) return arg_mismatch(m, sign < 0 ? "min" : "max");
    struct value best = l->items[0];
    int order;
    if (!value_order(best, best, &order)) return arg_mismatch(m, sign < 0 ? "min" : "max");
    for (size_t i = 1; i < l->n; i++) {
        if (!comparable(m, l->items[i], best, &order)) return arg_mismatch(m, sign < 0 ? "min" : "max");
        if (order * sign > 0) best = l->items[i];
    }
    return best;
}

static struct value f_min(struct machine *m, const struct value *args, size_t n)
{
    return extreme(m, args, n, -1);
}
static struct value f_max(struct machine *m, const struct value *args, size_t n)
{
    return extreme(m, args, n, 1);
}

static struct value fold(struct machine *m, const struct value *args, size_t n, bool product, const char *name)
{
    const struct list *l = arg_items(m, args, n);
    if (l == NULL || l->n == 0) return arg_mismatch(m, name);
    num total = num_of_int(product ? 1 : 0), v;
    for (size_t i = 0; i < l->n; i++) {
        if (l->items[i].type != V_NUMBER) return arg_mismatch(m, name);
        v = l->items[i].number;
        total = product ? num_mul(total, v) : num_add(total, v);
    }
    return num_finite(total) ? v_number(total) : arg_mismatch(m, name);
}

static struct value f_sum(struct machine *m, const struct value *args, size_t n)
{
    return fold(m, args, n, false, "sum");
}

static struct value f_product(struct machine *m, const struct value *args, size_t n)
{
    return fold(m, args, n, true, "product");
}

static struct value f_mean(struct machine *m, const struct value *args, size_t n)
{
    const struct list *l = arg_items(m, args, n);
    struct value total = f_sum(m, args, n);
    if (total.type == V_NULL || l == NULL) return arg_mismatch(m, "mean");
    return feel_arith(m, '/', total, v_int((int64_t)l->n));
}

static struct value logic(struct machine *m, const struct value *args, size_t n, bool dominant, const char *name)
{
    const struct list *l = arg_items(m, args, n);
    bool unknown = false;
    if (l == NULL) return arg_mismatch(m, name);
    for (size_t i = 0; i < l->n; i++) {
        if (l->items[i].type != V_BOOL)
            unknown = true;
        else if (l->items[i].boolean == dominant)
            return v_bool(dominant);
    }
    return unknown ? arg_mismatch(m, name) : v_bool(!dominant);
}

/* As and / or: one false (true) decides, whatever the other items are. */
static struct value f_all(struct machine *m, const struct value *args, size_t n)
{
    return logic(m, args, n, false, "all");
}
static struct value f_any(struct machine *m, const struct value *args, size_t n)
{
    return logic(m, args, n, true, "any");
}

static struct value part(struct machine *m, const struct list *l, size_t from, size_t n)
{
    return v_list(m->a, n ? l->items + from : NULL, n);
}

/* A position counted from 1, or from the end when negative; false when it is outside. */
static bool position(const struct list *l, struct value v, size_t *out)
{
    num n;
    int64_t p;
    unsigned flags = 0;
    if (!arg_number(v, &n) || !num_int(bid128_round_integral_zero(n, &flags), &p)) return false;
    if (p < 0) p += (int64_t)l->n + 1;
    if (p < 1 || p > (int64_t)l->n) return false;
    *out = (size_t)p - 1;
    return true;
}

static struct value f_sublist(struct machine *m, const struct value *args, size_t n)
{
    const struct list *l = arg_list(m, args[0]);
    size_t from;
    int64_t length;
    if (l == NULL || !position(l, args[1], &from)) return arg_mismatch(m, "sublist");
    if (n < 3 || args[2].type == V_NULL) return part(m, l, from, l->n - from);
    if (!arg_int(args[2], &length) || length < 0 || length > (int64_t)(l->n - from)) return arg_mismatch(m, "sublist");
    return part(m, l, from, (size_t)length);
}

static void add_all(struct values *to, const struct list *l)
{
    for (size_t i = 0; i < l->n; i++) values_add(to, l->items[i]);
}

static struct value f_append(struct machine *m, const struct value *args, size_t n)
{
    const struct list *l = arg_list(m, args[0]);
    struct values out = {.a = m->a};
    if (l == NULL) return arg_mismatch(m, "append");
    add_all(&out, l);
    for (size_t i = 1; i < n; i++) values_add(&out, args[i]);
    return values_list(&out);
}

static struct value f_concatenate(struct machine *m, const struct value *args, size_t n)
{
    struct values out = {.a = m->a};
    for (size_t i = 0; i < n; i++) {
        const struct list *l = arg_list(m, args[i]);
        if (l == NULL) return arg_mismatch(m, "concatenate");
        add_all(&out, l);
    }
    return values_list(&out);
}

static struct value f_insert_before(struct machine *m, const struct value *args, size_t n)
{
    (void)n;
    const struct list *l = arg_list(m, args[0]);
    struct values out = {.a = m->a};
    size_t at;
    if (l == NULL || !position(l, args[1], &at)) return arg_mismatch(m, "insert before");
    for (size_t i = 0; i < l->n; i++) {
        if (i == at) values_add(&out, args[2]);
        values_add(&out, l->items[i]);
    }
    return values_list(&out);
}

static struct value f_remove(struct machine *m, const struct value *args, size_t n)
{
    (void)n;
    const struct list *l = arg_list(m, args[0]);
    struct values out = {.a = m->a};
    size_t at;
    if (l == NULL || !position(l, args[1], &at)) return arg_mismatch(m, "remove");
    for (size_t i = 0; i < l->n; i++)
        if (i != at) values_add(&out, l->items[i]);
    return values_list(&out);
}

static struct value f_reverse(struct machine *m, const struct value *args, size_t n)
{
    const struct list *l = arg_items(m, args, n);
    struct values out = {.a = m->a};
    if (l == NULL) return arg_mismatch(m, "reverse");
    for (size_t i = l->n; i-- > 0;) values_add(&out, l->items[i]);
    return values_list(&out);
}

static struct value f_index_of(struct machine *m, const struct value *args, size_t n)
{
    (void)n;
    const struct list *l = arg_list(m, args[0]);
    struct values out = {.a = m->a};
    if (l == NULL) return arg_mismatch(m, "index of");
    for (size_t i = 0; i < l->n; i++)
        if (same(m, l->items[i], args[1])) values_add(&out, v_int((int64_t)i + 1));
    return values_list(&out);
}

/* Adds what is not there yet; every comparison is a step. */
static bool add_distinct(struct machine *m, struct values *out, const struct list *l)
{
    for (size_t i = 0; i < l->n; i++) {
        bool seen = false;
        if (!machine_charge(m, 1 + (int64_t)out->n / 8)) return false;
        for (size_t k = 0; k < out->n && !seen; k++) seen = same(m, out->items[k], l->items[i]);
        if (!seen) values_add(out, l->items[i]);
    }
    return true;
}

static struct value f_union(struct machine *m, const struct value *args, size_t n)
{
    struct values out = {.a = m->a};
    for (size_t i = 0; i < n; i++) {
        const struct list *l = arg_list(m, args[i]);
        if (l == NULL || !add_distinct(m, &out, l)) return arg_mismatch(m, "union");
    }
    return values_list(&out);
}

static struct value f_distinct(struct machine *m, const struct value *args, size_t n)
{
    const struct list *l = arg_items(m, args, n);
    struct values out = {.a = m->a};
    return l && add_distinct(m, &out, l) ? values_list(&out) : arg_mismatch(m, "distinct values");
}

static bool flatten_into(struct machine *m, struct values *out, const struct list *l, int depth)
{
    if (depth > 500 || !machine_charge(m, 1 + (int64_t)l->n)) return false;
    for (size_t i = 0; i < l->n; i++) {
        if (l->items[i].type != V_LIST)
            values_add(out, l->items[i]);
        else if (!flatten_into(m, out, l->items[i].list, depth + 1))
            return false;
    }
    return true;
}

static struct value f_flatten(struct machine *m, const struct value *args, size_t n)
{
    const struct list *l = arg_items(m, args, n);
    struct values out = {.a = m->a};
    return l && flatten_into(m, &out, l, 0) ? values_list(&out) : arg_mismatch(m, "flatten");
}

/* Merge sort; the order is a function of FEEL, or value_order when it is NULL. False: an order was missing. */
struct sorter {
    struct machine *m;
    struct value precedes; /* V_NULL: ascending by value */
    bool bad;
};

static bool comes_first(struct sorter *s, struct value x, struct value y)
{
    if (!machine_charge(s->m, 1)) s->bad = true;
    if (s->bad) return false;
    if (s->precedes.type == V_NULL) {
        int order;
        if (!comparable(s->m, x, y, &order)) s->bad = true;
        return !s->bad && order < 0;
    }
    struct value pair[2] = {x, y}, v = feel_call(s->m, s->precedes, pair, 2, NULL);
    if (v.type != V_BOOL) s->bad = true;
    return v_is_true(v);
}

static void merge_sort(struct sorter *s, struct value *items, struct value *spare, size_t n)
{
    if (n < 2) return;
    size_t half = n / 2, i = 0, j = half, k = 0;
    merge_sort(s, items, spare, half);
    merge_sort(s, items + half, spare, n - half);
    while (i < half && j < n) spare[k++] = comes_first(s, items[j], items[i]) ? items[j++] : items[i++]; /* stable */
    while (i < half) spare[k++] = items[i++];
    while (j < n) spare[k++] = items[j++];
    memcpy(items, spare, n * sizeof *items);
}

static struct value *sorted(struct machine *m, const struct list *l, struct value precedes)
{
    struct sorter s = {.m = m, .precedes = precedes};
    struct value *items = arena_alloc(m->a, (l->n + 1) * sizeof *items),
                 *spare = arena_alloc(m->a, (l->n + 1) * sizeof *spare);
    if (l->n) memcpy(items, l->items, l->n * sizeof *items);
    merge_sort(&s, items, spare, l->n);
    return s.bad ? NULL : items;
}

static struct value f_sort(struct machine *m, const struct value *args, size_t n)
{
    struct value list = args[0], precedes = n > 1 ? args[1] : v_null();
    if (list.type == V_FUNCTION) {
        list = args[1];
        precedes = args[0];
    }
    const struct list *l = arg_list(m, list);
    if (l == NULL || (precedes.type != V_FUNCTION && n > 1)) return arg_mismatch(m, "sort");
    struct value *items = sorted(m, l, precedes);
    return items ? v_list(m->a, items, l->n) : arg_mismatch(m, "sort");
}

/* The items as sorted numbers; NULL when one is none. */
static struct value *sorted_numbers(struct machine *m, const struct list *l)
{
    if (l == NULL) return NULL;
    for (size_t i = 0; i < l->n; i++)
        if (l->items[i].type != V_NUMBER) return NULL;
    return sorted(m, l, v_null());
}

static struct value f_median(struct machine *m, const struct value *args, size_t n)
{
    const struct list *l = arg_items(m, args, n);
    struct value *v = sorted_numbers(m, l);
    if (v == NULL || l->n == 0) return arg_mismatch(m, "median");
    if (l->n % 2) return v[l->n / 2];
    return v_number(num_div(num_add(v[l->n / 2 - 1].number, v[l->n / 2].number), num_of_int(2)));
}

static struct value f_mode(struct machine *m, const struct value *args, size_t n)
{
    const struct list *l = arg_items(m, args, n);
    struct value *v = sorted_numbers(m, l);
    struct values out = {.a = m->a};
    if (v == NULL) return arg_mismatch(m, "mode");
    size_t most = 0;
    for (size_t i = 0, run; i < l->n; i += run) {
        for (run = 1; i + run < l->n && num_eq(v[i].number, v[i + run].number); run++) {
        }
        if (run > most) {
            most = run;
            out.n = 0;
        }
        if (run == most) values_add(&out, v[i]);
    }
    return values_list(&out);
}

/* Of a sample: divided by n - 1. */
static struct value f_stddev(struct machine *m, const struct value *args, size_t n)
{
    const struct list *l = arg_items(m, args, n);
    if (l == NULL || l->n < 2) return arg_mismatch(m, "stddev");
    num sum = num_of_int(0), squares = num_of_int(0), count = num_of_int((int64_t)l->n);
    for (size_t i = 0; i < l->n; i++) {
        if (l->items[i].type != V_NUMBER) return arg_mismatch(m, "stddev");
        sum = num_add(sum, l->items[i].number);
    }
    num mean = num_div(sum, count);
    for (size_t i = 0; i < l->n; i++) {
        num d = num_sub(l->items[i].number, mean);
        squares = num_add(squares, num_mul(d, d));
    }
    unsigned flags = 0;
    num out = bid128_sqrt(num_div(squares, num_sub(count, num_of_int(1))), ROUND_EVEN, &flags);
    return num_finite(out) ? v_number(out) : arg_mismatch(m, "stddev");
}

/* list replace(list, position or function(item, newItem), newItem) */
static struct value f_list_replace(struct machine *m, const struct value *args, size_t n)
{
    (void)n;
    const struct list *l = arg_list(m, args[0]);
    struct values out = {.a = m->a};
    size_t at;
    if (l == NULL) return arg_mismatch(m, "list replace");
    if (args[1].type == V_FUNCTION) {
        for (size_t i = 0; i < l->n; i++) {
            struct value pair[2] = {l->items[i], args[2]}, hit = feel_call(m, args[1], pair, 2, NULL);
            if (hit.type != V_BOOL) return arg_mismatch(m, "list replace");
            values_add(&out, hit.boolean ? args[2] : l->items[i]);
        }
        return values_list(&out);
    }
    if (!position(l, args[1], &at)) return arg_mismatch(m, "list replace");
    for (size_t i = 0; i < l->n; i++) values_add(&out, i == at ? args[2] : l->items[i]);
    return values_list(&out);
}

#define MANY ((size_t)-1)
const struct builtin builtins_list[] = {
    {"list contains", f_list_contains, 2, 2, "list,element"},
    {"count", f_count, 1, MANY, "list"},
    {"min", f_min, 1, MANY, "list"},
    {"max", f_max, 1, MANY, "list"},
    {"sum", f_sum, 1, MANY, "list"},
    {"mean", f_mean, 1, MANY, "list"},
    {"product", f_product, 1, MANY, "list"},
    {"median", f_median, 1, MANY, "list"},
    {"stddev", f_stddev, 1, MANY, "list"},
    {"mode", f_mode, 1, MANY, "list"},
    {"all", f_all, 1, MANY, "list"},
    {"any", f_any, 1, MANY, "list"},
    {"sublist", f_sublist, 2, 3, "list,start position,length"},
    {"append", f_append, 1, MANY, "list,item"},
    {"concatenate", f_concatenate, 1, MANY, "list"},
    {"insert before", f_insert_before, 3, 3, "list,position,newItem"},
    {"remove", f_remove, 2, 2, "list,position"},
    {"reverse", f_reverse, 1, MANY, "list"},
    {"index of", f_index_of, 2, 2, "list,match"},
    {"union", f_union, 1, MANY, "list"},
    {"distinct values", f_distinct, 1, MANY, "list"},
    {"flatten", f_flatten, 1, MANY, "list"},
    {"sort", f_sort, 1, 2, "list,precedes"},
    {"list replace", f_list_replace, 3, 3, "list,position,newItem|list,match,newItem"},
    {0},
};
