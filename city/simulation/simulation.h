/* Simulating a service of the catalogue, published or a draft (engine/simulation): what is known of it becomes parameters, people
 * change them, runs are made, and a report is kept.
 *
 * Parameters, one JSON object; every member may be left out and is then what is known (simulation_parameters):
 *   year, seed, repetitions (1 to 50), cases (0: as many as the months say)
 *   arrivals   {month: [12 numbers of cases], weekday: [7 weights, Sunday first], hour: [24 weights]}
 *   groups     {department: {officers, away (share of days)}}
 *   steps      {key: {takes: {shape: constant|exponential|lognormal, minutes, cv}, delay (of officers, alike: before anybody turns to it), outcomes: {outcome: share}, fails (of a verb: share),
 *              outputs (of a verb): [{share, output}], occurs (of a message or signal that may come meanwhile: share)}}; minutes are of
 *              office time for officers, else of the clock
 *   stops      {cause of 行政许可法 art. 45: {share, takes, step: where, empty: the first step of officers behind acceptance}}
 *   shapes     {name: share}: kinds of applications, from the service's own scenarios
 *   withdrawn  {share, days}; answer_days: until a correction is answered
 *   variants   [{name, drop: [step], parallel: [[step, step]], staff: {department: officers}}], at most 6
 * and, told but not read: names of steps, departments and shapes, and where each value comes from ("source": {from: "journal" |
 * "default" | "staff" | "scenarios" | "schema" | "definition", n: observations}). */
#ifndef CITY_SIMULATION_SIMULATION_H
#define CITY_SIMULATION_SIMULATION_H

#include "city/catalogue/catalogue.h"
#include "engine/simulation/simulation.h"

extern const struct migration SIMULATION_MIGRATIONS[];
extern const size_t SIMULATION_NMIGRATIONS;

/* Every date of a form moves by so many days, but for dates of birth: a form written for one day fits another. */
const struct json *form_dates_moved(struct arena *a, const struct json *form, int64_t days);

/* ---- parameters ---- */
/* What is known of the service; from the journal, where it has enough, when `fit` (the city has a store). */
MUST result simulation_parameters(struct city *c, struct arena *a, const struct service *s, bool fit,
                                  const struct json **out);

#define SIMULATION_VARIANTS 6
struct simulation_variant {
    struct slice name; /* empty: the service as it is */
    const struct service *service;
    struct sim_plan plan;
    const struct json *change; /* what was asked; NULL for the base */
};
struct simulation {
    const struct json *parameters; /* all of them, with what was left out filled in */
    int64_t repetitions;
    size_t nvariants; /* the first is what the others are compared with */
    struct simulation_variant variants[SIMULATION_VARIANTS + 2];
};
/* parameters: what differs from what is known (known: simulation_parameters of s; or NULL, then without the journal). against: the
 * version that s is compared with, or NULL. arrivals: instants instead of drawn ones, or NULL.
 * CODE_SIM_PARAMETERS, every fault joined. */
MUST result simulation_setup(struct city *c, struct arena *a, const struct service *s, const struct service *against,
                             const struct json *known, const struct json *parameters, const instant *arrivals,
                             size_t narrivals, struct simulation *out);

/* ---- runs ---- */
/* All variants and repetitions on so many threads; the report is the same for any number of them, {parameters, variants: [{name,
 * arrived, …, steps, groups, bottleneck, difference}]}; see docs/api.md. *stopped: the watch said so, and there is no report. */
MUST result simulation_run(struct arena *a, const struct simulation *s, const struct citydata *names, int threads,
                           const struct sim_watch *watch, const struct json **report, bool *stopped);

/* ---- kept ---- */
struct simulation_asked {
    struct slice service;
    struct service_files files; /* a draft; n == 0: the current version */
    bool against;               /* compare a draft with the current version */
    const struct json *parameters;
    struct slice note; /* what it is about, in the words of who asks; may be empty */
};
/* Checks, and leaves it to a worker. */
MUST result simulation_begin(struct city *c, struct arena *a, const struct actor *x, const struct simulation_asked *q,
                             instant now, struct id *id);
MUST result simulation_show(struct city *c, struct arena *a, struct id id, const struct json **out);
/* Newest first, without reports; of one service, or all when empty. */
MUST result simulation_list(struct city *c, struct arena *a, struct slice service, int64_t limit, struct slice cursor,
                            const struct json **out);
/* One that is waiting or running; CODE_REQUEST_SETTLED when it is over. */
MUST result simulation_cancel(struct city *c, struct arena *a, const struct actor *x, struct id id, instant now);
/* Works on one, as long as `up` says so (else another server begins it again); *done: 1 when there was one. */
MUST result simulations_run(struct city *c, struct arena *a, instant now, const struct sim_watch *up, size_t *done);

#endif
