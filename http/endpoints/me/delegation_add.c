/* Lets another account act, for named services, until a date. */
#include "city/identity/identity.h"
#include "http/endpoints/me/endpoints.h"

static result handle(const struct request *q, struct reply *r)
{
    struct id id;
    day until;
    struct json_builder b = json_builder(q->a);
    TRY(day_parse(q->a, json_string(q->body, "until"), S("/until"), &until));
    TRY(delegation_add(q->city, q->a, q->actor, json_string(q->body, "agent_login"), json_get(q->body, "services"),
                       until, q->now, &id));
    json_set_str(&b, "id", id_text(q->a, id));
    r->status = 201;
    r->body = json_object(&b);
    return ok();
}

const struct endpoint EP_DELEGATION_ADD = {
    .method = "POST",
    .path = "/delegations",
    .right = {RIGHT_SELF, 0, false},
    .flags = EP_JSON_BODY,
    .summary_zh = "委托他人代办",
    .summary_en = "Delegate",
    .request_schema =
        "{\"type\":\"object\",\"additionalProperties\":false,\"properties\":{\"agent_login\":{\"type\":\"string\""
        ",\"minLength\":1,\"maxLength\":64},\"services\":{\"type\":\"array\",\"minItems\":1,\"maxItems\":100,\"ite"
        "ms\":{\"type\":\"string\",\"minLength\":1,\"maxLength\":64}},\"until\":{\"type\":\"string\",\"minLength\":1"
        ",\"maxLength\":10}},\"required\":[\"agent_login\",\"services\",\"until\"]}",
    .handle = handle,
};
