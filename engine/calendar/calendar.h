/* Working days and legal clocks (pure). Sources: data/holidays (State Council notices), 行政许可法 arts. 32, 42,
 * 45, 82; 民事诉讼法 (2021) art. 85; 民法典 arts. 201, 203. A year without a notice falls back to Mon-Fri and says so. */
#ifndef ENGINE_CALENDAR_H
#define ENGINE_CALENDAR_H

#include "base/json.h"
#include "base/time.h"

struct calendar;

enum limit_unit { LIMIT_WORKING_DAY, LIMIT_CALENDAR_DAY, LIMIT_HOUR, LIMIT_WORKING_HOUR };

struct limit {
    int64_t n; /* > 0 */
    enum limit_unit unit;
    struct slice source; /* law and article, or the promise */
};

/* Builder: holiday-cn form {year, days:[{name,date,isOffDay}]}, one JSON value a year, in any order; late December
 * rows may come from the next year's file (a row lies at most a month outside its file's year). Two rows may
 * name the same day only when they agree. A file without days (a year not yet announced) covers nothing.
 * CODE_CALENDAR_FILE with field "YEAR#/days/3"; n == 0 is allowed: then every year is Mon-Fri.
 * Office hours are minutes of the day, e.g. 540-720 and 870-1050; without any spell a working day counts whole. */
struct office_hours {
    int from[2], to[2]; /* two spells: morning, afternoon; from == to: none */
};
MUST result calendar_new(struct arena *a, const struct json *const *years, size_t n, struct office_hours hours,
                         struct calendar **out);
bool calendar_is_working(const struct calendar *c, day d);
struct office_hours calendar_hours(const struct calendar *c); /* as given to calendar_new */
/* The name of the holiday or "调休" for a listed day, else empty. */
struct slice calendar_note(const struct calendar *c, day d);
/* Whether the year's notice is loaded. */
bool calendar_covers(const struct calendar *c, int year);
/* First 16 hex digits of a SHA-256-free content hash (FNV-1a 64): kept with each due date. */
struct slice calendar_version(const struct calendar *c);
/* n-th working/calendar day after d; d itself is not counted; n < 0 counts back, n == 0 is d. Calendar days roll over
 * a final non-working day when `roll` (民事诉讼法 art. 85; 民法典 art. 203). Hours become days, rounded up: 24 hours, or one
 * day's office hours, to a day. O(1): tables of working days before a date, and of the n-th working day. |n| above
 * ten million counts as ten million. */
day calendar_add(const struct calendar *c, day d, int64_t n, enum limit_unit unit, bool roll);
/* Working days in (from, to]; negative, of (to, from], when to < from. */
int64_t calendar_between(const struct calendar *c, day from, day to);
/* Milliseconds inside the office hours of working days in [from, to); 0 when to <= from. */
int64_t calendar_worked(const struct calendar *c, instant from, instant to);

/* A clock: starts at acceptance; only statutory causes stop it; a stop moves the due date. */
enum stop_cause {
    STOP_HEARING,
    STOP_TENDER,
    STOP_AUCTION,
    STOP_INSPECTION,
    STOP_TESTING,
    STOP_QUARANTINE,
    STOP_APPRAISAL,
    STOP_EXPERT_REVIEW,
    STOP_CAUSES
};
const char *stop_cause_name(enum stop_cause c); /* "hearing" … */
bool stop_cause_scan(struct slice s, enum stop_cause *out);
struct slice stop_cause_zh(enum stop_cause c); /* 听证 … */
struct slice stop_cause_en(enum stop_cause c); /* "expert review" … */

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
/* Instant by which it must be done, stops taken into account; CLOCK_NO_DUE while a stop is open (nobody knows then),
 * unless the time was used up before it began, and when the clock has not started or the limit has n == 0.
 *
 * Days: the start day is not counted (行政许可法 art. 82 with 民法典 art. 201). A stop takes away every whole civil day from the
 * day it begins to the day before it ends; the day on which it resumes is counted again. So a stop that begins and ends on one day moves nothing; one from
 * Monday 17:00 to Tuesday 9:00 takes Monday. A day touched by several stops goes once, and a day on which one stop
 * ends and another begins goes. Due at the end of the last day (24:00 less 1 ms). Calendar days do not roll over a
 * final holiday here: the authority's time is counted strictly.
 * Hours: every millisecond from the start that no stop covers; due when n * 3 600 000 of them are over.
 * Working hours: the same, but only milliseconds inside the office hours of working days. A clock started or resumed
 * outside them waits for the next spell; one used up exactly at the end of a spell is due there, not at the
 * next one's beginning.
 * Stops may be given in any order and overlap. O(number of stops), however large n is; n above ten million days (a
 * hundred million hours) counts as that. */
#define CLOCK_NO_DUE ((instant)0)
instant clock_due(const struct calendar *c, const struct clock *k, const struct limit *l);
/* Both change *k only when good. CODE_CLOCK_NOT_RUNNING (not started, or ended), CODE_CLOCK_STOPPED / CODE_CLOCK_NOT_STOPPED,
 * CODE_CLOCK_ORDER (before the start, or the last stop's edge), CODE_CLOCK_STOPS (a seventeenth stop). */
MUST result clock_stop(struct arena *a, struct clock *k, instant at, enum stop_cause cause);
MUST result clock_resume(struct arena *a, struct clock *k, instant at);
/* By the promise, or the statutory limit when nothing was promised. Red when late, stopped or not; yellow in the last
 * fifth (for days: from the day with which more than four fifths are used, so always on the last one); green else.
 * NONE: not started, or no limit. */
enum light clock_light(const struct calendar *c, const struct clock *k, instant now);
/* "第2个工作日 / 共5个工作日": units elapsed and in all (days with today, or whole hours), stops excluded. Elapsed passes
 * the total when it is late; it stands still at the end. */
void clock_progress(const struct calendar *c, const struct clock *k, const struct limit *l, instant now,
                    int64_t *elapsed, int64_t *total);

#endif
