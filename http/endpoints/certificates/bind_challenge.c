/* A challenge for binding a certificate to one's account. */
#include "http/endpoints/certificates/common.h"
#include "http/endpoints/certificates/endpoints.h"

static result handle(const struct request *q, struct reply *r)
{
    instant until;
    struct json_builder b = json_builder(q->a);
    json_set_str(&b, "challenge", certificate_challenge(q->city, q->a, q->actor, q->now, &until));
    json_set_str(&b, "expires_at", instant_text(q->a, until));
    r->body = json_object(&b);
    return ok();
}

const struct endpoint EP_CERTIFICATE_BIND_CHALLENGE = {
    .method = "POST",
    .path = "/me/certificates/challenge",
    .right = {RIGHT_SIGNED_IN, 0, false},
    .flags = EP_CERTIFICATE,
    .summary_zh = "绑定证书的挑战",
    .summary_en = "A challenge for binding a certificate",
    .handle = handle,
};
