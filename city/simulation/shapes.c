/* Kinds of applications: forms of the service's own scenarios, which are made up; the more scenarios file one, the more often it comes. */
#include "city/simulation/internal.h"

enum { SHAPES_MOST = 64 };

const struct json *form_dates_moved(struct arena *a, const struct json *v, int64_t days)
{
    day d;
    struct json_builder b = json_builder(a);
    if (!v) return NULL;
    if (v->type == JSON_STRING && day_scan(v->text, &d)) return json_of_string(a, day_text(a, d + (day)days));
    if (v->type != JSON_ARRAY && v->type != JSON_OBJECT) return v;
    for (size_t i = 0; i < v->n; i++) {
        bool birth = v->type == JSON_OBJECT && slice_search(v->keys[i], S("birth")) != SIZE_MAX;
        const struct json *x = birth ? v->items[i] : form_dates_moved(a, v->items[i], days);
        if (v->type == JSON_OBJECT)
            json_set_slice(&b, v->keys[i], x);
        else
            json_add(&b, x);
    }
    return v->type == JSON_OBJECT ? json_object(&b) : json_array(&b);
}

struct shapes {
    struct city *city;
    struct arena *a;
    const struct service *s;
    struct sim_shape list[SHAPES_MOST];
    size_t n;
};

/* The facts of the demonstration city's made-up person or enterprise of that login. */
static const struct json *applicant_of(const struct shapes *x, struct slice login)
{
    const struct citydata *d = catalogue_data(x->city->catalogue);
    const struct json *lists[] = {d->persons, d->enterprises};
    struct json_builder b = json_builder(x->a);
    for (size_t i = 0; i < 2; i++)
        for (size_t k = 0; lists[i] && k < lists[i]->n; k++) {
            const struct json *p = lists[i]->items[k];
            if (!slice_eq(json_string(p, "login"), login)) continue;
            json_set_cstr(&b, "kind", i == 0 ? "person" : "enterprise");
            json_set_str(&b, "name", json_string(p, "name"));
            if (json_get(p, "id_number")) json_set_str(&b, "id_number", json_string(p, "id_number"));
            if (json_get(p, "uscc")) json_set_str(&b, "uscc", json_string(p, "uscc"));
            return json_merge(x->a, json_get(p, "facts"), json_object(&b));
        }
    json_set_cstr(&b, "kind", "person");
    return json_object(&b);
}

static const struct json *parts_of(const struct shapes *x, const struct json *given)
{
    struct json_builder all = json_builder(x->a);
    const struct service_step *steps;
    size_t n = service_steps(x->s, &steps);
    if (given) return given;
    for (size_t i = 0; i < n; i++) json_add(&all, json_of_string(x->a, steps[i].key));
    return json_array(&all);
}

static const struct json *vars_of(const struct shapes *x, const struct json *form, const struct json *parts,
                                  struct slice login, struct slice town)
{
    struct json_builder b = json_builder(x->a);
    const struct citydata *d = catalogue_data(x->city->catalogue);
    json_set(&b, "form", form ? form : json_null());
    json_set(&b, "applicant", applicant_of(x, login));
    json_set_str(&b, "town", town.n ? town : d->ntowns ? d->towns[0].code : S(""));
    json_set_cstr(&b, "channel", "online");
    json_set_cstr(&b, "case_number", "simulation");
    json_set(&b, "parts", parts_of(x, parts));
    return json_object(&b);
}

static void shape_add(struct shapes *x, struct slice name, const struct json *vars)
{
    for (size_t i = 0; i < x->n; i++)
        if (json_equal(x->list[i].vars, vars)) {
            x->list[i].share++;
            return;
        }
    for (size_t i = 0; i < x->n; i++)
        if (slice_eq(x->list[i].name, name)) name = arena_printf(x->a, "%.*s_%zu", SLICE_ARG(name), x->n + 1);
    if (x->n < SHAPES_MOST) x->list[x->n++] = (struct sim_shape){name, 1, vars};
}

static void scenario_shapes(struct shapes *x, struct slice stem, const struct json *scenario)
{
    const struct json *steps = json_get(scenario, "steps");
    for (size_t i = 0; steps && i < steps->n; i++) {
        const struct json *v = steps->items[i];
        bool own = slice_is(json_string(v, "do"), "file") && !json_get(v, "refused") && !json_get(v, "service");
        if (!own || !json_get(v, "data")) continue;
        shape_add(x, stem,
                  vars_of(x, json_get(v, "data"), json_get(v, "parts"), json_string(v, "as"), json_string(v, "town")));
    }
}

result shapes_of(struct city *c, struct arena *a, const struct service *s, struct sim_shape **out, size_t *n,
                 const char **from)
{
    struct shapes *x = NEW(a, struct shapes);
    struct service_files f = service_folder(s);
    *x = (struct shapes){.city = c, .a = a, .s = s};
    /* the one in which all goes well gives its name to what several file */
    for (int round = 0; round < 2; round++)
        for (size_t i = 0; i < f.n; i++) {
            const struct json *v;
            struct slice path = f.list[i].path, folder = S("scenarios/"), end = S(".json");
            if (!slice_starts(path, folder) || !slice_ends(path, end) || path.n <= folder.n + end.n) continue;
            struct slice stem = slice_sub(path, folder.n, path.n - folder.n - end.n);
            if ((slice_is(stem, "whole") || slice_is(stem, "granted")) != (round == 0)) continue;
            TRY(json_parse(a, f.list[i].bytes, 1 << 20, path, &v));
            scenario_shapes(x, stem, v);
        }
    *from = "scenarios";
    if (!x->n) {
        *from = "schema";
        shape_add(x, S("schema"),
                  vars_of(x, sim_sample(a, service_form_json(s), true), NULL, (struct slice){NULL, 0},
                          (struct slice){NULL, 0}));
    }
    *out = x->list;
    *n = x->n;
    return ok();
}
