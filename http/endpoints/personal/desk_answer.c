/* The desk's answer, with its reasons. */
#include "city/personal/personal.h"
#include "http/endpoints/personal/endpoints.h"

static result handle(const struct request *q, struct reply *r)
{
    struct id id;
    struct personal_answer answer = {.outcome = json_string(q->body, "outcome"),
                                     .ground = json_string(q->body, "ground"),
                                     .text = json_string(q->body, "text")};
    TRY(id_parse(q->a, q->params[0], S("request"), &id));
    r->status = 204;
    return personal_answer(q->city, q->a, q->actor, id, &answer, q->now);
}

const struct endpoint EP_RIGHTS_ANSWER = {
    .method = "POST",
    .path = "/desk/rights/{id}/answer",
    .right = {RIGHT_STAFF, 0, false},
    .flags = EP_JSON_BODY,
    .summary_zh = "答复个人信息权利申请",
    .summary_en = "Answer a request about personal data",
    .request_schema =
        "{\"type\":\"object\",\"additionalProperties\":false,\"required\":[\"outcome\",\"text\"],\"properties\":{"
        "\"outcome\":{\"enum\":[\"granted\",\"partly\",\"refused\"]},\"ground\":{\"type\":\"string\",\"maxLength\":40},"
        "\"text\":{\"type\":\"string\",\"maxLength\":2000}}}",
    .handle = handle,
};
