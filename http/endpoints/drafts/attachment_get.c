/* A paper as download: to its owner, or to who may see a case it belongs to. */
#include "city/drafts/drafts.h"
#include "http/endpoints/drafts/endpoints.h"

static result handle(const struct request *q, struct reply *r)
{
    struct id id;
    TRY(id_parse(q->a, q->params[0], S("id"), &id));
    struct attachment t;
    TRY(attachment_content(q->city, q->a, q->actor, id, q->now, &t, &r->bytes));
    r->content_type = slice_cstr(attachment_media_type(t.type));
    r->filename = t.name;
    return ok();
}

const struct endpoint EP_ATTACHMENT_GET = {
    .method = "GET",
    .path = "/attachments/{id}",
    .right = {RIGHT_SIGNED_IN, 0, false},
    .summary_zh = "下载材料",
    .summary_en = "Download a paper",
    .handle = handle,
};
