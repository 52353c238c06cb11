/* My licences. */
#include "http/endpoints/cases/common.h"
#include "http/endpoints/cases/endpoints.h"

static result handle(const struct request *q, struct reply *r)
{
    return licence_list(q->city, q->a, q->actor, q->now, &r->body);
}

const struct endpoint EP_LICENCES = {
    .method = "GET",
    .path = "/licences",
    .right = {RIGHT_SELF, 0, false},
    .flags = 0,
    .summary_zh = "我的证照",
    .summary_en = "My licences",
    .handle = handle,
};
