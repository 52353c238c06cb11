/* Reminders, escalation, reports that are chased, progress and assessment, as the injected clock moves. */
#include "areas/00_supervision/plan_test_support.h"
#include "city/messages/messages.h"

static int64_t inbox(struct fix *x, const struct actor *who, const char *words)
{
    size_t done;
    int64_t n = 0;
    const struct json *v;
    for (int i = 0; i < 10; i++) assert_good(x->k.a, messages_run(&x->k.c, x->k.a, x->k.now, 32, &done));
    assert_good(x->k.a, inbox_list(&x->k.c, x->k.a, who, 100, (struct slice){0}, &v));
    const struct json *items = json_get(v, "items");
    for (size_t i = 0; i < items->n; i++)
        n += slice_search(json_string(json_get(items->items[i], "body"), "zh"), slice_cstr(words)) != SIZE_MAX;
    return n;
}

static void supervise(struct fix *x, const char *time)
{
    size_t done;
    at(x, time);
    assert_good(x->k.a, plan_supervise_run(&x->k.c, x->k.a, x->k.now, &done));
    assert_good(x->k.a, plan_supervise_run(&x->k.c, x->k.a, x->k.now, &done));
    assert_int_equal(done, 0); /* each step once */
}

static void a_late_task_climbs_as_the_clock_moves(struct store_fixture *f)
{
    struct fix x;
    const struct json *v;
    open_fix(&x, f);
    struct actor leader = kit_staff(&x.k, "leader.one", ROLE_AUDITOR);
    assert_good(x.k.a,
                call(&x, &EP_PLAN_LEADER, &x.officer, NULL, NULL, "{\"name\":\"甲\",\"login\":\"leader.one\"}", NULL));
    supervise(&x, "2021-10-14T09:00:00+08:00");
    assert_int_equal(inbox(&x, &x.head, "任务 1（问题1）：即将到期"), 0);
    supervise(&x, "2021-10-20T09:00:00+08:00");
    assert_int_equal(inbox(&x, &x.head, "任务 1（问题1）：即将到期"), 1);
    assert_int_equal(json_int(task_of(&x, "1"), "escalation", 9), 0);
    supervise(&x, "2021-11-01T09:00:00+08:00");
    assert_int_equal(inbox(&x, &x.head, "任务 1（问题1）：已逾期"), 1);
    assert_int_equal(inbox(&x, &leader, "任务 1（"), 0);
    assert_int_equal(json_int(task_of(&x, "1"), "escalation", 9), 1);
    supervise(&x, "2021-11-04T09:00:00+08:00"); /* four working days late */
    assert_int_equal(inbox(&x, &leader, "任务 1（"), 0);
    supervise(&x, "2021-11-05T09:00:00+08:00");
    assert_int_equal(inbox(&x, &leader, "任务 1（问题1）：已逾期，提请挂帅领导协调"), 1);
    supervise(&x, "2021-11-12T09:00:00+08:00");
    assert_int_equal(inbox(&x, &leader, "任务 1（问题1）：已列入专项督导"), 1);
    assert_good(x.k.a, call(&x, &EP_PLAN_SPECIAL, &x.handler, NULL, NULL, NULL, &v));
    assert_int_equal(json_get(v, "items")->n, 2); /* task 2, due before the plan was issued, counts from its issue */
    assert_int_equal(json_int(json_get(v, "items")->items[0], "no", 0), 2);
    assert_int_equal(entries(task_of(&x, "1"), "escalated"), 3);
    /* done: off the list; opened again: it climbs anew */
    assert_good(x.k.a, call(&x, &EP_PLAN_EVIDENCE_ADD, &x.head, "1", NULL,
                            "{\"kind\":\"figure\",\"title\":\"x\",\"ref\":\"/x\"}", NULL));
    assert_good(x.k.a, call(&x, &EP_PLAN_STATUS, &x.head, "1", NULL, "{\"status\":\"done\"}", &v));
    assert_true(json_bool(v, "done_late", false));
    assert_false(json_bool(v, "special", true));
    assert_good(x.k.a, call(&x, &EP_PLAN_SPECIAL, &x.handler, NULL, NULL, NULL, &v));
    assert_int_equal(json_get(v, "items")->n, 1);
    assert_good(x.k.a,
                call(&x, &EP_PLAN_STATUS, &leader, "1", NULL, "{\"status\":\"open\",\"text\":\"未达标\"}", NULL));
    int64_t plain = inbox(&x, &x.head, "任务 1（问题1）：已逾期");
    supervise(&x, "2021-11-15T09:00:00+08:00"); /* three steps at once: told as the last */
    assert_int_equal(inbox(&x, &x.head, "任务 1（问题1）：已逾期"), plain);
    assert_int_equal(inbox(&x, &leader, "任务 1（问题1）：已列入专项督导"), 2);
}

static void missing_reports_are_chased(struct store_fixture *f)
{
    struct fix x;
    const struct json *v;
    open_fix(&x, f);
    supervise(&x, "2021-08-10T09:00:00+08:00"); /* July lies before the plan */
    assert_int_equal(inbox(&x, &x.head, "尚未报送"), 0);
    supervise(&x, "2021-09-07T09:00:00+08:00"); /* the fifth working day of September */
    assert_int_equal(inbox(&x, &x.head, "尚未报送 2021-08"), 0);
    at(&x, "2021-09-08T09:00:00+08:00");
    assert_good(x.k.a, call(&x, &EP_PLAN_FILINGS, &x.handler, NULL, NULL, NULL, &v));
    assert_slice(json_string(v, "period"), "2021-08");
    assert_int_equal(json_get(v, "missing")->n, 3); /* both leads to the office, and gaj to the lead of area 1 */
    static const char REPORT[] =
        "{\"kind\":\"lead_report\",\"unit\":\"scjg\",\"area_no\":1,\"period\":\"2021-08\",\"title\":\"八月进展\",\"text\":\"已完成\"}";
    assert_code(call(&x, &EP_PLAN_FILING_ADD, &x.handler, NULL, NULL, REPORT, NULL), CODE_FORBIDDEN);
    assert_good(
        x.k.a, call(&x, &EP_PLAN_CONTACT, &x.head, NULL, NULL, "{\"unit\":\"scjg\",\"login\":\"scjg.handler\"}", NULL));
    assert_good(x.k.a, call(&x, &EP_PLAN_FILING_ADD, &x.handler, NULL, NULL, REPORT, NULL));
    assert_code(call(&x, &EP_PLAN_FILING_ADD, &x.head, NULL, NULL,
                     "{\"kind\":\"timetable\",\"unit\":\"gaj\",\"area_no\":1,\"title\":\"x\"}", NULL),
                CODE_PLAN_STATE);
    assert_code(call(&x, &EP_PLAN_FILING_ADD, &x.head, NULL, NULL,
                     "{\"kind\":\"report\",\"unit\":\"gaj\",\"area_no\":1,\"title\":\"x\"}", NULL),
                CODE_FIELD_TYPE);
    assert_good(x.k.a, call(&x, &EP_PLAN_FILINGS, &x.handler, NULL, NULL, NULL, &v));
    assert_int_equal(json_get(v, "items")->n, 1);
    assert_int_equal(json_get(v, "missing")->n, 2);
    supervise(&x, "2021-09-08T09:00:00+08:00");
    assert_int_equal(inbox(&x, &x.head, "尚未报送 2021-08"),
                     0); /* its own is in; the office hears after five days more */
    supervise(&x, "2021-09-14T09:00:00+08:00");
    assert_int_equal(inbox(&x, &x.head, "公安局尚未报送 2021-08"), 1);
    assert_good(x.k.a, call(&x, &EP_PLAN_CONTACTS, &x.handler, NULL, NULL, NULL, &v));
    assert_int_equal(json_get(v, "items")->n, 4); /* two departments, two towns */
}

static void progress_adds_up(struct store_fixture *f)
{
    struct fix x;
    const struct json *v;
    open_fix(&x, f);
    at(&x, "2021-11-01T09:00:00+08:00");
    assert_good(x.k.a, call(&x, &EP_PLAN_PROGRESS, &x.handler, NULL, NULL, NULL, &v));
    assert_int_equal(json_int(json_get(v, "all"), "total", 0), 4);
    assert_int_equal(json_int(json_get(v, "all"), "late", 0), 2);
    assert_int_equal(json_int(json_get(v, "all"), "undated", 0), 2);
    const struct json *leads = json_get(v, "departments"), *months = json_get(v, "months");
    assert_int_equal(leads->n, 2);
    assert_int_equal(json_int(leads->items[0], "total", 0), 3); /* the acting lead stands for the lead */
    assert_slice(json_string(months->items[0], "due_month"), "2021-06");
    assert_slice(json_string(months->items[1], "due_month"), "2021-10");
    assert_int_equal(json_get(v, "leaders")->n, 2);
    assert_int_equal(json_get(v, "areas")->n, 2);
}

static void scores_follow_the_rules(void **state)
{
    (void)state;
    assert_int_equal(plan_score(0, 0, 0, 0, 0), -1);
    assert_int_equal(plan_score(2, 1, 1, 0, 0), 800); /* (100 + 60) / 2 */
    assert_int_equal(plan_score(0, 0, 0, 4, 3), 750); /* reports alone */
    assert_int_equal(plan_score(2, 1, 0, 4, 3), 550); /* 50 * 0.8 + 75 * 0.2 */
    assert_int_equal(plan_score(1, 1, 0, 1, 1), 1000);
    assert_int_equal(plan_score(3, 1, 1, 3, 1), 493); /* 53.33 * 0.8 + 33.33 * 0.2 = 49.33 */
}

static void assessment_changes_and_circulars(struct store_fixture *f)
{
    struct fix x;
    const struct json *v;
    open_fix(&x, f);
    at(&x, "2021-09-03T09:00:00+08:00");
    static const char REPORT[] =
        "{\"kind\":\"lead_report\",\"unit\":\"scjg\",\"area_no\":1,\"period\":\"2021-08\",\"title\":\"八月\"}";
    assert_good(x.k.a, call(&x, &EP_PLAN_FILING_ADD, &x.head, NULL, NULL, REPORT, NULL));
    assert_good(x.k.a, call(&x, &EP_PLAN_ASSESSMENT, &x.handler, NULL, NULL, NULL, &v));
    const struct json *scjg = json_get(v, "items")->items[0];
    assert_slice(json_string(v, "period"), "2021-08");
    assert_slice(json_string(v, "reports_by"), "2021-09-07");
    assert_slice(json_string(json_get(scjg, "department"), "code"), "scjg");
    assert_int_equal(json_int(scjg, "due", 0), 1); /* task 2, of June, still open */
    assert_slice(json_get(scjg, "score")->text, "20.0");
    assert_true(json_string(json_get(v, "rules"), "zh").n > 0);
    /* since a day */
    assert_good(x.k.a, call(&x, &EP_PLAN_COMMENT_ADD, &x.head, "1", NULL, "{\"text\":\"x\"}", NULL));
    struct reply r = {0};
    at(&x, "2021-11-02T09:00:00+08:00");
    struct request q = {
        .a = x.k.a, .city = &x.k.c, .actor = &x.handler, .now = x.k.now, .query = S("since=2021-09-03")};
    assert_good(x.k.a, door_call(&EP_PLAN_CHANGES, &q, &r));
    assert_int_equal(json_get(r.body, "items")->n, 1);
    assert_int_equal(json_get(r.body, "became_late")->n, 1);
    q.query = S("since=2021-08-01");
    assert_good(x.k.a, door_call(&EP_PLAN_CHANGES, &q, &r));
    assert_int_equal(json_get(r.body, "items")->n, 5); /* and four imported */
    q.query = S("since=yesterday");
    assert_code(door_call(&EP_PLAN_CHANGES, &q, &r), CODE_QUERY_BAD);
    /* circulars: by the office, to all heads */
    static const char SAYS[] = "{\"title\":\"九月进展\",\"text\":\"两项逾期\"}";
    assert_code(call(&x, &EP_PLAN_CIRCULAR, &x.officer, NULL, NULL, SAYS, NULL), CODE_FORBIDDEN);
    assert_good(x.k.a, call(&x, &EP_PLAN_CIRCULAR, &x.head, NULL, NULL, SAYS, &v));
    assert_int_equal(json_int(v, "sent", 0), 1);
    assert_int_equal(inbox(&x, &x.head, "两项逾期"), 1);
    q.query = S("kind=circular");
    assert_good(x.k.a, door_call(&EP_PLAN_FILINGS, &q, &r));
    assert_int_equal(json_get(r.body, "items")->n, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_BOTH(a_late_task_climbs_as_the_clock_moves),
        ON_BOTH(missing_reports_are_chased),
        ON_SQLITE(progress_adds_up),
        TEST(scores_follow_the_rules),
        ON_BOTH(assessment_changes_and_circulars),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
