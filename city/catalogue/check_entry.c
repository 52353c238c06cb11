/* service.json: its schema, its codes (GB/T 39554.1), its limits against each other and against the law. */
#include "base/identifier.h"
#include "city/catalogue/internal.h"

struct entry {
    const struct catalogue *c;
    struct arena *a;
    const struct json *v;
    result faults;
};

static void say(struct entry *e, const char *pointer, const char *zh, const char *en)
{
    result r = service_fault(e->a, arena_printf(e->a, "service.json#%s", pointer), zh, en);
    e->faults = result_join(e->a, e->faults, r);
}

/* Problems of the schema under "service.json#/pointer". */
static void schema_faults(struct entry *e)
{
    result r = schema_validate(e->a, e->c->service_schema, e->v);
    for (const struct problem *p = r.problem; p; p = p->next) {
        struct problem one = *p;
        one.field = arena_printf(e->a, "service.json#%.*s", SLICE_ARG(p->field));
        one.next = NULL;
        e->faults = result_join(e->a, e->faults, result_copy(e->a, (result){&one}));
    }
}

static void code_checks(struct entry *e)
{
    struct slice basic = json_string(e->v, "basic_code"), impl = json_string(e->v, "implementation_code");
    const struct department *d = citydata_department(e->c->data, json_string(e->v, "department"));
    if (failed(identifier_check(e->a, ID_KIND_BASIC_CODE, basic, S("basic_code"))))
        say(e, "/basic_code", "不符合 GB/T 39554.1 的基本编码（12 位）",
            "is not a basic code of GB/T 39554.1 (12 characters)");
    if (failed(identifier_check(e->a, ID_KIND_IMPL_CODE, impl, S("implementation_code")))) {
        say(e, "/implementation_code", "不符合 GB/T 39554.1 的实施编码（统一社会信用代码 + 行使层级 + 基本编码）",
            "is not an implementation code of GB/T 39554.1 (USCC of the body, level, basic code)");
        return;
    }
    struct slice parts[IDENTIFIER_PARTS];
    size_t n = identifier_split(ID_KIND_IMPL_CODE, impl, parts);
    if (n >= 3 && !slice_eq(parts[2], basic))
        say(e, "/implementation_code", "与基本编码不一致", "does not contain the basic code");
    if (n >= 2 && !slice_eq(parts[1], json_string(e->v, "level")))
        say(e, "/implementation_code", "与行使层级不一致", "does not contain the level");
    if (n >= 1 && d && d->uscc.n && !slice_eq(parts[0], d->uscc))
        say(e, "/implementation_code", "与实施机构的统一社会信用代码不一致",
            "does not begin with the USCC of the deciding body");
    if (e->c->data && e->c->data->ndepartments && !d)
        say(e, "/department", "机构表中没有这个部门", "is no department of the city's list");
}

/* Longest time a limit can take, in calendar days times 24, to compare limits of different units: a working week has five
 * days of eight hours. Only for limits without a common unit. */
static int64_t rough_hours(struct limit l)
{
    switch (l.unit) {
    case LIMIT_WORKING_DAY: return l.n * 24 * 7 / 5;
    case LIMIT_CALENDAR_DAY: return l.n * 24;
    case LIMIT_HOUR: return l.n;
    case LIMIT_WORKING_HOUR: return l.n * 3;
    }
    return l.n;
}

static bool longer(struct limit x, struct limit y)
{
    return x.unit == y.unit ? x.n > y.n : rough_hours(x) > rough_hours(y);
}

static void deadline_check(struct entry *e, const struct json *l, const char *pointer)
{
    struct slice id = json_string(l, "deadline");
    if (!id.n || !e->c->deadlines) return;
    const struct deadline *d = deadline_find(e->c->deadlines, id);
    struct limit x = limit_read(e->a, l);
    if (!d)
        say(e, pointer, "时限表中没有这一行", "names no row of the table of statutory limits");
    else if (!deadline_keeps(d, e->c->city->calendar, &x))
        say(e, pointer, "超出法律规定的时限", "is longer than the law allows");
}

static void limit_checks(struct entry *e)
{
    const struct json *promised = json_get(e->v, "promised"), *statutory = json_get(e->v, "statutory");
    struct limit p = limit_read(e->a, promised), s = limit_read(e->a, statutory);
    if (p.n && s.n && longer(p, s))
        say(e, "/promised", "承诺时限长于法定时限", "the promise is longer than the statutory limit");
    deadline_check(e, promised, "/promised");
    deadline_check(e, statutory, "/statutory");
    const struct json *steps = json_get(e->v, "steps");
    for (size_t i = 0; steps && i < steps->n; i++) {
        struct limit l = limit_read(e->a, json_get(steps->items[i], "limit"));
        const char *at = arena_cstr(e->a, arena_printf(e->a, "/steps/%zu/limit", i));
        if (l.n && p.n && longer(l, p))
            say(e, at, "环节时限长于整个事项的承诺时限", "the step's limit is longer than the whole service's promise");
        deadline_check(e, json_get(steps->items[i], "limit"), at);
    }
    /* an immediate service that takes days is none */
    bool same_day = (p.unit == LIMIT_WORKING_DAY && p.n <= 1) || p.unit == LIMIT_HOUR || p.unit == LIMIT_WORKING_HOUR;
    if (slice_is(json_string(e->v, "kind"), "immediate") && p.n && !same_day)
        say(e, "/kind", "即办件的承诺时限不得超过 1 个工作日",
            "an immediate service may promise at most one working day");
}

static void unique_member(struct entry *e, const char *list, const char *member)
{
    const struct json *v = json_get(e->v, list);
    for (size_t i = 0; v && i < v->n; i++)
        for (size_t k = 0; k < i; k++)
            if (slice_eq(json_string(v->items[i], member), json_string(v->items[k], member)))
                say(e, arena_cstr(e->a, arena_printf(e->a, "/%s/%zu/%s", list, i, member)), "重复", "is there twice");
}

static bool has(const struct json *list, const char *word)
{
    for (size_t i = 0; list && i < list->n; i++)
        if (slice_is(list->items[i]->text, word)) return true;
    return false;
}

static void place_checks(struct entry *e)
{
    const struct json *steps = json_get(e->v, "steps"), *halls = json_get(e->v, "halls"),
                      *channels = json_get(e->v, "channels");
    for (size_t i = 0; steps && i < steps->n; i++)
        if (e->c->data && e->c->data->ndepartments &&
            !citydata_department(e->c->data, json_string(steps->items[i], "department")))
            say(e, arena_cstr(e->a, arena_printf(e->a, "/steps/%zu/department", i)), "机构表中没有这个部门",
                "is no department of the city's list");
    for (size_t i = 0; halls && i < halls->n; i++)
        if (!slice_is(halls->items[i]->text, "*") && e->c->data && e->c->data->nhalls &&
            !citydata_hall(e->c->data, halls->items[i]->text))
            say(e, arena_cstr(e->a, arena_printf(e->a, "/halls/%zu", i)), "没有这个办事大厅",
                "is no hall of the city's list");
    if (json_get(e->v, "correction") && slice_is(json_string(e->v, "acceptance"), "automatic"))
        say(e, "/correction", "自动受理的事项不告知补正，不得写补正期限",
            "a service that accepts by itself asks for no correction, and names no limit for one");
    if (has(channels, "window") && !(halls && halls->n))
        say(e, "/halls", "窗口办理须写明办事大厅", "a service at windows names its halls");
    if (slice_is(json_string(e->v, "online"), "full") && json_int(e->v, "visits", 0) > 0)
        say(e, "/visits", "全程网办的到现场次数应为 0", "a service that is wholly online needs no visit");
    if (!slice_is(json_string(e->v, "online"), "none") && !has(channels, "online"))
        say(e, "/channels", "可网办的事项须含 online", "a service that can be done online lists the channel online");
    if (json_get(e->v, "valid_from") && json_get(e->v, "valid_to") &&
        slice_cmp(json_string(e->v, "valid_from"), json_string(e->v, "valid_to")) > 0)
        say(e, "/valid_to", "早于生效日期", "lies before valid_from");
}

result check_entry(const struct catalogue *c, struct arena *a, const struct json *v)
{
    struct entry e = {c, a, v, ok()};
    schema_faults(&e);
    if (failed(e.faults)) return e.faults; /* the rules below rely on the shape */
    code_checks(&e);
    limit_checks(&e);
    place_checks(&e);
    unique_member(&e, "steps", "key");
    unique_member(&e, "materials", "code");
    return e.faults;
}
