/* Any bytes as the state of a process: refused, or a state that encodes to the same bytes and can be stepped. The
 * fingerprint is filled in, so that the search reaches what stands behind it. */
#include "engine/process/model.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define TIMER "<timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition>"
#define FLOW(from, to) "<sequenceFlow id='" from "_" to "' sourceRef='" from "' targetRef='" to "'/>"

static const char model_xml[] =
    "<definitions xmlns='" BPMN_NS "' xmlns:tb='" TB_NS
    "'><process id='p'><startEvent id='s'/><parallelGateway id='g'/>"
    "<userTask id='a' tb:kind='fill' tb:step='one'/><serviceTask id='v' tb:verb='x'/><intermediateCatchEvent id='w'>" TIMER
    "</intermediateCatchEvent>"
    "<subProcess id='q' tb:step='two'><startEvent id='qs'/><userTask id='b' tb:kind='fill'/><endEvent id='qe'/>" FLOW(
        "qs", "b")
        FLOW(
            "b",
            "qe") "</subProcess>"
                  "<callActivity id='k' calledElement='r'/><inclusiveGateway id='j'/><endEvent id='e'/>" FLOW(
                      "s", "g") FLOW("g", "a") FLOW("g", "v") FLOW("g", "w") FLOW("g", "q") FLOW("g", "k")
                      FLOW("a", "j") FLOW("v", "j") FLOW("w", "j") FLOW("q", "j") FLOW("k", "j") FLOW(
                          "j",
                          "e") "<boundaryEvent id='t' attachedToRef='a' cancelActivity='false'><timerEventDefinition><timeCycle>R3/PT1H</timeCycle></timerEventDefinition></boundaryEvent>"
                               "<endEvent id='e2'/>" FLOW(
                                   "t",
                                   "e2") "<boundaryEvent id='u' attachedToRef='q'>" TIMER
                                         "</boundaryEvent>" FLOW(
                                             "u",
                                             "j") "</process>"
                                                  "<process id='r'><startEvent id='rs'/><parallelGateway id='rg'/><userTask id='x' tb:kind='fill'/><userTask id='y' tb:kind='fill'/><parallelGateway id='rj'/><endEvent id='re'/>" FLOW(
                                                      "rs", "rg") FLOW("rg", "x") FLOW("rg", "y") FLOW("x", "rj")
                                                      FLOW("y", "rj") FLOW("rj", "re") "</process></definitions>";

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
        for (enum process_event_type t = EV_TASK_DONE; t <= EV_RETRY; t++) {
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
    struct process_env env = {.verb = any_verb};
    if (!kept) kept = arena_new("model");
    if (!m && failed(process_compile(kept, slice_cstr(model_xml), S("m"), &env, &m))) abort();
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
        if (!slice_eq(slice_of(bytes, size), process_state_encode(a, s))) abort();
        step_all(a, m, s);
    }
    arena_free(a);
    return 0;
}
