/* Ends a code before its time. */
#include "http/endpoints/licences/endpoints.h"

#include "city/cases/licence_use.h"

static result handle(const struct request *q, struct reply *r)
{
    struct id id;
    TRY(id_parse(q->a, q->params[0], S("presentation"), &id));
    r->status = 204;
    return licence_present_end(q->city, q->a, q->actor, id, q->now);
}

const struct endpoint EP_PRESENTATION_END = {
    .method = "POST",
    .path = "/presentations/{id}/end",
    .right = {RIGHT_SELF, 0, false},
    .flags = EP_JSON_BODY,
    .summary_zh = "提前结束出示",
    .summary_en = "End a code before its time",
    .request_schema = "{\"type\":\"object\",\"additionalProperties\":false}",
    .handle = handle,
};
