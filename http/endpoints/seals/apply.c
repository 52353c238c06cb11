/* Apply for an electronic seal. */
#include "city/seals/seals.h"
#include "http/endpoints/seals/endpoints.h"

static result handle(const struct request *q, struct reply *r)
{
    r->status = 201;
    return seal_apply(q->city, q->a, q->actor, json_string(q->body, "kind"), q->now, &r->body);
}

const struct endpoint EP_SEAL_APPLY = {
    .method = "POST",
    .path = "/seals",
    .right = {RIGHT_SIGNED_IN, 0, false},
    .flags = EP_JSON_BODY,
    .summary_zh = "申请电子印章",
    .summary_en = "Apply for an electronic seal",
    .request_schema =
        "{\"type\":\"object\",\"additionalProperties\":false,\"required\":[\"kind\"],\"properties\":{\"kind\":{\"type\":\"string\",\"minLength\":1,\"maxLength\":40}}}",
    .handle = handle,
};
