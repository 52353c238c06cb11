/* Services that fit, best first. The cursor is a place in the ranking: it has no natural key. */
#include "city/catalogue/catalogue.h"
#include "http/endpoints/catalogue/endpoints.h"

static result handle(const struct request *q, struct reply *r)
{
    struct catalogue_filter f = {.q = request_query(q, "q"),
                                 .audience = request_query(q, "audience"),
                                 .department = request_query(q, "department"),
                                 .town = request_query(q, "town"),
                                 .event = request_query(q, "event"),
                                 .area = -1};
    struct slice area = request_query(q, "area"), cursor;
    const struct service *const *list;
    int64_t limit, at = 0;
    size_t n;
    TRY(request_page(q, &limit, &cursor));
    if (area.n && !slice_int64(area, &f.area)) return fail(q->a, CODE_QUERY_BAD, S("area"), "value", area, NULL);
    if (cursor.n && (!slice_int64(cursor, &at) || at < 0))
        return fail(q->a, CODE_QUERY_BAD, S("cursor"), "value", cursor, NULL);
    catalogue_search(q->city->catalogue, q->a, &f, &list, &n);
    struct json_builder items = json_builder(q->a), b = json_builder(q->a);
    int64_t end = at + limit < (int64_t)n ? at + limit : (int64_t)n;
    for (int64_t i = at; i < end; i++) json_add(&items, service_card_json(q->a, q->city->catalogue, list[i]));
    json_set(&b, "items", json_array(&items));
    json_set(&b, "next",
             end < (int64_t)n ? json_of_string(q->a, arena_printf(q->a, "%lld", (long long)end)) : json_null());
    json_set_int(&b, "total", (int64_t)n);
    r->body = json_object(&b);
    return ok();
}

static const struct query_parameter QUERY[] = {
    {.name = "q", .help_zh = "要办什么", .help_en = "what somebody wants to do"},
    {.name = "audience",
     .help_zh = "面向谁",
     .help_en = "for whom",
     .choices = "person|enterprise|public_institution|social_organisation|government|other"},
    {.name = "department", .help_zh = "部门代码", .help_en = "code of a department"},
    {.name = "town", .help_zh = "镇街代码", .help_en = "code of a town"},
    {.name = "event", .help_zh = "一件事（人生大事、企业大事）", .help_en = "event of a life or of a company"},
    {.name = "area", .help_zh = "业务领域", .help_en = "area of the action plan", .type = QUERY_INTEGER},
    QUERY_LIMIT,
    QUERY_CURSOR,
    {.name = NULL},
};

const struct endpoint EP_SERVICES = {
    .method = "GET",
    .path = "/services",
    .right = {RIGHT_PUBLIC, 0, false},
    .summary_zh = "查找事项",
    .summary_en = "Find services",
    .query = QUERY,
    .handle = handle,
};
