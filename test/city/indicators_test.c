/* The indicators over live cases: each number here is worked out by hand from what this test let happen. */
#include "areas/00_supervision/indicators/indicators.h"
#include "test/city/works.h"

#define SEPTEMBER ((struct period){202109, 202109})
#define NO 9 /* the indicator that the test's service is put under; scored by cities alone */

/* Three cases and one indicator are little to score by; here they are enough. */
static void enough(struct works *w, int cases, int indicators)
{
    struct slice all = slice_cstr(INDICATORS_JSON), from = S("\"least\":{\"cases\":30,\"indicators\":10}");
    size_t at = slice_search(all, from);
    assert_true(at != SIZE_MAX);
    w->c->indicators = arena_printf(w->a, "%.*s\"least\":{\"cases\":%d,\"indicators\":%d}%s", (int)at, all.p, cases,
                                    indicators, INDICATORS_JSON + at + from.n);
}

static const struct case_filter EVERY = {.late = false};

static void open_city(struct works *w, struct store_fixture *f)
{
    static const char *const PAIRS[][2] = {{"\"area\": 1,", "\"area\": 9,"}, {NULL, NULL}};
    works_open(w, f);
    works_change(w, "credit_front", PAIRS);
    enough(w, 1, 1);
}

static struct id granted(struct works *w, const char *at)
{
    struct id id = works_until(w, "sign");
    if (at) works_at(w, at);
    assert_good(w->a, works_decide(w, w->handler2, id, "sign", "approve", NULL));
    works_jobs(w);
    return id;
}

static const struct json *board(struct works *w, const char *benchmark)
{
    const struct json *v;
    assert_good(w->a, indicators_board(w->c, w->a, SEPTEMBER, slice_cstr(benchmark), w->now, &v));
    return v;
}

static const struct json *line(const struct json *board, int no)
{
    return json_get(board, "indicators")->items[no - 1];
}

static const struct json *component(const struct json *line, const char *key)
{
    const struct json *list = json_get(line, "components");
    for (size_t i = 0; i < list->n; i++)
        if (slice_is(json_string(list->items[i], "key"), key)) return list->items[i];
    fail_msg("no component %s", key);
    return NULL;
}

static void is(struct works *w, const struct json *v, const char *key, const char *expected)
{
    struct slice text = json_write(w->a, json_get(v, key));
    if (!slice_is(text, expected)) fail_msg("%s is %.*s, not %s", key, SLICE_ARG(text), expected);
}

static void import(struct works *w, const char *lines)
{
    const struct definitions *d;
    struct city_figures f;
    struct slice text = arena_printf(w->a, "city,name,indicator,component,period,value,source\n%s", lines);
    assert_good(w->a, definitions_read(w->a, &d));
    assert_good(w->a, cities_read(w->a, d, S("f"), text, S("441900"), &f));
    assert_good(w->a, cities_import(w->c, w->a, d, &f, w->now));
}

/* Two decided on the day they were filed, one on the third working day after it, four days on. */
static void three_cases(struct works *w)
{
    (void)granted(w, NULL);
    (void)granted(w, NULL);
    (void)granted(w, "2021-09-26T09:00");
}

static void figures_come_from_cases(struct store_fixture *f)
{
    struct works w;
    open_city(&w, f);
    const struct json *v = board(&w, "");
    for (int i = 1; i <= INDICATORS; i++) {
        is(&w, line(v, i), "no_data", "true");
        is(&w, line(v, i), "score", "null");
        is(&w, line(v, i), "rank", "null");
        is(&w, line(v, i), "standing", "null");
    }
    is(&w, json_get(v, "total"), "score", "null");
    three_cases(&w);
    works_accepted(&w, 4); /* not decided: counts nowhere */
    v = board(&w, "");
    is(&w, line(v, NO), "no_data", "false");
    is(&w, line(v, NO), "cases", "3");
    is(&w, component(line(v, NO), "procedures"), "value", "2.0000");
    is(&w, component(line(v, NO), "time"), "value", "1.0000");
    is(&w, component(line(v, NO), "days"), "value", "1.3333");
    is(&w, component(line(v, NO), "cost"), "value", "0.0000");
    is(&w, component(line(v, NO), "visits"), "value", "0.0000");
    is(&w, component(line(v, NO), "online"), "value", "1.0000");
    is(&w, component(line(v, NO), "satisfaction"), "value", "null");
    is(&w, line(v, NO), "score", "null"); /* nobody to be scored against */
    is(&w, line(v, 1), "no_data", "true");
}

static void scores_stand_beside_other_cities(struct store_fixture *f)
{
    struct works w;
    open_city(&w, f);
    three_cases(&w);
    import(&w, "440300,甲,9,procedures,2020,9,s\n440300,甲,9,procedures,2021,1,s\n440300,甲,9,time,2021,0,s\n"
               "440100,乙,9,procedures,2021,4,s\n440100,乙,9,time,2021,10,s\n310000,丙,9,score,2021,80,s\n");
    const struct json *v = board(&w, ""), *l = line(v, NO);
    /* procedures 2 between 1 and 4, time 1 between 0 and 10; the rest nobody else has told */
    is(&w, component(l, "procedures"), "score", "66.67");
    is(&w, component(l, "time"), "score", "90.00");
    is(&w, component(l, "online"), "score", "null");
    is(&w, l, "score", "78.33");
    is(&w, l, "rank", "3");
    is(&w, l, "of", "4");
    is(&w, l, "gap", "0.00");
    is(&w, l, "benchmark", "100.00");
    is(&w, l, "standing", "\"short_board\"");
    is(&w, json_get(v, "total"), "score", "78.33");
    is(&w, json_get(v, "total"), "indicators", "1");
    is(&w, v, "in_group", "0");
    const struct json *gains = json_get(v, "gains");
    assert_int_equal(gains->n, 2);
    is(&w, gains->items[0], "component", "\"procedures\"");
    is(&w, gains->items[0], "points", "16.67");
    is(&w, gains->items[0], "total", "95.00");
    is(&w, gains->items[0], "rank", "2"); /* before the third, whose 80 it passes; of the total */
    is(&w, gains->items[1], "points", "5.00");
    is(&w, line(board(&w, "310000"), NO), "standing", "\"raise\"");
    v = board(&w, "440100");
    is(&w, line(v, NO), "standing", "\"brand\"");
    is(&w, v, "in_group", "1");
    is(&w, line(board(&w, "nobody"), NO), "standing", "null");
    /* the same again changes the figure and adds none */
    import(&w, "440300,甲,9,procedures,2021,2,s\n");
    is(&w, component(line(board(&w, ""), NO), "procedures"), "score", "100.00");
    assert_int_equal(store_test_number(f, "SELECT COUNT(*) FROM city_figure"), 6);
}

/* One case is no evaluation: below the least number there is no score, and with too few indicators no total; both are said. */
static void too_little_is_said(struct store_fixture *f)
{
    struct works w;
    open_city(&w, f);
    three_cases(&w);
    import(&w, "440300,甲,9,procedures,2021,1,s\n440100,乙,9,procedures,2021,4,s\n");
    enough(&w, 4, 1);
    const struct json *v = board(&w, ""), *l = line(v, NO);
    is(&w, l, "enough", "false");
    is(&w, l, "score", "null");
    is(&w, l, "rank", "null");
    is(&w, component(l, "procedures"), "score", "66.67"); /* what it is made of is shown all the same */
    is(&w, json_get(v, "total"), "score", "null");
    is(&w, json_get(v, "total"), "enough", "false");
    enough(&w, 3, 2);
    v = board(&w, "");
    is(&w, line(v, NO), "score", "66.67");
    is(&w, json_get(v, "total"), "indicators", "1");
    is(&w, json_get(v, "total"), "score", "null");
    is(&w, json_get(v, "total"), "enough", "false");
    is(&w, json_get(v, "least"), "indicators", "2");
    is(&w, v, "in_group", "0");
}

/* Tickets that the city opens itself are no cases of an indicator, of a town or of the city. */
static void internal_services_do_not_count(struct store_fixture *f)
{
    static const char *const PAIRS[][2] = {{"\"area\": 1,", "\"area\": 9, \"properties\": [\"internal\"],"},
                                           {NULL, NULL}};
    struct works w;
    const struct json *v;
    works_open(&w, f);
    works_change(&w, "own_ticket", PAIRS);
    three_cases(&w);
    v = board(&w, "");
    is(&w, line(v, NO), "cases", "0");
    is(&w, json_get(v, "city"), "cases", "0");
    assert_int_equal(json_get(v, "departments")->n, 0);
    assert_good(w.a, indicators_public(w.c, w.a, SEPTEMBER, w.now, &v));
    is(&w, line(v, NO), "no_data", "true");
}

/* What the board shows of the city, its towns and months comes from the same cases. */
static void the_city_in_one_reply(struct store_fixture *f)
{
    struct works w;
    open_city(&w, f);
    three_cases(&w);
    store_test_script(f, "UPDATE case_measure SET late = 1 WHERE workdays = 3");
    store_test_script(
        f,
        "INSERT INTO rating_town (month, town, grade, n) VALUES (202109, '441900004', 5, 4), (202109, '441900004', 1, 1)");
    const struct json *v;
    struct period year = {202010, 202109};
    struct board_filter all = {.town = S("")}, there = {.town = S("441900004")}, elsewhere = {.town = S("441900003")};
    assert_good(w.a, indicators_board_of(w.c, w.a, year, &all, w.now, &v));
    is(&w, json_get(v, "city"), "cases", "3");
    is(&w, json_get(v, "city"), "late", "1");
    is(&w, json_get(v, "city"), "on_time", "0.6667");
    assert_int_equal(json_get(v, "months")->n, 12);
    const struct json *late = json_get(json_get(line(v, NO), "series"), "late");
    assert_int_equal(late->n, 12);
    assert_slice(late->items[11]->text, "1");
    is(&w, json_get(v, "towns")->items[1], "code", "\"441900004\"");
    is(&w, json_get(v, "towns")->items[1], "late", "1");
    is(&w, json_get(v, "towns")->items[1], "satisfaction", "0.8000");
    is(&w, json_get(v, "towns")->items[0], "cases", "0");
    is(&w, json_get(v, "towns")->items[0], "on_time", "null");
    is(&w, json_get(v, "departments")->items[0], "cases", "3");
    is(&w, line(v, NO), "late", "1");
    assert_good(w.a, indicators_board_of(w.c, w.a, year, &there, w.now, &v));
    is(&w, line(v, NO), "cases", "3");
    is(&w, json_get(v, "city"), "satisfaction", "0.8000");
    assert_good(w.a, indicators_board_of(w.c, w.a, year, &elsewhere, w.now, &v));
    is(&w, line(v, NO), "cases", "0");
    is(&w, json_get(v, "city"), "cases", "0");
    struct case_filter only = {.late = true};
    assert_good(w.a, indicator_cases(w.c, w.a, w.head, NO, SEPTEMBER, &only, 20, S(""), &v));
    assert_int_equal(json_get(v, "items")->n, 1);
    only = (struct case_filter){.town = S("441900003")};
    assert_good(w.a, indicator_cases(w.c, w.a, w.head, NO, SEPTEMBER, &only, 20, S(""), &v));
    assert_int_equal(json_get(v, "items")->n, 0);
}

static void the_gap_to_the_rank_sought(struct store_fixture *f)
{
    struct works w;
    struct buf b;
    open_city(&w, f);
    three_cases(&w);
    b = buf_new(w.a, 4096);
    buf_puts(&b, "c1,n,9,time,2021,0,s\nc2,n,9,time,2021,2,s\n"); /* this city: 50 */
    for (int i = 1; i <= 16; i++) buf_printf(&b, "d%d,n,9,score,2021,%d.5,s\n", i, 50 + i);
    import(&w, arena_cstr(w.a, buf_slice(&b)));
    const struct json *l = line(board(&w, ""), NO);
    is(&w, l, "score", "50.00");
    is(&w, l, "rank", "18");  /* 16 and c1 before it */
    is(&w, l, "gap", "3.50"); /* the 15th is d3: c1, d16 … d3 */
}

static void the_public_sees_figures_of_many(struct store_fixture *f)
{
    struct works w;
    const struct json *v;
    open_city(&w, f);
    three_cases(&w);
    assert_good(w.a, indicators_public(w.c, w.a, SEPTEMBER, w.now, &v));
    is(&w, line(v, NO), "few", "true");
    is(&w, line(v, NO), "cases", "null");
    is(&w, component(line(v, NO), "time"), "value", "null");
    granted(&w, NULL);
    granted(&w, NULL);
    assert_good(w.a, indicators_public(w.c, w.a, SEPTEMBER, w.now, &v));
    is(&w, line(v, NO), "cases", "5");
    is(&w, component(line(v, NO), "time"), "value", "0.6000");
    assert_null(json_get(line(v, NO), "score"));
}

/* Grades as the ratings' table has them: five count, one that was a mistake does not. */
static void satisfaction_comes_from_ratings(struct store_fixture *f)
{
    struct works w;
    open_city(&w, f);
    three_cases(&w);
    store_test_script(
        f,
        "INSERT INTO rating_month (month, service, department, grade, n) VALUES (202109, 'credit_front', 'scjg', 5, 2),"
        " (202109, 'credit_front', 'scjg', 4, 1), (202109, 'credit_front', 'scjg', 1, 1), (202109, 'other', 'scjg', 1, 9)");
    is(&w, component(line(board(&w, ""), NO), "satisfaction"), "value", "null");
    store_test_script(f, "UPDATE rating_month SET n = 2 WHERE grade = 1 AND service = 'credit_front'");
    is(&w, component(line(board(&w, ""), NO), "satisfaction"), "value", "0.6000");
    const struct json *v;
    assert_good(w.a, indicator_page(w.c, w.a, NO, SEPTEMBER, w.now, &v));
    is(&w, json_get(json_get(v, "months")->items[0], "values"), "satisfaction", "0.6000");
    is(&w, json_get(json_get(v, "by_department")->items[0], "values"), "satisfaction", "0.6000");
    is(&w, json_get(json_get(v, "by_town")->items[0], "values"), "satisfaction", "null");
    /* of services without a case there is no figure, however they are rated */
    store_test_script(f, "DELETE FROM case_measure");
    is(&w, component(line(board(&w, ""), NO), "satisfaction"), "value", "null");
}

static const struct json *listed(struct works *w, const struct actor *x, int64_t limit, struct slice cursor)
{
    const struct json *v;
    assert_good(w->a, indicator_cases(w->c, w->a, x, NO, SEPTEMBER, &EVERY, limit, cursor, &v));
    return v;
}

static void down_to_the_cases(struct store_fixture *f)
{
    struct works w;
    const struct json *v;
    open_city(&w, f);
    three_cases(&w);
    v = listed(&w, w.head, 2, S(""));
    assert_int_equal(json_get(v, "items")->n, 2);
    is(&w, json_get(v, "items")->items[0], "time", "3"); /* newest first: all were filed in this order */
    assert_true(json_string(json_get(v, "items")->items[0], "number").n > 0);
    v = listed(&w, w.head, 2, json_string(v, "next"));
    assert_int_equal(json_get(v, "items")->n, 1);
    is(&w, v, "next", "null");
    const struct actor *other = test_city_actor(w.t, S("rs.head"));
    assert_non_null(other);
    is(&w, listed(&w, other, 2, S(""))->items[0]->items[0], "number", "null");
    struct actor leader = *w.head; /* sees the figures, and no case of anybody */
    leader.ngrants = 0;
    is(&w, listed(&w, &leader, 2, S(""))->items[0]->items[0], "number", "null");
    assert_code(indicator_cases(w.c, w.a, w.head, NO, SEPTEMBER, &EVERY, 2, S("x"), &v), CODE_QUERY_BAD);
    assert_code(indicator_cases(w.c, w.a, w.head, 19, SEPTEMBER, &EVERY, 2, S(""), &v), CODE_NOT_FOUND);
}

/* Two cases of the month, at every level of the sums. */
static void month_of(struct works *w, int64_t month, int days)
{
    static const char *const PART[] = {"", "scjg", "441900004"};
    for (int level = 0; level < 3; level++)
        store_test_script(
            w->f, arena_cstr(
                      w->a, arena_printf(
                                w->a,
                                "INSERT INTO measure_sum (level, month, service, part, n, refused, withdrawn, workdays,"
                                " elapsed_ms, counted_ms, steps, acts, visits, papers, fee_fen, online, late) VALUES"
                                " (%d, %d, 'credit_front', '%s', 2, 0, 0, %d, 0, 0, 0, 2, 0, 0, 0, 2, 0)",
                                level, (int)month, PART[level], 2 * days)));
}

/* Months brought in as sums: a year in which the time falls by one day a month, and the month after in which it leaps. */
static void months_and_where_they_go(struct store_fixture *f)
{
    struct works w;
    const struct json *v;
    open_city(&w, f);
    for (int i = 0; i < 12; i++) month_of(&w, month_add(202009, i), 20 - i);
    struct period year = {202009, 202108};
    assert_good(w.a, indicator_page(w.c, w.a, NO, year, w.now, &v));
    is(&w, v, "cases", "24");
    assert_int_equal(json_get(v, "months")->n, 12);
    const struct json *time = component(v, "time"), *forecast = json_get(time, "forecast");
    is(&w, time, "value", "14.5000");
    is(&w, forecast, "method", "\"holt\"");
    is(&w, forecast, "error", "0.0000");
    is(&w, forecast, "tested", "10");
    assert_int_equal(json_get(forecast, "values")->n, 3);
    is(&w, json_get(forecast, "values")->items[0], "month", "\"2021-09\"");
    is(&w, json_get(forecast, "values")->items[0], "value", "8.0000");
    is(&w, json_get(time, "alarm"), "broken", "false");
    is(&w, json_get(component(v, "satisfaction"), "forecast"), "method", "\"none\"");
    is(&w, json_get(v, "by_town")->items[0], "cases", "24");
    assert_slice(json_string(json_get(json_get(v, "by_department")->items[0], "department"), "code"), "scjg");
    assert_slice(json_string(json_get(json_get(v, "by_service")->items[0], "service"), "code"), "credit_front");
    /* the running month is not judged; once over, its leap is a break */
    (void)works_until(&w, "sign");
    struct id id = works_until(&w, "sign");
    store_test_script(f, "UPDATE measure_sum SET workdays = 2 * 60 WHERE month = 202108");
    assert_good(w.a, indicator_page(w.c, w.a, NO, year, w.now, &v));
    is(&w, json_get(component(v, "time"), "alarm"), "broken", "true");
    is(&w, json_get(component(v, "time"), "alarm"), "month", "\"2021-08\"");
    assert_good(w.a, works_decide(&w, w.handler2, id, "sign", "approve", NULL));
    works_jobs(&w);
    assert_good(w.a, indicator_page(w.c, w.a, NO, (struct period){202009, 202109}, w.now, &v));
    is(&w, v, "cases", "25");
    is(&w, json_get(component(v, "time"), "alarm"), "month", "\"2021-08\"");
    assert_code(indicator_page(w.c, w.a, 0, year, w.now, &v), CODE_NOT_FOUND);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_BOTH(figures_come_from_cases),         ON_BOTH(scores_stand_beside_other_cities),
        ON_BOTH(the_gap_to_the_rank_sought),      ON_BOTH(the_public_sees_figures_of_many),
        ON_BOTH(satisfaction_comes_from_ratings), ON_BOTH(down_to_the_cases),
        ON_BOTH(months_and_where_they_go),        ON_BOTH(too_little_is_said),
        ON_BOTH(internal_services_do_not_count),  ON_BOTH(the_city_in_one_reply),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
