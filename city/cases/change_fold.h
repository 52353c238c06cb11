/* Private to city/cases: what a migration and a correction leave in the journal, and how it is folded. */
#ifndef CITY_CASES_CHANGE_FOLD_H
#define CITY_CASES_CHANGE_FOLD_H

#include "city/cases/run.h"

/* {"t": "migrated", "from", "to": hashes, "plan", "undo"?, "steps": [{key, limit?}], "renamed"?: [{from, to}]} */
MUST result fold_migrated(struct fold *f, const struct json *v);
/* {"t": "task_changed", "token", "node", "step", "kind", "department", "role", "due", "free"?: nobody holds it any more} */
MUST result fold_task_changed(struct fold *f, const struct json *v);
/* {"t": "step_corrected", "what", "node", "to"?, "reason", "name", "by", "again": step keys, "signature"} */
MUST result fold_step_corrected(struct fold *f, const struct json *v);

#endif
