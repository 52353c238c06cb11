/* The audit journal. */
#include "city/identity/identity.h"
#include "city/rights/rights.h"
#include "http/endpoints/admin/endpoints.h"

static result handle(const struct request *q, struct reply *r)
{
    int64_t limit;
    struct slice cursor;
    TRY(request_page(q, &limit, &cursor));
    return audit_list(q->city, q->a, limit, cursor, &r->body);
}

const struct endpoint EP_AUDIT = {
    .method = "GET",
    .path = "/audit",
    .right = {RIGHT_ROLES, 1u << ROLE_AUDITOR, false},
    .summary_zh = "审计日志",
    .summary_en = "Audit journal",
    .query = QUERY_PAGE,
    .handle = handle,
};
