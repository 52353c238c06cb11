/* Who may use the seal, for which documents, how often, until when. */
#include "city/seals/seals.h"
#include "http/endpoints/seals/endpoints.h"

static result handle(const struct request *q, struct reply *r)
{
    struct seal_granting g = {.login = json_string(q->body, "login"),
                              .documents = json_get(q->body, "documents"),
                              .uses = json_int(q->body, "uses", 0)};
    TRY(day_parse(q->a, json_string(q->body, "until"), S("/until"), &g.until));
    return seal_grant(q->city, q->a, q->actor, q->params[0], &g, q->now, &r->body);
}

const struct endpoint EP_SEAL_GRANT = {
    .method = "POST",
    .path = "/seals/{code}/grants",
    .right = {RIGHT_SIGNED_IN, 0, false},
    .flags = EP_JSON_BODY,
    .summary_zh = "授权他人用印",
    .summary_en = "Let somebody use an electronic seal",
    .request_schema =
        "{\"type\":\"object\",\"additionalProperties\":false,\"required\":[\"login\",\"documents\",\"uses\",\"until\"],\"properties\":{\"login\":{\"type\":\"string\",\"minLength\":1,\"maxLength\":64},\"documents\":{\"type\":\"array\",\"minItems\":1,\"maxItems\":10,\"items\":{\"type\":\"string\",\"minLength\":1,\"maxLength\":20}},\"uses\":{\"type\":\"integer\"},\"until\":{\"type\":\"string\",\"minLength\":1,\"maxLength\":10}}}",
    .handle = handle,
};
