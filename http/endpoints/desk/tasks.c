/* Tasks by clock: mine, of my department, of my window. */
#include "http/endpoints/cases/common.h"
#include "http/endpoints/desk/endpoints.h"

static result handle(const struct request *q, struct reply *r)
{
    struct desk_filter f = {
        .service = request_query(q, "service"), .light = request_query(q, "light"), .q = request_query(q, "q")};
    struct slice scope = request_query(q, "scope");
    TRY(request_page(q, &f.limit, &f.cursor));
    f.scope = slice_is(scope, "department") ? DESK_DEPARTMENT : slice_is(scope, "window") ? DESK_WINDOW : DESK_MINE;
    return desk_tasks(q->city, q->a, q->actor, &f, q->now, &r->body);
}

const struct endpoint EP_DESK_TASKS = {
    .method = "GET",
    .path = "/desk/tasks",
    .right = {RIGHT_STAFF, 0, false},
    .flags = 0,
    .summary_zh = "任务列表",
    .summary_en = "Tasks",
    .handle = handle,
};
