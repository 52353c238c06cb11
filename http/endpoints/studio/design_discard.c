/* Throws a draft away. */
#include "city/catalogue/studio.h"
#include "http/endpoints/studio/endpoints.h"

static result handle(const struct request *q, struct reply *r)
{
    r->status = 204;
    return designer_discard(q->city, q->a, q->actor, q->params[0], json_int(q->body, "rev", 0), q->now);
}

const struct endpoint EP_DESIGN_DISCARD = {
    .method = "POST",
    .path = "/studio/designs/{code}/discard",
    .right = {RIGHT_ROLES, 1u << ROLE_DESIGNER | 1u << ROLE_PUBLISHER, false},
    .flags = EP_JSON_BODY,
    .request_schema = "{\"type\":\"object\",\"additionalProperties\":false,\"properties\":{"
                      "\"rev\":{\"type\":\"integer\",\"minimum\":1}"
                      "},\"required\":[\"rev\"]}",
    .summary_zh = "放弃事项草稿",
    .summary_en = "Discard the draft of a service",
    .handle = handle,
};
