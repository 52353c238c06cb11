/* A service of the catalogue simulated: what is known of it, what people change, the report, and the work that is kept. */
#include "city/simulation/simulation.h"

#include "city/testkit.h"
#include "store/store_test_support.h"

static const struct service *publish(struct city_kit *k)
{
    const struct service *s;
    struct service_files f = kit_service(k);
    assert_good(k->a, catalogue_install(k->c.catalogue, k->a, &f, 1, k->now));
    assert_good(k->a, catalogue_current(k->c.catalogue, k->a, S("stall_permit"), &s));
    return s;
}

static const struct json *J(struct city_kit *k, const char *text)
{
    return test_json(k->a, slice_cstr(text));
}

static double number(const struct json *v, const char *pointer)
{
    return json_double(json_pointer(v, slice_cstr(pointer)), -1);
}

#define FEW "{\"year\":2021,\"cases\":400,\"repetitions\":3,\"groups\":{\"scjg\":{\"officers\":3}}"

static const struct json *report_of(struct city_kit *k, const struct service *s, const char *parameters, int threads)
{
    struct simulation *x = NEW(k->a, struct simulation);
    const struct json *report;
    bool stopped;
    assert_good(k->a, simulation_setup(&k->c, k->a, s, NULL, NULL, J(k, parameters), NULL, 0, x));
    assert_good(k->a, simulation_run(k->a, x, k->data, threads, NULL, &report, &stopped));
    assert_false(stopped);
    return report;
}

static void what_is_known_has_its_source(struct store_fixture *f)
{
    struct city_kit k;
    const struct json *p;
    city_kit_open(&k, f);
    const struct service *s = publish(&k);
    (void)kit_staff(&k, "one", ROLE_HANDLER);
    (void)kit_staff(&k, "two", ROLE_HANDLER);
    (void)kit_staff(&k, "three", ROLE_REVIEWER);
    assert_good(k.a, simulation_parameters(&k.c, k.a, s, true, &p));
    assert_int_equal((int)number(p, "/groups/scjg/officers"), 3);
    assert_slice(json_string(json_pointer(p, S("/groups/scjg/source/officers")), "from"), "staff");
    assert_slice(json_string(json_pointer(p, S("/steps/review/source/takes")), "from"), "default");
    assert_slice(json_string(json_pointer(p, S("/steps/accept")), "department"), "scjg");
    assert_slice(json_string(json_pointer(p, S("/arrivals/source")), "from"), "default");
    assert_true(json_get(p, "shapes")->n > 0);
    assert_slice(json_string(json_get(p, "shapes_source"), "from"), "scenarios");
    /* what it says of itself is accepted as it is */
    struct simulation *x = NEW(k.a, struct simulation);
    assert_good(k.a, simulation_setup(&k.c, k.a, s, NULL, p, p, NULL, 0, x));
}

static void the_report_is_the_same_on_any_number_of_threads(struct store_fixture *f)
{
    struct city_kit k;
    city_kit_open(&k, f);
    const struct service *s = publish(&k);
    const char *asked = FEW ",\"variants\":[{\"name\":\"quick\",\"drop\":[\"review\"]},{\"staff\":{\"scjg\":6}}]}";
    const struct json *one = report_of(&k, s, asked, 1), *four = report_of(&k, s, asked, 4);
    struct slice text = json_write(k.a, one);
    assert_true(slice_eq(text, json_write(k.a, four)));
    const struct json *base = json_get(one, "variants")->items[0], *quick = json_get(one, "variants")->items[1],
                      *more = json_get(one, "variants")->items[2];
    assert_true(number(base, "/arrived") == 400 && number(quick, "/arrived") == 400);
    assert_true(number(base, "/ended") + number(base, "/open") == number(base, "/arrived"));
    assert_null(json_get(base, "difference"));
    assert_true(number(quick, "/measures/workdays/mean") <= number(base, "/measures/workdays/mean"));
    assert_true(number(quick, "/difference/workdays/mean") <= 0 && number(quick, "/difference/workdays/half") >= 0);
    assert_true(number(more, "/groups/0/officers") == 6);
    assert_true(number(more, "/groups/0/busy/mean") < number(base, "/groups/0/busy/mean"));
    assert_int_equal((int)json_pointer(base, S("/groups/0/queue"))->n, 365);
    assert_non_null(json_get(json_get(base, "bottleneck"), "step"));
    assert_true(slice_search(text, S("张")) == SIZE_MAX); /* nobody's name, made up or not */
}

static enum code refused(struct city_kit *k, const struct service *s, const char *parameters, const char *field)
{
    struct simulation *x = NEW(k->a, struct simulation);
    result r = simulation_setup(&k->c, k->a, s, NULL, NULL, J(k, parameters), NULL, 0, x);
    bool told = false;
    for (const struct problem *p = r.problem; p; p = p->next) told = told || slice_is(p->field, field);
    if (!told) print_message("%s: not told at %s\n", parameters, field);
    assert_true(told);
    return result_code(r);
}

static void faults_are_told_at_their_place(struct store_fixture *f)
{
    static const struct {
        const char *parameters, *field;
    } FAULTS[] = {
        {"{\"year\":99}", "/year"},
        {"{\"repetitions\":0}", "/repetitions"},
        {"{\"cases\":-1}", "/cases"},
        {"{\"arrivals\":{\"month\":[1,2]}}", "/arrivals/month"},
        {"{\"groups\":{\"scjg\":{\"officers\":\"many\"}}}", "/groups/scjg/officers"},
        {"{\"groups\":{\"scjg\":{\"officers\":1}}}",
         "/groups/scjg/officers"}, /* review is another officer's than acceptance */
        {"{\"steps\":{\"review\":{\"takes\":{\"shape\":\"odd\"}}}}", "/steps/review/takes/shape"},
        {"{\"steps\":{\"review\":{\"outcomes\":{\"maybe\":1}}}}", "/steps/review/outcomes/maybe"},
        {"{\"variants\":[{\"drop\":[\"nothing\"]}]}", "/variants/0/drop/0"},
        {"{\"variants\":[{\"parallel\":[[\"review\",\"review\"]]}]}", "/variants/0/parallel/0"},
        {"{\"variants\":[{\"staff\":{\"gaj\":3}}]}", "/variants/0/staff/gaj"},
        {"{\"variants\":[{},{},{},{},{},{},{}]}", "/variants"},
        {"{\"withdrawn\":{\"share\":2}}", "/withdrawn"},
        {"{\"stops\":{\"lunch\":{}}}", "/stops/lunch"},
        {"{\"stops\":{\"hearing\":{\"share\":\"x\"}}}", "/stops/hearing/share"},
        {"{\"stops\":{\"hearing\":{\"step\":\"nothing\"}}}", "/stops/hearing/step"},
    };
    struct city_kit k;
    city_kit_open(&k, f);
    const struct service *s = publish(&k);
    for (size_t i = 0; i < sizeof FAULTS / sizeof *FAULTS; i++)
        assert_int_equal(refused(&k, s, FAULTS[i].parameters, FAULTS[i].field), CODE_SIM_PARAMETERS);
}

static struct id begin(struct city_kit *k, const struct actor *x, struct service_files files, const char *parameters)
{
    struct id id;
    struct simulation_asked q = {.service = S("stall_permit"),
                                 .files = files,
                                 .against = files.n > 0,
                                 .parameters = J(k, parameters),
                                 .note = S("n")};
    assert_good(k->a, simulation_begin(&k->c, k->a, x, &q, k->now, &id));
    k->now += MS_MINUTE;
    return id;
}

static const struct json *shown(struct city_kit *k, struct id id, const char *state)
{
    const struct json *v;
    assert_good(k->a, simulation_show(&k->c, k->a, id, &v));
    assert_slice(json_string(v, "state"), state);
    return v;
}

static bool enough(void *ctx, double part)
{
    (void)part;
    return --*(int *)ctx > 0;
}

static void asked_worked_on_and_kept(struct store_fixture *f)
{
    struct city_kit k;
    size_t done;
    const struct json *list;
    struct service_files none = {NULL, 0};
    city_kit_open(&k, f);
    (void)publish(&k);
    struct actor designer = kit_staff(&k, "designer", ROLE_DESIGNER);
    struct id first = begin(&k, &designer, none, FEW "}"), second = begin(&k, &designer, none, FEW "}");
    (void)shown(&k, first, "waiting");
    assert_good(k.a, simulation_cancel(&k.c, k.a, &designer, second, k.now));
    assert_code(simulation_cancel(&k.c, k.a, &designer, second, k.now), CODE_REQUEST_SETTLED);
    int turns = 3; /* the server stops in the middle: another one begins it again */
    assert_good(k.a, simulations_run(&k.c, k.a, k.now, &(struct sim_watch){enough, &turns}, &done));
    assert_int_equal(done, 1);
    k.now += 10 * MS_MINUTE;
    assert_good(k.a, simulations_run(&k.c, k.a, k.now, NULL, &done));
    const struct json *v = shown(&k, first, "done");
    assert_true(number(v, "/report/variants/0/arrived") == 400 && number(v, "/progress") == 1);
    (void)shown(&k, second, "cancelled");
    assert_good(k.a, simulations_run(&k.c, k.a, k.now, NULL, &done));
    assert_int_equal(done, 0);
    assert_good(k.a, simulation_list(&k.c, k.a, S("stall_permit"), 1, (struct slice){NULL, 0}, &list));
    assert_slice(json_string(json_get(list, "items")->items[0], "state"), "cancelled"); /* the newest first */
    struct slice next = json_string(list, "next");
    assert_true(next.n > 0);
    assert_good(k.a, simulation_list(&k.c, k.a, (struct slice){NULL, 0}, 5, next, &list));
    assert_int_equal(json_get(list, "items")->n, 1);
    k.now += 800 * MS_DAY; /* kept two years */
    (void)begin(&k, &designer, none, FEW "}");
    assert_good(k.a, simulations_run(&k.c, k.a, k.now, NULL, &done));
    assert_code(simulation_show(&k.c, k.a, first, &v), CODE_NOT_FOUND);
}

static void a_draft_beside_what_is_published(struct store_fixture *f)
{
    struct city_kit k;
    size_t done;
    city_kit_open(&k, f);
    (void)publish(&k);
    struct actor designer = kit_staff(&k, "designer", ROLE_DESIGNER);
    struct service_files draft = kit_service_with(&k, "process.bpmn", " tb:separate=\"accept\"", "");
    struct id id = begin(&k, &designer, draft, FEW ",\"variants\":[{\"name\":\"v\",\"drop\":[\"review\"]}]}");
    assert_good(k.a, simulations_run(&k.c, k.a, k.now, NULL, &done));
    const struct json *v = shown(&k, id, "done"), *list = json_pointer(v, S("/report/variants"));
    assert_int_equal(list->n, 3); /* published, draft, the draft's variant */
    assert_slice(json_string(list->items[1], "name"), "draft");
    assert_non_null(json_get(list->items[1], "difference"));
    assert_false(slice_eq(json_string(list->items[0], "hash"), json_string(list->items[1], "hash")));
    struct simulation_asked q = {.service = S("stall_permit"), .parameters = J(&k, "{}")};
    q.files = kit_service_with(&k, "process.bpmn", "default=\"f_rejected\"", "");
    assert_true(failed(simulation_begin(&k.c, k.a, &designer, &q, k.now, &id)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_SQLITE(what_is_known_has_its_source),     ON_SQLITE(the_report_is_the_same_on_any_number_of_threads),
        ON_SQLITE(faults_are_told_at_their_place),   ON_BOTH(asked_worked_on_and_kept),
        ON_SQLITE(a_draft_beside_what_is_published),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
