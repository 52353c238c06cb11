/* Every scenario of every service folder, on SQLite and on PostgreSQL. TONGBAN_SCENARIO=TEXT runs only those whose path
 * contains TEXT. */
#include <stdio.h>
#include <stdlib.h>

#include "app/scenarios/scenario.h"
#include "base/testing.h"
#include "store/store_test_support.h"

struct job {
    const struct sources *sources;
    struct slice service, path, bytes;
    enum store_kind kind;
};

static size_t done, commands;

static void one(void **state)
{
    const struct job *j = *state;
    struct arena *a = arena_new("scenario");
    struct world w = {.now = 0};
    struct store_fixture f;
    struct store_options options = {.time = world_clock(&w), .readers = 2, .unsafe_no_sync = true};
    const struct json *json = test_json(a, j->bytes);
    assert_good(a, scenario_start(a, j->path, json, &w.now));
    if (!store_fixture_open(&f, a, j->kind, &options)) {
        arena_free(a);
        skip();
    }
    assert_good(a, world_open(&w, a, j->sources, f.s));
    store_fixture_reusable(&f);
    struct play p = {.w = &w, .where = j->path, .json = json, .service = j->service};
    result r = scenario_run(&p);
    for (const struct problem *q = r.problem; q; q = q->next)
        print_error("%.*s: %.*s\n", SLICE_ARG(q->field), SLICE_ARG(problem_text(a, q, LANG_EN)));
    if (failed(r)) fail_msg("%.*s", SLICE_ARG(j->path));
    store_fixture_close(&f);
    arena_free(a);
    done++;
    commands += p.commands;
}

static void add(struct arena *a, struct CMUnitTest *tests, size_t *n, const struct job *j)
{
    struct job *own = NEW(a, struct job);
    *own = *j;
    char *name =
        arena_cstr(a, arena_printf(a, "%.*s/%s", SLICE_ARG(j->path), j->kind == STORE_SQLITE ? "sqlite" : "postgres"));
    tests[(*n)++] = (struct CMUnitTest){name, one, NULL, NULL, own};
}

int main(void)
{
    static struct CMUnitTest tests[2000];
    struct arena *a = arena_new("scenarios");
    struct sources s;
    size_t n = 0;
    const char *only = getenv("TONGBAN_SCENARIO");
    const char *source = getenv("TONGBAN_SOURCE_ROOT");
    assert_good(a, sources_read(&s, a, slice_cstr(source ? source : ".")));
    /* services that talk to each other */
    assert_good(a, sources_below(&s, slice_cstr(source ? source : "."), S("test/city/flow")));
    for (size_t i = 0; i < s.nfolders; i++)
        for (size_t k = 0; k < s.folders[i].files.n; k++) {
            struct service_file f = s.folders[i].files.list[k];
            struct slice head, rest, code = s.folders[i].path;
            if (!slice_starts(f.path, S("scenarios/")) || !slice_ends(f.path, S(".json"))) continue;
            while (slice_cut(code, '/', &head, &rest)) code = rest;
            struct job j = {&s, code, arena_printf(a, "%.*s/%.*s", SLICE_ARG(code), SLICE_ARG(f.path)), f.bytes,
                            STORE_SQLITE};
            if (only && *only && slice_search(j.path, slice_cstr(only)) == SIZE_MAX) continue;
            if (n + 2 > sizeof tests / sizeof *tests) fail_msg("too many scenarios");
            add(a, tests, &n, &j);
            j.kind = STORE_POSTGRES;
            add(a, tests, &n, &j);
        }
    int bad = _cmocka_run_group_tests("scenarios", tests, n, NULL, NULL);
    printf("%zu scenarios run, %zu commands, each replayed\n", done, commands);
    arena_free(a);
    return bad;
}
