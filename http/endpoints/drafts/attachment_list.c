/* My papers, for use again. */
#include "city/drafts/drafts.h"
#include "http/endpoints/drafts/endpoints.h"

static result handle(const struct request *q, struct reply *r)
{
    int64_t limit;
    struct slice cursor;
    TRY(request_page(q, &limit, &cursor));
    return attachment_list(q->city, q->a, q->actor, limit, cursor, &r->body);
}

const struct endpoint EP_ATTACHMENTS = {
    .method = "GET",
    .path = "/attachments",
    .right = {RIGHT_SELF, 0, false},
    .summary_zh = "我的材料",
    .summary_en = "My papers",
    .query = QUERY_PAGE,
    .handle = handle,
};
