/* Deletes a paper that is part of no case. */
#include "city/drafts/drafts.h"
#include "http/endpoints/drafts/endpoints.h"

static result handle(const struct request *q, struct reply *r)
{
    struct id id;
    TRY(id_parse(q->a, q->params[0], S("id"), &id));
    r->status = 204;
    return attachment_delete(q->city, q->a, q->actor, id, q->now);
}

const struct endpoint EP_ATTACHMENT_DELETE = {
    .method = "DELETE",
    .path = "/attachments/{id}",
    .right = {RIGHT_ROLES, 1u << ROLE_WINDOW, true},
    .summary_zh = "删除材料",
    .summary_en = "Delete a paper",
    .handle = handle,
};
