/* What is known of a service by itself: its elements with the times and outcomes they have by default, its staff, its shapes. */
#include "city/simulation/internal.h"

/* Stated on the page and in docs/designers/simulation.md, for every value that nobody has measured. */
static const double TASK_MINUTES = 20, TASK_CV = 1, APPLICANT_HOURS = 8, JOB_SECONDS = 5, EVENT_HOURS = 8, AWAY = 0.05,
                    CASES_A_MONTH = 100, ANSWER_DAYS = 3, PATIENCE_DAYS = 1, STOP_DAYS = 20;
enum { OFFICERS = 2 };

const struct json *source_json(struct arena *a, const char *from, int64_t n)
{
    struct json_builder b = json_builder(a);
    json_set_cstr(&b, "from", from);
    if (n) json_set_int(&b, "n", n);
    return json_object(&b);
}

struct slice element_step(const struct known_service *k, const struct sim_element *e)
{
    if (e->node->step.n) return e->node->step;
    return service_step_find(k->s, process_id(e->model)) ? process_id(e->model) : (struct slice){NULL, 0};
}

struct slice element_department(const struct known_service *k, const struct sim_element *e)
{
    struct slice d = e->node->department;
    return d.n && d.p[0] != '{' ? d : service_department(k->s);
}

size_t elements_marked(const struct known_service *k, struct slice key, size_t *list, size_t most)
{
    size_t n = 0, one = sim_element_find(k->elements, k->n, key);
    if (one != SIM_NONE && k->elements[one].kind == SIM_OFFICER) list[n++] = one;
    for (size_t i = 0; one == SIM_NONE && i < k->n && n < most; i++)
        if (k->elements[i].kind == SIM_OFFICER && slice_eq(element_step(k, &k->elements[i]), key)) list[n++] = i;
    return n;
}

static void verb_outputs(const struct known_service *k, struct sim_element *e)
{
    const struct verb *v = k->city->areas ? city_verb(k->city->areas, e->node->verb) : NULL;
    const struct json *schema = NULL;
    struct sim_outcome *o = NEW(k->a, struct sim_outcome);
    struct json_builder none = json_builder(k->a);
    *o = (struct sim_outcome){.name = S("done"), .share = 1, .data = json_object(&none)};
    if (v && v->output_schema && !failed(json_parse(k->a, slice_cstr(v->output_schema), 1 << 20, S("output"), &schema)))
        o->data = sim_sample(k->a, schema, true);
    e->outcomes = o;
    e->noutcomes = 1;
    e->takes = (struct random_dist){RANDOM_EXPONENTIAL, JOB_SECONDS * (double)MS_SECOND, 0};
}

void known_elements(struct city *c, struct arena *a, const struct service *s, struct known_service *k)
{
    *k = (struct known_service){.city = c, .a = a, .s = s};
    sim_elements(a, service_model(s), &k->elements, &k->n);
    for (size_t i = 0; i < k->n; i++) {
        struct sim_element *e = &k->elements[i];
        const struct service_step *step = service_step_find(s, element_step(k, e));
        if (step) e->limit = step->limit;
        switch (e->kind) {
        case SIM_OFFICER:
            e->takes = (struct random_dist){RANDOM_LOGNORMAL, TASK_MINUTES * (double)MS_MINUTE, TASK_CV};
            e->delay = (struct random_dist){RANDOM_EXPONENTIAL, 0, 0};
            break;
        case SIM_APPLICANT:
            e->takes = (struct random_dist){RANDOM_EXPONENTIAL, APPLICANT_HOURS * (double)MS_HOUR, 0};
            break;
        case SIM_VERB: verb_outputs(k, e); break;
        case SIM_EVENT: e->takes = (struct random_dist){RANDOM_EXPONENTIAL, EVENT_HOURS * (double)MS_HOUR, 0}; break;
        }
    }
}

/* ---- as JSON ---- */

static const char *kind_name(enum sim_kind k)
{
    static const char *const NAMES[] = {"officer", "applicant", "verb", "event"};
    return NAMES[k];
}

static const struct json *takes_json(struct arena *a, const struct random_dist *d)
{
    struct json_builder b = json_builder(a);
    json_set_cstr(&b, "shape", random_shape_name(d->shape));
    json_set_double(&b, "minutes", d->mean / (double)MS_MINUTE, 3);
    json_set_double(&b, "cv", d->cv, 3);
    return json_object(&b);
}

static const struct json *step_json(const struct known_service *k, const struct sim_element *e)
{
    struct json_builder b = json_builder(k->a), shares = json_builder(k->a), source = json_builder(k->a);
    struct slice name = e->node->name.n ? e->node->name : e->node->id;
    json_set_cstr(&b, "kind", kind_name(e->kind));
    json_set(&b, "name", bitext_json(k->a, (struct bitext){name, e->node->name_en.n ? e->node->name_en : name}));
    if (e->kind == SIM_OFFICER) json_set_str(&b, "department", element_department(k, e));
    if (e->kind == SIM_OFFICER) json_set(&b, "delay", takes_json(k->a, &e->delay));
    if (e->kind == SIM_OFFICER) json_set(&source, "delay", source_json(k->a, "default", 0));
    if (element_step(k, e).n) json_set_str(&b, "step", element_step(k, e));
    json_set(&b, "takes", takes_json(k->a, &e->takes));
    json_set(&source, "takes", source_json(k->a, "default", 0));
    if (e->kind == SIM_OFFICER || e->kind == SIM_APPLICANT) {
        for (size_t i = 0; i < e->noutcomes; i++)
            json_set_slice(&shares, e->outcomes[i].name, json_of_double(k->a, e->outcomes[i].share, 4));
        json_set(&b, "outcomes", json_object(&shares));
        json_set(&source, "outcomes", source_json(k->a, "default", 0));
    } else if (e->armed) {
        json_set_double(&b, "occurs", 0, 1);
        json_set(&source, "occurs", source_json(k->a, "default", 0));
    } else if (e->kind == SIM_VERB) {
        json_set_double(&b, "fails", 0, 1);
    }
    json_set(&b, "source", json_object(&source));
    return json_object(&b);
}

/* ---- staff ---- */

static const struct stmt STAFF = {
    "simulation_staff",
    "SELECT COUNT(DISTINCT account) FROM role_grant WHERE department = ?1 AND role IN ('handler','reviewer','signer','window')",
    NULL, false};

static result officers_of(const struct known_service *k, struct slice department, bool count, int64_t *n)
{
    struct rows r;
    *n = 0;
    if (!count) return ok();
    TRY(store_query(k->city->store, k->a, &STAFF, BINDS(sql_text(department)), &r));
    *n = r.n ? row(&r, 0)[0].i : 0;
    return ok();
}

static result groups_json(const struct known_service *k, bool count, const struct json **out)
{
    struct json_builder b = json_builder(k->a);
    const struct citydata *d = catalogue_data(k->city->catalogue);
    for (size_t i = 0; i < k->n; i++) {
        struct json_builder g = json_builder(k->a), source = json_builder(k->a);
        if (k->elements[i].kind != SIM_OFFICER) continue;
        struct slice code = element_department(k, &k->elements[i]);
        int64_t n;
        TRY(officers_of(k, code, count, &n));
        const struct department *x = citydata_department(d, code);
        json_set(&g, "name", bitext_json(k->a, x ? x->name : (struct bitext){code, code}));
        json_set_int(&g, "officers", n ? n : OFFICERS);
        json_set_double(&g, "away", AWAY, 3);
        json_set(&source, "officers", source_json(k->a, n ? "staff" : "default", n));
        json_set(&source, "away", source_json(k->a, "default", 0));
        json_set(&g, "source", json_object(&source));
        json_set_slice(&b, code, json_object(&g));
    }
    *out = json_object(&b);
    return ok();
}

/* ---- the whole ---- */

static const struct json *arrivals_json(struct arena *a, const struct calendar *c)
{
    struct json_builder b = json_builder(a), month = json_builder(a), days = json_builder(a), hour = json_builder(a);
    struct office_hours h = calendar_hours(c);
    for (int i = 0; i < 12; i++) json_add(&month, json_of_double(a, CASES_A_MONTH, 0));
    for (int i = 0; i < 7; i++) json_add(&days, json_of_int(a, i > 0 && i < 6));
    for (int i = 0; i < 24; i++) {
        bool open = h.from[0] == h.to[0];
        for (int k = 0; k < 2; k++) open = open || (i * 60 < h.to[k] && i * 60 + 60 > h.from[k] && h.from[k] < h.to[k]);
        json_add(&hour, json_of_int(a, open));
    }
    json_set(&b, "month", json_array(&month));
    json_set(&b, "weekday", json_array(&days));
    json_set(&b, "hour", json_array(&hour));
    json_set(&b, "source", source_json(a, "default", 0));
    return json_object(&b);
}

static result shapes_json(const struct known_service *k, struct json_builder *to)
{
    struct json_builder b = json_builder(k->a);
    struct sim_shape *list;
    size_t n;
    const char *from;
    TRY(shapes_of(k->city, k->a, k->s, &list, &n, &from));
    for (size_t i = 0; i < n; i++) json_set_slice(&b, list[i].name, json_of_double(k->a, list[i].share, 0));
    json_set(to, "shapes", json_object(&b));
    json_set(to, "shapes_source", source_json(k->a, from, (int64_t)n));
    return ok();
}

static const struct json *withdrawn_json(struct arena *a)
{
    struct json_builder b = json_builder(a);
    json_set_double(&b, "share", 0, 0);
    json_set_double(&b, "days", PATIENCE_DAYS, 1);
    json_set(&b, "source", source_json(a, "default", 0));
    return json_object(&b);
}

/* Every cause that the law names, none of which occurs. */
static const struct json *stops_json(struct arena *a)
{
    struct json_builder all = json_builder(a);
    for (int i = 0; i < STOP_CAUSES; i++) {
        struct json_builder b = json_builder(a), source = json_builder(a);
        struct random_dist d = {RANDOM_EXPONENTIAL, STOP_DAYS * (double)MS_DAY, 0};
        json_set(&b, "name",
                 bitext_json(a, (struct bitext){stop_cause_zh((enum stop_cause)i), stop_cause_en((enum stop_cause)i)}));
        json_set_double(&b, "share", 0, 0);
        json_set(&b, "takes", takes_json(a, &d));
        json_set_cstr(&b, "step", "");
        json_set(&source, "share", source_json(a, "default", 0));
        json_set(&source, "takes", source_json(a, "default", 0));
        json_set(&b, "source", json_object(&source));
        json_set(&all, stop_cause_name((enum stop_cause)i), json_object(&b));
    }
    return json_object(&all);
}

result simulation_parameters(struct city *c, struct arena *a, const struct service *s, bool fit,
                             const struct json **out)
{
    struct known_service k;
    struct json_builder b = json_builder(a), steps = json_builder(a), none = json_builder(a);
    const struct json *groups, *fitted = NULL;
    known_elements(c, a, s, &k);
    TRY(groups_json(&k, fit, &groups));
    json_set_str(&b, "service", service_code(s));
    json_set(&b, "name", bitext_json(a, service_name(s)));
    json_set_int(&b, "year", civil_of_instant(time_now(c->time)).year);
    json_set_int(&b, "seed", 1);
    json_set_int(&b, "repetitions", 5);
    json_set_int(&b, "cases", 0);
    json_set(&b, "arrivals", arrivals_json(a, c->calendar));
    json_set(&b, "groups", groups);
    for (size_t i = 0; i < k.n; i++) json_set_slice(&steps, k.elements[i].key, step_json(&k, &k.elements[i]));
    json_set(&b, "steps", json_object(&steps));
    TRY(shapes_json(&k, &b));
    json_set(&b, "withdrawn", withdrawn_json(a));
    json_set_double(&b, "answer_days", ANSWER_DAYS, 1);
    json_set(&b, "stops", stops_json(a));
    json_set(&b, "variants", json_array(&none));
    *out = json_object(&b);
    if (fit) TRY(fit_journal(&k, &fitted));
    *out = json_overlay(a, *out, fitted);
    return ok();
}
