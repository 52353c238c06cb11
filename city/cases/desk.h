/* Private to city/cases: rows of tasks as the desk shows them. */
#ifndef CITY_CASES_DESK_H
#define CITY_CASES_DESK_H

#include "city/cases/view.h"

#define TASK_COLUMNS                                                                                             \
    "t.case_id, t.token, t.node, t.step, t.kind, t.service, t.department, t.role, t.town, t.status, t.assignee," \
    " t.assignee_name, t.opened_at, t.due_at, t.urged, t.escalated_at, f.number, f.service_hash, f.version, f.progress"
#define TASK_FROM " FROM case_task t JOIN case_file f ON f.id = t.case_id"
enum {
    C_CASE,
    C_TOKEN,
    C_NODE,
    C_STEP,
    C_KIND,
    C_SERVICE,
    C_DEPARTMENT,
    C_ROLE,
    C_TOWN,
    C_STATUS,
    C_ASSIGNEE,
    C_ASSIGNEE_NAME,
    C_OPENED,
    C_DUE,
    C_URGED,
    C_ESCALATED,
    C_NUMBER,
    C_HASH,
    C_VERSION,
    C_PROGRESS,
    C_COLUMNS
};
/* The lists' statements, for the test that asks the planner. */
extern const struct stmt DESK_OF_ACCOUNT, DESK_OF_GRANT, DESK_OF_DEPARTMENT;
/* Task of docs/api.md; applicant: the masked name. */
const struct json *task_json(struct city *c, struct arena *a, instant now, const struct sql_value *v,
                             struct slice applicant);

#endif
