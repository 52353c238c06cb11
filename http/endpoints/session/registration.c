/* Registers a person or an enterprise. */
#include "city/identity/identity.h"
#include "http/endpoints/session/common.h"
#include "http/endpoints/session/endpoints.h"

static result handle(const struct request *q, struct reply *r)
{
    struct registration g = {.name = json_string(q->body, "name"),
                             .id_kind = json_string(q->body, "id_kind"),
                             .id_number = json_string(q->body, "id_number"),
                             .phone = json_string(q->body, "phone"),
                             .email = json_string(q->body, "email"),
                             .login = json_string(q->body, "login"),
                             .password = json_string(q->body, "password"),
                             .code = json_string(q->body, "code")};
    struct id account;
    struct json_builder b = json_builder(q->a);
    TRY(identity_register(q->city, q->a, &g, q->now, &account));
    json_set_str(&b, "id", id_text(q->a, account));
    r->status = 201;
    r->body = json_object(&b);
    return ok();
}

const struct endpoint EP_REGISTRATION = {
    .method = "POST",
    .path = "/registration",
    .right = {RIGHT_PUBLIC, 0, false},
    .flags = EP_JSON_BODY | EP_NO_CSRF | EP_COSTLY,
    .summary_zh = "注册",
    .summary_en = "Register",
    .request_schema =
        "{\"type\":\"object\",\"additionalProperties\":false,\"properties\":{\"name\":{\"type\":\"string\",\"minLe"
        "ngth\":1,\"maxLength\":300},\"id_kind\":{\"type\":\"string\",\"minLength\":1,\"maxLength\":40},\"id_numb"
        "er\":{\"type\":\"string\",\"minLength\":1,\"maxLength\":64},\"phone\":{\"type\":\"string\",\"minLength\":0,"
        "\"maxLength\":40},\"email\":{\"type\":\"string\",\"minLength\":0,\"maxLength\":254},\"code\":{\"type\":\"string\",\"maxLength\":40},\"login\":{\"type\":\"s"
        "tring\",\"minLength\":1,\"maxLength\":64},\"password\":{\"type\":\"string\",\"minLength\":1,\"maxLength\""
        ":1024}},\"required\":[\"name\",\"id_kind\",\"id_number\",\"login\",\"password\"]}",
    .handle = handle,
};
