/* Every element by itself, and what comes back from tasks, verbs and timers. */
#include "engine/process/testkit.h"

#define TASK(id) "userTask " id " tb:kind=\"handle\" tb:role=\"clerk\"\n"
#define TIMER(text) "<timerEventDefinition><timeDuration>" text "</timeDuration></timerEventDefinition>"
#define SCRIPT(id, text) "scriptTask " id " scriptFormat=\"feel\" | <script>" text "</script>\n"

static struct play begin(struct arena *a, const char *notation, const char *vars)
{
    struct kit k;
    kit_init(&k, a);
    struct play p;
    play_begin(&p, a, kit_compile(&k, notation), vars);
    return p;
}

static void assert_outcome(struct play *p, const char *outcome)
{
    assert_true(p->last.ended);
    assert_slice(json_string(p->ended, "outcome"), outcome);
}

static void user_task(void **state)
{
    struct arena *a = *state;
    struct play p = begin(
        a,
        "startEvent s\nuserTask a tb:kind=\"review\" tb:role=\"reviewer\" tb:department=\"scjg\" tb:outcomes=\"approve, reject\" tb:clock=\"2wd\" tb:form=\"form1\" tb:step=\"licence\"\n"
        "exclusiveGateway g\nendEvent yes name=\"granted\"\nendEvent no tb:result=\"refused\"\ns -> a\na -> g\ng -> yes : a.outcome = \"approve\"\ng => no\n",
        NULL);
    const struct effect *e = play_effect(&p, EFF_TASK, "a");
    assert_non_null(e);
    assert_slice(e->department, "scjg");
    assert_slice(e->role, "reviewer");
    assert_slice(e->step, "licence");
    assert_slice(e->node->form, "form1");
    assert_int_equal(e->node->noutcomes, 2);
    instant due;
    assert_true(instant_scan(S("2021-04-14T23:59:59.999+08:00"), &due)); /* Monday plus two working days, its end */
    assert_true(e->due == due);
    assert_non_null(play_effect(&p, EFF_STEP_STARTED, "a"));
    uint32_t token = e->token;
    assert_code(play_event(&p, EV_TASK_DONE, token, "{\"outcome\":\"maybe\"}"), CODE_PROCESS_OUTCOME);
    assert_code(play_event(&p, EV_TASK_DONE, token, "[]"), CODE_PROCESS_EVENT);
    assert_code(play_event(&p, EV_VERB_DONE, token, "{}"), CODE_PROCESS_TOKEN);
    assert_code(play_event(&p, EV_TASK_DONE, token + 1, "{}"), CODE_PROCESS_TOKEN);
    struct play other = p;
    PLAY(&p, EV_TASK_DONE, token, "{\"outcome\":\"reject\",\"reason\":\"incomplete\"}");
    assert_outcome(&p, "refused");
    assert_var(&p, "/a/reason", "\"incomplete\"");
    assert_var(&p, "/licence/outcome", "\"reject\"");
    const struct effect *ended = play_effect(&p, EFF_STEP_ENDED, NULL);
    assert_non_null(ended);
    assert_slice(json_string(ended->data, "outcome"), "reject");
    assert_code(play_event(&p, EV_TASK_DONE, token, "{}"), CODE_PROCESS_TOKEN); /* the second officer loses */
    PLAY(&other, EV_TASK_DONE, token, NULL);                                    /* the first outcome is the default */
    assert_outcome(&other, "granted");
}

static void department_by_feel(void **state)
{
    struct arena *a = *state;
    const char *notation =
        "startEvent s\nuserTask a tb:kind=\"handle\" tb:role=\"clerk\" tb:department=\"{if big then &quot;tax&quot; else town}\" tb:clock=\"{limit}\"\nendEvent e\ns -> a\na -> e\n";
    struct play p = begin(a, notation, "{\"big\":true,\"limit\":\"48h\"}");
    assert_slice(play_effect(&p, EFF_TASK, "a")->department, "tax");
    assert_true(play_effect(&p, EFF_TASK, "a")->due == p.at + 48 * MS_HOUR);
    p = begin(a, notation, "{\"big\":false,\"limit\":\"48h\"}"); /* no town: somebody must mend it */
    const struct effect *e = play_effect(&p, EFF_INCIDENT, "a");
    assert_non_null(e);
    assert_slice(json_string(e->data, "code"), "process.value");
    assert_true(json_string(json_get(e->data, "message"), "zh").n > 0);
    assert_null(play_effect(&p, EFF_TASK, NULL));
    uint32_t token = e->token;
    assert_code(play_event(&p, EV_TASK_DONE, token, "{}"), CODE_PROCESS_TOKEN);
    PLAY(&p, EV_RETRY, token, "{\"town\":\"scjg\"}");
    assert_slice(play_effect(&p, EFF_TASK, "a")->department, "scjg");
    assert_code(play_event(&p, EV_RETRY, token, NULL), CODE_PROCESS_TOKEN);
    PLAY(&p, EV_TASK_DONE, play_at(&p, "a"), NULL);
    assert_true(p.last.ended);
}

static void service_task(void **state)
{
    struct arena *a = *state;
    const char *notation =
        "startEvent s\nserviceTask v tb:verb=\"local.strict\" tb:result=\"out\" | <extensionElements><tb:input name=\"a\" value=\"x + 1\"/><tb:input name=\"b\" value=\"&quot;t&quot;\"/></extensionElements>\n"
        "serviceTask j tb:verb=\"job.mail\"\nendEvent e\ns -> v\nv -> j\nj -> e\n";
    struct play p = begin(a, notation, "{\"x\":41}");
    const struct effect *e = play_effect(&p, EFF_VERB, "v");
    assert_int_equal(e->verb_kind, VERB_LOCAL);
    assert_slice(json_write(a, e->data), "{\"a\":42,\"b\":\"t\"}");
    PLAY(&p, EV_VERB_DONE, e->token, "{\"number\":7}");
    assert_var(&p, "/out/number", "7");
    e = play_effect(&p, EFF_VERB, "j");
    assert_int_equal(e->verb_kind, VERB_JOB);
    PLAY(&p, EV_VERB_FAILED, e->token, "{\"code\":\"mail.down\",\"message\":\"没有路由\",\"message_en\":\"no route\"}");
    e = play_effect(&p, EFF_INCIDENT, "j");
    assert_slice(json_string(e->data, "code"), "process.verb_failed");
    assert_true(slice_ends(json_string(json_get(e->data, "message"), "zh"), S("没有路由")));
    assert_slice(json_string(json_get(e->data, "message"), "en"), "This step could not be done: no route");
    uint32_t before = e->token;
    assert_code(play_event(&p, EV_VERB_DONE, before, "{}"), CODE_PROCESS_TOKEN);
    PLAY(&p, EV_RETRY, before, NULL);
    assert_true(play_at(&p, "j") > before);
    PLAY(&p, EV_VERB_DONE, play_at(&p, "j"), NULL);
    assert_true(p.last.ended);
}

static void failed_verbs(void **state)
{
    struct arena *a = *state;
    /* own boundary by code, before the one that catches all; fallback only when neither is there */
    const char *notation =
        "startEvent s\nserviceTask v tb:verb=\"job.x\" tb:result=\"r\"\nendEvent e\nendEvent late\nendEvent any\ns -> v\nv -> e\n"
        "boundaryEvent bl attachedToRef=\"v\" tb:result=\"why\" | <errorEventDefinition errorRef=\"E1\"/>\nboundaryEvent ba attachedToRef=\"v\" | <errorEventDefinition/>\nbl -> late\nba -> any\n";
    struct play p = begin(a, notation, NULL);
    PLAY(&p, EV_VERB_FAILED, play_at(&p, "v"), "{\"code\":\"late\",\"message\":\"m\"}");
    assert_outcome(&p, "late");
    assert_var(&p, "/why/message", "\"m\"");
    p = begin(a, notation, NULL);
    PLAY(&p, EV_VERB_FAILED, play_at(&p, "v"), "{\"code\":\"other\"}");
    assert_outcome(&p, "any");
    p = begin(
        a,
        "startEvent s\nserviceTask v tb:verb=\"job.x\" tb:result=\"r\" tb:fallback=\"{paper: true, x: y}\"\nendEvent e\ns -> v\nv -> e\n",
        "{\"y\":3}");
    PLAY(&p, EV_VERB_FAILED, play_at(&p, "v"), "{\"code\":\"down\"}");
    assert_true(p.last.ended);
    assert_var(&p, "/r/paper", "true");
    assert_var(&p, "/r/x", "3");
    /* not caught here, no fallback: the boundary event of the sub-process around it */
    p = begin(
        a,
        "startEvent s\nsubProcess q {\nstartEvent qs\nserviceTask v tb:verb=\"job.x\"\nendEvent qe\nqs -> v\nv -> qe\n}\nendEvent e\nendEvent f\ns -> q\nq -> e\n"
        "boundaryEvent b attachedToRef=\"q\" | <errorEventDefinition errorRef=\"E2\"/>\nb -> f\n",
        NULL);
    struct play other = p;
    PLAY(&p, EV_VERB_FAILED, play_at(&p, "v"), "{\"code\":\"broken\"}");
    assert_outcome(&p, "f");
    PLAY(&other, EV_VERB_FAILED, play_at(&other, "v"), "{\"code\":\"unforeseen\"}");
    assert_non_null(play_effect(&other, EFF_INCIDENT, "v"));
}

static void business_rule(void **state)
{
    struct arena *a = *state;
    struct play p = begin(
        a,
        "startEvent s\nbusinessRuleTask d tb:decision=\"grade\" tb:step=\"check\"\nendEvent e tb:result=\"{grade}\"\ns -> d\nd -> e\n",
        "{\"score\":70}");
    const struct effect *e = play_effect(&p, EFF_DECIDED, "d");
    assert_non_null(e);
    assert_outcome(&p, "pass");
    assert_slice(e->step, "check");
    assert_slice(json_string(e->data, "result"), "pass");
    assert_slice(json_write(a, json_pointer(e->data, S("/values/score"))), "70");
    assert_int_equal(json_int(json_pointer(e->data, S("/hits/0")), "index", 0), 1);
    assert_non_null(play_effect(&p, EFF_STEP_STARTED, "d"));
    assert_non_null(play_effect(&p, EFF_STEP_ENDED, "d"));
    p = begin(
        a,
        "startEvent s\nbusinessRuleTask d tb:decision=\"grade\" tb:result=\"r\" | <tb:input name=\"score\" value=\"points * 2\"/>\nendEvent e\ns -> d\nd -> e\n",
        "{\"points\":10}");
    assert_var(&p, "/r", "\"fail\"");
    assert_slice(json_write(a, json_get(play_effect(&p, EFF_DECIDED, "d")->data, "values")), "{\"score\":20}");
}

static void script_task(void **state)
{
    struct arena *a = *state;
    struct play p = begin(
        a,
        "startEvent s\n" SCRIPT(
            "m",
            "{b: a + 1, c: \"x\"}") "scriptTask r scriptFormat=\"feel\" tb:result=\"sum\" | <script>b * 2</script>\nendEvent e\ns -> m\nm -> r\nr -> e\n",
        "{\"a\":1}");
    assert_var(&p, "/b", "2");
    assert_var(&p, "/sum", "4");
    /* no context to merge: an incident, mended by putting the variable right */
    p = begin(a, "startEvent s\n" SCRIPT("m", "if a = 1 then {b: 1} else a") "endEvent e\ns -> m\nm -> e\n",
              "{\"a\":2}");
    assert_non_null(play_effect(&p, EFF_INCIDENT, "m"));
    PLAY(&p, EV_RETRY, play_at(&p, "m"), "{\"a\":1}");
    assert_true(p.last.ended);
    /* or an error that a boundary event catches */
    p = begin(
        a,
        "startEvent s\n" SCRIPT(
            "m",
            "a") "endEvent e\nendEvent f\ns -> m\nm -> e\nboundaryEvent b attachedToRef=\"m\" | <errorEventDefinition/>\nb -> f\n",
        "{\"a\":2}");
    assert_outcome(&p, "f");
    /* names of the engine cannot be written from outside */
    p = begin(a, "startEvent s\n" TASK("t") "endEvent e\ns -> t\nt -> e\n", "{\"$calls\":{\"1\":{}},\"x\":1}");
    assert_var(&p, "/$calls", "absent");
    assert_var(&p, "/x", "1");
}

static void exclusive_gateway(void **state)
{
    struct arena *a = *state;
    const char *notation =
        "startEvent s\nexclusiveGateway g\nendEvent e1\nendEvent e2\nendEvent e3\ns -> g\ng -> e1 : x < 10\ng -> e2 : x < 20\ng => e3\n";
    struct play p = begin(a, notation, "{\"x\":5}");
    assert_outcome(&p, "e1");
    assert_int_equal(play_effects(&p, EFF_PASSED, NULL), 3);
    p = begin(a, notation, "{\"x\":15}");
    assert_outcome(&p, "e2");
    p = begin(a, notation, "{\"x\":25}");
    assert_outcome(&p, "e3");
    p = begin(a, notation, NULL); /* a condition over nothing does not hold */
    assert_outcome(&p, "e3");
}

static void parallel_gateway(void **state)
{
    struct arena *a = *state;
    struct play p =
        begin(a,
              "startEvent s\nparallelGateway g\n" TASK("a") TASK("b") TASK("c") "parallelGateway j\n" TASK(
                  "d") "endEvent e\ns -> g\ng -> a\ng -> b\ng -> c\na -> j\nb -> j\nc -> j\nj -> d\nd -> e\n",
              NULL);
    assert_int_equal(play_effects(&p, EFF_TASK, NULL), 3);
    PLAY(&p, EV_TASK_DONE, play_at(&p, "b"), NULL);
    PLAY(&p, EV_TASK_DONE, play_at(&p, "a"), NULL);
    assert_int_equal(play_count(&p, "j"), 2);
    assert_int_equal(play_at(&p, "d"), 0);
    PLAY(&p, EV_TASK_DONE, play_at(&p, "c"), NULL);
    assert_int_equal(play_effects(&p, EFF_TASK, "d"), 1);
    assert_int_equal(play_effects(&p, EFF_PASSED, "j"), 1);
    PLAY(&p, EV_TASK_DONE, play_at(&p, "d"), NULL);
    assert_outcome(&p, "e");
}

static void inclusive_gateway(void **state)
{
    struct arena *a = *state;
    const char *notation = "startEvent s\ninclusiveGateway g\n" TASK("a") TASK("b") TASK("c") "inclusiveGateway j\n" TASK(
        "d") "endEvent e\ns -> g\ng -> a : contains(x, \"a\")\ng -> b : contains(x, \"b\")\ng => c\na -> j\nb -> j\nc -> j\nj -> d\nd -> e\n";
    struct play p = begin(a, notation, "{\"x\":\"ab\"}");
    assert_int_equal(play_effects(&p, EFF_TASK, NULL), 2);
    PLAY(&p, EV_TASK_DONE, play_at(&p, "a"), NULL);
    assert_int_equal(play_at(&p, "d"), 0);
    PLAY(&p, EV_TASK_DONE, play_at(&p, "b"), NULL);
    assert_int_equal(play_effects(&p, EFF_TASK, "d"), 1);
    p = begin(a, notation, "{\"x\":\"b\"}");
    PLAY(&p, EV_TASK_DONE, play_at(&p, "b"), NULL);
    assert_int_equal(play_effects(&p, EFF_TASK, "d"), 1);
    p = begin(a, notation, "{\"x\":\"z\"}");
    assert_int_equal(play_effects(&p, EFF_TASK, "c"), 1);
    PLAY(&p, EV_TASK_DONE, play_at(&p, "c"), NULL);
    PLAY(&p, EV_TASK_DONE, play_at(&p, "d"), NULL);
    assert_true(p.last.ended);
}

/* A branch that ends elsewhere releases the join (which a parallel gateway could not do). */
static void inclusive_join_sees_a_branch_die(void **state)
{
    struct arena *a = *state;
    struct play p = begin(
        a,
        "startEvent s\nparallelGateway g\n" TASK("a") TASK("b") "exclusiveGateway x\ninclusiveGateway j\n" TASK(
            "d") "endEvent e\nendEvent f\ns -> g\ng -> a\ng -> b\na -> j\nb -> x\nx -> j : b.ok = true\nx => f\nj -> d\nd -> e\n",
        NULL);
    PLAY(&p, EV_TASK_DONE, play_at(&p, "a"), NULL);
    assert_int_equal(play_at(&p, "d"), 0); /* b may still come */
    struct play other = p;
    PLAY(&p, EV_TASK_DONE, play_at(&p, "b"), "{\"ok\":true}");
    assert_int_equal(play_count(&p, "d"), 1);
    PLAY(&other, EV_TASK_DONE, play_at(&other, "b"), "{\"ok\":false}");
    assert_int_equal(play_count(&other, "d"), 1);
    PLAY(&other, EV_TASK_DONE, play_at(&other, "d"), NULL);
    assert_true(other.last.ended);
}

static void uncontrolled_flow(void **state)
{
    struct arena *a = *state;
    struct play p = begin(
        a,
        "startEvent s\n" TASK("a") TASK("b") TASK(
            "c") "inclusiveGateway j\nendEvent e\ns -> a\na -> b : a.more = true\na => c\nb -> j\nc -> j\nj -> e\n",
        NULL);
    struct play other = p;
    PLAY(&p, EV_TASK_DONE, play_at(&p, "a"), "{\"more\":true}");
    assert_int_equal(play_count(&p, "b"), 1);
    assert_int_equal(play_count(&p, "c"), 0);
    PLAY(&other, EV_TASK_DONE, play_at(&other, "a"), NULL);
    assert_int_equal(play_count(&other, "c"), 1);
    p = begin(a, "startEvent s\n" TASK("a") TASK("b") "endEvent e\ns -> a\ns -> b\na -> e\nb -> e\n", NULL);
    assert_int_equal(play_effects(&p, EFF_TASK, NULL), 2); /* two flows out of the start run side by side */
    PLAY(&p, EV_TASK_DONE, play_at(&p, "a"), NULL);
    assert_false(p.last.ended);
    PLAY(&p, EV_TASK_DONE, play_at(&p, "b"), NULL);
    assert_true(p.last.ended);
}

static void intermediate_timer(void **state)
{
    struct arena *a = *state;
    struct play p = begin(a,
                          "startEvent s\nintermediateCatchEvent t | " TIMER(
                              "P1DT1H") "\nintermediateThrowEvent m\nendEvent e\ns -> t\nt -> m\nm -> e\n",
                          NULL);
    const struct effect *e = play_effect(&p, EFF_TIMER, "t");
    assert_true(e->due == p.at + MS_DAY + MS_HOUR);
    p.at = e->due;
    PLAY(&p, EV_TIMER, e->token, NULL);
    assert_true(p.last.ended);
    p = begin(
        a,
        "startEvent s\nintermediateCatchEvent t | <timerEventDefinition><timeDate>{day}</timeDate></timerEventDefinition>\nintermediateCatchEvent u | " TIMER(
            "{spell}") "\nintermediateCatchEvent v tb:clock=\"3wd\" | <timerEventDefinition/>\nendEvent e\ns -> t\nt -> u\nu -> v\nv -> e\n",
        "{\"day\":\"2021-05-01\",\"spell\":\"PT2H\"}");
    assert_true(play_effect(&p, EFF_TIMER, "t")->due == instant_of_day(day_of_civil(2021, 5, 1)));
    PLAY(&p, EV_TIMER, play_at(&p, "t"), NULL);
    assert_true(play_effect(&p, EFF_TIMER, "u")->due == p.at + 2 * MS_HOUR);
    PLAY(&p, EV_TIMER, play_at(&p, "u"), NULL);
    assert_true(play_effect(&p, EFF_TIMER, "v")->due == instant_of_day(day_of_civil(2021, 4, 16)) - 1);
    p = begin(a, "startEvent s\nintermediateCatchEvent t | " TIMER("{spell}") "\nendEvent e\ns -> t\nt -> e\n",
              "{\"spell\":\"soon\"}");
    assert_slice(json_string(play_effect(&p, EFF_INCIDENT, "t")->data, "code"), "process.due_bad");
}

static void boundary_timers(void **state)
{
    struct arena *a = *state;
    const char *notation = "startEvent s\n" TASK(
        "a") "endEvent e\nendEvent late\nendEvent told\ns -> a\na -> e\n"
             "boundaryEvent r attachedToRef=\"a\" cancelActivity=\"false\" | <timerEventDefinition><timeCycle>R2/PT1H</timeCycle></timerEventDefinition>\n"
             "serviceTask n tb:verb=\"local.remind\"\nr -> n\nn -> told\nboundaryEvent b attachedToRef=\"a\" tb:clock=\"1wd\" | <timerEventDefinition/>\nb -> late\n";
    struct play p = begin(a, notation, NULL);
    assert_int_equal(play_effects(&p, EFF_TIMER, NULL), 2);
    struct play done = p;
    PLAY(&done, EV_TASK_DONE, play_at(&done, "a"), NULL);
    assert_outcome(&done, "e");
    assert_int_equal(play_effects(&done, EFF_TIMER_CANCELLED, NULL), 2);
    uint32_t first = play_at(&p, "r"), task = play_at(&p, "a");
    p.at += MS_HOUR;
    PLAY(&p, EV_TIMER, first, NULL);
    assert_non_null(play_effect(&p, EFF_VERB, "n"));
    assert_true(play_effect(&p, EFF_TIMER, "r")->due == p.at + MS_HOUR);
    assert_code(play_event(&p, EV_TIMER, first, NULL), CODE_PROCESS_TOKEN);
    PLAY(&p, EV_TIMER, play_at(&p, "r"), NULL);
    assert_int_equal(play_at(&p, "r"), 0); /* fired twice, as asked */
    assert_int_equal(play_at(&p, "a"), task);
    assert_int_equal(play_count(&p, "n"), 2);
    PLAY(&p, EV_TIMER, play_at(&p, "b"), NULL);
    assert_non_null(play_effect(&p, EFF_TASK_CLOSED, "a"));
    assert_false(p.last.ended); /* the reminders are still under way */
    PLAY(&p, EV_VERB_DONE, play_at(&p, "n"), NULL);
    PLAY(&p, EV_VERB_DONE, play_at(&p, "n"), NULL);
    assert_true(p.last.ended);
}

static void terminate_and_error_ends(void **state)
{
    struct arena *a = *state;
    struct play p = begin(
        a,
        "startEvent s\nparallelGateway g\n" TASK("a") TASK(
            "b") "endEvent e name=\"stopped\" | <terminateEventDefinition/>\nendEvent f\ns -> g\ng -> a\ng -> b\na -> e\nb -> f\n"
                 "boundaryEvent t attachedToRef=\"b\" | " TIMER("PT1H") "\nt -> f\n",
        NULL);
    PLAY(&p, EV_TASK_DONE, play_at(&p, "a"), NULL);
    assert_outcome(&p, "stopped");
    assert_non_null(play_effect(&p, EFF_TASK_CLOSED, "b"));
    assert_non_null(play_effect(&p, EFF_TIMER_CANCELLED, "t"));
    p = begin(a, "startEvent s\nendEvent e name=\"bad\" | <errorEventDefinition errorRef=\"E2\"/>\ns -> e\n", NULL);
    assert_outcome(&p, "bad");
    assert_slice(json_string(p.ended, "error"), "broken");
}

static void whole_case_cancelled(void **state)
{
    struct arena *a = *state;
    struct play p = begin(
        a,
        "startEvent s\nparallelGateway g\n" TASK("a") "subProcess q {\nstartEvent qs\n" TASK(
            "b") "endEvent qe\nqs -> b\nb -> qe\n}\ninclusiveGateway j\nendEvent e\ns -> g\ng -> a\ng -> q\na -> j\nq -> j\nj -> e\n"
                 "boundaryEvent t attachedToRef=\"q\" | " TIMER("PT1H") "\nt -> f\nendEvent f\n",
        NULL);
    PLAY(&p, EV_CANCEL, 0, NULL);
    assert_outcome(&p, "withdrawn");
    assert_int_equal(play_effects(&p, EFF_TASK_CLOSED, NULL), 2);
    assert_int_equal(play_effects(&p, EFF_TIMER_CANCELLED, NULL), 1);
    assert_code(play_event(&p, EV_CANCEL, 0, NULL), CODE_PROCESS_TOKEN);
}

static void events_out_of_place(void **state)
{
    struct arena *a = *state;
    struct kit k;
    kit_init(&k, a);
    struct play p = {.a = a,
                     .m = kit_compile(&k, "startEvent s\n" TASK("a") "endEvent e\ns -> a\na -> e\n"),
                     .vars = test_json(a, S("{}"))};
    assert_code(play_event(&p, EV_TASK_DONE, 1, NULL), CODE_PROCESS_EVENT);
    assert_code(play_event(&p, EV_START, 0, "[1]"), CODE_PROCESS_EVENT);
    PLAY(&p, EV_START, 0, NULL);
    assert_code(play_event(&p, EV_START, 0, NULL), CODE_PROCESS_EVENT);
    assert_code(play_event(&p, EV_TIMER, play_at(&p, "a"), NULL), CODE_PROCESS_TOKEN);
    assert_code(play_event(&p, EV_RETRY, play_at(&p, "a"), NULL), CODE_PROCESS_TOKEN);
    assert_code(play_event(&p, EV_CANCEL_STEP, 0, "{\"step\":\"nix\"}"), CODE_PROCESS_STEP);
    assert_code(play_event(&p, EV_CANCEL_STEP, 0, "{}"), CODE_PROCESS_STEP);
}

/* Clocks in working time need a calendar; without one the case says so instead of guessing. */
static void no_calendar(void **state)
{
    struct arena *a = *state;
    struct kit k;
    kit_init(&k, a);
    struct play p = {
        .a = a,
        .m =
            kit_compile(&k, "startEvent s\nuserTask a tb:kind=\"fill\" tb:clock=\"2wd\"\nendEvent e\ns -> a\na -> e\n"),
        .vars = test_json(a, S("{}"))};
    PLAY(&p, EV_START, 0, NULL);
    assert_slice(json_string(play_effect(&p, EFF_INCIDENT, "a")->data, "code"), "process.calendar");
}

/* A loop that the checks would refuse is stopped all the same. */
static void endless_loops_are_stopped(void **state)
{
    struct arena *a = *state;
    struct kit k;
    kit_init(&k, a);
    const struct process_model *m = NULL;
    struct slice xml = kit_bpmn(a, "",
                                "startEvent s\nexclusiveGateway g\n" SCRIPT(
                                    "c", "{n: 1}") "endEvent e\ns -> g\ng -> c : not(stop = true)\nc -> g\ng => e\n");
    assert_good(a, compile_file(a, xml, S("f"), &k.env, true, (struct slice){0}, &m));
    struct play p = {.a = a, .m = m, .vars = test_json(a, S("{}"))};
    assert_code(play_event(&p, EV_START, 0, NULL), CODE_PROCESS_MOVES);
    PLAY(&p, EV_START, 0, "{\"stop\":true}");
    assert_true(p.last.ended);
}

/* No way out of a gateway or task: an incident; the retry repeats the leaving only. */
static void no_way_out(void **state)
{
    struct arena *a = *state;
    struct kit k;
    kit_init(&k, a);
    const struct process_model *m = NULL;
    struct slice xml = kit_bpmn(
        a, "",
        "startEvent s\n" TASK(
            "a") "exclusiveGateway g\nendEvent e\nendEvent f\ns -> a\na -> e : x = 1\na -> g : x = 2\ng -> e : y = 1\ng -> f : y = 2\n");
    assert_good(a, compile_file(a, xml, S("f"), &k.env, true, (struct slice){0}, &m));
    struct play p;
    play_begin(&p, a, m, NULL);
    PLAY(&p, EV_TASK_DONE, play_at(&p, "a"), NULL);
    assert_slice(json_string(play_effect(&p, EFF_INCIDENT, "a")->data, "code"), "process.no_way");
    PLAY(&p, EV_RETRY, play_at(&p, "a"), "{\"x\":2}");
    assert_non_null(play_effect(&p, EFF_INCIDENT, "g"));
    PLAY(&p, EV_RETRY, play_at(&p, "g"), "{\"y\":2}");
    assert_outcome(&p, "f");
}

/* A join that cannot complete (refused at publication) is reported once when it happens. */
static void stuck_joins_are_reported(void **state)
{
    struct arena *a = *state;
    struct kit k;
    kit_init(&k, a);
    const struct process_model *m = NULL;
    struct slice xml = kit_bpmn(
        a, "",
        "startEvent s\nexclusiveGateway g\n" TASK("a")
            TASK("b") "parallelGateway j\nendEvent e\ns -> g\ng -> a : true\ng => b\na -> j\nb -> j\nj -> e\n");
    assert_good(a, compile_file(a, xml, S("f"), &k.env, true, (struct slice){0}, &m));
    struct play p;
    play_begin(&p, a, m, NULL);
    PLAY(&p, EV_TASK_DONE, play_at(&p, "a"), NULL);
    assert_slice(json_string(play_effect(&p, EFF_INCIDENT, "j")->data, "code"), "process.stuck");
    assert_false(p.last.ended);
    PLAY(&p, EV_CANCEL, 0, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(user_task),
        TEST(department_by_feel),
        TEST(service_task),
        TEST(failed_verbs),
        TEST(business_rule),
        TEST(script_task),
        TEST(exclusive_gateway),
        TEST(parallel_gateway),
        TEST(inclusive_gateway),
        TEST(inclusive_join_sees_a_branch_die),
        TEST(uncontrolled_flow),
        TEST(intermediate_timer),
        TEST(boundary_timers),
        TEST(terminate_and_error_ends),
        TEST(whole_case_cancelled),
        TEST(events_out_of_place),
        TEST(no_calendar),
        TEST(endless_loops_are_stopped),
        TEST(no_way_out),
        TEST(stuck_joins_are_reported),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
