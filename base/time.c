#include "base/time.h"

#include <time.h>

static instant system_now(void *ctx)
{
    (void)ctx;
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return (instant)t.tv_sec * MS_SECOND + (instant)(t.tv_nsec / 1000000);
}

struct time_source time_system(void)
{
    return (struct time_source){system_now, NULL};
}

static int64_t floor_div(int64_t x, int64_t y)
{
    int64_t q = x / y;
    return q - (x % y < 0);
}

static bool leap(int year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static const int16_t before_month[2][13] = {
    {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365},
    {0, 31, 60, 91, 121, 152, 182, 213, 244, 274, 305, 335, 366},
};

/* Days from 0000-01-01 to January 1st of the year: 365 a year and one for each leap year before it. */
static int64_t days_before_year(int64_t year)
{
    int64_t last = year - 1;
    return year * 365 + floor_div(last, 4) - floor_div(last, 100) + floor_div(last, 400) + 1;
}

static const int64_t EPOCH = 719528; /* days from 0000-01-01 to 1970-01-01 */

day day_of_civil(int year, int month, int d)
{
    int64_t y = year + floor_div((int64_t)month - 1, 12); /* month 13 is January of the next year */
    int m = (int)((int64_t)month - 1 - 12 * floor_div((int64_t)month - 1, 12));
    return (day)(days_before_year(y) + before_month[leap((int)y)][m] + d - 1 - EPOCH);
}

bool civil_valid(int year, int month, int d)
{
    if (month < 1 || month > 12 || d < 1) return false;
    const int16_t *before = before_month[leap(year)];
    return d <= before[month] - before[month - 1];
}

void civil_of_day(day n, int *year, int *month, int *d)
{
    int64_t days = n + EPOCH;
    int64_t y = floor_div(days * 400, 146097); /* 400 years have 146097 days; the guess is off by one at most */
    while (days_before_year(y) > days) y--;
    while (days_before_year(y + 1) <= days) y++;
    int rest = (int)(days - days_before_year(y)), m = 1;
    const int16_t *before = before_month[leap((int)y)];
    while (before[m] <= rest) m++;
    *year = (int)y;
    *month = m;
    *d = rest - before[m - 1] + 1;
}

/* Instants whose civil date is a `day`; beyond (±5.8 million years) they count as the last one. */
static instant within_days(instant t)
{
    const instant last = INT32_MAX * MS_DAY - CITY_OFFSET, first = INT32_MIN * MS_DAY - CITY_OFFSET;
    return t < first ? first : t > last ? last : t;
}

day day_of_instant(instant t)
{
    return (day)floor_div(within_days(t) + CITY_OFFSET, MS_DAY);
}

instant instant_of_day(day n)
{
    return n * MS_DAY - CITY_OFFSET;
}

struct civil civil_of_instant(instant t)
{
    struct civil c;
    day n = day_of_instant(t);
    civil_of_day(n, &c.year, &c.month, &c.day);
    int rest = (int)(within_days(t) - instant_of_day(n));
    c.ms = rest % 1000;
    c.second = rest / 1000 % 60;
    c.minute = rest / 60000 % 60;
    c.hour = rest / 3600000;
    return c;
}

int weekday(day n)
{
    return (int)(((int64_t)n % 7 + 7 + 4) % 7); /* 1970-01-01 was a Thursday */
}

/* Reads exactly `digits` digits at *at. */
static bool number(struct slice s, size_t *at, size_t digits, int *out)
{
    int64_t v;
    struct slice part = slice_sub(s, *at, digits);
    if (part.n != digits || part.p[0] == '-' || !slice_int64(part, &v)) return false;
    *at += digits;
    *out = (int)v;
    return true;
}

static bool symbol(struct slice s, size_t *at, char c)
{
    if (*at >= s.n || s.p[*at] != c) return false;
    ++*at;
    return true;
}

static bool scan_date(struct slice s, size_t *at, day *out)
{
    int y, m, d;
    if (!number(s, at, 4, &y) || !symbol(s, at, '-') || !number(s, at, 2, &m) || !symbol(s, at, '-') ||
        !number(s, at, 2, &d) || !civil_valid(y, m, d))
        return false;
    *out = day_of_civil(y, m, d);
    return true;
}

bool day_scan(struct slice text, day *out)
{
    size_t at = 0;
    day n;
    if (!scan_date(text, &at, &n) || at != text.n) return false;
    *out = n;
    return true;
}

result day_parse(struct arena *a, struct slice text, struct slice field, day *out)
{
    if (day_scan(text, out)) return ok();
    return fail(a, CODE_DATE_INVALID, field, "value", slice_sub(text, 0, 64), NULL);
}

struct slice day_text(struct arena *a, day n)
{
    int y, m, d;
    civil_of_day(n, &y, &m, &d);
    return arena_printf(a, "%04d-%02d-%02d", y, m, d);
}

/* ".123456789": one to nine digits, cut to milliseconds. Absent: 0. */
static bool scan_fraction(struct slice s, size_t *at, int *ms)
{
    *ms = 0;
    if (!symbol(s, at, '.')) return true;
    size_t digits = 0;
    int scale = 100;
    for (; *at < s.n && s.p[*at] >= '0' && s.p[*at] <= '9'; ++*at, digits++) {
        *ms += (s.p[*at] - '0') * scale;
        scale /= 10;
    }
    return digits >= 1 && digits <= 9;
}

static bool scan_offset(struct slice s, size_t *at, int64_t *offset)
{
    *offset = 0;
    if (symbol(s, at, 'Z') || symbol(s, at, 'z')) return true;
    int sign = symbol(s, at, '+') ? 1 : symbol(s, at, '-') ? -1 : 0;
    int hours, minutes;
    if (sign == 0 || !number(s, at, 2, &hours) || !symbol(s, at, ':') || !number(s, at, 2, &minutes)) return false;
    *offset = sign * (hours * MS_HOUR + minutes * MS_MINUTE);
    return hours <= 23 && minutes <= 59;
}

bool instant_scan(struct slice text, instant *out)
{
    size_t at = 0;
    day n;
    int hour, minute, second, ms;
    int64_t offset;
    if (!scan_date(text, &at, &n) || !(symbol(text, &at, 'T') || symbol(text, &at, 't')) ||
        !number(text, &at, 2, &hour) || !symbol(text, &at, ':') || !number(text, &at, 2, &minute) ||
        !symbol(text, &at, ':') || !number(text, &at, 2, &second) || !scan_fraction(text, &at, &ms) ||
        !scan_offset(text, &at, &offset) || at != text.n)
        return false;
    if (hour > 23 || minute > 59 || second > 59) return false;
    *out = n * MS_DAY + hour * MS_HOUR + minute * MS_MINUTE + second * MS_SECOND + ms - offset;
    return true;
}

result instant_parse(struct arena *a, struct slice text, struct slice field, instant *out)
{
    if (instant_scan(text, out)) return ok();
    return fail(a, CODE_TIME_INVALID, field, "value", slice_sub(text, 0, 64), NULL);
}

struct slice instant_text(struct arena *a, instant t)
{
    struct civil c = civil_of_instant(t);
    struct slice head =
        arena_printf(a, "%04d-%02d-%02dT%02d:%02d:%02d", c.year, c.month, c.day, c.hour, c.minute, c.second);
    if (c.ms) return arena_printf(a, "%.*s.%03d+08:00", SLICE_ARG(head), c.ms);
    return arena_printf(a, "%.*s+08:00", SLICE_ARG(head));
}
