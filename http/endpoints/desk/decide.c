/* Decides a task. Also the applicant's own tasks (tb:kind="fill"). */
#include "http/endpoints/cases/common.h"
#include "http/endpoints/desk/endpoints.h"

static result handle(const struct request *q, struct reply *r)
{
    int64_t token;
    struct case_command k;
    struct case_done done = {.version = 0};
    TRY(token_of(q, &token));
    TRY(command_of(q, false, &k));
    struct task_decision t = {.token = token,
                              .outcome = json_string(q->body, "outcome"),
                              .opinion = json_string(q->body, "opinion"),
                              .data = json_get(q->body, "data"),
                              .reasons = json_get(q->body, "reasons"),
                              .corrections = json_get(q->body, "corrections")};
    TRY(task_decide(&k, &t, &done));
    return reply_case(q, &done, 200, r);
}

const struct endpoint EP_TASK_DECIDE = {
    .method = "POST",
    .path = "/cases/{id}/tasks/{task}/decide",
    .right = {RIGHT_SIGNED_IN, 0, false},
    .flags = EP_JSON_BODY | EP_IDEMPOTENT,
    .summary_zh = "办理任务",
    .summary_en = "Decide a task",
    .request_schema =
        "{\"type\":\"object\",\"additionalProperties\":false,\"required\":[\"outcome\"],\"properties\":{\"outcome\":{\"type\":\"string\",\"maxLength\":64},"
        "\"opinion\":{\"type\":\"string\",\"maxLength\":4000},\"data\":{\"type\":\"object\"},"
        "\"reasons\":{\"type\":\"array\",\"maxItems\":20,\"items\":{\"type\":\"string\",\"minLength\":1,\"maxLength\":1000}},"
        "\"corrections\":{\"type\":\"array\",\"maxItems\":20,\"items\":{\"type\":\"string\",\"minLength\":1,\"maxLength\":1000}}}}",
    .handle = handle,
};
