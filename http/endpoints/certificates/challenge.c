/* A challenge to sign in with. */
#include "http/endpoints/certificates/common.h"
#include "http/endpoints/certificates/endpoints.h"

static result handle(const struct request *q, struct reply *r)
{
    instant until;
    struct json_builder b = json_builder(q->a);
    json_set_str(&b, "challenge", certificate_challenge(q->city, q->a, NULL, q->now, &until));
    json_set_str(&b, "expires_at", instant_text(q->a, until));
    json_set_bool(&b, "tls", q->tls != NULL);
    r->body = json_object(&b);
    return ok();
}

const struct endpoint EP_CERTIFICATE_CHALLENGE = {
    .method = "POST",
    .path = "/session/certificate/challenge",
    .right = {RIGHT_PUBLIC, 0, false},
    .flags = EP_NO_CSRF | EP_CERTIFICATE,
    .summary_zh = "证书登录的挑战",
    .summary_en = "A challenge for signing in by certificate",
    .handle = handle,
};
