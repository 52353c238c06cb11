/* A new opinion template. */
#include "city/identity/desk.h"
#include "http/endpoints/desk_settings/endpoints.h"

static result handle(const struct request *q, struct reply *r)
{
    r->status = 201;
    return template_add(q->city, q->a, q->actor, json_string(q->body, "text"), json_string(q->body, "outcome"), q->now,
                        &r->body);
}

const struct endpoint EP_TEMPLATE_ADD = {
    .method = "POST",
    .path = "/desk/templates",
    .right = {RIGHT_STAFF, 0, false},
    .flags = EP_JSON_BODY,
    .summary_zh = "新建意见模板",
    .summary_en = "New opinion template",
    .request_schema =
        "{\"type\":\"object\",\"additionalProperties\":false,\"properties\":{\"text\":{\"type\":\"string\",\"minLe"
        "ngth\":1,\"maxLength\":2000},\"outcome\":{\"type\":\"string\",\"minLength\":0,\"maxLength\":60}},\"requi"
        "red\":[\"text\"]}",
    .handle = handle,
};
