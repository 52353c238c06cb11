/* Private to http/. */
#ifndef HTTP_INTERNAL_H
#define HTTP_INTERNAL_H

#include <microhttpd.h>
#include <pthread.h>
#include <stdatomic.h>

#include "city/identity/identity.h"
#include "http/header.h"
#include "http/http.h"

#define BODY_DEFAULT (256u * 1024u)

/* ---- routes ---- */
struct route {
    const struct endpoint *e;
    const char *template_; /* "POST /api/v1/cases/{id}" */
    _Atomic int64_t count, errors, micros;
};
struct router;
struct router *router_new(struct arena *a, const struct areas *areas);
size_t router_routes(const struct router *r, struct route **out);
/* NULL: no such path. *method_known: the path exists with another method (405). */
struct route *router_match(struct router *r, struct slice method, struct slice path, struct slice params[4],
                           size_t *nparams, bool *path_known);
/* "GET, HEAD, POST": what a known path takes (RFC 9110 10.2.1). */
struct slice router_allow(const struct router *r, struct arena *a, struct slice path);

/* ---- one request ---- */
enum special { SPECIAL_NONE, SPECIAL_HEALTH, SPECIAL_METRICS };
struct exchange {
    struct http *h;
    struct arena *a;
    struct MHD_Connection *connection;
    struct conn *conn;
    struct slice target; /* as sent */
    bool begun;
    struct slice method, path;
    enum special special;
    struct route *route;
    struct request q;
    struct buf body;
    size_t drained;                                    /* bytes of a body that is too large, read and thrown away */
    bool bad_target, too_large, path_known, interface; /* interface: an address of the route table, no page */
    /* the answer */
    bool done;
    int status;
    struct reply reply;
    struct slice content; /* body to send */
    struct slice allow;   /* of a 405 */
    int64_t retry_after;  /* seconds, of a 429 or 503 */
    struct exchange *next;
};
/* Runs on a worker: everything from session to reply bytes. */
void exchange_run(struct exchange *x);
void exchange_problem(struct exchange *x, result r);
/* 413 before the body is read, 503 while stopping: what needs no worker. */
void exchange_refuse(struct exchange *x, enum code code);

/* ---- parts ---- */
struct http {
    struct http_options o;
    struct arena *a;
    struct MHD_Daemon *daemon;
    struct router *router;
    struct limits *limits;
    struct slice openapi;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    struct exchange *first, *last;
    pthread_t threads[64];
    int nthreads;
    bool stopping;
    struct stream *streams; /* open event streams, guarded by lock */
    struct conn *conns;     /* open connections, guarded by lock */
    pthread_t ticker;
    _Atomic int64_t requests, busy, queued, cut;
};

enum MHD_Result http_send(struct exchange *x);
void http_headers(const struct http *h, struct MHD_Response *r, bool api);
/* Assets and pages, from memory. */
enum MHD_Result static_answer(struct http *h, struct MHD_Connection *c, struct slice path);
/* On a worker: fills the exchange's status and content. */
void special_answer(struct exchange *x);

/* ---- connections: none may keep its place by being slow ---- */
struct conn {
    struct conn *next, **self;
    struct arena *a;
    int fd;
    int64_t deadline; /* monotonic ms; 0: none (at work here, or an event stream) */
};
void conn_notify(void *cls, struct MHD_Connection *c, void **socket_context, enum MHD_ConnectionNotificationCode code);
struct conn *conn_of(struct MHD_Connection *c);
/* What it must do next within `ms` and the time that `bytes` take at the slowest rate borne; ms 0: no limit. */
void conn_allow(struct http *h, struct conn *k, int64_t ms, size_t bytes);
/* Cuts those past their time; by the ticker. */
void conns_cut(struct http *h);
enum MHD_Result stream_open(struct exchange *x);
void streams_wake_all(struct http *h, bool end);
void *streams_ticker(void *arg);

enum limit_kind { LIMIT_GENERAL, LIMIT_COSTLY, LIMIT_CERTIFICATE, LIMITS };
struct limits *limits_new(struct arena *a, int64_t general, int64_t costly, int64_t certificate);
/* Milliseconds to wait; 0: go on. */
int64_t limits_take(struct limits *l, struct slice peer, enum limit_kind kind, instant now);
/* Asks the client of a new connection for a certificate; and what it showed. tls_client.c */
void tls_client_ask(struct MHD_Connection *c);
const struct tls_peer *tls_client_of(struct arena *a, struct MHD_Connection *c);

struct slice header(struct MHD_Connection *c, const char *name);
struct slice metrics_text(struct http *h, struct arena *a);
bool health_good(struct http *h, struct arena *a);
struct slice health_text(struct http *h);

#endif
