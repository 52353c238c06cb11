/* Changes of roles, asked and settled. */
#include "city/identity/identity.h"
#include "http/endpoints/admin/endpoints.h"

static result handle(const struct request *q, struct reply *r)
{
    int64_t limit;
    struct slice cursor;
    TRY(request_page(q, &limit, &cursor));
    return role_change_list(q->city, q->a, limit, cursor, &r->body);
}

const struct endpoint EP_ROLE_CHANGES = {
    .method = "GET",
    .path = "/admin/role-changes",
    .right = {RIGHT_ROLES, 1u << ROLE_ADMINISTRATOR | 1u << ROLE_SECURITY | 1u << ROLE_AUDITOR, false},
    .summary_zh = "授权变更",
    .summary_en = "Changes of roles",
    .query = QUERY_PAGE,
    .handle = handle,
};
