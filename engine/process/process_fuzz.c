/* Any bytes as BPMN: refused with problems in both languages, or compiled; what compiles also runs, in any order of
 * events, without losing its state. */
#include "engine/process/model.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool any_verb(void *ctx, struct slice name, enum verb_kind *kind, const struct json **schema)
{
    (void)ctx;
    *kind = slice_starts(name, S("job")) ? VERB_JOB : VERB_LOCAL;
    *schema = NULL;
    return true;
}

static bool any_name(void *ctx, struct slice name)
{
    (void)ctx;
    return name.n > 0;
}

/* The event that fits what waits; `choice` picks among them. */
static bool next_event(struct arena *a, const struct process_state *s, uint8_t choice, struct process_event *e)
{
    const struct process_waiting *w;
    size_t n = process_waiting(a, s, &w);
    for (size_t i = 0; i < n; i++) {
        const struct process_waiting *k = &w[(i + choice) % n];
        e->token = k->token;
        switch (k->why) {
        case WAIT_TASK: e->type = EV_TASK_DONE; return true;
        case WAIT_VERB: e->type = choice & 1 ? EV_VERB_FAILED : EV_VERB_DONE; return true;
        case WAIT_TIMER:
        case WAIT_BOUNDARY: e->type = EV_TIMER; return true;
        case WAIT_INCIDENT: e->type = EV_RETRY; return true;
        default: break;
        }
    }
    return false;
}

static void run(struct arena *a, const struct process_model *m, const uint8_t *data, size_t size)
{
    struct process_event e = {.type = EV_START};
    const struct process_state *s = NULL;
    const struct json *vars = NULL;
    for (size_t i = 0; i < 40; i++) {
        struct process_outcome out;
        e.at = (instant)i * MS_HOUR;
        struct process_step_env env = {.limits = {.steps = 2000}};
        if (failed(process_step(a, m, s, vars, &e, &env, &out))) return;
        struct slice bytes = process_state_encode(a, out.state);
        if (failed(process_state_decode(a, m, bytes, &s)) || !slice_eq(bytes, process_state_encode(a, s))) abort();
        vars = out.vars;
        if (out.ended || !next_event(a, s, size ? data[i % size] : 0, &e)) return;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_new("fuzz");
    struct process_env env = {.verb = any_verb, .department = any_name, .form = any_name};
    const struct process_model *m = NULL;
    result r = compile_file(a, slice_of((const char *)data, size), S("process.bpmn"), &env, size % 2 == 1,
                            (struct slice){0}, &m);
    for (const struct problem *p = r.problem; p; p = p->next)
        if (!problem_text(a, p, LANG_ZH).n || !problem_remedy(a, p, LANG_EN).n) abort();
    if (!failed(r)) run(a, m, data, size);
    arena_free(a);
    return 0;
}
