/* What came of the runs, as JSON. Times: minutes of office time for waits and work, hours by the clock for how long a step took. */
#include "city/simulation/internal.h"

enum { M_WORKDAYS, M_P90, M_LATE, M_STATUTORY, M_OPEN, M_WAIT };
static const char *const MEASURE_NAMES[MEASURES] = {"workdays", "p90", "late", "late_statutory", "open", "wait"};
enum { DAYS_SHOWN = 31 };

static double ratio(double x, double y)
{
    return y > 0 ? x / y : 0;
}

void measure_take(const struct sim_result *r, struct measure *out)
{
    double waits = 0;
    for (size_t i = 0; i < r->nsteps; i++) {
        const struct sim_step_result *s = &r->steps_[i];
        waits += (double)s->wait_office;
        if (i < MEASURE_STEPS) out->step_wait[i] = ratio((double)s->wait_office / (double)MS_MINUTE, (double)s->wait.n);
    }
    for (size_t i = 0; i < r->ngroups && i < MEASURE_GROUPS; i++)
        out->group_busy[i] = ratio((double)r->groups[i].busy_ms, (double)r->groups[i].there_ms);
    out->value[M_WORKDAYS] = ratio((double)r->workdays.sum, (double)r->workdays.n);
    out->value[M_P90] = (double)histogram_at(&r->workdays, 0.9);
    out->value[M_LATE] = ratio((double)r->late_promised, (double)r->clocks);
    out->value[M_STATUTORY] = ratio((double)r->late_statutory, (double)r->clocks);
    out->value[M_OPEN] = (double)r->open;
    out->value[M_WAIT] = ratio(waits / (double)MS_MINUTE, (double)r->arrived);
}

struct writing {
    struct arena *a;
    const struct simulation *s;
    const struct citydata *names;
    const struct variant_runs *v, *base;
    size_t n; /* repetitions */
};

static const struct json *mean_json(struct arena *a, struct sim_mean m, int decimals)
{
    struct json_builder b = json_builder(a);
    json_set_double(&b, "mean", m.mean, decimals);
    if (m.half >= 0)
        json_set_double(&b, "half", m.half, decimals);
    else
        json_set(&b, "half", json_null());
    return json_object(&b);
}

static const struct json *measure_json(const struct writing *w, size_t which, const struct variant_runs *less)
{
    double *list = NEW_ARRAY(w->a, double, w->n + 1);
    for (size_t i = 0; i < w->n; i++)
        list[i] = w->v->measures[i].value[which] - (less ? less->measures[i].value[which] : 0);
    return mean_json(w->a, sim_mean(list, w->n), 5);
}

/* Of seconds, in the unit of so many of them. */
static const struct json *quantiles(const struct writing *w, const struct histogram *h, double unit)
{
    struct json_builder b = json_builder(w->a);
    json_set_double(&b, "mean", ratio((double)h->sum, (double)h->n) / unit, 2);
    json_set_double(&b, "p50", (double)histogram_at(h, 0.5) / unit, 2);
    json_set_double(&b, "p90", (double)histogram_at(h, 0.9) / unit, 2);
    json_set_double(&b, "p99", (double)histogram_at(h, 0.99) / unit, 2);
    json_set_double(&b, "most", (double)h->most / unit, 2);
    return json_object(&b);
}

static const struct json *step_json(const struct writing *w, size_t i, double all_waits)
{
    const struct sim_element *e = &w->v->v->plan.elements[i];
    const struct sim_step_result *r = &w->v->sum->steps_[i];
    struct json_builder b = json_builder(w->a);
    const struct json *told = json_get_slice(json_get(w->s->parameters, "steps"), e->key),
                      *observed = json_get(told, "observed");
    double runs = (double)w->n, *waits = NEW_ARRAY(w->a, double, w->n + 1);
    struct slice name = e->node->name.n ? e->node->name : e->node->id;
    for (size_t k = 0; k < w->n && i < MEASURE_STEPS; k++) waits[k] = w->v->measures[k].step_wait[i];
    json_set_str(&b, "key", e->key);
    json_set(&b, "name", bitext_json(w->a, (struct bitext){name, e->node->name_en.n ? e->node->name_en : name}));
    json_set_cstr(&b, "kind",
                  e->kind == SIM_OFFICER     ? "officer"
                  : e->kind == SIM_APPLICANT ? "applicant"
                  : e->kind == SIM_VERB      ? "verb"
                                             : "event");
    if (json_get(told, "department")) json_set_str(&b, "department", json_string(told, "department"));
    if (e->dropped) json_set_bool(&b, "dropped", true);
    if (e->beside != SIM_NONE) json_set_str(&b, "beside", w->v->v->plan.elements[e->beside].key);
    json_set_double(&b, "opened", (double)r->opened / runs, 1);
    json_set_double(&b, "done", (double)r->done / runs, 1);
    json_set_double(&b, "cancelled", (double)r->cancelled / runs, 1);
    json_set_double(&b, "open", (double)r->open / runs, 1);
    json_set_double(&b, "late", (double)r->late_promised / runs, 2);
    json_set_double(&b, "late_statutory", (double)r->late_statutory / runs, 2);
    json_set(&b, "took", quantiles(w, &r->took, 3600));
    if (observed) json_set(&b, "observed", observed);
    if (e->kind != SIM_OFFICER) return json_object(&b);
    json_set(&b, "wait", quantiles(w, &r->wait, 60));
    json_set(&b, "wait_interval", mean_json(w->a, sim_mean(waits, w->n), 2));
    json_set_double(&b, "work", ratio((double)r->work_ms / (double)MS_MINUTE, (double)r->done), 2);
    json_set_double(&b, "queue_mean", (double)r->area_ms / ((double)w->v->sum->days * (double)MS_DAY * runs), 3);
    json_set_int(&b, "queue_most", r->most);
    json_set_double(&b, "share_of_wait", ratio((double)r->wait_office, all_waits), 4);
    return json_object(&b);
}

static double waits_of(const struct sim_result *r)
{
    double sum = 0;
    for (size_t i = 0; i < r->nsteps; i++) sum += (double)r->steps_[i].wait_office;
    return sum;
}

static const struct json *steps_json(const struct writing *w)
{
    struct json_builder b = json_builder(w->a);
    const struct sim_result *r = w->v->sum;
    for (size_t i = 0; i < r->nsteps; i++)
        if (r->steps_[i].opened) json_add(&b, step_json(w, i, waits_of(r)));
    return json_array(&b);
}

static const struct json *group_json(const struct writing *w, size_t i)
{
    const struct sim_group *g = &w->v->v->plan.groups[i];
    const struct sim_group_result *r = &w->v->sum->groups[i];
    const struct department *d = citydata_department(w->names, g->code);
    struct json_builder b = json_builder(w->a), months = json_builder(w->a), queue = json_builder(w->a);
    double *busy = NEW_ARRAY(w->a, double, w->n + 1);
    for (size_t k = 0; k < w->n && i < MEASURE_GROUPS; k++) busy[k] = w->v->measures[k].group_busy[i];
    for (int m = 0; m < 12; m++)
        json_add(&months, json_of_double(w->a, ratio((double)r->month_busy[m], (double)r->month_there[m]), 4));
    for (int32_t k = 0; k < w->v->sum->days; k++)
        json_add(&queue, json_of_double(w->a, (double)r->queue[k] / (double)MS_DAY / (double)w->n, 2));
    json_set_str(&b, "code", g->code);
    json_set(&b, "name", bitext_json(w->a, d ? d->name : (struct bitext){g->code, g->code}));
    json_set_int(&b, "officers", g->officers);
    json_set(&b, "busy", mean_json(w->a, sim_mean(busy, w->n), 4));
    json_set_double(&b, "hours", (double)r->busy_ms / (double)MS_HOUR / (double)w->n, 1);
    json_set(&b, "months", json_array(&months));
    json_set(&b, "queue", json_array(&queue)); /* mean length on each day of the year */
    json_set_int(&b, "queue_most", r->most);
    return json_object(&b);
}

/* Where most of the waiting is. */
static const struct json *bottleneck_json(const struct writing *w)
{
    const struct sim_result *r = w->v->sum;
    struct json_builder b = json_builder(w->a);
    size_t worst = 0;
    for (size_t i = 0; i < r->nsteps; i++)
        if (r->steps_[i].wait_office > r->steps_[worst].wait_office) worst = i;
    if (!r->nsteps || !r->steps_[worst].wait_office) return json_null();
    const struct sim_element *e = &w->v->v->plan.elements[worst];
    const struct json *told = json_get_slice(json_get(w->s->parameters, "steps"), e->key);
    struct slice name = e->node->name.n ? e->node->name : e->node->id;
    json_set_str(&b, "step", e->key);
    json_set(&b, "name", bitext_json(w->a, (struct bitext){name, e->node->name_en.n ? e->node->name_en : name}));
    if (json_get(told, "department")) json_set_str(&b, "department", json_string(told, "department"));
    json_set_double(&b, "share", ratio((double)r->steps_[worst].wait_office, waits_of(r)), 4);
    return json_object(&b);
}

static size_t by_name(const struct sim_result *r, size_t *order)
{
    for (size_t i = 0; i < r->noutcomes; i++) {
        size_t k = i;
        for (; k > 0 && slice_cmp(r->outcomes[order[k - 1]].name, r->outcomes[i].name) > 0; k--)
            order[k] = order[k - 1];
        order[k] = i;
    }
    return r->noutcomes;
}

/* Of causes that occurred: how often in a year, and days by the clock. */
static const struct json *stops_json(const struct writing *w)
{
    struct json_builder list = json_builder(w->a);
    for (int i = 0; i < STOP_CAUSES; i++) {
        struct json_builder b = json_builder(w->a);
        double n = (double)w->v->sum->stops[i].n;
        if (n <= 0) continue;
        json_set_cstr(&b, "cause", stop_cause_name((enum stop_cause)i));
        json_set(
            &b, "name",
            bitext_json(w->a, (struct bitext){stop_cause_zh((enum stop_cause)i), stop_cause_en((enum stop_cause)i)}));
        json_set_double(&b, "n", n / (double)w->n, 1);
        json_set_double(&b, "days", (double)w->v->sum->stops[i].ms / n / (double)MS_DAY, 2);
        json_add(&list, json_object(&b));
    }
    return json_array(&list);
}

static void cases_json(const struct writing *w, struct json_builder *b)
{
    const struct sim_result *r = w->v->sum;
    struct json_builder outcomes = json_builder(w->a), days = json_builder(w->a), months = json_builder(w->a);
    size_t order[SIM_OUTCOMES];
    double runs = (double)w->n;
    json_set_double(b, "arrived", (double)r->arrived / runs, 1);
    json_set_double(b, "ended", (double)r->ended / runs, 1);
    json_set_double(b, "withdrawn", (double)r->withdrawn / runs, 1);
    json_set_double(b, "open", (double)r->open / runs, 1);
    json_set_double(b, "incidents", (double)r->incidents / runs, 1);
    for (size_t i = 0, n = by_name(r, order); i < n; i++) {
        struct json_builder o = json_builder(w->a);
        json_set_str(&o, "outcome", r->outcomes[order[i]].name);
        json_set_double(&o, "n", (double)r->outcomes[order[i]].n / runs, 1);
        json_add(&outcomes, json_object(&o));
    }
    json_set(b, "outcomes", json_array(&outcomes));
    for (int i = 0; i < 12; i++) json_add(&months, json_of_double(w->a, (double)r->months[i] / runs, 1));
    json_set(b, "months", json_array(&months));
    struct json_builder d = json_builder(w->a);
    int64_t rest = r->workdays.n;
    for (unsigned i = 0; i + 1 < DAYS_SHOWN; i++) {
        rest -= r->workdays.slots[i];
        json_add(&days, json_of_double(w->a, (double)r->workdays.slots[i] / runs, 1));
    }
    json_add(&days, json_of_double(w->a, (double)rest / runs, 1)); /* 30 and more */
    json_set_int(&d, "p50", histogram_at(&r->workdays, 0.5));
    json_set_int(&d, "p90", histogram_at(&r->workdays, 0.9));
    json_set_int(&d, "p99", histogram_at(&r->workdays, 0.99));
    json_set_int(&d, "most", r->workdays.most);
    json_set(&d, "counts", json_array(&days));
    json_set(b, "days", json_object(&d));
    json_set(b, "stay", quantiles(w, &r->stay, 3600));
    json_set(b, "stops", stops_json(w));
}

static const struct json *limit_json(struct arena *a, const struct limit *l)
{
    static const char *const UNITS[] = {"working_day", "calendar_day", "hour", "working_hour"};
    struct json_builder b = json_builder(a);
    if (!l->n) return json_null();
    json_set_int(&b, "n", l->n);
    json_set_cstr(&b, "unit", UNITS[l->unit]);
    return json_object(&b);
}

static const struct json *variant_json(const struct writing *w)
{
    struct json_builder b = json_builder(w->a), groups = json_builder(w->a), measures = json_builder(w->a),
                        difference = json_builder(w->a);
    const struct sim_plan *p = &w->v->v->plan;
    json_set_str(&b, "name", w->v->v->name);
    if (w->v->v->change) json_set(&b, "change", w->v->v->change);
    json_set_str(&b, "hash", service_hash(w->v->v->service));
    json_set(&b, "promised", limit_json(w->a, &p->promised));
    json_set(&b, "statutory", limit_json(w->a, &p->statutory));
    cases_json(w, &b);
    for (size_t i = 0; i < MEASURES; i++) {
        json_set(&measures, MEASURE_NAMES[i], measure_json(w, i, NULL));
        if (w->v != w->base) json_set(&difference, MEASURE_NAMES[i], measure_json(w, i, w->base));
    }
    json_set(&b, "measures", json_object(&measures));
    if (w->v != w->base) json_set(&b, "difference", json_object(&difference));
    json_set(&b, "steps", steps_json(w));
    for (size_t i = 0; i < p->ngroups; i++) json_add(&groups, group_json(w, i));
    json_set(&b, "groups", json_array(&groups));
    json_set(&b, "bottleneck", bottleneck_json(w));
    return json_object(&b);
}

const struct json *report_json(struct arena *a, const struct simulation *s, const struct citydata *names,
                               const struct variant_runs *runs)
{
    struct json_builder b = json_builder(a), variants = json_builder(a);
    const struct sim_plan *p = &s->variants[0].plan;
    for (size_t i = 0; i < s->nvariants; i++) {
        struct writing w = {.a = a, .s = s, .names = names, .v = &runs[i], .base = runs, .n = (size_t)s->repetitions};
        json_add(&variants, variant_json(&w));
    }
    json_set_str(&b, "from", day_text(a, p->from));
    json_set_str(&b, "to", day_text(a, p->to - 1));
    json_set_int(&b, "repetitions", s->repetitions);
    json_set_bool(&b, "calendar_known",
                  calendar_covers(p->env.calendar, civil_of_instant(instant_of_day(p->from)).year));
    json_set(&b, "variants", json_array(&variants));
    return json_object(&b);
}
