/* GET /desk/handovers: the tracked list of papers between towns, newest first; the windows and officers of either town see it. */
#include "areas/17_government_services/handover.h"

#include "city/catalogue/catalogue.h"
#include "city/sql.h"

/* ?1 the town ("*": all), ?2 state ("": any), ?3 before this number ("": from the newest), ?4 how many */
static const struct stmt LIST = {
    "handover_list",
    "SELECT number, case_number, from_town, to_town, department, papers, state, sent_at, received_at, case_id"
    " FROM paper_handover"
    " WHERE (?1 = '*' OR from_town = ?1 OR to_town = ?1) AND (?2 = '' OR state = ?2) AND (?3 = '' OR number < ?3)"
    " ORDER BY number DESC LIMIT ?4",
    NULL, false};

static const struct json *town(struct arena *a, const struct citydata *d, struct slice code)
{
    const struct town *t = citydata_town(d, code);
    struct bitext name = t ? t->name : (struct bitext){code, code};
    struct json_builder b = json_builder(a);
    json_set_str(&b, "code", code);
    json_set(&b, "name", bitext_json(a, name));
    return json_object(&b);
}

/* The case's id for those who may open it: the papers are signed for on its page, by the one whose task that is. */
static const struct json *case_link(const struct request *q, const struct sql_value *v)
{
    struct id id, subject;
    enum case_audience who;
    if (!id_from_bytes(v[9].s, &id)) return json_null();
    bool open = !failed(case_may_see(q->city, q->a, q->actor, id, &who, &subject));
    return open ? json_of_string(q->a, id_text(q->a, id)) : json_null();
}

/* Seen from the officer's town; null for those of the whole city. */
static const struct json *direction(const struct request *q, const struct sql_value *v)
{
    struct slice mine = q->actor->town;
    if (!mine.n || slice_is(mine, "*")) return json_null();
    return json_of_cstr(q->a, slice_eq(mine, v[3].s) ? "in" : "out");
}

static const struct json *line(const struct request *q, const struct citydata *d, const struct sql_value *v)
{
    struct arena *a = q->a;
    struct json_builder b = json_builder(a);
    const struct json *papers = json_null();
    if (failed(json_parse(a, v[5].s, 64 * 1024, S("papers"), &papers))) papers = json_null();
    json_set_str(&b, "number", v[0].s);
    json_set_str(&b, "case_number", v[1].s);
    json_set(&b, "case", case_link(q, v));
    json_set(&b, "direction", direction(q, v));
    json_set(&b, "from", town(a, d, v[2].s));
    json_set(&b, "to", town(a, d, v[3].s));
    json_set(&b, "department", citydata_department_json(a, d, v[4].s));
    json_set(&b, "papers", papers);
    json_set_str(&b, "state", v[6].s);
    json_set_str(&b, "sent_at", instant_text(a, v[7].i));
    json_set(&b, "received_at", v[8].i ? json_of_string(a, instant_text(a, v[8].i)) : json_null());
    return json_object(&b);
}

static result handle(const struct request *q, struct reply *r)
{
    struct rows rows;
    int64_t limit;
    struct slice cursor, last = {NULL, 0};
    struct json_builder items = json_builder(q->a), b = json_builder(q->a);
    const struct citydata *d = catalogue_data(q->city->catalogue);
    TRY(request_page(q, &limit, &cursor));
    struct slice mine = q->actor->town.n ? q->actor->town : S("*");
    TRY(store_query(q->city->store, q->a, &LIST,
                    BINDS(sql_text(mine), sql_text(request_query(q, "state")), sql_text(cursor), sql_int(limit + 1)),
                    &rows));
    for (size_t i = 0; i < rows.n && (int64_t)i < limit; i++) {
        json_add(&items, line(q, d, row(&rows, i)));
        last = row(&rows, i)[0].s;
    }
    json_set(&b, "items", json_array(&items));
    json_set(&b, "next", (int64_t)rows.n > limit ? json_of_string(q->a, last) : json_null());
    r->body = json_object(&b);
    return ok();
}

static const struct query_parameter QUERY[] = {
    {.name = "state",
     .help_zh = "只列这种状态的移交",
     .help_en = "only those in this state",
     .choices = "sent|received|incomplete"},
    QUERY_LIMIT,
    QUERY_CURSOR,
    {.name = NULL},
};

const struct endpoint EP_HANDOVERS = {
    .method = "GET",
    .path = "/desk/handovers",
    .right = {.kind = RIGHT_ROLES, .roles = 1u << ROLE_WINDOW | 1u << ROLE_HANDLER | 1u << ROLE_HEAD},
    .summary_zh = "镇街之间移交纸质材料的清单",
    .summary_en = "Papers on their way between towns",
    .query = QUERY,
    .reply_schema =
        "{\"type\":\"object\",\"properties\":{\"items\":{\"type\":\"array\",\"items\":{\"type\":\"object\"}},\"next\":{\"type\":[\"string\",\"null\"]}}}",
    .handle = handle};
