/* Due dates of every open task and timer over stops and resumptions (行政许可法 art. 45), against a slow reference that walks day
 * by day or minute by minute; round the National Day of 2021 with its make-up Saturdays and Sundays. */
#include "test/city/works.h"

#include <stdlib.h>

#include "city/messages/messages.h"

enum { STOPS = 5 };
struct history { /* what really happened to one case */
    struct id id;
    int64_t area;
    instant accepted, chosen, reviewed; /* when "choose" and "review" were opened; 0: not yet */
    struct {
        instant from, to;
    } stops[STOPS];
    size_t n;
};

/* ---- the reference ---- */

static bool in_stop(const struct history *h, instant t)
{
    for (size_t i = 0; i < h->n; i++)
        if (h->stops[i].from <= t && (h->stops[i].to == 0 || t < h->stops[i].to)) return true;
    return false;
}

static bool day_taken(const struct history *h, day d)
{
    for (size_t i = 0; i < h->n; i++)
        if (day_of_instant(h->stops[i].from) <= d && (h->stops[i].to == 0 || d < day_of_instant(h->stops[i].to)))
            return true;
    return false;
}

static bool stopped_now(const struct history *h)
{
    return h->n && h->stops[h->n - 1].to == 0;
}

static bool office(const struct calendar *cal, instant t)
{
    int64_t minute = (t - instant_of_day(day_of_instant(t))) / MS_MINUTE;
    bool spell = (minute >= 540 && minute < 720) || (minute >= 840 && minute < 1080);
    return spell && calendar_is_working(cal, day_of_instant(t));
}

static instant slow_days(const struct calendar *cal, const struct history *h, instant from, int64_t n, bool working)
{
    day d = day_of_instant(from);
    while (n > 0) {
        d++;
        if (stopped_now(h) && d >= day_of_instant(h->stops[h->n - 1].from)) return 0;
        if (working && !calendar_is_working(cal, d)) continue;
        if (!day_taken(h, d)) n--;
    }
    return instant_of_day(d + 1) - 1;
}

static instant slow_hours(const struct calendar *cal, const struct history *h, instant from, int64_t n, bool working)
{
    instant t = from;
    for (n *= 60; n > 0; t += MS_MINUTE) {
        if (stopped_now(h) && t >= h->stops[h->n - 1].from) return 0;
        if (!in_stop(h, t) && (!working || office(cal, t))) n--;
    }
    return t;
}

static instant slow(struct works *w, const struct history *h, instant from, const char *limit)
{
    struct limit l;
    assert_true(limit_scan(slice_cstr(limit), &l));
    bool working = l.unit == LIMIT_WORKING_DAY || l.unit == LIMIT_WORKING_HOUR;
    return l.unit == LIMIT_WORKING_DAY || l.unit == LIMIT_CALENDAR_DAY
               ? slow_days(w->c->calendar, h, from, l.n, working)
               : slow_hours(w->c->calendar, h, from, l.n, working);
}

static instant soonest(instant a, instant b, instant c)
{
    instant out = a;
    if (b && (out == 0 || b < out)) out = b;
    if (c && (out == 0 || c < out)) out = c;
    return out;
}

/* ---- what the tables say ---- */

static const struct stmt TASK_DUE = {
    "clocks_task", "SELECT due_at FROM case_task WHERE case_id=?1 AND node=?2 AND status<3", NULL, false};
static const struct stmt TIMERS = {"clocks_timers", "SELECT due_at FROM case_timer WHERE case_id=?1 ORDER BY token",
                                   NULL, false};

static void check_due(struct works *w, const struct history *h, const char *what, instant is, instant should)
{
    if (is == should) return;
    for (size_t i = 0; i < h->n; i++)
        print_error("stop %.*s to %.*s\n", SLICE_ARG(instant_text(w->a, h->stops[i].from)),
                    SLICE_ARG(instant_text(w->a, h->stops[i].to)));
    fail_msg("accepted %.*s, now %.*s: %s is due %.*s, not %.*s", SLICE_ARG(instant_text(w->a, h->accepted)),
             SLICE_ARG(instant_text(w->a, w->now)), what, SLICE_ARG(instant_text(w->a, is)),
             SLICE_ARG(instant_text(w->a, should)));
}

static void check_task(struct works *w, const struct history *h, const char *node, instant should)
{
    struct rows r;
    const struct sql_value v[] = {sql_id(&h->id), sql_text(slice_cstr(node))};
    assert_good(w->a, store_query(w->c->store, w->a, &TASK_DUE, v, 2, &r));
    if (r.n) check_due(w, h, node, row(&r, 0)[0].i, should);
}

/* Timers in the order they were set: PT72H, tb:clock, a date. A stopped clock leaves their rows alone and holds them. */
static void check_timers(struct works *w, const struct history *h)
{
    struct rows r;
    instant slept = 0, date;
    struct sql_value v = sql_id(&h->id);
    assert_true(instant_scan(S("2021-12-01T09:00:00+08:00"), &date));
    assert_good(w->a, store_query(w->c->store, w->a, &TIMERS, &v, 1, &r));
    if (h->chosen || stopped_now(h)) return;
    assert_int_equal(r.n, 3);
    for (size_t i = 0; i < h->n; i++) slept += h->stops[i].to - h->stops[i].from;
    check_due(w, h, "remind", row(&r, 0)[0].i, h->accepted + 72 * MS_HOUR + slept);
    check_due(w, h, "overdue", row(&r, 1)[0].i, slow(w, h, h->accepted, h->area > 50 ? "16wh" : "2wd"));
    check_due(w, h, "dated", row(&r, 2)[0].i, date);
}

static void check(struct works *w, const struct history *h)
{
    instant whole = slow(w, h, h->accepted, "10wd");
    check_due(w, h, "case", works_number(w, "SELECT due_at FROM case_file WHERE id=?1", h->id), whole);
    check_due(w, h, "statute", works_number(w, "SELECT statutory_due_at FROM case_file WHERE id=?1", h->id),
              slow(w, h, h->accepted, "20wd"));
    check_task(w, h, "look", soonest(slow(w, h, h->accepted, "3wd"), slow(w, h, h->accepted, "4wd"), whole));
    check_task(w, h, "draw",
               soonest(slow(w, h, h->accepted, h->area > 50 ? "12wh" : "30h"), slow(w, h, h->accepted, "20wh"), whole));
    if (h->chosen) check_task(w, h, "choose", soonest(slow(w, h, h->chosen, "3d"), whole, 0));
    if (h->reviewed) check_task(w, h, "review", soonest(slow(w, h, h->reviewed, "6wd"), whole, 0));
    check_timers(w, h);
}

/* ---- schedules at random ---- */

static int64_t any_token(struct works *w, struct id id)
{
    return works_number(w, "SELECT MIN(token) FROM case_task WHERE case_id=?1 AND status<3", id);
}

static const struct actor *keeper(struct works *w, const struct history *h)
{
    return h->reviewed ? w->reviewer : w->handler;
}

static void stop(struct works *w, struct history *h, uint64_t *seed)
{
    struct case_done done;
    const char *cause = stop_cause_name((enum stop_cause)(test_random(seed) % STOP_CAUSES));
    struct case_command k = works_command(w, keeper(w, h), "stop", NULL, S(""), h->id);
    assert_good(w->a, case_clock_stop(&k, any_token(w, h->id), slice_cstr(cause), S("检验需要时间"), &done));
    h->stops[h->n].from = w->now;
    h->stops[h->n++].to = 0;
}

static void resume(struct works *w, struct history *h)
{
    struct case_done done;
    struct case_command k = works_command(w, keeper(w, h), "resume", NULL, S(""), h->id);
    assert_good(w->a, case_clock_resume(&k, any_token(w, h->id), S("检验完毕"), &done));
    h->stops[h->n - 1].to = w->now;
}

static void go_on(struct works *w, struct history *h)
{
    if (!h->chosen) {
        assert_good(w->a, works_decide(w, w->handler, h->id, "look", "done",
                                       test_json(w->a, S("{\"visit_on\":\"2021-09-23\"}"))));
        assert_good(w->a, works_decide(w, w->handler, h->id, "draw", "done", NULL));
        works_jobs(w);
        h->chosen = w->now;
    } else if (!h->reviewed) {
        assert_good(
            w->a, works_decide(w, w->zhangsan, h->id, "choose", "submit", test_json(w->a, S("{\"colour\":\"red\"}"))));
        h->reviewed = w->now;
    }
}

static void one_schedule(struct works *w, uint64_t seed)
{
    struct history h = {.area = seed % 2 ? 4 : 60};
    works_at(w, "2021-09-24T00:00");
    works_set(w, w->now + (int64_t)(test_random(&seed) % (6 * 1440)) * MS_MINUTE);
    h.id = works_accepted(w, h.area);
    h.accepted = w->now;
    check(w, &h);
    for (int i = 0; i < 8; i++) {
        int64_t most = test_random(&seed) % 3 ? 2 * 1440 : 180; /* minutes; now and then within one day */
        works_set(w, w->now + (1 + (int64_t)(test_random(&seed) % (uint64_t)most)) * MS_MINUTE);
        if (test_random(&seed) % 4 == 0)
            go_on(w, &h);
        else if (stopped_now(&h))
            resume(w, &h);
        else if (h.n < STOPS)
            stop(w, &h, &seed);
        check(w, &h);
    }
}

static void stops_move_everything(struct store_fixture *f)
{
    struct works w;
    const char *n = getenv("CLOCK_SCHEDULES");
    int64_t count = 60;
    works_open(&w, f);
    if (n) assert_true(slice_int64(slice_cstr(n), &count));
    for (int64_t i = 1; i <= count; i++) one_schedule(&w, (uint64_t)i * 7919);
}

/* ---- what may stop a clock, and who ---- */

static void only_the_law_stops(struct store_fixture *f)
{
    struct works w;
    struct case_done done;
    works_open(&w, f);
    struct id id = works_filed(&w);
    struct case_command k = works_command(&w, w.handler, "stop", NULL, S(""), id);
    assert_code(case_clock_stop(&k, works_token(&w, id, "accept"), S("hearing"), S("听证"), &done),
                CODE_CASE_CLOCK_STATE); /* not accepted: nothing runs */
    assert_good(w.a, works_decide(&w, w.handler, id, "accept", "accept", NULL));
    int64_t look = works_token(&w, id, "look");
    result r = case_clock_stop(&k, look, S("lunch"), S("x"), &done);
    assert_code(r, CODE_CASE_CLOCK_CAUSE);
    assert_slice(r.problem->field, "/cause");
    r = case_clock_stop(&k, look, S("hearing"), S(""), &done);
    assert_code(r, CODE_FIELD_REQUIRED);
    assert_slice(r.problem->field, "/notice");
    assert_code(case_clock_resume(&k, look, S(""), &done), CODE_CASE_CLOCK_STATE);
    k.actor = w.reviewer;
    assert_code(case_clock_stop(&k, look, S("hearing"), S("听证"), &done), CODE_FORBIDDEN);
    k.actor = w.zhangsan;
    assert_code(case_clock_stop(&k, look, S("hearing"), S("听证"), &done), CODE_FORBIDDEN);
    k.actor = w.handler;
    assert_good(w.a, case_clock_stop(&k, look, S("hearing"), S("十月十二日听证"), &done));
    assert_code(case_clock_stop(&k, look, S("hearing"), S("听证"), &done), CODE_CLOCK_STOPPED);
    const struct json *stopped = json_get(json_get(works_view(&w, id, VIEW_OWNER), "clock"), "stopped");
    assert_slice(json_string(stopped, "notice"), "十月十二日听证");
    works_jobs(&w);
    assert_int_equal(works_number(&w, "SELECT COUNT(*) FROM case_document WHERE case_id=?1 AND kind='clock_stop'", id),
                     1);
}

/* The applicant's task gives no hold on the authority's clock. */
static void the_applicant_stops_nothing(struct store_fixture *f)
{
    struct works w;
    struct case_done done;
    works_open(&w, f);
    struct id id = works_until(&w, "choose");
    struct case_command k = works_command(&w, w.zhangsan, "stop", NULL, S(""), id);
    assert_code(case_clock_stop(&k, works_token(&w, id, "choose"), S("hearing"), S("x"), &done), CODE_FORBIDDEN);
    k.actor = w.handler;
    assert_good(w.a, case_clock_stop(&k, works_token(&w, id, "choose"), S("hearing"), S("x"), &done));
}

/* ---- timers and escalation ---- */

static size_t timers(struct works *w)
{
    size_t done;
    assert_good(w->a, case_timers_run(w->c, w->a, w->now, 64, &done));
    return done;
}

static int64_t pending(struct works *w, struct id id)
{
    return works_number(w, "SELECT COUNT(*) FROM case_timer WHERE case_id=?1", id);
}

static void a_stopped_clock_holds_its_timers(struct store_fixture *f)
{
    struct works w;
    struct case_done done;
    works_open(&w, f);
    struct id id = works_accepted(&w, 4); /* Wednesday 22nd 09:00; PT72H: Saturday 25th 09:00; 2wd: Friday 24th */
    works_at(&w, "2021-09-23T09:00");
    struct case_command k = works_command(&w, w.handler, "stop", NULL, S(""), id);
    assert_good(w.a, case_clock_stop(&k, works_token(&w, id, "look"), S("testing"), S("检测"), &done));
    works_at(&w, "2021-10-08T09:00");
    timers(&w);
    assert_int_equal(pending(&w, id), 3);
    k.now = w.now;
    assert_good(w.a, case_clock_resume(&k, works_token(&w, id, "look"), S(""), &done));
    timers(&w);
    assert_int_equal(pending(&w, id), 3);
    /* 24 of 72 hours were used: 48 are left */
    works_at(&w, "2021-10-10T08:59");
    timers(&w);
    assert_int_equal(pending(&w, id), 2); /* the two working days: 8th (resumed) and 9th */
    works_at(&w, "2021-10-10T09:00");
    timers(&w);
    assert_int_equal(pending(&w, id), 1);
    works_at(&w, "2021-12-01T09:00");
    timers(&w);
    assert_int_equal(pending(&w, id), 0);
}

/* A date is a date: the clock does not hold it. */
static void a_date_comes_though_the_clock_stands(struct store_fixture *f)
{
    struct works w;
    struct case_done done;
    works_open(&w, f);
    struct id id = works_accepted(&w, 4);
    struct case_command k = works_command(&w, w.handler, "stop", NULL, S(""), id);
    assert_good(w.a, case_clock_stop(&k, works_token(&w, id, "look"), S("testing"), S("检测"), &done));
    works_at(&w, "2021-12-01T09:00");
    timers(&w);
    assert_int_equal(pending(&w, id), 2);
}

#define VISIT(w) test_json((w)->a, S("{\"visit_on\":\"2021-09-23\"}"))

static const char *const WITH_A_SPELL[][2] = {
    {"<sequenceFlow id=\"f11\" sourceRef=\"join\" targetRef=\"choose\"/>",
     "<intermediateCatchEvent id=\"spell\"><timerEventDefinition><timeDuration>PT24H</timeDuration></timerEventDefinition>"
     "</intermediateCatchEvent><sequenceFlow id=\"f11\" sourceRef=\"join\" targetRef=\"spell\"/>"
     "<sequenceFlow id=\"f11b\" sourceRef=\"spell\" targetRef=\"choose\"/>"},
    {NULL, NULL}};

/* The officer stops the clock, does the work, and the process waits for a date, which the stopped clock holds: whoever may end the
 * stop names the task that is done. */
static void a_stop_ends_though_no_task_is_open(struct store_fixture *f)
{
    struct works w;
    struct case_done done;
    works_open(&w, f);
    works_change(&w, "shop_spell", WITH_A_SPELL);
    struct id id = works_accepted(&w, 4);
    struct case_command k = works_command(&w, w.handler, "stop", NULL, S(""), id);
    int64_t look = works_token(&w, id, "look");
    assert_good(w.a, case_clock_stop(&k, look, S("testing"), S("检测"), &done));
    assert_good(w.a, works_decide(&w, w.handler, id, "look", "done", VISIT(&w)));
    assert_good(w.a, works_decide(&w, w.handler, id, "draw", "done", NULL));
    works_jobs(&w);
    works_at(&w, "2021-09-27T09:00");
    timers(&w);
    assert_false(works_has(&w, id, "choose"));
    k.now = w.now;
    k.actor = w.reviewer;
    assert_code(case_clock_resume(&k, look, S(""), &done), CODE_FORBIDDEN);
    k.actor = w.zhangsan;
    assert_code(case_clock_resume(&k, look, S(""), &done), CODE_FORBIDDEN);
    k.actor = w.handler2;
    assert_code(case_clock_stop(&k, look, S("testing"), S("检测"), &done), CODE_TASK_CLOSED);
    /* the page is told by which task */
    const struct json *page;
    assert_good(w.a, desk_case(w.c, w.a, w.handler2, id, w.now, &page));
    int64_t by = 0;
    assert_true(slice_int64(json_string(page, "resume_task"), &by));
    assert_good(w.a, case_clock_resume(&k, by, S(""), &done));
    assert_good(w.a, desk_case(w.c, w.a, w.handler2, id, w.now, &page));
    assert_true(json_get(page, "resume_task")->type == JSON_NULL);
    works_at(&w, "2021-09-29T09:00");
    timers(&w);
    assert_true(works_has(&w, id, "choose"));
}

static const char *const ONCE_MORE[][2] = {
    {"tb:outcomes=\"approve,reject\"", "tb:outcomes=\"approve,reject,again\""},
    {"<sequenceFlow id=\"f14\"",
     "<sequenceFlow id=\"f_again\" sourceRef=\"how\" targetRef=\"choose\"><conditionExpression>decision.outcome = "
     "\"again\"</conditionExpression></sequenceFlow><sequenceFlow id=\"f14\""},
    {NULL, NULL}};

static int64_t due_of(struct works *w, struct id id, const char *node)
{
    return works_number(w,
                        arena_cstr(w->a, arena_printf(w->a,
                                                      "SELECT due_at FROM case_task WHERE case_id=?1 AND node='%s'"
                                                      " AND status < 3 ORDER BY token DESC LIMIT 1",
                                                      node)),
                        id);
}

/* The step "decide" ends, and begins again while the case's time is not counted: its clock stands with the case's, a later stop finds
 * it running, and what was not counted between its two spells moves its due date. */
static void a_step_begun_again_has_its_stops(struct store_fixture *f)
{
    struct works w;
    struct case_done done;
    struct rebuild_report report;
    works_open(&w, f);
    works_change(&w, "shop_again", ONCE_MORE);
    struct id id = works_until(&w, "review");
    int64_t first = due_of(&w, id, "review");
    const struct json *grey = test_json(w.a, S("{\"colour\":\"grey\"}"));
    assert_good(w.a, works_decide(&w, w.reviewer, id, "review", "again", NULL));
    works_at(&w, "2021-09-23T09:00");
    struct case_command k = works_command(&w, w.handler, "stop", NULL, S(""), id);
    assert_good(w.a, case_clock_stop(&k, works_token(&w, id, "choose"), S("testing"), S("检测"), &done));
    assert_good(w.a, works_decide(&w, w.zhangsan, id, "choose", "submit", grey));
    assert_int_equal(due_of(&w, id, "review"), 0);
    works_at(&w, "2021-09-26T09:00"); /* a Sunday that is worked; Thursday and Friday were not counted */
    k.now = w.now;
    k.actor = w.reviewer;
    assert_good(w.a, case_clock_resume(&k, works_token(&w, id, "review"), S(""), &done));
    int64_t second = due_of(&w, id, "review");
    assert_int_equal(calendar_between(w.c->calendar, day_of_instant(first), day_of_instant(second)), 2);
    assert_good(w.a, case_clock_stop(&k, works_token(&w, id, "review"), S("hearing"), S("听证"), &done));
    assert_int_equal(due_of(&w, id, "review"), 0);
    assert_good(w.a, case_rebuild(w.c, w.a, true, &report));
    if (report.differences) fail_msg("%.*s", SLICE_ARG(report.first_difference));
}

/* Somebody sets the clock of the machine back: what happens to a case then is written at the time of its last event. */
static void a_clock_set_back_makes_no_case_younger(struct store_fixture *f)
{
    struct works w;
    struct rebuild_report report;
    works_open(&w, f);
    works_at(&w, "2021-09-23T09:00");
    struct id id = works_accepted(&w, 4);
    int64_t accepted = works_number(&w, "SELECT MAX(at) FROM case_event WHERE case_id=?1", id);
    works_at(&w, "2021-09-22T09:00");
    assert_good(w.a, works_decide(&w, w.handler, id, "look", "done", VISIT(&w)));
    assert_int_equal(works_number(&w, "SELECT MAX(at) FROM case_event WHERE case_id=?1", id), accepted);
    assert_int_equal(works_number(&w, "SELECT closed_at FROM case_task WHERE node='look' AND case_id=?1", id),
                     accepted);
    works_at(&w, "2021-09-24T09:00");
    assert_good(w.a, works_decide(&w, w.handler, id, "draw", "done", NULL));
    assert_int_equal(works_number(&w, "SELECT MAX(at) FROM case_event WHERE case_id=?1", id), w.now);
    assert_good(w.a, case_rebuild(w.c, w.a, true, &report));
    assert_int_equal(report.differences, 0);
}

static size_t escalate(struct works *w)
{
    size_t done;
    assert_good(w->a, case_escalate_run(w->c, w->a, w->now, 64, &done));
    return done;
}

static int64_t letters_to(struct works *w, const struct actor *x)
{
    size_t done;
    assert_good(w->a, messages_run(w->c, w->a, w->now, 64, &done));
    return works_number(w, "SELECT COUNT(*) FROM inbox WHERE owner=?1", x->account);
}

static void late_tasks_are_told_once(struct store_fixture *f)
{
    struct works w;
    struct case_done done;
    works_open(&w, f);
    struct id id = works_accepted(&w, 4); /* draw: 30 hours, until the 23rd 15:00; look: three working days, the 26th */
    works_at(&w, "2021-09-23T15:00");
    assert_int_equal(escalate(&w), 0);
    works_at(&w, "2021-09-23T15:01");
    assert_int_equal(escalate(&w), 1);
    assert_int_equal(escalate(&w), 0);
    assert_int_equal(letters_to(&w, w.head), 1);
    struct case_command k = works_command(&w, w.handler, "stop", NULL, S(""), id);
    assert_good(w.a, case_clock_stop(&k, works_token(&w, id, "look"), S("testing"), S("检测"), &done));
    works_at(&w, "2021-09-30T09:00");
    assert_int_equal(escalate(&w), 0);
    k.now = w.now;
    assert_good(w.a, case_clock_resume(&k, works_token(&w, id, "look"), S(""), &done));
    works_at(&w, "2021-10-31T09:00");
    assert_int_equal(escalate(&w), 1); /* look; draw was told already */
    assert_int_equal(escalate(&w), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_BOTH(stops_move_everything),
        ON_BOTH(only_the_law_stops),
        ON_BOTH(the_applicant_stops_nothing),
        ON_BOTH(a_stopped_clock_holds_its_timers),
        ON_BOTH(a_date_comes_though_the_clock_stands),
        ON_BOTH(a_stop_ends_though_no_task_is_open),
        ON_BOTH(a_step_begun_again_has_its_stops),
        ON_BOTH(a_clock_set_back_makes_no_case_younger),
        ON_BOTH(late_tasks_are_told_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
