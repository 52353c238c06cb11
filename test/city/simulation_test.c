/* What simulations learn of a service from cases that were carried out: stops of the clock, and messages that ended a task. */
#include "city/simulation/simulation.h"
#include "test/city/works.h"

static double number(const struct json *v, const char *pointer)
{
    return json_double(json_pointer(v, slice_cstr(pointer)), -1);
}

static void withdraw(struct works *w, struct id id)
{
    struct case_done done;
    struct case_command k = works_command(w, w->zhangsan, "withdraw", NULL, S(""), id);
    assert_good(w->a, case_withdraw(&k, S(""), S("x"), &done));
}

static void stop(struct works *w, struct id id, const char *cause, int64_t days)
{
    struct case_done done;
    struct case_command k = works_command(w, w->handler, "stop", NULL, S(""), id);
    assert_good(w->a, case_clock_stop(&k, works_token(w, id, "look"), slice_cstr(cause), S("x"), &done));
    works_set(w, w->now + days * MS_DAY);
    k = works_command(w, w->handler, "resume", NULL, S(""), id);
    assert_good(w->a, case_clock_resume(&k, works_token(w, id, "look"), S("x"), &done));
}

/* Of fifty accepted cases ten are stopped for tests, two for a hearing, one of these for both. */
static void stops_are_fitted(struct store_fixture *f)
{
    struct works w;
    const struct json *p, *report;
    bool stopped;
    works_open(&w, f);
    for (int i = 0; i < 50; i++) {
        struct id id = works_accepted(&w, 4);
        if (i < 10) stop(&w, id, "testing", 2 + i % 3);
        if (i == 9 || i == 10) stop(&w, id, "hearing", 20);
        withdraw(&w, id);
    }
    assert_good(w.a, simulation_parameters(w.c, w.a, w.service, true, &p));
    assert_true(number(p, "/stops/testing/share") == 0.2 && number(p, "/stops/testing/source/takes/n") == 10);
    assert_true(number(p, "/stops/testing/takes/minutes") == 2.9 * 24 * 60);
    assert_slice(json_string(json_pointer(p, S("/stops/testing/takes")), "shape"), "lognormal");
    assert_slice(json_string(json_pointer(p, S("/stops/testing")), "step"), "look");
    assert_true(number(p, "/steps/accept/delay/minutes") == 0 && number(p, "/steps/accept/source/delay/n") == 39);
    /* two are too few for a spread */
    assert_true(number(p, "/stops/hearing/share") == 0.04 && number(p, "/stops/hearing/takes/minutes") == 20 * 24 * 60);
    assert_slice(json_string(json_pointer(p, S("/stops/hearing/takes")), "shape"), "exponential");
    assert_true(number(p, "/stops/auction/share") == 0);
    assert_slice(json_string(json_pointer(p, S("/stops/auction/source/takes")), "from"), "default");
    /* and played */
    struct simulation *x = NEW(w.a, struct simulation);
    const struct json *few = test_json(w.a, S("{\"cases\":400,\"repetitions\":1,\"withdrawn\":{\"share\":0},"
                                              "\"groups\":{\"scjg\":{\"officers\":40}}}"));
    assert_good(w.a, simulation_setup(w.c, w.a, w.service, NULL, p, few, NULL, 0, x));
    assert_good(w.a, simulation_run(w.a, x, catalogue_data(w.c->catalogue), 1, NULL, &report, &stopped));
    const struct json *played = json_pointer(report, S("/variants/0/stops"));
    assert_int_equal(played->n, 2);
    assert_slice(json_string(played->items[0], "cause"), "hearing");
    assert_true(number(played->items[1], "/n") > 45 && number(played->items[1], "/n") < 140);
}

static void install(struct works *w, const char *folder, const char *process)
{
    struct service_files f;
    struct slice path = arena_printf(w->a, "test/city/flow/%s", folder);
    assert_good(w->a, service_files_read(w->a, slice_cstr(test_city_source(w->a, arena_cstr(w->a, path))), &f));
    struct service_file *list = NEW_ARRAY(w->a, struct service_file, f.n + 1);
    for (size_t i = 0; i < f.n; i++) {
        list[i] = f.list[i];
        if (process && slice_is(list[i].path, "process.bpmn")) list[i].bytes = slice_cstr(process);
    }
    struct service_files changed = {list, f.n};
    assert_good(w->a, catalogue_install(w->c->catalogue, w->a, &changed, 1, w->now));
}

static struct id file(struct works *w, const char *service, const char *data)
{
    struct case_done done;
    assert_good(w->a, catalogue_current(w->c->catalogue, w->a, slice_cstr(service), &w->service));
    assert_good(w->a, works_file(w, w->zhangsan, NULL, test_json(w->a, slice_cstr(data)), &done));
    return done.case_id;
}

#define STALL                                                                                                                                \
    "<definitions xmlns=\"http://www.omg.org/spec/BPMN/20100524/MODEL\" xmlns:tb=\"urn:tongban:bpmn:1\" targetNamespace=\"urn:t\" id=\"d\">" \
    "<signal id=\"Signal_close\" name=\"market.close\"/><process id=\"market_stall\" isExecutable=\"true\" tb:service=\"market_stall\">"     \
    "<startEvent id=\"filed\"/><userTask id=\"clear\" tb:kind=\"handle\" tb:role=\"handler\" tb:step=\"stall\" tb:outcomes=\"done\"/>"       \
    "<boundaryEvent id=\"closing\" attachedToRef=\"clear\"><signalEventDefinition signalRef=\"Signal_close\"/></boundaryEvent>"              \
    "<endEvent id=\"end\" tb:result=\"approved\"/><endEvent id=\"shut\" tb:result=\"rejected\"/>"                                            \
    "<sequenceFlow id=\"f1\" sourceRef=\"filed\" targetRef=\"clear\"/><sequenceFlow id=\"f2\" sourceRef=\"clear\" targetRef=\"end\"/>"       \
    "<sequenceFlow id=\"f3\" sourceRef=\"closing\" targetRef=\"shut\"/></process></definitions>"

/* Eight stalls hear, four hours after their filing, that their market closes; thirty-two are dealt with before. */
static void a_message_that_ended_a_task_is_fitted(struct store_fixture *f)
{
    struct works w;
    const struct json *p;
    size_t n;
    works_open(&w, f);
    install(&w, "market_stall", STALL);
    install(&w, "market_close", NULL);
    for (int i = 0; i < 32; i++) {
        struct id id = file(&w, "market_stall", "{}");
        works_set(&w, w.now + MS_HOUR);
        assert_good(w.a, works_decide(&w, w.handler, id, "clear", "done", NULL));
    }
    for (int i = 0; i < 8; i++) (void)file(&w, "market_stall", "{}");
    const struct service *stall = w.service;
    works_set(&w, w.now + 4 * MS_HOUR);
    (void)file(&w, "market_close", "{\"why\":\"修路\"}");
    do assert_good(w.a, case_messages_run(w.c, w.a, w.now, 64, &n));
    while (n);
    assert_good(w.a, simulation_parameters(w.c, w.a, stall, true, &p));
    assert_true(number(p, "/steps/closing/occurs") == 0.2 && number(p, "/steps/closing/source/occurs/n") == 40);
    assert_true(number(p, "/steps/closing/takes/minutes") == 240 && number(p, "/steps/closing/source/takes/n") == 8);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_BOTH(stops_are_fitted),
        ON_BOTH(a_message_that_ended_a_task_is_fitted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
