/* A certificate no longer signs in to this account. */
#include "http/endpoints/certificates/common.h"
#include "http/endpoints/certificates/endpoints.h"

static result handle(const struct request *q, struct reply *r)
{
    struct id id;
    TRY(id_parse(q->a, q->params[0], S("id"), &id));
    TRY(certificate_remove(q->city, q->a, q->actor, id, q->now));
    r->status = 204;
    return ok();
}

const struct endpoint EP_CERTIFICATE_REMOVE = {
    .method = "DELETE",
    .path = "/me/certificates/{id}",
    .right = {RIGHT_SIGNED_IN, 0, false},
    .summary_zh = "解除证书绑定",
    .summary_en = "Remove a bound certificate",
    .handle = handle,
};
