/* Private to http/. */
#ifndef HTTP_INTERNAL_H
#define HTTP_INTERNAL_H

#include <microhttpd.h>
#include <pthread.h>
#include <stdatomic.h>

#include "city/identity/identity.h"
#include "http/http.h"

#define BODY_DEFAULT (256u * 1024u)
#define QUERY_MAX 4096u

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

/* ---- one request ---- */
struct exchange {
    struct http *h;
    struct arena *a;
    struct MHD_Connection *connection;
    struct slice method, path;
    struct route *route;
    struct request q;
    struct buf body;
    bool too_large, path_known;
    /* the answer */
    bool done;
    int status;
    struct reply reply;
    struct slice content; /* body to send */
    struct exchange *next;
};
/* Runs on a worker: everything from session to reply bytes. */
void exchange_run(struct exchange *x);
void exchange_problem(struct exchange *x, result r);

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
    pthread_t ticker;
    _Atomic int64_t requests, busy, queued;
};

enum MHD_Result http_send(struct exchange *x);
void http_headers(const struct http *h, struct MHD_Response *r, bool api);
/* Assets, pages, /healthz, /metrics; false: not one of these. */
bool static_answer(struct http *h, struct MHD_Connection *c, struct slice method, struct slice path,
                   enum MHD_Result *out);
enum MHD_Result stream_open(struct exchange *x);
void streams_wake_all(struct http *h, bool end);
void *streams_ticker(void *arg);

struct limits *limits_new(struct arena *a, int64_t general, int64_t costly);
/* Milliseconds to wait; 0: go on. */
int64_t limits_take(struct limits *l, struct slice peer, bool costly, instant now);

struct slice header(struct MHD_Connection *c, const char *name);
struct slice metrics_text(struct http *h, struct arena *a);
bool health_good(struct http *h, struct arena *a);

#endif
