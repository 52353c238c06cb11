/* tongban admin …: the operator's commands. Each is recorded in the audit journal. */
#include "app/tongban/cli.h"

#include <stdio.h>

#include "city/rights/rights.h"
#include "city/vault/rotate.h"

static int rebuild(struct cli *c, struct opened *o, bool compare_only)
{
    struct rebuild_report report;
    struct json_builder b;
    result r = cli_note(c, o, compare_only ? "admin rebuild --compare" : "admin rebuild", NULL);
    if (!failed(r)) r = case_rebuild(&o->city, c->a, compare_only, &report);
    if (failed(r)) return cli_fail(c, r, EXIT_WRONG);
    b = json_builder(c->a);
    json_set_int(&b, "cases", report.cases);
    json_set_int(&b, "events", report.events);
    json_set_int(&b, "differences", report.differences);
    if (report.first_difference.n) json_set_str(&b, "first", report.first_difference);
    if (c->json)
        cli_json(c, json_object(&b));
    else
        cli_say(c, "办件 %lld，事件 %lld，差异 %lld %.*s", "%lld cases, %lld events, %lld differences %.*s",
                (long long)report.cases, (long long)report.events, (long long)report.differences,
                SLICE_ARG(report.first_difference));
    return report.differences ? EXIT_NO : EXIT_GOOD;
}

static int link(struct cli *c, struct opened *o, enum role role)
{
    struct slice token;
    struct json_builder b = json_builder(c->a);
    json_set_cstr(&b, "role", role_name(role));
    result r = setup_link(&o->city, c->a, role, time_now(o->city.time), &token);
    if (!failed(r)) r = cli_note(c, o, "admin link", json_object(&b));
    if (failed(r)) return cli_fail(c, r, EXIT_NO);
    b = json_builder(c->a);
    json_set_cstr(&b, "role", role_name(role));
    struct slice url = arena_printf(c->a, "%.*s/setup/%.*s", SLICE_ARG(o->city.base_url), SLICE_ARG(token));
    json_set_str(&b, "url", url);
    if (c->json)
        cli_json(c, json_object(&b));
    else
        (void)printf("%.*s\n", SLICE_ARG(url));
    return EXIT_GOOD;
}

/* Exit status 1 while something still names an old version, so that a script can wait for the end. */
static int city_keys(struct cli *c, struct opened *o)
{
    const struct json *list;
    int64_t left = 0;
    result r = vault_versions(&o->city, c->a, &list);
    if (failed(r)) return cli_fail(c, r, EXIT_WRONG);
    struct json_builder b = json_builder(c->a);
    json_set(&b, "city_key", list);
    for (size_t i = 0; i < list->n; i++) {
        const struct json *v = list->items[i];
        int64_t version = json_int(v, "version", 0), uses = json_int(v, "uses", 0);
        if (!slice_is(json_string(v, "state"), "current")) left += uses;
        if (c->json) continue;
        const char *zh = slice_is(json_string(v, "state"), "current") ? "现用"
                         : slice_is(json_string(v, "state"), "old")   ? "旧版"
                                                                      : "缺失";
        cli_say(c, "城市密钥第 %lld 版（%s）：用于 %lld 处", "city key version %lld (%s): %lld uses",
                (long long)version, c->lang == LANG_ZH ? zh : arena_cstr(c->a, json_string(v, "state")),
                (long long)uses);
        struct slice proof = json_string(v, "proof");
        if (proof.n)
            cli_say(c, "    可以删除，24 小时内有效的证明：--proof %.*s",
                    "    may be retired, within 24 hours: --proof %.*s", SLICE_ARG(proof));
    }
    if (c->json) cli_json(c, json_object(&b));
    return left ? EXIT_NO : EXIT_GOOD;
}

/* Without a scope: what there is. Exit status 1 while one is under way, so that a script can wait for the end. */
static int rotate(struct cli *c, struct opened *o, struct slice scope)
{
    const struct json *list;
    bool open = false;
    result r = ok();
    if (scope.n) r = rotation_begin(&o->city, c->a, NULL, scope, time_now(o->city.time));
    if (!failed(r) && scope.n) r = cli_note(c, o, "admin rotate", NULL);
    if (!failed(r)) r = rotation_list(&o->city, c->a, &list);
    if (failed(r)) return cli_fail(c, r, EXIT_NO);
    const struct json *items = json_get(list, "items");
    for (size_t i = 0; i < items->n; i++) {
        const struct json *v = items->items[i];
        struct slice stage = json_string(v, "stage"), place = json_string(v, "place");
        open = open || !slice_is(stage, "ended");
        if (!c->json)
            cli_say(c, "%.*s  范围 %.*s  阶段 %.*s %.*s  密钥 %lld  重新加密 %lld 处",
                    "%.*s  scope %.*s  stage %.*s %.*s  %lld keys  %lld values sealed anew",
                    SLICE_ARG(json_string(v, "asked_at")), SLICE_ARG(json_string(v, "scope")), SLICE_ARG(stage),
                    SLICE_ARG(place), (long long)json_int(v, "keys", 0), (long long)json_int(v, "resealed", 0));
    }
    if (c->json) cli_json(c, list);
    return open && !scope.n ? EXIT_NO : EXIT_GOOD;
}

static int config(struct cli *c)
{
    struct opened *o;
    result r = city_open(c, OPEN_CALENDAR, false, &o);
    if (failed(r)) return cli_fail(c, r, EXIT_WRONG);
    if (c->json) {
        struct json_builder j = json_builder(c->a);
        for (size_t i = 0; i < CONFIG_NKEYS; i++)
            json_set(&j, CONFIG_KEYS[i].name, config_value(c->a, o->config, CONFIG_KEYS[i].name));
        cli_json(c, json_object(&j));
        return EXIT_GOOD;
    }
    struct buf b = buf_new(c->a, 1 << 20);
    config_print(&b, CONFIG_KEYS, CONFIG_NKEYS, o->config, c->lang);
    (void)printf("%.*s", SLICE_ARG(buf_slice(&b)));
    return EXIT_GOOD;
}

static int run(struct cli *c)
{
    struct opened *o = NULL;
    bool compare = cli_flag(c, "--compare");
    int parts = OPEN_STORE;
    if (c->argc && slice_is(slice_cstr(c->argv[0]), "trust-list")) {
        c->argc--;
        c->argv++;
        return trust_list_command(c);
    }
    struct slice what = c->argc ? slice_cstr(c->argv[0]) : (struct slice){NULL, 0};
    if (slice_is(what, "config") && c->argc == 1) return config(c);
    enum role role = ROLE_COUNT;
    struct slice scope = slice_is(what, "rotate") && c->argc == 2 ? slice_cstr(c->argv[1]) : (struct slice){NULL, 0};
    bool known = (slice_is(what, "rotate") && c->argc <= 2) ||
                 ((slice_is(what, "rebuild") || slice_is(what, "keys")) && c->argc == 1) ||
                 (slice_is(what, "link") && c->argc == 2 && role_scan(slice_cstr(c->argv[1]), &role) &&
                  (role == ROLE_ADMINISTRATOR || role == ROLE_SECURITY));
    if (!known) return cli_usage(c, &COMMAND_ADMIN);
    /* a rebuild beside a running server would fold what it is just writing */
    if (slice_is(what, "rebuild") && !compare) parts |= OPEN_ALONE;
    result r = city_open(c, parts, false, &o);
    int status;
    if (failed(r))
        status = cli_fail(c, r, EXIT_WRONG);
    else
        status = slice_is(what, "rebuild")  ? rebuild(c, o, compare)
                 : slice_is(what, "keys")   ? city_keys(c, o)
                 : slice_is(what, "rotate") ? rotate(c, o, scope)
                                            : link(c, o, role);
    if (o) city_shut(o);
    return status;
}

const struct command COMMAND_ADMIN = {
    "admin",
    "  admin rebuild [--compare]      由日志重建办件各表（须先停止服务；--compare：只比较）\n  admin link administrator|security   一次性设置链接（尚无此角色时）\n"
    "  admin keys                     城市密钥各版本的使用情况（旧版仍在使用时退出码为 1）\n"
    "  admin rotate [all|persons|cases]   更换数据密钥（服务照常）；不带范围：查看进度（进行中退出码为 1）\n"
    "  admin trust-list show | export | changes   认可的证书颁发机构；已签名的列表；变更\n"
    "  admin trust-list ca 文件 | status 城市 机构 状态 | import 列表 根证书 | drop 城市   --as 账号 --reason 理由\n"
    "  admin trust-list approve | reject 编号 --as 账号   由另一人批准或驳回\n"
    "  admin config                   配置项、说明与现值",
    "  admin rebuild [--compare]      rebuilds the tables of cases from the journal; the server must be stopped (--compare: only compares)\n"
    "  admin link administrator|security   one-time setup link (while nobody holds the role)\n"
    "  admin keys                     versions of the city key and their uses (exit status 1 while an old one is used)\n"
    "  admin rotate [all|persons|cases]   new data keys, while the city serves; without a scope: how far it is (exit status 1 while under way)\n"
    "  admin trust-list show | export | changes   recognised authorities; the signed list; changes\n"
    "  admin trust-list ca FILE | status CITY CA STATUS | import LIST ANCHORS | drop CITY   --as LOGIN --reason TEXT\n"
    "  admin trust-list approve | reject ID --as LOGIN   by a second person\n"
    "  admin config                   the configuration: keys, meaning, value in force",
    run};
