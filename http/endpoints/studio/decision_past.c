/* A trial run on what a past case was decided on: a read with a purpose. */
#include "city/catalogue/studio.h"
#include "city/decisions/decisions.h"
#include "http/endpoints/studio/endpoints.h"

static result handle(const struct request *q, struct reply *r)
{
    struct service_files files;
    TRY(studio_files_of(q->a, json_get(q->body, "files"), &files));
    return decision_try_past(q->city, q->a, q->actor, q->params[0], files, json_string(q->body, "case"),
                             json_string(q->body, "purpose"), q->now, &r->body);
}

const struct endpoint EP_DECISION_PAST = {
    .method = "POST",
    .path = "/studio/decisions/{key}/past",
    .right = {RIGHT_ROLES, 1u << ROLE_DESIGNER | 1u << ROLE_PUBLISHER, false},
    .flags = EP_JSON_BODY,
    .body_max = 16 * 1024 * 1024,
    .summary_zh = "以过去的办件试算",
    .summary_en = "Try a decision on a past case",
    .request_schema =
        "{\"type\":\"object\",\"additionalProperties\":false,\"properties\":{"
        "\"files\":{\"type\":\"object\",\"minProperties\":1,\"maxProperties\":500,\"additionalProperties\":{\"type\":\"string\"}},"
        "\"case\":{\"type\":\"string\",\"minLength\":6,\"maxLength\":64},"
        "\"purpose\":{\"type\":\"string\",\"minLength\":4,\"maxLength\":200}"
        "},\"required\":[\"files\",\"case\",\"purpose\"]}",
    .handle = handle,
};
