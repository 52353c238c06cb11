/* A run under way. Private to the room. Cases and items are numbered from 1 in pools that are used again; whoever refers to one
 * later keeps its generation beside its number. */
#ifndef ENGINE_SIMULATION_WORLD_H
#define ENGINE_SIMULATION_WORLD_H

#include "engine/simulation/schedule.h"
#include "engine/simulation/atlas.h"
#include "engine/simulation/worktime.h"

enum item_state {
    ITEM_FREE,
    ITEM_QUEUED,  /* waits for an officer */
    ITEM_WORKED,  /* an officer works on it */
    ITEM_DELAY,   /* the applicant's, a job, something from elsewhere */
    ITEM_ANSWER,  /* a correction was asked */
    ITEM_STOPPED, /* the clock stands still for it */
    ITEM_LYING,   /* nobody has turned to it yet */
    ITEM_TIMER,
    ITEM_LOCAL, /* a verb of this very step */
    ITEM_READY  /* done beside another element, before the process came to it */
};
struct item {                               /* what a case waits for */
    uint32_t generation, next, kase, token; /* token 0: begun beside another element */
    uint16_t index, group, signal;
    enum item_state state;
    bool acceptance, choice, armed;
    bool handed_on; /* somebody began it, who is away now */
    uint32_t officer, visit;
    instant opened, queued, began, due;
    int64_t work;
    struct term { /* what its due time comes from, to be told anew behind a stop */
        enum atlas_due kind;
        enum limit_unit unit;
        int64_t n;
    } term;
};
enum { DOERS = 6 };
struct kase { /* "case" is a word of C */
    uint32_t generation, head, tail;
    uint64_t no;
    struct atlas_node *node;
    instant filed, started, due;
    uint64_t visited; /* the first 64 elements */
    uint32_t repeats;
    uint32_t stops;  /* its clock in world.clocks, from 1; 0: it was never stopped */
    uint16_t looked; /* bits: stops of the plan that were decided about */
    bool open, corrected, marked, late_promised, late_statutory;
    uint8_t ndoers;
    struct doer {
        uint16_t index, group;
        uint32_t officer;
    } doers[DOERS];
};
struct group {
    const struct sim_group *plan;
    uint32_t *item;       /* [officers] what each works on, or 0 */
    uint32_t *free;       /* officers who are there and have nothing to do; the last one is asked first */
    const uint8_t **away; /* [officers][days] */
    size_t nfree;
    struct schedule queue; /* at: due */
    int64_t waiting;
    instant since; /* the length of the queue has been added up to here */
};
struct element {
    const struct sim_element *plan;
    uint64_t key; /* of its chances */
    int64_t waiting;
    instant since;
    const uint16_t *beside; /* elements that begin with it */
    size_t nbeside;
};
enum happening { AT_ITEM, AT_PROMISED, AT_STATUTORY, AT_WITHDRAWAL, AT_OPENING, AT_MIDNIGHT };
struct world {
    const struct sim_plan *p;
    struct arena *a; /* the run's */
    struct arena *result_arena;
    struct sim_result *r;
    struct worktime time;
    struct atlas *atlas;
    struct schedule schedule;
    struct group *groups;
    struct element *elements;
    struct item *items;
    struct kase *cases;
    uint32_t nitems, cap_items, free_item, ncases, cap_cases, free_case;
    uint64_t seed;
    instant now, from, to, since; /* since: of the number of open cases */
    int64_t open;
    day today;
    struct schedule_entry *aside; /* what nobody who is free may do */
    size_t naside, cap_aside;
    struct clock *clocks; /* of cases that were stopped; of one that is free, nstops is the next free one */
    uint32_t nclocks, cap_clocks, free_clock;
};

/* pools (world.c) */
uint32_t item_new(struct world *w, uint32_t kase);
void item_free(struct world *w, uint32_t item); /* takes it out of its case too */
uint32_t kase_new(struct world *w);
void kase_free(struct world *w, uint32_t kase);
bool world_begin(struct world *w, uint64_t repetition);
double world_chance(const struct world *w, const struct kase *k, uint64_t what, uint64_t which);
void world_case_count(struct world *w, int64_t change);
/* Room for one more, numbered from 1. */
void *pool_grow(struct arena *a, void *list, uint32_t n, uint32_t *cap, size_t size);

/* officers (officers.c) */
void officers_begin(struct world *w);
void officers_morning(struct world *w);
void officers_queue(struct world *w, uint32_t item);
void officers_leave(struct world *w,
                    uint32_t item); /* a waiting item no longer waits, or nobody works on it any more */
void officers_dispatch(struct world *w, uint16_t group);
void officers_done(struct world *w, uint32_t item);
void officers_day(struct world *w); /* the lengths of the queues up to now */
void officers_end(struct world *w);

/* cases (cases.c) */
MUST result kase_file(struct world *w);
MUST result kase_item(struct world *w, uint32_t item); /* its time has come */
MUST result kase_withdraw(struct world *w, uint32_t kase);

/* clocks.c: limits and the stops of 行政许可法 art. 45 */
instant kase_limit_end(const struct world *w, uint32_t kase, const struct limit *l, instant from);
instant sooner(instant x, instant y); /* of two due times, 0: none */
void kase_clock_start(struct world *w, uint32_t kase, instant from);
void kase_late(struct world *w, uint32_t kase, bool statutory); /* a limit is told to have passed */
/* The due time of what is opened now, and where it comes from. */
instant item_due(struct world *w, uint32_t item, const struct atlas_effect *e);
instant item_office_due(const struct world *w, const struct item *x, instant own);
/* An officer has looked at it: does the clock stop? Then the item waits for that. */
bool stop_begins(struct world *w, uint32_t item);
void stop_over(struct world *w, uint32_t kase);
bool stop_holds(const struct world *w, const struct item *timer);
void stops_forget(struct world *w, uint32_t kase);

/* arrivals.c: ascending, in a */
const instant *arrivals_draw(struct arena *a, const struct sim_plan *p, uint64_t seed, size_t *n);

#endif
