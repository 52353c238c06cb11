/* Transfers a task to a colleague with the role. */
#include "http/endpoints/cases/common.h"
#include "http/endpoints/desk/endpoints.h"
#include "city/identity/identity.h"

static result handle(const struct request *q, struct reply *r)
{
    int64_t token;
    struct case_command k;
    struct case_done done = {.version = 0};
    TRY(token_of(q, &token));
    TRY(command_of(q, false, &k));
    struct id to;
    struct actor colleague;
    TRY(id_parse(q->a, json_string(q->body, "to"), S("/to"), &to));
    TRY(actor_of_account(q->city, q->a, to, &colleague));
    TRY(task_transfer(&k, token, &colleague, json_string(q->body, "reason"), &done));
    return reply_case(q, &done, 200, r);
}

const struct endpoint EP_TASK_TRANSFER = {
    .method = "POST",
    .path = "/cases/{id}/tasks/{task}/transfer",
    .right = {RIGHT_STAFF, 0, false},
    .flags = EP_JSON_BODY | EP_IDEMPOTENT,
    .summary_zh = "转办",
    .summary_en = "Transfer a task",
    .request_schema =
        "{\"type\":\"object\",\"additionalProperties\":false,\"required\":[\"to\",\"reason\"],\"properties\":{\"to\":{\"type\":\"string\"},"
        "\"reason\":{\"type\":\"string\",\"minLength\":1,\"maxLength\":500}}}",
    .handle = handle,
};
