/* Server-sent events on a case: the version, when it changes. Woken at once by commands of this process, and by a
 * ticker that looks at the database for those of other processes and keeps the line open. */
#include "http/internal.h"

#include <stdio.h>
#include <time.h>

#define TICK_MS 2000
#define QUIET_TICKS 7 /* a comment line every 15 s or so */

struct stream {
    struct stream *next, **self;
    struct http *h;
    struct MHD_Connection *connection;
    struct arena *a; /* of its own: the exchange ends later than some of this */
    struct id case_id;
    uint64_t handle;
    int64_t version, sent;
    int quiet;
    bool suspended, ending;
};

static const struct stmt VERSION = {"stream_version", "SELECT version FROM case_file WHERE id=?1", NULL, false};

/* Under h->lock. */
static void wake(struct stream *s)
{
    if (!s->suspended) return;
    s->suspended = false;
    MHD_resume_connection(s->connection);
}

static void published(void *ctx, int64_t version)
{
    struct stream *s = ctx;
    (void)pthread_mutex_lock(&s->h->lock);
    if (version > s->version) s->version = version;
    wake(s);
    (void)pthread_mutex_unlock(&s->h->lock);
}

static ssize_t reader(void *cls, uint64_t pos, char *buf, size_t max)
{
    struct stream *s = cls;
    ssize_t n = 0;
    (void)pos;
    (void)pthread_mutex_lock(&s->h->lock);
    if (s->ending || s->h->stopping) {
        n = MHD_CONTENT_READER_END_OF_STREAM;
    } else if (s->version > s->sent) {
        n = snprintf(buf, max, "id: %lld\nevent: case\ndata: {\"version\":%lld}\n\n", (long long)s->version,
                     (long long)s->version);
        s->sent = s->version;
        s->quiet = 0;
    } else if (s->quiet >= QUIET_TICKS) {
        n = snprintf(buf, max, ": still here\n\n");
        s->quiet = 0;
    } else {
        s->suspended = true;
        MHD_suspend_connection(s->connection);
    }
    (void)pthread_mutex_unlock(&s->h->lock);
    return n;
}

static void closed(void *cls)
{
    struct stream *s = cls;
    events_unsubscribe(s->h->o.city->events, s->handle);
    (void)pthread_mutex_lock(&s->h->lock);
    *s->self = s->next;
    if (s->next) s->next->self = s->self;
    (void)pthread_mutex_unlock(&s->h->lock);
    arena_free(s->a);
}

enum MHD_Result stream_open(struct exchange *x)
{
    struct arena *a = arena_new("stream");
    struct stream *s = NEW(a, struct stream);
    struct http *h = x->h;
    *s = (struct stream){.h = h, .connection = x->connection, .a = a, .quiet = QUIET_TICKS};
    (void)id_scan(x->q.params[0], &s->case_id);
    /* a browser that comes back says what it has seen (HTML 9.2.4): only what is newer is sent */
    int64_t seen;
    if (slice_int64(header(x->connection, "Last-Event-ID"), &seen) && seen > 0) s->sent = seen;
    (void)pthread_mutex_lock(&h->lock);
    s->next = h->streams;
    s->self = &h->streams;
    if (s->next) s->next->self = &s->next;
    h->streams = s;
    (void)pthread_mutex_unlock(&h->lock);
    s->handle = events_subscribe(h->o.city->events, s->case_id, published, s);
    struct MHD_Response *r = MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, 1024, reader, s, closed);
    if (!r) {
        closed(s);
        return MHD_NO;
    }
    conn_allow(h, x->conn, 0, 0);
    http_headers(h, r, true);
    (void)MHD_add_response_header(r, "Content-Type", "text/event-stream");
    (void)MHD_add_response_header(r, "X-Accel-Buffering", "no");
    (void)MHD_set_connection_option(x->connection, MHD_CONNECTION_OPTION_TIMEOUT, 0u);
    enum MHD_Result out = MHD_queue_response(x->connection, 200, r);
    MHD_destroy_response(r);
    return out;
}

void streams_wake_all(struct http *h, bool end)
{
    (void)pthread_mutex_lock(&h->lock);
    for (struct stream *s = h->streams; s; s = s->next) {
        s->ending = s->ending || end;
        s->quiet++;
        if (end || s->quiet >= QUIET_TICKS || s->version > s->sent) wake(s);
    }
    (void)pthread_mutex_unlock(&h->lock);
}

/* The ids first, then the database without the lock, then the news. */
static void look(struct http *h, struct arena *a)
{
    size_t n = 0, cap = 0;
    (void)pthread_mutex_lock(&h->lock);
    for (struct stream *s = h->streams; s; s = s->next) cap++;
    struct id *ids = NEW_ARRAY(a, struct id, cap + 1);
    for (struct stream *s = h->streams; s; s = s->next) ids[n++] = s->case_id;
    (void)pthread_mutex_unlock(&h->lock);
    for (size_t i = 0; i < n; i++) {
        struct rows rows;
        struct sql_value v = sql_id(&ids[i]);
        if (failed(store_query(h->o.city->store, a, &VERSION, &v, 1, &rows)) || rows.n == 0) continue;
        (void)pthread_mutex_lock(&h->lock);
        for (struct stream *s = h->streams; s; s = s->next)
            if (id_eq(s->case_id, ids[i]) && row(&rows, 0)[0].i > s->version) s->version = row(&rows, 0)[0].i;
        (void)pthread_mutex_unlock(&h->lock);
    }
}

void *streams_ticker(void *arg)
{
    struct http *h = arg;
    struct arena *a = arena_new("ticker");
    for (;;) {
        struct timespec pause = {0, 100 * 1000000};
        bool stop = false;
        for (int i = 0; i < TICK_MS / 100 && !stop; i++) {
            (void)nanosleep(&pause, NULL);
            (void)pthread_mutex_lock(&h->lock);
            stop = h->stopping;
            (void)pthread_mutex_unlock(&h->lock);
            conns_cut(h);
        }
        if (stop) break;
        look(h, a);
        arena_reset(a);
        streams_wake_all(h, false);
    }
    arena_free(a);
    return NULL;
}
