/* The list of revoked seals, for whoever verifies offline. */
#include "city/seals/seals.h"
#include "http/endpoints/seals/endpoints.h"

static result handle(const struct request *q, struct reply *r)
{
    TRY(seal_revocations(q->city, q->a, q->now, &r->bytes));
    r->content_type = S("application/x-pem-file");
    r->filename = S("revoked-seals.pem");
    return ok();
}

const struct endpoint EP_SEAL_REVOCATIONS = {
    .method = "GET",
    .path = "/seal-revocations",
    .right = {RIGHT_PUBLIC, 0, false},
    .summary_zh = "已吊销的电子印章（CRL）",
    .summary_en = "Revoked electronic seals (CRL)",
    .handle = handle,
};
