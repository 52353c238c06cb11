/* Destroys the data key. */
#include "city/identity/identity.h"
#include "http/endpoints/admin/endpoints.h"

static result handle(const struct request *q, struct reply *r)
{
    struct id id;
    TRY(id_parse(q->a, q->params[0], S("id"), &id));
    struct id subject;
    int64_t open;
    TRY(erasure_subject(q->city, q->a, id, &subject));
    TRY(subject_open_cases(q->city, q->a, subject, &open));
    r->status = 204;
    return erasure_approve(q->city, q->a, q->actor, id, open, q->now);
}

const struct endpoint EP_ERASURE_APPROVE = {
    .method = "POST",
    .path = "/admin/erasures/{id}/approve",
    .right = {RIGHT_ROLES, 1u << ROLE_SECURITY, false},
    .summary_zh = "批准删除（销毁密钥）",
    .summary_en = "Approve an erasure",
    .handle = handle,
};
