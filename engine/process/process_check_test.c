/* Every fault that a definition can have: the code, and the place (line and element) it is told at. */
#include "engine/process/testkit.h"

struct fault_case {
    enum code code;
    const char *place; /* "LINE#element" */
    const char *notation;
};

#define ONE_TASK "startEvent s\nuserTask a tb:kind=\"handle\" tb:role=\"clerk\"\nendEvent e\ns -> a\na -> e\n"
#define TASK(id) "userTask " id " tb:kind=\"handle\" tb:role=\"clerk\"\n"

/* Accepted by an officer or by silence; nothing leads from the start yet. Lines 1 to 4. */
#define ACCEPTED                                                                      \
    "startEvent s\nuserTask a tb:kind=\"acceptance\" tb:role=\"clerk\"\nendEvent e\n" \
    "boundaryEvent b attachedToRef=\"a\" tb:clock=\"5wd\" | <timerEventDefinition/>\na -> e\nb -> e\n"
#define HOUR " | <timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition>\n"

static const struct fault_case cases[] = {
    {CODE_PROCESS_START_MISSING, "1#p1", "endEvent e\n" TASK("a") "a -> e\n"},
    {CODE_PROCESS_START_MANY, "1#p1", ONE_TASK "startEvent s2\ns2 -> a\n"},
    {CODE_PROCESS_START_MISSING, "2#q", "startEvent s\nsubProcess q {\nendEvent qe\n}\nendEvent e\ns -> q\nq -> e"},
    {CODE_PROCESS_END_MISSING, "1#p1", "startEvent s\n" TASK("a") TASK("b") "s -> a\na -> b\nb -> a\n"},
    {CODE_PROCESS_DEAD_END, "6#b", ONE_TASK TASK("b") "parallelGateway g\na -> g\ng -> b\n"},
    {CODE_PROCESS_DEAD_END, "6#b", ONE_TASK TASK("b") TASK("c") "a -> b\nb -> c\nc -> b\n"},
    {CODE_PROCESS_UNREACHABLE, "6#b", ONE_TASK TASK("b") "b -> e\n"},
    {CODE_PROCESS_FLOW_NOWHERE, "6#a_x", ONE_TASK "a -> x\n"},
    {CODE_PROCESS_FLOW_NOWHERE, "6#x_a", ONE_TASK "x -> a\n"},
    {CODE_PROCESS_FLOW_CROSSES, "11#a_qe",
     ONE_TASK "subProcess q {\nstartEvent qs\nendEvent qe\nqs -> qe\n}\na -> qe\n"},
    {CODE_PROCESS_FLOW_FORBIDDEN, "1#s", ONE_TASK "a -> s\n"},
    {CODE_PROCESS_FLOW_FORBIDDEN, "3#e", ONE_TASK "e -> a\n"},
    {CODE_PROCESS_DEFAULT_MISSING, "6#g",
     "startEvent s\n" TASK("a") "endEvent e\ns -> a\na -> g\nexclusiveGateway g\ng -> e : x = 1\ng -> a : x = 2\n"},
    {CODE_PROCESS_DEFAULT_MISSING, "2#a",
     "startEvent s\n" TASK("a") "endEvent e\nendEvent f\ns -> a\na -> e : x = 1\na -> f : x = 2\n"},
    {CODE_PROCESS_DEFAULT_BAD, "2#g",
     "startEvent s\nexclusiveGateway g default=\"nix\"\nendEvent e\nendEvent f\ns -> g\ng -> e : x\ng -> f : y\n"},
    {CODE_PROCESS_DEFAULT_BAD, "2#g",
     "startEvent s\nexclusiveGateway g default=\"g_e\"\nendEvent e\nendEvent f\ns -> g\ng -> e : x\ng -> f : y\n"},
    {CODE_PROCESS_CONDITION_FORBIDDEN, "6#g_e",
     "startEvent s\nparallelGateway g\nendEvent e\nendEvent f\ns -> g\ng -> e : x\ng -> f\n"},
    {CODE_PROCESS_CONDITION_FORBIDDEN, "3#s_e", "startEvent s\nendEvent e\ns -> e : x\n"},
    {CODE_PROCESS_CONDITION_FORBIDDEN, "5#g_e", "startEvent s\nexclusiveGateway g\nendEvent e\ns -> g\ng -> e : x\n"},
    {CODE_PROCESS_CONDITION_MISSING, "6#g_e",
     "startEvent s\nexclusiveGateway g\nendEvent e\nendEvent f\ns -> g\ng -> e\ng => f\n"},
    {CODE_PROCESS_ID_DUPLICATE, "6#a", ONE_TASK TASK("a")},
    {CODE_PROCESS_ID_MISSING, "6#scriptTask", ONE_TASK "<scriptTask scriptFormat=\"feel\"/>\n"},
    {CODE_PROCESS_VERB_UNKNOWN, "2#v", "startEvent s\nserviceTask v tb:verb=\"fly\"\nendEvent e\ns -> v\nv -> e\n"},
    {CODE_PROCESS_DECISION_UNKNOWN, "2#v",
     "startEvent s\nbusinessRuleTask v tb:decision=\"nix\"\nendEvent e\ns -> v\nv -> e\n"},
    {CODE_PROCESS_DEPARTMENT_UNKNOWN, "6#b",
     ONE_TASK "userTask b tb:kind=\"handle\" tb:role=\"clerk\" tb:department=\"nix\"\n"},
    {CODE_PROCESS_CALLED_UNKNOWN, "2#v",
     "startEvent s\ncallActivity v calledElement=\"nix\"\nendEvent e\ns -> v\nv -> e\n"},
    {CODE_PROCESS_FORM_UNKNOWN, "6#b", ONE_TASK "userTask b tb:kind=\"fill\" tb:form=\"nix\"\n"},
    {CODE_PROCESS_KIND_UNKNOWN, "6#b", ONE_TASK "userTask b tb:kind=\"ponder\" tb:role=\"clerk\"\n"},
    {CODE_PROCESS_ROLE_BAD, "6#b", ONE_TASK "userTask b tb:kind=\"handle\" tb:role=\"The Boss\"\n"},
    {CODE_PROCESS_ATTRIBUTE_MISSING, "6#b", ONE_TASK "userTask b tb:role=\"clerk\"\n"},
    {CODE_PROCESS_ATTRIBUTE_MISSING, "6#b", ONE_TASK "userTask b tb:kind=\"review\"\n"},
    {CODE_PROCESS_ATTRIBUTE_MISSING, "6#b", ONE_TASK "serviceTask b\n"},
    {CODE_PROCESS_ATTRIBUTE_MISSING, "6#b", ONE_TASK "callActivity b\n"},
    {CODE_PROCESS_ATTRIBUTE_MISSING, "6#b", ONE_TASK "boundaryEvent b | <errorEventDefinition/>\n"},
    {CODE_PROCESS_ATTRIBUTE_MISSING, "6#b", ONE_TASK "endEvent b | <errorEventDefinition/>\n"},
    {CODE_PROCESS_ATTRIBUTE_UNKNOWN, "6#b",
     ONE_TASK "userTask b tb:kind=\"handle\" tb:role=\"clerk\" tb:colour=\"red\"\n"},
    {CODE_PROCESS_ATTRIBUTE_UNKNOWN, "6#b",
     ONE_TASK "scriptTask b scriptFormat=\"feel\" tb:verb=\"local.x\" | <script>{}</script>\n"},
    {CODE_PROCESS_ATTRIBUTE_UNKNOWN, "6#b",
     ONE_TASK "serviceTask b tb:verb=\"local.x\" | <extensionElements><tb:out/></extensionElements>\n"},
    {CODE_PROCESS_CLOCK_BAD, "6#b", ONE_TASK "userTask b tb:kind=\"handle\" tb:role=\"clerk\" tb:clock=\"5 days\"\n"},
    {CODE_PROCESS_CLOCK_BAD, "6#b",
     ONE_TASK "boundaryEvent b attachedToRef=\"a\" tb:clock=\"0wd\" | <timerEventDefinition/>\nb -> e\n"},
    {CODE_PROCESS_TIMER_MISSING, "6#b",
     ONE_TASK "boundaryEvent b attachedToRef=\"a\" | <timerEventDefinition/>\nb -> e\n"},
    {CODE_PROCESS_TIMER_BAD, "6#b",
     ONE_TASK
     "boundaryEvent b attachedToRef=\"a\" | <timerEventDefinition><timeDuration>5 days</timeDuration></timerEventDefinition>\nb -> e\n"},
    {CODE_PROCESS_TIMER_BAD, "6#b",
     ONE_TASK
     "boundaryEvent b attachedToRef=\"a\" | <timerEventDefinition><timeCycle>R3/PT1H</timeCycle></timerEventDefinition>\nb -> e\n"},
    {CODE_PROCESS_TIMER_BAD, "6#b",
     ONE_TASK
     "boundaryEvent b attachedToRef=\"a\" | <timerEventDefinition><timeDate>tomorrow</timeDate></timerEventDefinition>\nb -> e\n"},
    {CODE_PROCESS_LOOP_BUSY, "2#g",
     "startEvent s\nexclusiveGateway g\nscriptTask c scriptFormat=\"feel\" | <script>{n: 1}</script>\nendEvent e\ns -> g\ng -> c : n = 1\nc -> g\ng => e\n"},
    {CODE_PROCESS_LOOP_BUSY, "2#v",
     "startEvent s\nserviceTask v tb:verb=\"local.x\"\nexclusiveGateway g\nendEvent e\ns -> v\nv -> g\ng -> v : n = 1\ng => e\n"},
    {CODE_PROCESS_RECURSION, "6#c", ONE_TASK "callActivity c calledElement=\"p1\"\n"},
    {CODE_PROCESS_RECURSION, "10#d",
     "startEvent s\ncallActivity c calledElement=\"q\"\nendEvent e\ns -> c\nc -> e\nprocess q {\nstartEvent qs\nendEvent qe\nqs -> d\ncallActivity d calledElement=\"p1\"\nd -> qe\n}\n"},
    {CODE_PROCESS_BOUNDARY_HOST, "6#b",
     ONE_TASK
     "boundaryEvent b attachedToRef=\"e\" | <timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition>\nb -> e\n"},
    {CODE_PROCESS_BOUNDARY_HOST, "6#b",
     ONE_TASK
     "boundaryEvent b attachedToRef=\"nix\" | <timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition>\nb -> e\n"},
    {CODE_PROCESS_BOUNDARY_HOST, "6#b",
     ONE_TASK "boundaryEvent b attachedToRef=\"a\" | <errorEventDefinition/>\nb -> e\n"},
    {CODE_PROCESS_BOUNDARY_HOST, "7#b",
     "startEvent s\nscriptTask c scriptFormat=\"feel\" | <script>{}</script>\nendEvent e\ns -> c\nc -> e\n\nboundaryEvent b attachedToRef=\"c\" | <timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition>\nb -> e\n"},
    {CODE_PROCESS_BOUNDARY_HOST, "6#b",
     "startEvent s\nserviceTask c tb:verb=\"local.x\"\nendEvent e\ns -> c\nc -> e\nboundaryEvent b attachedToRef=\"c\" | <timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition>\nb -> e\n"},
    {CODE_PROCESS_BOUNDARY_TWICE, "7#b2",
     "startEvent s\nserviceTask c tb:verb=\"job.x\"\nendEvent e\ns -> c\nc -> e\nboundaryEvent b attachedToRef=\"c\" | <errorEventDefinition/>\nboundaryEvent b2 attachedToRef=\"c\" | <errorEventDefinition/>\nb -> e\nb2 -> e\n"},
    {CODE_PROCESS_ERROR_CONTINUES, "6#b",
     "startEvent s\nserviceTask c tb:verb=\"job.x\"\nendEvent e\ns -> c\nc -> e\nboundaryEvent b attachedToRef=\"c\" cancelActivity=\"false\" | <errorEventDefinition/>\nb -> e\n"},
    {CODE_PROCESS_ERROR_UNKNOWN, "6#x", ONE_TASK "endEvent x | <errorEventDefinition errorRef=\"nix\"/>\n"},
    {CODE_PROCESS_OUTCOME_BAD, "6#b",
     ONE_TASK "userTask b tb:kind=\"handle\" tb:role=\"clerk\" tb:outcomes=\"yes,no,yes\"\n"},
    {CODE_PROCESS_OUTCOME_BAD, "6#b",
     ONE_TASK "userTask b tb:kind=\"handle\" tb:role=\"clerk\" tb:outcomes=\"yes,withdrawn\"\n"},
    {CODE_PROCESS_OUTCOME_UNUSED, "6#b",
     ONE_TASK "userTask b tb:kind=\"handle\" tb:role=\"clerk\" tb:outcomes=\"yes,no\"\n"},
    {CODE_PROCESS_OUTCOME_UNKNOWN, "7#g_e",
     "startEvent s\nuserTask a tb:kind=\"review\" tb:role=\"clerk\" tb:outcomes=\"approve,reject\"\nendEvent e\ns -> a\na -> g\nexclusiveGateway g\ng -> e : a.outcome = \"approved\"\ng => f\nendEvent f\n"},
    {CODE_PROCESS_OUTCOME_UNKNOWN, "7#g_e",
     "startEvent s\nuserTask a tb:kind=\"review\" tb:role=\"clerk\" tb:result=\"r\" tb:outcomes=\"approve,reject\"\nendEvent e\ns -> a\na -> g\nexclusiveGateway g\ng -> e : r.outcome in (\"approve\", \"maybe\")\ng => f\nendEvent f\n"},
    {CODE_PROCESS_SEPARATE_UNKNOWN, "6#b",
     ONE_TASK "userTask b tb:kind=\"review\" tb:role=\"clerk\" tb:separate=\"nix\"\n"},
    {CODE_PROCESS_SEPARATE_UNKNOWN, "6#b",
     ONE_TASK "userTask b tb:kind=\"review\" tb:role=\"clerk\" tb:separate=\"b\"\n"},
    {CODE_PROCESS_ACCEPTANCE_CLOCK, "2#a",
     "startEvent s\nuserTask a tb:kind=\"acceptance\" tb:role=\"clerk\"\nendEvent e\ns -> a\na -> e\n"},
    {CODE_PROCESS_ACCEPTANCE_CLOCK, "2#a",
     "startEvent s\nuserTask a tb:kind=\"acceptance\" tb:role=\"clerk\"\nendEvent e\ns -> a\na -> e\nboundaryEvent b attachedToRef=\"a\" tb:clock=\"6wd\" | <timerEventDefinition/>\nb -> e\n"},
    {CODE_PROCESS_ACCEPTANCE_CLOCK, "2#a",
     "startEvent s\nuserTask a tb:kind=\"acceptance\" tb:role=\"clerk\"\nendEvent e\ns -> a\na -> e\nboundaryEvent b attachedToRef=\"a\" cancelActivity=\"false\" tb:clock=\"5wd\" | <timerEventDefinition/>\nb -> e2\nendEvent e2\n"},
    /* an end, a task, a verb, a call, a wait that a way without acceptance leads to */
    {CODE_PROCESS_BEFORE_ACCEPTANCE, "3#e", ACCEPTED "exclusiveGateway g\ns -> g\ng -> a : x\ng => e\n"},
    {CODE_PROCESS_BEFORE_ACCEPTANCE, "8#f", ACCEPTED "exclusiveGateway g\nendEvent f\ns -> g\ng -> a : x\ng => f\n"},
    {CODE_PROCESS_BEFORE_ACCEPTANCE, "7#c", ACCEPTED TASK("c") "s -> c\nc -> a\n"},
    {CODE_PROCESS_BEFORE_ACCEPTANCE, "7#c", ACCEPTED "userTask c tb:kind=\"fill\"\ns -> c\nc -> a\n"},
    {CODE_PROCESS_BEFORE_ACCEPTANCE, "7#c",
     ACCEPTED TASK("c") "parallelGateway g\nparallelGateway j\nendEvent f\ns -> g\ng -> a\ng -> c\nc -> f\n"},
    {CODE_PROCESS_BEFORE_ACCEPTANCE, "7#v", ACCEPTED "serviceTask v tb:verb=\"local.x\"\ns -> v\nv -> a\n"},
    {CODE_PROCESS_BEFORE_ACCEPTANCE, "7#t", ACCEPTED "intermediateCatchEvent t" HOUR "s -> t\nt -> a\n"},
    {CODE_PROCESS_BEFORE_ACCEPTANCE, "7#c",
     ACCEPTED
     "callActivity c calledElement=\"q\"\ns -> c\nc -> a\nprocess q {\nstartEvent qs\nendEvent qe\nqs -> qe\n}\n"},
    /* a rule before it that decides by itself */
    {CODE_PROCESS_BEFORE_ACCEPTANCE, "9#f",
     ACCEPTED "scriptTask c scriptFormat=\"feel\" | <script>{n: 1}</script>\nexclusiveGateway g\nendEvent f\n"
              "s -> c\nc -> g\ng -> a : n = 1\ng => f\n"},
    /* a sub-process that its own timer leaves before anybody accepted */
    {CODE_PROCESS_BEFORE_ACCEPTANCE, "14#f",
     "startEvent s\nsubProcess q {\nstartEvent qs\nuserTask a tb:kind=\"acceptance\" tb:role=\"clerk\"\n"
     "boundaryEvent b attachedToRef=\"a\" tb:clock=\"5wd\" | <timerEventDefinition/>\nendEvent qe\nqs -> a\na -> qe\n"
     "b -> qe\n}\nendEvent e\nboundaryEvent t attachedToRef=\"q\"" HOUR "s -> q\nendEvent f\nq -> e\nt -> f\n"},
    /* a reminder that goes on to the handling, or ends everything */
    {CODE_PROCESS_BEFORE_ACCEPTANCE, "8#c",
     ACCEPTED "boundaryEvent t attachedToRef=\"a\" cancelActivity=\"false\"" HOUR TASK("c") "s -> a\nt -> c\nc -> e\n"},
    {CODE_PROCESS_BEFORE_ACCEPTANCE, "8#f",
     ACCEPTED "boundaryEvent t attachedToRef=\"a\" cancelActivity=\"false\"" HOUR
              "endEvent f | <terminateEventDefinition/>\ns -> a\nt -> f\n"},
    {CODE_PROCESS_JOIN_DEADLOCK, "5#j",
     "startEvent s\nexclusiveGateway g\n" TASK("a")
         TASK("b") "parallelGateway j\nendEvent e\ns -> g\ng -> a : x\ng => b\na -> j\nb -> j\nj -> e\n"},
    {CODE_PROCESS_JOIN_DEADLOCK, "5#j",
     "startEvent s\ninclusiveGateway g\n" TASK("a")
         TASK("b") "parallelGateway j\nendEvent e\ns -> g\ng -> a : x\ng => b\na -> j\nb -> j\nj -> e\n"},
    {CODE_PROCESS_JOIN_DEADLOCK, "6#j",
     "startEvent s\nparallelGateway g\n" TASK("a") TASK(
         "b") "exclusiveGateway x\nparallelGateway j\nendEvent e\nendEvent f\ns -> g\ng -> a\ng -> b\na -> j\nb -> x\nx -> j : ok\nx => f\nj -> e\n"},
    {CODE_PROCESS_NOT_SYNCHRONISED, "5#j",
     "startEvent s\nparallelGateway g\n" TASK("a") TASK("b") "exclusiveGateway j\n" TASK(
         "c") "endEvent e\ns -> g\ng -> a\ng -> b\na -> j\nb -> j\nj -> c\nc -> e\n"},
    {CODE_PROCESS_NOT_SYNCHRONISED, "5#c",
     "startEvent s\ninclusiveGateway g\n" TASK("a") TASK("b")
         TASK("c") "endEvent e\ns -> g\ng -> a : x\ng => b\na -> c\nb -> c\nc -> e\ng -> f : y\n" TASK("f") "f -> c\n"},
    {CODE_PROCESS_NOT_SYNCHRONISED, "6#b",
     ONE_TASK TASK(
         "b") "boundaryEvent t attachedToRef=\"a\" cancelActivity=\"false\" | <timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition>\na -> x\nexclusiveGateway x\nx -> b : q\nx => e\nt -> b\nb -> e\n"},
    /* caught, and thrown by nothing inside */
    {CODE_PROCESS_DEAD, "7#b",
     "startEvent s\nsubProcess q {\nstartEvent qs\nendEvent qe\n" TASK(
         "a") "}\n"
              "boundaryEvent b attachedToRef=\"q\" | <errorEventDefinition/>\nendEvent e\nendEvent f\ns -> q\nqs -> a\na -> qe\n"
              "q -> e\nb -> f\n"},
    {CODE_PROCESS_DEAD, "6#b",
     "startEvent s\nsubProcess q {\nstartEvent qs\nendEvent qe | <escalationEventDefinition escalationRef=\"X1\"/>\n}\n"
     "boundaryEvent b attachedToRef=\"q\" | <errorEventDefinition errorRef=\"E1\"/>\nendEvent e\nendEvent f\ns -> q\n"
     "qs -> qe\nq -> e\nb -> f\n"},
    {CODE_PROCESS_DEAD, "7#c",
     ONE_TASK
     "subProcess q triggeredByEvent=\"true\" {\nstartEvent c | <escalationEventDefinition/>\nendEvent f\nc -> f\n}\n"},
    /* read before it is written: by a script on one way, by a condition on every way, by a decision */
    {CODE_PROCESS_DATA_UNWRITTEN, "5#c",
     "startEvent s\nexclusiveGateway g\n" TASK(
         "a") "exclusiveGateway x\nscriptTask c scriptFormat=\"feel\" | <script>{n: a.m}</script>\n"
              "endEvent e\ns -> g\ng -> a : form.q\ng => x\na -> x\nx -> c\nc -> e\n"},
    {CODE_PROCESS_DATA_UNWRITTEN, "10#g_a",
     "startEvent s\nexclusiveGateway g\n" TASK("a") TASK("b") "exclusiveGateway x\nendEvent e\ns -> g\na -> x\nb -> x\n"
                                                              "g -> a : a.m = 1\ng => b\nx -> e\n"},
    {CODE_PROCESS_DATA_UNWRITTEN, "2#d",
     "startEvent s\nbusinessRuleTask d tb:decision=\"grade\"\nuserTask score tb:kind=\"fill\"\nendEvent e\ns -> d\nd -> score\nscore -> e\n"},
    {CODE_PROCESS_DATA_UNWRITTEN, "4#c",
     "startEvent s\nparallelGateway g\n" TASK(
         "a") "scriptTask c scriptFormat=\"feel\" | <script>{n: a.m}</script>\n"
              "parallelGateway j\nendEvent e\ns -> g\ng -> a\ng -> c\na -> j\nc -> j\nj -> e\n"},
    /* two ends in either order */
    {CODE_PROCESS_END_IMPROPER, "6#f",
     "startEvent s\nparallelGateway g\n" TASK("a")
         TASK("b") "endEvent e\nendEvent f\ns -> g\ng -> a\ng -> b\na -> e\nb -> f\n"},
    {CODE_PROCESS_END_IMPROPER, "5#f",
     "startEvent s\n" TASK("a") "boundaryEvent t attachedToRef=\"a\" cancelActivity=\"false\"" HOUR
                                "endEvent e\nendEvent f\n" TASK("b") "s -> a\na -> e\nt -> b\nb -> f\n"},
    {CODE_PROCESS_UNSUPPORTED, "6#c", ONE_TASK "callChoreography c\n"},
    {CODE_PROCESS_REPEAT_BAD, "6#c",
     ONE_TASK "userTask c tb:kind=\"handle\" tb:role=\"clerk\" | <multiInstanceLoopCharacteristics/>\n"},
    {CODE_PROCESS_REPEAT_BAD, "6#c",
     ONE_TASK "userTask c tb:kind=\"handle\" tb:role=\"clerk\" | <standardLoopCharacteristics/>\n"},
    {CODE_PROCESS_REPEAT_BAD, "6#c", ONE_TASK "userTask c tb:kind=\"fill\" startQuantity=\"0\"\n"},
    {CODE_PROCESS_REPEAT_BAD, "6#c",
     ONE_TASK
     "userTask c tb:kind=\"fill\" | <multiInstanceLoopCharacteristics tb:collection=\"list\" tb:collect=\"all\"/>\n"},
    {CODE_PROCESS_UNSUPPORTED, "6#c", ONE_TASK "userTask c tb:kind=\"fill\" completionQuantity=\"2\"\n"},
    {CODE_PROCESS_START_MISSING, "6#c", ONE_TASK "subProcess c triggeredByEvent=\"true\"\n"},
    {CODE_PROCESS_UNSUPPORTED, "7#cs",
     ONE_TASK "subProcess c triggeredByEvent=\"true\" {\nstartEvent cs\nendEvent ce\ncs -> ce\n}\n"},
    {CODE_PROCESS_FLOW_FORBIDDEN, "6#c",
     ONE_TASK "subProcess c triggeredByEvent=\"true\" {\nstartEvent cs" HOUR "endEvent ce\ncs -> ce\n}\na -> c\n"},
    {CODE_PROCESS_LINK, "6#c", ONE_TASK "intermediateThrowEvent c | <linkEventDefinition name=\"nowhere\"/>\na -> c\n"},
    {CODE_PROCESS_COMPENSATION, "6#c", ONE_TASK "boundaryEvent c attachedToRef=\"a\" | <compensateEventDefinition/>\n"},
    {CODE_PROCESS_COMPENSATION, "6#c",
     ONE_TASK "endEvent c | <compensateEventDefinition activityRef=\"nix\"/>\na -> c\n"},
    {CODE_PROCESS_CANCEL, "6#c", ONE_TASK "endEvent c | <cancelEventDefinition/>\na -> c\n"},
    {CODE_PROCESS_EVENT_GATE, "6#c", ONE_TASK "eventBasedGateway c\na -> c\nc -> f\nendEvent f\n"},
    {CODE_PROCESS_BOUNDARY_HOST, "6#c",
     ONE_TASK "boundaryEvent c attachedToRef=\"a\" | <escalationEventDefinition/>\nc -> e\n"},
    {CODE_PROCESS_BOUNDARY_HOST, "6#c",
     ONE_TASK "boundaryEvent c attachedToRef=\"a\" | <cancelEventDefinition/>\nc -> e\n"},
    {CODE_PROCESS_BEFORE_ACCEPTANCE, "7#g",
     ACCEPTED "eventBasedGateway g\nendEvent f\nintermediateCatchEvent t" HOUR "intermediateCatchEvent u" HOUR
              "s -> g\ng -> t\ng -> u\nt -> a\nu -> f\n"},
    {CODE_PROCESS_ATTRIBUTE_UNKNOWN, "6#c", ONE_TASK "userTask c tb:kind=\"fill\" tb:key=\"1\"\n"},
    {CODE_PROCESS_UNSUPPORTED, "6#c", ONE_TASK "intermediateCatchEvent c | <messageEventDefinition/>\n"},
    {CODE_PROCESS_UNSUPPORTED, "6#c", ONE_TASK "startEvent c | <timerEventDefinition/>\n"},
    {CODE_PROCESS_UNSUPPORTED, "6#c", ONE_TASK "userTask c tb:kind=\"handle\" tb:role=\"clerk\" | <potentialOwner/>\n"},
    {CODE_PROCESS_INPUT_UNKNOWN, "6#c",
     ONE_TASK
     "serviceTask c tb:verb=\"local.strict\" | <tb:input name=\"a\" value=\"1\"/><tb:input name=\"z\" value=\"1\"/>\n"},
    {CODE_PROCESS_INPUT_MISSING, "6#c",
     ONE_TASK "serviceTask c tb:verb=\"local.strict\" | <tb:input name=\"b\" value=\"1\"/>\n"},
    {CODE_PROCESS_INPUT_TWICE, "6#c",
     ONE_TASK
     "serviceTask c tb:verb=\"local.x\" | <tb:input name=\"b\" value=\"1\"/><tb:input name=\"b\" value=\"2\"/>\n"},
    {CODE_PROCESS_NAME_BAD, "6#c", ONE_TASK "userTask c tb:kind=\"fill\" tb:step=\"step-1\"\n"},
    {CODE_PROCESS_NAME_BAD, "6#c", ONE_TASK "userTask c tb:kind=\"fill\" tb:result=\"1st\"\n"},
    {CODE_PROCESS_NAME_BAD, "6#c", ONE_TASK "userTask c tb:kind=\"fill\" tb:result=\"then\"\n"},
    {CODE_PROCESS_SCRIPT_BAD, "6#c", ONE_TASK "scriptTask c scriptFormat=\"javascript\" | <script>1</script>\n"},
    {CODE_PROCESS_SCRIPT_BAD, "6#c", ONE_TASK "scriptTask c scriptFormat=\"feel\"\n"},
};

static bool told(result r, enum code code, struct slice place)
{
    for (const struct problem *p = r.problem; p; p = p->next)
        if (p->code == code && slice_eq(p->field, place)) return true;
    return false;
}

static void each_fault_is_told_at_its_place(void **state)
{
    struct arena *a = *state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct kit k;
        kit_init(&k, a);
        result r = kit_faults(&k, "", cases[i].notation);
        if (!told(r, cases[i].code, arena_printf(a, "process.bpmn:%s", cases[i].place)))
            fail_msg("case %zu: %s at %s not told; told:\n%.*s", i, code_name(cases[i].code), cases[i].place,
                     SLICE_ARG(result_text(a, r, LANG_EN)));
        for (const struct problem *p = r.problem; p; p = p->next) {
            assert_true(problem_text(a, p, LANG_ZH).n > 0 && problem_remedy(a, p, LANG_ZH).n > 0);
            assert_true(slice_find(problem_text(a, p, LANG_EN), '{', 0) == SIZE_MAX); /* every placeholder filled */
            assert_true(slice_find(problem_text(a, p, LANG_ZH), '{', 0) == SIZE_MAX);
        }
    }
}

static void kinds_of_faults(void **state)
{
    (void)state;
    size_t kinds = 0;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        bool first = true;
        for (size_t k = 0; k < i; k++) first &= cases[k].code != cases[i].code;
        kinds += first;
    }
    assert_true(kinds >= 40);
}

static void files_that_are_no_process(void **state)
{
    struct arena *a = *state;
    const struct process_model *m = NULL;
    assert_code(process_compile(a, S("<!DOCTYPE x><x/>"), S("f"), NULL, &m), CODE_XML_DOCTYPE);
    assert_code(process_compile(a, S("<x>"), S("f"), NULL, &m), CODE_XML_SYNTAX);
    assert_code(process_compile(a, S("<x/>"), S("f"), NULL, &m), CODE_PROCESS_NONE);
    assert_code(process_compile(a, S("<definitions xmlns=\"" BPMN_NS "\"/>"), S("f"), NULL, &m), CODE_PROCESS_NONE);
    struct kit k;
    kit_init(&k, a);
    result r = kit_faults(&k, "tb:service=\"x\" tb:owner=\"y\"",
                          ONE_TASK "process q tb:service=\"z\" {\nstartEvent qs\nendEvent qe\nqs -> qe\n}\n");
    assert_true(told(r, CODE_PROCESS_DUPLICATE_PROCESS, S("process.bpmn:6#q")));
    assert_true(told(r, CODE_PROCESS_ATTRIBUTE_UNKNOWN, S("process.bpmn:1#p1")));
}

static void bad_feel_is_told_at_its_element(void **state)
{
    struct arena *a = *state;
    struct kit k;
    kit_init(&k, a);
    result r = kit_faults(
        &k, "", "startEvent s\nexclusiveGateway g\nendEvent e\nendEvent f\ns -> g\ng -> e : x = = 1\ng => f\n");
    assert_true(failed(r) && !r.problem->next);
    assert_true(slice_search(r.problem->field, S("process.bpmn:6#g_e")) != SIZE_MAX);
}

/* All faults in one go. */
static void faults_are_collected(void **state)
{
    struct arena *a = *state;
    struct kit k;
    kit_init(&k, a);
    result r = kit_faults(
        &k, "",
        "startEvent s\nuserTask a tb:colour=\"red\"\nserviceTask v tb:verb=\"fly\"\nendEvent e\ns -> a\na -> nix\ncallChoreography c\n");
    assert_true(told(r, CODE_PROCESS_ATTRIBUTE_UNKNOWN, S("process.bpmn:2#a")));
    assert_true(told(r, CODE_PROCESS_ATTRIBUTE_MISSING, S("process.bpmn:2#a")));
    assert_true(told(r, CODE_PROCESS_VERB_UNKNOWN, S("process.bpmn:3#v")));
    assert_true(told(r, CODE_PROCESS_UNREACHABLE, S("process.bpmn:3#v")));
    assert_true(told(r, CODE_PROCESS_FLOW_NOWHERE, S("process.bpmn:6#a_nix")));
    assert_true(told(r, CODE_PROCESS_UNSUPPORTED, S("process.bpmn:7#c")));
}

static void too_many_faults_end_in_one_line(void **state)
{
    struct arena *a = *state;
    struct kit k;
    kit_init(&k, a);
    struct buf b = buf_new(a, 1 << 20);
    buf_puts(&b, ONE_TASK);
    for (int i = 0; i < 400; i++) buf_printf(&b, "complexGateway c%d\n", i);
    buf_putc(&b, 0);
    size_t n = 0;
    result r = kit_faults(&k, "", b.p);
    for (const struct problem *p = r.problem; p; p = p->next) n++;
    assert_int_equal(n, PROCESS_MAX_FAULTS + 1);
}

static void recursion_through_a_published_service(void **state)
{
    struct arena *a = *state;
    struct kit k;
    kit_init(&k, a);
    const struct process_model *inner = NULL;
    assert_good(a, process_compile(a, kit_bpmn(a, "tb:service=\"loop\"", ONE_TASK), S("f"), &k.env, &inner));
    k.called[0] = inner;
    const struct process_model *outer = NULL;
    assert_good(a, process_compile(
                       a,
                       kit_bpmn(a, "tb:service=\"outer\"",
                                "startEvent s\ncallActivity c calledElement=\"loop\"\nendEvent e\ns -> c\nc -> e\n"),
                       S("f"), &k.env, &outer));
    k.called[0] = outer;
    result r = kit_faults(&k, "tb:service=\"loop\"",
                          "startEvent s\ncallActivity c calledElement=\"outer\"\nendEvent e\ns -> c\nc -> e\n");
    assert_true(told(r, CODE_PROCESS_RECURSION, S("process.bpmn:2#c")));
}

/* Good processes that look suspicious. */
static const char *const good[] = {
    ONE_TASK,
    /* conditions that name every outcome need no default */
    "startEvent s\nuserTask a tb:kind=\"review\" tb:role=\"clerk\" tb:outcomes=\"approve,reject\"\nexclusiveGateway g\nendEvent e\nendEvent f\ns -> a\na -> g\n"
    "g -> e : a.outcome = \"approve\"\ng -> f : a.outcome in (\"reject\")\n",
    /* acceptance with its clock */
    "startEvent s\nuserTask a tb:kind=\"acceptance\" tb:role=\"clerk\"\nendEvent e\ns -> a\na -> e\n"
    "boundaryEvent b attachedToRef=\"a\" tb:clock=\"5wd\" | <timerEventDefinition/>\nb -> e\n",
    "startEvent s\nuserTask a tb:kind=\"acceptance\" tb:role=\"clerk\"\nendEvent e\ns -> a\na -> e\n"
    "boundaryEvent b attachedToRef=\"a\" | <timerEventDefinition><timeDuration>P5D</timeDuration></timerEventDefinition>\nb -> e\n",
    /* a rule may look at it first, and say who accepts; a reminder may end beside it; it may stand in a sub-process */
    ACCEPTED
    "scriptTask c scriptFormat=\"feel\" | <script>{n: 1}</script>\nexclusiveGateway g\ns -> c\nc -> g\ng -> a : n = 1\n"
    "userTask a2 tb:kind=\"acceptance\" tb:role=\"clerk\"\nboundaryEvent b2 attachedToRef=\"a2\" tb:clock=\"5wd\" | <timerEventDefinition/>\n"
    "g => a2\na2 -> e\nb2 -> e\nboundaryEvent t attachedToRef=\"a\" cancelActivity=\"false\"" HOUR
    "endEvent f\nt -> f\n",
    "startEvent s\nsubProcess q {\nstartEvent qs\nuserTask a tb:kind=\"acceptance\" tb:role=\"clerk\"\n"
    "boundaryEvent b attachedToRef=\"a\" tb:clock=\"5wd\" | <timerEventDefinition/>\nendEvent qe\nqs -> a\na -> qe\n"
    "b -> qe\n}\n" TASK("c") "endEvent e\ns -> q\nq -> c\nc -> e\n",
    /* a loop through a task, through a job, through a sub-process that waits */
    "startEvent s\n" TASK("a") "exclusiveGateway g\nendEvent e\ns -> a\na -> g\ng -> a : again\ng => e\n",
    "startEvent s\nserviceTask a tb:verb=\"job.x\"\nexclusiveGateway g\nendEvent e\ns -> a\na -> g\ng -> a : again\ng => e\n",
    "startEvent s\nsubProcess a {\nstartEvent qs\nintermediateCatchEvent t | <timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition>\nendEvent qe\nqs -> t\nt -> qe\n}\n"
    "exclusiveGateway g\nendEvent e\ns -> a\na -> g\ng -> a : again\ng => e\n",
    /* inclusive split and join; inclusive join behind a parallel split with an exclusive branch */
    "startEvent s\ninclusiveGateway g\n" TASK("a")
        TASK("b") "inclusiveGateway j\nendEvent e\ns -> g\ng -> a : x\ng -> b : y\ng => j\na -> j\nb -> j\nj -> e\n",
    "startEvent s\nparallelGateway g\n" TASK("a") TASK(
        "b") "exclusiveGateway x\ninclusiveGateway j\nendEvent e\nendEvent f\ns -> g\ng -> a\ng -> b\na -> j\nb -> x\nx -> j : ok\nx => f\nj -> e\n",
    /* a reminder that does not interrupt, with an end of its own */
    ONE_TASK
    "boundaryEvent t attachedToRef=\"a\" cancelActivity=\"false\" | <timerEventDefinition><timeCycle>R3/PT1H</timeCycle></timerEventDefinition>\n"
    "serviceTask n tb:verb=\"local.notify\"\nendEvent e2\nt -> n\nn -> e2\n",
    /* an interrupting boundary that merges with the main flow is an alternative, not a parallel branch */
    ONE_TASK TASK(
        "b") "boundaryEvent t attachedToRef=\"a\" | <timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition>\nt -> b\nb -> e\n",
    /* drawing and data of a modeller */
    ONE_TASK
    "<laneSet id=\"l\"><lane id=\"l1\"><flowNodeRef>a</flowNodeRef></lane></laneSet>\n<textAnnotation id=\"n\"/>\n<association id=\"m\" sourceRef=\"a\" targetRef=\"n\"/>\n"
    "<dataObject id=\"o\"/>\n<documentation>text</documentation>\n",
    /* parallel branches with loops inside */
    "startEvent s\nparallelGateway g\n" TASK("a") TASK(
        "b") "exclusiveGateway x\nexclusiveGateway y\nparallelGateway j\nendEvent e\ns -> g\ng -> a\ng -> b\na -> x\nx -> a : again\nx => j\n"
             "b -> y\ny -> b : again\ny => j\nj -> e\n",
};

static void good_processes_pass(void **state)
{
    struct arena *a = *state;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        struct kit k;
        kit_init(&k, a);
        result r = kit_faults(&k, "", good[i]);
        if (failed(r)) fail_msg("good[%zu]:\n%.*s", i, SLICE_ARG(result_text(a, r, LANG_EN)));
    }
}

/* Six departments in parallel, each with choices and loops, are proven in time and space that add up. */
static void wide_parallel_processes_are_checked(void **state)
{
    struct arena *a = *state;
    struct kit k;
    kit_init(&k, a);
    struct buf b = buf_new(a, 1 << 20);
    buf_puts(&b, "startEvent s\nparallelGateway g\nparallelGateway j\nendEvent e\ns -> g\nj -> e\n");
    for (int i = 0; i < 40; i++) {
        buf_printf(
            &b,
            "userTask a%d tb:kind=\"handle\" tb:role=\"clerk\"\nuserTask b%d tb:kind=\"handle\" tb:role=\"clerk\"\nexclusiveGateway x%d\nexclusiveGateway y%d\n",
            i, i, i, i);
        buf_printf(&b, "g -> a%d\na%d -> x%d\nx%d -> b%d : q\nx%d => y%d\nb%d -> y%d\ny%d => j\ny%d -> a%d : r\n", i, i,
                   i, i, i, i, i, i, i, i, i, i);
    }
    buf_putc(&b, 0);
    result r = kit_faults(&k, "", b.p);
    if (failed(r)) fail_msg("%.*s", SLICE_ARG(result_text(a, r, LANG_EN)));
}

/* Beyond the bound the check says so and does not pass. */
static void a_search_that_stops_is_no_proof(void **state)
{
    (void)state;
    struct arena *a = arena_new("many states");
    struct kit k;
    kit_init(&k, a);
    struct buf b = buf_new(a, 1 << 20);
    buf_puts(&b, "startEvent s\nparallelGateway g\ninclusiveGateway j\nendEvent e\ns -> g\nj -> e\n");
    for (int i = 0; i < 17; i++) /* each branch comes by one of two flows: 2 to the 17th ways to wait at the join */
        buf_printf(&b,
                   "userTask t%d tb:kind=\"fill\"\nexclusiveGateway x%d\nmanualTask u%d\ng -> t%d\nt%d -> x%d\n"
                   "x%d -> j : a = 1\nx%d => u%d\nu%d -> j\n",
                   i, i, i, i, i, i, i, i, i, i);
    buf_putc(&b, 0);
    assert_code(kit_faults(&k, "", b.p), CODE_PROCESS_NOT_SEARCHED);
    arena_free(a);
}

static void scans(void **state)
{
    (void)state;
    struct duration d;
    struct limit l;
    uint32_t times;
    assert_true(iso_duration_scan(S("P1Y2M3DT4H5M6.5S"), &d) && d.months == 14 &&
                d.ms == 3 * MS_DAY + 4 * MS_HOUR + 5 * MS_MINUTE + 6500);
    assert_true(iso_duration_scan(S("P2W"), &d) && d.ms == 14 * MS_DAY);
    static const char *const bad[] = {"",     "P",      "PT",   "1D",     "P1H",          "PT1D", "P1D1Y",
                                      "P-1D", "PT1.5H", "P1DT", "PT1S1S", "P9999999999D", "PT.5S"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) assert_false(iso_duration_scan(slice_cstr(bad[i]), &d));
    assert_true(limit_scan(S("5wd"), &l) && l.n == 5 && l.unit == LIMIT_WORKING_DAY);
    assert_true(limit_scan(S("4wh"), &l) && l.unit == LIMIT_WORKING_HOUR);
    assert_true(limit_scan(S("3d"), &l) && l.unit == LIMIT_CALENDAR_DAY);
    assert_true(limit_scan(S("48h"), &l) && l.unit == LIMIT_HOUR);
    static const char *const bad_limits[] = {"", "5", "wd", "0d", "5 d", "5w", "99999d", "-1d", "5wdx"};
    for (size_t i = 0; i < sizeof bad_limits / sizeof *bad_limits; i++)
        assert_false(limit_scan(slice_cstr(bad_limits[i]), &l));
    assert_true(cycle_scan(S("R4/PT15S"), &times, &d) && times == 4 && d.ms == 15 * MS_SECOND);
    assert_false(cycle_scan(S("R/PT15S"), &times, &d));
    assert_false(cycle_scan(S("R4/PT0S"), &times, &d));
    instant t, from;
    assert_true(instant_scan(S("2021-01-31T10:00:00+08:00"), &from));
    assert_true(duration_after(from, (struct duration){1, 0}, &t));
    instant expected;
    assert_true(instant_scan(S("2021-02-28T10:00:00+08:00"), &expected) && t == expected);
    assert_false(duration_after(from, (struct duration){12 * 9000, 0}, &t));
}

/* The manual's example is a process that passes, the same in both languages, and takes the way it says. */
static void the_manual_example_works(void **state)
{
    struct arena *a = *state;
    struct slice xml[2];
    const char *const manuals[] = {"docs/designers/process.md", "docs/designers/process.zh-CN.md"};
    for (int i = 0; i < 2; i++) {
        struct slice text = test_file(a, manuals[i]);
        size_t from = slice_search(text, S("```xml\n")) + 7;
        text = slice_sub(text, from, text.n);
        xml[i] = slice_sub(text, 0, slice_search(text, S("```")));
    }
    assert_true(xml[0].n > 1000 && slice_eq(xml[0], xml[1]));
    struct kit k;
    kit_init(&k, a);
    const struct process_model *m = NULL;
    assert_good(a, process_compile(a, xml[0], S("process.bpmn"), &k.env, &m));
    struct play p;
    play_begin(&p, a, m, "{\"applicant\":{\"name\":\"A\"},\"case_number\":\"N1\"}");
    PLAY(&p, EV_TIMER, play_at(&p, "silent"), NULL); /* a silent office has accepted */
    PLAY(&p, EV_TASK_DONE, play_at(&p, "review"), "{\"outcome\":\"approve\"}");
    assert_slice(json_write(a, play_effect(&p, EFF_VERB, "certificate")->data), "{\"holder\":\"A\",\"number\":\"N1\"}");
    PLAY(&p, EV_VERB_FAILED, play_at(&p, "certificate"), "{\"code\":\"certificate.down\"}");
    PLAY(&p, EV_TASK_DONE, play_at(&p, "by_hand"), NULL);
    assert_slice(json_string(p.ended, "outcome"), "approved");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(each_fault_is_told_at_its_place),
        TEST(kinds_of_faults),
        TEST(files_that_are_no_process),
        TEST(bad_feel_is_told_at_its_element),
        TEST(faults_are_collected),
        TEST(too_many_faults_end_in_one_line),
        TEST(recursion_through_a_published_service),
        TEST(good_processes_pass),
        TEST(wide_parallel_processes_are_checked),
        TEST(a_search_that_stops_is_no_proof),
        TEST(scans),
        TEST(the_manual_example_works),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
