/* Private to engine/process: what migration and correction share. */
#ifndef ENGINE_PROCESS_CHANGE_PARTS_H
#define ENGINE_PROCESS_CHANGE_PARTS_H

#include "engine/process/change.h"
#include "engine/process/run.h"
#include "engine/process/sound.h"

/* The tokens of a scope as places of the token game. False: nothing can be said of it (an ad hoc sub-process, an instance, a flow that
 * a complex gateway has used). */
bool marking_of(struct arena *a, const struct process_state *s, const struct scope *scope, const uint32_t **places,
                uint32_t *n);
/* The first incident that an outcome would leave behind; NULL when there is none. */
const struct effect *standstill(const struct process_outcome *o);

#endif
