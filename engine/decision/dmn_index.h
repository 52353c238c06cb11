/* An index over the rules of a large decision table: which rules may hold for an input. It never leaves out a rule that
 * holds; whether one does is still decided by its cells, so that a table gives the same with and without it. */
#ifndef ENGINE_DECISION_DMN_INDEX_H
#define ENGINE_DECISION_DMN_INDEX_H

#include "engine/decision/dmn_model.h"

/* NULL: the table is small, or no column narrows the rules down. */
const struct dmn_index *dmn_index_new(struct arena *a, const struct dmn_table *t);
/* The sets of rules (a bit a rule) that all have to hold a rule which may hold for these inputs; at most t->ninputs of them,
 * none: any rule may hold. Returns how many. */
size_t dmn_index_sets(const struct dmn_index *x, const struct value *inputs, const uint64_t **sets);

#endif
