/* A trial run on typed values. */
#include "city/catalogue/studio.h"
#include "city/decisions/decisions.h"
#include "http/endpoints/studio/endpoints.h"

static result handle(const struct request *q, struct reply *r)
{
    struct service_files files;
    TRY(studio_files_of(q->a, json_get(q->body, "files"), &files));
    return decision_try(q->city, q->a, files, json_get(q->body, "values"), q->now, &r->body);
}

const struct endpoint EP_DECISION_TRY = {
    .method = "POST",
    .path = "/studio/decisions/try",
    .right = {RIGHT_ROLES, 1u << ROLE_DESIGNER | 1u << ROLE_PUBLISHER, false},
    .flags = EP_JSON_BODY,
    .body_max = 16 * 1024 * 1024,
    .summary_zh = "以填写的值试算",
    .summary_en = "Try a decision on typed values",
    .request_schema =
        "{\"type\":\"object\",\"additionalProperties\":false,\"properties\":{"
        "\"files\":{\"type\":\"object\",\"minProperties\":1,\"maxProperties\":500,\"additionalProperties\":{\"type\":\"string\"}},"
        "\"values\":{\"type\":\"object\",\"maxProperties\":200}"
        "},\"required\":[\"files\",\"values\"]}",
    .handle = handle,
};
