/* GET /desk/hotline/statistics: how many requests of what kind, hot topics, and of each department whether it answered in time and what
 * callers said. Counted from the tickets; no figure names anybody. */
#include "areas/17_government_services/hotline/hotline.h"

#include <math.h>

#include "city/sql.h"

/* ?1 since */
static const struct stmt BY_KIND = {
    "hotline_by_kind",
    "SELECT t.kind, t.channel, COUNT(*), CAST(SUM(CASE WHEN f.state < 3 THEN 1 ELSE 0 END) AS BIGINT),"
    " CAST(SUM(CASE WHEN f.outcome = 'answered' THEN 1 ELSE 0 END) AS BIGINT),"
    " CAST(SUM(CASE WHEN t.level > 0 THEN 1 ELSE 0 END) AS BIGINT),"
    " CAST(SUM(CASE WHEN t.article <> '' THEN 1 ELSE 0 END) AS BIGINT)" HOTLINE_FROM
    " WHERE t.filed_at >= ?1 GROUP BY t.kind, t.channel ORDER BY t.kind, t.channel",
    NULL, false};
/* Replies of departments (reply, inquire, again) that are given; by their own clocks. */
static const struct stmt PUNCTUAL = {
    "hotline_punctual",
    "SELECT k.department, COUNT(*), CAST(SUM(CASE WHEN k.due_at = 0 OR k.closed_at <= k.due_at THEN 1 ELSE 0 END) AS BIGINT)"
    " FROM hotline_ticket t JOIN case_task k ON k.case_id = t.case_id AND k.node IN ('reply', 'inquire', 'again') AND k.status = 3"
    " WHERE t.filed_at >= ?1 GROUP BY k.department ORDER BY k.department",
    NULL, false};
static const struct stmt SAID = {
    "hotline_said",
    "SELECT t.department, COUNT(*), CAST(SUM(CASE WHEN t.satisfaction IN ('satisfied', 'not_satisfied') THEN 1 ELSE 0 END) AS BIGINT),"
    " CAST(SUM(CASE WHEN t.satisfaction = 'satisfied' THEN 1 ELSE 0 END) AS BIGINT),"
    " CAST(SUM(CASE WHEN t.round > 1 THEN 1 ELSE 0 END) AS BIGINT), CAST(SUM(t.returned) AS BIGINT),"
    " CAST(SUM(CASE WHEN t.level > 0 THEN 1 ELSE 0 END) AS BIGINT), CAST(SUM(CASE WHEN f.state < 3 THEN 1 ELSE 0 END) AS BIGINT)" HOTLINE_FROM
    " WHERE t.filed_at >= ?1 AND t.department <> '' GROUP BY t.department ORDER BY t.department",
    NULL, false};
static const struct stmt LATE = {
    "hotline_late_now",
    "SELECT k.department, COUNT(*) FROM hotline_ticket t JOIN case_task k ON k.case_id = t.case_id AND k.status < 3 AND k.due_at > 0"
    " AND k.due_at < ?1 GROUP BY k.department ORDER BY k.department",
    NULL, false};
/* ?1 now - 7 days, ?2 now - 30, ?3 now - 35 */
static const struct stmt TOPICS = {
    "hotline_hot",
    "SELECT topic, CAST(SUM(CASE WHEN filed_at >= ?1 THEN 1 ELSE 0 END) AS BIGINT),"
    " CAST(SUM(CASE WHEN filed_at >= ?2 THEN 1 ELSE 0 END) AS BIGINT), CAST(SUM(CASE WHEN filed_at < ?1 THEN 1 ELSE 0 END) AS BIGINT)"
    " FROM hotline_ticket WHERE filed_at >= ?3 AND topic <> '' GROUP BY topic ORDER BY 2 DESC, 3 DESC, topic",
    NULL, false};
/* Requests of numbers that asked before. */
static const struct stmt REPEATED = {
    "hotline_repeated",
    "SELECT COUNT(*), CAST(COALESCE(SUM(CASE WHEN EXISTS (SELECT 1 FROM hotline_contact e WHERE e.case_id < h.case_id"
    " AND (e.phone_hash = h.phone_hash OR e.uscc_hash = h.uscc_hash)) THEN 1 ELSE 0 END), 0) AS BIGINT)"
    " FROM hotline_contact h WHERE h.made_at >= ?1 AND (h.phone_hash IS NOT NULL OR h.uscc_hash IS NOT NULL)",
    NULL, false};

static const struct json *share(struct arena *a, int64_t part, int64_t whole)
{
    return whole ? json_of_number(a, arena_printf(a, "%.4f", (double)part / (double)whole)) : json_null();
}

/* More than chance would bring, taking the mean of the four weeks before as what a week brings (Poisson, two standard deviations),
 * and at least three. */
static bool rising(int64_t week, int64_t before)
{
    double mean = (double)before / 4;
    return week >= 3 && (double)week > mean + 2 * sqrt(mean);
}

static const struct json *topics_json(struct arena *a, const struct rows *r)
{
    struct json_builder list = json_builder(a);
    for (size_t i = 0; i < r->n; i++) {
        const struct sql_value *v = row(r, i);
        struct json_builder b = json_builder(a);
        json_set_str(&b, "topic", v[0].s);
        json_set(&b, "name", bitext_json(a, hotline_topic_name(a, v[0].s)));
        json_set_int(&b, "week", v[1].i);
        json_set_int(&b, "month", v[2].i);
        json_set(&b, "week_before", json_of_number(a, arena_printf(a, "%.2f", (double)v[3].i / 4)));
        json_set_bool(&b, "rising", rising(v[1].i, v[3].i));
        json_add(&list, json_object(&b));
    }
    return json_array(&list);
}

static const struct sql_value *of_department(const struct rows *r, struct slice code)
{
    for (size_t i = 0; i < r->n; i++)
        if (slice_eq(row(r, i)[0].s, code)) return row(r, i);
    return NULL;
}

static const struct json *department_json(const struct request *q, const struct sql_value *said,
                                          const struct rows *punctual, const struct rows *late)
{
    struct arena *a = q->a;
    struct json_builder b = json_builder(a);
    const struct sql_value *p = of_department(punctual, said[0].s), *l = of_department(late, said[0].s);
    json_set(&b, "department", citydata_department_json(a, catalogue_data(q->city->catalogue), said[0].s));
    json_set_int(&b, "tickets", said[1].i);
    json_set_int(&b, "open", said[7].i);
    json_set_int(&b, "late", l ? l[1].i : 0);
    json_set_int(&b, "replies", p ? p[1].i : 0);
    json_set(&b, "on_time", p ? share(a, p[2].i, p[1].i) : json_null());
    json_set_int(&b, "said", said[2].i);
    json_set(&b, "satisfied", share(a, said[3].i, said[2].i));
    json_set_int(&b, "second", said[4].i);
    json_set_int(&b, "returned", said[5].i);
    json_set_int(&b, "escalated", said[6].i);
    return json_object(&b);
}

static result departments(const struct request *q, instant since, const struct json **out)
{
    struct rows said, punctual, late;
    struct json_builder list = json_builder(q->a);
    TRY(store_query(q->city->store, q->a, &SAID, BINDS(sql_int(since)), &said));
    TRY(store_query(q->city->store, q->a, &PUNCTUAL, BINDS(sql_int(since)), &punctual));
    TRY(store_query(q->city->store, q->a, &LATE, BINDS(sql_int(q->now)), &late));
    for (size_t i = 0; i < said.n; i++) json_add(&list, department_json(q, row(&said, i), &punctual, &late));
    *out = json_array(&list);
    return ok();
}

/* {n, open, answered, escalated, article} of all, and of each kind and channel. */
static result totals(const struct request *q, instant since, struct json_builder *b)
{
    static const char *const SUMS[] = {"n", "open", "answered", "escalated", "article"};
    enum { NSUMS = 5 };
    struct rows r;
    int64_t all[NSUMS] = {0};
    struct json_builder kinds = json_builder(q->a);
    TRY(store_query(q->city->store, q->a, &BY_KIND, BINDS(sql_int(since)), &r));
    for (size_t i = 0; i < r.n; i++) {
        const struct sql_value *v = row(&r, i);
        struct json_builder k = json_builder(q->a);
        json_set_str(&k, "kind", v[0].s);
        json_set(&k, "kind_name", bitext_json(q->a, hotline_kind_name(q->a, v[0].s)));
        json_set_str(&k, "channel", v[1].s);
        json_set_int(&k, "n", v[2].i);
        json_add(&kinds, json_object(&k));
        for (size_t j = 0; j < NSUMS; j++) all[j] += v[2 + j].i;
    }
    for (size_t j = 0; j < NSUMS; j++) json_set_int(b, SUMS[j], all[j]);
    json_set(b, "kinds", json_array(&kinds));
    return ok();
}

static result statistics(const struct request *q, struct reply *r)
{
    int64_t days = 30;
    struct rows topics, repeated;
    const struct json *list;
    struct json_builder b = json_builder(q->a);
    (void)slice_int64(request_query(q, "days"), &days);
    instant since = q->now - days * MS_DAY;
    TRY(totals(q, since, &b));
    TRY(store_query(q->city->store, q->a, &TOPICS,
                    BINDS(sql_int(q->now - 7 * MS_DAY), sql_int(q->now - 30 * MS_DAY), sql_int(q->now - 35 * MS_DAY)),
                    &topics));
    TRY(store_query(q->city->store, q->a, &REPEATED, BINDS(sql_int(since)), &repeated));
    TRY(departments(q, since, &list));
    json_set_int(&b, "days", days);
    json_set_int(&b, "with_number", row(&repeated, 0)[0].i);
    json_set_int(&b, "repeated", row(&repeated, 0)[1].i);
    json_set(&b, "topics", topics_json(q->a, &topics));
    json_set(&b, "departments", list);
    r->body = json_object(&b);
    return ok();
}

static const struct query_parameter QUERY[] = {
    {.name = "days",
     .help_zh = "近多少天受理的",
     .help_en = "taken in the last so many days",
     .type = QUERY_INTEGER,
     .least = 1,
     .most = 366,
     .standard = "30"},
    {.name = NULL},
};

const struct endpoint EP_HOTLINE_STATISTICS = {
    .method = "GET",
    .path = "/desk/hotline/statistics",
    .right = {.kind = RIGHT_ROLES, .roles = 1u << ROLE_HANDLER | 1u << ROLE_HEAD},
    .summary_zh = "企业诉求统计：热点、各部门按时率和满意率",
    .summary_en = "Figures of the enterprise seat: hot topics, punctuality and satisfaction by department",
    .query = QUERY,
    .reply_schema =
        "{\"type\":\"object\",\"required\":[\"n\",\"topics\",\"departments\"],\"properties\":{\"n\":{\"type\":\"integer\"},\"open\":{\"type\":\"integer\"},"
        "\"answered\":{\"type\":\"integer\"},\"escalated\":{\"type\":\"integer\"},\"article\":{\"type\":\"integer\"},\"days\":{\"type\":\"integer\"},"
        "\"with_number\":{\"type\":\"integer\"},\"repeated\":{\"type\":\"integer\"},\"kinds\":{\"type\":\"array\",\"items\":{\"type\":\"object\"}},"
        "\"topics\":{\"type\":\"array\",\"items\":{\"type\":\"object\"}},\"departments\":{\"type\":\"array\",\"items\":{\"type\":\"object\"}}}}",
    .handle = statistics};
