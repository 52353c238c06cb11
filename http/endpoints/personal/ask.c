/* Asks for what the law gives a person over their data. */
#include "city/personal/personal.h"
#include "http/endpoints/personal/endpoints.h"

static result handle(const struct request *q, struct reply *r)
{
    struct personal_asked x = {
        .kind = json_string(q->body, "kind"),
        .department = json_string(q->body, "department"),
        .case_number = json_string(q->body, "case_number"),
        .text = json_string(q->body, "text"),
        .deceased = json_string(q->body, "deceased"),
        .deceased_number = json_string(q->body, "deceased_number"),
        .relation = json_string(q->body, "relation"),
        .key = q->idempotency_key,
    };
    r->status = 201;
    return personal_ask(q->city, q->a, q->actor, &x, q->now, &r->body);
}

const struct endpoint EP_RIGHTS_ASK = {
    .method = "POST",
    .path = "/me/rights",
    .right = {RIGHT_SELF, 0, false},
    .flags = EP_JSON_BODY | EP_IDEMPOTENT,
    .summary_zh = "提出个人信息权利申请",
    .summary_en = "Ask about my data",
    .request_schema =
        "{\"type\":\"object\",\"additionalProperties\":false,\"required\":[\"kind\",\"text\"],\"properties\":{"
        "\"kind\":{\"enum\":[\"information\",\"copy\",\"correct\",\"restrict\",\"withdraw\",\"erase\",\"transfer\",\"explain\",\"relatives\"]},"
        "\"department\":{\"type\":\"string\",\"maxLength\":40},\"case_number\":{\"type\":\"string\",\"maxLength\":60},"
        "\"text\":{\"type\":\"string\",\"maxLength\":2000},\"deceased\":{\"type\":\"string\",\"maxLength\":60},"
        "\"deceased_number\":{\"type\":\"string\",\"maxLength\":30},\"relation\":{\"type\":\"string\",\"maxLength\":60}}}",
    .handle = handle,
};
