/* Pages and assets from the binary, on the listener's thread; /healthz and /metrics, on a worker. */
#include "http/internal.h"

#include <netinet/in.h>

static const struct asset *asset_find(const struct http *h, struct slice path)
{
    for (size_t i = 0; i < h->o.nassets; i++)
        if (slice_eq(h->o.assets[i].path, path)) return &h->o.assets[i];
    return NULL;
}

/* Which page answers an address of the single-page parts. */
static struct slice page_of(struct slice path)
{
    static const char *const DESK[] = {"/desk", "/board", "/studio", "/ops"};
    static const char *const PUBLIC[] = {"/verify",  "/shared/", "/p/",      "/coverage",  "/api", "/errors/",
                                         "/privacy", "/rate/",   "/ratings", "/briefings", "/log", "/licence-types"};
    for (size_t i = 0; i < sizeof DESK / sizeof *DESK; i++)
        if (slice_starts(path, slice_cstr(DESK[i]))) return S("/desk.html");
    for (size_t i = 0; i < sizeof PUBLIC / sizeof *PUBLIC; i++)
        if (slice_starts(path, slice_cstr(PUBLIC[i]))) return S("/public.html");
    return S("/portal.html");
}

static bool accepts(struct MHD_Connection *c, const char *coding)
{
    return coding_accepted(header(c, "Accept-Encoding"), coding);
}

static enum MHD_Result send_bytes(struct http *h, struct MHD_Connection *c, unsigned status, const char *type,
                                  struct slice s, bool api)
{
    struct MHD_Response *r = MHD_create_response_from_buffer(s.n, (void *)(uintptr_t)s.p, MHD_RESPMEM_MUST_COPY);
    if (!r) return MHD_NO;
    http_headers(h, r, api);
    (void)MHD_add_response_header(r, "Content-Type", type);
    enum MHD_Result out = MHD_queue_response(c, status, r);
    MHD_destroy_response(r);
    return out;
}

static enum MHD_Result send_asset(struct http *h, struct MHD_Connection *c, const struct asset *f)
{
    struct arena *a = arena_new("asset");
    struct slice body = f->bytes, etag = arena_printf(a, "\"%.*s\"", SLICE_ARG(f->etag));
    const char *coding = NULL;
    bool same = etag_listed(header(c, "If-None-Match"), f->etag);
    if (f->br.n && accepts(c, "br")) {
        body = f->br;
        coding = "br";
    } else if (f->gz.n && accepts(c, "gzip")) {
        body = f->gz;
        coding = "gzip";
    }
    if (same) body = (struct slice){"", 0};
    struct MHD_Response *r = MHD_create_response_from_buffer(body.n, (void *)(uintptr_t)body.p, MHD_RESPMEM_PERSISTENT);
    http_headers(h, r, false);
    if (coding && !same) (void)MHD_add_response_header(r, "Content-Encoding", coding);
    (void)MHD_add_response_header(r, "Vary", "Accept-Encoding");
    (void)MHD_add_response_header(r, "Content-Type", arena_cstr(a, f->type));
    (void)MHD_add_response_header(r, "ETag", arena_cstr(a, etag));
    bool hashed = slice_starts(f->path, S("/assets/"));
    (void)MHD_add_response_header(r, "Cache-Control", hashed ? "public, max-age=31536000, immutable" : "no-cache");
    enum MHD_Result out = MHD_queue_response(c, same ? 304 : 200, r);
    MHD_destroy_response(r);
    arena_free(a);
    return out;
}

static bool metrics_allowed(struct http *h, struct MHD_Connection *c)
{
    struct slice given = header(c, "Authorization");
    const union MHD_ConnectionInfo *i = MHD_get_connection_info(c, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    if (h->o.metrics_token.n)
        return slice_starts(given, S("Bearer ")) && slice_eq_secret(slice_sub(given, 7, given.n), h->o.metrics_token);
    if (!i || !i->client_addr || header(c, "X-Forwarded-For").n) return false;
    const struct sockaddr_in *v4 = (const struct sockaddr_in *)(const void *)i->client_addr;
    const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)(const void *)i->client_addr;
    return i->client_addr->sa_family == AF_INET ? (ntohl(v4->sin_addr.s_addr) >> 24) == 127
                                                : IN6_IS_ADDR_LOOPBACK(&v6->sin6_addr);
}

/* A name with an ending ("/robots.txt") is a file; addresses of pages have none, but for codes of errors. */
static bool names_file(struct slice path)
{
    size_t last = path.n;
    while (last && path.p[last - 1] != '/') last--;
    return slice_find(path, '.', last) != SIZE_MAX && !slice_starts(path, S("/errors/"));
}

enum MHD_Result static_answer(struct http *h, struct MHD_Connection *c, struct slice path)
{
    const struct asset *f = asset_find(h, path);
    if (f) return send_asset(h, c, f);
    if (slice_starts(path, S("/assets/")) || names_file(path))
        return send_bytes(h, c, 404, "text/plain; charset=utf-8", S("not found\n"), true);
    f = asset_find(h, page_of(path));
    if (f) return send_asset(h, c, f);
    return send_bytes(h, c, 503, "text/plain; charset=utf-8",
                      S("This build has no pages (npm was not there); the interface is under /api/v1.\n"), true);
}

void special_answer(struct exchange *x)
{
    bool health = x->special == SPECIAL_HEALTH;
    bool good = health ? health_good(x->h, x->a) : metrics_allowed(x->h, x->connection);
    int bad = health ? 503 : 403;
    x->status = good ? 200 : bad;
    x->reply.content_type = health ? S("text/plain; charset=utf-8") : S("text/plain; version=0.0.4; charset=utf-8");
    x->content = !good ? S("no\n") : health ? health_text(x->h) : metrics_text(x->h, x->a);
    x->done = true;
}
