/* This city's trust list, signed: for other cities and everybody. */
#include "http/endpoints/certificates/common.h"
#include "http/endpoints/certificates/endpoints.h"

static result handle(const struct request *q, struct reply *r)
{
    int64_t version;
    TRY(trust_list_document(q->city, q->a, &r->bytes, &version));
    r->content_type = S("application/json");
    r->etag = arena_printf(q->a, "trust-list-%lld", (long long)version);
    r->cache = S("no-cache");
    return ok();
}

const struct endpoint EP_TRUST_LIST = {
    .method = "GET",
    .path = "/trust-list",
    .right = {RIGHT_PUBLIC, 0, false},
    .summary_zh = "本市认可的证书颁发机构列表（已签名）",
    .summary_en = "The certification authorities recognised here, signed",
    .handle = handle,
};
