/* Messages between cases that nobody received. */
#include "city/cases/cases.h"
#include "http/endpoints/desk/endpoints.h"

static result handle(const struct request *q, struct reply *r)
{
    int64_t limit;
    struct slice cursor;
    TRY(request_page(q, &limit, &cursor));
    return message_undelivered(q->city, q->a, q->actor, limit, cursor, &r->body);
}

const struct endpoint EP_DESK_MESSAGES = {
    .method = "GET",
    .path = "/desk/messages",
    .right = {RIGHT_ROLES, 1u << ROLE_HEAD | 1u << ROLE_ADMINISTRATOR, false},
    .flags = 0,
    .summary_zh = "无人接收的消息",
    .summary_en = "Messages that nobody received",
    .query = QUERY_PAGE,
    .handle = handle,
};
