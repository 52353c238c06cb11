/* All indicators: figures, scores, ranks, what would gain most; the city as a whole, its towns and departments, month by month. */
#include "areas/00_supervision/indicators/board.h"

#include <math.h>

enum { GAINS_SHOWN = 5 };
/* A mean over fewer cases would tell what happened to somebody. */
#define PUBLIC_LEAST 5

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

/* ---- the reply ---- */

/* {score, rank, of, gap}: rank among the cities with a score, this one with them; gap: points to the rank sought. */
static void set_rank(struct board *b, struct json_builder *out, double own, const double *all)
{
    double *others = NEW_ARRAY(b->a, double, b->ncities + 1);
    size_t n = board_known(all, b->ncities, others);
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
        json_set(&o, "rank_then", m && m->rank_then ? json_of_int(b->a, (int64_t)m->rank_then) : json_null());
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

static const struct json *gain_json(struct board *b, const struct line *l, const struct mark *m)
{
    struct json_builder o = json_builder(b->a);
    json_set_int(&o, "indicator", l->i->no);
    json_set_str(&o, "component", b->d->components[m->by->component].key);
    json_set(&o, "from", number_json(b->a, m->own, 4));
    json_set(&o, "to", number_json(b->a, m->benchmark, 4));
    json_set(&o, "points", number_json(b->a, m->gain, 2));
    json_set(&o, "total", number_json(b->a, m->total_then, 2));
    json_set(&o, "rank", m->rank_then ? json_of_int(b->a, (int64_t)m->rank_then) : json_null());
    json_set(&o, "score", number_json(b->a, m->score_then, 2));
    json_set(&o, "indicator_rank",
             m->indicator_rank_then ? json_of_int(b->a, (int64_t)m->indicator_rank_then) : json_null());
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

/* ---- month by month ---- */

/* What a trend is shown of: the measures that people ask for. */
static bool in_series(enum measure m)
{
    return m == MEASURE_WORKDAYS || m == MEASURE_ONLINE || m == MEASURE_RATING;
}

static const struct json *numbers_json(struct arena *a, const double *v, size_t n, int places)
{
    struct json_builder list = json_builder(a);
    for (size_t i = 0; i < n; i++) json_add(&list, number_json(a, v[i], places));
    return json_array(&list);
}

/* {cases: [], late: [], COMPONENT: []}, a value a month of the period; null where there was no case. */
static const struct json *series_json(const struct board *b, const struct spread *s, const struct tally *months)
{
    struct arena *a = b->a;
    struct json_builder o = json_builder(a), cases = json_builder(a), late = json_builder(a);
    for (size_t i = s->from; i < s->to; i++) {
        json_add(&cases, json_of_int(a, months[i].n));
        json_add(&late, json_of_int(a, months[i].late));
    }
    json_set(&o, "cases", json_array(&cases));
    json_set(&o, "late", json_array(&late));
    for (size_t k = 0; k < b->d->ncomponents; k++) {
        const struct component *c = &b->d->components[k];
        if (in_series(c->measure))
            json_set_slice(
                &o, c->key,
                numbers_json(a, series_of_tallies(a, months, s->from, s->to, c->measure), s->n - s->from, 4));
    }
    return json_object(&o);
}

/* Components whose last closed month broke with the months before it. */
static const struct json *alarms_json(const struct board *b, const struct spread *s, const struct tally *months,
                                      instant now)
{
    struct json_builder list = json_builder(b->a);
    size_t n = series_closed(s->first, s->n, now);
    for (size_t k = 0; k < b->d->ncomponents; k++) {
        const struct component *c = &b->d->components[k];
        if (in_series(c->measure) &&
            alarm_of((struct series){series_of_tallies(b->a, months, 0, n, c->measure), n}).broken)
            json_add(&list, json_of_string(b->a, c->key));
    }
    return json_array(&list);
}

static double on_time(const struct tally *t)
{
    return t->n ? 1 - (double)t->late / (double)t->n : NAN;
}

static void set_shares(struct json_builder *o, struct arena *a, const struct tally *t)
{
    json_set_int(o, "cases", t->n);
    json_set_int(o, "late", t->late);
    json_set(o, "on_time", number_json(a, on_time(t), 4));
    json_set(o, "time", number_json(a, tally_value(t, MEASURE_WORKDAYS), 2));
    json_set(o, "online", number_json(a, tally_value(t, MEASURE_ONLINE), 4));
    json_set_int(o, "rated", t->rated);
    json_set(o, "satisfaction", number_json(a, tally_value(t, MEASURE_RATING), 4));
}

static const struct json *outlook(const struct board *b, const struct spread *s, instant now, const char *key,
                                  enum measure m, bool late)
{
    struct component as = {.measure = late ? MEASURE_ONLINE : m}; /* whose bounds: a share */
    struct json_builder o = json_builder(b->a);
    size_t n = series_closed(s->first, s->n, now);
    double *v = series_of_tallies(b->a, s->months, 0, n, m);
    for (size_t i = 0; late && i < n; i++) v[i] = on_time(&s->months[i]);
    struct series known = {v, n};
    json_set_cstr(&o, "key", key);
    json_set(&o, "values", numbers_json(b->a, v + (s->from < n ? s->from : n), s->from < n ? n - s->from : 0, 4));
    json_set(&o, "forecast", forecast_json(b->a, &as, known, month_add(s->first, (int64_t)n - 1)));
    json_set(&o, "alarm", alarm_json(b->a, known, s->first));
    return json_object(&o);
}

static const struct json *city_json(const struct board *b, const struct spread *s, instant now)
{
    struct json_builder o = json_builder(b->a), list = json_builder(b->a);
    set_shares(&o, b->a, &s->city);
    json_set(&o, "series", series_json(b, s, s->months));
    json_add(&list, outlook(b, s, now, "on_time", MEASURE_WORKDAYS, true));
    json_add(&list, outlook(b, s, now, "time", MEASURE_WORKDAYS, false));
    json_add(&list, outlook(b, s, now, "online", MEASURE_ONLINE, false));
    json_add(&list, outlook(b, s, now, "satisfaction", MEASURE_RATING, false));
    json_set(&o, "outlook", json_array(&list));
    return json_object(&o);
}

/* ---- where ---- */

static const struct json *towns_json(struct city *c, struct arena *a, const struct board_filter *f,
                                     const struct spread *s)
{
    const struct citydata *d = catalogue_data(c->catalogue);
    struct json_builder list = json_builder(a);
    for (size_t i = 0; !f->department.n && i < d->ntowns; i++) {
        struct tally t = {0};
        struct json_builder o = json_builder(a);
        for (size_t k = 0; k < s->towns.n; k++)
            if (slice_eq(s->towns.list[k].key, d->towns[i].code)) t = s->towns.list[k].t;
        json_set_str(&o, "code", d->towns[i].code);
        json_set(&o, "name", bitext_json(a, d->towns[i].name));
        set_shares(&o, a, &t);
        json_add(&list, json_object(&o));
    }
    return json_array(&list);
}

static const struct json *departments_json(struct city *c, struct arena *a, const struct spread *s)
{
    const struct citydata *d = catalogue_data(c->catalogue);
    struct json_builder list = json_builder(a);
    for (size_t i = 0; i < s->departments.n; i++) {
        struct json_builder o = json_builder(a);
        set_shares(&o, a, &s->departments.list[i].t);
        json_add(&list, json_merge(a, citydata_department_json(a, d, s->departments.list[i].key), json_object(&o)));
    }
    return json_array(&list);
}

/* ---- the board ---- */

static const struct json *line_json(struct board *b, size_t at, const struct spread *s, instant now)
{
    const struct line *l = &b->lines[at];
    struct json_builder o = json_builder(b->a);
    json_set_int(&o, "no", l->i->no);
    json_set(&o, "name", bitext_json(b->a, l->i->name));
    json_set_str(&o, "tier", l->i->tier);
    json_set(&o, "services", l->i->services);
    set_cases(&o, &l->t);
    json_set_int(&o, "late", l->t.late);
    json_set_bool(&o, "enough", l->enough);
    set_rank(b, &o, l->score, l->others);
    json_set(&o, "benchmark", number_json(b->a, l->benchmark, 2));
    json_set(&o, "standing", standing_json(b, l));
    json_set(&o, "components", components_json(b, l));
    json_set(&o, "series", series_json(b, s, s->of[at]));
    json_set(&o, "alarms", alarms_json(b, s, s->of[at], now));
    return json_object(&o);
}

static const struct json *least_json(const struct board *b)
{
    struct json_builder o = json_builder(b->a);
    json_set_int(&o, "cases", b->d->least_cases);
    json_set_int(&o, "indicators", b->d->least_indicators);
    return json_object(&o);
}

static const struct json *total_json(struct board *b)
{
    struct json_builder o = json_builder(b->a);
    set_rank(b, &o, b->total, b->totals);
    json_set_int(&o, "indicators", (int64_t)b->scored);
    json_set_bool(&o, "enough", b->scored >= (size_t)b->d->least_indicators);
    return json_object(&o);
}

static const struct json *months_json(struct arena *a, const struct spread *s)
{
    struct json_builder list = json_builder(a);
    for (size_t i = s->from; i < s->to; i++)
        json_add(&list, json_of_string(a, month_text(a, month_add(s->first, (int64_t)i))));
    return json_array(&list);
}

static result compute(struct city *c, struct board *b, struct period p, const struct board_filter *f, struct spread *s)
{
    struct city_figures cities;
    TRY(spread_of(c, b->a, b->d, p, f, s));
    TRY(cities_load(c, b->a, b->d, &cities));
    board_take_cities(b, &cities, f->benchmark.n ? f->benchmark : b->d->benchmark);
    for (size_t i = 0; i < INDICATORS; i++) b->lines[i] = (struct line){.i = &b->d->indicators[i], .t = s->all[i]};
    board_score(b);
    return ok();
}

result indicators_board_of(struct city *c, struct arena *a, struct period p, const struct board_filter *f, instant now,
                           const struct json **out)
{
    struct board *b = NEW(a, struct board);
    struct spread *s = NEW(a, struct spread);
    struct json_builder o = json_builder(a), list = json_builder(a);
    int64_t level = 0;
    b->a = a;
    TRY(definitions_of(c, a, &b->d));
    TRY(compute(c, b, p, f, s));
    for (size_t i = 0; i < INDICATORS; i++) {
        level += b->lines[i].score >= b->lines[i].benchmark; /* false for NAN */
        json_add(&list, line_json(b, i, s, now));
    }
    set_period(&o, a, p, now);
    json_set_bool(&o, "full", true);
    json_set(&o, "months", months_json(a, s));
    json_set(&o, "least", least_json(b));
    json_set_int(&o, "rank_sought", b->d->rank_sought);
    json_set_int(&o, "group_sought", b->d->group_sought);
    json_set_int(&o, "in_group", level);
    json_set(&o, "benchmark", benchmark_json(b, f->benchmark.n ? f->benchmark : b->d->benchmark));
    json_set_int(&o, "cities", (int64_t)b->ncities);
    json_set(&o, "total", total_json(b));
    json_set(&o, "gains", gains(b));
    json_set(&o, "city", city_json(b, s, now));
    json_set(&o, "towns", towns_json(c, a, f, s));
    json_set(&o, "departments", departments_json(c, a, s));
    json_set(&o, "indicators", json_array(&list));
    *out = json_object(&o);
    return ok();
}

result indicators_board(struct city *c, struct arena *a, struct period p, struct slice benchmark, instant now,
                        const struct json **out)
{
    return indicators_board_of(c, a, p, &(struct board_filter){.benchmark = benchmark}, now, out);
}

result indicators_public(struct city *c, struct arena *a, struct period p, instant now, const struct json **out)
{
    const struct definitions *d;
    struct tally t[INDICATORS];
    struct json_builder o = json_builder(a), list = json_builder(a);
    TRY(definitions_of(c, a, &d));
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
    json_set_bool(&o, "full", false);
    json_set(&o, "indicators", json_array(&list));
    *out = json_object(&o);
    return ok();
}
