/* The applicant's own tasks within a case, who may do what, four eyes, and what is filled in. */
#include "city/messages/messages.h"
#include "test/city/works.h"

static const struct json *own_tasks(struct works *w, struct id id)
{
    return json_get(works_view(w, id, VIEW_OWNER), "tasks");
}

static bool can(struct works *w, struct id id, const char *what)
{
    const struct json *list = json_get(works_view(w, id, VIEW_OWNER), "can");
    for (size_t i = 0; i < list->n; i++)
        if (slice_is(list->items[i]->text, what)) return true;
    return false;
}

static bool waits(struct works *w, const struct actor *x)
{
    const struct json *page;
    assert_good(w->a, case_list_mine(w->c, w->a, x, S(""), 10, S(""), w->now, &page));
    assert_true(json_get(page, "items")->n > 0);
    return json_bool(json_get(page, "items")->items[0], "waiting_for_me", false);
}

static void the_page_shows_it(struct store_fixture *f)
{
    struct works w;
    works_open(&w, f);
    struct id id = works_accepted(&w, 4);
    assert_int_equal(own_tasks(&w, id)->n, 0);
    assert_false(can(&w, id, "fill") || waits(&w, w.zhangsan));
    id = works_until(&w, "choose");
    const struct json *list = own_tasks(&w, id), *t = list->items[0];
    assert_int_equal(list->n, 1);
    assert_true(can(&w, id, "fill") && waits(&w, w.zhangsan));
    assert_slice(json_string(t, "kind"), "fill");
    assert_slice(json_string(json_get(t, "title"), "zh"), "选择颜色");
    assert_slice(json_string(json_get(t, "outcomes")->items[0], "key"), "submit");
    assert_non_null(json_pointer(t, S("/form/properties/colour")));
    assert_slice(json_string(t, "due_at"), "2021-09-25T23:59:59.999+08:00");
    assert_true(slice_is(json_string(t, "id"),
                         arena_cstr(w.a, arena_printf(w.a, "%lld", (long long)works_token(&w, id, "choose")))));
    /* staff and strangers with a link have no such list */
    assert_null(json_get(works_view(&w, id, VIEW_STAFF), "tasks"));
    assert_null(json_get(works_view(&w, id, VIEW_SHARED), "tasks"));
    size_t done;
    assert_good(w.a, messages_run(w.c, w.a, w.now, 64, &done));
    assert_int_equal(works_number(&w, "SELECT COUNT(*) FROM inbox WHERE case_id=?1", id), 2); /* accepted; fill in */
}

static void what_is_filled_in_is_checked(struct store_fixture *f)
{
    struct works w;
    works_open(&w, f);
    struct id id = works_until(&w, "choose");
    result r = works_decide(&w, w.zhangsan, id, "choose", "submit", NULL);
    assert_code(r, CODE_FIELD_REQUIRED);
    assert_slice(r.problem->field, "/colour");
    assert_code(works_decide(&w, w.zhangsan, id, "choose", "submit", test_json(w.a, S("{\"colour\":\"blue\"}"))),
                CODE_FIELD_ENUM);
    assert_code(
        works_decide(&w, w.zhangsan, id, "choose", "submit", test_json(w.a, S("{\"colour\":\"red\",\"vip\":true}"))),
        CODE_FIELD_UNKNOWN);
    assert_code(works_decide(&w, w.zhangsan, id, "choose", "approve", test_json(w.a, S("{\"colour\":\"red\"}"))),
                CODE_PROCESS_OUTCOME);
    assert_code(works_decide(&w, w.lisi, id, "choose", "submit", test_json(w.a, S("{\"colour\":\"red\"}"))),
                CODE_FORBIDDEN);
    assert_code(works_decide(&w, w.handler, id, "choose", "submit", test_json(w.a, S("{\"colour\":\"red\"}"))),
                CODE_FORBIDDEN);
    assert_good(w.a, works_decide(&w, w.zhangsan, id, "choose", "submit", test_json(w.a, S("{\"colour\":\"red\"}"))));
    /* a task without a form takes no data */
    r = works_decide(&w, w.reviewer, id, "review", "approve", test_json(w.a, S("{\"sneaked\":1}")));
    assert_code(r, CODE_FIELD_UNKNOWN);
    assert_slice(r.problem->field, "/data/sneaked");
}

/* An agent does what the delegation names, and sees nothing else. */
static void an_agent_keeps_to_the_delegation(struct store_fixture *f)
{
    struct works w;
    struct id delegation;
    const struct json *page;
    works_open(&w, f);
    const struct service *front = w.service;
    works_change(&w, "shop_sides", NULL);
    w.service = front;
    struct id id = works_until(&w, "choose");
    day until = day_of_instant(w.now) + 30;
    assert_good(w.a, delegation_add(w.c, w.a, w.zhangsan, w.lisi->login, works_list(&w, "shop_sides"), until, w.now,
                                    &delegation));
    struct actor agent = *w.lisi;
    agent.subject = w.zhangsan->subject;
    agent.delegation = delegation;
    struct task_decision t = {.token = works_token(&w, id, "choose"),
                              .outcome = S("submit"),
                              .data = test_json(w.a, S("{\"colour\":\"red\"}"))};
    assert_code(works_decide_more(&w, &agent, id, &t), CODE_DELEGATION_NONE);
    assert_good(w.a, case_list_mine(w.c, w.a, &agent, S(""), 10, S(""), w.now, &page));
    assert_int_equal(json_get(page, "items")->n, 0);
    assert_good(w.a, delegation_add(w.c, w.a, w.zhangsan, w.lisi->login, works_list(&w, "shop_front"), until, w.now,
                                    &agent.delegation));
    assert_good(w.a, case_list_mine(w.c, w.a, &agent, S(""), 10, S(""), w.now, &page));
    assert_int_equal(json_get(page, "items")->n, 1);
    assert_good(w.a, works_decide_more(&w, &agent, id, &t));
}

/* ---- licences under a delegation ---- */

/* The permit as an electronic licence. */
static const char *const LICENCE[][2] = {
    {"tb:verb=\"document.issue\"", "tb:verb=\"licence.issue\""},
    {"<tb:input name=\"template\"",
     "<tb:input name=\"type\" value=\"&quot;permit&quot;\"/><tb:input name=\"type_code\" "
     "value=\"&quot;11100000MB0341032Y001&quot;\"/><tb:input name=\"template\""},
    {NULL, NULL}};

static struct id licensed(struct works *w, const char *code)
{
    works_change(w, code, LICENCE);
    struct id id = works_until(w, "sign");
    assert_good(w->a, works_decide(w, w->handler2, id, "sign", "approve", NULL));
    works_jobs(w);
    assert_int_equal(works_number(w, "SELECT COUNT(*) FROM licence WHERE case_id=?1", id), 1);
    return id;
}

static size_t licences(struct works *w, const struct actor *x, struct id *case_id)
{
    const struct json *list;
    assert_good(w->a, licence_list(w->c, w->a, x, w->now, &list));
    list = json_get(list, "items");
    if (list->n) assert_true(id_scan(json_string(json_get(list->items[list->n - 1], "document"), "case"), case_id));
    return list->n;
}

static void an_agent_sees_licences_of_its_services_only(struct store_fixture *f)
{
    struct works w;
    struct id seen, document;
    works_open(&w, f);
    struct id front = licensed(&w, "shop_front"), sides = licensed(&w, "shop_sides");
    day until = day_of_instant(w.now) + 30;
    assert_int_equal(licences(&w, w.zhangsan, &seen), 2);
    assert_int_equal(licences(&w, w.lisi, &seen), 0);
    struct actor agent = *w.lisi;
    agent.subject = w.zhangsan->subject;
    works_change(&w, "shop_third", NULL);
    assert_good(w.a, delegation_add(w.c, w.a, w.zhangsan, w.lisi->login, works_list(&w, "shop_third"), until, w.now,
                                    &agent.delegation));
    assert_int_equal(licences(&w, &agent, &seen), 0);
    assert_good(w.a, delegation_add(w.c, w.a, w.zhangsan, w.lisi->login, works_list(&w, "shop_sides"), until, w.now,
                                    &agent.delegation));
    assert_int_equal(licences(&w, &agent, &seen), 1);
    assert_true(id_eq(seen, sides));
    assert_true(id_from_bytes(works_text(&w, "SELECT document_id FROM licence WHERE case_id=?1", sides), &document));
    assert_good(w.a, licence_held(w.c, w.a, &agent, sides, document));
    assert_true(id_from_bytes(works_text(&w, "SELECT document_id FROM licence WHERE case_id=?1", front), &document));
    assert_code(licence_held(w.c, w.a, &agent, front, document), CODE_DELEGATION_NONE);
    assert_good(w.a, licence_held(w.c, w.a, w.zhangsan, front, document));
    assert_good(
        w.a, delegation_add(w.c, w.a, w.zhangsan, w.lisi->login, works_list(&w, "*"), until, w.now, &agent.delegation));
    assert_int_equal(licences(&w, &agent, &seen), 2);
}

/* ---- what a review stands on ---- */

static const struct json *desk_task(struct works *w, const struct actor *x, struct id id, const char *node)
{
    const struct json *seen;
    struct slice token = arena_printf(w->a, "%lld", (long long)works_token(w, id, node));
    assert_good(w->a, desk_case(w->c, w->a, x, id, w->now, &seen));
    const struct json *tasks = json_get(seen, "tasks");
    for (size_t i = 0; i < tasks->n; i++)
        if (slice_eq(json_string(tasks->items[i], "id"), token)) return tasks->items[i];
    fail_msg("the desk does not show %s", node);
    return NULL;
}

static void opinion_asked(struct works *w, const struct actor *x, struct id id, const char *node)
{
    static const char *const EMPTY[] = {"", "  \n"};
    struct task_decision t = {.token = works_token(w, id, node), .outcome = S("approve")};
    assert_true(json_bool(desk_task(w, x, id, node), "opinion_required", false));
    for (size_t i = 0; i < 2; i++) {
        t.opinion = slice_cstr(EMPTY[i]);
        result r = works_decide_more(w, x, id, &t);
        assert_code(r, CODE_FIELD_REQUIRED);
        assert_slice(r.problem->field, "/opinion");
    }
    t.opinion = S("同意");
    assert_good(w->a, works_decide_more(w, x, id, &t));
}

static void review_and_signature_state_an_opinion(struct store_fixture *f)
{
    struct works w;
    works_open(&w, f);
    struct id id = works_filed(&w);
    assert_false(json_bool(desk_task(&w, w.handler, id, "accept"), "opinion_required", true));
    struct task_decision t = {.token = works_token(&w, id, "accept"), .outcome = S("accept")};
    assert_good(w.a, works_decide_more(&w, w.handler, id, &t));
    id = works_until(&w, "review");
    opinion_asked(&w, w.reviewer, id, "review");
    opinion_asked(&w, w.handler2, id, "sign");
}

/* ---- the form of a task in a called service ---- */

static void a_called_service_has_its_own_forms(struct store_fixture *f)
{
    struct works w;
    struct case_done done;
    works_open(&w, f);
    works_caller(&w);
    assert_null(service_task_form(w.service, S("visit")));
    assert_good(w.a, works_file(&w, w.zhangsan, NULL, works_form(&w, "示范路", 4), &done));
    struct id id = done.case_id;
    assert_good(w.a, works_decide(&w, w.handler, id, "accept", "accept", NULL));
    assert_non_null(json_pointer(desk_task(&w, w.handler, id, "look"), S("/form/properties/visit_on")));
    assert_code(works_decide(&w, w.handler, id, "look", "done", NULL), CODE_FIELD_REQUIRED);
    result r = works_decide(&w, w.handler, id, "look", "done", test_json(w.a, S("{\"visit_on\":\"soon\"}")));
    assert_true(failed(r));
    assert_slice(r.problem->field, "/visit_on");
    assert_code(works_decide(&w, w.handler, id, "look", "done",
                             test_json(w.a, S("{\"visit_on\":\"2021-09-23\",\"sneaked\":1}"))),
                CODE_FIELD_UNKNOWN);
    assert_good(w.a,
                works_decide(&w, w.handler, id, "look", "done", test_json(w.a, S("{\"visit_on\":\"2021-09-23\"}"))));
    assert_good(w.a, works_decide(&w, w.handler, id, "draw", "done", NULL));
    works_jobs(&w);
    /* the applicant's own task likewise */
    assert_non_null(json_pointer(own_tasks(&w, id)->items[0], S("/form/properties/colour")));
    assert_code(works_decide(&w, w.zhangsan, id, "choose", "submit", test_json(w.a, S("{\"colour\":\"blue\"}"))),
                CODE_FIELD_ENUM);
    assert_good(w.a, works_decide(&w, w.zhangsan, id, "choose", "submit", test_json(w.a, S("{\"colour\":\"red\"}"))));
}

static void four_eyes(struct store_fixture *f)
{
    struct works w;
    struct case_done done;
    works_open(&w, f);
    struct id id = works_until(&w, "sign");
    result r = works_decide(&w, w.handler, id, "sign", "approve", NULL);
    assert_code(r, CODE_TASK_SEPARATE);
    assert_code(works_decide(&w, w.reviewer, id, "sign", "approve", NULL), CODE_FORBIDDEN);
    /* nor can it be passed to them */
    struct case_command k = works_command(&w, w.handler2, "transfer", NULL, S(""), id);
    r = task_transfer(&k, works_token(&w, id, "sign"), w.handler, S("外出"), &done);
    assert_code(r, CODE_TASK_SEPARATE);
    assert_slice(r.problem->field, "/to");
    assert_code(task_transfer(&k, works_token(&w, id, "sign"), w.handler2, S(""), &done), CODE_FIELD_REQUIRED);
    /* nor do they keep it from those who may */
    k.actor = w.handler;
    assert_code(task_claim(&k, works_token(&w, id, "sign"), &done), CODE_TASK_SEPARATE);
    /* the desk says so before they try */
    const struct json *seen;
    assert_good(w.a, desk_case(w.c, w.a, w.handler, id, w.now, &seen));
    const struct json *tasks = json_get(seen, "tasks");
    assert_false(json_bool(tasks->items[tasks->n - 1], "can_decide", true));
    assert_good(w.a, desk_case(w.c, w.a, w.handler2, id, w.now, &seen));
    tasks = json_get(seen, "tasks");
    assert_true(json_bool(tasks->items[tasks->n - 1], "can_decide", false));
    assert_good(w.a, works_decide(&w, w.handler2, id, "sign", "approve", NULL));
}

static void nobody_decides_their_own_case(struct store_fixture *f)
{
    struct works w;
    struct case_done done;
    works_open(&w, f);
    struct id id = works_filed(&w);
    struct actor officer = *w.handler;
    officer.subject = w.zhangsan->subject; /* the officer is this person */
    assert_code(works_decide(&w, &officer, id, "accept", "accept", NULL), CODE_TASK_OWN_CASE);
    struct case_command k = works_command(&w, &officer, "claim", NULL, S(""), id);
    assert_code(task_claim(&k, works_token(&w, id, "accept"), &done), CODE_TASK_OWN_CASE);
    k = works_command(&w, w.handler, "transfer", NULL, S(""), id);
    assert_code(task_transfer(&k, works_token(&w, id, "accept"), &officer, S("外出"), &done), CODE_TASK_OWN_CASE);
    /* by the identity number that the administrator gave; also as who may act for the applicant */
    const struct actor *administrator = test_city_actor(w.t, S("administrator"));
    assert_good(w.a, works_decide(&w, w.handler, works_filed(&w), "accept", "accept", NULL));
    assert_code(
        staff_person_set(w.c, w.a, w.handler, w.handler->account, S("resident_id"), S("441900198801010013"), w.now),
        CODE_FORBIDDEN);
    assert_good(w.a, staff_person_set(w.c, w.a, administrator, w.handler->account, S("resident_id"),
                                      S("441900198801010013"), w.now));
    assert_code(works_decide(&w, w.handler, id, "accept", "accept", NULL), CODE_TASK_OWN_CASE);
    k = works_command(&w, w.handler2, "transfer", NULL, S(""), id);
    result r = task_transfer(&k, works_token(&w, id, "accept"), w.handler, S("外出"), &done);
    assert_code(r, CODE_TASK_OWN_CASE);
    assert_slice(r.problem->field, "/to");
    const struct actor *firm = test_city_actor(w.t, S("xinghe")); /* whose legal representative is lisi */
    assert_good(w.a, works_file(&w, firm, NULL, works_form(&w, "示范路", 4), &done));
    struct id of_firm = done.case_id;
    assert_good(w.a, works_decide(&w, w.handler, works_filed_by(&w, firm), "accept", "accept", NULL));
    assert_good(w.a, staff_person_set(w.c, w.a, administrator, w.handler->account, S("resident_id"),
                                      S("441900199002020025"), w.now));
    assert_code(works_decide(&w, w.handler, of_firm, "accept", "accept", NULL), CODE_TASK_OWN_CASE);
    assert_good(w.a, works_decide(&w, w.handler2, of_firm, "accept", "accept", NULL));
    assert_good(w.a, works_decide(&w, w.handler, id, "accept", "accept", NULL));
    /* nor may staff withdraw, correct or urge as if they were the applicant */
    k = works_command(&w, &officer, "withdraw", NULL, S(""), id);
    assert_code(case_withdraw(&k, S(""), S(""), &done), CODE_NOT_FOUND);
}

static void rules_are_explained(struct store_fixture *f)
{
    struct works w;
    const struct json *seen;
    works_open(&w, f);
    struct id id = works_accepted(&w, 4);
    assert_good(w.a, desk_case(w.c, w.a, w.handler, id, w.now, &seen));
    const struct json *e = json_get(seen, "explanations")->items[0];
    assert_slice(json_string(e, "decision"), "size_class");
    assert_slice(json_string(json_get(e, "text"), "en"), "by rule: rule 1 of “size class”. Result: small");
    assert_non_null(json_get(e, "values"));
    e = json_get(works_view(&w, id, VIEW_OWNER), "explanations")->items[0];
    assert_slice(json_string(json_get(e, "text"), "zh"), "适用规则：“size class”第 1 条，结论：small");
    assert_null(json_get(e, "values"));
}

/* The journal is shown whole, however long it grows. */
static void a_long_journal(struct store_fixture *f)
{
    struct works w;
    struct case_done done;
    works_open(&w, f);
    struct id id = works_accepted(&w, 4);
    for (int i = 0; i < 560; i++) {
        struct case_command k = works_command(&w, w.handler, "claim", NULL, S(""), id);
        assert_good(w.a, task_claim(&k, works_token(&w, id, "look"), &done));
    }
    struct case_command k = works_command(&w, w.handler, "stop", NULL, S(""), id);
    assert_good(w.a, case_clock_stop(&k, works_token(&w, id, "look"), S("testing"), S("检测"), &done));
    const struct json *v = works_view(&w, id, VIEW_STAFF);
    assert_slice(json_string(json_get(json_get(v, "clock"), "stopped"), "notice"), "检测");
    assert_true(json_get(v, "history")->n > 560);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_BOTH(the_page_shows_it),
        ON_BOTH(what_is_filled_in_is_checked),
        ON_BOTH(an_agent_keeps_to_the_delegation),
        ON_BOTH(four_eyes),
        ON_BOTH(nobody_decides_their_own_case),
        ON_BOTH(rules_are_explained),
        ON_BOTH(an_agent_sees_licences_of_its_services_only),
        ON_BOTH(review_and_signature_state_an_opinion),
        ON_BOTH(a_called_service_has_its_own_forms),
        ON_SQLITE(a_long_journal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
