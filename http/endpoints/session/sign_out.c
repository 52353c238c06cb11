/* Signs out. */
#include "city/identity/identity.h"
#include "http/endpoints/session/common.h"
#include "http/endpoints/session/endpoints.h"

static result handle(const struct request *q, struct reply *r)
{
    if (q->session.n) TRY(session_end(q->city, q->a, q->session));
    r->set_session = S("-");
    r->status = 204;
    return ok();
}

const struct endpoint EP_SESSION_SIGN_OUT = {
    .method = "DELETE",
    .path = "/session",
    .right = {RIGHT_SIGNED_IN, 0, false},
    .summary_zh = "退出登录",
    .summary_en = "Sign out",
    .handle = handle,
};
