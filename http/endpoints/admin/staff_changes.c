/* Changes of staff accounts, asked and done. */
#include "city/identity/identity.h"
#include "http/endpoints/admin/endpoints.h"

static result handle(const struct request *q, struct reply *r)
{
    int64_t limit;
    struct slice cursor;
    TRY(request_page(q, &limit, &cursor));
    return staff_change_list(q->city, q->a, limit, cursor, &r->body);
}

const struct endpoint EP_STAFF_CHANGES = {
    .method = "GET",
    .path = "/admin/staff-changes",
    .right = {RIGHT_ROLES, 1u << ROLE_ADMINISTRATOR | 1u << ROLE_SECURITY | 1u << ROLE_AUDITOR, false},
    .summary_zh = "账户变更",
    .summary_en = "Changes of staff accounts",
    .query = QUERY_PAGE,
    .handle = handle,
};
