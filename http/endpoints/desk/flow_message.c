/* A message from another system to the case that awaits it, or to a service that it starts. */
#include "http/endpoints/cases/common.h"
#include "http/endpoints/desk/endpoints.h"

static result handle(const struct request *q, struct reply *r)
{
    struct case_command k;
    struct id id;
    struct json_builder b = json_builder(q->a);
    struct outside_message m = {json_string(q->body, "name"), json_get(q->body, "key"), json_get(q->body, "payload")};
    TRY(command_of(q, true, &k));
    TRY(message_from_outside(&k, &m, &id, &r->replayed));
    json_set_str(&b, "id", id_text(q->a, id));
    r->body = json_object(&b);
    r->status = 202;
    return ok();
}

const struct endpoint EP_FLOW_MESSAGE = {
    .method = "POST",
    .path = "/flow/messages",
    .right = {RIGHT_ROLES, 1u << ROLE_HANDLER | 1u << ROLE_REVIEWER | 1u << ROLE_HEAD, false},
    .flags = EP_JSON_BODY | EP_IDEMPOTENT,
    .summary_zh = "其他系统发来的消息",
    .summary_en = "A message from another system",
    .request_schema =
        "{\"type\":\"object\",\"additionalProperties\":false,\"required\":[\"name\",\"payload\"],\"properties\":{\"name\":{\"type\":\"string\","
        "\"minLength\":1,\"maxLength\":200},\"key\":{\"type\":[\"string\",\"number\"],\"maxLength\":200},\"payload\":{\"type\":\"object\"}}}",
    .reply_schema = "{\"type\":\"object\",\"properties\":{\"id\":{\"type\":\"string\"}}}",
    .handle = handle,
};
