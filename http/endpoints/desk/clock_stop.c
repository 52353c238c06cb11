/* Stops the clock for a statutory cause (行政许可法 art. 45), in writing. */
#include "http/endpoints/cases/common.h"
#include "http/endpoints/desk/endpoints.h"

static result handle(const struct request *q, struct reply *r)
{
    int64_t token;
    struct case_command k;
    struct case_done done = {.version = 0};
    TRY(token_of(q, &token));
    TRY(command_of(q, false, &k));
    TRY(case_clock_stop(&k, token, json_string(q->body, "cause"), json_string(q->body, "notice"), &done));
    return reply_case(q, &done, 200, r);
}

const struct endpoint EP_CLOCK_STOP = {
    .method = "POST",
    .path = "/cases/{id}/tasks/{task}/clock/stop",
    .right = {RIGHT_STAFF, 0, false},
    .flags = EP_JSON_BODY | EP_IDEMPOTENT,
    .summary_zh = "依法停止计时",
    .summary_en = "Stop the clock for a statutory cause",
    .request_schema =
        "{\"type\":\"object\",\"additionalProperties\":false,\"required\":[\"cause\",\"notice\"],\"properties\":{\"cause\":{\"type\":\"string\"},"
        "\"notice\":{\"type\":\"string\",\"minLength\":1,\"maxLength\":1000}}}",
    .handle = handle,
};
