/* How many cases of a service were finished within what it promises, and what made the others late: computed from the live
 * cases, never typed in (system 1.1; 优化营商环境条例 art. 18: what is promised is shown). */
#ifndef CITY_CASES_TIMELINESS_H
#define CITY_CASES_TIMELINESS_H

#include "city/city.h"

#define TIMELINESS_MISSES 200 /* at most so many are listed; the counts are of all */

/* Cases of the service filed in [from, to). Finished: decided, whatever the answer. A case is late that was finished after its
 * promised limit, stops taken into account, or is open and past it. CODE_NOT_FOUND: no such service.
 *
 * {service: {code, name}, from, to, limit, filed, finished, within, late, share: within / finished or null, open, overdue,
 *  withdrawn, not_accepted, by: [{step, name, department: {code, name}, cause, text, n}], more: misses beyond the list,
 *  misses: [{number, filed_at, due_at, finished_at or null,
 *            steps: [{step or null, name, department, cause, text, element: text or null}]}]}, misses newest first.
 *
 * To whom a miss goes: the steps under way when the whole fell due that overran their own limit; else all that were under way
 * then; else the case as a whole. The cause of each is where most of its time went, by the journal: "officer" (then the element
 * and its department), "applicant", "system" (a verb: another body's system, or the making of a document), "standstill" (nothing
 * was under way), or "unknown" when the case's data are erased. */
MUST result case_timeliness(struct city *c, struct arena *a, struct slice service, instant from, instant to,
                            instant now, const struct json **out);

#endif
