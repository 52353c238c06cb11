/* Begins an activity that the process offers (ad hoc sub-process). */
#include "http/endpoints/cases/common.h"
#include "http/endpoints/desk/endpoints.h"

static result handle(const struct request *q, struct reply *r)
{
    int64_t token;
    struct case_command k;
    struct case_done done = {.version = 0};
    TRY(token_of(q, &token));
    TRY(command_of(q, false, &k));
    TRY(task_begin(&k, token, json_string(q->body, "reason"), &done));
    return reply_case(q, &done, 200, r);
}

const struct endpoint EP_TASK_BEGIN = {
    .method = "POST",
    .path = "/cases/{id}/tasks/{task}/begin",
    .right = {RIGHT_STAFF, 0, false},
    .flags = EP_JSON_BODY | EP_IDEMPOTENT,
    .summary_zh = "选择开始一个步骤",
    .summary_en = "Begin a step by choice",
    .request_schema =
        "{\"type\":\"object\",\"additionalProperties\":false,\"required\":[\"reason\"],\"properties\":{\"reason\":{\"type\":\"string\","
        "\"minLength\":1,\"maxLength\":500}}}",
    .handle = handle,
};
