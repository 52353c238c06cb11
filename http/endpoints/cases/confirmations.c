/* What others ask me to confirm. */
#include "city/drafts/confirm.h"
#include "http/endpoints/cases/endpoints.h"

static result handle(const struct request *q, struct reply *r)
{
    int64_t limit;
    struct slice cursor;
    TRY(request_page(q, &limit, &cursor));
    return confirm_list(q->city, q->a, q->actor, limit, cursor, q->now, &r->body);
}

const struct endpoint EP_CONFIRMATIONS = {
    .method = "GET",
    .path = "/confirmations",
    .right = {RIGHT_SELF, 0, false},
    .summary_zh = "待我实名确认的申请",
    .summary_en = "Applications I am asked to confirm",
    .query = QUERY_PAGE,
    .handle = handle,
};
