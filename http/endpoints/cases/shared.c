/* What a shared link shows. */
#include "http/endpoints/cases/common.h"
#include "http/endpoints/cases/endpoints.h"

static result handle(const struct request *q, struct reply *r)
{
    return case_shared(q->city, q->a, q->params[0], q->now, &r->body);
}

const struct endpoint EP_CASES_SHARED = {
    .method = "GET",
    .path = "/shared/{token}",
    .right = {RIGHT_PUBLIC, 0, false},
    .flags = 0,
    .summary_zh = "分享的办件状态",
    .summary_en = "Status of a shared case",
    .handle = handle,
};
