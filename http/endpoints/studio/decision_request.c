/* Submits the draft with its report; another person releases it. */
#include "city/catalogue/studio.h"
#include "city/decisions/decisions.h"
#include "http/endpoints/studio/endpoints.h"

static result handle(const struct request *q, struct reply *r)
{
    struct id id, comparison;
    struct json_builder b = json_builder(q->a);
    TRY(id_parse(q->a, json_string(q->body, "comparison"), S("/comparison"), &comparison));
    TRY(decision_request(q->city, q->a, q->actor, q->params[0], comparison, q->now, &id));
    json_set_str(&b, "id", id_text(q->a, id));
    json_set_cstr(&b, "state", "waiting");
    r->status = 201;
    r->body = json_object(&b);
    return ok();
}

const struct endpoint EP_DECISION_REQUEST = {
    .method = "POST",
    .path = "/studio/decisions/{key}/publications",
    .right = {RIGHT_ROLES, 1u << ROLE_DESIGNER | 1u << ROLE_PUBLISHER, false},
    .flags = EP_JSON_BODY,
    .summary_zh = "提交发布决策规则",
    .summary_en = "Submit a decision for release",
    .request_schema = "{\"type\":\"object\",\"additionalProperties\":false,\"properties\":{"
                      "\"comparison\":{\"type\":\"string\",\"minLength\":1,\"maxLength\":64}"
                      "},\"required\":[\"comparison\"]}",
    .handle = handle,
};
