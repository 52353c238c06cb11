/* Unary tests (7.3.3 unary tests, 10.3.2.8): whether a cell holds for the input. */
#include "engine/decision/eval.h"

/* An expression's value against the input: a list that holds it, a range around it, a value equal to it. */
static struct value matches(struct machine *m, struct value v, struct value input, bool in_list)
{
    if (v.type == V_RANGE && input.type != V_RANGE) return range_has(m, v.range, input);
    if (v.type == V_LIST) {
        bool known, unknown = false;
        if (input.type == V_LIST && value_equal(m, v, input, &known) && known) return v_bool(true);
        if (in_list) return v_bool(false);
        if (!machine_charge(m, (int64_t)v.list->n)) return v_null();
        for (size_t i = 0; i < v.list->n; i++) {
            struct value hit = matches(m, v.list->items[i], input, true);
            if (v_is_true(hit)) return hit;
            unknown |= hit.type == V_NULL;
        }
        (void)unknown;
        return v_bool(false);
    }
    if (v.type == V_BOOL && v.boolean && input.type != V_BOOL) return v; /* a condition, not a value */
    return value_compare(m, CMP_EQ, input, v);
}

static struct value test_one(struct machine *m, const struct node *n, struct value input, const struct frame *f)
{
    if (n->kind == N_ANY) return v_bool(true);
    if (n->kind == N_TESTS) return feel_tests(m, n, input, f);
    if (n->constant_tests && input.type != V_RANGE && !(input.type == V_LIST)) {
        machine_charge(m, 1);
        return range_has(m, n->value.range, input);
    }
    if (n->kind == N_UNARY && !n->low_closed) {
        struct value end = feel_node(m, n->kids[0], f);
        return value_compare(m, n->compare, input, end);
    }
    struct value v = feel_node(m, n, f);
    if (n->kind == N_RANGE && v.type == V_NULL) return v; /* its ends have no order: not the value null */
    if (n->reads_input) return v.type == V_BOOL ? v : v_null();
    return matches(m, v, input, false);
}

/* Needs no frame: the cells of most tables. */
static bool plain(const struct node *n, struct value input)
{
    return n->kind == N_CONST || n->kind == N_ANY ||
           (n->constant_tests && input.type != V_RANGE && input.type != V_LIST);
}

struct value feel_tests(struct machine *m, const struct node *tests, struct value input, const struct frame *f)
{
    static const struct slice input_name[] = {{"?", 1}};
    if (tests->kind == N_ANY) return v_bool(true);
    struct frame *own = NULL;
    bool unknown = false, hit = false;
    for (size_t i = 0; i < tests->n && !hit; i++) {
        if (own == NULL && !plain(tests->kids[i], input)) {
            struct value *kept = arena_alloc(m->a, sizeof *kept);
            own = arena_alloc(m->a, sizeof *own);
            *kept = input;
            *own = (struct frame){.up = f, .n = 1, .names = input_name, .values = kept};
        }
        struct value v = test_one(m, tests->kids[i], input, own ? own : f);
        if (v.type != V_BOOL)
            unknown = true;
        else
            hit = v.boolean;
    }
    if (!hit && unknown) return v_null();
    return v_bool(tests->negated ? !hit : hit);
}
