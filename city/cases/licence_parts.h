/* What the commands on licences share. Private to city/cases. */
#ifndef CITY_CASES_LICENCE_PARTS_H
#define CITY_CASES_LICENCE_PARTS_H

#include "city/cases/licences.h"
#include "city/cases/run.h"

/* CODE_LICENCE_STATE, in words of that state. */
MUST result licence_wrong_state(struct arena *a, struct slice status);
/* Tells the holder. */
void licence_tell(struct run *r, const struct licence_row *l, const char *zh, const char *en, struct slice reason);
MUST result licence_reason(struct arena *a, struct slice reason);
MUST result licence_right(struct arena *a, const struct actor *x, const struct licence_row *l);
/* workers.c: the facts and bytes that a verb made go into the case. */
MUST result case_made(struct run *r, const struct verb_call *made);

#endif
