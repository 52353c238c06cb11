/* Shared by the files of city/simulation only. */
#ifndef CITY_SIMULATION_INTERNAL_H
#define CITY_SIMULATION_INTERNAL_H

#include "city/simulation/simulation.h"
#include "city/sql.h"

struct known_service { /* a service with its elements */
    struct city *city;
    struct arena *a;
    const struct service *s;
    struct sim_element *elements;
    size_t n;
};
void known_elements(struct city *c, struct arena *a, const struct service *s, struct known_service *out);
/* The department that does the element when the model does not say. */
struct slice element_department(const struct known_service *k, const struct sim_element *e);
/* The applicant's step it belongs to; empty. */
struct slice element_step(const struct known_service *k, const struct sim_element *e);
const struct json *source_json(struct arena *a, const char *from, int64_t n);

/* shapes.c: kinds of applications; their shares are how many scenarios have them. */
MUST result shapes_of(struct city *c, struct arena *a, const struct service *s, struct sim_shape **out, size_t *n,
                      const char **from);

/* fit.c: an object to lay over what is known by itself. */
enum { FIT_CASES = 50000, FIT_ENOUGH = 30 };
MUST result fit_journal(const struct known_service *k, const struct json **out);

/* fit_clock.c: stops of the clock, and messages that ended a task; adds to what fit_journal says. */
MUST result fit_clock(const struct known_service *k, struct json_builder *to, struct json_builder *steps);
/* An element by its key, or all that officers do in an applicant's step of that key; at most `most`. */
size_t elements_marked(const struct known_service *k, struct slice key, size_t *list, size_t most);

/* report.c */
struct variant_runs {
    const struct simulation_variant *v;
    struct sim_result *sum;
    struct measure *measures; /* [repetitions] */
};
enum { MEASURES = 6, MEASURE_STEPS = 64, MEASURE_GROUPS = 32 };
struct measure { /* of one repetition: what intervals are made of */
    double value[MEASURES];
    double step_wait[MEASURE_STEPS], group_busy[MEASURE_GROUPS];
};
void measure_take(const struct sim_result *r, struct measure *out);
const struct json *report_json(struct arena *a, const struct simulation *s, const struct citydata *names,
                               const struct variant_runs *runs);

#endif
