/* Decided by the security officer, never by who asked; a new password is shown to them this once. */
#include "city/identity/identity.h"
#include "http/endpoints/admin/endpoints.h"

static result handle(const struct request *q, struct reply *r)
{
    struct id id;
    struct staff_changed done;
    TRY(id_parse(q->a, q->params[0], S("id"), &id));
    TRY(staff_change_decide(q->city, q->a, q->actor, id, true, q->now, &done));
    return reply_change(q, &done, r);
}

const struct endpoint EP_STAFF_CHANGE_APPROVE = {
    .method = "POST",
    .path = "/admin/staff-changes/{id}/approve",
    .right = {RIGHT_ROLES, 1u << ROLE_SECURITY, false},
    .flags = EP_COSTLY,
    .summary_zh = "批准账户变更",
    .summary_en = "Approve a change of a staff account",
    .handle = handle,
};
