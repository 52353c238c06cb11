/* The listener: connections, requests handed to workers, start and stop. */
#include "http/internal.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <stdarg.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"

/* ---- workers ---- */

/* Suspends the connection and hands the request over; false: the workers are ending. */
static bool enqueue(struct http *h, struct exchange *x)
{
    (void)pthread_mutex_lock(&h->lock);
    if (h->stopping) {
        (void)pthread_mutex_unlock(&h->lock);
        return false;
    }
    MHD_suspend_connection(x->connection);
    if (x->conn) x->conn->deadline = 0;
    x->next = NULL;
    if (h->last)
        h->last->next = x;
    else
        h->first = x;
    h->last = x;
    h->queued++;
    (void)pthread_cond_signal(&h->wake);
    (void)pthread_mutex_unlock(&h->lock);
    return true;
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
    /* the last one is what the proxy itself saw; those before it are the client's own words */
    while (slice_cut(forwarded, ',', &first, &rest)) forwarded = rest;
    return arena_copy(a, slice_sub(slice_trim(forwarded), 0, INET6_ADDRSTRLEN));
}

/* The request line is here: what follows belongs to this exchange (*con_cls of the listener's calls). */
static void *line(void *cls, const char *uri, struct MHD_Connection *c)
{
    struct http *h = cls;
    struct arena *a = arena_new("request");
    struct exchange *x = NEW(a, struct exchange);
    x->a = a;
    x->h = h;
    x->connection = c;
    x->conn = conn_of(c);
    x->target = arena_copy(a, slice_cstr(uri));
    return x;
}

static void find(struct exchange *x)
{
    struct http *h = x->h;
    bool api = slice_starts(x->path, S("/api/v1/"));
    if (slice_is(x->path, "/healthz")) x->special = SPECIAL_HEALTH;
    if (slice_is(x->path, "/metrics")) x->special = SPECIAL_METRICS;
    /* readers of feeds and of the log are given short addresses; that of the OpenID provider is the standard's */
    if (api || slice_starts(x->path, S("/feeds/")) || slice_is(x->path, "/log/checkpoint") ||
        slice_starts(x->path, S("/log/tile/")) || slice_starts(x->path, S("/.well-known/"))) {
        x->interface = true;
        struct slice below = api ? slice_sub(x->path, sizeof "/api/v1" - 1, x->path.n) : x->path;
        x->route = router_match(h->router, x->method, below, x->q.params, &x->q.nparams, &x->path_known);
        if (!x->route && x->path_known) x->allow = router_allow(h->router, x->a, below);
    } else if (!slice_is(x->method, "GET")) {
        x->special = SPECIAL_NONE;
        x->path_known = true;
        x->allow = S("GET, HEAD");
    }
}

static void begin(struct exchange *x, const char *method)
{
    struct http *h = x->h;
    int64_t announced = -1;
    x->begun = true;
    x->method = slice_cstr(method);
    if (slice_is(x->method, "HEAD")) x->method = S("GET");
    x->q.now = time_now(h->o.city->time);
    x->q.request_id = id_new(x->q.now);
    x->q.peer = peer_of(h, x->connection, x->a);
    x->bad_target = !target_split(x->target, &x->path, &x->q.query);
    if (!x->bad_target) find(x);
    if (h->o.tls_client && h->o.tls_cert.n && x->route && (x->route->e->flags & EP_CERTIFICATE))
        x->q.tls = tls_client_of(x->a, x->connection);
    size_t max = x->route && x->route->e->body_max ? x->route->e->body_max : BODY_DEFAULT;
    x->body = buf_new(x->a, max);
    if (!slice_int64(header(x->connection, "Content-Length"), &announced)) announced = -1;
    if (announced > (int64_t)max) x->too_large = true;
    conn_allow(h, x->conn, h->o.body_ms, announced >= 0 && announced < (int64_t)max ? (size_t)announced : max);
    h->requests++;
}

#define DRAIN_MAX ((size_t)32 * 1024 * 1024)

/* A body that is too large is read all the same, within a bound: closing on a client that still sends resets the connection,
 * and it (or the proxy in front) never gets to read why. */
static enum MHD_Result take(struct exchange *x, const char *upload, size_t *size)
{
    if (!x->too_large) buf_put(&x->body, slice_of(upload, *size));
    if (x->body.overflow) x->too_large = true;
    if (x->too_large) x->drained += *size;
    *size = 0;
    return x->drained > DRAIN_MAX ? MHD_NO : MHD_YES;
}

/* Refused before it is read: the client waits to be told (RFC 9110 10.1.1), or there is too much to read it. */
static bool refuse_now(struct exchange *x)
{
    int64_t announced;
    if (!x->too_large) return false;
    if (header(x->connection, "Expect").n) return true;
    return slice_int64(header(x->connection, "Content-Length"), &announced) && announced > (int64_t)DRAIN_MAX;
}

static enum MHD_Result answer(void *cls, struct MHD_Connection *c, const char *url, const char *method,
                              const char *version, const char *upload, size_t *upload_size, void **con_cls)
{
    struct http *h = cls;
    struct exchange *x = *con_cls;
    (void)url;
    (void)version;
    if (!x->begun) {
        begin(x, method);
        if (refuse_now(x)) {
            exchange_refuse(x, CODE_TOO_LARGE);
            return http_send(x);
        }
        bool page = !x->bad_target && !x->special && slice_is(x->method, "GET") && !x->interface;
        return page ? static_answer(h, c, x->path) : MHD_YES;
    }
    if (*upload_size) return take(x, upload, upload_size);
    if (x->done) return http_send(x);
    if (!enqueue(h, x)) {
        exchange_refuse(x, CODE_UNAVAILABLE);
        return http_send(x);
    }
    return MHD_YES;
}

static void completed(void *cls, struct MHD_Connection *c, void **con_cls, enum MHD_RequestTerminationCode code)
{
    struct http *h = cls;
    struct exchange *x = *con_cls;
    (void)c;
    (void)code;
    if (!x) return;
    conn_allow(h, x->conn, h->o.idle_ms + h->o.header_ms, 0);
    arena_free(x->a);
    *con_cls = NULL;
}

/* Addresses stay percent-encoded: request_query decodes values, and no path of ours has an escape. */
static size_t raw(void *cls, struct MHD_Connection *c, char *s)
{
    (void)cls;
    (void)c;
    return strlen(s);
}

/* ---- start and stop ---- */

/* Once it runs, the library tells of faults of clients: nothing an operator must act on. */
static void mhd_log(void *cls, const char *fmt, va_list ap)
{
    char text[256];
    const struct http *h = cls;
    (void)vsnprintf(text, sizeof text, fmt, ap);
    log_event(h->daemon ? LEVEL_DEBUG : LEVEL_WARN, "http.library", "text", log_text(slice_trim(slice_cstr(text))),
              NULL);
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

result http_address_loopback(struct arena *a, struct slice address, bool *out)
{
    struct addrinfo *list;
    TRY(resolve(a, address, &list));
    *out = true;
    for (struct addrinfo *i = list; i; i = i->ai_next) {
        const struct sockaddr_in *v4 = (const struct sockaddr_in *)(const void *)i->ai_addr;
        const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)(const void *)i->ai_addr;
        bool four = i->ai_family == AF_INET && (ntohl(v4->sin_addr.s_addr) >> 24) == 127;
        bool six = i->ai_family == AF_INET6 && IN6_IS_ADDR_LOOPBACK(&v6->sin6_addr);
        *out = *out && (four || six);
    }
    freeaddrinfo(list);
    return ok();
}

static result daemon_start(struct arena *a, struct http *h)
{
    struct addrinfo *ai;
    unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG | MHD_USE_ITC;
    TRY(resolve(a, h->o.address, &ai));
    if (ai->ai_family == AF_INET6) flags |= MHD_USE_IPv6;
    bool tls = h->o.tls_cert.n > 0;
    struct MHD_OptionItem more[] = {
        {MHD_OPTION_HTTPS_MEM_CERT, 0, tls ? arena_cstr(h->a, h->o.tls_cert) : NULL},
        {MHD_OPTION_HTTPS_MEM_KEY, 0, tls ? arena_cstr(h->a, h->o.tls_key) : NULL},
        /* TLS 1.2 and 1.3 only, authenticated encryption only (GB/T 22239 8.1.2.2; RFC 9325) */
        {MHD_OPTION_HTTPS_PRIORITIES, 0,
         "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2:-RSA:-CIPHER-ALL:+AES-256-GCM"
         ":+AES-128-GCM:+CHACHA20-POLY1305:%SERVER_PRECEDENCE"},
        {MHD_OPTION_END, 0, NULL}};
    struct MHD_OptionItem none[] = {{MHD_OPTION_END, 0, NULL}};
    if (tls) flags |= MHD_USE_TLS;
    unsigned per_peer = h->o.proxied ? 0 : h->o.per_peer ? (unsigned)h->o.per_peer : 512u; /* 0: no limit */
    h->daemon = MHD_start_daemon(
        flags, 0, NULL, NULL, answer, h, MHD_OPTION_EXTERNAL_LOGGER, mhd_log, h, MHD_OPTION_SOCK_ADDR, ai->ai_addr,
        MHD_OPTION_NOTIFY_COMPLETED, completed, h, MHD_OPTION_NOTIFY_CONNECTION, conn_notify, h,
        MHD_OPTION_URI_LOG_CALLBACK, line, h, MHD_OPTION_UNESCAPE_CALLBACK, raw, NULL, MHD_OPTION_CONNECTION_TIMEOUT,
        (unsigned)((h->o.idle_ms + 999) / 1000), MHD_OPTION_CONNECTION_LIMIT, 4000u, MHD_OPTION_PER_IP_CONNECTION_LIMIT,
        per_peer, MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)64 * 1024, MHD_OPTION_LISTENING_ADDRESS_REUSE, 1u,
        MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_ARRAY, tls ? more : none, MHD_OPTION_END);
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
    if (h->o.header_ms == 0) h->o.header_ms = 30 * 1000;
    if (h->o.body_ms == 0) h->o.body_ms = 60 * 1000;
    if (h->o.idle_ms == 0) h->o.idle_ms = 60 * 1000;
    h->limits = limits_new(a, o->rate_general, o->rate_costly, o->rate_certificate);
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
