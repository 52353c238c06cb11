/* Private to city/cases: a plan of migration between its files. */
#ifndef CITY_CASES_MIGRATION_PARTS_H
#define CITY_CASES_MIGRATION_PARTS_H

#include "city/cases/change.h"
#include "city/cases/run.h"
#include "city/sql.h"

#define PLAN_COLUMNS                                                                                                \
    "id, service, from_hash, to_hash, reason, how, state, made_by, made_at, decided_by, decided_at, decide_reason," \
    " cursor_id, looked, found"
enum {
    M_ID,
    M_SERVICE,
    M_FROM,
    M_TO,
    M_REASON,
    M_HOW,
    M_STATE,
    M_BY,
    M_AT,
    M_DECIDED_BY,
    M_DECIDED_AT,
    M_DECIDED_REASON,
    M_CURSOR,
    M_LOOKED,
    M_FOUND
};
extern const struct stmt PLAN_LOOK;

/* A plan with its two versions, held by a. */
struct plan {
    const struct sql_value *v; /* row of PLAN_LOOK */
    struct id id;
    const struct service *from, *to;
    struct process_migration how, back; /* as given, and turned round */
    const struct json *renamed, *renamed_back;
};
MUST result plan_open(struct city *c, struct arena *a, struct id id, struct plan *out);
/* What the person gave, as the engine takes it; CODE_MIGRATION_PLAN when an element is unknown. */
MUST result plan_how(struct arena *a, struct plan *p, const struct json *how);
/* One case under the plan, or back: through the command, outside any transaction. */
MUST result plan_move(struct city *c, struct arena *a, const struct plan *p, struct id case_id, bool undo, instant now);

/* migration_look.c: what would become of one case, as a group that others may share. NULL: it is not concerned. */
MUST result look_at_case(struct city *c, struct arena *a, const struct plan *p, struct id case_id, instant now,
                         const struct json **group, struct slice *number, bool *can);
/* [groups] with one case more; a: of the result. At most GROUPS_MOST; the rest are told together. */
#define GROUPS_MOST 60
#define NUMBERS_MOST 20
const struct json *group_add(struct arena *a, const struct json *groups, const struct json *group, struct slice number);
/* What the new version changes for every case: limits, form, steps. [text] */
const struct json *plan_notes(struct arena *a, const struct plan *p);
const struct json *problems_words(struct arena *a, result r);

#endif
