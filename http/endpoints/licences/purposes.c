/* What a body may use licences for. */
#include "http/endpoints/licences/endpoints.h"

#include "city/cases/licence_use.h"

static result handle(const struct request *q, struct reply *r)
{
    struct json_builder b = json_builder(q->a);
    json_set(&b, "items", licence_purposes(q->city, q->a, q->actor));
    r->body = json_object(&b);
    return ok();
}

const struct endpoint EP_LICENCE_PURPOSES = {
    .method = "GET",
    .path = "/desk/licences/purposes",
    .right = {RIGHT_STAFF, 0, false},
    .flags = 0,
    .summary_zh = "证照使用用途",
    .summary_en = "Purposes that licences are used for",
    .handle = handle,
};
