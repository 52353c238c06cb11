/* The certificates of one's account. */
#include "http/endpoints/certificates/common.h"
#include "http/endpoints/certificates/endpoints.h"

static result handle(const struct request *q, struct reply *r)
{
    return certificates_of(q->city, q->a, q->actor, &r->body);
}

const struct endpoint EP_CERTIFICATES = {
    .method = "GET",
    .path = "/me/certificates",
    .right = {RIGHT_SIGNED_IN, 0, false},
    .summary_zh = "已绑定的证书",
    .summary_en = "Bound certificates",
    .handle = handle,
};
