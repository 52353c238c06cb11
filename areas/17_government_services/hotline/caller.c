/* Who asked before: tickets of the same telephone number or enterprise, by keyed hash, for the clerk. */
#include "areas/17_government_services/hotline/hotline.h"

#include "city/identity/identity.h"
#include "city/sql.h"

const struct json *hotline_line(struct city *c, struct arena *a, const struct sql_value *v, instant now)
{
    static const char *const STATES[] = {"filed", "correction", "handling", "delivered", "refused", "withdrawn"};
    struct json_builder b = json_builder(a);
    struct id id = ID_NONE;
    const struct citydata *d = catalogue_data(c->catalogue);
    (void)id_from_bytes(v[0].s, &id);
    bool open = v[16].i < 3;
    json_set_str(&b, "id", id_text(a, id));
    json_set_str(&b, "number", v[1].s);
    json_set_str(&b, "kind", v[2].s);
    json_set(&b, "kind_name", bitext_json(a, hotline_kind_name(a, v[2].s)));
    json_set_str(&b, "channel", v[3].s);
    json_set_str(&b, "topic", v[4].s);
    json_set(&b, "topic_name", v[4].s.n ? bitext_json(a, hotline_topic_name(a, v[4].s)) : json_null());
    json_set(&b, "department", v[5].s.n ? citydata_department_json(a, d, v[5].s) : json_null());
    json_set_bool(&b, "urgent", v[6].i != 0);
    json_set_bool(&b, "officer", v[7].i != 0);
    json_set_str(&b, "filed_at", instant_text(a, v[8].i));
    json_set_instant(&b, "replied_at", v[9].i);
    json_set_str(&b, "article", v[10].s);
    json_set_int(&b, "article_version", v[11].i);
    json_set_bool(&b, "second", v[12].i > 1);
    json_set_str(&b, "satisfaction", v[13].s);
    json_set_int(&b, "level", v[14].i);
    json_set_int(&b, "returned", v[15].i);
    json_set_cstr(&b, "state", v[16].i >= 0 && v[16].i < 6 ? STATES[v[16].i] : "");
    json_set_str(&b, "outcome", v[17].s);
    json_set_instant(&b, "due_at", open && v[18].type != SQL_NULL ? v[18].i : 0);
    json_set(&b, "task", open && v[19].type != SQL_NULL ? json_of_string(a, v[19].s) : json_null());
    json_set_bool(&b, "late", open && v[18].type != SQL_NULL && v[18].i > 0 && v[18].i < now);
    return json_object(&b);
}

/* ?1 ?2 hashes, ?3 not this case */
#define SAME                                                                                         \
    " JOIN hotline_contact h ON h.case_id = t.case_id WHERE (h.phone_hash = ?1 OR h.uscc_hash = ?2)" \
    " AND (?3 IS NULL OR t.case_id <> ?3)"
#define SAME_PG                                                                                      \
    " JOIN hotline_contact h ON h.case_id = t.case_id WHERE (h.phone_hash = ?1 OR h.uscc_hash = ?2)" \
    " AND (CAST(?3 AS BYTEA) IS NULL OR t.case_id <> ?3)"
static const struct stmt EARLIER = {
    "hotline_earlier", "SELECT " HOTLINE_COLUMNS HOTLINE_FROM SAME " ORDER BY t.case_id DESC LIMIT 20",
    "SELECT " HOTLINE_COLUMNS HOTLINE_FROM SAME_PG " ORDER BY t.case_id DESC LIMIT 20", false};
static const struct stmt TIMES = {
    "hotline_times", "SELECT COUNT(*), COALESCE(SUM(CASE WHEN f.state < 3 THEN 1 ELSE 0 END), 0)" HOTLINE_FROM SAME,
    "SELECT COUNT(*), CAST(COALESCE(SUM(CASE WHEN f.state < 3 THEN 1 ELSE 0 END), 0) AS BIGINT)" HOTLINE_FROM SAME_PG,
    false};

result hotline_earlier(struct city *c, struct arena *a, struct slice phone_hash, struct slice uscc_hash, struct id but,
                       instant now, const struct json **out)
{
    struct rows r;
    struct json_builder b = json_builder(a), items = json_builder(a);
    const struct sql_value v[] = {sql_blob_or_null(phone_hash), sql_blob_or_null(uscc_hash), sql_id(&but)};
    TRY(store_query(c->store, a, &TIMES, v, 3, &r));
    json_set_int(&b, "times", row(&r, 0)[0].i);
    json_set_int(&b, "open", row(&r, 0)[1].i);
    TRY(store_query(c->store, a, &EARLIER, v, 3, &r));
    for (size_t i = 0; i < r.n; i++) json_add(&items, hotline_line(c, a, row(&r, i), now));
    json_set(&b, "items", json_array(&items));
    *out = json_object(&b);
    return ok();
}

/* ---- rights ---- */

bool hotline_seat(const struct request *q)
{
    const struct service *s;
    struct slice anywhere = {NULL, 0};
    if (failed(catalogue_current(q->city->catalogue, q->a, HOTLINE_SERVICE, &s))) return false;
    return actor_has_role(q->actor, ROLE_HANDLER, service_department(s), anywhere) ||
           actor_has_role(q->actor, ROLE_HEAD, service_department(s), anywhere);
}

static const struct stmt ABOUT = {
    "hotline_about",
    "SELECT t.officer, t.department, (SELECT COUNT(*) FROM case_task k WHERE k.case_id = t.case_id AND k.assignee = ?2)"
    " FROM hotline_ticket t WHERE t.case_id = ?1",
    NULL, false};

result hotline_may_see(const struct request *q, struct id case_id, bool *seat, struct id *subject)
{
    struct rows r;
    enum case_audience who;
    struct slice anywhere = {NULL, 0};
    TRY(store_query(q->city->store, q->a, &ABOUT, BINDS(sql_id(&case_id), sql_id(&q->actor->account)), &r));
    if (!r.n) return fail(q->a, CODE_NOT_FOUND, S("ticket"), "value", id_text(q->a, case_id), NULL);
    TRY(case_may_see(q->city, q->a, q->actor, case_id, &who, subject));
    *seat = hotline_seat(q);
    /* of a complaint about an officer the seat sees what became of it only where it handles it, or did */
    bool handles = actor_has_role(q->actor, ROLE_HEAD, row(&r, 0)[1].s, anywhere) || row(&r, 0)[2].i > 0;
    if (row(&r, 0)[0].i && !handles)
        return fail(q->a, CODE_NOT_FOUND, S("ticket"), "value", id_text(q->a, case_id), NULL);
    return ok();
}

/* ---- POST /desk/hotline/caller ---- */

static result caller(const struct request *q, struct reply *r)
{
    struct slice phone = json_string(q->body, "phone"), uscc = json_string(q->body, "uscc");
    struct slice digits = hotline_phone(q->a, phone), normal = {NULL, 0};
    const struct json *earlier;
    struct json_builder b = json_builder(q->a);
    if (!phone.n && !uscc.n) return fail(q->a, CODE_FIELD_REQUIRED, S("/phone"), NULL);
    if (!hotline_seat(q)) return fail(q->a, CODE_FORBIDDEN, S("hotline"), "right", S("handler"), NULL);
    if (uscc.n) TRY(identity_number_check(q->a, S("uscc"), uscc, S("/uscc"), &normal));
    if (phone.n && !digits.n) return fail(q->a, CODE_FIELD_TYPE, S("/phone"), "expected", S("0769-12345678"), NULL);
    TRY(hotline_earlier(q->city, q->a, hotline_hash(q->city, q->a, "hotline.phone", digits),
                        hotline_hash(q->city, q->a, "hotline.uscc", normal), ID_NONE, q->now, &earlier));
    json_set_bool(&b, "known", json_int(earlier, "times", 0) > 0);
    r->body = json_merge(q->a, earlier, json_object(&b));
    return ok();
}

const struct endpoint EP_HOTLINE_CALLER = {
    .method = "POST",
    .path = "/desk/hotline/caller",
    .right = {.kind = RIGHT_ROLES, .roles = 1u << ROLE_HANDLER | 1u << ROLE_HEAD},
    .flags = EP_JSON_BODY,
    .summary_zh = "来电人以往的诉求（按电话或统一社会信用代码；号码不进地址栏，不留痕）",
    .summary_en = "Earlier requests of a caller, by telephone number or USCC; the number is not kept",
    .request_schema =
        "{\"type\":\"object\",\"additionalProperties\":false,\"properties\":{\"phone\":{\"type\":\"string\",\"maxLength\":40},"
        "\"uscc\":{\"type\":\"string\",\"maxLength\":40}}}",
    .reply_schema =
        "{\"type\":\"object\",\"required\":[\"known\",\"times\",\"open\",\"items\"],\"properties\":{\"known\":{\"type\":\"boolean\"},"
        "\"times\":{\"type\":\"integer\"},\"open\":{\"type\":\"integer\"},\"items\":{\"type\":\"array\",\"items\":{\"type\":\"object\"}}}}",
    .handle = caller};
