/* Marks a message as read. */
#include "city/identity/identity.h"
#include "city/messages/messages.h"
#include "http/endpoints/me/endpoints.h"

static result handle(const struct request *q, struct reply *r)
{
    struct id id;
    TRY(id_parse(q->a, q->params[0], S("id"), &id));
    r->status = 204;
    return inbox_read(q->city, q->a, q->actor, id, q->now);
}

const struct endpoint EP_INBOX_READ = {
    .method = "POST",
    .path = "/inbox/{id}/read",
    .right = {RIGHT_SIGNED_IN, 0, false},
    .summary_zh = "标为已读",
    .summary_en = "Mark a message as read",
    .handle = handle,
};
