/* What the files of engine/calendar share; nobody else includes it. Days and instants are int64 here, so that
 * sums cannot overflow: callers clamp what they take in and give out. */
#ifndef ENGINE_CALENDAR_TABLE_H
#define ENGINE_CALENDAR_TABLE_H

#include "engine/calendar/calendar.h"

#define CALENDAR_DAYS_MAX INT64_C(10000000)
#define CALENDAR_HOURS_MAX INT64_C(100000000)

struct calendar_row { /* a listed day */
    day d;
    bool off;
    struct slice name;
};

struct calendar {
    /* Days lo … hi-1 are in the tables; before and after them the plain week goes on. */
    int64_t lo, hi, total;     /* total: working days of the tables */
    bool *working;             /* [hi - lo] */
    int32_t *before;           /* [hi - lo + 1] working days from lo to before this day */
    int32_t *nth;              /* [total] the k-th working day, less lo */
    struct calendar_row *rows; /* by day */
    size_t nrows;
    int *years; /* covered, ascending */
    size_t nyears;
    struct office_hours hours;
    int64_t office; /* ms of office time of a working day, > 0 */
    struct slice version;
};

/* Quotient rounded down; y > 0. */
int64_t calendar_floor(int64_t x, int64_t y);
/* Working days before d, counted from a fixed origin; and the day d such that k working days lie before it and it is one. */
int64_t calendar_rank(const struct calendar *c, int64_t d);
int64_t calendar_select(const struct calendar *c, int64_t k);
/* Office milliseconds before t, from a fixed origin; and the first instant before which x of them lie. */
int64_t calendar_office(const struct calendar *c, instant t);
instant calendar_office_end(const struct calendar *c, int64_t x);

#endif
