/* Gaps, overlaps against the hit policy, rules that never take effect, cells of the wrong type (8.2.8, 8.2.10). */
#include "engine/decision/dmn_check.h"

#define RULES_MAX 20000
#define PAIRS_MAX 5000000 /* of overlapping rules whose outputs are compared */

static struct slice table_place(struct analysis *x)
{
    return dmn_place(x->c->a, x->c->where, x->t->line, x->t->id);
}
static struct slice rule_place(struct analysis *x, size_t r)
{
    return dmn_place(x->c->a, x->c->where, x->t->rules[r].line, x->t->rules[r].id);
}
static struct slice number(struct analysis *x, size_t n)
{
    return arena_printf(x->c->a, "%zu", n);
}

static void not_checked(struct analysis *x, struct slice zh, struct slice en)
{
    check_add(x->c, fail(x->c->a, CODE_DMN_COMPLEX, table_place(x), "detail_zh", zh, "detail_en", en, NULL));
}

/* The rules, r among them, that surely hold on some combination on which r does; none when r never surely holds. */
static void overlapping(const struct analysis *x, size_t r, uint64_t *out)
{
    memset(out, 0xff, x->words * sizeof *out);
    for (size_t i = 0; i < x->t->ninputs; i++) {
        const uint64_t *meets = x->columns[i].meets[x->columns[i].class_of[r]];
        for (size_t w = 0; w < x->words; w++) out[w] &= meets[w];
    }
}

/* x->at: a combination on which both hold. */
static void choose_common(struct analysis *x, size_t r, size_t s)
{
    for (size_t i = 0; i < x->t->ninputs; i++) {
        const struct pieces *p = &x->columns[i];
        x->at[i] = 0;
        while (x->at[i] + 1 < p->n && !(rule_bit(p->yes[x->at[i]], r) && rule_bit(p->yes[x->at[i]], s))) x->at[i]++;
    }
}

static bool same_outputs(struct analysis *x, size_t r, size_t s)
{
    for (size_t i = 0; i < x->t->noutputs; i++) {
        const struct feel *a = x->t->rules[r].outputs[i], *b = x->t->rules[s].outputs[i];
        bool known;
        if (a == b) continue;
        if (a == NULL || b == NULL) return false;
        if (slice_eq(slice_trim(a->text), slice_trim(b->text))) continue;
        if (a->root->kind != N_CONST || b->root->kind != N_CONST) return true; /* may be the same: not surely wrong */
        if (!value_equal(&x->c->m, a->root->value, b->root->value, &known)) return false;
    }
    return true;
}

static void find_overlaps(struct analysis *x)
{
    bool unique = x->t->policy == HIT_UNIQUE;
    if (!unique && x->t->policy != HIT_ANY) return;
    int64_t pairs = PAIRS_MAX;
    uint64_t *others = NEW_ARRAY(x->c->a, uint64_t, x->words + 1);
    for (size_t r = 0; r < x->t->nrules; r++) {
        overlapping(x, r, others);
        for (size_t w = r / 64; w < x->words; w++) {
            uint64_t left = w == r / 64 ? others[w] & ~((UINT64_C(2) << (r % 64)) - 1) : others[w];
            for (; left && x->c->count < CHECK_PROBLEMS_MAX; left &= left - 1) {
                size_t s = w * 64 + (size_t)__builtin_ctzll(left);
                if (--pairs < 0) {
                    not_checked(x, S("重叠"), S("overlaps"));
                    return;
                }
                if (s >= x->t->nrules || (!unique && same_outputs(x, r, s))) continue;
                choose_common(x, r, s);
                check_add(x->c, fail(x->c->a, CODE_DMN_OVERLAP, table_place(x), "rule", number(x, r + 1), "other",
                                     number(x, s + 1), "example", check_example(x, NULL), "policy",
                                     unique ? S("UNIQUE") : S("ANY"), NULL));
            }
        }
    }
}

/* Place of a constant output among the output values; SIZE_MAX: unknown. */
static size_t output_rank(struct analysis *x, size_t rule, size_t column)
{
    const struct feel *f = x->t->rules[rule].outputs[column], *allowed = x->t->outputs[column].allowed;
    if (allowed == NULL && x->t->outputs[column].type) allowed = x->t->outputs[column].type->allowed;
    if (f == NULL || f->root->kind != N_CONST || allowed == NULL || allowed->root->kind != N_TESTS) return SIZE_MAX;
    for (size_t i = 0; i < allowed->root->n; i++) {
        struct node one = {.kind = N_TESTS, .kids = allowed->root->kids + i, .n = 1};
        check_reset(x->c);
        if (v_is_true(feel_tests(&x->c->m, &one, f->root->value, NULL))) return i;
    }
    return SIZE_MAX;
}

/* Places of all outputs, once. */
static size_t *output_ranks(struct analysis *x)
{
    size_t *ranks = NEW_ARRAY(x->c->a, size_t, x->t->nrules * x->t->noutputs + 1);
    for (size_t r = 0; r < x->t->nrules; r++)
        for (size_t i = 0; i < x->t->noutputs; i++) ranks[r * x->t->noutputs + i] = output_rank(x, r, i);
    return ranks;
}

/* Whether s, where both hold, keeps r from taking effect; ranks NULL: the first rule wins. */
static bool beats(const struct analysis *x, const size_t *ranks, size_t s, size_t r)
{
    size_t n = x->t->noutputs;
    if (s == r) return false;
    for (size_t i = 0; ranks && i < n; i++) {
        size_t a = ranks[s * n + i], b = ranks[r * n + i];
        if (a == SIZE_MAX || b == SIZE_MAX) return false;
        if (a != b) return a < b;
    }
    return s < r;
}

static void report_unreachable(struct analysis *x, size_t r, struct slice zh, struct slice en)
{
    check_add(x->c, fail(x->c->a, CODE_DMN_UNREACHABLE, rule_place(x, r), "rule", number(x, r + 1), "detail_zh", zh,
                         "detail_en", en, NULL));
}

/* A column whose condition no value of the column meets; SIZE_MAX: none. */
static size_t dead_column(const struct analysis *x, size_t r)
{
    for (size_t i = 0; i < x->t->ninputs; i++) {
        const struct pieces *p = &x->columns[i];
        if (!rule_bit(p->maybe, r) && !rule_bit(p->meets[p->class_of[r]], r)) return i;
    }
    return SIZE_MAX;
}

/* Rules that keep r from taking effect where both hold; false: none. Rivals that only may hold do not cover. */
static bool find_rivals(const struct analysis *x, const size_t *ranks, size_t r, uint64_t *rivals)
{
    bool any = false;
    overlapping(x, r, rivals);
    bool sure = rule_bit(rivals, r); /* else r itself only may hold, and anything may overlap with it */
    for (size_t s = 0; s < x->t->nrules; s++) {
        uint64_t bit = UINT64_C(1) << (s % 64);
        if (sure && !(rivals[s / 64] & bit)) continue;
        bool is = beats(x, ranks, s, r);
        rivals[s / 64] = is ? rivals[s / 64] | bit : rivals[s / 64] & ~bit;
        any |= is;
    }
    if (x->t->nrules % 64) rivals[x->words - 1] &= (UINT64_C(1) << (x->t->nrules % 64)) - 1;
    return any;
}

static void find_unreachable(struct analysis *x)
{
    bool first = x->t->policy == HIT_FIRST, single = first || x->t->policy == HIT_PRIORITY;
    const size_t *ranks = single && !first ? output_ranks(x) : NULL;
    uint64_t *rivals = NEW_ARRAY(x->c->a, uint64_t, x->words + 1);
    for (size_t r = 0; r < x->t->nrules && x->c->count < CHECK_PROBLEMS_MAX; r++) {
        size_t dead = dead_column(x, r);
        if (dead != SIZE_MAX) {
            struct slice name = check_column_name(x->t, dead);
            report_unreachable(x, r, arena_printf(x->c->a, "“%.*s”的条件不可能成立", SLICE_ARG(name)),
                               arena_printf(x->c->a, "its condition on \"%.*s\" cannot hold", SLICE_ARG(name)));
            continue;
        }
        if (!single || !find_rivals(x, ranks, r, rivals) || check_reachable(x, rivals, r)) continue;
        if (x->budget <= 0) {
            not_checked(x, S("被覆盖的规则"), S("rules covered by others"));
            return;
        }
        report_unreachable(x, r, first ? S("已被前面的规则覆盖") : S("已被优先级更高的规则覆盖"),
                           first ? S("earlier rules cover it") : S("rules of higher priority cover it"));
    }
}

static void bad_cell(struct analysis *x, size_t r, struct slice column, struct value v, struct slice expected,
                     struct slice sample)
{
    check_add(x->c, fail(x->c->a, CODE_DMN_CELL, rule_place(x, r), "rule", number(x, r + 1), "column", column, "value",
                         value_text(x->c->a, v, true), "expected", expected, "example", sample, NULL));
}

static struct slice sample_of(enum value_type t)
{
    static const struct slice samples[] = {[V_NULL] = {"null", 4},
                                           [V_BOOL] = {"true", 4},
                                           [V_NUMBER] = {"< 100", 5},
                                           [V_STRING] = {"\"text\"", 6},
                                           [V_DATE] = {"date(\"2021-04-30\")", 18},
                                           [V_TIME] = {"time(\"09:00:00\")", 16},
                                           [V_DATETIME] = {"date and time(\"2021-04-30T09:00:00\")", 36},
                                           [V_DAYTIME] = {"duration(\"P5D\")", 15},
                                           [V_YEARMONTH] = {"duration(\"P1Y\")", 15}};
    return t <= V_YEARMONTH ? samples[t] : S("-");
}

/* Constants of a cell that are no value of the column, or not an allowed one. */
static void check_constants(struct analysis *x, size_t r, size_t column, const struct node *n, enum value_type want,
                            const struct feel *allowed)
{
    struct slice name = check_column_name(x->t, column);
    if (n->kind == N_CALL) return;
    bool range = (n->kind == N_RANGE || n->kind == N_UNARY) && n->constant_tests;
    for (size_t i = 0; i < n->n; i++) check_constants(x, r, column, n->kids[i], want, range ? NULL : allowed);
    if (n->kind != N_CONST || n->value.type == V_NULL) return;
    if (want != V_NULL && n->value.type != want && n->value.type != V_BOOL) {
        bad_cell(x, r, name, n->value, slice_cstr(value_type_name(want)), sample_of(want));
        return;
    }
    if (want == V_BOOL || allowed == NULL || n->value.type != want) return;
    check_reset(x->c);
    struct value hit = feel_tests(&x->c->m, allowed->root, n->value, NULL);
    if (hit.type == V_BOOL && !hit.boolean)
        bad_cell(x, r, name, n->value, slice_trim(allowed->text), slice_trim(allowed->text));
}

static void check_inputs(struct analysis *x)
{
    for (size_t i = 0; i < x->t->ninputs; i++) {
        const struct type *t = x->types[i];
        enum value_type want = t && t->kind == T_SIMPLE ? t->simple : V_NULL;
        const struct feel *allowed = x->t->inputs[i].allowed;
        if (allowed == NULL && t) allowed = t->allowed;
        for (size_t r = 0; r < x->t->nrules; r++)
            if (cell_exact(x->t->rules[r].tests[i]))
                check_constants(x, r, i, x->t->rules[r].tests[i]->root, want, allowed);
    }
}

static void check_outputs(struct analysis *x, const struct binding *env)
{
    for (size_t r = 0; r < x->t->nrules; r++) {
        for (size_t i = 0; i < x->t->noutputs; i++) {
            const struct feel *f = x->t->rules[r].outputs[i], *allowed = x->t->outputs[i].allowed;
            const struct type *want = x->t->outputs[i].type;
            if (f == NULL) continue;
            const struct type *got = check_infer(x->c, f->root, env, rule_place(x, r));
            struct slice name = x->t->outputs[i].name.n ? x->t->outputs[i].name : S("→");
            bool constant = f->root->kind == N_CONST && f->root->value.type != V_NULL;
            if (got && want && got->kind == T_SIMPLE && want->kind == T_SIMPLE && got->simple != want->simple) {
                if (constant)
                    bad_cell(x, r, name, f->root->value, type_text(x->c->a, want), sample_of(want->simple));
                else
                    bad_cell(x, r, name, v_string(f->text), type_text(x->c->a, want), sample_of(want->simple));
                continue;
            }
            if (allowed == NULL && want) allowed = want->allowed;
            if (allowed == NULL || !constant) continue;
            check_reset(x->c);
            if (!v_is_true(feel_tests(&x->c->m, allowed->root, f->root->value, NULL)))
                bad_cell(x, r, name, f->root->value, slice_trim(allowed->text), slice_trim(allowed->text));
        }
    }
}

static bool prepare(struct analysis *x)
{
    const struct dmn_table *t = x->t;
    struct arena *a = x->c->a;
    x->words = (t->nrules + 63) / 64;
    x->columns = NEW_ARRAY(a, struct pieces, t->ninputs + 1);
    x->at = NEW_ARRAY(a, size_t, t->ninputs + 1);
    x->alive = arena_zalloc(a, t->ninputs + 1, sizeof(uint64_t *));
    x->open = arena_zalloc(a, t->ninputs + 1, sizeof(uint64_t *));
    x->rest = arena_zalloc(a, t->ninputs + 1, sizeof(uint64_t *));
    for (size_t i = 0; i < t->ninputs; i++)
        if (!cut_column(x->c, t, i, x->types[i], &x->columns[i])) return false;
    for (size_t i = 0; i <= t->ninputs; i++) {
        x->alive[i] = NEW_ARRAY(a, uint64_t, x->words + 1);
        x->open[i] = NEW_ARRAY(a, uint64_t, x->words + 1);
        x->rest[i] = NEW_ARRAY(a, uint64_t, x->words + 1);
        memset(x->rest[i], 0xff, x->words * sizeof(uint64_t));
    }
    for (size_t i = t->ninputs; i-- > 0;) {
        memcpy(x->rest[i], x->rest[i + 1], x->words * sizeof(uint64_t));
        for (size_t k = 0; k < x->columns[i].n; k++)
            for (size_t w = 0; w < x->words; w++) x->rest[i][w] &= x->columns[i].yes[k][w];
    }
    return true;
}

void check_table(struct checker *c, const struct dmn_table *t, const struct binding *env)
{
    struct analysis x = {.c = c, .t = t};
    x.types = arena_zalloc(c->a, t->ninputs + 1, sizeof(const struct type *));
    for (size_t i = 0; i < t->ninputs; i++) {
        const struct dmn_input *in = &t->inputs[i];
        const struct type *found =
            in->expression ? check_infer(c, in->expression->root, env, dmn_place(c->a, c->where, in->line, in->id))
                           : NULL;
        if (found && in->type && found->kind == T_SIMPLE && in->type->kind == T_SIMPLE &&
            found->simple != in->type->simple)
            check_add(c, fail(c->a, CODE_DMN_TYPE_ERROR, dmn_place(c->a, c->where, in->line, in->id), "value",
                              arena_printf(c->a, "%.*s: %.*s ≠ %.*s", SLICE_ARG(in->text),
                                           SLICE_ARG(type_text(c->a, found)), SLICE_ARG(type_text(c->a, in->type))),
                              NULL));
        /* the item definition's constraints count even where the column names only the base type */
        x.types[i] =
            found && found->kind == T_SIMPLE && (in->type == NULL || in->type->allowed == NULL) ? found : in->type;
    }
    check_inputs(&x);
    check_outputs(&x, env);
    if (t->nrules == 0) return;
    if (t->nrules > RULES_MAX || !prepare(&x)) {
        not_checked(&x, S("遗漏、重叠与被覆盖的规则"), S("gaps, overlaps and covered rules"));
        return;
    }
    x.budget = CHECK_SEARCH_MAX;
    check_gaps(&x);
    if (x.budget <= 0) not_checked(&x, S("遗漏"), S("gaps"));
    find_overlaps(&x);
    x.budget = CHECK_SEARCH_MAX;
    find_unreachable(&x);
}
