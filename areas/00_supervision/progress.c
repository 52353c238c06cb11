/* Progress by area, department, leader and month, and the list of special supervision (专项督导): counted from the tasks and the
 * calendar at the moment it is asked. */
#include "areas/00_supervision/plan.h"

#include <stdlib.h>

#include "city/sql.h"

struct tally {
    struct slice key;
    int64_t no, total, done_late, lights[PLAN_LIGHTS];
};
struct tallies {
    struct tally *list;
    size_t n, cap;
};

static void count(struct arena *a, struct tallies *t, struct slice key, int64_t no, enum plan_light light, bool late)
{
    size_t i = 0;
    while (i < t->n && !(slice_eq(t->list[i].key, key) && t->list[i].no == no)) i++;
    if (i == t->n) {
        if (t->n == t->cap) {
            size_t cap = t->cap ? 2 * t->cap : 32;
            struct tally *more = NEW_ARRAY(a, struct tally, cap);
            if (t->n) memcpy(more, t->list, t->n * sizeof *more);
            t->list = more;
            t->cap = cap;
        }
        t->list[t->n++] = (struct tally){.key = key, .no = no};
    }
    t->list[i].total++;
    t->list[i].lights[light]++;
    t->list[i].done_late += late;
}

static const struct json *tally_json(struct arena *a, const struct tally *t, const char *key)
{
    struct json_builder b = json_builder(a);
    if (t->no) json_set_int(&b, "no", t->no);
    if (key) json_set_str(&b, key, t->key);
    json_set_int(&b, "total", t->total);
    for (int i = 0; i < PLAN_LIGHTS; i++) json_set_int(&b, plan_light_name((enum plan_light)i), t->lights[i]);
    json_set_int(&b, "done_late", t->done_late);
    return json_object(&b);
}

static const struct json *tallies_json(struct arena *a, const struct tallies *t, const char *key)
{
    struct json_builder b = json_builder(a);
    for (size_t i = 0; i < t->n; i++) json_add(&b, tally_json(a, &t->list[i], key));
    return json_array(&b);
}

static void count_names(struct arena *a, struct tallies *t, const struct json *names, enum plan_light light, bool late)
{
    for (size_t i = 0; names && i < names->n; i++) count(a, t, names->items[i]->text, 0, light, late);
}

static int by_key(const void *x, const void *y)
{
    return slice_cmp(((const struct tally *)x)->key, ((const struct tally *)y)->key);
}

enum { ALL, AREA, LEAD, LEADER, MONTH, GROUPS };

static void count_task(struct arena *a, const struct plan *p, const struct plan_task *t, enum plan_light light,
                       struct tallies *g)
{
    const struct plan_area *area = plan_area_find(p, t->area_no);
    const struct json *lead = json_get(t->source, "acting_lead");
    bool late = t->done && t->dated && t->done_on > t->due;
    count(a, &g[ALL], (struct slice){0}, 0, light, late);
    count(a, &g[AREA], area ? json_string(area->source, "name") : json_string(t->source, "area"), t->area_no, light,
          late);
    count_names(a, &g[LEAD], lead ? lead : json_get(t->source, "lead"), light, late);
    if (area) count_names(a, &g[LEADER], json_get(area->source, "leaders"), light, late);
    if (t->dated) count(a, &g[MONTH], slice_sub(day_text(a, t->due), 0, 7), 0, light, late);
}

result plan_progress(struct city *c, struct arena *a, instant now, const struct json **out)
{
    struct plan p;
    struct plan_task *list;
    size_t n;
    struct tallies g[GROUPS] = {{0}};
    struct json_builder b = json_builder(a);
    TRY(plan_load(c, NULL, a, &p));
    TRY(plan_tasks(c, NULL, a, &list, &n));
    for (size_t i = 0; i < n; i++) {
        struct plan_clock k = plan_task_clock(&list[i]);
        count_task(a, &p, &list[i], plan_light(c->calendar, &k, day_of_instant(now)), g);
    }
    if (g[MONTH].n) qsort(g[MONTH].list, g[MONTH].n, sizeof *g[MONTH].list, by_key);
    json_set_str(&b, "as_of", instant_text(a, now));
    json_set_str(&b, "calendar", calendar_version(c->calendar));
    json_set(&b, "all", n ? tally_json(a, &g[ALL].list[0], NULL) : json_null());
    json_set(&b, "areas", tallies_json(a, &g[AREA], "name"));
    json_set(&b, "departments", tallies_json(a, &g[LEAD], "name"));
    json_set(&b, "leaders", tallies_json(a, &g[LEADER], "name"));
    json_set(&b, "months", tallies_json(a, &g[MONTH], "due_month"));
    *out = json_object(&b);
    return ok();
}

static result progress(const struct request *q, struct reply *r)
{
    return plan_progress(q->city, q->a, q->now, &r->body);
}

static const struct stmt SPECIAL = {
    "plan_special",
    "SELECT task_no, MIN(at) FROM plan_step WHERE level >= 3 AND task_no > 0 GROUP BY task_no ORDER BY MIN(at), task_no",
    NULL, false};

static result special(const struct request *q, struct reply *r)
{
    struct plan p;
    struct rows rows;
    struct json_builder items = json_builder(q->a), b = json_builder(q->a);
    TRY(plan_load(q->city, NULL, q->a, &p));
    TRY(store_query(q->city->store, q->a, &SPECIAL, NULL, 0, &rows));
    for (size_t i = 0; i < rows.n; i++) {
        struct plan_task t;
        struct json_builder o = json_builder(q->a);
        TRY(plan_task_load(q->city, NULL, q->a, row(&rows, i)[0].i, &t));
        if (t.done || t.withdrawn) continue;
        json_set_instant(&o, "special_since", row(&rows, i)[1].i);
        json_add(&items, json_merge(q->a, plan_task_json(q->city, q->a, &p, &t, q->now), json_object(&o)));
    }
    json_set(&b, "items", json_array(&items));
    r->body = json_object(&b);
    return ok();
}

#define TALLIES "{\"type\":\"array\",\"items\":{\"type\":\"object\"}}"
const struct endpoint EP_PLAN_PROGRESS = {
    .method = "GET",
    .path = "/plan/progress",
    .right = {RIGHT_STAFF, 0, false},
    .summary_zh = "按领域、部门、领导、月份的进展",
    .summary_en = "Progress by area, department, leader and month",
    .reply_schema =
        "{\"type\":\"object\",\"properties\":{\"as_of\":{\"type\":\"string\"},\"all\":{\"type\":[\"object\",\"null\"]},"
        "\"areas\":" TALLIES ",\"departments\":" TALLIES ",\"leaders\":" TALLIES ",\"months\":" TALLIES "}}",
    .handle = progress};
const struct endpoint EP_PLAN_SPECIAL = {
    .method = "GET",
    .path = "/plan/special",
    .right = {RIGHT_STAFF, 0, false},
    .summary_zh = "专项督导清单",
    .summary_en = "Tasks under special supervision",
    .reply_schema =
        "{\"type\":\"object\",\"properties\":{\"items\":{\"type\":\"array\",\"items\":{\"type\":\"object\"}}}}",
    .handle = special};
