/* tongban knowledge …: articles and the guide from a folder, and the list of what there is. */
#include "areas/17_government_services/knowledge.h"

#include "app/tongban/cli.h"

#include <stdio.h>

static int import(struct cli *c, struct opened *o, struct service_files files, bool release)
{
    const struct json *report;
    struct knowledge_import how = {.release = release};
    result r = knowledge_import(&o->city, c->a, files, how, time_now(o->city.time), &report);
    result noted = cli_note(c, o, release ? "knowledge import --release" : "knowledge import", report);
    if (failed(r)) return cli_fail(c, r, EXIT_NO);
    if (failed(noted)) return cli_fail(c, noted, EXIT_WRONG);
    if (c->json) {
        cli_json(c, report);
        return EXIT_GOOD;
    }
    cli_say(
        c, "新增 %lld 篇，更新 %lld 篇，未变 %lld 篇，已下架而保持不动 %lld 篇；已发布 %lld 篇，其余待他人在工作台发布",
        "%lld new, %lld changed, %lld unchanged, %lld taken off and left so; %lld published, others wait for a second "
        "person at the desk",
        (long long)json_int(report, "added", 0), (long long)json_int(report, "changed", 0),
        (long long)json_int(report, "same", 0), (long long)json_int(report, "kept", 0),
        (long long)json_int(report, "published", 0));
    struct slice guide = json_string(report, "guide");
    if (slice_is(guide, "articles_wait"))
        cli_say(c, "导办未导入：它通向的文章还没有发布，发布后再导入一次",
                "The guide was left out: it leads to articles that are not published yet; import again when they are");
    else if (slice_is(guide, "published") || slice_is(guide, "waits"))
        cli_say(c, "导办：%s", "The guide: %s",
                slice_is(guide, "waits") ? (c->lang == LANG_EN ? "waits for a second person" : "待他人发布")
                                         : (c->lang == LANG_EN ? "published" : "已发布"));
    return EXIT_GOOD;
}

static int check(struct cli *c, struct opened *o, struct service_files files)
{
    size_t n;
    struct json_builder b = json_builder(c->a);
    result r = knowledge_check_folder(&o->city, c->a, files, time_now(o->city.time), &n);
    if (failed(r)) return cli_fail(c, r, EXIT_NO);
    json_set_bool(&b, "good", true);
    json_set_int(&b, "articles", (int64_t)n);
    if (c->json)
        cli_json(c, json_object(&b));
    else
        cli_say(c, "检查通过（%zu 篇文章）", "Good (%zu articles)", n);
    return EXIT_GOOD;
}

/* Through the interface's own list, page by page. */
static result all_articles(struct cli *c, struct opened *o, const struct json **out)
{
    struct actor system = actor_system();
    struct json_builder all = json_builder(c->a), b = json_builder(c->a);
    struct slice next = {NULL, 0};
    do {
        struct reply r = {0};
        struct request q = {
            .a = c->a, .city = &o->city, .actor = &system, .now = time_now(o->city.time), .lang = c->lang};
        q.query = arena_printf(c->a, next.n ? "limit=100&cursor=%.*s" : "limit=100", SLICE_ARG(next));
        TRY(door_call(&EP_KNOWLEDGE_LIST, &q, &r));
        const struct json *items = json_get(r.body, "items");
        for (size_t i = 0; i < items->n; i++) json_add(&all, items->items[i]);
        next = json_string(r.body, "next");
    } while (next.n);
    json_set(&b, "items", json_array(&all));
    *out = json_object(&b);
    return ok();
}

static int list(struct cli *c, struct opened *o)
{
    const struct json *v;
    result r = all_articles(c, o, &v);
    if (failed(r)) return cli_fail(c, r, EXIT_WRONG);
    if (c->json) {
        cli_json(c, v);
        return EXIT_GOOD;
    }
    const struct json *items = json_get(v, "items");
    for (size_t i = 0; i < items->n; i++) {
        const struct json *x = items->items[i];
        struct bitext title = bitext_of(json_get(x, "title")),
                      owner = bitext_of(json_get(json_get(x, "owner"), "name"));
        bool en = c->lang == LANG_EN;
        (void)printf("%-24.*s %-9.*s %.*s%s %.*s（%.*s）\n", SLICE_ARG(json_string(x, "key")),
                     SLICE_ARG(json_string(x, "state")), SLICE_ARG(json_string(x, "review_on")),
                     json_bool(x, "overdue", false) ? "!" : " ", SLICE_ARG(en ? title.en : title.zh),
                     SLICE_ARG(en ? owner.en : owner.zh));
    }
    return EXIT_GOOD;
}

static int run(struct cli *c)
{
    struct opened *o = NULL;
    struct service_files files = {0};
    bool release = cli_flag(c, "--release");
    struct slice what = c->argc ? slice_cstr(c->argv[0]) : (struct slice){NULL, 0};
    bool lists = slice_is(what, "list") && c->argc == 1 && !release;
    bool checks = slice_is(what, "check") && c->argc == 2 && !release,
         brings = slice_is(what, "import") && c->argc == 2;
    if (!lists && !checks && !brings) return cli_usage(c, &COMMAND_KNOWLEDGE);
    int status;
    result r = city_open(c, OPEN_STORE, false, &o);
    if (failed(r))
        status = cli_fail(c, r, EXIT_WRONG);
    else if (lists)
        status = list(c, o);
    else {
        r = service_files_read(c->a, slice_cstr(c->argv[1]), &files);
        status = failed(r) ? cli_fail(c, r, EXIT_NO) : checks ? check(c, o, files) : import(c, o, files, release);
    }
    if (o) city_shut(o);
    return status;
}

const struct command COMMAND_KNOWLEDGE = {
    "knowledge",
    "  knowledge import 目录 [--release]   知识库文章与智能导办（格式见 docs/operators/knowledge.zh-CN.md）；\n"
    "                                 不加 --release 的待他人发布；重复导入不改变任何内容\n"
    "  knowledge check 目录           只检查目录，逐条列出问题与位置（有问题时退出码为 1）\n"
    "  knowledge list                 文章清单：编号、状态、复核日期（! 为逾期）、标题、负责部门",
    "  knowledge import FOLDER [--release]   articles and the guide (form: docs/operators/knowledge.md);\n"
    "                                 without --release they wait for a second person; again: nothing changes\n"
    "  knowledge check FOLDER         checks a folder only: every fault with its place (exit status 1: faults)\n"
    "  knowledge list                 articles: key, state, review (! overdue), title, department",
    run};
