/* Working days and legal clocks (pure). Sources: data/holidays (State Council notices), 行政许可法 arts. 32, 42,
 * 45, 82; 民事诉讼法 (2021) art. 85. A year without a notice falls back to Mon-Fri and says so. */
#ifndef ENGINE_CALENDAR_H
#define ENGINE_CALENDAR_H

#include "base/json.h"
#include "base/time.h"

struct calendar;

enum limit_unit { LIMIT_WORKING_DAY, LIMIT_CALENDAR_DAY, LIMIT_HOUR, LIMIT_WORKING_HOUR };

struct limit {
    int64_t n;            /* > 0 */
    enum limit_unit unit;
    struct slice source;  /* law and article, or the promise */
};

/* Builder: holiday-cn form {year, days:[{name,date,isOffDay}]}, one JSON value a year; late December rows may
 * come from the next year's file. Office hours are minutes of the day, e.g. 540-720 and 870-1050. */
struct office_hours {
    int from[2], to[2]; /* two spells: morning, afternoon; from == to: none */
};
MUST result calendar_new(struct arena *a, const struct json *const *years, size_t n, struct office_hours hours, struct calendar **out);
bool calendar_is_working(const struct calendar *c, day d);
/* The name of the holiday or "调休" for a listed day, else empty. */
struct slice calendar_note(const struct calendar *c, day d);
/* Whether the year's notice is loaded. */
bool calendar_covers(const struct calendar *c, int year);
/* First 16 hex digits of a SHA-256-free content hash (FNV-1a 64): kept with each due date. */
struct slice calendar_version(const struct calendar *c);
/* n-th working/calendar day after d; d itself is not counted. Calendar days roll over a final non-working day when `roll`. */
day calendar_add(const struct calendar *c, day d, int64_t n, enum limit_unit unit, bool roll);
/* Working days in (from, to]. */
int64_t calendar_between(const struct calendar *c, day from, day to);

/* A clock: starts at acceptance; only statutory causes stop it; a stop moves the due date. */
enum stop_cause { STOP_HEARING, STOP_TENDER, STOP_AUCTION, STOP_INSPECTION, STOP_TESTING, STOP_QUARANTINE, STOP_APPRAISAL, STOP_EXPERT_REVIEW, STOP_CAUSES };
const char *stop_cause_name(enum stop_cause c);     /* "hearing" … */
bool stop_cause_scan(struct slice s, enum stop_cause *out);
struct slice stop_cause_zh(enum stop_cause c);      /* 听证 … */

enum light { LIGHT_NONE, LIGHT_GREEN, LIGHT_YELLOW, LIGHT_RED, LIGHT_STOPPED, LIGHT_DONE, LIGHT_DONE_LATE };
const char *light_name(enum light l);

#define CLOCK_STOPS_MAX 16
struct clock_stop {
    instant from, to; /* to == 0: still stopped */
    enum stop_cause cause;
};
struct clock {
    struct limit promised, statutory; /* n == 0: none. promised <= statutory is checked at publication */
    instant started;                  /* 0: not started */
    instant ended;                    /* 0: running */
    size_t nstops;
    struct clock_stop stops[CLOCK_STOPS_MAX];
};
/* Instant by which it must be done (the end of the last day for days: 24:00 minus 1 ms), stops taken into account.
 * Days: the start day is not counted; each day touched by a stop, except the day it resumes, is not counted. */
instant clock_due(const struct calendar *c, const struct clock *k, const struct limit *l);
MUST result clock_stop(struct arena *a, struct clock *k, instant at, enum stop_cause cause);
MUST result clock_resume(struct arena *a, struct clock *k, instant at);
/* Red when late; yellow in the last fifth, or on the last day; green else. */
enum light clock_light(const struct calendar *c, const struct clock *k, instant now);
/* "第2个工作日 / 共5个工作日": units elapsed and in all (whole days, or hours), stops excluded. */
void clock_progress(const struct calendar *c, const struct clock *k, const struct limit *l, instant now, int64_t *elapsed, int64_t *total);

#endif
