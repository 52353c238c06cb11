/* Picture of an electronic seal. */
#include "city/seals/seals.h"
#include "http/endpoints/seals/endpoints.h"

static result handle(const struct request *q, struct reply *r)
{
    TRY(seal_picture(q->city, q->a, q->actor, q->params[0], &r->bytes));
    r->content_type = S("image/png");
    return ok();
}

const struct endpoint EP_SEAL_PICTURE = {
    .method = "GET",
    .path = "/seals/{code}/picture",
    .right = {RIGHT_SIGNED_IN, 0, false},
    .summary_zh = "印章图像",
    .summary_en = "Picture of an electronic seal",
    .handle = handle,
};
