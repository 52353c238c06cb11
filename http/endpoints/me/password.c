/* Changes the password; all other sessions of the account end. */
#include "city/identity/identity.h"
#include "http/endpoints/me/endpoints.h"

static result handle(const struct request *q, struct reply *r)
{
    r->status = 204;
    return identity_password(q->city, q->a, q->actor, q->session, json_string(q->body, "old"),
                             json_string(q->body, "new"), q->now);
}

const struct endpoint EP_ME_PASSWORD = {
    .method = "POST",
    .path = "/me/password",
    .right = {RIGHT_SIGNED_IN, 0, false},
    .flags = EP_JSON_BODY | EP_COSTLY,
    .summary_zh = "修改密码",
    .summary_en = "Change the password",
    .request_schema =
        "{\"type\":\"object\",\"additionalProperties\":false,\"properties\":{\"old\":{\"type\":\"string\",\"minLen"
        "gth\":1,\"maxLength\":1024},\"new\":{\"type\":\"string\",\"minLength\":1,\"maxLength\":1024}},\"required"
        "\":[\"old\",\"new\"]}",
    .handle = handle,
};
