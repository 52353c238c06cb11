/* A service as it is published now. */
#include "city/catalogue/catalogue.h"
#include "http/endpoints/catalogue/endpoints.h"

static result handle(const struct request *q, struct reply *r)
{
    const struct service *s;
    TRY(catalogue_current(q->city->catalogue, q->a, q->params[0], &s));
    r->etag = service_hash(s);
    r->body = service_full_json(q->a, q->city->catalogue, s);
    return ok();
}

const struct endpoint EP_SERVICE = {
    .method = "GET",
    .path = "/services/{code}",
    .right = {RIGHT_PUBLIC, 0, false},
    .summary_zh = "事项详情",
    .summary_en = "A service",
    .handle = handle,
};
