/* tongban check FOLDER…: every fault of a service folder, with its place and remedy. Needs no database. */
#include "app/tongban/cli.h"

#include <stdio.h>

#include "app/tongban/builtin.h"

static result one(struct cli *c, struct opened *o, const char *path)
{
    struct service_files f;
    TRY(service_files_read(c->a, slice_cstr(path), &f));
    return service_check(o->city.catalogue, c->a, f);
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
    size_t n = 0;
    struct service_files *folders = builtin_services(c->a, &n);
    for (size_t i = 0; builtin && i < n; i++)
        all = result_join(c->a, all, service_check(o->city.catalogue, c->a, folders[i]));
    for (int i = 0; i < c->argc; i++) all = result_join(c->a, all, one(c, o, c->argv[i]));
    if (failed(all)) return cli_fail(c, all, EXIT_NO);
    if (c->json) {
        struct json_builder b = json_builder(c->a);
        json_set_bool(&b, "good", true);
        cli_json(c, json_object(&b));
    } else {
        cli_say(c, "检查通过（%zu 个事项）", "Good (%zu services)", (builtin ? n : 0) + (size_t)c->argc);
    }
    return EXIT_GOOD;
}

const struct command COMMAND_CHECK = {
    "check", "  check [--builtin] 目录 …       检查事项目录，逐条列出问题、位置与改法（有问题时退出码为 1）",
    "  check [--builtin] FOLDER …     checks service folders: every fault, its place and remedy (exit status 1: faults)",
    run};
