/* Sums of cases, by the view measure_sum_now: what was added up, and what ended since. */
#include "areas/00_supervision/indicators/indicators.h"

#include <math.h>

#include "city/cases/measure.h"
#include "city/sql.h"

int64_t month_add(int64_t month, int64_t n)
{
    int64_t count = month / 100 * 12 + month % 100 - 1 + n;
    return count / 12 * 100 + count % 12 + 1;
}

int64_t months_between(struct period p)
{
    return p.to / 100 * 12 + p.to % 100 - (p.from / 100 * 12 + p.from % 100) + 1;
}

bool month_scan(struct slice text, int64_t *month)
{
    int64_t y, m;
    if (text.n != 7 || text.p[4] != '-' || !slice_int64(slice_sub(text, 0, 4), &y) ||
        !slice_int64(slice_sub(text, 5, 2), &m) || y < 1949 || m < 1 || m > 12)
        return false;
    *month = y * 100 + m;
    return true;
}

struct slice month_text(struct arena *a, int64_t month)
{
    return arena_printf(a, "%04lld-%02lld", (long long)(month / 100), (long long)(month % 100));
}

void tally_add(struct tally *to, const struct tally *t)
{
    to->n += t->n;
    to->refused += t->refused;
    to->withdrawn += t->withdrawn;
    to->workdays += t->workdays;
    to->elapsed_ms += t->elapsed_ms;
    to->counted_ms += t->counted_ms;
    to->steps += t->steps;
    to->acts += t->acts;
    to->visits += t->visits;
    to->papers += t->papers;
    to->fee_fen += t->fee_fen;
    to->online += t->online;
    to->late += t->late;
    to->rated += t->rated;
    to->satisfied += t->satisfied;
}

double tally_value(const struct tally *t, enum measure m)
{
    double n = (double)t->n;
    if (t->n == 0) return NAN;
    switch (m) {
    case MEASURE_ACTS: return (double)t->acts / n;
    case MEASURE_WORKDAYS: return (double)t->workdays / n;
    case MEASURE_ELAPSED: return (double)t->elapsed_ms / MS_DAY / n;
    case MEASURE_FEE: return (double)t->fee_fen / 100 / n;
    case MEASURE_PAPERS: return (double)t->papers / n;
    case MEASURE_VISITS: return (double)t->visits / n;
    case MEASURE_ONLINE: return (double)t->online / n;
    case MEASURE_RATING: return t->rated < RATED_LEAST ? NAN : (double)t->satisfied / (double)t->rated;
    case MEASURES: break;
    }
    return NAN;
}

#define SUM(column) "CAST(SUM(" column ") AS BIGINT)"
#define SUMS                                                                                        \
    SUM("n")                                                                                        \
    ", " SUM("refused") ", " SUM("withdrawn") ", " SUM("workdays") ", " SUM("elapsed_ms") ", " SUM( \
        "counted_ms") ", " SUM("steps") ", " SUM("acts") ", " SUM("visits") ", " SUM("papers") ", " SUM("fee_fen") ", \
    " SUM("online") ", " SUM("late")
#define AT(level) " FROM measure_sum_now WHERE level = " level " AND month >= ?1 AND month <= ?2"
#define OF_SERVICE(name, level, month, key, by)                                                                   \
    {                                                                                                             \
        name, "SELECT " month ", service, " key ", " SUMS AT(level) " AND service = ?3 GROUP BY " by, NULL, false \
    }
static const struct stmt BY_MONTH_ = OF_SERVICE("figures_month", MEASURE_BY_SERVICE, "month", "''", "month, service");
static const struct stmt BY_SERVICE_ = OF_SERVICE("figures_service", MEASURE_BY_SERVICE, "0", "''", "service");
static const struct stmt BY_DEPARTMENT_ =
    OF_SERVICE("figures_department", MEASURE_BY_DEPARTMENT, "0", "part", "service, part");
static const struct stmt BY_TOWN_ = OF_SERVICE("figures_town", MEASURE_BY_TOWN, "0", "part", "service, part");
static const struct stmt EVERY_SERVICE = {
    "figures_every", "SELECT 0, service, '', " SUMS AT(MEASURE_BY_SERVICE) " GROUP BY service", NULL, false};

/* Ratings without those found to be mistakes. A figure of a case's service and department, whoever rated and where. */
#define RATED(month, department)                                                                              \
    "SELECT " month ", service, " department ", CAST(SUM(CASE WHEN grade >= 4 THEN n ELSE 0 END) AS BIGINT)," \
    " CAST(SUM(n) AS BIGINT) FROM rating_counted WHERE month >= ?1 AND month <= ?2"
static const struct stmt EVERY_RATED = {"figures_every_rated", RATED("0", "''") " GROUP BY service", NULL, false};
static const struct stmt RATED_MONTHS = {
    "figures_rated", RATED("month", "department") " AND service = ?3 GROUP BY month, service, department", NULL, false};

static struct tally tally_of(const struct sql_value *v)
{
    return (struct tally){.n = v[3].i,
                          .refused = v[4].i,
                          .withdrawn = v[5].i,
                          .workdays = v[6].i,
                          .elapsed_ms = v[7].i,
                          .counted_ms = v[8].i,
                          .steps = v[9].i,
                          .acts = v[10].i,
                          .visits = v[11].i,
                          .papers = v[12].i,
                          .fee_fen = v[13].i,
                          .online = v[14].i,
                          .late = v[15].i};
}

static const struct json *current_json(const struct service *const *list, size_t n, struct slice code)
{
    for (size_t i = 0; i < n; i++)
        if (slice_eq(service_code(list[i]), code)) return service_json(list[i]);
    return NULL;
}

result figures_all(struct city *c, struct arena *a, const struct definitions *d, struct period p, struct tally *out)
{
    const struct service *const *list;
    struct rows rows;
    size_t n;
    memset(out, 0, INDICATORS * sizeof *out);
    catalogue_all(c->catalogue, a, &list, &n);
    TRY(store_query(c->store, a, &EVERY_SERVICE, BINDS(sql_int(p.from), sql_int(p.to)), &rows));
    for (size_t r = 0; r < rows.n; r++) {
        const struct sql_value *v = row(&rows, r);
        const struct json *s = current_json(list, n, v[1].s);
        struct tally t = tally_of(v);
        for (size_t i = 0; i < INDICATORS; i++)
            if (indicator_counts(&d->indicators[i], v[1].s, s)) tally_add(&out[i], &t);
    }
    TRY(store_query(c->store, a, &EVERY_RATED, BINDS(sql_int(p.from), sql_int(p.to)), &rows));
    for (size_t r = 0; r < rows.n; r++) {
        const struct sql_value *v = row(&rows, r);
        const struct json *s = current_json(list, n, v[1].s);
        struct tally t = {.satisfied = v[3].i, .rated = v[4].i};
        for (size_t i = 0; i < INDICATORS; i++)
            if (indicator_counts(&d->indicators[i], v[1].s, s)) tally_add(&out[i], &t);
    }
    return ok();
}

/* NULL: no case there, and so no figure. */
static struct tally *group_find(const struct groups *g, struct slice key, int64_t month)
{
    for (size_t i = 0; i < g->n; i++)
        if (g->list[i].month == month && slice_eq(g->list[i].key, key)) return &g->list[i].t;
    return NULL;
}

/* In order of the key; few, so looked through. */
static struct tally *group_at(struct groups *g, struct slice key, int64_t month)
{
    size_t i = 0;
    while (i < g->n && (g->list[i].month < month || (g->list[i].month == month && slice_cmp(g->list[i].key, key) < 0)))
        i++;
    if (i < g->n && g->list[i].month == month && slice_eq(g->list[i].key, key)) return &g->list[i].t;
    memmove(g->list + i + 1, g->list + i, (g->n - i) * sizeof *g->list);
    g->list[i] = (struct group){.key = key, .month = month};
    g->n++;
    return &g->list[i].t;
}

/* Behind all cases of all services: a month that has none has no figure. */
static result add_ratings(struct city *c, struct arena *a, struct slice service, struct period p, enum grouping by,
                          struct groups *out)
{
    struct rows rows;
    if (by == BY_TOWN) return ok();
    TRY(store_query(c->store, a, &RATED_MONTHS, BINDS(sql_int(p.from), sql_int(p.to), sql_text(service)), &rows));
    for (size_t r = 0; r < rows.n; r++) {
        const struct sql_value *v = row(&rows, r);
        struct slice key = by == BY_SERVICE ? v[1].s : by == BY_DEPARTMENT ? v[2].s : (struct slice){NULL, 0};
        struct tally t = {.satisfied = v[3].i, .rated = v[4].i};
        struct tally *to = group_find(out, key, by == BY_MONTH ? v[0].i : 0);
        if (to) tally_add(to, &t);
    }
    return ok();
}

static result add_service(struct city *c, struct arena *a, struct slice service, struct period p, enum grouping by,
                          struct groups *out)
{
    const struct stmt *const STMTS[] = {&BY_SERVICE_, &BY_MONTH_, &BY_SERVICE_, &BY_DEPARTMENT_, &BY_TOWN_};
    struct rows rows;
    TRY(store_query(c->store, a, STMTS[by], BINDS(sql_int(p.from), sql_int(p.to), sql_text(service)), &rows));
    struct group *more = NEW_ARRAY(a, struct group, out->n + rows.n + 1);
    if (out->n) memcpy(more, out->list, out->n * sizeof *more);
    out->list = more;
    for (size_t r = 0; r < rows.n; r++) {
        const struct sql_value *v = row(&rows, r);
        struct tally t = tally_of(v);
        tally_add(group_at(out, by == BY_SERVICE ? v[1].s : v[2].s, by == BY_MONTH ? v[0].i : 0), &t);
    }
    return ok();
}

static result each_service(struct city *c, struct arena *a, const struct indicator *i, struct period p,
                           enum grouping by, struct groups *out,
                           result (*add)(struct city *c, struct arena *a, struct slice service, struct period p,
                                         enum grouping by, struct groups *out))
{
    const struct service *const *list;
    const struct json *codes = json_get(i->services, "codes");
    size_t n;
    catalogue_all(c->catalogue, a, &list, &n);
    for (size_t k = 0; codes && k < codes->n; k++) TRY(add(c, a, codes->items[k]->text, p, by, out));
    for (size_t k = 0; !codes && k < n; k++)
        if (indicator_counts(i, service_code(list[k]), service_json(list[k])))
            TRY(add(c, a, service_code(list[k]), p, by, out));
    return ok();
}

/* Service by service: few of many count for one indicator. Those named by code may be no longer in the catalogue. */
result figures_of(struct city *c, struct arena *a, const struct indicator *i, struct period p, enum grouping by,
                  struct groups *out)
{
    *out = (struct groups){NEW_ARRAY(a, struct group, 1), 0};
    if (by == BY_NOTHING) (void)group_at(out, (struct slice){NULL, 0}, 0);
    TRY(each_service(c, a, i, p, by, out, add_service));
    return each_service(c, a, i, p, by, out, add_ratings);
}
