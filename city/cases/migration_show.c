/* Plans of migration as they are shown. */
#include "city/cases/migration_parts.h"
#include "city/cases/view.h"
#include "city/identity/identity.h"

static const struct stmt PLANS = {
    "case_plan_list",
    "SELECT " PLAN_COLUMNS " FROM case_plan WHERE id < ?1 AND (?2 = '' OR service = ?2) ORDER BY id DESC LIMIT ?3",
    NULL, false};
static const struct stmt COUNTS = {
    "case_plan_counts", "SELECT state, COUNT(*) FROM case_plan_case WHERE plan = ?1 GROUP BY state", NULL, false};
static const struct stmt CASES = {
    "case_plan_cases",
    "SELECT case_id, number, state, problems, at FROM case_plan_case WHERE plan = ?1 AND case_id < ?2"
    " AND (?3 = '' OR state = ?3) ORDER BY case_id DESC LIMIT ?4",
    NULL, false};

static const struct json *who(struct city *c, struct arena *a, struct slice account)
{
    struct json_builder b = json_builder(a);
    if (!account.n) return json_null();
    json_set_id(&b, "id", account);
    json_set_str(&b, "name", identity_name_of(c, a, account, ACTOR_STAFF));
    return json_object(&b);
}

static result head(struct city *c, struct arena *a, const struct sql_value *v, struct json_builder *b)
{
    static const char *const STATES[] = {"can", "cannot", "moved", "failed", "undone", "stays"};
    const struct service *s;
    struct json_builder service = json_builder(a), counts = json_builder(a);
    struct rows r;
    json_set_id(b, "id", v[M_ID].s);
    json_set_str(&service, "code", v[M_SERVICE].s);
    bool known = !failed(catalogue_by_hash(c->catalogue, a, v[M_TO].s, &s));
    json_set(&service, "name", known ? bitext_json(a, service_name(s)) : json_null());
    json_set(b, "service", json_object(&service));
    json_set_str(b, "from", v[M_FROM].s);
    json_set_str(b, "to", v[M_TO].s);
    json_set_str(b, "reason", v[M_REASON].s);
    json_set_str(b, "state", v[M_STATE].s);
    json_set(b, "made_by", who(c, a, v[M_BY].s));
    json_set_instant(b, "made_at", v[M_AT].i);
    json_set(b, "decided_by", who(c, a, v[M_DECIDED_BY].s));
    json_set_instant(b, "decided_at", v[M_DECIDED_AT].i);
    json_set(b, "decide_reason", v[M_DECIDED_REASON].s.n ? json_of_string(a, v[M_DECIDED_REASON].s) : json_null());
    json_set_int(b, "looked", v[M_LOOKED].i);
    TRY(store_query(c->store, a, &COUNTS, BINDS(sql_blob(v[M_ID].s)), &r));
    for (size_t k = 0; k < sizeof STATES / sizeof *STATES; k++) {
        int64_t n = 0;
        for (size_t i = 0; i < r.n; i++)
            if (slice_is(row(&r, i)[0].s, STATES[k])) n = row(&r, i)[1].i;
        json_set_int(&counts, STATES[k], n);
    }
    json_set(b, "counts", json_object(&counts));
    return ok();
}

/* Elements at which a case can stand, with what becomes of each by default: the same id, of a kind that fits. */
static const struct json *elements(struct arena *a, const struct service *s)
{
    const struct process_node *nodes;
    size_t n = process_nodes(service_model(s), &nodes);
    struct json_builder list = json_builder(a);
    for (size_t i = 0; i < n; i++) {
        struct json_builder b = json_builder(a);
        json_set_str(&b, "id", nodes[i].id);
        json_set(&b, "title", bitext_json(a, view_task_title(&nodes[i], nodes[i].id)));
        json_set_str(&b, "kind", nodes[i].kind);
        json_add(&list, json_object(&b));
    }
    return json_array(&list);
}

result migration_show(struct city *c, struct arena *a, struct id id, const struct json **out)
{
    struct plan p;
    struct json_builder b = json_builder(a), e = json_builder(a);
    const struct json *groups, *how;
    TRY(plan_open(c, a, id, &p));
    TRY(head(c, a, p.v, &b));
    TRY(json_parse(a, p.v[M_FOUND].s, 4 << 20, S("case_plan.found"), &groups));
    TRY(json_parse(a, p.v[M_HOW].s, 4 << 20, S("case_plan.how"), &how));
    struct json_builder none = json_builder(a);
    json_set(&b, "mapping", json_get(how, "mapping") ? json_get(how, "mapping") : json_array(&none));
    json_set(&b, "values", json_get(how, "values") ? json_get(how, "values") : json_null());
    json_set(&b, "groups", groups);
    json_set(&b, "notes", plan_notes(a, &p));
    json_set(&e, "from", elements(a, p.from));
    json_set(&e, "to", elements(a, p.to));
    json_set(&b, "elements", json_object(&e));
    *out = json_object(&b);
    return ok();
}

result migration_list(struct city *c, struct arena *a, struct slice service, int64_t limit, struct slice cursor,
                      const struct json **out)
{
    struct rows r;
    struct id before;
    struct json_builder items = json_builder(a);
    TRY(page_cursor(a, cursor, &before));
    TRY(store_query(c->store, a, &PLANS, BINDS(sql_id(&before), sql_text(service), sql_int(limit + 1)), &r));
    for (size_t i = 0; i < r.n && (int64_t)i < limit; i++) {
        struct json_builder b = json_builder(a);
        TRY(head(c, a, row(&r, i), &b));
        json_add(&items, json_object(&b));
    }
    *out = page_json(a, &items, &r, limit);
    return ok();
}

result migration_cases(struct city *c, struct arena *a, struct id id, struct slice state, int64_t limit,
                       struct slice cursor, const struct json **out)
{
    struct rows r;
    struct id before;
    struct json_builder items = json_builder(a);
    TRY(page_cursor(a, cursor, &before));
    TRY(store_query(c->store, a, &CASES, BINDS(sql_id(&id), sql_id(&before), sql_text(state), sql_int(limit + 1)), &r));
    for (size_t i = 0; i < r.n && (int64_t)i < limit; i++) {
        struct json_builder b = json_builder(a);
        const struct json *problems;
        TRY(json_parse(a, row(&r, i)[3].s, 1 << 20, S("case_plan_case.problems"), &problems));
        json_set_id(&b, "case", row(&r, i)[0].s);
        json_set_str(&b, "number", row(&r, i)[1].s);
        json_set_str(&b, "state", row(&r, i)[2].s);
        json_set(&b, "problems", problems);
        json_set_instant(&b, "at", row(&r, i)[4].i);
        json_add(&items, json_object(&b));
    }
    *out = page_json(a, &items, &r, limit);
    return ok();
}
