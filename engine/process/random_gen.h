/* Private to the random models: a process in the making. */
#ifndef ENGINE_PROCESS_RANDOM_GEN_H
#define ENGINE_PROCESS_RANDOM_GEN_H

#include <stdio.h>

#include "base/buf.h"
#include "engine/process/random_models.h"

enum { RANDOM_DONE = 200 };
struct gen {
    struct buf b, processes;
    uint64_t seed;
    enum model_kind kind;
    unsigned n; /* ids used */
    unsigned steps;
    bool in_call, in_loop;
    char done[RANDOM_DONE][16]; /* tasks that are over whenever control is here, in this process */
    unsigned ndone, base;
};
typedef char random_id[16];

unsigned gen_pick(struct gen *g, unsigned n);
void gen_id(struct gen *g, char *id, const char *prefix);
void gen_flow(struct gen *g, const char *from, const char *to);
/* A condition that can be evaluated here, and may hold or not. */
void gen_condition(struct gen *g, char out[64]);
void gen_step(struct gen *g, char out[32]);
/* Attributes of a user task: who does it. */
const char *gen_who(struct gen *g);

/* Each puts a piece of flow behind `from`, which has no way out yet; `to` gets its last element. */
void gen_block(struct gen *g, const char *from, char *to, int depth);
void gen_task(struct gen *g, const char *from, char *to);
void gen_event_block(struct gen *g, const char *from, char *to, int depth); /* random_events.c */

#endif
