/* Sessions over HTTP: cookies, tokens against forged requests, origins, expiry, rates. */
#include <stdio.h>

#include "http/testkit.h"

static const struct slice NONE = {"", 0};

static bool signed_in(struct http_kit *k, const struct browser *b)
{
    struct answer r = http_browse(k, b, "GET", "/api/v1/session", NONE);
    assert_int_equal(r.status, 200);
    return json_bool(answer_json(k, &r), "signed_in", false);
}

static void a_session_is_a_cookie(struct store_fixture *f)
{
    struct http_kit k;
    struct browser b = {0};
    http_kit_open(&k, f, NULL);
    kit_person(&k.city, "zhang", NONE);
    struct answer r = http_sign_in(&k, &b, "zhang");
    struct slice set = answer_field(&r, "Set-Cookie");
    assert_true(slice_starts(set, S("tongban=")));
    assert_true(slice_ends(set, S("; Path=/; HttpOnly; SameSite=Lax"))); /* Secure only where the address is https */
    assert_true(signed_in(&k, &b));
    /* a new session at every sign-in; the browser's old one ends (session fixation) */
    struct browser old = b;
    (void)http_sign_in(&k, &b, "zhang");
    assert_false(slice_eq(old.cookie, b.cookie));
    assert_false(signed_in(&k, &old));
    assert_true(signed_in(&k, &b));
    /* signing out ends it on the server too */
    r = http_browse(&k, &b, "DELETE", "/api/v1/session", NONE);
    assert_int_equal(r.status, 204);
    assert_true(
        slice_search(answer_field(&r, "Set-Cookie"), S("tongban=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0")) == 0);
    assert_false(signed_in(&k, &b));
    http_kit_close(&k);
}

static void secure_cookies(struct store_fixture *f)
{
    struct http_kit k;
    struct browser b = {0};
    struct http_options o = {.secure_cookies = true};
    http_kit_open(&k, f, &o);
    kit_person(&k.city, "zhang", NONE);
    struct answer r = http_sign_in(&k, &b, "zhang");
    struct slice set = answer_field(&r, "Set-Cookie");
    assert_true(slice_starts(set, S("__Host-tongban=")) && slice_ends(set, S("; Secure")));
    assert_true(slice_search(set, S("Domain")) == SIZE_MAX); /* the prefix forbids it (RFC 6265bis 4.1.3.2) */
    assert_true(signed_in(&k, &b));
    /* the plain name does not count there: a cookie set over http cannot replace it */
    b.cookie =
        arena_printf(k.a, "tongban=%.*s", SLICE_ARG(slice_sub(b.cookie, sizeof "__Host-tongban=" - 1, b.cookie.n)));
    assert_false(signed_in(&k, &b));
    http_kit_close(&k);
}

static void refusals_tell_nothing(struct store_fixture *f)
{
    struct http_kit k;
    http_kit_open(&k, f, NULL);
    kit_person(&k.city, "zhang", NONE);
    static const char *const TRIES[] = {"{\"login\":\"zhang\",\"password\":\"wrong-wrong-1\"}",
                                        "{\"login\":\"nobody\",\"password\":\"wrong-wrong-1\"}",
                                        "{\"login\":\"\",\"password\":\"\"}"};
    struct slice first = NONE;
    for (size_t i = 0; i < 3; i++) {
        struct answer r =
            http_ask(&k, "POST", "/api/v1/session", "Content-Type: application/json\r\n", slice_cstr(TRIES[i]));
        answer_problem(&k, &r, CODE_AUTH_FAILED);
        assert_slice(answer_field(&r, "Set-Cookie"), "");
        struct slice told = json_write(k.a, json_get(answer_json(&k, &r), "problems"));
        if (i == 0) first = told;
        assert_true(slice_eq(told, first));
    }
    http_kit_close(&k);
}

static void forged_requests(struct store_fixture *f)
{
    struct http_kit k;
    struct browser b = {0}, other = {0};
    http_kit_open(&k, f, NULL);
    kit_person(&k.city, "zhang", NONE);
    kit_person(&k.city, "lisi", NONE);
    (void)http_sign_in(&k, &b, "zhang");
    (void)http_sign_in(&k, &other, "lisi");
    struct slice draft = S("{\"service\":\"stall_permit\"}");
    struct browser forged = b;
    const struct slice wrong[] = {NONE, S("x"), other.csrf, slice_sub(b.csrf, 0, b.csrf.n - 1)};
    for (size_t i = 0; i < 4; i++) {
        forged.csrf = wrong[i];
        struct answer r = http_browse(&k, &forged, "POST", "/api/v1/drafts", draft);
        answer_problem(&k, &r, CODE_HTTP_CSRF);
        r = http_browse(&k, &forged, "DELETE", "/api/v1/session", NONE);
        answer_problem(&k, &r, CODE_HTTP_CSRF);
    }
    assert_int_equal(store_test_number(f, "SELECT COUNT(*) FROM draft"), 0);
    static const char *const FOREIGN[] = {"Origin: http://evil.test\r\n", "Origin: null\r\n",
                                          "Origin: http://localhost.evil.test\r\n", "Origin: http://localhost:1\r\n"};
    for (size_t i = 0; i < sizeof FOREIGN / sizeof *FOREIGN; i++) {
        b.more = FOREIGN[i];
        struct answer r = http_browse(&k, &b, "POST", "/api/v1/drafts", draft);
        answer_problem(&k, &r, CODE_HTTP_ORIGIN);
    }
    b.more = "Origin: http://localhost\r\n";
    struct answer r = http_browse(&k, &b, "POST", "/api/v1/drafts", draft);
    assert_int_equal(r.status, 201);
    /* sign-in has no session and so no token, but its origin counts: nobody is signed in from another site */
    r = http_ask(&k, "POST", "/api/v1/session", "Content-Type: application/json\r\nOrigin: http://evil.test\r\n",
                 S("{\"login\":\"zhang\",\"password\":\"x\"}"));
    answer_problem(&k, &r, CODE_HTTP_ORIGIN);
    http_kit_close(&k);
}

/* ---- expiry: the clock is the test's ---- */

static void move(struct http_kit *k, int64_t ms)
{
    (void)__atomic_add_fetch(&k->city.now, ms, __ATOMIC_RELAXED);
}

static void sessions_end(struct store_fixture *f)
{
    struct http_kit k;
    struct browser person = {0}, staff = {0};
    http_kit_open(&k, f, NULL);
    kit_person(&k.city, "zhang", NONE);
    kit_staff(&k.city, "wang", ROLE_HANDLER);
    (void)http_sign_in(&k, &person, "zhang");
    (void)http_sign_in(&k, &staff, "wang");
    move(&k, SESSION_IDLE_STAFF - MS_MINUTE);
    assert_true(signed_in(&k, &staff)); /* and counts as use */
    move(&k, SESSION_IDLE_STAFF + MS_MINUTE);
    assert_false(signed_in(&k, &staff));
    struct answer r = http_browse(&k, &staff, "GET", "/api/v1/desk/tasks", NONE);
    answer_problem(&k, &r, CODE_UNAUTHENTICATED);
    assert_true(signed_in(&k, &person));
    /* used all the time, and still over after twelve hours */
    int64_t hours = 0;
    for (; hours < 30 && signed_in(&k, &person); hours++) move(&k, MS_HOUR);
    assert_true(hours > 5 && hours <= 12);
    http_kit_close(&k);
}

static void without_a_session(struct store_fixture *f)
{
    static const char *const COOKIES[] = {"",
                                          "Cookie: tongban=\r\n",
                                          "Cookie: tongban=AAAA\r\n",
                                          "Cookie: tongban\r\n",
                                          "Cookie: a=b; tongban=%00; c\r\n",
                                          "Cookie: ;;;=;\r\n"};
    struct http_kit k;
    http_kit_open(&k, f, NULL);
    for (size_t i = 0; i < sizeof COOKIES / sizeof *COOKIES; i++) {
        struct answer r = http_ask(&k, "GET", "/api/v1/drafts", COOKIES[i], NONE);
        answer_problem(&k, &r, CODE_UNAUTHENTICATED);
    }
    char *huge = arena_alloc(k.a, 8000);
    memset(huge, 'A', 8000);
    struct slice fields = arena_printf(k.a, "Cookie: tongban=%.*s\r\n", 7000, huge);
    struct answer r = http_ask(&k, "GET", "/api/v1/drafts", arena_cstr(k.a, fields), NONE);
    answer_problem(&k, &r, CODE_UNAUTHENTICATED);
    http_kit_close(&k);
}

/* ---- rates ---- */

static void rates(struct store_fixture *f)
{
    struct http_kit k;
    struct http_options o = {.rate_general = 6, .rate_costly = 2, .proxied = true};
    http_kit_open(&k, f, &o);
    const char *wrong = "Content-Type: application/json\r\n";
    struct answer r;
    for (int i = 0; i < 2; i++) {
        r = http_ask(&k, "POST", "/api/v1/session", wrong, S("{\"login\":\"a\",\"password\":\"b\"}"));
        answer_problem(&k, &r, CODE_AUTH_FAILED);
    }
    r = http_ask(&k, "POST", "/api/v1/session", wrong, S("{\"login\":\"a\",\"password\":\"b\"}"));
    answer_problem(&k, &r, CODE_HTTP_RATE);
    assert_slice(answer_field(&r, "Retry-After"), "31"); /* two a minute: one in half a minute */
    for (int i = 0; i < 6; i++) assert_int_equal(http_ask(&k, "GET", "/api/v1/towns", NULL, NONE).status, 200);
    r = http_ask(&k, "GET", "/api/v1/towns", NULL, NONE);
    answer_problem(&k, &r, CODE_HTTP_RATE);
    assert_slice(answer_field(&r, "Retry-After"), "11");
    /* pages and probes are free: a peer over its rate still gets the page that says so */
    assert_int_equal(http_ask(&k, "GET", "/", NULL, NONE).status, 200);
    assert_int_equal(http_ask(&k, "GET", "/healthz", NULL, NONE).status, 200);
    /* behind a proxy each of its clients has a rate of its own; what a client wrote before the proxy does not count */
    r = http_ask(&k, "GET", "/api/v1/towns", "X-Forwarded-For: 127.0.0.1, 192.0.2.7\r\n", NONE);
    assert_int_equal(r.status, 200);
    r = http_ask(&k, "GET", "/api/v1/towns", "X-Forwarded-For: 192.0.2.7, 127.0.0.1\r\n", NONE);
    answer_problem(&k, &r, CODE_HTTP_RATE);
    move(&k, 11 * MS_SECOND);
    assert_int_equal(http_ask(&k, "GET", "/api/v1/towns", NULL, NONE).status, 200);
    http_kit_close(&k);
}

/* Without the setting nobody is believed about where a request comes from. */
static void forwarded_is_not_believed(struct store_fixture *f)
{
    struct http_kit k;
    struct http_options o = {.rate_general = 2};
    http_kit_open(&k, f, &o);
    for (int i = 0; i < 3; i++) {
        struct slice fields = arena_printf(k.a, "X-Forwarded-For: 192.0.2.%d\r\n", i);
        struct answer r = http_ask(&k, "GET", "/api/v1/towns", arena_cstr(k.a, fields), NONE);
        assert_int_equal(r.status, i < 2 ? 200 : 429);
    }
    http_kit_close(&k);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_BOTH(a_session_is_a_cookie),
        ON_SQLITE(secure_cookies),
        ON_SQLITE(refusals_tell_nothing),
        ON_SQLITE(forged_requests),
        ON_BOTH(sessions_end),
        ON_SQLITE(without_a_session),
        ON_SQLITE(rates),
        ON_SQLITE(forwarded_is_not_believed),
    };
    return cmocka_run_group_tests_name("session", tests, NULL, NULL);
}
