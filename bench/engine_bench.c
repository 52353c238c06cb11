/* The process engine in memory: steps a second and bytes of a waiting state. One step is one event of a case in the
 * form it has in the store: state decoded, variables parsed, stepped, both written again.
 *     engine_bench [seconds]      (3 by default, for each line) */
#include "engine/process/process.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define BPMN "http://www.omg.org/spec/BPMN/20100524/MODEL"
#define FLOW(from, to) "<sequenceFlow id='" from "_" to "' sourceRef='" from "' targetRef='" to "'/>"

/* Six departments in parallel: each accepts (with the lawful clock), decides, and may send back. */
static struct slice establish_company(struct arena *a)
{
    struct buf b = buf_new(a, 1 << 20);
    buf_puts(
        &b,
        "<definitions xmlns='" BPMN
        "' xmlns:tb='urn:tongban:bpmn:1'><process id='p' tb:service='bench'><startEvent id='s'/><parallelGateway id='g'/>"
        "<parallelGateway id='j'/><endEvent id='e' name='done'/>" FLOW("s", "g") FLOW("j", "e"));
    for (int i = 0; i < 6; i++)
        buf_printf(
            &b,
            "<userTask id='a%d' tb:kind='acceptance' tb:role='clerk' tb:department='d%d' tb:step='st%d' tb:clock='1wd' tb:outcomes='accept'/>"
            "<boundaryEvent id='b%d' attachedToRef='a%d'><timerEventDefinition tb:clock='5wd'/></boundaryEvent>"
            "<userTask id='r%d' tb:kind='review' tb:role='reviewer' tb:department='d%d' tb:step='st%d' tb:separate='a%d' tb:outcomes='approve,return'/>"
            "<exclusiveGateway id='m%d'/><exclusiveGateway id='x%d' default='x%d_j'/><sequenceFlow id='g_a%d' sourceRef='g' targetRef='a%d'/>"
            "<sequenceFlow id='a%d_m' sourceRef='a%d' targetRef='m%d'/><sequenceFlow id='b%d_m' sourceRef='b%d' targetRef='m%d'/>"
            "<sequenceFlow id='m%d_r' sourceRef='m%d' targetRef='r%d'/><sequenceFlow id='r%d_x' sourceRef='r%d' targetRef='x%d'/>"
            "<sequenceFlow id='x%d_j' sourceRef='x%d' targetRef='j'/><sequenceFlow id='x%d_m' sourceRef='x%d' targetRef='m%d'>"
            "<conditionExpression>r%d.outcome = \"return\"</conditionExpression></sequenceFlow>",
            i, i, i, i, i, i, i, i, i, i, i, i, i, i, i, i, i, i, i, i, i, i, i, i, i, i, i, i, i, i, i, i);
    buf_puts(&b, "</process></definitions>");
    return buf_slice(&b);
}

static bool any_department(void *ctx, struct slice code)
{
    (void)ctx;
    return code.n > 0;
}

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void stop(struct arena *a, result r)
{
    fprintf(stderr, "%.*s", SLICE_ARG(result_text(a, r, LANG_EN)));
    exit(1);
}

/* A case as the store holds it. */
struct stored {
    struct arena *a;
    struct slice state, vars;
};

static void keep(struct stored *c, struct slice state, struct slice vars)
{
    arena_reset(c->a);
    c->state = arena_copy(c->a, state);
    c->vars = arena_copy(c->a, vars);
}

/* One event at the first open task (or the start); true when the case is over. */
static bool advance(struct arena *a, const struct process_model *m, const struct process_step_env *env,
                    struct stored *c, size_t *effects)
{
    const struct process_state *s = NULL;
    const struct json *vars = NULL;
    result r = process_state_decode(a, m, c->state, &s);
    if (failed(r)) stop(a, r);
    r = json_parse(a, c->vars.n ? c->vars : S("{}"), 1 << 20, S("vars"), &vars);
    if (failed(r)) stop(a, r);
    struct process_event e = {.type = s ? EV_TASK_DONE : EV_START, .at = INT64_C(1618192800000)};
    const struct process_waiting *w;
    size_t n = process_waiting(a, s, &w);
    for (size_t i = 0; i < n && !e.token; i++)
        if (w[i].why == WAIT_TASK) e.token = w[i].token;
    struct process_outcome out;
    r = process_step(a, m, s, vars, &e, env, &out);
    if (failed(r)) stop(a, r);
    *effects += out.n;
    keep(c, process_state_encode(a, out.state), json_write(a, out.vars));
    return out.ended;
}

int main(int argc, char **argv)
{
    double seconds = argc > 1 ? strtod(argv[1], NULL) : 3;
    struct arena *a = arena_new("bench"), *attempt = arena_new("bench attempt");
    struct process_env env = {.department = any_department};
    const struct process_model *m = NULL;
    double from = now(), took;
    result r = process_compile(a, establish_company(a), S("bench.bpmn"), &env, &m);
    if (failed(r)) stop(a, r);
    printf("compile and check: %.1f ms\n", (now() - from) * 1e3);

    const struct json *year = NULL;
    struct calendar *calendar = NULL;
    r = json_parse(a, S("{\"year\":2021,\"days\":[]}"), 1000, S("year"), &year);
    if (!failed(r)) r = calendar_new(a, &year, 1, (struct office_hours){{540, 870}, {720, 1050}}, &calendar);
    if (failed(r)) stop(a, r);
    struct process_step_env step = {.calendar = calendar};
    struct stored c = {.a = arena_new("bench case")};
    size_t steps = 0, effects = 0, cases = 0, longest = 0;
    from = now();
    do {
        bool ended = advance(attempt, m, &step, &c, &effects);
        if (c.state.n > longest) longest = c.state.n;
        steps++;
        if (ended) {
            cases++;
            keep(&c, (struct slice){0}, (struct slice){0});
        }
        arena_reset(attempt);
        took = now() - from;
    } while (took < seconds);
    printf("steps: %.0f /s (%zu cases, %.1f effects a step)\n", (double)steps / took, cases,
           (double)effects / (double)steps);
    printf("largest waiting state: %zu bytes\n", longest);
    arena_free(c.a);
    arena_free(attempt);
    arena_free(a);
    return 0;
}
