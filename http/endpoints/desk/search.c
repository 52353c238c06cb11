/* By case number, or exact identity number. */
#include "http/endpoints/cases/common.h"
#include "http/endpoints/desk/endpoints.h"

static result handle(const struct request *q, struct reply *r)
{
    return desk_search(q->city, q->a, q->actor, request_query(q, "q"), q->now, &r->body);
}

static const struct query_parameter QUERY[] = {
    {.name = "q",
     .help_zh = "办件编号，或完整的证件号码",
     .help_en = "a case number, or a whole identity number",
     .required = true},
    {.name = NULL},
};

const struct endpoint EP_DESK_SEARCH = {
    .method = "GET",
    .path = "/desk/search",
    .right = {RIGHT_STAFF, 0, false},
    .flags = 0,
    .summary_zh = "查找办件",
    .summary_en = "Find a case",
    .query = QUERY,
    .handle = handle,
};
