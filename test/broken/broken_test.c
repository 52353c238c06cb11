/* Every broken folder is refused by the check that `tongban check` and the studio use; one problem has the expected code and
 * names the place; its text in both languages is whole. */
#include <stdio.h>
#include <stdlib.h>

#include "app/scenarios/scenario.h"
#include "base/testing.h"
#include "store/store_test_support.h"
#include "test/broken/faults.h"

#define GOOD "docs/designers/example/job_fair_stand"
#define LARGE (2 * 1024 * 1024)

static struct arena *root;
static struct city city;
static struct service_files good;
static struct sources all;

static struct slice padded(struct arena *a, struct slice s)
{
    char *p = arena_alloc(a, s.n + LARGE);
    memcpy(p, s.p, s.n);
    memset(p + s.n, ' ', LARGE);
    return slice_of(p, s.n + LARGE);
}

static struct slice changed(struct arena *a, const struct fault *f, struct slice s)
{
    if (f->change == CHANGE_WHOLE) return slice_cstr(f->to);
    if (f->change == CHANGE_LARGE) return padded(a, s);
    if (f->change != CHANGE_TEXT) return s;
    size_t at = slice_search(s, slice_cstr(f->from));
    if (at == SIZE_MAX) fail_msg("%s: %s does not hold %s", f->what, f->path, f->from);
    return arena_printf(a, "%.*s%s%.*s", (int)at, s.p, f->to, SLICE_ARG(slice_sub(s, at + strlen(f->from), SIZE_MAX)));
}

static struct service_files broken(struct arena *a, const struct fault *f)
{
    struct service_file *list = NEW_ARRAY(a, struct service_file, good.n + 1);
    size_t n = 0;
    bool found = false;
    for (size_t i = 0; i < good.n; i++) {
        bool here = slice_is(good.list[i].path, f->path);
        found = found || here;
        if (here && f->change == CHANGE_AWAY) continue;
        list[n] = good.list[i];
        if (here) list[n].bytes = changed(a, f, list[n].bytes);
        if (here && f->change == CHANGE_NAME) list[n].path = slice_cstr(f->to);
        n++;
    }
    if (!found && f->change != CHANGE_WHOLE) fail_msg("%s: there is no %s", f->what, f->path);
    if (!found) list[n++] = (struct service_file){slice_cstr(f->path), slice_cstr(f->to)};
    return (struct service_files){list, n};
}

static bool has_chinese(struct slice s)
{
    for (size_t i = 0; i < s.n; i++)
        if ((uint8_t)s.p[i] >= 0xe4 && (uint8_t)s.p[i] <= 0xe9) return true;
    return false;
}

/* Filled in, and in its language. */
static void text_is_whole(struct arena *a, const struct fault *f, const struct problem *p)
{
    struct slice zh = problem_text(a, p, LANG_ZH), en = problem_text(a, p, LANG_EN);
    for (size_t i = 0; i < p->nargs; i++) {
        struct slice hole = arena_printf(a, "{%s}", p->args[i].key);
        if (slice_search(zh, hole) != SIZE_MAX || slice_search(en, hole) != SIZE_MAX)
            fail_msg("%s: %.*s is not filled in", f->what, SLICE_ARG(hole));
    }
    if (!has_chinese(zh) || !en.n || slice_eq(zh, en)) fail_msg("%s: %.*s", f->what, SLICE_ARG(zh));
}

static void one(void **state)
{
    const struct fault *f = *state;
    struct arena *a = arena_new("broken");
    result r = service_check(city.catalogue, a, broken(a, f));
    const struct problem *hit = NULL;
    if (!failed(r)) fail_msg("%s: passes", f->what);
    for (const struct problem *p = r.problem; p; p = p->next) {
        text_is_whole(a, f, p);
        if (p->code == f->code && slice_is(p->field, f->place)) hit = p;
    }
    for (const struct problem *p = r.problem; p && !hit; p = p->next)
        print_error("%s\t%s\t%.*s\t%.*s\n", f->what, code_name(p->code), SLICE_ARG(p->field),
                    SLICE_ARG(problem_text(a, p, LANG_EN)));
    if (!hit) fail_msg("%s: not said as %s at %s", f->what, code_name(f->code), f->place);
    arena_free(a);
}

static void the_good_one_passes(void **state)
{
    (void)state;
    struct arena *a = arena_new("good");
    assert_good(a, service_check(city.catalogue, a, good));
    arena_free(a);
}

/* The report that `tongban check --report` prints: nothing of the repository stands there half searched. */
static void every_service_is_sound_and_wholly_searched(void **state)
{
    (void)state;
    struct arena *a = arena_new("report");
    const struct json *v = soundness_json(a, city.catalogue), *list = json_get(v, "services");
    assert_true(json_bool(v, "good", false));
    assert_int_equal(json_int(v, "complete", 0), list->n);
    assert_true(list->n >= 14);
    for (size_t i = 0; i < list->n; i++) {
        assert_true(json_int(list->items[i], "states", 0) > 0);
        assert_true(json_int(list->items[i], "elements", 0) > 2);
        assert_true(json_get(list->items[i], "path")->n > 2);
    }
    print_message("%zu services, all sound and wholly searched\n", list->n);
    arena_free(a);
}

/* ---- scenarios that are well-formed and do not hold ---- */

static const struct fault UNTRUE[] = {
    {"another outcome than the service has", CHANGE_TEXT, "scenarios/stands.json",
     "\"outcome\": \"approved\", \"tasks\": []", "\"outcome\": \"refused\", \"tasks\": []", CODE_SERVICE_SCENARIO,
     "scenarios/stands.json#/steps/0"},
    {"somebody whom the city does not know", CHANGE_TEXT, "scenarios/stands.json", "\"as\": \"rs.handler\"",
     "\"as\": \"nobody\"", CODE_SERVICE_SCENARIO, "scenarios/stands.json#/steps/2"},
    {"an officer without the right", CHANGE_TEXT, "scenarios/stands.json", "\"as\": \"rs.handler\"",
     "\"as\": \"gaj.handler\"", CODE_SERVICE_SCENARIO, "scenarios/stands.json#/steps/2"},
    {"a document that is not issued", CHANGE_TEXT, "scenarios/stands.json", "[\"refused\"]", "[\"stand_notice\"]",
     CODE_SERVICE_SCENARIO, "scenarios/stands.json#/steps/4"},
    {"refused for no reason", CHANGE_TEXT, "scenarios/stands.json", "\"opinion\": \"可以安排\"",
     "\"refused\": \"forbidden\"", CODE_SERVICE_SCENARIO, "scenarios/stands.json#/steps/2"},
};

static void untrue(void **state)
{
    const struct fault *f = *state;
    struct arena *a = arena_new("untrue");
    struct store_fixture store;
    struct world w = {.now = 0};
    struct store_options options = {.time = world_clock(&w), .readers = 1, .unsafe_no_sync = true};
    struct service_files files = broken(a, f);
    const struct json *json = test_json(a, service_files_find(files, f->path)->bytes);
    assert_good(a, service_check(city.catalogue, a, files));
    assert_good(a, scenario_start(a, S("x"), json, &w.now));
    assert_true(store_fixture_open(&store, a, STORE_SQLITE, &options));
    static struct sources with;
    with = all;
    with.folders[with.nfolders++] = (struct folder){S("job_fair_stand"), good};
    assert_good(a, world_open(&w, a, &with, store.s));
    struct play p = {.w = &w, .where = slice_cstr(f->path), .json = json, .service = S("job_fair_stand")};
    result r = scenario_run(&p);
    if (!failed(r)) fail_msg("%s: holds", f->what);
    text_is_whole(a, f, r.problem);
    assert_int_equal(r.problem->code, f->code);
    assert_slice(r.problem->field, f->place);
    store_fixture_close(&store);
    arena_free(a);
}

int main(void)
{
    static struct CMUnitTest tests[300];
    struct citydata *data;
    size_t n = 0;
    const char *source = getenv("TONGBAN_SOURCE_ROOT");
    root = arena_new("broken folders");
    assert_good(root, sources_read(&all, root, slice_cstr(source ? source : ".")));
    assert_good(root, catalogue_alone(root, &all, &city, &data));
    assert_good(root, service_files_read(root, arena_printf(root, "%s/%s", source ? source : ".", GOOD), &good));
    tests[n++] = (struct CMUnitTest){"the good one passes", the_good_one_passes, NULL, NULL, NULL};
    tests[n++] = (struct CMUnitTest){"every service of the repository is sound and wholly searched",
                                     every_service_is_sound_and_wholly_searched, NULL, NULL, NULL};
    for (size_t i = 0; i < NFAULTS; i++)
        tests[n++] = (struct CMUnitTest){FAULTS[i].what, one, NULL, NULL, (void *)(uintptr_t)&FAULTS[i]};
    for (size_t i = 0; i < sizeof UNTRUE / sizeof *UNTRUE; i++)
        tests[n++] = (struct CMUnitTest){UNTRUE[i].what, untrue, NULL, NULL, (void *)(uintptr_t)&UNTRUE[i]};
    int bad = _cmocka_run_group_tests("broken", tests, n, NULL, NULL);
    printf("%zu broken folders, %zu untrue scenarios\n", NFAULTS, sizeof UNTRUE / sizeof *UNTRUE);
    arena_free(root);
    return bad;
}
