/* 行政许可法 art. 32: accepted, refused, or asked once for everything that is lacking, within five working days of filing; who is
 * silent has accepted, from the day the papers came in. Filed on Wednesday 2021-09-22: with the working Sunday 09-26 before the
 * National Day, the five days are 23, 24, 26, 27, 28 September. */
#include "test/city/works.h"

static result correct(struct works *w, struct id id, int64_t area)
{
    struct case_done done;
    struct json_builder b = json_builder(w->a);
    json_set_int(&b, "area_m2", area);
    struct case_command k = works_command(w, w->zhangsan, "correct", NULL, S(""), id);
    return case_correct(&k, json_object(&b), &done);
}

static result ask(struct works *w, struct id id)
{
    struct task_decision t = {
        .token = works_token(w, id, "accept"), .outcome = S("correct"), .corrections = works_list(w, "面积与图纸不符")};
    return works_decide_more(w, w->handler, id, &t);
}

static size_t timers(struct works *w)
{
    size_t done;
    assert_good(w->a, case_timers_run(w->c, w->a, w->now, 64, &done));
    return done;
}

static struct slice state(struct works *w, struct id id)
{
    return json_string(works_view(w, id, VIEW_OWNER), "state");
}

static void expect_accepted(struct works *w, struct id id, const char *how, const char *from)
{
    const struct json *v = works_view(w, id, VIEW_OWNER);
    assert_slice(json_string(v, "state"), "handling");
    assert_slice(json_string(v, "accepted_how"), how);
    struct slice at = json_string(v, "accepted_at");
    if (!slice_starts(at, slice_cstr(from))) fail_msg("accepted at %.*s, not %s", SLICE_ARG(at), from);
    assert_true(slice_starts(json_string(json_get(v, "clock"), "started_at"), slice_cstr(from)));
    assert_true(works_has(w, id, "look") && works_has(w, id, "draw") && !works_has(w, id, "accept"));
}

static void an_officer_accepts_and_the_clock_begins(struct store_fixture *f)
{
    struct works w;
    works_open(&w, f);
    struct id id = works_filed(&w);
    works_at(&w, "2021-09-24T10:00");
    assert_true(json_get(json_get(works_view(&w, id, VIEW_OWNER), "clock"), "started_at")->type == JSON_NULL);
    assert_good(w.a, works_decide(&w, w.handler, id, "accept", "accept", NULL));
    expect_accepted(&w, id, "officer", "2021-09-24T10:00");
    /* ten working days behind the 24th: 26 … 30 September, 8, 9, 11, 12, 13 October */
    assert_slice(json_string(json_get(works_view(&w, id, VIEW_OWNER), "clock"), "due_at"),
                 "2021-10-13T23:59:59.999+08:00");
}

static void silence_accepts_from_the_filing(struct store_fixture *f)
{
    struct works w;
    works_open(&w, f);
    struct id id = works_filed(&w);
    works_at(&w, "2021-09-28T23:59");
    assert_int_equal(timers(&w), 0);
    assert_slice(state(&w, id), "filed");
    works_at(&w, "2021-09-29T00:00");
    assert_int_equal(timers(&w), 1);
    expect_accepted(&w, id, "silence", "2021-09-22T09:00");
    assert_int_equal(timers(&w), 0);
}

/* The machine that fires timers may be late; the law is not. */
static void accepting_too_late_accepts_from_the_filing(struct store_fixture *f)
{
    struct works w;
    works_open(&w, f);
    struct id id = works_filed(&w);
    works_at(&w, "2021-09-29T09:00");
    assert_code(works_decide(&w, w.handler, id, "accept", "refuse", NULL), CODE_CASE_CORRECTION_LATE);
    assert_code(ask(&w, id), CODE_CASE_CORRECTION_LATE);
    assert_good(w.a, works_decide(&w, w.handler, id, "accept", "accept", NULL));
    expect_accepted(&w, id, "silence", "2021-09-22T09:00");
}

/* A rule in front of the acceptance stood still for two days: the five days are those of the filing all the same. */
static void the_five_days_count_from_the_filing(struct store_fixture *f)
{
    static const char *const FIRST[][2] = {
        {"<sequenceFlow id=\"f1\" sourceRef=\"start\" targetRef=\"accept\"/>",
         "<scriptTask id=\"look_up\" scriptFormat=\"feel\"><script>if today() &lt; date(\"2021-09-24\") then null else {looked: "
         "true}</script></scriptTask><sequenceFlow id=\"f1\" sourceRef=\"start\" targetRef=\"look_up\"/>"
         "<sequenceFlow id=\"f1b\" sourceRef=\"look_up\" targetRef=\"accept\"/>"},
        {NULL, NULL}};
    struct works w;
    struct case_done done;
    works_open(&w, f);
    works_change(&w, "shop_late", FIRST);
    struct id id = works_filed(&w);
    assert_false(works_has(&w, id, "accept"));
    works_at(&w, "2021-09-24T10:00");
    struct case_command k = works_command(&w, w.head, "retry", NULL, S(""), id);
    assert_good(w.a, case_retry(&k, &done));
    assert_true(works_has(&w, id, "accept"));
    instant last;
    assert_true(instant_scan(S("2021-09-28T23:59:59.999+08:00"), &last));
    assert_int_equal(works_number(&w, "SELECT due_at FROM case_timer WHERE case_id=?1", id), last);
    assert_int_equal(works_number(&w, "SELECT due_at FROM case_task WHERE case_id=?1 AND node='accept'", id), last);
    works_at(&w, "2021-09-28T23:59");
    assert_int_equal(timers(&w), 0);
    works_at(&w, "2021-09-29T00:00");
    assert_int_equal(timers(&w), 1);
    expect_accepted(&w, id, "silence", "2021-09-22T09:00");
}

static void a_refusal_states_its_reasons(struct store_fixture *f)
{
    struct works w;
    works_open(&w, f);
    struct id id = works_filed(&w);
    struct task_decision t = {.token = works_token(&w, id, "accept"), .outcome = S("refuse")};
    result r = works_decide_more(&w, w.handler, id, &t);
    assert_code(r, CODE_FIELD_REQUIRED);
    assert_slice(r.problem->field, "/reasons");
    assert_good(w.a, works_decide(&w, w.handler, id, "accept", "refuse", NULL));
    assert_slice(state(&w, id), "refused");
    assert_int_equal(works_number(&w, "SELECT COUNT(*) FROM case_timer WHERE case_id = ?1", id), 0);
    assert_code(correct(&w, id, 3), CODE_CASE_NO_CORRECTION);
}

static void correction_is_asked_once_and_holds_the_silence(struct store_fixture *f)
{
    struct works w;
    works_open(&w, f);
    struct id id = works_filed(&w);
    struct task_decision nothing = {.token = works_token(&w, id, "accept"), .outcome = S("correct")};
    works_at(&w, "2021-09-28T17:00");
    result r = works_decide_more(&w, w.handler, id, &nothing);
    assert_code(r, CODE_FIELD_REQUIRED);
    assert_slice(r.problem->field, "/corrections");
    assert_good(w.a, ask(&w, id));
    assert_slice(state(&w, id), "correction");
    assert_slice(json_get(json_get(works_view(&w, id, VIEW_OWNER), "correction"), "items")->items[0]->text,
                 "面积与图纸不符");
    assert_code(works_decide(&w, w.handler, id, "accept", "accept", NULL), CODE_CASE_WAITING);
    /* the five days are over, but it waits for the applicant */
    works_at(&w, "2021-09-30T09:00");
    timers(&w);
    assert_slice(state(&w, id), "correction");
    assert_code(correct(&w, id, 4000), CODE_FIELD_MAXIMUM);
    assert_good(w.a, correct(&w, id, 8));
    assert_slice(state(&w, id), "filed");
    assert_code(ask(&w, id), CODE_CASE_CORRECTION_ONCE);
    assert_code(correct(&w, id, 9), CODE_CASE_NO_CORRECTION);
    /* five working days from the answer: 8, 9, 11, 12, 13 October */
    works_at(&w, "2021-10-13T23:59");
    timers(&w);
    assert_slice(state(&w, id), "filed");
    works_at(&w, "2021-10-14T01:30");
    timers(&w);
    timers(&w); /* the first look may only have moved it */
    expect_accepted(&w, id, "silence", "2021-09-30T09:00");
}

static void accepted_after_the_correction(struct store_fixture *f)
{
    struct works w;
    works_open(&w, f);
    struct id id = works_filed(&w);
    assert_good(w.a, ask(&w, id));
    works_at(&w, "2021-10-12T09:00");
    assert_good(w.a, correct(&w, id, 8));
    works_at(&w, "2021-10-14T09:00");
    assert_good(w.a, works_decide(&w, w.handler, id, "accept", "accept", NULL));
    expect_accepted(&w, id, "officer", "2021-10-14T09:00");
    timers(&w);
    expect_accepted(&w, id, "officer", "2021-10-14T09:00");
}

/* Urging: once a working day, and the page offers it exactly when the command takes it. */
static bool offers_urge(struct works *w, struct id id)
{
    const struct json *can = json_get(works_view(w, id, VIEW_OWNER), "can");
    for (size_t i = 0; i < can->n; i++)
        if (slice_is(can->items[i]->text, "urge")) return true;
    return false;
}

static void urged_once_a_working_day(struct store_fixture *f)
{
    static const struct {
        const char *at;
        bool good;
    } TRIES[] = {{"2021-09-30T09:00", true},  {"2021-09-30T16:00", false}, {"2021-10-01T09:00", false},
                 {"2021-10-07T23:59", false}, {"2021-10-08T00:00", true},  {"2021-10-08T09:00", false},
                 {"2021-10-09T09:00", true},  {"2021-10-10T09:00", false}, {"2021-10-11T09:00", true}};
    struct works w;
    struct case_done done;
    works_open(&w, f);
    struct id id = works_accepted(&w, 4);
    for (size_t i = 0; i < sizeof TRIES / sizeof *TRIES; i++) {
        works_at(&w, TRIES[i].at);
        assert_int_equal(offers_urge(&w, id), TRIES[i].good);
        struct case_command k = works_command(&w, w.zhangsan, "urge", NULL, S(""), id);
        result r = case_urge(&k, S("请尽快"), &done);
        if (TRIES[i].good)
            assert_good(w.a, r);
        else
            assert_code(r, CODE_CASE_URGED);
    }
    struct case_command k = works_command(&w, w.lisi, "urge", NULL, S(""), id);
    assert_code(case_urge(&k, S("x"), &done), CODE_NOT_FOUND);
    assert_int_equal(works_number(&w, "SELECT MIN(urged) FROM case_task WHERE case_id=?1 AND status<3", id), 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_BOTH(an_officer_accepts_and_the_clock_begins),
        ON_BOTH(silence_accepts_from_the_filing),
        ON_BOTH(accepting_too_late_accepts_from_the_filing),
        ON_BOTH(the_five_days_count_from_the_filing),
        ON_BOTH(a_refusal_states_its_reasons),
        ON_BOTH(correction_is_asked_once_and_holds_the_silence),
        ON_BOTH(accepted_after_the_correction),
        ON_BOTH(urged_once_a_working_day),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
