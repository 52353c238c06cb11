/* Any bytes as the state of a process: refused, or a state that encodes to the same bytes and can be stepped. The
 * fingerprint is filled in, so that the search reaches what stands behind it. */
#include "engine/process/model.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define TIMER "<timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition>"
#define BELL "<signalEventDefinition signalRef='S'/>"
#define FLOW(from, to) "<sequenceFlow id='" from "_" to "' sourceRef='" from "' targetRef='" to "'/>"
#define BRANCH(id) FLOW("g", id) FLOW(id, "j")
#define INNER(p, element) \
    "<startEvent id='" p "s'/>" element "<endEvent id='" p "e'/>" FLOW(p "s", p "t") FLOW(p "t", p "e")

/* One branch for each kind of thing that a state can hold. */
static const char first_half[] =
    "<definitions xmlns='" BPMN_NS "' xmlns:tb='" TB_NS
    "'><signal id='S' name='bell'/><message id='M' name='letter'/><process id='p'><startEvent id='s'/>"
    "<parallelGateway id='g'/><inclusiveGateway id='j'/><endEvent id='e'/>" FLOW("s", "g") FLOW(
        "j",
        "e") "<userTask id='a' tb:kind='fill' tb:step='one'/><serviceTask id='v' tb:verb='x'/>"
             "<intermediateCatchEvent id='w'>" TIMER "</intermediateCatchEvent>"
             "<subProcess id='q' tb:step='two'>" INNER(
                 "q",
                 "<userTask id='qt' tb:kind='fill'/>") "<subProcess id='x' triggeredByEvent='true'><startEvent id='xs' isInterrupting='false'>" BELL
                                                       "</startEvent><userTask id='xt' tb:kind='fill'/><endEvent id='xe'/>" FLOW(
                                                           "xs", "xt")
                                                           FLOW("xt", "xe") "</subProcess></subProcess><callActivity id='k' calledElement='r'/>" BRANCH(
                                                               "a") BRANCH("v") BRANCH("w") BRANCH("q")
                                                               BRANCH(
                                                                   "k") "<boundaryEvent id='t' attachedToRef='a' cancelActivity='false'><timerEventDefinition><timeCycle>R3/PT1H</timeCycle>"
                                                                        "</timerEventDefinition></boundaryEvent><endEvent id='e2'/>" FLOW(
                                                                            "t",
                                                                            "e2") "<boundaryEvent id='u' attachedToRef='q'>" TIMER
                                                                                  "</boundaryEvent>" FLOW("u", "j");
static const char second_half[] =
    "<userTask id='m' tb:kind='fill'><multiInstanceLoopCharacteristics><loopCardinality>2</loopCardinality>"
    "</multiInstanceLoopCharacteristics></userTask>"
    "<userTask id='l' tb:kind='fill'><standardLoopCharacteristics loopMaximum='2'/></userTask>"
    "<receiveTask id='c' messageRef='M'/>" BRANCH("m") BRANCH("l") BRANCH(
        "c") "<eventBasedGateway id='h'/><intermediateCatchEvent id='h1'>" TIMER "</intermediateCatchEvent>"
             "<intermediateCatchEvent id='h2' parallelMultiple='true'>" BELL
             "<conditionalEventDefinition><condition>z = 1</condition>"
             "</conditionalEventDefinition></intermediateCatchEvent>" FLOW("g", "h") FLOW("h", "h1") FLOW("h", "h2")
                 FLOW("h1", "j") FLOW(
                     "h2",
                     "j") "<userTask id='d' tb:kind='fill'/><boundaryEvent id='db' attachedToRef='d'><compensateEventDefinition/></boundaryEvent>"
                          "<userTask id='du' tb:kind='fill' isForCompensation='true'/><association id='da' sourceRef='db' targetRef='du'/>"
                          "<intermediateThrowEvent id='dt'><compensateEventDefinition/></intermediateThrowEvent>" FLOW(
                              "g", "d") FLOW("d", "dt")
                              FLOW(
                                  "dt",
                                  "j") "<adHocSubProcess id='o' ordering='Sequential'><userTask id='o1' tb:kind='fill'/><userTask id='o2' tb:kind='fill'/>"
                                       "</adHocSubProcess>" BRANCH(
                                           "o") "</process>"
                                                "<process id='r'><startEvent id='rs'/><parallelGateway id='rg'/><userTask id='rx' tb:kind='fill'/><userTask id='ry' tb:kind='fill'/>"
                                                "<userTask id='rz' tb:kind='fill'/><complexGateway id='rj'><activationCondition>activationCount = 1</activationCondition>"
                                                "</complexGateway><userTask id='ra' tb:kind='fill'/><endEvent id='re'/>" FLOW(
                                                    "rs", "rg") FLOW("rg", "rx") FLOW("rg", "ry") FLOW("rg", "rz")
                                                    FLOW("rx", "rj") FLOW("ry", "rj") FLOW("rz", "rj") FLOW("rj", "ra")
                                                        FLOW("ra", "re") "</process></definitions>";

static bool any_verb(void *ctx, struct slice name, enum verb_kind *kind, const struct json **schema)
{
    (void)ctx;
    (void)name;
    *kind = VERB_JOB;
    *schema = NULL;
    return true;
}

static void step_all(struct arena *a, const struct process_model *m, const struct process_state *s)
{
    const struct process_waiting *w;
    size_t n = process_waiting(a, s, &w);
    for (size_t i = 0; i < n; i++)
        for (enum process_event_type t = EV_TASK_DONE; t <= EV_CHOOSE; t++) {
            struct process_event e = {.type = t, .token = w[i].token};
            struct process_outcome out;
            if (failed(process_step(a, m, s, NULL, &e, NULL, &out))) continue;
            const struct process_state *back;
            struct slice bytes = process_state_encode(a, out.state);
            if (failed(process_state_decode(a, m, bytes, &back)) || !slice_eq(bytes, process_state_encode(a, back)))
                abort();
        }
}

static const struct process_model *model(void)
{
    static const struct process_model *m;
    static struct arena *kept; /* for the life of the program */
    struct process_env env = {.verb = any_verb, .events = true};
    if (!kept) kept = arena_new("model");
    if (!m && failed(process_compile(kept, arena_printf(kept, "%s%s", first_half, second_half), S("m"), &env, &m)))
        abort();
    return m;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_new("fuzz");
    const struct process_model *m = model();
    char *bytes = arena_alloc(a, size + 1);
    if (size) memcpy(bytes, data, size);
    for (size_t i = 0; i < 4 && i + 1 < size; i++) bytes[i + 1] = (char)(unsigned char)(m->fingerprint >> (8 * i));
    const struct process_state *s = NULL;
    result r = process_state_decode(a, m, slice_of(bytes, size), &s);
    if (!failed(r) && s) {
        /* version 1 is read and no longer written */
        if (data[0] != 1 && !slice_eq(slice_of(bytes, size), process_state_encode(a, s))) abort();
        step_all(a, m, s);
    }
    arena_free(a);
    return 0;
}
