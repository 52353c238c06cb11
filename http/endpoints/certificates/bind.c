/* Binds a certificate to one's account. */
#include "http/endpoints/certificates/common.h"
#include "http/endpoints/certificates/endpoints.h"

static result handle(const struct request *q, struct reply *r)
{
    struct certificate_proof p;
    TRY(proof_body(q, &p));
    r->status = 201;
    return certificate_bind(q->city, q->a, q->actor, &p, q->now, &r->body);
}

const struct endpoint EP_CERTIFICATE_BIND = {
    .method = "POST",
    .path = "/me/certificates",
    .right = {RIGHT_SIGNED_IN, 0, false},
    .flags = EP_JSON_BODY | EP_CERTIFICATE,
    .body_max = PROOF_BODY_BYTES,
    .summary_zh = "绑定证书",
    .summary_en = "Bind a certificate",
    .request_schema = PROOF_SCHEMA,
    .handle = handle,
};
