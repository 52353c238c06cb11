/* Asks that a person reviews what rules alone decided (个人信息保护法 art. 24). */
#include "http/endpoints/cases/common.h"
#include "http/endpoints/cases/endpoints.h"

static result handle(const struct request *q, struct reply *r)
{
    struct case_command k;
    struct case_done done = {.version = 0};
    TRY(command_of(q, false, &k));
    TRY(case_review(&k, json_string(q->body, "reason"), &done));
    return reply_case(q, &done, 202, r);
}

const struct endpoint EP_CASES_REVIEW = {
    .method = "POST",
    .path = "/cases/{id}/review",
    .right = {RIGHT_SELF, 0, false},
    .flags = EP_JSON_BODY | EP_IDEMPOTENT,
    .summary_zh = "要求人工复核自动决定",
    .summary_en = "Ask for a person's review of an automated decision",
    .request_schema =
        "{\"type\":\"object\",\"additionalProperties\":false,\"properties\":{\"reason\":{\"type\":\"string\",\"maxLength\":500}}}",
    .handle = handle,
};
