/* What a security key is asked at sign-in: after the password, so that a stranger learns nothing of an account's keys. */
#include "city/identity/keys.h"
#include "http/endpoints/webauthn/endpoints.h"

static result handle(const struct request *q, struct reply *r)
{
    return key_sign_in_begin(q->city, q->a, json_string(q->body, "login"), json_string(q->body, "password"), q->now,
                             &r->body);
}

const struct endpoint EP_KEY_SIGN_IN = {
    .method = "POST",
    .path = "/session/keys",
    .right = {RIGHT_PUBLIC, 0, false},
    .flags = EP_JSON_BODY | EP_NO_CSRF | EP_COSTLY,
    .summary_zh = "登录时的安全密钥验证（第一步）",
    .summary_en = "What a security key is asked at sign-in",
    .request_schema =
        "{\"type\":\"object\",\"additionalProperties\":false,\"required\":[\"login\",\"password\"],\"properties\":{"
        "\"login\":{\"type\":\"string\",\"maxLength\":256},\"password\":{\"type\":\"string\",\"maxLength\":1024}}}",
    .handle = handle,
};
