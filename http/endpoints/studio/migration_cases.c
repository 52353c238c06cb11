/* The cases of a plan, by number. */
#include "city/cases/change.h"
#include "http/endpoints/studio/endpoints.h"

static result handle(const struct request *q, struct reply *r)
{
    struct id id;
    TRY(id_parse(q->a, q->params[0], S("id"), &id));
    int64_t limit;
    struct slice cursor;
    TRY(request_page(q, &limit, &cursor));
    return migration_cases(q->city, q->a, id, request_query(q, "state"), limit, cursor, &r->body);
}

static const struct query_parameter QUERY[] = {
    {.name = "state",
     .help_zh = "办件在计划中的状态",
     .help_en = "what has become of it",
     .choices = "can|cannot|moved|failed|undone|stays"},
    QUERY_LIMIT,
    QUERY_CURSOR,
    {.name = NULL},
};

const struct endpoint EP_MIGRATION_CASES = {
    .method = "GET",
    .path = "/studio/migrations/{id}/cases",
    .right = {RIGHT_ROLES, 1u << ROLE_DESIGNER | 1u << ROLE_PUBLISHER, false},
    .summary_zh = "迁移计划中的办件",
    .summary_en = "The cases of a plan",
    .query = QUERY,
    .handle = handle,
};
