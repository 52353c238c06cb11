/* What a security key of mine is asked, before an act that I sign. */
#include "city/identity/keys.h"
#include "http/endpoints/webauthn/endpoints.h"

static result handle(const struct request *q, struct reply *r)
{
    return key_prove_begin(q->city, q->a, q->actor->account, q->now, &r->body);
}

const struct endpoint EP_KEY_CHALLENGE = {
    .method = "POST",
    .path = "/me/keys/challenge",
    .right = {RIGHT_SIGNED_IN, 0, false},
    .summary_zh = "再次验证时的安全密钥验证（第一步）",
    .summary_en = "What a security key is asked for a further proof",
    .handle = handle,
};
