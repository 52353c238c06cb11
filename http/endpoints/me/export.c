/* One JSON file of everything about me. */
#include "city/identity/identity.h"
#include "city/seals/seals.h"
#include "http/endpoints/me/endpoints.h"

static result handle(const struct request *q, struct reply *r)
{
    if (!id_is_none(q->actor->delegation)) return fail(q->a, CODE_FORBIDDEN, S("me"), "right", S("principal"), NULL);
    const struct json *cases, *seals, *all;
    struct json_builder b = json_builder(q->a);
    TRY(subject_cases(q->city, q->a, q->actor->subject, q->now, &cases));
    TRY(identity_export(q->city, q->a, q->actor, q->now, cases, &all));
    TRY(seal_export(q->city, q->a, q->actor->subject, &seals));
    json_set(&b, "seals", seals);
    r->body = json_merge(q->a, all, json_object(&b));
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
