/* Decision tables (chapter 8). */
#include "engine/decision/dmn_index.h"

struct run {
    struct dmn_session *s;
    struct machine *m;
    const struct dmn_table *t;
    const struct frame *f;
    struct slice decision;
    uint32_t *hits; /* indices of matching rules */
    size_t n;
};

static void note_hit(struct run *r, uint32_t rule)
{
    struct dmn_session *s = r->s->root ? r->s->root : r->s;
    if (s->trace == NULL) return;
    if (s->trace->n == s->trace_cap) {
        size_t cap = s->trace_cap ? s->trace_cap * 2 : 16;
        struct dmn_rule_hit *grown = arena_alloc(r->m->a, cap * sizeof *grown);
        if (s->trace->n) memcpy(grown, s->trace->hits, s->trace->n * sizeof *grown);
        s->trace->hits = grown;
        s->trace_cap = cap;
    }
    s->trace->hits[s->trace->n++] =
        (struct dmn_rule_hit){.decision = r->decision, .rule = r->t->rules[rule].id, .index = rule + 1};
}

/* The input values; false when one is outside the allowed values. */
static bool read_inputs(struct run *r, struct value *inputs)
{
    for (size_t i = 0; i < r->t->ninputs; i++) {
        const struct dmn_input *in = &r->t->inputs[i];
        inputs[i] = in->expression ? feel_node(r->m, in->expression->root, r->f) : v_null();
        if (in->type) inputs[i] = type_of_text(r->m, in->type, inputs[i]);
        if (in->allowed && inputs[i].type != V_NULL &&
            !v_is_true(feel_tests(r->m, in->allowed->root, inputs[i], r->f))) {
            machine_null(r->m, "input %zu is not among the allowed values", i + 1);
            return false;
        }
    }
    return true;
}

static bool rule_holds(struct run *r, const struct dmn_rule *rule, const struct value *inputs)
{
    for (size_t i = 0; i < r->t->ninputs; i++) {
        if (rule->tests[i] == NULL) return false; /* did not compile (lenient) */
        if (!v_is_true(feel_tests(r->m, rule->tests[i]->root, inputs[i], r->f))) return false;
    }
    return true;
}

static struct value output_value(struct run *r, const struct feel *f, size_t column)
{
    if (f == NULL) return v_null();
    struct value v = feel_node(r->m, f->root, r->f);
    const struct type *t = r->t->outputs[column].type;
    return type_coerce(r->m, t, v);
}

/* One output is the rule's value; several make a context. */
static struct value make_output(struct run *r, const struct feel *const *entries)
{
    if (r->t->noutputs == 1) return output_value(r, entries[0], 0);
    struct entries e = {.a = r->m->a};
    for (size_t i = 0; i < r->t->noutputs; i++) entries_set(&e, r->t->outputs[i].name, output_value(r, entries[i], i));
    return entries_context(&e);
}

static struct value rule_output(struct run *r, uint32_t rule)
{
    return make_output(r, r->t->rules[rule].outputs);
}

static struct value no_match(struct run *r)
{
    bool any = false;
    const struct feel **defaults = arena_zalloc(r->m->a, r->t->noutputs + 1, sizeof(const struct feel *));
    for (size_t i = 0; i < r->t->noutputs; i++) {
        defaults[i] = r->t->outputs[i].dflt;
        any |= defaults[i] != NULL;
    }
    if (any) return make_output(r, defaults);
    if (r->t->policy == HIT_COLLECT && r->t->aggregation == AGG_COUNT) return v_int(0);
    return machine_null(r->m, "no rule of table %.*s holds", SLICE_ARG(r->t->id));
}

/* Place of v among the output values: the first that matches; behind all when none does. */
static size_t rank(struct run *r, size_t column, struct value v)
{
    const struct dmn_output *o = &r->t->outputs[column];
    const struct feel *allowed = o->allowed ? o->allowed : o->type ? o->type->allowed : NULL;
    if (allowed == NULL || allowed->root->kind != N_TESTS) return 0;
    const struct node *root = allowed->root;
    for (size_t i = 0; i < root->n; i++) {
        struct node one = {.kind = N_TESTS, .kids = root->kids + i, .n = 1};
        if (v_is_true(feel_tests(r->m, &one, v, r->f))) return i;
    }
    return root->n;
}

/* <0 when x goes before y by the priorities of the outputs, from the first column on. */
static int by_priority(struct run *r, struct value x, struct value y)
{
    for (size_t i = 0; i < r->t->noutputs; i++) {
        struct value a = x, b = y;
        if (r->t->noutputs > 1) {
            a = feel_path(r->m, x, r->t->outputs[i].name);
            b = feel_path(r->m, y, r->t->outputs[i].name);
        }
        size_t ra = rank(r, i, a), rb = rank(r, i, b);
        if (ra != rb) return ra < rb ? -1 : 1;
    }
    return 0;
}

/* Stable insertion by priority: tables are small. */
static void sort_outputs(struct run *r, struct value *outputs, uint32_t *rules, size_t n)
{
    for (size_t i = 1; i < n && machine_charge(r->m, 1); i++) {
        struct value v = outputs[i];
        uint32_t rule = rules[i];
        size_t k = i;
        while (k > 0 && by_priority(r, v, outputs[k - 1]) < 0) {
            outputs[k] = outputs[k - 1];
            rules[k] = rules[k - 1];
            k--;
        }
        outputs[k] = v;
        rules[k] = rule;
    }
}

static struct value aggregate(struct run *r, struct value *outputs)
{
    if (r->t->aggregation == AGG_COUNT) return v_int((int64_t)r->n);
    struct value total = outputs[0];
    for (size_t i = 1; i < r->n; i++) {
        int order;
        if (r->t->aggregation == AGG_SUM) {
            total = feel_arith(r->m, '+', total, outputs[i]);
        } else {
            if (!value_order(outputs[i], total, &order)) return machine_null(r->m, "outputs without order");
            if (r->t->aggregation == AGG_MIN ? order < 0 : order > 0) total = outputs[i];
        }
    }
    return total;
}

static struct value any_output(struct run *r, const struct value *outputs)
{
    for (size_t i = 1; i < r->n; i++) {
        bool known;
        if (!value_equal(r->m, outputs[0], outputs[i], &known))
            return machine_null(r->m, "rules of table %.*s that hold differ in output", SLICE_ARG(r->t->id));
    }
    return outputs[0];
}

static struct value apply_policy(struct run *r)
{
    struct value *outputs = arena_alloc(r->m->a, (r->n + 1) * sizeof *outputs);
    if (r->t->policy == HIT_UNIQUE && r->n > 1)
        return machine_null(r->m, "more than one rule of table %.*s holds", SLICE_ARG(r->t->id));
    for (size_t i = 0; i < r->n; i++) outputs[i] = rule_output(r, r->hits[i]);
    size_t noted = r->n;
    struct value v;
    switch (r->t->policy) {
    case HIT_UNIQUE:
    case HIT_FIRST:
        v = outputs[0];
        noted = 1;
        break;
    case HIT_PRIORITY:
        sort_outputs(r, outputs, r->hits, r->n);
        v = outputs[0];
        noted = 1;
        break;
    case HIT_ANY: v = any_output(r, outputs); break;
    case HIT_COLLECT: v = r->t->aggregation == AGG_NONE ? v_list(r->m->a, outputs, r->n) : aggregate(r, outputs); break;
    case HIT_OUTPUT_ORDER:
        sort_outputs(r, outputs, r->hits, r->n);
        v = v_list(r->m->a, outputs, r->n);
        break;
    default: v = v_list(r->m->a, outputs, r->n); break;
    }
    for (size_t i = 0; i < noted; i++) note_hit(r, r->hits[i]);
    return v;
}

/* Notes the rule if it holds; true when no other need be looked at. */
static bool try_rule(struct run *r, uint32_t rule, const struct value *inputs)
{
    if (!rule_holds(r, &r->t->rules[rule], inputs)) return false;
    r->hits[r->n++] = rule;
    return r->t->policy == HIT_FIRST;
}

static void scan(struct run *r, const struct value *inputs)
{
    for (uint32_t i = 0; i < r->t->nrules && !failed(r->m->fault); i++)
        if (try_rule(r, i, inputs)) return;
}

/* Only the rules that the index leaves, in their order. */
static void look_up(struct run *r, const struct value *inputs)
{
    const uint64_t **sets = arena_alloc(r->m->a, r->t->ninputs * sizeof(const uint64_t *));
    size_t n = dmn_index_sets(r->t->index, inputs, sets), words = (r->t->nrules + 63) / 64;
    if (n == 0) {
        scan(r, inputs);
        return;
    }
    if (!machine_charge(r->m, (int64_t)(words / 32))) return;
    for (size_t w = 0; w < words && !failed(r->m->fault); w++) {
        uint64_t left = sets[0][w];
        for (size_t i = 1; i < n; i++) left &= sets[i][w];
        for (; left; left &= left - 1)
            if (try_rule(r, (uint32_t)(w * 64) + (uint32_t)__builtin_ctzll(left), inputs)) return;
    }
}

struct value dmn_table_eval(struct dmn_session *s, const struct dmn_table *t, const struct frame *f,
                            struct slice decision)
{
    struct run r = {.s = s, .m = s->m, .t = t, .f = f, .decision = decision};
    struct value *inputs = arena_alloc(s->m->a, (t->ninputs + 1) * sizeof *inputs);
    if (!read_inputs(&r, inputs)) return v_null();
    r.hits = arena_alloc(s->m->a, (t->nrules + 1) * sizeof *r.hits);
    if (t->index)
        look_up(&r, inputs);
    else
        scan(&r, inputs);
    return r.n == 0 ? no_match(&r) : apply_policy(&r);
}
