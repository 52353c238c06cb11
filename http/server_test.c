/* The listener with what good and bad clients send: routing, methods, sizes, time, pages, headers, probes. */
#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "http/testkit.h"

static const struct slice NONE = {"", 0};

static void routing(struct store_fixture *f)
{
    struct http_kit k;
    http_kit_open(&k, f, NULL);
    struct answer r = http_ask(&k, "GET", "/api/v1/towns", NULL, NONE);
    assert_int_equal(r.status, 200);
    assert_slice(answer_field(&r, "Content-Type"), "application/json");
    assert_slice(json_string(json_pointer(answer_json(&k, &r), S("/items/0")), "code"), "441900003");
    struct answer head = http_ask(&k, "HEAD", "/api/v1/towns", NULL, NONE);
    assert_int_equal(head.status, 200);
    assert_int_equal(head.body.n, 0);
    assert_true(slice_eq(answer_field(&head, "Content-Length"), answer_field(&r, "Content-Length")));
    r = http_ask(&k, "GET", "/api/v1/nothing", NULL, NONE);
    answer_problem(&k, &r, CODE_NOT_FOUND);
    r = http_ask(&k, "GET", "/api/v1/services/none_of_ours", NULL, NONE);
    answer_problem(&k, &r, CODE_NOT_FOUND);
    r = http_ask(&k, "GET", "/api/v1/services/a%2fb", NULL, NONE);
    answer_problem(&k, &r, CODE_NOT_FOUND);
    r = http_ask(&k, "GET", "/api/v1/", NULL, NONE);
    answer_problem(&k, &r, CODE_NOT_FOUND);
    r = http_ask(&k, "GET", "/api/v1/services?limit=0", NULL, NONE);
    answer_problem(&k, &r, CODE_QUERY_BAD);
    r = http_ask(&k, "GET", "http://localhost/api/v1/towns", NULL, NONE); /* absolute-form, RFC 9112 3.2.2 */
    assert_int_equal(r.status, 200);
    http_kit_close(&k);
}

static void methods(struct store_fixture *f)
{
    static const struct {
        const char *method, *path, *allow;
    } CASES[] = {
        {"DELETE", "/api/v1/towns", "GET, HEAD"},
        {"PATCH", "/api/v1/session", "GET, HEAD, POST, DELETE"},
        {"OPTIONS", "/api/v1/drafts", "GET, HEAD, POST"},
        {"GET", "/api/v1/verify", "POST"},
        {"POST", "/", "GET, HEAD"},
        {"DELETE", "/healthz", "GET, HEAD"},
    };
    struct http_kit k;
    http_kit_open(&k, f, NULL);
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct answer r = http_ask(&k, CASES[i].method, CASES[i].path, NULL, NONE);
        answer_problem(&k, &r, CODE_HTTP_METHOD);
        assert_slice(answer_field(&r, "Allow"), CASES[i].allow);
    }
    http_kit_close(&k);
}

static void targets(struct store_fixture *f)
{
    struct http_kit k;
    http_kit_open(&k, f, NULL);
    char *query = arena_alloc(k.a, QUERY_MAX + 64);
    memset(query, 'x', QUERY_MAX + 64);
    struct answer r = http_ask(
        &k, "GET", arena_cstr(k.a, arena_printf(k.a, "/api/v1/services?q=%.*s", QUERY_MAX + 1, query)), NULL, NONE);
    answer_problem(&k, &r, CODE_HTTP_TARGET);
    /* the query reaches the handler as it was sent: "+" and escapes are decoded once, by request_query */
    r = http_ask(&k, "GET", "/api/v1/services?q=%E6%91%86%E6%91%8A&limit=1", NULL, NONE);
    assert_int_equal(r.status, 200);
    assert_int_equal(json_get(answer_json(&k, &r), "items")->n, 1);
    r = http_ask(&k, "GET", "/api/v1/services?q=street+stall", NULL, NONE);
    assert_int_equal(json_get(answer_json(&k, &r), "items")->n, 1);
    r = http_ask(&k, "GET", "/api/v1/services?q=%2573treet%2520stall", NULL, NONE);
    assert_int_equal(json_get(answer_json(&k, &r), "items")->n, 0);
    /* no request of HTTP/1.1 without Host (RFC 9112 3.2) */
    int fd = http_dial(&k);
    http_write(fd, S("GET /api/v1/towns HTTP/1.1\r\nConnection: close\r\n\r\n"));
    assert_int_equal(http_parse_answer(http_read_all(&k, fd)).status, 400);
    http_kit_close(&k);
}

/* ---- sizes ---- */

static void too_large(struct store_fixture *f)
{
    struct http_kit k;
    http_kit_open(&k, f, NULL);
    /* announced, and the client waits to be told, or far too much: refused before it is read */
    static const char *const ANNOUNCED[] = {"Content-Length: 300000\r\nExpect: 100-continue\r\n",
                                            "Content-Length: 999999999\r\n"};
    struct answer r;
    int fd;
    for (int i = 0; i < 2; i++) {
        fd = http_dial(&k);
        http_write(
            fd, arena_printf(
                    k.a, "POST /api/v1/session HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n%s\r\n",
                    ANNOUNCED[i]));
        r = http_parse_answer(http_read_all(&k, fd));
        answer_problem(&k, &r, CODE_TOO_LARGE);
    }
    /* announced and sent at once: read to its end, so that the answer arrives */
    char *large = arena_zalloc(k.a, 1, 3000000);
    r = http_ask(&k, "POST", "/api/v1/session", "Content-Type: application/json\r\n", slice_of(large, 3000000));
    answer_problem(&k, &r, CODE_TOO_LARGE);
    /* in pieces: refused at the end */
    fd = http_dial(&k);
    http_write(fd, S("POST /api/v1/session HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                     "Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n"));
    char piece[0x10000];
    memset(piece, ' ', sizeof piece);
    for (int i = 0; i < 5; i++) {
        http_write(fd, S("10000\r\n"));
        http_write(fd, slice_of(piece, sizeof piece));
        http_write(fd, S("\r\n"));
    }
    http_write(fd, S("0\r\n\r\n"));
    r = http_parse_answer(http_read_all(&k, fd));
    answer_problem(&k, &r, CODE_TOO_LARGE);
    /* without end: cut */
    fd = http_dial(&k);
    http_write(fd, S("POST /api/v1/session HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                     "Transfer-Encoding: chunked\r\n\r\n"));
    for (int i = 0; i < 600; i++) {
        http_write(fd, S("10000\r\n"));
        http_write(fd, slice_of(piece, sizeof piece));
        http_write(fd, S("\r\n"));
    }
    struct slice all = http_read_all(&k, fd);
    assert_int_equal(all.n, 0);
    http_kit_close(&k);
}

static void bodies(struct store_fixture *f)
{
    struct http_kit k;
    http_kit_open(&k, f, NULL);
    struct answer r = http_ask(&k, "POST", "/api/v1/session", "Content-Type: text/plain\r\n", S("{}"));
    answer_problem(&k, &r, CODE_HTTP_MEDIA_TYPE);
    r = http_ask(&k, "POST", "/api/v1/session", NULL, S("{}"));
    answer_problem(&k, &r, CODE_HTTP_MEDIA_TYPE);
    const char *json = "Content-Type: Application/JSON; charset=utf-8\r\n";
    r = http_ask(&k, "POST", "/api/v1/session", json, S("{\"login\": }"));
    answer_problem(&k, &r, CODE_JSON_SYNTAX);
    r = http_ask(&k, "POST", "/api/v1/session", json, S("{\"login\":\"a\",\"login\":\"b\"}"));
    answer_problem(&k, &r, CODE_JSON_DUPLICATE_KEY);
    r = http_ask(&k, "POST", "/api/v1/session", json, S("[]"));
    answer_problem(&k, &r, CODE_FIELD_TYPE);
    r = http_ask(&k, "POST", "/api/v1/session", json, S("{\"login\":\"a\"}"));
    answer_problem(&k, &r, CODE_FIELD_REQUIRED);
    assert_slice(json_string(json_pointer(answer_json(&k, &r), S("/problems/0")), "field"), "/password");
    r = http_ask(&k, "POST", "/api/v1/session", json, S("{\"login\":\"a\",\"password\":\"b\",\"more\":1}"));
    answer_problem(&k, &r, CODE_FIELD_UNKNOWN);
    char deep[400];
    memset(deep, '[', sizeof deep);
    r = http_ask(&k, "POST", "/api/v1/session", json, slice_of(deep, sizeof deep));
    answer_problem(&k, &r, CODE_JSON_DEPTH);
    http_kit_close(&k);
}

/* ---- slow clients ---- */

static void slow_clients_are_cut(struct store_fixture *f)
{
    static const char *const STARTS[] = {
        "",                                                       /* says nothing */
        "GET /api/v1/towns HTTP/1.1\r\nHost: localhost\r\nX-A: ", /* never ends its head */
        "POST /api/v1/session HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\nX: y\r\n\r\n{", /* nor its body */
        "GET /api/v1/towns HTTP/1.1\r\nHost: localhost\r\n\r\n", /* keeps the connection after an answer */
    };
    struct http_kit k;
    struct http_options o = {.header_ms = 300, .body_ms = 300, .idle_ms = 300};
    http_kit_open(&k, f, &o);
    for (size_t i = 0; i < sizeof STARTS / sizeof *STARTS; i++) {
        int fd = http_dial(&k);
        struct pollfd p = {.fd = fd, .events = POLLIN | POLLRDHUP};
        http_write(fd, slice_cstr(STARTS[i]));
        struct slice got = NONE;
        if (i == 3) assert_true(http_read_until(&k, fd, "}", &got));
        /* a byte now and then, for ever: libmicrohttpd's own limit counts from the last byte and never comes */
        int tries = 0;
        while (!(poll(&p, 1, 50) > 0 && (p.revents & (POLLRDHUP | POLLHUP | POLLERR)))) {
            if (++tries > 400) fail_msg("client %zu keeps its place", i);
            http_write(fd, S("a"));
        }
        (void)close(fd);
    }
    struct answer r = http_ask(&k, "GET", "/api/v1/towns", NULL, NONE);
    assert_int_equal(r.status, 200);
    r = http_ask(&k, "GET", "/metrics", NULL, NONE);
    assert_true(slice_search(r.body, S("tongban_http_cut_total 4")) != SIZE_MAX);
    http_kit_close(&k);
}

static void one_peer_takes_only_its_share(struct store_fixture *f)
{
    struct http_kit k;
    struct http_options o = {.per_peer = 4};
    int fds[4];
    http_kit_open(&k, f, &o);
    for (int i = 0; i < 4; i++) {
        struct slice got = NONE;
        fds[i] = http_dial(&k);
        http_write(fds[i], S("GET /api/v1/towns HTTP/1.1\r\nHost: localhost\r\n\r\n"));
        assert_true(http_read_until(&k, fds[i], "}", &got));
    }
    int fd = http_dial(&k);
    http_write(fd, S("GET /api/v1/towns HTTP/1.1\r\nHost: localhost\r\n\r\n"));
    assert_int_equal(http_read_all(&k, fd).n, 0);
    for (int i = 0; i < 4; i++) (void)close(fds[i]);
    http_kit_close(&k);
}

/* ---- pages and headers ---- */

static void safe_headers(const struct answer *r, bool api)
{
    static const char *const ALWAYS[] = {"Referrer-Policy", "Cross-Origin-Opener-Policy",
                                         "Cross-Origin-Resource-Policy", "Permissions-Policy"};
    struct slice csp = answer_field(r, "Content-Security-Policy");
    assert_slice(answer_field(r, "X-Content-Type-Options"), "nosniff");
    for (size_t i = 0; i < 4; i++)
        if (!answer_field(r, ALWAYS[i]).n) fail_msg("no %s", ALWAYS[i]);
    assert_true(slice_search(csp, S("frame-ancestors 'none'")) != SIZE_MAX);
    assert_true(slice_search(csp, S("unsafe")) == SIZE_MAX);
    if (api) {
        assert_true(slice_search(csp, S("sandbox")) != SIZE_MAX &&
                    slice_search(csp, S("default-src 'none'")) != SIZE_MAX);
        assert_slice(answer_field(r, "Cache-Control"), "no-store");
    } else {
        assert_true(slice_search(csp, S("script-src 'self'")) != SIZE_MAX);
    }
}

static void every_answer_has_safe_headers(struct store_fixture *f)
{
    static const struct {
        const char *method, *target;
        int status;
        bool api;
    } CASES[] = {
        {"GET", "/", 200, false},
        {"GET", "/desk/tasks", 200, false},
        {"GET", "/assets/app-1a2b.js", 200, false},
        {"GET", "/assets/none.js", 404, true},
        {"GET", "/api/v1/towns", 200, true},
        {"GET", "/api/v1/nothing", 404, true},
        {"GET", "/api/v1/drafts", 401, true},
        {"PUT", "/api/v1/towns", 405, true},
        {"POST", "/api/v1/session", 415, true},
        {"GET", "/healthz", 200, true},
        {"GET", "/metrics", 200, true},
    };
    struct http_kit k;
    http_kit_open(&k, f, NULL);
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct answer r = http_ask(&k, CASES[i].method, CASES[i].target, NULL, NONE);
        if (r.status != CASES[i].status) fail_msg("%s %s: %d", CASES[i].method, CASES[i].target, r.status);
        safe_headers(&r, CASES[i].api);
        assert_slice(answer_field(&r, "Strict-Transport-Security"), "");
    }
    http_kit_close(&k);
    struct http_options o = {.secure_cookies = true};
    struct store_fixture *again = f;
    store_fixture_reopen(again);
    http_kit_open(&k, again, &o);
    struct answer r = http_ask(&k, "GET", "/", NULL, NONE);
    assert_slice(answer_field(&r, "Strict-Transport-Security"), "max-age=31536000");
    http_kit_close(&k);
}

static void pages(struct store_fixture *f)
{
    static const struct {
        const char *target, *body;
    } CASES[] = {
        {"/", "portal"},
        {"/services/stall_permit", "portal"},
        {"/desk", "desk"},
        {"/desk/cases/1", "desk"},
        {"/verify/abc", "public"},
        {"/api", "public"},
        {"/errors/json.syntax", "public"},
        {"/coverage", "public"},
        {"/log", "public"},
        {"/licence-types", "public"},
        {"/briefings", "public"},
        {"/studio", "desk"},
        {"/board/plan/3", "desk"},
    };
    static const char *const ABSENT[] = {"/assets/../portal.html",
                                         "/assets/%2e%2e/%2e%2e/etc/passwd",
                                         "/robots.txt",
                                         "/..%2f..%2fetc/passwd.txt",
                                         "/.env",
                                         "/assets/",
                                         "/assets/app-1a2b.js.map"};
    struct http_kit k;
    http_kit_open(&k, f, NULL);
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct answer r = http_ask(&k, "GET", CASES[i].target, NULL, NONE);
        assert_int_equal(r.status, 200);
        assert_slice(answer_field(&r, "Content-Type"), "text/html; charset=utf-8");
        if (slice_search(r.body, slice_cstr(CASES[i].body)) == SIZE_MAX) fail_msg("%s", CASES[i].target);
        assert_slice(answer_field(&r, "Cache-Control"), "no-cache");
    }
    for (size_t i = 0; i < sizeof ABSENT / sizeof *ABSENT; i++) {
        struct answer r = http_ask(&k, "GET", ABSENT[i], NULL, NONE);
        if (r.status != 404) fail_msg("%s: %d", ABSENT[i], r.status);
    }
    http_kit_close(&k);
}

static void precompressed(struct store_fixture *f)
{
    static const struct {
        const char *target, *accept, *coding, *body;
    } CASES[] = {
        {"/", "gzip, br", "br", "BR-PORTAL"},
        {"/", "gzip", "gzip", "GZ-PORTAL"},
        {"/", "br;q=0, gzip", "gzip", "GZ-PORTAL"},
        {"/", "identity", "", "<!doctype html><title>portal</title>"},
        {"/assets/app-1a2b.js", "br", "", "export const x = 1"},
        {"/assets/app-1a2b.js", "*", "gzip", "GZ-APP"},
    };
    struct http_kit k;
    http_kit_open(&k, f, NULL);
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct slice fields = arena_printf(k.a, "Accept-Encoding: %s\r\n", CASES[i].accept);
        struct answer r = http_ask(&k, "GET", CASES[i].target, arena_cstr(k.a, fields), NONE);
        assert_slice(answer_field(&r, "Content-Encoding"), CASES[i].coding);
        assert_slice(r.body, CASES[i].body);
        assert_slice(answer_field(&r, "Vary"), "Accept-Encoding");
    }
    struct answer r = http_ask(&k, "GET", "/assets/app-1a2b.js", NULL, NONE);
    assert_slice(answer_field(&r, "ETag"), "\"a1\"");
    assert_slice(answer_field(&r, "Cache-Control"), "public, max-age=31536000, immutable");
    r = http_ask(&k, "GET", "/assets/app-1a2b.js", "If-None-Match: \"x\", W/\"a1\"\r\n", NONE);
    assert_int_equal(r.status, 304);
    assert_int_equal(r.body.n, 0);
    r = http_ask(&k, "HEAD", "/", NULL, NONE);
    assert_int_equal(r.status, 200);
    assert_int_equal(r.body.n, 0);
    http_kit_close(&k);
}

/* ---- stop ---- */

/* A kept connection may ask while the workers are ending; a stream may be open. Neither holds the stop up or breaks it. */
static void stops_with_connections_open(struct store_fixture *f)
{
    struct http_kit k;
    http_kit_open(&k, f, NULL);
    int fds[8];
    for (int i = 0; i < 8; i++) {
        struct slice got = NONE;
        fds[i] = http_dial(&k);
        http_write(fds[i], S("GET /api/v1/towns HTTP/1.1\r\nHost: localhost\r\n\r\n"));
        assert_true(http_read_until(&k, fds[i], "}", &got));
        http_write(fds[i], S("GET /api/v1/towns HTTP/1.1\r\nHost: localhost\r\n\r\n"));
    }
    http_kit_close(&k);
    for (int i = 0; i < 8; i++) {
        struct slice all = http_read_all(&k, fds[i]);
        if (all.n == 0) continue; /* closed before it was read */
        int status = http_parse_answer(all).status;
        assert_true(status == 200 || status == 503);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_SQLITE(routing),
        ON_SQLITE(methods),
        ON_SQLITE(targets),
        ON_SQLITE(too_large),
        ON_SQLITE(bodies),
        ON_SQLITE(slow_clients_are_cut),
        ON_SQLITE(one_peer_takes_only_its_share),
        ON_SQLITE(every_answer_has_safe_headers),
        ON_SQLITE(pages),
        ON_SQLITE(precompressed),
        ON_SQLITE(stops_with_connections_open),
    };
    return cmocka_run_group_tests_name("server", tests, NULL, NULL);
}
