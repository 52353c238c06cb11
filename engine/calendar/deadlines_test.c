#include "base/testing.h"
#include "engine/calendar/deadlines.h"

static struct calendar *shipped(struct arena *a)
{
    const struct json *years[9];
    for (int y = 2018; y <= 2026; y++) {
        struct slice path = arena_printf(a, "data/holidays/%d.json", y);
        years[y - 2018] = test_json(a, test_file(a, arena_cstr(a, path)));
    }
    struct calendar *c;
    assert_good(a, calendar_new(a, years, 9, (struct office_hours){{540, 870}, {720, 1050}}, &c));
    return c;
}

static void shipped_table(void **state)
{
    struct arena *a = *state;
    const struct deadlines *d;
    assert_good(a, deadlines_new(a, test_json(a, test_file(a, "data/rules/deadlines.json")), &d));
    const struct deadline *all;
    size_t n = deadlines_all(d, &all);
    assert_int_equal(n, 77);
    for (size_t i = 0; i < n; i++) {
        assert_ptr_equal(deadline_find(d, all[i].id), &all[i]);
        assert_int_equal(all[i].limit.n != 0, all[i].unit <= DEADLINE_HOUR);
    }
    const struct deadline *p = deadline_find(d, S("perm.decide"));
    assert_non_null(p);
    assert_int_equal(p->limit.n, 20);
    assert_int_equal(p->limit.unit, LIMIT_WORKING_DAY);
    assert_slice(p->limit.source, "行政许可法42,82");
    assert_int_equal(p->kind, DEADLINE_MAX);
    assert_int_equal(deadline_find(d, S("cus.export"))->limit.unit, LIMIT_HOUR);
    assert_null(deadline_find(d, S("perm")));
    assert_null(deadline_find(d, S("")));
}

static void limits_compared_with_the_law(void **state)
{
    struct arena *a = *state;
    struct calendar *c = shipped(a);
    static const struct {
        int64_t law;
        enum deadline_unit unit;
        enum deadline_kind kind;
        int64_t own;
        enum limit_unit own_unit;
        bool keeps;
    } rows[] = {
        {20, DEADLINE_WORKING_DAY, DEADLINE_MAX, 20, LIMIT_WORKING_DAY, true},
        {20, DEADLINE_WORKING_DAY, DEADLINE_MAX, 21, LIMIT_WORKING_DAY, false},
        {5, DEADLINE_WORKING_DAY, DEADLINE_MAX, 5, LIMIT_CALENDAR_DAY, true},
        {5, DEADLINE_WORKING_DAY, DEADLINE_MAX, 6, LIMIT_CALENDAR_DAY, false}, /* a week of six worked days, in a row */
        {15, DEADLINE_CALENDAR_DAY, DEADLINE_MAX, 10, LIMIT_WORKING_DAY, false}, /* over the October holidays */
        {15, DEADLINE_CALENDAR_DAY, DEADLINE_MAX, 3, LIMIT_WORKING_DAY, true},
        {1, DEADLINE_MONTH, DEADLINE_MAX, 28, LIMIT_CALENDAR_DAY, true},
        {1, DEADLINE_MONTH, DEADLINE_MAX, 29, LIMIT_CALENDAR_DAY, false},
        {1, DEADLINE_YEAR, DEADLINE_MAX, 365, LIMIT_CALENDAR_DAY, true},
        {1, DEADLINE_YEAR, DEADLINE_MAX, 366, LIMIT_CALENDAR_DAY, false},
        {30, DEADLINE_CALENDAR_DAY, DEADLINE_MIN, 30, LIMIT_CALENDAR_DAY, true},
        {30, DEADLINE_CALENDAR_DAY, DEADLINE_MIN, 29, LIMIT_CALENDAR_DAY, false},
        {20, DEADLINE_CALENDAR_DAY, DEADLINE_MIN, 20, LIMIT_WORKING_DAY, true},
        {2, DEADLINE_CALENDAR_DAY, DEADLINE_MAX, 48, LIMIT_HOUR, true},
        {2, DEADLINE_CALENDAR_DAY, DEADLINE_MAX, 49, LIMIT_HOUR, false},
        {3, DEADLINE_CALENDAR_DAY, DEADLINE_FIXED, 3, LIMIT_CALENDAR_DAY, true},
        {3, DEADLINE_CALENDAR_DAY, DEADLINE_FIXED, 2, LIMIT_CALENDAR_DAY, false},
        {2, DEADLINE_PERCENT, DEADLINE_MAX, 99, LIMIT_CALENDAR_DAY, true},
    };
    static const enum limit_unit same[] = {LIMIT_CALENDAR_DAY, LIMIT_WORKING_DAY, LIMIT_HOUR};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct deadline d = {.kind = rows[i].kind, .unit = rows[i].unit, .n = rows[i].law};
        if (d.unit <= DEADLINE_HOUR) d.limit = (struct limit){rows[i].law, same[d.unit], {NULL, 0}};
        struct limit own = {rows[i].own, rows[i].own_unit, {NULL, 0}};
        if (deadline_keeps(&d, c, &own) != rows[i].keeps) fail_msg("row %zu", i);
    }
}

static void bad_tables(void **state)
{
    struct arena *a = *state;
    static const char *const bad[] = {
        "{}",
        "{\"rules\":{}}",
        "{\"rules\":[1]}",
        "{\"rules\":[{\"id\":\"a\",\"n\":1,\"unit\":\"d\",\"kind\":\"max\"}]}",
        "{\"rules\":[{\"id\":\"a\",\"n\":0,\"unit\":\"d\",\"kind\":\"max\",\"source\":\"s\"}]}",
        "{\"rules\":[{\"id\":\"a\",\"n\":1.5,\"unit\":\"d\",\"kind\":\"max\",\"source\":\"s\"}]}",
        "{\"rules\":[{\"id\":\"a\",\"n\":1,\"unit\":\"w\",\"kind\":\"max\",\"source\":\"s\"}]}",
        "{\"rules\":[{\"id\":\"a\",\"n\":1,\"unit\":\"d\",\"kind\":\"most\",\"source\":\"s\"}]}",
        ("{\"rules\":[{\"id\":\"a\",\"n\":1,\"unit\":\"d\",\"kind\":\"max\",\"source\":\"s\"},"
         "{\"id\":\"a\",\"n\":2,\"unit\":\"d\",\"kind\":\"max\",\"source\":\"s\"}]}"),
    };
    const struct deadlines *d;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_code(deadlines_new(a, test_json(a, slice_cstr(bad[i])), &d), CODE_DEADLINES_FILE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(shipped_table), TEST(limits_compared_with_the_law), TEST(bad_tables)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
