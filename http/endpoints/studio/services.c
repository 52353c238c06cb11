/* Services with their published versions. */
#include "city/catalogue/studio.h"
#include "http/endpoints/studio/endpoints.h"

static result handle(const struct request *q, struct reply *r)
{
    int64_t limit;
    struct slice cursor;
    TRY(request_page(q, &limit, &cursor));
    return studio_list(q->city, q->a, limit, cursor, &r->body);
}

const struct endpoint EP_STUDIO_SERVICES = {
    .method = "GET",
    .path = "/studio/services",
    .right = {RIGHT_ROLES, 1u << ROLE_DESIGNER | 1u << ROLE_PUBLISHER, false},
    .summary_zh = "事项及版本",
    .summary_en = "Services and their versions",
    .query = QUERY_PAGE,
    .handle = handle,
};
