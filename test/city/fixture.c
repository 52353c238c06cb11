#include "test/city/fixture.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "areas/areas.h"
#include "city/migrate.h"
#include "trust/password.h"
#include "trust/signer.h"

const char *test_city_source(struct arena *a, const char *path)
{
    const char *root = getenv("TONGBAN_SOURCE_ROOT");
    return arena_cstr(a, arena_printf(a, "%s/%s", root && *root ? root : ".", path));
}

/* ---- what app/ makes of built-in files, made here of the source tree's ---- */

static result calendar(struct test_city *t)
{
    struct arena *a = t->a;
    struct service_files f;
    struct calendar *cal;
    size_t n = 0;
    TRY(service_files_read(a, slice_cstr(test_city_source(a, "data/holidays")), &f));
    const struct json **years = NEW_ARRAY(a, const struct json *, f.n + 1);
    for (size_t i = 0; i < f.n; i++)
        if (slice_ends(f.list[i].path, S(".json")))
            TRY(json_parse(a, f.list[i].bytes, 1 << 20, f.list[i].path, &years[n++]));
    struct office_hours hours = {{540, 840}, {720, 1080}};
    TRY(calendar_new(a, years, n, hours, &cal));
    t->city.calendar = cal;
    return ok();
}

static result letters(struct test_city *t)
{
    struct arena *a = t->a;
    struct service_files f;
    struct json_builder b = json_builder(a);
    TRY(service_files_read(a, slice_cstr(test_city_source(a, "data/letters")), &f));
    for (size_t i = 0; i < f.n; i++) {
        const struct json *v;
        struct slice name = f.list[i].path;
        if (!slice_ends(name, S(".json"))) continue;
        TRY(json_parse(a, f.list[i].bytes, 1 << 20, name, &v));
        json_set_slice(&b, slice_sub(name, 0, name.n - 5), v);
    }
    t->city.letters = json_object(&b);
    return ok();
}

/* The city's own, and the permit that test services issue. */
static void licence_types(struct test_city *t)
{
    struct citydata *d = t->data;
    struct licence_type *list = NEW_ARRAY(t->a, struct licence_type, d->nlicence_types + 1);
    memcpy(list, d->licence_types, d->nlicence_types * sizeof *list);
    list[d->nlicence_types++] = (struct licence_type){.code = S("permit"),
                                                      .type_code = S("11100000MB0341032Y001"),
                                                      .department = S("scjg"),
                                                      .holder = S("person"),
                                                      .template_ = S("permit"),
                                                      .name = {S("许可证"), S("permit")},
                                                      .law = {S("测试"), S("test")}};
    d->licence_types = list;
}

static result city_data(struct test_city *t)
{
    struct service_files f;
    TRY(service_files_read(t->a, slice_cstr(test_city_source(t->a, "data/city")), &f));
    TRY(citydata_read(t->a, f, &t->data));
    licence_types(t);
    return ok();
}

static result keys(struct test_city *t, const struct test_city_options *o)
{
    struct city_key key;
    struct signer_certificates certificates;
    TRY(signer_open_test(t->a, t->city.time, NULL, &t->city.signer));
    TRY(signer_city_key(t->city.signer, t->a, &key));
    TRY(signer_certificates(t->city.signer, t->a, &certificates));
    memcpy(t->keys, key.key, 32);
    memcpy(t->keys + 32, key.index_key, 32);
    if (o->keys) memcpy(t->keys, o->keys, 64);
    memcpy(t->city.key, t->keys, 32);
    memcpy(t->city.index_key, t->keys + 32, 32);
    t->city.key_version = 1;
    t->city.suite = city_test_suite();
    t->city.test_keys = true;
    t->city.anchors = certificates.anchors;
    t->city.log_key = certificates.log_key;
    t->city.log_origin = S("test.example/log");
    return ok();
}

/* ---- services ---- */

/* areas/<area>/services/<code>: two levels of folders. */
static result below(struct arena *a, const char *dir, const char *suffix, const char **list, size_t max, size_t *n)
{
    DIR *d = opendir(dir);
    if (!d) return ok();
    for (struct dirent *e; (e = readdir(d));) {
        const char *path = arena_cstr(a, arena_printf(a, "%s/%s%s", dir, e->d_name, suffix));
        if (e->d_name[0] != '.' && *n < max && access(path, R_OK) == 0) list[(*n)++] = path;
    }
    (void)closedir(d);
    return ok();
}

static int by_path(const void *x, const void *y)
{
    return strcmp(*(const char *const *)x, *(const char *const *)y);
}

result test_city_services(struct arena *a, struct service_files **out, size_t *n)
{
    enum { MAX_AREAS = 64, MAX_SERVICES = 2048 };
    const char **areas = NEW_ARRAY(a, const char *, MAX_AREAS), **entries = NEW_ARRAY(a, const char *, MAX_SERVICES);
    size_t nareas = 0, nentries = 0;
    TRY(below(a, test_city_source(a, "areas"), "/services", areas, MAX_AREAS, &nareas));
    for (size_t i = 0; i < nareas; i++) TRY(below(a, areas[i], "/service.json", entries, MAX_SERVICES, &nentries));
    nareas = 0;
    TRY(below(a, test_city_source(a, "areas"), "/decisions", areas, MAX_AREAS, &nareas));
    for (size_t i = 0; i < nareas; i++) TRY(below(a, areas[i], "/decision.json", entries, MAX_SERVICES, &nentries));
    if (nentries) qsort(entries, nentries, sizeof *entries, by_path);
    *out = NEW_ARRAY(a, struct service_files, nentries + 1);
    *n = nentries;
    for (size_t i = 0; i < nentries; i++) {
        struct slice path = slice_cstr(entries[i]);
        while (path.p[path.n - 1] != '/') path.n--;
        TRY(service_files_read(a, slice_sub(path, 0, path.n - 1), &(*out)[i]));
    }
    return ok();
}

static result install(struct test_city *t)
{
    struct service_files *folders;
    size_t n;
    TRY(test_city_services(t->a, &folders, &n));
    return catalogue_install(t->city.catalogue, t->a, folders, n, time_now(t->city.time));
}

/* ---- people ---- */

static result actors(struct test_city *t, const struct json *list, struct actor **out, size_t *n)
{
    *n = 0;
    *out = NEW_ARRAY(t->a, struct actor, (list ? list->n : 0) + 1);
    for (size_t i = 0; list && i < list->n; i++)
        TRY(actor_of_login(&t->city, t->a, json_string(list->items[i], "login"), &(*out)[(*n)++]));
    return ok();
}

static result people(struct test_city *t)
{
    TRY(actors(t, t->data->staff, &t->staff, &t->nstaff));
    TRY(actors(t, t->data->persons, &t->persons, &t->npersons));
    return actors(t, t->data->enterprises, &t->enterprises, &t->nenterprises);
}

const struct actor *test_city_actor(const struct test_city *t, struct slice login)
{
    const struct {
        const struct actor *list;
        size_t n;
    } all[] = {{t->staff, t->nstaff}, {t->persons, t->npersons}, {t->enterprises, t->nenterprises}};
    for (size_t k = 0; k < 3; k++)
        for (size_t i = 0; i < all[k].n; i++)
            if (slice_eq(all[k].list[i].login, login)) return &all[k].list[i];
    return NULL;
}

const struct actor *test_city_officer(const struct test_city *t, enum role role, struct slice department,
                                      struct slice town, const struct id *not_these, size_t n)
{
    for (size_t i = 0; i < t->nstaff; i++) {
        const struct actor *x = &t->staff[i];
        bool out = !actor_has_role(x, role, department, town);
        for (size_t k = 0; k < n; k++) out = out || id_eq(x->account, not_these[k]);
        if (!out) return x;
    }
    return NULL;
}

/* ---- opening ---- */

/* Several threads read it while the test moves it. */
static instant shown(void *ctx)
{
    return __atomic_load_n((const instant *)ctx, __ATOMIC_RELAXED);
}

result test_city_open(struct arena *a, struct store *s, const struct test_city_options *o, struct test_city **out)
{
    struct test_city *t = NEW(a, struct test_city);
    size_t made;
    *out = t;
    password_test_cost(true);
    t->a = a;
    t->city = (struct city){.a = a, .store = s, .areas = o->areas ? o->areas : &AREAS, .demo = true};
    t->city.time = time_system();
    if (o->clock) t->city.time = (struct time_source){shown, o->clock};
    t->city.code = S("441900");
    t->city.name_zh = S("东莞市");
    t->city.name_en = S("Dongguan");
    t->city.base_url = S("http://127.0.0.1:8080");
    t->city.data_dir = S("");
    t->city.events = events_new(a);
    TRY(calendar(t));
    TRY(letters(t));
    TRY(city_data(t));
    TRY(keys(t, o));
    TRY(city_migrate(t->city.store, t->a, &AREAS));
    TRY(catalogue_open(a, &t->city, t->data, &t->city.catalogue));
    if (!o->fresh) {
        TRY(catalogue_refresh(t->city.catalogue, a));
        return o->no_people ? ok() : people(t);
    }
    if (!o->no_services) TRY(install(t));
    TRY(identity_seed(&t->city, a, t->data, S(TEST_CITY_PASSWORD), time_now(t->city.time), &made));
    return people(t);
}
