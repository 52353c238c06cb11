/* Where a monthly figure goes, and whether it just broke with its past (pure). Methods are few and old, so that whoever reads the
 * figure can do it again by hand; each forecast says how wrong the same method was in the months that are known. */
#ifndef ENGINE_FIGURES_TREND_H
#define ENGINE_FIGURES_TREND_H

#include <stdbool.h>
#include <stddef.h>

/* One value a month, oldest first; NAN: no case in that month. */
struct series {
    const double *v;
    size_t n;
};

enum forecast_method {
    FORECAST_NONE,    /* fewer than FORECAST_LEAST known months */
    FORECAST_LAST,    /* the last known value goes on */
    FORECAST_HOLT,    /* level and slope, each smoothed (C. Holt, 1957) with the constants below */
    FORECAST_SEASONAL /* the same month a year before; needs two years */
};
const char *forecast_method_name(enum forecast_method m); /* "none", "last", "holt", "seasonal" */
#define FORECAST_LEAST 6
#define FORECAST_MONTHS 12 /* at most so many are foretold */
#define HOLT_LEVEL 0.5
#define HOLT_SLOPE 0.2

struct forecast {
    enum forecast_method method;
    size_t n; /* months foretold, the first is the one after the series */
    double v[FORECAST_MONTHS];
    double
        error; /* mean absolute error of one-month forecasts made for the last months from what was known before each */
    size_t tested; /* how many months that was: up to 12, at least 3 */
};
/* Of the methods that the series is long enough for, the one with the least past error (of equals the simpler). The error of a
 * chosen method is a little too kind, since it was chosen by it. least, most: the figure cannot leave these (a share 0..1; NAN:
 * no bound). */
struct forecast forecast_of(struct series s, size_t months, double least, double most);
/* What one method says for the month after the first n months; false when it cannot. */
bool forecast_next(enum forecast_method m, struct series s, double *out);

/* The last known month against the twelve known ones before it: z = 0.6745 * (y - median) / MAD, MAD the median absolute
 * deviation; broken when |z| > 3.5 (B. Iglewicz and D. Hoaglin, 1993). When more than half of the months are equal the MAD is 0 and
 * the mean absolute deviation takes its place (z = (y - median) / (1.2533 * it)); when all are equal any other value is a
 * break and z is infinite. Fewer than six known months before it: tested is false. */
#define BREAK_Z 3.5
struct alarm {
    bool tested, broken;
    size_t at; /* index of the month looked at */
    double median, z;
};
struct alarm alarm_of(struct series s);

#endif
