/* Shared by the files of area 17 only: papers on their way between towns (全市通办: a window of one town takes in what another
 * town decides; the originals travel on a list that both can see). */
#ifndef AREAS_17_HANDOVER_H
#define AREAS_17_HANDOVER_H

#include "city/cases/cases.h"

extern const struct verb VERB_HANDOVER_SEND, VERB_HANDOVER_RECEIVE;
extern const struct endpoint EP_HANDOVERS;

enum { AREA_17_NMIGRATIONS = 3 };
extern const struct migration AREA_17_MIGRATIONS[AREA_17_NMIGRATIONS];
extern const struct stmt *const AREA_17_CLEAR[];
MUST result area_17_project(struct arena *a, const struct json *fact, struct id case_id, struct decision *d);

#endif
