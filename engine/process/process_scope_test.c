/* Scopes: sub-processes, calls, their variables, errors that climb, and steps withdrawn alone. */
#include "engine/process/testkit.h"

#define TASK(id) "userTask " id " tb:kind=\"handle\" tb:role=\"clerk\"\n"
#define STEP_TASK(id, step) "userTask " id " tb:kind=\"handle\" tb:role=\"clerk\" tb:step=\"" step "\"\n"
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

static void sub_process_shares_variables(void **state)
{
    struct arena *a = *state;
    struct play p = begin(
        a,
        "startEvent s\nsubProcess q tb:result=\"r\" {\nstartEvent qs\nparallelGateway g\n" TASK("x") TASK("y")
            SCRIPT("c", "{seen: v}") "endEvent qe name=\"done\"\nendEvent qf\nqs -> g\ng -> x\ng -> y\nx -> c\nc -> qf\ny -> qe\n}\n" TASK(
                "z") "endEvent e\ns -> q\nq -> z\nz -> e\n",
        "{\"v\":1}");
    assert_int_equal(play_effects(&p, EFF_TASK, NULL), 2);
    assert_int_equal(play_count(&p, "q"), 1);
    PLAY(&p, EV_TASK_DONE, play_at(&p, "x"), NULL);
    assert_var(&p, "/seen", "1");
    assert_int_equal(play_at(&p, "z"), 0); /* y is still inside */
    PLAY(&p, EV_TASK_DONE, play_at(&p, "y"), NULL);
    assert_var(&p, "/r/outcome", "\"done\""); /* the end reached last */
    PLAY(&p, EV_TASK_DONE, play_at(&p, "z"), NULL);
    assert_outcome(&p, "e");
}

static const char callee[] =
    "\nprocess q {\nstartEvent qs\n" SCRIPT("c", "{mine: x, big: if x = null then 0 else x + 1}")
        TASK("t") "endEvent qe tb:result=\"{t.outcome}\"\nqs -> c\nc -> t\nt -> qe\n}\n";

static void call_with_mapping(void **state)
{
    struct arena *a = *state;
    struct play p = begin(
        a,
        arena_printf(
            a, "%s%s",
            "startEvent s\ncallActivity k calledElement=\"q\" tb:result=\"r\" tb:step=\"inner\" | <tb:input name=\"x\" value=\"a * 2\"/><tb:output name=\"got\" value=\"big\"/>\nendEvent e\ns -> k\nk -> e\n",
            callee)
            .p,
        "{\"a\":10,\"secret\":1}");
    const struct effect *e = play_effect(&p, EFF_TASK, "t");
    assert_slice(e->step, "inner"); /* the innermost step around it */
    const struct json *view = process_vars_at(a, p.s, p.vars, e->token);
    assert_slice(json_write(a, view), "{\"x\":20,\"mine\":20,\"big\":21}");
    assert_slice(json_write(a, process_vars_at(a, p.s, p.vars, play_at(&p, "k"))), "{\"a\":10,\"secret\":1}");
    PLAY(&p, EV_TASK_DONE, e->token, NULL);
    assert_outcome(&p, "e");
    assert_var(&p, "/got", "21");
    assert_var(&p, "/r/outcome", "\"done\"");
    assert_var(&p, "/inner/outcome", "\"done\"");
    assert_var(&p, "/mine", "absent");
    assert_var(&p, "/$calls", "absent");
}

static void call_without_mapping_reads_through(void **state)
{
    struct arena *a = *state;
    struct play p =
        begin(a,
              arena_printf(a, "%s%s", "startEvent s\ncallActivity k calledElement=\"q\"\nendEvent e\ns -> k\nk -> e\n",
                           callee)
                  .p,
              "{\"x\":5}");
    assert_slice(json_write(a, process_vars_at(a, p.s, p.vars, play_at(&p, "t"))), "{\"x\":5,\"mine\":5,\"big\":6}");
    PLAY(&p, EV_TASK_DONE, play_at(&p, "t"), NULL);
    assert_var(&p, "/mine", "absent"); /* what it wrote is its own */
    assert_true(p.last.ended);
}

static void two_calls_of_one_process_side_by_side(void **state)
{
    struct arena *a = *state;
    struct play p = begin(
        a,
        arena_printf(
            a, "%s%s",
            "startEvent s\nparallelGateway g\ncallActivity k1 calledElement=\"q\" | <tb:input name=\"x\" value=\"1\"/><tb:output name=\"r1\" value=\"big\"/>\n"
            "callActivity k2 calledElement=\"q\" | <tb:input name=\"x\" value=\"2\"/><tb:output name=\"r2\" value=\"big\"/>\nparallelGateway j\nendEvent e\n"
            "s -> g\ng -> k1\ng -> k2\nk1 -> j\nk2 -> j\nj -> e\n",
            callee)
            .p,
        NULL);
    assert_int_equal(play_count(&p, "t"), 2);
    PLAY(&p, EV_TASK_DONE, play_at(&p, "t"), NULL);
    assert_var(&p, "/r1", "2");
    assert_var(&p, "/r2", "absent");
    PLAY(&p, EV_TASK_DONE, play_at(&p, "t"), NULL);
    assert_var(&p, "/r2", "3");
    assert_true(p.last.ended);
}

static void published_service_called(void **state)
{
    struct arena *a = *state;
    struct kit k;
    kit_init(&k, a);
    const struct process_model *inner = NULL;
    assert_good(a, process_compile(a,
                                   kit_bpmn(a, "tb:service=\"seal\"",
                                            "startEvent s\n" TASK(
                                                "engrave") "endEvent e name=\"sealed\"\ns -> engrave\nengrave -> e\n"),
                                   S("seal.bpmn"), &k.env, &inner));
    k.called[0] = inner;
    const struct process_model *m = kit_compile(
        &k, "startEvent s\ncallActivity c calledElement=\"seal\" tb:result=\"r\"\nendEvent e\ns -> c\nc -> e\n");
    const struct process_node *nodes;
    assert_int_equal(process_nodes(m, &nodes), 3);
    assert_ptr_equal(nodes[1].called, inner);
    assert_slice(process_id(m), "p1");
    struct play p;
    play_begin(&p, a, m, NULL);
    PLAY(&p, EV_TASK_DONE, play_at(&p, "engrave"), NULL);
    assert_var(&p, "/r/outcome", "\"sealed\"");
    assert_true(p.last.ended);
}

static void timer_interrupts_a_sub_process(void **state)
{
    struct arena *a = *state;
    struct play p =
        begin(a,
              "startEvent s\nsubProcess q {\nstartEvent qs\nparallelGateway g\n" TASK(
                  "x") "callActivity k calledElement=\"r\"\nendEvent qe\nqs -> g\ng -> x\ng -> k\nx -> qe\nk -> qe\n}\n"
                       "endEvent e\nendEvent late\ns -> q\nq -> e\nboundaryEvent b attachedToRef=\"q\" | " TIMER(
                           "PT1H") "\nb -> late\n"
                                   "process r {\nstartEvent rs\n" TASK("y") "intermediateCatchEvent w | " TIMER(
                                       "PT9H") "\nendEvent re\nrs -> y\nrs -> w\ny -> re\nw -> re\n}\n",
              NULL);
    assert_int_equal(play_count(&p, "y") + play_count(&p, "x") + play_count(&p, "w"), 3);
    uint32_t y = play_at(&p, "y");
    PLAY(&p, EV_TIMER, play_at(&p, "b"), NULL);
    assert_outcome(&p, "late");
    assert_int_equal(play_effects(&p, EFF_TASK_CLOSED, NULL), 2);
    assert_int_equal(play_effects(&p, EFF_TIMER_CANCELLED, "w"), 1);
    assert_code(play_event(&p, EV_TASK_DONE, y, NULL), CODE_PROCESS_TOKEN);
    assert_var(&p, "/$calls", "absent");
}

static void errors_climb(void **state)
{
    struct arena *a = *state;
    const char *notation = "startEvent s\nsubProcess q {\nstartEvent qs\nsubProcess r {\nstartEvent rs\n" TASK(
        "x") "endEvent re | <errorEventDefinition errorRef=\"E1\"/>\nrs -> x\nx -> re\n}\n"
             "endEvent qe\nendEvent qf\nqs -> r\nr -> qe\nboundaryEvent rb attachedToRef=\"r\" | <errorEventDefinition errorRef=\"E2\"/>\nrb -> qf\n}\n"
             "endEvent e\nendEvent caught\ns -> q\nq -> e\nboundaryEvent b attachedToRef=\"q\" tb:result=\"why\" | <errorEventDefinition errorRef=\"E1\"/>\nb -> caught\n";
    struct play p = begin(a, notation, NULL);
    PLAY(&p, EV_TASK_DONE, play_at(&p, "x"), NULL); /* E1 passes the boundary that catches E2 */
    assert_outcome(&p, "caught");
    assert_var(&p, "/why/code", "\"late\"");
    p = begin(
        a,
        "startEvent s\ncallActivity k calledElement=\"q\"\nendEvent e\nendEvent caught\ns -> k\nk -> e\nboundaryEvent b attachedToRef=\"k\" | <errorEventDefinition/>\nb -> caught\n"
        "process q {\nstartEvent qs\nendEvent qe | <errorEventDefinition errorRef=\"E2\"/>\nqs -> qe\n}\n",
        NULL);
    assert_outcome(&p, "caught"); /* an error leaves a call like a sub-process */
}

static void terminate_ends_its_scope_only(void **state)
{
    struct arena *a = *state;
    struct play p = begin(
        a,
        "startEvent s\nsubProcess q {\nstartEvent qs\nparallelGateway g\n" TASK("x")
            TASK("y") "endEvent qe name=\"cut\" | <terminateEventDefinition/>\nendEvent qf\nqs -> g\ng -> x\ng -> y\nx -> qe\ny -> qf\n}\n" TASK(
                "z") "endEvent e\ns -> q\nq -> z\nz -> e\n",
        NULL);
    PLAY(&p, EV_TASK_DONE, play_at(&p, "x"), NULL);
    assert_non_null(play_effect(&p, EFF_TASK_CLOSED, "y"));
    assert_int_equal(play_count(&p, "z"), 1);
}

/* One form, departments in parallel; one step is withdrawn and the rest goes on. */
static const char departments[] =
    "startEvent s\nparallelGateway g\n"
    "callActivity licence calledElement=\"q\" tb:step=\"licence\" tb:result=\"lic\"\ncallActivity tax calledElement=\"q\" tb:step=\"tax\"\n" STEP_TASK(
        "bank",
        "bank") "parallelGateway j\n" TASK("deliver") "endEvent e\ns -> g\ng -> licence\ng -> tax\ng -> bank\nlicence -> j\ntax -> j\nbank -> j\nj -> deliver\ndeliver -> e\n"
                                                      "process q {\nstartEvent qs\n" TASK("handle") "endEvent qe name=\"granted\"\nqs -> handle\nhandle -> qe\nboundaryEvent b attachedToRef=\"handle\" | " TIMER(
                                                          "PT1H") "\nb -> qf\nendEvent qf\n}\n";

static void step_withdrawn_alone(void **state)
{
    struct arena *a = *state;
    struct play p = begin(a, departments, NULL);
    assert_int_equal(play_effects(&p, EFF_STEP_STARTED, NULL), 3);
    PLAY(&p, EV_CANCEL_STEP, 0, "{\"step\":\"licence\"}");
    assert_int_equal(play_effects(&p, EFF_TASK_CLOSED, "handle"), 1);
    assert_int_equal(play_effects(&p, EFF_TIMER_CANCELLED, "b"), 1);
    assert_int_equal(play_effects(&p, EFF_STEP_ENDED, NULL), 1);
    assert_slice(json_string(play_effect(&p, EFF_STEP_ENDED, NULL)->data, "outcome"), "withdrawn");
    assert_var(&p, "/licence/outcome", "\"withdrawn\"");
    assert_var(&p, "/lic/outcome", "\"withdrawn\"");
    assert_int_equal(play_count(&p, "j"), 1);
    assert_code(play_event(&p, EV_CANCEL_STEP, 0, "{\"step\":\"licence\"}"), CODE_PROCESS_STEP);
    PLAY(&p, EV_TASK_DONE, play_at(&p, "handle"), NULL);
    assert_slice(json_string(play_effect(&p, EFF_STEP_ENDED, NULL)->data, "outcome"), "granted");
    PLAY(&p, EV_CANCEL_STEP, 0, "{\"step\":\"bank\"}"); /* a single task */
    assert_non_null(play_effect(&p, EFF_TASK_CLOSED, "bank"));
    assert_int_equal(play_count(&p, "deliver"), 1);
    PLAY(&p, EV_TASK_DONE, play_at(&p, "deliver"), NULL);
    assert_outcome(&p, "e");
}

static void step_of_several_tasks_withdrawn(void **state)
{
    struct arena *a = *state;
    const char *notation = "startEvent s\nparallelGateway g\n" STEP_TASK(
        "accept",
        "licence") "userTask review tb:kind=\"review\" tb:role=\"r\" tb:outcomes=\"approve,return\" tb:step=\"licence\"\nexclusiveGateway x\n" STEP_TASK("sign",
                                                                                                                                                         "licence")
        TASK(
            "other") "parallelGateway j\nendEvent e\ns -> g\ng -> accept\ng -> other\naccept -> review\nreview -> x\nx -> accept : review.outcome = \"return\"\nx => sign\nsign -> j\nother -> j\nj -> e\n";
    struct play p = begin(a, notation, NULL);
    PLAY(&p, EV_CANCEL_STEP, 0, "{\"step\":\"licence\"}"); /* review and sign are passed over too */
    assert_int_equal(play_count(&p, "j"), 1);
    assert_int_equal(play_count(&p, "review") + play_count(&p, "sign"), 0);
    PLAY(&p, EV_TASK_DONE, play_at(&p, "other"), NULL);
    assert_true(p.last.ended);
    /* the default leads back: the way that was not gone yet is taken */
    p = begin(
        a,
        "startEvent s\n" STEP_TASK("accept", "licence") STEP_TASK(
            "fix",
            "licence") "exclusiveGateway x\nendEvent e\ns -> accept\naccept -> fix\nfix -> x\nx => accept\nx -> e : fix.good = true\n",
        NULL);
    PLAY(&p, EV_CANCEL_STEP, 0, "{\"step\":\"licence\"}");
    assert_outcome(&p, "e");
}

static void step_withdrawn_before_it_begins(void **state)
{
    struct arena *a = *state;
    const char *notation = "startEvent s\n" TASK("first") STEP_TASK("later", "seal")
        TASK("last") "endEvent e\ns -> first\nfirst -> later\nlater -> last\nlast -> e\n";
    struct play p = begin(a, notation, NULL);
    PLAY(&p, EV_CANCEL_STEP, 0, "{\"step\":\"seal\"}");
    assert_non_null(play_effect(&p, EFF_STEP_ENDED, "later"));
    assert_code(play_event(&p, EV_CANCEL_STEP, 0, "{\"step\":\"seal\"}"), CODE_PROCESS_STEP);
    PLAY(&p, EV_TASK_DONE, play_at(&p, "first"), NULL);
    assert_int_equal(play_count(&p, "last"), 1);
    assert_null(play_effect(&p, EFF_TASK, "later"));
    assert_null(play_effect(&p, EFF_STEP_STARTED, NULL));
}

/* A step over several elements begins once and ends once. */
static void a_step_is_told_once(void **state)
{
    struct arena *a = *state;
    struct play p = begin(a,
                          "startEvent s\n" STEP_TASK("x", "st") "exclusiveGateway g\n" STEP_TASK("y", "st")
                              TASK("z") "endEvent e\ns -> x\nx -> g\ng => y\ng -> z : q\ny -> z\nz -> e\n",
                          NULL);
    assert_int_equal(play_effects(&p, EFF_STEP_STARTED, NULL), 1);
    PLAY(&p, EV_TASK_DONE, play_at(&p, "x"), NULL);
    assert_int_equal(play_effects(&p, EFF_STEP_STARTED, NULL) + play_effects(&p, EFF_STEP_ENDED, NULL), 0);
    PLAY(&p, EV_TASK_DONE, play_at(&p, "y"), NULL);
    assert_int_equal(play_effects(&p, EFF_STEP_ENDED, NULL), 1);
    PLAY(&p, EV_TASK_DONE, play_at(&p, "z"), NULL);
    assert_int_equal(play_effects(&p, EFF_STEP_ENDED, NULL), 0);
}

/* A withdrawn step without any way out of its circle becomes an incident, not an endless loop. */
static void withdrawal_in_a_circle(void **state)
{
    struct arena *a = *state;
    struct play p = begin(
        a,
        "startEvent s\n" STEP_TASK(
            "x",
            "st") "exclusiveGateway g\nexclusiveGateway h\nexclusiveGateway back\nendEvent e\ns -> x\nx -> g\ng => h\ng -> e : x.good = true\nh -> back\nback -> x\n",
        NULL);
    PLAY(&p, EV_CANCEL_STEP, 0, "{\"step\":\"st\"}");
    assert_slice(json_string(play_effect(&p, EFF_INCIDENT, "x")->data, "code"), "process.withdrawal_loop");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(sub_process_shares_variables),
        TEST(call_with_mapping),
        TEST(call_without_mapping_reads_through),
        TEST(two_calls_of_one_process_side_by_side),
        TEST(published_service_called),
        TEST(timer_interrupts_a_sub_process),
        TEST(errors_climb),
        TEST(terminate_ends_its_scope_only),
        TEST(step_withdrawn_alone),
        TEST(step_of_several_tasks_withdrawn),
        TEST(step_withdrawn_before_it_begins),
        TEST(a_step_is_told_once),
        TEST(withdrawal_in_a_circle),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
