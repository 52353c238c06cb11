/* Publications, asked and approved. */
#include "city/catalogue/studio.h"
#include "http/endpoints/studio/endpoints.h"

static result handle(const struct request *q, struct reply *r)
{
    int64_t limit;
    struct slice cursor;
    TRY(request_page(q, &limit, &cursor));
    return publication_list(q->city, q->a, limit, cursor, &r->body);
}

const struct endpoint EP_PUBLICATIONS = {
    .method = "GET",
    .path = "/studio/publications",
    .right = {RIGHT_ROLES, 1u << ROLE_DESIGNER | 1u << ROLE_PUBLISHER, false},
    .summary_zh = "发布申请",
    .summary_en = "Publications",
    .query = QUERY_PAGE,
    .handle = handle,
};
