/* tongban plan …: the action plan from the command line. */
#include "app/tongban/cli.h"

#include <stdio.h>

#include "areas/00_supervision/plan.h"
#include "city/rights/rights.h"

static int import(struct cli *c, struct opened *o, const char *folder)
{
    struct service_files files;
    struct plan_input in;
    const struct json *report;
    struct actor system = actor_system();
    struct json_builder b = json_builder(c->a);
    result r = service_files_read(c->a, slice_cstr(folder), &files);
    if (!failed(r)) r = plan_read_folder(c->a, files, &in);
    if (failed(r)) return cli_fail(c, r, EXIT_NO);
    json_set_str(&b, "hash", in.hash);
    r = plan_import(&o->city, c->a, &system, &in, time_now(o->city.time), &report);
    if (!failed(r)) r = cli_note(c, o, "plan import", json_object(&b));
    if (failed(r)) return cli_fail(c, r, EXIT_WRONG);
    if (c->json) {
        cli_json(c, report);
        return EXIT_GOOD;
    }
    bool changed = json_bool(report, "changed", false);
    cli_say(c, "%.*s：%lld 个领域，%lld 项任务，%s", "%.*s: %lld areas, %lld tasks, %s", SLICE_ARG(in.title),
            (long long)json_int(report, "areas", 0), (long long)json_int(report, "tasks", 0),
            changed ? (c->lang == LANG_EN ? "imported" : "已导入")
                    : (c->lang == LANG_EN ? "nothing changed" : "无变化"));
    const struct json *names = json_get(report, "unmatched");
    for (size_t i = 0; i < names->n; i++)
        cli_say(c, "  未对应到本市部门：%.*s", "  no department of this city: %.*s", SLICE_ARG(names->items[i]->text));
    return EXIT_GOOD;
}

static struct slice joined(struct arena *a, const struct json *list)
{
    struct buf b = buf_new(a, 4000);
    for (size_t i = 0; list && i < list->n; i++)
        buf_printf(&b, "%s%.*s", i ? "、" : "", SLICE_ARG(list->items[i]->text));
    return buf_slice(&b);
}

static void print_plan(const struct cli *c, const struct json *v)
{
    const struct json *tasks = json_get(v, "tasks"), *areas = json_get(v, "areas");
    (void)printf("%.*s\n", SLICE_ARG(json_string(v, "title")));
    for (size_t i = 0; i < areas->n; i++) {
        const struct json *x = areas->items[i];
        int64_t no = json_int(x, "no", 0);
        cli_say(c, "%lld %.*s（%.*s；牵头：%.*s）", "%lld %.*s (%.*s; lead: %.*s)", (long long)no,
                SLICE_ARG(json_string(x, "name")), SLICE_ARG(joined(c->a, json_get(x, "leaders"))),
                SLICE_ARG(joined(c->a, json_get(x, "lead"))));
        for (size_t k = 0; k < tasks->n; k++) {
            const struct json *t = tasks->items[k];
            if (json_int(t, "area_no", 0) != no) continue;
            struct slice due = json_string(t, "due"), said = json_string(t, "deadline");
            (void)printf("  %3lld  %-10.*s %.*s  %.*s（%.*s）\n", (long long)json_int(t, "no", 0),
                         SLICE_ARG(json_string(t, "light")),
                         SLICE_ARG(due.n    ? due
                                   : said.n ? said
                                            : S("-")),
                         SLICE_ARG(json_string(t, "problem")), SLICE_ARG(joined(c->a, json_get(t, "lead"))));
        }
    }
}

/* One act: the endpoint of the interface below /plan, with the same checks and the same journals. `no`: of a task, or NULL. */
static result act(struct cli *c, struct opened *o, const char *no, const char *what, const char *text,
                  const struct json **out)
{
    struct actor system = actor_system();
    struct slice path = arena_printf(c->a, no ? "/plan/tasks/{no}/%s" : "/plan/%s", what);
    struct request q = {.a = c->a,
                        .city = &o->city,
                        .actor = &system,
                        .now = time_now(o->city.time),
                        .lang = c->lang,
                        .params = {slice_cstr(no)},
                        .nparams = no ? 1 : 0};
    struct reply r = {0};
    struct json_builder done = json_builder(c->a);
    TRY(json_parse(c->a, slice_cstr(text), 256 * 1024, S("JSON"), &q.body));
    for (size_t i = 0; i < o->city.areas->n; i++) {
        const struct endpoints *e = &o->city.areas->list[i]->endpoints;
        for (size_t k = 0; k < e->n; k++) {
            if (strcmp(e->list[k]->method, "POST") != 0 || !slice_is(path, e->list[k]->path)) continue;
            if (!(e->list[k]->flags & EP_JSON_BODY)) continue;
            q.route = arena_printf(c->a, "POST /api/v1%s", e->list[k]->path);
            TRY(door_call(e->list[k], &q, &r));
            json_set_bool(&done, "good", true);
            *out = r.body ? r.body : json_object(&done);
            return cli_note(c, o, "plan do", NULL);
        }
    }
    return fail(c->a, CODE_NOT_FOUND, S("plan do"), "value", slice_cstr(what), NULL);
}

static int show(struct cli *c, const struct json *v)
{
    if (c->json)
        cli_json(c, v);
    else if (json_get(v, "tasks"))
        print_plan(c, v);
    else
        cli_json(c, v);
    return EXIT_GOOD;
}

static result look(struct cli *c, struct opened *o, struct slice what, const struct json **out)
{
    int64_t no;
    struct actor system = actor_system();
    instant now = time_now(o->city.time);
    if (slice_is(what, "list")) return plan_list(&o->city, c->a, now, out);
    if (slice_is(what, "progress")) return plan_progress(&o->city, c->a, now, out);
    if (slice_is(what, "do")) {
        bool task = slice_int64(slice_cstr(c->argv[1]), &no);
        if (!task) return act(c, o, NULL, c->argv[1], c->argv[2], out);
        return act(c, o, c->argv[1], c->argv[2], c->argc == 4 ? c->argv[3] : "{}", out);
    }
    TRY(plan_number(c->a, slice_cstr(c->argv[1]), &no));
    return plan_task_full(&o->city, c->a, &system, no, now, out);
}

static int run(struct cli *c)
{
    struct opened *o = NULL;
    const struct json *v;
    struct slice what = c->argc ? slice_cstr(c->argv[0]) : (struct slice){NULL, 0};
    bool list = (slice_is(what, "list") || slice_is(what, "progress")) && c->argc == 1;
    bool one = slice_is(what, "show") && c->argc == 2, acts = slice_is(what, "do") && (c->argc == 3 || c->argc == 4);
    bool brings = slice_is(what, "import") && c->argc == 2;
    if (!list && !one && !acts && !brings) return cli_usage(c, &COMMAND_PLAN);
    int status;
    result r = city_open(c, OPEN_STORE, false, &o);
    if (failed(r))
        status = cli_fail(c, r, EXIT_WRONG);
    else if (brings)
        status = import(c, o, c->argv[1]);
    else {
        r = look(c, o, what, &v);
        status = failed(r) ? cli_fail(c, r, EXIT_NO) : show(c, v);
    }
    if (o) city_shut(o);
    return status;
}

const struct command COMMAND_PLAN = {
    "plan",
    "  plan import 目录               导入行动方案（格式见 docs/operators/plan.zh-CN.md；重复导入不改变任何内容）\n"
    "  plan list | progress           方案的领域、任务与进度灯；按领域、部门、领导、月份的进展\n"
    "  plan show 编号                 一项任务的全部内容\n"
    "  plan do 编号 status|owner|subtasks|evidence|comments|condition JSON   办理一项任务（内容同接口 /plan/tasks/{no}/…）\n"
    "  plan do leaders|bodies|contacts|filings|circulars JSON   人员、单位、联络员、报送、通报（内容同接口 /plan/…）",
    "  plan import FOLDER             imports an action plan (form: docs/operators/plan.md; again: nothing changes)\n"
    "  plan list | progress           areas, tasks and lights; progress by area, department, leader and month\n"
    "  plan show NUMBER               one task, whole\n"
    "  plan do NUMBER status|owner|subtasks|evidence|comments|condition JSON   acts on a task (body as in /plan/tasks/{no}/…)\n"
    "  plan do leaders|bodies|contacts|filings|circulars JSON   names, members, contacts, filings (body as in /plan/…)",
    run};
