/* Requests for erasure. */
#include "city/identity/identity.h"
#include "http/endpoints/admin/endpoints.h"

static result handle(const struct request *q, struct reply *r)
{
    int64_t limit;
    struct slice cursor;
    TRY(request_page(q, &limit, &cursor));
    return erasure_list(q->city, q->a, limit, cursor, &r->body);
}

const struct endpoint EP_ERASURES = {
    .method = "GET",
    .path = "/admin/erasures",
    .right = {RIGHT_ROLES, 1u << ROLE_SECURITY, false},
    .summary_zh = "删除申请",
    .summary_en = "Requests for erasure",
    .query = QUERY_PAGE,
    .handle = handle,
};
