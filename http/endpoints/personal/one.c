/* One of my requests, with what was asked and answered. */
#include "city/personal/personal.h"
#include "http/endpoints/personal/endpoints.h"

static result handle(const struct request *q, struct reply *r)
{
    struct id id;
    TRY(id_parse(q->a, q->params[0], S("request"), &id));
    return personal_own(q->city, q->a, q->actor, id, q->now, &r->body);
}

const struct endpoint EP_RIGHTS_ONE = {
    .method = "GET",
    .path = "/me/rights/{id}",
    .right = {RIGHT_SELF, 0, false},
    .summary_zh = "一件个人信息权利申请",
    .summary_en = "One request about my data",
    .handle = handle,
};
