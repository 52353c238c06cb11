/* Every fault of a folder, with place and remedy. */
#include "city/catalogue/studio.h"
#include "city/drafts/drafts.h"
#include "http/endpoints/studio/endpoints.h"

static result handle(const struct request *q, struct reply *r)
{
    struct service_files files;
    struct json_builder b = json_builder(q->a);
    TRY(studio_files_of(q->a, json_get(q->body, "files"), &files));
    result found = service_check(q->city->catalogue, q->a, files);
    json_set_bool(&b, "good", !failed(found));
    json_set(&b, "problems", problems_json(q->a, found));
    json_set(&b, "notes", service_notes(q->city->catalogue, q->a, files));
    r->body = json_object(&b);
    return ok();
}

const struct endpoint EP_STUDIO_CHECK = {
    .method = "POST",
    .path = "/studio/check",
    .right = {RIGHT_ROLES, 1u << ROLE_DESIGNER | 1u << ROLE_PUBLISHER, false},
    .flags = EP_JSON_BODY,
    .body_max = 16 * 1024 * 1024,
    .summary_zh = "检查事项目录",
    .summary_en = "Check a service folder",
    .request_schema =
        "{\"type\":\"object\",\"additionalProperties\":false,\"properties\":{\"files\":{\"type\":\"object\",\"minP"
        "roperties\":1,\"maxProperties\":500,\"additionalProperties\":{\"type\":\"string\"}}},\"required\":[\"f"
        "iles\"]}",
    .handle = handle,
};
