/* Figures of my own work and my department's. */
#include "http/endpoints/cases/common.h"
#include "http/endpoints/desk/endpoints.h"

static result handle(const struct request *q, struct reply *r)
{
    return desk_statistics(q->city, q->a, q->actor, q->now, &r->body);
}

const struct endpoint EP_DESK_STATISTICS = {
    .method = "GET",
    .path = "/desk/statistics",
    .right = {RIGHT_STAFF, 0, false},
    .flags = 0,
    .summary_zh = "工作统计",
    .summary_en = "Figures of my work",
    .handle = handle,
};
