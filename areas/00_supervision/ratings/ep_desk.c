/* GET /desk/ratings: bad ratings of a department with their tickets, for its head (and for the head of the supervising body). Who
 * rated is not said here, and whoever was rated does not see the rating: both are for the ticket alone. */
#include "areas/00_supervision/ratings/ratings.h"

#include "city/sql.h"

/* ?1 the department, ?2 before this id, ?3 how many */
static const struct stmt LIST = {
    "ratings_desk",
    "SELECT r.id, r.text_ct, r.key_owner, r.subject, r.case_id, r.code, r.channel, r.service, r.town, r.grade, r.at, r.ticket, f.number,"
    " (SELECT COUNT(*) FROM rating_annulled x WHERE x.case_id = r.ticket)"
    " FROM rating r LEFT JOIN case_file f ON f.id = r.case_id"
    " WHERE r.grade < 3 AND r.department = ?1 AND r.id < ?2 ORDER BY r.id DESC LIMIT ?3",
    NULL, false};

static struct id id_of(const struct sql_value *v)
{
    struct id out = ID_NONE;
    if (v->type == SQL_NULL || !id_from_bytes(v->s, &out)) return ID_NONE;
    return out;
}

static result rated_one(const struct request *q, const struct sql_value *v, bool *out)
{
    struct rows officers;
    *out = false;
    TRY(rated_officers(q->city, q->a, id_of(v + 4), id_of(v + 5), &officers));
    for (size_t i = 0; i < officers.n; i++)
        *out = *out || slice_eq(row(&officers, i)[0].s, id_bytes(&q->actor->account));
    return ok();
}

static result line(const struct request *q, const struct sql_value *v, const struct json **out)
{
    struct arena *a = q->a;
    struct json_builder b = json_builder(a);
    struct slice text, phone;
    const struct json *ticket;
    struct id id = id_of(v), subject = id_of(v + 3);
    if (!id_is_none(subject))
        TRY(read_record(q->city, a, q->actor, q->now, subject, id_of(v + 4), "rating", S("task")));
    TRY(rating_text(q->city, a, v + 1, &text, &phone));
    TRY(ticket_json(q->city, a, id_of(v + 11), q->now, &ticket));
    json_set_str(&b, "id", id_text(a, id));
    json_set_str(&b, "channel", v[6].s);
    json_set(&b, "service", rated_service_json(q->city, a, v[7].s));
    json_set_cstr(&b, "grade", grade_name(v[9].i));
    json_set(&b, "grade_text", bitext_json(a, grade_words(v[9].i)));
    json_set_str(&b, "at", instant_text(a, v[10].i));
    json_set(&b, "case_number", v[12].type == SQL_NULL ? json_null() : json_of_string(a, v[12].s));
    json_set_str(&b, "text", text);
    json_set_bool(&b, "counted", v[13].i == 0);
    json_set(&b, "ticket", ticket);
    *out = json_object(&b);
    return ok();
}

static result may_look(const struct request *q, struct slice department)
{
    const struct service *s;
    struct slice town = q->actor->town.n ? q->actor->town : S("*");
    if (actor_has_role(q->actor, ROLE_HEAD, department, town)) return ok();
    if (!failed(catalogue_current(q->city->catalogue, q->a, RATING_TICKET, &s)) &&
        actor_has_role(q->actor, ROLE_HEAD, service_department(s), town))
        return ok();
    return fail(q->a, CODE_FORBIDDEN, S("department"), "right", S("head"), NULL);
}

static result handle(const struct request *q, struct reply *r)
{
    struct rows rows;
    int64_t limit;
    struct slice cursor, department = request_query(q, "department");
    struct id before;
    struct json_builder items = json_builder(q->a);
    if (!department.n) department = q->actor->department;
    TRY(may_look(q, department));
    TRY(request_page(q, &limit, &cursor));
    TRY(page_cursor(q->a, cursor, &before));
    TRY(store_query(q->city->store, q->a, &LIST, BINDS(sql_text(department), sql_id(&before), sql_int(limit + 1)),
                    &rows));
    for (size_t i = 0; i < rows.n && (int64_t)i < limit; i++) {
        const struct json *one;
        bool mine;
        TRY(rated_one(q, row(&rows, i), &mine));
        if (mine) continue;
        TRY(line(q, row(&rows, i), &one));
        json_add(&items, one);
    }
    r->body = page_json(q->a, &items, &rows, limit);
    return ok();
}

static const struct query_parameter QUERY[] = {
    {.name = "department",
     .help_zh = "部门代码；不填为本部门",
     .help_en = "code of the department; one's own when left out",
     .most = 40},
    QUERY_LIMIT,
    QUERY_CURSOR,
    {.name = NULL},
};

const struct endpoint EP_RATINGS_DESK = {
    .method = "GET",
    .path = "/desk/ratings",
    .right = {.kind = RIGHT_ROLES, .roles = 1u << ROLE_HEAD},
    .summary_zh = "部门收到的差评和处置情况",
    .summary_en = "Bad ratings of a department, and what became of them",
    .query = QUERY,
    .reply_schema =
        "{\"type\":\"object\",\"properties\":{\"items\":{\"type\":\"array\",\"items\":{\"type\":\"object\"}},\"next\":{\"type\":[\"string\",\"null\"]}}}",
    .handle = handle};
