/* Delegations in both directions. */
#include "city/identity/identity.h"
#include "http/endpoints/me/endpoints.h"

static result handle(const struct request *q, struct reply *r)
{
    return delegation_list(q->city, q->a, q->actor, q->now, &r->body);
}

const struct endpoint EP_DELEGATIONS = {
    .method = "GET",
    .path = "/delegations",
    .right = {RIGHT_SELF, 0, false},
    .summary_zh = "委托（双方向）",
    .summary_en = "Delegations, given and received",
    .handle = handle,
};
