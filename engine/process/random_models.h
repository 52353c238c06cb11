/* Random block-structured processes for the tests of the engine and for the fault simulator, in the notation of testkit.h: sound by
 * construction. They name what the kit has (verbs "local.x" and "job.x", decision "grade", form "form1" with a number n, department
 * "scjg") and read only variables that are there by then: a task's on every way to it, or form.n. */
#ifndef ENGINE_PROCESS_RANDOM_MODELS_H
#define ENGINE_PROCESS_RANDOM_MODELS_H

#include "base/arena.h"

enum model_kind {
    MODEL_FLOWS, /* tasks, gateways, loops, sub-processes, calls, timers */
    MODEL_REPEATS, /* … and all of BPMN but messages and signals: repetitions, compensation, conditions, escalations … */
    MODEL_EVENTS /* … and messages and signals, which need process_env.events */
};
/* The same for the same seed. acceptance: begins with an acceptance task (受理). */
const char *random_process(struct arena *a, uint64_t seed, enum model_kind kind, bool acceptance);

/* One or two lines of a notation changed: another gateway kind, or another target for a flow. Advances the seed. */
const char *random_broken(struct arena *a, const char *notation, uint64_t *seed);

#endif
