/* Lights of tasks, from the working calendar. Pure. */
#include "areas/00_supervision/plan.h"

#include "engine/calendar/calendar.h"

const char *plan_light_name(enum plan_light l)
{
    static const char *const NAMES[PLAN_LIGHTS] = {
        [PLAN_UNDATED] = "undated", [PLAN_ON_TIME] = "on_time",     [PLAN_DUE_SOON] = "due_soon",
        [PLAN_LATE] = "late",       [PLAN_REGRESSED] = "regressed", [PLAN_DONE] = "done"};
    return NAMES[l];
}

/* The last day still counts, working day or not. */
enum plan_light plan_light(const struct calendar *c, const struct plan_clock *k, day today)
{
    if (k->done) return PLAN_DONE;
    if (k->regressed) return PLAN_REGRESSED;
    if (!k->dated) return PLAN_UNDATED;
    if (today > k->due) return PLAN_LATE;
    return calendar_between(c, today, k->due) <= PLAN_SOON ? PLAN_DUE_SOON : PLAN_ON_TIME;
}
