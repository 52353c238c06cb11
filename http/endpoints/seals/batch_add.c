/* A ZIP of OFD documents, sealed by a worker. */
#include "city/seals/seals.h"
#include "http/endpoints/seals/endpoints.h"

static result handle(const struct request *q, struct reply *r)
{
    r->status = 202;
    return seal_batch_add(q->city, q->a, q->actor, q->params[0], q->body_bytes, request_query(q, "document"), q->now,
                          &r->body);
}

static const struct query_parameter QUERY[] = {
    {.name = "document", SEAL_DOCUMENTS},
    {.name = NULL},
};

const struct endpoint EP_SEAL_BATCH_ADD = {
    .method = "POST",
    .path = "/seals/{code}/batches",
    .right = {RIGHT_SIGNED_IN, 0, false},
    .flags = EP_RAW_BODY,
    .body_max = 20u << 20,
    .summary_zh = "批量盖章",
    .summary_en = "Seal many documents",
    .query = QUERY,
    .handle = handle,
};
