/* scenarios/: well-formed, and about things this service has. Whether they hold is for the runner. */
#include "city/catalogue/internal.h"

struct scenario {
    struct arena *a;
    const struct service *s;
    struct slice path;
    result faults;
};

static void say(struct scenario *x, const char *pointer, const char *zh, const char *en)
{
    struct slice where = arena_printf(x->a, "%.*s#%s", SLICE_ARG(x->path), pointer);
    result r = fail(x->a, CODE_SERVICE_SCENARIO, where, "detail_zh", slice_cstr(zh), "detail_en", slice_cstr(en), NULL);
    x->faults = result_join(x->a, x->faults, r);
}

static bool node_known(const struct process_model *m, struct slice id, int depth)
{
    const struct process_node *nodes;
    size_t n = process_nodes(m, &nodes);
    for (size_t i = 0; i < n; i++) {
        if (slice_eq(nodes[i].id, id)) return true;
        if (nodes[i].called && depth < 8 && node_known(nodes[i].called, id, depth + 1)) return true;
    }
    return false;
}

static const char *place(struct scenario *x, size_t i, const char *member)
{
    return arena_cstr(x->a, arena_printf(x->a, "/steps/%zu/%s", i, member));
}

/* The property of that dotted path asks for a file. */
static bool asks_for_file(const struct json *form, struct slice path)
{
    struct slice head, rest = path;
    for (bool more = true; more && form;) {
        more = slice_cut(rest, '.', &head, &rest);
        form = json_get_slice(json_get(form, "properties"), head);
    }
    return json_get(form, "x-attachment") != NULL;
}

static void check_files(struct scenario *x, size_t i, const struct json *v)
{
    const struct json *files = json_get(v, "files");
    bool hands_in = slice_is(json_string(v, "do"), "file") || slice_is(json_string(v, "do"), "correct");
    if (files && !hands_in)
        say(x, place(x, i, "files"), "只有申请和补正可以交文件", "only what is filed or corrected hands in files");
    for (size_t k = 0; files && hands_in && !json_get(v, "service") && k < files->n; k++)
        if (!asks_for_file(service_form_json(x->s), files->keys[k]))
            say(x, place(x, i, "files"), "表单中没有这个附件字段",
                "names a property of the form that asks for no file");
}

static void check_step(struct scenario *x, size_t i, const struct json *v)
{
    struct slice what = json_string(v, "do"), task = json_string(v, "task"), refused = json_string(v, "refused");
    bool other = json_get(v, "service") != NULL;
    bool by_task = slice_is(what, "claim") || slice_is(what, "release") || slice_is(what, "decide") ||
                   slice_is(what, "transfer") || slice_is(what, "begin");
    bool nobody =
        slice_is(what, "advance") || slice_is(what, "outage") || slice_is(what, "repair") || slice_is(what, "expect");
    if (!nobody && !json_string(v, "as").n) say(x, place(x, i, "as"), "须写明由谁办理", "says nobody who does it");
    if (by_task && !task.n) say(x, place(x, i, "task"), "须写明任务", "names no task");
    if (slice_is(what, "message") && !json_string(v, "message").n)
        say(x, place(x, i, "message"), "须写明消息", "names no message");
    if (task.n && !other && !node_known(x->s->model, task, 0))
        say(x, place(x, i, "task"), "流程中没有这个任务", "names a task the process does not have");
    if (slice_is(what, "advance") && !json_string(v, "to").n == !json_string(v, "by").n)
        say(x, place(x, i, "to"), "须写 to 或 by 之一", "needs either to or by");
    if (refused.n && code_of_name(refused) == CODE_COUNT)
        say(x, place(x, i, "refused"), "没有这个错误代码", "is no code of the registry of errors");
    check_files(x, i, v);
    const struct json *steps = json_get(json_get(v, "expect"), "steps");
    for (size_t k = 0; steps && k < steps->n; k++)
        if (!other && !service_step_find(x->s, steps->keys[k]))
            say(x, place(x, i, "expect/steps"), "没有这个环节", "names a step the service does not have");
}

/* A proof of a row of the plan counts only where the service says that it belongs to that row. */
static void check_shows(struct scenario *x, const struct json *shows)
{
    const struct json *systems = json_get(service_json(x->s), "systems");
    for (size_t i = 0; shows && i < shows->n; i++) {
        bool known = false;
        for (size_t k = 0; systems && k < systems->n; k++)
            known = known || json_equal(systems->items[k], shows->items[i]);
        if (!known)
            say(x, arena_cstr(x->a, arena_printf(x->a, "/shows/%zu", i)), "不在 service.json 的 systems 中",
                "is not among the systems of service.json");
    }
}

result check_scenarios(const struct catalogue *c, struct arena *a, const struct service *s)
{
    result all = ok();
    size_t count = 0;
    for (size_t i = 0; i < s->files.n; i++) {
        struct service_file f = s->files.list[i];
        if (!slice_starts(f.path, S("scenarios/")) || !slice_ends(f.path, S(".json"))) continue;
        count++;
        struct scenario x = {a, s, f.path, ok()};
        const struct json *v;
        result r = json_parse(a, f.bytes, 1024 * 1024, f.path, &v);
        if (!failed(r)) r = schema_validate(a, c->scenario_schema, v);
        if (failed(r)) {
            for (const struct problem *p = r.problem; p; p = p->next)
                say(&x, arena_cstr(a, p->field), arena_cstr(a, problem_text(a, p, LANG_ZH)),
                    arena_cstr(a, problem_text(a, p, LANG_EN)));
        } else {
            const struct json *steps = json_get(v, "steps");
            check_shows(&x, json_get(v, "shows"));
            for (size_t k = 0; k < steps->n; k++) check_step(&x, k, steps->items[k]);
        }
        all = result_join(a, all, x.faults);
    }
    if (!count)
        all = result_join(a, all,
                          fail(a, CODE_SERVICE_SCENARIO, S("scenarios/"), "detail_zh", S("至少要有一个场景"),
                               "detail_en", S("there must be at least one"), NULL));
    return all;
}
