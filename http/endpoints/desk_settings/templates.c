/* My opinion templates. */
#include "city/identity/desk.h"
#include "http/endpoints/desk_settings/endpoints.h"

static result handle(const struct request *q, struct reply *r)
{
    int64_t limit;
    struct slice cursor;
    TRY(request_page(q, &limit, &cursor));
    return template_list(q->city, q->a, q->actor, limit, cursor, &r->body);
}

const struct endpoint EP_TEMPLATES = {
    .method = "GET",
    .path = "/desk/templates",
    .right = {RIGHT_STAFF, 0, false},
    .summary_zh = "意见模板",
    .summary_en = "Opinion templates",
    .query = QUERY_PAGE,
    .handle = handle,
};
