/* My messages, newest first. */
#include "city/identity/identity.h"
#include "city/messages/messages.h"
#include "http/endpoints/me/endpoints.h"

static result handle(const struct request *q, struct reply *r)
{
    int64_t limit;
    struct slice cursor;
    TRY(request_page(q, &limit, &cursor));
    return inbox_list(q->city, q->a, q->actor, limit, cursor, &r->body);
}

const struct endpoint EP_INBOX = {
    .method = "GET",
    .path = "/inbox",
    .right = {RIGHT_SIGNED_IN, 0, false},
    .summary_zh = "我的消息",
    .summary_en = "My messages",
    .query = QUERY_PAGE,
    .handle = handle,
};
