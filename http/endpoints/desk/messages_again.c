/* Tries a message again that nobody received. */
#include "city/cases/cases.h"
#include "http/endpoints/desk/endpoints.h"

static result handle(const struct request *q, struct reply *r)
{
    struct id id;
    TRY(id_parse(q->a, q->params[0], S("message"), &id));
    TRY(message_try_again(q->city, q->a, q->actor, id, json_string(q->body, "reason"), q->now));
    r->status = 204;
    return ok();
}

const struct endpoint EP_DESK_MESSAGE_AGAIN = {
    .method = "POST",
    .path = "/desk/messages/{id}/again",
    .right = {RIGHT_ROLES, 1u << ROLE_HEAD | 1u << ROLE_ADMINISTRATOR, false},
    .flags = EP_JSON_BODY,
    .summary_zh = "重新投递消息",
    .summary_en = "Try a message again",
    .request_schema =
        "{\"type\":\"object\",\"additionalProperties\":false,\"required\":[\"reason\"],\"properties\":{\"reason\":{\"type\":\"string\","
        "\"minLength\":1,\"maxLength\":500}}}",
    .handle = handle,
};
