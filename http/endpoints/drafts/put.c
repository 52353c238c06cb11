/* Saves a draft even when it is wrong, and says what is. */
#include "city/drafts/drafts.h"
#include "http/endpoints/drafts/endpoints.h"

static result handle(const struct request *q, struct reply *r)
{
    struct id id;
    TRY(id_parse(q->a, q->params[0], S("id"), &id));
    return draft_put(q->city, q->a, q->actor, id, json_get(q->body, "data"), json_get(q->body, "page"), q->if_match,
                     q->now, &r->body, &r->etag);
}

const struct endpoint EP_DRAFT_PUT = {
    .method = "PUT",
    .path = "/drafts/{id}",
    .right = {RIGHT_SELF, 0, false},
    .flags = EP_JSON_BODY,
    .body_max = DRAFT_MAX + 65536,
    .summary_zh = "保存草稿",
    .summary_en = "Save a draft",
    .request_schema =
        "{\"type\":\"object\",\"additionalProperties\":false,\"properties\":{\"data\":{\"type\":\"object\"},\"page"
        "\":{\"type\":[\"string\",\"integer\",\"object\",\"null\"]}},\"required\":[\"data\"]}",
    .handle = handle,
};
