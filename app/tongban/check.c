/* tongban check FOLDER…: every fault of a service folder, with its place and remedy; then its scenarios are played. */
#include "app/tongban/cli.h"

#include <stdio.h>

#include "app/tongban/builtin.h"

static result check(struct cli *c, struct opened *o, struct service_files f, size_t *scenarios)
{
    TRY(service_check(o->city.catalogue, c->a, f));
    return scenarios_play(c, f, scenarios);
}

static result one(struct cli *c, struct opened *o, const char *path, size_t *scenarios)
{
    struct service_files f;
    TRY(service_files_read(c->a, slice_cstr(path), &f));
    return check(c, o, f, scenarios);
}

/* Folders given together may call each other; so may they call the built-in services. */
static result know_builtin(struct cli *c, struct opened *o)
{
    size_t n;
    struct service_files *folders = builtin_services(c->a, &n);
    return catalogue_install(o->city.catalogue, c->a, folders, n, time_now(o->city.time));
}

static int run(struct cli *c)
{
    struct opened *o;
    bool builtin = cli_flag(c, "--builtin");
    if (c->argc == 0 && !builtin) return cli_usage(c, &COMMAND_CHECK);
    result r = city_open(c, OPEN_CATALOGUE, false, &o);
    if (!failed(r)) r = know_builtin(c, o);
    if (failed(r)) return cli_fail(c, r, EXIT_WRONG);
    result all = ok();
    size_t n = 0, scenarios = 0;
    struct service_files *folders = builtin_services(c->a, &n);
    for (size_t i = 0; builtin && i < n; i++) all = result_join(c->a, all, check(c, o, folders[i], &scenarios));
    for (int i = 0; i < c->argc; i++) all = result_join(c->a, all, one(c, o, c->argv[i], &scenarios));
    if (failed(all)) return cli_fail(c, all, EXIT_NO);
    if (c->json) {
        struct json_builder b = json_builder(c->a);
        json_set_bool(&b, "good", true);
        json_set_int(&b, "scenarios", (int64_t)scenarios);
        cli_json(c, json_object(&b));
    } else {
        cli_say(c, "检查通过（%zu 个事项，%zu 个场景）", "Good (%zu services, %zu scenarios)",
                (builtin ? n : 0) + (size_t)c->argc, scenarios);
    }
    return EXIT_GOOD;
}

const struct command COMMAND_CHECK = {
    "check",
    "  check [--builtin] 目录 …       检查事项目录并运行其场景，逐条列出问题、位置与改法（有问题时退出码为 1）",
    "  check [--builtin] FOLDER …     checks service folders and plays their scenarios: every fault, its place and remedy (exit status 1: faults)",
    run};
