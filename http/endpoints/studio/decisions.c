/* Decisions that several services use. */
#include "city/catalogue/studio.h"
#include "city/decisions/decisions.h"
#include "http/endpoints/studio/endpoints.h"

static result handle(const struct request *q, struct reply *r)
{
    return decisions_list(q->city, q->a, &r->body);
}

const struct endpoint EP_DECISIONS = {
    .method = "GET",
    .path = "/studio/decisions",
    .right = {RIGHT_ROLES, 1u << ROLE_DESIGNER | 1u << ROLE_PUBLISHER, false},
    .summary_zh = "决策规则",
    .summary_en = "Decisions",
    .handle = handle,
};
