/* Who is signed in here. */
#include "city/identity/identity.h"
#include "http/endpoints/session/common.h"
#include "http/endpoints/session/endpoints.h"

static result handle(const struct request *q, struct reply *r)
{
    return session_reply(q, q->session, r);
}

const struct endpoint EP_SESSION_GET = {
    .method = "GET",
    .path = "/session",
    .right = {RIGHT_PUBLIC, 0, false},
    .summary_zh = "当前会话",
    .summary_en = "The present session",
    .handle = handle,
};
