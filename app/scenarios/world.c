#include "app/scenarios/world.h"

#include <dirent.h>
#include <stdlib.h>

#include "areas/areas.h"
#include "city/migrate.h"

#define WORLD_PASSWORD S("Riverside-Lantern-7")

/* ---- sources ---- */

static int by_path(const void *x, const void *y)
{
    return slice_cmp(((const struct folder *)x)->path, ((const struct folder *)y)->path);
}

result sources_below(struct sources *s, struct slice root, struct slice below)
{
    DIR *d = opendir(arena_cstr(s->a, arena_printf(s->a, "%.*s/%.*s", SLICE_ARG(root), SLICE_ARG(below))));
    result r = ok();
    for (struct dirent *e; d && !failed(r) && (e = readdir(d));) {
        if (e->d_name[0] == '.') continue;
        if (s->nfolders == WORLD_FOLDERS_MAX) {
            r = fail(s->a, CODE_TOO_LARGE, below, "limit", S("200"), NULL);
            break;
        }
        struct folder *f = &s->folders[s->nfolders++];
        f->path = arena_printf(s->a, "%.*s/%s", SLICE_ARG(below), e->d_name);
        r = service_files_read(s->a, arena_printf(s->a, "%.*s/%.*s", SLICE_ARG(root), SLICE_ARG(f->path)), &f->files);
    }
    if (d) closedir(d);
    return r;
}

static instant fixed_time(void *ctx)
{
    return *(const instant *)ctx;
}

result sources_read(struct sources *s, struct arena *a, struct slice root)
{
    *s = (struct sources){.a = a};
    TRY(service_files_read(a, arena_printf(a, "%.*s/data/city", SLICE_ARG(root)), &s->data));
    TRY(service_files_read(a, arena_printf(a, "%.*s/data/letters", SLICE_ARG(root)), &s->letters));
    TRY(service_files_read(a, arena_printf(a, "%.*s/data/holidays", SLICE_ARG(root)), &s->holidays));
    DIR *d = opendir(arena_cstr(a, arena_printf(a, "%.*s/areas", SLICE_ARG(root))));
    if (!d) return fail(a, CODE_NOT_FOUND, S("areas"), "value", root, NULL);
    result r = ok();
    for (struct dirent *e; !failed(r) && (e = readdir(d));)
        if (e->d_name[0] >= '0' && e->d_name[0] <= '9') {
            r = sources_below(s, root, arena_printf(a, "areas/%s/services", e->d_name));
            if (!failed(r)) r = sources_below(s, root, arena_printf(a, "areas/%s/decisions", e->d_name));
        }
    closedir(d);
    TRY(r);
    qsort(s->folders, s->nfolders, sizeof *s->folders, by_path);
    return ok();
}

const struct folder *sources_find(const struct sources *s, struct slice code)
{
    for (size_t i = 0; i < s->nfolders; i++) {
        struct slice p = s->folders[i].path;
        if (p.n > code.n && slice_ends(p, code) && p.p[p.n - code.n - 1] == '/') return &s->folders[i];
    }
    return NULL;
}

/* ---- the city ---- */

static result letters(struct arena *a, const struct sources *s, const struct json **out)
{
    struct json_builder b = json_builder(a);
    for (size_t i = 0; i < s->letters.n; i++) {
        const struct json *v;
        struct slice p = s->letters.list[i].path;
        if (!slice_ends(p, S(".json"))) continue;
        TRY(json_parse(a, s->letters.list[i].bytes, 1 << 20, p, &v));
        json_set_slice(&b, slice_sub(p, 0, p.n - 5), v);
    }
    *out = json_object(&b);
    return ok();
}

static result calendar(struct arena *a, const struct sources *s, struct calendar **out)
{
    const struct json **years = NEW_ARRAY(a, const struct json *, s->holidays.n + 1);
    size_t n = 0;
    struct office_hours hours = {{540, 840}, {720, 1080}};
    for (size_t i = 0; i < s->holidays.n; i++)
        if (slice_ends(s->holidays.list[i].path, S(".json")))
            TRY(json_parse(a, s->holidays.list[i].bytes, 1 << 20, s->holidays.list[i].path, &years[n++]));
    return calendar_new(a, years, n, hours, out);
}

static result names(struct city *c, struct arena *a, const struct sources *s)
{
    struct calendar *cal;
    *c = (struct city){.a = a, .areas = &AREAS, .key_version = 1, .demo = true, .test_keys = true};
    c->code = S("441900");
    c->suite = city_test_suite();
    c->name_zh = S("东莞市");
    c->name_en = S("Dongguan");
    c->base_url = S("http://localhost");
    TRY(calendar(a, s, &cal));
    c->calendar = cal;
    return letters(a, s, &c->letters);
}

static result install(struct city *c, struct arena *a, const struct sources *s, const struct citydata *data,
                      instant now)
{
    struct service_files *list = NEW_ARRAY(a, struct service_files, s->nfolders + 1);
    for (size_t i = 0; i < s->nfolders; i++) list[i] = s->folders[i].files;
    TRY(catalogue_open(a, c, data, &c->catalogue));
    return catalogue_install(c->catalogue, a, list, s->nfolders, now);
}

result catalogue_alone(struct arena *a, const struct sources *s, struct city *c, struct citydata **data)
{
    TRY(names(c, a, s));
    TRY(citydata_read(a, s->data, data));
    return install(c, a, s, *data, 0);
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

struct time_source world_clock(struct world *w)
{
    return (struct time_source){fixed_time, &w->now};
}

result world_open(struct world *w, struct arena *a, const struct sources *s, struct store *store)
{
    struct signer_certificates certificates;
    struct signer *signer; /* the world's own: keys, certificates and seals begin when the scenario does */
    struct city_key key;
    size_t made;
    w->sources = s;
    w->a = a;
    TRY(city_migrate(store, a, &AREAS));
    TRY(names(&w->c, a, s));
    w->c.store = store;
    w->c.time = world_clock(w);
    w->c.areas = areas_copy(a);
    TRY(signer_open_test(a, w->c.time, NULL, &signer));
    TRY(signer_city_key(signer, a, &key));
    w->c.signer = signer;
    memcpy(w->c.key, key.key, sizeof w->c.key);
    memcpy(w->c.index_key, key.index_key, sizeof w->c.index_key);
    TRY(signer_certificates(signer, a, &certificates));
    w->c.anchors = certificates.anchors;
    TRY(citydata_read(a, s->data, &w->data));
    TRY(install(&w->c, a, s, w->data, w->now));
    return identity_seed(&w->c, a, w->data, WORLD_PASSWORD, w->now, &made);
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
    " UNION ALL SELECT MIN(due_at) AS due FROM case_message UNION ALL SELECT MIN(due_at) AS due FROM case_start WHERE nth > 0"
    " UNION ALL SELECT MIN(due_at) AS due FROM case_task WHERE status < 3 AND escalated_at = 0 AND due_at > 0) AS x",
    NULL, false};

/* Workers as they run in the server, until one round finds nothing. Failures of jobs are theirs to retry. */
static result work(struct world *w)
{
    for (int round = 0; round < 200; round++) {
        struct arena *a = arena_new("work");
        size_t timers = 0, jobs = 0, late = 0, brought = 0, started = 0;
        result r = case_timers_run(&w->c, a, w->now, 50, &timers);
        if (!failed(r)) (void)!failed(case_jobs_run(&w->c, a, w->now, 50, &jobs));
        if (!failed(r)) r = case_messages_run(&w->c, a, w->now, 50, &brought);
        if (!failed(r)) r = case_starts_run(&w->c, a, w->now, 50, &started);
        if (!failed(r)) r = case_escalate_run(&w->c, a, w->now, 50, &late);
        r = result_copy(w->a, r);
        arena_free(a);
        if (failed(r) || timers + jobs + brought + started + late == 0) return r;
    }
    return fail(w->a, CODE_INTERNAL, S("workers"), "detail", S("they never come to rest"), NULL);
}

static result next_due(struct world *w, instant to, instant *due)
{
    struct rows r;
    struct arena *a = arena_new("due");
    result res = result_copy(w->a, store_query(w->c.store, a, &NEXT_DUE, NULL, 0, &r));
    const struct sql_value *v = !failed(res) && r.n ? row(&r, 0) : NULL;
    *due = v && v->type == SQL_INT ? v->i + 1 : to; /* a task is late after its last moment */
    arena_free(a);
    return res;
}

result world_run_until(struct world *w, instant to)
{
    TRY(work(w));
    while (w->now < to) {
        instant due;
        TRY(next_due(w, to, &due));
        w->now = due <= w->now ? w->now + MS_SECOND : due < to ? due : to;
        if (w->now > to) w->now = to;
        TRY(work(w));
    }
    return ok();
}
