/* One service in the designer: its draft, else its current version. */
#include "city/catalogue/studio.h"
#include "http/endpoints/studio/endpoints.h"

static result handle(const struct request *q, struct reply *r)
{
    return designer_show(q->city, q->a, q->params[0], &r->body);
}

const struct endpoint EP_DESIGN = {
    .method = "GET",
    .path = "/studio/designs/{code}",
    .right = {RIGHT_ROLES, 1u << ROLE_DESIGNER | 1u << ROLE_PUBLISHER, false},
    .summary_zh = "一个事项的设计",
    .summary_en = "One service in the designer",
    .handle = handle,
};
