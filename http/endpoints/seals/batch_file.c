/* The sealed documents of a batch as ZIPs. */
#include "city/seals/seals.h"
#include "http/endpoints/seals/endpoints.h"

static result handle(const struct request *q, struct reply *r)
{
    struct id id;
    int64_t part;
    if (!slice_int64(request_query(q, "part"), &part)) part = 1;
    TRY(id_parse(q->a, q->params[1], S("id"), &id));
    TRY(seal_batch_file(q->city, q->a, q->actor, q->params[0], id, part, &r->bytes));
    r->content_type = S("application/zip");
    r->filename = S("sealed.zip");
    return ok();
}

static const struct query_parameter QUERY[] = {
    {.name = "part",
     .help_zh = "第几部分；默认第一部分",
     .help_en = "part; the first",
     .type = QUERY_INTEGER,
     .least = 1,
     .most = 10},
    {.name = NULL},
};

const struct endpoint EP_SEAL_BATCH_FILE = {
    .method = "GET",
    .path = "/seals/{code}/batches/{id}/file",
    .right = {RIGHT_SIGNED_IN, 0, false},
    .query = QUERY,
    .summary_zh = "下载批量盖章结果",
    .summary_en = "The sealed documents of a batch, in parts of at most 500 files",
    .handle = handle,
};
