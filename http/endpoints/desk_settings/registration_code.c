/* At the counter, the document in hand: a code by which somebody known only from the window registers an account. */
#include "city/identity/identity.h"
#include "http/endpoints/desk_settings/endpoints.h"

static result handle(const struct request *q, struct reply *r)
{
    struct slice code;
    instant until;
    struct json_builder b = json_builder(q->a);
    TRY(registration_code(q->city, q->a, q->actor, json_string(q->body, "id_kind"), json_string(q->body, "id_number"),
                          json_string(q->body, "name"), q->now, &code, &until));
    json_set_str(&b, "code", code);
    json_set_str(&b, "until", instant_text(q->a, until));
    r->status = 201;
    r->body = json_object(&b);
    return ok();
}

const struct endpoint EP_REGISTRATION_CODE = {
    .method = "POST",
    .path = "/desk/registration-code",
    .right = {RIGHT_ROLES, 1u << ROLE_WINDOW, false},
    .flags = EP_JSON_BODY,
    .summary_zh = "窗口发放注册码",
    .summary_en = "Registration code, at the counter",
    .request_schema =
        "{\"type\":\"object\",\"additionalProperties\":false,\"properties\":{\"id_kind\":{\"type\":\"string\","
        "\"minLength\":1,\"maxLength\":40},\"id_number\":{\"type\":\"string\",\"minLength\":1,\"maxLength\":64},"
        "\"name\":{\"type\":\"string\",\"minLength\":1,\"maxLength\":300}},\"required\":[\"id_kind\",\"id_number\",\"name\"]}",
    .handle = handle,
};
