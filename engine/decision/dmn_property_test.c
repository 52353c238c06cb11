/* Random tables: the index against a scan of all rules, the static analysis against trying every combination. */
#include "engine/decision/dmn_random.h"

#include "base/testing.h"

#include <stdio.h>

static const struct feel_env env = {.now = INT64_C(1619744400000), .limits = {.steps = 50000000}};

static const struct dmn *load(struct arena *a, struct slice xml, bool scan)
{
    struct dmn_options options = {.scan = scan};
    const struct dmn *d;
    assert_good(a, dmn_load(a, xml, S("random.dmn"), &options, &d));
    return d;
}

static const struct dmn_table *table_of(const struct dmn *d)
{
    return dmn_find(d, DRG_DECISION, S("d"))->expr->table;
}

static struct random_table random_shape(uint64_t seed, bool odd)
{
    static const char *const policies[] = {"UNIQUE",  "FIRST",      "ANY",          "PRIORITY",
                                           "COLLECT", "RULE ORDER", "OUTPUT ORDER", "COLLECT' aggregation='SUM"};
    struct random_table t = {.dice = {seed}, .odd = odd};
    t.ninputs = 1 + dice_roll(&t.dice, 3);
    for (size_t i = 0; i < t.ninputs; i++) t.types[i] = (enum random_type)dice_roll(&t.dice, RANDOM_TYPES);
    t.constants = (int)(2 + dice_roll(&t.dice, 4));
    t.policy = policies[dice_roll(&t.dice, odd ? 8 : 4)];
    return t;
}

/* ---- index ---- */

static struct slice random_inputs(struct arena *a, struct random_table *t)
{
    struct buf b = buf_new(a, 4096);
    buf_putc(&b, '{');
    for (size_t i = 0; i < t->ninputs; i++) {
        uint32_t kind = dice_roll(&t->dice, 12);
        struct slice v = random_probe(a, t, i, (int)dice_roll(&t->dice, (uint32_t)random_probes(t, i)));
        if (t->odd && kind == 0) v = S("null");
        if (t->odd && kind == 1) v = S("[\"a\",\"c\"]");
        if (t->odd && kind == 2) v = dice_roll(&t->dice, 2) ? S("1") : S("\"a\"");
        buf_printf(&b, "%s\"in%zu\":%.*s", i ? "," : "", i, SLICE_ARG(v));
    }
    buf_putc(&b, '}');
    return buf_slice(&b);
}

static void compare_index(struct arena *a, struct random_table *t, int inputs)
{
    struct slice xml = random_table_xml(a, t);
    const struct dmn *indexed = load(a, xml, false), *scanned = load(a, xml, true);
    assert_null(table_of(scanned)->index);
    for (int i = 0; i < inputs; i++) {
        const struct json *x, *y, *scope = test_json(a, random_inputs(a, t));
        struct dmn_trace p, q;
        assert_good(a, dmn_eval(a, indexed, S("d"), &env, scope, &x, &p));
        assert_good(a, dmn_eval(a, scanned, S("d"), &env, scope, &y, &q));
        bool same = json_equal(x, y) && p.n == q.n;
        for (size_t k = 0; same && k < p.n; k++) same = p.hits[k].index == q.hits[k].index;
        if (!same)
            fail_msg("%.*s\n%.*s: %.*s by the index, %.*s by a scan", SLICE_ARG(xml), SLICE_ARG(json_write(a, scope)),
                     SLICE_ARG(json_write(a, x)), SLICE_ARG(json_write(a, y)));
    }
}

static void index_finds_what_a_scan_finds(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 400; seed++) {
        struct arena *a = arena_new("property");
        struct random_table t = random_shape(seed, true);
        t.nrules = 16 + dice_roll(&t.dice, 120);
        compare_index(a, &t, 40);
        arena_free(a);
    }
}

/* More ends than buckets: neighbours share one. */
static void index_with_shared_buckets(void **state)
{
    struct arena *a = *state;
    static const enum random_type types[] = {RANDOM_NUMBER, RANDOM_NUMBER, RANDOM_STRING};
    struct random_table t = {.dice = {7}, .ninputs = 3, .nrules = 3000, .constants = 2500, .policy = "COLLECT"};
    memcpy(t.types, types, sizeof types);
    compare_index(a, &t, 300);
}

static void index_is_used(void **state)
{
    struct arena *a = *state;
    struct random_table t = {.dice = {3}, .ninputs = 2, .nrules = 100, .constants = 20, .policy = "FIRST"};
    assert_non_null(table_of(load(a, random_table_xml(a, &t), false))->index);
}

/* ---- static analysis ---- */

/* What trying every combination of probes finds. */
struct truth {
    struct random_table *t;
    const struct dmn_table *table;
    bool gap, *reached, *possible, *overlaps; /* rules²: both hold on some combination */
};

static struct value probe_value(struct arena *a, struct machine *m, const struct truth *x, size_t column, int i)
{
    const struct json *j = test_json(a, random_probe(a, x->t, column, i));
    return type_of_text(m, x->table->inputs[column].type, value_of_json(a, j));
}

static void try_combination(struct truth *x, struct machine *m, const struct value *v, bool *holds)
{
    const struct dmn_table *t = x->table;
    size_t winner = SIZE_MAX;
    bool any = false;
    static const size_t rank[] = {2, 1, 3, 0}; /* of outputs 0 … 3 among "3, 1, 0, 2" */
    for (size_t r = 0; r < t->nrules; r++) {
        holds[r] = true;
        for (size_t i = 0; i < t->ninputs && holds[r]; i++)
            holds[r] = v_is_true(feel_tests(m, t->rules[r].tests[i]->root, v[i], NULL));
        any |= holds[r];
        x->possible[r] |= holds[r];
        if (!holds[r]) continue;
        bool better = t->policy == HIT_PRIORITY && winner != SIZE_MAX && rank[r % 4] < rank[winner % 4];
        if (winner == SIZE_MAX || better) winner = r;
    }
    x->gap |= !any;
    if (winner != SIZE_MAX) x->reached[winner] = true;
    for (size_t r = 0; r < t->nrules; r++)
        for (size_t s = r + 1; s < t->nrules; s++) x->overlaps[r * t->nrules + s] |= holds[r] && holds[s];
}

static void try_all(struct arena *a, struct truth *x)
{
    size_t n = x->table->nrules;
    bool *holds = NEW_ARRAY(a, bool, n + 1);
    struct machine m;
    struct value v[4];
    int at[4] = {0};
    x->reached = NEW_ARRAY(a, bool, n + 1);
    x->possible = NEW_ARRAY(a, bool, n + 1);
    x->overlaps = NEW_ARRAY(a, bool, n *n + 1);
    machine_start(&m, a, &env, S("truth"));
    for (size_t i = 0; i < x->t->ninputs; i++) v[i] = probe_value(a, &m, x, i, 0);
    for (size_t i = 0; i < x->t->ninputs;) {
        try_combination(x, &m, v, holds);
        for (i = 0; i < x->t->ninputs; i++) {
            at[i] = at[i] + 1 < random_probes(x->t, i) ? at[i] + 1 : 0;
            v[i] = probe_value(a, &m, x, i, at[i]);
            if (at[i]) break;
        }
    }
}

static size_t told(struct slice text, const char *line)
{
    size_t n = 0, at = 0;
    for (struct slice rest = text; (at = slice_search(rest, slice_cstr(line))) != SIZE_MAX; n++)
        rest = slice_sub(rest, at + 1, rest.n);
    return n;
}

/* Whether an example of the analysis is true: every rule that it names holds for it, or, naming none, none does. */
static void check_example_of(struct arena *a, struct truth *x, struct slice line, size_t first, size_t second)
{
    struct machine m;
    machine_start(&m, a, &env, S("example"));
    for (size_t r = 0; r < x->table->nrules; r++) {
        bool holds = true, named = r + 1 == first || r + 1 == second;
        for (size_t i = 0; i < x->t->ninputs && holds; i++) {
            struct slice key = arena_printf(a, "in%zu = ", i), rest;
            size_t at = slice_search(line, key);
            if (at == SIZE_MAX) { /* makes no difference: any probe will do */
                holds = v_is_true(feel_tests(&m, x->table->rules[r].tests[i]->root, probe_value(a, &m, x, i, 0), NULL));
                continue;
            }
            rest = slice_sub(line, at + key.n, line.n);
            size_t end = 0;
            while (end < rest.n && rest.p[end] != ',' && rest.p[end] != ' ' && rest.p[end] != '\n') end++;
            struct slice text = slice_sub(rest, 0, end);
            if (text.p[0] != '"' && x->t->types[i] == RANDOM_DATE) text = arena_printf(a, "\"%.*s\"", SLICE_ARG(text));
            struct value v = type_of_text(&m, x->table->inputs[i].type, value_of_json(a, test_json(a, text)));
            holds = v_is_true(feel_tests(&m, x->table->rules[r].tests[i]->root, v, NULL));
        }
        if (first ? named && !holds : holds)
            fail_msg("rule %zu %s for %.*s", r + 1, holds ? "holds" : "does not hold", SLICE_ARG(line));
    }
}

static void check_examples(struct arena *a, struct truth *x, struct slice text)
{
    struct slice line;
    for (struct slice rest = text; rest.n;) {
        slice_cut(rest, '\n', &line, &rest);
        size_t gap = slice_search(line, S("No rule holds for ")), both = slice_search(line, S("Rules "));
        unsigned r = 0, s = 0;
        if (gap != SIZE_MAX)
            check_example_of(a, x, slice_sub(line, gap, line.n), 0, 0);
        else if (both != SIZE_MAX &&
                 sscanf(arena_cstr(a, slice_sub(line, both, line.n)), "Rules %u and %u", &r, &s) == 2)
            check_example_of(a, x, slice_sub(line, both, line.n), r, s);
    }
}

static void compare_analysis(struct arena *a, struct random_table *t)
{
    struct slice xml = random_table_xml(a, t);
    const struct dmn *d = load(a, xml, true);
    struct truth x = {.t = t, .table = table_of(d)};
    try_all(a, &x);
    result r = dmn_check(a, d, S("random.dmn"));
    struct slice text = failed(r) ? result_text(a, r, LANG_EN) : S("");
    size_t n = x.table->nrules;
    bool unique = x.table->policy == HIT_UNIQUE, any = x.table->policy == HIT_ANY;
    bool single = x.table->policy == HIT_FIRST || x.table->policy == HIT_PRIORITY;
    if (x.gap != (told(text, "No rule holds for ") > 0))
        fail_msg("gap %d\n%.*s\n%.*s", x.gap, SLICE_ARG(xml), SLICE_ARG(text));
    for (size_t p = 0; p < n; p++) {
        const char *dead = arena_cstr(a, arena_printf(a, "Rule %zu never takes effect", p + 1));
        bool never = single ? !x.reached[p] : !x.possible[p];
        if (never != (told(text, dead) == 1))
            fail_msg("rule %zu: never %d\n%.*s\n%.*s", p + 1, never, SLICE_ARG(xml), SLICE_ARG(text));
        for (size_t q = p + 1; q < n; q++) {
            const char *line = arena_cstr(a, arena_printf(a, "Rules %zu and %zu both hold", p + 1, q + 1));
            bool wrong = x.overlaps[p * n + q] && (unique || (any && p % 4 != q % 4));
            if (wrong != (told(text, line) == 1))
                fail_msg("rules %zu, %zu: %d\n%.*s\n%.*s", p + 1, q + 1, wrong, SLICE_ARG(xml), SLICE_ARG(text));
        }
    }
    check_examples(a, &x, text);
}

static void analysis_finds_what_trying_finds(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 600; seed++) {
        struct arena *a = arena_new("property");
        struct random_table t = random_shape(seed, false);
        t.nrules = 2 + dice_roll(&t.dice, 8);
        compare_analysis(a, &t);
        arena_free(a);
    }
}

/* Nothing of a table of 10 000 rules is wrong here; and one whose cells all differ is not searched for ever. */
static void analysis_of_large_tables(void **state)
{
    struct arena *a = *state;
    struct buf b = buf_new(a, (size_t)8 << 20);
    buf_puts(&b, "<definitions xmlns='https://www.omg.org/spec/DMN/20230324/MODEL/' namespace='urn:l' name='l'>"
                 "<inputData id='i' name='n'><variable name='n' typeRef='number'/></inputData>"
                 "<inputData id='j' name='k'><variable name='k' typeRef='number'/></inputData>"
                 "<decision id='d' name='d'><variable name='d'/>"
                 "<informationRequirement><requiredInput href='#i'/></informationRequirement>"
                 "<informationRequirement><requiredInput href='#j'/></informationRequirement>"
                 "<decisionTable id='t' hitPolicy='FIRST'>"
                 "<input><inputExpression typeRef='number'><text>n</text></inputExpression></input>"
                 "<input><inputExpression typeRef='number'><text>k</text></inputExpression></input><output id='o'/>");
    size_t head = b.n;
    for (int i = 0; i < 10000; i++)
        buf_printf(&b,
                   "<rule><inputEntry><text>[%d..%d)</text></inputEntry><inputEntry><text>%s</text></inputEntry>"
                   "<outputEntry><text>%d</text></outputEntry></rule>",
                   i / 10, i / 10 + 1,
                   (const char *[]){"&lt; 0", "0", "]0..1[", "1", "2", "3", "4", "5", "(1..9)", "-"}[i % 10], i);
    size_t body = b.n;
    buf_puts(&b, "<rule><inputEntry><text>not([0..1000))</text></inputEntry><inputEntry><text>-</text></inputEntry>"
                 "<outputEntry><text>1</text></outputEntry></rule></decisionTable></decision></definitions>");
    assert_good(a, dmn_check(a, load(a, buf_slice(&b), false), S("large.dmn")));
    b.n = body;
    buf_puts(&b, "<rule><inputEntry><text>7</text></inputEntry><inputEntry><text>&gt;= 9</text></inputEntry>"
                 "<outputEntry><text>1</text></outputEntry></rule></decisionTable></decision></definitions>");
    result r = dmn_check(a, load(a, buf_slice(&b), false), S("large.dmn"));
    assert_true(failed(r));
    assert_int_equal(told(result_text(a, r, LANG_EN), "No rule holds for n = -1"), 1);
    assert_int_equal(told(result_text(a, r, LANG_EN), "Rule 10001 never takes effect"), 1);
    b.n = head;
    for (int i = 0; i < 10000; i++)
        buf_printf(&b,
                   "<rule><inputEntry><text>[%d..%d]</text></inputEntry><inputEntry><text>&gt; %d</text></inputEntry>"
                   "<outputEntry><text>%d</text></outputEntry></rule>",
                   i, i + 3, i % 5000, i);
    buf_puts(&b, "</decisionTable></decision></definitions>");
    r = dmn_check(a, load(a, buf_slice(&b), false), S("large.dmn"));
    assert_true(failed(r));
    assert_int_equal(told(result_text(a, r, LANG_EN), "not checked to the end: gaps, overlaps and covered rules"), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(index_finds_what_a_scan_finds),    TEST(index_with_shared_buckets), TEST(index_is_used),
        TEST(analysis_finds_what_trying_finds), TEST(analysis_of_large_tables),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
