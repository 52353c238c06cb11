/* What a definition may name, for pick lists. */
#include "city/catalogue/studio.h"
#include "http/endpoints/studio/endpoints.h"

static result handle(const struct request *q, struct reply *r)
{
    return designer_options(q->city, q->a, &r->body);
}

const struct endpoint EP_DESIGN_OPTIONS = {
    .method = "GET",
    .path = "/studio/options",
    .right = {RIGHT_ROLES, 1u << ROLE_DESIGNER | 1u << ROLE_PUBLISHER, false},
    .summary_zh = "定义中可以使用的名称",
    .summary_en = "What a definition may name",
    .handle = handle,
};
