/* The board's sums: one reading by month and service, one by town, one by department, each small however many cases there are. */
#include "areas/00_supervision/indicators/board.h"

#include <math.h>

#include "city/cases/measure.h"
#include "city/sql.h"

#define SUM(column) "CAST(SUM(" column ") AS BIGINT)"
#define SUMS                                                                                                     \
    SUM("n")                                                                                                     \
    ", " SUM("workdays") ", " SUM("elapsed_ms") ", " SUM("acts") ", " SUM("visits") ", " SUM("papers") ", " SUM( \
        "fee_fen") ", " SUM("online") ", " SUM("late") ", " SUM("refused") ", " SUM("withdrawn")
/* ?3 part of the level; empty: all */
#define AT(level) \
    " FROM measure_sum_now WHERE level = " level " AND month >= ?1 AND month <= ?2 AND (?3 = '' OR part = ?3)"
#define MONTHS(name, level)                                                                        \
    {                                                                                              \
        name, "SELECT month, service, '', " SUMS AT(level) " GROUP BY month, service", NULL, false \
    }
#define PARTS(name, level)                                                                      \
    {                                                                                           \
        name, "SELECT 0, service, part, " SUMS AT(level) " GROUP BY service, part", NULL, false \
    }
static const struct stmt ALL_MONTHS = MONTHS("spread_months", MEASURE_BY_SERVICE);
static const struct stmt DEPARTMENT_MONTHS = MONTHS("spread_months_department", MEASURE_BY_DEPARTMENT);
static const struct stmt TOWN_MONTHS = MONTHS("spread_months_town", MEASURE_BY_TOWN);
static const struct stmt DEPARTMENTS = PARTS("spread_departments", MEASURE_BY_DEPARTMENT);
static const struct stmt TOWNS = PARTS("spread_towns", MEASURE_BY_TOWN);
static const struct stmt RATED = {
    "spread_rated",
    "SELECT month, service, department, CAST(SUM(CASE WHEN grade >= 4 THEN n ELSE 0 END) AS BIGINT), CAST(SUM(n) AS BIGINT)"
    " FROM rating_counted WHERE month >= ?1 AND month <= ?2 AND (?3 = '' OR department = ?3) GROUP BY month, service, department",
    NULL, false};
static const struct stmt RATED_TOWN = {
    "spread_rated_town",
    "SELECT month, town, CAST(SUM(CASE WHEN grade >= 4 THEN n ELSE 0 END) AS BIGINT), CAST(SUM(n) AS BIGINT)"
    " FROM rating_town_counted WHERE month >= ?1 AND month <= ?2 AND (?3 = '' OR town = ?3) GROUP BY month, town",
    NULL, false};

static struct tally tally_of(const struct sql_value *v)
{
    return (struct tally){.n = v[3].i,
                          .workdays = v[4].i,
                          .elapsed_ms = v[5].i,
                          .acts = v[6].i,
                          .visits = v[7].i,
                          .papers = v[8].i,
                          .fee_fen = v[9].i,
                          .online = v[10].i,
                          .late = v[11].i,
                          .refused = v[12].i,
                          .withdrawn = v[13].i};
}

struct summing {
    struct city *c;
    struct arena *a;
    const struct definitions *d;
    const struct service *const *services;
    size_t nservices;
    struct period p;
    const struct board_filter *f;
    struct spread *out;
};

/* NULL: no longer in the catalogue. */
static const struct service *service_now(const struct summing *s, struct slice code)
{
    for (size_t i = 0; i < s->nservices; i++)
        if (slice_eq(service_code(s->services[i]), code)) return s->services[i];
    return NULL;
}

static bool asked(const struct service *s)
{
    return !s || !service_internal(s);
}

static void add_month(struct summing *s, int64_t month, struct slice service, const struct tally *t)
{
    struct spread *o = s->out;
    const struct service *now = service_now(s, service);
    size_t at = (size_t)(months_between((struct period){o->first, month}) - 1);
    bool inside = at >= o->from && at < o->to;
    if (at >= o->n || !asked(now)) return;
    tally_add(&o->months[at], t);
    if (inside) tally_add(&o->city, t);
    for (size_t i = 0; i < INDICATORS; i++) {
        if (!indicator_counts(&s->d->indicators[i], service, now ? service_json(now) : NULL)) continue;
        tally_add(&o->of[i][at], t);
        if (inside) tally_add(&o->all[i], t);
    }
}

/* Few, so looked through; in the order in which they came. NULL: none such, and make is false. */
static struct tally *group(struct groups *g, struct slice key, bool make)
{
    for (size_t i = 0; i < g->n; i++)
        if (slice_eq(g->list[i].key, key)) return &g->list[i].t;
    if (!make) return NULL;
    g->list[g->n] = (struct group){.key = key};
    return &g->list[g->n++].t;
}

static result sums(struct summing *s, const struct stmt *q, int64_t from, struct slice part, struct rows *out)
{
    return store_query(s->c->store, s->a, q, BINDS(sql_int(from), sql_int(s->p.to), sql_text(part)), out);
}

static result add_groups(struct summing *s, const struct stmt *q, struct slice part, struct groups *g)
{
    struct rows rows;
    TRY(sums(s, q, s->p.from, part, &rows));
    *g = (struct groups){NEW_ARRAY(s->a, struct group, rows.n + 1), 0};
    for (size_t i = 0; i < rows.n; i++) {
        const struct sql_value *v = row(&rows, i);
        struct tally t = tally_of(v);
        if (asked(service_now(s, v[1].s))) tally_add(group(g, v[2].s, true), &t);
    }
    return ok();
}

static bool within(struct period p, int64_t month)
{
    return month >= p.from && month <= p.to;
}

static result add_ratings(struct summing *s)
{
    struct rows rows;
    struct spread *o = s->out;
    int64_t last = month_add(o->first, (int64_t)o->n - 1);
    TRY(store_query(s->c->store, s->a, &RATED, BINDS(sql_int(o->first), sql_int(last), sql_text(s->f->department)),
                    &rows));
    for (size_t i = 0; i < rows.n; i++) {
        const struct sql_value *v = row(&rows, i);
        struct tally t = {.satisfied = v[3].i, .rated = v[4].i}, *of = group(&o->departments, v[2].s, false);
        add_month(s, v[0].i, v[1].s, &t);
        if (of && within(s->p, v[0].i) && asked(service_now(s, v[1].s))) tally_add(of, &t);
    }
    return ok();
}

/* Of one town only the town as a whole has ratings. */
static result add_town_ratings(struct summing *s)
{
    struct rows rows;
    struct spread *o = s->out;
    int64_t last = month_add(o->first, (int64_t)o->n - 1);
    TRY(store_query(s->c->store, s->a, &RATED_TOWN, BINDS(sql_int(o->first), sql_int(last), sql_text(s->f->town)),
                    &rows));
    for (size_t i = 0; i < rows.n; i++) {
        const struct sql_value *v = row(&rows, i);
        struct tally t = {.satisfied = v[2].i, .rated = v[3].i}, *of = group(&o->towns, v[1].s, false);
        if (of && within(s->p, v[0].i)) tally_add(of, &t);
        if (!s->f->town.n) continue;
        tally_add(&o->months[months_between((struct period){o->first, v[0].i}) - 1], &t);
        if (within(s->p, v[0].i)) tally_add(&o->city, &t);
    }
    return ok();
}

result spread_of(struct city *c, struct arena *a, const struct definitions *d, struct period p,
                 const struct board_filter *f, struct spread *out)
{
    struct summing s = {.c = c, .a = a, .d = d, .p = p, .f = f, .out = out};
    struct rows rows;
    int64_t before = month_add(p.to, -SERIES_MONTHS); /* so many closed months, should p.to be running */
    memset(out, 0, sizeof *out);
    out->first = before < p.from ? before : p.from;
    out->n = (size_t)months_between((struct period){out->first, p.to});
    out->to = out->n;
    out->from = out->n - (size_t)months_between(p);
    out->months = NEW_ARRAY(a, struct tally, out->n);
    for (size_t i = 0; i < INDICATORS; i++) out->of[i] = NEW_ARRAY(a, struct tally, out->n);
    catalogue_all(c->catalogue, a, &s.services, &s.nservices);
    TRY(sums(&s,
             f->town.n         ? &TOWN_MONTHS
             : f->department.n ? &DEPARTMENT_MONTHS
                               : &ALL_MONTHS,
             out->first, f->town.n ? f->town : f->department, &rows));
    for (size_t i = 0; i < rows.n; i++) {
        const struct sql_value *v = row(&rows, i);
        struct tally t = tally_of(v);
        add_month(&s, v[0].i, v[1].s, &t);
    }
    if (!f->department.n) TRY(add_groups(&s, &TOWNS, f->town, &out->towns));
    if (!f->town.n) TRY(add_groups(&s, &DEPARTMENTS, f->department, &out->departments));
    if (!f->town.n) TRY(add_ratings(&s));
    return f->department.n ? ok() : add_town_ratings(&s);
}

double *series_of_tallies(struct arena *a, const struct tally *t, size_t from, size_t to, enum measure m)
{
    double *v = NEW_ARRAY(a, double, to - from + 1);
    for (size_t i = from; i < to; i++) v[i - from] = tally_value(&t[i], m);
    return v;
}
