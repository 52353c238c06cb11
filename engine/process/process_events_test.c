/* Events in all positions: messages, signals, conditions, escalations, event sub-processes, event-based gateways, links,
 * compensation and transactions. */
#include "engine/process/model.h"
#include "engine/process/testkit.h"

#define TASK(id) "userTask " id " tb:kind=\"handle\" tb:role=\"clerk\"\n"
#define SCRIPT(id, text) "scriptTask " id " scriptFormat=\"feel\" | <script>" text "</script>\n"
#define HOUR "<timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition>"
#define LETTER "<messageEventDefinition messageRef=\"M1\"/>"
#define BELL "<signalEventDefinition signalRef=\"S1\"/>"
#define WHEN(text) "<conditionalEventDefinition><condition>" text "</condition></conditionalEventDefinition>"
#define UP "<escalationEventDefinition escalationRef=\"X1\"/>"
#define UNDO "<compensateEventDefinition/>"
#define ASSOCIATION(from, to) "<association id=\"" from "_" to "\" sourceRef=\"" from "\" targetRef=\"" to "\"/>\n"
#define UNDOES(id, text) \
    "scriptTask " id " isForCompensation=\"true\" scriptFormat=\"feel\" | <script>" text "</script>\n"
/* appends a letter to the variable done */
#define NOTE(letter) "{done: string join([if done = null then \"\" else done, \"" letter "\"])}"

static struct play begin(struct arena *a, const char *notation, const char *vars)
{
    struct kit k;
    kit_init(&k, a);
    k.env.events = k.env.quantities = true;
    struct play p;
    play_begin(&p, a, kit_compile(&k, notation), vars);
    return p;
}

static void assert_outcome(struct play *p, const char *outcome)
{
    assert_true(p->last.ended);
    assert_slice(json_string(p->ended, "outcome"), outcome);
}

static uint32_t armed_at(struct play *p, const char *element)
{
    const struct process_waiting *w;
    size_t n = process_waiting(p->a, p->s, &w);
    for (size_t i = 0; i < n; i++)
        if ((w[i].why == WAIT_BOUNDARY || w[i].why == WAIT_OFFER) && slice_is(w[i].node->id, element))
            return w[i].token;
    return 0;
}

static void message_is_awaited_by_key(void **state)
{
    struct arena *a = *state;
    struct play p =
        begin(a,
              "startEvent s\nreceiveTask r messageRef=\"M1\" tb:key=\"number\" tb:result=\"got\"\nendEvent e\n"
              "s -> r\nr -> e\nboundaryEvent b attachedToRef=\"r\" | " HOUR "\nendEvent late\nb -> late\n",
              "{\"number\":\"A7\"}");
    const struct effect *e = play_effect(&p, EFF_AWAIT, "r");
    assert_slice(json_write(a, e->data), "{\"kind\":\"message\",\"name\":\"letter\",\"key\":\"A7\"}");
    assert_code(play_event(&p, EV_TIMER, e->token, NULL), CODE_PROCESS_TOKEN);
    PLAY(&p, EV_MESSAGE, e->token, "{\"text\":\"yes\"}");
    assert_int_equal(play_effects(&p, EFF_AWAIT_OVER, "r"), 1);
    assert_int_equal(play_effects(&p, EFF_TIMER_CANCELLED, "b"), 1);
    assert_var(&p, "/got/text", "\"yes\"");
    assert_outcome(&p, "e");
}

static void message_that_does_not_come(void **state)
{
    struct arena *a = *state;
    struct play p = begin(a,
                          "startEvent s\nreceiveTask r messageRef=\"M1\"\nendEvent e\ns -> r\nr -> e\n"
                          "boundaryEvent b attachedToRef=\"r\" | " HOUR "\nendEvent late\nb -> late\n",
                          NULL);
    PLAY(&p, EV_TIMER, armed_at(&p, "b"), NULL);
    assert_int_equal(play_effects(&p, EFF_AWAIT_OVER, "r"), 1);
    assert_outcome(&p, "late");
}

static void send_task_throws_its_inputs(void **state)
{
    struct arena *a = *state;
    struct play p = begin(a,
                          "startEvent s\nsendTask t messageRef=\"M1\" tb:key=\"n\" | <tb:input name=\"sum\" "
                          "value=\"n + 1\"/>\nendEvent e\ns -> t\nt -> e\n",
                          "{\"n\":4}");
    assert_slice(json_write(a, play_effect(&p, EFF_THROWN, "t")->data),
                 "{\"kind\":\"message\",\"name\":\"letter\",\"key\":4,\"payload\":{\"sum\":5}}");
    assert_outcome(&p, "e");
}

static const char bell_in_branches[] =
    "startEvent s\nparallelGateway g\nintermediateThrowEvent t | " BELL "\n" TASK("a")
        TASK("b") "boundaryEvent x attachedToRef=\"a\" | " BELL "\nboundaryEvent y attachedToRef=\"b\" "
                  "cancelActivity=\"false\" tb:result=\"heard\" | " BELL
                  "\nendEvent te\nendEvent ae\nendEvent xe\nendEvent be\nendEvent ye\n"
                  "s -> g\ng -> t\ng -> a\ng -> b\nt -> te\na -> ae\nb -> be\nx -> xe\ny -> ye\n";

/* A throw that stands before the catches in the file reaches them: it waits until they stand ready. */
static void signal_reaches_everybody_in_the_case(void **state)
{
    struct play p = begin(*state, bell_in_branches, NULL);
    assert_int_equal(play_effects(&p, EFF_THROWN, NULL), 1);
    assert_int_equal(play_effects(&p, EFF_TASK_CLOSED, "a"), 1);
    assert_int_equal(play_effects(&p, EFF_PASSED, "ye"), 1);
    assert_true(play_at(&p, "b") > 0);
    uint32_t again = armed_at(&p, "y"); /* what does not interrupt hears it again */
    assert_true(again > 0);
    assert_good(p.a, play_named(&p, EV_SIGNAL, 0, "bell", "{\"from\":\"outside\"}"));
    assert_int_equal(play_effects(&p, EFF_PASSED, "ye"), 1);
    assert_var(&p, "/heard/from", "\"outside\"");
    assert_good(p.a, play_named(&p, EV_SIGNAL, 0, "other", NULL));
    assert_int_equal(p.last.n, 0);
    PLAY(&p, EV_TASK_DONE, play_at(&p, "b"), NULL);
    assert_int_equal(play_effects(&p, EFF_AWAIT_OVER, "y"), 1);
    assert_true(p.last.ended);
}

static void condition_fires_when_it_comes_to_hold(void **state)
{
    struct play p = begin(
        *state,
        "startEvent s\nparallelGateway g\n" TASK("a") SCRIPT("c", "{n: 7}")
            TASK("b") "boundaryEvent x attachedToRef=\"b\" cancelActivity=\"false\" | " WHEN(
                "n &gt; 5") "\nendEvent e\nendEvent f\nendEvent xe\ns -> g\ng -> a\na -> c\nc -> e\ng -> b\nb -> f\nx -> xe\n",
        "{\"n\":1}");
    assert_int_equal(play_effects(&p, EFF_PASSED, "xe"), 0);
    PLAY(&p, EV_TASK_DONE, play_at(&p, "a"), NULL);
    assert_int_equal(play_effects(&p, EFF_PASSED, "xe"), 1); /* once, not for as long as it holds */
    assert_true(play_at(&p, "b") > 0);
    PLAY(&p, EV_TASK_DONE, play_at(&p, "b"), NULL);
    assert_int_equal(play_effects(&p, EFF_PASSED, "xe"), 0);
    assert_true(p.last.ended);
}

static void condition_that_holds_at_once_interrupts(void **state)
{
    struct play p = begin(*state,
                          "startEvent s\n" TASK("a") "boundaryEvent x attachedToRef=\"a\" | " WHEN(
                              "n = 1") "\nendEvent e\nendEvent xe\ns -> a\na -> e\nx -> xe\n",
                          "{\"n\":1}");
    assert_int_equal(play_effects(&p, EFF_TASK, NULL), 0);
    assert_outcome(&p, "xe");
}

static void event_gate_takes_the_first(void **state)
{
    static const char gate[] = "startEvent s\neventBasedGateway g\nintermediateCatchEvent t | " HOUR
                               "\nintermediateCatchEvent m tb:result=\"m\" | " LETTER
                               "\nendEvent te\nendEvent me\ns -> g\ng -> t\ng -> m\nt -> te\nm -> me\n";
    struct play p = begin(*state, gate, NULL);
    uint32_t timer = armed_at(&p, "t"), letter = armed_at(&p, "m");
    PLAY(&p, EV_MESSAGE, letter, "{\"x\":1}");
    assert_int_equal(play_effects(&p, EFF_TIMER_CANCELLED, "t"), 1);
    assert_var(&p, "/m/x", "1");
    assert_outcome(&p, "me");
    p = begin(*state, gate, NULL);
    PLAY(&p, EV_TIMER, timer, NULL);
    assert_int_equal(play_effects(&p, EFF_AWAIT_OVER, "m"), 1);
    assert_outcome(&p, "te");
}

static void all_events_must_occur(void **state)
{
    struct play p = begin(*state,
                          "startEvent s\nintermediateCatchEvent c parallelMultiple=\"true\" | " LETTER BELL
                          "\nendEvent e\ns -> c\nc -> e\n",
                          NULL);
    PLAY(&p, EV_MESSAGE, armed_at(&p, "c"), NULL);
    assert_false(p.last.ended);
    assert_good(p.a, play_named(&p, EV_SIGNAL, 0, "bell", NULL));
    assert_outcome(&p, "e");
}

/* --- event sub-processes --- */

static void event_sub_process_beside(void **state)
{
    struct play p =
        begin(*state,
              "startEvent s\n" TASK(
                  "a") "endEvent e\ns -> a\na -> e\n"
                       "subProcess q triggeredByEvent=\"true\" {\nstartEvent qs isInterrupting=\"false\" | "
                       "<timerEventDefinition><timeCycle>R2/PT1H</timeCycle></timerEventDefinition>\n" SCRIPT(
                           "c", NOTE("r")) "endEvent qe\nqs -> c\nc -> qe\n}\n",
              NULL);
    PLAY(&p, EV_TIMER, armed_at(&p, "qs"), NULL);
    assert_var(&p, "/done", "\"r\"");
    PLAY(&p, EV_TIMER, armed_at(&p, "qs"), NULL);
    assert_var(&p, "/done", "\"rr\"");
    assert_int_equal(armed_at(&p, "qs"), 0);
    PLAY(&p, EV_TASK_DONE, play_at(&p, "a"), NULL);
    assert_outcome(&p, "e");
}

static void event_sub_process_interrupts_its_scope_only(void **state)
{
    struct play p = begin(
        *state,
        "startEvent s\nsubProcess q {\nstartEvent qs\n" TASK(
            "a") "endEvent qe\nqs -> a\na -> qe\n"
                 "subProcess x triggeredByEvent=\"true\" {\nstartEvent xs tb:result=\"why\" | " LETTER
                 "\n" TASK("b") "endEvent xe\nxs -> b\nb -> xe\n}\n"
                                "subProcess y triggeredByEvent=\"true\" {\nstartEvent ys | " HOUR
                                "\nendEvent ye\nys -> ye\n}\n}\n" TASK("c") "endEvent e\ns -> q\nq -> c\nc -> e\n",
        NULL);
    PLAY(&p, EV_MESSAGE, armed_at(&p, "xs"), "{\"by\":\"post\"}");
    assert_int_equal(play_effects(&p, EFF_TASK_CLOSED, "a"), 1);
    assert_int_equal(play_effects(&p, EFF_TIMER_CANCELLED, "ys"), 1); /* one interruption a scope */
    assert_var(&p, "/why/by", "\"post\"");
    PLAY(&p, EV_TASK_DONE, play_at(&p, "b"), NULL);
    PLAY(&p, EV_TASK_DONE, play_at(&p, "c"), NULL); /* what is around it goes on as if it had ended */
    assert_outcome(&p, "e");
}

static void errors_start_event_sub_processes(void **state)
{
    struct play p = begin(*state,
                          "startEvent s\nserviceTask v tb:verb=\"job.x\"\nendEvent e\ns -> v\nv -> e\n"
                          "subProcess q triggeredByEvent=\"true\" {\nstartEvent qs tb:result=\"err\" | "
                          "<errorEventDefinition/>\nendEvent qe tb:result=\"mended\"\nqs -> qe\n}\n",
                          NULL);
    PLAY(&p, EV_VERB_FAILED, play_at(&p, "v"), "{\"code\":\"down\",\"message\":\"m\"}");
    assert_var(&p, "/err/code", "\"down\"");
    assert_true(p.last.ended);
}

static void time_of_an_event_sub_process_that_cannot_be_told(void **state)
{
    struct play p = begin(
        *state,
        "startEvent s\n" TASK("a") "endEvent e\ns -> a\na -> e\n"
                                   "subProcess q triggeredByEvent=\"true\" {\nstartEvent qs | "
                                   "<timerEventDefinition><timeDuration>{spell}</timeDuration></timerEventDefinition>\n"
                                   "endEvent qe tb:result=\"late\"\nqs -> qe\n}\n",
        NULL);
    assert_int_equal(play_effects(&p, EFF_INCIDENT, "q"), 1);
    assert_true(play_at(&p, "a") > 0); /* the rest goes on */
    PLAY(&p, EV_RETRY, play_at(&p, "q"), "{\"spell\":\"PT2H\"}");
    PLAY(&p, EV_TIMER, armed_at(&p, "qs"), NULL);
    assert_int_equal(play_effects(&p, EFF_TASK_CLOSED, "a"), 1);
    assert_true(p.last.ended);
}

/* --- escalation --- */

static void escalation_climbs_and_lets_go_on(void **state)
{
    struct play p =
        begin(*state,
              "startEvent s\nsubProcess q {\nstartEvent qs\nintermediateThrowEvent t | " UP
              "\n" TASK("a") "endEvent qe\nqs -> t\nt -> a\na -> qe\n}\nboundaryEvent b attachedToRef=\"q\" "
                             "cancelActivity=\"false\" | " UP
                             "\n" TASK("boss") "endEvent e\nendEvent f\ns -> q\nq -> e\nb -> boss\nboss -> f\n",
              NULL);
    assert_true(play_at(&p, "boss") > 0 && play_at(&p, "a") > 0);
    assert_int_equal(play_effects(&p, EFF_THROWN, NULL), 0);
}

static void escalation_that_nobody_takes_is_told(void **state)
{
    struct play p = begin(*state, "startEvent s\nendEvent e | " UP "\ns -> e\n", NULL);
    assert_slice(json_string(play_effect(&p, EFF_THROWN, "e")->data, "kind"), "escalation");
    assert_outcome(&p, "e");
}

static void link_goes_on_elsewhere(void **state)
{
    struct play p = begin(*state,
                          "startEvent s\nintermediateThrowEvent t | <linkEventDefinition name=\"L\"/>\n"
                          "intermediateCatchEvent c | <linkEventDefinition name=\"L\"/>\nendEvent e\ns -> t\nc -> e\n",
                          NULL);
    assert_outcome(&p, "e");
}

/* --- compensation --- */

#define BOOKINGS                                                                                    \
    SCRIPT("a", NOTE("a"))                                                                          \
    SCRIPT("b", NOTE("b"))                                                                          \
    UNDOES("ua", NOTE("A"))                                                                         \
    UNDOES("ub", NOTE("B"))                                                                         \
    "boundaryEvent ba attachedToRef=\"a\" | " UNDO "\nboundaryEvent bb attachedToRef=\"b\" | " UNDO \
    "\n" ASSOCIATION("ba", "ua") ASSOCIATION("bb", "ub")

static void compensation_runs_backwards(void **state)
{
    struct play p = begin(*state,
                          "startEvent s\n" BOOKINGS "intermediateThrowEvent t | " UNDO
                          "\nendEvent e\ns -> a\na -> b\nb -> t\nt -> e\n",
                          NULL);
    assert_var(&p, "/done", "\"abBA\"");
    assert_outcome(&p, "e");
}

static void compensation_of_one_activity(void **state)
{
    struct play p =
        begin(*state,
              "startEvent s\n" BOOKINGS "intermediateThrowEvent t | <compensateEventDefinition activityRef=\"a\"/>\n"
              "endEvent e | " UNDO "\ns -> a\na -> b\nb -> t\nt -> e\n",
              NULL);
    assert_var(&p, "/done", "\"abAB\""); /* each once */
    assert_true(p.last.ended);
}

static void a_sub_process_is_compensated_by_what_is_inside(void **state)
{
    struct play p =
        begin(*state,
              "startEvent s\nsubProcess q {\nstartEvent qs\n" BOOKINGS
              "endEvent qe\nqs -> a\na -> b\nb -> qe\n}\n" TASK("c") "endEvent e | " UNDO "\ns -> q\nq -> c\nc -> e\n",
              NULL);
    assert_var(&p, "/done", "\"ab\"");
    PLAY(&p, EV_TASK_DONE, play_at(&p, "c"), NULL); /* remembered while the case waited */
    assert_var(&p, "/done", "\"abBA\"");
    assert_true(p.last.ended);
}

static void a_sub_process_compensates_itself_by_an_event_sub_process(void **state)
{
    struct play p = begin(
        *state,
        "startEvent s\nsubProcess q {\nstartEvent qs\n" BOOKINGS
        "endEvent qe\nqs -> a\na -> b\nb -> qe\nsubProcess x triggeredByEvent=\"true\" {\nstartEvent xs | " UNDO
        "\n" SCRIPT("c",
                    NOTE("x")) "endEvent xe | <compensateEventDefinition activityRef=\"a\"/>\nxs -> c\nc -> xe\n}\n}\n"
                               "endEvent e | " UNDO "\ns -> q\nq -> e\n",
        NULL);
    assert_var(&p, "/done", "\"abxA\"");
    assert_true(p.last.ended);
}

static void compensating_task_is_waited_for(void **state)
{
    struct play p =
        begin(*state,
              "startEvent s\n" SCRIPT(
                  "a", NOTE("a")) "userTask ua isForCompensation=\"true\" tb:kind=\"handle\" tb:role=\"clerk\"\n"
                                  "boundaryEvent ba attachedToRef=\"a\" | " UNDO
                                  "\n" ASSOCIATION("ba", "ua") "intermediateThrowEvent t | " UNDO
                                                               "\nendEvent e\ns -> a\na -> t\nt -> e\n",
              NULL);
    assert_false(p.last.ended);
    PLAY(&p, EV_TASK_DONE, play_at(&p, "ua"), NULL);
    assert_outcome(&p, "e");
}

static void cancelled_transaction_is_undone(void **state)
{
    struct play p = begin(
        *state,
        "startEvent s\ntransaction q {\nstartEvent qs\nparallelGateway g\n" BOOKINGS
            TASK("w") "exclusiveGateway j\nendEvent qe\nendEvent qc | <cancelEventDefinition/>\nqs -> a\na -> b\nb -> g\ng -> w\ng -> v\n" TASK(
                "v") "endEvent we\nw -> we\nv -> j\nj -> qc : v.ok = false\nj => qe\n}\n"
                     "boundaryEvent c attachedToRef=\"q\" | <cancelEventDefinition/>\nendEvent e\nendEvent f\ns -> q\nq -> e\nc -> f\n",
        NULL);
    PLAY(&p, EV_TASK_DONE, play_at(&p, "v"), "{\"ok\":false}");
    assert_int_equal(play_effects(&p, EFF_TASK_CLOSED, "w"), 1);
    assert_var(&p, "/done", "\"abBA\"");
    assert_outcome(&p, "f");
}

static void start_events_by_name(void **state)
{
    struct arena *a = *state;
    struct kit k;
    kit_init(&k, a);
    k.env.events = k.env.quantities = true;
    const struct process_model *m = kit_compile(&k, "startEvent s\nstartEvent m tb:result=\"first\" | " LETTER
                                                    "\nendEvent e\nendEvent f\ns -> e\nm -> f\n");
    struct play p = {.a = a, .m = m, .vars = test_json(a, S("{}")), .env = {.calendar = kit_calendar(a)}};
    assert_code(play_named(&p, EV_START, 0, "e", "{}"), CODE_PROCESS_EVENT);
    assert_good(a, play_named(&p, EV_START, 0, "m", "{\"text\":\"hello\"}"));
    assert_var(&p, "/first/text", "\"hello\"");
    assert_outcome(&p, "f");
}

#define GATE(attributes, behind)                                                                                      \
    "eventBasedGateway g instantiate=\"true\" " attributes "\nintermediateCatchEvent a tb:result=\"first\" | " LETTER \
    "\nintermediateCatchEvent b | " behind                                                                            \
    "\nuserTask t tb:kind=\"handle\" tb:role=\"clerk\"\nendEvent e\nendEvent f\n"                                     \
    "g -> a\ng -> b\na -> t\nt -> e\nb -> f\n"

/* 10.6.6: an instantiating gateway begins the process by the event that comes; the others are not waited for. What would have to find
 * the case that another message began, or begins by time, is refused by name. */
static void event_gate_starts_the_process(void **state)
{
    struct arena *a = *state;
    struct kit k;
    kit_init(&k, a);
    k.env.events = true;
    const struct process_model *m = kit_compile(&k, GATE("", BELL));
    const struct process_declared *d;
    size_t n = process_declared(a, m, &d);
    assert_int_equal(n, 2);
    assert_true(d[0].starts && d[1].starts && !d[0].armed);
    struct play p = {.a = a, .m = m, .vars = test_json(a, S("{}")), .env = {.calendar = kit_calendar(a)}};
    assert_code(play_named(&p, EV_START, 0, "t", "{}"), CODE_PROCESS_EVENT);
    assert_good(a, play_named(&p, EV_START, 0, "a", "{\"text\":\"hello\"}"));
    assert_var(&p, "/first/text", "\"hello\"");
    const struct process_waiting *w;
    assert_int_equal(process_waiting(a, p.s, &w), 1);
    assert_slice(w[0].node->id, "t");
    p = (struct play){.a = a, .m = m, .vars = test_json(a, S("{}")), .env = {.calendar = kit_calendar(a)}};
    assert_good(a, play_named(&p, EV_START, 0, "b", "{}"));
    assert_outcome(&p, "f");
    assert_code(kit_faults(&k, "", GATE("eventGatewayType=\"Parallel\"", BELL)), CODE_PROCESS_UNSUPPORTED);
    assert_code(kit_faults(&k, "", GATE("", HOUR)), CODE_PROCESS_UNSUPPORTED);
    assert_code(
        kit_faults(&k, "",
                   "startEvent s\nuserTask t startQuantity=\"2\" tb:kind=\"handle\" tb:role=\"clerk\"\nendEvent e\n"
                   "s -> t\nt -> e\n"),
        CODE_PROCESS_UNSUPPORTED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(message_is_awaited_by_key),
        TEST(message_that_does_not_come),
        TEST(send_task_throws_its_inputs),
        TEST(signal_reaches_everybody_in_the_case),
        TEST(condition_fires_when_it_comes_to_hold),
        TEST(condition_that_holds_at_once_interrupts),
        TEST(event_gate_takes_the_first),
        TEST(all_events_must_occur),
        TEST(event_sub_process_beside),
        TEST(event_sub_process_interrupts_its_scope_only),
        TEST(errors_start_event_sub_processes),
        TEST(time_of_an_event_sub_process_that_cannot_be_told),
        TEST(escalation_climbs_and_lets_go_on),
        TEST(escalation_that_nobody_takes_is_told),
        TEST(link_goes_on_elsewhere),
        TEST(compensation_runs_backwards),
        TEST(compensation_of_one_activity),
        TEST(a_sub_process_is_compensated_by_what_is_inside),
        TEST(a_sub_process_compensates_itself_by_an_event_sub_process),
        TEST(compensating_task_is_waited_for),
        TEST(cancelled_transaction_is_undone),
        TEST(start_events_by_name),
        TEST(event_gate_starts_the_process),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
