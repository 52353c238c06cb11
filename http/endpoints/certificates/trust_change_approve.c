/* Approve a change of the trust lists: by a second person. */
#include "http/endpoints/certificates/common.h"
#include "http/endpoints/certificates/endpoints.h"

static result handle(const struct request *q, struct reply *r)
{
    struct id id;
    TRY(id_parse(q->a, q->params[0], S("id"), &id));
    TRY(trust_change_decide(q->city, q->a, q->actor, id, true, q->now));
    r->status = 204;
    return ok();
}

const struct endpoint EP_TRUST_CHANGE_APPROVE = {
    .method = "POST",
    .path = "/admin/trust-changes/{id}/approve",
    .right = {RIGHT_ROLES, 1u << ROLE_SECURITY, false},
    .summary_zh = "批准信任列表的变更",
    .summary_en = "Approve a change of the trust lists",
    .handle = handle,
};
