/* Lets the clock run again. */
#include "http/endpoints/cases/common.h"
#include "http/endpoints/desk/endpoints.h"

static result handle(const struct request *q, struct reply *r)
{
    int64_t token;
    struct case_command k;
    struct case_done done = {.version = 0};
    TRY(token_of(q, &token));
    TRY(command_of(q, false, &k));
    TRY(case_clock_resume(&k, token, json_string(q->body, "notice"), &done));
    return reply_case(q, &done, 200, r);
}

const struct endpoint EP_CLOCK_RESUME = {
    .method = "POST",
    .path = "/cases/{id}/tasks/{task}/clock/resume",
    .right = {RIGHT_STAFF, 0, false},
    .flags = EP_JSON_BODY | EP_IDEMPOTENT,
    .summary_zh = "恢复计时",
    .summary_en = "Resume the clock",
    .request_schema =
        "{\"type\":\"object\",\"additionalProperties\":false,\"properties\":{\"notice\":{\"type\":\"string\",\"maxLength\":1000}}}",
    .handle = handle,
};
