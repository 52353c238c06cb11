/* A message that nobody received need not be received any more. */
#include "city/cases/cases.h"
#include "http/endpoints/desk/endpoints.h"

static result handle(const struct request *q, struct reply *r)
{
    struct id id;
    TRY(id_parse(q->a, q->params[0], S("message"), &id));
    TRY(message_close(q->city, q->a, q->actor, id, json_string(q->body, "reason"), q->now));
    r->status = 204;
    return ok();
}

const struct endpoint EP_DESK_MESSAGE_CLOSE = {
    .method = "POST",
    .path = "/desk/messages/{id}/close",
    .right = {RIGHT_ROLES, 1u << ROLE_HEAD | 1u << ROLE_ADMINISTRATOR, false},
    .flags = EP_JSON_BODY,
    .summary_zh = "关闭无人接收的消息",
    .summary_en = "Close a message that nobody received",
    .request_schema =
        "{\"type\":\"object\",\"additionalProperties\":false,\"required\":[\"reason\"],\"properties\":{\"reason\":{\"type\":\"string\","
        "\"minLength\":1,\"maxLength\":500}}}",
    .handle = handle,
};
