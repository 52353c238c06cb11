/* My security keys. */
#include "city/identity/keys.h"
#include "http/endpoints/webauthn/endpoints.h"

static result handle(const struct request *q, struct reply *r)
{
    return key_list(q->city, q->a, q->actor, &r->body);
}

const struct endpoint EP_KEYS = {
    .method = "GET",
    .path = "/me/keys",
    .right = {RIGHT_SIGNED_IN, 0, false},
    .summary_zh = "本人的安全密钥",
    .summary_en = "My security keys",
    .handle = handle,
};
