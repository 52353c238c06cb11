/* For the tests of http/: a real server on a loopback port over a small city (city/testkit.h), and a client on a plain
 * socket, so that a test can send what no library would. */
#ifndef HTTP_TESTKIT_H
#define HTTP_TESTKIT_H

#include "city/testkit.h"
#include "http/internal.h"

struct http_kit {
    struct city_kit city;
    struct arena *a;
    struct http *h;
    int port;
    struct http_options o;
};
/* Options with the fields of `o` that are set (NULL: all defaults); address, city and assets are the kit's own. The example
 * service is published. */
void http_kit_open(struct http_kit *k, struct store_fixture *f, const struct http_options *o);
void http_kit_close(struct http_kit *k);

struct answer {
    int status;
    struct slice head, body; /* head: status line and fields, each ending in CR LF */
};
/* A connection; reading gives up (and fails the test) after 20 s. */
int http_dial(struct http_kit *k);
void http_write(int fd, struct slice bytes);
/* Everything until the server closes. */
struct slice http_read_all(struct http_kit *k, int fd);
/* Reads until `needle` has come; false: the server closed first. */
bool http_read_until(struct http_kit *k, int fd, const char *needle, struct slice *all);
struct answer http_parse_answer(struct slice all);
/* One request on a connection of its own. `fields`: further header fields, each ending in "\r\n", or NULL. */
struct answer http_ask(struct http_kit *k, const char *method, const char *target, const char *fields,
                       struct slice body);
/* Value of a reply's field; empty when absent. */
struct slice answer_field(const struct answer *r, const char *name);
const struct json *answer_json(struct http_kit *k, const struct answer *r);
/* It must be an RFC 9457 problem of this code: right media type and status, text and remedy in both languages. */
void answer_problem(struct http_kit *k, const struct answer *r, enum code code);

/* One browser's session. */
struct browser {
    struct slice cookie, csrf;
    const char *more; /* further fields of the next requests */
};
/* Signs in with KIT_PASSWORD; `b` gets cookie and token. */
struct answer http_sign_in(struct http_kit *k, struct browser *b, const char *login);
/* A request of a browser; body JSON text or empty. */
struct answer http_browse(struct http_kit *k, const struct browser *b, const char *method, const char *target,
                          struct slice json);

#endif
