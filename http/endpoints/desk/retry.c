/* Tries again where the process stands still: the head of the deciding body. */
#include "http/endpoints/cases/common.h"
#include "http/endpoints/desk/endpoints.h"

static result handle(const struct request *q, struct reply *r)
{
    struct case_command k;
    struct case_done done = {.version = 0};
    TRY(command_of(q, false, &k));
    TRY(case_retry(&k, &done));
    return reply_case(q, &done, 200, r);
}

const struct endpoint EP_CASES_RETRY = {
    .method = "POST",
    .path = "/cases/{id}/retry",
    .right = {RIGHT_ROLES, 1u << ROLE_HEAD, false},
    .flags = EP_JSON_BODY | EP_IDEMPOTENT,
    .summary_zh = "异常环节重新办理",
    .summary_en = "Try again where the process stands still",
    .request_schema = "{\"type\":\"object\",\"additionalProperties\":false}",
    .handle = handle,
};
