#include "test/scenarios/world.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#include "areas/areas.h"
#include "city/drafts/drafts.h"
#include "city/messages/messages.h"
#include "city/rights/rights.h"

#define WORLD_PASSWORD S("Riverside-Lantern-7")

/* ---- sources ---- */

static const char *root(void)
{
    const char *r = getenv("TONGBAN_SOURCE_ROOT");
    if (!r) fail_msg("TONGBAN_SOURCE_ROOT is not set");
    return r;
}

static struct service_files read_folder(struct arena *a, const char *path)
{
    struct service_files f;
    assert_good(a, service_files_read(a, arena_printf(a, "%s/%s", root(), path), &f));
    return f;
}

static int by_path(const void *x, const void *y)
{
    return slice_cmp(((const struct folder *)x)->path, ((const struct folder *)y)->path);
}

static void read_services(struct sources *s, const char *area)
{
    char *path = arena_cstr(s->a, arena_printf(s->a, "%s/areas/%s/services", root(), area));
    DIR *d = opendir(path);
    for (struct dirent *e; d && (e = readdir(d));) {
        if (e->d_name[0] == '.') continue;
        if (s->nfolders == WORLD_FOLDERS_MAX) fail_msg("too many services");
        struct slice rel = arena_printf(s->a, "areas/%s/services/%s", area, e->d_name);
        s->folders[s->nfolders++] = (struct folder){rel, read_folder(s->a, arena_cstr(s->a, rel))};
    }
    if (d) closedir(d);
}

static instant fixed_time(void *ctx)
{
    return *(const instant *)ctx;
}

void sources_read(struct sources *s, struct arena *a)
{
    static instant made = INT64_C(1577808000000); /* 2020-01-01: the keys' certificates begin before any scenario */
    *s = (struct sources){.a = a};
    s->data = read_folder(a, "data/city");
    s->letters = read_folder(a, "data/letters");
    s->holidays = read_folder(a, "data/holidays");
    DIR *d = opendir(arena_cstr(a, arena_printf(a, "%s/areas", root())));
    if (!d) fail_msg("no areas/");
    for (struct dirent *e; (e = readdir(d));)
        if (e->d_name[0] >= '0' && e->d_name[0] <= '9') read_services(s, e->d_name);
    closedir(d);
    qsort(s->folders, s->nfolders, sizeof *s->folders, by_path);
    struct time_source t = {fixed_time, &made};
    assert_good(a, signer_open_test(a, t, NULL, &s->signer));
    assert_good(a, signer_city_key(s->signer, a, &s->key));
}

const struct folder *sources_find(const struct sources *s, struct slice code)
{
    for (size_t i = 0; i < s->nfolders; i++) {
        struct slice p = s->folders[i].path;
        if (p.n > code.n && slice_ends(p, code) && p.p[p.n - code.n - 1] == '/') return &s->folders[i];
    }
    return NULL;
}

static struct service_files *all_folders(struct arena *a, const struct sources *s)
{
    struct service_files *list = NEW_ARRAY(a, struct service_files, s->nfolders + 1);
    for (size_t i = 0; i < s->nfolders; i++) list[i] = s->folders[i].files;
    return list;
}

/* ---- the city ---- */

static const struct json *letters(struct arena *a, const struct sources *s)
{
    struct json_builder b = json_builder(a);
    for (size_t i = 0; i < s->letters.n; i++) {
        struct slice p = s->letters.list[i].path;
        if (slice_ends(p, S(".json")))
            json_set_slice(&b, slice_sub(p, 0, p.n - 5), test_json(a, s->letters.list[i].bytes));
    }
    return json_object(&b);
}

static const struct calendar *calendar(struct arena *a, const struct sources *s)
{
    const struct json **years = NEW_ARRAY(a, const struct json *, s->holidays.n + 1);
    size_t n = 0;
    struct calendar *cal;
    struct office_hours hours = {{540, 840}, {720, 1080}};
    for (size_t i = 0; i < s->holidays.n; i++)
        if (slice_ends(s->holidays.list[i].path, S(".json"))) years[n++] = test_json(a, s->holidays.list[i].bytes);
    assert_good(a, calendar_new(a, years, n, hours, &cal));
    return cal;
}

static void names(struct city *c, struct arena *a, const struct sources *s)
{
    *c = (struct city){.a = a, .areas = &AREAS, .key_version = 1, .demo = true, .test_keys = true, .signer = s->signer};
    c->code = S("441900");
    c->name_zh = S("东莞市");
    c->name_en = S("Dongguan");
    c->base_url = S("http://localhost");
    c->calendar = calendar(a, s);
    c->letters = letters(a, s);
}

void catalogue_alone(struct arena *a, const struct sources *s, struct city *c, struct citydata **data)
{
    names(c, a, s);
    assert_good(a, citydata_read(a, s->data, data));
    assert_good(a, catalogue_open(a, c, *data, &c->catalogue));
    assert_good(a, catalogue_install(c->catalogue, a, all_folders(a, s), s->nfolders, 0));
}

static void migrate(struct world *w)
{
    const struct {
        const struct migration *list;
        size_t n;
    } OWN[] = {{VAULT_MIGRATIONS, VAULT_NMIGRATIONS},       {RIGHTS_MIGRATIONS, RIGHTS_NMIGRATIONS},
               {IDENTITY_MIGRATIONS, IDENTITY_NMIGRATIONS}, {CATALOGUE_MIGRATIONS, CATALOGUE_NMIGRATIONS},
               {DRAFTS_MIGRATIONS, DRAFTS_NMIGRATIONS},     {MESSAGES_MIGRATIONS, MESSAGES_NMIGRATIONS},
               {CASES_MIGRATIONS, CASES_NMIGRATIONS}};
    int applied;
    for (size_t i = 0; i < sizeof OWN / sizeof *OWN; i++)
        assert_good(w->a, store_migrate(w->f.s, w->a, OWN[i].list, OWN[i].n, &applied));
    for (size_t i = 0; i < AREAS.n; i++)
        if (AREAS.list[i]->nmigrations)
            assert_good(w->a,
                        store_migrate(w->f.s, w->a, AREAS.list[i]->migrations, AREAS.list[i]->nmigrations, &applied));
}

/* The areas again, of which outages may replace verbs. */
static const struct areas *areas_copy(struct arena *a)
{
    struct areas *out = NEW(a, struct areas);
    const struct area **list = NEW_ARRAY(a, const struct area *, AREAS.n + 1);
    for (size_t i = 0; i < AREAS.n; i++) {
        struct area *x = NEW(a, struct area);
        const struct verb **verbs = NEW_ARRAY(a, const struct verb *, AREAS.list[i]->nverbs + 1);
        *x = *AREAS.list[i];
        if (x->nverbs) memcpy(verbs, AREAS.list[i]->verbs, x->nverbs * sizeof *verbs);
        x->verbs = verbs;
        list[i] = x;
    }
    *out = (struct areas){list, AREAS.n};
    return out;
}

bool world_open(struct world *w, struct arena *a, const struct sources *s, enum store_kind kind, instant start)
{
    struct signer_certificates certificates;
    size_t made;
    *w = (struct world){.sources = s, .a = a, .now = start};
    struct store_options options = {.time = test_clock(&w->now), .readers = 2};
    if (!store_fixture_open(&w->f, a, kind, &options)) return false;
    migrate(w);
    names(&w->c, a, s);
    w->c.store = w->f.s;
    w->c.time = test_clock(&w->now);
    w->c.areas = areas_copy(a);
    memcpy(w->c.key, s->key.key, sizeof w->c.key);
    memcpy(w->c.index_key, s->key.index_key, sizeof w->c.index_key);
    assert_good(a, signer_certificates(s->signer, a, &certificates));
    w->c.anchors = certificates.anchors;
    assert_good(a, citydata_read(a, s->data, &w->data));
    assert_good(a, catalogue_open(a, &w->c, w->data, &w->c.catalogue));
    assert_good(a, catalogue_install(w->c.catalogue, a, all_folders(a, s), s->nfolders, start));
    assert_good(a, identity_seed(&w->c, a, w->data, WORLD_PASSWORD, start, &made));
    return true;
}

void world_close(struct world *w)
{
    store_fixture_close(&w->f);
}

/* ---- outages ---- */

static result unavailable(struct verb_call *x, const struct json **output)
{
    (void)output;
    return fail(x->a, CODE_UNAVAILABLE, x->step, "what", S("outage"), "detail", S("outage"), NULL);
}

result world_outage(struct world *w, struct slice verb, bool broken)
{
    for (size_t i = 0; i < w->c.areas->n; i++)
        for (size_t k = 0; k < w->c.areas->list[i]->nverbs; k++) {
            if (!slice_is(verb, w->c.areas->list[i]->verbs[k]->name)) continue;
            const struct verb **place = (const struct verb **)(uintptr_t)&w->c.areas->list[i]->verbs[k];
            struct verb *v = NEW(w->a, struct verb);
            *v = *AREAS.list[i]->verbs[k];
            if (broken) v->run = unavailable;
            *place = v;
            return ok();
        }
    return fail(w->a, CODE_NOT_FOUND, S("verb"), "value", verb, NULL);
}

/* ---- time ---- */

static const struct stmt NEXT_DUE = {
    "scenario_next_due",
    "SELECT MIN(due) FROM (SELECT MIN(due_at) AS due FROM case_timer UNION ALL SELECT MIN(due_at) AS due FROM case_job"
    " UNION ALL SELECT MIN(due_at) AS due FROM case_task WHERE status < 3 AND escalated_at = 0 AND due_at > 0) AS x",
    NULL, false};

/* Workers as they run in the server, until one round finds nothing. Failures of jobs are theirs to retry. */
static void work(struct world *w)
{
    for (int round = 0; round < 200; round++) {
        struct arena *a = arena_new("work");
        size_t timers = 0, jobs = 0, late = 0;
        result r = case_timers_run(&w->c, a, w->now, 50, &timers);
        if (failed(r)) fail_msg("timer: %.*s", SLICE_ARG(problem_text(a, r.problem, LANG_EN)));
        (void)!failed(case_jobs_run(&w->c, a, w->now, 50, &jobs));
        assert_good(a, case_escalate_run(&w->c, a, w->now, 50, &late));
        arena_free(a);
        if (timers + jobs + late == 0) return;
    }
    fail_msg("the workers never come to rest");
}

void world_run_until(struct world *w, instant to)
{
    work(w);
    while (w->now < to) {
        struct rows r;
        struct arena *a = arena_new("due");
        assert_good(a, store_query(w->c.store, a, &NEXT_DUE, NULL, 0, &r));
        const struct sql_value *v = r.n ? row(&r, 0) : NULL;
        instant due = v && v->type == SQL_INT ? v->i + 1 : to; /* a task is late after its last moment */
        arena_free(a);
        w->now = due <= w->now ? w->now + MS_SECOND : due < to ? due : to;
        if (w->now > to) w->now = to;
        work(w);
    }
}
