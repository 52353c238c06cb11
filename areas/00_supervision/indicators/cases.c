/* The cases behind an indicator's figures: service by service, newest first. */
#include "areas/00_supervision/indicators/indicators.h"

#include "city/sql.h"

enum {
    C_ID,
    C_NUMBER,
    C_DEPARTMENT,
    C_TOWN,
    C_MONTH,
    C_FILED,
    C_ENDED,
    C_WORKDAYS,
    C_ELAPSED,
    C_ACTS,
    C_VISITS,
    C_PAPERS,
    C_FEE,
    C_ONLINE,
    C_LATE
};
_Static_assert((int)C_MONTH == (int)MEASURED_MONTH, "order of MEASURED_CASE");
/* ?1 service, ?2 and ?3 months, (?4, ?5) month and id of the case before, ?7 department, ?8 town, ?9 1: late ones only;
 * 3: decided (enum case_state) */
static const struct stmt CASES = {
    "indicator_cases",
    "SELECT " MEASURED_CASE
    " FROM case_measure WHERE service = ?1 AND month >= ?2 AND month <= ?3 AND (month < ?4 OR (month = ?4 AND case_id < ?5))"
    " AND state = 3 AND (?7 = '' OR department = ?7) AND (?8 = '' OR town = ?8) AND late >= ?9 ORDER BY month DESC, case_id DESC LIMIT ?6",
    NULL, false};

struct place { /* behind which the page begins */
    struct slice service;
    int64_t month;
    struct id id;
};

/* "service:month:id"; empty: the beginning */
static result place_read(struct arena *a, struct slice cursor, struct place *p)
{
    struct slice month, id;
    *p = (struct place){.month = INT64_MAX};
    memset(p->id.b, 0xff, sizeof p->id.b);
    if (!cursor.n) return ok();
    bool good = slice_cut(cursor, ':', &p->service, &month) && slice_cut(month, ':', &month, &id) &&
                slice_int64(month, &p->month) && id_scan(id, &p->id);
    return good ? ok() : fail(a, CODE_QUERY_BAD, S("cursor"), "value", slice_sub(cursor, 0, 60), NULL);
}

const struct json *measured_case_json(const struct city *c, struct arena *a, const struct actor *x,
                                      struct slice service, const struct sql_value *v)
{
    struct json_builder b = json_builder(a);
    const struct citydata *d = catalogue_data(c->catalogue);
    bool own = actor_has_role(x, ROLE_HEAD, v[C_DEPARTMENT].s, v[C_TOWN].s);
    json_set(&b, "number", own ? json_of_string(a, v[C_NUMBER].s) : json_null());
    json_set_str(&b, "service", service);
    json_set(&b, "department", citydata_department_json(a, d, v[C_DEPARTMENT].s));
    json_set_str(&b, "town", v[C_TOWN].s);
    json_set_instant(&b, "filed_at", v[C_FILED].i);
    json_set_instant(&b, "ended_at", v[C_ENDED].i);
    json_set_int(&b, "procedures", v[C_ACTS].i);
    json_set_int(&b, "time", v[C_WORKDAYS].i);
    json_set(&b, "days", number_json(a, (double)v[C_ELAPSED].i / MS_DAY, 4));
    json_set(&b, "cost", number_json(a, (double)v[C_FEE].i / 100, 2));
    json_set_int(&b, "materials", v[C_PAPERS].i);
    json_set_int(&b, "visits", v[C_VISITS].i);
    json_set_bool(&b, "online", v[C_ONLINE].i != 0);
    json_set_bool(&b, "late", v[C_LATE].i != 0);
    return json_object(&b);
}

struct listing {
    struct city *c;
    struct arena *a;
    const struct actor *x;
    const struct case_filter *f;
    struct period p;
    int64_t left;
    struct json_builder items;
    struct slice next;
    struct place last;
};

static result add_service(struct listing *l, struct slice service, const struct place *after)
{
    struct rows rows;
    TRY(store_query(l->c->store, l->a, &CASES,
                    BINDS(sql_text(service), sql_int(l->p.from), sql_int(l->p.to), sql_int(after->month),
                          sql_id(&after->id), sql_int(l->left + 1), sql_text(l->f->department), sql_text(l->f->town),
                          sql_int(l->f->late)),
                    &rows));
    for (size_t i = 0; i < rows.n; i++) {
        const struct sql_value *v = row(&rows, i);
        if (l->left == 0) {
            l->next = arena_printf(l->a, "%.*s:%lld:%.*s", SLICE_ARG(l->last.service), (long long)l->last.month,
                                   SLICE_ARG(id_text(l->a, l->last.id)));
            return ok();
        }
        l->last = (struct place){.service = service, .month = v[C_MONTH].i};
        (void)id_from_bytes(v[C_ID].s, &l->last.id);
        json_add(&l->items, measured_case_json(l->c, l->a, l->x, service, v));
        l->left--;
    }
    return ok();
}

result indicator_cases(struct city *c, struct arena *a, const struct actor *x, int64_t no, struct period p,
                       const struct case_filter *f, int64_t limit, struct slice cursor, const struct json **out)
{
    const struct definitions *d;
    struct place from, start;
    struct groups services;
    struct listing l = {.c = c, .a = a, .x = x, .f = f, .p = p, .left = limit, .items = json_builder(a)};
    struct json_builder b = json_builder(a);
    TRY(definitions_of(c, a, &d));
    const struct indicator *i = indicator_find(d, no);
    if (!i) return fail(a, CODE_NOT_FOUND, S("indicator"), "value", arena_printf(a, "%lld", (long long)no), NULL);
    TRY(place_read(a, cursor, &from));
    TRY(place_read(a, (struct slice){NULL, 0}, &start));
    TRY(figures_of(c, a, i, p, BY_SERVICE, &services));
    for (size_t k = 0; k < services.n && !l.next.n; k++) {
        if (f->service.n && !slice_eq(f->service, services.list[k].key)) continue;
        int order = from.service.n ? slice_cmp(services.list[k].key, from.service) : 1;
        if (order >= 0) TRY(add_service(&l, services.list[k].key, order == 0 ? &from : &start));
    }
    json_set(&b, "items", json_array(&l.items));
    json_set(&b, "next", l.next.n ? json_of_string(a, l.next) : json_null());
    *out = json_object(&b);
    return ok();
}
