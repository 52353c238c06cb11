/* Who read whose data. */
#include "city/identity/identity.h"
#include "city/rights/rights.h"
#include "http/endpoints/admin/endpoints.h"

static result handle(const struct request *q, struct reply *r)
{
    int64_t limit;
    struct slice cursor;
    TRY(request_page(q, &limit, &cursor));
    return read_list(q->city, q->a, limit, cursor, &r->body);
}

const struct endpoint EP_AUDIT_READS = {
    .method = "GET",
    .path = "/audit/reads",
    .right = {RIGHT_ROLES, 1u << ROLE_AUDITOR, false},
    .summary_zh = "个人信息查阅记录",
    .summary_en = "Reads of personal data",
    .query = QUERY_PAGE,
    .handle = handle,
};
