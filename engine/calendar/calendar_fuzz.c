/* {"years": […], "hours": [from, to, from, to], "day": n, "clock": {"started", "ended", "n", "unit", "stops": [[from, to], …]}, "now": t}:
 * whatever the numbers, the laws of the calendar hold. */
#include <stdlib.h>

#include "engine/calendar/calendar.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int64_t item(const struct json *v, size_t i)
{
    int64_t n;
    return v && v->type == JSON_ARRAY && i < v->n && json_is_int(v->items[i], &n) ? n : 0;
}

static void must(bool held)
{
    if (!held) abort();
}

static void laws_of_days(const struct calendar *c, day d, int64_t n)
{
    day next = calendar_add(c, d, n, LIMIT_WORKING_DAY, false);
    if (n <= 0 || n > 1000000 || d < -1000000 || d > 1000000) return;
    must(next > d && calendar_is_working(c, next) && calendar_between(c, d, next) == n);
    must(calendar_add(c, next, -n, LIMIT_WORKING_DAY, false) <= d || !calendar_is_working(c, d));
    must(calendar_is_working(c, calendar_add(c, d, n, LIMIT_CALENDAR_DAY, true)));
}

static void laws_of_clocks(struct arena *a, const struct calendar *c, const struct clock *k, instant now)
{
    struct limit more = k->promised;
    more.n = more.n > 0 && more.n < INT64_MAX ? more.n + 1 : more.n;
    instant due = clock_due(c, k, &k->promised), later = clock_due(c, k, &more);
    must(due == CLOCK_NO_DUE || later == CLOCK_NO_DUE || later >= due);
    int64_t e, total;
    clock_progress(c, k, &k->promised, now, &e, &total);
    must(e >= 0 && total >= 0 && light_name(clock_light(c, k, now))[0] != 0);
    struct clock stopped = *k;
    result r = clock_stop(a, &stopped, now, STOP_TESTING);
    if (failed(r)) return;
    instant open = clock_due(c, &stopped, &k->promised);
    must(open == CLOCK_NO_DUE || open == due);
    if (now > INT64_MAX - MS_DAY || failed(clock_resume(a, &stopped, now + MS_DAY))) return;
    must(clock_due(c, &stopped, &k->promised) >= due);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_new("fuzz");
    const struct json *v;
    if (failed(json_parse(a, slice_of((const char *)data, size), 1 << 16, S("fuzz"), &v))) goto end;
    const struct json *years = json_get(v, "years"), *hours = json_get(v, "hours"), *k = json_get(v, "clock");
    struct office_hours h = {{(int)item(hours, 0), (int)item(hours, 2)}, {(int)item(hours, 1), (int)item(hours, 3)}};
    struct calendar *c;
    bool list = years && years->type == JSON_ARRAY;
    if (failed(calendar_new(a, list ? years->items : NULL, list ? years->n : 0, h, &c))) goto end;
    struct clock clock = {
        .promised = {json_int(k, "n", 0), (enum limit_unit)((uint64_t)json_int(k, "unit", 0) % 4), {NULL, 0}},
        .started = json_int(k, "started", 0),
        .ended = json_int(k, "ended", 0),
    };
    const struct json *stops = json_get(k, "stops");
    for (size_t i = 0; stops && stops->type == JSON_ARRAY && i < stops->n && i < CLOCK_STOPS_MAX; i++)
        clock.stops[clock.nstops++] =
            (struct clock_stop){item(stops->items[i], 0), item(stops->items[i], 1), STOP_TESTING};
    laws_of_days(c, (day)json_int(v, "day", 0), clock.promised.n);
    laws_of_clocks(a, c, &clock, json_int(v, "now", 0));
end:
    arena_free(a);
    return 0;
}
