/* Claims against cases, and the platform's share: each number is worked out by hand from the cases put in here. */
#include "areas/00_supervision/claims/claims.h"
#include "areas/00_supervision/plan_test_support.h"
#include "city/cases/measure.h"
#include "city/sql.h"

static const struct stmt CASE_ADD = {
    "test_measure",
    "INSERT INTO case_measure (case_id, number, service, department, town, month, state, filed_at, ended_at, workdays, elapsed_ms,"
    " counted_ms, steps, acts, visits, papers, fee_fen, online, late, rolled)"
    " VALUES (?1,?2,?3,?4,'*',?5,3,0,0,1,0,0,1,1,?6,?7,0,?8,?9,0)",
    NULL, false};

static result case_body(struct tx *tx, struct arena *a, void *ctx)
{
    return tx_exec(tx, a, &CASE_ADD, ctx, 9, NULL);
}

struct what {
    const char *service, *department;
    int64_t month;
    bool window, late;
    int64_t papers;
};

static void cases(struct fix *x, int n, struct what w)
{
    for (int i = 0; i < n; i++) {
        struct id id = id_new(x->k.now);
        struct sql_value v[] = {sql_id(&id),
                                sql_text(id_text(x->k.a, id)),
                                sql_text(slice_cstr(w.service)),
                                sql_text(slice_cstr(w.department)),
                                sql_int(w.month),
                                sql_int(w.window),
                                sql_int(w.papers),
                                sql_int(!w.window),
                                sql_int(w.late)};
        assert_good(x->k.a, store_run(x->k.c.store, x->k.a, "test_measure", case_body, v));
    }
}

static void open_city(struct fix *x, struct store_fixture *f)
{
    int applied;
    open_fix(x, f);
    assert_good(f->a, store_migrate(x->k.c.store, f->a, AREA_CLAIMS.migrations, AREA_CLAIMS.nmigrations, &applied));
    struct service_files one = kit_service(&x->k);
    assert_good(f->a, catalogue_install(x->k.c.catalogue, f->a, &one, 1, x->k.now));
}

static const struct endpoint *endpoint(const char *method, const char *path)
{
    for (size_t i = 0; i < AREA_CLAIMS.endpoints.n; i++)
        if (!strcmp(AREA_CLAIMS.endpoints.list[i]->path, path) &&
            !strcmp(AREA_CLAIMS.endpoints.list[i]->method, method))
            return AREA_CLAIMS.endpoints.list[i];
    fail_msg("no %s %s", method, path);
    return NULL;
}

static result ask(struct fix *x, const char *method, const char *path, const struct actor *who, const char *code,
                  const char *query, const char *raw, const struct json **out)
{
    struct reply r = {0};
    struct request q = {.a = x->k.a,
                        .city = &x->k.c,
                        .actor = who,
                        .now = x->k.now,
                        .params = {slice_cstr(code)},
                        .nparams = 1,
                        .query = slice_cstr(query),
                        .body_bytes = slice_cstr(raw)};
    result res = door_call(endpoint(method, path), &q, &r);
    *out = r.body;
    return res;
}

static void is(struct fix *x, const struct json *v, const char *pointer, const char *expected)
{
    const struct json *found = json_pointer(v, slice_cstr(pointer));
    struct slice text = found ? json_write(x->k.a, found) : S("nothing");
    if (!slice_is(text, expected)) fail_msg("%s is %.*s, not %s", pointer, SLICE_ARG(text), expected);
}

/* ---- the share ---- */

#define HEAD "month,department,service,service_name,cases,source\n"
#define PERIOD "from=2021-06&to=2021-07"

static const struct json *share(struct fix *x, const char *query)
{
    const struct json *v;
    assert_good(x->k.a, ask(x, "GET", "/platform-share", &x->head, "", query, "", &v));
    return v;
}

static result tell(struct fix *x, const struct actor *who, const char *text)
{
    const struct json *v;
    return ask(x, "POST", "/platform-share/figures", who, "", "name=f.csv", text, &v);
}

static void a_share_without_a_departments_figures_says_so(struct store_fixture *f)
{
    struct fix x;
    open_city(&x, f);
    cases(&x, 8, (struct what){.service = "stall_permit", .department = "scjg", .month = 202106});
    cases(&x, 4, (struct what){.service = "stall_permit", .department = "scjg", .month = 202107});
    const struct json *v = share(&x, PERIOD);
    is(&x, v, "/share", "null"); /* and not 1 */
    is(&x, v, "/complete", "false");
    is(&x, v, "/platform", "12");
    is(&x, v, "/departments/0/missing", "[\"2021-06\",\"2021-07\"]");
    assert_good(f->a, tell(&x, &x.head, HEAD "2021-06,scjg,stall_permit,,2,窗口系统月报\n"));
    v = share(&x, PERIOD);
    is(&x, v, "/share", "0.8000"); /* 8 of 10; July's 4 are in neither part */
    is(&x, v, "/counted", "8");
    is(&x, v, "/own", "2");
    is(&x, v, "/platform", "12");
    is(&x, v, "/complete", "false");
    is(&x, v, "/missing", "1");
    is(&x, v, "/months/0/complete", "true");
    is(&x, v, "/months/1/share", "null");
    is(&x, v, "/departments/0/missing", "[\"2021-07\"]");
    assert_good(f->a, tell(&x, &x.head, HEAD "2021-07,scjg,*,,0,没有自建系统\n"));
    v = share(&x, PERIOD);
    is(&x, v, "/share", "0.8571"); /* 12 of 14 */
    is(&x, v, "/complete", "true");
    is(&x, v, "/months/1/share", "1.0000"); /* told, and none */
    is(&x, v, "/services/0/share", "0.8571");
    /* months before the city began are not missing */
    is(&x, share(&x, "from=2021-01&to=2021-07"), "/complete", "true");
    is(&x, share(&x, "from=2021-06&to=2021-08"), "/complete", "false");
}

static void figures_are_replaced_not_added(struct store_fixture *f)
{
    struct fix x;
    open_city(&x, f);
    cases(&x, 6, (struct what){.service = "stall_permit", .department = "scjg", .month = 202106});
    const char *first = HEAD "2021-06,scjg,stall_permit,,2,s\n2021-06,scjg,old_one,旧系统事项,4,s\n";
    assert_good(f->a, tell(&x, &x.head, first));
    assert_good(f->a, tell(&x, &x.head, first));
    const char *june = "from=2021-06&to=2021-06";
    is(&x, share(&x, june), "/own", "6");
    assert_good(f->a, tell(&x, &x.head, HEAD "2021-06,scjg,stall_permit,,3,更正\n"));
    const struct json *v = share(&x, june);
    is(&x, v, "/own", "3"); /* the month is told anew: what it no longer names is gone */
    is(&x, v, "/share", "0.6667");
    assert_int_equal(store_test_number(f, "SELECT COUNT(*) FROM audit WHERE action = 'platform_share.imported'"), 3);
    is(&x, share(&x, "from=2021-06&to=2021-06&service=stall_permit"), "/share", "0.6667");
}

static void who_may_tell_what(struct store_fixture *f)
{
    struct fix x;
    result r;
    open_city(&x, f);
    assert_code(tell(&x, &x.handler, HEAD "2021-06,scjg,*,,1,s\n"), CODE_FORBIDDEN);
    r = tell(&x, &x.head,
             HEAD "2021-06,scjg,*,,1,s\n2021-06,gaj,*,,1,s\n2021-09,scjg,*,,1,s\n2021-06,scjg,nosuch,,1,s\n"
                  "2021-06,none,*,,1,s\n");
    assert_code(r, CODE_FORBIDDEN);
    static const char *const FIELDS[] = {"f.csv:3#department", "f.csv:4#month", "f.csv:5#service_name",
                                         "f.csv:6#department"};
    const struct problem *p = r.problem;
    for (size_t i = 0; i < 4; i++, p = p->next) {
        assert_non_null(p);
        assert_slice(p->field, FIELDS[i]);
    }
    assert_int_equal(store_test_number(f, "SELECT COUNT(*) FROM own_system_month"), 0); /* all or nothing */
    assert_good(f->a, tell(&x, &x.officer, HEAD "2021-06,gaj,*,,1,s\n"));
}

/* ---- claims ---- */

static const struct json *claims(struct fix *x, const char *query)
{
    const struct json *v;
    assert_good(x->k.a, ask(x, "GET", "/claims", &x->handler, "", query, "", &v));
    return v;
}

#define JUNE "from=2021-06&to=2021-06"

static void a_claim_that_cases_contradict_turns_red(struct store_fixture *f)
{
    struct fix x;
    const struct json *v;
    open_city(&x, f);
    cases(&x, 4, (struct what){.service = "stall_permit", .department = "scjg", .month = 202106, .papers = 1});
    v = claims(&x, JUNE);
    is(&x, v, "/items/0/verdict", "\"too_few\"");
    is(&x, v, "/items/0/cases", "4");
    cases(&x, 1,
          (struct what){.service = "stall_permit", .department = "scjg", .month = 202106, .window = true, .papers = 1});
    v = claims(&x, JUNE);
    is(&x, v, "/items/0/verdict", "\"holds\""); /* one in five at the window: exactly what is borne */
    is(&x, v, "/items/0/claims/0/measured", "0.8000");
    is(&x, v, "/items/0/claims/1/measured", "0.2000");
    cases(&x, 1,
          (struct what){.service = "stall_permit", .department = "scjg", .month = 202106, .window = true, .papers = 1});
    v = claims(&x, JUNE);
    is(&x, v, "/contradicted", "1");
    is(&x, v, "/items/0/claims/0/claim", "\"online\"");
    is(&x, v, "/items/0/claims/0/verdict", "\"contradicted\"");
    is(&x, v, "/items/0/claims/1/claim", "\"visits\"");
    is(&x, v, "/items/0/claims/1/claimed", "0");
    is(&x, v, "/items/0/claims/1/verdict", "\"contradicted\"");
    is(&x, v, "/items/0/claims/2/verdict", "\"holds\"");
    is(&x, v, "/items/0/claims/3/verdict", "\"holds\"");
    is(&x, claims(&x, JUNE "&verdict=holds"), "/items", "[]");
    is(&x, claims(&x, JUNE "&department=gaj"), "/items", "[]");
    is(&x, claims(&x, "from=2021-07&to=2021-07"), "/items/0/verdict", "\"too_few\"");
}

static void time_and_papers(struct store_fixture *f)
{
    struct fix x;
    open_city(&x, f);
    cases(&x, 19, (struct what){.service = "stall_permit", .department = "scjg", .month = 202106, .papers = 1});
    cases(&x, 1,
          (struct what){.service = "stall_permit", .department = "scjg", .month = 202106, .late = true, .papers = 5});
    const struct json *v = claims(&x, JUNE);
    is(&x, v, "/items/0/claims/2/measured", "0.9500"); /* one in twenty late */
    is(&x, v, "/items/0/claims/2/verdict", "\"holds\"");
    is(&x, v, "/items/0/claims/3/measured", "1.2000"); /* one paper is claimed */
    is(&x, v, "/items/0/claims/3/verdict", "\"holds\"");
    cases(&x, 1,
          (struct what){.service = "stall_permit", .department = "scjg", .month = 202106, .late = true, .papers = 2});
    v = claims(&x, JUNE);
    is(&x, v, "/items/0/claims/2/verdict", "\"contradicted\"");
    is(&x, v, "/items/0/claims/3/verdict", "\"contradicted\"");
}

static void down_to_the_cases(struct store_fixture *f)
{
    struct fix x;
    const struct json *v;
    const char *path = "/claims/{code}/cases";
    open_city(&x, f);
    cases(&x, 5, (struct what){.service = "stall_permit", .department = "scjg", .month = 202106, .papers = 1});
    cases(&x, 3, (struct what){.service = "stall_permit", .department = "scjg", .month = 202106, .window = true});
    cases(&x, 1, (struct what){.service = "stall_permit", .department = "scjg", .month = 202106, .late = true});
    assert_good(f->a, ask(&x, "GET", path, &x.head, "stall_permit", JUNE "&claim=visits&limit=2", "", &v));
    assert_int_equal(json_get(v, "items")->n, 2);
    is(&x, v, "/items/0/visits", "1");
    char *rest = arena_cstr(
        f->a, arena_printf(f->a, JUNE "&claim=visits&limit=2&cursor=%.*s", SLICE_ARG(json_string(v, "next"))));
    assert_good(f->a, ask(&x, "GET", path, &x.head, "stall_permit", rest, "", &v));
    assert_int_equal(json_get(v, "items")->n, 1);
    is(&x, v, "/next", "null");
    assert_true(json_string(json_get(v, "items")->items[0], "number").n > 0);
    assert_good(f->a, ask(&x, "GET", path, &x.head, "stall_permit", JUNE "&claim=limit", "", &v));
    assert_int_equal(json_get(v, "items")->n, 1);
    assert_good(f->a, ask(&x, "GET", path, &x.head, "stall_permit", JUNE "&claim=materials", "", &v));
    assert_int_equal(json_get(v, "items")->n, 0);
    assert_good(f->a, ask(&x, "GET", path, &x.head, "stall_permit", JUNE "&claim=online&which=all", "", &v));
    assert_int_equal(json_get(v, "items")->n, 9);
    assert_code(ask(&x, "GET", path, &x.handler, "stall_permit", JUNE, "", &v), CODE_FORBIDDEN);
    assert_code(ask(&x, "GET", path, &x.head, "stall_permit", "cursor=x", "", &v), CODE_QUERY_BAD);
}

static void the_public_sees_figures_and_no_verdict(struct store_fixture *f)
{
    struct fix x;
    const struct json *v;
    static const struct actor nobody = {.kind = ACTOR_NOBODY};
    const char *path = "/services/{code}/measured";
    open_city(&x, f);
    cases(&x, 4, (struct what){.service = "stall_permit", .department = "scjg", .month = 202106, .window = true});
    assert_good(f->a, ask(&x, "GET", path, &nobody, "stall_permit", JUNE, "", &v));
    is(&x, v, "/few", "true");
    is(&x, v, "/cases", "null");
    is(&x, v, "/online", "null");
    cases(&x, 1, (struct what){.service = "stall_permit", .department = "scjg", .month = 202106});
    assert_good(f->a, ask(&x, "GET", path, &nobody, "stall_permit", JUNE, "", &v));
    is(&x, v, "/cases", "5");
    is(&x, v, "/online", "0.2000");
    is(&x, v, "/visits", "0.8000");
    is(&x, v, "/on_time", "1.0000");
    assert_null(json_get(v, "verdict"));
    assert_code(ask(&x, "GET", path, &nobody, "none", JUNE, "", &v), CODE_NOT_FOUND);
}

/* ---- conditions of tasks ---- */

static bool holds(struct fix *x, const char *condition)
{
    bool out;
    const struct json *figures, *v = test_json(x->k.a, slice_cstr(condition));
    assert_good(x->k.a, plan_condition_check(&x->k.c, x->k.a, v));
    assert_good(x->k.a, plan_condition_eval(&x->k.c, x->k.a, v, x->k.now, &out, &figures));
    return out;
}

/* August 2021 is running; two whole months before it. */
static void a_task_waits_for_every_departments_figures(struct store_fixture *f)
{
    struct fix x;
    const char *city = "{\"kind\":\"platform_share\",\"bound\":80,\"months\":2}";
    open_city(&x, f);
    cases(&x, 8, (struct what){.service = "stall_permit", .department = "scjg", .month = 202106});
    cases(&x, 8, (struct what){.service = "stall_permit", .department = "scjg", .month = 202107});
    assert_false(holds(&x, city));
    assert_good(f->a, tell(&x, &x.head, HEAD "2021-06,scjg,*,,1,s\n"));
    assert_false(holds(&x, city)); /* July is not told */
    assert_good(f->a, tell(&x, &x.head, HEAD "2021-07,scjg,*,,3,s\n"));
    assert_true(holds(&x, city)); /* 16 of 20 */
    assert_good(f->a, tell(&x, &x.head, HEAD "2021-07,scjg,*,,4,s\n"));
    assert_false(holds(&x, city));
    assert_true(holds(&x, "{\"kind\":\"platform_share\",\"service\":\"stall_permit\",\"bound\":80,\"months\":2}"));
    struct bitext words = plan_condition_words(&x.k.c, f->a, test_json(f->a, slice_cstr(city)));
    assert_true(slice_starts(words.zh, S("全市近 2 个整月")));
}

static void a_task_turns_with_a_claim(struct store_fixture *f)
{
    struct fix x;
    const char *claim = "{\"kind\":\"claims_hold\",\"service\":\"stall_permit\",\"months\":3}";
    open_city(&x, f);
    assert_false(holds(&x, claim)); /* nothing shown yet */
    cases(&x, 5, (struct what){.service = "stall_permit", .department = "scjg", .month = 202107});
    assert_true(holds(&x, claim));
    cases(&x, 2, (struct what){.service = "stall_permit", .department = "scjg", .month = 202107, .window = true});
    assert_false(holds(&x, claim));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_BOTH(a_share_without_a_departments_figures_says_so),
        ON_BOTH(figures_are_replaced_not_added),
        ON_SQLITE(who_may_tell_what),
        ON_BOTH(a_claim_that_cases_contradict_turns_red),
        ON_BOTH(time_and_papers),
        ON_BOTH(down_to_the_cases),
        ON_SQLITE(the_public_sees_figures_and_no_verdict),
        ON_BOTH(a_task_waits_for_every_departments_figures),
        ON_BOTH(a_task_turns_with_a_claim),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
