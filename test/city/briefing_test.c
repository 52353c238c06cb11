/* The monthly briefing: its figures beside a count of this test's own from the tables, its text beside its figures, two people, the
 * signature, and a recount that finds what was changed afterwards. */
#include "areas/00_supervision/briefing/briefing.h"
#include "areas/00_supervision/plan.h"
#include "city/sql.h"
#include "store/store_test_support.h"
#include "test/city/fixture.h"
#include "trust/canonical.h"
#include "trust/crypto.h"
#include "trust/outside.h"
#include "trust/verify.h"

struct world {
    struct store_fixture *f;
    struct arena *a;
    instant now;
    struct test_city *t;
    struct city *c;
    struct actor head, handler, other, system;
};

static void at(struct world *w, const char *time)
{
    assert_true(instant_scan(slice_cstr(time), &w->now));
}

/* The plan that is shipped, with scjg as the office that supervises. */
static void import_plan(struct world *w)
{
    struct plan_input in;
    const struct json *report;
    struct plan_files files = {
        .areas = test_file(w->a, "data/plan/dongguan-2021/areas.json"),
        .tasks = test_file(w->a, "data/plan/dongguan-2021/hard-tasks.json"),
        .about =
            S("{\"title\":\"试行方案\",\"number\":\"\",\"issued_on\":\"2021-08-05\",\"offices\":[\"市市场监管局\"]}")};
    assert_good(w->a, plan_read(w->a, &files, &in));
    assert_good(w->a, plan_import(w->c, w->a, &w->system, &in, w->now, &report));
}

static result call(struct world *w, const struct endpoint *e, const struct actor *x, const char *p0, const char *body,
                   struct reply *r)
{
    struct request q = {.a = w->a,
                        .city = w->c,
                        .actor = x,
                        .now = w->now,
                        .params = {slice_cstr(p0 ? p0 : "")},
                        .nparams = p0 ? 1 : 0};
    if (body) q.body = test_json(w->a, slice_cstr(body));
    *r = (struct reply){0};
    return door_call(e, &q, r);
}

static void open_world(struct world *w, struct store_fixture *f)
{
    static const struct actor SYSTEM = {.kind = ACTOR_SYSTEM};
    *w = (struct world){.f = f, .a = f->a, .system = SYSTEM};
    at(w, "2021-08-06T09:00:00+08:00");
    f->options.time = test_clock(&w->now);
    store_fixture_reopen(f);
    struct test_city_options o = {.clock = &w->now, .fresh = true, .no_services = true};
    assert_good(w->a, test_city_open(w->a, f->s, &o, &w->t));
    store_fixture_reusable(f);
    w->c = &w->t->city;
    w->head = *test_city_actor(w->t, S("scjg.head"));
    w->handler = *test_city_actor(w->t, S("scjg.handler"));
    w->other = *test_city_actor(w->t, S("gaj.handler"));
    import_plan(w);
}

static const struct stmt CASE_ADD = {
    "briefing_test_case",
    "INSERT INTO case_measure (case_id, number, service, department, town, month, state, filed_at, ended_at, workdays, elapsed_ms, counted_ms,"
    " steps, acts, visits, papers, fee_fen, online, late, rolled) VALUES (?1,'',?2,?3,'',?4,3,0,0,?5,0,0,1,1,0,0,0,?6,?7,0)",
    NULL, false};

/* Cases that ended in a month. */
struct ended {
    const char *service, *department;
    int64_t month;
    int n, workdays, online, late; /* workdays: of each; online, late: of how many */
};

static result add_cases(struct tx *tx, struct arena *a, void *ctx)
{
    const struct ended *e = ctx;
    for (int i = 0; i < e->n; i++) {
        struct id id = id_new(0);
        TRY(tx_exec(tx, a, &CASE_ADD,
                    BINDS(sql_id(&id), sql_text(slice_cstr(e->service)), sql_text(slice_cstr(e->department)),
                          sql_int(e->month), sql_int(e->workdays), sql_int(i < e->online), sql_int(i < e->late)),
                    NULL));
    }
    return ok();
}

struct written {
    const struct stmt *stmt;
    const struct sql_value *v;
    size_t n;
};

static result write_one(struct tx *tx, struct arena *a, void *ctx)
{
    const struct written *s = ctx;
    return tx_exec(tx, a, s->stmt, s->v, s->n, NULL);
}

/* Two departments, and what people said. */
static void cases_and_ratings(struct world *w)
{
    static struct ended ALL[] = {{"s", "scjg", 202108, 40, 2, 20, 4},
                                 {"s", "scjg", 202109, 50, 2, 40, 1},
                                 {"t", "gaj", 202109, 13, 1, 13, 0},
                                 {"bad_rating", "scjg", 202109, 3, 3, 3, 1},
                                 {"enterprise_request", "scjg", 202109, 1, 1, 1, 0}};
    for (size_t i = 0; i < sizeof ALL / sizeof *ALL; i++)
        assert_good(w->a, store_run(w->c->store, w->a, "cases", add_cases, &ALL[i]));
    store_test_script(
        w->f,
        "INSERT INTO rating_month (month, service, department, grade, n) VALUES (202109,'s','scjg',5,17),(202109,'s','scjg',1,3),"
        "(202108,'s','scjg',4,9),(202108,'s','scjg',3,1)");
    static const struct stmt CALLED = {
        "briefing_test_call",
        "INSERT INTO hotline_ticket (case_id, number, kind, channel, topic, area, department, urgent, officer, filed_at, assigned_at,"
        " replied_at, article, article_version, round, satisfaction, visited_at, level, returned) VALUES (?1,'','','phone','',0,'',0,0,?2,0,0,"
        "'',0,0,?3,?4,0,0)",
        NULL, false};
    for (int i = 0; i < 2; i++) {
        struct id id = id_new(0);
        struct sql_value v[] = {sql_id(&id), sql_int(w->now + MS_DAY * (40 + i)), sql_text(i ? S("satisfied") : S("")),
                                sql_int(i ? w->now + MS_DAY * 42 : 0)};
        struct written s = {&CALLED, v, 4};
        assert_good(w->a, store_run(w->c->store, w->a, "call", write_one, &s));
    }
}

static void finish(struct world *w, const char *no, const char *on)
{
    struct reply r;
    assert_good(
        w->a, call(w, &EP_PLAN_EVIDENCE_ADD, &w->head, no, "{\"kind\":\"figure\",\"title\":\"x\",\"ref\":\"/x\"}", &r));
    struct slice body = arena_printf(w->a, "{\"status\":\"done\",\"done_on\":\"%s\"}", on);
    assert_good(w->a, call(w, &EP_PLAN_STATUS, &w->head, no, arena_cstr(w->a, body), &r));
}

static void supervise(struct world *w, const char *time)
{
    size_t done;
    at(w, time);
    assert_good(w->a, plan_supervise_run(w->c, w->a, w->now, &done));
}

/* Task 1 done in August, 2 in September, 3 after September; steps of supervision in between. */
static void a_september(struct world *w)
{
    cases_and_ratings(w);
    supervise(w, "2021-08-20T09:00:00+08:00");
    finish(w, "1", "2021-08-19");
    supervise(w, "2021-09-02T09:00:00+08:00");
    supervise(w, "2021-09-10T09:00:00+08:00");
    finish(w, "2", "2021-09-10");
    supervise(w, "2021-09-20T09:00:00+08:00");
    at(w, "2021-10-08T09:00:00+08:00");
    finish(w, "3", "2021-10-08");
}

static struct id made(struct world *w)
{
    struct reply r;
    struct id id;
    assert_good(w->a, call(w, &EP_BRIEFING_MAKE, &w->head, NULL, "{\"month\":\"2021-09\"}", &r));
    assert_int_equal(r.status, 202);
    assert_slice(json_string(r.body, "state"), "making");
    assert_true(id_scan(json_string(r.body, "id"), &id));
    return id;
}

static size_t work(struct world *w)
{
    size_t n;
    assert_good(w->a, brief_work(w->c, w->a, w->now, &n));
    return n;
}

static const struct json *one(struct world *w, const char *id)
{
    struct reply r;
    assert_good(w->a, call(w, &EP_BRIEFING, &w->head, id, NULL, &r));
    return r.body;
}

/* Without white space, for lines are broken anywhere. */
static struct slice text_of(struct world *w, struct slice pdf)
{
    struct slice text;
    struct buf b = buf_new(w->a, 1 << 20);
    if (outside(w->a, "pdftotext", "-raw", pdf, "-", &text))
        for (size_t i = 0; i < text.n; i++)
            if ((uint8_t)text.p[i] > ' ') buf_put(&b, slice_sub(text, i, 1));
    if (!b.n && getenv("CI")) fail_msg("pdftotext is missing, or the paper is empty");
    return buf_slice(&b);
}

static void holds(struct slice text, const char *part)
{
    if (text.n && slice_search(text, slice_cstr(part)) == SIZE_MAX)
        fail_msg("no \"%s\" in %.*s", part, SLICE_ARG(text));
}

static struct slice draft_text(struct world *w, const char *id)
{
    struct reply r;
    assert_good(w->a, call(w, &EP_BRIEFING_PDF, &w->head, id, NULL, &r));
    return text_of(w, r.bytes);
}

/* ---- */

#define SEPTEMBER_END "18900" /* the day number of 2021-09-30 */

static void text_and_recount_agree(struct store_fixture *f)
{
    struct world w;
    struct brief_month m;
    const struct json *v;
    open_world(&w, f);
    a_september(&w);
    day end;
    assert_true(day_scan(S("2021-09-30"), &end));
    assert_int_equal(end, 18900);
    assert_good(w.a, brief_month_of(w.a, 202109, w.now, &m));
    assert_good(w.a, brief_figures(w.c, w.a, &m, &v));
    const struct json *all = json_get(json_get(v, "plan"), "all"), *before = json_get(json_get(v, "plan"), "before");
    /* by the dates in the tables alone: tasks 1 and 2 were done by then */
    int64_t late = store_test_number(f, "SELECT COUNT(*) FROM plan_task WHERE due <= " SEPTEMBER_END
                                        " AND NOT (status = 'done' AND done_on <= " SEPTEMBER_END ")"),
            undated = store_test_number(f, "SELECT COUNT(*) FROM plan_task WHERE due IS NULL"),
            total = store_test_number(f, "SELECT COUNT(*) FROM plan_task");
    assert_int_equal(json_int(all, "total", 0), total);
    assert_int_equal(json_int(all, "late", 0), late);
    assert_int_equal(json_int(all, "undated", 0), undated);
    assert_int_equal(json_int(all, "done", 0), 2);
    assert_int_equal(json_int(before, "done", 0), 1);
    assert_int_equal(json_get(json_get(v, "plan"), "late")->n, (size_t)late);
    assert_int_equal(json_get(json_get(v, "plan"), "next")->n,
                     (size_t)store_test_number(f, "SELECT COUNT(*) FROM plan_task WHERE due > 18900 AND due <= 18931"));
    assert_int_equal(
        json_get(json_get(v, "plan"), "special")->n,
        (size_t)store_test_number(f, "SELECT COUNT(DISTINCT task_no) FROM plan_history WHERE kind = 'escalated' AND"
                                     " details LIKE '%\"level\":3%' AND task_no > 3") +
            1 /* 3, done later */);
    assert_int_equal(json_int(json_get(json_get(v, "cases"), "now"), "decided", 0), 63);
    assert_int_equal(json_int(json_get(json_get(v, "ratings"), "now"), "satisfied", 0), 17);
    struct id id = made(&w);
    const char *name = arena_cstr(w.a, id_text(w.a, id));
    assert_int_equal(work(&w), 1);
    assert_slice(json_string(one(&w, name), "state"), "draft");
    struct slice text = draft_text(&w, name);
    holds(text,
          arena_cstr(w.a, arena_printf(w.a, "截至2021年9月30日，《试行方案》%lld项硬任务已办结2项", (long long)total)));
    holds(text, arena_cstr(w.a, arena_printf(w.a, "逾期%lld项，回退0项，未定期限%lld项", (long long)late,
                                             (long long)undated)));
    holds(text, "本月办结63件，较上月增加23件；按时办结62件，按时办结率98.4%，较上月上升8.4个百分点；超时1件");
    holds(text, "平均用时1.8个工作日；网上申报53件，网办率84.1%");
    holds(text, "本月收到评价20条，其中非常满意、满意17条，满意率85.0%，较上月下降5.0个百分点；差评3条");
    holds(text, "差评工单本月办结3件，其中按时2件、超时1件");
    holds(text, "十八项指标均没有可以计分的办件，无数据。");
    holds(text, "本月收到企业诉求2件，较上月增加2件；办结1件，其中按时1件、超时0件；月末在办2件");
    holds(text, "回访1件，满意率100.0%。");
    holds(text, "（草稿，未印发）");
    holds(text, "逾期任务及督办情况（续）");
    holds(text, "9月2日通知牵头");
    assert_true(slice_search(text, S("扫码核验")) == SIZE_MAX);
    for (int page = 1; page < 6; page++) holds(text, arena_cstr(w.a, arena_printf(w.a, "—%d—", page)));
}

static void two_people_and_a_signature(struct store_fixture *f)
{
    struct world w;
    struct reply r;
    const struct json *v;
    open_world(&w, f);
    a_september(&w);
    assert_code(call(&w, &EP_BRIEFING_MAKE, &w.handler, NULL, "{\"month\":\"2021-09\"}", &r), CODE_FORBIDDEN);
    assert_code(call(&w, &EP_BRIEFING_MAKE, &w.head, NULL, "{\"month\":\"2021-13\"}", &r), CODE_BRIEFING_MONTH);
    assert_code(call(&w, &EP_BRIEFING_MAKE, &w.head, NULL, "{\"month\":\"2021-11\"}", &r), CODE_BRIEFING_MONTH);
    assert_good(w.a, call(&w, &EP_PLAN_LEADER, &w.system, NULL, "{\"name\":\"罗晃浩\",\"login\":\"gaj.handler\"}", &r));
    const char *id = arena_cstr(w.a, id_text(w.a, made(&w)));
    assert_code(call(&w, &EP_BRIEFING_ISSUE, &w.other, id, "{}", &r), CODE_BRIEFING_STATE); /* not laid out yet */
    assert_int_equal(work(&w), 1);
    assert_code(call(&w, &EP_BRIEFING_PDF, &w.handler, id, NULL, &r),
                CODE_FORBIDDEN); /* a draft is not for everybody */
    assert_good(w.a, call(&w, &EP_BRIEFINGS, &w.handler, NULL, NULL, &r));
    assert_int_equal(json_get(r.body, "items")->n, 0);
    assert_good(w.a, call(&w, &EP_BRIEFING_FOREWORD, &w.head, id, "{\"text\":\"请各单位对照改进。\\n第二段。\"}", &r));
    assert_slice(json_string(r.body, "step"), "layout");
    assert_int_equal(work(&w), 1);
    holds(draft_text(&w, id), "请各单位对照改进。第二段。现将2021年9月");
    assert_code(call(&w, &EP_BRIEFING_ISSUE, &w.head, id, "{}", &r), CODE_TWO_PEOPLE);
    assert_code(call(&w, &EP_BRIEFING_ISSUE, &w.handler, id, "{}", &r), CODE_FORBIDDEN);
    assert_code(call(&w, &EP_BRIEFING_PUBLIC_PDF, &w.other, id, NULL, &r), CODE_NOT_FOUND);
    assert_good(w.a, call(&w, &EP_BRIEFING_ISSUE, &w.other, id, "{}", &r)); /* a leader of the plan */
    assert_int_equal(work(&w), 1);
    assert_int_equal(work(&w), 0);
    v = one(&w, id);
    assert_slice(json_string(v, "state"), "issued");
    assert_slice(json_string(v, "number"), "2021年第1期（总第1期）");
    assert_code(call(&w, &EP_BRIEFING_MAKE, &w.head, NULL, "{\"month\":\"2021-09\"}", &r), CODE_BRIEFING_STATE);
    assert_code(call(&w, &EP_BRIEFING_FOREWORD, &w.head, id, "{\"text\":\"x\"}", &r), CODE_BRIEFING_STATE);
    assert_int_equal(store_test_number(f, "SELECT COUNT(*) FROM audit WHERE action LIKE 'briefing.%'"), 3);
    /* everybody, offline and in public */
    static const struct actor NOBODY = {.kind = ACTOR_NOBODY};
    assert_good(w.a, call(&w, &EP_BRIEFINGS_PUBLIC, &NOBODY, NULL, NULL, &r));
    assert_int_equal(json_get(r.body, "items")->n, 1);
    assert_good(w.a, call(&w, &EP_BRIEFING_PUBLIC_PDF, &NOBODY, id, NULL, &r));
    struct slice pdf = r.bytes;
    const struct trust_anchors *anchors;
    struct verify_report report;
    assert_good(w.a, trust_anchors_parse(w.a, w.c->anchors, &anchors));
    verify_pdf(w.a, pdf, anchors, w.now, &report);
    assert_true(report.good);
    assert_slice(report.purpose, "briefing.pdf");
    assert_slice(json_string(report.record, "month"), "2021-09");
    assert_slice(json_string(report.record, "id"), id);
    holds(text_of(&w, pdf), "2021年第1期（总第1期）");
    holds(text_of(&w, pdf), "扫码核验");
    assert_good(w.a, file_verify(w.c, w.a, pdf, w.now, &v));
    assert_slice(json_string(v, "status"), "issued");
    struct slice url = json_string(one(&w, id), "verify_url"), token = slice_sub(url, url.n - 24, 24);
    assert_good(w.a, licence_verify(w.c, w.a, token, w.now, &v));
    assert_true(json_bool(v, "good", false));
    assert_slice(json_string(json_get(v, "title"), "zh"), "2021年9月全市优化营商环境工作情况");
    assert_code(licence_verify(w.c, w.a, S("AAAAAAAAAAAAAAAAAAAAAAAA"), w.now, &v), CODE_NOT_FOUND);
    for (size_t i = 100; i < pdf.n; i += pdf.n / 7) { /* a changed byte anywhere */
        struct slice changed = arena_copy(w.a, pdf);
        ((char *)(uintptr_t)changed.p)[i] ^= 1;
        verify_pdf(w.a, changed, anchors, w.now, &report);
        assert_false(report.good);
    }
}

static void a_recount_finds_what_was_changed(struct store_fixture *f)
{
    struct world w;
    struct reply r;
    open_world(&w, f);
    a_september(&w);
    assert_good(w.a, call(&w, &EP_PLAN_LEADER, &w.system, NULL, "{\"name\":\"罗晃浩\",\"login\":\"gaj.handler\"}", &r));
    const char *id = arena_cstr(w.a, id_text(w.a, made(&w)));
    (void)work(&w);
    assert_good(w.a, call(&w, &EP_BRIEFING_ISSUE, &w.other, id, "{}", &r));
    (void)work(&w);
    at(&w, "2021-10-20T09:00:00+08:00"); /* what happens in October is not September's */
    finish(&w, "5", "2021-10-11");
    assert_good(w.a, call(&w, &EP_BRIEFING_COMPARE, &w.head, id, NULL, &r));
    assert_true(json_bool(r.body, "same", false));
    assert_slice(json_string(r.body, "layout"), "same"); /* the kept figures give the signed pages again */
    finish(&w, "6", "2021-09-30");                       /* told late */
    static struct ended MORE = {"s", "scjg", 202109, 1, 1, 1, 0};
    assert_good(w.a, store_run(w.c->store, w.a, "cases", add_cases, &MORE));
    assert_good(w.a, call(&w, &EP_BRIEFING_COMPARE, &w.head, id, NULL, &r));
    assert_false(json_bool(r.body, "same", true));
    bool plan = false, cases = false;
    const struct json *list = json_get(r.body, "differences");
    for (size_t i = 0; i < list->n; i++) {
        plan = plan || slice_is(list->items[i]->text, "/plan/all/done");
        cases = cases || slice_is(list->items[i]->text, "/cases/now/decided");
    }
    assert_true(plan && cases);
}

static void the_running_month_is_a_draft_only(struct store_fixture *f)
{
    struct world w;
    struct reply r;
    open_world(&w, f);
    at(&w, "2021-09-15T09:00:00+08:00");
    assert_good(w.a, call(&w, &EP_PLAN_LEADER, &w.system, NULL, "{\"name\":\"罗晃浩\",\"login\":\"gaj.handler\"}", &r));
    const char *id = arena_cstr(w.a, id_text(w.a, made(&w)));
    (void)work(&w);
    holds(draft_text(&w, id), "本月尚未结束，以下为截至2021年9月15日的数据。");
    assert_code(call(&w, &EP_BRIEFING_ISSUE, &w.other, id, "{}", &r), CODE_BRIEFING_STATE);
    at(&w, "2021-10-08T09:00:00+08:00"); /* over, but the draft is of the fifteenth */
    assert_code(call(&w, &EP_BRIEFING_ISSUE, &w.other, id, "{}", &r), CODE_BRIEFING_STATE);
    assert_true(
        slice_is(arena_printf(w.a, "%s", id), arena_cstr(w.a, id_text(w.a, made(&w))))); /* again: the same row */
    (void)work(&w);
    assert_good(w.a, call(&w, &EP_BRIEFING_ISSUE, &w.other, id, "{}", &r));
}

/* Same figures, same bytes; without plan and cases it says so. */
static void layout_is_a_function_of_the_figures(struct store_fixture *f)
{
    struct world w;
    struct brief_month m;
    struct slice one_pdf, two, later;
    open_world(&w, f);
    at(&w, "2021-10-08T09:00:00+08:00");
    store_test_script(f, "DELETE FROM plan_task; DELETE FROM plan");
    struct brief_paper p = {.number = S("2021年第9期"), .url = S("http://x/verify/t"), .dated = w.now};
    assert_good(w.a, brief_month_of(w.a, 202109, w.now, &m));
    assert_good(w.a, brief_figures(w.c, w.a, &m, &p.figures));
    assert_int_equal(json_get(p.figures, "plan")->type, JSON_NULL);
    assert_good(w.a, brief_render(w.c, w.a, &p, NULL, &one_pdf));
    p.figures = test_json(w.a, json_write(w.a, p.figures));
    assert_good(w.a, brief_render(w.c, w.a, &p, NULL, &two));
    assert_true(slice_eq(one_pdf, two));
    p.dated += MS_DAY;
    assert_good(w.a, brief_render(w.c, w.a, &p, NULL, &later));
    assert_false(slice_eq(one_pdf, later));
    struct slice text = text_of(&w, one_pdf);
    holds(text, "尚未导入行动方案，无数据。");
    holds(text, "本月没有办结的办件，无数据。");
    holds(text, "本月没有评价，无数据。");
    struct reply r;
    assert_code(call(&w, &EP_BRIEFING_MAKE, &w.head, NULL, "{\"month\":\"2021-09\"}", &r), CODE_PLAN_NONE);
}

/* A signer that is away: the briefing waits and says why, and is issued when it is back. */
static void without_a_signer_it_waits(struct store_fixture *f)
{
    struct world w;
    struct reply r;
    open_world(&w, f);
    a_september(&w);
    assert_good(w.a, call(&w, &EP_PLAN_LEADER, &w.system, NULL, "{\"name\":\"罗晃浩\",\"login\":\"gaj.handler\"}", &r));
    const char *id = arena_cstr(w.a, id_text(w.a, made(&w)));
    (void)work(&w);
    assert_good(w.a, call(&w, &EP_BRIEFING_ISSUE, &w.other, id, "{}", &r));
    struct signer *signer = w.c->signer;
    w.c->signer = NULL;
    (void)work(&w);
    w.c->signer = signer;
    const struct json *v = one(&w, id);
    assert_slice(json_string(v, "state"), "issuing");
    assert_int_equal(json_get(v, "error")->type, JSON_OBJECT);
    assert_int_equal(work(&w), 0); /* not at once */
    w.now += 2 * MS_MINUTE;
    assert_int_equal(work(&w), 1);
    assert_slice(json_string(one(&w, id), "state"), "issued");
    assert_int_equal(json_get(one(&w, id), "error")->type, JSON_NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_BOTH(text_and_recount_agree),
        ON_BOTH(two_people_and_a_signature),
        ON_BOTH(a_recount_finds_what_was_changed),
        ON_BOTH(the_running_month_is_a_draft_only),
        ON_SQLITE(layout_is_a_function_of_the_figures),
        ON_SQLITE(without_a_signer_it_waits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
