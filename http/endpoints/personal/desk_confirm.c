/* The second officer's word on an answer that would erase. */
#include "city/personal/personal.h"
#include "http/endpoints/personal/endpoints.h"

static result handle(const struct request *q, struct reply *r)
{
    struct id id;
    TRY(id_parse(q->a, q->params[0], S("request"), &id));
    r->status = 204;
    return personal_confirm(q->city, q->a, q->actor, id, json_bool(q->body, "agree", false), q->now);
}

const struct endpoint EP_RIGHTS_CONFIRM = {
    .method = "POST",
    .path = "/desk/rights/{id}/confirm",
    .right = {RIGHT_STAFF, 0, false},
    .flags = EP_JSON_BODY,
    .summary_zh = "复核会导致删除的答复",
    .summary_en = "Agree to an answer that erases, or send it back",
    .request_schema =
        "{\"type\":\"object\",\"additionalProperties\":false,\"required\":[\"agree\"],\"properties\":{\"agree\":{\"type\":\"boolean\"}}}",
    .handle = handle,
};
