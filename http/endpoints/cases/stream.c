/* Progress as it happens (server-sent events): the right is checked here, http keeps the stream. */
#include "http/endpoints/cases/common.h"
#include "http/endpoints/cases/endpoints.h"

static result handle(const struct request *q, struct reply *r)
{
    struct id id, subject;
    enum case_audience who;
    (void)r;
    TRY(id_parse(q->a, q->params[0], S("case"), &id));
    return case_may_see(q->city, q->a, q->actor, id, &who, &subject);
}

const struct endpoint EP_CASES_STREAM = {
    .method = "GET",
    .path = "/cases/{id}/stream",
    .right = {RIGHT_SIGNED_IN, 0, false},
    .flags = EP_STREAM,
    .summary_zh = "办件进度推送",
    .summary_en = "Progress of a case as a stream",
    .handle = handle,
};
