/* Answers a request for correction. */
#include "http/endpoints/cases/common.h"
#include "http/endpoints/cases/endpoints.h"

static result handle(const struct request *q, struct reply *r)
{
    struct case_command k;
    struct case_done done = {.version = 0};
    TRY(command_of(q, false, &k));
    TRY(case_correct(&k, json_get(q->body, "data"), &done));
    return reply_case(q, &done, 200, r);
}

const struct endpoint EP_CASES_CORRECTION = {
    .method = "POST",
    .path = "/cases/{id}/correction",
    .right = {RIGHT_SELF, 0, false},
    .flags = EP_JSON_BODY | EP_IDEMPOTENT,
    .summary_zh = "提交补正",
    .summary_en = "Answer a request for correction",
    .request_schema =
        "{\"type\":\"object\",\"additionalProperties\":false,\"required\":[\"data\"],\"properties\":{\"data\":{\"type\":\"object\"}}}",
    .handle = handle,
};
