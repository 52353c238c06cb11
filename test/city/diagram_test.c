/* A case over its drawing: at every moment each element says what it has done, to the applicant no more than the progress page says. */
#include "city/cases/diagram.h"

#include "test/city/works.h"

static const struct json *seen(struct works *w, struct id id, enum case_audience who)
{
    const struct json *v;
    assert_good(w->a, case_diagram(w->c, w->a, id, w->now, who, &v));
    return v;
}

static const struct json *element(const struct json *v, const char *id)
{
    const struct json *list = json_get(v, "elements");
    for (size_t i = 0; i < list->n; i++)
        if (slice_is(json_string(list->items[i], "id"), id)) return list->items[i];
    fail_msg("no element %s", id);
    return NULL;
}

static void expect(const struct json *v, const char *id, const char *state)
{
    struct slice is = json_string(element(v, id), "state");
    if (!slice_is(is, state)) fail_msg("%s is %.*s, not %s", id, SLICE_ARG(is), state);
}

static void elements_say_what_they_did(struct store_fixture *f)
{
    struct works w;
    works_open(&w, f);
    struct id id = works_accepted(&w, 4);
    const struct json *v = seen(&w, id, VIEW_STAFF);
    expect(v, "start", "done");
    expect(v, "accept", "done");
    expect(v, "silence", "none"); /* disarmed with its task */
    expect(v, "look", "running");
    expect(v, "dated", "armed");
    expect(v, "draw", "running");
    expect(v, "note", "none");
    expect(v, "granted", "none");
    assert_slice(json_string(element(v, "dated"), "due_at"), "2021-12-01T09:00:00+08:00");
    assert_true(json_get(element(v, "accept"), "who")->type == JSON_STRING);
    assert_slice(json_string(json_get(element(v, "look"), "name"), "zh"), "现场查看");
    assert_true(json_bool(v, "current", false));
    assert_true(slice_search(json_string(v, "xml"), S("id=\"shop_front\"")) != SIZE_MAX);
    assert_good(w.a,
                works_decide(&w, w.handler, id, "look", "done", test_json(w.a, S("{\"visit_on\":\"2021-09-23\"}"))));
    v = seen(&w, id, VIEW_STAFF);
    expect(v, "look", "done");
    expect(v, "join", "waiting");
    expect(v, "dated", "none");
    assert_int_equal(json_int(element(v, "look"), "times", 0), 1);
}

static void the_applicant_sees_what_waits_for_them(struct store_fixture *f)
{
    struct works w;
    works_open(&w, f);
    struct id id = works_until(&w, "choose");
    const struct json *own = seen(&w, id, VIEW_OWNER), *staff = seen(&w, id, VIEW_STAFF);
    expect(own, "choose", "waiting");
    struct slice masked = json_string(element(own, "look"), "who"), full = json_string(element(staff, "look"), "who");
    assert_true(full.n > 0 && slice_search(masked, S("*")) != SIZE_MAX);
    assert_false(slice_eq(masked, full));
}

static void a_standstill_shows_its_reason_to_staff_alone(struct store_fixture *f)
{
    struct works w;
    works_open(&w, f);
    struct id id = works_accepted(&w, 4);
    works_note = WORKS_NOTE_REFUSES;
    assert_good(w.a, works_decide(&w, w.handler, id, "draw", "done", NULL));
    works_jobs(&w);
    works_note = WORKS_NOTE_GOOD;
    const struct json *own = seen(&w, id, VIEW_OWNER), *staff = seen(&w, id, VIEW_STAFF);
    expect(own, "note", "failed");
    assert_true(json_get(element(own, "note"), "text")->type == JSON_NULL);
    assert_true(json_get(element(staff, "note"), "text")->type == JSON_OBJECT);
}

/* The called process ends with an element of the same name as its caller's. */
static void a_called_process_is_not_taken_for_its_caller(struct store_fixture *f)
{
    struct works w;
    works_open(&w, f);
    works_caller(&w);
    struct id id = works_filed(&w);
    const struct json *v = seen(&w, id, VIEW_STAFF);
    expect(v, "start", "done");
    expect(v, "front", "running");
    expect(v, "end", "none");
    assert_int_equal(json_int(element(v, "start"), "times", 0), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_BOTH(elements_say_what_they_did),
        ON_BOTH(the_applicant_sees_what_waits_for_them),
        ON_BOTH(a_standstill_shows_its_reason_to_staff_alone),
        ON_BOTH(a_called_process_is_not_taken_for_its_caller),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
