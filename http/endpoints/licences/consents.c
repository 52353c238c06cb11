/* Who asked to use my licences. */
#include "http/endpoints/licences/endpoints.h"

#include "city/cases/licence_use.h"

static result handle(const struct request *q, struct reply *r)
{
    return licence_consents(q->city, q->a, q->actor, q->now, &r->body);
}

const struct endpoint EP_CONSENTS = {
    .method = "GET",
    .path = "/consents",
    .right = {RIGHT_SELF, 0, false},
    .flags = 0,
    .summary_zh = "证照使用同意",
    .summary_en = "Requests to use my licences",
    .handle = handle,
};
