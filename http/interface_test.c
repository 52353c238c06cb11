/* What a program relies on: keys against doing twice, versions, pages of lists, uploads, progress. */
#include <stdio.h>
#include <unistd.h>

#include "http/testkit.h"

static const struct slice NONE = {"", 0};
static const char PNG[] =
    "\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1\x08\6\0\0\0\x1f\x15\xc4\x89\0\0\0\0IDAT\x35\xaf\6\x1e"
    "\0\0\0\0IEND\xae\x42\x60\x82";
static const struct slice PICTURE = {PNG, sizeof PNG - 1};

struct scene {
    struct http_kit k;
    struct browser zhang;
};

static void open_scene(struct scene *s, struct store_fixture *f)
{
    *s = (struct scene){0};
    http_kit_open(&s->k, f, NULL);
    kit_person(&s->k.city, "zhang", NONE);
    (void)http_sign_in(&s->k, &s->zhang, "zhang");
}

static struct answer upload(struct scene *s, const char *target, struct slice bytes)
{
    struct buf f = buf_new(s->k.a, 4096);
    buf_printf(&f, "Cookie: %.*s\r\nX-CSRF-Token: %.*s\r\nContent-Type: text/html\r\n", SLICE_ARG(s->zhang.cookie),
               SLICE_ARG(s->zhang.csrf));
    return http_ask(&s->k, "POST", target, arena_cstr(s->k.a, buf_slice(&f)), bytes);
}

static struct answer file_case(struct scene *s, const char *key, int area)
{
    struct answer up = upload(s, "/api/v1/attachments?name=a.png&material=photo", PICTURE);
    assert_int_equal(up.status, 201);
    struct slice photo = json_string(answer_json(&s->k, &up), "id");
    s->zhang.more = arena_cstr(s->k.a, arena_printf(s->k.a, "Idempotency-Key: %s\r\n", key));
    struct slice body =
        arena_printf(s->k.a,
                     "{\"service\":\"stall_permit\",\"data\":{\"applicant_name\":\"张三丰\",\"area_m2\":%d,"
                     "\"photo\":\"%.*s\"}}",
                     area, SLICE_ARG(photo));
    struct answer r = http_browse(&s->k, &s->zhang, "POST", "/api/v1/cases", body);
    s->zhang.more = NULL;
    return r;
}

static struct answer act(struct scene *s, const char *key, struct slice target, struct slice body)
{
    s->zhang.more = key ? arena_cstr(s->k.a, arena_printf(s->k.a, "Idempotency-Key: %s\r\n", key)) : NULL;
    struct answer r = http_browse(&s->k, &s->zhang, "POST", arena_cstr(s->k.a, target), body);
    s->zhang.more = NULL;
    return r;
}

/* ---- doing once ---- */

static void a_key_does_once(struct store_fixture *f)
{
    struct scene s;
    open_scene(&s, f);
    struct answer r = act(&s, NULL, S("/api/v1/cases"), S("{\"service\":\"stall_permit\",\"data\":{}}"));
    answer_problem(&s.k, &r, CODE_IDEMPOTENCY_KEY);
    struct answer up = upload(&s, "/api/v1/attachments?name=a.png&material=photo", PICTURE);
    struct slice photo = json_string(answer_json(&s.k, &up), "id");
    struct slice body =
        arena_printf(s.k.a,
                     "{\"service\":\"stall_permit\",\"data\":{\"applicant_name\":\"张三丰\",\"area_m2\":4,"
                     "\"photo\":\"%.*s\"}}",
                     SLICE_ARG(photo));
    struct answer first = act(&s, "key-number-1", S("/api/v1/cases"), body);
    if (first.status != 201) fail_msg("%.*s", SLICE_ARG(first.body));
    assert_slice(answer_field(&first, "Idempotency-Replayed"), "");
    struct answer again = act(&s, "key-number-1", S("/api/v1/cases"), body);
    assert_int_equal(again.status, 201);
    assert_slice(answer_field(&again, "Idempotency-Replayed"), "true");
    assert_true(slice_eq(json_string(answer_json(&s.k, &first), "id"), json_string(answer_json(&s.k, &again), "id")));
    assert_int_equal(store_test_number(f, "SELECT COUNT(*) FROM case_file"), 1);
    r = act(&s, "key-number-1", S("/api/v1/cases"), S("{\"service\":\"stall_permit\",\"data\":{\"area_m2\":5}}"));
    answer_problem(&s.k, &r, CODE_IDEMPOTENCY_BODY);
    /* an act on the case: the same */
    struct slice withdraw =
        arena_printf(s.k.a, "/api/v1/cases/%.*s/withdraw", SLICE_ARG(json_string(answer_json(&s.k, &first), "id")));
    for (int i = 0; i < 2; i++) {
        r = act(&s, "key-number-2", withdraw, S("{\"reason\":\"不办了\"}"));
        if (r.status != 200) fail_msg("%.*s", SLICE_ARG(r.body));
        assert_slice(json_string(answer_json(&s.k, &r), "state"), "withdrawn");
        assert_slice(answer_field(&r, "Idempotency-Replayed"), i ? "true" : "");
    }
    http_kit_close(&s.k);
}

/* ---- versions ---- */

static void drafts_have_versions(struct store_fixture *f)
{
    struct scene s;
    open_scene(&s, f);
    struct answer r = http_browse(&s.k, &s.zhang, "POST", "/api/v1/drafts", S("{\"service\":\"stall_permit\"}"));
    assert_int_equal(r.status, 201);
    char *path = arena_cstr(
        s.k.a, arena_printf(s.k.a, "/api/v1/drafts/%.*s", SLICE_ARG(json_string(answer_json(&s.k, &r), "id"))));
    struct answer one = http_browse(&s.k, &s.zhang, "GET", path, NONE);
    struct slice etag = answer_field(&one, "ETag");
    assert_true(etag.n > 2 && etag.p[0] == '"');
    s.zhang.more = arena_cstr(s.k.a, arena_printf(s.k.a, "If-None-Match: \"zz\", %.*s\r\n", SLICE_ARG(etag)));
    r = http_browse(&s.k, &s.zhang, "GET", path, NONE);
    assert_int_equal(r.status, 304);
    assert_int_equal(r.body.n, 0);
    assert_true(slice_eq(answer_field(&r, "ETag"), etag));
    s.zhang.more = NULL;
    struct slice data = S("{\"data\":{\"area_m2\":4}}");
    r = http_browse(&s.k, &s.zhang, "PUT", path, data);
    answer_problem(&s.k, &r, CODE_PRECONDITION_REQUIRED);
    s.zhang.more = arena_cstr(s.k.a, arena_printf(s.k.a, "If-Match: %.*s\r\n", SLICE_ARG(etag)));
    r = http_browse(&s.k, &s.zhang, "PUT", path, data);
    assert_int_equal(r.status, 200);
    assert_false(slice_eq(answer_field(&r, "ETag"), etag));
    r = http_browse(&s.k, &s.zhang, "PUT", path, data); /* the other device has an old version */
    answer_problem(&s.k, &r, CODE_PRECONDITION_FAILED);
    s.zhang.more = "If-Match: \"rubbish\"\r\n";
    r = http_browse(&s.k, &s.zhang, "PUT", path, data);
    answer_problem(&s.k, &r, CODE_PRECONDITION_FAILED);
    s.zhang.more = NULL;
    r = http_browse(&s.k, &s.zhang, "GET", "/api/v1/drafts/not-an-id", NONE);
    assert_true(r.status == 404 || r.status == 422 || r.status == 400);
    http_kit_close(&s.k);
}

/* ---- lists ---- */

static void lists_come_in_pages(struct store_fixture *f)
{
    struct scene s;
    size_t seen = 0;
    struct slice next = NONE, last = NONE;
    open_scene(&s, f);
    for (int i = 0; i < 7; i++)
        assert_int_equal(
            http_browse(&s.k, &s.zhang, "POST", "/api/v1/drafts", S("{\"service\":\"stall_permit\"}")).status, 201);
    for (int page = 0; page < 4; page++) {
        struct slice target =
            arena_printf(s.k.a, "/api/v1/drafts?limit=3%s%.*s", next.n ? "&cursor=" : "", SLICE_ARG(next));
        struct answer r = http_browse(&s.k, &s.zhang, "GET", arena_cstr(s.k.a, target), NONE);
        assert_int_equal(r.status, 200);
        const struct json *items = json_get(answer_json(&s.k, &r), "items");
        assert_int_equal(items->n, page < 2 ? 3 : 1);
        for (size_t i = 0; i < items->n; i++) {
            struct slice id = json_string(items->items[i], "id");
            assert_true(last.n == 0 || slice_cmp(id, last) < 0); /* newest first, none twice */
            last = id;
        }
        seen += items->n;
        next = json_string(answer_json(&s.k, &r), "next");
        if (!next.n) break;
    }
    assert_int_equal(seen, 7);
    static const char *const BAD[] = {"limit=0", "limit=101", "limit=x", "limit=-1", "cursor=nonsense"};
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++) {
        struct slice target = arena_printf(s.k.a, "/api/v1/drafts?%s", BAD[i]);
        struct answer r = http_browse(&s.k, &s.zhang, "GET", arena_cstr(s.k.a, target), NONE);
        answer_problem(&s.k, &r, CODE_QUERY_BAD);
    }
    http_kit_close(&s.k);
}

/* ---- uploads ---- */

static void uploads_are_what_they_contain(struct store_fixture *f)
{
    struct scene s;
    open_scene(&s, f);
    /* the name and the declared type say nothing */
    struct answer r = upload(&s, "/api/v1/attachments?name=x.pdf&material=photo", S("<html><script>alert(1)</script>"));
    answer_problem(&s.k, &r, CODE_ATTACHMENT_TYPE);
    r = upload(&s, "/api/v1/attachments?name=..%2F..%2Fetc%2F%E7%85%A7%E7%89%87.html&material=photo", PICTURE);
    assert_int_equal(r.status, 201);
    const struct json *v = answer_json(&s.k, &r);
    assert_slice(json_string(v, "type"), "png");
    assert_true(slice_search(json_string(v, "name"), S("/")) == SIZE_MAX);
    char *path = arena_cstr(s.k.a, arena_printf(s.k.a, "/api/v1/attachments/%.*s", SLICE_ARG(json_string(v, "id"))));
    r = http_browse(&s.k, &s.zhang, "GET", path, NONE);
    assert_int_equal(r.status, 200);
    assert_true(slice_eq(r.body, PICTURE));
    assert_slice(answer_field(&r, "Content-Type"), "image/png");
    assert_true(slice_starts(answer_field(&r, "Content-Disposition"),
                             S("attachment; filename=\"download\"; filename*=UTF-8''")));
    assert_slice(answer_field(&r, "X-Content-Type-Options"), "nosniff");
    assert_true(slice_search(answer_field(&r, "Content-Security-Policy"), S("sandbox")) != SIZE_MAX);
    /* nobody else's */
    struct browser other = {0};
    kit_person(&s.k.city, "lisi", NONE);
    (void)http_sign_in(&s.k, &other, "lisi");
    r = http_browse(&s.k, &other, "GET", path, NONE);
    answer_problem(&s.k, &r, CODE_NOT_FOUND);
    http_kit_close(&s.k);
}

/* ---- progress ---- */

static int stream(struct scene *s, struct slice id, const char *fields)
{
    int fd = http_dial(&s->k);
    http_write(fd, arena_printf(s->k.a,
                                "GET /api/v1/cases/%.*s/stream HTTP/1.1\r\nHost: localhost\r\nCookie: %.*s\r\n%s\r\n",
                                SLICE_ARG(id), SLICE_ARG(s->zhang.cookie), fields));
    return fd;
}

static void progress_is_pushed(struct store_fixture *f)
{
    struct scene s;
    open_scene(&s, f);
    struct answer filed = file_case(&s, "key-of-filing", 4);
    if (filed.status != 201) fail_msg("%.*s", SLICE_ARG(filed.body));
    struct slice id = json_string(answer_json(&s.k, &filed), "id"), got = NONE;
    int64_t version = json_int(answer_json(&s.k, &filed), "version", 0);
    char *since = arena_cstr(s.k.a, arena_printf(s.k.a, "Last-Event-ID: %lld\r\n", (long long)version));
    int fd = stream(&s, id, since);
    assert_true(http_read_until(&s.k, fd, ": still here", &got));
    struct answer head = http_parse_answer(got);
    assert_int_equal(head.status, 200);
    assert_slice(answer_field(&head, "Content-Type"), "text/event-stream");
    assert_slice(answer_field(&head, "Cache-Control"), "no-store");
    struct answer r =
        act(&s, "key-of-withdrawal", arena_printf(s.k.a, "/api/v1/cases/%.*s/withdraw", SLICE_ARG(id)), S("{}"));
    assert_int_equal(r.status, 200);
    version = json_int(answer_json(&s.k, &r), "version", 0);
    struct slice event = arena_printf(s.k.a, "id: %lld\nevent: case\ndata: {\"version\":%lld}\n\n", (long long)version,
                                      (long long)version);
    assert_true(http_read_until(&s.k, fd, arena_cstr(s.k.a, event), &got));
    assert_true(slice_search(got, S("event: case")) ==
                slice_search(got, event) + (size_t)(slice_search(event, S("event:"))));
    (void)close(fd);
    /* who comes back having seen an older version is told at once, though nothing happens any more */
    fd = stream(&s, id, since);
    got = NONE;
    assert_true(http_read_until(&s.k, fd, arena_cstr(s.k.a, event), &got));
    /* an open stream does not hold the stop up: it is ended */
    http_kit_close(&s.k);
    (void)http_read_all(&s.k, fd);
}

static void progress_is_for_those_concerned(struct store_fixture *f)
{
    struct scene s;
    struct browser other = {0};
    open_scene(&s, f);
    struct answer filed = file_case(&s, "key-of-filing", 4);
    struct slice id = json_string(answer_json(&s.k, &filed), "id");
    char *path = arena_cstr(s.k.a, arena_printf(s.k.a, "/api/v1/cases/%.*s/stream", SLICE_ARG(id)));
    struct answer r = http_ask(&s.k, "GET", path, NULL, NONE);
    answer_problem(&s.k, &r, CODE_UNAUTHENTICATED);
    kit_person(&s.k.city, "lisi", NONE);
    (void)http_sign_in(&s.k, &other, "lisi");
    r = http_browse(&s.k, &other, "GET", path, NONE);
    assert_true(r.status == 404 || r.status == 403);
    r = http_browse(&s.k, &s.zhang, "HEAD", path, NONE); /* no stream behind it: ends by itself */
    assert_int_equal(r.status, 200);
    http_kit_close(&s.k);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_BOTH(a_key_does_once),     ON_BOTH(drafts_have_versions),
        ON_BOTH(lists_come_in_pages), ON_SQLITE(uploads_are_what_they_contain),
        ON_BOTH(progress_is_pushed),  ON_SQLITE(progress_is_for_those_concerned),
    };
    return cmocka_run_group_tests_name("interface", tests, NULL, NULL);
}
