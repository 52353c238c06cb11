/* What the city knows of me, with source and date. */
#include "city/identity/identity.h"
#include "http/endpoints/me/endpoints.h"

static result handle(const struct request *q, struct reply *r)
{
    if (!id_is_none(q->actor->delegation)) return fail(q->a, CODE_FORBIDDEN, S("me"), "right", S("principal"), NULL);
    instant asked;
    const struct json *fields;
    struct json_builder b = json_builder(q->a);
    TRY(profile_fields_json(q->city, q->a, q->actor->subject, &fields));
    TRY(erasure_waiting(q->city, q->a, q->actor->subject, &asked));
    json_set(&b, "erasure_asked_at", asked ? json_of_string(q->a, instant_text(q->a, asked)) : json_null());
    r->body = json_merge(q->a, fields, json_object(&b));
    return ok();
}

const struct endpoint EP_ME_PROFILE = {
    .method = "GET",
    .path = "/me/profile",
    .right = {RIGHT_SELF, 0, false},
    .summary_zh = "本市掌握的本人信息",
    .summary_en = "What the city knows of me",
    .handle = handle,
};
