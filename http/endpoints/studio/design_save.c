/* Saves a draft, good or not, and says what is wrong with it. */
#include "city/catalogue/studio.h"
#include "http/endpoints/studio/endpoints.h"

static result handle(const struct request *q, struct reply *r)
{
    struct service_files files;
    TRY(studio_files_of(q->a, json_get(q->body, "files"), &files));
    return designer_save(q->city, q->a, q->actor, q->params[0], files, json_int(q->body, "rev", 0), q->now, &r->body);
}

const struct endpoint EP_DESIGN_SAVE = {
    .method = "POST",
    .path = "/studio/designs/{code}/draft",
    .right = {RIGHT_ROLES, 1u << ROLE_DESIGNER | 1u << ROLE_PUBLISHER, false},
    .flags = EP_JSON_BODY,
    .body_max = 16 * 1024 * 1024,
    .request_schema =
        "{\"type\":\"object\",\"additionalProperties\":false,\"properties\":{"
        "\"files\":{\"type\":\"object\",\"minProperties\":1,\"maxProperties\":500,\"additionalProperties\":{\"type\":\"string\"}},"
        "\"rev\":{\"type\":\"integer\",\"minimum\":0}"
        "},\"required\":[\"files\",\"rev\"]}",
    .summary_zh = "保存事项草稿",
    .summary_en = "Save the draft of a service",
    .handle = handle,
};
