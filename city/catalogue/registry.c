/* The catalogue itself: current versions as one immutable set, swapped as a whole; older ones by hash. */
#include <stdlib.h>
#include <unistd.h>

#include "city/catalogue/internal.h"
#include "city/decisions/decisions.h"

const struct migration CATALOGUE_MIGRATIONS[] = {
    {"city.catalogue", 1, "service versions",
     "-- retention: as long as cases run on it and 30 years after (archives law); the whole folder as one value\n"
     "CREATE TABLE service_version (hash {TEXT} PRIMARY KEY, code {TEXT} NOT NULL, folder {TEXT} NOT NULL, published_at {INT} NOT NULL);\n"
     "CREATE INDEX service_version_code ON service_version (code, published_at);\n"
     "-- retention: current\n"
     "CREATE TABLE service_current (code {TEXT} PRIMARY KEY, hash {TEXT} NOT NULL, since {INT} NOT NULL);\n"
     "-- retention: 30 years\n"
     "CREATE TABLE publication (id {BLOB} PRIMARY KEY, code {TEXT} NOT NULL, hash {TEXT} NOT NULL, folder {TEXT} NOT NULL,"
     " requested_by {BLOB} NOT NULL, requested_at {INT} NOT NULL, state {TEXT} NOT NULL, decided_by {BLOB}, decided_at {INT} NOT NULL);\n",
     NULL},
    {"city.catalogue", 2, "drafts of services",
     "-- retention: until published or discarded; definitions that are being drawn, without personal data\n"
     "CREATE TABLE service_draft (code {TEXT} PRIMARY KEY, folder {TEXT} NOT NULL, hash {TEXT} NOT NULL, base {TEXT} NOT NULL,"
     " rev {INT} NOT NULL, saved_by {BLOB} NOT NULL, saved_at {INT} NOT NULL) {WITHOUT_ROWID};\n",
     NULL},
    {"city.catalogue", 3, "why a publication was turned down",
     "ALTER TABLE publication ADD COLUMN reason {TEXT} NOT NULL DEFAULT '';\n", NULL},
};
const size_t CATALOGUE_NMIGRATIONS = sizeof CATALOGUE_MIGRATIONS / sizeof *CATALOGUE_MIGRATIONS;

static const struct stmt VERSION_INSERT = {
    "version_insert",
    "INSERT INTO service_version (hash, code, folder, published_at) VALUES (?1,?2,?3,?4) ON CONFLICT (hash) DO NOTHING",
    NULL, false};
static const struct stmt CURRENT_SET = {
    "current_set",
    "INSERT INTO service_current (code, hash, since) VALUES (?1,?2,?3)"
    " ON CONFLICT (code) DO UPDATE SET hash = excluded.hash, since = excluded.since",
    NULL, false};
static const struct stmt CURRENT_ALL = {"current_all", "SELECT code, hash FROM service_current ORDER BY code", NULL,
                                        false};
static const struct stmt VERSION_LOAD = {"version_load", "SELECT folder FROM service_version WHERE hash = ?1", NULL,
                                         false};

/* ---- the set of current versions ---- */

static void set_release(struct set *s)
{
    if (atomic_fetch_sub(&s->refs, 1) != 1) return;
    for (size_t i = 0; i < s->n; i++) service_release(s->list[i]);
    arena_free(s->a);
}
static void set_cleanup(void *s)
{
    set_release(s);
}

const struct service *set_find(const struct set *s, struct slice code)
{
    size_t lo = 0, hi = s->n;
    while (lo < hi) {
        size_t mid = (lo + hi) / 2;
        int c = slice_cmp(s->list[mid]->code, code);
        if (c == 0) return s->list[mid];
        if (c < 0)
            lo = mid + 1;
        else
            hi = mid;
    }
    return NULL;
}

static int by_code(const void *x, const void *y)
{
    return slice_cmp((*(const struct service *const *)x)->code, (*(const struct service *const *)y)->code);
}

static struct set *set_with(const struct set *old, const struct service *const *changed, size_t n)
{
    struct arena *a = arena_new("catalogue set");
    struct set *s = NEW(a, struct set);
    s->a = a;
    atomic_init(&s->refs, 1);
    s->list = NEW_ARRAY(a, const struct service *, (old ? old->n : 0) + n + 1);
    for (size_t i = 0; i < n; i++) s->list[s->n++] = changed[i];
    for (size_t i = 0; old && i < old->n; i++) {
        bool replaced = false;
        for (size_t k = 0; k < n; k++) replaced = replaced || slice_eq(changed[k]->code, old->list[i]->code);
        if (!replaced) s->list[s->n++] = old->list[i];
    }
    for (size_t i = 0; i < s->n; i++) service_hold(s->list[i]);
    qsort(s->list, s->n, sizeof *s->list, by_code);
    return s;
}

void catalogue_swap(struct catalogue *c, const struct service *const *changed, size_t n)
{
    pthread_mutex_lock(&c->lock);
    struct set *old = c->current;
    c->current = set_with(old, changed, n);
    pthread_mutex_unlock(&c->lock);
    set_release(old);
}

static struct set *set_hold(struct catalogue *c, struct arena *a)
{
    pthread_mutex_lock(&c->lock);
    struct set *s = c->current;
    atomic_fetch_add(&s->refs, 1);
    pthread_mutex_unlock(&c->lock);
    arena_cleanup(a, set_cleanup, s);
    return s;
}

/* ---- the cache of versions by hash ---- */

static const struct service *cache_find(struct catalogue *c, struct arena *a, struct slice hash)
{
    const struct service *found = NULL;
    pthread_mutex_lock(&c->lock);
    for (size_t i = 0; i < c->current->n && !found; i++)
        if (slice_eq(c->current->list[i]->hash, hash)) found = c->current->list[i];
    for (size_t i = 0; i < c->ncache && !found; i++)
        if (slice_eq(c->cache[i].s->hash, hash)) {
            found = c->cache[i].s;
            c->cache[i].used = ++c->uses;
        }
    if (found) service_hold_for(a, found);
    pthread_mutex_unlock(&c->lock);
    return found;
}

static void cache_add(struct catalogue *c, const struct service *s)
{
    const struct service *out = NULL;
    pthread_mutex_lock(&c->lock);
    size_t at = c->ncache;
    for (size_t i = 0; i < c->ncache; i++)
        if (slice_eq(c->cache[i].s->hash, s->hash)) at = SIZE_MAX;
    if (at == CACHE_MAX) {
        at = 0;
        for (size_t i = 1; i < c->ncache; i++)
            if (c->cache[i].used < c->cache[at].used) at = i;
        out = c->cache[at].s;
    } else if (at != SIZE_MAX) {
        c->ncache++;
    }
    if (at != SIZE_MAX) {
        service_hold(s);
        c->cache[at].s = s;
        c->cache[at].used = ++c->uses;
    }
    pthread_mutex_unlock(&c->lock);
    if (out) service_release(out);
}

/* ---- opening ---- */

static void catalogue_end(void *ctx)
{
    struct catalogue *c = ctx;
    for (size_t i = 0; i < c->ncache; i++) service_release(c->cache[i].s);
    set_release(c->current);
    pthread_mutex_destroy(&c->lock);
}

static result schema_embedded(struct arena *a, const char *text, const char *name, const struct schema **out)
{
    const struct json *v;
    struct schema_options o = {.assert_format = true};
    TRY(json_parse(a, slice_cstr(text), 1024 * 1024, slice_cstr(name), &v));
    return schema_compile(a, v, &o, slice_cstr(name), out);
}

/* The law's limits: the operator's rules/deadlines.json, else those the program brings. */
static result deadlines_read(struct catalogue *c, struct arena *a)
{
    struct slice dir = arena_printf(a, "%.*s/rules", SLICE_ARG(c->city->data_dir)), text = slice_cstr(DEADLINES);
    const struct json *v;
    if (c->city->data_dir.n && access(arena_cstr(a, dir), R_OK) == 0) {
        struct service_files files;
        TRY(service_files_read(a, dir, &files));
        const struct service_file *f = service_files_find(files, "deadlines.json");
        if (f) text = f->bytes;
    }
    TRY(json_parse(a, text, 4 * 1024 * 1024, S("deadlines.json"), &v));
    return deadlines_new(a, v, &c->deadlines);
}

result catalogue_open(struct arena *a, struct city *city, const struct citydata *data, struct catalogue **out)
{
    struct catalogue *c = NEW(a, struct catalogue);
    c->city = city;
    c->data = data;
    c->a = a;
    pthread_mutex_init(&c->lock, NULL);
    c->current = set_with(NULL, NULL, 0);
    arena_cleanup(a, catalogue_end, c);
    c->decisions = decisions_new(a);
    TRY(schema_embedded(a, SERVICE_SCHEMA, "service.schema.json", &c->service_schema));
    TRY(schema_embedded(a, SCENARIO_SCHEMA, "scenario.schema.json", &c->scenario_schema));
    TRY(deadlines_read(c, a));
    *out = c;
    return ok();
}

const struct citydata *catalogue_data(const struct catalogue *c)
{
    return c->data;
}

/* ---- looking up ---- */

result catalogue_current(struct catalogue *c, struct arena *a, struct slice code, const struct service **out)
{
    pthread_mutex_lock(&c->lock);
    const struct service *s = set_find(c->current, code);
    if (s) service_hold_for(a, s);
    pthread_mutex_unlock(&c->lock);
    if (!s) return fail(a, CODE_NOT_FOUND, S("service"), "value", code, NULL);
    *out = s;
    return ok();
}

void catalogue_all(struct catalogue *c, struct arena *a, const struct service *const **out, size_t *n)
{
    struct set *s = set_hold(c, a);
    *out = s->list;
    *n = s->n;
}

/* Called services of a stored version, by their pinned hashes. */
struct pins {
    struct catalogue *c;
    struct arena *a;
    const struct service_call *calls;
    size_t n;
};

static const struct service *pinned_find(void *ctx, struct slice code)
{
    struct pins *p = ctx;
    const struct service *s = NULL;
    for (size_t i = 0; i < p->n; i++)
        if (slice_eq(p->calls[i].code, code) && !failed(catalogue_by_hash(p->c, p->a, p->calls[i].hash, &s))) return s;
    return NULL;
}

result version_of_folder(struct catalogue *c, struct arena *a, struct slice folder, bool thorough, struct service **out)
{
    struct service_files files;
    struct pins p = {.c = c, .a = a};
    struct service_call *calls;
    TRY(folder_read(a, folder, &files, &calls, &p.n));
    p.calls = calls;
    struct service_lookup look = {pinned_find, &p};
    return service_compile(c, a, files, &look, thorough, out);
}

result catalogue_by_hash(struct catalogue *c, struct arena *a, struct slice hash, const struct service **out)
{
    *out = cache_find(c, a, hash);
    if (*out) return ok();
    struct rows r = {0};
    if (c->city->store) TRY(store_query(c->city->store, a, &VERSION_LOAD, BINDS(sql_text(hash)), &r));
    if (!r.n) return fail(a, CODE_NOT_FOUND, S("service"), "value", hash, NULL);
    struct service *s;
    TRY(version_of_folder(c, a, row(&r, 0)[0].s, false, &s));
    bool same = slice_eq(s->hash, hash);
    if (same) {
        cache_add(c, s);
        service_hold_for(a, s);
        *out = s;
    }
    service_release(s);
    return same ? ok()
                : fail(a, CODE_INTERNAL, S("service_version"), "detail", S("stored folder does not have its hash"),
                       NULL);
}

result catalogue_refresh(struct catalogue *c, struct arena *a)
{
    struct rows r;
    result faults = decisions_refresh(c, a); /* services are compiled against them */
    TRY(store_query(c->city->store, a, &CURRENT_ALL, NULL, 0, &r));
    struct set *now = set_hold(c, a);
    const struct service **changed = NEW_ARRAY(a, const struct service *, r.n + 1);
    size_t n = 0;
    for (size_t i = 0; i < r.n; i++) {
        const struct service *have = set_find(now, row(&r, i)[0].s), *s;
        if (have && slice_eq(have->hash, row(&r, i)[1].s)) continue;
        result one = catalogue_by_hash(c, a, row(&r, i)[1].s, &s);
        if (failed(one))
            faults = result_join(a, faults, one);
        else
            changed[n++] = s;
    }
    if (n) catalogue_swap(c, changed, n);
    return faults;
}

/* ---- publishing ---- */

result version_publish(struct tx *tx, struct arena *a, const struct service *s, instant now)
{
    struct slice folder = folder_write(a, s->files, s->pinned, s->ncalls);
    TRY(tx_exec(tx, a, &VERSION_INSERT, BINDS(sql_text(s->hash), sql_text(s->code), sql_text(folder), sql_int(now)),
                NULL));
    return tx_exec(tx, a, &CURRENT_SET, BINDS(sql_text(s->code), sql_text(s->hash), sql_int(now)), NULL);
}

struct installing {
    struct catalogue *c;
    struct arena *a;
    const struct service_files *folders;
    struct slice *codes;         /* of the folders, read from service.json */
    const struct service **made; /* NULL: not yet */
    size_t n;
    instant now;
};

/* New versions first; one that is still to be compiled counts as missing, so that its caller waits for it. */
static const struct service *install_find(void *ctx, struct slice code)
{
    struct installing *k = ctx;
    for (size_t i = 0; i < k->n; i++)
        if (slice_eq(k->codes[i], code)) return k->made[i];
    const struct service *s;
    return failed(catalogue_current(k->c, k->a, code, &s)) ? NULL : s;
}

static void release_one(void *s)
{
    service_release(s);
}

/* Compiles what can be compiled by now; *progress: how many. Faults of the last try stand in *faults. */
static result install_round(struct installing *k, size_t *progress)
{
    result faults = ok();
    struct service_lookup look = {install_find, k};
    *progress = 0;
    for (size_t i = 0; i < k->n; i++) {
        if (k->made[i]) continue;
        struct service *s;
        result r = service_compile(k->c, k->a, k->folders[i], &look, true, &s);
        if (failed(r)) {
            for (const struct problem *p = r.problem; p; p = p->next) {
                struct problem one = *p;
                one.next = NULL;
                one.field = arena_printf(k->a, "%.*s/%.*s", SLICE_ARG(k->codes[i]), SLICE_ARG(p->field));
                faults = result_join(k->a, faults, result_copy(k->a, (result){&one}));
            }
            continue;
        }
        arena_cleanup(k->a, release_one, s);
        k->made[i] = s;
        (*progress)++;
    }
    return faults;
}

static result install_body(struct tx *tx, struct arena *a, void *ctx)
{
    struct installing *k = ctx;
    struct json_builder b = json_builder(a);
    for (size_t i = 0; i < k->n; i++) {
        TRY(version_publish(tx, a, k->made[i], k->now));
        json_set_str_slice(&b, k->codes[i], k->made[i]->hash);
    }
    return audit_add(tx, a, NULL, k->now, "catalogue.installed", json_object(&b));
}

/* Decisions first: services use them. */
static result install_decisions(struct catalogue *c, struct arena *a, const struct service_files *all, size_t n,
                                const struct service_files **services, size_t *nservices, instant now)
{
    struct service_files *decisions = NEW_ARRAY(a, struct service_files, n + 1),
                         *rest = NEW_ARRAY(a, struct service_files, n + 1);
    size_t nd = 0, ns = 0;
    for (size_t i = 0; i < n; i++) {
        if (decision_folder(all[i]))
            decisions[nd++] = all[i];
        else
            rest[ns++] = all[i];
    }
    *services = rest;
    *nservices = ns;
    return nd ? decisions_install(c, a, decisions, nd, now) : ok();
}

result catalogue_install(struct catalogue *c, struct arena *a, const struct service_files *all, size_t nall,
                         instant now)
{
    const struct service_files *folders;
    size_t n;
    TRY(install_decisions(c, a, all, nall, &folders, &n, now));
    if (!n) return ok();
    struct installing k = {.c = c, .a = a, .folders = folders, .n = n, .now = now};
    k.codes = NEW_ARRAY(a, struct slice, n + 1);
    k.made = NEW_ARRAY(a, const struct service *, n + 1);
    for (size_t i = 0; i < n; i++) {
        const struct service_file *f = service_files_find(folders[i], "service.json");
        const struct json *v = NULL;
        k.codes[i] = arena_printf(a, "#%zu", i); /* until known: no name that a call could mean */
        if (f && !failed(json_parse(a, f->bytes, 1024 * 1024, f->path, &v)) && json_string(v, "code").n)
            k.codes[i] = json_string(v, "code");
        for (size_t j = 0; j < i; j++)
            if (slice_eq(k.codes[i], k.codes[j]))
                return service_fault(a, k.codes[i], "两个目录的 code 相同", "two folders have the same code");
    }
    for (size_t done = 0; done < n;) {
        size_t progress;
        result faults = install_round(&k, &progress);
        done += progress;
        if (!progress) return faults;
    }
    if (c->city->store) TRY(store_run(c->city->store, a, "catalogue_install", install_body, &k));
    catalogue_swap(c, k.made, n);
    for (size_t i = 0; i < n; i++) cache_add(c, k.made[i]);
    return ok();
}

/* ---- checking a folder ---- */

static const struct service *current_find(void *ctx, struct slice code)
{
    struct installing *k = ctx;
    const struct service *s;
    return failed(catalogue_current(k->c, k->a, code, &s)) ? NULL : s;
}

result version_compile_current(struct catalogue *c, struct arena *a, struct service_files files, struct service **out)
{
    struct installing k = {.c = c, .a = a};
    struct service_lookup look = {current_find, &k};
    return service_compile(c, a, files, &look, true, out);
}

result service_draft(struct catalogue *c, struct arena *a, struct service_files files, const struct service **out)
{
    struct service *s;
    TRY(version_compile_current(c, a, files, &s));
    service_hold_for(a, s);
    service_release(s);
    *out = s;
    return ok();
}

result service_check(struct catalogue *c, struct arena *a, struct service_files files)
{
    struct service *s;
    struct decision_version *v;
    if (decision_folder(files)) return decision_compile(c, a, files, true, &v);
    TRY(version_compile_current(c, a, files, &s));
    service_release(s);
    return ok();
}
