/* A case over the drawing of its process: what every element of the version it runs on has done. */
#ifndef CITY_CASES_DIAGRAM_H
#define CITY_CASES_DIAGRAM_H

#include "city/cases/cases.h"

/* {number, service: {code, name}, hash, current (no newer version is published), state, xml (process.bpmn of that version; the
 *  definition alone, no data of the case), elements: [{id, kind, name, step or null, state, times, entered_at, left_at, due_at, who,
 *  department, outcome, text}]}. Of the service's own process; a called one shows as the activity that calls it.
 * state of an element: "done", "running", "waiting" (for a time, an event, other branches or the applicant), "armed" (a boundary event
 * that may still happen), "failed" (stands still until somebody mends it), "cancelled", or "none" (not come to). The owner sees names of
 * officers as on the progress page, and of a standstill only that it is one. CODE_NOT_FOUND, CODE_VAULT_ERASED. */
MUST result case_diagram(struct city *c, struct arena *a, struct id case_id, instant now, enum case_audience who,
                         const struct json **out);

#endif
