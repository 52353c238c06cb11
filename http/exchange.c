/* A request from session to reply, on a worker thread. */
#include "base/log.h"
#include "http/internal.h"

/* ---- problems: RFC 9457 ---- */

static const struct json *text_json(struct arena *a, struct slice zh, struct slice en)
{
    struct json_builder b = json_builder(a);
    json_set_str(&b, "zh", zh);
    json_set_str(&b, "en", en);
    return json_object(&b);
}

static const struct json *problem_json(struct arena *a, const struct problem *p)
{
    struct json_builder b = json_builder(a);
    json_set_cstr(&b, "code", code_name(p->code));
    json_set_str(&b, "field", p->field);
    json_set(&b, "text", text_json(a, problem_text(a, p, LANG_ZH), problem_text(a, p, LANG_EN)));
    json_set(&b, "remedy", text_json(a, problem_remedy(a, p, LANG_ZH), problem_remedy(a, p, LANG_EN)));
    const struct json *path = json_problem_path(a, p);
    if (path) json_set(&b, "path", path);
    return json_object(&b);
}

static void fill(struct exchange *x, result r)
{
    struct json_builder b = json_builder(x->a), list = json_builder(x->a);
    const struct problem *p = r.problem;
    x->status = code_status(p->code);
    json_set_str(&b, "type", arena_printf(x->a, "/errors/%s", code_name(p->code)));
    json_set(&b, "title", text_json(x->a, problem_text(x->a, p, LANG_ZH), problem_text(x->a, p, LANG_EN)));
    json_set_int(&b, "status", x->status);
    json_set(&b, "detail", text_json(x->a, problem_remedy(x->a, p, LANG_ZH), problem_remedy(x->a, p, LANG_EN)));
    for (; p; p = p->next) json_add(&list, problem_json(x->a, p));
    json_set(&b, "problems", json_array(&list));
    json_set_str(&b, "request", id_text(x->a, x->q.request_id));
    x->reply = (struct reply){.content_type = S("application/problem+json")};
    x->content = json_write(x->a, json_object(&b));
    x->done = true;
}

void exchange_problem(struct exchange *x, result r)
{
    if (code_status(r.problem->code) >= 500) log_problems(LEVEL_ERROR, "http.failed", r);
    fill(x, r);
}

void exchange_refuse(struct exchange *x, enum code code)
{
    size_t max = x->route && x->route->e->body_max ? x->route->e->body_max : BODY_DEFAULT;
    if (code == CODE_UNAVAILABLE) x->retry_after = 5;
    fill(x, fail(x->a, code, S("body"), "limit", arena_printf(x->a, "%zu", max), "detail_zh", S("服务正在停止"),
                 "detail_en", S("the server is stopping"), NULL));
}

/* ---- the request ---- */

struct slice header(struct MHD_Connection *c, const char *name)
{
    const char *v = MHD_lookup_connection_value(c, MHD_HEADER_KIND, name);
    return v ? slice_cstr(v) : (struct slice){NULL, 0};
}

static struct slice unquoted(struct slice s)
{
    s = slice_trim(s);
    if (slice_starts(s, S("W/"))) s = slice_sub(s, 2, s.n);
    if (s.n >= 2 && s.p[0] == '"' && s.p[s.n - 1] == '"') s = slice_sub(s, 1, s.n - 2);
    return s;
}

static struct slice cookie(struct exchange *x)
{
    const char *v = MHD_lookup_connection_value(x->connection, MHD_COOKIE_KIND,
                                                x->h->o.secure_cookies ? "__Host-tongban" : "tongban");
    return v ? slice_cstr(v) : (struct slice){NULL, 0};
}

static result percent_free(struct exchange *x)
{
    /* ids and codes need no escapes: a path with one is no path of ours */
    for (size_t i = 0; i < x->q.nparams; i++)
        if (slice_find(x->q.params[i], '%', 0) != SIZE_MAX || !slice_utf8(x->q.params[i]))
            return fail(x->a, CODE_NOT_FOUND, S("path"), "value", S("%"), NULL);
    return ok();
}

static result find_route(struct exchange *x)
{
    if (x->bad_target) return fail(x->a, CODE_HTTP_TARGET, S("target"), NULL);
    if (!x->route && x->path_known) return fail(x->a, CODE_HTTP_METHOD, S("method"), "value", x->method, NULL);
    if (!x->route) return fail(x->a, CODE_NOT_FOUND, S("path"), "value", slice_sub(x->path, 0, 200), NULL);
    if (x->too_large) {
        size_t max = x->route->e->body_max ? x->route->e->body_max : BODY_DEFAULT;
        return fail(x->a, CODE_TOO_LARGE, S("body"), "limit", arena_printf(x->a, "%zu", max), NULL);
    }
    return percent_free(x);
}

static result who_is_it(struct exchange *x)
{
    struct actor *actor = NEW(x->a, struct actor);
    struct slice token = cookie(x);
    bool found = false;
    if (token.n && token.n <= 200) {
        struct slice hash = session_hash(x->a, token);
        TRY(session_actor(x->q.city, x->a, hash, x->q.now, actor, &found));
        if (found) x->q.session = hash;
    }
    if (!found) *actor = (struct actor){.kind = ACTOR_NOBODY};
    x->q.actor = actor;
    return ok();
}

/* A page of another origin cannot make this browser act: token of the session, and the origin where it is told. */
static result csrf(struct exchange *x)
{
    bool safe = slice_is(x->method, "GET") || slice_is(x->method, "HEAD");
    if (safe || (x->route->e->flags & EP_NO_CSRF) || x->q.session.n == 0) return ok();
    if (session_csrf_good(x->q.city, x->a, x->q.session, header(x->connection, "X-CSRF-Token"))) return ok();
    return fail(x->a, CODE_HTTP_CSRF, S("X-CSRF-Token"), NULL);
}

static result origin(struct exchange *x)
{
    struct slice o = header(x->connection, "Origin"), host = header(x->connection, "Host");
    if (o.n == 0 || slice_is(x->method, "GET")) return ok();
    struct slice from = origin_authority(o);
    if (from.n && slice_eq(from, host)) return ok();
    if (slice_eq(o, x->q.city->base_url)) return ok();
    return fail(x->a, CODE_HTTP_ORIGIN, S("Origin"), "value", slice_sub(o, 0, 100), NULL);
}

static result rate(struct exchange *x)
{
    int flags = x->route->e->flags;
    enum limit_kind kind = flags & EP_CERTIFICATE ? LIMIT_CERTIFICATE
                           : flags & EP_COSTLY    ? LIMIT_COSTLY
                                                  : LIMIT_GENERAL;
    int64_t wait = limits_take(x->h->limits, x->q.peer, kind, x->q.now);
    if (wait == 0) return ok();
    x->retry_after = (wait + 999) / 1000;
    return fail(x->a, CODE_HTTP_RATE, S("peer"), "value", arena_printf(x->a, "%lld", (long long)x->retry_after), NULL);
}

static result body(struct exchange *x)
{
    struct slice bytes = buf_slice(&x->body);
    x->q.body_bytes = bytes;
    if (!(x->route->e->flags & EP_JSON_BODY)) return ok();
    if (!media_is(x->q.content_type, "application/json"))
        return fail(x->a, CODE_HTTP_MEDIA_TYPE, S("Content-Type"), "expected", S("application/json"), NULL);
    return json_parse(x->a, bytes.n ? bytes : S("{}"), x->body.max, S("body"), &x->q.body);
}

static void request_of(struct exchange *x)
{
    struct request *q = &x->q;
    struct MHD_Connection *c = x->connection;
    q->a = x->a;
    q->city = x->h->o.city;
    q->lang = lang_accepted(header(c, "Accept-Language"));
    q->route = x->route ? slice_cstr(x->route->template_) : x->path;
    q->idempotency_key = header(c, "Idempotency-Key");
    q->if_match = unquoted(header(c, "If-Match"));
    q->if_none_match = header(c, "If-None-Match");
    q->content_type = header(c, "Content-Type");
    q->authorization = header(c, "Authorization");
}

static result handle(struct exchange *x)
{
    TRY(find_route(x));
    TRY(rate(x));
    TRY(origin(x));
    TRY(who_is_it(x));
    TRY(csrf(x));
    TRY(body(x));
    return door_call(x->route->e, &x->q, &x->reply);
}

/* Whether the client has it already (RFC 9110 13.2.2: the entity tag, where one is sent, comes before the date). */
static bool unchanged(const struct exchange *x)
{
    const struct reply *r = &x->reply;
    instant since;
    if (!slice_is(x->method, "GET")) return false;
    if (x->q.if_none_match.n) return r->etag.n && etag_listed(x->q.if_none_match, r->etag);
    return r->last_modified && http_date_scan(header(x->connection, "If-Modified-Since"), &since) &&
           r->last_modified / MS_SECOND * MS_SECOND <= since;
}

static void shape(struct exchange *x)
{
    struct reply *r = &x->reply;
    x->status = r->status ? r->status : 200;
    if (x->status == 200 && unchanged(x)) {
        x->status = 304;
        x->content = (struct slice){NULL, 0};
    } else if (r->body) {
        x->content = json_write(x->a, r->body);
        r->content_type = S("application/json");
    } else {
        x->content = r->bytes;
        if (x->content.n == 0 && x->status == 200 && !(x->route->e->flags & EP_STREAM)) x->status = 204;
    }
    x->done = true;
}

void exchange_run(struct exchange *x)
{
    if (x->special) {
        special_answer(x);
        return;
    }
    request_of(x);
    result r = handle(x);
    if (failed(r))
        exchange_problem(x, r);
    else
        shape(x);
}
