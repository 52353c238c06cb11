/* Releases what another person submitted. */
#include "city/catalogue/studio.h"
#include "city/decisions/decisions.h"
#include "http/endpoints/studio/endpoints.h"

static result handle(const struct request *q, struct reply *r)
{
    struct id id;
    TRY(id_parse(q->a, q->params[0], S("id"), &id));
    r->status = 204;
    return decision_release(q->city, q->a, q->actor, id, q->now);
}

const struct endpoint EP_DECISION_RELEASE = {
    .method = "POST",
    .path = "/studio/decisions/publications/{id}/release",
    .right = {RIGHT_ROLES, 1u << ROLE_PUBLISHER, false},
    .summary_zh = "发布决策规则",
    .summary_en = "Release a decision",
    .handle = handle,
};
