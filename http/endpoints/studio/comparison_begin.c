/* How past cases would be decided: begun here, done by a worker. */
#include "city/catalogue/studio.h"
#include "city/decisions/decisions.h"
#include "http/endpoints/studio/endpoints.h"

static result handle(const struct request *q, struct reply *r)
{
    struct service_files files;
    struct id id;
    TRY(studio_files_of(q->a, json_get(q->body, "files"), &files));
    TRY(comparison_begin(q->city, q->a, q->actor, q->params[0], files, json_int(q->body, "sample", 500),
                         json_string(q->body, "purpose"), q->now, &id));
    r->status = 202;
    return comparison_show(q->city, q->a, id, &r->body);
}

const struct endpoint EP_COMPARISON_BEGIN = {
    .method = "POST",
    .path = "/studio/decisions/{key}/comparisons",
    .right = {RIGHT_ROLES, 1u << ROLE_DESIGNER | 1u << ROLE_PUBLISHER, false},
    .flags = EP_JSON_BODY,
    .body_max = 16 * 1024 * 1024,
    .summary_zh = "与过去办件比较（开始）",
    .summary_en = "Begin a comparison with past cases",
    .request_schema =
        "{\"type\":\"object\",\"additionalProperties\":false,\"properties\":{"
        "\"files\":{\"type\":\"object\",\"minProperties\":1,\"maxProperties\":500,\"additionalProperties\":{\"type\":\"string\"}},"
        "\"sample\":{\"type\":\"integer\",\"minimum\":1,\"maximum\":2000},"
        "\"purpose\":{\"type\":\"string\",\"minLength\":4,\"maxLength\":200}"
        "},\"required\":[\"files\",\"purpose\"]}",
    .handle = handle,
};
