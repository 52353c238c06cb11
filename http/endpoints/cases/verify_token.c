/* Public verification by the token of a QR code. */
#include "http/endpoints/cases/common.h"
#include "http/endpoints/cases/endpoints.h"

static result handle(const struct request *q, struct reply *r)
{
    return licence_verify(q->city, q->a, q->params[0], q->now, &r->body);
}

const struct endpoint EP_VERIFY_TOKEN = {
    .method = "GET",
    .path = "/verify/{token}",
    .right = {RIGHT_PUBLIC, 0, false},
    .flags = 0,
    .summary_zh = "证照文书核验",
    .summary_en = "Verify a licence or document by its code",
    .handle = handle,
};
