/* tongban platform-share: the share of cases taken through the platform, and what departments took in systems of their own. */
#include "areas/00_supervision/claims/claims.h"

#include "app/tongban/cli.h"
#include "trust/crypto.h"

static int import(struct cli *c, struct opened *o, const char *path)
{
    struct own_figures f;
    struct slice text;
    struct actor system = actor_system();
    const struct json *report;
    result r = file_read(c->a, path, (size_t)4 * 1024 * 1024, &text);
    if (!failed(r)) r = own_read(c->a, slice_cstr(path), text, &f);
    if (!failed(r))
        r = own_import(&o->city, c->a, &system, &f, crypto_sha256_hex(c->a, text), time_now(o->city.time), &report);
    if (failed(r)) return cli_fail(c, r, EXIT_NO);
    r = cli_note(c, o, "platform-share import", report);
    if (failed(r)) return cli_fail(c, r, EXIT_WRONG);
    if (c->json)
        cli_json(c, report);
    else
        cli_say(c, "已导入 %lld 条数据", "%lld figures imported", (long long)f.n);
    return EXIT_GOOD;
}

static struct slice share_of(const struct json *v)
{
    const struct json *x = json_get(v, "share");
    return x->type == JSON_NULL ? S("-") : x->text;
}

static void print(const struct cli *c, const struct json *v)
{
    const struct json *list = json_get(v, "departments");
    cli_say(c, "%.*s 至 %.*s：平台办理占比 %.*s（平台 %lld 件，自建系统 %lld 件）",
            "%.*s to %.*s: share of the platform %.*s (%lld of the platform, %lld of other systems)",
            SLICE_ARG(json_string(v, "from")), SLICE_ARG(json_string(v, "to")), SLICE_ARG(share_of(v)),
            (long long)json_int(v, "counted", 0), (long long)json_int(v, "own", 0));
    for (size_t i = 0; i < list->n; i++) {
        const struct json *x = list->items[i];
        struct slice name = bitext_in(bitext_of(json_get(json_get(x, "department"), "name")), c->lang);
        size_t missing = json_get(x, "missing")->n;
        cli_say(c, "  %.*s：%.*s，未报送 %zu 个月", "  %.*s: %.*s, %zu months not told", SLICE_ARG(name),
                SLICE_ARG(share_of(x)), missing);
    }
}

static int show(struct cli *c, struct opened *o, int64_t month)
{
    const struct json *v;
    struct civil t = civil_of_instant(time_now(o->city.time));
    int64_t last = month_add(t.year * 100 + t.month, -1);
    struct period p = month ? (struct period){month, month} : (struct period){month_add(last, -11), last};
    result r = share_reply(&o->city, c->a, p, S(""), S(""), &v);
    if (failed(r)) return cli_fail(c, r, EXIT_WRONG);
    if (c->json)
        cli_json(c, v);
    else
        print(c, v);
    return EXIT_GOOD;
}

static int run(struct cli *c)
{
    struct opened *o = NULL;
    const char *month = cli_option(c, "--month");
    bool brings = c->argc == 2 && slice_is(slice_cstr(c->argv[0]), "import") && !month;
    int64_t asked = 0;
    if ((month && !month_scan(slice_cstr(month), &asked)) || (!brings && c->argc != 0))
        return cli_usage(c, &COMMAND_PLATFORM_SHARE);
    result r = city_open(c, OPEN_STORE, false, &o);
    int status = failed(r) ? cli_fail(c, r, EXIT_WRONG) : brings ? import(c, o, c->argv[1]) : show(c, o, asked);
    if (o) city_shut(o);
    return status;
}

const struct command COMMAND_PLATFORM_SHARE = {
    "platform-share",
    "  platform-share [--month 2021-09]   经一体化平台办理的占比，按部门；未报送的列名（默认前 12 个整月）\n"
    "  platform-share import 文件     部门自建系统的办件量（CSV 或 JSON，见 docs/operators/claims.zh-CN.md）",
    "  platform-share [--month 2021-09]   share of cases taken through the platform, and who has not told (else 12 whole months)\n"
    "  platform-share import FILE     what departments took in their own systems (CSV or JSON, see docs/operators/claims.md)",
    run};
