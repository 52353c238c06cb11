/* A comparison: how far it is, and what it found. */
#include "city/catalogue/studio.h"
#include "city/decisions/decisions.h"
#include "http/endpoints/studio/endpoints.h"

static result handle(const struct request *q, struct reply *r)
{
    struct id id;
    TRY(id_parse(q->a, q->params[0], S("id"), &id));
    return comparison_show(q->city, q->a, id, &r->body);
}

const struct endpoint EP_COMPARISON = {
    .method = "GET",
    .path = "/studio/comparisons/{id}",
    .right = {RIGHT_ROLES, 1u << ROLE_DESIGNER | 1u << ROLE_PUBLISHER, false},
    .summary_zh = "与过去办件比较的进度和结果",
    .summary_en = "A comparison with past cases",
    .handle = handle,
};
