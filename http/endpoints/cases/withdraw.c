/* Withdraws the case, or one running step of it. */
#include "http/endpoints/cases/common.h"
#include "http/endpoints/cases/endpoints.h"

static result handle(const struct request *q, struct reply *r)
{
    struct case_command k;
    struct case_done done = {.version = 0};
    TRY(command_of(q, false, &k));
    TRY(case_withdraw(&k, json_string(q->body, "step"), json_string(q->body, "reason"), &done));
    return reply_case(q, &done, 200, r);
}

const struct endpoint EP_CASES_WITHDRAW = {
    .method = "POST",
    .path = "/cases/{id}/withdraw",
    .right = {RIGHT_SELF, 0, false},
    .flags = EP_JSON_BODY | EP_IDEMPOTENT,
    .summary_zh = "撤回申请或环节",
    .summary_en = "Withdraw the case or one step",
    .request_schema =
        "{\"type\":\"object\",\"additionalProperties\":false,\"properties\":{\"step\":{\"type\":\"string\",\"maxLength\":64},"
        "\"reason\":{\"type\":\"string\",\"maxLength\":500}}}",
    .handle = handle,
};
