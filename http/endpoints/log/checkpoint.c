/* The published checkpoint (C2SP tlog-tiles: <prefix>/checkpoint). */
#include "city/log/log.h"
#include "http/endpoints/log/endpoints.h"

static result handle(const struct request *q, struct reply *r)
{
    struct log_published p;
    TRY(log_published(q->city, q->a, &p));
    if (p.note.n == 0) return fail(q->a, CODE_LOG_NONE, S("checkpoint"), NULL);
    r->bytes = p.note;
    r->content_type = S("text/plain; charset=utf-8");
    r->etag = slice_sub(crypto_sha256_hex(q->a, p.note), 0, 32);
    r->cache = S("no-cache"); /* kept, but asked for again: a new one may be there any second */
    return ok();
}

const struct endpoint EP_LOG_CHECKPOINT = {
    .method = "GET",
    .path = "/log/checkpoint",
    .right = {RIGHT_PUBLIC, 0, false},
    .summary_zh = "透明日志的检查点（C2SP tlog-checkpoint 签名文本）；也在 /log/checkpoint",
    .summary_en = "The log's checkpoint, a signed note (C2SP tlog-checkpoint); at /log/checkpoint too",
    .handle = handle,
};
