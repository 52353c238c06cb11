#include "base/testing.h"

static bool slow_leap(int y)
{
    if (y % 400 == 0) return true;
    if (y % 100 == 0) return false;
    return y % 4 == 0;
}

static int slow_length(int y, int m)
{
    switch (m) {
    case 4:
    case 6:
    case 9:
    case 11: return 30;
    case 2: return slow_leap(y) ? 29 : 28;
    default: return 31;
    }
}

/* Counts day by day from 1970 in both directions and compares everything on each day. */
static void every_day_1900_to_2200(void **state)
{
    struct arena *a = *state;
    day n = 0;
    for (int y = 1969; y >= 1900; y--)
        for (int m = 12; m >= 1; m--) n -= slow_length(y, m);
    int dow = 1; /* 1900-01-01 was a Monday */
    for (int y = 1900; y <= 2200; y++) {
        for (int m = 1; m <= 12; m++) {
            assert_false(civil_valid(y, m, slow_length(y, m) + 1));
            for (int d = 1; d <= slow_length(y, m); d++, n++, dow = (dow + 1) % 7) {
                int yy, mm, dd;
                day parsed = 0;
                assert_true(civil_valid(y, m, d));
                assert_true(day_of_civil(y, m, d) == n);
                civil_of_day(n, &yy, &mm, &dd);
                assert_true(yy == y && mm == m && dd == d);
                assert_int_equal(weekday(n), dow);
                assert_true(day_scan(day_text(a, n), &parsed) && parsed == n);
                assert_true(day_of_instant(instant_of_day(n)) == n);
                assert_true(day_of_instant(instant_of_day(n) - 1) == n - 1);
                assert_true(day_of_instant(instant_of_day(n) + MS_DAY - 1) == n);
            }
            arena_reset(a);
        }
    }
}

static void far_away(void **state)
{
    (void)state;
    for (day n = INT32_MIN / 2; n < INT32_MAX / 2 - 9999999; n += 9999991) {
        int y, m, d;
        civil_of_day(n, &y, &m, &d);
        assert_true(civil_valid(y, m, d) && day_of_civil(y, m, d) == n);
    }
    assert_int_equal(day_of_civil(2021, 13, 1), day_of_civil(2022, 1, 1));
    assert_int_equal(day_of_civil(2021, 0, 31), day_of_civil(2020, 12, 31));
    assert_int_equal(day_of_civil(2021, 3, 0), day_of_civil(2021, 2, 28));
    /* nothing overflows */
    (void)civil_of_instant(INT64_MAX);
    (void)civil_of_instant(INT64_MIN);
    assert_false(civil_valid(2021, 0, 1) || civil_valid(2021, 13, 1) || civil_valid(2021, 1, 0) ||
                 civil_valid(2021, 2, 29));
}

static void dates(void **state)
{
    struct arena *a = *state;
    static const char *const bad[] = {
        "",           "2021-4-30",   "2021-04-31", "2021-02-29",  "20210430",    "2021-04-30 ", " 2021-04-30",
        "2021/04/30", "2021-00-10",  "2021-13-01", "2021-04-00",  "1900-02-29",  "+021-04-30",  "2021-04-3x",
        "-021-04-30", "２021-04-30", "2021-04--1", "02021-04-30", "2021-04-300",
    };
    day n = 0;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (day_scan(slice_cstr(bad[i]), &n)) fail_msg("accepted %s", bad[i]);
    assert_code(day_parse(a, S("2021-02-29"), S("/d"), &n), CODE_DATE_INVALID);
    assert_good(a, day_parse(a, S("2000-02-29"), S("/d"), &n));
    assert_int_equal(n, 11016);
    assert_slice(day_text(a, 0), "1970-01-01");
}

static void instants(void **state)
{
    struct arena *a = *state;
    static const struct {
        const char *text;
        instant value;
    } good[] = {
        {"1970-01-01T08:00:00+08:00", 0},
        {"1970-01-01T00:00:00Z", 0},
        {"1970-01-01t00:00:00.000000001z", 0},
        {"1969-12-31T23:59:59.999Z", -1},
        {"2021-04-30T09:00:00+08:00", INT64_C(1619744400000)},
        {"2021-04-30T09:00:00.25+08:00", INT64_C(1619744400250)},
        {"2021-04-29T21:00:00-04:00", INT64_C(1619744400000)},
        {"2021-04-30T06:30:00+05:30", INT64_C(1619744400000)},
        {"9999-12-31T23:59:59Z", INT64_C(253402300799000)},
        {"0000-01-01T00:00:00Z", INT64_C(-62167219200000)},
    };
    static const char *const bad[] = {
        "2021-04-30",
        "2021-04-30T09:00:00",
        "2021-04-30T09:00Z",
        "2021-04-30T24:00:00Z",
        "2021-04-30T09:60:00Z",
        "2021-04-30T09:00:60Z",
        "2021-04-30T09:00:00.Z",
        "2021-04-30T09:00:00+24:00",
        "2021-04-30T09:00:00+08:60",
        "2021-04-30T09:00:00+0800",
        "2021-04-30T09:00:00+08",
        "2021-04-30T09:00:00ZZ",
        "2021-04-30 09:00:00Z",
        "2021-04-30T9:00:00Z",
        "2021-04-31T09:00:00Z",
        "2021-04-30T09:00:00.1234567890Z",
        "2021-04-30T-9:00:00Z",
        "2021-04-30T09:00:00 08:00",
        "2021-04-30T09:00:00+8:00",
    };
    instant t;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        assert_good(a, instant_parse(a, slice_cstr(good[i].text), S(""), &t));
        if (t != good[i].value) fail_msg("%s", good[i].text);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (instant_scan(slice_cstr(bad[i]), &t)) fail_msg("accepted %s", bad[i]);
    assert_code(instant_parse(a, S("x"), S("/t"), &t), CODE_TIME_INVALID);
    assert_slice(instant_text(a, 0), "1970-01-01T08:00:00+08:00");
    assert_slice(instant_text(a, -1), "1970-01-01T07:59:59.999+08:00");
    uint64_t seed = 7;
    for (int i = 0; i < 20000; i++) { /* text and back */
        instant u, x = (instant)(test_random(&seed) % UINT64_C(300000000000000)) - INT64_C(50000000000000);
        assert_true(instant_scan(instant_text(a, x), &u) && u == x);
        struct civil c = civil_of_instant(x);
        assert_true(instant_of_day(day_of_civil(c.year, c.month, c.day)) + c.hour * MS_HOUR + c.minute * MS_MINUTE +
                        c.second * MS_SECOND + c.ms ==
                    x);
    }
}

static void clocks(void **state)
{
    (void)state;
    instant now = 5;
    struct time_source t = test_clock(&now);
    assert_true(time_now(t) == 5);
    now += MS_DAY;
    assert_true(time_now(t) == 5 + MS_DAY);
    assert_true(time_now(time_system()) > INT64_C(1600000000000));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(every_day_1900_to_2200), TEST(far_away), TEST(dates), TEST(instants), TEST(clocks),
    };
    return cmocka_run_group_tests_name("time", tests, NULL, NULL);
}
