/* What the server says of itself: OpenAPI against the route table both ways, metrics, health. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

#include "http/testkit.h"

static const struct slice NONE = {"", 0};

/* ---- OpenAPI 3.1 ---- */

static const char *const METHODS[] = {"get", "put", "post", "delete", "patch"};
enum { NMETHODS = sizeof METHODS / sizeof *METHODS };

static void schema_good(struct arena *a, const struct json *v, struct slice where)
{
    const struct schema *s;
    struct schema_options o = {.assert_format = true, .forms = false};
    if (!json_string(v, "$ref").n) assert_good(a, schema_compile(a, v, &o, where, &s));
}

/* Every {x} of the path has its parameter, once, and nothing else claims to be in the path (OpenAPI 3.1 4.8.12). */
static void parameters_good(struct arena *a, struct slice path, const struct json *operation)
{
    const struct json *list = json_get(operation, "parameters");
    size_t in_path = 0, braces = 0;
    for (size_t i = 0; i < path.n; i++) braces += path.p[i] == '{';
    for (size_t i = 0; i < list->n; i++) {
        const struct json *p = list->items[i];
        struct slice name = json_string(p, "name"), in = json_string(p, "in");
        assert_true(name.n && json_get(p, "schema"));
        assert_true(slice_is(in, "path") || slice_is(in, "query") || slice_is(in, "header"));
        for (size_t k = 0; k < i; k++)
            if (slice_eq(json_string(list->items[k], "name"), name)) fail_msg("%.*s twice", SLICE_ARG(name));
        if (slice_is(in, "query"))
            assert_true(json_string(p, "description").n && json_string(p, "x-description-zh").n &&
                        !slice_eq(json_string(p, "description"), json_string(p, "x-description-zh")));
        if (!slice_is(in, "path")) continue;
        in_path++;
        assert_true(json_bool(p, "required", false));
        assert_true(slice_search(path, arena_printf(a, "{%.*s}", SLICE_ARG(name))) != SIZE_MAX);
    }
    if (in_path != braces) fail_msg("%.*s: %zu of %zu parameters", SLICE_ARG(path), in_path, braces);
}

static void content_good(struct arena *a, const struct json *holder, struct slice where)
{
    const struct json *content = json_get(holder, "content");
    for (size_t i = 0; content && i < content->n; i++) {
        assert_true(slice_find(content->keys[i], '/', 0) != SIZE_MAX);
        schema_good(a, json_get(content->items[i], "schema"), where);
    }
}

static void operation_good(struct arena *a, struct slice path, const struct json *operation)
{
    const struct json *responses = json_get(operation, "responses"), *body = json_get(operation, "requestBody");
    assert_true(json_string(operation, "summary").n && json_string(operation, "x-summary-zh").n);
    assert_true(json_string(operation, "x-right").n && json_string(operation, "operationId").n);
    parameters_good(a, path, operation);
    assert_true(responses && responses->n >= 2);
    for (size_t i = 0; i < responses->n; i++) {
        assert_true(json_string(responses->items[i], "description").n);
        content_good(a, responses->items[i], path);
    }
    if (body) content_good(a, body, path);
}

static void refs_resolve(const struct json *root, const struct json *v)
{
    struct slice ref = json_string(v, "$ref");
    if (ref.n && !json_pointer(root, slice_sub(ref, 1, ref.n))) fail_msg("%.*s leads nowhere", SLICE_ARG(ref));
    bool inside = v->type == JSON_ARRAY || v->type == JSON_OBJECT;
    for (size_t i = 0; inside && i < v->n; i++) refs_resolve(root, v->items[i]);
}

static bool in_table(struct arena *a, struct http_kit *k, const char *method, struct slice path)
{
    struct route *routes;
    size_t n = router_routes(k->h->router, &routes);
    char *upper = arena_cstr(a, slice_cstr(method));
    for (char *p = upper; *p; p++) *p = (char)toupper((unsigned char)*p);
    for (size_t i = 0; i < n; i++)
        if (slice_is(arena_printf(a, "%s %.*s", upper, SLICE_ARG(path)), routes[i].template_)) return true;
    return false;
}

static void description_and_table_are_one(struct store_fixture *f)
{
    struct http_kit k;
    struct route *routes;
    http_kit_open(&k, f, NULL);
    struct answer r = http_ask(&k, "GET", "/api/v1/openapi.json", NULL, NONE);
    assert_int_equal(r.status, 200);
    const struct json *v = answer_json(&k, &r), *paths = json_get(v, "paths");
    size_t operations = 0, n = router_routes(k.h->router, &routes);
    assert_slice(json_string(v, "openapi"), "3.1.0");
    assert_true(json_string(json_get(v, "info"), "title").n && json_string(json_get(v, "info"), "version").n);
    refs_resolve(v, v);
    struct json_builder ids = json_builder(k.a);
    for (size_t i = 0; i < paths->n; i++) {
        assert_true(slice_starts(paths->keys[i], S("/api/v1/")));
        for (size_t m = 0; m < NMETHODS; m++) {
            const struct json *o = json_get(paths->items[i], METHODS[m]);
            if (!o) continue;
            operations++;
            operation_good(k.a, paths->keys[i], o);
            if (!in_table(k.a, &k, METHODS[m], paths->keys[i])) fail_msg("no route %s", METHODS[m]);
            struct slice id = json_string(o, "operationId");
            size_t before = ids.n;
            json_set_bool(&ids, arena_cstr(k.a, id), true);
            if (ids.n == before) fail_msg("operationId %.*s twice", SLICE_ARG(id));
        }
    }
    assert_int_equal(operations, n); /* none is missing in the description, none is there twice */
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < i; j++)
            if (!strcmp(routes[i].template_, routes[j].template_)) fail_msg("%s twice", routes[i].template_);
    r = http_ask(&k, "GET", "/api", NULL, NONE);
    assert_int_equal(r.status, 200);
    assert_slice(answer_field(&r, "Content-Type"), "text/html; charset=utf-8");
    http_kit_close(&k);
}

/* What is described of a query is what is taken: anything else is refused before the handler runs. */
static void queries_are_as_described(struct store_fixture *f)
{
    struct http_kit k;
    struct browser nobody = {0};
    http_kit_open(&k, f, NULL);
    const struct json *list =
        json_pointer(openapi_json(k.a, &k.city.c), S("/paths/~1api~1v1~1services/get/parameters"));
    bool q = false, limit = false;
    for (size_t i = 0; list && i < list->n; i++) {
        const struct json *p = list->items[i];
        q = q || slice_is(json_string(p, "name"), "q");
        if (!slice_is(json_string(p, "name"), "limit")) continue;
        limit = json_int(json_get(p, "schema"), "maximum", 0) == 100 && slice_is(json_string(p, "in"), "query");
    }
    assert_true(q && limit);
    static const struct {
        const char *target;
        enum code code; /* 0: taken */
        const char *field;
    } T[] = {{"/services?q=stall&audience=person&limit=5", 0, NULL},
             {"/services?q=stall&", 0, NULL},
             {"/services?audience=", 0, NULL}, /* any */
             {"/services?%71=stall", 0, NULL}, /* a name may be encoded */
             {"/services?qq=stall", CODE_QUERY_UNKNOWN, "qq"},
             {"/services?Q=stall", CODE_QUERY_UNKNOWN, "Q"},
             {"/towns?limit=5", CODE_QUERY_UNKNOWN, "limit"}, /* comes whole */
             {"/services?q=a&q=b", CODE_QUERY_BAD, "q"},
             {"/services?audience=everybody", CODE_QUERY_BAD, "audience"},
             {"/services?limit=many", CODE_QUERY_BAD, "limit"},
             {"/services?limit=101", CODE_QUERY_BAD, "limit"},
             {"/services?area=x", CODE_QUERY_BAD, "area"},
             {"/services?q=%f", CODE_QUERY_BAD, "q"}};
    for (size_t i = 0; i < sizeof T / sizeof *T; i++) {
        char *target = arena_cstr(k.a, arena_printf(k.a, "/api/v1%s", T[i].target));
        struct answer r = http_browse(&k, &nobody, "GET", target, NONE);
        if (!T[i].code && r.status != 200) fail_msg("%s: %d", T[i].target, r.status);
        if (!T[i].code) continue;
        answer_problem(&k, &r, T[i].code);
        assert_slice(json_string(json_pointer(answer_json(&k, &r), S("/problems/0")), "field"), T[i].field);
    }
    http_kit_close(&k);
}

static void every_code_has_its_page(struct store_fixture *f)
{
    struct http_kit k;
    http_kit_open(&k, f, NULL);
    for (int c = 1; c < CODE_COUNT; c++) {
        struct slice target = arena_printf(k.a, "/api/v1/errors/%s", code_name((enum code)c));
        struct answer r = http_ask(&k, "GET", arena_cstr(k.a, target), NULL, NONE);
        if (r.status != 200) fail_msg("%.*s: %d", SLICE_ARG(target), r.status);
        const struct json *v = answer_json(&k, &r);
        assert_slice(json_string(v, "code"), code_name((enum code)c));
        assert_true(json_string(json_get(v, "remedy"), "zh").n && json_string(json_get(v, "remedy"), "en").n);
    }
    http_kit_close(&k);
}

/* ---- metrics: Prometheus text format 0.0.4 ---- */

static bool name_good(struct slice s)
{
    for (size_t i = 0; i < s.n; i++)
        if (!(isalpha((unsigned char)s.p[i]) || s.p[i] == '_' || s.p[i] == ':' ||
              (i && isdigit((unsigned char)s.p[i]))))
            return false;
    return s.n > 0;
}

/* name or name{label="value"}, a space, a number. *metric: the name without _sum and _count. */
static void sample_good(struct arena *a, struct slice line, struct slice *metric)
{
    struct slice head, value, name, labels;
    size_t space = line.n;
    while (space && line.p[space - 1] != ' ') space--;
    if (space < 2) fail_msg("%.*s", SLICE_ARG(line));
    head = slice_sub(line, 0, space - 1);
    value = slice_sub(line, space, line.n);
    char *end, *z = arena_cstr(a, value);
    (void)strtod(z, &end);
    if (*z == 0 || *end) fail_msg("not a number: %.*s", SLICE_ARG(line));
    if (slice_cut(head, '{', &name, &labels)) {
        size_t q = slice_find(labels, '"', 0);
        bool good = labels.n > 4 && slice_ends(labels, S("\"}")) && q != SIZE_MAX && labels.p[q - 1] == '=' &&
                    slice_find(slice_sub(labels, q + 1, labels.n - q - 3), '"', 0) == SIZE_MAX;
        if (!good || !name_good(slice_sub(labels, 0, q - 1))) fail_msg("%.*s", SLICE_ARG(line));
    }
    if (!name_good(name)) fail_msg("%.*s", SLICE_ARG(line));
    if (slice_ends(name, S("_sum"))) name.n -= 4;
    if (slice_ends(name, S("_count"))) name.n -= 6;
    *metric = name;
}

static void metrics(struct store_fixture *f)
{
    struct http_kit k;
    http_kit_open(&k, f, NULL);
    for (int i = 0; i < 3; i++) (void)http_ask(&k, "GET", "/api/v1/towns", NULL, NONE);
    struct answer r = http_ask(&k, "GET", "/metrics", NULL, NONE);
    assert_int_equal(r.status, 200);
    assert_slice(answer_field(&r, "Content-Type"), "text/plain; version=0.0.4; charset=utf-8");
    assert_true(slice_ends(r.body, S("\n")));
    struct slice rest = r.body, line, known = NONE, metric;
    size_t samples = 0;
    while (slice_cut(rest, '\n', &line, &rest)) {
        if (slice_starts(line, S("# HELP "))) continue;
        if (slice_starts(line, S("# TYPE "))) {
            struct slice kind;
            (void)slice_cut(slice_sub(line, 7, line.n), ' ', &known, &kind);
            assert_true(slice_is(kind, "counter") || slice_is(kind, "gauge") || slice_is(kind, "summary"));
            assert_true(!slice_is(kind, "counter") || slice_ends(known, S("_total")));
            continue;
        }
        sample_good(k.a, line, &metric);
        if (!slice_eq(metric, known)) fail_msg("%.*s stands under %.*s", SLICE_ARG(metric), SLICE_ARG(known));
        samples++;
    }
    assert_true(samples > 10);
    assert_true(slice_search(r.body, S("tongban_route_seconds_count{route=\"GET /api/v1/towns\"} 3\n")) != SIZE_MAX);
    http_kit_close(&k);
}

static void who_may_ask_for_metrics(struct store_fixture *f)
{
    struct http_kit k;
    http_kit_open(&k, f, NULL);
    struct answer r = http_ask(&k, "GET", "/metrics", "X-Forwarded-For: 192.0.2.1\r\n", NONE); /* through a proxy */
    assert_int_equal(r.status, 403);
    http_kit_close(&k);
    store_fixture_reopen(f);
    struct http_options o = {.metrics_token = S("a-long-token")};
    http_kit_open(&k, f, &o);
    assert_int_equal(http_ask(&k, "GET", "/metrics", NULL, NONE).status, 403);
    assert_int_equal(http_ask(&k, "GET", "/metrics", "Authorization: Bearer a-long-toke\r\n", NONE).status, 403);
    assert_int_equal(http_ask(&k, "GET", "/metrics", "Authorization: Bearer a-long-token\r\n", NONE).status, 200);
    r = http_ask(&k, "GET", "/healthz", NULL, NONE);
    assert_int_equal(r.status, 200);
    assert_slice(r.body, "ok\n");
    http_kit_close(&k);
}

static void addresses(void **state)
{
    static const struct {
        const char *address;
        bool loopback;
    } CASES[] = {
        {"127.0.0.1:1", true}, {"127.9.9.9:1", true},  {"[::1]:1", true},       {"0.0.0.0:1", false},
        {"[::]:1", false},     {"192.0.2.1:1", false}, {"10.127.0.1:1", false}, {"[::ffff:127.0.0.1]:1", false}};
    struct arena *a = *state;
    bool out;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        assert_good(a, http_address_loopback(a, slice_cstr(CASES[i].address), &out));
        if (out != CASES[i].loopback) fail_msg("%s", CASES[i].address);
    }
    assert_code(http_address_loopback(a, S("127.0.0.1:http-or-what"), &out), CODE_HTTP_LISTEN);
    assert_code(http_address_loopback(a, S("no such host:1"), &out), CODE_HTTP_LISTEN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_SQLITE(description_and_table_are_one), ON_SQLITE(every_code_has_its_page),
        ON_BOTH(queries_are_as_described),        ON_BOTH(metrics),
        ON_SQLITE(who_may_ask_for_metrics),       TEST(addresses),
    };
    return cmocka_run_group_tests_name("describe", tests, NULL, NULL);
}
