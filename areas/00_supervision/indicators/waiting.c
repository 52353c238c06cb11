/* How long each step of a service waits and takes, over its drawing: for heads, the leaders of the plan and its office, and for those
 * who draw the services. */
#include "areas/00_supervision/indicators/indicators.h"
#include "city/cases/steptime.h"

static result may_see(struct city *c, struct arena *a, const struct actor *x)
{
    for (size_t i = 0; i < x->ngrants; i++)
        if (x->grants[i].role == ROLE_DESIGNER || x->grants[i].role == ROLE_PUBLISHER) return ok();
    return indicators_right(c, a, x);
}

static result months(const struct request *q, int64_t *from, int64_t *to)
{
    struct civil now = civil_of_instant(q->now);
    struct slice first = request_query(q, "from"), last = request_query(q, "to");
    *to = now.year * 100 + now.month;
    if (last.n && !month_scan(last, to)) return fail(q->a, CODE_QUERY_BAD, S("to"), "value", last, NULL);
    *from = month_add(*to, -2);
    if (first.n && !month_scan(first, from)) return fail(q->a, CODE_QUERY_BAD, S("from"), "value", first, NULL);
    return ok();
}

static result handle(const struct request *q, struct reply *r)
{
    int64_t from, to;
    TRY(may_see(q->city, q->a, q->actor));
    TRY(months(q, &from, &to));
    return steptimes_json(q->city, q->a, request_query(q, "service"), from, to, &r->body);
}

static const struct query_parameter QUERY[] = {
    {.name = "service", .help_zh = "事项代码", .help_en = "code of a service", .required = true, .most = 80},
    {.name = "from",
     .help_zh = "起始月份，2021-01；默认为截止月份前 2 个月",
     .help_en = "first month, 2021-01; else two before the last",
     .most = 7},
    {.name = "to", .help_zh = "截止月份；默认为本月", .help_en = "last month; else the running one", .most = 7},
    {.name = NULL}};

/* Narrowed by may_see: a leader has no role of the desk, so no role can say who may. */
const struct endpoint EP_WAITING = {
    .method = "GET",
    .path = "/waiting-times",
    .right = {.kind = RIGHT_STAFF},
    .summary_zh = "各环节的等候和办理时间",
    .summary_en = "How long steps wait and take",
    .query = QUERY,
    .handle = handle,
};
