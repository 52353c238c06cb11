/* My absences and who covers them. */
#include "city/identity/desk.h"
#include "http/endpoints/desk_settings/endpoints.h"

static result handle(const struct request *q, struct reply *r)
{
    int64_t limit;
    struct slice cursor;
    TRY(request_page(q, &limit, &cursor));
    return absence_list(q->city, q->a, q->actor, limit, cursor, &r->body);
}

const struct endpoint EP_ABSENCES = {
    .method = "GET",
    .path = "/desk/absences",
    .right = {RIGHT_STAFF, 0, false},
    .summary_zh = "请假与代班",
    .summary_en = "Absences",
    .query = QUERY_PAGE,
    .handle = handle,
};
