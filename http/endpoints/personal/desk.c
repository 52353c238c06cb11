/* The desk's list of requests of persons about their data. */
#include "city/personal/personal.h"
#include "city/rights/rights.h"
#include "http/endpoints/personal/endpoints.h"

static result handle(const struct request *q, struct reply *r)
{
    int64_t limit;
    struct slice cursor;
    TRY(request_page(q, &limit, &cursor));
    return personal_desk(q->city, q->a, q->actor, request_query(q, "state"), limit, cursor, q->now, &r->body);
}

static const struct query_parameter QUERY[] = {{.name = "state",
                                                .help_zh = "待办或已答复",
                                                .help_en = "waiting or answered",
                                                .choices = "open|answered",
                                                .standard = "open"},
                                               QUERY_LIMIT,
                                               QUERY_CURSOR,
                                               {.name = NULL}};

const struct endpoint EP_RIGHTS_DESK = {
    .method = "GET",
    .path = "/desk/rights",
    .right = {RIGHT_STAFF, 0, false},
    .summary_zh = "本部门的个人信息权利申请",
    .summary_en = "Requests about personal data, of my desk",
    .query = QUERY,
    .handle = handle,
};
