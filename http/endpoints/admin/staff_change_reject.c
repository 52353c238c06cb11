/* Decided by the security officer, never by who asked. */
#include "city/identity/identity.h"
#include "http/endpoints/admin/endpoints.h"

static result handle(const struct request *q, struct reply *r)
{
    struct id id;
    struct staff_changed done;
    TRY(id_parse(q->a, q->params[0], S("id"), &id));
    TRY(staff_change_decide(q->city, q->a, q->actor, id, false, q->now, &done));
    return reply_change(q, &done, r);
}

const struct endpoint EP_STAFF_CHANGE_REJECT = {
    .method = "POST",
    .path = "/admin/staff-changes/{id}/reject",
    .right = {RIGHT_ROLES, 1u << ROLE_SECURITY, false},
    .summary_zh = "驳回账户变更",
    .summary_en = "Reject a change of a staff account",
    .handle = handle,
};
