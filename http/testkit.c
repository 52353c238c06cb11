#include "http/testkit.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#define T(lit)                 \
    {                          \
        (lit), sizeof(lit) - 1 \
    }
static const struct asset ASSETS[] = {
    {T("/portal.html"), T("text/html; charset=utf-8"), T("p1"), T("<!doctype html><title>portal</title>"),
     T("BR-PORTAL"), T("GZ-PORTAL")},
    {T("/desk.html"), T("text/html; charset=utf-8"), T("d1"), T("<!doctype html><title>desk</title>"), T(""), T("")},
    {T("/public.html"), T("text/html; charset=utf-8"), T("u1"), T("<!doctype html><title>public</title>"), T(""),
     T("")},
    {T("/assets/app-1a2b.js"), T("text/javascript; charset=utf-8"), T("a1"), T("export const x = 1"), T(""),
     T("GZ-APP")},
};

void http_kit_open(struct http_kit *k, struct store_fixture *f, const struct http_options *o)
{
    *k = (struct http_kit){.a = f->a};
    city_kit_open(&k->city, f);
    k->city.c.events = events_new(k->a);
    struct service_files files = kit_service(&k->city);
    assert_good(k->a, catalogue_install(k->city.c.catalogue, k->a, &files, 1, k->city.now));
    if (o) k->o = *o;
    k->o.city = &k->city.c;
    k->o.address = S("127.0.0.1:0");
    k->o.assets = ASSETS;
    k->o.nassets = sizeof ASSETS / sizeof *ASSETS;
    if (!k->o.rate_costly) k->o.rate_costly = 100000;
    assert_good(k->a, http_start(k->a, &k->o, &k->h));
    k->port = http_port(k->h);
    assert_true(k->port > 0);
}

void http_kit_close(struct http_kit *k)
{
    http_stop(k->h);
}

/* ---- the client ---- */

int http_dial(struct http_kit *k)
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)k->port)};
    struct timeval limit = {20, 0};
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(fd >= 0);
    assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit), 0);
    if (connect(fd, (const struct sockaddr *)&to, sizeof to) != 0) fail_msg("connect: %s", strerror(errno));
    return fd;
}

void http_write(int fd, struct slice s)
{
    while (s.n) {
        ssize_t n = send(fd, s.p, s.n, MSG_NOSIGNAL);
        if (n <= 0) return; /* the server answered without reading all of it */
        s = slice_sub(s, (size_t)n, s.n);
    }
}

static ssize_t part(int fd, char *p, size_t n)
{
    ssize_t got = recv(fd, p, n, 0);
    if (got < 0 && errno == EAGAIN) fail_msg("the server neither answered nor closed");
    return got;
}

struct slice http_read_all(struct http_kit *k, int fd)
{
    struct buf b = buf_new(k->a, 64u << 20);
    char p[65536];
    ssize_t n;
    while ((n = part(fd, p, sizeof p)) > 0) buf_put(&b, slice_of(p, (size_t)n));
    (void)close(fd);
    return buf_slice(&b);
}

bool http_read_until(struct http_kit *k, int fd, const char *needle, struct slice *all)
{
    struct buf b = buf_new(k->a, 1 << 20);
    buf_put(&b, *all);
    char p[4096];
    ssize_t n = 1;
    while (slice_search(buf_slice(&b), slice_cstr(needle)) == SIZE_MAX && (n = part(fd, p, sizeof p)) > 0)
        buf_put(&b, slice_of(p, (size_t)n));
    *all = buf_slice(&b);
    return n > 0;
}

struct answer http_parse_answer(struct slice all)
{
    struct answer r = {0};
    int64_t status;
    size_t end = slice_search(all, S("\r\n\r\n"));
    if (end == SIZE_MAX || !slice_starts(all, S("HTTP/1.1 ")))
        fail_msg("not an answer: %.*s", SLICE_ARG(slice_sub(all, 0, 200)));
    assert_true(slice_int64(slice_sub(all, 9, 3), &status));
    r.status = (int)status;
    r.head = slice_sub(all, 0, end + 2);
    r.body = slice_sub(all, end + 4, all.n);
    return r;
}

struct answer http_ask(struct http_kit *k, const char *method, const char *target, const char *fields,
                       struct slice body)
{
    int fd = http_dial(k);
    bool carries = strcmp(method, "GET") != 0 && strcmp(method, "HEAD") != 0;
    struct slice length = carries ? arena_printf(k->a, "Content-Length: %zu\r\n", body.n) : S("");
    http_write(fd, arena_printf(k->a, "%s %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n%.*s%s\r\n", method,
                                target, SLICE_ARG(length), fields ? fields : ""));
    http_write(fd, body);
    return http_parse_answer(http_read_all(k, fd));
}

struct slice answer_field(const struct answer *r, const char *name)
{
    struct slice rest = r->head, line, key, value;
    while (slice_cut(rest, '\n', &line, &rest)) {
        if (!slice_cut(line, ':', &key, &value) || key.n != strlen(name)) continue;
        if (strncasecmp(key.p, name, key.n) == 0) return slice_trim(value);
    }
    return (struct slice){"", 0};
}

const struct json *answer_json(struct http_kit *k, const struct answer *r)
{
    return test_json(k->a, r->body);
}

void answer_problem(struct http_kit *k, const struct answer *r, enum code code)
{
    if (r->status != code_status(code)) fail_msg("%.*s%.*s", SLICE_ARG(r->head), SLICE_ARG(r->body));
    assert_slice(answer_field(r, "Content-Type"), "application/problem+json");
    const struct json *v = answer_json(k, r);
    const struct json *first = json_pointer(v, S("/problems/0"));
    assert_slice(json_string(first, "code"), code_name(code));
    assert_int_equal(json_int(v, "status", 0), code_status(code));
    assert_true(slice_starts(json_string(v, "type"), S("/errors/")) && json_string(v, "request").n == 36);
    static const char *const PARTS[] = {"text", "remedy"};
    for (size_t i = 0; i < 2; i++) {
        struct slice zh = json_string(json_get(first, PARTS[i]), "zh"),
                     en = json_string(json_get(first, PARTS[i]), "en");
        if (!zh.n || !en.n || slice_eq(zh, en))
            fail_msg("%s of %s is not in both languages", PARTS[i], code_name(code));
        assert_true(slice_search(en, S("{")) == SIZE_MAX);
    }
    assert_true(slice_eq(json_string(json_get(v, "title"), "zh"), json_string(json_get(first, "text"), "zh")));
}

/* ---- a browser ---- */

struct answer http_sign_in(struct http_kit *k, struct browser *b, const char *login)
{
    struct slice set, rest;
    struct slice body = arena_printf(k->a, "{\"login\":\"%s\",\"password\":\"%.*s\"}", login, SLICE_ARG(KIT_PASSWORD));
    struct answer r = http_browse(k, b, "POST", "/api/v1/session", body);
    if (r.status != 200) fail_msg("sign-in of %s: %.*s", login, SLICE_ARG(r.body));
    (void)slice_cut(answer_field(&r, "Set-Cookie"), ';', &set, &rest);
    b->cookie = set;
    b->csrf = json_string(answer_json(k, &r), "csrf");
    assert_true(b->cookie.n > 30 && b->csrf.n > 20);
    return r;
}

struct answer http_browse(struct http_kit *k, const struct browser *b, const char *method, const char *target,
                          struct slice json)
{
    struct buf f = buf_new(k->a, 16384);
    if (b->cookie.n) buf_printf(&f, "Cookie: %.*s\r\n", SLICE_ARG(b->cookie));
    if (b->csrf.n) buf_printf(&f, "X-CSRF-Token: %.*s\r\n", SLICE_ARG(b->csrf));
    if (json.n) buf_puts(&f, "Content-Type: application/json\r\n");
    if (b->more) buf_puts(&f, b->more);
    return http_ask(k, method, target, arena_cstr(k->a, buf_slice(&f)), json);
}
