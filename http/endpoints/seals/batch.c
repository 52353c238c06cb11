/* How far a batch is. */
#include "city/seals/seals.h"
#include "http/endpoints/seals/endpoints.h"

static result handle(const struct request *q, struct reply *r)
{
    struct id id;
    TRY(id_parse(q->a, q->params[1], S("id"), &id));
    return seal_batch_view(q->city, q->a, q->actor, q->params[0], id, &r->body);
}

const struct endpoint EP_SEAL_BATCH = {
    .method = "GET",
    .path = "/seals/{code}/batches/{id}",
    .right = {RIGHT_SIGNED_IN, 0, false},
    .summary_zh = "批量盖章进度",
    .summary_en = "How far a batch is",
    .handle = handle,
};
