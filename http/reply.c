/* From a finished exchange to the wire: headers every reply has, cookies, download names. */
#include "http/internal.h"

static void add(struct MHD_Response *r, const char *name, struct arena *a, struct slice value)
{
    (void)MHD_add_response_header(r, name, arena_cstr(a, value));
}

void http_headers(const struct http *h, struct MHD_Response *r, bool api)
{
    (void)MHD_add_response_header(r, "X-Content-Type-Options", "nosniff");
    (void)MHD_add_response_header(r, "Referrer-Policy", "same-origin");
    (void)MHD_add_response_header(r, "Cross-Origin-Opener-Policy", "same-origin");
    (void)MHD_add_response_header(r, "Cross-Origin-Resource-Policy", "same-origin");
    (void)MHD_add_response_header(r, "Permissions-Policy", "geolocation=(), microphone=(), payment=(), usb=()");
    (void)MHD_add_response_header(
        r, "Content-Security-Policy",
        api ? "default-src 'none'; frame-ancestors 'none'; sandbox"
            : "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' blob:; object-src 'none';"
              " base-uri 'none'; form-action 'self'; frame-ancestors 'none'");
    if (h->o.secure_cookies) (void)MHD_add_response_header(r, "Strict-Transport-Security", "max-age=31536000");
    if (api) (void)MHD_add_response_header(r, "Cache-Control", "no-store");
}

static void set_cookie(struct exchange *x, struct MHD_Response *r)
{
    struct slice s = x->reply.set_session;
    const char *name = x->h->o.secure_cookies ? "__Host-tongban" : "tongban";
    const char *secure = x->h->o.secure_cookies ? "; Secure" : "";
    if (s.n == 0) return;
    if (slice_is(s, "-"))
        add(r, "Set-Cookie", x->a,
            arena_printf(x->a, "%s=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0%s", name, secure));
    else
        add(r, "Set-Cookie", x->a,
            arena_printf(x->a, "%s=%.*s; Path=/; HttpOnly; SameSite=Lax%s", name, SLICE_ARG(s), secure));
}

/* RFC 6266/5987: an ASCII fallback and the real name. */
static struct slice disposition(struct arena *a, struct slice name)
{
    struct buf b = buf_new(a, 4096);
    buf_puts(&b, "attachment; filename=\"download\"; filename*=UTF-8''");
    for (size_t i = 0; i < name.n; i++) buf_printf(&b, "%%%02X", (unsigned char)name.p[i]);
    return buf_slice(&b);
}

enum MHD_Result http_send(struct exchange *x)
{
    if (x->route && (x->route->e->flags & EP_STREAM) && x->status == 200) return stream_open(x);
    struct MHD_Response *r =
        MHD_create_response_from_buffer(x->content.n, (void *)(uintptr_t)x->content.p, MHD_RESPMEM_PERSISTENT);
    if (!r) return MHD_NO;
    http_headers(x->h, r, true);
    if (x->reply.content_type.n) add(r, "Content-Type", x->a, x->reply.content_type);
    if (x->reply.etag.n) add(r, "ETag", x->a, arena_printf(x->a, "\"%.*s\"", SLICE_ARG(x->reply.etag)));
    if (x->reply.last_modified) {
        add(r, "Last-Modified", x->a, http_date_text(x->a, x->reply.last_modified));
        (void)MHD_del_response_header(r, "Cache-Control", "no-store");
        (void)MHD_add_response_header(r, "Cache-Control", "no-cache");
    }
    if (x->reply.cache.n) {
        (void)MHD_del_response_header(r, "Cache-Control", "no-store");
        add(r, "Cache-Control", x->a, x->reply.cache);
        /* whoever checks the log from a page of their own may: nothing of it depends on who asks */
        (void)MHD_add_response_header(r, "Access-Control-Allow-Origin", "*");
        (void)MHD_del_response_header(r, "Cross-Origin-Resource-Policy", "same-origin");
    }
    /* RFC 6750 3, RFC 6749 5.2: how a system shows who it is */
    if (x->status == 401 && x->route && slice_starts(slice_cstr(x->route->e->path), S("/oidc/")))
        add(r, "WWW-Authenticate", x->a,
            slice_is(x->method, "GET") ? S("Bearer error=\"invalid_token\"") : S("Basic realm=\"oidc\""));
    if (x->reply.location.n) add(r, "Location", x->a, x->reply.location);
    if (x->reply.filename.n) add(r, "Content-Disposition", x->a, disposition(x->a, x->reply.filename));
    if (x->reply.replayed) add(r, "Idempotency-Replayed", x->a, S("true"));
    if (x->retry_after) add(r, "Retry-After", x->a, arena_printf(x->a, "%lld", (long long)x->retry_after));
    if (x->allow.n && x->status == 405) add(r, "Allow", x->a, x->allow);
    set_cookie(x, r);
    conn_allow(x->h, x->conn, x->h->o.body_ms, x->content.n);
    enum MHD_Result out = MHD_queue_response(x->connection, (unsigned)x->status, r);
    MHD_destroy_response(r);
    return out;
}
