/* End a permission to use an electronic seal. */
#include "city/seals/seals.h"
#include "http/endpoints/seals/endpoints.h"

static result handle(const struct request *q, struct reply *r)
{
    struct id id;
    TRY(id_parse(q->a, q->params[1], S("id"), &id));
    r->status = 204;
    return seal_grant_end(q->city, q->a, q->actor, q->params[0], id, q->now);
}

const struct endpoint EP_SEAL_GRANT_END = {
    .method = "DELETE",
    .path = "/seals/{code}/grants/{id}",
    .right = {RIGHT_SIGNED_IN, 0, false},
    .summary_zh = "终止用印授权",
    .summary_en = "End a permission to use an electronic seal",
    .handle = handle,
};
