/* Where cases can stand, each place once, and the steps between them as they were found. The step function is pure, so a step from
 * the same place by the same event need not be computed twice. What was read of the time is part of the event: a step that reads
 * today() holds for that day, one that reads now() is not kept. Due times are computed anew for each case. Private to the room. */
#ifndef ENGINE_SIMULATION_ATLAS_H
#define ENGINE_SIMULATION_ATLAS_H

#include "engine/simulation/intern.h"
#include "engine/simulation/simulation.h"

enum atlas_what {
    ATLAS_OPENED, /* a task, verb or event of element `index` */
    ATLAS_TIMER,
    ATLAS_INCIDENT
};
enum atlas_due { DUE_NONE, DUE_LIMIT, DUE_AFTER, DUE_AT };
struct atlas_effect {
    enum atlas_what what;
    enum atlas_due due_kind;
    bool local, choice; /* local: a verb within the step; choice: an activity that may be begun */
    bool acceptance;    /* a timer on a task of acceptance */
    uint16_t index, group;
    uint16_t signal; /* 1 + its number, of what waits for one; else 0 */
    uint32_t token;
    int64_t due; /* DUE_AFTER: ms; DUE_AT: instant */
    struct limit limit;
};
struct atlas_node {
    const struct process_state *state;
    const struct json *vars;
    struct slice bytes;
    uint64_t hash;
    uint32_t no;
    struct atlas_node *moved; /* while the atlas is thinned */
};
struct atlas_edge {
    struct atlas_node *to; /* NULL: ended */
    uint32_t nmap, neffects;
    const uint32_t *map; /* [old token] -> new, 0: gone; tokens of a node are 1 … nmap - 1 */
    const struct atlas_effect *effects;
    uint16_t outcome; /* of the ended */
    bool refused;     /* what was chosen cannot begin now; nothing has changed */
    bool by_silence;  /* a task of acceptance was closed by its timer */
};
struct atlas_key {
    const struct atlas_node *node; /* NULL: not begun */
    enum process_event_type type;
    uint32_t token, data; /* data: number of what the event carries, or of the signal */
    day on;
};
enum { ATLAS_SIGNALS = 64 };
struct atlas {
    const struct sim_plan *plan;
    struct arena *a, *scratch;
    struct intern intern;
    struct atlas_node **nodes;      /* open addressing */
    size_t nnodes, cap_nodes, most; /* most: places from which on it is full */
    struct atlas_slot {
        struct atlas_key key;
        const struct atlas_edge *edge;
    } * slots;
    size_t nslots, cap_slots;
    struct atlas_edge last; /* what is not kept */
    int64_t steps, computed;
    uint32_t numbered; /* nodes ever */
    struct slice outcomes[SIM_OUTCOMES];
    size_t noutcomes;
    struct slice signals[ATLAS_SIGNALS];
    size_t nsignals;
};
enum { ATLAS_NODES_MOST = 200000 };
struct atlas *atlas_new(const struct sim_plan *p);
void atlas_free(struct atlas *t);
/* The step; *edge holds until the next one. */
MUST result atlas_step(struct atlas *t, struct arena *a, const struct atlas_node *from, enum process_event_type type,
                       uint32_t token, uint32_t data, const struct json *json, instant at,
                       const struct atlas_edge **edge);
/* More places than are worth keeping: call atlas_thin_begin, atlas_thin_keep for each place still in use, atlas_thin_end. */
bool atlas_full(const struct atlas *t);
struct atlas *atlas_thin_begin(struct atlas *t);
struct atlas_node *atlas_thin_keep(struct atlas *fresh, struct atlas_node *n);
void atlas_thin_end(struct atlas *t, struct atlas *fresh); /* t is gone */

#endif
