/* What a correction would do; nothing is written. */
#include "http/endpoints/desk/step_correction.h"
#include "http/endpoints/desk/endpoints.h"

static result handle(const struct request *q, struct reply *r)
{
    struct id id;
    struct step_correct s = correction_of(q);
    TRY(id_parse(q->a, q->params[0], S("id"), &id));
    return step_correct_preview(q->city, q->a, q->actor, id, &s, q->now, &r->body);
}

const struct endpoint EP_STEP_CORRECT_PREVIEW = {
    .method = "POST",
    .path = "/desk/cases/{id}/corrections/preview",
    .right = {RIGHT_ROLES, 1u << ROLE_HEAD | 1u << ROLE_CORRECTOR, false},
    .flags = EP_JSON_BODY,
    .summary_zh = "预览更正办理步骤",
    .summary_en = "Preview a correction of a step",
    .request_schema =
        "{\"type\":\"object\",\"additionalProperties\":false,\"required\":[\"kind\",\"token\",\"version\"],\"properties\":{"
        "\"kind\":{\"enum\":[\"move\",\"repeat\",\"cancel\"]},"
        "\"token\":{\"type\":\"integer\",\"minimum\":1},\"version\":{\"type\":\"integer\",\"minimum\":1},"
        "\"to\":{\"type\":\"string\",\"maxLength\":128}}}",
    .handle = handle,
};
