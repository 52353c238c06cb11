/* The description of this interface. */
#include "http/endpoints/public/endpoints.h"
#include "http/http.h"

static result handle(const struct request *q, struct reply *r)
{
    r->body = openapi_json(q->a, q->city);
    return ok();
}

const struct endpoint EP_OPENAPI = {
    .method = "GET",
    .path = "/openapi.json",
    .right = {RIGHT_PUBLIC, 0, false},
    .summary_zh = "接口说明（OpenAPI 3.1）",
    .summary_en = "Description of this interface (OpenAPI 3.1)",
    .handle = handle,
};
