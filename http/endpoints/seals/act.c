/* Decisions of the seal authority, and measures of the holder. */
#include "city/seals/seals.h"
#include "http/endpoints/seals/endpoints.h"

static result handle(const struct request *q, struct reply *r)
{
    return seal_act(q->city, q->a, q->actor, q->params[0], json_string(q->body, "act"), json_string(q->body, "reason"),
                    q->now, &r->body);
}

const struct endpoint EP_SEAL_ACT = {
    .method = "POST",
    .path = "/seals/{code}/act",
    .right = {RIGHT_SIGNED_IN, 0, false},
    .flags = EP_JSON_BODY,
    .summary_zh = "审批、暂停、恢复、吊销、销毁电子印章",
    .summary_en = "Approve, refuse, suspend, resume, revoke or destroy an electronic seal",
    .request_schema =
        "{\"type\":\"object\",\"additionalProperties\":false,\"required\":[\"act\"],\"properties\":{\"act\":{\"type\":\"string\",\"minLength\":1,\"maxLength\":20},\"reason\":{\"type\":\"string\",\"maxLength\":500}}}",
    .handle = handle,
};
