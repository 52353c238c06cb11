/* Uses a one-time link made on the server (`tongban admin setup`). */
#include "city/identity/identity.h"
#include "http/endpoints/session/common.h"
#include "http/endpoints/session/endpoints.h"

static result handle(const struct request *q, struct reply *r)
{
    TRY(setup_use(q->city, q->a, json_string(q->body, "token"), json_string(q->body, "login"),
                  json_string(q->body, "name"), json_string(q->body, "password"), q->now));
    r->status = 204;
    return ok();
}

const struct endpoint EP_SETUP = {
    .method = "POST",
    .path = "/setup",
    .right = {RIGHT_PUBLIC, 0, false},
    .flags = EP_JSON_BODY | EP_NO_CSRF | EP_COSTLY,
    .summary_zh = "用一次性链接设立首位管理员或安全管理员",
    .summary_en = "First administrator or security officer, by a one-time link",
    .request_schema =
        "{\"type\":\"object\",\"additionalProperties\":false,\"properties\":{\"token\":{\"type\":\"string\",\"minL"
        "ength\":1,\"maxLength\":100},\"login\":{\"type\":\"string\",\"minLength\":1,\"maxLength\":64},\"name\":{\""
        "type\":\"string\",\"minLength\":1,\"maxLength\":300},\"password\":{\"type\":\"string\",\"minLength\":1,\"m"
        "axLength\":1024}},\"required\":[\"token\",\"login\",\"name\",\"password\"]}",
    .handle = handle,
};
