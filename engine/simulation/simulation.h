/* Simulation of a service (pure): cases arrive, go through the published process by the same step function as real ones
 * (engine/process; real FEEL and DMN), wait for officers, and end; on virtual time, with the city's calendar. Time, seed and all
 * parameters are handed in; the same input gives the same result, byte for byte.
 *
 * What is left out or put simply is part of what a reader must know, so it is listed here and in docs/designers/simulation.md:
 * - Officers work in office time only and go on next morning with what they began; when they are away then, a colleague goes on with it.
 *   A department's officers are alike.
 * - The next task of a department is the one due first (tb:clock, the step's limit, the case's limits, whichever is soonest), as
 *   the desk sorts; of the same instant the one opened first. tb:separate is kept.
 * - Verbs and outside systems are delays with an outcome. A message or signal that a case waits for comes after a delay too, and an
 *   activity that somebody may choose is chosen after one; what a case throws reaches nobody else. A message or signal that may come while
 *   something goes on (boundary event, event sub-process) comes with its chance, after its delay, once each time it may.
 * - A stop of the clock (行政许可法 art. 45) begins when an officer has looked at a task, and when it is over the task is taken up again from
 *   its beginning. One cause stops a case once at most; other branches go on meanwhile, and timers are held as the platform holds them.
 * - Correction (补正) is asked at most once, at acceptance, and answered after a delay; nobody lets it lapse.
 * - An incident is left as it is: the case stays open and is counted.
 * - Figures of forms are those of the shapes given: what a process reads of a form is real, who filed it is not. */
#ifndef ENGINE_SIMULATION_SIMULATION_H
#define ENGINE_SIMULATION_SIMULATION_H

#include "engine/process/process.h"
#include "engine/simulation/histogram.h"
#include "engine/simulation/random.h"

/* ---- what the process consists of ---- */
struct sim_outcome {
    struct slice name;
    double share;
    const struct json *data; /* what the event carries: of a task {outcome, …}, of a verb its output; NULL: nothing */
    bool fails;              /* of a verb: EV_VERB_FAILED */
};
enum sim_kind {
    SIM_OFFICER,   /* a user task that a department does */
    SIM_APPLICANT, /* a user task of the applicant's: it takes its time, nobody of the office is busy */
    SIM_VERB,      /* a service task */
    SIM_EVENT      /* a message or signal that comes from elsewhere */
};
#define SIM_NONE SIZE_MAX
struct sim_element {
    const struct process_node *node;
    const struct process_model *model; /* it stands in */
    struct slice key;                  /* "examine"; "seal_engraving/issue" where several have the id */
    enum sim_kind kind;
    struct random_dist takes; /* ms: of office time for officers, else of the clock */
    struct random_dist
        delay; /* of officers: ms of office time that it lies before it is in their queue, for other work; mean 0: none */
    const struct sim_outcome *outcomes;
    size_t noutcomes;   /* at least one, or the engine's own default is taken */
    bool dropped;       /* done at once, by nobody, with its first outcome */
    size_t beside;      /* begins when that element begins (made parallel with it); SIM_NONE */
    size_t separate;    /* not the officer of that element; SIM_NONE */
    bool remembered;    /* some element is separate from this one */
    bool armed;         /* an event that may come while something else goes on */
    double occurs;      /* chance of that, each time it may come */
    struct limit limit; /* of the applicant's step it belongs to; n == 0: none */
};
/* Every element of the model and of those it calls that takes time; takes, outcomes and limit are the caller's to fill in (a
 * user task has the outcomes that the model names, the first with share 1; what is armed never occurs). */
void sim_elements(struct arena *a, const struct process_model *m, struct sim_element **out, size_t *n);
/* By key, or by an id that only one has; SIM_NONE. */
size_t sim_element_find(const struct sim_element *list, size_t n, struct slice key);

struct sim_group { /* officers of a department */
    struct slice code;
    int64_t officers;
    double away; /* share of working days on which one is absent, in spells of SIM_AWAY_DAYS working days */
};
enum { SIM_AWAY_DAYS = 3 };
struct sim_shape { /* a kind of case: its variables at the start */
    struct slice name;
    double share;
    const struct json *vars;
};

struct sim_stop { /* the law's clock stands still for this cause */
    enum stop_cause cause;
    double share;             /* of cases that come to the step with a clock that runs */
    struct random_dist takes; /* ms of the clock */
    size_t element;           /* of officers; SIM_NONE: the first one behind acceptance */
};

/* ---- a year of it ---- */
struct sim_arrivals {
    const instant *list; /* these, ascending; or NULL and drawn from the rest */
    size_t n;            /* so many; 0 without a list: as many as the months' rates give (Poisson) */
    double month[12];    /* cases in a month of that name; where n is given, only their ratio counts */
    double weekday[7];   /* weights, Sunday first; on a day off that would be a working day: that of Sunday */
    double hour[24];     /* weights */
};
struct sim_plan {
    const struct process_model *model;
    struct process_step_env env;      /* calendar and decisions; limits.read is set here */
    day from, to;                     /* [from, to) */
    struct limit promised, statutory; /* of the case; n == 0: none */
    bool accepted_on_filing;
    const struct sim_element *elements;
    size_t nelements;
    const struct sim_group *groups; /* the first one is asked where a model names a department that is none of these */
    size_t ngroups;
    const struct sim_shape *shapes; /* at least one */
    size_t nshapes;
    struct sim_arrivals arrivals;
    double withdrawn;             /* share of cases that are taken back, if they are still open then */
    struct random_dist patience;  /* ms from filing to that */
    struct random_dist answer;    /* ms until a correction is answered */
    const struct sim_stop *stops; /* at most CLOCK_STOPS_MAX */
    size_t nstops;
    uint64_t seed;
    bool plain; /* every step is computed anew: slow, the same result */
};
/* Whether the numbers make sense; joined problems, field = place in the plan ("/groups/scjg/officers"). */
MUST result sim_plan_check(struct arena *a, const struct sim_plan *p);

/* ---- what came of it; adds up over repetitions ---- */
struct sim_step_result {                               /* in the order of the plan's elements */
    int64_t opened, done, cancelled, open, ahead_lost; /* ahead_lost: done beside another step, and then not needed */
    int64_t late_promised, late_statutory;             /* cases that were here when their limit passed */
    int64_t wait_office, wait_ms, work_ms; /* sums: until an officer began, in office time and by the clock; the work */
    int64_t area_ms;   /* of the length of the queue over time: equals what all waited in it, to the end of the run */
    int64_t queued_ms; /* that sum of waits, counted item by item */
    int64_t most;      /* longest queue */
    struct histogram wait; /* seconds of office time until an officer began */
    struct histogram took; /* seconds by the clock, opened to done */
};
struct sim_group_result {
    int64_t busy_ms, there_ms;               /* office time */
    int64_t month_busy[12], month_there[12]; /* by month from the first */
    int64_t most;
    int64_t *queue; /* [days]: ms that items waited on that day */
};
enum { SIM_OUTCOMES = 32, SIM_DAYS_MOST = 400 };
struct sim_result {
    int32_t days;
    int64_t runs, arrived, ended, withdrawn, open, incidents;
    int64_t clocks, late_promised, late_statutory; /* clocks that ran; whose limit passed while the case was open */
    int64_t events, steps, computed; /* events on the clock; steps of the engine; of these computed, not known yet */
    int64_t in_system_ms, stay_ms;   /* of the number of open cases over time; of the cases' stays: equal */
    struct histogram
        workdays; /* of ended, not withdrawn cases: working days from filing to the end, the first not counted */
    struct histogram stay;          /* seconds by the clock */
    struct sim_step_result *steps_; /* [nelements] */
    struct sim_group_result *groups;
    size_t nsteps, ngroups, noutcomes;
    struct {
        struct slice name;
        int64_t n;
    } outcomes[SIM_OUTCOMES]; /* of the ended; the last takes the rest */
    int64_t months[12];       /* arrivals by month */
    struct {
        int64_t n, ms; /* that are over, and how long they were */
    } stops[STOP_CAUSES];
    bool stopped;
};
/* Told now and then how much is done (0 to 1); false: stop. */
struct sim_watch {
    bool (*go_on)(void *ctx, double part);
    void *ctx;
};
/* One run with the chances of that number. CODE_SIM_PROCESS: the engine refused a step, which is a fault of the definition. */
MUST result sim_run(struct arena *a, const struct sim_plan *p, uint64_t repetition, const struct sim_watch *watch,
                    struct sim_result **out);
/* Adds a run to a sum (NULL: a copy is made in a). Shapes of the plans must be alike. */
struct sim_result *sim_add(struct arena *a, struct sim_result *sum, const struct sim_result *one);

/* ---- comparing ---- */
/* Mean and half the width of the 95 % interval (Student's t) of n values; half is negative where n < 2. */
struct sim_mean {
    double mean, half;
};
struct sim_mean sim_mean(const double *values, size_t n);

/* A value that a JSON Schema allows: for verbs' outputs and forms nobody filled in. Booleans are true, texts short, numbers
 * the least that is allowed; what is not required is left out unless `all`. Keywords: type, const, enum, default, properties, required,
 * items, minItems, minimum, minLength, format, the first of oneOf/anyOf, all of allOf, local $ref. */
const struct json *sim_sample(struct arena *a, const struct json *schema, bool all);

#endif
