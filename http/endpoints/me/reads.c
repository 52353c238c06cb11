/* Who read my data, when and why. */
#include "city/identity/identity.h"
#include "city/rights/rights.h"
#include "http/endpoints/me/endpoints.h"

static result handle(const struct request *q, struct reply *r)
{
    if (!id_is_none(q->actor->delegation)) return fail(q->a, CODE_FORBIDDEN, S("me"), "right", S("principal"), NULL);
    int64_t limit;
    struct slice cursor;
    TRY(request_page(q, &limit, &cursor));
    return read_list_of(q->city, q->a, q->actor->subject, limit, cursor, &r->body);
}

const struct endpoint EP_ME_READS = {
    .method = "GET",
    .path = "/me/reads",
    .right = {RIGHT_SELF, 0, false},
    .summary_zh = "谁看过我的信息",
    .summary_en = "Who read my data",
    .query = QUERY_PAGE,
    .handle = handle,
};
