/* Decided by the security officer, never by who asked. */
#include "city/identity/identity.h"
#include "http/endpoints/admin/endpoints.h"

static result handle(const struct request *q, struct reply *r)
{
    struct id id;
    TRY(id_parse(q->a, q->params[0], S("id"), &id));
    r->status = 204;
    return role_change_decide(q->city, q->a, q->actor, id, true, q->now);
}

const struct endpoint EP_ROLE_CHANGE_APPROVE = {
    .method = "POST",
    .path = "/admin/role-changes/{id}/approve",
    .right = {RIGHT_ROLES, 1u << ROLE_SECURITY, false},
    .summary_zh = "批准授权变更",
    .summary_en = "Approve a change of roles",
    .handle = handle,
};
