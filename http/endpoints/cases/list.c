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

const struct endpoint EP_CASES_LIST = {
    .method = "GET",
    .path = "/cases",
    .right = {RIGHT_SELF, 0, false},
    .flags = 0,
    .summary_zh = "我的办件",
    .summary_en = "My cases",
    .handle = handle,
};
