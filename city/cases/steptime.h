/* How long steps wait and take: by service, month of the case's end, step and element, how many tasks fell into which length of
 * working time. From these counts a median or a p90 is read without looking at a single case.
 *
 * A task waits from its opening until it is claimed, and is worked on from then until it is decided; one that is decided without
 * having been claimed has waited all the time. Counted are decided tasks of cases that have ended, when their measures are rolled
 * (city/cases/measure.h), in the same transaction, so that none is missed or counted twice. A rebuild counts them again from the journal. */
#ifndef CITY_CASES_STEPTIME_H
#define CITY_CASES_STEPTIME_H

#include "city/cases/cases.h"

/* Adds the tasks of the cases being rolled. */
MUST result steptimes_add(const struct city *city, struct tx *tx, struct arena *a);

/* For a rebuild, within its transaction: counts of its own are made (aside), case after case is counted once its journal is folded again and
 * its rows stand (again), both are compared, and the new ones take the place of the old (put). Of a folded case whose key is destroyed
 * nobody knows the steps any more (unknown): the counts of its service and month are then left as they are. */
MUST result steptimes_aside(struct tx *tx, struct arena *a);
MUST result steptimes_again(const struct city *city, struct tx *tx, struct arena *a, struct id case_id);
MUST result steptimes_unknown(struct tx *tx, struct arena *a, struct id case_id); /* nothing where it is not folded */
MUST result steptimes_compare(struct tx *tx, struct arena *a, int64_t *differences);
MUST result steptimes_put(struct tx *tx, struct arena *a);

#define STEPTIME_LEAST 5 /* fewer tasks than this tell nothing, and would tell of one officer's work */
/* {service: {code, name}, hash, xml, from, to: "2026-01", least, steps: [{element: id on the drawing or null, node, name, called: in
 * a called service, department or null, n, wait: {median, p90} or null, work: the same}]}. Hours of working time, within a tenth or so
 * (lengths are kept in classes a fifth wide); null: fewer than STEPTIME_LEAST. Months yyyymm, both included, at most 24:
 * CODE_QUERY_BAD. CODE_NOT_FOUND: no such service. */
MUST result steptimes_json(struct city *c, struct arena *a, struct slice service, int64_t from, int64_t to,
                           const struct json **out);

#endif
