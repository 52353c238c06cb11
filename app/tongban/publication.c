/* tongban publication import FOLDER: pieces of the portal's news from files. */
#include "areas/00_supervision/publications/news.h"

#include "app/tongban/cli.h"

static int import(struct cli *c, struct opened *o, const char *folder, bool release)
{
    struct service_files files;
    const struct json *report;
    result r = service_files_read(c->a, slice_cstr(folder), &files);
    if (!failed(r)) r = news_import(&o->city, c->a, files, release, time_now(o->city.time), &report);
    if (failed(r)) return cli_fail(c, r, EXIT_NO);
    r = cli_note(c, o, release ? "publication import --release" : "publication import", report);
    if (failed(r)) return cli_fail(c, r, EXIT_WRONG);
    if (c->json)
        cli_json(c, report);
    else
        cli_say(c, "新增 %lld 篇，更新 %lld 篇，未变 %lld 篇；已发布 %lld 篇，其余待他人在工作台发布",
                "%lld new, %lld changed, %lld unchanged; %lld released, others wait for a second person at the desk",
                (long long)json_int(report, "added", 0), (long long)json_int(report, "changed", 0),
                (long long)json_int(report, "same", 0), (long long)json_int(report, "released", 0));
    return EXIT_GOOD;
}

static int run(struct cli *c)
{
    struct opened *o = NULL;
    bool release = cli_flag(c, "--release");
    if (c->argc != 2 || !slice_is(slice_cstr(c->argv[0]), "import")) return cli_usage(c, &COMMAND_PUBLICATION);
    result r = city_open(c, OPEN_STORE, false, &o);
    int status = failed(r) ? cli_fail(c, r, EXIT_WRONG) : import(c, o, c->argv[1], release);
    if (o) city_shut(o);
    return status;
}

const struct command COMMAND_PUBLICATION = {
    "publication",
    "  publication import 目录 [--release]   政策解读、典型案例、通知公告（格式见 docs/operators/publications.zh-CN.md）；\n"
    "                                 不加 --release 的待他人发布",
    "  publication import FOLDER [--release]   interpretations, cases and notices (form: docs/operators/publications.md);\n"
    "                                 without --release they wait for a second person",
    run};
