/* A document of the case, as a download. */
#include "http/endpoints/cases/common.h"
#include "http/endpoints/cases/endpoints.h"

static result handle(const struct request *q, struct reply *r)
{
    struct id id, doc, subject;
    enum case_audience who = VIEW_OWNER;
    TRY(id_parse(q->a, q->params[0], S("case"), &id));
    TRY(id_parse(q->a, q->params[1], S("document"), &doc));
    if (failed(licence_held(q->city, q->a, q->actor, id, doc)))
        TRY(case_may_see(q->city, q->a, q->actor, id, &who, &subject));
    if (who == VIEW_STAFF) TRY(read_record(q->city, q->a, q->actor, q->now, subject, id, "case.document", S("task")));
    struct slice title;
    TRY(case_document(q->city, q->a, id, doc, &r->bytes, &title));
    r->content_type = S("application/pdf");
    r->filename = arena_printf(q->a, "%.*s.pdf", SLICE_ARG(title));
    return ok();
}

const struct endpoint EP_CASES_DOCUMENT = {
    .method = "GET",
    .path = "/cases/{id}/documents/{doc}",
    .right = {RIGHT_SIGNED_IN, 0, false},
    .flags = 0,
    .summary_zh = "下载办件文书",
    .summary_en = "Download a document of the case",
    .handle = handle,
};
