/* The table of statutory limits (data/rules/deadlines.json): what the law allows, so that a service's own limits can be
 * compared with it. Pure; the caller reads the file. */
#ifndef ENGINE_CALENDAR_DEADLINES_H
#define ENGINE_CALENDAR_DEADLINES_H

#include "engine/calendar/calendar.h"

struct deadlines;

enum deadline_kind {
    DEADLINE_MAX,        /* "max"        at the latest after so long */
    DEADLINE_MIN,        /* "min"        must last so long at least */
    DEADLINE_MIN_BEFORE, /* "min_before" so long before an event at the latest */
    DEADLINE_MIN_ODD,    /* "min_odd"    a number at least, and odd */
    DEADLINE_FIXED,      /* "fixed"      exactly so long */
};
enum deadline_unit {
    DEADLINE_CALENDAR_DAY, /* "d" */
    DEADLINE_WORKING_DAY,  /* "wd" */
    DEADLINE_HOUR,         /* "h" */
    DEADLINE_MONTH,        /* "m" */
    DEADLINE_YEAR,         /* "y" */
    DEADLINE_PERCENT,      /* "pct" */
    DEADLINE_PERSONS,      /* "persons" */
};

struct deadline {
    struct slice id;      /* "perm.decide" */
    struct slice domain;  /* 招标投标 … */
    struct slice trigger; /* what it limits, in words */
    enum deadline_kind kind;
    enum deadline_unit unit;
    int64_t n;           /* > 0 */
    struct limit limit;  /* the same when it is a time in days or hours, else n == 0; source is set always */
    struct slice source; /* law and article */
    struct slice note;   /* extensions and exceptions, in words: not taken into account here */
};

/* {"rules": [{id, domain, trigger, n, unit, kind, source, note}]}; at most 10 000 rows, ids unique. Text is copied.
 * CODE_DEADLINES_FILE with field "rules/3". */
MUST result deadlines_new(struct arena *a, const struct json *table, const struct deadlines **out);
/* NULL when there is no such id. */
const struct deadline *deadline_find(const struct deadlines *d, struct slice id);
/* All, by id. */
size_t deadlines_all(const struct deadlines *d, const struct deadline **out);

/* Whether a limit of `l` keeps the law's: never ends later than it (max), earlier (min, min_before), either (fixed).
 * Equal units compare by number; else every start day of the years the calendar covers is tried (hours count as a
 * part of a day, rounded up), so that "10 working days" is found too long for 15 calendar days only because
 * of the long holidays in which it is. Percent and persons are no times: true. */
bool deadline_keeps(const struct deadline *d, const struct calendar *c, const struct limit *l);

#endif
