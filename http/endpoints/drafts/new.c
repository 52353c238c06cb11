/* A new draft. */
#include "city/drafts/drafts.h"
#include "http/endpoints/drafts/endpoints.h"

static result handle(const struct request *q, struct reply *r)
{
    r->status = 201;
    return draft_new(q->city, q->a, q->actor, json_string(q->body, "service"), json_get(q->body, "data"), q->now,
                     &r->body, &r->etag);
}

const struct endpoint EP_DRAFT_NEW = {
    .method = "POST",
    .path = "/drafts",
    .right = {RIGHT_SELF, 0, false},
    .flags = EP_JSON_BODY,
    .body_max = 1024 * 1024,
    .summary_zh = "新建草稿",
    .summary_en = "New draft",
    .request_schema =
        "{\"type\":\"object\",\"additionalProperties\":false,\"properties\":{\"service\":{\"type\":\"string\",\"mi"
        "nLength\":1,\"maxLength\":64},\"data\":{\"type\":\"object\"}},\"required\":[\"service\"]}",
    .handle = handle,
};
