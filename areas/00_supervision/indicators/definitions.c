#include "areas/00_supervision/indicators/indicators.h"

#include <math.h>
#include <stdlib.h>

static const char *const MEASURE_NAMES[MEASURES] = {"acts",   "workdays", "elapsed", "fee",
                                                    "papers", "visits",   "online",  "rating"};

/* Every fault is told, not only the first. */
struct reading {
    struct arena *a;
    struct definitions *d;
    result all;
    size_t faults;
};
#define FAULTS_MAX 50

static void wrong(struct reading *r, struct slice where, const char *zh, const char *en)
{
    if (r->faults++ < FAULTS_MAX)
        r->all = result_join(r->a, r->all,
                             fail(r->a, CODE_INDICATORS_DEFINITION, where, "detail_zh", slice_cstr(zh), "detail_en",
                                  slice_cstr(en), NULL));
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

static struct slice place(struct reading *r, const char *list, size_t i, const char *member)
{
    return arena_printf(r->a, "indicators.json#/%s/%zu%s%s", list, i, *member ? "/" : "", member);
}

static struct bitext words(struct reading *r, const struct json *v, const char *list, size_t i, const char *member)
{
    struct bitext t = bitext_of(json_get(v, member));
    if (!t.zh.n || !t.en.n) wrong(r, place(r, list, i, member), "须有中文和英文", "needs Chinese and English");
    return t;
}

static void read_component(struct reading *r, const struct json *v, size_t i)
{
    struct component *k = &r->d->components[i];
    struct slice measure = json_string(v, "measure"), better = json_string(v, "better");
    k->key = json_string(v, "key");
    if (!k->key.n) wrong(r, place(r, "components", i, "key"), "必须填写", "is required");
    if (component_find(r->d, k->key) != SIZE_MAX)
        wrong(r, place(r, "components", i, "key"), "与前面的重复", "is there already");
    k->name = words(r, v, "components", i, "name");
    k->unit = words(r, v, "components", i, "unit");
    k->formula = words(r, v, "components", i, "formula");
    k->more_is_better = slice_is(better, "more");
    if (!k->more_is_better && !slice_is(better, "less"))
        wrong(r, place(r, "components", i, "better"), "应为 more 或 less", "is more or less");
    r->d->ncomponents = i + 1;
    for (int m = 0; m < MEASURES; m++)
        if (slice_is(measure, MEASURE_NAMES[m])) {
            k->measure = (enum measure)m;
            return;
        }
    wrong(r, place(r, "components", i, "measure"),
          "应为 acts、workdays、elapsed、fee、papers、visits、online、rating 之一",
          "is one of acts, workdays, elapsed, fee, papers, visits, online, rating");
}

static const struct json *frontier_row(const struct definitions *d, struct slice id)
{
    const struct json *list = json_get(d->frontiers, "frontiers");
    for (size_t i = 0; list && i < list->n; i++)
        if (slice_eq(json_string(list->items[i], "id"), id)) return list->items[i];
    return NULL;
}

static void read_frontier(struct reading *r, struct scoring *s, struct slice component, struct slice id,
                          struct slice where)
{
    s->from = frontier_row(r->d, id);
    if (!s->from) {
        wrong(r, where, "frontiers.json 中没有这条前沿", "frontiers.json has no such frontier");
        return;
    }
    if (!slice_eq(json_string(s->from, "component"), component))
        wrong(r, where, "这条前沿属于另一项内容", "this frontier is of another component");
    s->frontier = (struct frontier){real(json_get(s->from, "best"), NAN), real(json_get(s->from, "worst"), NAN),
                                    real(json_get(s->from, "exponent"), 1)};
    double unused;
    if (!frontier_score(&s->frontier, s->frontier.best, &unused))
        wrong(r, arena_printf(r->a, "frontiers.json#%.*s", SLICE_ARG(id)),
              "best 与 worst 须为不相等的数，exponent 须大于 0",
              "best and worst are two different numbers, exponent is above 0");
}

static void add_scoring(struct reading *r, size_t at, struct slice component, const struct json *by)
{
    struct indicator *i = &r->d->indicators[at];
    struct slice where = place(r, "indicators", at, "scored");
    if (by->type == JSON_NULL) return;
    struct scoring s = {.component = component_find(r->d, component)};
    if (s.component == SIZE_MAX || i->nscored == SCORED_MAX) {
        wrong(r, where, "计分的内容不在 components 中", "scores what is no component");
        return;
    }
    s.by_cities = slice_is(by->text, "cities");
    if (!s.by_cities) read_frontier(r, &s, component, by->text, where);
    i->scored[i->nscored++] = s;
}

/* codes: an array of texts; or area: a number. */
static bool services_good(const struct json *v)
{
    const struct json *codes = json_get(v, "codes");
    if (!codes) return json_int(v, "area", -1) >= 0;
    for (size_t i = 0; i < codes->n; i++)
        if (codes->items[i]->type != JSON_STRING) return false;
    return codes->type == JSON_ARRAY;
}

static void read_indicator(struct reading *r, const struct json *general, const struct json *x, size_t i)
{
    static const char *const TIERS[] = {"short_board", "raise", "brand"};
    struct indicator *k = &r->d->indicators[i];
    bool tier = false;
    k->no = (int64_t)i + 1;
    if (json_int(x, "no", 0) != k->no)
        wrong(r, place(r, "indicators", i, "no"), "应为 1 至 18，按次序", "are 1 to 18, in order");
    k->name = words(r, x, "indicators", i, "name");
    k->tier = json_string(x, "tier");
    for (size_t t = 0; t < sizeof TIERS / sizeof *TIERS; t++) tier = tier || slice_is(k->tier, TIERS[t]);
    if (!tier)
        wrong(r, place(r, "indicators", i, "tier"), "应为 short_board、raise 或 brand",
              "is short_board, raise or brand");
    k->services = json_get(x, "services");
    if (!services_good(k->services))
        wrong(r, place(r, "indicators", i, "services"), "应为 {\"area\": 编号} 或 {\"codes\": [事项代码]}",
              "is {\"area\": number} or {\"codes\": [codes of services]}");
    /* its own `scored` goes before the general one */
    const struct json *both = json_merge(r->a, general, json_get(x, "scored"));
    for (size_t n = 0; both && n < both->n; n++) add_scoring(r, i, both->keys[n], both->items[n]);
}

static void read_numbers(struct reading *r, const struct json *v)
{
    const struct json *least = json_get(v, "least");
    struct definitions *d = r->d;
    d->rank_sought = json_int(v, "rank_sought", 15);
    d->group_sought = json_int(v, "group_sought", 10);
    d->raise_within = real(json_get(v, "raise_within"), 10);
    d->least_cases = json_int(least, "cases", 30);
    d->least_indicators = json_int(least, "indicators", 10);
    if (d->least_cases < 1 || d->least_indicators < 1 || d->least_indicators > INDICATORS)
        wrong(r, S("indicators.json#/least"), "cases 不小于 1，indicators 为 1 至 18",
              "cases is at least 1, indicators 1 to 18");
    if (d->rank_sought < 1 || d->group_sought < 1)
        wrong(r, S("indicators.json#/rank_sought"), "目标名次和个数不小于 1", "rank and number sought are at least 1");
    d->benchmark = json_string(json_get(v, "benchmark"), "city");
    d->benchmark_name = bitext_of(json_get(json_get(v, "benchmark"), "name"));
    if (!d->benchmark.n || !d->benchmark_name.zh.n)
        wrong(r, S("indicators.json#/benchmark"), "须有标杆城市的代码 city 和名称 name",
              "needs city (a code) and name");
}

static void read_all(struct reading *r, const struct json *v)
{
    const struct json *components = json_get(v, "components"), *indicators = json_get(v, "indicators");
    if (!components || !components->n || components->n > COMPONENTS_MAX)
        wrong(r, S("indicators.json#/components"), "须有 1 至 12 项内容", "has 1 to 12 components");
    if (!indicators || indicators->n != INDICATORS)
        wrong(r, S("indicators.json#/indicators"), "须有 18 个指标", "has 18 indicators");
    if (r->faults) return;
    for (size_t i = 0; i < components->n; i++) read_component(r, components->items[i], i);
    for (size_t i = 0; i < INDICATORS; i++) read_indicator(r, json_get(v, "scored"), indicators->items[i], i);
    read_numbers(r, v);
}

result definitions_parse(struct arena *a, struct slice indicators, struct slice frontiers,
                         const struct definitions **out)
{
    struct definitions *d = NEW(a, struct definitions);
    struct reading r = {.a = a, .d = d, .all = ok()};
    const struct json *v;
    if (!frontiers.n) frontiers = slice_cstr(FRONTIERS_JSON);
    if (!indicators.n) indicators = slice_cstr(INDICATORS_JSON);
    TRY(json_parse(a, frontiers, DEFINITIONS_MAX, S("frontiers.json"), &d->frontiers));
    TRY(json_parse(a, indicators, DEFINITIONS_MAX, S("indicators.json"), &v));
    read_all(&r, v);
    *out = d;
    return r.all;
}

result definitions_read(struct arena *a, const struct definitions **out)
{
    return definitions_parse(a, (struct slice){NULL, 0}, (struct slice){NULL, 0}, out);
}

result definitions_of(const struct city *c, struct arena *a, const struct definitions **out)
{
    return definitions_parse(a, c->indicators, c->frontiers, out);
}

/* Tickets that the city opens with itself are work, not what an enterprise asked for. */
static bool internal(const struct json *service)
{
    const struct json *list = json_get(service, "properties");
    for (size_t i = 0; list && i < list->n; i++)
        if (slice_is(list->items[i]->text, "internal")) return true;
    return false;
}

bool indicator_counts(const struct indicator *i, struct slice service, const struct json *service_json)
{
    const struct json *codes = json_get(i->services, "codes");
    if (internal(service_json)) return false;
    for (size_t k = 0; codes && k < codes->n; k++)
        if (slice_eq(codes->items[k]->text, service)) return true;
    int64_t area = json_int(i->services, "area", -1);
    return area >= 0 && json_int(service_json, "area", -2) == area;
}
