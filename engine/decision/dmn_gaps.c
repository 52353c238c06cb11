/* Regions of a table's inputs that no rule covers. */
#include "engine/decision/dmn_check.h"

#define GAPS_MAX 10

struct slice check_column_name(const struct dmn_table *t, size_t i)
{
    return t->inputs[i].text.n ? t->inputs[i].text : t->inputs[i].id;
}

struct slice check_example(struct analysis *x, const bool *free)
{
    struct buf b = buf_new(x->c->a, 4096);
    for (size_t i = 0; i < x->t->ninputs; i++) {
        if (x->columns[i].n == 1 || (free && free[i])) continue; /* makes no difference */
        if (b.n) buf_puts(&b, ", ");
        buf_put(&b, check_column_name(x->t, i));
        buf_puts(&b, " = ");
        buf_put(&b, value_text(x->c->a, x->columns[i].samples[x->at[i]], true));
    }
    return b.n ? buf_slice(&b) : S("-");
}

static bool empty(const uint64_t *set, size_t words)
{
    for (size_t i = 0; i < words; i++)
        if (set[i]) return false;
    return true;
}

/* Columns not yet chosen take the first piece that is searched. */
static void complete(struct analysis *x, size_t depth)
{
    for (size_t i = depth; i < x->t->ninputs; i++) {
        const struct pieces *p = &x->columns[i];
        size_t k = 0;
        while (x->only != SIZE_MAX && k + 1 < p->n && !rule_bit(p->yes[k], x->only) && !rule_bit(p->maybe, x->only))
            k++;
        x->at[i] = k;
    }
}

/* Searches for a combination of pieces on which none of open[depth] holds or may hold. True: stop. */
static bool uncovered(struct analysis *x, size_t depth, bool (*report)(struct analysis *x))
{
    const uint64_t *alive = x->alive[depth], *open = x->open[depth];
    x->budget -= 1 + (int64_t)(x->words / 16);
    if (x->budget <= 0) return true;
    if (empty(open, x->words)) {
        complete(x, depth);
        return report(x);
    }
    for (size_t w = 0; w < x->words; w++)
        if (alive[w] & x->rest[depth][w]) return false; /* one rule holds whatever the rest */
    if (depth == x->t->ninputs) return false;           /* some rule may hold */
    const struct pieces *p = &x->columns[depth];
    for (size_t i = 0; i < p->n; i++) {
        if (x->only != SIZE_MAX && !rule_bit(p->yes[i], x->only) && !rule_bit(p->maybe, x->only)) continue;
        for (size_t w = 0; w < x->words; w++) {
            x->alive[depth + 1][w] = alive[w] & p->yes[i][w];
            x->open[depth + 1][w] = open[w] & (p->yes[i][w] | (x->sure ? 0 : p->maybe[w]));
        }
        x->at[depth] = i;
        if (uncovered(x, depth + 1, report)) return true;
    }
    return false;
}

static void start(struct analysis *x, const uint64_t *rules, size_t only, bool sure)
{
    memcpy(x->alive[0], rules, x->words * sizeof *rules);
    memcpy(x->open[0], rules, x->words * sizeof *rules);
    x->found = 0;
    x->only = only;
    x->sure = sure;
}

static bool report_found(struct analysis *x)
{
    x->found++;
    return true;
}

bool check_reachable(struct analysis *x, const uint64_t *rules, size_t only)
{
    start(x, rules, only, true);
    (void)uncovered(x, 0, report_found);
    return x->found > 0;
}

/* Rules that hold or may hold on some piece of the box's part in this column. */
static void touched(const struct analysis *x, const struct gap_box *box, size_t column, uint64_t *out)
{
    const struct pieces *p = &x->columns[column];
    memset(out, 0, x->words * sizeof *out);
    for (size_t k = 0; k < p->n; k++)
        for (size_t w = 0; box->in[column][k] && w < x->words; w++) out[w] |= p->yes[k][w] | p->maybe[w];
}

/* Grows the point x->at to a box that no rule touches, column by column. */
static struct gap_box *grow(struct analysis *x)
{
    struct arena *a = x->c->a;
    size_t n = x->t->ninputs;
    struct gap_box *box = NEW(a, struct gap_box);
    box->in = arena_zalloc(a, n + 1, sizeof(bool *));
    box->free = NEW_ARRAY(a, bool, n + 1);
    for (size_t i = 0; i < n; i++) {
        box->in[i] = NEW_ARRAY(a, bool, x->columns[i].n + 1);
        box->in[i][x->at[i]] = true;
    }
    uint64_t *others = NEW_ARRAY(a, uint64_t, x->words + 1), *one = NEW_ARRAY(a, uint64_t, x->words + 1);
    for (size_t i = 0; i < n; i++) {
        memset(others, 0xff, x->words * sizeof *others);
        for (size_t j = 0; j < n; j++) {
            if (j == i) continue;
            touched(x, box, j, one);
            for (size_t w = 0; w < x->words; w++) others[w] &= one[w];
        }
        const struct pieces *p = &x->columns[i];
        box->free[i] = true;
        for (size_t k = 0; k < p->n; k++) {
            bool clear = true;
            for (size_t w = 0; w < x->words && clear; w++) clear = (others[w] & (p->yes[k][w] | p->maybe[w])) == 0;
            if (clear)
                box->in[i][k] = true;
            else
                box->free[i] = false;
        }
    }
    return box;
}

static bool report_gap(struct analysis *x)
{
    for (const struct gap_box *b = x->boxes; b; b = b->next) {
        bool inside = true;
        for (size_t i = 0; i < x->t->ninputs && inside; i++) inside = b->in[i][x->at[i]];
        if (inside) return false; /* told already */
    }
    struct gap_box *box = grow(x);
    box->next = x->boxes;
    x->boxes = box;
    check_add(x->c, fail(x->c->a, CODE_DMN_GAP, dmn_place(x->c->a, x->c->where, x->t->line, x->t->id), "example",
                         check_example(x, box->free), NULL));
    return ++x->found >= GAPS_MAX;
}

void check_gaps(struct analysis *x)
{
    uint64_t *all = NEW_ARRAY(x->c->a, uint64_t, x->words + 1);
    bool defaults = x->t->noutputs > 0;
    for (size_t i = 0; i < x->t->noutputs; i++) defaults &= x->t->outputs[i].dflt != NULL;
    /* a default output fills every gap; the multiple-hit policies may give nothing */
    if (defaults || x->t->policy == HIT_COLLECT || x->t->policy == HIT_RULE_ORDER || x->t->policy == HIT_OUTPUT_ORDER)
        return;
    for (size_t r = 0; r < x->t->nrules; r++) all[r / 64] |= UINT64_C(1) << (r % 64);
    start(x, all, SIZE_MAX, false);
    (void)uncovered(x, 0, report_gap);
}
