/* All indicators: figures, scores, ranks, what would gain most. */
#include "areas/00_supervision/indicators/indicators.h"

#include <math.h>

enum { CITIES_MAX = 400, GAINS_SHOWN = 5 };
/* A mean over fewer cases would tell what happened to somebody. */
#define PUBLIC_LEAST 5

struct other {
    struct slice code, name;
    double value[INDICATORS][COMPONENTS_MAX], published[INDICATORS];
};
/* What one component of one indicator brings. */
struct mark {
    const struct scoring *by;
    struct frontier frontier;           /* as used; best == worst: none */
    double own, score, benchmark, gain; /* NAN: none. gain: points of the total, were the figure the benchmark's */
    bool scored;
};
struct line {
    const struct indicator *i;
    struct tally t;
    struct mark marks[SCORED_MAX];
    double score;   /* NAN: none */
    double *others; /* [ncities], NAN where unknown */
    double benchmark;
    size_t scored;
};
struct board {
    struct arena *a;
    const struct definitions *d;
    struct other *cities;
    size_t ncities;
    const struct other *benchmark; /* NULL: no figures of it */
    struct line lines[INDICATORS];
    double total;
    size_t scored; /* indicators with a score */
};

const struct json *number_json(struct arena *a, double v, int places)
{
    if (!isfinite(v)) return json_null();
    struct slice s = arena_printf(a, "%.*f", places, v);
    if (slice_starts(s, S("-")) && v > -0.5 * pow(10, -places)) s = slice_sub(s, 1, s.n); /* -0.00 */
    return json_of_number(a, s);
}

const struct json *component_json(struct arena *a, const struct component *k, const struct tally *t)
{
    struct json_builder b = json_builder(a);
    json_set_str(&b, "key", k->key);
    json_set(&b, "name", bitext_json(a, k->name));
    json_set(&b, "unit", bitext_json(a, k->unit));
    json_set(&b, "formula", bitext_json(a, k->formula));
    json_set_cstr(&b, "better", k->more_is_better ? "more" : "less");
    json_set(&b, "value", number_json(a, tally_value(t, k->measure), 4));
    return json_object(&b);
}

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

static void take_cities(struct board *b, const struct city_figures *f, struct slice benchmark)
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

/* ---- scores ---- */

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

static void score_line(struct board *b, size_t at)
{
    struct line *l = &b->lines[at];
    double scores[SCORED_MAX];
    l->score = l->benchmark = NAN;
    for (size_t k = 0; k < l->i->nscored; k++) {
        struct mark *m = &l->marks[k];
        m->by = &l->i->scored[k];
        m->own = tally_value(&l->t, b->d->components[m->by->component].measure);
        m->benchmark = b->benchmark ? b->benchmark->value[at][m->by->component] : NAN;
        m->score = m->gain = NAN;
        m->frontier = isnan(m->own) ? (struct frontier){0, 0, 1} : frontier_of(b, at, m->by, m->own);
        m->scored = frontier_score(&m->frontier, m->own, &m->score);
        if (m->scored) scores[l->scored++] = m->score;
    }
    (void)score_mean(scores, l->scored, &l->score);
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

static void compare_line(struct board *b, size_t at)
{
    struct line *l = &b->lines[at];
    l->others = NEW_ARRAY(b->a, double, b->ncities + 1);
    for (size_t i = 0; i < b->ncities; i++) {
        l->others[i] = other_score(l, at, &b->cities[i]);
        if (&b->cities[i] == b->benchmark) l->benchmark = l->others[i];
    }
}

/* Were this figure the benchmark's and all else as it is. */
static void gain_line(struct board *b, struct line *l)
{
    for (size_t k = 0; k < l->i->nscored; k++) {
        struct mark *m = &l->marks[k];
        double then;
        if (!m->scored || !frontier_score(&m->frontier, m->benchmark, &then) || then <= m->score) continue;
        m->gain = (then - m->score) / (double)l->scored / (double)b->scored;
    }
}

static void score_all(struct board *b)
{
    double scores[INDICATORS];
    b->total = NAN;
    for (size_t i = 0; i < INDICATORS; i++) {
        score_line(b, i);
        compare_line(b, i);
        if (!isnan(b->lines[i].score)) scores[b->scored++] = b->lines[i].score;
    }
    (void)score_mean(scores, b->scored, &b->total);
    for (size_t i = 0; i < INDICATORS; i++) gain_line(b, &b->lines[i]);
}

/* ---- the reply ---- */

static size_t known(const double *v, size_t n, double *out)
{
    size_t k = 0;
    for (size_t i = 0; i < n; i++)
        if (!isnan(v[i])) out[k++] = v[i];
    return k;
}

/* {score, rank, of, gap}: rank among the cities with a score, this one with them; gap: points to the rank sought. */
static void set_rank(struct board *b, struct json_builder *out, double own, const double *all)
{
    double *others = NEW_ARRAY(b->a, double, b->ncities + 1);
    size_t n = known(all, b->ncities, others);
    bool ranked = !isnan(own) && n > 0;
    size_t sought = (size_t)b->d->rank_sought;
    json_set(out, "score", number_json(b->a, own, 2));
    json_set(out, "rank", ranked ? json_of_int(b->a, (int64_t)score_rank(own, others, n)) : json_null());
    json_set_int(out, "of", (int64_t)n + 1);
    json_set(out, "gap", ranked ? number_json(b->a, score_gap_to_rank(own, others, n, sought), 2) : json_null());
}

static const struct json *frontier_json(const struct board *b, const struct mark *m)
{
    struct json_builder o = json_builder(b->a);
    if (!m->scored) return json_null();
    json_set(&o, "best", number_json(b->a, m->frontier.best, 4));
    json_set(&o, "worst", number_json(b->a, m->frontier.worst, 4));
    json_set(&o, "exponent", number_json(b->a, m->frontier.exponent, 2));
    json_set_cstr(&o, "from", m->by->by_cities ? "cities" : "table");
    json_set(&o, "id", m->by->by_cities ? json_null() : json_get(m->by->from, "id"));
    return json_object(&o);
}

static const struct json *components_json(const struct board *b, const struct line *l)
{
    struct json_builder list = json_builder(b->a);
    for (size_t k = 0; k < b->d->ncomponents; k++) {
        const struct mark *m = NULL;
        struct json_builder o = json_builder(b->a);
        for (size_t i = 0; i < l->i->nscored; i++)
            if (l->marks[i].by->component == k) m = &l->marks[i];
        json_set(&o, "score", m ? number_json(b->a, m->score, 2) : json_null());
        json_set(&o, "frontier", m ? frontier_json(b, m) : json_null());
        double benchmark = b->benchmark ? b->benchmark->value[l->i->no - 1][k] : NAN;
        json_set(&o, "benchmark", number_json(b->a, benchmark, 4));
        json_set(&o, "gain", m ? number_json(b->a, m->gain, 2) : json_null());
        json_add(&list, json_merge(b->a, component_json(b->a, &b->d->components[k], &l->t), json_object(&o)));
    }
    return json_array(&list);
}

static const struct json *standing_json(const struct board *b, const struct line *l)
{
    if (isnan(l->score) || isnan(l->benchmark)) return json_null();
    return json_of_cstr(b->a, standing_name(standing_of(l->score, l->benchmark, b->d->raise_within)));
}

static void set_cases(struct json_builder *o, const struct tally *t)
{
    json_set_int(o, "cases", t->n);
    json_set_int(o, "not_accepted", t->refused);
    json_set_int(o, "withdrawn", t->withdrawn);
    json_set_bool(o, "no_data", t->n == 0);
}

static const struct json *line_json(struct board *b, const struct line *l)
{
    struct json_builder o = json_builder(b->a);
    json_set_int(&o, "no", l->i->no);
    json_set(&o, "name", bitext_json(b->a, l->i->name));
    json_set_str(&o, "tier", l->i->tier);
    json_set(&o, "services", l->i->services);
    set_cases(&o, &l->t);
    set_rank(b, &o, l->score, l->others);
    json_set(&o, "benchmark", number_json(b->a, l->benchmark, 2));
    json_set(&o, "standing", standing_json(b, l));
    json_set(&o, "components", components_json(b, l));
    return json_object(&o);
}

/* A city's total over the indicators that this city has a score in; NAN when it lacks one. */
static const double *totals(struct board *b)
{
    double *out = NEW_ARRAY(b->a, double, b->ncities + 1);
    for (size_t c = 0; c < b->ncities; c++) {
        double scores[INDICATORS];
        size_t n = 0;
        out[c] = NAN;
        for (size_t i = 0; i < INDICATORS; i++)
            if (!isnan(b->lines[i].score) && !isnan(b->lines[i].others[c])) scores[n++] = b->lines[i].others[c];
        if (n == b->scored) (void)score_mean(scores, n, &out[c]);
    }
    return out;
}

static const struct json *gain_json(struct board *b, const struct line *l, const struct mark *m)
{
    struct json_builder o = json_builder(b->a);
    json_set_int(&o, "indicator", l->i->no);
    json_set_str(&o, "component", b->d->components[m->by->component].key);
    json_set(&o, "from", number_json(b->a, m->own, 4));
    json_set(&o, "to", number_json(b->a, m->benchmark, 4));
    json_set(&o, "points", number_json(b->a, m->gain, 2));
    return json_object(&o);
}

/* The changes that would gain most, greatest first. */
static const struct json *gains(struct board *b)
{
    struct json_builder list = json_builder(b->a);
    double below = INFINITY;
    for (int shown = 0; shown < GAINS_SHOWN;) {
        double best = 0;
        for (size_t i = 0; i < INDICATORS; i++)
            for (size_t k = 0; k < b->lines[i].i->nscored; k++) {
                double g = b->lines[i].marks[k].gain;
                if (g > best && g < below) best = g; /* false for NAN */
            }
        if (best <= 0) break;
        for (size_t i = 0; i < INDICATORS; i++)
            for (size_t k = 0; k < b->lines[i].i->nscored && shown < GAINS_SHOWN; k++) {
                const struct mark *m = &b->lines[i].marks[k];
                if (m->gain < best || m->gain > best || isnan(m->gain)) continue;
                json_add(&list, gain_json(b, &b->lines[i], m));
                shown++;
            }
        below = best;
    }
    return json_array(&list);
}

static const struct json *benchmark_json(const struct board *b, struct slice code)
{
    struct json_builder o = json_builder(b->a);
    bool standard = slice_eq(code, b->d->benchmark);
    struct bitext name = standard ? b->d->benchmark_name : (struct bitext){code, code};
    if (b->benchmark && !standard) name = (struct bitext){b->benchmark->name, b->benchmark->name};
    json_set_str(&o, "city", code);
    json_set(&o, "name", bitext_json(b->a, name));
    json_set_bool(&o, "figures", b->benchmark != NULL);
    json_set(&o, "raise_within", number_json(b->a, b->d->raise_within, 2));
    return json_object(&o);
}

static void set_period(struct json_builder *o, struct arena *a, struct period p, instant now)
{
    json_set_str(o, "from", month_text(a, p.from));
    json_set_str(o, "to", month_text(a, p.to));
    json_set_str(o, "at", instant_text(a, now));
}

result indicators_board(struct city *c, struct arena *a, struct period p, struct slice benchmark, instant now,
                        const struct json **out)
{
    struct board *b = NEW(a, struct board);
    struct tally t[INDICATORS];
    struct city_figures cities;
    struct json_builder o = json_builder(a), list = json_builder(a), total = json_builder(a);
    int64_t level = 0;
    b->a = a;
    TRY(definitions_read(a, &b->d));
    if (!benchmark.n) benchmark = b->d->benchmark;
    TRY(figures_all(c, a, b->d, p, t));
    TRY(cities_load(c, a, b->d, &cities));
    take_cities(b, &cities, benchmark);
    for (size_t i = 0; i < INDICATORS; i++) b->lines[i] = (struct line){.i = &b->d->indicators[i], .t = t[i]};
    score_all(b);
    for (size_t i = 0; i < INDICATORS; i++) {
        const struct line *l = &b->lines[i];
        level += l->score >= l->benchmark; /* false for NAN */
        json_add(&list, line_json(b, l));
    }
    set_period(&o, a, p, now);
    json_set_int(&o, "rank_sought", b->d->rank_sought);
    json_set_int(&o, "group_sought", b->d->group_sought);
    json_set_int(&o, "in_group", level);
    json_set(&o, "benchmark", benchmark_json(b, benchmark));
    json_set_int(&o, "cities", (int64_t)b->ncities);
    set_rank(b, &total, b->total, totals(b));
    json_set_int(&total, "indicators", (int64_t)b->scored);
    json_set(&o, "total", json_object(&total));
    json_set(&o, "gains", gains(b));
    json_set(&o, "frontiers", b->d->frontiers);
    json_set(&o, "indicators", json_array(&list));
    *out = json_object(&o);
    return ok();
}

result indicators_public(struct city *c, struct arena *a, struct period p, instant now, const struct json **out)
{
    const struct definitions *d;
    struct tally t[INDICATORS];
    struct json_builder o = json_builder(a), list = json_builder(a);
    TRY(definitions_read(a, &d));
    TRY(figures_all(c, a, d, p, t));
    for (size_t i = 0; i < INDICATORS; i++) {
        struct json_builder x = json_builder(a), components = json_builder(a);
        json_set_int(&x, "no", d->indicators[i].no);
        json_set(&x, "name", bitext_json(a, d->indicators[i].name));
        json_set(&x, "services", d->indicators[i].services);
        bool few = t[i].n > 0 && t[i].n < PUBLIC_LEAST;
        const struct tally none = {.n = 0}, *shown = few ? &none : &t[i];
        json_set_bool(&x, "no_data", t[i].n == 0);
        json_set(&x, "cases", few ? json_null() : json_of_int(a, t[i].n));
        json_set_bool(&x, "few", few);
        for (size_t k = 0; k < d->ncomponents; k++) json_add(&components, component_json(a, &d->components[k], shown));
        json_set(&x, "components", json_array(&components));
        json_add(&list, json_object(&x));
    }
    set_period(&o, a, p, now);
    json_set(&o, "indicators", json_array(&list));
    *out = json_object(&o);
    return ok();
}
