/* The 111 systems of the plan, with what is built of each: generated from the published services, never typed. */
#include "city/catalogue/coverage.h"
#include "http/endpoints/public/endpoints.h"

static result handle(const struct request *q, struct reply *r)
{
    r->body = coverage_json(q->a, q->city->catalogue);
    return ok();
}

const struct endpoint EP_COVERAGE = {
    .method = "GET",
    .path = "/coverage",
    .right = {RIGHT_PUBLIC, 0, false},
    .summary_zh = "行动方案各系统的建设情况",
    .summary_en = "What is built of each system of the plan",
    .handle = handle,
};
