/* Plans of migration, newest first. */
#include "city/cases/change.h"
#include "http/endpoints/studio/endpoints.h"

static result handle(const struct request *q, struct reply *r)
{
    int64_t limit;
    struct slice cursor;
    TRY(request_page(q, &limit, &cursor));
    return migration_list(q->city, q->a, request_query(q, "service"), limit, cursor, &r->body);
}

static const struct query_parameter QUERY[] = {
    {.name = "service", .help_zh = "事项代码", .help_en = "code of a service", .most = 64},
    QUERY_LIMIT,
    QUERY_CURSOR,
    {.name = NULL},
};

const struct endpoint EP_MIGRATIONS = {
    .method = "GET",
    .path = "/studio/migrations",
    .right = {RIGHT_ROLES, 1u << ROLE_DESIGNER | 1u << ROLE_PUBLISHER, false},
    .summary_zh = "迁移计划",
    .summary_en = "Plans of migration",
    .query = QUERY,
    .handle = handle,
};
