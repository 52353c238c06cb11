/* Makes a plan; a worker looks at the cases. */
#include "city/cases/change.h"
#include "http/endpoints/studio/endpoints.h"

static result handle(const struct request *q, struct reply *r)
{
    struct id id;
    struct plan_new p = {.service = json_string(q->body, "service"),
                         .from = json_string(q->body, "from"),
                         .to = json_string(q->body, "to"),
                         .reason = json_string(q->body, "reason"),
                         .mapping = json_get(q->body, "mapping"),
                         .values = json_get(q->body, "values")};
    TRY(migration_plan(q->city, q->a, q->actor, &p, q->now, &id));
    r->status = 201;
    return migration_show(q->city, q->a, id, &r->body);
}

const struct endpoint EP_MIGRATION_NEW = {
    .method = "POST",
    .path = "/studio/migrations",
    .right = {RIGHT_ROLES, 1u << ROLE_DESIGNER | 1u << ROLE_PUBLISHER, false},
    .flags = EP_JSON_BODY,
    .summary_zh = "制定迁移计划",
    .summary_en = "Make a plan of migration",
    .request_schema =
        "{\"type\":\"object\",\"additionalProperties\":false,\"required\":[\"service\",\"from\",\"to\",\"reason\"],\"properties\":{"
        "\"service\":{\"type\":\"string\",\"minLength\":1,\"maxLength\":64},"
        "\"from\":{\"type\":\"string\",\"minLength\":64,\"maxLength\":64},"
        "\"to\":{\"type\":\"string\",\"minLength\":64,\"maxLength\":64},"
        "\"reason\":{\"type\":\"string\",\"minLength\":1,\"maxLength\":500},"
        "\"mapping\":{\"type\":\"array\",\"maxItems\":500,\"items\":{\"type\":\"object\",\"additionalProperties\":false,"
        "\"required\":[\"from\",\"to\"],\"properties\":{\"from\":{\"type\":\"string\",\"minLength\":1,\"maxLength\":128},"
        "\"to\":{\"type\":\"string\",\"minLength\":1,\"maxLength\":128}}}},"
        "\"values\":{\"type\":\"object\",\"maxProperties\":50}}}",
    .handle = handle,
};
