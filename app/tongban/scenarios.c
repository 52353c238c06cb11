/* The scenarios of a folder, played in a demonstration city of their own: a fresh SQLite database in a temporary folder. */
#include "app/tongban/cli.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "app/scenarios/scenario.h"
#include "app/tongban/builtin.h"

static struct slice code_of(struct arena *a, struct service_files f)
{
    const struct service_file *entry = service_files_find(f, "service.json");
    const struct json *v = NULL;
    if (!entry || failed(json_parse(a, entry->bytes, 1 << 20, entry->path, &v))) return S("");
    return arena_copy(a, json_string(v, "code"));
}

static void put(struct sources *s, struct slice code, struct service_files files)
{
    for (size_t i = 0; i < s->nfolders; i++)
        if (code.n && slice_eq(s->folders[i].path, code)) { /* a decision has none */
            s->folders[i].files = files;
            return;
        }
    if (s->nfolders < WORLD_FOLDERS_MAX) s->folders[s->nfolders++] = (struct folder){code, files};
}

/* The built-in city and services, the folders given beside it, and this folder, each in the place of the one with its code. */
static result sources(struct cli *c, struct service_files own, struct sources *s)
{
    size_t n;
    const struct service_files *list = builtin_services(c->a, &n);
    struct slice code = code_of(c->a, own);
    *s = (struct sources){.a = c->a,
                          .data = builtin_below(c->a, "data/city"),
                          .letters = builtin_below(c->a, "data/letters"),
                          .holidays = builtin_below(c->a, "data/holidays")};
    for (size_t i = 0; i < n; i++) put(s, code_of(c->a, list[i]), list[i]);
    for (int i = 0; i < c->argc; i++) {
        struct service_files beside;
        TRY(service_files_read(c->a, slice_cstr(c->argv[i]), &beside));
        put(s, code_of(c->a, beside), beside);
    }
    put(s, code, own);
    return ok();
}

struct place { /* a folder that goes when the scenario is over */
    char dir[64];
    struct store *store;
};

static void remove_place(struct place *p)
{
    static const char *const FILES[] = {"city.db", "city.db-wal", "city.db-shm"};
    char path[128];
    for (size_t i = 0; i < sizeof FILES / sizeof *FILES; i++) {
        (void)snprintf(path, sizeof path, "%s/%s", p->dir, FILES[i]);
        (void)unlink(path);
    }
    (void)rmdir(p->dir);
}

/* Steps in the order of the scenario: those before p->at held, the one there did not, the others were not come to. */
static const struct json *steps_json(struct arena *a, const struct play *p, result r)
{
    const struct json *steps = json_get(p->json, "steps");
    struct json_builder list = json_builder(a);
    for (size_t i = 0; steps && i < steps->n; i++) {
        struct json_builder b = json_builder(a);
        const struct json *label = json_get(steps->items[i], "label");
        json_set(&b, "label", label ? label : json_null());
        json_set_cstr(&b, "state", i < p->at || !failed(r) ? "done" : i == p->at ? "failed" : "open");
        json_add(&list, json_object(&b));
    }
    return json_array(&list);
}

static result play(struct arena *a, const struct sources *s, struct slice code, struct service_file f,
                   struct place *place, const struct json **report)
{
    struct world w = {.now = 0};
    const struct json *json;
    result r;
    TRY(json_parse(a, f.bytes, 1 << 20, f.path, &json));
    TRY(scenario_start(a, f.path, json, &w.now));
    /* thrown away when the scenario is over: nothing of it need survive a power cut */
    struct store_options o = {.url = arena_printf(a, "sqlite:%s/city.db", place->dir),
                              .time = world_clock(&w),
                              .readers = 1,
                              .unsafe_no_sync = true};
    TRY(store_open(a, &o, &place->store));
    TRY(world_open(&w, a, s, place->store));
    struct play *p = NEW(a, struct play);
    p->w = &w;
    p->where = f.path;
    p->json = json;
    p->service = code;
    r = scenario_run(p);
    *report = steps_json(a, p, r);
    return r;
}

/* *report: in c->a; NULL when it did not come to its first step. */
static result one(struct cli *c, const struct sources *s, struct slice code, struct service_file f,
                  const struct json **report)
{
    const struct json *told = NULL;
    struct arena *a = arena_new("scenario");
    struct place place = {.store = NULL};
    const char *tmp = getenv("TMPDIR");
    (void)snprintf(place.dir, sizeof place.dir, "%.40s/tongban-check-XXXXXX", tmp && *tmp ? tmp : "/tmp");
    result r = mkdtemp(place.dir) ? play(a, s, code, f, &place, &told)
                                  : fail(a, CODE_INTERNAL, S("TMPDIR"), "detail", S("no temporary folder"), NULL);
    if (place.store) store_close(place.store);
    r = result_copy(c->a, r);
    *report = told ? json_copy(c->a, told) : NULL;
    remove_place(&place);
    arena_free(a);
    return r;
}

result scenarios_play(struct cli *c, struct service_files folder, size_t *n)
{
    struct sources *s = NEW(c->a, struct sources);
    struct slice code = code_of(c->a, folder);
    result all = ok();
    TRY(sources(c, folder, s));
    for (size_t i = 0; i < folder.n; i++) {
        struct service_file f = folder.list[i];
        if (!slice_starts(f.path, S("scenarios/")) || !slice_ends(f.path, S(".json"))) continue;
        const struct json *report;
        all = result_join(c->a, all, one(c, s, code, f, &report));
        (*n)++;
    }
    return all;
}

static const struct json *fault_json(struct arena *a, const struct problem *p)
{
    struct json_builder b = json_builder(a);
    json_set_str(&b, "field", p->field);
    json_set_str(&b, "zh", problem_text(a, p, LANG_ZH));
    json_set_str(&b, "en", problem_text(a, p, LANG_EN));
    json_set_str(&b, "remedy_zh", problem_remedy(a, p, LANG_ZH));
    json_set_str(&b, "remedy_en", problem_remedy(a, p, LANG_EN));
    return json_object(&b);
}

result scenario_play(struct cli *c, struct service_files folder, struct slice path, const struct json **out)
{
    struct sources *s = NEW(c->a, struct sources);
    const struct service_file *f = service_files_find(folder, arena_cstr(c->a, path));
    const struct json *report = NULL, *json = NULL;
    struct json_builder b = json_builder(c->a), none = json_builder(c->a);
    if (!f) return fail(c->a, CODE_NOT_FOUND, S("scenario"), "value", path, NULL);
    TRY(sources(c, folder, s));
    result r = one(c, s, code_of(c->a, folder), *f, &report);
    if (failed(json_parse(c->a, f->bytes, 1 << 20, path, &json))) json = NULL;
    json_set_str(&b, "path", path);
    json_set(&b, "title", json_get(json, "title") ? json_get(json, "title") : json_null());
    json_set_bool(&b, "good", !failed(r));
    json_set(&b, "steps", report ? report : json_array(&none));
    json_set(&b, "problem", failed(r) ? fault_json(c->a, r.problem) : json_null());
    *out = json_object(&b);
    return ok();
}
