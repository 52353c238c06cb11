/* Who works in my department. */
#include "city/identity/desk.h"
#include "http/endpoints/desk_settings/endpoints.h"

static result handle(const struct request *q, struct reply *r)
{
    int64_t limit;
    struct slice cursor;
    TRY(request_page(q, &limit, &cursor));
    return colleague_list(q->city, q->a, q->actor, limit, cursor, &r->body);
}

const struct endpoint EP_COLLEAGUES = {
    .method = "GET",
    .path = "/desk/colleagues",
    .right = {RIGHT_STAFF, 0, false},
    .summary_zh = "本部门同事",
    .summary_en = "Colleagues",
    .query = QUERY_PAGE,
    .handle = handle,
};
