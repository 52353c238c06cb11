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
    return sources_signer(s);
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

static result play(struct arena *a, const struct sources *s, struct slice code, struct service_file f,
                   struct place *place)
{
    struct world w = {.now = 0};
    const struct json *json;
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
    return scenario_run(p);
}

static result one(struct cli *c, const struct sources *s, struct slice code, struct service_file f)
{
    struct arena *a = arena_new("scenario");
    struct place place = {.store = NULL};
    const char *tmp = getenv("TMPDIR");
    (void)snprintf(place.dir, sizeof place.dir, "%.40s/tongban-check-XXXXXX", tmp && *tmp ? tmp : "/tmp");
    result r = mkdtemp(place.dir) ? play(a, s, code, f, &place)
                                  : fail(a, CODE_INTERNAL, S("TMPDIR"), "detail", S("no temporary folder"), NULL);
    if (place.store) store_close(place.store);
    r = result_copy(c->a, r);
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
        all = result_join(c->a, all, one(c, s, code, f));
        (*n)++;
    }
    return all;
}
