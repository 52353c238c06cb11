#include "http/internal.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <stdarg.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"

/* ---- workers ---- */

static void enqueue(struct http *h, struct exchange *x)
{
    (void)pthread_mutex_lock(&h->lock);
    x->next = NULL;
    if (h->last)
        h->last->next = x;
    else
        h->first = x;
    h->last = x;
    h->queued++;
    (void)pthread_cond_signal(&h->wake);
    (void)pthread_mutex_unlock(&h->lock);
}

static struct exchange *dequeue(struct http *h)
{
    (void)pthread_mutex_lock(&h->lock);
    while (!h->first && !h->stopping) (void)pthread_cond_wait(&h->wake, &h->lock);
    struct exchange *x = h->first;
    if (x) {
        h->first = x->next;
        if (!h->first) h->last = NULL;
        h->queued--;
    }
    (void)pthread_mutex_unlock(&h->lock);
    return x;
}

static int64_t micros(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static void *worker(void *arg)
{
    struct http *h = arg;
    struct exchange *x;
    while ((x = dequeue(h))) {
        int64_t from = micros();
        h->busy++;
        exchange_run(x);
        h->busy--;
        if (x->route) {
            x->route->count++;
            x->route->micros += micros() - from;
            if (x->status >= 500) x->route->errors++;
        }
        MHD_resume_connection(x->connection);
    }
    return NULL;
}

/* ---- one request, on the listener's thread ---- */

static struct slice peer_of(struct http *h, struct MHD_Connection *c, struct arena *a)
{
    const union MHD_ConnectionInfo *i = MHD_get_connection_info(c, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    char text[INET6_ADDRSTRLEN] = "";
    if (!i || !i->client_addr) return S("unknown");
    if (i->client_addr->sa_family == AF_INET)
        (void)inet_ntop(AF_INET, &((const struct sockaddr_in *)(const void *)i->client_addr)->sin_addr, text,
                        sizeof text);
    else if (i->client_addr->sa_family == AF_INET6)
        (void)inet_ntop(AF_INET6, &((const struct sockaddr_in6 *)(const void *)i->client_addr)->sin6_addr, text,
                        sizeof text);
    struct slice direct = slice_cstr(text), first, rest;
    bool loopback = slice_starts(direct, S("127.")) || slice_is(direct, "::1");
    struct slice forwarded = header(c, "X-Forwarded-For");
    if (!h->o.proxied || !loopback || forwarded.n == 0) return arena_copy(a, direct);
    (void)slice_cut(forwarded, ',', &first, &rest);
    return arena_copy(a, slice_sub(slice_trim(first), 0, INET6_ADDRSTRLEN));
}

static struct exchange *begin(struct http *h, struct MHD_Connection *c, const char *url, const char *method)
{
    struct arena *a = arena_new("request");
    struct exchange *x = NEW(a, struct exchange);
    x->a = a;
    x->h = h;
    x->connection = c;
    x->method = slice_cstr(method);
    if (slice_is(x->method, "HEAD")) x->method = S("GET");
    x->path = arena_copy(a, slice_cstr(url));
    x->q.now = time_now(h->o.city->time);
    x->q.request_id = id_new(x->q.now);
    x->q.peer = peer_of(h, c, a);
    struct slice below = slice_sub(x->path, sizeof "/api/v1" - 1, x->path.n);
    x->route = router_match(h->router, x->method, below, x->q.params, &x->q.nparams, &x->path_known);
    size_t max = x->route && x->route->e->body_max ? x->route->e->body_max : BODY_DEFAULT;
    x->body = buf_new(a, max);
    int64_t announced;
    if (slice_int64(header(c, "Content-Length"), &announced) && announced > (int64_t)max) x->too_large = true;
    h->requests++;
    return x;
}

/* libmicrohttpd splits the query off; it is put together again for request_query, which decodes it. */
static enum MHD_Result query_part(void *cls, enum MHD_ValueKind kind, const char *key, const char *value)
{
    struct buf *b = cls;
    (void)kind;
    if (b->n) buf_putc(b, '&');
    static const char SAFE[] = "-._~";
    for (int i = 0; i < 2; i++) {
        const char *z = i == 0 ? key : value;
        if (i == 1) buf_putc(b, '=');
        for (; z && *z; z++) {
            bool plain =
                (*z >= '0' && *z <= '9') || (*z >= 'a' && *z <= 'z') || (*z >= 'A' && *z <= 'Z') || strchr(SAFE, *z);
            if (plain)
                buf_putc(b, *z);
            else
                buf_printf(b, "%%%02X", (unsigned char)*z);
        }
    }
    return MHD_YES;
}

static void add_query(struct exchange *x)
{
    struct buf b = buf_new(x->a, QUERY_MAX);
    (void)MHD_get_connection_values(x->connection, MHD_GET_ARGUMENT_KIND, query_part, &b);
    x->q.query = buf_slice(&b);
}

static enum MHD_Result answer(void *cls, struct MHD_Connection *c, const char *url, const char *method,
                              const char *version, const char *upload, size_t *upload_size, void **con_cls)
{
    struct http *h = cls;
    struct exchange *x = *con_cls;
    enum MHD_Result out;
    (void)version;
    if (!x) {
        if (!slice_starts(slice_cstr(url), S("/api/v1/")) &&
            static_answer(h, c, slice_cstr(method), slice_cstr(url), &out))
            return out;
        *con_cls = x = begin(h, c, url, method);
        return MHD_YES;
    }
    if (*upload_size) {
        if (!x->too_large) buf_put(&x->body, slice_of(upload, *upload_size));
        if (x->body.overflow) x->too_large = true;
        *upload_size = 0;
        return MHD_YES;
    }
    if (x->done) return http_send(x);
    add_query(x);
    MHD_suspend_connection(c);
    enqueue(h, x);
    return MHD_YES;
}

static void completed(void *cls, struct MHD_Connection *c, void **con_cls, enum MHD_RequestTerminationCode code)
{
    struct exchange *x = *con_cls;
    (void)cls;
    (void)c;
    (void)code;
    if (x) arena_free(x->a);
    *con_cls = NULL;
}

/* ---- replies ---- */

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
    if (x->reply.filename.n) add(r, "Content-Disposition", x->a, disposition(x->a, x->reply.filename));
    if (x->reply.replayed) add(r, "Idempotency-Replayed", x->a, S("true"));
    if (x->status == 429) add(r, "Retry-After", x->a, S("5"));
    set_cookie(x, r);
    enum MHD_Result out = MHD_queue_response(x->connection, (unsigned)x->status, r);
    MHD_destroy_response(r);
    return out;
}

/* ---- start and stop ---- */

static void mhd_log(void *cls, const char *fmt, va_list ap)
{
    char text[256];
    (void)cls;
    (void)vsnprintf(text, sizeof text, fmt, ap);
    log_event(LEVEL_WARN, "http.library", "text", log_text(slice_trim(slice_cstr(text))), NULL);
}

static result resolve(struct arena *a, struct slice address, struct addrinfo **out)
{
    size_t colon = SIZE_MAX;
    for (size_t i = address.n; i-- > 0 && colon == SIZE_MAX;)
        if (address.p[i] == ':') colon = i;
    struct slice host = colon == SIZE_MAX ? address : slice_sub(address, 0, colon);
    struct slice port = colon == SIZE_MAX ? S("8080") : slice_sub(address, colon + 1, address.n);
    if (host.n > 2 && host.p[0] == '[') host = slice_sub(host, 1, host.n - 2);
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV | AI_PASSIVE};
    int rc = getaddrinfo(arena_cstr(a, host), arena_cstr(a, port), &hints, out);
    if (rc == 0) return ok();
    return fail(a, CODE_HTTP_LISTEN, S("listen"), "value", address, "detail", slice_cstr(gai_strerror(rc)), NULL);
}

static result daemon_start(struct arena *a, struct http *h)
{
    struct addrinfo *ai;
    unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG | MHD_USE_ITC;
    TRY(resolve(a, h->o.address, &ai));
    if (ai->ai_family == AF_INET6) flags |= MHD_USE_IPv6;
    struct MHD_OptionItem tls[] = {
        {MHD_OPTION_HTTPS_MEM_CERT, 0, h->o.tls_cert.n ? arena_cstr(h->a, h->o.tls_cert) : NULL},
        {MHD_OPTION_HTTPS_MEM_KEY, 0, h->o.tls_key.n ? arena_cstr(h->a, h->o.tls_key) : NULL},
        {MHD_OPTION_END, 0, NULL}};
    struct MHD_OptionItem none[] = {{MHD_OPTION_END, 0, NULL}};
    if (h->o.tls_cert.n) flags |= MHD_USE_TLS;
    h->daemon = MHD_start_daemon(
        flags, 0, NULL, NULL, answer, h, MHD_OPTION_EXTERNAL_LOGGER, mhd_log, NULL, MHD_OPTION_SOCK_ADDR, ai->ai_addr,
        MHD_OPTION_NOTIFY_COMPLETED, completed, NULL, MHD_OPTION_CONNECTION_TIMEOUT, 60u, MHD_OPTION_CONNECTION_LIMIT,
        4000u, MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)64 * 1024, MHD_OPTION_LISTENING_ADDRESS_REUSE, 1u,
        MHD_OPTION_ARRAY, h->o.tls_cert.n ? tls : none, MHD_OPTION_END);
    freeaddrinfo(ai);
    if (h->daemon) return ok();
    return fail(a, CODE_HTTP_LISTEN, S("listen"), "value", h->o.address, "detail",
                S("address in use, not permitted, or bad certificate"), NULL);
}

result http_start(struct arena *a, const struct http_options *o, struct http **out)
{
    struct http *h = NEW(a, struct http);
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    h->a = a;
    h->o = *o;
    h->router = router_new(a, o->city->areas);
    h->limits = limits_new(a, o->rate_general, o->rate_costly);
    h->openapi = json_write(a, openapi_json(a, o->city));
    (void)pthread_mutex_init(&h->lock, NULL);
    (void)pthread_cond_init(&h->wake, NULL);
    h->nthreads = o->workers ? o->workers : (int)(cores > 0 ? cores * 2 : 4);
    if (h->nthreads > 64) h->nthreads = 64;
    TRY(daemon_start(a, h));
    for (int i = 0; i < h->nthreads; i++)
        if (pthread_create(&h->threads[i], NULL, worker, h) != 0)
            return fail(a, CODE_INTERNAL, S("http"), "detail", S("no thread"), NULL);
    if (pthread_create(&h->ticker, NULL, streams_ticker, h) != 0)
        return fail(a, CODE_INTERNAL, S("http"), "detail", S("no thread"), NULL);
    *out = h;
    return ok();
}

void http_stop(struct http *h)
{
    MHD_socket s = MHD_quiesce_daemon(h->daemon);
    (void)pthread_mutex_lock(&h->lock);
    h->stopping = true;
    (void)pthread_cond_broadcast(&h->wake);
    (void)pthread_mutex_unlock(&h->lock);
    (void)pthread_join(h->ticker, NULL);
    for (int i = 0; i < h->nthreads; i++) (void)pthread_join(h->threads[i], NULL);
    streams_wake_all(h, true);
    MHD_stop_daemon(h->daemon);
    if (s != MHD_INVALID_SOCKET) (void)close(s);
}

int http_port(const struct http *h)
{
    const union MHD_DaemonInfo *i = MHD_get_daemon_info(h->daemon, MHD_DAEMON_INFO_BIND_PORT);
    return i ? i->port : 0;
}
