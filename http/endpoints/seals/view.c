/* An electronic seal with its permissions, uses and history. */
#include "city/seals/seals.h"
#include "http/endpoints/seals/endpoints.h"

static result handle(const struct request *q, struct reply *r)
{
    return seal_view(q->city, q->a, q->actor, q->params[0], q->now, &r->body);
}

const struct endpoint EP_SEAL = {
    .method = "GET",
    .path = "/seals/{code}",
    .right = {RIGHT_SIGNED_IN, 0, false},
    .summary_zh = "电子印章详情",
    .summary_en = "An electronic seal with its permissions, uses and history",
    .handle = handle,
};
