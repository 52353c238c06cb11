/* Submits the draft; another person releases it. */
#include "city/catalogue/studio.h"
#include "http/endpoints/studio/endpoints.h"

static result handle(const struct request *q, struct reply *r)
{
    struct slice hash;
    struct id id;
    struct json_builder b = json_builder(q->a);
    TRY(designer_submit(q->city, q->a, q->actor, q->params[0], json_int(q->body, "rev", 0), q->now, &id, &hash));
    json_set_str(&b, "id", id_text(q->a, id));
    json_set_str(&b, "hash", hash);
    json_set_cstr(&b, "state", "waiting");
    r->status = 201;
    r->body = json_object(&b);
    return ok();
}

const struct endpoint EP_DESIGN_SUBMIT = {
    .method = "POST",
    .path = "/studio/designs/{code}/publications",
    .right = {RIGHT_ROLES, 1u << ROLE_DESIGNER | 1u << ROLE_PUBLISHER, false},
    .flags = EP_JSON_BODY,
    .request_schema = "{\"type\":\"object\",\"additionalProperties\":false,\"properties\":{"
                      "\"rev\":{\"type\":\"integer\",\"minimum\":1}"
                      "},\"required\":[\"rev\"]}",
    .summary_zh = "提交发布事项",
    .summary_en = "Submit a service for release",
    .handle = handle,
};
