/* Turns a plan down, with a reason. */
#include "city/cases/change.h"
#include "http/endpoints/studio/endpoints.h"

static result handle(const struct request *q, struct reply *r)
{
    struct id id;
    TRY(id_parse(q->a, q->params[0], S("id"), &id));
    TRY(migration_decide(q->city, q->a, q->actor, id, false, json_string(q->body, "reason"), q->now));
    return migration_show(q->city, q->a, id, &r->body);
}

const struct endpoint EP_MIGRATION_REJECT = {
    .method = "POST",
    .path = "/studio/migrations/{id}/reject",
    .right = {RIGHT_ROLES, 1u << ROLE_PUBLISHER, false},
    .flags = EP_JSON_BODY,
    .summary_zh = "退回迁移计划",
    .summary_en = "Turn down a plan of migration",
    .request_schema = "{\"type\":\"object\",\"additionalProperties\":false,\"properties\":{"
                      "\"reason\":{\"type\":\"string\",\"maxLength\":500}},\"required\":[\"reason\"]}",
    .handle = handle,
};
