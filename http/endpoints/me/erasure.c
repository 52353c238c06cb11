/* Asks for erasure; the security officer decides. */
#include "city/identity/identity.h"
#include "http/endpoints/me/endpoints.h"

static result handle(const struct request *q, struct reply *r)
{
    if (!id_is_none(q->actor->delegation)) return fail(q->a, CODE_FORBIDDEN, S("me"), "right", S("principal"), NULL);
    int64_t open;
    struct id id;
    struct json_builder b = json_builder(q->a);
    TRY(subject_open_cases(q->city, q->a, q->actor->subject, &open));
    TRY(erasure_request(q->city, q->a, q->actor, open, q->now, &id));
    json_set_str(&b, "id", id_text(q->a, id));
    r->status = 202;
    r->body = json_object(&b);
    return ok();
}

const struct endpoint EP_ME_ERASURE = {
    .method = "POST",
    .path = "/me/erasure",
    .right = {RIGHT_SELF, 0, false},
    .summary_zh = "申请删除本人信息",
    .summary_en = "Ask for erasure",
    .handle = handle,
};
