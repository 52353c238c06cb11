/* Deletes one of mine. */
#include "city/identity/desk.h"
#include "http/endpoints/desk_settings/endpoints.h"

static result handle(const struct request *q, struct reply *r)
{
    struct id id;
    TRY(id_parse(q->a, q->params[0], S("id"), &id));
    r->status = 204;
    return template_delete(q->city, q->a, q->actor, id);
}

const struct endpoint EP_TEMPLATE_DELETE = {
    .method = "DELETE",
    .path = "/desk/templates/{id}",
    .right = {RIGHT_STAFF, 0, false},
    .summary_zh = "删除意见模板",
    .summary_en = "Delete an opinion template",
    .handle = handle,
};
