/* Puts right where a case stands, with the officer's reason and signature. */
#include "http/endpoints/desk/step_correction.h"
#include "http/endpoints/cases/common.h"
#include "http/endpoints/desk/endpoints.h"
#include "http/endpoints/webauthn/assertion.h"

static result handle(const struct request *q, struct reply *r)
{
    struct case_command k;
    struct case_done done = {.version = 0};
    struct step_correct s = correction_of(q);
    TRY(command_of(q, false, &k));
    TRY(step_correct(&k, &s, &done));
    return reply_case(q, &done, 200, r);
}

const struct endpoint EP_STEP_CORRECT = {
    .method = "POST",
    .path = "/desk/cases/{id}/corrections",
    .right = {RIGHT_ROLES, 1u << ROLE_HEAD | 1u << ROLE_CORRECTOR, false},
    .flags = EP_JSON_BODY | EP_IDEMPOTENT | EP_COSTLY,
    .summary_zh = "更正办理步骤",
    .summary_en = "Correct a step of a case",
    .request_schema =
        "{\"type\":\"object\",\"additionalProperties\":false,\"required\":[\"kind\",\"token\",\"version\",\"reason\",\"password\"],"
        "\"properties\":{\"kind\":{\"enum\":[\"move\",\"repeat\",\"cancel\"]},"
        "\"token\":{\"type\":\"integer\",\"minimum\":1},\"version\":{\"type\":\"integer\",\"minimum\":1},"
        "\"to\":{\"type\":\"string\",\"maxLength\":128},"
        "\"reason\":{\"type\":\"string\",\"minLength\":1,\"maxLength\":1000},\"password\":{\"type\":\"string\",\"minLength\":1,\"maxLength\":200},"
        "\"totp\":{\"type\":\"string\",\"maxLength\":16},\"assertion\":" ASSERTION_SCHEMA "}}",
    .handle = handle,
};
