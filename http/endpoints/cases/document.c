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
    bool original = slice_is(request_query(q, "form"), "original");
    TRY(case_document(q->city, q->a, id, doc, original ? DOCUMENT_ORIGINAL : DOCUMENT_RENDITION, &r->bytes, &title));
    r->content_type = original ? S("application/ofd") : S("application/pdf");
    r->filename = arena_printf(q->a, "%.*s.%s", SLICE_ARG(title), original ? "ofd" : "pdf");
    return ok();
}

static const struct query_parameter QUERY[] = {{.name = "form",
                                                .help_zh = "original：证照的 OFD 原件；rendition：PDF 版式件",
                                                .help_en = "original: the OFD of a licence; rendition: the PDF",
                                                .choices = "rendition|original",
                                                .standard = "rendition"},
                                               {.name = NULL}};

const struct endpoint EP_CASES_DOCUMENT = {
    .method = "GET",
    .path = "/cases/{id}/documents/{doc}",
    .right = {RIGHT_SIGNED_IN, 0, false},
    .flags = 0,
    .query = QUERY,
    .summary_zh = "下载办件文书",
    .summary_en = "Download a document of the case",
    .handle = handle,
};
