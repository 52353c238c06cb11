/* Takes a paper: what it is is found from its content. */
#include "city/drafts/drafts.h"
#include "http/endpoints/drafts/endpoints.h"

static result handle(const struct request *q, struct reply *r)
{
    struct attachment t;
    TRY(attachment_add(q->city, q->a, q->actor, request_query(q, "name"), request_query(q, "material"), q->body_bytes,
                       q->now, &t));
    r->status = 201;
    r->body = attachment_json(q->a, &t);
    return ok();
}

static const struct query_parameter QUERY[] = {
    {.name = "name", .help_zh = "文件名", .help_en = "name of the file"},
    {.name = "material", .help_zh = "材料代码", .help_en = "code of the material it is"},
    {.name = NULL},
};

const struct endpoint EP_ATTACHMENT_ADD = {
    .method = "POST",
    .path = "/attachments",
    .right = {RIGHT_ROLES, 1u << ROLE_WINDOW, true},
    .flags = EP_RAW_BODY,
    .body_max = ATTACHMENT_MAX,
    .summary_zh = "上传材料",
    .summary_en = "Upload a paper",
    .query = QUERY,
    .handle = handle,
};
