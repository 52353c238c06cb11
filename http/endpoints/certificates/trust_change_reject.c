/* Reject a change of the trust lists: by a second person. */
#include "http/endpoints/certificates/common.h"
#include "http/endpoints/certificates/endpoints.h"

static result handle(const struct request *q, struct reply *r)
{
    struct id id;
    TRY(id_parse(q->a, q->params[0], S("id"), &id));
    TRY(trust_change_decide(q->city, q->a, q->actor, id, false, q->now));
    r->status = 204;
    return ok();
}

const struct endpoint EP_TRUST_CHANGE_REJECT = {
    .method = "POST",
    .path = "/admin/trust-changes/{id}/reject",
    .right = {RIGHT_ROLES, 1u << ROLE_SECURITY, false},
    .summary_zh = "驳回信任列表的变更",
    .summary_en = "Reject a change of the trust lists",
    .handle = handle,
};
