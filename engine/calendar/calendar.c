#include "engine/calendar/table.h"

int64_t calendar_floor(int64_t x, int64_t y)
{
    int64_t q = x / y;
    return q - (x % y < 0);
}

static int64_t clamp(int64_t x, int64_t low, int64_t high)
{
    return x < low ? low : x > high ? high : x;
}

/* ---- the plain week: Monday to Friday ---- */

static const int64_t MONDAY = -3; /* 1969-12-29 */

/* Weekdays from MONDAY to before d. */
static int64_t week_rank(int64_t d)
{
    int64_t week = calendar_floor(d - MONDAY, 7), rest = d - MONDAY - 7 * week;
    return 5 * week + (rest < 5 ? rest : 5);
}

static int64_t week_select(int64_t k)
{
    int64_t week = calendar_floor(k, 5);
    return MONDAY + 7 * week + (k - 5 * week);
}

/* ---- with the tables between ---- */

int64_t calendar_rank(const struct calendar *c, int64_t d)
{
    if (d <= c->lo) return week_rank(d) - week_rank(c->lo);
    if (d <= c->hi) return c->before[d - c->lo];
    return c->total + week_rank(d) - week_rank(c->hi);
}

int64_t calendar_select(const struct calendar *c, int64_t k)
{
    if (k < 0) return week_select(week_rank(c->lo) + k);
    if (k < c->total) return c->lo + c->nth[k];
    return week_select(week_rank(c->hi) + k - c->total);
}

struct office_hours calendar_hours(const struct calendar *c)
{
    return c->hours;
}

bool calendar_is_working(const struct calendar *c, day d)
{
    if (d >= c->lo && d < c->hi) return c->working[d - c->lo];
    int w = weekday(d);
    return w >= 1 && w <= 5;
}

struct slice calendar_note(const struct calendar *c, day d)
{
    size_t low = 0, high = c->nrows;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (c->rows[middle].d < d)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == c->nrows || c->rows[low].d != d) return S("");
    return c->rows[low].off ? c->rows[low].name : S("调休");
}

bool calendar_covers(const struct calendar *c, int year)
{
    for (size_t i = 0; i < c->nyears; i++)
        if (c->years[i] == year) return true;
    return false;
}

struct slice calendar_version(const struct calendar *c)
{
    return c->version;
}

/* Whole days that hold so many hours of `day_ms` a day, away from zero. */
static int64_t hours_to_days(int64_t n, int64_t day_ms)
{
    int64_t ms = clamp(n, -CALENDAR_HOURS_MAX, CALENDAR_HOURS_MAX) * MS_HOUR;
    return n < 0 ? -((-ms + day_ms - 1) / day_ms) : (ms + day_ms - 1) / day_ms;
}

day calendar_add(const struct calendar *c, day d, int64_t n, enum limit_unit unit, bool roll)
{
    if (unit == LIMIT_HOUR) n = hours_to_days(n, MS_DAY);
    if (unit == LIMIT_WORKING_HOUR) n = hours_to_days(n, c->office);
    n = clamp(n, -CALENDAR_DAYS_MAX, CALENDAR_DAYS_MAX);
    int64_t to = d;
    if (unit == LIMIT_CALENDAR_DAY || unit == LIMIT_HOUR) {
        to += n;
        if (roll) to = calendar_select(c, calendar_rank(c, to));
    } else if (n > 0) {
        to = calendar_select(c, calendar_rank(c, to + 1) + n - 1);
    } else if (n < 0) {
        to = calendar_select(c, calendar_rank(c, to) + n);
    }
    return (day)clamp(to, INT32_MIN, INT32_MAX);
}

int64_t calendar_between(const struct calendar *c, day from, day to)
{
    return calendar_rank(c, (int64_t)to + 1) - calendar_rank(c, (int64_t)from + 1);
}

/* ---- office hours ---- */

/* Office ms of a working day before `rest` ms of it have passed. */
static int64_t office_part(const struct office_hours *h, int64_t rest)
{
    int64_t sum = 0;
    for (int i = 0; i < 2; i++) {
        int64_t from = h->from[i] * MS_MINUTE, to = h->to[i] * MS_MINUTE;
        sum += clamp(rest, from, to) - from;
    }
    return sum;
}

int64_t calendar_office(const struct calendar *c, instant t)
{
    int64_t d = calendar_floor(t + CITY_OFFSET, MS_DAY), rest = t + CITY_OFFSET - d * MS_DAY;
    int64_t rank = calendar_rank(c, d);
    bool working = calendar_rank(c, d + 1) > rank;
    return rank * c->office + (working ? office_part(&c->hours, rest) : 0);
}

int64_t calendar_worked(const struct calendar *c, instant from, instant to)
{
    return to > from ? calendar_office(c, to) - calendar_office(c, from) : 0;
}

instant calendar_office_end(const struct calendar *c, int64_t x)
{
    int64_t k = calendar_floor(x - 1, c->office), rest = x - k * c->office; /* rest: 1 … office */
    int64_t morning = (c->hours.to[0] - c->hours.from[0]) * MS_MINUTE;
    int64_t part =
        rest <= morning ? c->hours.from[0] * MS_MINUTE + rest : c->hours.from[1] * MS_MINUTE + rest - morning;
    return calendar_select(c, k) * MS_DAY - CITY_OFFSET + part;
}
