/* Complains about an answer, to the officer responsible for personal data (个人信息保护法 arts. 50, 52). */
#include "city/personal/personal.h"
#include "http/endpoints/personal/endpoints.h"

static result handle(const struct request *q, struct reply *r)
{
    struct id id;
    TRY(id_parse(q->a, q->params[0], S("request"), &id));
    r->status = 201;
    return personal_complain(q->city, q->a, q->actor, id, json_string(q->body, "text"), q->idempotency_key, q->now,
                             &r->body);
}

const struct endpoint EP_RIGHTS_COMPLAIN = {
    .method = "POST",
    .path = "/me/rights/{id}/complaint",
    .right = {RIGHT_SELF, 0, false},
    .flags = EP_JSON_BODY | EP_IDEMPOTENT,
    .summary_zh = "对答复投诉",
    .summary_en = "Complain about the answer",
    .request_schema = "{\"type\":\"object\",\"additionalProperties\":false,\"required\":[\"text\"],\"properties\":{"
                      "\"text\":{\"type\":\"string\",\"maxLength\":2000}}}",
    .handle = handle,
};
