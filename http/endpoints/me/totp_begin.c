/* A new secret for one-time codes; counts only after confirmation. */
#include "city/identity/identity.h"
#include "http/endpoints/me/endpoints.h"

static result handle(const struct request *q, struct reply *r)
{
    struct slice secret, uri;
    struct json_builder b = json_builder(q->a);
    TRY(totp_begin(q->city, q->a, q->actor, q->now, &secret, &uri));
    json_set_str(&b, "secret", secret);
    json_set_str(&b, "uri", uri);
    r->body = json_object(&b);
    return ok();
}

const struct endpoint EP_ME_TOTP_BEGIN = {
    .method = "POST",
    .path = "/me/totp",
    .right = {RIGHT_SIGNED_IN, 0, false},
    .summary_zh = "启用动态码（第一步）",
    .summary_en = "Begin one-time codes",
    .handle = handle,
};
