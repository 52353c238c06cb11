/* Decided by the security officer, never by who asked. */
#include "city/identity/identity.h"
#include "http/endpoints/admin/endpoints.h"

static result handle(const struct request *q, struct reply *r)
{
    struct id id;
    TRY(id_parse(q->a, q->params[0], S("id"), &id));
    r->status = 204;
    return role_change_decide(q->city, q->a, q->actor, id, false, q->now);
}

const struct endpoint EP_ROLE_CHANGE_REJECT = {
    .method = "POST",
    .path = "/admin/role-changes/{id}/reject",
    .right = {RIGHT_ROLES, 1u << ROLE_SECURITY, false},
    .summary_zh = "驳回授权变更",
    .summary_en = "Reject a change of roles",
    .handle = handle,
};
