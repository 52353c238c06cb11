/* The office time of the days of a simulation. Milliseconds throughout. */
#ifndef ENGINE_SIMULATION_WORKTIME_H
#define ENGINE_SIMULATION_WORKTIME_H

#include "engine/calendar/calendar.h"

struct worktime {
    day from;
    int32_t days;         /* in the tables; later instants count as the end of the last */
    int64_t spells[2][2]; /* of a working day, from midnight; nspells of them */
    int nspells;
    int64_t office;         /* of a working day, > 0 */
    const uint8_t *working; /* [days] */
    const int64_t *before;  /* [days + 1] office time before the day */
};
struct worktime worktime_new(struct arena *a, const struct calendar *c, day from, int32_t days);
static inline int32_t worktime_day(const struct worktime *w, instant t) { return day_of_instant(t) - w->from; }
bool worktime_open(const struct worktime *w, instant t); /* an office is open; at the end of a spell it is not */
/* The beginning of the next spell, after t; the end of the tables when there is none. */
instant worktime_opens(const struct worktime *w, instant t);
int64_t worktime_before(const struct worktime *w, instant t); /* office time from the first day to t */
/* When somebody who begins at t has worked so long. */
instant worktime_done(const struct worktime *w, instant t, int64_t work);

#endif
