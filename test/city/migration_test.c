/* Running cases under a new version of their service: planned, looked at, released by a second person, carried out, undone. */
#include "city/cases/change.h"
#include "city/cases/run.h"
#include "test/city/works.h"

static const struct actor *who(struct works *w, const char *login)
{
    const struct actor *x = test_city_actor(w->t, slice_cstr(login));
    assert_non_null(x);
    return x;
}

/* A version more of the service: texts of its files replaced. */
static const char *const BEHIND[][2] = {
    {"<sequenceFlow id=\"f12\" sourceRef=\"choose\" targetRef=\"review\"/>",
     "<userTask id=\"hear\" name=\"听取意见\" tb:kind=\"handle\" tb:role=\"handler\" tb:step=\"decide\" tb:outcomes=\"done\"/>"
     "<sequenceFlow id=\"f12\" sourceRef=\"choose\" targetRef=\"hear\"/><sequenceFlow id=\"f12b\" sourceRef=\"hear\" targetRef=\"review\"/>"},
    {NULL, NULL}};

static struct id plan(struct works *w, const struct service *from, const struct service *to, const char *mapping,
                      const char *values)
{
    struct id id;
    struct plan_new p = {.service = WORKS_SERVICE,
                         .from = service_hash(from),
                         .to = service_hash(to),
                         .reason = S("增加听取意见环节"),
                         .mapping = mapping ? test_json(w->a, slice_cstr(mapping)) : NULL,
                         .values = values ? test_json(w->a, slice_cstr(values)) : NULL};
    assert_good(w->a, migration_plan(w->c, w->a, who(w, "publisher1"), &p, w->now, &id));
    return id;
}

static void work(struct works *w)
{
    size_t done, rounds = 0;
    do {
        assert_good(w->a, migrations_run(w->c, w->a, w->now, 500, &done));
        rounds++;
    } while (done && rounds < 50);
}

static const struct json *show(struct works *w, struct id id)
{
    const struct json *v;
    assert_good(w->a, migration_show(w->c, w->a, id, &v));
    return v;
}

static int64_t count(struct works *w, struct id id, const char *state)
{
    return json_int(json_get(show(w, id), "counts"), state, -1);
}

static void release(struct works *w, struct id id)
{
    assert_good(w->a, migration_decide(w->c, w->a, who(w, "publisher2"), id, true, S(""), w->now));
    work(w);
}

static void expect_same(struct works *w)
{
    struct rebuild_report r;
    assert_good(w->a, case_rebuild(w->c, w->a, true, &r));
    if (r.differences) fail_msg("%lld: %.*s", (long long)r.differences, SLICE_ARG(r.first_difference));
}

static struct slice version_of(struct works *w, struct id id)
{
    return works_text(w, "SELECT service_hash FROM case_file WHERE id = ?1", id);
}

static const struct json *visit(struct works *w)
{
    return test_json(w->a, S("{\"visit_on\":\"2021-09-23\"}"));
}

static void a_case_at_a_join_goes_on_under_the_new_version(struct store_fixture *f)
{
    struct works w;
    works_open(&w, f);
    const struct service *old = w.service;
    struct id waits = works_accepted(&w, 4), fresh = works_filed(&w);
    assert_good(w.a, works_decide(&w, w.handler, waits, "look", "done", visit(&w))); /* a token waits at the join */
    works_change(&w, "shop_front", BEHIND);
    struct id id = plan(&w, old, w.service, NULL, NULL);
    assert_slice(json_string(show(&w, id), "state"), "looking");
    work(&w);
    const struct json *v = show(&w, id);
    assert_slice(json_string(v, "state"), "waiting");
    assert_int_equal(json_int(v, "looked", 0), 2);
    assert_int_equal(json_get(v, "groups")->n, 2);
    bool join = false;
    for (size_t g = 0; g < 2; g++) {
        const struct json *places = json_get(json_get(v, "groups")->items[g], "places");
        for (size_t i = 0; i < places->n; i++) join = join || slice_is(json_string(places->items[i], "why"), "join");
    }
    assert_true(join);
    /* four eyes: not by who made it, and nothing before it is released */
    assert_code(migration_decide(w.c, w.a, who(&w, "publisher1"), id, true, S(""), w.now), CODE_TWO_PEOPLE);
    assert_code(migration_decide(w.c, w.a, who(&w, "designer"), id, true, S(""), w.now), CODE_FORBIDDEN);
    work(&w);
    assert_true(slice_eq(version_of(&w, waits), service_hash(old)));
    int64_t due = works_number(&w, "SELECT due_at FROM case_file WHERE id = ?1", waits);
    works_at(&w, "2021-09-23T09:00");
    release(&w, id);
    assert_slice(json_string(show(&w, id), "state"), "done");
    assert_int_equal(count(&w, id, "moved"), 2);
    assert_true(slice_eq(version_of(&w, waits), service_hash(w.service)));
    assert_int_equal(works_number(&w, "SELECT due_at FROM case_file WHERE id = ?1", waits),
                     due); /* the law's time stays */
    expect_same(&w);
    /* to its end, through what is new */
    assert_good(w.a, works_decide(&w, w.handler, waits, "draw", "done", NULL));
    works_jobs(&w);
    assert_good(w.a,
                works_decide(&w, w.zhangsan, waits, "choose", "submit", test_json(w.a, S("{\"colour\":\"grey\"}"))));
    assert_true(works_has(&w, waits, "hear"));
    assert_good(w.a, works_decide(&w, w.handler, waits, "hear", "done", NULL));
    assert_good(w.a, works_decide(&w, w.reviewer, waits, "review", "approve", NULL));
    assert_code(works_decide(&w, w.handler, waits, "sign", "approve", NULL),
                CODE_TASK_SEPARATE); /* who looked does not sign */
    assert_good(w.a, works_decide(&w, w.handler2, waits, "sign", "approve", NULL));
    works_jobs(&w);
    const struct json *view = works_view(&w, waits, VIEW_OWNER);
    assert_slice(json_string(view, "state"), "delivered");
    assert_true(slice_search(json_write(w.a, json_get(view, "history")), S("修订后的流程")) != SIZE_MAX);
    assert_good(w.a, works_decide(&w, w.handler, fresh, "accept", "accept", NULL));
    expect_same(&w);
}

static void undone_by_case_and_as_a_whole(struct store_fixture *f)
{
    struct works w;
    works_open(&w, f);
    const struct service *old = w.service;
    struct id one = works_until(&w, "choose"), two = works_until(&w, "choose"), three = works_until(&w, "choose");
    works_change(&w, "shop_front", BEHIND);
    struct id id = plan(&w, old, w.service, NULL, NULL);
    work(&w);
    release(&w, id);
    assert_int_equal(count(&w, id, "moved"), 3);
    struct slice before = works_text(&w, "SELECT progress FROM case_file WHERE id = ?1", two);
    /* one has gone on to where the old version cannot follow */
    assert_good(w.a, works_decide(&w, w.zhangsan, one, "choose", "submit", test_json(w.a, S("{\"colour\":\"grey\"}"))));
    const struct actor *p = who(&w, "publisher1");
    result r = migration_undo_case(w.c, w.a, p, id, one, S("误操作"), w.now);
    assert_code(r, CODE_PROCESS_MIGRATION);
    assert_slice(r.problem->field, "hear");
    assert_code(migration_undo_case(w.c, w.a, p, id, two, S(""), w.now), CODE_FIELD_REQUIRED);
    assert_good(w.a, migration_undo_case(w.c, w.a, p, id, two, S("误操作"), w.now));
    assert_code(migration_undo_case(w.c, w.a, p, id, two, S("误操作"), w.now), CODE_REQUEST_SETTLED);
    assert_true(slice_eq(version_of(&w, two), service_hash(old)));
    assert_true(before.n > 0);
    assert_good(w.a, migration_undo(w.c, w.a, p, id, S("流程有误"), w.now));
    work(&w);
    assert_slice(json_string(show(&w, id), "state"), "undone");
    assert_int_equal(count(&w, id, "undone"), 2);
    assert_int_equal(count(&w, id, "stays"), 1);
    assert_true(slice_eq(version_of(&w, three), service_hash(old)));
    assert_true(slice_eq(version_of(&w, one), service_hash(w.service)));
    const struct json *rows;
    assert_good(w.a, migration_cases(w.c, w.a, id, S("stays"), 20, S(""), &rows));
    assert_int_equal(json_get(rows, "items")->n, 1);
    assert_true(json_get(json_get(rows, "items")->items[0], "problems")->n >= 1);
    expect_same(&w);
    assert_good(w.a, works_decide(&w, w.zhangsan, two, "choose", "submit", test_json(w.a, S("{\"colour\":\"grey\"}"))));
    assert_true(works_has(&w, two, "review"));
}

static const char *const RENAMED[][2] = {{"\"look\" name", "\"inspect\" name"},
                                         {"attachedToRef=\"look\"", "attachedToRef=\"inspect\""},
                                         {"sourceRef=\"look\"", "sourceRef=\"inspect\""},
                                         {"targetRef=\"look\"", "targetRef=\"inspect\""},
                                         {"tb:separate=\"look\"", "tb:separate=\"inspect\""},
                                         {"tb:clock=\"3wd\"", "tb:clock=\"2wd\""},
                                         {"id=\"remind\" attached", "id=\"remember\" attached"},
                                         {"sourceRef=\"remind\"", "sourceRef=\"remember\""},
                                         {NULL, NULL}};

static void elements_are_mapped(struct store_fixture *f)
{
    struct works w;
    works_open(&w, f);
    const struct service *old = w.service;
    struct id id = works_accepted(&w, 4);
    struct case_done done;
    struct case_command k = works_command(&w, w.handler, "claim", NULL, S(""), id);
    assert_good(w.a, task_claim(&k, works_token(&w, id, "look"), &done));
    int64_t due = works_number(&w, "SELECT due_at FROM case_task WHERE case_id = ?1 AND node = 'look'", id);
    int64_t timers = works_number(&w, "SELECT COUNT(*) FROM case_timer WHERE case_id = ?1", id);
    works_at(&w, "2021-09-23T10:00");
    works_change(&w, "shop_front", RENAMED);
    struct id without = plan(&w, old, w.service, NULL, NULL);
    work(&w);
    assert_int_equal(count(&w, without, "cannot"), 1); /* said before anything is done */
    const struct json *g = json_get(show(&w, without), "groups")->items[0];
    assert_true(slice_search(json_write(w.a, json_get(g, "problems")), S("现场查看")) != SIZE_MAX);
    struct id with = plan(&w, old, w.service, "[{\"from\":\"look\",\"to\":\"inspect\"}]", NULL);
    work(&w);
    assert_int_equal(count(&w, with, "can"), 1);
    release(&w, with);
    assert_int_equal(count(&w, with, "moved"), 1);
    /* the claim stays, the limit counts from the opening, the renamed reminder is a new one from then too */
    assert_int_equal(works_number(&w, "SELECT status FROM case_task WHERE case_id = ?1 AND node = 'inspect'", id),
                     TASK_CLAIMED);
    assert_true(works_number(&w, "SELECT due_at FROM case_task WHERE case_id = ?1 AND node = 'inspect'", id) < due);
    assert_int_equal(works_number(&w, "SELECT COUNT(*) FROM case_timer WHERE case_id = ?1", id), timers);
    instant opened = works_number(&w, "SELECT opened_at FROM case_task WHERE case_id = ?1 AND node = 'inspect'", id);
    assert_int_equal(works_number(&w, "SELECT MAX(set_at) FROM case_timer WHERE case_id = ?1", id), w.now);
    char *sql =
        arena_cstr(w.a, arena_printf(w.a, "SELECT COUNT(*) FROM case_timer WHERE case_id = ?1 AND due_at = %lld",
                                     (long long)(opened + 72 * MS_HOUR)));
    assert_int_equal(works_number(&w, sql, id), 1);
    expect_same(&w);
    /* and back: the reminder that was taken away is waited for again, when it was */
    assert_good(w.a, migration_undo(w.c, w.a, who(&w, "publisher1"), with, S("误操作"), w.now));
    work(&w);
    assert_int_equal(count(&w, with, "undone"), 1);
    assert_int_equal(works_number(&w, "SELECT due_at FROM case_task WHERE case_id = ?1 AND node = 'look'", id), due);
    assert_int_equal(works_number(&w, sql, id), 1);
    expect_same(&w);
    assert_good(w.a, works_decide(&w, w.handler, id, "look", "done", visit(&w)));
}

static const char *const NEEDS[][2] = {
    {"<sequenceFlow id=\"f1\" sourceRef=\"start\" targetRef=\"accept\"/>",
     "<scriptTask id=\"zone\" scriptFormat=\"feel\" tb:result=\"zone\"><script>\"core\"</script></scriptTask>"
     "<sequenceFlow id=\"f1\" sourceRef=\"start\" targetRef=\"zone\"/><sequenceFlow id=\"f1b\" sourceRef=\"zone\" targetRef=\"accept\"/>"},
    {"decision.outcome = \"approve\"", "decision.outcome = \"approve\" and zone = \"core\""},
    {NULL, NULL}};

static void what_a_case_lacks_is_asked_for(struct store_fixture *f)
{
    struct works w;
    works_open(&w, f);
    const struct service *old = w.service;
    struct id id = works_until(&w, "review");
    works_change(&w, "shop_front", NEEDS);
    struct id first = plan(&w, old, w.service, NULL, NULL);
    work(&w);
    assert_int_equal(count(&w, first, "cannot"), 1);
    release(&w, first); /* checked anew: and it stays where it is, with the reason */
    assert_int_equal(count(&w, first, "failed"), 1);
    assert_true(slice_eq(version_of(&w, id), service_hash(old)));
    struct id second = plan(&w, old, w.service, NULL, "{\"zone\":\"core\"}");
    work(&w);
    release(&w, second);
    assert_int_equal(count(&w, second, "moved"), 1);
    assert_good(w.a, works_decide(&w, w.reviewer, id, "review", "approve", NULL));
    assert_true(works_has(&w, id, "sign"));
    expect_same(&w);
}

static void a_case_that_went_on_is_checked_anew(struct store_fixture *f)
{
    struct works w;
    works_open(&w, f);
    const struct service *old = w.service;
    struct id id = works_accepted(&w, 4), gone = works_accepted(&w, 4);
    works_change(&w, "shop_front", BEHIND);
    struct id p = plan(&w, old, w.service, NULL, NULL);
    work(&w);
    assert_int_equal(count(&w, p, "can"), 2);
    assert_good(w.a, works_decide(&w, w.handler, id, "draw", "done", NULL)); /* a job is under way now: it goes on */
    struct case_done done;
    struct case_command k = works_command(&w, w.zhangsan, "withdraw", NULL, S(""), gone);
    assert_good(w.a, case_withdraw(&k, S(""), S("不办了"), &done));
    release(&w, p);
    assert_int_equal(count(&w, p, "moved"), 1);
    assert_int_equal(count(&w, p, "failed"), 1); /* closed meanwhile */
    works_jobs(&w);
    assert_int_equal(atomic_load(&works_noted), 1);
    assert_good(w.a, works_decide(&w, w.handler, id, "look", "done", visit(&w)));
    assert_true(works_has(&w, id, "choose"));
    expect_same(&w);
}

static void a_bad_plan_is_refused(struct store_fixture *f)
{
    struct works w;
    works_open(&w, f);
    const struct service *old = w.service;
    works_change(&w, "shop_front", BEHIND);
    struct id id;
    struct plan_new p = {
        .service = WORKS_SERVICE, .from = service_hash(old), .to = service_hash(old), .reason = S("x")};
    const struct actor *x = who(&w, "designer");
    assert_code(migration_plan(w.c, w.a, x, &p, w.now, &id), CODE_MIGRATION_PLAN);
    p.to = service_hash(w.service);
    p.mapping = test_json(w.a, S("[{\"from\":\"look\",\"to\":\"nowhere\"}]"));
    result r = migration_plan(w.c, w.a, x, &p, w.now, &id);
    assert_code(r, CODE_MIGRATION_PLAN);
    assert_slice(r.problem->field, "/mapping/0");
    p.mapping = NULL;
    p.reason = S("  ");
    assert_code(migration_plan(w.c, w.a, x, &p, w.now, &id), CODE_FIELD_REQUIRED);
    p.reason = S("x");
    assert_code(migration_plan(w.c, w.a, w.handler, &p, w.now, &id), CODE_FORBIDDEN);
    assert_good(w.a, migration_plan(w.c, w.a, x, &p, w.now, &id));
    work(&w);
    assert_code(migration_decide(w.c, w.a, who(&w, "publisher1"), id, false, S(""), w.now), CODE_FIELD_REQUIRED);
    assert_good(w.a, migration_decide(w.c, w.a, who(&w, "publisher1"), id, false, S("先不改"), w.now));
    assert_slice(json_string(show(&w, id), "state"), "rejected");
    assert_code(migration_undo(w.c, w.a, who(&w, "publisher1"), id, S("x"), w.now), CODE_REQUEST_SETTLED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_BOTH(a_case_at_a_join_goes_on_under_the_new_version),
        ON_BOTH(undone_by_case_and_as_a_whole),
        ON_BOTH(elements_are_mapped),
        ON_BOTH(what_a_case_lacks_is_asked_for),
        ON_BOTH(a_case_that_went_on_is_checked_anew),
        ON_BOTH(a_bad_plan_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
