/* Turns down what another person submitted, with a reason; whoever submitted it may take it back so. */
#include "city/catalogue/studio.h"
#include "http/endpoints/studio/endpoints.h"

static result handle(const struct request *q, struct reply *r)
{
    struct id id;
    TRY(id_parse(q->a, q->params[0], S("id"), &id));
    r->status = 204;
    return publication_reject(q->city, q->a, q->actor, id, json_string(q->body, "reason"), q->now);
}

const struct endpoint EP_PUBLICATION_REJECT = {
    .method = "POST",
    .path = "/studio/publications/{id}/reject",
    .right = {RIGHT_ROLES, 1u << ROLE_DESIGNER | 1u << ROLE_PUBLISHER, false},
    .flags = EP_JSON_BODY,
    .summary_zh = "退回发布申请",
    .summary_en = "Turn down a publication",
    .request_schema = "{\"type\":\"object\",\"additionalProperties\":false,\"properties\":{"
                      "\"reason\":{\"type\":\"string\",\"minLength\":1,\"maxLength\":500}},\"required\":[\"reason\"]}",
    .handle = handle,
};
