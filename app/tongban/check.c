/* tongban check FOLDER…: every fault of a service folder, with its place and remedy, and what of other tools it ignores; then its
 * scenarios are played. With --report what the checks have found out about every built-in service and these folders. */
#include "app/tongban/cli.h"

#include <stdio.h>

#include "app/tongban/builtin.h"

struct checking {
    struct cli *c;
    struct opened *o;
    size_t scenarios;
    struct json_builder notes; /* {folder, …note} */
};

static void note(struct checking *k, struct slice folder, struct service_files f)
{
    const struct json *list = service_notes(k->o->city.catalogue, k->c->a, f);
    for (size_t i = 0; i < list->n; i++) {
        struct json_builder b = json_builder(k->c->a);
        json_set_str(&b, "folder", folder);
        json_add(&k->notes, json_merge(k->c->a, json_object(&b), list->items[i]));
    }
}

static result check(struct checking *k, struct service_files f)
{
    TRY(service_check(k->o->city.catalogue, k->c->a, f));
    return scenarios_play(k->c, f, &k->scenarios);
}

static result one(struct checking *k, const char *path, struct service_files *f)
{
    TRY(service_files_read(k->c->a, slice_cstr(path), f));
    return check(k, *f);
}

/* Folders given together may call each other; so may they call the built-in services. */
static result know_builtin(struct cli *c, struct opened *o)
{
    size_t n;
    struct service_files *folders = builtin_services(c->a, &n);
    return catalogue_install(o->city.catalogue, c->a, folders, n, time_now(o->city.time));
}

static void say_notes(struct checking *k)
{
    for (size_t i = 0; i < k->notes.n; i++) {
        struct bitext text = bitext_of(json_get(k->notes.items[i], "text"));
        struct slice folder = json_string(k->notes.items[i], "folder");
        cli_say(k->c, "注意：%.*s：%.*s", "Note: %.*s: %.*s", SLICE_ARG(folder),
                SLICE_ARG(k->c->lang == LANG_EN ? text.en : text.zh));
    }
}

/* One line a service; what is counted and what is not says docs/designers/process.md. */
static void say_report(struct cli *c, const struct json *v)
{
    const struct json *list = json_get(v, "services");
    cli_say(c, "事项                            元素   状态  最长  承诺  法定  数据定时限  无时限  重复",
            "service                     elements states longest promised statutory by-data no-clock repeated");
    for (size_t i = 0; i < list->n; i++) {
        const struct json *s = list->items[i];
        struct slice promised = json_string(s, "promised_days"), statutory = json_string(s, "statutory_days");
        (void)printf("%-30.*s %5lld %6lld %7.*s %7.*s %7.*s %6lld %6lld %6lld%s\n", SLICE_ARG(json_string(s, "code")),
                     (long long)json_int(s, "elements", 0), (long long)json_int(s, "states", 0),
                     SLICE_ARG(json_string(s, "longest_days")), SLICE_ARG(promised.n ? promised : S("-")),
                     SLICE_ARG(statutory.n ? statutory : S("-")), (long long)json_int(s, "clocks_by_data", 0),
                     (long long)json_int(s, "tasks_without_clock", 0), (long long)json_int(s, "repeated", 0),
                     json_bool(s, "complete", false) ? "" : "  !");
    }
}

static void say_good(struct checking *k, size_t folders, const struct json *report)
{
    if (k->c->json) {
        struct json_builder b = json_builder(k->c->a);
        json_set_bool(&b, "good", true);
        json_set_int(&b, "scenarios", (int64_t)k->scenarios);
        json_set(&b, "notes", json_array(&k->notes));
        if (report) json_set(&b, "report", report);
        cli_json(k->c, json_object(&b));
        return;
    }
    if (report) say_report(k->c, report);
    say_notes(k);
    cli_say(k->c, "检查通过（%zu 个事项，%zu 个场景）", "Good (%zu services, %zu scenarios)", folders, k->scenarios);
}

/* Good folders are noted beside each other and the built-in services; others as they are. */
static result notes(struct checking *k, const struct service_files *given, bool good)
{
    struct cli *c = k->c;
    if (good && c->argc)
        TRY(catalogue_install(k->o->city.catalogue, c->a, given, (size_t)c->argc, time_now(k->o->city.time)));
    for (int i = 0; i < c->argc; i++) note(k, slice_cstr(c->argv[i]), given[i]);
    return ok();
}

static int run(struct cli *c)
{
    struct checking k = {.c = c, .notes = json_builder(c->a)};
    bool report = cli_flag(c, "--report"), builtin = cli_flag(c, "--builtin") || report;
    if (c->argc == 0 && !builtin) return cli_usage(c, &COMMAND_CHECK);
    result r = city_open(c, OPEN_CATALOGUE, false, &k.o);
    if (!failed(r)) r = know_builtin(c, k.o);
    if (failed(r)) return cli_fail(c, r, EXIT_WRONG);
    result all = ok();
    size_t n = 0;
    struct service_files *folders = builtin_services(c->a, &n),
                         *given = NEW_ARRAY(c->a, struct service_files, (size_t)c->argc + 1);
    for (size_t i = 0; builtin && i < n; i++) all = result_join(c->a, all, check(&k, folders[i]));
    for (int i = 0; i < c->argc; i++) all = result_join(c->a, all, one(&k, c->argv[i], &given[i]));
    for (size_t i = 0; builtin && i < n; i++) note(&k, S("--builtin"), folders[i]);
    all = result_join(c->a, all, notes(&k, given, !failed(all)));
    if (failed(all)) {
        if (!c->json) say_notes(&k);
        return cli_fail(c, all, EXIT_NO);
    }
    const struct json *found = report ? soundness_json(c->a, k.o->city.catalogue) : NULL;
    say_good(&k, (builtin ? n : 0) + (size_t)c->argc, found);
    return !found || json_bool(found, "good", false) ? EXIT_GOOD : EXIT_NO;
}

const struct command COMMAND_CHECK = {
    "check",
    "  check [--builtin] 目录 …       检查事项目录并运行其场景，逐条列出问题、位置与改法（有问题时退出码为 1）\n"
    "  check --report [目录 …]        另列出全部内置事项的检查结果：搜索的状态数、最长路径与承诺、法定时限",
    "  check [--builtin] FOLDER …     checks service folders and plays their scenarios: every fault, its place and remedy (exit status 1: faults)\n"
    "  check --report [FOLDER …]      and a table over all built-in services: states searched, the longest way beside promise and statutory limit",
    run};
