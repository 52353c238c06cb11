/* The listener, one thread: that what was seen is compared and replaced is one step. */
#include "app/witness/witness.h"

#include <arpa/inet.h>
#include <microhttpd.h>
#include <netdb.h>
#include <signal.h>
#include <stdio.h>
#include <time.h>

#include "base/log.h"

struct asked {
    struct arena *a;
    struct buf body;
};

static enum MHD_Result send_answer(struct MHD_Connection *c, const struct witness_answer *x)
{
    struct MHD_Response *r =
        MHD_create_response_from_buffer(x->body.n, (void *)(uintptr_t)x->body.p, MHD_RESPMEM_MUST_COPY);
    if (!r) return MHD_NO;
    (void)MHD_add_response_header(r, "Content-Type", x->content_type);
    (void)MHD_add_response_header(r, "Cache-Control", "no-store");
    (void)MHD_add_response_header(r, "X-Content-Type-Options", "nosniff");
    if (x->status == 405) (void)MHD_add_response_header(r, "Allow", "POST");
    enum MHD_Result out = MHD_queue_response(c, (unsigned)x->status, r);
    MHD_destroy_response(r);
    return out;
}

/* GET /<sha256 of the origin>/checkpoint: what was cosigned last, for monitors. GET /: who this is. */
static void show(const struct witness *w, struct arena *a, struct slice path, struct witness_answer *out)
{
    *out = (struct witness_answer){404, S("not found\n"), "text/plain; charset=utf-8"};
    if (slice_is(path, "/")) {
        struct slice vkey = note_key_text(a, &w->key);
        *out = (struct witness_answer){200, arena_printf(a, "%.*s\n", SLICE_ARG(vkey)), "text/plain; charset=utf-8"};
        return;
    }
    for (size_t i = 0; i < w->nlogs; i++) {
        struct slice name = arena_printf(a, "/%.*s/checkpoint", SLICE_ARG(slice_sub(w->logs[i].file, 5, SIZE_MAX)));
        struct slice note;
        struct checkpoint seen;
        if (!slice_eq(path, name)) continue;
        result r = witness_seen(w, a, &w->logs[i], &note, &seen);
        if (failed(r)) *out = (struct witness_answer){500, S("cannot be read\n"), "text/plain; charset=utf-8"};
        if (!failed(r) && note.n) *out = (struct witness_answer){200, note, "text/plain; charset=utf-8"};
        return;
    }
}

static void act(const struct witness *w, struct asked *q, const char *url, const char *method,
                struct witness_answer *out)
{
    struct slice path = slice_cstr(url), m = slice_cstr(method);
    if (slice_is(path, "/add-checkpoint") && slice_is(m, "POST"))
        witness_add(w, q->a, buf_slice(&q->body), time_now(time_system()), out);
    else if (slice_is(path, "/add-checkpoint"))
        *out = (struct witness_answer){405, S("POST only\n"), "text/plain; charset=utf-8"};
    else
        show(w, q->a, path, out);
}

static enum MHD_Result on_request(void *cls, struct MHD_Connection *c, const char *url, const char *method,
                                  const char *version, const char *upload, size_t *size, void **con)
{
    struct asked *q = *con;
    struct witness_answer out;
    (void)version;
    if (!q) {
        struct arena *a = arena_new("witness request");
        q = NEW(a, struct asked);
        *q = (struct asked){a, buf_new(a, WITNESS_BODY_MAX)};
        *con = q;
        return MHD_YES;
    }
    if (*size) {
        buf_put(&q->body, slice_of(upload, *size));
        *size = 0;
        return MHD_YES;
    }
    if (q->body.overflow)
        out = (struct witness_answer){413, S("larger than 64 KiB\n"), "text/plain; charset=utf-8"};
    else
        act(cls, q, url, method, &out);
    return send_answer(c, &out);
}

static void completed(void *cls, struct MHD_Connection *c, void **con, enum MHD_RequestTerminationCode code)
{
    struct asked *q = *con;
    (void)cls, (void)c, (void)code;
    if (q) arena_free(q->a);
    *con = NULL;
}

static result listener(struct arena *a, struct witness *w, const char *address, struct MHD_Daemon **out)
{
    struct slice at = slice_cstr(address);
    size_t colon = at.n;
    while (colon > 0 && at.p[colon - 1] != ':') colon--;
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV | AI_PASSIVE}, *list = NULL;
    char *host = arena_cstr(a, slice_sub(at, 0, colon ? colon - 1 : 0)),
         *port = arena_cstr(a, slice_sub(at, colon, at.n));
    int rc = colon ? getaddrinfo(host, port, &hints, &list) : EAI_NONAME;
    if (rc != 0)
        return fail(a, CODE_HTTP_LISTEN, S("--listen"), "value", at, "detail", slice_cstr(gai_strerror(rc)), NULL);
    unsigned flags = MHD_USE_INTERNAL_POLLING_THREAD | (list->ai_family == AF_INET6 ? (unsigned)MHD_USE_IPv6 : 0u);
    *out = MHD_start_daemon(flags, 0, NULL, NULL, on_request, w, MHD_OPTION_SOCK_ADDR, list->ai_addr,
                            MHD_OPTION_NOTIFY_COMPLETED, completed, NULL, MHD_OPTION_CONNECTION_LIMIT, 256u,
                            MHD_OPTION_CONNECTION_TIMEOUT, 30u, MHD_OPTION_LISTENING_ADDRESS_REUSE, 1u, MHD_OPTION_END);
    freeaddrinfo(list);
    if (*out) return ok();
    return fail(a, CODE_HTTP_LISTEN, S("--listen"), "value", at, "detail", S("address in use or not permitted"), NULL);
}

/* ---- looking at the logs ---- */

static result look_at(const struct witness *w, struct arena *a, const struct witness_log *log)
{
    struct slice note, own;
    struct note n;
    struct checkpoint now, seen;
    TRY(witness_seen(w, a, log, &own, &seen));
    TRY(log_get(a, log->address, S("checkpoint"), NOTE_MAX_BYTES, &note));
    TRY(note_parse(a, note, &n));
    TRY(checkpoint_parse(a, n.text, &now));
    if (!slice_eq(now.origin, log->key.name) || note_check(a, &n, &log->key, NULL) != NOTE_GOOD)
        return fail(a, CODE_NOTE_SIGNATURE, S(""), "value", log->key.name, NULL);
    if (seen.size <= now.size) return log_remote_extends(a, log->address, &now, &seen);
    return ok(); /* cosigned a moment ago and not published yet */
}

void witness_look(const struct witness *w, size_t *bad)
{
    *bad = 0;
    for (size_t i = 0; i < w->nlogs; i++) {
        if (!w->logs[i].address.n) continue;
        struct arena *own = arena_new("look");
        result r = look_at(w, own, &w->logs[i]);
        if (failed(r)) {
            (*bad)++;
            log_problems(LEVEL_ERROR, "witness.log_bad", r);
        }
        arena_free(own);
    }
}

static bool wait_signal(const sigset_t *set, int64_t seconds)
{
    struct timespec t = {(time_t)seconds, 0};
    int n = seconds ? sigtimedwait(set, NULL, &t) : sigwaitinfo(set, NULL);
    return n > 0;
}

result witness_serve(struct witness *w, struct arena *a, const char *listen, int64_t watch_seconds, bool json)
{
    struct MHD_Daemon *d;
    sigset_t set;
    (void)sigemptyset(&set);
    (void)sigaddset(&set, SIGINT);
    (void)sigaddset(&set, SIGTERM);
    (void)pthread_sigmask(SIG_BLOCK, &set, NULL);
    (void)signal(SIGPIPE, SIG_IGN);
    TRY(listener(a, w, listen, &d));
    const union MHD_DaemonInfo *info = MHD_get_daemon_info(d, MHD_DAEMON_INFO_BIND_PORT);
    int port = info ? info->port : 0;
    struct slice vkey = note_key_text(a, &w->key);
    if (json)
        (void)printf("{\"up\":true,\"port\":%d,\"key\":\"%.*s\"}\n", port, SLICE_ARG(vkey));
    else
        (void)printf("tongban-witness 已启动 / is up: %s (%d), %.*s\n", listen, port, SLICE_ARG(vkey));
    (void)fflush(stdout);
    while (!wait_signal(&set, watch_seconds)) {
        size_t bad;
        witness_look(w, &bad);
    }
    MHD_stop_daemon(d);
    return ok();
}
