/* The list of the seal authority. */
#include "city/seals/seals.h"
#include "http/endpoints/seals/endpoints.h"

static result handle(const struct request *q, struct reply *r)
{
    int64_t limit;
    struct slice cursor;
    TRY(request_page(q, &limit, &cursor));
    return seal_desk(q->city, q->a, q->actor, request_query(q, "state"), limit, cursor, q->now, &r->body);
}

static const struct query_parameter QUERY[] = {
    QUERY_LIMIT,
    QUERY_CURSOR,
    {.name = "state",
     .help_zh = "状态",
     .help_en = "state",
     .choices = "applied|refused|making|active|suspended|revoked|destroyed"},
    {.name = NULL},
};

const struct endpoint EP_SEAL_DESK = {
    .method = "GET",
    .path = "/desk/seals",
    .right = {RIGHT_ROLES, 1u << ROLE_HANDLER | 1u << ROLE_REVIEWER | 1u << ROLE_HEAD, false},
    .summary_zh = "印章管理：列表",
    .summary_en = "Electronic seals, for the seal authority",
    .query = QUERY,
    .handle = handle,
};
