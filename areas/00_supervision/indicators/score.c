/* Scores beside other cities, and what would gain most. */
#include "areas/00_supervision/indicators/board.h"

#include <math.h>

/* ---- other cities ---- */

static struct other *city_of(struct board *b, struct slice code, struct slice name)
{
    for (size_t i = b->ncities; i > 0; i--)
        if (slice_eq(b->cities[i - 1].code, code)) return &b->cities[i - 1];
    if (b->ncities == CITIES_MAX) return NULL;
    struct other *o = &b->cities[b->ncities++];
    o->code = code;
    o->name = name;
    for (size_t i = 0; i < INDICATORS; i++) {
        o->published[i] = NAN;
        for (size_t k = 0; k < COMPONENTS_MAX; k++) o->value[i][k] = NAN;
    }
    return o;
}

void board_take_cities(struct board *b, const struct city_figures *f, struct slice benchmark)
{
    b->cities = NEW_ARRAY(b->a, struct other, CITIES_MAX);
    for (size_t i = 0; i < f->n; i++) {
        const struct city_figure *x = &f->list[i];
        struct other *o = city_of(b, x->city, x->name);
        if (!o || !indicator_find(b->d, x->indicator)) continue;
        if (x->component == COMPONENT_SCORE)
            o->published[x->indicator - 1] = x->value;
        else
            o->value[x->indicator - 1][x->component] = x->value;
    }
    for (size_t i = 0; i < b->ncities; i++)
        if (slice_eq(b->cities[i].code, benchmark)) b->benchmark = &b->cities[i];
}

/* ---- one indicator ---- */

static struct frontier frontier_of(const struct board *b, size_t at, const struct scoring *s, double own)
{
    if (!s->by_cities) return s->frontier;
    double least = own, most = own;
    size_t n = 0;
    for (size_t i = 0; i < b->ncities; i++) {
        double v = b->cities[i].value[at][s->component];
        if (isnan(v)) continue;
        least = v < least ? v : least;
        most = v > most ? v : most;
        n++;
    }
    if (n < 2) return (struct frontier){0, 0, 1};
    bool more = b->d->components[s->component].more_is_better;
    return (struct frontier){more ? most : least, more ? least : most, 1};
}

static void score_mark(const struct board *b, size_t at, struct mark *m, double own)
{
    m->own = own;
    m->score = NAN;
    m->frontier = isnan(own) ? (struct frontier){0, 0, 1} : frontier_of(b, at, m->by, own);
    m->scored = frontier_score(&m->frontier, own, &m->score);
}

static void mean_of_marks(struct line *l)
{
    double scores[SCORED_MAX];
    l->scored = 0;
    l->score = NAN;
    for (size_t k = 0; k < l->i->nscored; k++)
        if (l->marks[k].scored) scores[l->scored++] = l->marks[k].score;
    if (l->enough) (void)score_mean(scores, l->scored, &l->score);
}

static void score_line(struct board *b, size_t at)
{
    struct line *l = &b->lines[at];
    l->benchmark = NAN;
    l->enough = l->t.n >= b->d->least_cases;
    for (size_t k = 0; k < l->i->nscored; k++) {
        struct mark *m = &l->marks[k];
        *m = (struct mark){.by = &l->i->scored[k], .gain = NAN};
        m->benchmark = b->benchmark ? b->benchmark->value[at][m->by->component] : NAN;
        score_mark(b, at, m, tally_value(&l->t, b->d->components[m->by->component].measure));
    }
    mean_of_marks(l);
}

/* Of another city, over the very components that this city is scored by; else the score it published. NAN: neither. */
static double other_score(const struct line *l, size_t at, const struct other *o)
{
    double scores[SCORED_MAX], mean = NAN;
    size_t n = 0;
    for (size_t k = 0; k < l->i->nscored; k++) {
        const struct mark *m = &l->marks[k];
        if (!m->scored) continue;
        if (!frontier_score(&m->frontier, o->value[at][m->by->component], &scores[n])) return o->published[at];
        n++;
    }
    return score_mean(scores, n, &mean) ? mean : o->published[at];
}

static void compare_line(struct board *b, size_t at, struct line *l)
{
    l->others = NEW_ARRAY(b->a, double, b->ncities + 1);
    for (size_t i = 0; i < b->ncities; i++) {
        l->others[i] = other_score(l, at, &b->cities[i]);
        if (&b->cities[i] == b->benchmark) l->benchmark = l->others[i];
    }
}

/* ---- the whole ---- */

/* lines[at] taken as `l`. */
static const struct line *line_at(const struct board *b, size_t i, size_t at, const struct line *l)
{
    return i == at ? l : &b->lines[i];
}

static double total_of(const struct board *b, size_t at, const struct line *l, size_t *scored)
{
    double scores[INDICATORS], total = NAN;
    *scored = 0;
    for (size_t i = 0; i < INDICATORS; i++)
        if (!isnan(line_at(b, i, at, l)->score)) scores[(*scored)++] = line_at(b, i, at, l)->score;
    if (*scored >= (size_t)b->d->least_indicators) (void)score_mean(scores, *scored, &total);
    return total;
}

static double *totals_of(const struct board *b, size_t at, const struct line *l, size_t scored)
{
    double *out = NEW_ARRAY(b->a, double, b->ncities + 1);
    for (size_t c = 0; c < b->ncities; c++) {
        double scores[INDICATORS];
        size_t n = 0;
        out[c] = NAN;
        for (size_t i = 0; i < INDICATORS; i++) {
            const struct line *x = line_at(b, i, at, l);
            if (!isnan(x->score) && !isnan(x->others[c])) scores[n++] = x->others[c];
        }
        if (n == scored) (void)score_mean(scores, n, &out[c]);
    }
    return out;
}

size_t board_known(const double *v, size_t n, double *out)
{
    size_t k = 0;
    for (size_t i = 0; i < n; i++)
        if (!isnan(v[i])) out[k++] = v[i];
    return k;
}

static size_t rank_of(const struct board *b, double own, const double *all)
{
    double *others = NEW_ARRAY(b->a, double, b->ncities + 1);
    size_t n = board_known(all, b->ncities, others);
    return isnan(own) || !n ? 0 : score_rank(own, others, n);
}

/* Were this figure the benchmark's and all else as it is: scored again as a whole, since the worst of the cities may have been ours. */
static void what_if(struct board *b, size_t at, size_t k)
{
    struct line then = b->lines[at];
    struct mark *m = &b->lines[at].marks[k];
    size_t scored;
    if (!m->scored || isnan(b->lines[at].score) || isnan(m->benchmark)) return;
    score_mark(b, at, &then.marks[k], m->benchmark);
    mean_of_marks(&then);
    if (isnan(then.score) || then.score <= b->lines[at].score) return;
    compare_line(b, at, &then);
    m->score_then = then.score;
    m->indicator_rank_then = rank_of(b, then.score, then.others);
    m->total_then = total_of(b, at, &then, &scored);
    m->rank_then = rank_of(b, m->total_then, totals_of(b, at, &then, scored));
    /* without a total the indicator's own points still say what is worth doing first */
    m->gain = isnan(b->total) ? (then.score - b->lines[at].score) / (double)b->scored : m->total_then - b->total;
}

void board_score(struct board *b)
{
    for (size_t i = 0; i < INDICATORS; i++) {
        score_line(b, i);
        compare_line(b, i, &b->lines[i]);
    }
    b->total = total_of(b, SIZE_MAX, NULL, &b->scored);
    b->totals = totals_of(b, SIZE_MAX, NULL, b->scored);
    for (size_t i = 0; i < INDICATORS; i++)
        for (size_t k = 0; k < b->lines[i].i->nscored; k++) what_if(b, i, k);
}
