/* How many messages wait or could not be delivered; no content. */
#include "city/identity/identity.h"
#include "city/messages/messages.h"
#include "http/endpoints/admin/endpoints.h"

static result handle(const struct request *q, struct reply *r)
{
    return outbox_counts(q->city, q->a, &r->body);
}

const struct endpoint EP_OUTBOX = {
    .method = "GET",
    .path = "/admin/outbox",
    .right = {RIGHT_ROLES, 1u << ROLE_ADMINISTRATOR, false},
    .summary_zh = "待发消息",
    .summary_en = "Messages waiting",
    .handle = handle,
};
