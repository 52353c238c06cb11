/* Clocks against a slow reference that shares no code with them: it walks days, and quarters of an hour, one by one. */
#include "base/testing.h"
#include "engine/calendar/calendar.h"

static const struct office_hours OFFICE = {{540, 870}, {720, 1050}}; /* 9:00-12:00, 14:30-17:30 */

enum { FIRST_YEAR = 2018, LAST_YEAR = 2026, DAYS = 5000, N = 60, PATTERNS = 10 };
static const instant QUARTER = 15 * MS_MINUTE;

static struct {
    struct calendar *c;
    day origin;
    bool working[DAYS]; /* the reference's own table, from FIRST_YEAR on */
} city;

static void load(struct arena *a)
{
    const struct json *years[LAST_YEAR - FIRST_YEAR + 1];
    city.origin = day_of_civil(FIRST_YEAR, 1, 1);
    for (int i = 0; i < DAYS; i++) city.working[i] = weekday(city.origin + i) != 0 && weekday(city.origin + i) != 6;
    for (int y = FIRST_YEAR; y <= LAST_YEAR; y++) {
        struct slice path = arena_printf(a, "data/holidays/%d.json", y);
        const struct json *v = test_json(a, test_file(a, arena_cstr(a, path)));
        years[y - FIRST_YEAR] = v;
        const struct json *days = json_get(v, "days");
        for (size_t i = 0; i < days->n; i++) {
            day d;
            assert_true(day_scan(json_string(days->items[i], "date"), &d));
            if (d >= city.origin) city.working[d - city.origin] = !json_bool(days->items[i], "isOffDay", false);
        }
    }
    assert_good(a, calendar_new(a, years, LAST_YEAR - FIRST_YEAR + 1, OFFICE, &city.c));
}

/* ---- the reference ---- */

static bool day_is_stopped(const struct clock *k, day d)
{
    for (size_t i = 0; i < k->nstops; i++)
        if (d >= day_of_instant(k->stops[i].from) && (k->stops[i].to == 0 || d < day_of_instant(k->stops[i].to)))
            return true;
    return false;
}

static bool quarter_is_stopped(const struct clock *k, instant t)
{
    for (size_t i = 0; i < k->nstops; i++)
        if (t >= k->stops[i].from && (k->stops[i].to == 0 || t < k->stops[i].to)) return true;
    return false;
}

static bool in_office(instant t)
{
    day d = day_of_instant(t);
    instant minute = (t - instant_of_day(d)) / MS_MINUTE;
    return city.working[d - city.origin] && ((minute >= 540 && minute < 720) || (minute >= 870 && minute < 1050));
}

/* due[1 … N]; 0 where the walk of 400 days does not come to an end */
static void reference(const struct clock *k, enum limit_unit u, instant due[N + 1])
{
    memset(due, 0, (N + 1) * sizeof *due);
    int n = 0;
    if (u == LIMIT_WORKING_DAY || u == LIMIT_CALENDAR_DAY) {
        day start = day_of_instant(k->started);
        for (day d = start + 1; n < N && d < start + 400; d++)
            if ((u == LIMIT_CALENDAR_DAY || city.working[d - city.origin]) && !day_is_stopped(k, d))
                due[++n] = instant_of_day(d + 1) - 1;
        return;
    }
    int quarters = 0;
    instant last_edge = k->started; /* after it nothing stops: an endless stop ends the walk */
    for (size_t i = 0; i < k->nstops; i++)
        if (k->stops[i].from > last_edge) last_edge = k->stops[i].from;
    for (instant t = k->started; n < N; t += QUARTER) {
        bool stopped = quarter_is_stopped(k, t);
        if (stopped && t > last_edge && k->stops[k->nstops - 1].to == 0) return;
        if (!stopped && (u == LIMIT_HOUR || in_office(t)) && ++quarters == 4) {
            quarters = 0;
            due[++n] = t + QUARTER;
        }
    }
}

static void add_stop(struct clock *k, int from_day, int from_quarter, int to_day, int to_quarter)
{
    instant origin = instant_of_day(day_of_instant(k->started));
    instant from = origin + from_day * MS_DAY + from_quarter * QUARTER;
    k->stops[k->nstops++] =
        (struct clock_stop){from < k->started ? k->started : from,
                            to_day < 0 ? 0 : origin + to_day * MS_DAY + to_quarter * QUARTER, STOP_TESTING};
}

static struct clock pattern(day start, int p)
{
    struct clock k = {.started = instant_of_day(start) + (start % 3 ? 38 : 66 + start % 11) * QUARTER};
    switch (p) {
    case 1: add_stop(&k, 1, 40, 3, 36); break;
    case 2: add_stop(&k, 4, 50, -1, 0); break;
    case 3: add_stop(&k, 2, 37, 2, 60); break;                             /* within a day */
    case 4: add_stop(&k, 1, 60, 3, 40), add_stop(&k, 3, 44, 5, 40); break; /* one ends where another begins */
    case 5: add_stop(&k, 2, 69, 42, 36); break;                            /* long */
    case 6: add_stop(&k, 1, 36, 1, 40), add_stop(&k, 2, 48, 3, 20), add_stop(&k, 6, 0, 7, 0); break;
    case 7: add_stop(&k, 0, 0, 2, 0); break; /* from the very start, to midnight */
    case 8:
        add_stop(&k, 5, 10, 9, 10), add_stop(&k, 3, 20, 6, 90), add_stop(&k, 4, 0, 4, 1);
        break; /* unordered, overlapping */
    case 9:
        for (int i = 0; i < CLOCK_STOPS_MAX; i++) add_stop(&k, 1 + 2 * i, 40 + i, 2 + 2 * i, 30 + i);
        break;
    default: break;
    }
    return k;
}

static void every_day_unit_number_and_pattern(void **state)
{
    struct arena *a = *state;
    load(a);
    long compared = 0;
    for (day s = day_of_civil(FIRST_YEAR, 1, 1); s <= day_of_civil(LAST_YEAR, 12, 31); s++)
        for (int p = 0; p < PATTERNS; p++) {
            struct clock k = pattern(s, p);
            for (int u = LIMIT_WORKING_DAY; u <= LIMIT_WORKING_HOUR; u++) {
                instant due[N + 1];
                reference(&k, (enum limit_unit)u, due);
                for (int n = 1; n <= N; n++, compared++) {
                    struct limit l = {n, (enum limit_unit)u, {NULL, 0}};
                    instant got = clock_due(city.c, &k, &l);
                    if (got != due[n])
                        fail_msg("start %s unit %d pattern %d n %d: %s, not %s",
                                 arena_cstr(a, instant_text(a, k.started)), u, p, n,
                                 arena_cstr(a, instant_text(a, got)), arena_cstr(a, instant_text(a, due[n])));
                }
            }
        }
    assert_int_equal(compared, 3287L * PATTERNS * 4 * N);
    print_message("clock: %ld due dates agree with the reference\n", compared);
}

/* Random stops: a later start, a larger limit, one more stop and a later resumption never make it due earlier. */
static void clocks_are_monotone(void **state)
{
    struct arena *a = *state;
    load(a);
    uint64_t seed = 45;
    for (int round = 0; round < 200000; round++) {
        struct clock k = {.started =
                              instant_of_day(city.origin) + (instant)(test_random(&seed) % (uint64_t)(3200 * MS_DAY))};
        struct limit l = {(int64_t)(test_random(&seed) % 40) + 1, (enum limit_unit)(test_random(&seed) % 4), {NULL, 0}};
        instant at = k.started, due = clock_due(city.c, &k, &l);
        assert_true(due > k.started);
        for (uint64_t stops = test_random(&seed) % 4; stops; stops--) {
            at += (instant)(test_random(&seed) % (uint64_t)(5 * MS_DAY));
            struct clock before = k;
            assert_good(a, clock_stop(a, &k, at, (enum stop_cause)(test_random(&seed) % STOP_CAUSES)));
            instant open = clock_due(city.c, &k, &l);
            if (open != CLOCK_NO_DUE) assert_true(open == due);
            at += (instant)(test_random(&seed) % (uint64_t)(9 * MS_DAY));
            struct clock later = k;
            assert_good(a, clock_resume(a, &k, at));
            assert_good(a, clock_resume(a, &later, at + (instant)(test_random(&seed) % (uint64_t)MS_DAY)));
            instant now = clock_due(city.c, &k, &l);
            assert_true(now >= due);
            assert_true(clock_due(city.c, &later, &l) >= now);
            assert_true(clock_due(city.c, &before, &l) == due);
            due = now;
        }
        struct limit more = {l.n + 1, l.unit, {NULL, 0}};
        assert_true(clock_due(city.c, &k, &more) > due);
        int64_t e1, e2, total;
        clock_progress(city.c, &k, &l, at, &e1, &total);
        clock_progress(city.c, &k, &l, at + (instant)(test_random(&seed) % (uint64_t)(9 * MS_DAY)), &e2, &total);
        assert_true(total == l.n && e1 <= e2);
        clock_progress(city.c, &k, &l, due, &e1, &total); /* the due date is where all is used up, and not before */
        assert_true(e1 == l.n);
        clock_progress(city.c, &k, &l, due - MS_DAY, &e1, &total);
        assert_true(e1 <= l.n);
        k.promised = l;
        enum light light = clock_light(city.c, &k, due);
        assert_true(light == LIGHT_YELLOW || light == LIGHT_STOPPED);
        assert_int_equal(clock_light(city.c, &k, due + 1), LIGHT_RED);
    }
}

static instant at(const char *text)
{
    instant t;
    assert_true(instant_scan(slice_cstr(text), &t));
    return t;
}

static void lights_and_progress(void **state)
{
    struct arena *a = *state;
    load(a);
    struct clock k = {.promised = {5, LIMIT_WORKING_DAY, S("承诺")},
                      .statutory = {20, LIMIT_WORKING_DAY, S("行政许可法42")}};
    assert_int_equal(clock_light(city.c, &k, at("2021-04-30T10:00:00+08:00")), LIGHT_NONE);
    assert_int_equal(clock_due(city.c, &k, &k.promised), CLOCK_NO_DUE);
    k.started = at("2021-04-30T16:59:00+08:00");
    /* 5 working days after 30 April 2021, holiday to 5 May: 6, 7, 8 (a worked Saturday), 10, 11 May */
    assert_int_equal(clock_due(city.c, &k, &k.promised), at("2021-05-11T23:59:59.999+08:00"));
    static const struct {
        const char *now;
        int elapsed;
        enum light light;
    } rows[] = {
        {"2021-04-30T17:00:00+08:00", 0, LIGHT_GREEN},  {"2021-05-05T12:00:00+08:00", 0, LIGHT_GREEN},
        {"2021-05-06T00:00:00+08:00", 1, LIGHT_GREEN},  {"2021-05-08T12:00:00+08:00", 3, LIGHT_GREEN},
        {"2021-05-09T12:00:00+08:00", 3, LIGHT_GREEN},  {"2021-05-10T12:00:00+08:00", 4, LIGHT_GREEN},
        {"2021-05-11T00:00:00+08:00", 5, LIGHT_YELLOW}, {"2021-05-11T23:59:59.999+08:00", 5, LIGHT_YELLOW},
        {"2021-05-12T00:00:00+08:00", 6, LIGHT_RED},
    };
    int64_t elapsed, total;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        clock_progress(city.c, &k, &k.promised, at(rows[i].now), &elapsed, &total);
        assert_int_equal(elapsed, rows[i].elapsed);
        assert_int_equal(total, 5);
        assert_int_equal(clock_light(city.c, &k, at(rows[i].now)), rows[i].light);
    }
    struct clock ended = k;
    ended.ended = at("2021-05-11T18:00:00+08:00");
    assert_int_equal(clock_light(city.c, &ended, at("2022-01-01T00:00:00+08:00")), LIGHT_DONE);
    ended.ended = at("2021-05-12T00:00:00+08:00");
    assert_int_equal(clock_light(city.c, &ended, at("2022-01-01T00:00:00+08:00")), LIGHT_DONE_LATE);
    clock_progress(city.c, &ended, &k.promised, at("2022-01-01T00:00:00+08:00"), &elapsed, &total);
    assert_int_equal(elapsed, 6);

    assert_good(a, clock_stop(a, &k, at("2021-05-07T09:00:00+08:00"), STOP_HEARING));
    assert_int_equal(clock_light(city.c, &k, at("2021-05-07T09:00:00+08:00")), LIGHT_STOPPED);
    assert_int_equal(clock_light(city.c, &k, at("2021-06-07T09:00:00+08:00")), LIGHT_STOPPED);
    assert_int_equal(clock_due(city.c, &k, &k.promised), CLOCK_NO_DUE);
    assert_good(a, clock_resume(a, &k, at("2021-05-14T15:00:00+08:00")));
    /* 6 May counted; 7 to 13 May not; then 14, 17, 18, 19 */
    assert_int_equal(clock_due(city.c, &k, &k.promised), at("2021-05-19T23:59:59.999+08:00"));
    clock_progress(city.c, &k, &k.promised, at("2021-05-14T15:00:00+08:00"), &elapsed, &total);
    assert_int_equal(elapsed, 2);
    /* a stop that begins when it is late does not hide that */
    assert_good(a, clock_stop(a, &k, at("2021-05-20T09:00:00+08:00"), STOP_TESTING));
    assert_int_equal(clock_light(city.c, &k, at("2021-05-21T09:00:00+08:00")), LIGHT_RED);
    assert_int_equal(clock_due(city.c, &k, &k.promised), at("2021-05-19T23:59:59.999+08:00"));
    struct clock none = {.started = 1};
    assert_int_equal(clock_light(city.c, &none, 2), LIGHT_NONE);
}

static void last_fifth_of_twenty_days(void **state)
{
    struct arena *a = *state;
    load(a);
    struct clock k = {.statutory = {20, LIMIT_WORKING_DAY, S("行政许可法42")},
                      .started = at("2024-03-01T09:00:00+08:00")};
    day sixteenth = calendar_add(city.c, day_of_instant(k.started), 16, LIMIT_WORKING_DAY, false);
    assert_int_equal(clock_light(city.c, &k, instant_of_day(sixteenth)), LIGHT_GREEN);
    day next = calendar_add(city.c, sixteenth, 1, LIMIT_WORKING_DAY, false);
    assert_int_equal(clock_light(city.c, &k, instant_of_day(next)), LIGHT_YELLOW);
    struct clock h = {.promised = {10, LIMIT_HOUR, S("承诺")}, .started = at("2024-03-01T09:00:00+08:00")};
    assert_int_equal(clock_light(city.c, &h, at("2024-03-01T17:00:00+08:00")), LIGHT_GREEN);
    assert_int_equal(clock_light(city.c, &h, at("2024-03-01T17:00:00.001+08:00")), LIGHT_YELLOW);
    assert_int_equal(clock_light(city.c, &h, at("2024-03-01T19:00:00+08:00")), LIGHT_YELLOW);
    assert_int_equal(clock_light(city.c, &h, at("2024-03-01T19:00:00.001+08:00")), LIGHT_RED);
}

static void working_hours(void **state)
{
    struct arena *a = *state;
    load(a);
    struct clock k = {.started = at("2024-03-01T16:30:00+08:00")}; /* Friday; office closes at 17:30 */
    struct limit one = {1, LIMIT_WORKING_HOUR, {NULL, 0}}, two = {2, LIMIT_WORKING_HOUR, {NULL, 0}},
                 four = {4, LIMIT_WORKING_HOUR, {NULL, 0}};
    assert_int_equal(clock_due(city.c, &k, &one), at("2024-03-01T17:30:00+08:00")); /* not Monday 9:00 */
    assert_int_equal(clock_due(city.c, &k, &two), at("2024-03-04T10:00:00+08:00"));
    assert_int_equal(clock_due(city.c, &k, &four), at("2024-03-04T12:00:00+08:00"));
    k.started = at("2024-03-02T03:00:00+08:00"); /* Saturday night waits for Monday */
    assert_int_equal(clock_due(city.c, &k, &four), at("2024-03-04T15:30:00+08:00"));
    assert_good(a, clock_stop(a, &k, at("2024-03-04T10:30:00+08:00"), STOP_APPRAISAL));
    assert_good(a, clock_resume(a, &k, at("2024-03-05T13:00:00+08:00")));
    assert_int_equal(clock_due(city.c, &k, &two), at("2024-03-05T15:00:00+08:00"));
    int64_t elapsed, total;
    clock_progress(city.c, &k, &two, at("2024-03-05T14:59:00+08:00"), &elapsed, &total);
    assert_int_equal(elapsed, 1);

    struct calendar *whole; /* without office hours a working day counts whole */
    assert_good(a, calendar_new(a, NULL, 0, (struct office_hours){{0, 0}, {0, 0}}, &whole));
    struct clock f = {.started = at("2024-03-01T23:00:00+08:00")};
    assert_int_equal(clock_due(whole, &f, &two), at("2024-03-04T01:00:00+08:00"));
    struct calendar *afternoon;
    assert_good(a, calendar_new(a, NULL, 0, (struct office_hours){{0, 840}, {0, 1080}}, &afternoon));
    assert_int_equal(clock_due(afternoon, &f, &two), at("2024-03-04T16:00:00+08:00"));
}

static void stopping_and_resuming(void **state)
{
    struct arena *a = *state;
    struct clock k = {0};
    assert_code(clock_stop(a, &k, 10, STOP_HEARING), CODE_CLOCK_NOT_RUNNING);
    k.started = 1000;
    assert_code(clock_resume(a, &k, 2000), CODE_CLOCK_NOT_STOPPED);
    assert_code(clock_stop(a, &k, 999, STOP_HEARING), CODE_CLOCK_ORDER);
    assert_good(a, clock_stop(a, &k, 1000, STOP_HEARING));
    assert_code(clock_stop(a, &k, 1001, STOP_HEARING), CODE_CLOCK_STOPPED);
    assert_code(clock_resume(a, &k, 999), CODE_CLOCK_ORDER);
    assert_good(a, clock_resume(a, &k, 3000));
    assert_code(clock_stop(a, &k, 2999, STOP_HEARING), CODE_CLOCK_ORDER);
    for (int i = 1; i < CLOCK_STOPS_MAX; i++) {
        assert_good(a, clock_stop(a, &k, 3000 + i, STOP_TENDER));
        assert_good(a, clock_resume(a, &k, 3000 + i));
    }
    assert_code(clock_stop(a, &k, 9000, STOP_HEARING), CODE_CLOCK_STOPS);
    assert_int_equal(k.nstops, CLOCK_STOPS_MAX);
    k.ended = 5000;
    assert_code(clock_stop(a, &k, 9000, STOP_HEARING), CODE_CLOCK_NOT_RUNNING);
    enum stop_cause c;
    for (int i = 0; i < STOP_CAUSES; i++) {
        assert_true(stop_cause_scan(slice_cstr(stop_cause_name((enum stop_cause)i)), &c) && c == (enum stop_cause)i);
        assert_true(stop_cause_zh(c).n >= 6);
        assert_true(stop_cause_en(c).n >= 6 && slice_find(stop_cause_en(c), '_', 0) == SIZE_MAX);
    }
    assert_false(stop_cause_scan(S("holiday"), &c));
    assert_string_equal(light_name(LIGHT_DONE_LATE), "done_late");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(every_day_unit_number_and_pattern), TEST(clocks_are_monotone), TEST(lights_and_progress),
        TEST(last_fifth_of_twenty_days),         TEST(working_hours),       TEST(stopping_and_resuming),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
