/* Time. Instants are milliseconds since 1970-01-01T00:00:00Z; dates are day numbers of the proleptic
 * Gregorian calendar (0 = 1970-01-01). The city's civil time is UTC+8 without daylight saving. */
#ifndef BASE_TIME_H
#define BASE_TIME_H

#include "base/result.h"

typedef int64_t instant; /* ms, UTC */
typedef int32_t day;     /* days since 1970-01-01 */

#define MS_SECOND INT64_C(1000)
#define MS_MINUTE (60 * MS_SECOND)
#define MS_HOUR (60 * MS_MINUTE)
#define MS_DAY (24 * MS_HOUR)
#define CITY_OFFSET (8 * MS_HOUR)

/* Time is handed down: live, in tests and in simulation alike. */
struct time_source {
    instant (*now)(void *ctx);
    void *ctx;
};
struct time_source time_system(void);
static inline instant time_now(struct time_source t) { return t.now(t.ctx); }

struct civil {
    int year, month, day, hour, minute, second, ms;
};
day day_of_civil(int year, int month, int d);
/* False when there is no such date. */
bool civil_valid(int year, int month, int d);
void civil_of_day(day n, int *year, int *month, int *d);
struct civil civil_of_instant(instant t); /* in the city's civil time */
day day_of_instant(instant t);            /* the city's civil date */
instant instant_of_day(day n);            /* start of that civil date */
int weekday(day n);                       /* 0 = Sunday … 6 = Saturday */
/* "2021-04-30", strict (RFC 3339 full-date). */
MUST result day_parse(struct arena *a, struct slice text, struct slice field, day *out);
bool day_scan(struct slice text, day *out);
struct slice day_text(struct arena *a, day n);
/* "2021-04-30T09:00:00+08:00" (RFC 3339; Z or an offset; up to nine digits of fraction, cut to ms).
 * A leap second (":60") is refused: civil time here has none. */
MUST result instant_parse(struct arena *a, struct slice text, struct slice field, instant *out);
bool instant_scan(struct slice text, instant *out);
struct slice instant_text(struct arena *a, instant t); /* with +08:00; ms only when not 0 */

#endif
