/* One case: the progress page. Reading somebody else's is recorded. */
#include "http/endpoints/cases/common.h"
#include "http/endpoints/cases/endpoints.h"

static result handle(const struct request *q, struct reply *r)
{
    struct id id, subject;
    enum case_audience who;
    TRY(id_parse(q->a, q->params[0], S("case"), &id));
    TRY(case_may_see(q->city, q->a, q->actor, id, &who, &subject));
    if (who == VIEW_STAFF) TRY(read_record(q->city, q->a, q->actor, q->now, subject, id, "case.progress", S("task")));
    TRY(case_view(q->city, q->a, id, q->now, who, &r->body));
    r->etag = arena_printf(q->a, "%lld-%d", (long long)json_int(r->body, "version", 0), day_of_instant(q->now));
    return ok();
}

const struct endpoint EP_CASES_GET = {
    .method = "GET",
    .path = "/cases/{id}",
    .right = {RIGHT_SIGNED_IN, 0, false},
    .flags = 0,
    .summary_zh = "办件进度",
    .summary_en = "Progress of a case",
    .handle = handle,
};
