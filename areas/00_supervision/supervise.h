/* Reports and units of the supervision; shared by its files only. */
#ifndef AREAS_00_SUPERVISE_H
#define AREAS_00_SUPERVISE_H

#include "areas/00_supervision/plan.h"

#define REPORT_DAY 5 /* working day of the next month by which a month is reported */
/* "2021-08" of a day in September; the day by which it was to be reported. */
struct slice plan_period_before(struct arena *a, day today);
day plan_report_due(const struct calendar *c, day today);

/* "2021-08" -> the first day of September. False: no month. */
bool plan_period_next(struct slice period, day *next);
/* Tenths of a point by the rules of GET /plan/assessment; -1: nothing to score. */
int64_t plan_score(int64_t due, int64_t in_time, int64_t late_done, int64_t expected, int64_t filed);

struct plan_report {
    const char *kind; /* "report": a responsible department to the lead; "lead_report": a lead to the office */
    struct slice unit;
    int64_t area_no;
    instant filed_at; /* first; 0: it is missing */
};
/* The reports that are expected of a month. Of a month that lies before the plan's issue none is, nor of an area whose tasks are all done. */
MUST result plan_reports(struct city *c, struct tx *tx, struct arena *a, const struct plan *p,
                         const struct plan_task *tasks, size_t ntasks, struct slice period, struct plan_report **out,
                         size_t *n);
/* Of a department or a town; the code where unknown. */
struct bitext plan_unit_name(const struct city *c, struct slice code);
bool plan_unit_known(const struct city *c, struct slice code);

#endif
