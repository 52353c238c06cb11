/* The share of cases taken through the platform: of its own cases and of those that departments told. */
#include "areas/00_supervision/claims/claims.h"
#include "city/cases/measure.h"
#include "city/sql.h"

enum { MONTHS_MAX = 36, DEPARTMENTS_MAX = 200 };

/* All that ended, whichever way: each was taken. */
static const struct stmt PLATFORM = {
    "share_platform",
    "SELECT month, service, part, CAST(SUM(n + refused + withdrawn) AS BIGINT) FROM measure_sum_now WHERE level = " MEASURE_BY_DEPARTMENT
    " AND month >= ?1 AND month <= ?2 GROUP BY month, service, part",
    NULL, false};
static const struct stmt OWN = {
    "share_own", "SELECT month, service, department, n, name FROM own_system_month WHERE month >= ?1 AND month <= ?2",
    NULL, false};
/* From when on figures are expected: nobody tells of a month before the city began. */
static const struct stmt FIRST_CASE = {
    "share_first_case", "SELECT MIN(month) FROM measure_sum_now WHERE level = " MEASURE_BY_SERVICE, NULL, false};
static const struct stmt FIRST_OWN = {"share_first_own", "SELECT MIN(month) FROM own_system_month", NULL, false};
static const struct stmt TELLERS = {
    "share_tellers", "SELECT DISTINCT department FROM own_system_month ORDER BY department", NULL, false};

struct cell {
    int64_t platform, own;
    bool told;
};
struct line { /* a department, or a service of one */
    struct slice department, service, name;
    int64_t platform, counted, own;
};
struct sums {
    struct city *c;
    struct arena *a;
    struct period p;
    struct slice department, service; /* wanted; empty: all */
    int64_t first;                    /* month from which figures are expected */
    size_t months, ndepartments, nservices, cap;
    struct slice departments[DEPARTMENTS_MAX];
    struct cell *cells; /* [department][month] */
    struct line *services;
};

static size_t index_of(struct sums *s, struct slice department)
{
    for (size_t i = 0; i < s->ndepartments; i++)
        if (slice_eq(s->departments[i], department)) return i;
    if (s->ndepartments == DEPARTMENTS_MAX) return SIZE_MAX;
    s->departments[s->ndepartments] = department;
    return s->ndepartments++;
}

static struct cell *cell_of(struct sums *s, size_t department, int64_t month)
{
    struct period p = {s->p.from, month};
    return &s->cells[department * MONTHS_MAX + (size_t)(months_between(p) - 1)];
}

/* Cases that the city opens by itself (tickets) are nobody's application. */
static bool internal(struct sums *s, struct slice code)
{
    const struct service *v;
    return !failed(catalogue_current(s->c->catalogue, s->a, code, &v)) && service_internal(v);
}

/* Who is expected to tell: whoever decides a service of the city, has cases on the platform, or has told before. */
static result expect(struct sums *s)
{
    const struct service *const *list;
    struct rows r;
    size_t n;
    catalogue_all(s->c->catalogue, s->a, &list, &n);
    for (size_t i = 0; i < n; i++)
        if (!service_internal(list[i])) (void)index_of(s, service_department(list[i]));
    TRY(store_query(s->c->store, s->a, &TELLERS, NULL, 0, &r));
    for (size_t i = 0; i < r.n; i++) (void)index_of(s, row(&r, i)[0].s);
    return ok();
}

static struct line *service_of(struct sums *s, struct slice service, struct slice department)
{
    for (size_t i = 0; i < s->nservices; i++)
        if (slice_eq(s->services[i].service, service) && slice_eq(s->services[i].department, department))
            return &s->services[i];
    if (s->nservices == s->cap) {
        struct line *more = NEW_ARRAY(s->a, struct line, s->cap * 2 + 64);
        if (s->nservices) memcpy(more, s->services, s->nservices * sizeof *more);
        s->services = more;
        s->cap = s->cap * 2 + 64;
    }
    s->services[s->nservices] = (struct line){.service = service, .department = department};
    return &s->services[s->nservices++];
}

static bool wanted(const struct sums *s, struct slice department, struct slice service)
{
    return (!s->department.n || slice_eq(s->department, department)) &&
           (!s->service.n || slice_eq(s->service, service));
}

static result add_own(struct sums *s)
{
    struct rows r;
    TRY(store_query(s->c->store, s->a, &OWN, BINDS(sql_int(s->p.from), sql_int(s->p.to)), &r));
    for (size_t i = 0; i < r.n; i++) {
        const struct sql_value *v = row(&r, i);
        size_t d = index_of(s, v[2].s);
        if (d == SIZE_MAX) continue;
        struct cell *x = cell_of(s, d, v[0].i);
        x->told = true;
        if (!wanted(s, v[2].s, v[1].s)) continue;
        struct line *l = service_of(s, v[1].s, v[2].s);
        x->own += v[3].i;
        l->own += v[3].i;
        l->name = v[4].s;
    }
    return ok();
}

static result add_platform(struct sums *s)
{
    struct rows r;
    TRY(store_query(s->c->store, s->a, &PLATFORM, BINDS(sql_int(s->p.from), sql_int(s->p.to)), &r));
    for (size_t i = 0; i < r.n; i++) {
        const struct sql_value *v = row(&r, i);
        size_t d = internal(s, v[1].s) ? SIZE_MAX : index_of(s, v[2].s);
        if (d == SIZE_MAX || !wanted(s, v[2].s, v[1].s)) continue;
        struct cell *x = cell_of(s, d, v[0].i);
        struct line *l = service_of(s, v[1].s, v[2].s);
        x->platform += v[3].i;
        l->platform += v[3].i;
        if (x->told) l->counted += v[3].i;
    }
    return ok();
}

static result sums_of(struct city *c, struct arena *a, struct period p, struct slice department, struct slice service,
                      struct sums *s)
{
    struct rows x, y;
    *s = (struct sums){.c = c, .a = a, .p = p, .department = department, .service = service};
    s->months = (size_t)months_between(p);
    if (s->months > MONTHS_MAX) return fail(a, CODE_QUERY_BAD, S("from"), "value", month_text(a, p.from), NULL);
    s->cells = arena_zalloc(a, (size_t)DEPARTMENTS_MAX * MONTHS_MAX, sizeof *s->cells);
    TRY(store_query(c->store, a, &FIRST_CASE, NULL, 0, &x));
    TRY(store_query(c->store, a, &FIRST_OWN, NULL, 0, &y));
    const struct sql_value *one = row(&x, 0), *other = row(&y, 0);
    s->first = one->type == SQL_NULL ? INT64_MAX : one->i;
    if (other->type != SQL_NULL && other->i < s->first) s->first = other->i;
    TRY(expect(s));
    TRY(add_own(s)); /* before the cases: whether a month was told decides where they count */
    return add_platform(s);
}

/* ---- sums ---- */

/* Adds a department's months (or one month, at >= 0) to *out; missing: months not told. */
static size_t add_cells(const struct sums *s, size_t department, int64_t at, struct platform_share *out)
{
    size_t missing = 0;
    for (size_t m = 0; m < s->months; m++) {
        const struct cell *x = &s->cells[department * MONTHS_MAX + m];
        if (at >= 0 && (size_t)at != m) continue;
        out->platform += x->platform;
        if (x->told) {
            out->counted += x->platform;
            out->own += x->own;
        } else if (month_add(s->p.from, (int64_t)m) >= s->first) {
            missing++;
        }
    }
    return missing;
}

static struct platform_share all_of(const struct sums *s, int64_t at)
{
    struct platform_share out = {0};
    for (size_t d = 0; d < s->ndepartments; d++)
        if (!s->department.n || slice_eq(s->department, s->departments[d]))
            out.missing += add_cells(s, d, at, &out) ? 1 : 0;
    return out;
}

result share_sum(struct city *c, struct arena *a, struct period p, struct slice department, struct slice service,
                 struct platform_share *out)
{
    struct sums s;
    TRY(sums_of(c, a, p, department, service, &s));
    *out = all_of(&s, -1);
    return ok();
}

/* ---- the reply ---- */

static void set_share(struct json_builder *b, int64_t counted, int64_t own)
{
    int64_t all = counted + own;
    json_set(b, "share",
             all ? json_of_number(b->a, arena_printf(b->a, "%.4f", (double)counted / (double)all)) : json_null());
}

static void set_sum(struct json_builder *b, const struct platform_share *x)
{
    set_share(b, x->counted, x->own);
    json_set_int(b, "platform", x->platform);
    json_set_int(b, "counted", x->counted);
    json_set_int(b, "own", x->own);
    json_set_bool(b, "complete", x->missing == 0);
}

static const struct json *months_missing(const struct sums *s, size_t department)
{
    struct json_builder list = json_builder(s->a);
    for (size_t m = 0; m < s->months; m++) {
        int64_t month = month_add(s->p.from, (int64_t)m);
        if (!s->cells[department * MONTHS_MAX + m].told && month >= s->first)
            json_add(&list, json_of_string(s->a, month_text(s->a, month)));
    }
    return json_array(&list);
}

static const struct json *departments_json(const struct sums *s)
{
    struct json_builder list = json_builder(s->a);
    for (size_t d = 0; d < s->ndepartments; d++) {
        struct platform_share x = {0};
        struct json_builder b = json_builder(s->a);
        if (s->department.n && !slice_eq(s->department, s->departments[d])) continue;
        x.missing = add_cells(s, d, -1, &x);
        json_set(&b, "department", citydata_department_json(s->a, catalogue_data(s->c->catalogue), s->departments[d]));
        set_sum(&b, &x);
        json_set(&b, "missing", months_missing(s, d));
        json_add(&list, json_object(&b));
    }
    return json_array(&list);
}

static const struct json *months_json(const struct sums *s)
{
    struct json_builder list = json_builder(s->a);
    for (size_t m = 0; m < s->months; m++) {
        struct platform_share x = all_of(s, (int64_t)m);
        struct json_builder b = json_builder(s->a);
        json_set_str(&b, "month", month_text(s->a, month_add(s->p.from, (int64_t)m)));
        set_sum(&b, &x);
        json_add(&list, json_object(&b));
    }
    return json_array(&list);
}

static const struct json *services_json(const struct sums *s)
{
    struct json_builder list = json_builder(s->a);
    for (size_t i = 0; i < s->nservices; i++) {
        const struct line *l = &s->services[i];
        const struct service *v;
        struct json_builder b = json_builder(s->a), o = json_builder(s->a);
        struct bitext name = l->name.n ? (struct bitext){l->name, l->name} : (struct bitext){l->service, l->service};
        if (slice_is(l->service, OWN_ALL)) name = (struct bitext){S("未分事项"), S("Not told by service")};
        if (!failed(catalogue_current(s->c->catalogue, s->a, l->service, &v))) name = service_name(v);
        json_set_str(&o, "code", l->service);
        json_set(&o, "name", bitext_json(s->a, name));
        json_set(&b, "service", json_object(&o));
        json_set(&b, "department", citydata_department_json(s->a, catalogue_data(s->c->catalogue), l->department));
        set_share(&b, l->counted, l->own);
        json_set_int(&b, "platform", l->platform);
        json_set_int(&b, "counted", l->counted);
        json_set_int(&b, "own", l->own);
        json_add(&list, json_object(&b));
    }
    return json_array(&list);
}

result share_reply(struct city *c, struct arena *a, struct period p, struct slice department, struct slice service,
                   const struct json **out)
{
    struct sums *s = NEW(a, struct sums);
    struct json_builder b = json_builder(a);
    TRY(sums_of(c, a, p, department, service, s));
    struct platform_share all = all_of(s, -1);
    json_set_str(&b, "from", month_text(a, p.from));
    json_set_str(&b, "to", month_text(a, p.to));
    set_sum(&b, &all);
    json_set_int(&b, "missing", (int64_t)all.missing);
    json_set(&b, "months", months_json(s));
    json_set(&b, "departments", departments_json(s));
    json_set(&b, "services", services_json(s));
    *out = json_object(&b);
    return ok();
}
