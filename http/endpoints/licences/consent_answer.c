/* Grants, refuses or withdraws (个人信息保护法 art. 15). */
#include "http/endpoints/licences/endpoints.h"

#include "city/cases/licence_use.h"

static result handle(const struct request *q, struct reply *r)
{
    struct id id;
    TRY(id_parse(q->a, q->params[0], S("consent"), &id));
    r->status = 204;
    return licence_consent_answer(q->city, q->a, q->actor, id, json_string(q->body, "answer"), q->now);
}

const struct endpoint EP_CONSENT_ANSWER = {
    .method = "POST",
    .path = "/consents/{id}",
    .right = {RIGHT_SELF, 0, false},
    .flags = EP_JSON_BODY,
    .summary_zh = "同意、拒绝或撤回",
    .summary_en = "Grant, refuse or withdraw",
    .request_schema =
        "{\"type\":\"object\",\"additionalProperties\":false,\"required\":[\"answer\"],\"properties\":{\"answer\":{\"enum\":[\"grant\",\"refuse\",\"withdraw\"]}}}",
    .handle = handle,
};
