/* Open connections and what each must do by when. libmicrohttpd's own timeout counts from the last byte, so a client that
 * sends one byte a minute would keep its place for ever ("slow loris"); here the whole head, body or reply has its time. */
#include "http/internal.h"

#include <sys/socket.h>
#include <time.h>

#define SLOWEST 32 /* bytes a millisecond: a poor mobile line */

static int64_t now_ms(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void opened(struct http *h, struct MHD_Connection *c, void **socket_context)
{
    const union MHD_ConnectionInfo *i = MHD_get_connection_info(c, MHD_CONNECTION_INFO_CONNECTION_FD);
    struct arena *a = arena_new("connection");
    struct conn *k = NEW(a, struct conn);
    *socket_context = k;
    k->a = a;
    k->fd = i ? i->connect_fd : -1;
    k->deadline = now_ms() + h->o.header_ms;
    if (h->o.tls_client && h->o.tls_cert.n) tls_client_ask(c);
    (void)pthread_mutex_lock(&h->lock);
    k->next = h->conns;
    k->self = &h->conns;
    if (k->next) k->next->self = &k->next;
    h->conns = k;
    (void)pthread_mutex_unlock(&h->lock);
}

/* Runs before the socket is closed: while a connection is in the list its descriptor is its own. */
static void closed(struct http *h, void **socket_context)
{
    struct conn *k = *socket_context;
    if (!k) return;
    (void)pthread_mutex_lock(&h->lock);
    *k->self = k->next;
    if (k->next) k->next->self = k->self;
    (void)pthread_mutex_unlock(&h->lock);
    arena_free(k->a);
    *socket_context = NULL;
}

void conn_notify(void *cls, struct MHD_Connection *c, void **socket_context, enum MHD_ConnectionNotificationCode code)
{
    if (code == MHD_CONNECTION_NOTIFY_STARTED)
        opened(cls, c, socket_context);
    else
        closed(cls, socket_context);
}

struct conn *conn_of(struct MHD_Connection *c)
{
    const union MHD_ConnectionInfo *i = MHD_get_connection_info(c, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    return i ? i->socket_context : NULL;
}

void conn_allow(struct http *h, struct conn *k, int64_t ms, size_t bytes)
{
    if (!k) return;
    (void)pthread_mutex_lock(&h->lock);
    k->deadline = ms ? now_ms() + ms + (int64_t)(bytes / SLOWEST) : 0;
    (void)pthread_mutex_unlock(&h->lock);
}

void conns_cut(struct http *h)
{
    int64_t now = now_ms();
    (void)pthread_mutex_lock(&h->lock);
    for (struct conn *k = h->conns; k; k = k->next) {
        if (k->deadline == 0 || k->deadline > now || k->fd < 0) continue;
        k->deadline = 0;
        h->cut++;
        (void)shutdown(k->fd, SHUT_RDWR); /* the listener sees the end and closes */
    }
    (void)pthread_mutex_unlock(&h->lock);
}
