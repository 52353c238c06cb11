/* The listener. One epoll thread (libmicrohttpd) reads and writes; requests are suspended and done by a pool of
 * workers, so that a slow client never holds a worker and a slow query never holds the listener. */
#ifndef HTTP_HTTP_H
#define HTTP_HTTP_H

#include "city/city.h"

/* A file of the front end, inside the binary. br/gz: precompressed, empty when there is none. */
struct asset {
    struct slice path; /* "/portal.html" */
    struct slice type, etag;
    struct slice bytes, br, gz;
};

struct http_options {
    struct city *city;
    struct slice address;           /* "127.0.0.1:8080", "[::1]:8443" */
    struct slice tls_cert, tls_key; /* PEM texts; empty: plain HTTP */
    int workers;                    /* 0: two for each core */
    const struct asset *assets;
    size_t nassets;
    struct slice metrics_token; /* empty: /metrics answers loopback only */
    bool secure_cookies;        /* the public address is https (own TLS or a proxy's) */
    bool proxied;               /* X-Forwarded-For of a loopback peer is believed (nginx in front) */
    int64_t rate_general, rate_costly, rate_certificate; /* requests a minute and peer; 0: 6000, 60 and 30 */
    bool tls_client;   /* with TLS: every client is asked for a certificate, and may show none */
    int64_t header_ms; /* a request's head must be here by then; 0: 30 s */
    int64_t body_ms;   /* then its body, and the reply's reading, beside the time of its bytes; 0: 60 s */
    int64_t idle_ms;   /* a kept connection waits so long for the next request; 0: 60 s */
    int per_peer;      /* connections of one peer (not behind a proxy); 0: 512 */
};
struct http;
/* Whether an address as in http_options resolves to loopback only (127.0.0.0/8, ::1). CODE_HTTP_LISTEN when it does not
 * resolve. */
MUST result http_address_loopback(struct arena *a, struct slice address, bool *out);
/* CODE_HTTP_LISTEN when the address cannot be had. The options' texts must outlive it. */
MUST result http_start(struct arena *a, const struct http_options *o, struct http **out);
/* Stops taking requests, finishes those begun. */
void http_stop(struct http *h);
/* The port in use (for port 0). */
int http_port(const struct http *h);
/* OpenAPI 3.1 of the route table, as served at /api/v1/openapi.json. */
const struct json *openapi_json(struct arena *a, const struct city *c);

#endif
