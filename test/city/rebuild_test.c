/* The journal alone says what the tables must hold: a rebuild gives the same, and every edit behind its back is found. */
#include "test/city/opening.h"
#include "test/city/works.h"

static struct rebuild_report compared(struct works *w)
{
    struct rebuild_report r;
    assert_good(w->a, case_rebuild(w->c, w->a, true, &r));
    return r;
}

static void expect_same(struct works *w)
{
    struct rebuild_report r = compared(w);
    if (r.differences) fail_msg("%.*s", SLICE_ARG(r.first_difference));
}

static result correct(struct works *w, struct id id)
{
    struct case_done done;
    struct case_command k = works_command(w, w->zhangsan, "correct", NULL, S(""), id);
    return case_correct(&k, works_form(w, "示范路", 9), &done);
}

/* Cases in every state a case can be in. */
static void a_bit_of_everything(struct works *w)
{
    struct case_done done;
    size_t n;
    works_filed(w);
    struct id id = works_filed(w);
    assert_good(w->a, works_decide(w, w->handler, id, "accept", "refuse", NULL));
    struct id asked = works_filed(w);
    struct task_decision ask = {
        .token = works_token(w, asked, "accept"), .outcome = S("correct"), .corrections = works_list(w, "图纸")};
    assert_good(w->a, works_decide_more(w, w->handler, asked, &ask));
    struct id answered = works_filed(w);
    ask.token = works_token(w, answered, "accept");
    assert_good(w->a, works_decide_more(w, w->handler, answered, &ask));
    assert_good(w->a, correct(w, answered));
    struct id stopped = works_accepted(w, 60);
    struct case_command k = works_command(w, w->handler, "stop", NULL, S(""), stopped);
    assert_good(w->a, case_clock_stop(&k, works_token(w, stopped, "look"), S("testing"), S("x"), &done));
    assert_good(w->a, case_clock_resume(&k, works_token(w, stopped, "look"), S("x"), &done));
    assert_good(w->a, case_clock_stop(&k, works_token(w, stopped, "look"), S("hearing"), S("x"), &done));
    struct id urged = works_accepted(w, 4);
    k = works_command(w, w->zhangsan, "urge", NULL, S(""), urged);
    assert_good(w->a, case_urge(&k, S("x"), &done));
    k = works_command(w, w->handler, "transfer", NULL, S(""), urged);
    assert_good(w->a, task_transfer(&k, works_token(w, urged, "look"), w->handler2, S("外出"), &done));
    k = works_command(w, w->zhangsan, "withdraw", NULL, S(""), urged);
    assert_good(w->a, case_withdraw(&k, S("plan"), S("x"), &done));
    struct id withdrawn = works_until(w, "review");
    k = works_command(w, w->zhangsan, "withdraw", NULL, S(""), withdrawn);
    assert_good(w->a, case_withdraw(&k, S(""), S("x"), &done));
    struct id granted = works_until(w, "sign");
    assert_good(w->a, works_decide(w, w->handler2, granted, "sign", "approve", NULL));
    works_jobs(w);
    struct id refused = works_until(w, "review");
    assert_good(w->a, works_decide(w, w->reviewer, refused, "review", "reject", NULL));
    works_set(w, w->now + 9 * MS_DAY);
    assert_good(w->a, case_timers_run(w->c, w->a, w->now, 64, &n));
    assert_good(w->a, case_escalate_run(w->c, w->a, w->now, 64, &n));
    assert_true(n > 0);
}

static void the_same_again(struct store_fixture *f)
{
    struct works w;
    struct rebuild_report r;
    works_open(&w, f);
    a_bit_of_everything(&w);
    struct rebuild_report before = compared(&w);
    if (before.differences) fail_msg("%.*s", SLICE_ARG(before.first_difference));
    assert_int_equal(before.cases, store_test_number(f, "SELECT COUNT(*) FROM case_file"));
    assert_int_equal(before.events, store_test_number(f, "SELECT COUNT(*) FROM case_event"));
    assert_good(w.a, case_rebuild(w.c, w.a, false, &r));
    assert_int_equal(r.differences, 0);
    expect_same(&w);
    /* and it goes on from there */
    struct id id = works_until(&w, "sign");
    assert_good(w.a, works_decide(&w, w.handler2, id, "sign", "approve", NULL));
    works_jobs(&w);
    expect_same(&w);
}

/* Timers that were rebuilt still fire, jobs are still done. */
static void rebuilt_work_goes_on(struct store_fixture *f)
{
    struct works w;
    struct rebuild_report r;
    size_t n;
    works_open(&w, f);
    struct id filed = works_filed(&w), id = works_accepted(&w, 4);
    assert_good(w.a, works_decide(&w, w.handler, id, "draw", "done", NULL));
    store_test_script(f, "DELETE FROM case_timer; DELETE FROM case_job; DELETE FROM case_task");
    assert_good(w.a, case_rebuild(w.c, w.a, false, &r));
    assert_true(r.differences > 0);
    works_jobs(&w);
    assert_int_equal(atomic_load(&works_noted), 1);
    works_at(&w, "2021-09-29T00:00");
    assert_good(w.a, case_timers_run(w.c, w.a, w.now, 64, &n));
    assert_slice(json_string(works_view(&w, filed, VIEW_OWNER), "accepted_how"), "silence");
    expect_same(&w);
}

static void every_edit_is_found(struct store_fixture *f)
{
    static const struct {
        const char *edit, *back, *where;
    } EDITS[] = {
        {"UPDATE case_file SET state = 3 WHERE state = 2", "UPDATE case_file SET state = 2 WHERE state = 3",
         "case_file"},
        {"UPDATE case_file SET due_at = due_at + 1", "UPDATE case_file SET due_at = due_at - 1", "case_file"},
        {"UPDATE case_task SET due_at = due_at + 86400000", "UPDATE case_task SET due_at = due_at - 86400000",
         "case_task"},
        {"UPDATE case_task SET outcome = 'approve' WHERE outcome = 'accept'",
         "UPDATE case_task SET outcome = 'accept' WHERE outcome = 'approve'", "case_task"},
        {"UPDATE case_timer SET token = token + 1", "UPDATE case_timer SET token = token - 1", "case_timer"},
        {"UPDATE case_job SET verb = 'test.other' WHERE verb = 'test.note'",
         "UPDATE case_job SET verb = 'test.note' WHERE verb = 'test.other'", "case_job"},
        {"UPDATE case_document SET number = number || 'x'",
         "UPDATE case_document SET number = substr(number, 1, length(number) - 1)", "case_document"},
        {"INSERT INTO licence SELECT id, case_id, id, case_id, 'x', '{}', 'x', 'x', 'valid', 0, 0, 'x', 1, '', NULL, 0 FROM case_document",
         "DELETE FROM licence", "licence"},
    };
    struct works w;
    works_open(&w, f);
    struct id id = works_accepted(&w, 4);
    works_jobs(&w);
    assert_good(w.a, works_decide(&w, w.handler, id, "draw", "done", NULL));
    expect_same(&w);
    for (size_t i = 0; i < sizeof EDITS / sizeof *EDITS; i++) {
        store_test_script(f, EDITS[i].edit);
        struct rebuild_report r = compared(&w);
        if (r.differences == 0 || !slice_starts(r.first_difference, slice_cstr(EDITS[i].where)))
            fail_msg("%s: %lld differences, %.*s", EDITS[i].edit, (long long)r.differences,
                     SLICE_ARG(r.first_difference));
        assert_true(slice_search(r.first_difference, id_text(w.a, id)) != SIZE_MAX);
        store_test_script(f, EDITS[i].back);
        expect_same(&w);
    }
}

static void an_edited_journal_is_found(struct store_fixture *f)
{
    struct works w;
    works_open(&w, f);
    struct id id = works_accepted(&w, 4);
    works_accepted(&w, 4);
    expect_same(&w);
    assert_int_equal(works_number(&w, "SELECT COUNT(*) FROM case_event WHERE case_id=?1", id), 2);
    store_test_script(f, "UPDATE case_event SET seq = 3 WHERE seq = 2");
    struct rebuild_report r = compared(&w);
    assert_int_equal(r.differences >= 2, 1);
    assert_true(slice_search(r.first_difference, S("gap")) != SIZE_MAX);
    store_test_script(f, "UPDATE case_event SET seq = 2 WHERE seq = 3");
    expect_same(&w);
    /* changed ciphertext does not open */
    store_test_script(f, "UPDATE case_event SET payload_ct = (SELECT e.payload_ct FROM case_event e WHERE e.seq = 1 AND"
                         " e.case_id = case_event.case_id) WHERE seq = 2");
    r = compared(&w);
    assert_true(r.differences > 0);
}

/* The variables are ciphertext: they are compared all the same. */
static void edited_variables_are_found(struct store_fixture *f)
{
    struct works w;
    works_open(&w, f);
    works_accepted(&w, 4);
    struct id id = works_filed(&w);
    works_jobs(&w);
    store_test_script(f, "CREATE TABLE kept AS SELECT id, vars_ct FROM case_file");
    assert_good(w.a, works_decide(&w, w.handler, id, "accept", "accept", NULL));
    expect_same(&w);
    store_test_script(f, "UPDATE case_file SET vars_ct = (SELECT k.vars_ct FROM kept k WHERE k.id = case_file.id)");
    struct rebuild_report r = compared(&w);
    assert_int_equal(r.differences, 1);
    assert_true(slice_search(r.first_difference, id_text(w.a, id)) != SIZE_MAX);
}

/* The areas' tables: a company opening, its rows changed and lost. */
static void tables_of_areas(struct store_fixture *f)
{
    struct test_city *t;
    struct opening_plan *p;
    struct works w = {.f = f, .a = f->a};
    works_at(&w, "2021-09-22T09:00");
    struct test_city_options o = {.clock = &w.now, .fresh = true};
    assert_good(f->a, test_city_open(f->a, f->s, &o, &t));
    store_fixture_reusable(f);
    w.t = t;
    w.c = &t->city;
    assert_good(f->a, opening_plan_read(t, f->a, S("establish_company"), &p));
    assert_good(f->a, opening_plan_rehearse(t, f->a, p));
    expect_same(&w);
    store_test_script(f, "UPDATE enterprise SET capital_fen = capital_fen * 10");
    struct rebuild_report r = compared(&w);
    assert_int_equal(r.differences, 2); /* the row that is there, and the one that should be */
    assert_true(slice_starts(r.first_difference, S("enterprise")));
    store_test_script(f, "DELETE FROM seal_order");
    assert_true(compared(&w).differences > 2);
    assert_good(f->a, case_rebuild(w.c, w.a, false, &r));
    expect_same(&w);
    assert_true(store_test_number(f, "SELECT COUNT(*) FROM seal_order") > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_BOTH(the_same_again),
        ON_BOTH(rebuilt_work_goes_on),
        ON_BOTH(every_edit_is_found),
        ON_BOTH(an_edited_journal_is_found),
        ON_BOTH(edited_variables_are_found),
        ON_BOTH(tables_of_areas),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
