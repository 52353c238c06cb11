/* Seals that the actor holds, or whose use was granted to it. */
#include "city/seals/seals.h"
#include "http/endpoints/seals/endpoints.h"

static result handle(const struct request *q, struct reply *r)
{
    return seal_list(q->city, q->a, q->actor, q->now, &r->body);
}

const struct endpoint EP_SEALS = {
    .method = "GET",
    .path = "/seals",
    .right = {RIGHT_SIGNED_IN, 0, false},
    .summary_zh = "我的电子印章",
    .summary_en = "My electronic seals",
    .handle = handle,
};
