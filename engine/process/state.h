/* Private to engine/process: reading a stored state. */
#ifndef ENGINE_PROCESS_STATE_H
#define ENGINE_PROCESS_STATE_H

#include "engine/process/run.h"

struct reader {
    struct arena *a;
    struct slice s;
    size_t at;
    uint32_t version;
    const char *bad; /* what is wrong, once something is */
};

void state_need(struct reader *r, bool good, const char *what);
/* Position of the scope of that number, which is there. */
uint32_t state_scope(const struct process_state *s, uint32_t no);
/* Gives each scope its kind, model and level, and checks that scopes and tokens fit together and to the model. */
void state_check(struct reader *r, const struct process_model *m, struct process_state *s);

#endif
