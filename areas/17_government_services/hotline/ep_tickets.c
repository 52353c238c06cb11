/* Lists and pages of tickets. The seat sees all but complaints about officers that others handle; heads see their department's. */
#include "areas/17_government_services/hotline/hotline.h"

#include "city/sql.h"

/* ?1 department ("": any), ?2 kind, ?3 topic, ?4 channel, ?5 1: open, 0: ended, -1: any, ?6 now (0: late or not), ?7 urgent or put
 * before somebody (0: or not), ?8 after this one, ?9 how many, ?10 the actor, ?11 the seat's department.
 * Open ones by their clocks would be a list that changes under the reader; it goes down by number, and the late come first by ?6. */
static const struct stmt LIST = {
    "hotline_tickets",
    "SELECT " HOTLINE_COLUMNS HOTLINE_FROM
    " WHERE (?1 = '' OR t.department = ?1) AND (?2 = '' OR t.kind = ?2) AND (?3 = '' OR t.topic = ?3) AND (?4 = '' OR t.channel = ?4)"
    " AND (?5 < 0 OR (?5 = 1 AND f.state < 3) OR (?5 = 0 AND f.state >= 3))"
    " AND (?6 = 0 OR EXISTS (SELECT 1 FROM case_task k WHERE k.case_id = t.case_id AND k.status < 3 AND k.due_at > 0 AND k.due_at < ?6))"
    " AND (?7 = 0 OR t.urgent = 1 OR t.level > 0) AND t.case_id < ?8"
    " AND (t.officer = 0 OR t.department = ?11"
    " OR EXISTS (SELECT 1 FROM case_task k WHERE k.case_id = t.case_id AND k.assignee = ?10)) ORDER BY t.case_id DESC LIMIT ?9",
    NULL, false};
/* The same, open ones, by what falls due first: ?8 is a due date to go on after, ?12 the case. */
#define DUE \
    "(SELECT COALESCE(MIN(k.due_at), 0) FROM case_task k WHERE k.case_id = t.case_id AND k.status < 3 AND k.due_at > 0)"
static const struct stmt BY_CLOCK = {
    "hotline_by_clock",
    "SELECT " HOTLINE_COLUMNS HOTLINE_FROM
    " WHERE (?1 = '' OR t.department = ?1) AND (?2 = '' OR t.kind = ?2) AND (?3 = '' OR t.topic = ?3) AND (?4 = '' OR t.channel = ?4)"
    " AND f.state < 3 AND (?6 = 0 OR EXISTS (SELECT 1 FROM case_task k WHERE k.case_id = t.case_id AND k.status < 3 AND k.due_at > 0"
    " AND k.due_at < ?6)) AND (?7 = 0 OR t.urgent = 1 OR t.level > 0) AND (" DUE ", t.case_id) > (?8, ?12)"
    " AND (t.officer = 0 OR t.department = ?11"
    " OR EXISTS (SELECT 1 FROM case_task k WHERE k.case_id = t.case_id AND k.assignee = ?10))"
    " AND ?5 = 1 ORDER BY " DUE ", t.case_id LIMIT ?9",
    NULL, false};

struct listing {
    struct slice department, kind, topic, channel, seat;
    int64_t open, late, pressing, limit;
};

static result scope(const struct request *q, struct listing *l)
{
    const struct service *s;
    struct slice anywhere = {NULL, 0};
    TRY(catalogue_current(q->city->catalogue, q->a, HOTLINE_SERVICE, &s));
    l->seat = service_department(s);
    if (hotline_seat(q)) return ok();
    if (!l->department.n) l->department = q->actor->department;
    if (actor_has_role(q->actor, ROLE_HEAD, l->department, anywhere)) {
        l->seat = l->department;
        return ok();
    }
    return fail(q->a, CODE_FORBIDDEN, S("department"), "right", S("head"), NULL);
}

static result by_number(const struct request *q, const struct listing *l, struct slice cursor, struct reply *r)
{
    struct rows rows;
    struct id before;
    struct json_builder items = json_builder(q->a);
    TRY(page_cursor(q->a, cursor, &before));
    TRY(store_query(q->city->store, q->a, &LIST,
                    BINDS(sql_text(l->department), sql_text(l->kind), sql_text(l->topic), sql_text(l->channel),
                          sql_int(l->open), sql_int(l->late), sql_int(l->pressing), sql_id(&before),
                          sql_int(l->limit + 1), sql_id(&q->actor->account), sql_text(l->seat)),
                    &rows));
    for (size_t i = 0; i < rows.n && (int64_t)i < l->limit; i++)
        json_add(&items, hotline_line(q->city, q->a, row(&rows, i), q->now));
    r->body = page_json(q->a, &items, &rows, l->limit);
    return ok();
}

static result by_clock(const struct request *q, const struct listing *l, struct slice cursor, struct reply *r)
{
    struct rows rows;
    struct slice due, rest;
    struct id after = ID_NONE;
    int64_t at = -1;
    struct json_builder items = json_builder(q->a), b = json_builder(q->a);
    after.b[15] = 1; /* ID_NONE would bind NULL */
    if (cursor.n && (!slice_cut(cursor, ':', &due, &rest) || !slice_int64(due, &at) || !id_scan(rest, &after)))
        return fail(q->a, CODE_QUERY_BAD, S("cursor"), "value", cursor, "expected", S("next"), NULL);
    TRY(store_query(q->city->store, q->a, &BY_CLOCK,
                    BINDS(sql_text(l->department), sql_text(l->kind), sql_text(l->topic), sql_text(l->channel),
                          sql_int(l->open), sql_int(l->late), sql_int(l->pressing), sql_int(at), sql_int(l->limit + 1),
                          sql_id(&q->actor->account), sql_text(l->seat), sql_id(&after)),
                    &rows));
    const struct json *next = json_null();
    for (size_t i = 0; i < rows.n && (int64_t)i < l->limit; i++) {
        const struct sql_value *v = row(&rows, i);
        struct id id = ID_NONE;
        (void)id_from_bytes(v[0].s, &id);
        json_add(&items, hotline_line(q->city, q->a, v, q->now));
        if ((int64_t)i + 1 == l->limit && (int64_t)rows.n > l->limit)
            next =
                json_of_string(q->a, arena_printf(q->a, "%lld:%.*s", v[18].type == SQL_NULL ? 0LL : (long long)v[18].i,
                                                  SLICE_ARG(id_text(q->a, id))));
    }
    json_set(&b, "items", json_array(&items));
    json_set(&b, "next", next);
    r->body = json_object(&b);
    return ok();
}

static result list(const struct request *q, struct reply *r)
{
    struct listing l = {.department = request_query(q, "department"),
                        .kind = request_query(q, "kind"),
                        .topic = request_query(q, "topic"),
                        .channel = request_query(q, "channel"),
                        .open = -1};
    struct slice cursor, only = request_query(q, "only"), state = request_query(q, "state");
    TRY(request_page(q, &l.limit, &cursor));
    TRY(scope(q, &l));
    if (slice_is(only, "late")) l.late = q->now;
    l.pressing = slice_is(only, "pressing");
    if (!state.n || slice_is(state, "open")) {
        l.open = 1;
        return by_clock(q, &l, cursor, r);
    }
    if (slice_is(state, "ended")) l.open = 0;
    return by_number(q, &l, cursor, r);
}

static const struct query_parameter QUERY[] = {
    {.name = "state",
     .help_zh = "在办（按到期先后）、已办结或全部（新的在前）",
     .help_en = "open (what falls due first), ended, or all (newest first)",
     .choices = "open|ended|all",
     .standard = "open"},
    {.name = "only",
     .help_zh = "只列逾期的，或紧急、已上报的",
     .help_en = "only late ones, or urgent and escalated ones",
     .choices = "late|pressing"},
    {.name = "kind",
     .help_zh = "诉求类型",
     .help_en = "kind of request",
     .choices = "consultation|help|complaint|suggestion|report"},
    {.name = "topic", .help_zh = "诉求主题", .help_en = "subject", .most = 40},
    {.name = "channel", .help_zh = "渠道", .help_en = "channel", .choices = "phone|online|email"},
    {.name = "department", .help_zh = "承办部门代码", .help_en = "code of the department in the lead", .most = 40},
    QUERY_LIMIT,
    QUERY_CURSOR,
    {.name = NULL},
};

const struct endpoint EP_HOTLINE_TICKETS = {
    .method = "GET",
    .path = "/desk/hotline/tickets",
    .right = {.kind = RIGHT_ROLES, .roles = 1u << ROLE_HANDLER | 1u << ROLE_HEAD},
    .summary_zh = "企业诉求工单（专席看全部，部门负责人看本部门）",
    .summary_en = "Tickets: all of them for the seat, those of their department for heads",
    .query = QUERY,
    .reply_schema =
        "{\"type\":\"object\",\"properties\":{\"items\":{\"type\":\"array\",\"items\":{\"type\":\"object\"}},\"next\":{\"type\":[\"string\",\"null\"]}}}",
    .handle = list};

/* ---- one ticket ---- */

static const struct stmt ONE = {"hotline_ticket_one", "SELECT " HOTLINE_COLUMNS HOTLINE_FROM " WHERE t.case_id = ?1",
                                NULL, false};
static const struct stmt HASHES = {"hotline_hashes",
                                   "SELECT phone_hash, uscc_hash FROM hotline_contact WHERE case_id = ?1", NULL, false};
static const struct stmt TOLD = {
    "hotline_escalations_of",
    "SELECT at, stage, level, department FROM hotline_escalation WHERE case_id = ?1 ORDER BY at, level", NULL, false};

/* `whole`: to the seat, and to who looks into a complaint about an officer; to a department when the caller did not ask otherwise. The
 * reading is recorded. */
static result contact_json(const struct request *q, struct id id, struct id subject, bool whole,
                           const struct json **out)
{
    struct hotline_contact c;
    struct json_builder b = json_builder(q->a);
    *out = json_null();
    TRY(hotline_contact_read(q->city, q->a, id, &c));
    if (!c.known) return ok();
    if (!whole && c.withheld) {
        json_set_bool(&b, "withheld", true);
        *out = json_object(&b);
        return ok();
    }
    TRY(read_record(q->city, q->a, q->actor, q->now, subject, id, "hotline.contact", S("task")));
    json_set_str(&b, "name", c.name);
    json_set_str(&b, "phone", c.phone);
    json_set_str(&b, "email", c.email);
    json_set_str(&b, "uscc", c.uscc);
    json_set_bool(&b, "withheld", c.withheld);
    *out = json_object(&b);
    return ok();
}

static result earlier_json(const struct request *q, struct id id, bool seat, const struct json **out)
{
    struct rows r;
    *out = json_null();
    if (!seat) return ok(); /* what else somebody asked is not for a department */
    TRY(store_query(q->city->store, q->a, &HASHES, BINDS(sql_id(&id)), &r));
    if (!r.n) return ok();
    return hotline_earlier(q->city, q->a, row(&r, 0)[0].s, row(&r, 0)[1].s, id, q->now, out);
}

static result told_json(const struct request *q, struct id id, const struct json **out)
{
    struct rows r;
    struct json_builder list = json_builder(q->a);
    TRY(store_query(q->city->store, q->a, &TOLD, BINDS(sql_id(&id)), &r));
    for (size_t i = 0; i < r.n; i++) {
        struct json_builder b = json_builder(q->a);
        json_set_str(&b, "at", instant_text(q->a, row(&r, i)[0].i));
        json_set_str(&b, "stage", row(&r, i)[1].s);
        json_set_int(&b, "level", row(&r, i)[2].i);
        json_set(&b, "department", citydata_department_json(q->a, catalogue_data(q->city->catalogue), row(&r, i)[3].s));
        json_add(&list, json_object(&b));
    }
    *out = json_array(&list);
    return ok();
}

static result one(const struct request *q, struct reply *r)
{
    struct id id, subject;
    struct rows rows;
    bool seat;
    const struct json *contact, *earlier, *files, *told;
    struct json_builder b = json_builder(q->a);
    TRY(id_parse(q->a, q->params[0], S("ticket"), &id));
    TRY(hotline_may_see(q, id, &seat, &subject));
    TRY(store_query(q->city->store, q->a, &ONE, BINDS(sql_id(&id)), &rows));
    if (!rows.n) return fail(q->a, CODE_NOT_FOUND, S("ticket"), "value", q->params[0], NULL);
    bool officer = row(&rows, 0)[7].i != 0;
    TRY(contact_json(q, id, subject, seat || officer, &contact));
    TRY(earlier_json(q, id, seat && !officer, &earlier));
    TRY(hotline_files(q->city, q->a, id, &files));
    TRY(told_json(q, id, &told));
    json_set_bool(&b, "seat", seat);
    json_set(&b, "contact", contact);
    json_set(&b, "earlier", earlier);
    json_set(&b, "files", files);
    json_set(&b, "escalations", told);
    r->body = json_merge(q->a, hotline_line(q->city, q->a, row(&rows, 0), q->now), json_object(&b));
    return ok();
}

const struct endpoint EP_HOTLINE_TICKET = {
    .method = "GET",
    .path = "/desk/hotline/tickets/{id}",
    .right = {RIGHT_STAFF, 0, false},
    .summary_zh = "一件诉求：联系方式、同一诉求人的以往诉求、附件、上报记录（查看联系方式留痕）",
    .summary_en = "One ticket: who asked, what they asked before, files, escalations; reading who asked is recorded",
    .reply_schema =
        "{\"type\":\"object\",\"required\":[\"id\",\"number\",\"contact\",\"earlier\",\"files\"],\"properties\":{\"id\":{\"type\":\"string\"},"
        "\"number\":{\"type\":\"string\"},\"seat\":{\"type\":\"boolean\"},\"contact\":{\"type\":[\"object\",\"null\"]},\"earlier\":{\"type\":[\"object\",\"null\"]},"
        "\"files\":{\"type\":\"array\",\"items\":{\"type\":\"object\"}},\"escalations\":{\"type\":\"array\",\"items\":{\"type\":\"object\"}}}}",
    .handle = one};
