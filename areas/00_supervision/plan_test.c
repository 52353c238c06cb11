/* The plan as data, acts on its tasks, lights from the working calendar, conditions. The mission's own plan is read from the shared
 * folder, beside the data. */
#include "areas/00_supervision/plan_test_support.h"

#include <stdio.h>

#include "city/cases/measure.h"
#include "city/sql.h"
#include "engine/calendar/calendar.h"

/* ---- the plan as data ---- */

static void a_plan_is_listed_as_its_files_say(struct store_fixture *f)
{
    struct fix x;
    const struct json *v, *areas, *tasks;
    open_fix(&x, f);
    assert_good(x.k.a, plan_list(&x.k.c, x.k.a, x.k.now, &v));
    assert_slice(json_string(v, "title"), "某市行动方案(2021)");
    assert_slice(json_string(v, "number"), "某府函〔2021〕1号");
    assert_slice(json_string(v, "issued_on"), "2021-08-05");
    areas = json_get(v, "areas");
    tasks = json_get(v, "tasks");
    assert_int_equal(areas->n, 2);
    assert_int_equal(tasks->n, 4);
    assert_slice(json_string(areas->items[0], "measures"), "(一)第一条。\n续行。");
    assert_slice(json_string(areas->items[1], "measures"), "(二)第二条。");
    const struct json *in = test_json(x.k.a, slice_cstr(TASKS));
    for (size_t i = 0; i < in->n; i++)
        for (size_t k = 0; k < in->items[i]->n; k++)
            assert_true(json_equal(json_get_slice(tasks->items[i], in->items[i]->keys[k]), in->items[i]->items[k]));
    assert_true(json_bool(tasks->items[1], "due_before_issue", false));
    assert_int_equal(json_get(v, "unmatched")->n, 1);
    assert_slice(json_get(v, "unmatched")->items[0]->text, "各有关部门");
}

static void the_same_again_changes_nothing(struct store_fixture *f)
{
    struct fix x;
    open_fix(&x, f);
    int64_t rows = store_test_number(f, "SELECT COUNT(*) FROM audit"),
            history = store_test_number(f, "SELECT COUNT(*) FROM plan_history");
    assert_false(json_bool(imported(&x, TASKS), "changed", true));
    assert_int_equal(store_test_number(f, "SELECT COUNT(*) FROM audit"), rows);
    assert_int_equal(store_test_number(f, "SELECT COUNT(*) FROM plan_history"), history);
    /* another version: one altered, three gone; what was done with them stays */
    static const char NEXT[] = "[" TASK_HEAD(
        "1", "1") "\"lead\":[\"市场监管局\"],\"responsible\":[],\"deadline\":\"9月底\",\"due\":\"2021-09-30\"}]";
    const struct json *r = imported(&x, NEXT);
    assert_int_equal(json_int(r, "altered", 0), 1);
    assert_int_equal(json_int(r, "withdrawn", 0), 3);
    assert_slice(json_string(task_of(&x, "1"), "due"), "2021-09-30");
    assert_slice(json_string(task_of(&x, "2"), "status"), "withdrawn");
    assert_int_equal(store_test_number(f, "SELECT COUNT(*) FROM audit WHERE action = 'plan.import'"), 2);
    assert_int_equal(json_int(imported(&x, TASKS), "withdrawn", 9), 0);
    assert_slice(json_string(task_of(&x, "2"), "status"), "open");
}

static void refused(struct arena *a, struct plan_files f, enum code code, const char *field)
{
    struct plan_input in;
    result r = plan_read(a, &f, &in);
    assert_code(r, code);
    if (!slice_is(r.problem->field, field)) fail_msg("%.*s, not %s", SLICE_ARG(r.problem->field), field);
    assert_true(problem_remedy(a, r.problem, LANG_ZH).n && problem_remedy(a, r.problem, LANG_EN).n);
}

static void a_bad_plan_is_refused_with_its_place(void **state)
{
    struct arena *a = *state;
    struct plan_files f = files(TASKS);
    f.tasks = S("[{]");
    refused(a, f, CODE_JSON_SYNTAX, "hard-tasks.json");
    f = files("[" TASK_HEAD("1", "1") "\"lead\":[\"a\"],\"responsible\":[],\"deadline\":null,\"due\":\"2021-02-30\"}]");
    refused(a, f, CODE_FIELD_FORMAT, "hard-tasks.json#/0/due");
    f = files("[" TASK_HEAD("1", "1") "\"lead\":[],\"responsible\":[],\"deadline\":null,\"due\":null}]");
    refused(a, f, CODE_FIELD_ITEMS_FEW, "hard-tasks.json#/0/lead");
    f = files("[" TASK_HEAD("1", "7") "\"lead\":[\"a\"],\"responsible\":[],\"deadline\":null,\"due\":null}]");
    refused(a, f, CODE_PLAN_FILE, "hard-tasks.json#/0/area_no");
    f = files("[" TASK_HEAD("1", "1") "\"lead\":[\"a\"],\"responsible\":[],\"deadline\":null,\"due\":null}," TASK_HEAD(
        "1", "1") "\"lead\":[\"a\"],\"responsible\":[],\"deadline\":null,\"due\":null}]");
    refused(a, f, CODE_PLAN_FILE, "hard-tasks.json#/1/no");
    f = files(TASKS);
    f.areas = (struct slice){0};
    refused(a, f, CODE_PLAN_FILE, "areas.json");
    f = files(TASKS);
    f.text = S("没有日期");
    f.about = S("{\"title\":\"x\"}");
    refused(a, f, CODE_PLAN_FILE, "action-plan.zh-CN.txt");
    f.text = S("\xff");
    refused(a, f, CODE_PLAN_FILE, "action-plan.zh-CN.txt");
}

/* The mission's plan lies beside the shared data. */
static bool mission(struct arena *a, struct service_files *out)
{
    const char *data = test_shared_path(a, "../mission");
    if (!data) return false;
    assert_good(a, service_files_read(a, slice_cstr(data), out));
    return true;
}

static void the_plan_of_2021_is_whole(struct store_fixture *f)
{
    struct fix x;
    struct service_files folder;
    struct plan_input in;
    const struct json *report, *v;
    open_fix(&x, f);
    if (!mission(x.k.a, &folder)) return;
    assert_good(x.k.a, plan_read_folder(x.k.a, folder, &in));
    /* what is shipped for the demonstration city is the same */
    static const char *const SHIPPED[] = {"areas.json", "hard-tasks.json"};
    for (int i = 0; i < 2; i++) {
        struct slice ours =
            test_file(x.k.a, arena_cstr(x.k.a, arena_printf(x.k.a, "data/plan/dongguan-2021/%s", SHIPPED[i])));
        assert_true(slice_eq(ours, service_files_find(folder, SHIPPED[i])->bytes));
    }
    assert_slice(in.title, "东莞市争创一流营商环境攻坚行动方案(2021)");
    assert_int_equal(in.issued_on, day_of_civil(2021, 8, 5));
    assert_int_equal(in.measures->n, 18);
    assert_good(x.k.a, plan_import(&x.k.c, x.k.a, &x.system, &in, x.k.now, &report));
    assert_good(x.k.a, plan_list(&x.k.c, x.k.a, x.k.now, &v));
    const struct json *tasks = json_get(v, "tasks");
    assert_int_equal(json_get(v, "areas")->n, 18);
    assert_int_equal(tasks->n, 52);
    int before = 0, undated = 0, dated = 0;
    for (size_t i = 0; i < tasks->n; i++) {
        before += json_bool(tasks->items[i], "due_before_issue", false);
        undated += slice_is(json_string(tasks->items[i], "light"), "undated");
        dated += json_string(tasks->items[i], "due").n > 0;
    }
    assert_int_equal(before, 2);
    assert_int_equal(undated, 2);
    assert_int_equal(dated, 50);
}

static void names_are_matched(struct store_fixture *f)
{
    struct fix x;
    open_fix(&x, f);
    x.k.c.name_zh = S("东莞市");
    const struct department d[] = {{.code = S("swjt"), .name = {S("东莞市水务集团"), S("")}},
                                   {.code = S("xw"), .name = {S("市新闻出版局（市版权局）"), S("")}},
                                   {.code = S("b1"), .name = {S("市甲局"), S("")}},
                                   {.code = S("b2"), .name = {S("东莞市甲局"), S("")}}};
    const struct citydata data = {.departments = d, .ndepartments = 4};
    assert_slice(plan_match(x.k.a, &x.k.c, &data, S("市水务集团"))->code, "swjt");
    assert_slice(plan_match(x.k.a, &x.k.c, &data, S("市新闻出版局(市版权局)"))->code, "xw");
    assert_slice(plan_match(x.k.a, &x.k.c, &data, S("市甲局"))->code, "b1");
    assert_null(plan_match(x.k.a, &x.k.c, &data, S("甲局")));
    assert_null(plan_match(x.k.a, &x.k.c, &data, S("各有关部门")));
}

/* ---- lights ---- */

static void lights_follow_the_working_calendar(void **state)
{
    struct arena *a = *state;
    struct calendar *cal;
    const struct json *year = test_json(
        a,
        S("{\"year\":2021,\"days\":[{\"name\":\"国庆\",\"date\":\"2021-10-01\",\"isOffDay\":true},"
          "{\"name\":\"国庆\",\"date\":\"2021-10-04\",\"isOffDay\":true},{\"name\":\"国庆\",\"date\":\"2021-10-05\",\"isOffDay\":true},"
          "{\"name\":\"国庆\",\"date\":\"2021-10-06\",\"isOffDay\":true},{\"name\":\"国庆\",\"date\":\"2021-10-07\",\"isOffDay\":true},"
          "{\"name\":\"国庆\",\"date\":\"2021-10-09\",\"isOffDay\":false}]}"));
    struct office_hours hours = {{540, 870}, {720, 1050}};
    assert_good(a, calendar_new(a, &year, 1, hours, &cal));
    struct plan_clock k = {.dated = true, .due = day_of_civil(2021, 10, 15)};
    /* working days after 09-28: 29, 30, 8, 9 (made up for), 11, 12, 13, 14, 15 = 9; after 09-26 (Sunday): 27, 28 more */
    assert_int_equal(plan_light(cal, &k, day_of_civil(2021, 9, 26)), PLAN_ON_TIME);
    assert_int_equal(plan_light(cal, &k, day_of_civil(2021, 9, 27)), PLAN_DUE_SOON);
    assert_int_equal(plan_light(cal, &k, day_of_civil(2021, 10, 15)), PLAN_DUE_SOON);
    assert_int_equal(plan_light(cal, &k, day_of_civil(2021, 10, 16)), PLAN_LATE);
    k.regressed = true;
    assert_int_equal(plan_light(cal, &k, day_of_civil(2021, 9, 1)), PLAN_REGRESSED);
    k.done = true;
    assert_int_equal(plan_light(cal, &k, day_of_civil(2021, 12, 1)), PLAN_DONE);
    k = (struct plan_clock){0};
    assert_int_equal(plan_light(cal, &k, day_of_civil(2021, 12, 1)), PLAN_UNDATED);
}

static void lights_are_of_the_moment(struct store_fixture *f)
{
    struct fix x;
    open_fix(&x, f);
    assert_slice(json_string(task_of(&x, "1"), "light"), "on_time");
    assert_slice(json_string(task_of(&x, "2"), "light"), "late");
    assert_slice(json_string(task_of(&x, "3"), "light"), "undated");
    at(&x, "2021-10-20T09:00:00+08:00");
    assert_slice(json_string(task_of(&x, "1"), "light"), "due_soon");
    at(&x, "2021-10-31T23:59:00+08:00"); /* a Sunday: the last day still counts */
    assert_slice(json_string(task_of(&x, "1"), "light"), "due_soon");
    at(&x, "2021-11-01T00:00:00+08:00");
    assert_slice(json_string(task_of(&x, "1"), "light"), "late");
    assert_int_equal(json_int(task_of(&x, "1"), "working_days_left", 0), -1);
}

/* ---- acts ---- */

static void who_may_act_on_a_task(struct store_fixture *f)
{
    struct fix x;
    open_fix(&x, f);
    static const char SAYS[] = "{\"text\":\"收到\"}";
    struct actor person = kit_person(&x.k, "zhangsan", (struct slice){0});
    assert_code(call(&x, &EP_PLAN_COMMENT_ADD, &person, "1", NULL, SAYS, NULL), CODE_FORBIDDEN);
    assert_code(call(&x, &EP_PLAN_COMMENT_ADD, &x.handler, "1", NULL, SAYS, NULL), CODE_FORBIDDEN);
    assert_good(x.k.a, call(&x, &EP_PLAN_COMMENT_ADD, &x.head, "1", NULL, SAYS, NULL));
    assert_code(call(&x, &EP_PLAN_COMMENT_ADD, &x.head, "99", NULL, SAYS, NULL), CODE_NOT_FOUND);
    /* the handler becomes the task's officer, then the leader of its area */
    struct slice owner = arena_printf(x.k.a, "{\"account\":\"%.*s\"}", SLICE_ARG(id_text(x.k.a, x.handler.account)));
    assert_code(call(&x, &EP_PLAN_OWNER, &x.handler, "1", NULL, arena_cstr(x.k.a, owner), NULL), CODE_FORBIDDEN);
    assert_good(x.k.a, call(&x, &EP_PLAN_OWNER, &x.head, "1", NULL, arena_cstr(x.k.a, owner), NULL));
    assert_good(x.k.a, call(&x, &EP_PLAN_COMMENT_ADD, &x.handler, "1", NULL, SAYS, NULL));
    assert_code(call(&x, &EP_PLAN_COMMENT_ADD, &x.handler, "2", NULL, SAYS, NULL), CODE_FORBIDDEN);
    assert_code(call(&x, &EP_PLAN_LEADER, &x.handler, NULL, NULL, "{\"name\":\"甲\",\"login\":\"scjg.handler\"}", NULL),
                CODE_FORBIDDEN);
    assert_good(
        x.k.a, call(&x, &EP_PLAN_LEADER, &x.officer, NULL, NULL, "{\"name\":\"甲\",\"login\":\"scjg.handler\"}", NULL));
    assert_good(x.k.a, call(&x, &EP_PLAN_COMMENT_ADD, &x.handler, "2", NULL, SAYS, NULL));
    assert_code(call(&x, &EP_PLAN_LEADER, &x.officer, NULL, NULL, "{\"name\":\"丙\",\"login\":\"scjg.handler\"}", NULL),
                CODE_NOT_FOUND);
    const struct json *t = task_of(&x, "1");
    assert_int_equal(json_get(t, "comments")->n, 2);
    assert_int_equal(entries(t, "comment"), 2);
    assert_int_equal(entries(t, "owner"), 1);
    assert_int_equal(store_test_number(f, "SELECT COUNT(*) FROM audit WHERE action = 'plan.comment'"), 3);
    assert_true(json_bool(json_get(t, "may"), "comment", false));
    assert_false(json_bool(json_get(t, "may"), "owner", true));
}

static void a_group_gets_its_members(struct store_fixture *f)
{
    struct fix x;
    const struct json *v;
    open_fix(&x, f);
    assert_code(
        call(&x, &EP_PLAN_BODY, &x.officer, NULL, NULL, "{\"name\":\"各有关部门\",\"departments\":[\"nope\"]}", NULL),
        CODE_NOT_FOUND);
    assert_good(x.k.a, call(&x, &EP_PLAN_BODY, &x.officer, NULL, NULL,
                            "{\"name\":\"各有关部门\",\"departments\":[\"scjg\",\"gaj\"]}", NULL));
    assert_good(x.k.a, plan_list(&x.k.c, x.k.a, x.k.now, &v));
    assert_int_equal(json_get(v, "unmatched")->n, 0);
    (void)imported(
        &x, "[" TASK_HEAD("1", "1") "\"lead\":[\"各有关部门\"],\"responsible\":[],\"deadline\":null,\"due\":null}]");
    assert_good(x.k.a, plan_list(&x.k.c, x.k.a, x.k.now, &v));
    assert_int_equal(json_get(v, "unmatched")->n, 0); /* what was set by hand stays */
}

static void a_task_is_done_with_evidence_only(struct store_fixture *f)
{
    struct fix x;
    const struct json *v;
    static const char DONE[] = "{\"status\":\"done\",\"done_on\":\"2021-08-06\"}";
    open_fix(&x, f);
    assert_code(call(&x, &EP_PLAN_STATUS, &x.head, "1", NULL, DONE, NULL), CODE_PLAN_STATE);
    assert_code(call(&x, &EP_PLAN_FILE_ADD, &x.head, NULL, NULL, "no paper", NULL), CODE_ATTACHMENT_TYPE);
    static const char PDF[] = "%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n";
    assert_good(x.k.a, call(&x, &EP_PLAN_FILE_ADD, &x.head, NULL, NULL, PDF, &v));
    struct slice hash = json_string(v, "sha256");
    assert_int_equal(hash.n, 64);
    struct slice give = arena_printf(x.k.a, "{\"kind\":\"file\",\"title\":\"通知\",\"ref\":\"%.*s\"}", SLICE_ARG(hash));
    assert_code(
        call(&x, &EP_PLAN_EVIDENCE_ADD, &x.head, "1", NULL, "{\"kind\":\"file\",\"title\":\"x\",\"ref\":\"00\"}", NULL),
        CODE_NOT_FOUND);
    assert_code(call(&x, &EP_PLAN_EVIDENCE_ADD, &x.head, "1", NULL,
                     "{\"kind\":\"service\",\"title\":\"x\",\"ref\":\"none\"}", NULL),
                CODE_NOT_FOUND);
    assert_code(call(&x, &EP_PLAN_EVIDENCE_ADD, &x.head, "1", NULL,
                     "{\"kind\":\"figure\",\"title\":\"x\",\"ref\":\"http://elsewhere\"}", NULL),
                CODE_PLAN_STATE);
    assert_good(x.k.a, call(&x, &EP_PLAN_EVIDENCE_ADD, &x.head, "1", NULL, arena_cstr(x.k.a, give), NULL));
    assert_good(x.k.a, call(&x, &EP_PLAN_EVIDENCE_ADD, &x.head, "1", NULL,
                            "{\"kind\":\"figure\",\"title\":\"时限\",\"ref\":\"/api/v1/desk/timeliness\"}", NULL));
    assert_code(call(&x, &EP_PLAN_STATUS, &x.head, "1", NULL, "{\"status\":\"done\",\"done_on\":\"2021-08-07\"}", NULL),
                CODE_PLAN_STATE);
    assert_good(x.k.a, call(&x, &EP_PLAN_STATUS, &x.head, "1", NULL, DONE, &v));
    assert_slice(json_string(v, "light"), "done");
    assert_false(json_bool(v, "done_late", true));
    assert_code(call(&x, &EP_PLAN_STATUS, &x.head, "1", NULL, DONE, NULL), CODE_PLAN_STATE);
    assert_code(call(&x, &EP_PLAN_STATUS, &x.head, "1", NULL, "{\"status\":\"open\"}", NULL), CODE_FIELD_REQUIRED);
    assert_good(x.k.a,
                call(&x, &EP_PLAN_STATUS, &x.head, "1", NULL, "{\"status\":\"open\",\"text\":\"材料不符\"}", &v));
    assert_slice(json_string(v, "light"), "on_time");
    assert_int_equal(entries(v, "done"), 1);
    assert_int_equal(entries(v, "reopened"), 1);
    struct reply r = {0};
    struct request q = {
        .a = x.k.a, .city = &x.k.c, .actor = &x.handler, .now = x.k.now, .params = {hash}, .nparams = 1};
    assert_good(x.k.a, door_call(&EP_PLAN_FILE, &q, &r));
    assert_slice(r.bytes, PDF);
}

static void sub_tasks_have_lights_of_their_own(struct store_fixture *f)
{
    struct fix x;
    const struct json *v;
    open_fix(&x, f);
    assert_code(call(&x, &EP_PLAN_SUBTASK_ADD, &x.head, "1", NULL, "{\"title\":\"x\",\"department\":\"nope\"}", NULL),
                CODE_NOT_FOUND);
    assert_good(x.k.a, call(&x, &EP_PLAN_SUBTASK_ADD, &x.head, "1", NULL,
                            "{\"title\":\"拟定清单\",\"department\":\"gaj\",\"due\":\"2021-08-05\"}", &v));
    const struct json *s = json_get(v, "subtasks")->items[0];
    assert_slice(json_string(s, "light"), "late");
    char *id = arena_cstr(x.k.a, json_string(s, "id"));
    assert_code(call(&x, &EP_PLAN_SUBTASK_DONE, &x.head, "2", id, "{}", NULL), CODE_NOT_FOUND);
    assert_good(x.k.a, call(&x, &EP_PLAN_SUBTASK_DONE, &x.head, "1", id, "{}", &v));
    assert_slice(json_string(json_get(v, "subtasks")->items[0], "light"), "done");
    assert_int_equal(json_int(json_get(v, "counts"), "subtasks_done", 0), 1);
    /* whoever a sub-task was given to finishes it, and no other */
    struct slice more =
        arena_printf(x.k.a, "{\"title\":\"汇总\",\"owner\":\"%.*s\"}", SLICE_ARG(id_text(x.k.a, x.handler.account)));
    assert_good(x.k.a, call(&x, &EP_PLAN_SUBTASK_ADD, &x.head, "1", NULL, arena_cstr(x.k.a, more), &v));
    id = arena_cstr(x.k.a, json_string(json_get(v, "subtasks")->items[1], "id"));
    assert_code(call(&x, &EP_PLAN_SUBTASK_DONE, &x.officer, "1", id, "{}", NULL), CODE_FORBIDDEN);
    assert_good(x.k.a, call(&x, &EP_PLAN_SUBTASK_DONE, &x.handler, "1", id, "{}", &v));
    assert_int_equal(json_int(json_get(v, "counts"), "subtasks_done", 0), 2);
}

/* ---- conditions ---- */

static void publish(struct fix *x, const char *from, const char *to)
{
    struct service_files one = from ? kit_service_with(&x->k, "service.json", from, to) : kit_service(&x->k);
    assert_good(x->k.a, catalogue_install(x->k.c.catalogue, x->k.a, &one, 1, x->k.now));
}

static void a_bound_task_follows_the_service(struct store_fixture *f)
{
    struct fix x;
    const struct json *v;
    size_t changed;
    open_fix(&x, f);
    static const char bind[] = "{\"condition\":{\"kind\":\"service_limit\",\"service\":\"stall_permit\",\"bound\":5}}";
    assert_code(
        call(&x, &EP_PLAN_CONDITION, &x.head, "1", NULL, "{\"condition\":{\"kind\":\"nope\",\"service\":\"x\"}}", NULL),
        CODE_PLAN_CONDITION);
    assert_code(call(&x, &EP_PLAN_CONDITION, &x.head, "1", NULL,
                     "{\"condition\":{\"kind\":\"service_limit\",\"service\":\"x\",\"bound\":0}}", NULL),
                CODE_PLAN_CONDITION);
    assert_code(call(&x, &EP_PLAN_CONDITION, &x.handler, "1", NULL, bind, NULL), CODE_FORBIDDEN);
    assert_good(x.k.a, call(&x, &EP_PLAN_CONDITION, &x.head, "1", NULL, bind, &v));
    assert_slice(json_string(v, "light"), "on_time"); /* not published yet */
    assert_code(call(&x, &EP_PLAN_STATUS, &x.head, "1", NULL, "{\"status\":\"done\"}", NULL), CODE_PLAN_STATE);
    publish(&x, NULL, NULL);
    assert_good(x.k.a, area_00_work(&x.k.c, x.k.a, x.k.now, &changed));
    v = task_of(&x, "1");
    assert_slice(json_string(v, "light"), "done");
    assert_slice(json_string(v, "done_on"), "2021-08-06");
    assert_slice(json_string(json_get(v, "condition"), "state"), "holds");
    assert_int_equal(entries(v, "condition_holds"), 1);
    at(&x, "2021-08-09T09:00:00+08:00");
    publish(&x, "\"n\": 5,", "\"n\": 6,"); /* the limit is lengthened by one day */
    assert_good(x.k.a, area_00_work(&x.k.c, x.k.a, x.k.now, &changed));
    v = task_of(&x, "1");
    assert_slice(json_string(v, "light"), "regressed");
    assert_int_equal(entries(v, "condition_lost"), 1);
    const struct json *figures = json_get(json_get(json_get(v, "condition"), "figures"), "service");
    assert_int_equal(json_int(figures, "promised_working_days", 0), 6);
    assert_good(x.k.a, area_00_work(&x.k.c, x.k.a, x.k.now, &changed));
    assert_int_equal(entries(task_of(&x, "1"), "condition_lost"), 1); /* once */
    publish(&x, NULL, NULL);
    assert_good(x.k.a, call(&x, &EP_PLAN_CONDITION_RUN, &x.handler, "1", NULL, "{}", &v));
    assert_slice(json_string(v, "light"), "done");
    assert_good(x.k.a, call(&x, &EP_PLAN_CONDITION, &x.head, "1", NULL, "{\"condition\":null}", &v));
    assert_slice(json_string(v, "light"), "on_time");
}

static const struct stmt CASE_ADD = {
    "test_measure",
    "INSERT INTO case_measure (case_id, number, service, department, town, month, state, filed_at, ended_at, workdays, elapsed_ms,"
    " counted_ms, steps, acts, visits, papers, fee_fen, online, late, rolled)"
    " VALUES (?1,?2,?3,'scjg','*',?4,?5,0,0,1,0,0,1,1,?6,0,0,?7,?8,0)",
    NULL, false};

static result case_body(struct tx *tx, struct arena *a, void *ctx)
{
    return tx_exec(tx, a, &CASE_ADD, ctx, 8, NULL);
}

/* A case that ended in that month: 3 delivered, 5 withdrawn. */
static void ended_case(struct fix *x, const char *service, int64_t month, int64_t state, bool online, bool late)
{
    struct id id = id_new(x->k.now);
    struct sql_value v[] = {sql_id(&id),
                            sql_text(id_text(x->k.a, id)),
                            sql_text(slice_cstr(service)),
                            sql_int(month),
                            sql_int(state),
                            sql_int(!online),
                            sql_int(online),
                            sql_int(late)};
    assert_good(x->k.a, store_run(x->k.c.store, x->k.a, "test_measure", case_body, v));
}

static bool holds_of(struct fix *x, const char *text)
{
    bool out;
    const struct json *figures, *v = test_json(x->k.a, slice_cstr(text));
    assert_good(x->k.a, plan_condition_check(&x->k.c, x->k.a, v));
    assert_good(x->k.a, plan_condition_eval(&x->k.c, x->k.a, v, x->k.now, &out, &figures));
    return out;
}

static bool holds(struct fix *x, const char *kind, int64_t bound, int64_t months)
{
    return holds_of(
        x, arena_cstr(x->k.a,
                      arena_printf(x->k.a, "{\"kind\":\"%s\",\"service\":\"counted\",\"bound\":%lld,\"months\":%lld}",
                                   kind, (long long)bound, (long long)months)));
}

/* August 2021 is running. */
static void shares_are_counted_from_the_sums(struct store_fixture *f)
{
    struct fix x;
    open_fix(&x, f);
    assert_false(holds(&x, "on_time_share", 1, 3)); /* no case, no share */
    assert_false(holds(&x, "online_share", 1, 3));
    ended_case(&x, "counted", 202105, 3, false, true); /* before the period */
    for (int i = 0; i < 4; i++) ended_case(&x, "counted", 202106 + i % 3, 3, true, false);
    ended_case(&x, "counted", 202107, 3, false, true); /* late, at the window */
    ended_case(&x, "other", 202107, 3, false, true);
    for (int i = 0; i < 2; i++) {
        assert_true(holds(&x, "on_time_share", 80, 3)); /* 4 of 5: exactly the bound holds */
        assert_false(holds(&x, "on_time_share", 81, 3));
        assert_true(holds(&x, "on_time_share", 66, 4)); /* 4 of 6 */
        assert_false(holds(&x, "on_time_share", 67, 4));
        assert_true(holds(&x, "online_share", 80, 3));
        assert_false(holds(&x, "online_share", 81, 3));
        assert_true(holds(&x, "cases_finished", 5, 3));
        assert_false(holds(&x, "cases_finished", 6, 3));
        assert_good(f->a, measures_roll(&x.k.c, f->a)); /* added to the sums: nothing changes */
    }
    ended_case(&x, "counted", 202108, 5, true, false); /* withdrawn: not finished */
    assert_false(holds(&x, "cases_finished", 6, 3));
    /* a condition bound when periods were days: 90 of them are three months */
    assert_true(holds_of(&x, "{\"kind\":\"cases_finished\",\"service\":\"counted\",\"bound\":5,\"days\":90}"));
    assert_false(holds_of(&x, "{\"kind\":\"cases_finished\",\"service\":\"counted\",\"bound\":5,\"days\":30}"));
}

/* Files of evidence have a measure, of a task and of the city; what is over it is refused with what to do. */
static void evidence_has_a_measure(struct store_fixture *f)
{
    struct fix x;
    const struct json *v;
    char one[200], again[200];
    open_fix(&x, f);
    x.k.c.evidence_city = 40;
    assert_good(x.k.a, call(&x, &EP_PLAN_FILE_ADD, &x.head, NULL, NULL, "%PDF-1.4 first evidence%%EOF", &v));
    (void)snprintf(one, sizeof one, "{\"kind\":\"file\",\"title\":\"甲\",\"ref\":\"%.*s\"}",
                   SLICE_ARG(json_string(v, "sha256")));
    assert_good(x.k.a, call(&x, &EP_PLAN_FILE_ADD, &x.head, NULL, NULL, "%PDF-1.4 first evidence%%EOF",
                            NULL)); /* the same file */
    assert_code(call(&x, &EP_PLAN_FILE_ADD, &x.head, NULL, NULL, "%PDF-1.4 second evidence%%EOF", NULL),
                CODE_PLAN_EVIDENCE_FULL);
    x.k.c.evidence_city = 0;
    assert_good(x.k.a, call(&x, &EP_PLAN_FILE_ADD, &x.head, NULL, NULL, "%PDF-1.4 second evidence%%EOF", &v));
    (void)snprintf(again, sizeof again, "{\"kind\":\"file\",\"title\":\"乙\",\"ref\":\"%.*s\"}",
                   SLICE_ARG(json_string(v, "sha256")));
    x.k.c.evidence_task = 30;
    assert_good(x.k.a, call(&x, &EP_PLAN_EVIDENCE_ADD, &x.head, "1", NULL, one, NULL));
    assert_code(call(&x, &EP_PLAN_EVIDENCE_ADD, &x.head, "1", NULL, again, NULL), CODE_PLAN_EVIDENCE_FULL);
    assert_good(x.k.a, call(&x, &EP_PLAN_EVIDENCE_ADD, &x.head, "2", NULL, again, NULL)); /* another task's measure */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_BOTH(a_plan_is_listed_as_its_files_say),
        ON_BOTH(the_same_again_changes_nothing),
        TEST(a_bad_plan_is_refused_with_its_place),
        ON_BOTH(the_plan_of_2021_is_whole),
        ON_SQLITE(names_are_matched),
        TEST(lights_follow_the_working_calendar),
        ON_SQLITE(lights_are_of_the_moment),
        ON_BOTH(who_may_act_on_a_task),
        ON_SQLITE(a_group_gets_its_members),
        ON_BOTH(a_task_is_done_with_evidence_only),
        ON_BOTH(sub_tasks_have_lights_of_their_own),
        ON_BOTH(a_bound_task_follows_the_service),
        ON_BOTH(shares_are_counted_from_the_sums),
        ON_BOTH(evidence_has_a_measure),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
