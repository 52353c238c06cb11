/* Staff and what they may do. */
#include "city/identity/identity.h"
#include "http/endpoints/admin/endpoints.h"

static result handle(const struct request *q, struct reply *r)
{
    int64_t limit;
    struct slice cursor;
    TRY(request_page(q, &limit, &cursor));
    return staff_list(q->city, q->a, request_query(q, "department"), limit, cursor, &r->body);
}

static const struct query_parameter QUERY[] = {
    {.name = "department", .help_zh = "部门代码", .help_en = "code of a department"},
    QUERY_LIMIT,
    QUERY_CURSOR,
    {.name = NULL},
};

const struct endpoint EP_STAFF_LIST = {
    .method = "GET",
    .path = "/admin/staff",
    .right = {RIGHT_ROLES, 1u << ROLE_ADMINISTRATOR | 1u << ROLE_SECURITY, false},
    .summary_zh = "工作人员",
    .summary_en = "Staff",
    .query = QUERY,
    .handle = handle,
};
