/* Reports and units of the supervision; shared by its files only. */
#ifndef AREAS_00_SUPERVISE_H
#define AREAS_00_SUPERVISE_H

#include "areas/00_supervision/plan.h"

#define REPORT_DAY 5 /* working day of the next month by which a month is reported */
/* "2021-08" of a day in September; the day by which it was to be reported. */
struct slice plan_period_before(struct arena *a, day today);
day plan_report_due(const struct calendar *c, day today);

struct plan_missing {
    const char *kind; /* "report": a responsible department to the lead; "lead_report": a lead to the office */
    struct slice unit;
    int64_t area_no;
};
/* Of a month that lies before the plan's issue nothing is missing, nor of an area whose tasks are all done. */
MUST result plan_reports_missing(struct city *c, struct tx *tx, struct arena *a, const struct plan *p,
                                 const struct plan_task *tasks, size_t ntasks, struct slice period,
                                 struct plan_missing **out, size_t *n);
/* Of a department or a town; the code where unknown. */
struct bitext plan_unit_name(const struct city *c, struct slice code);
bool plan_unit_known(const struct city *c, struct slice code);

#endif
