/* Private to engine/process: parts of the soundness check. */
#ifndef ENGINE_PROCESS_SOUND_H
#define ENGINE_PROCESS_SOUND_H

#include "engine/process/model.h"

enum { MAX_MARKINGS = 50000 }; /* of one level; beyond it the level counts as not searched, and is refused */

/* A counter-example under construction: a way through the process, as ids of elements and sequence flows in the order they are
 * passed (for a page that draws it), and in words. */
struct trail {
    const struct process_model *m;
    struct buf ids, zh, en;
    uint32_t steps; /* in words; a long way is cut there, never in ids */
};
struct trail trail_new(struct arena *a, const struct process_model *m);
void trail_node(struct trail *t, uint32_t node);
void trail_flow(struct trail *t, uint32_t flow);      /* in words only where its source had a choice */
void trail_event(struct trail *t, uint32_t boundary); /* it occurs */
/* Begins another branch: the way goes on from an element that it has passed. */
void trail_branch(struct trail *t, uint32_t node);
/* From the start of the process to the start event of that level. */
void trail_to_level(struct trail *t, uint32_t level);
/* The shortest way from the start of the level to the element. False: there is none. */
bool trail_to(struct trail *t, uint32_t level, uint32_t node);
/* Arguments of FAULT: the problem carries the way. */
#define TRAIL_ARGS(t) "path_ids", buf_slice(&(t)->ids), "path_zh", buf_slice(&(t)->zh), "path_en", buf_slice(&(t)->en)

/* Where a level begins: a start event (of a process also what receives its first message), or, ad hoc, the activities without
 * incoming flows. */
bool level_begins(const struct process_model *m, uint32_t level, uint32_t node);

/* By element: what can be reached from the element without leaving its level, itself included. */
bool *level_reached(struct arena *a, const struct process_model *m, uint32_t node);

/* Reports parallel branches that meet unsynchronised, and ends of which either may be the last one and say something
 * different; true when branches meet unsynchronised. */
bool check_concurrency(struct draft *d);
/* Catching events for which nothing inside ever throws. */
void check_dead(struct draft *d);

/* The token game from tokens of one level, every choice open: places are flows, or behind them elements.  exact: an inclusive join may go on before
 * somebody who is still to come, as tokens that no run would have brought there can make it; that are many more ways. */
struct sound_verdict {
    uint32_t stuck; /* a join that may wait for ever, or NONE */
    uint32_t twice; /* an element that two tokens may come to by the same flow, or NONE */
    bool unclear;   /* too many ways to look at all of them */
};
struct sound_verdict sound_from(const struct process_model *m, const uint32_t *places, uint32_t n, bool exact);

#endif
