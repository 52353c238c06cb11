/* Where a case stands and where it could go, for who may correct that. */
#include "city/cases/change.h"
#include "http/endpoints/desk/endpoints.h"

static result handle(const struct request *q, struct reply *r)
{
    struct id id;
    TRY(id_parse(q->a, q->params[0], S("id"), &id));
    return step_corrections(q->city, q->a, q->actor, id, q->now, &r->body);
}

const struct endpoint EP_STEP_CORRECTIONS = {
    .method = "GET",
    .path = "/desk/cases/{id}/corrections",
    .right = {RIGHT_ROLES, 1u << ROLE_HEAD | 1u << ROLE_CORRECTOR, false},
    .summary_zh = "可更正的办理步骤",
    .summary_en = "Steps that can be corrected",
    .handle = handle,
};
