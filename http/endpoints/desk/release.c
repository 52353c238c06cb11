/* Gives a claimed task back. */
#include "http/endpoints/cases/common.h"
#include "http/endpoints/desk/endpoints.h"

static result handle(const struct request *q, struct reply *r)
{
    int64_t token;
    struct case_command k;
    struct case_done done = {.version = 0};
    TRY(token_of(q, &token));
    TRY(command_of(q, false, &k));
    TRY(task_release(&k, token, &done));
    return reply_case(q, &done, 200, r);
}

const struct endpoint EP_TASK_RELEASE = {
    .method = "POST",
    .path = "/cases/{id}/tasks/{task}/release",
    .right = {RIGHT_STAFF, 0, false},
    .flags = EP_JSON_BODY | EP_IDEMPOTENT,
    .summary_zh = "退回任务",
    .summary_en = "Release a task",
    .handle = handle,
};
