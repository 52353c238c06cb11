/* Random block-structured processes for the tests of the engine, in the notation of testkit.h: sound by construction. */
#ifndef ENGINE_PROCESS_RANDOM_MODELS_H
#define ENGINE_PROCESS_RANDOM_MODELS_H

#include "engine/process/testkit.h"

/* The same for the same seed. events: with messages, signals, repetitions and compensation too, which need process_env.events. */
const char *random_process(struct arena *a, uint64_t seed, bool events);

/* One or two lines of a notation changed: another gateway kind, or another target for a flow. Advances the seed. */
const char *random_broken(struct arena *a, const char *notation, uint64_t *seed);

#endif
