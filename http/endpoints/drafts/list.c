/* My drafts, newest first. */
#include "city/drafts/drafts.h"
#include "http/endpoints/drafts/endpoints.h"

static result handle(const struct request *q, struct reply *r)
{
    int64_t limit;
    struct slice cursor;
    TRY(request_page(q, &limit, &cursor));
    return draft_list(q->city, q->a, q->actor, limit, cursor, &r->body);
}

const struct endpoint EP_DRAFTS = {
    .method = "GET",
    .path = "/drafts",
    .right = {RIGHT_SELF, 0, false},
    .summary_zh = "我的草稿",
    .summary_en = "My drafts",
    .query = QUERY_PAGE,
    .handle = handle,
};
