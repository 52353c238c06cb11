/* Every route with everybody: the door's answer is compared with the right that the route declares, worked out here a
 * second time and on its own. Then every open task of a real case with every member of staff. */
#include "store/store_test_support.h"

#include <stdio.h>

#include "areas/00_supervision/plan.h"
#include "city/identity/identity.h"
#include "http/internal.h"
#include "test/city/opening.h"

/* ---- who ---- */

struct cast {
    struct test_city *t;
    const struct actor *list[128];
    const char *names[128];
    size_t n;
};

static void add(struct cast *c, const char *name, const struct actor *x)
{
    assert_non_null(x);
    assert_true(c->n < 128);
    c->names[c->n] = name;
    c->list[c->n++] = x;
}

static const struct actor NOBODY = {.kind = ACTOR_NOBODY};

static struct test_city *city_with(struct store_fixture *f, instant *now, bool services)
{
    struct test_city *t;
    assert_true(instant_scan(S("2021-04-29T09:30:00+08:00"), now));
    struct test_city_options o = {.clock = now, .fresh = true, .no_services = !services};
    assert_good(f->a, test_city_open(f->a, f->s, &o, &t));
    store_fixture_reusable(f);
    return t;
}

static struct test_city *city(struct store_fixture *f, instant *now)
{
    return city_with(f, now, false);
}

/* Nobody, a person, an enterprise, and all of the staff: every role is among them. */
static struct cast everybody(struct test_city *t)
{
    struct cast c = {.t = t};
    uint32_t roles = 0;
    assert_true(t->npersons > 1 && t->nenterprises > 0);
    add(&c, "nobody", &NOBODY);
    add(&c, "person", &t->persons[0]);
    add(&c, "enterprise", &t->enterprises[0]);
    for (size_t i = 0; i < t->nstaff; i++) {
        add(&c, arena_cstr(t->a, t->staff[i].login), &t->staff[i]);
        for (size_t k = 0; k < t->staff[i].ngrants; k++) roles |= 1u << t->staff[i].grants[k].role;
    }
    assert_int_equal(roles, (1u << ROLE_COUNT) - 1);
    return c;
}

/* ---- what is due to whom ---- */

enum answer { LET_IN, NOT_SIGNED_IN, NO_RIGHT };

static enum answer due(const struct endpoint *e, const struct actor *x)
{
    bool self = x->kind == ACTOR_PERSON || x->kind == ACTOR_ENTERPRISE;
    if (e->right.kind == RIGHT_PUBLIC) return LET_IN;
    if (x->kind == ACTOR_NOBODY) return NOT_SIGNED_IN;
    if (e->right.kind == RIGHT_SIGNED_IN) return LET_IN;
    if (self && (e->right.kind == RIGHT_SELF || e->right.also_self)) return LET_IN;
    if (x->kind != ACTOR_STAFF) return NO_RIGHT;
    if (e->right.kind == RIGHT_STAFF) return LET_IN;
    if (e->right.kind == RIGHT_ROLES)
        for (size_t i = 0; i < x->ngrants; i++)
            if (e->right.roles & (1u << x->grants[i].role)) return LET_IN;
    return NO_RIGHT;
}

static result knock(struct test_city *t, struct arena *a, const struct route *route, const struct actor *x,
                    struct slice key)
{
    struct reply r = {.status = 0};
    struct request q = {.a = a,
                        .city = &t->city,
                        .actor = x,
                        .now = time_now(t->city.time),
                        .route = slice_cstr(route->template_),
                        .idempotency_key = key,
                        .peer = S("127.0.0.1"),
                        .content_type = S("application/json"),
                        .body_bytes = S("{}")};
    for (const char *p = route->e->path; *p; p++)
        if (*p == '{') q.params[q.nparams++] = id_text(a, id_new(q.now));
    struct json_builder b = json_builder(a);
    if (route->e->flags & EP_JSON_BODY) q.body = json_object(&b);
    q.request_id = id_new(q.now);
    return door_call(route->e, &q, &r);
}

/* A handler may narrow further what its route lets in; then the refusal says so. Each is here with its reason. */
static const struct {
    const char *path, *reason;
} NARROWED[] = {
    {"/indicators/{no}", "those who lead: the_board_is_for_those_who_lead"},
    {"/indicators/{no}/cases", "those who lead: the_board_is_for_those_who_lead"},
    {"/attachments", "staff upload at the window only"},
    {"/desk/intake/prefill", "the window's town"},
    {"/inbox", "own messages"},
    {"/desk/seals", "the seal authority: city/seals/seals_test.c, two_people"},
};

static bool narrowed(const char *path)
{
    for (size_t i = 0; i < sizeof NARROWED / sizeof *NARROWED; i++)
        if (strcmp(path, NARROWED[i].path) == 0) return true;
    return false;
}

static bool one(const struct cast *c, const struct route *route, size_t who)
{
    struct arena *a = arena_new("knock");
    result r = knock(c->t, a, route, c->list[who], S("routes-test-key"));
    enum answer should = due(route->e, c->list[who]);
    enum code code = result_code(r);
    bool good;
    if (should == NOT_SIGNED_IN)
        good = code == CODE_UNAUTHENTICATED;
    else if (should == NO_RIGHT)
        good = code == CODE_FORBIDDEN;
    else
        good = code != CODE_UNAUTHENTICATED && (code != CODE_FORBIDDEN || narrowed(route->e->path)) &&
               code != CODE_INTERNAL;
    if (!good) {
        static const char *const WORDS[] = {"to be let in", "401", "403"};
        print_error("%s as %s: expected %s, got %s\n", route->template_, c->names[who], WORDS[should],
                    failed(r) ? code_name(code) : "good");
    }
    arena_free(a);
    return good;
}

static void every_route_with_everybody(struct store_fixture *f)
{
    instant now;
    struct cast c = everybody(city(f, &now));
    struct route *routes;
    size_t n = router_routes(router_new(f->a, c.t->city.areas), &routes), wrong = 0, refused = 0;
    assert_true(n > 60);
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < c.n; k++) {
            wrong += !one(&c, &routes[i], k);
            refused += due(routes[i].e, c.list[k]) != LET_IN;
        }
    printf("%zu routes, %zu actors, %zu refusals due, %zu wrong\n", n, c.n, refused, wrong);
    assert_int_equal(wrong, 0);
}

/* ---- figures that are not published: heads, the leaders of the plan, its office ---- */

static const char PLAN_TEXT[] = "某府函〔2021〕1号\n2021年4月1日\n某市行动方案(2021)\n二、工作措施\n(一)第一条。\n";
static const char PLAN_AREAS[] =
    "[{\"no\":1,\"name\":\"开办企业\",\"leaders\":[\"甲\"],\"lead\":[\"市场监管局\"],\"responsible\":[]}]";
static const char PLAN_TASKS[] =
    "[{\"no\":1,\"area_no\":1,\"area\":\"开办企业\",\"problem\":\"问题\",\"symptom\":\"\",\"measure\":\"措施\",\"lead\":[\"市场监管局\"],"
    "\"responsible\":[],\"deadline\":null,\"due\":null}]";

/* A plan whose office is the tax bureau, and whose leader is an officer without any role of the desk that counts here. */
static void import_plan(struct test_city *t, struct arena *a, const struct actor *leader)
{
    struct actor system = actor_system();
    struct plan_files f = {.text = slice_cstr(PLAN_TEXT),
                           .areas = slice_cstr(PLAN_AREAS),
                           .tasks = slice_cstr(PLAN_TASKS),
                           .about = S("{\"offices\":[\"税务局\"]}")};
    struct plan_input in;
    const struct json *report;
    struct reply r = {.status = 0};
    struct json_builder b = json_builder(a);
    assert_good(a, plan_read(a, &f, &in));
    assert_good(a, plan_import(&t->city, a, &system, &in, time_now(t->city.time), &report));
    json_set_cstr(&b, "name", "甲");
    json_set_str(&b, "login", leader->login);
    struct request q = {
        .a = a, .city = &t->city, .actor = &system, .now = time_now(t->city.time), .body = json_object(&b)};
    assert_good(a, door_call(&EP_PLAN_LEADER, &q, &r));
}

static result ask(struct test_city *t, struct arena *a, const struct actor *x, const char *path,
                  const struct json **out)
{
    struct route *routes;
    struct reply r = {.status = 0};
    size_t n = router_routes(router_new(a, t->city.areas), &routes);
    for (size_t i = 0; i < n; i++) {
        if (strcmp(routes[i].e->path, path) != 0) continue;
        struct request q = {
            .a = a, .city = &t->city, .actor = x, .now = time_now(t->city.time), .params = {S("1")}, .nparams = 1};
        result res = door_call(routes[i].e, &q, &r);
        *out = r.body;
        return res;
    }
    fail_msg("no route %s", path);
    return ok();
}

static void the_board_is_for_those_who_lead(struct store_fixture *f)
{
    static const struct {
        const char *login;
        bool leads;
    } WHO[] = {{"scjg.head", true},
               {"rs.reviewer", true} /* the leader */,
               {"sw.handler", true} /* of the office */,
               {"scjg.handler", false},
               {"gaj.signer", false},
               {"window.nancheng", false},
               {"administrator", false},
               {"auditor", false}};
    instant now;
    struct cast c = everybody(city(f, &now));
    const struct actor *leader = test_city_actor(c.t, S("rs.reviewer"));
    const struct json *v;
    assert_code(ask(c.t, f->a, leader, "/indicators/{no}", &v), CODE_FORBIDDEN); /* no plan yet */
    import_plan(c.t, f->a, leader);
    for (size_t i = 0; i < sizeof WHO / sizeof *WHO; i++) {
        const struct actor *x = test_city_actor(c.t, slice_cstr(WHO[i].login));
        enum code due_code = WHO[i].leads ? CODE_OK : CODE_FORBIDDEN;
        assert_non_null(x);
        assert_good(f->a, ask(c.t, f->a, x, "/indicators", &v));
        if (json_bool(v, "full", !WHO[i].leads) != WHO[i].leads) fail_msg("/indicators as %s", WHO[i].login);
        assert_true((json_get(v, "total") != NULL) == WHO[i].leads);
        assert_code(ask(c.t, f->a, x, "/indicators/{no}", &v), due_code);
        assert_code(ask(c.t, f->a, x, "/indicators/{no}/cases", &v), due_code);
    }
}

/* ---- before a forced change of password; without a key ---- */

static void nothing_before_the_password_is_changed(struct store_fixture *f)
{
    instant now;
    struct test_city *t = city(f, &now);
    struct route *routes;
    size_t n = router_routes(router_new(f->a, t->city.areas), &routes);
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < t->nstaff; k++) {
            struct actor x = t->staff[k];
            const struct endpoint *e = routes[i].e;
            struct arena *a = arena_new("knock");
            bool open = e->right.kind == RIGHT_PUBLIC || !strcmp(e->path, "/me/password") ||
                        (!strcmp(e->path, "/session") && !strcmp(e->method, "DELETE"));
            x.must_change_password = true;
            enum code code = result_code(knock(t, a, &routes[i], &x, S("routes-test-key")));
            if (open)
                assert_int_not_equal(code, CODE_AUTH_MUST_CHANGE);
            else
                assert_true(code == CODE_AUTH_MUST_CHANGE || due(e, &x) != LET_IN);
            arena_free(a);
        }
}

static void acting_needs_a_key(struct store_fixture *f)
{
    instant now;
    struct cast c = everybody(city(f, &now));
    struct route *routes;
    size_t n = router_routes(router_new(f->a, c.t->city.areas), &routes), keyed = 0;
    for (size_t i = 0; i < n; i++) {
        if (!(routes[i].e->flags & EP_IDEMPOTENT)) continue;
        keyed++;
        for (size_t k = 0; k < c.n; k++) {
            struct arena *a = arena_new("knock");
            if (due(routes[i].e, c.list[k]) == LET_IN) {
                assert_code(knock(c.t, a, &routes[i], c.list[k], S("")), CODE_IDEMPOTENCY_KEY);
                assert_code(knock(c.t, a, &routes[i], c.list[k], S("short")), CODE_IDEMPOTENCY_KEY);
            }
            arena_free(a);
        }
    }
    assert_true(keyed >= 10);
}

/* What changes something and belongs to a session must not be reachable by GET, and only sign-in, registration and the
 * public check of a file go without the token against forged requests. */
static void only_few_go_without_csrf(struct store_fixture *f)
{
    static const char *const FREE[] = {"POST /api/v1/session",
                                       "POST /api/v1/registration",
                                       "POST /api/v1/verify",
                                       "POST /api/v1/setup/{token}",
                                       "POST /api/v1/setup",
                                       "POST /api/v1/password-reset",
                                       "POST /api/v1/session/keys",
                                       "POST /api/v1/oidc/token",
                                       "POST /api/v1/session/outside",
                                       "POST /api/v1/session/outside/back",
                                       "POST /api/v1/session/certificate/challenge",
                                       "POST /api/v1/session/certificate",
                                       "POST /api/v1/session/certificate/tls"};
    instant now;
    struct test_city *t = city(f, &now);
    struct route *routes;
    size_t n = router_routes(router_new(f->a, t->city.areas), &routes);
    for (size_t i = 0; i < n; i++) {
        bool known = false;
        for (size_t k = 0; k < sizeof FREE / sizeof *FREE; k++) known = known || !strcmp(FREE[k], routes[i].template_);
        if ((routes[i].e->flags & EP_NO_CSRF) && !known) fail_msg("%s goes without CSRF token", routes[i].template_);
        if ((routes[i].e->flags & EP_NO_CSRF) && routes[i].e->right.kind != RIGHT_PUBLIC)
            fail_msg("%s", routes[i].template_);
    }
}

/* ---- the documented interface ---- */

/* "{id}" and "{case}" are the same to a reader of paths. */
static struct slice nameless(struct arena *a, struct slice s)
{
    struct buf b = buf_new(a, 1 << 20);
    bool inside = false;
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == '}') inside = false;
        if (!inside) buf_putc(&b, s.p[i]);
        if (s.p[i] == '{' && i + 1 < s.n && s.p[i + 1] != '"') inside = true;
    }
    return buf_slice(&b);
}

static void every_route_is_documented(void **state)
{
    struct arena *a = *state;
    struct route *routes;
    struct slice doc = nameless(a, test_file(a, "docs/api.md"));
    size_t n = router_routes(router_new(a, NULL), &routes), missing = 0;
    for (size_t i = 0; i < n; i++) {
        struct slice path = nameless(a, slice_cstr(routes[i].e->path));
        size_t last = path.n;
        while (last && path.p[last - 1] != '/') last--;
        struct slice whole = arena_printf(a, "`%.*s", SLICE_ARG(path));
        struct slice tail = arena_printf(a, "`/%.*s`", SLICE_ARG(slice_sub(path, last, path.n)));
        if (slice_search(doc, whole) != SIZE_MAX || slice_search(doc, tail) != SIZE_MAX) continue;
        print_error("docs/api.md does not know %s\n", routes[i].template_);
        missing++;
    }
    assert_int_equal(missing, 0);
}

/* ---- tasks: role, department and town ---- */

static void check_task(const struct cast *c, struct id case_id, const struct opening_state *s, size_t task, size_t who)
{
    struct test_city *t = c->t;
    struct arena *a = arena_new("claim");
    const struct actor *x = c->list[who];
    struct case_done done;
    enum role role;
    assert_true(role_scan(s->tasks[task].role, &role));
    bool may = actor_has_role(x, role, s->tasks[task].department, s->tasks[task].town);
    struct case_command k = opening_command(t, a, x, "claim", S(""), S(""));
    k.case_id = case_id;
    result r = task_claim(&k, s->tasks[task].token, &done);
    if (may) {
        assert_good(a, r);
        k = opening_command(t, a, x, "release", S(""), S(""));
        k.case_id = case_id;
        assert_good(a, task_release(&k, s->tasks[task].token, &done));
    } else {
        if (result_code(r) != CODE_FORBIDDEN)
            fail_msg("task %.*s as %s: %s", SLICE_ARG(s->tasks[task].node), c->names[who],
                     failed(r) ? code_name(result_code(r)) : "good");
        struct task_decision d = {.token = s->tasks[task].token, .outcome = S("approve"), .opinion = S("x")};
        k = opening_command(t, a, x, "decide", S(""), S(""));
        k.case_id = case_id;
        assert_code(task_decide(&k, &d, &done), CODE_FORBIDDEN);
    }
    arena_free(a);
}

/* Walks a company opening; at every station, everybody tries every open task. */
static void every_task_with_everybody(struct store_fixture *f)
{
    instant now;
    struct cast c = everybody(city_with(f, &now, true));
    struct opening_plan *p;
    struct case_filing filing;
    struct case_done done;
    size_t tried = 0;
    assert_good(f->a, opening_plan_read(c.t, f->a, S("establish_company"), &p));
    assert_good(f->a, opening_plan_rehearse(c.t, f->a, p));
    assert_true(p->ntasks >= 6);
    opening_filing(p, f->a, 77, &filing);
    struct case_command k = opening_command(c.t, f->a, p->applicant, "file", S(""), S(""));
    assert_good(f->a, case_file(&k, &filing, &done));
    struct id case_id = done.case_id;
    for (size_t i = 0; i < p->nsteps; i++) {
        struct opening_state s;
        size_t jobs;
        assert_good(f->a, opening_look(c.t, f->a, case_id, &s));
        for (size_t task = 0; task < s.ntasks; task++)
            for (size_t who = 0; who < c.n; who++, tried++) check_task(&c, case_id, &s, task, who);
        if (p->steps[i].job) {
            assert_good(f->a, case_jobs_run(&c.t->city, f->a, now, 64, &jobs));
            continue;
        }
        k = opening_command(c.t, f->a, p->steps[i].actor, "decide", S(""), S(""));
        k.case_id = case_id;
        assert_good(f->a, task_decide(&k, &p->steps[i].decision, &done));
    }
    struct opening_state end;
    assert_good(f->a, opening_look(c.t, f->a, case_id, &end));
    assert_true(end.closed);
    printf("%zu tasks, %zu tries\n", p->ntasks, tried);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(every_route_is_documented),
        ON_BOTH(every_route_with_everybody),
        ON_BOTH(the_board_is_for_those_who_lead),
        ON_SQLITE(nothing_before_the_password_is_changed),
        ON_SQLITE(acting_needs_a_key),
        ON_SQLITE(only_few_go_without_csrf),
        ON_BOTH(every_task_with_everybody),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
