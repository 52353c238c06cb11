/* Simulations that were asked for, newest first. */
#include "city/simulation/simulation.h"
#include "http/endpoints/studio/endpoints.h"

static result handle(const struct request *q, struct reply *r)
{
    int64_t limit;
    struct slice cursor;
    TRY(request_page(q, &limit, &cursor));
    return simulation_list(q->city, q->a, request_query(q, "service"), limit, cursor, &r->body);
}

static const struct query_parameter QUERY[] = {
    {.name = "service", .help_zh = "只列出该事项的", .help_en = "of this service only", .most = 64},
    QUERY_LIMIT,
    QUERY_CURSOR,
    {.name = NULL}};

const struct endpoint EP_SIMULATIONS = {
    .method = "GET",
    .path = "/studio/simulations",
    .right = {RIGHT_ROLES, 1u << ROLE_DESIGNER | 1u << ROLE_PUBLISHER | 1u << ROLE_HEAD, false},
    .summary_zh = "做过的仿真",
    .summary_en = "Simulations",
    .query = QUERY,
    .handle = handle,
};
