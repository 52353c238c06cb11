/* My cases, newest first. */
#include "http/endpoints/cases/common.h"
#include "http/endpoints/cases/endpoints.h"

static result handle(const struct request *q, struct reply *r)
{
    int64_t limit;
    struct slice cursor;
    TRY(request_page(q, &limit, &cursor));
    return case_list_mine(q->city, q->a, q->actor, request_query(q, "state"), limit, cursor, q->now, &r->body);
}

static const struct query_parameter QUERY[] = {
    {.name = "state",
     .help_zh = "只列这种状态的办件",
     .help_en = "only cases in this state",
     .choices = "filed|correction|handling|delivered|refused|withdrawn"},
    QUERY_LIMIT,
    QUERY_CURSOR,
    {.name = NULL},
};

const struct endpoint EP_CASES_LIST = {
    .method = "GET",
    .path = "/cases",
    .right = {RIGHT_SELF, 0, false},
    .flags = 0,
    .summary_zh = "我的办件",
    .summary_en = "My cases",
    .query = QUERY,
    .handle = handle,
};
