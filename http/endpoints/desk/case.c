/* Everything about a case, for staff with a task on it; the read is recorded. */
#include "http/endpoints/cases/common.h"
#include "http/endpoints/desk/endpoints.h"

static result handle(const struct request *q, struct reply *r)
{
    struct id id;
    TRY(id_parse(q->a, q->params[0], S("case"), &id));
    return desk_case(q->city, q->a, q->actor, id, q->now, &r->body);
}

const struct endpoint EP_DESK_CASE = {
    .method = "GET",
    .path = "/desk/cases/{id}",
    .right = {RIGHT_STAFF, 0, false},
    .flags = 0,
    .summary_zh = "办件全貌",
    .summary_en = "The whole case",
    .handle = handle,
};
