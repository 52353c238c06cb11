/* What the elements of a model are, and whether a plan makes sense. */
#include "engine/simulation/simulation.h"

#include <math.h>

struct listing {
    struct arena *a;
    struct sim_element *list;
    size_t n, cap;
    const struct process_model *seen[64];
    size_t nseen;
};

/* A message or signal that may come while something else goes on. */
static bool armed(struct arena *a, const struct process_model *m, const struct process_node *node)
{
    const struct process_declared *list;
    size_t n = process_declared(a, m, &list);
    for (size_t i = 0; i < n; i++)
        if (list[i].node == node && list[i].armed &&
            (list[i].kind == DECLARED_MESSAGE || list[i].kind == DECLARED_SIGNAL))
            return true;
    return false;
}

static bool kind_of(struct arena *a, const struct process_model *m, const struct process_node *node,
                    enum sim_kind *kind)
{
    if (slice_is(node->kind, "userTask")) {
        bool applicant = slice_is(node->task_kind, "fill") || slice_is(node->role, "applicant");
        *kind = applicant ? SIM_APPLICANT : SIM_OFFICER;
        return true;
    }
    *kind = slice_is(node->kind, "serviceTask") ? SIM_VERB : SIM_EVENT;
    if (*kind == SIM_VERB) return node->verb.n > 0;
    return slice_is(node->kind, "receiveTask") || slice_is(node->kind, "intermediateCatchEvent") || armed(a, m, node);
}

static void task_outcomes(struct arena *a, const struct process_node *node, struct sim_element *e)
{
    struct sim_outcome *list = NEW_ARRAY(a, struct sim_outcome, node->noutcomes + 1);
    for (size_t i = 0; i < node->noutcomes; i++) {
        struct json_builder b = json_builder(a);
        json_set_str(&b, "outcome", node->outcomes[i]);
        list[i] = (struct sim_outcome){.name = node->outcomes[i], .share = i == 0 ? 1 : 0, .data = json_object(&b)};
    }
    e->outcomes = list;
    e->noutcomes = node->noutcomes;
}

static struct sim_element *element_add(struct listing *l)
{
    if (l->n == l->cap) {
        struct sim_element *more = NEW_ARRAY(l->a, struct sim_element, l->cap ? 2 * l->cap : 32);
        for (size_t i = 0; i < l->n; i++) more[i] = l->list[i];
        l->list = more;
        l->cap = l->cap ? 2 * l->cap : 32;
    }
    return &l->list[l->n++];
}

static void walk(struct listing *l, const struct process_model *m)
{
    const struct process_node *nodes;
    size_t n = process_nodes(m, &nodes);
    for (size_t i = 0; i < l->nseen; i++)
        if (l->seen[i] == m) return;
    if (l->nseen == sizeof l->seen / sizeof *l->seen) return;
    l->seen[l->nseen++] = m;
    for (size_t i = 0; i < n; i++) {
        enum sim_kind kind;
        if (kind_of(l->a, m, &nodes[i], &kind)) {
            struct sim_element *e = element_add(l);
            *e = (struct sim_element){
                .node = &nodes[i], .model = m, .kind = kind, .beside = SIM_NONE, .separate = SIM_NONE};
            e->armed = kind == SIM_EVENT && armed(l->a, m, &nodes[i]);
            if (kind == SIM_OFFICER || kind == SIM_APPLICANT) task_outcomes(l->a, &nodes[i], e);
        }
        if (nodes[i].called) walk(l, nodes[i].called);
    }
}

void sim_elements(struct arena *a, const struct process_model *m, struct sim_element **out, size_t *n)
{
    struct listing l = {.a = a};
    walk(&l, m);
    for (size_t i = 0; i < l.n; i++) {
        struct sim_element *e = &l.list[i];
        bool alone = true;
        for (size_t k = 0; k < l.n; k++) {
            alone = alone && (k == i || !slice_eq(l.list[k].node->id, e->node->id));
            if (e->node->separate.n && l.list[k].model == e->model && slice_eq(l.list[k].node->id, e->node->separate)) {
                e->separate = k;
                l.list[k].remembered = true;
            }
        }
        e->key =
            alone ? e->node->id : arena_printf(a, "%.*s/%.*s", SLICE_ARG(process_id(e->model)), SLICE_ARG(e->node->id));
    }
    *out = l.list;
    *n = l.n;
}

size_t sim_element_find(const struct sim_element *list, size_t n, struct slice key)
{
    for (size_t i = 0; i < n; i++)
        if (slice_eq(list[i].key, key)) return i;
    return SIM_NONE;
}

/* ---- checks ---- */

static result wrong(struct arena *a, struct slice place, const char *zh, const char *en)
{
    return fail(a, CODE_SIM_PARAMETERS, place, "detail_zh", slice_cstr(zh), "detail_en", slice_cstr(en), NULL);
}

static bool share(double x)
{
    return x >= 0 && x <= 1;
}

static bool dist_good(const struct random_dist *d)
{
    return isfinite(d->mean) && d->mean >= 0 && isfinite(d->cv) && d->cv >= 0 && d->cv <= 20;
}

static result check_element(struct arena *a, const struct sim_plan *p, size_t i)
{
    const struct sim_element *e = &p->elements[i];
    struct slice place = arena_printf(a, "/steps/%.*s", SLICE_ARG(e->key));
    double sum = 0;
    if (!share(e->occurs)) return wrong(a, place, "占比应在 0 至 1 之间", "a share is from 0 to 1");
    if (!dist_good(&e->takes) || !dist_good(&e->delay)) return wrong(a, place, "时长应不小于 0", "a time is 0 or more");
    for (size_t k = 0; k < e->noutcomes; k++) {
        if (!share(e->outcomes[k].share)) return wrong(a, place, "占比应在 0 至 1 之间", "a share is from 0 to 1");
        sum += e->outcomes[k].share;
    }
    if (e->noutcomes && sum <= 0) return wrong(a, place, "各结果的占比不能全为 0", "one outcome has a share above 0");
    if (e->beside == SIM_NONE) return ok();
    if (e->beside >= p->nelements || e->beside == i || i >= 64 || e->kind != SIM_OFFICER ||
        p->elements[e->beside].kind != SIM_OFFICER)
        return wrong(a, place, "只有工作人员办理的两个不同环节可以并行",
                     "two different steps done by officers can be made parallel");
    return ok();
}

static size_t group_of(const struct sim_plan *p, const struct sim_element *e)
{
    for (size_t i = 0; i < p->ngroups; i++)
        if (slice_eq(p->groups[i].code, e->node->department)) return i;
    return 0;
}

static result check_groups(struct arena *a, const struct sim_plan *p)
{
    result all = ok();
    if (!p->ngroups) return wrong(a, S("/groups"), "至少有一个部门", "there is at least one department");
    for (size_t i = 0; i < p->ngroups; i++) {
        const struct sim_group *g = &p->groups[i];
        struct slice place = arena_printf(a, "/groups/%.*s/officers", SLICE_ARG(g->code));
        if (g->officers < 0 || g->officers > 20000)
            all = result_join(a, all,
                              wrong(a, place, "人数应在 0 至 20000 之间", "the number of officers is from 0 to 20000"));
        if (!(g->away >= 0 && g->away < 1))
            all = result_join(a, all, wrong(a, place, "缺勤占比应小于 1", "the share of days away is below 1"));
        bool two = false;
        for (size_t k = 0; k < p->nelements; k++)
            two = two || (p->elements[k].separate != SIM_NONE && group_of(p, &p->elements[k]) == i);
        if (two && g->officers == 1)
            all = result_join(a, all,
                              wrong(a, place, "有环节须由另一名工作人员办理，至少 2 人",
                                    "a step must be done by another officer: at least 2"));
    }
    return all;
}

static result check_arrivals(struct arena *a, const struct sim_arrivals *x)
{
    double months = 0, days = 0, hours = 0, least = 0;
    if (x->n > 20000000) return wrong(a, S("/cases"), "至多 2000 万件", "at most 20 million cases");
    if (x->list) return ok();
    for (int i = 0; i < 12; i++) months += x->month[i], least = fmin(least, x->month[i]);
    for (int i = 0; i < 7; i++) days += x->weekday[i], least = fmin(least, x->weekday[i]);
    for (int i = 0; i < 24; i++) hours += x->hour[i], least = fmin(least, x->hour[i]);
    if (!(least >= 0) || !isfinite(months + days + hours) || months > 20000000)
        return wrong(a, S("/arrivals"), "申报量应不小于 0", "rates are 0 or more");
    return ok();
}

static result check_stops(struct arena *a, const struct sim_plan *p)
{
    result all = ok();
    if (p->nstops > CLOCK_STOPS_MAX) return wrong(a, S("/stops"), "至多 16 项", "at most 16");
    for (size_t i = 0; i < p->nstops; i++) {
        const struct sim_stop *s = &p->stops[i];
        struct slice place = arena_printf(a, "/stops/%zu", i);
        bool there =
            s->element == SIM_NONE || (s->element < p->nelements && p->elements[s->element].kind == SIM_OFFICER);
        if (!share(s->share))
            all = result_join(a, all, wrong(a, place, "占比应在 0 至 1 之间", "a share is from 0 to 1"));
        if (!dist_good(&s->takes)) all = result_join(a, all, wrong(a, place, "时长应不小于 0", "a time is 0 or more"));
        if (!there)
            all = result_join(
                a, all, wrong(a, place, "没有这个由工作人员办理的环节", "no step of that key is done by officers"));
    }
    return all;
}

result sim_plan_check(struct arena *a, const struct sim_plan *p)
{
    result all = check_arrivals(a, &p->arrivals);
    all = result_join(a, all, check_groups(a, p));
    all = result_join(a, all, check_stops(a, p));
    if (p->to <= p->from || p->to - p->from > SIM_DAYS_MOST)
        all = result_join(a, all, wrong(a, S("/to"), "期间应为 1 至 400 天", "the span is from 1 to 400 days"));
    if (!p->nshapes)
        all = result_join(a, all, wrong(a, S("/shapes"), "至少有一种申请", "there is at least one kind of case"));
    double shares = 0;
    for (size_t i = 0; i < p->nshapes; i++) shares += p->shapes[i].share >= 0 ? p->shapes[i].share : NAN;
    if (p->nshapes && !(shares > 0))
        all = result_join(a, all, wrong(a, S("/shapes"), "占比应不小于 0", "shares are 0 or more"));
    if (!share(p->withdrawn))
        all = result_join(a, all, wrong(a, S("/withdrawn"), "占比应在 0 至 1 之间", "a share is from 0 to 1"));
    if (!dist_good(&p->patience) || !dist_good(&p->answer))
        all = result_join(a, all, wrong(a, S("/patience"), "时长应不小于 0", "a time is 0 or more"));
    for (size_t i = 0; i < p->nelements; i++) all = result_join(a, all, check_element(a, p, i));
    return all;
}
