/* Services to be drawn: published ones, and drafts of new ones. */
#include "city/catalogue/studio.h"
#include "http/endpoints/studio/endpoints.h"

static result handle(const struct request *q, struct reply *r)
{
    return designer_list(q->city, q->a, &r->body);
}

const struct endpoint EP_DESIGNS = {
    .method = "GET",
    .path = "/studio/designs",
    .right = {RIGHT_ROLES, 1u << ROLE_DESIGNER | 1u << ROLE_PUBLISHER, false},
    .summary_zh = "事项设计",
    .summary_en = "Services in the designer",
    .handle = handle,
};
