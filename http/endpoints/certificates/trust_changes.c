/* Changes of the trust lists, newest first. */
#include "http/endpoints/certificates/common.h"
#include "http/endpoints/certificates/endpoints.h"

static result handle(const struct request *q, struct reply *r)
{
    int64_t limit;
    struct slice cursor;
    TRY(request_page(q, &limit, &cursor));
    return trust_change_list(q->city, q->a, limit, cursor, &r->body);
}

const struct endpoint EP_TRUST_CHANGES = {
    .method = "GET",
    .path = "/admin/trust-changes",
    .right = {RIGHT_ROLES, 1u << ROLE_ADMINISTRATOR | 1u << ROLE_SECURITY | 1u << ROLE_AUDITOR, false},
    .query = QUERY_PAGE,
    .summary_zh = "信任列表的变更",
    .summary_en = "Changes of the trust lists",
    .handle = handle,
};
