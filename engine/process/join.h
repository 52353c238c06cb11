/* Private to engine/process: the inclusive join's rule, the same for running and for checking. */
#ifndef ENGINE_PROCESS_JOIN_H
#define ENGINE_PROCESS_JOIN_H

#include "engine/process/model.h"

/* has_token: by position among the join's incoming flows; occupied: by element, tokens that are inside it or wait
 * at it (elements of other levels are not reached and may be left false). */
bool inclusive_ready(struct arena *a, const struct process_model *m, uint32_t join, const bool *has_token,
                     const bool *occupied);

/* A gateway that waits for several incoming flows. */
static inline bool is_join(const struct node *n)
{
    return n->nin > 1 && (n->kind == NODE_PARALLEL || n->kind == NODE_INCLUSIVE || n->kind == NODE_COMPLEX);
}

#endif
