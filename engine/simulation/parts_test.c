/* The parts by themselves: chances, counts, office time, values of a schema. */
#include "base/testing.h"
#include "engine/simulation/intern.h"
#include "engine/simulation/simulation.h"
#include "engine/simulation/worktime.h"

#include <math.h>
#include <stdlib.h>

static void chances_follow_their_distribution(void **state)
{
    (void)state;
    enum { N = 200000 };
    struct random_dist dists[] = {{RANDOM_EXPONENTIAL, 10, 0}, {RANDOM_LOGNORMAL, 10, 1.5}, {RANDOM_CONSTANT, 10, 0}};
    double deviation[] = {10, 15, 0};
    for (size_t d = 0; d < 3; d++) {
        double sum = 0, squares = 0;
        for (uint64_t i = 0; i < N; i++) {
            double x = random_draw(&dists[d], random_at(5, i, 1), random_at(5, i, 2));
            assert_true(x >= 0);
            sum += x;
            squares += x * x;
        }
        double mean = sum / N, sd = sqrt(fmax(0, squares / N - mean * mean));
        assert_true(fabs(mean - 10) <= 5 * deviation[d] / sqrt(N)); /* five standard errors */
        assert_true(fabs(sd - deviation[d]) <= 0.05 * deviation[d] + 1e-6);
    }
    uint64_t s = random_stream(9, 1), t = random_stream(9, 2);
    assert_true(random_uniform(&s) != random_uniform(&t));
    int64_t n = 0;
    for (int i = 0; i < 2000; i++) n += random_poisson(&s, 500);
    assert_true(llabs(n - 1000000) < 5 * 1000);
}

static void counts_give_their_quantiles(void **state)
{
    (void)state;
    static struct histogram h, half, other;
    for (int64_t i = 1; i <= 100000; i++) {
        histogram_add(&h, i);
        histogram_add(i % 2 ? &half : &other, i);
    }
    for (int i = 1; i <= 100; i++) {
        double exact = 1000.0 * i, got = (double)histogram_at(&h, i / 100.0);
        assert_true(got >= exact && got <= exact * (1 + 1.0 / 64));
    }
    histogram_merge(&half, &other);
    assert_memory_equal(&h, &half, sizeof h);
    static struct histogram none;
    assert_int_equal(histogram_at(&none, 0.5), 0);
    histogram_add(&none, INT64_MAX);
    assert_true(histogram_at(&none, 1) <= INT64_MAX);
}

static const struct calendar *calendar(struct arena *a)
{
    const struct json *year;
    struct calendar *c;
    assert_good(
        a, json_parse(a, S("{\"year\":2021,\"days\":[{\"name\":\"x\",\"date\":\"2021-01-05\",\"isOffDay\":true}]}"),
                      1000, S("year"), &year));
    assert_good(a, calendar_new(a, &year, 1, (struct office_hours){{540, 840}, {720, 1020}}, &c));
    return c;
}

static instant at(const char *text)
{
    instant t;
    assert_true(instant_scan(slice_cstr(text), &t));
    return t;
}

static void office_time_passes_with_the_calendar(void **state)
{
    struct arena *a = *state;
    day from = day_of_civil(2021, 1, 4); /* Monday; Tuesday is a holiday */
    struct worktime w = worktime_new(a, calendar(a), from, 30);
    assert_true(w.office == 6 * MS_HOUR);
    assert_true(worktime_open(&w, at("2021-01-04T09:00:00+08:00")));
    assert_false(worktime_open(&w, at("2021-01-04T12:00:00+08:00")));
    assert_false(worktime_open(&w, at("2021-01-05T10:00:00+08:00")));
    assert_true(worktime_opens(&w, at("2021-01-04T09:00:00+08:00")) == at("2021-01-04T14:00:00+08:00"));
    assert_true(worktime_opens(&w, at("2021-01-04T14:00:00+08:00")) == at("2021-01-06T09:00:00+08:00"));
    assert_true(worktime_before(&w, at("2021-01-06T10:00:00+08:00")) == 7 * MS_HOUR);
    instant begun = at("2021-01-04T16:00:00+08:00");
    assert_true(worktime_done(&w, begun, MS_HOUR) == at("2021-01-04T17:00:00+08:00"));
    assert_true(worktime_done(&w, begun, 2 * MS_HOUR) == at("2021-01-06T10:00:00+08:00"));
    assert_true(worktime_done(&w, begun, 5000 * MS_HOUR) == instant_of_day(from + 30));
}

static void equal_values_are_kept_once(void **state)
{
    struct arena *a = *state;
    struct intern t = intern_new(a);
    const struct json *x, *y, *z;
    assert_good(a, json_parse(a, S("{\"a\":[1,{\"b\":\"c\"}],\"d\":null}"), 100, S("x"), &x));
    assert_good(a, json_parse(a, S("{ \"a\" : [1, {\"b\":\"c\"}], \"d\" : null }"), 100, S("y"), &y));
    assert_good(a, json_parse(a, S("{\"a\":[1,{\"b\":\"c\"}],\"d\":false}"), 100, S("z"), &z));
    const struct json *kept = intern_json(&t, x);
    assert_true(json_equal(kept, x));
    assert_ptr_equal(kept, intern_json(&t, y));
    assert_ptr_not_equal(kept, intern_json(&t, z));
    for (int i = 0; i < 5000; i++) (void)intern_json(&t, json_of_int(a, i));
    assert_ptr_equal(kept, intern_json(&t, y));
}

static void a_schema_gives_a_value(void **state)
{
    struct arena *a = *state;
    const struct json *schema, *v;
    assert_good(
        a,
        json_parse(
            a,
            S("{\"type\":\"object\",\"required\":[\"good\",\"kind\",\"list\",\"day\",\"n\",\"part\"],\"$defs\":{\"p\":{\"const\":7}},\"properties\":{"
              "\"good\":{\"type\":\"boolean\"},\"kind\":{\"enum\":[\"x\",\"y\"]},\"list\":{\"type\":\"array\",\"minItems\":2,"
              "\"items\":{\"type\":\"string\",\"minLength\":3}},\"day\":{\"type\":\"string\",\"format\":\"date\"},\"n\":{\"type\":"
              "\"integer\",\"minimum\":18},\"part\":{\"$ref\":\"#/$defs/p\"},\"left_out\":{\"type\":\"string\"}}}"),
            4000, S("schema"), &schema));
    v = sim_sample(a, schema, false);
    assert_slice(
        json_write(a, v),
        "{\"good\":true,\"kind\":\"x\",\"list\":[\"xxx\",\"xxx\"],\"day\":\"2021-01-04\",\"n\":18,\"part\":7}");
    assert_slice(json_string(sim_sample(a, schema, true), "left_out"), "x");
    assert_int_equal(sim_sample(a, NULL, true)->type, JSON_NULL);
}

static void a_mean_has_its_interval(void **state)
{
    (void)state;
    double x[] = {1, 2, 3, 4, 5};
    struct sim_mean m = sim_mean(x, 5);
    assert_true(fabs(m.mean - 3) < 1e-12);
    assert_true(fabs(m.half - 2.776 * sqrt(2.5 / 5)) < 1e-9);
    assert_true(sim_mean(x, 1).half < 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(chances_follow_their_distribution),
        cmocka_unit_test(counts_give_their_quantiles),
        TEST(office_time_passes_with_the_calendar),
        TEST(equal_values_are_kept_once),
        TEST(a_schema_gives_a_value),
        cmocka_unit_test(a_mean_has_its_interval),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
