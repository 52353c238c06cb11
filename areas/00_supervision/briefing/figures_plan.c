/* The plan as of a month's end: lights then and a month before, what changed, late tasks with what was done about them, tasks due next,
 * special supervision, and the tasks that figures decide. */
#include "areas/00_supervision/briefing/briefing.h"

#include <stdlib.h>

#include "city/sql.h"
#include "engine/calendar/calendar.h"

const struct stmt BRIEF_HISTORY = {
    "brief_history",
    "SELECT task_no, at, kind, details FROM plan_history WHERE kind IN ('done','reopened','condition','condition_holds',"
    "'condition_lost','escalated','reminded') AND at <= ?1 ORDER BY task_no, at, id",
    NULL, false};
struct then {
    const struct plan_task *t;
    struct plan_clock now;
    enum plan_light light, before;
};
struct planned {
    struct city *c;
    struct arena *a;
    const struct brief_month *m;
    struct plan p;
    struct then *list;
    size_t n;
    struct rows history;
};

/* When the event took effect: a completion on the day it names. */
static instant effective(struct arena *a, const struct sql_value *v, day *done_on)
{
    const struct json *details;
    *done_on = day_of_instant(v[1].i);
    if (!slice_is(v[2].s, "done") || failed(json_parse(a, v[3].s, PLAN_FILE_MAX, S("details"), &details)))
        return v[1].i;
    (void)day_scan(json_string(details, "done_on"), done_on);
    instant end = instant_of_day(*done_on + 1) - 1;
    return end < v[1].i ? end : v[1].i;
}

static bool supervised(const struct sql_value *v)
{
    return slice_is(v[2].s, "escalated") || slice_is(v[2].s, "reminded");
}

struct plan_clock brief_clock(const struct plan_task *t, const struct rows *history, instant at)
{
    struct plan_clock k = {.dated = t->dated, .due = t->due};
    struct arena *a = arena_new("briefing history");
    for (size_t i = 0; i < history->n; i++) {
        const struct sql_value *v = row(history, i);
        day on;
        if (v[0].i != t->no || supervised(v) || effective(a, v, &on) >= at) continue;
        k.done = slice_is(v[2].s, "done") || slice_is(v[2].s, "condition_holds");
        k.regressed = slice_is(v[2].s, "condition_lost");
        k.done_on = k.done ? on : 0;
    }
    arena_free(a);
    return k;
}

/* The last day that counts for lights at a moment: the day before it when it is a month's end. */
static day day_at(instant at)
{
    return day_of_instant(at - 1);
}

static result load(struct planned *x)
{
    struct plan_task *tasks;
    TRY(plan_load(x->c, NULL, x->a, &x->p));
    TRY(plan_tasks(x->c, NULL, x->a, &tasks, &x->n));
    /* what was entered after the month with a day in it counts, so all is read */
    TRY(store_query(x->c->store, x->a, &BRIEF_HISTORY, BINDS(sql_int(INT64_MAX / 2)), &x->history));
    x->list = NEW_ARRAY(x->a, struct then, x->n + 1);
    for (size_t i = 0; i < x->n; i++) {
        struct then *t = &x->list[i];
        t->t = &tasks[i];
        t->now = brief_clock(t->t, &x->history, x->m->as_of);
        struct plan_clock before = brief_clock(t->t, &x->history, x->m->from);
        t->light = plan_light(x->c->calendar, &t->now, day_at(x->m->as_of));
        t->before = plan_light(x->c->calendar, &before, day_at(x->m->from));
    }
    return ok();
}

/* ---- tallies ---- */

struct tally_of {
    struct slice name;
    int64_t no, total, lights[PLAN_LIGHTS];
};
struct tallies {
    struct arena *a;
    struct tally_of *list;
    size_t n, cap;
};

static void count(struct tallies *t, struct slice name, int64_t no, enum plan_light light)
{
    size_t i = 0;
    while (i < t->n && !(slice_eq(t->list[i].name, name) && t->list[i].no == no)) i++;
    if (i == t->n) {
        if (t->n == t->cap) {
            size_t cap = t->cap ? 2 * t->cap : 32;
            struct tally_of *more = NEW_ARRAY(t->a, struct tally_of, cap);
            if (t->n) memcpy(more, t->list, t->n * sizeof *more);
            t->list = more;
            t->cap = cap;
        }
        t->list[t->n++] = (struct tally_of){.name = name, .no = no};
    }
    t->list[i].total++;
    t->list[i].lights[light]++;
}

static const struct json *tally_json(struct arena *a, const struct tally_of *t)
{
    struct json_builder b = json_builder(a);
    if (t->no) json_set_int(&b, "no", t->no);
    if (t->name.n) json_set_str(&b, "name", t->name);
    json_set_int(&b, "total", t->total);
    for (int i = 0; i < PLAN_LIGHTS; i++) json_set_int(&b, plan_light_name((enum plan_light)i), t->lights[i]);
    return json_object(&b);
}

/* Most late first, then by number of tasks, then by name. */
static int worst_first(const void *x, const void *y)
{
    const struct tally_of *p = x, *q = y;
    int64_t late_p = p->lights[PLAN_LATE] + p->lights[PLAN_REGRESSED],
            late_q = q->lights[PLAN_LATE] + q->lights[PLAN_REGRESSED];
    if (late_p != late_q) return late_p > late_q ? -1 : 1;
    if (p->total != q->total) return p->total > q->total ? -1 : 1;
    return slice_cmp(p->name, q->name);
}

static const struct json *tallies_json(struct tallies *t, bool sort)
{
    struct json_builder b = json_builder(t->a);
    if (sort && t->n) qsort(t->list, t->n, sizeof *t->list, worst_first);
    for (size_t i = 0; i < t->n; i++) json_add(&b, tally_json(t->a, &t->list[i]));
    return json_array(&b);
}

static void count_names(struct tallies *t, const struct json *names, enum plan_light light)
{
    for (size_t i = 0; names && i < names->n; i++) count(t, names->items[i]->text, 0, light);
}

static const struct json *leads(const struct plan_task *t)
{
    const struct json *acting = json_get(t->source, "acting_lead");
    return acting ? acting : json_get(t->source, "lead");
}

static void set_tallies(struct planned *x, struct json_builder *o)
{
    struct tally_of all = {.total = 0}, before = {.total = 0};
    struct tallies areas = {.a = x->a}, leaders = {.a = x->a}, departments = {.a = x->a};
    for (size_t i = 0; i < x->n; i++) {
        const struct then *t = &x->list[i];
        const struct plan_area *area = plan_area_find(&x->p, t->t->area_no);
        all.total++;
        all.lights[t->light]++;
        before.total++;
        before.lights[t->before]++;
        count(&areas, area ? json_string(area->source, "name") : json_string(t->t->source, "area"), t->t->area_no,
              t->light);
        count_names(&departments, leads(t->t), t->light);
        if (area) count_names(&leaders, json_get(area->source, "leaders"), t->light);
    }
    json_set(o, "all", tally_json(x->a, &all));
    json_set(o, "before", tally_json(x->a, &before));
    json_set(o, "areas", tallies_json(&areas, false));
    json_set(o, "leaders", tallies_json(&leaders, true));
    json_set(o, "departments", tallies_json(&departments, true));
}

/* ---- lists ---- */

static const struct json *task_head(struct planned *x, const struct then *t, struct json_builder *b)
{
    json_set_int(b, "no", t->t->no);
    json_set_str(b, "area", json_string(t->t->source, "area"));
    json_set_str(b, "task", json_string(t->t->source, "measure"));
    json_set(b, "lead", leads(t->t));
    json_set(b, "due", t->t->dated ? json_of_string(x->a, day_text(x->a, t->t->due)) : json_null());
    json_set_cstr(b, "light", plan_light_name(t->light));
    return json_object(b);
}

/* Since when a task is late: its day; the plan's when that came after; of one that fell back, when it did. */
static day late_since(const struct planned *x, const struct then *t)
{
    day since = t->t->due > x->p.issued_on ? t->t->due : x->p.issued_on;
    for (size_t i = 0; t->light == PLAN_REGRESSED && i < x->history.n; i++) {
        const struct sql_value *v = row(&x->history, i);
        if (v[0].i == t->t->no && slice_is(v[2].s, "condition_lost") && v[1].i < x->m->as_of)
            since = day_of_instant(v[1].i);
    }
    return since;
}

/* [{level, on}]: of the present delay, that is since it was last done. */
static const struct json *steps(struct planned *x, const struct then *t)
{
    struct json_builder list = json_builder(x->a);
    for (size_t i = 0; i < x->history.n; i++) {
        const struct sql_value *v = row(&x->history, i);
        const struct json *details;
        struct json_builder b = json_builder(x->a);
        if (v[0].i != t->t->no || v[1].i >= x->m->as_of) continue;
        if (slice_is(v[2].s, "done") || slice_is(v[2].s, "condition_holds")) list = json_builder(x->a);
        if (!supervised(v) || failed(json_parse(x->a, v[3].s, PLAN_FILE_MAX, S("details"), &details))) continue;
        json_set_int(&b, "level", json_int(details, "level", 0));
        json_set_str(&b, "on", day_text(x->a, day_of_instant(v[1].i)));
        json_add(&list, json_object(&b));
    }
    return json_array(&list);
}

static const struct json *late_json(struct planned *x, const struct then *t, const struct json *done)
{
    struct json_builder b = json_builder(x->a), o = json_builder(x->a);
    day since = late_since(x, t), today = day_at(x->m->as_of);
    json_set_str(&o, "since", day_text(x->a, since));
    json_set_int(&o, "days", today > since ? calendar_between(x->c->calendar, since, today) : 0);
    json_set(&o, "steps", done);
    return json_merge(x->a, task_head(x, t, &b), json_object(&o));
}

static bool special(const struct json *done, struct slice *on)
{
    for (size_t i = 0; i < done->n; i++) {
        if (json_int(done->items[i], "level", 0) < 3) continue;
        *on = json_string(done->items[i], "on");
        return true;
    }
    return false;
}

static void set_late(struct planned *x, struct json_builder *o)
{
    struct json_builder late = json_builder(x->a), under = json_builder(x->a);
    for (size_t i = 0; i < x->n; i++) {
        const struct then *t = &x->list[i];
        struct slice on;
        if (t->light != PLAN_LATE && t->light != PLAN_REGRESSED) continue;
        const struct json *done = steps(x, t);
        json_add(&late, late_json(x, t, done));
        if (!special(done, &on)) continue;
        struct json_builder b = json_builder(x->a), s = json_builder(x->a);
        json_set_str(&s, "special_since", on);
        json_add(&under, json_merge(x->a, task_head(x, t, &b), json_object(&s)));
    }
    json_set(o, "late", json_array(&late));
    json_set(o, "special", json_array(&under));
}

static void set_next(struct planned *x, struct json_builder *o)
{
    struct json_builder list = json_builder(x->a);
    int64_t after = month_add(x->m->month, 2);
    day from = day_of_instant(x->m->to), to = day_of_civil((int)(after / 100), (int)(after % 100), 1);
    for (size_t i = 0; i < x->n; i++) {
        const struct then *t = &x->list[i];
        struct json_builder b = json_builder(x->a);
        if (t->light != PLAN_DONE && t->t->dated && t->t->due >= from && t->t->due < to)
            json_add(&list, task_head(x, t, &b));
    }
    json_set(o, "next", json_array(&list));
}

/* Numbers of the tasks that came to a light in the month, or left it and did not fall back. */
static const struct json *moved(struct planned *x, enum plan_light light, bool into)
{
    struct json_builder b = json_builder(x->a);
    for (size_t i = 0; i < x->n; i++) {
        const struct then *t = &x->list[i];
        bool is = t->light == light, was = t->before == light;
        if (into ? is && !was : was && !is && t->light != PLAN_REGRESSED) json_add(&b, json_of_int(x->a, t->t->no));
    }
    return json_array(&b);
}

static void set_claims(struct planned *x, struct json_builder *o)
{
    struct json_builder list = json_builder(x->a);
    for (size_t i = 0; i < x->n; i++) {
        const struct then *t = &x->list[i];
        struct json_builder b = json_builder(x->a), w = json_builder(x->a);
        if (!t->t->condition) continue;
        json_set_str(&w, "claim", plan_condition_words(x->c, x->a, t->t->condition).zh);
        json_set_cstr(&w, "state",
                      t->light == PLAN_DONE        ? "holds"
                      : t->light == PLAN_REGRESSED ? "no_longer"
                                                   : "not_yet");
        json_add(&list, json_merge(x->a, task_head(x, t, &b), json_object(&w)));
    }
    json_set(o, "claims", json_array(&list));
}

result brief_plan(struct city *c, struct arena *a, const struct brief_month *m, const struct json **out)
{
    struct planned x = {.c = c, .a = a, .m = m};
    struct json_builder o = json_builder(a);
    result r = load(&x);
    *out = json_null();
    if (result_code(r) == CODE_PLAN_NONE) return ok();
    TRY(r);
    json_set_str(&o, "title", x.p.title);
    json_set_str(&o, "number", x.p.number);
    json_set(&o, "offices", x.p.offices);
    set_tallies(&x, &o);
    json_set(&o, "done", moved(&x, PLAN_DONE, true));
    json_set(&o, "reopened", moved(&x, PLAN_DONE, false));
    json_set(&o, "became_late", moved(&x, PLAN_LATE, true));
    json_set(&o, "regressed", moved(&x, PLAN_REGRESSED, true));
    set_late(&x, &o);
    set_next(&x, &o);
    set_claims(&x, &o);
    *out = json_object(&o);
    return ok();
}
