/* What a service claims of itself, against its decided cases. */
#include "areas/00_supervision/claims/claims.h"

#include <math.h>

#include "city/cases/measure.h"
#include "city/sql.h"

static const char *const CLAIM_NAMES[CLAIMS] = {"online", "visits", "limit", "materials"};
static const char *const VERDICT_NAMES[] = {"contradicted", "too_few", "holds"};

bool claim_scan(struct slice name, enum claim *out)
{
    for (size_t i = 0; i < CLAIMS; i++)
        if (slice_is(name, CLAIM_NAMES[i])) {
            *out = (enum claim)i;
            return true;
        }
    return false;
}

#define SUM(column) "CAST(SUM(" column ") AS BIGINT)"
#define SUMS                                                                                     \
    "SELECT service, " SUM("n") ", " SUM("online") ", " SUM("visits") ", " SUM("late") ", " SUM( \
        "papers") " FROM measure_sum_now WHERE level = " MEASURE_BY_SERVICE " AND month >= ?1 AND month <= ?2"
static const struct stmt ALL = {"claims_all", SUMS " GROUP BY service", NULL, false};
static const struct stmt ONE = {"claims_one", SUMS " AND service = ?3 GROUP BY service", NULL, false};

struct tallied {
    int64_t n, of[CLAIMS]; /* online, visits, late, papers */
};

static struct tallied tallied_of(const struct sql_value *v)
{
    struct tallied t = {.n = v[1].i};
    for (size_t i = 0; i < CLAIMS; i++) t.of[i] = v[2 + i].i;
    return t;
}

/* ---- the verdict ---- */

static struct claimed claimed_of(const struct service *s, enum claim k)
{
    const struct json *v = service_json(s), *materials = json_get(v, "materials");
    struct claimed c = {.measured = NAN};
    switch (k) {
    case CLAIM_ONLINE: c.made = slice_is(json_string(v, "online"), "full"); break;
    case CLAIM_VISITS:
        c.n = json_int(v, "visits", -1);
        c.made = c.n >= 0;
        break;
    case CLAIM_LIMIT: c.made = service_promised(s).n > 0; break;
    case CLAIM_MATERIALS:
        c.n = materials ? (int64_t)materials->n : 0;
        c.made = materials != NULL;
        break;
    case CLAIMS: break;
    }
    return c;
}

/* What lies exactly at a limit holds, however its quotient was rounded. */
#define EVEN 1e-9

static bool contradicted(enum claim k, const struct claimed *c)
{
    switch (k) {
    case CLAIM_ONLINE: return c->measured < CLAIM_ONLINE_LEAST - EVEN;
    case CLAIM_LIMIT: return c->measured < 1 - CLAIM_LATE_MOST - EVEN;
    case CLAIM_VISITS:
    case CLAIM_MATERIALS: return c->measured > (double)c->n + CLAIM_MORE_MOST + EVEN;
    case CLAIMS: break;
    }
    return false;
}

static struct claims_of judged(const struct service *s, const struct tallied *t)
{
    struct claims_of out = {.service = service_code(s), .cases = t->n, .worst = VERDICT_HOLDS};
    for (size_t i = 0; i < CLAIMS; i++) {
        struct claimed c = claimed_of(s, (enum claim)i);
        int64_t x = i == CLAIM_LIMIT ? t->n - t->of[i] : t->of[i]; /* of the limit: those in time */
        if (t->n) c.measured = (double)x / (double)t->n;
        c.verdict = t->n < CLAIM_LEAST                ? VERDICT_FEW
                    : contradicted((enum claim)i, &c) ? VERDICT_CONTRADICTED
                                                      : VERDICT_HOLDS;
        if (c.made && c.verdict < out.worst) out.worst = c.verdict;
        out.list[i] = c;
    }
    return out;
}

static result tally_one(struct city *c, struct arena *a, struct slice service, struct period p, struct tallied *out)
{
    struct rows r;
    TRY(store_query(c->store, a, &ONE, BINDS(sql_int(p.from), sql_int(p.to), sql_text(service)), &r));
    *out = r.n ? tallied_of(row(&r, 0)) : (struct tallied){0};
    return ok();
}

result claims_one(struct city *c, struct arena *a, struct slice service, struct period p, struct claims_of *out)
{
    const struct service *s;
    struct tallied t;
    TRY(catalogue_current(c->catalogue, a, service, &s));
    TRY(tally_one(c, a, service, p, &t));
    *out = judged(s, &t);
    return ok();
}

/* ---- the list ---- */

static const struct json *claimed_json(struct arena *a, const struct service *s, enum claim k, const struct claimed *c)
{
    struct json_builder b = json_builder(a);
    json_set_cstr(&b, "claim", CLAIM_NAMES[k]);
    if (k == CLAIM_ONLINE) json_set_cstr(&b, "claimed", "full");
    if (k == CLAIM_LIMIT) json_set(&b, "claimed", json_get(service_json(s), "promised"));
    if (k == CLAIM_VISITS || k == CLAIM_MATERIALS) json_set_int(&b, "claimed", c->n);
    json_set(&b, "measured", number_json(a, c->measured, 4));
    json_set_cstr(&b, "verdict", VERDICT_NAMES[c->verdict]);
    return json_object(&b);
}

static const struct json *service_line(struct city *c, struct arena *a, const struct service *s,
                                       const struct claims_of *x)
{
    struct json_builder b = json_builder(a), o = json_builder(a), list = json_builder(a);
    json_set_str(&o, "code", service_code(s));
    json_set(&o, "name", bitext_json(a, service_name(s)));
    json_set(&b, "service", json_object(&o));
    json_set(&b, "department", citydata_department_json(a, catalogue_data(c->catalogue), service_department(s)));
    json_set_int(&b, "cases", x->cases);
    json_set_cstr(&b, "verdict", VERDICT_NAMES[x->worst]);
    for (size_t i = 0; i < CLAIMS; i++)
        if (x->list[i].made) json_add(&list, claimed_json(a, s, (enum claim)i, &x->list[i]));
    json_set(&b, "claims", json_array(&list));
    return json_object(&b);
}

static struct tallied find(const struct rows *r, struct slice service)
{
    for (size_t i = 0; i < r->n; i++)
        if (slice_eq(row(r, i)[0].s, service)) return tallied_of(row(r, i));
    return (struct tallied){0};
}

static const struct json *limits(struct arena *a)
{
    struct json_builder b = json_builder(a);
    json_set_int(&b, "least", CLAIM_LEAST);
    json_set(&b, "online_least", number_json(a, CLAIM_ONLINE_LEAST, 2));
    json_set(&b, "more_most", number_json(a, CLAIM_MORE_MOST, 2));
    json_set(&b, "late_most", number_json(a, CLAIM_LATE_MOST, 2));
    return json_object(&b);
}

result claims_reply(struct city *c, struct arena *a, struct period p, struct slice verdict, struct slice department,
                    const struct json **out)
{
    const struct service *const *list;
    size_t n, count[3] = {0, 0, 0};
    struct rows r;
    struct json_builder b = json_builder(a), items = json_builder(a);
    TRY(store_query(c->store, a, &ALL, BINDS(sql_int(p.from), sql_int(p.to)), &r));
    catalogue_all(c->catalogue, a, &list, &n);
    struct claims_of *all = NEW_ARRAY(a, struct claims_of, n + 1);
    for (size_t i = 0; i < n; i++) {
        struct tallied t = find(&r, service_code(list[i]));
        all[i] = judged(list[i], &t);
        if (!service_internal(list[i])) count[all[i].worst]++;
    }
    for (int v = VERDICT_CONTRADICTED; v <= VERDICT_HOLDS; v++)
        for (size_t i = 0; i < n; i++) {
            if ((int)all[i].worst != v || service_internal(list[i])) continue;
            if (verdict.n && !slice_is(verdict, VERDICT_NAMES[v])) continue;
            if (department.n && !slice_eq(department, service_department(list[i]))) continue;
            json_add(&items, service_line(c, a, list[i], &all[i]));
        }
    json_set_str(&b, "from", month_text(a, p.from));
    json_set_str(&b, "to", month_text(a, p.to));
    json_set(&b, "rules", limits(a));
    for (int v = VERDICT_CONTRADICTED; v <= VERDICT_HOLDS; v++) json_set_int(&b, VERDICT_NAMES[v], (int64_t)count[v]);
    json_set(&b, "items", json_array(&items));
    *out = json_object(&b);
    return ok();
}

/* ---- the cases behind ---- */

/* ?1 service, ?2 and ?3 months, (?4, ?5) month and id of the case before, ?6 how many; then what goes against a claim */
static const struct stmt CASES = {
    "claims_cases",
    "SELECT " MEASURED_CASE " FROM case_measure WHERE service = ?1 AND month >= ?2 AND month <= ?3"
    " AND (month < ?4 OR (month = ?4 AND case_id < ?5)) AND state = 3"
    " AND online <= ?7 AND visits > ?8 AND late >= ?9 AND papers > ?10 ORDER BY month DESC, case_id DESC LIMIT ?6",
    NULL, false};

/* "month:id"; empty: the beginning */
static result place_read(struct arena *a, struct slice cursor, int64_t *month, struct id *id)
{
    struct slice head, rest;
    *month = INT64_MAX;
    memset(id->b, 0xff, sizeof id->b);
    if (!cursor.n) return ok();
    if (slice_cut(cursor, ':', &head, &rest) && slice_int64(head, month) && id_scan(rest, id)) return ok();
    return fail(a, CODE_QUERY_BAD, S("cursor"), "value", slice_sub(cursor, 0, 60), NULL);
}

result claims_cases(struct city *c, struct arena *a, const struct actor *x, struct slice service, enum claim claim,
                    bool against, struct period p, int64_t limit, struct slice cursor, const struct json **out)
{
    const struct service *s;
    struct rows r;
    int64_t month;
    struct id id;
    struct json_builder items = json_builder(a), b = json_builder(a);
    TRY(place_read(a, cursor, &month, &id));
    TRY(catalogue_current(c->catalogue, a, service, &s));
    struct claimed k = claimed_of(s, claim);
    bool of[CLAIMS] = {false};
    of[claim] = against;
    TRY(store_query(c->store, a, &CASES,
                    BINDS(sql_text(service), sql_int(p.from), sql_int(p.to), sql_int(month), sql_id(&id),
                          sql_int(limit + 1), sql_int(of[CLAIM_ONLINE] ? 0 : 1), sql_int(of[CLAIM_VISITS] ? k.n : -1),
                          sql_int(of[CLAIM_LIMIT] ? 1 : 0), sql_int(of[CLAIM_MATERIALS] ? k.n : -1)),
                    &r));
    for (size_t i = 0; i < r.n && (int64_t)i < limit; i++)
        json_add(&items, measured_case_json(c, a, x, service, row(&r, i)));
    struct slice next = {NULL, 0};
    if ((int64_t)r.n > limit) {
        const struct sql_value *last = row(&r, (size_t)limit - 1);
        (void)id_from_bytes(last[0].s, &id);
        next = arena_printf(a, "%lld:%.*s", (long long)last[MEASURED_MONTH].i, SLICE_ARG(id_text(a, id)));
    }
    json_set(&b, "items", json_array(&items));
    json_set(&b, "next", next.n ? json_of_string(a, next) : json_null());
    *out = json_object(&b);
    return ok();
}

/* ---- for everybody ---- */

result claims_measured(struct city *c, struct arena *a, struct slice service, struct period p, const struct json **out)
{
    static const char *const MEASURED[CLAIMS] = {"online", "visits", "on_time", "materials"};
    const struct service *s;
    struct tallied t;
    struct json_builder b = json_builder(a);
    TRY(catalogue_current(c->catalogue, a, service, &s));
    TRY(tally_one(c, a, service, p, &t));
    struct claims_of x = judged(s, &t);
    bool few = t.n < CLAIM_LEAST;
    json_set_str(&b, "from", month_text(a, p.from));
    json_set_str(&b, "to", month_text(a, p.to));
    json_set_bool(&b, "few", few);
    json_set(&b, "cases", few ? json_null() : json_of_int(a, t.n));
    for (size_t i = 0; i < CLAIMS; i++)
        json_set(&b, MEASURED[i], few ? json_null() : number_json(a, x.list[i].measured, 4));
    *out = json_object(&b);
    return ok();
}
