/* Tiles and bundles of entries (C2SP tlog-tiles), as of the published checkpoint. What is in one never changes, so it may be kept for
 * ever; partial ones too, for each width has an address of its own. */
#include "city/log/log.h"
#include "http/endpoints/log/endpoints.h"

static result handle(const struct request *q, struct reply *r)
{
    struct log_published p;
    struct tlog_tile t;
    struct slice path = arena_printf(q->a, "tile/%.*s", SLICE_ARG(q->params[0]));
    if (!tlog_tile_parse(path, &t)) return fail(q->a, CODE_NOT_FOUND, S("path"), "value", path, NULL);
    TRY(log_published(q->city, q->a, &p));
    if (tlog_tile_width(t.level, t.index, p.size) < t.width)
        return fail(q->a, CODE_NOT_FOUND, S("path"), "value", path, NULL);
    TRY(log_tile(q->city, q->a, &t, &r->bytes));
    r->content_type = S("application/octet-stream");
    r->cache = S("public, max-age=31536000, immutable");
    return ok();
}

const struct endpoint EP_LOG_TILE = {
    .method = "GET",
    .path = "/log/tile/{path}",
    .right = {RIGHT_PUBLIC, 0, false},
    .flags = EP_REST,
    .summary_zh = "透明日志的分片与条目束（C2SP tlog-tiles）：L/N[.p/W]、entries/N[.p/W]；也在 /log/tile/ 下",
    .summary_en =
        "Tiles and bundles of entries of the log (C2SP tlog-tiles): L/N[.p/W], entries/N[.p/W]; below /log/tile/ too",
    .handle = handle,
};
