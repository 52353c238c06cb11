/* A forgotten password: a new one, with the code from a window. */
#include "city/identity/identity.h"
#include "http/endpoints/session/endpoints.h"

static result handle(const struct request *q, struct reply *r)
{
    struct slice login;
    struct json_builder b = json_builder(q->a);
    TRY(reset_password(q->city, q->a, json_string(q->body, "id_kind"), json_string(q->body, "id_number"),
                       json_string(q->body, "code"), json_string(q->body, "password"), q->now, &login));
    json_set_str(&b, "login", login);
    r->body = json_object(&b);
    return ok();
}

const struct endpoint EP_PASSWORD_RESET = {
    .method = "POST",
    .path = "/password-reset",
    .right = {RIGHT_PUBLIC, 0, false},
    .flags = EP_JSON_BODY | EP_NO_CSRF | EP_COSTLY,
    .summary_zh = "凭窗口发放的重置码设置新密码",
    .summary_en = "Set a new password with a code from a window",
    .request_schema =
        "{\"type\":\"object\",\"additionalProperties\":false,\"properties\":{\"id_kind\":{\"type\":\"string\",\"minLength\":1,"
        "\"maxLength\":40},\"id_number\":{\"type\":\"string\",\"minLength\":1,\"maxLength\":64},\"code\":{\"type\":\"string\","
        "\"minLength\":1,\"maxLength\":40},\"password\":{\"type\":\"string\",\"minLength\":1,\"maxLength\":1024}},"
        "\"required\":[\"id_kind\",\"id_number\",\"code\",\"password\"]}",
    .handle = handle,
};
