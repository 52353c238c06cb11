/* Who read my data, when, why and on which article. */
#include "city/identity/identity.h"
#include "city/rights/rights.h"
#include "http/endpoints/me/endpoints.h"

static result handle(const struct request *q, struct reply *r)
{
    if (!id_is_none(q->actor->delegation)) return fail(q->a, CODE_FORBIDDEN, S("me"), "right", S("principal"), NULL);
    int64_t limit;
    struct slice cursor, since = request_query(q, "since"), until = request_query(q, "until");
    struct read_filter f = {.department = request_query(q, "department"), .what = request_query(q, "kind")};
    day first, last;
    TRY(request_page(q, &limit, &cursor));
    if (since.n) {
        TRY(day_parse(q->a, since, S("since"), &first));
        f.since = instant_of_day(first);
    }
    if (until.n) {
        TRY(day_parse(q->a, until, S("until"), &last));
        f.until = instant_of_day(last + 1);
    }
    return read_list_filtered(q->city, q->a, q->actor->subject, &f, limit, cursor, &r->body);
}

static const struct query_parameter QUERY[] = {
    {.name = "since", .help_zh = "自哪一天起（YYYY-MM-DD）", .help_en = "from this day on (YYYY-MM-DD)", .most = 10},
    {.name = "until", .help_zh = "至哪一天止（含）", .help_en = "up to and with this day", .most = 10},
    {.name = "department", .help_zh = "部门代码", .help_en = "code of the department", .most = 40},
    {.name = "kind", .help_zh = "看了什么（代码）", .help_en = "what was read, by its code", .most = 60},
    QUERY_LIMIT,
    QUERY_CURSOR,
    {.name = NULL}};

const struct endpoint EP_ME_READS = {
    .method = "GET",
    .path = "/me/reads",
    .right = {RIGHT_SELF, 0, false},
    .summary_zh = "谁看过我的信息",
    .summary_en = "Who read my data",
    .query = QUERY,
    .handle = handle,
};
