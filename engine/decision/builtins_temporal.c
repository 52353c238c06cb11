/* 10.3.4.1 conversions and 10.3.4.7 ff.: dates, times and durations. */
#include "engine/decision/builtins.h"
#include "engine/decision/temporal.h"

/* Reading a text that names a zone asks the zone database. */
static void charge_zone(struct machine *m, struct value v)
{
    if (v.type == V_STRING && slice_find(v.string, '@', 0) != SIZE_MAX) machine_charge(m, 50);
}

static bool whole_arg(struct value v, int64_t *out)
{
    num n;
    unsigned flags = 0;
    return arg_number(v, &n) && num_int(bid128_round_integral_zero(n, &flags), out);
}

static struct value f_date(struct machine *m, const struct value *args, size_t n)
{
    struct temporal t = {0};
    if (n == 1) {
        struct value v = arg_single(args[0]);
        if (v.type == V_STRING && temporal_scan_date(v.string, &t)) return v_temporal(m->a, V_DATE, &t);
        if (v.type == V_DATE || v.type == V_DATETIME) return v_temporal(m->a, V_DATE, v.temporal);
        return arg_mismatch(m, "date");
    }
    int64_t y, mo, d;
    if (n != 3 || !arg_int(args[0], &y) || !arg_int(args[1], &mo) || !arg_int(args[2], &d) ||
        !temporal_date_valid(y, mo, d))
        return arg_mismatch(m, "date");
    t.year = (int32_t)y;
    t.month = (int32_t)mo;
    t.day = (int32_t)d;
    return v_temporal(m->a, V_DATE, &t);
}

static void clock_of(struct temporal *to, const struct temporal *from)
{
    to->hour = from->hour;
    to->minute = from->minute;
    to->second = from->second;
    to->nano = from->nano;
    to->zone = from->zone;
    to->offset = from->offset;
    to->zone_name = from->zone_name;
}

static struct value time_of_parts(struct machine *m, const struct value *args, size_t n)
{
    struct temporal t = {0};
    int64_t h, mi, s, nanos;
    num second;
    unsigned flags = 0;
    if (n < 3 || !whole_arg(args[0], &h) || !whole_arg(args[1], &mi) || !arg_number(args[2], &second))
        return arg_mismatch(m, "time");
    if (!num_int(num_floor(second), &s) || h < 0 || h > 23 || mi < 0 || mi > 59 || s < 0 || s > 59)
        return arg_mismatch(m, "time");
    num fraction = num_mul(num_sub(second, num_floor(second)), num_of_int(NANOS_SECOND));
    if (!num_int(bid128_round_integral_zero(fraction, &flags), &nanos)) return arg_mismatch(m, "time");
    t = (struct temporal){.hour = (int32_t)h, .minute = (int32_t)mi, .second = (int32_t)s, .nano = (int32_t)nanos};
    if (n == 4 && args[3].type != V_NULL) {
        struct value o = arg_single(args[3]);
        if (o.type != V_DAYTIME || o.nanos > (wide)18 * 3600 * NANOS_SECOND ||
            o.nanos < -(wide)18 * 3600 * NANOS_SECOND)
            return arg_mismatch(m, "time");
        t.zone = ZONE_OFFSET;
        t.offset = (int32_t)(o.nanos / NANOS_SECOND);
    }
    return v_temporal(m->a, V_TIME, &t);
}

static struct value f_time(struct machine *m, const struct value *args, size_t n)
{
    struct temporal t = {0};
    if (n != 1) return time_of_parts(m, args, n);
    struct value v = arg_single(args[0]);
    charge_zone(m, v);
    if (v.type == V_STRING && temporal_scan_time(v.string, &t)) return v_temporal(m->a, V_TIME, &t);
    if (v.type == V_TIME) return v;
    if (v.type == V_DATETIME) {
        clock_of(&t, v.temporal);
        return v_temporal(m->a, V_TIME, &t);
    }
    if (v.type == V_DATE) { /* a date is midnight UTC */
        t.zone = ZONE_OFFSET;
        return v_temporal(m->a, V_TIME, &t);
    }
    return arg_mismatch(m, "time");
}

static struct value f_datetime(struct machine *m, const struct value *args, size_t n)
{
    struct temporal t = {0};
    struct value v = arg_single(args[0]);
    charge_zone(m, v);
    if (n == 1) {
        if (v.type == V_STRING && temporal_scan_datetime(v.string, &t)) return v_temporal(m->a, V_DATETIME, &t);
        if (v.type == V_DATETIME) return v;
        return v.type == V_DATE ? v_temporal(m->a, V_DATETIME, v.temporal) : arg_mismatch(m, "date and time");
    }
    struct value clock = arg_single(args[1]);
    if (v.type != V_DATE && v.type != V_DATETIME) return arg_mismatch(m, "date and time");
    t = *v.temporal;
    if (clock.type != V_TIME) return arg_mismatch(m, "date and time");
    clock_of(&t, clock.temporal);
    if (t.zone == ZONE_NAMED) (void)temporal_set_zone(&t, t.zone_name);
    return v_temporal(m->a, V_DATETIME, &t);
}

static struct value f_duration(struct machine *m, const struct value *args, size_t n)
{
    (void)n;
    struct value v = arg_single(args[0]), out;
    if (v.type == V_DAYTIME || v.type == V_YEARMONTH) return v;
    return v.type == V_STRING && duration_scan(v.string, &out) ? out : arg_mismatch(m, "duration");
}

static struct value f_years_months(struct machine *m, const struct value *args, size_t n)
{
    (void)n;
    struct value from = arg_single(args[0]), to = arg_single(args[1]);
    if ((from.type != V_DATE && from.type != V_DATETIME) || (to.type != V_DATE && to.type != V_DATETIME))
        return arg_mismatch(m, "years and months duration");
    const struct temporal *a = from.temporal, *b = to.temporal;
    int64_t months = ((int64_t)b->year - a->year) * 12 + b->month - a->month;
    if (months > 0 && b->day < a->day)
        months--;
    else if (months < 0 && b->day > a->day)
        months++;
    return v_months(months);
}

static struct temporal now(const struct machine *m, enum feel_clock what)
{
    if (m->read && *m->read < what) *m->read = what;
    struct temporal t, city = {.zone = ZONE_OFFSET, .offset = (int32_t)(CITY_OFFSET / MS_SECOND)};
    int64_t ms = m->now + CITY_OFFSET, s = ms / 1000, rest = ms % 1000;
    if (rest < 0) {
        rest += 1000;
        s--;
    }
    if (!temporal_from_seconds(&city, s, (int32_t)rest * 1000000, &t)) t = city;
    return t;
}

static struct value f_now(struct machine *m, const struct value *args, size_t n)
{
    (void)args, (void)n;
    struct temporal t = now(m, FEEL_NOW);
    return v_temporal(m->a, V_DATETIME, &t);
}

static struct value f_today(struct machine *m, const struct value *args, size_t n)
{
    (void)args, (void)n;
    struct temporal t = now(m, FEEL_TODAY);
    return v_temporal(m->a, V_DATE, &t);
}

static const struct temporal *arg_date(struct value v)
{
    v = arg_single(v);
    return v.type == V_DATE || v.type == V_DATETIME ? v.temporal : NULL;
}

static struct value f_day_of_year(struct machine *m, const struct value *args, size_t n)
{
    (void)n;
    const struct temporal *t = arg_date(args[0]);
    return t ? v_int(temporal_day_of_year(t)) : arg_mismatch(m, "day of year");
}

static struct value f_day_of_week(struct machine *m, const struct value *args, size_t n)
{
    static const struct slice names[] = {{"Monday", 6}, {"Tuesday", 7},  {"Wednesday", 9}, {"Thursday", 8},
                                         {"Friday", 6}, {"Saturday", 8}, {"Sunday", 6}};
    (void)n;
    const struct temporal *t = arg_date(args[0]);
    return t ? v_string(names[temporal_weekday(t) - 1]) : arg_mismatch(m, "day of week");
}

static struct value f_month_of_year(struct machine *m, const struct value *args, size_t n)
{
    static const struct slice names[] = {{"January", 7},   {"February", 8}, {"March", 5},    {"April", 5},
                                         {"May", 3},       {"June", 4},     {"July", 4},     {"August", 6},
                                         {"September", 9}, {"October", 7},  {"November", 8}, {"December", 8}};
    (void)n;
    const struct temporal *t = arg_date(args[0]);
    return t ? v_string(names[t->month - 1]) : arg_mismatch(m, "month of year");
}

static struct value f_week_of_year(struct machine *m, const struct value *args, size_t n)
{
    (void)n;
    const struct temporal *t = arg_date(args[0]);
    return t ? v_int(temporal_iso_week(t)) : arg_mismatch(m, "week of year");
}

const struct builtin builtins_temporal[] = {
    {"date", f_date, 1, 3, "from|year,month,day"},
    {"time", f_time, 1, 4, "from|hour,minute,second,offset"},
    {"date and time", f_datetime, 1, 2, "from|date,time"},
    {"duration", f_duration, 1, 1, "from"},
    {"years and months duration", f_years_months, 2, 2, "from,to"},
    {"now", f_now, 0, 0, ""},
    {"today", f_today, 0, 0, ""},
    {"day of year", f_day_of_year, 1, 1, "date"},
    {"day of week", f_day_of_week, 1, 1, "date"},
    {"month of year", f_month_of_year, 1, 1, "date"},
    {"week of year", f_week_of_year, 1, 1, "date"},
    {0},
};
