/* Asks the holder to consent. */
#include "http/endpoints/licences/endpoints.h"

#include "city/cases/licence_use.h"

static result handle(const struct request *q, struct reply *r)
{
    struct id id;
    TRY(id_parse(q->a, q->params[0], S("licence"), &id));
    r->status = 201;
    return licence_consent_ask(q->city, q->a, q->actor, id, json_string(q->body, "purpose"),
                               json_string(q->body, "why"), q->now, &r->body);
}

const struct endpoint EP_CONSENT_ASK = {
    .method = "POST",
    .path = "/desk/licences/{id}/consent",
    .right = {RIGHT_STAFF, 0, false},
    .flags = EP_JSON_BODY,
    .summary_zh = "请求持证人同意",
    .summary_en = "Ask the holder to consent",
    .request_schema =
        "{\"type\":\"object\",\"additionalProperties\":false,\"required\":[\"purpose\",\"why\"],\"properties\":{\"purpose\":{\"type\":\"string\",\"minLength\":1,\"maxLength\":40},\"why\":{\"type\":\"string\",\"minLength\":1,\"maxLength\":300}}}",
    .handle = handle,
};
