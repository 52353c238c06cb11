/* Per column: the ends that its cells mention, sorted, cut the values into points and the spaces between them. Neighbouring
 * pieces share a bucket where there are many; a bucket keeps the set of rules whose cell may hold somewhere in it. Equality
 * is a piece of one point, a range a run of pieces; a cell that is more than constants is in every bucket. */
#include "engine/decision/dmn_index.h"

#define RULES_MIN 16
#define BUCKETS_MAX 1024
#define SET_BYTES ((size_t)1 << 20) /* of all buckets of a column, about */
#define BUCKETS_MIN 64

struct column_index {
    size_t column;
    enum value_type type;
    size_t n; /* ends */
    const struct value *ends;
    size_t buckets;
    uint64_t *sets;    /* buckets × words */
    uint64_t *of_null; /* rules that may hold for null */
};
struct dmn_index {
    size_t words, n;
    struct column_index *columns;
};

/* A total order among values of these types only: two of time or date and time may have none. */
static bool ordered_type(enum value_type t)
{
    return t == V_BOOL || t == V_NUMBER || t == V_STRING || t == V_DATE || t == V_DAYTIME || t == V_YEARMONTH;
}

static int compare(struct value x, struct value y)
{
    int order = 0;
    if (x.type == V_BOOL) return x.boolean - y.boolean;
    (void)value_order(x, y, &order);
    return order;
}

/* One test of a cell as an interval of the column's type; false: it is more than that. */
struct interval {
    bool none; /* holds for no value of the type (null does) */
    bool no_low, no_high, low_closed, high_closed;
    struct value low, high;
};
static bool interval_of(const struct node *n, enum value_type type, struct interval *out)
{
    if (n->kind == N_CONST) {
        *out = (struct interval){.low_closed = true, .high_closed = true, .low = n->value, .high = n->value};
        out->none = n->value.type == V_NULL;
        return out->none || n->value.type == type;
    }
    if ((n->kind != N_RANGE && n->kind != N_UNARY) || !n->constant_tests) return false;
    const struct range *r = n->value.range;
    if (r->unary && r->op == CMP_NE) return false;
    *out = (struct interval){false, r->no_low, r->no_high, r->low_closed, r->high_closed, r->low, r->high};
    return (r->no_low || r->low.type == type) && (r->no_high || r->high.type == type);
}

/* The cell is nothing but intervals. */
static bool narrow(const struct feel *f, enum value_type type)
{
    struct interval ignored;
    if (f == NULL || f->root->kind != N_TESTS || f->root->negated) return false;
    for (size_t i = 0; i < f->root->n; i++)
        if (!interval_of(f->root->kids[i], type, &ignored)) return false;
    return true;
}

/* The type of the first constant in the column. */
static enum value_type column_type(const struct dmn_table *t, size_t column)
{
    for (size_t r = 0; r < t->nrules; r++) {
        const struct feel *f = t->rules[r].tests[column];
        for (size_t i = 0; f && f->root->kind == N_TESTS && i < f->root->n; i++) {
            const struct node *n = f->root->kids[i];
            struct value v = n->kind == N_CONST ? n->value : v_null();
            if ((n->kind == N_RANGE || n->kind == N_UNARY) && n->constant_tests)
                v = n->value.range->no_low ? n->value.range->high : n->value.range->low;
            if (ordered_type(v.type)) return v.type;
        }
    }
    return V_NULL;
}

static void merge_sort(struct value *v, struct value *spare, size_t n)
{
    if (n < 2) return;
    size_t half = n / 2, i = 0, j = half, k = 0;
    merge_sort(v, spare, half);
    merge_sort(v + half, spare, n - half);
    while (i < half && j < n) spare[k++] = compare(v[j], v[i]) < 0 ? v[j++] : v[i++];
    while (i < half) spare[k++] = v[i++];
    while (j < n) spare[k++] = v[j++];
    memcpy(v, spare, n * sizeof *v);
}

static void collect_ends(struct arena *a, const struct dmn_table *t, struct column_index *c)
{
    struct values all = {.a = a};
    struct interval in;
    for (size_t r = 0; r < t->nrules; r++) {
        const struct feel *f = t->rules[r].tests[c->column];
        for (size_t i = 0; narrow(f, c->type) && i < f->root->n; i++) {
            if (!interval_of(f->root->kids[i], c->type, &in) || in.none) continue;
            if (!in.no_low) values_add(&all, in.low);
            if (!in.no_high) values_add(&all, in.high);
        }
    }
    merge_sort(all.items, arena_alloc(a, (all.n + 1) * sizeof(struct value)), all.n);
    for (size_t i = 0; i < all.n; i++)
        if (i == 0 || compare(all.items[c->n - 1], all.items[i]) != 0) all.items[c->n++] = all.items[i];
    c->ends = all.items;
}

/* Piece 2i+1 is the i-th end, piece 2i the space before it. */
static size_t piece_of(const struct column_index *c, struct value v)
{
    size_t low = 0, high = c->n;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        int order = compare(c->ends[mid], v);
        if (order == 0) return 2 * mid + 1;
        if (order < 0)
            low = mid + 1;
        else
            high = mid;
    }
    return 2 * low;
}

static size_t bucket_of(const struct column_index *c, size_t piece)
{
    return piece * c->buckets / (2 * c->n + 1);
}

static void set_bit(uint64_t *set, size_t i)
{
    set[i / 64] |= UINT64_C(1) << (i % 64);
}

static void put_interval(const struct column_index *c, size_t words, const struct interval *in, size_t rule)
{
    size_t from = in->no_low ? 0 : piece_of(c, in->low), to = in->no_high ? 2 * c->n : piece_of(c, in->high);
    if (!in->no_low && !in->low_closed) from++;
    if (!in->no_high && !in->high_closed) to--; /* an end is never piece 0 */
    if (from > to) return;
    for (size_t b = bucket_of(c, from); b <= bucket_of(c, to); b++) set_bit(c->sets + b * words, rule);
}

/* Puts the rule's cell into the sets; false: it is in all of them. */
static bool put_rule(struct column_index *c, size_t words, const struct feel *f, size_t rule)
{
    struct interval in;
    bool exact = narrow(f, c->type);
    for (size_t i = 0; exact && i < f->root->n; i++) {
        if (!interval_of(f->root->kids[i], c->type, &in)) continue;
        if (in.none || v_is_true(f->root->kids[i]->value)) /* true is a condition where the input is no boolean */
            set_bit(c->of_null, rule);
        if (!in.none) put_interval(c, words, &in, rule);
    }
    if (exact) return true;
    set_bit(c->of_null, rule);
    for (size_t b = 0; b < c->buckets; b++) set_bit(c->sets + b * words, rule);
    return false;
}

/* False: the column narrows too little down to be worth its space. */
static bool index_column(struct arena *a, const struct dmn_table *t, size_t words, struct column_index *c)
{
    c->type = column_type(t, c->column);
    if (c->type == V_NULL) return false;
    collect_ends(a, t, c);
    if (c->n == 0) return false;
    size_t most = SET_BYTES / (words * sizeof(uint64_t));
    most = most < BUCKETS_MIN ? BUCKETS_MIN : most > BUCKETS_MAX ? BUCKETS_MAX : most;
    c->buckets = 2 * c->n + 1 < most ? 2 * c->n + 1 : most;
    c->sets = arena_zalloc(a, c->buckets * words, sizeof(uint64_t));
    c->of_null = NEW_ARRAY(a, uint64_t, words);
    size_t narrowed = 0;
    for (size_t r = 0; r < t->nrules; r++) narrowed += put_rule(c, words, t->rules[r].tests[c->column], r);
    return narrowed >= t->nrules / 8;
}

const struct dmn_index *dmn_index_new(struct arena *a, const struct dmn_table *t)
{
    if (t->nrules < RULES_MIN || t->ninputs == 0) return NULL;
    struct dmn_index *x = NEW(a, struct dmn_index);
    x->words = (t->nrules + 63) / 64;
    x->columns = NEW_ARRAY(a, struct column_index, t->ninputs);
    for (size_t i = 0; i < t->ninputs; i++) {
        struct column_index c = {.column = i};
        if (index_column(a, t, x->words, &c)) x->columns[x->n++] = c;
    }
    return x->n ? x : NULL;
}

size_t dmn_index_sets(const struct dmn_index *x, const struct value *inputs, const uint64_t **sets)
{
    size_t n = 0;
    for (size_t i = 0; i < x->n; i++) {
        const struct column_index *c = &x->columns[i];
        struct value v = inputs[c->column];
        if (v.type == V_NULL)
            sets[n++] = c->of_null;
        else if (v.type == c->type)
            sets[n++] = c->sets + bucket_of(c, piece_of(c, v)) * x->words;
        /* a list, or a value of another type: some cell may still hold for it */
    }
    return n;
}
