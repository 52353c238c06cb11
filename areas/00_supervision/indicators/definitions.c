#include "areas/00_supervision/indicators/indicators.h"

#include <math.h>
#include <stdlib.h>

static const char *const MEASURE_NAMES[MEASURES] = {"acts",   "workdays", "elapsed", "fee",
                                                    "papers", "visits",   "online",  "rating"};

static result wrong(struct arena *a, struct slice where)
{
    return fail(a, CODE_INTERNAL, S("data/indicators"), "detail", where, NULL);
}

static double real(const struct json *v, double otherwise)
{
    char text[64];
    if (!v || v->type != JSON_NUMBER || v->text.n >= sizeof text) return otherwise;
    memcpy(text, v->text.p, v->text.n);
    text[v->text.n] = 0;
    return strtod(text, NULL);
}

size_t component_find(const struct definitions *d, struct slice key)
{
    for (size_t i = 0; i < d->ncomponents; i++)
        if (slice_eq(d->components[i].key, key)) return i;
    return SIZE_MAX;
}

const struct indicator *indicator_find(const struct definitions *d, int64_t no)
{
    return no >= 1 && no <= INDICATORS ? &d->indicators[no - 1] : NULL;
}

static result read_component(struct arena *a, const struct json *v, struct component *k)
{
    struct slice measure = json_string(v, "measure");
    k->key = json_string(v, "key");
    k->name = bitext_of(json_get(v, "name"));
    k->unit = bitext_of(json_get(v, "unit"));
    k->formula = bitext_of(json_get(v, "formula"));
    k->more_is_better = slice_is(json_string(v, "better"), "more");
    for (int m = 0; m < MEASURES; m++)
        if (slice_is(measure, MEASURE_NAMES[m])) {
            k->measure = (enum measure)m;
            return k->key.n && k->formula.zh.n ? ok() : wrong(a, S("components"));
        }
    return wrong(a, measure);
}

static const struct json *frontier_row(const struct definitions *d, struct slice id)
{
    const struct json *list = json_get(d->frontiers, "frontiers");
    for (size_t i = 0; list && i < list->n; i++)
        if (slice_eq(json_string(list->items[i], "id"), id)) return list->items[i];
    return NULL;
}

static result add_scoring(struct arena *a, const struct definitions *d, struct indicator *i, struct slice component,
                          const struct json *by)
{
    if (by->type == JSON_NULL) return ok();
    struct scoring s = {.component = component_find(d, component)};
    if (s.component == SIZE_MAX || i->nscored == SCORED_MAX) return wrong(a, component);
    s.by_cities = slice_is(by->text, "cities");
    if (!s.by_cities) {
        s.from = frontier_row(d, by->text);
        if (!s.from || !slice_eq(json_string(s.from, "component"), component)) return wrong(a, by->text);
        s.frontier = (struct frontier){real(json_get(s.from, "best"), NAN), real(json_get(s.from, "worst"), NAN),
                                       real(json_get(s.from, "exponent"), 1)};
    }
    i->scored[i->nscored++] = s;
    return ok();
}

/* Its own `scored` goes before the general one. */
static result read_scored(struct arena *a, const struct definitions *d, const struct json *general,
                          const struct json *own, struct indicator *i)
{
    const struct json *both = json_merge(a, general, own);
    for (size_t k = 0; k < both->n; k++) TRY(add_scoring(a, d, i, both->keys[k], both->items[k]));
    return ok();
}

static result read_all(struct arena *a, const struct json *v, struct definitions *d)
{
    const struct json *components = json_get(v, "components"), *indicators = json_get(v, "indicators");
    if (!components || components->n > COMPONENTS_MAX || !indicators || indicators->n != INDICATORS)
        return wrong(a, S("indicators.json"));
    for (size_t i = 0; i < components->n; i++) TRY(read_component(a, components->items[i], &d->components[i]));
    d->ncomponents = components->n;
    for (size_t i = 0; i < INDICATORS; i++) {
        const struct json *x = indicators->items[i];
        struct indicator *k = &d->indicators[i];
        k->no = json_int(x, "no", 0);
        k->name = bitext_of(json_get(x, "name"));
        k->tier = json_string(x, "tier");
        k->services = json_get(x, "services");
        if (k->no != (int64_t)i + 1 || !k->services) return wrong(a, S("indicators.json#/indicators"));
        TRY(read_scored(a, d, json_get(v, "scored"), json_get(x, "scored"), k));
    }
    d->rank_sought = json_int(v, "rank_sought", 15);
    d->group_sought = json_int(v, "group_sought", 10);
    d->raise_within = real(json_get(v, "raise_within"), 10);
    d->benchmark = json_string(json_get(v, "benchmark"), "city");
    d->benchmark_name = bitext_of(json_get(json_get(v, "benchmark"), "name"));
    return ok();
}

result definitions_read(struct arena *a, const struct definitions **out)
{
    struct definitions *d = NEW(a, struct definitions);
    const struct json *v;
    TRY(json_parse(a, slice_cstr(FRONTIERS_JSON), 1 << 20, S("frontiers.json"), &d->frontiers));
    TRY(json_parse(a, slice_cstr(INDICATORS_JSON), 1 << 20, S("indicators.json"), &v));
    TRY(read_all(a, v, d));
    *out = d;
    return ok();
}

bool indicator_counts(const struct indicator *i, struct slice service, const struct json *service_json)
{
    const struct json *codes = json_get(i->services, "codes");
    for (size_t k = 0; codes && k < codes->n; k++)
        if (slice_eq(codes->items[k]->text, service)) return true;
    int64_t area = json_int(i->services, "area", -1);
    return area >= 0 && json_int(service_json, "area", -2) == area;
}
