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

static const struct query_parameter QUERY[] = {
    {.name = "scope",
     .help_zh = "我的（含代班）、本部门、窗口",
     .help_en = "mine (with those I cover), of my department, of my window",
     .choices = "mine|department|window",
     .standard = "mine"},
    {.name = "service", .help_zh = "事项代码", .help_en = "code of a service"},
    {.name = "light",
     .help_zh = "时限状态",
     .help_en = "state of the clock",
     .choices = "none|green|yellow|red|stopped|done|done_late"},
    {.name = "q", .help_zh = "办件编号的一部分", .help_en = "part of a case number"},
    QUERY_LIMIT,
    QUERY_CURSOR,
    {.name = NULL},
};

const struct endpoint EP_DESK_TASKS = {
    .method = "GET",
    .path = "/desk/tasks",
    .right = {RIGHT_STAFF, 0, false},
    .flags = 0,
    .summary_zh = "任务列表",
    .summary_en = "Tasks",
    .query = QUERY,
    .handle = handle,
};
