/* Begins to add a security key: with the password again, and the second factor where there is one. */
#include "http/endpoints/webauthn/assertion.h"
#include "http/endpoints/webauthn/endpoints.h"

static result handle(const struct request *q, struct reply *r)
{
    return key_begin(q->city, q->a, q->actor, json_string(q->body, "password"), second_of(q), q->now, &r->body);
}

const struct endpoint EP_KEY_BEGIN = {
    .method = "POST",
    .path = "/me/keys/options",
    .right = {RIGHT_SIGNED_IN, 0, false},
    .flags = EP_JSON_BODY | EP_COSTLY,
    .summary_zh = "登记安全密钥（第一步）",
    .summary_en = "Begin to add a security key",
    .request_schema = AGAIN_SCHEMA,
    .handle = handle,
};
