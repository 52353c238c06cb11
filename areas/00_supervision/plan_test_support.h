/* A small plan in a small city, for the tests of area 00: two areas, four tasks, department scjg leads and is the office. */
#ifndef AREAS_00_PLAN_TEST_SUPPORT_H
#define AREAS_00_PLAN_TEST_SUPPORT_H

#include "areas/00_supervision/supervise.h"
#include "city/rights/rights.h"
#include "city/testkit.h"

static const char TEXT[] =
    "某府函〔2021〕1号\n2021年8月5日\n某市行动方案(2021)\n一、任务目标\n(一)不是措施。\n二、工作措施\n(一)第一条。\n续行。\n"
    "(二)第二条。\n三、工作保障\n(一)也不是。\n";
static const char AREAS[] =
    "[{\"no\":1,\"name\":\"开办企业\",\"leaders\":[\"甲\"],\"lead\":[\"市场监管局\"],\"responsible\":[\"公安局\",\"各有关部门\"]},"
    "{\"no\":2,\"name\":\"劳动力\",\"leaders\":[\"乙\"],\"lead\":[\"公安局\"],\"responsible\":[]}]";
#define TASK_HEAD(no, area)                                                       \
    "{\"no\":" no ",\"area_no\":" area ",\"area\":\"领域\",\"problem\":\"问题" no \
    "\",\"symptom\":\"\",\"measure\":\"措施\","
static const char TASKS[] =
    "[" TASK_HEAD("1", "1") "\"lead\":[\"市场监管局\"],\"responsible\":[\"公安局\"],\"deadline\":\"10月底\",\"due\":\"2021-10-31\"}," TASK_HEAD("2", "1") "\"lead\":[\"市场监管局\"],\"responsible\":[],\"deadline\":\"6月底\",\"due\":\"2021-06-30\",\"note\":\"印发前到期\"}," TASK_HEAD(
        "3",
        "2") "\"lead\":[\"公安局\"],\"responsible\":[],\"deadline\":\"根据国家和省的进度安排推进\",\"due\":null}," TASK_HEAD("4",
                                                                                                                             "2") "\"lead\":[\"公安局\"],\"acting_lead\":[\"市场监管局\"],\"responsible\":[],\"deadline\":null,\"due\":null}]";

struct fix {
    struct city_kit k;
    struct actor head, handler, officer, system;
};

static inline struct plan_files files(const char *tasks)
{
    return (struct plan_files){.text = slice_cstr(TEXT),
                               .areas = slice_cstr(AREAS),
                               .tasks = slice_cstr(tasks),
                               .about = S("{\"offices\":[\"市场监管局\"]}")};
}

static inline const struct json *imported(struct fix *x, const char *tasks)
{
    struct plan_input in;
    const struct json *report;
    struct plan_files f = files(tasks);
    assert_good(x->k.a, plan_read(x->k.a, &f, &in));
    assert_good(x->k.a, plan_import(&x->k.c, x->k.a, &x->system, &in, x->k.now, &report));
    return report;
}

static inline void at(struct fix *x, const char *time) { assert_true(instant_scan(slice_cstr(time), &x->k.now)); }

static inline void open_fix(struct fix *x, struct store_fixture *f)
{
    int applied;
    city_kit_open(&x->k, f);
    assert_good(x->k.a, store_migrate(x->k.c.store, x->k.a, AREA_00_MIGRATIONS, AREA_00_NMIGRATIONS, &applied));
    x->system = actor_system();
    x->head = kit_staff(&x->k, "scjg.head", ROLE_HEAD);
    x->handler = kit_staff(&x->k, "scjg.handler", ROLE_HANDLER);
    x->officer = kit_staff(&x->k, "scjg.admin", ROLE_ADMINISTRATOR);
    at(x, "2021-08-06T09:00:00+08:00");
    (void)imported(x, TASKS);
}

/* A request through the door, body as JSON text; path parameters p0, p1. */
static inline result call(struct fix *x, const struct endpoint *e, const struct actor *who, const char *p0,
                          const char *p1, const char *text, const struct json **out)
{
    struct reply r = {0};
    struct request q = {.a = x->k.a,
                        .city = &x->k.c,
                        .actor = who,
                        .now = x->k.now,
                        .params = {slice_cstr(p0 ? p0 : ""), slice_cstr(p1 ? p1 : "")},
                        .nparams = 2};
    if (e->flags & EP_RAW_BODY)
        q.body_bytes = slice_cstr(text);
    else if (text)
        q.body = test_json(x->k.a, slice_cstr(text));
    result res = door_call(e, &q, &r);
    if (out) *out = r.body;
    return res;
}

static inline const struct json *task_of(struct fix *x, const char *no)
{
    const struct json *v;
    assert_good(x->k.a, call(x, &EP_PLAN_TASK, &x->handler, no, NULL, NULL, &v));
    return v;
}

static inline int64_t entries(const struct json *task, const char *kind)
{
    int64_t n = 0;
    const struct json *list = json_get(task, "history");
    for (size_t i = 0; i < list->n; i++) n += slice_is(json_string(list->items[i], "kind"), kind);
    return n;
}

#endif
