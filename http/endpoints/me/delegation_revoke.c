/* Ends a delegation at once. */
#include "city/identity/identity.h"
#include "http/endpoints/me/endpoints.h"

static result handle(const struct request *q, struct reply *r)
{
    struct id id;
    TRY(id_parse(q->a, q->params[0], S("id"), &id));
    r->status = 204;
    return delegation_revoke(q->city, q->a, q->actor, id, q->now);
}

const struct endpoint EP_DELEGATION_REVOKE = {
    .method = "DELETE",
    .path = "/delegations/{id}",
    .right = {RIGHT_SELF, 0, false},
    .summary_zh = "撤销委托",
    .summary_en = "Revoke a delegation",
    .handle = handle,
};
