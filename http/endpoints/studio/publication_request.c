/* Asks for publication; another publisher approves. */
#include "city/catalogue/studio.h"
#include "http/endpoints/studio/endpoints.h"

static result handle(const struct request *q, struct reply *r)
{
    struct service_files files;
    struct slice hash;
    struct id id;
    struct json_builder b = json_builder(q->a);
    TRY(studio_files_of(q->a, json_get(q->body, "files"), &files));
    TRY(publication_request(q->city, q->a, q->actor, files, q->now, &id, &hash));
    json_set_str(&b, "id", id_text(q->a, id));
    json_set_str(&b, "hash", hash);
    json_set_cstr(&b, "state", "waiting");
    r->status = 201;
    r->body = json_object(&b);
    return ok();
}

const struct endpoint EP_PUBLICATION_REQUEST = {
    .method = "POST",
    .path = "/studio/publications",
    .right = {RIGHT_ROLES, 1u << ROLE_PUBLISHER, false},
    .flags = EP_JSON_BODY,
    .body_max = 16 * 1024 * 1024,
    .summary_zh = "申请发布",
    .summary_en = "Ask for publication",
    .request_schema =
        "{\"type\":\"object\",\"additionalProperties\":false,\"properties\":{\"files\":{\"type\":\"object\",\"minP"
        "roperties\":1,\"maxProperties\":500,\"additionalProperties\":{\"type\":\"string\"}}},\"required\":[\"f"
        "iles\"]}",
    .handle = handle,
};
