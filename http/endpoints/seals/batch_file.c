/* The sealed documents of a batch as a ZIP. */
#include "city/seals/seals.h"
#include "http/endpoints/seals/endpoints.h"

static result handle(const struct request *q, struct reply *r)
{
    struct id id;
    TRY(id_parse(q->a, q->params[1], S("id"), &id));
    TRY(seal_batch_file(q->city, q->a, q->actor, q->params[0], id, &r->bytes));
    r->content_type = S("application/zip");
    r->filename = S("sealed.zip");
    return ok();
}

const struct endpoint EP_SEAL_BATCH_FILE = {
    .method = "GET",
    .path = "/seals/{code}/batches/{id}/file",
    .right = {RIGHT_SIGNED_IN, 0, false},
    .summary_zh = "下载批量盖章结果",
    .summary_en = "The sealed documents of a batch as a ZIP",
    .handle = handle,
};
