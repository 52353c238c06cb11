/* Cases, ratings and indicators of a month and of the eleven before it. Sums come from the tables that the indicators are computed from. */
#include "areas/00_supervision/briefing/briefing.h"

#include "areas/00_supervision/ratings/ratings.h"
#include "city/cases/measure.h"
#include "city/sql.h"

#define MONTHS 12
#define SUM(what) "CAST(COALESCE(SUM(" what "), 0) AS BIGINT)"
#define AT(level) " FROM measure_sum_now WHERE level = " level
static const struct stmt CASES = {
    "brief_cases",
    "SELECT month, " SUM("n") ", " SUM("late") ", " SUM("workdays") ", " SUM("online") AT(
        MEASURE_BY_SERVICE) " AND month >= ?1 AND"
                            " month <= ?2 AND service NOT IN ('bad_rating', 'enterprise_request') GROUP BY month ORDER BY month",
    NULL, false};
static const struct stmt DEPARTMENTS = {
    "brief_departments",
    "SELECT part, " SUM("n") ", " SUM("late") ", " SUM("workdays") AT(
        MEASURE_BY_DEPARTMENT) " AND month = ?1 AND"
                               " service NOT IN ('bad_rating', 'enterprise_request') GROUP BY part HAVING SUM(n) > 0 ORDER BY 2 DESC, part",
    NULL, false};
static const struct stmt RATED = {
    "brief_rated",
    "SELECT month, " SUM("n") ", " SUM("CASE WHEN grade >= 4 THEN n ELSE 0 END") ", " SUM(
        "CASE WHEN grade <= 2 THEN n ELSE 0 END") " FROM rating_counted WHERE month >= ?1 AND month <= ?2 GROUP BY month ORDER BY month",
    NULL, false};
static const struct stmt CLOSED = {"brief_tickets_closed",
                                   "SELECT " SUM("n") ", " SUM("late")
                                       AT(MEASURE_BY_SERVICE) " AND month = ?1 AND service = 'bad_rating'",
                                   NULL, false};
static const struct stmt OPEN = {
    "brief_tickets_open",
    "SELECT CAST(COUNT(*) AS BIGINT), " SUM(
        "CASE WHEN f.due_at < ?1 THEN 1 ELSE 0 END") " FROM rating r JOIN case_file f ON f.id ="
                                                     " r.ticket LEFT JOIN case_measure m ON m.case_id = f.id WHERE r.grade < 3 AND r.ticket IS NOT NULL AND f.filed_at < ?1 AND"
                                                     " (m.ended_at IS NULL OR m.ended_at >= ?1)",
    NULL, false};

/* Row of the month among rows in order of it; NULL: none. */
static const struct sql_value *of_month(const struct rows *r, int64_t month)
{
    for (size_t i = 0; i < r->n; i++)
        if (row(r, i)[0].i == month) return row(r, i);
    return NULL;
}

static const struct json *month_json(struct arena *a, const struct rows *r, int64_t month, const char *const *keys)
{
    struct json_builder b = json_builder(a);
    const struct sql_value *v = of_month(r, month);
    json_set_str(&b, "month", month_text(a, month));
    for (size_t i = 0; keys[i]; i++) json_set_int(&b, keys[i], v ? v[i + 1].i : 0);
    return json_object(&b);
}

static void set_months(struct arena *a, const struct rows *r, int64_t last, const char *const *keys,
                       struct json_builder *o)
{
    struct json_builder list = json_builder(a);
    for (int i = MONTHS - 1; i >= 0; i--) json_add(&list, month_json(a, r, month_add(last, -i), keys));
    json_set(o, "now", month_json(a, r, last, keys));
    json_set(o, "before", month_json(a, r, month_add(last, -1), keys));
    json_set(o, "months", json_array(&list));
}

result brief_cases(struct city *c, struct arena *a, const struct brief_month *m, const struct json **out)
{
    static const char *const KEYS[] = {"decided", "late", "workdays", "online", NULL};
    struct rows r, by;
    struct json_builder o = json_builder(a), list = json_builder(a);
    TRY(store_query(c->store, a, &CASES, BINDS(sql_int(month_add(m->month, 1 - MONTHS)), sql_int(m->month)), &r));
    TRY(store_query(c->store, a, &DEPARTMENTS, BINDS(sql_int(m->month)), &by));
    set_months(a, &r, m->month, KEYS, &o);
    for (size_t i = 0; i < by.n; i++) {
        struct json_builder b = json_builder(a);
        const struct department *d = citydata_department(catalogue_data(c->catalogue), row(&by, i)[0].s);
        json_set_str(&b, "code", row(&by, i)[0].s);
        json_set_str(&b, "name", d ? d->name.zh : row(&by, i)[0].s);
        for (size_t k = 0; k < 3; k++) json_set_int(&b, KEYS[k], row(&by, i)[k + 1].i);
        json_add(&list, json_object(&b));
    }
    json_set(&o, "departments", json_array(&list));
    *out = json_object(&o);
    return ok();
}

result brief_ratings(struct city *c, struct arena *a, const struct brief_month *m, const struct json **out)
{
    static const char *const KEYS[] = {"rated", "satisfied", "bad", NULL};
    struct rows r, closed, open;
    struct json_builder o = json_builder(a), t = json_builder(a);
    TRY(store_query(c->store, a, &RATED, BINDS(sql_int(month_add(m->month, 1 - MONTHS)), sql_int(m->month)), &r));
    TRY(store_query(c->store, a, &CLOSED, BINDS(sql_int(m->month)), &closed));
    TRY(store_query(c->store, a, &OPEN, BINDS(sql_int(m->as_of)), &open));
    set_months(a, &r, m->month, KEYS, &o);
    json_set_int(&t, "closed", row(&closed, 0)[0].i);
    json_set_int(&t, "closed_late", row(&closed, 0)[1].i);
    json_set_int(&t, "open", row(&open, 0)[0].i);
    json_set_int(&t, "overdue", row(&open, 0)[1].i);
    json_set(&o, "tickets", json_object(&t));
    *out = json_object(&o);
    return ok();
}

/* ---- the enterprise seat of the hotline ---- */

static const struct stmt HOTLINE = {
    "brief_hotline",
    "SELECT (SELECT CAST(COUNT(*) AS BIGINT) FROM hotline_ticket WHERE filed_at >= ?1 AND filed_at < ?2),"
    " (SELECT " SUM("n") AT(
        MEASURE_BY_SERVICE) " AND month = ?3 AND service = 'enterprise_request'),"
                            " (SELECT " SUM("late") AT(
                                MEASURE_BY_SERVICE) " AND month = ?3 AND service = 'enterprise_request'),"
                                                    " (SELECT CAST(COUNT(*) AS BIGINT) FROM hotline_ticket WHERE visited_at >= ?1 AND visited_at < ?2 AND satisfaction IN ('satisfied', 'not_satisfied')),"
                                                    " (SELECT CAST(COUNT(*) AS BIGINT) FROM hotline_ticket WHERE visited_at >= ?1 AND visited_at < ?2 AND satisfaction = 'satisfied'),"
                                                    " (SELECT CAST(COUNT(DISTINCT case_id) AS BIGINT) FROM hotline_escalation WHERE at >= ?1 AND at < ?2)",
    NULL, false};
static const struct stmt HOTLINE_OPEN = {
    "brief_hotline_open",
    "SELECT CAST(COUNT(*) AS BIGINT) FROM hotline_ticket t LEFT JOIN case_measure m ON m.case_id = t.case_id WHERE t.filed_at < ?1 AND"
    " (m.ended_at IS NULL OR m.ended_at >= ?1)",
    NULL, false};

static result hotline_month(struct city *c, struct arena *a, instant from, instant to, int64_t month,
                            const struct json **out)
{
    static const char *const KEYS[] = {"received", "closed", "closed_late", "visited", "satisfied", "escalated"};
    struct rows r;
    struct json_builder b = json_builder(a);
    TRY(store_query(c->store, a, &HOTLINE, BINDS(sql_int(from), sql_int(to), sql_int(month)), &r));
    json_set_str(&b, "month", month_text(a, month));
    for (size_t i = 0; i < sizeof KEYS / sizeof *KEYS; i++) json_set_int(&b, KEYS[i], row(&r, 0)[i].i);
    *out = json_object(&b);
    return ok();
}

result brief_hotline(struct city *c, struct arena *a, const struct brief_month *m, const struct json **out)
{
    struct rows r;
    struct json_builder o = json_builder(a);
    const struct json *now, *before;
    int64_t last = month_add(m->month, -1);
    instant start = instant_of_day(day_of_civil((int)(last / 100), (int)(last % 100), 1));
    TRY(hotline_month(c, a, m->from, m->as_of, m->month, &now));
    TRY(hotline_month(c, a, start, m->from, last, &before));
    TRY(store_query(c->store, a, &HOTLINE_OPEN, BINDS(sql_int(m->as_of)), &r));
    json_set(&o, "now", now);
    json_set(&o, "before", before);
    json_set_int(&o, "open", row(&r, 0)[0].i);
    *out = json_object(&o);
    return ok();
}

/* ---- indicators ---- */

static const struct json *with(struct arena *a, const struct json *now, const struct json *before)
{
    static const char *const KEEP[] = {"no", "name", "cases", "no_data", "score", "rank", "of", "gap"};
    struct json_builder b = json_builder(a);
    for (size_t i = 0; i < sizeof KEEP / sizeof *KEEP; i++) {
        const struct json *v = json_get(now, KEEP[i]);
        if (v && v->type == JSON_OBJECT) v = json_get(v, "zh");
        if (v) json_set(&b, KEEP[i], v);
    }
    const struct json *score = json_get(before, "score");
    json_set(&b, "before", score ? score : json_null());
    return json_object(&b);
}

/* Each over the twelve months up to the month, as the board does. */
result brief_indicators(struct city *c, struct arena *a, const struct brief_month *m, const struct json **out)
{
    struct json_builder o = json_builder(a), list = json_builder(a), months = json_builder(a);
    const struct json *v[MONTHS];
    for (int i = 0; i < MONTHS; i++) {
        int64_t last = month_add(m->month, i - MONTHS + 1);
        struct period p = {month_add(last, 1 - MONTHS), last};
        struct json_builder b = json_builder(a);
        TRY(indicators_board(c, a, p, (struct slice){NULL, 0}, m->as_of, &v[i]));
        json_set_str(&b, "month", month_text(a, last));
        json_set(&b, "score", json_get(json_get(v[i], "total"), "score"));
        json_add(&months, json_object(&b));
    }
    const struct json *now = v[MONTHS - 1], *before = v[MONTHS - 2], *all = json_get(now, "indicators");
    for (size_t i = 0; i < all->n; i++)
        json_add(&list, with(a, all->items[i], json_get(before, "indicators")->items[i]));
    json_set_str(&o, "from", json_string(now, "from"));
    json_set_str(&o, "to", json_string(now, "to"));
    json_set(&o, "total", json_merge(a, json_get(now, "total"), with(a, json_null(), json_get(before, "total"))));
    json_set(&o, "rank_sought", json_get(now, "rank_sought"));
    json_set(&o, "in_group", json_get(now, "in_group"));
    json_set(&o, "group_sought", json_get(now, "group_sought"));
    json_set(&o, "cities", json_get(now, "cities"));
    json_set_str(&o, "benchmark", json_string(json_get(json_get(now, "benchmark"), "name"), "zh"));
    json_set_bool(&o, "benchmark_figures", json_bool(json_get(now, "benchmark"), "figures", false));
    json_set(&o, "items", json_array(&list));
    json_set(&o, "months", json_array(&months));
    *out = json_object(&o);
    return ok();
}

/* ---- the whole ---- */

result brief_month_of(struct arena *a, int64_t month, instant now, struct brief_month *out)
{
    int64_t after = month_add(month, 1);
    out->month = month;
    out->from = instant_of_day(day_of_civil((int)(month / 100), (int)(month % 100), 1));
    out->to = instant_of_day(day_of_civil((int)(after / 100), (int)(after % 100), 1));
    out->as_of = now < out->to ? now : out->to;
    if (out->from < now) return ok();
    return fail(a, CODE_BRIEFING_MONTH, S("/month"), "value", month_text(a, month), NULL);
}

result brief_figures(struct city *c, struct arena *a, const struct brief_month *m, const struct json **out)
{
    struct json_builder o = json_builder(a), name = json_builder(a);
    const struct json *plan, *indicators, *cases, *ratings, *hotline;
    TRY(brief_plan(c, a, m, &plan));
    TRY(brief_indicators(c, a, m, &indicators));
    TRY(brief_cases(c, a, m, &cases));
    TRY(brief_ratings(c, a, m, &ratings));
    TRY(brief_hotline(c, a, m, &hotline));
    json_set_cstr(&o, "format", "tongban briefing 1");
    json_set_str(&o, "month", month_text(a, m->month));
    json_set_str(&o, "as_of", day_text(a, day_of_instant(m->as_of - 1)));
    json_set_bool(&o, "complete", m->as_of == m->to);
    json_set_str(&name, "code", c->code);
    json_set_str(&name, "name", c->name_zh);
    json_set(&o, "city", json_object(&name));
    json_set(&o, "plan", plan);
    json_set(&o, "indicators", indicators);
    json_set(&o, "cases", cases);
    json_set(&o, "ratings", ratings);
    json_set(&o, "hotline", hotline);
    *out = json_object(&o);
    return ok();
}
