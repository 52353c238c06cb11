/* Driving random models in the tests of the engine. */
#ifndef ENGINE_PROCESS_RANDOM_PLAY_H
#define ENGINE_PROCESS_RANDOM_PLAY_H

#include "engine/process/random_models.h"
#include "engine/process/testkit.h"

/* One random event at one random waiting token. notation: told when nothing can happen any more, which fails the test. */
void random_turn(struct play *p, uint64_t *seed, const char *notation);
/* Compiled, though some element of it may never be entered: random models have such. Any other fault fails the test. */
const struct process_model *random_model(struct kit *k, const char *notation);

#endif
