/* Arithmetic of dates and times. */
#include "engine/decision/temporal.h"

#include <unicode/ucal.h>

int64_t temporal_day_number(int64_t year, int64_t month, int64_t d)
{
    /* Counts from 1 March, so that the leap day is a year's last. */
    year -= month <= 2;
    int64_t era = (year >= 0 ? year : year - 399) / 400;
    int64_t of_era = year - era * 400;
    int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + d - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

static void civil_of_number(int64_t n, int64_t *year, int32_t *month, int32_t *d)
{
    n += 719468;
    int64_t era = (n >= 0 ? n : n - 146096) / 146097;
    int64_t of_era = n - era * 146097;
    int64_t y = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int64_t of_year = of_era - (365 * y + y / 4 - y / 100);
    int64_t m = (5 * of_year + 2) / 153;
    *d = (int32_t)(of_year - (153 * m + 2) / 5 + 1);
    *month = (int32_t)(m < 10 ? m + 3 : m - 9);
    *year = y + era * 400 + (*month <= 2);
}

static int days_in_month(int64_t year, int64_t month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return month == 2 && leap ? 29 : days[month - 1];
}

bool temporal_date_valid(int64_t year, int64_t month, int64_t d)
{
    return year >= -YEAR_MAX && year <= YEAR_MAX && month >= 1 && month <= 12 && d >= 1 &&
           d <= days_in_month(year, month);
}

int64_t temporal_local_seconds(const struct temporal *t)
{
    int64_t days = t->month ? temporal_day_number(t->year, t->month, t->day) : 0;
    return days * SECONDS_DAY + (int64_t)t->hour * 3600 + t->minute * 60 + t->second;
}

int64_t temporal_utc_seconds(const struct temporal *t)
{
    return temporal_local_seconds(t) - t->offset;
}

/* ICU's offset of a zone at local seconds. Copies the name: ICU wants UTF-16. */
static bool zone_offset(struct slice name, int64_t local, int32_t *out)
{
    UChar wide_name[64];
    if (name.n == 0 || name.n >= 64) return false;
    for (size_t i = 0; i < name.n; i++) {
        if ((unsigned char)name.p[i] < 0x21 || (unsigned char)name.p[i] > 0x7e) return false;
        wide_name[i] = (UChar)(unsigned char)name.p[i];
    }
    UErrorCode status = U_ZERO_ERROR;
    UChar canonical[128];
    UBool system = 0;
    ucal_getCanonicalTimeZoneID(wide_name, (int32_t)name.n, canonical, 128, &system, &status);
    if (U_FAILURE(status) || !system) return false;
    UCalendar *c = ucal_open(wide_name, (int32_t)name.n, "en_US", UCAL_GREGORIAN, &status);
    if (U_FAILURE(status)) return false;
    int32_t raw = 0, saving = 0;
    ucal_setMillis(c, (double)local * 1000.0, &status);
    ucal_getTimeZoneOffsetFromLocal(c, UCAL_TZ_LOCAL_FORMER, UCAL_TZ_LOCAL_FORMER, &raw, &saving, &status);
    ucal_close(c);
    *out = (raw + saving) / 1000;
    return U_SUCCESS(status);
}

bool temporal_set_zone(struct temporal *t, struct slice name)
{
    if (!zone_offset(name, temporal_local_seconds(t), &t->offset)) return false;
    t->zone = ZONE_NAMED;
    t->zone_name = name;
    return true;
}

bool temporal_from_seconds(const struct temporal *like, int64_t seconds, int32_t nano, struct temporal *out)
{
    int64_t days = seconds / SECONDS_DAY, rest = seconds % SECONDS_DAY;
    if (rest < 0) {
        rest += SECONDS_DAY;
        days--;
    }
    struct temporal t = {.zone = like->zone, .offset = like->offset, .zone_name = like->zone_name, .nano = nano};
    int64_t year;
    civil_of_number(days, &year, &t.month, &t.day);
    if (year < -YEAR_MAX || year > YEAR_MAX) return false;
    t.year = (int32_t)year;
    t.hour = (int32_t)(rest / 3600);
    t.minute = (int32_t)(rest / 60 % 60);
    t.second = (int32_t)(rest % 60);
    if (t.zone == ZONE_NAMED) (void)temporal_set_zone(&t, t.zone_name);
    *out = t;
    return true;
}

int temporal_weekday(const struct temporal *t)
{
    int64_t n = temporal_day_number(t->year, t->month, t->day) + 3; /* 1970-01-01 was a Thursday */
    int64_t w = n % 7;
    return (int)(w < 0 ? w + 7 : w) + 1;
}

int temporal_day_of_year(const struct temporal *t)
{
    return (int)(temporal_day_number(t->year, t->month, t->day) - temporal_day_number(t->year, 1, 1)) + 1;
}

static int weeks_in_year(int64_t year)
{
    struct temporal first = {.year = (int32_t)year, .month = 1, .day = 1},
                    last = {.year = (int32_t)year, .month = 12, .day = 31};
    return temporal_weekday(&first) == 4 || temporal_weekday(&last) == 4 ? 53 : 52;
}

int temporal_iso_week(const struct temporal *t)
{
    int week = (temporal_day_of_year(t) - temporal_weekday(t) + 10) / 7;
    if (week < 1) return weeks_in_year((int64_t)t->year - 1);
    return week > weeks_in_year(t->year) ? 1 : week;
}

struct value v_temporal(struct arena *a, enum value_type type, const struct temporal *t)
{
    struct temporal *copy = NEW(a, struct temporal);
    *copy = *t;
    if (type == V_DATE) { /* a date has no clock */
        copy->hour = copy->minute = copy->second = copy->nano = 0;
        copy->zone = ZONE_NONE;
        copy->offset = 0;
    }
    return (struct value){.type = type, .temporal = copy};
}

struct value temporal_add_months(struct arena *a, struct value v, int64_t months)
{
    struct temporal t = *v.temporal;
    int64_t total;
    if (__builtin_add_overflow((int64_t)t.year * 12 + t.month - 1, months, &total)) return v_null();
    int64_t year = total >= 0 ? total / 12 : -((-total + 11) / 12);
    if (year < -YEAR_MAX || year > YEAR_MAX) return v_null();
    t.year = (int32_t)year;
    t.month = (int32_t)(total - year * 12) + 1;
    int last = days_in_month(t.year, t.month);
    if (t.day > last) t.day = last;
    if (t.zone == ZONE_NAMED) (void)temporal_set_zone(&t, t.zone_name);
    return v_temporal(a, v.type, &t);
}

struct value temporal_add_nanos(struct arena *a, struct value v, wide nanos)
{
    const struct temporal *t = v.temporal;
    wide total = (wide)temporal_local_seconds(t) * NANOS_SECOND + t->nano + nanos;
    wide seconds = total / NANOS_SECOND;
    int64_t rest = (int64_t)(total % NANOS_SECOND);
    if (rest < 0) {
        rest += NANOS_SECOND;
        seconds--;
    }
    if (seconds > INT64_C(1) << 60 || seconds < -(INT64_C(1) << 60)) return v_null();
    int64_t s = (int64_t)seconds;
    struct temporal out;
    if (v.type == V_TIME) { /* wraps round midnight */
        s %= SECONDS_DAY;
        if (s < 0) s += SECONDS_DAY;
        out = *t;
        out.hour = (int32_t)(s / 3600);
        out.minute = (int32_t)(s / 60 % 60);
        out.second = (int32_t)(s % 60);
        out.nano = (int32_t)rest;
        return v_temporal(a, V_TIME, &out);
    }
    if (!temporal_from_seconds(t, s, (int32_t)rest, &out)) return v_null();
    return v_temporal(a, v.type, &out);
}

/* A date counts as midnight UTC beside a date and time (10.3.2.3.6). */
static bool comparable(const struct value x, const struct value y)
{
    bool xz = x.temporal->zone != ZONE_NONE || x.type == V_DATE, yz = y.temporal->zone != ZONE_NONE || y.type == V_DATE;
    if (x.type == V_TIME || y.type == V_TIME) {
        xz = x.temporal->zone != ZONE_NONE;
        yz = y.temporal->zone != ZONE_NONE;
        return x.type == y.type && xz == yz;
    }
    return (x.type == V_DATE && y.type == V_DATE) || xz == yz;
}

static wide instant_nanos(const struct temporal *t)
{
    return (wide)temporal_utc_seconds(t) * NANOS_SECOND + t->nano;
}

bool temporal_difference(struct value x, struct value y, wide *out)
{
    if (!comparable(x, y)) return false;
    *out = instant_nanos(x.temporal) - instant_nanos(y.temporal);
    return true;
}

bool temporal_order(struct value x, struct value y, int *out)
{
    if (!comparable(x, y)) return false;
    wide a = instant_nanos(x.temporal), b = instant_nanos(y.temporal);
    *out = a < b ? -1 : a > b;
    return true;
}

bool temporal_equal(struct value x, struct value y, bool *known)
{
    *known = true;
    if (!comparable(x, y)) return false; /* with and without a zone: never the same */
    /* 10.3.2.13 compares value(x), which counts whole seconds. */
    return temporal_utc_seconds(x.temporal) == temporal_utc_seconds(y.temporal);
}

static bool duration_property(struct value v, struct slice name, struct value *out)
{
    if (v.type == V_YEARMONTH) {
        if (slice_is(name, "years"))
            *out = v_int(v.months / 12);
        else if (slice_is(name, "months"))
            *out = v_int(v.months % 12);
        else
            return false;
        return true;
    }
    int64_t seconds = (int64_t)(v.nanos / NANOS_SECOND), nanos = (int64_t)(v.nanos % NANOS_SECOND);
    if (slice_is(name, "days"))
        *out = v_int(seconds / SECONDS_DAY);
    else if (slice_is(name, "hours"))
        *out = v_int(seconds % SECONDS_DAY / 3600);
    else if (slice_is(name, "minutes"))
        *out = v_int(seconds % 3600 / 60);
    else if (slice_is(name, "seconds"))
        *out = v_number(num_add(num_of_int(seconds % 60), num_div(num_of_int(nanos), num_of_int(NANOS_SECOND))));
    else
        return false;
    return true;
}

static bool clock_property(const struct temporal *t, struct slice name, struct value *out)
{
    if (slice_is(name, "hour"))
        *out = v_int(t->hour);
    else if (slice_is(name, "minute"))
        *out = v_int(t->minute);
    else if (slice_is(name, "second"))
        *out = v_number(num_add(num_of_int(t->second), num_div(num_of_int(t->nano), num_of_int(NANOS_SECOND))));
    else if (slice_is(name, "time offset"))
        *out = t->zone == ZONE_NONE ? v_null() : v_nanos((wide)t->offset * NANOS_SECOND);
    else if (slice_is(name, "timezone"))
        *out = t->zone == ZONE_NAMED ? v_string(t->zone_name) : v_null();
    else
        return false;
    return true;
}

bool temporal_property(struct arena *a, struct value v, struct slice name, struct value *out)
{
    (void)a;
    if (v.type == V_DAYTIME || v.type == V_YEARMONTH) return duration_property(v, name, out);
    const struct temporal *t = v.temporal;
    if (v.type != V_TIME) {
        bool found = true;
        if (slice_is(name, "year"))
            *out = v_int(t->year);
        else if (slice_is(name, "month"))
            *out = v_int(t->month);
        else if (slice_is(name, "day"))
            *out = v_int(t->day);
        else if (slice_is(name, "weekday"))
            *out = v_int(temporal_weekday(t));
        else
            found = false;
        if (found) return true;
    }
    return v.type != V_DATE && clock_property(t, name, out);
}
