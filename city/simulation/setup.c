/* Parameters into plans. */
#include "city/decisions/decisions.h"
#include "city/simulation/internal.h"

#include <string.h>

struct reading {
    struct city *c;
    struct arena *a;
    struct known_service k;
    const struct json *p;
    result faults;
};

static void wrong(struct reading *x, struct slice place, const char *zh, const char *en)
{
    result r = fail(x->a, CODE_SIM_PARAMETERS, place, "detail_zh", slice_cstr(zh), "detail_en", slice_cstr(en), NULL);
    x->faults = result_join(x->a, x->faults, r);
}

/* A member that is a number; `otherwise` when it is absent, a fault when it is something else. */
static double number(struct reading *x, const struct json *v, const char *key, struct slice where, double otherwise)
{
    const struct json *m = json_get(v, key);
    if (m && m->type != JSON_NUMBER)
        wrong(x, arena_printf(x->a, "%.*s/%s", SLICE_ARG(where), key), "应为数字", "is a number");
    return json_double(m, otherwise);
}

static void numbers(struct reading *x, const struct json *v, const char *key, double *out, size_t n)
{
    const struct json *list = json_get(v, key);
    bool good = list && list->type == JSON_ARRAY && list->n == n;
    for (size_t i = 0; good && i < n; i++) {
        out[i] = json_double(list->items[i], -1);
        good = out[i] >= 0;
    }
    if (good) return;
    wrong(x, arena_printf(x->a, "/arrivals/%s", key),
          n == 12  ? "应为 12 个不小于 0 的数"
          : n == 7 ? "应为 7 个不小于 0 的数"
                   : "应为 24 个不小于 0 的数",
          n == 12  ? "is 12 numbers, 0 or more"
          : n == 7 ? "is 7 numbers, 0 or more"
                   : "is 24 numbers, 0 or more");
}

static bool shape_read(struct slice s, enum random_shape *out)
{
    for (int i = RANDOM_CONSTANT; i <= RANDOM_LOGNORMAL; i++)
        if (slice_is(s, random_shape_name((enum random_shape)i))) {
            *out = (enum random_shape)i;
            return true;
        }
    return false;
}

static void read_takes(struct reading *x, const struct json *v, const char *key, struct slice where,
                       struct random_dist *d)
{
    const struct json *t = json_get(v, key);
    if (!t) return;
    if (json_get(t, "shape") && !shape_read(json_string(t, "shape"), &d->shape))
        wrong(x, arena_printf(x->a, "%.*s/%s/shape", SLICE_ARG(where), key), "应为 constant、exponential 或 lognormal",
              "is constant, exponential or lognormal");
    d->mean = number(x, t, "minutes", where, d->mean / (double)MS_MINUTE) * (double)MS_MINUTE;
    d->cv = number(x, t, "cv", where, d->cv);
}

/* A refusal states its reasons; whatever a process does with them, they are there. */
static const struct json *decision_data(struct arena *a, struct slice outcome)
{
    struct json_builder b = json_builder(a), reasons = json_builder(a);
    json_add(&reasons, json_of_cstr(a, "-"));
    json_set_str(&b, "outcome", outcome);
    json_set(&b, "reasons", json_array(&reasons));
    json_set_cstr(&b, "opinion", "-");
    return json_object(&b);
}

static void read_outcomes(struct reading *x, const struct json *v, struct slice where, struct sim_element *e)
{
    const struct json *shares = json_get(v, "outcomes");
    struct sim_outcome *list = NEW_ARRAY(x->a, struct sim_outcome, e->noutcomes + 1);
    memcpy(list, e->outcomes, e->noutcomes * sizeof *list);
    for (size_t i = 0; i < e->noutcomes; i++) {
        list[i].data = decision_data(x->a, list[i].name);
        list[i].share = json_double(json_get_slice(shares, list[i].name), shares ? 0 : list[i].share);
    }
    for (size_t i = 0; shares && i < shares->n; i++) {
        bool known = false;
        for (size_t o = 0; o < e->noutcomes; o++) known = known || slice_eq(shares->keys[i], list[o].name);
        if (!known)
            wrong(x, arena_printf(x->a, "%.*s/outcomes/%.*s", SLICE_ARG(where), SLICE_ARG(shares->keys[i])),
                  "该环节没有这个结果", "the step has no such outcome");
    }
    e->outcomes = list;
}

static const struct json *failure(struct arena *a)
{
    struct json_builder b = json_builder(a);
    json_set_cstr(&b, "code", "unavailable");
    json_set_cstr(&b, "message", "暂不可用");
    json_set_cstr(&b, "message_en", "unavailable");
    return json_object(&b);
}

static void read_outputs(struct reading *x, const struct json *v, struct slice where, struct sim_element *e)
{
    const struct json *given = json_get(v, "outputs");
    size_t n = given && given->type == JSON_ARRAY ? given->n : 0;
    struct sim_outcome *list = NEW_ARRAY(x->a, struct sim_outcome, n + e->noutcomes + 2);
    double fails = number(x, v, "fails", where, 0), good = 0;
    size_t used = 0;
    for (size_t i = 0; i < n; i++)
        list[used++] = (struct sim_outcome){.name = arena_printf(x->a, "%zu", i + 1),
                                            .share = json_double(json_get(given->items[i], "share"), 1),
                                            .data = json_get(given->items[i], "output")};
    if (!n) list[used++] = e->outcomes[0];
    for (size_t i = 0; i < used; i++) good += list[i].share;
    for (size_t i = 0; i < used && good > 0; i++) list[i].share *= (1 - fails) / good;
    list[used++] = (struct sim_outcome){.name = S("fails"), .share = fails, .data = failure(x->a), .fails = true};
    e->outcomes = list;
    e->noutcomes = used;
}

static void read_stop(struct reading *x, struct slice cause, const struct json *v, struct sim_stop *to)
{
    struct slice where = arena_printf(x->a, "/stops/%.*s", SLICE_ARG(cause)), step = json_string(v, "step");
    size_t list[64];
    *to = (struct sim_stop){.takes = {RANDOM_EXPONENTIAL, 0, 0}, .element = SIM_NONE};
    if (!stop_cause_scan(cause, &to->cause))
        wrong(x, where, "不是行政许可法第四十五条所列事由",
              "is no cause of article 45 of the Administrative Licensing Law");
    to->share = number(x, v, "share", where, 0);
    read_takes(x, v, "takes", where, &to->takes);
    if (!step.n) return;
    size_t n = elements_marked(&x->k, step, list, 64);
    for (size_t i = 0; i < n && to->element == SIM_NONE; i++)
        if (n == 1 || !slice_is(x->k.elements[list[i]].node->task_kind, "acceptance")) to->element = list[i];
    if (to->element == SIM_NONE)
        wrong(x, arena_printf(x->a, "%.*s/step", SLICE_ARG(where)), "没有这个由工作人员办理的环节",
              "no step of that key is done by officers");
}

static void read_stops(struct reading *x, struct sim_plan *p)
{
    const struct json *stops = json_get(x->p, "stops");
    struct sim_stop *list = NEW_ARRAY(x->a, struct sim_stop, CLOCK_STOPS_MAX + 1);
    for (size_t i = 0; stops && stops->type == JSON_OBJECT && i < stops->n && i < CLOCK_STOPS_MAX; i++)
        read_stop(x, stops->keys[i], stops->items[i], &list[p->nstops++]);
    p->stops = list;
}

static void read_steps(struct reading *x)
{
    const struct json *steps = json_get(x->p, "steps");
    for (size_t i = 0; i < x->k.n; i++) {
        struct sim_element *e = &x->k.elements[i];
        const struct json *v = json_get_slice(steps, e->key);
        struct slice where = arena_printf(x->a, "/steps/%.*s", SLICE_ARG(e->key));
        read_takes(x, v, "takes", where, &e->takes);
        if (e->kind == SIM_OFFICER) read_takes(x, v, "delay", where, &e->delay);
        if (e->kind == SIM_OFFICER || e->kind == SIM_APPLICANT)
            read_outcomes(x, v, where, e);
        else if (e->kind == SIM_VERB)
            read_outputs(x, v, where, e);
        else if (e->armed)
            e->occurs = number(x, v, "occurs", where, 0);
    }
}

static void read_groups(struct reading *x, struct sim_plan *p)
{
    const struct json *groups = json_get(x->p, "groups");
    struct sim_group *list = NEW_ARRAY(x->a, struct sim_group, (groups ? groups->n : 0) + 1);
    struct slice own = service_department(x->k.s);
    size_t n = 0;
    /* the deciding body first: it does what names no department that is known */
    for (int round = 0; round < 2; round++)
        for (size_t i = 0; groups && groups->type == JSON_OBJECT && i < groups->n; i++) {
            struct slice where = arena_printf(x->a, "/groups/%.*s", SLICE_ARG(groups->keys[i]));
            if (slice_eq(groups->keys[i], own) != (round == 0)) continue;
            list[n++] = (struct sim_group){.code = groups->keys[i],
                                           .officers = (int64_t)number(x, groups->items[i], "officers", where, 1),
                                           .away = number(x, groups->items[i], "away", where, 0)};
        }
    if (!n) list[n++] = (struct sim_group){.code = own, .officers = 1};
    p->groups = list;
    p->ngroups = n;
}

static void read_shapes(struct reading *x, struct sim_plan *p)
{
    const struct json *shares = json_get(x->p, "shapes");
    struct sim_shape *list;
    size_t n;
    const char *from;
    result r = shapes_of(x->c, x->a, x->k.s, &list, &n, &from);
    if (failed(r)) {
        x->faults = result_join(x->a, x->faults, r);
        return;
    }
    for (size_t i = 0; i < n; i++) {
        struct sim_shape *s = &list[i];
        s->share = json_double(json_get_slice(shares, s->name), shares ? 0 : s->share);
    }
    p->shapes = list;
    p->nshapes = n;
}

static void read_arrivals(struct reading *x, struct sim_plan *p, const instant *arrivals, size_t n)
{
    const struct json *v = json_get(x->p, "arrivals");
    struct sim_arrivals *to = &p->arrivals;
    double cases = number(x, x->p, "cases", S(""), 0);
    if (cases < 0 || cases > 20000000) wrong(x, S("/cases"), "应在 0 至 2000 万之间", "is from 0 to 20 million");
    *to = (struct sim_arrivals){.list = arrivals, .n = arrivals ? n : (size_t)(cases > 0 ? cases : 0)};
    numbers(x, v, "month", to->month, 12);
    numbers(x, v, "weekday", to->weekday, 7);
    numbers(x, v, "hour", to->hour, 24);
}

struct decisions_of { /* the law of the simulated year's first day, where a process asks for no other day's */
    struct city *c;
    day first;
};

static bool decision_in_force(void *ctx, struct slice name, const day *on, struct process_decision *out)
{
    const struct decisions_of *d = ctx;
    const struct decision_version *v = decision_on(catalogue_decisions(d->c->catalogue), name, on ? *on : d->first);
    if (v) *out = (struct process_decision){v->dmn, v->decision, v->hash};
    return v != NULL;
}

static void read_plan(struct reading *x, struct sim_plan *p, const instant *arrivals, size_t n)
{
    struct decisions_of *decisions = NEW(x->a, struct decisions_of);
    int year = (int)number(x, x->p, "year", S(""), 2021);
    const struct json *w = json_get(x->p, "withdrawn");
    if (year < 1970 || year > 2300) {
        wrong(x, S("/year"), "应在 1970 至 2300 之间", "is from 1970 to 2300");
        year = 2021;
    }
    *p = (struct sim_plan){.model = service_model(x->k.s),
                           .from = day_of_civil(year, 1, 1),
                           .to = day_of_civil(year + 1, 1, 1),
                           .promised = service_promised(x->k.s),
                           .statutory = service_statutory(x->k.s),
                           .accepted_on_filing = service_acceptance(x->k.s) == ACCEPT_AUTOMATIC,
                           .elements = x->k.elements,
                           .nelements = x->k.n,
                           .seed = (uint64_t)json_int(x->p, "seed", 1)};
    *decisions = (struct decisions_of){x->c, p->from};
    p->env = (struct process_step_env){.calendar = x->c->calendar, .decision = decision_in_force, .ctx = decisions};
    p->withdrawn = number(x, w, "share", S("/withdrawn"), 0);
    p->patience =
        (struct random_dist){RANDOM_EXPONENTIAL, number(x, w, "days", S("/withdrawn"), 1) * (double)MS_DAY, 0};
    p->answer = (struct random_dist){RANDOM_EXPONENTIAL, number(x, x->p, "answer_days", S(""), 3) * (double)MS_DAY, 0};
    read_steps(x);
    read_stops(x, p);
    read_groups(x, p);
    read_shapes(x, p);
    read_arrivals(x, p, arrivals, n);
}

/* ---- variants ---- */

static void drop_steps(struct reading *x, const struct json *v, struct slice where, struct sim_element *to)
{
    const struct json *drop = json_get(v, "drop");
    for (size_t i = 0; drop && i < drop->n; i++) {
        size_t list[64], n = elements_marked(&x->k, drop->items[i]->text, list, 64);
        if (!n)
            wrong(x, arena_printf(x->a, "%.*s/drop/%zu", SLICE_ARG(where), i), "没有这个由工作人员办理的环节",
                  "no step of that key is done by officers");
        for (size_t k = 0; k < n; k++) to[list[k]].dropped = true;
    }
}

static void pair_steps(struct reading *x, const struct json *v, struct slice where, struct sim_element *to)
{
    const struct json *pairs = json_get(v, "parallel");
    for (size_t i = 0; pairs && i < pairs->n; i++) {
        const struct json *p = pairs->items[i];
        size_t first[2], second[2];
        bool good = p->type == JSON_ARRAY && p->n == 2 && elements_marked(&x->k, p->items[0]->text, first, 2) == 1 &&
                    elements_marked(&x->k, p->items[1]->text, second, 2) == 1 && first[0] != second[0];
        if (good)
            to[second[0]].beside = first[0];
        else
            wrong(x, arena_printf(x->a, "%.*s/parallel/%zu", SLICE_ARG(where), i), "应为两个由工作人员办理的不同环节",
                  "is two different steps that officers do");
    }
}

static void staff_steps(struct reading *x, const struct json *v, struct slice where, struct sim_plan *p)
{
    const struct json *staff = json_get(v, "staff");
    struct sim_group *groups = NEW_ARRAY(x->a, struct sim_group, p->ngroups + 1);
    memcpy(groups, p->groups, p->ngroups * sizeof *groups);
    for (size_t i = 0; staff && staff->type == JSON_OBJECT && i < staff->n; i++) {
        bool known = false;
        for (size_t k = 0; k < p->ngroups; k++) {
            if (!slice_eq(groups[k].code, staff->keys[i])) continue;
            known = true;
            groups[k].officers = (int64_t)json_double(staff->items[i], -1);
        }
        if (!known)
            wrong(x, arena_printf(x->a, "%.*s/staff/%.*s", SLICE_ARG(where), SLICE_ARG(staff->keys[i])),
                  "该事项没有这个部门的环节", "no step of the service is that department's");
    }
    p->groups = groups;
}

static void read_variants(struct reading *x, const struct sim_plan *base, struct simulation *out)
{
    const struct json *list = json_get(x->p, "variants");
    size_t n = list && list->type == JSON_ARRAY ? list->n : 0;
    if (n > SIMULATION_VARIANTS) {
        wrong(x, S("/variants"), "至多 6 个方案", "at most 6 variants");
        return;
    }
    for (size_t i = 0; i < n; i++) {
        const struct json *v = list->items[i];
        struct slice where = arena_printf(x->a, "/variants/%zu", i), name = json_string(v, "name");
        struct sim_element *elements = NEW_ARRAY(x->a, struct sim_element, x->k.n + 1);
        struct simulation_variant *to = &out->variants[out->nvariants++];
        memcpy(elements, x->k.elements, x->k.n * sizeof *elements);
        *to = (struct simulation_variant){
            .name = name.n ? name : arena_printf(x->a, "%zu", i + 1), .service = x->k.s, .plan = *base, .change = v};
        drop_steps(x, v, where, elements);
        pair_steps(x, v, where, elements);
        staff_steps(x, v, where, &to->plan);
        to->plan.elements = elements;
    }
}

result simulation_setup(struct city *c, struct arena *a, const struct service *s, const struct service *against,
                        const struct json *known, const struct json *parameters, const instant *arrivals,
                        size_t narrivals, struct simulation *out)
{
    struct reading x = {.c = c, .a = a, .faults = ok()};
    if (!known) TRY(simulation_parameters(c, a, s, false, &known));
    x.p = json_overlay(a, known, parameters);
    *out = (struct simulation){.parameters = x.p, .repetitions = json_int(x.p, "repetitions", 5)};
    if (out->repetitions < 1 || out->repetitions > 50)
        wrong(&x, S("/repetitions"), "应在 1 至 50 之间", "is from 1 to 50");
    const struct service *versions[] = {against, s};
    for (size_t i = 0; i < 2; i++) {
        if (!versions[i]) continue;
        struct simulation_variant *v = &out->variants[out->nvariants++];
        known_elements(c, a, versions[i], &x.k);
        *v = (struct simulation_variant){.service = versions[i]};
        read_plan(&x, &v->plan, arrivals, narrivals);
        if (i == 1 && against) {
            struct json_builder b = json_builder(a);
            json_set_bool(&b, "draft", true);
            v->name = S("draft");
            v->change = json_object(&b);
        }
    }
    struct sim_plan base = out->variants[out->nvariants - 1].plan;
    read_variants(&x, &base, out);
    for (size_t i = 0; i < out->nvariants && !failed(x.faults); i++)
        x.faults = sim_plan_check(a, &out->variants[i].plan);
    return x.faults;
}
