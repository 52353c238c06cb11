/* Urges (催办), once a day. */
#include "http/endpoints/cases/common.h"
#include "http/endpoints/cases/endpoints.h"

static result handle(const struct request *q, struct reply *r)
{
    struct case_command k;
    struct case_done done = {.version = 0};
    TRY(command_of(q, false, &k));
    TRY(case_urge(&k, json_string(q->body, "text"), &done));
    r->status = 204;
    return ok();
}

const struct endpoint EP_CASES_URGE = {
    .method = "POST",
    .path = "/cases/{id}/urge",
    .right = {RIGHT_SELF, 0, false},
    .flags = EP_JSON_BODY | EP_IDEMPOTENT,
    .summary_zh = "催办",
    .summary_en = "Urge",
    .request_schema =
        "{\"type\":\"object\",\"additionalProperties\":false,\"properties\":{\"text\":{\"type\":\"string\",\"maxLength\":200}}}",
    .handle = handle,
};
