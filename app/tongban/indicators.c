/* tongban indicators: the evaluation from the command line; figures of other cities are imported here only. */
#include "areas/00_supervision/indicators/indicators.h"

#include <stdio.h>

#include "app/tongban/cli.h"

static int import(struct cli *c, struct opened *o, const char *path)
{
    const struct definitions *d;
    struct city_figures f;
    struct slice text;
    struct json_builder b = json_builder(c->a);
    result r = definitions_of(&o->city, c->a, &d);
    if (!failed(r)) r = file_read(c->a, path, 32 * 1024 * 1024, &text);
    if (!failed(r)) r = cities_read(c->a, d, slice_cstr(path), text, o->city.code, &f);
    if (failed(r)) return cli_fail(c, r, EXIT_NO);
    json_set_cstr(&b, "file", path);
    json_set_int(&b, "figures", (int64_t)f.n);
    json_set_bool(&b, "good", true);
    const struct json *report = json_object(&b);
    r = cities_import(&o->city, c->a, d, &f, time_now(o->city.time));
    if (!failed(r)) r = cli_note(c, o, "indicators import", report);
    if (failed(r)) return cli_fail(c, r, EXIT_WRONG);
    if (c->json)
        cli_json(c, report);
    else
        cli_say(c, "已导入 %lld 条数据", "%lld figures imported", (long long)f.n);
    return EXIT_GOOD;
}

static struct slice cell(struct arena *a, const struct json *v, const char *key)
{
    const struct json *x = json_get(v, key);
    return !x || x->type == JSON_NULL ? S("-") : x->type == JSON_NUMBER ? x->text : json_write(a, x);
}

static struct slice standing(const struct cli *c, const struct json *v)
{
    static const struct {
        const char *name, *zh;
    } WORDS[] = {{"short_board", "补短板"}, {"raise", "促提升"}, {"brand", "树品牌"}};
    struct slice s = json_string(v, "standing");
    for (size_t i = 0; i < 3; i++)
        if (slice_is(s, WORDS[i].name)) return c->lang == LANG_EN ? s : slice_cstr(WORDS[i].zh);
    return S("-");
}

static void print_values(const struct cli *c, const struct json *line)
{
    const struct json *list = json_get(line, "components");
    for (size_t k = 0; k < list->n; k++) {
        const struct json *x = list->items[k], *value = json_get(x, "value");
        if (value->type == JSON_NULL) continue;
        struct slice name = bitext_in(bitext_of(json_get(x, "name")), c->lang);
        struct slice unit = bitext_in(bitext_of(json_get(x, "unit")), c->lang);
        (void)printf("      %.*s %.*s %.*s", SLICE_ARG(name), SLICE_ARG(value->text), SLICE_ARG(unit));
        cli_say(c, "　得分 %.*s", "; score %.*s", SLICE_ARG(cell(c->a, x, "score")));
    }
}

static void print_board(const struct cli *c, const struct json *v)
{
    const struct json *list = json_get(v, "indicators"), *total = json_get(v, "total");
    struct slice benchmark = bitext_in(bitext_of(json_get(json_get(v, "benchmark"), "name")), c->lang);
    cli_say(c, "%.*s 至 %.*s，标杆城市：%.*s，其他城市 %lld 个", "%.*s to %.*s; benchmark: %.*s; other cities: %lld",
            SLICE_ARG(json_string(v, "from")), SLICE_ARG(json_string(v, "to")), SLICE_ARG(benchmark),
            (long long)json_int(v, "cities", 0));
    for (size_t i = 0; i < list->n; i++) {
        const struct json *x = list->items[i];
        struct slice name = bitext_in(bitext_of(json_get(x, "name")), c->lang);
        if (json_bool(x, "no_data", true)) {
            cli_say(c, "%2lld  %.*s：无数据", "%2lld  %.*s: no data", (long long)json_int(x, "no", 0), SLICE_ARG(name));
            continue;
        }
        cli_say(c, "%2lld  %.*s：办件 %lld，得分 %.*s，排名 %.*s/%lld，距第 %lld 名 %.*s 分，%.*s",
                "%2lld  %.*s: %lld cases, score %.*s, rank %.*s of %lld, to rank %lld %.*s points, %.*s",
                (long long)json_int(x, "no", 0), SLICE_ARG(name), (long long)json_int(x, "cases", 0),
                SLICE_ARG(cell(c->a, x, "score")), SLICE_ARG(cell(c->a, x, "rank")), (long long)json_int(x, "of", 0),
                (long long)json_int(v, "rank_sought", 0), SLICE_ARG(cell(c->a, x, "gap")), SLICE_ARG(standing(c, x)));
        print_values(c, x);
    }
    if (!json_bool(total, "enough", true))
        cli_say(c, "总分：数据不足（%lld 个指标有得分，至少须 %lld 个；每个指标至少 %lld 件办结）",
                "total: not enough data (%lld indicators have a score, %lld are needed, each from %lld decided cases)",
                (long long)json_int(total, "indicators", 0), (long long)json_int(json_get(v, "least"), "indicators", 0),
                (long long)json_int(json_get(v, "least"), "cases", 0));
    cli_say(c, "总分 %.*s（%lld 个指标），排名 %.*s/%lld；不低于标杆城市的指标 %lld 个，目标 %lld 个",
            "total %.*s (of %lld indicators), rank %.*s of %lld; level with the benchmark in %lld, %lld are sought",
            SLICE_ARG(cell(c->a, total, "score")), (long long)json_int(total, "indicators", 0),
            SLICE_ARG(cell(c->a, total, "rank")), (long long)json_int(total, "of", 0),
            (long long)json_int(v, "in_group", 0), (long long)json_int(v, "group_sought", 0));
}

/* The twelve months up to and with the running one, or the month asked for. */
static struct period period_of(const struct opened *o, int64_t month)
{
    struct civil t = civil_of_instant(time_now(o->city.time));
    int64_t running = t.year * 100 + t.month;
    return month ? (struct period){month, month} : (struct period){month_add(running, -11), running};
}

static int show(struct cli *c, struct opened *o, int64_t month, const char *benchmark)
{
    const struct json *v;
    result r = indicators_board(&o->city, c->a, period_of(o, month), slice_cstr(benchmark), time_now(o->city.time), &v);
    if (failed(r)) return cli_fail(c, r, EXIT_WRONG);
    if (c->json)
        cli_json(c, v);
    else
        print_board(c, v);
    return EXIT_GOOD;
}

/* A folder of definitions, before an administrator puts it to DIR/indicators; needs no city. */
static int check(struct cli *c, const char *folder)
{
    struct slice text[2];
    const struct definitions *d;
    result r = indicator_files_read(c->a, folder, text);
    if (!failed(r) && !text[0].n && !text[1].n)
        r = fail(c->a, CODE_FILE_FAILED, slice_cstr(folder), "detail", S("indicators.json / frontiers.json ?"), NULL);
    if (!failed(r)) r = definitions_parse(c->a, text[0], text[1], &d);
    if (failed(r)) return cli_fail(c, r, EXIT_NO);
    if (c->json) {
        struct json_builder b = json_builder(c->a);
        json_set_bool(&b, "good", true);
        json_set_int(&b, "components", (int64_t)d->ncomponents);
        cli_json(c, json_object(&b));
    } else {
        cli_say(
            c, "定义无误：%zu 项内容，18 个指标；放入城市目录的 indicators 文件夹并重启后生效",
            "The definitions are good: %zu components, 18 indicators. They hold once the files are in the folder indicators of"
            " the city's folder and the server has been started again",
            d->ncomponents);
    }
    return EXIT_GOOD;
}

static int run(struct cli *c)
{
    if (c->argc == 2 && slice_is(slice_cstr(c->argv[0]), "check")) return check(c, c->argv[1]);
    struct opened *o = NULL;
    const char *month = cli_option(c, "--month"), *benchmark = cli_option(c, "--benchmark");
    bool import_it = c->argc == 2 && slice_is(slice_cstr(c->argv[0]), "import") && !month && !benchmark;
    int64_t asked = 0;
    if (month && !month_scan(slice_cstr(month), &asked)) return cli_usage(c, &COMMAND_INDICATORS);
    if (!import_it && c->argc != 0) return cli_usage(c, &COMMAND_INDICATORS);
    result r = city_open(c, OPEN_STORE, false, &o);
    if (failed(r)) {
        if (o) city_shut(o);
        return cli_fail(c, r, EXIT_WRONG);
    }
    int status = import_it ? import(c, o, c->argv[1]) : show(c, o, asked, benchmark);
    city_shut(o);
    return status;
}

const struct command COMMAND_INDICATORS = {
    "indicators",
    "  indicators [--month 2021-09] [--benchmark 城市代码]\n"
    "                                 营商环境指标：数据、得分、排名、差距（默认近 12 个月）\n"
    "  indicators check 目录          核对自备的指标定义（indicators.json、frontiers.json）\n"
    "  indicators import 文件         导入其他城市的数据（CSV 或 JSON，见 data/indicators/README.md）",
    "  indicators [--month 2021-09] [--benchmark CITY]\n"
    "                                 the indicators: figures, scores, ranks, gaps (else the last 12 months)\n"
    "  indicators check FOLDER        checks definitions of one's own (indicators.json, frontiers.json)\n"
    "  indicators import FILE         figures of other cities (CSV or JSON, see data/indicators/README.md)",
    run};
