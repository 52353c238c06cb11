/* Dates, times and durations of FEEL (DMN 1.5, 10.3.2.3.4 to 10.3.2.3.9; literal forms of XML Schema and,
 * for zones, "@Area/City" of the IANA database, as kept by ICU). */
#ifndef ENGINE_DECISION_TEMPORAL_H
#define ENGINE_DECISION_TEMPORAL_H

#include "base/time.h"
#include "engine/decision/value.h"

#define NANOS_SECOND INT64_C(1000000000)
#define SECONDS_DAY INT64_C(86400)
#define YEAR_MAX 999999999

enum zone_kind { ZONE_NONE, ZONE_OFFSET, ZONE_NAMED };

struct temporal {
    int32_t year; /* -YEAR_MAX … YEAR_MAX; year, month and day of a time are 0 */
    int32_t month, day, hour, minute, second, nano;
    enum zone_kind zone;
    int32_t offset;         /* seconds east of UTC; of a named zone: at that local time (a time: at the epoch) */
    struct slice zone_name; /* ZONE_NAMED */
};

int64_t temporal_day_number(int64_t year, int64_t month, int64_t d); /* 0 = 1970-01-01 */
bool temporal_date_valid(int64_t year, int64_t month, int64_t d);
/* Seconds since 1970-01-01T00:00:00 of the wall clock; less the offset: UTC. A time counts from day 0. */
int64_t temporal_local_seconds(const struct temporal *t);
int64_t temporal_utc_seconds(const struct temporal *t);
/* Date and time of local seconds; false when the year is out of range. The zone is kept from `like`. */
bool temporal_from_seconds(const struct temporal *like, int64_t seconds, int32_t nano, struct temporal *out);
/* 1 = Monday … 7 = Sunday. */
int temporal_weekday(const struct temporal *t);
int temporal_day_of_year(const struct temporal *t);
int temporal_iso_week(const struct temporal *t);
/* Sets the zone by name; false when ICU does not know it. */
bool temporal_set_zone(struct temporal *t, struct slice name);

/* Reading; the text must be the whole literal. Zone names are kept as slices of the text. */
bool temporal_scan_date(struct slice s, struct temporal *out);
bool temporal_scan_time(struct slice s, struct temporal *out);
bool temporal_scan_datetime(struct slice s, struct temporal *out);
/* A duration of either kind. */
bool duration_scan(struct slice s, struct value *out);
/* What @"…" makes of a text: date, time, date and time or duration; null when it is none. */
struct value temporal_literal(struct arena *a, struct slice s);

struct slice temporal_text(struct arena *a, enum value_type type, const struct temporal *t);
struct slice duration_text(struct arena *a, struct value v);

struct value v_temporal(struct arena *a, enum value_type type, const struct temporal *t); /* copies */
/* v + months / + nanoseconds; null when out of range. */
struct value temporal_add_months(struct arena *a, struct value v, int64_t months);
struct value temporal_add_nanos(struct arena *a, struct value v, wide nanos);
/* x - y as a days and time duration; false when the pair has no difference. */
bool temporal_difference(struct value x, struct value y, wide *out);
/* -1, 0, 1; false when they have no order (one with, one without a zone). */
bool temporal_order(struct value x, struct value y, int *out);
bool temporal_equal(struct value x, struct value y, bool *known);
/* year, month, day, weekday, hour, minute, second, time offset, timezone / years, months / days, hours …; false: no such property. */
bool temporal_property(struct arena *a, struct value v, struct slice name, struct value *out);

#endif
