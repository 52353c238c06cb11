/* Private to engine/process: which variables are surely written before an element. */
#ifndef ENGINE_PROCESS_DATAFLOW_H
#define ENGINE_PROCESS_DATAFLOW_H

#include "engine/process/sound.h"

struct data_flow {
    const struct process_model *m;
    const struct slice *names; /* that some element of the process writes */
    uint32_t n, words;
    uint64_t *in, *out, *given; /* by element, sets of names: before it, behind it; at the start */
};
const struct data_flow *data_flow_of(struct arena *a, const struct process_model *m);
/* The variable is there, on every way, when the element is entered (or left); true of names that come from outside. */
bool data_sure(const struct data_flow *f, uint32_t node, bool after, struct slice name);
/* The element writes it by its end. */
bool data_writes(const struct data_flow *f, uint32_t node, struct slice name);
/* A way from the start to the element by which the variable is not written. */
void data_trail(const struct data_flow *f, uint32_t node, struct slice name, struct trail *t);
#endif
