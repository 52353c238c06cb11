/* One decision: versions, draft, what waits. */
#include "city/catalogue/studio.h"
#include "city/decisions/decisions.h"
#include "http/endpoints/studio/endpoints.h"

static result handle(const struct request *q, struct reply *r)
{
    return decision_show(q->city, q->a, q->params[0], &r->body);
}

const struct endpoint EP_DECISION = {
    .method = "GET",
    .path = "/studio/decisions/{key}",
    .right = {RIGHT_ROLES, 1u << ROLE_DESIGNER | 1u << ROLE_PUBLISHER, false},
    .summary_zh = "一项决策规则",
    .summary_en = "One decision",
    .handle = handle,
};
