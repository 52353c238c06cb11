/* Cutting a column into pieces: between two neighbouring ends that its cells mention, no cell changes its mind. */
#include "engine/decision/builtins.h"
#include "engine/decision/dmn_check.h"
#include "engine/decision/temporal.h"

#define CONSTANTS_MAX 2000

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

/* Sorted and without doubles; values of another type than `type` are left out. */
static size_t ends(struct machine *m, const struct values *all, enum value_type type, struct value *out)
{
    size_t n = 0;
    for (size_t i = 0; i < all->n; i++) {
        struct value v = all->items[i];
        int order = 1;
        size_t k = n;
        if (v.type != type || !value_order(v, v, &order)) continue;
        for (; k > 0; k--) {
            if (!value_order(out[k - 1], v, &order)) order = -1;
            if (order <= 0) break;
        }
        bool known;
        if (k > 0 && value_equal(m, out[k - 1], v, &known)) continue;
        memmove(out + k + 1, out + k, (n - k) * sizeof *out);
        out[k] = v;
        n++;
    }
    return n;
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

/* The texts mentioned, and one that is not. */
static void text_samples(struct machine *m, const struct values *all, struct values *out)
{
    struct arena *a = m->a;
    struct value *sorted = arena_alloc(a, (all->n + 1) * sizeof *sorted);
    size_t n = ends(m, all, V_STRING, sorted);
    struct slice other = S("其他");
    for (size_t i = 0; i < n; i++) values_add(out, sorted[i]);
    for (size_t i = 0; i < n; i++) {
        bool taken = false;
        for (size_t k = 0; k < n; k++) taken |= slice_eq(sorted[k].string, other);
        if (!taken) break;
        other = arena_printf(a, "%.*s′", SLICE_ARG(other));
    }
    values_add(out, v_string(other));
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

static bool samples_of(struct checker *c, const struct dmn_table *t, size_t column, const struct type *type,
                       struct values *out)
{
    struct values all = {.a = c->a};
    const struct feel *allowed = allowed_of(&t->inputs[column], type);
    bool null = false;
    for (size_t i = 0; i < t->nrules; i++)
        if (t->rules[i].tests[column]) collect(t->rules[i].tests[column]->root, &all);
    for (size_t i = 0; i < all.n; i++) null |= all.items[i].type == V_NULL;
    enum value_type kind = column_type(type, &all);
    if (allowed) collect(allowed->root, &all);
    struct values found = {.a = c->a};
    if (all.n > CONSTANTS_MAX) return false;
    if (kind == V_BOOL) {
        values_add(&found, v_bool(true));
        values_add(&found, v_bool(false));
    } else if (kind == V_STRING) {
        text_samples(&c->m, &all, &found);
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

static uint64_t set_hash(const uint64_t *set, size_t words)
{
    uint64_t h = UINT64_C(14695981039346656037);
    for (size_t i = 0; i < words; i++) h = (h ^ set[i]) * UINT64_C(1099511628211);
    return h;
}

bool cut_column(struct checker *c, const struct dmn_table *t, size_t column, const struct type *type,
                struct pieces *out)
{
    struct values samples = {.a = c->a};
    size_t words = (t->nrules + 63) / 64, n = 0;
    if (!samples_of(c, t, column, type, &samples)) return false;
    *out = (struct pieces){.samples = samples.items};
    out->yes = arena_zalloc(c->a, samples.n + 1, sizeof(uint64_t *));
    out->maybe = arena_zalloc(c->a, samples.n + 1, sizeof(uint64_t *));
    bool *exact = NEW_ARRAY(c->a, bool, t->nrules + 1);
    for (size_t r = 0; r < t->nrules; r++) exact[r] = cell_exact(t->rules[r].tests[column]);
    uint64_t *hashes = NEW_ARRAY(c->a, uint64_t, samples.n + 1);
    for (size_t i = 0; i < samples.n; i++) {
        uint64_t *yes = NEW_ARRAY(c->a, uint64_t, words + 1), *maybe = NEW_ARRAY(c->a, uint64_t, words + 1);
        for (size_t r = 0; r < t->nrules; r++) {
            const struct feel *f = t->rules[r].tests[column];
            uint64_t bit = UINT64_C(1) << (r % 64);
            check_reset(c);
            if (!exact[r])
                maybe[r / 64] |= bit;
            else if (v_is_true(feel_tests(&c->m, f->root, samples.items[i], NULL)))
                yes[r / 64] |= bit;
        }
        hashes[n] = set_hash(yes, words) * 31 + set_hash(maybe, words);
        bool seen = false; /* pieces on which all rules agree are one */
        for (size_t k = 0; k < n && !seen; k++)
            seen = hashes[k] == hashes[n] && memcmp(out->yes[k], yes, words * sizeof *yes) == 0 &&
                   memcmp(out->maybe[k], maybe, words * sizeof *maybe) == 0;
        if (seen) continue;
        out->samples[n] = samples.items[i];
        out->yes[n] = yes;
        out->maybe[n++] = maybe;
    }
    out->n = n;
    return true;
}
