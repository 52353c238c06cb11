/* At the counter, the document in hand: a code by which somebody who forgot the password sets a new one. */
#include "city/identity/identity.h"
#include "http/endpoints/desk_settings/endpoints.h"

static result handle(const struct request *q, struct reply *r)
{
    struct slice code;
    instant until;
    struct json_builder b = json_builder(q->a);
    TRY(reset_code(q->city, q->a, q->actor, json_string(q->body, "id_kind"), json_string(q->body, "id_number"),
                   json_string(q->body, "name"), json_bool(q->body, "totp", false), q->now, &code, &until));
    json_set_str(&b, "code", code);
    json_set_str(&b, "until", instant_text(q->a, until));
    r->status = 201;
    r->body = json_object(&b);
    return ok();
}

const struct endpoint EP_RESET_CODE = {
    .method = "POST",
    .path = "/desk/reset-code",
    .right = {RIGHT_ROLES, 1u << ROLE_WINDOW, false},
    .flags = EP_JSON_BODY,
    .summary_zh = "窗口发放密码重置码",
    .summary_en = "Reset code for a forgotten password, at the counter",
    .request_schema =
        "{\"type\":\"object\",\"additionalProperties\":false,\"properties\":{\"id_kind\":{\"type\":\"string\","
        "\"minLength\":1,\"maxLength\":40},\"id_number\":{\"type\":\"string\",\"minLength\":1,\"maxLength\":64},"
        "\"name\":{\"type\":\"string\",\"minLength\":1,\"maxLength\":300},\"totp\":{\"type\":\"boolean\"}},\"required\":[\"id_kind\",\"id_number\",\"name\"]}",
    .handle = handle,
};
