/* One request, for the desk; the read is recorded. */
#include "city/personal/personal.h"
#include "http/endpoints/personal/endpoints.h"

static result handle(const struct request *q, struct reply *r)
{
    struct id id;
    TRY(id_parse(q->a, q->params[0], S("request"), &id));
    return personal_desk_one(q->city, q->a, q->actor, id, q->now, &r->body);
}

const struct endpoint EP_RIGHTS_DESK_ONE = {
    .method = "GET",
    .path = "/desk/rights/{id}",
    .right = {RIGHT_STAFF, 0, false},
    .summary_zh = "一件个人信息权利申请（查看会留痕）",
    .summary_en = "One request about personal data; the read is recorded",
    .handle = handle,
};
