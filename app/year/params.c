#include "app/year/year.h"

#include <math.h>
#include <stdlib.h>

static result wrong(struct arena *a, struct slice where, const char *place, const char *zh, const char *en)
{
    return fail(a, CODE_YEAR_PARAMETERS, arena_printf(a, "%.*s#%s", SLICE_ARG(where), place), "detail_zh",
                slice_cstr(zh), "detail_en", slice_cstr(en), NULL);
}

static bool share(const struct json *v)
{
    double x = json_double(v, 0);
    return x >= 0 && x <= 1;
}

static result check_rates(struct arena *a, struct slice where, const struct json *list)
{
    static const char *const SHARES[] = {"online", "withdrawn", "rejected", "corrected", "not_accepted", "stopped"};
    for (size_t i = 0; list && i < list->n; i++) {
        const struct json *x = list->items[i];
        const char *place = arena_cstr(a, arena_printf(a, "/services/%.*s", SLICE_ARG(list->keys[i])));
        if (x->type != JSON_OBJECT) return wrong(a, where, place, "应为对象", "is no object");
        if (json_double(json_get(x, "a_month"), 0) < 0 || json_double(json_get(x, "a_month"), 0) > 100000)
            return wrong(a, where, place, "a_month 应在 0 至 100000 之间", "a_month is from 0 to 100000");
        for (size_t k = 0; k < sizeof SHARES / sizeof *SHARES; k++)
            if (!share(json_get(x, SHARES[k])))
                return wrong(a, where, place, "占比应在 0 至 1 之间", "a share is from 0 to 1");
        if (json_double(json_get(x, "stopped"), 0) <= 0) continue;
        enum stop_cause cause;
        if (!stop_cause_scan(json_string(x, "stop_cause"), &cause) || json_int(x, "stop_days", 0) < 1 ||
            json_int(x, "stop_days", 0) > 365)
            return wrong(a, where, place, "stopped 须有法定事由 stop_cause 和 1 至 365 的 stop_days",
                         "stopped goes with a cause of the law, stop_cause, and stop_days from 1 to 365");
    }
    return ok();
}

static result check_days(struct arena *a, struct slice where, const struct json *list)
{
    for (size_t i = 0; list && i < list->n; i++) {
        const struct json *d = json_get(list->items[i], "days");
        const char *place = arena_cstr(a, arena_printf(a, "/departments/%.*s/days", SLICE_ARG(list->keys[i])));
        double sum = 0;
        for (size_t k = 0; d && k < d->n; k++) sum += json_double(d->items[k], -9);
        if (!d || d->n > YEAR_DAYS || fabs(sum - 1) > 1e-6)
            return wrong(a, where, place, "应为至多 8 个占比，合计为 1", "is at most 8 shares that add up to 1");
    }
    return ok();
}

result year_params_read(struct arena *a, struct slice text, struct slice where, struct year_params *out)
{
    *out = (struct year_params){.json = NULL};
    TRY(json_parse(a, text, 1 << 20, where, &out->json));
    const struct json *season = json_get(out->json, "season");
    out->seed = (uint64_t)json_int(out->json, "seed", 0);
    if (!out->seed) return wrong(a, where, "/seed", "应为正整数", "is a whole number above 0");
    if (!season || season->type != JSON_ARRAY || season->n != 12)
        return wrong(a, where, "/season", "应为 12 个数", "is 12 numbers");
    for (size_t i = 0; i < 12; i++) {
        out->season[i] = json_double(season->items[i], -1);
        if (!(out->season[i] >= 0 && out->season[i] <= 10))
            return wrong(a, where, "/season", "应在 0 至 10 之间", "is from 0 to 10");
    }
    if (!json_get(json_get(out->json, "departments"), "default"))
        return wrong(a, where, "/departments/default", "缺少", "is missing");
    TRY(check_rates(a, where, json_get(out->json, "services")));
    return check_days(a, where, json_get(out->json, "departments"));
}

struct year_rates year_rates(const struct year_params *p, struct slice service)
{
    const struct json *all = json_get(p->json, "services"), *own = json_get_slice(all, service);
    enum stop_cause cause = STOP_HEARING;
    if (!own) own = json_get(all, "default");
    (void)stop_cause_scan(json_string(own, "stop_cause"), &cause);
    return (struct year_rates){.a_month = json_double(json_get(own, "a_month"), 0),
                               .online = json_double(json_get(own, "online"), 1),
                               .withdrawn = json_double(json_get(own, "withdrawn"), 0),
                               .rejected = json_double(json_get(own, "rejected"), 0),
                               .corrected = json_double(json_get(own, "corrected"), 0),
                               .not_accepted = json_double(json_get(own, "not_accepted"), 0),
                               .stopped = json_double(json_get(own, "stopped"), 0),
                               .cause = cause,
                               .stop_days = json_int(own, "stop_days", 1),
                               .age_from = json_int(own, "age_from", 0),
                               .age_to = json_int(own, "age_to", 0)};
}

void year_days(const struct year_params *p, struct slice department, double out[YEAR_DAYS])
{
    const struct json *all = json_get(p->json, "departments"), *own = json_get_slice(all, department);
    const struct json *days = json_get(own ? own : json_get(all, "default"), "days");
    double sum = 0;
    for (size_t i = 0; i < YEAR_DAYS; i++) {
        sum += i < days->n ? json_double(days->items[i], 0) : 0;
        out[i] = sum;
    }
}

double year_number(const struct year_params *p, const char *pointer, double otherwise)
{
    return json_double(json_pointer(p->json, slice_cstr(pointer)), otherwise);
}
