/* Everything about me: one file to be read by programs (JSON), or by people (HTML). */
#include "city/identity/identity.h"
#include "city/personal/personal.h"
#include "city/seals/seals.h"
#include "http/endpoints/me/endpoints.h"
#include "http/endpoints/me/readable.h"

static result handle(const struct request *q, struct reply *r)
{
    if (!id_is_none(q->actor->delegation)) return fail(q->a, CODE_FORBIDDEN, S("me"), "right", S("principal"), NULL);
    const struct json *cases, *seals, *rights, *all;
    struct json_builder b = json_builder(q->a);
    TRY(subject_cases(q->city, q->a, q->actor->subject, q->now, &cases));
    TRY(identity_export(q->city, q->a, q->actor, q->now, cases, &all));
    TRY(seal_export(q->city, q->a, q->actor->subject, &seals));
    TRY(personal_export(q->city, q->a, q->actor->subject, q->now, &rights));
    json_set(&b, "seals", seals);
    json_set(&b, "rights", rights);
    all = json_merge(q->a, all, json_object(&b));
    if (slice_is(request_query(q, "format"), "html")) {
        r->bytes = readable_export(q->a, all, q->lang);
        r->content_type = S("text/html; charset=utf-8");
        r->filename = S("my-data.html");
        return ok();
    }
    r->body = all;
    r->filename = S("my-data.json");
    return ok();
}

static const struct query_parameter QUERY[] = {{.name = "format",
                                                .help_zh = "json 供程序读取，html 供人阅读",
                                                .help_en = "json for programs, html for people",
                                                .choices = "json|html",
                                                .standard = "json"},
                                               {.name = NULL}};

const struct endpoint EP_ME_EXPORT = {
    .method = "GET",
    .path = "/me/export",
    .right = {RIGHT_SELF, 0, false},
    .summary_zh = "导出本人全部信息",
    .summary_en = "Everything about me",
    .query = QUERY,
    .handle = handle,
};
