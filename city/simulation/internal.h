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
MUST result fit_journal(const struct known_service *k, const struct json **out);

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
