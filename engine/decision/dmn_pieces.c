/* Cutting a column into pieces: between two neighbouring ends that its cells mention, no cell changes its mind. Equal cells
 * are evaluated once. */
#include "engine/decision/dmn_check.h"

#define EVALUATIONS_MAX 4000000 /* different cells × samples of a column */

struct classes {
    size_t n;
    const struct feel **cells; /* one of each */
};

static uint64_t text_hash(struct slice s)
{
    uint64_t h = UINT64_C(14695981039346656037);
    for (size_t i = 0; i < s.n; i++) h = (h ^ (unsigned char)s.p[i]) * UINT64_C(1099511628211);
    return h ^ h >> 32;
}

/* Which of the column's different cells each rule has, by their texts; a cell that did not compile counts as one. */
static struct classes classify(struct arena *a, const struct dmn_table *t, size_t column, size_t *class_of)
{
    struct classes c = {.cells = arena_alloc(a, (t->nrules + 1) * sizeof(const struct feel *))};
    size_t slots = 16;
    while (slots < 2 * t->nrules) slots *= 2;
    size_t *table = NEW_ARRAY(a, size_t, slots); /* class + 1 */
    for (size_t r = 0; r < t->nrules; r++) {
        const struct feel *f = t->rules[r].tests[column];
        struct slice text = f ? slice_trim(f->text) : S("");
        size_t at = (size_t)text_hash(text) & (slots - 1);
        while (table[at] && !slice_eq(text, slice_trim(c.cells[table[at] - 1] ? c.cells[table[at] - 1]->text : S(""))))
            at = (at + 1) & (slots - 1);
        if (table[at] == 0) {
            c.cells[c.n] = f;
            table[at] = ++c.n;
        }
        class_of[r] = table[at] - 1;
    }
    return c;
}

static uint64_t set_hash(const uint64_t *set, size_t words)
{
    uint64_t h = UINT64_C(14695981039346656037);
    for (size_t i = 0; i < words; i++) h = (h ^ set[i]) * UINT64_C(1099511628211);
    return h;
}

static void set_bit(uint64_t *set, size_t i)
{
    set[i / 64] |= UINT64_C(1) << (i % 64);
}

/* The rules that hold for the sample. */
static void holding(struct checker *c, const struct dmn_table *t, const struct classes *classes, const bool *exact,
                    const size_t *class_of, struct value sample, bool *holds, uint64_t *out)
{
    for (size_t k = 0; k < classes->n; k++) {
        check_reset(c);
        holds[k] = exact[k] && v_is_true(feel_tests(&c->m, classes->cells[k]->root, sample, NULL));
    }
    for (size_t r = 0; r < t->nrules; r++)
        if (holds[class_of[r]]) set_bit(out, r);
}

/* Keeps the piece unless all rules hold as on an earlier one. */
static bool keep_piece(struct pieces *p, uint64_t *hashes, struct value sample, uint64_t *yes, size_t words)
{
    hashes[p->n] = set_hash(yes, words);
    for (size_t k = 0; k < p->n; k++)
        if (hashes[k] == hashes[p->n] && memcmp(p->yes[k], yes, words * sizeof *yes) == 0) return false;
    p->samples[p->n] = sample;
    p->yes[p->n++] = yes;
    return true;
}

bool cut_column(struct checker *c, const struct dmn_table *t, size_t column, const struct type *type,
                struct pieces *out)
{
    struct values samples = {.a = c->a};
    size_t words = (t->nrules + 63) / 64;
    *out = (struct pieces){.class_of = NEW_ARRAY(c->a, size_t, t->nrules + 1)};
    struct classes classes = classify(c->a, t, column, out->class_of);
    if (!column_samples(c, t, column, type, classes.cells, classes.n, &samples)) return false;
    if (classes.n * samples.n > EVALUATIONS_MAX) return false;
    bool *exact = NEW_ARRAY(c->a, bool, classes.n + 1), *holds = NEW_ARRAY(c->a, bool, classes.n + 1);
    for (size_t k = 0; k < classes.n; k++) exact[k] = cell_exact(classes.cells[k]);
    out->maybe = NEW_ARRAY(c->a, uint64_t, words + 1);
    for (size_t r = 0; r < t->nrules; r++)
        if (!exact[out->class_of[r]]) set_bit(out->maybe, r);
    out->samples = samples.items;
    out->yes = arena_zalloc(c->a, samples.n + 1, sizeof(uint64_t *));
    out->meets = arena_zalloc(c->a, classes.n + 1, sizeof(uint64_t *));
    for (size_t k = 0; k < classes.n; k++) out->meets[k] = NEW_ARRAY(c->a, uint64_t, words + 1);
    uint64_t *hashes = NEW_ARRAY(c->a, uint64_t, samples.n + 1), *yes = NEW_ARRAY(c->a, uint64_t, words + 1);
    for (size_t i = 0; i < samples.n; i++) {
        memset(yes, 0, words * sizeof *yes);
        holding(c, t, &classes, exact, out->class_of, samples.items[i], holds, yes);
        if (!keep_piece(out, hashes, samples.items[i], yes, words)) continue;
        for (size_t k = 0; k < classes.n; k++)
            for (size_t w = 0; holds[k] && w < words; w++) out->meets[k][w] |= yes[w];
        yes = NEW_ARRAY(c->a, uint64_t, words + 1);
    }
    return true;
}
