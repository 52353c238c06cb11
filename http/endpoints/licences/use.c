/* Uses a licence for a purpose; recorded for the holder. */
#include "http/endpoints/licences/endpoints.h"

#include "city/cases/licence_use.h"

static result handle(const struct request *q, struct reply *r)
{
    struct id id;
    TRY(id_parse(q->a, q->params[0], S("licence"), &id));
    return licence_use(q->city, q->a, q->actor, id, json_string(q->body, "purpose"), q->now, &r->body);
}

const struct endpoint EP_LICENCE_USE = {
    .method = "POST",
    .path = "/desk/licences/{id}/use",
    .right = {RIGHT_STAFF, 0, false},
    .flags = EP_JSON_BODY,
    .summary_zh = "调用证照",
    .summary_en = "Use a licence for a purpose",
    .request_schema =
        "{\"type\":\"object\",\"additionalProperties\":false,\"required\":[\"purpose\"],\"properties\":{\"purpose\":{\"type\":\"string\",\"minLength\":1,\"maxLength\":40}}}",
    .handle = handle,
};
