/* Every fault of a decision, at the rule or cell that it concerns, and how its examples came out. */
#include "city/catalogue/studio.h"
#include "city/decisions/decisions.h"
#include "http/endpoints/studio/endpoints.h"

static result handle(const struct request *q, struct reply *r)
{
    struct service_files files;
    TRY(studio_files_of(q->a, json_get(q->body, "files"), &files));
    return decision_check_json(q->city, q->a, files, &r->body);
}

const struct endpoint EP_DECISION_CHECK = {
    .method = "POST",
    .path = "/studio/decisions/check",
    .right = {RIGHT_ROLES, 1u << ROLE_DESIGNER | 1u << ROLE_PUBLISHER, false},
    .flags = EP_JSON_BODY,
    .body_max = 16 * 1024 * 1024,
    .summary_zh = "检查决策规则",
    .summary_en = "Check a decision",
    .request_schema =
        "{\"type\":\"object\",\"additionalProperties\":false,\"properties\":{"
        "\"files\":{\"type\":\"object\",\"minProperties\":1,\"maxProperties\":500,\"additionalProperties\":{\"type\":\"string\"}}"
        "},\"required\":[\"files\"]}",
    .handle = handle,
};
