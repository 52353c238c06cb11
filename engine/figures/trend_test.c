#include "engine/figures/trend.h"

#include <math.h>

#include "base/testing.h"

#define SERIES(v) ((struct series){(v), sizeof(v) / sizeof *(v)})

static void close_to(double v, double expected)
{
    if (!(fabs(v - expected) <= 1e-9)) fail_msg("%.9f is not %.9f", v, expected);
}

static void a_straight_line_goes_on(void **state)
{
    (void)state;
    const double v[] = {10, 12, 14, 16, 18, 20, 22, 24};
    struct forecast f = forecast_of(SERIES(v), 3, NAN, NAN);
    assert_int_equal(f.method, FORECAST_HOLT);
    assert_int_equal(f.n, 3);
    close_to(f.v[0], 26);
    close_to(f.v[2], 30);
    close_to(f.error, 0);
    assert_int_equal(f.tested, 6);
}

static void what_stands_still_is_foretold_by_its_last_value(void **state)
{
    (void)state;
    const double v[] = {5, 5, 5, 5, 5, 5, 5};
    struct forecast f = forecast_of(SERIES(v), 2, NAN, NAN);
    assert_int_equal(f.method, FORECAST_LAST);
    close_to(f.v[1], 5);
    close_to(f.error, 0);
}

static void a_season_comes_again(void **state)
{
    (void)state;
    double v[36];
    for (int i = 0; i < 36; i++) v[i] = i % 12 == 1 ? 90 : 10 + 7 * (i * i % 12);
    struct forecast f = forecast_of(SERIES(v), 12, NAN, NAN);
    assert_int_equal(f.method, FORECAST_SEASONAL);
    close_to(f.v[0], v[24]);
    close_to(f.v[1], 90);
    close_to(f.error, 0);
    assert_int_equal(f.tested, 12);
    assert_string_equal(forecast_method_name(f.method), "seasonal");
}

/* Worked by hand: level 2, slope 1 after two months; then 4: ahead 3, level 3.5, slope 0.2*1.5+0.8*1 = 1.1; ahead 4.6. */
static void holt_by_hand(void **state)
{
    (void)state;
    const double v[] = {1, 2, 4};
    double next;
    assert_true(forecast_next(FORECAST_HOLT, SERIES(v), &next));
    close_to(next, 4.6);
    const double gap[] = {1, NAN, 3, NAN};
    assert_true(forecast_next(FORECAST_HOLT, SERIES(gap), &next));
    close_to(next, 5);
    assert_false(forecast_next(FORECAST_HOLT, (struct series){v, 1}, &next));
    assert_false(forecast_next(FORECAST_SEASONAL, SERIES(v), &next));
}

/* The error is of forecasts that knew nothing of the month they foretold: "last" says each month's forerunner. */
static void past_error_uses_only_the_past(void **state)
{
    (void)state;
    const double v[] = {1, 2, 1, 2, 1, 2, 1, 2};
    struct forecast f = forecast_of(SERIES(v), 1, NAN, NAN);
    assert_true(f.method != FORECAST_NONE);
    double sum = 0, said;
    for (size_t i = 2; i < 8; i++) {
        assert_true(forecast_next(f.method, (struct series){v, i}, &said));
        sum += fabs(said - v[i]);
    }
    assert_int_equal(f.tested, 6);
    close_to(f.error, sum / 6);
    assert_true(f.error > 0.2);
}

static void too_little_is_not_foretold(void **state)
{
    (void)state;
    const double v[] = {1, NAN, 2, 3, 4, 5};
    struct forecast f = forecast_of(SERIES(v), 3, NAN, NAN);
    assert_int_equal(f.method, FORECAST_NONE);
    assert_int_equal(f.n, 0);
}

static void a_share_stays_a_share(void **state)
{
    (void)state;
    const double v[] = {0.70, 0.75, 0.80, 0.85, 0.90, 0.95};
    struct forecast f = forecast_of(SERIES(v), 6, 0, 1);
    assert_int_equal(f.method, FORECAST_HOLT);
    close_to(f.v[5], 1);
}

static void a_break_raises_the_alarm(void **state)
{
    (void)state;
    /* median 10.5, deviations 0.5 each: MAD 0.5 */
    const double calm[] = {10, 11, 10, 11, 10, 11, 10, 11, 12}, broken[] = {10, 11, 10, 11, 10, 11, 10, 11, 14, NAN};
    struct alarm a = alarm_of(SERIES(calm));
    assert_true(a.tested);
    assert_false(a.broken);
    close_to(a.z, 0.6745 * 1.5 / 0.5);
    a = alarm_of(SERIES(broken));
    assert_true(a.broken);
    assert_int_equal(a.at, 8);
    close_to(a.median, 10.5);
    close_to(a.z, 0.6745 * 3.5 / 0.5);
}

static void equal_months_and_then_another(void **state)
{
    (void)state;
    const double one[] = {3, 3, 3, 3, 3, 3, 3}, other[] = {3, 3, 3, 3, 3, 3, 2.9}, few[] = {3, 3, 3, 3, 3, 9},
                 most[] = {3, 3, 3, 3, 3, 5, 4}, none[] = {NAN, NAN};
    assert_false(alarm_of(SERIES(one)).broken);
    assert_true(alarm_of(SERIES(other)).broken);
    assert_true(alarm_of(SERIES(other)).z < 0);
    assert_false(alarm_of(SERIES(few)).tested);
    assert_false(alarm_of(SERIES(none)).tested);
    struct alarm a = alarm_of(SERIES(most)); /* MAD 0, mean absolute deviation 1/3 */
    close_to(a.z, 1 / (1.2533 / 3));
    assert_false(a.broken);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_straight_line_goes_on),       TEST(what_stands_still_is_foretold_by_its_last_value),
        TEST(a_season_comes_again),          TEST(holt_by_hand),
        TEST(past_error_uses_only_the_past), TEST(too_little_is_not_foretold),
        TEST(a_share_stays_a_share),         TEST(a_break_raises_the_alarm),
        TEST(equal_months_and_then_another),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
