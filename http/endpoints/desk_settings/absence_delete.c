/* Deletes one of mine. */
#include "city/identity/desk.h"
#include "http/endpoints/desk_settings/endpoints.h"

static result handle(const struct request *q, struct reply *r)
{
    struct id id;
    TRY(id_parse(q->a, q->params[0], S("id"), &id));
    r->status = 204;
    return absence_delete(q->city, q->a, q->actor, id, q->now);
}

const struct endpoint EP_ABSENCE_DELETE = {
    .method = "DELETE",
    .path = "/desk/absences/{id}",
    .right = {RIGHT_STAFF, 0, false},
    .summary_zh = "取消请假",
    .summary_en = "Delete an absence",
    .handle = handle,
};
