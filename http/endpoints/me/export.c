/* One JSON file of everything about me. */
#include "city/identity/identity.h"
#include "http/endpoints/me/endpoints.h"

static result handle(const struct request *q, struct reply *r)
{
    if (!id_is_none(q->actor->delegation)) return fail(q->a, CODE_FORBIDDEN, S("me"), "right", S("principal"), NULL);
    const struct json *cases;
    TRY(subject_cases(q->city, q->a, q->actor->subject, q->now, &cases));
    TRY(identity_export(q->city, q->a, q->actor, q->now, cases, &r->body));
    r->filename = S("my-data.json");
    return ok();
}

const struct endpoint EP_ME_EXPORT = {
    .method = "GET",
    .path = "/me/export",
    .right = {RIGHT_SELF, 0, false},
    .summary_zh = "导出本人全部信息",
    .summary_en = "Everything about me",
    .handle = handle,
};
