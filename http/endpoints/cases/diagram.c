/* A case over the drawing of its process. Reading somebody else's is recorded. */
#include "city/cases/diagram.h"

#include "http/endpoints/cases/common.h"
#include "http/endpoints/cases/endpoints.h"

static result handle(const struct request *q, struct reply *r)
{
    struct id id, subject;
    enum case_audience who;
    TRY(id_parse(q->a, q->params[0], S("case"), &id));
    TRY(case_may_see(q->city, q->a, q->actor, id, &who, &subject));
    if (who == VIEW_STAFF) TRY(read_record(q->city, q->a, q->actor, q->now, subject, id, "case.progress", S("task")));
    TRY(case_diagram(q->city, q->a, id, q->now, who, &r->body));
    r->etag = arena_printf(q->a, "%lld-%d", (long long)json_int(r->body, "version", 0), day_of_instant(q->now));
    return ok();
}

const struct endpoint EP_CASES_DIAGRAM = {
    .method = "GET",
    .path = "/cases/{id}/diagram",
    .right = {RIGHT_SIGNED_IN, 0, false},
    .flags = 0,
    .summary_zh = "办件在流程图上的位置",
    .summary_en = "A case over its diagram",
    .handle = handle,
};
