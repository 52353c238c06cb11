/* The process engine in memory, one thread: of two processes, how many events a second (a start, a task done) and how many steps (an
 * element that a token enters and leaves), state and variables held as values from event to event; the same with both decoded before
 * and encoded after each event, as a case in the store has it; bytes of the largest waiting state.
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

/* A case between two events. */
struct held {
    struct arena *a;
    const struct process_state *state;
    const struct json *vars;
    struct slice state_bytes, vars_bytes; /* as the store has them */
};
struct count {
    size_t events, passed, effects, cases, longest;
};

/* The first open task is done, or the case begins. */
static result next_event(struct arena *a, const struct process_model *m, const struct process_step_env *env,
                         const struct held *c, const struct json *data, struct process_outcome *out)
{
    struct process_event e = {.type = c->state ? EV_TASK_DONE : EV_START, .data = data, .at = INT64_C(1618192800000)};
    const struct process_waiting *w;
    size_t n = process_waiting(a, c->state, &w);
    for (size_t i = 0; i < n && !e.token; i++)
        if (w[i].why == WAIT_TASK) e.token = w[i].token;
    return process_step(a, m, c->state, c->vars, &e, env, out);
}

static void add_up(struct count *n, const struct process_outcome *out)
{
    n->events++;
    n->effects += out->n;
    n->cases += out->ended;
    for (size_t i = 0; i < out->n; i++) n->passed += out->effects[i].type == EFF_PASSED;
}

static const struct json *parsed(struct arena *a, struct slice text)
{
    const struct json *v = NULL;
    result r = json_parse(a, text, 1 << 20, S("vars"), &v);
    if (failed(r)) stop(a, r);
    return v;
}

static void in_memory(const struct process_model *m, const struct process_step_env *env, const struct json *data,
                      double seconds, struct count *n)
{
    struct held c = {.a = arena_new("bench case")};
    double end = now() + seconds;
    while (now() < end)
        for (int i = 0; i < 64; i++) {
            struct process_outcome out;
            result r = next_event(c.a, m, env, &c, data, &out);
            if (failed(r)) stop(c.a, r);
            add_up(n, &out);
            c.state = out.state;
            c.vars = out.vars;
            if (!out.ended) continue;
            arena_reset(c.a);
            c.state = NULL;
            c.vars = NULL;
        }
    arena_free(c.a);
}

static void as_stored(const struct process_model *m, const struct process_step_env *env, const struct json *data,
                      double seconds, struct count *n)
{
    struct held c = {.a = arena_new("bench case")};
    struct arena *attempt = arena_new("bench attempt");
    double end = now() + seconds;
    while (now() < end)
        for (int i = 0; i < 64; i++, arena_reset(attempt)) {
            struct process_outcome out;
            result r = process_state_decode(attempt, m, c.state_bytes, &c.state);
            if (failed(r)) stop(attempt, r);
            c.vars = parsed(attempt, c.vars_bytes.n ? c.vars_bytes : S("{}"));
            r = next_event(attempt, m, env, &c, data, &out);
            if (failed(r)) stop(attempt, r);
            add_up(n, &out);
            struct slice state = process_state_encode(attempt, out.state), vars = json_write(attempt, out.vars);
            if (state.n > n->longest) n->longest = state.n;
            arena_reset(c.a);
            c.state_bytes = out.ended ? (struct slice){0} : arena_copy(c.a, state);
            c.vars_bytes = out.ended ? (struct slice){0} : arena_copy(c.a, vars);
        }
    arena_free(c.a);
    arena_free(attempt);
}

/* data: of the start, and of every task. */
static void measure(struct arena *a, const char *name, struct slice bpmn, const char *data, double seconds)
{
    struct process_env env = {.department = any_department};
    const struct process_model *m = NULL;
    double from = now();
    result r = process_compile(a, bpmn, slice_cstr(name), &env, &m);
    if (failed(r)) stop(a, r);
    double compiled = now() - from;
    struct calendar *calendar = NULL;
    const struct json *year = parsed(a, S("{\"year\":2021,\"days\":[]}")), *with = parsed(a, slice_cstr(data));
    r = calendar_new(a, &year, 1, (struct office_hours){{540, 870}, {720, 1050}}, &calendar);
    if (failed(r)) stop(a, r);
    struct process_step_env step = {.calendar = calendar};
    struct count memory = {0}, stored = {0};
    in_memory(m, &step, with, seconds, &memory);
    as_stored(m, &step, with, seconds, &stored);
    printf(
        "engine, %s: steps/s %.0f (events/s %.0f, processes/s %.0f, %.1f effects an event); with decoding and encoding: "
        "steps/s %.0f (events/s %.0f)\n",
        name, (double)memory.passed / seconds, (double)memory.events / seconds, (double)memory.cases / seconds,
        (double)memory.effects / (double)memory.events, (double)stored.passed / seconds,
        (double)stored.events / seconds);
    printf("engine, %s: largest waiting state %zu bytes; compiled and checked in %.1f ms\n", name, stored.longest,
           compiled * 1e3);
}

static struct slice file(struct arena *a, const char *path)
{
    const char *root = getenv("TONGBAN_SOURCE_ROOT");
    struct buf b = buf_new(a, 1 << 20);
    char piece[4096];
    const char *whole = arena_cstr(a, arena_printf(a, "%s/%s", root && *root ? root : ".", path));
    FILE *f = fopen(whole, "rb");
    if (!f) {
        perror(whole);
        exit(1);
    }
    for (size_t n; (n = fread(piece, 1, sizeof piece, f)) > 0;) buf_put(&b, (struct slice){piece, n});
    (void)fclose(f);
    return buf_slice(&b);
}

int main(int argc, char **argv)
{
    double seconds = argc > 1 ? strtod(argv[1], NULL) : 3;
    struct arena *a = arena_new("bench");
    measure(a, "the reference process", file(a, "bench/reference/process.bpmn"),
            "{\"outcome\":\"approve\",\"form\":{\"n\":41}}", seconds);
    measure(a, "six departments in parallel", establish_company(a), "{}", seconds);
    arena_free(a);
    return 0;
}
