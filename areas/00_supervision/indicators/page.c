/* One indicator: its months, where they go, whether they broke, and what it is made of. */
#include "areas/00_supervision/indicators/board.h"

#include <math.h>

#include "engine/figures/trend.h"

enum { AHEAD = 3 };

static double bound(const struct component *k, bool upper)
{
    bool share = k->measure == MEASURE_ONLINE || k->measure == MEASURE_RATING;
    return !upper ? 0 : share ? 1 : NAN;
}

const struct json *forecast_json(struct arena *a, const struct component *k, struct series s, int64_t last)
{
    struct forecast f = forecast_of(s, AHEAD, bound(k, false), bound(k, true));
    struct json_builder o = json_builder(a), list = json_builder(a);
    for (size_t i = 0; i < f.n; i++) {
        struct json_builder x = json_builder(a);
        json_set_str(&x, "month", month_text(a, month_add(last, (int64_t)i + 1)));
        json_set(&x, "value", number_json(a, f.v[i], 4));
        json_add(&list, json_object(&x));
    }
    json_set_cstr(&o, "method", forecast_method_name(f.method));
    json_set(&o, "values", json_array(&list));
    json_set(&o, "error", f.method == FORECAST_NONE ? json_null() : number_json(a, f.error, 4));
    json_set_int(&o, "tested", (int64_t)f.tested);
    return json_object(&o);
}

const struct json *alarm_json(struct arena *a, struct series s, int64_t first)
{
    struct alarm x = alarm_of(s);
    struct json_builder o = json_builder(a);
    json_set_bool(&o, "tested", x.tested);
    json_set_bool(&o, "broken", x.broken);
    json_set(&o, "month", x.tested ? json_of_string(a, month_text(a, month_add(first, (int64_t)x.at))) : json_null());
    json_set(&o, "median", x.tested ? number_json(a, x.median, 4) : json_null());
    json_set(&o, "z", x.tested ? number_json(a, x.z, 2) : json_null());
    return json_object(&o);
}

size_t series_closed(int64_t first, size_t n, instant now)
{
    struct civil t = civil_of_instant(now);
    int64_t closed = months_between((struct period){first, month_add(t.year * 100 + t.month, -1)});
    return closed < 0 ? 0 : (size_t)closed < n ? (size_t)closed : n;
}

/* The running month is not over: it is shown, but neither foretold from nor judged. */
static struct series series_of(struct arena *a, const struct component *k, const struct groups *g, int64_t first,
                               size_t n)
{
    double *v = NEW_ARRAY(a, double, n + 1);
    for (size_t i = 0; i < n; i++) v[i] = NAN;
    for (size_t i = 0; i < g->n; i++) {
        int64_t at = months_between((struct period){first, g->list[i].month}) - 1;
        if (at >= 0 && (size_t)at < n) v[at] = tally_value(&g->list[i].t, k->measure);
    }
    return (struct series){v, n};
}

static const struct json *values_json(struct arena *a, const struct definitions *d, const struct tally *t)
{
    struct json_builder o = json_builder(a);
    for (size_t k = 0; k < d->ncomponents; k++)
        json_set_slice(&o, d->components[k].key, number_json(a, tally_value(t, d->components[k].measure), 4));
    return json_object(&o);
}

static const struct json *months_json(struct arena *a, const struct definitions *d, const struct groups *g)
{
    struct json_builder list = json_builder(a);
    for (size_t i = 0; i < g->n; i++) {
        struct json_builder o = json_builder(a);
        json_set_str(&o, "month", month_text(a, g->list[i].month));
        json_set_int(&o, "cases", g->list[i].t.n);
        json_set_int(&o, "late", g->list[i].t.late);
        json_set(&o, "values", values_json(a, d, &g->list[i].t));
        json_add(&list, json_object(&o));
    }
    return json_array(&list);
}

static const struct json *named(struct city *c, struct arena *a, enum grouping by, struct slice code)
{
    const struct citydata *d = catalogue_data(c->catalogue);
    struct json_builder o = json_builder(a);
    const struct service *s;
    const struct town *t = citydata_town(d, code);
    if (by == BY_DEPARTMENT) return citydata_department_json(a, d, code);
    struct bitext name = {code, code};
    if (by == BY_TOWN && t) name = t->name;
    if (by == BY_SERVICE && !failed(catalogue_current(c->catalogue, a, code, &s))) name = service_name(s);
    json_set_str(&o, "code", code);
    json_set(&o, "name", bitext_json(a, name));
    return json_object(&o);
}

static result groups_json(struct city *c, struct arena *a, const struct definitions *d, const struct indicator *i,
                          struct period p, enum grouping by, struct json_builder *to, const char *key)
{
    static const char *const WHAT[] = {"", "month", "service", "department", "town"};
    struct groups g;
    struct json_builder list = json_builder(a);
    TRY(figures_of(c, a, i, p, by, &g));
    for (size_t k = 0; k < g.n; k++) {
        struct json_builder o = json_builder(a);
        json_set(&o, WHAT[by], named(c, a, by, g.list[k].key));
        json_set_int(&o, "cases", g.list[k].t.n);
        json_set_int(&o, "late", g.list[k].t.late);
        json_set(&o, "values", values_json(a, d, &g.list[k].t));
        json_add(&list, json_object(&o));
    }
    json_set(to, key, json_array(&list));
    return ok();
}

static result set_components(struct city *c, struct arena *a, const struct definitions *d, const struct indicator *i,
                             struct period p, instant now, struct json_builder *o)
{
    struct groups all, months;
    struct json_builder list = json_builder(a);
    struct civil t = civil_of_instant(now);
    int64_t running = t.year * 100 + t.month, last = p.to < running ? p.to : month_add(running, -1);
    int64_t first = month_add(last, 1 - SERIES_MONTHS);
    struct period known = {first, last};
    TRY(figures_of(c, a, i, p, BY_NOTHING, &all));
    TRY(figures_of(c, a, i, known, BY_MONTH, &months));
    json_set_int(o, "cases", all.list[0].t.n);
    json_set_int(o, "late", all.list[0].t.late);
    json_set_bool(o, "no_data", all.list[0].t.n == 0);
    for (size_t k = 0; k < d->ncomponents; k++) {
        struct json_builder x = json_builder(a);
        struct series s = series_of(a, &d->components[k], &months, first, SERIES_MONTHS);
        json_set(&x, "forecast", forecast_json(a, &d->components[k], s, last));
        json_set(&x, "alarm", alarm_json(a, s, first));
        json_add(&list, json_merge(a, component_json(a, &d->components[k], &all.list[0].t), json_object(&x)));
    }
    json_set(o, "components", json_array(&list));
    return ok();
}

result indicator_page(struct city *c, struct arena *a, int64_t no, struct period p, instant now,
                      const struct json **out)
{
    const struct definitions *d;
    struct groups months;
    struct json_builder o = json_builder(a);
    TRY(definitions_of(c, a, &d));
    const struct indicator *i = indicator_find(d, no);
    if (!i) return fail(a, CODE_NOT_FOUND, S("indicator"), "value", arena_printf(a, "%lld", (long long)no), NULL);
    json_set_int(&o, "no", i->no);
    json_set(&o, "name", bitext_json(a, i->name));
    json_set_str(&o, "tier", i->tier);
    json_set(&o, "services", i->services);
    json_set_str(&o, "from", month_text(a, p.from));
    json_set_str(&o, "to", month_text(a, p.to));
    json_set_str(&o, "at", instant_text(a, now));
    TRY(set_components(c, a, d, i, p, now, &o));
    TRY(figures_of(c, a, i, p, BY_MONTH, &months));
    json_set(&o, "months", months_json(a, d, &months));
    TRY(groups_json(c, a, d, i, p, BY_SERVICE, &o, "by_service"));
    TRY(groups_json(c, a, d, i, p, BY_DEPARTMENT, &o, "by_department"));
    TRY(groups_json(c, a, d, i, p, BY_TOWN, &o, "by_town"));
    *out = json_object(&o);
    return ok();
}
