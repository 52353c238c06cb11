/* Sign-in asks for the password only. */
#include "city/identity/identity.h"
#include "http/endpoints/me/endpoints.h"

static result handle(const struct request *q, struct reply *r)
{
    r->status = 204;
    return totp_remove(q->city, q->a, q->actor, json_string(q->body, "code"), q->now);
}

const struct endpoint EP_ME_TOTP_REMOVE = {
    .method = "DELETE",
    .path = "/me/totp",
    .right = {RIGHT_SIGNED_IN, 0, false},
    .flags = EP_JSON_BODY,
    .summary_zh = "停用动态码",
    .summary_en = "Remove one-time codes",
    .request_schema =
        "{\"type\":\"object\",\"additionalProperties\":false,\"properties\":{\"code\":{\"type\":\"string\",\"patte"
        "rn\":\"^[0-9]{6}$\"}},\"required\":[\"code\"]}",
    .handle = handle,
};
