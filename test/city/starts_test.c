/* Services that a time or a condition starts. */
#include "city/sql.h"
#include "test/city/flow.h"

/* Each day at nine; after an outage once for all that was missed. */
static void a_service_starts_by_the_clock(struct store_fixture *f)
{
    struct works w;
    size_t n;
    flow_open(&w, f);
    flow_bring(&w);
    assert_int_equal(NUMBER(f, "SELECT COUNT(*) FROM case_start"), 1);
    assert_int_equal(NUMBER(f, "SELECT COUNT(*) FROM case_file WHERE service='market_round'"), 0);
    works_at(&w, "2021-09-23T09:00");
    flow_bring(&w);
    assert_int_equal(NUMBER(f, "SELECT COUNT(*) FROM case_file WHERE service='market_round'"), 1);
    assert_good(w.a, case_starts_run(w.c, w.a, w.now, 64, &n));
    assert_int_equal(n, 0);
    /* another worker, whose lease ran out, sees the row as it was: the case is there, and nothing is wrong */
    store_test_script(f, "UPDATE case_start SET due_at = due_at - 86400000, nth = nth - 1");
    assert_good(w.a, case_starts_run(w.c, w.a, w.now, 64, &n));
    assert_int_equal(NUMBER(f, "SELECT COUNT(*) FROM case_file WHERE service='market_round'"), 1);
    store_test_script(f, "UPDATE case_start SET due_at = due_at + 86400000, nth = nth + 1, lease_until = 0");
    works_at(&w, "2021-09-27T12:00");
    flow_bring(&w);
    assert_int_equal(NUMBER(f, "SELECT COUNT(*) FROM case_file WHERE service='market_round'"), 2);
    const struct json *by = json_get(flow_vars(&w, flow_case_of(&w, "market_round")), "started_by");
    assert_slice(json_string(by, "kind"), "timer");
    assert_int_equal(json_int(by, "missed", 0), 3);
    works_at(&w, "2021-09-28T08:59");
    flow_bring(&w);
    assert_int_equal(NUMBER(f, "SELECT COUNT(*) FROM case_file WHERE service='market_round'"), 2);
    works_at(&w, "2021-09-28T09:00");
    flow_bring(&w);
    assert_int_equal(NUMBER(f, "SELECT COUNT(*) FROM case_file WHERE service='market_round'"), 3);
    flow_same_again(&w);
}

/* The round with other start events. */
static void round_with(struct works *w, const char *start)
{
    struct service_files folder;
    static const char OLD[] =
        "<timerEventDefinition><timeCycle>R/2021-09-23T09:00:00+08:00/P1D</timeCycle></timerEventDefinition>";
    assert_good(w->a,
                service_files_read(w->a, slice_cstr(test_city_source(w->a, "test/city/flow/market_round")), &folder));
    struct service_file *list = NEW_ARRAY(w->a, struct service_file, folder.n);
    for (size_t i = 0; i < folder.n; i++) {
        list[i] = folder.list[i];
        size_t at = slice_search(list[i].bytes, slice_cstr(OLD));
        if (at != SIZE_MAX)
            list[i].bytes = arena_printf(w->a, "%.*s%s%.*s", (int)at, list[i].bytes.p, start,
                                         SLICE_ARG(slice_sub(list[i].bytes, at + sizeof OLD - 1, SIZE_MAX)));
    }
    struct service_files changed = {list, folder.n};
    assert_good(w->a, catalogue_install(w->c->catalogue, w->a, &changed, 1, w->now));
}

/* It starts when the condition comes to hold, once, and again only after it has not held. */
static void a_service_starts_by_a_condition(struct store_fixture *f)
{
    static const char ROUNDS[] = "SELECT COUNT(*) FROM case_file WHERE service='market_round'";
    struct works w;
    flow_open(&w, f);
    flow_bring(&w);
    round_with(&w,
               "<conditionalEventDefinition><condition>today() = date(\"2021-09-24\") or today() = date(\"2021-09-26\")"
               "</condition></conditionalEventDefinition>");
    flow_bring(&w); /* the row of the version before is renewed */
    works_at(&w, "2021-09-23T12:00");
    flow_bring(&w);
    assert_int_equal(NUMBER(f, ROUNDS), 0);
    for (int hour = 0; hour < 20; hour += 5) {
        works_set(&w, w.now + 5 * MS_HOUR);
        flow_bring(&w);
    }
    assert_int_equal(NUMBER(f, ROUNDS), 1);
    works_at(&w, "2021-09-25T12:00");
    flow_bring(&w);
    assert_int_equal(NUMBER(f, ROUNDS), 1);
    works_at(&w, "2021-09-26T00:01");
    flow_bring(&w);
    works_at(&w, "2021-09-26T12:00");
    flow_bring(&w);
    assert_int_equal(NUMBER(f, ROUNDS), 2);
    const struct json *by = json_get(flow_vars(&w, flow_case_of(&w, "market_round")), "started_by");
    assert_slice(json_string(by, "kind"), "condition");
    assert_int_equal(NUMBER(f, "SELECT COUNT(*) FROM case_start"), 1);
}

/* A limited number of times, from when it was published, and a definition that no longer starts by itself. */
static void a_cycle_that_ends(struct store_fixture *f)
{
    static const char ROUNDS[] = "SELECT COUNT(*) FROM case_file WHERE service='market_round'";
    struct works w;
    flow_open(&w, f);
    round_with(&w, "<timerEventDefinition><timeCycle>R2/P1M</timeCycle></timerEventDefinition>");
    flow_bring(&w);
    for (int month = 0; month < 5; month++) {
        works_set(&w, w.now + 31 * MS_DAY);
        flow_bring(&w);
    }
    assert_int_equal(NUMBER(f, ROUNDS), 2);
    assert_int_equal(NUMBER(f, "SELECT COUNT(*) FROM case_start WHERE due_at IS NULL"), 1);
    round_with(&w, "<signalEventDefinition signalRef=\"Signal_close\"/>");
    flow_bring(&w);
    assert_int_equal(NUMBER(f, "SELECT COUNT(*) FROM case_start"), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_BOTH(a_service_starts_by_the_clock),
        ON_BOTH(a_service_starts_by_a_condition),
        ON_BOTH(a_cycle_that_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
