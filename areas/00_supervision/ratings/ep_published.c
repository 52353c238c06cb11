/* GET /ratings: what people say of each department and service, public (国办发〔2019〕51号: 评价结果公开). No figure is given of fewer
 * than five ratings, nor of one that could be had by subtraction from the others. */
#include "areas/00_supervision/ratings/ratings.h"

#include "city/sql.h"

static const struct stmt SUMS = {
    "ratings_sums",
    "SELECT department, service, grade, CAST(SUM(n) AS BIGINT) FROM rating_counted WHERE month >= ?1 AND month <= ?2"
    " AND (?3 = '' OR department = ?3) GROUP BY department, service, grade ORDER BY department, service, grade",
    NULL, false};

struct figure {
    struct slice department, service;
    int64_t by[GRADE_BEST + 1], n;
    bool shown;
};

static void count(struct figure *f, int64_t grade, int64_t n)
{
    if (grade < GRADE_WORST || grade > GRADE_BEST) return;
    f->by[grade] += n;
    f->n += n;
}

/* Shows those of five and more; if what is hidden could be found from a sum over all, the smallest shown is hidden with it. */
static void decide_shown(struct figure *const *list, size_t n)
{
    int64_t hidden = 0;
    struct figure *least = NULL;
    for (size_t i = 0; i < n; i++) {
        list[i]->shown = list[i]->n >= RATING_LEAST;
        if (!list[i]->shown) hidden += list[i]->n;
        if (list[i]->shown && (!least || list[i]->n < least->n)) least = list[i];
    }
    if (hidden > 0 && hidden < RATING_LEAST && least) least->shown = false;
}

static void set_figure(struct json_builder *b, const struct figure *f)
{
    struct json_builder by = json_builder(b->a);
    json_set_bool(b, "few", !f->shown);
    json_set(b, "n", f->shown ? json_of_int(b->a, f->n) : json_null());
    for (int64_t g = GRADE_BEST; g >= GRADE_WORST; g--) json_set_int(&by, grade_name(g), f->by[g]);
    json_set(b, "by", f->shown ? json_object(&by) : json_null());
    int64_t good = f->by[GRADE_GOOD] + f->by[GRADE_BEST];
    const struct json *share =
        f->shown ? json_of_number(b->a, arena_printf(b->a, "%.4f", (double)good / (double)f->n)) : json_null();
    json_set(b, "satisfied", share);
}

/* Figures of the same key side by side in `all`, one of each department into `out`. */
static size_t departments(struct arena *a, struct figure *all, size_t n, struct figure ***out)
{
    struct figure **list = NEW_ARRAY(a, struct figure *, n + 1);
    size_t found = 0;
    for (size_t i = 0; i < n; i++) {
        if (!found || !slice_eq(list[found - 1]->department, all[i].department)) {
            list[found] = NEW(a, struct figure);
            list[found++]->department = all[i].department;
        }
        for (int64_t g = GRADE_WORST; g <= GRADE_BEST; g++) count(list[found - 1], g, all[i].by[g]);
    }
    *out = list;
    return found;
}

static const struct json *services_json(const struct request *q, struct figure *all, size_t n, const struct figure *of)
{
    struct figure **own = NEW_ARRAY(q->a, struct figure *, n + 1);
    struct json_builder list = json_builder(q->a);
    size_t found = 0;
    for (size_t i = 0; i < n; i++)
        if (slice_eq(all[i].department, of->department)) own[found++] = &all[i];
    decide_shown(own, found);
    for (size_t i = 0; i < found; i++) {
        struct json_builder b = json_builder(q->a);
        if (!of->shown) own[i]->shown = false;
        json_set(&b, "service", rated_service_json(q->city, q->a, own[i]->service));
        set_figure(&b, own[i]);
        json_add(&list, json_object(&b));
    }
    return json_array(&list);
}

static size_t read_sums(struct arena *a, const struct rows *r, struct figure **out)
{
    struct figure *all = NEW_ARRAY(a, struct figure, r->n + 1);
    size_t n = 0;
    for (size_t i = 0; i < r->n; i++) {
        const struct sql_value *v = row(r, i);
        if (!n || !slice_eq(all[n - 1].department, v[0].s) || !slice_eq(all[n - 1].service, v[1].s))
            all[n++] = (struct figure){.department = v[0].s, .service = v[1].s};
        count(&all[n - 1], v[2].i, v[3].i);
    }
    *out = all;
    return n;
}

/* "2021-09" -> 202109; the standard when left out. */
static result month_of(const struct request *q, const char *name, struct slice s, int64_t standard, int64_t *out)
{
    int64_t year, month;
    *out = standard;
    if (!s.n) return ok();
    bool good = s.n == 7 && s.p[4] == '-' && slice_int64(slice_sub(s, 0, 4), &year) &&
                slice_int64(slice_sub(s, 5, 2), &month) && year >= 2000 && month >= 1 && month <= 12;
    if (!good) return fail(q->a, CODE_QUERY_BAD, slice_cstr(name), "value", s, "expected", S("YYYY-MM"), NULL);
    *out = year * 100 + month;
    return ok();
}

static struct slice month_text(struct arena *a, int64_t m)
{
    return arena_printf(a, "%04lld-%02lld", (long long)(m / 100), (long long)(m % 100));
}

static result handle(const struct request *q, struct reply *r)
{
    struct rows rows;
    int64_t from, to;
    struct figure *all, **list, whole = {.shown = false};
    struct json_builder b = json_builder(q->a), w = json_builder(q->a), items = json_builder(q->a);
    struct civil t = civil_of_instant(q->now);
    TRY(month_of(q, "to", request_query(q, "to"), t.year * 100 + t.month, &to));
    TRY(month_of(q, "from", request_query(q, "from"),
                 t.month == 12 ? t.year * 100 + 1 : (t.year - 1) * 100 + t.month + 1, &from));
    TRY(store_query(q->city->store, q->a, &SUMS,
                    BINDS(sql_int(from), sql_int(to), sql_text(request_query(q, "department"))), &rows));
    size_t n = read_sums(q->a, &rows, &all), found = departments(q->a, all, n, &list);
    decide_shown(list, found);
    for (size_t i = 0; i < found; i++) {
        struct json_builder d = json_builder(q->a);
        for (int64_t g = GRADE_WORST; g <= GRADE_BEST; g++) count(&whole, g, list[i]->by[g]);
        json_set(&d, "department",
                 citydata_department_json(q->a, catalogue_data(q->city->catalogue), list[i]->department));
        set_figure(&d, list[i]);
        json_set(&d, "services", services_json(q, all, n, list[i]));
        json_add(&items, json_object(&d));
    }
    whole.shown = whole.n >= RATING_LEAST;
    set_figure(&w, &whole);
    json_set_str(&b, "from", month_text(q->a, from));
    json_set_str(&b, "to", month_text(q->a, to));
    json_set_int(&b, "least", RATING_LEAST);
    json_set(&b, "grades", grades_json(q->a));
    json_set(&b, "all", json_object(&w));
    json_set(&b, "departments", json_array(&items));
    r->body = json_object(&b);
    return ok();
}

static const struct query_parameter QUERY[] = {
    {.name = "from",
     .help_zh = "起始月份，YYYY-MM；不填为十二个月",
     .help_en = "first month, YYYY-MM; twelve months when left out",
     .most = 7},
    {.name = "to",
     .help_zh = "截止月份，YYYY-MM；不填为本月",
     .help_en = "last month, YYYY-MM; this month when left out",
     .most = 7},
    {.name = "department", .help_zh = "只看这个部门（代码）", .help_en = "this department only (code)", .most = 40},
    {.name = NULL},
};

const struct endpoint EP_RATINGS = {
    .method = "GET",
    .path = "/ratings",
    .right = {RIGHT_PUBLIC, 0, false},
    .summary_zh = "各部门、各事项的评价统计",
    .summary_en = "Ratings of departments and services",
    .query = QUERY,
    .reply_schema =
        "{\"type\":\"object\",\"properties\":{\"from\":{\"type\":\"string\"},\"to\":{\"type\":\"string\"},\"least\":{\"type\":\"integer\"},"
        "\"all\":{\"type\":\"object\"},\"departments\":{\"type\":\"array\",\"items\":{\"type\":\"object\"}}}}",
    .handle = handle};

/* ---- the sums against the ratings themselves ---- */

#define RECOUNT                                                                             \
    "SELECT month, service, department, grade, CAST(COUNT(*) AS BIGINT) AS n FROM rating r" \
    " WHERE NOT EXISTS (SELECT 1 FROM rating_annulled x WHERE x.case_id = r.ticket) GROUP BY month, service, department, grade"
#define SUMMED                                                                                  \
    "SELECT month, service, department, grade, CAST(SUM(n) AS BIGINT) AS n FROM rating_counted" \
    " GROUP BY month, service, department, grade HAVING SUM(n) <> 0"
static const struct stmt COMPARE = {"ratings_compare",
                                    "SELECT (SELECT COUNT(*) FROM (" RECOUNT " EXCEPT " SUMMED ") AS x)"
                                    " + (SELECT COUNT(*) FROM (" SUMMED " EXCEPT " RECOUNT ") AS y)",
                                    NULL, false};

result ratings_compare(struct city *c, struct arena *a, int64_t *differences)
{
    struct rows r;
    TRY(store_query(c->store, a, &COMPARE, NULL, 0, &r));
    *differences = row(&r, 0)[0].i;
    return ok();
}
