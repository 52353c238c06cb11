/* One OFD document, sealed and handed back. */
#include "city/seals/seals.h"
#include "http/endpoints/seals/endpoints.h"

static int64_t number(struct slice text, int64_t none)
{
    int64_t v;
    return slice_int64(text, &v) ? v : none;
}

static result handle(const struct request *q, struct reply *r)
{
    const struct seal_using u = {.ofd = q->body_bytes,
                                 .document = request_query(q, "document"),
                                 .title = request_query(q, "title"),
                                 .page = number(request_query(q, "page"), 0),
                                 .x = number(request_query(q, "x"), -1),
                                 .y = number(request_query(q, "y"), -1),
                                 .riding = slice_is(request_query(q, "riding"), "1"),
                                 .closing = slice_is(request_query(q, "closing"), "1")};
    TRY(seal_use(q->city, q->a, q->actor, q->params[0], &u, q->now, &r->bytes));
    r->content_type = S("application/ofd");
    r->filename = S("sealed.ofd");
    return ok();
}

static const struct query_parameter QUERY[] = {
    {.name = "document", SEAL_DOCUMENTS},
    {.name = "title", .help_zh = "文件名称，记入用印记录", .help_en = "what it is called, for the record", .most = 200},
    {.name = "page",
     .help_zh = "盖在第几页；默认最后一页",
     .help_en = "page; the last",
     .type = QUERY_INTEGER,
     .least = 1,
     .most = 2000},
    {.name = "x",
     .help_zh = "左上角，毫米；默认右下",
     .help_en = "left edge in mm; lower right",
     .type = QUERY_INTEGER,
     .least = 0,
     .most = 5000},
    {.name = "y",
     .help_zh = "上边，毫米",
     .help_en = "upper edge in mm",
     .type = QUERY_INTEGER,
     .least = 0,
     .most = 5000},
    {.name = "riding",
     .help_zh = "骑缝章",
     .help_en = "a riding seal over all pages",
     .choices = "0|1",
     .standard = "0"},
    {.name = "closing",
     .help_zh = "封闭文件，其后不能再盖章",
     .help_en = "nobody can seal after",
     .choices = "0|1",
     .standard = "0"},
    {.name = NULL},
};

const struct endpoint EP_SEAL_USE = {
    .method = "POST",
    .path = "/seals/{code}/use",
    .right = {RIGHT_SIGNED_IN, 0, false},
    .flags = EP_RAW_BODY,
    .body_max = 8u << 20,
    .summary_zh = "盖章（OFD）",
    .summary_en = "Seal an OFD document",
    .query = QUERY,
    .handle = handle,
};
