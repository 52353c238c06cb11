/* Deletes a draft. */
#include "city/drafts/drafts.h"
#include "http/endpoints/drafts/endpoints.h"

static result handle(const struct request *q, struct reply *r)
{
    struct id id;
    TRY(id_parse(q->a, q->params[0], S("id"), &id));
    r->status = 204;
    return draft_delete(q->city, q->a, q->actor, id, q->now);
}

const struct endpoint EP_DRAFT_DELETE = {
    .method = "DELETE",
    .path = "/drafts/{id}",
    .right = {RIGHT_SELF, 0, false},
    .summary_zh = "删除草稿",
    .summary_en = "Delete a draft",
    .handle = handle,
};
