#include "base/testing.h"
#include "engine/calendar/calendar.h"

static const struct office_hours OFFICE = {{540, 870}, {720, 1050}}; /* 9:00-12:00, 14:30-17:30 */

static struct calendar *shipped(struct arena *a)
{
    const struct json *years[9];
    for (int y = 2018; y <= 2026; y++) {
        struct slice path = arena_printf(a, "data/holidays/%d.json", y);
        years[y - 2018] = test_json(a, test_file(a, arena_cstr(a, path)));
    }
    struct calendar *c;
    assert_good(a, calendar_new(a, years, 9, OFFICE, &c));
    return c;
}

static day date(const char *text)
{
    day d;
    assert_true(day_scan(slice_cstr(text), &d));
    return d;
}

static void known_answers(void **state)
{
    struct arena *a = *state;
    struct calendar *c = shipped(a);
    assert_int_equal(calendar_add(c, date("2021-04-30"), 7, LIMIT_WORKING_DAY, false), date("2021-05-13"));
    assert_int_equal(calendar_add(c, date("2021-09-17"), 20, LIMIT_WORKING_DAY, false), date("2021-10-21"));
    assert_int_equal(calendar_add(c, date("2020-01-23"), 5, LIMIT_WORKING_DAY, false), date("2020-02-07"));
    assert_int_equal(calendar_between(c, date("2020-12-31"), date("2021-12-31")), 250);
    /* Saturday 2018-12-29 is worked by the notice for 2019; Monday the 31st is off */
    assert_true(calendar_is_working(c, date("2018-12-29")));
    assert_false(calendar_is_working(c, date("2018-12-31")));
    assert_false(calendar_is_working(c, date("2022-12-31")));
    assert_true(calendar_is_working(c, date("2021-05-08")));
    assert_slice(calendar_note(c, date("2021-05-08")), "调休");
    assert_slice(calendar_note(c, date("2021-05-01")), "劳动节");
    assert_slice(calendar_note(c, date("2021-05-15")), "");
    assert_slice(calendar_note(c, date("1999-05-01")), "");
}

static void rolling_over_a_final_holiday(void **state)
{
    struct arena *a = *state;
    struct calendar *c = shipped(a);
    day from = date(
        "2021-09-16"); /* + 15 = 2021-10-01, holiday until the 7th; Saturday the 9th is worked, as is Friday the 8th */
    assert_int_equal(calendar_add(c, from, 15, LIMIT_CALENDAR_DAY, false), date("2021-10-01"));
    assert_int_equal(calendar_add(c, from, 15, LIMIT_CALENDAR_DAY, true), date("2021-10-08"));
    assert_int_equal(calendar_add(c, from, 14, LIMIT_CALENDAR_DAY, true), date("2021-09-30"));
    assert_int_equal(calendar_add(c, date("2021-10-07"), 0, LIMIT_WORKING_DAY, true), date("2021-10-07"));
    assert_int_equal(calendar_add(c, date("2021-10-11"), -1, LIMIT_WORKING_DAY, false), date("2021-10-09"));
    assert_int_equal(calendar_add(c, date("2021-10-08"), -1, LIMIT_WORKING_DAY, false), date("2021-09-30"));
    /* hours become days: 25 hours are two; 6 office hours a day, so 7 are two */
    assert_int_equal(calendar_add(c, from, 25, LIMIT_HOUR, false), from + 2);
    assert_int_equal(calendar_add(c, from, 7, LIMIT_WORKING_HOUR, false), date("2021-09-18"));
    assert_int_equal(calendar_add(c, from, 6, LIMIT_WORKING_HOUR, false), date("2021-09-17"));
}

static void coverage_and_version(void **state)
{
    struct arena *a = *state;
    struct calendar *c = shipped(a), *d;
    assert_true(calendar_covers(c, 2018) && calendar_covers(c, 2026));
    assert_false(calendar_covers(c, 2017) || calendar_covers(c, 2027));
    assert_int_equal(calendar_version(c).n, 16);
    assert_slice(calendar_version(shipped(a)), arena_cstr(a, calendar_version(c)));

    const struct json *x =
        test_json(a, S("{\"year\":2024,\"days\":[{\"name\":\"元旦\",\"date\":\"2024-01-01\",\"isOffDay\":true},"
                       "{\"name\":\"春节\",\"date\":\"2024-02-12\",\"isOffDay\":true}]}"));
    const struct json *y =
        test_json(a, S("{\"year\":2025,\"days\":[{\"name\":\"元旦\",\"date\":\"2025-01-01\",\"isOffDay\":true}]}"));
    const struct json *empty = test_json(a, S("{\"year\":2027,\"days\":[]}"));
    assert_good(a, calendar_new(a, (const struct json *[]){x, y, empty}, 3, OFFICE, &c));
    assert_good(a, calendar_new(a, (const struct json *[]){empty, y, x}, 3, OFFICE, &d));
    assert_true(slice_eq(calendar_version(c), calendar_version(d)));
    assert_false(calendar_covers(c, 2027));
    assert_good(a, calendar_new(a, (const struct json *[]){x, y}, 2, (struct office_hours){{0, 0}, {0, 0}}, &d));
    assert_false(slice_eq(calendar_version(c), calendar_version(d)));
    assert_good(a, calendar_new(a, (const struct json *[]){x}, 1, OFFICE, &d));
    assert_false(slice_eq(calendar_version(c), calendar_version(d)));
}

static void bad_files(void **state)
{
    struct arena *a = *state;
    static const struct {
        const char *text;
        enum code code;
    } rows[] = {
        {"{}", CODE_CALENDAR_FILE},
        {"[]", CODE_CALENDAR_FILE},
        {"{\"year\":2024}", CODE_CALENDAR_FILE},
        {"{\"year\":99999,\"days\":[]}", CODE_CALENDAR_FILE},
        {"{\"year\":2024,\"days\":[1]}", CODE_CALENDAR_FILE},
        {"{\"year\":2024,\"days\":[{\"name\":\"x\",\"date\":\"2024-01-01\",\"isOffDay\":1}]}", CODE_CALENDAR_FILE},
        {"{\"year\":2024,\"days\":[{\"date\":\"2024-01-01\",\"isOffDay\":true}]}", CODE_CALENDAR_FILE},
        {"{\"year\":2024,\"days\":[{\"name\":\"x\",\"date\":\"2024-02-30\",\"isOffDay\":true}]}", CODE_DATE_INVALID},
        {"{\"year\":2024,\"days\":[{\"name\":\"x\",\"date\":\"2023-06-01\",\"isOffDay\":true}]}", CODE_CALENDAR_FILE},
        {"{\"year\":2024,\"days\":[{\"name\":\"x\",\"date\":\"2024-01-01\",\"isOffDay\":true},"
         "{\"name\":\"x\",\"date\":\"2024-01-01\",\"isOffDay\":false}]}",
         CODE_CALENDAR_FILE},
    };
    struct calendar *c;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct json *v = test_json(a, slice_cstr(rows[i].text));
        assert_code(calendar_new(a, &v, 1, OFFICE, &c), rows[i].code);
    }
    const struct json *twice = test_json(a, S("{\"year\":2024,\"days\":[]}"));
    assert_good(a, calendar_new(a, (const struct json *[]){twice}, 1, OFFICE, &c));
    const struct json *v =
        test_json(a, S("{\"year\":2024,\"days\":[{\"name\":\"x\",\"date\":\"2024-01-01\",\"isOffDay\":true}]}"));
    assert_code(calendar_new(a, (const struct json *[]){v, v}, 2, OFFICE, &c), CODE_CALENDAR_FILE);
    assert_code(calendar_new(a, NULL, 0, (struct office_hours){{540, 600}, {720, 1050}}, &c), CODE_CALENDAR_FILE);
    assert_code(calendar_new(a, NULL, 0, (struct office_hours){{540, 870}, {720, 1441}}, &c), CODE_CALENDAR_FILE);
    assert_code(calendar_new(a, NULL, 0, (struct office_hours){{720, 870}, {540, 1050}}, &c), CODE_CALENDAR_FILE);
}

/* n-th working day by walking, with calendar_is_working alone. */
static day walk(const struct calendar *c, day d, int n)
{
    for (; n > 0; n--) do
            d++;
        while (!calendar_is_working(c, d));
    for (; n < 0; n++) do
            d--;
        while (!calendar_is_working(c, d));
    return d;
}

static void tables_agree_with_walking(void **state)
{
    struct arena *a = *state;
    struct calendar *c = shipped(a), *plain;
    assert_good(a, calendar_new(a, NULL, 0, OFFICE, &plain));
    uint64_t seed = 20210430;
    const struct calendar *both[] = {c, plain};
    for (int i = 0; i < 4000; i++) {
        const struct calendar *k = both[i % 2];
        day d = date("2016-01-01") + (day)(test_random(&seed) % 5000);
        int n = (int)(test_random(&seed) % 800) - 400;
        day got = calendar_add(k, d, n, LIMIT_WORKING_DAY, false), want = walk(k, d, n);
        if (got != want) fail_msg("%d + %d: %d, not %d", (int)d, n, (int)got, (int)want);
        if (n > 0) assert_int_equal(calendar_between(k, d, got), n);
        /* counting back, got itself is the n-th: (got-1, d-1] holds exactly -n */
        if (n < 0) assert_int_equal(calendar_between(k, got - 1, d - 1), -n);
    }
}

static void far_away_and_huge(void **state)
{
    struct arena *a = *state;
    struct calendar *c = shipped(a), *plain;
    assert_good(a, calendar_new(a, NULL, 0, OFFICE, &plain));
    /* 400 years of the plain week have 20 871 weeks: 104 355 weekdays in 146 097 days */
    day d = date("2400-03-01");
    assert_int_equal(calendar_add(c, d, 104355, LIMIT_WORKING_DAY, false), d + 146097);
    assert_int_equal(calendar_add(plain, d, -104355, LIMIT_WORKING_DAY, false), date("2000-03-01"));
    assert_int_equal(calendar_add(c, INT32_MAX, 5, LIMIT_WORKING_DAY, true), INT32_MAX);
    assert_int_equal(calendar_add(c, INT32_MIN, -5, LIMIT_CALENDAR_DAY, false), INT32_MIN);
    for (int u = LIMIT_WORKING_DAY; u <= LIMIT_WORKING_HOUR; u++) {
        assert_true(calendar_add(c, 0, INT64_MAX, (enum limit_unit)u, true) > 0);
        assert_true(calendar_add(c, 0, INT64_MIN, (enum limit_unit)u, true) < 0);
    }
    assert_int_equal(calendar_between(c, d, d), 0);
    assert_int_equal(calendar_between(c, date("2021-12-31"), date("2020-12-31")), -250);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(known_answers), TEST(rolling_over_a_final_holiday), TEST(coverage_and_version),
        TEST(bad_files),     TEST(tables_agree_with_walking),    TEST(far_away_and_huge),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
