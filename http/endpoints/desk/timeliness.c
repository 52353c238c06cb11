/* How many cases of a service were finished in time, and what made the others late. */
#include "city/cases/timeliness.h"
#include "http/endpoints/desk/endpoints.h"

#define DAYS_DEFAULT 90
#define DAYS_MAX 366

/* "days": whole calendar days up to and with today. */
static result days_of(const struct request *q, int64_t *days)
{
    struct slice text = request_query(q, "days");
    *days = DAYS_DEFAULT;
    if (!text.n || (slice_int64(text, days) && *days >= 1 && *days <= DAYS_MAX)) return ok();
    return fail(q->a, CODE_QUERY_BAD, S("days"), "value", slice_sub(text, 0, 60), NULL);
}

static result handle(const struct request *q, struct reply *r)
{
    int64_t days;
    struct slice service = request_query(q, "service");
    if (!service.n) return fail(q->a, CODE_QUERY_BAD, S("service"), "value", S(""), NULL);
    TRY(days_of(q, &days));
    instant from = instant_of_day(day_of_instant(q->now) + 1 - (day)days);
    return case_timeliness(q->city, q->a, service, from, q->now + 1, q->now, &r->body);
}

static const struct query_parameter QUERY[] = {
    {.name = "service", .help_zh = "事项代码", .help_en = "code of a service", .required = true},
    {.name = "days",
     .help_zh = "截至今天的天数",
     .help_en = "days up to and with today",
     .type = QUERY_INTEGER,
     .least = 1,
     .most = DAYS_MAX,
     .standard = "90"},
    {.name = NULL},
};

const struct endpoint EP_DESK_TIMELINESS = {
    .method = "GET",
    .path = "/desk/timeliness",
    .right = {RIGHT_ROLES, 1u << ROLE_HEAD, false},
    .flags = 0,
    .summary_zh = "事项按时办结情况",
    .summary_en = "How punctual a service is",
    .query = QUERY,
    .handle = handle,
};
