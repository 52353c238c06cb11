/* One draft with its version as ETag. */
#include "city/drafts/drafts.h"
#include "http/endpoints/drafts/endpoints.h"

static result handle(const struct request *q, struct reply *r)
{
    struct id id;
    TRY(id_parse(q->a, q->params[0], S("id"), &id));
    return draft_get(q->city, q->a, q->actor, id, &r->body, &r->etag);
}

const struct endpoint EP_DRAFT_GET = {
    .method = "GET",
    .path = "/drafts/{id}",
    .right = {RIGHT_SELF, 0, false},
    .summary_zh = "草稿",
    .summary_en = "A draft",
    .handle = handle,
};
