/* What a code shows. */
#include "http/endpoints/licences/endpoints.h"

#include "city/cases/licence_use.h"

static result handle(const struct request *q, struct reply *r)
{
    return licence_presented(q->city, q->a, q->params[0], q->now, &r->body);
}

const struct endpoint EP_PRESENTED = {
    .method = "GET",
    .path = "/presented/{token}",
    .right = {RIGHT_PUBLIC, 0, false},
    .flags = 0,
    .summary_zh = "查看所出示的证照",
    .summary_en = "See a licence that its holder shows",
    .handle = handle,
};
