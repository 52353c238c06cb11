/* tongban demo-year: a year of cases in a demonstration city, made where there is none yet. */
#include "app/tongban/builtin.h"
#include "app/tongban/cli.h"
#include "app/year/year.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define MONTHS 12

struct asked {
    const char *parameters; /* file; NULL: the built-in ones */
    const char *to;         /* last day; NULL: today */
    const char *months;
    bool no_plan;
};

static result parameters(struct cli *c, const struct asked *q, struct year_params *out)
{
    struct slice text = {NULL, 0};
    struct service_files f = builtin_below(c->a, "data/demo");
    if (q->parameters) {
        TRY(file_read(c->a, q->parameters, 1 << 20, &text));
        return year_params_read(c->a, text, slice_cstr(q->parameters), out);
    }
    for (size_t i = 0; i < f.n; i++)
        if (slice_is(f.list[i].path, "year.json")) text = f.list[i].bytes;
    return year_params_read(c->a, text, S("data/demo/year.json"), out);
}

/* From the first of a month, so many whole months and what has passed of the last. */
static result span(struct cli *c, const struct asked *q, struct year *y)
{
    int64_t months = MONTHS;
    day last;
    int year, month, d;
    y->to = time_now(time_system());
    if (q->to) {
        TRY(day_parse(c->a, slice_cstr(q->to), S("--to"), &last));
        y->to = instant_of_day(last + 1);
    }
    if (q->months && (!slice_int64(slice_cstr(q->months), &months) || months < 1 || months > 60))
        return fail(c->a, CODE_CLI_USAGE, S("--months"), "value", slice_cstr(q->months), NULL);
    civil_of_day(day_of_instant(y->to - 1), &year, &month, &d);
    int64_t count = year * 12 + month - 1 - months;
    y->from = instant_of_day(day_of_civil((int)(count / 12), (int)(count % 12) + 1, 1));
    y->now = y->from;
    return ok();
}

/* The same database under another clock. While a city is being made nothing in it is
 * anybody's yet: it need not wait for the disk at every commit, and is made durable before its mark (settle). */
static result reopen(struct cli *c, struct opened *o, struct time_source time, bool no_sync)
{
    struct slice url = config_text(o->config, "database");
    if (url.n == 0) url = arena_printf(c->a, "sqlite:%s/city.db", c->data_dir);
    struct store_options s = {.url = url, .time = time, .unsafe_no_sync = no_sync && slice_starts(url, S("sqlite:"))};
    o->city.time = time;
    return store_open(c->a, &s, &o->city.store);
}

static void shut(struct opened *o)
{
    store_close(o->city.store);
    o->city.store = NULL;
}

/* The file of the database is on the disk. */
static result settle(struct cli *c)
{
    char *path = arena_cstr(c->a, arena_printf(c->a, "%s/city.db", c->data_dir));
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    bool good = fd >= 0 && fsync(fd) == 0;
    const char *why = good ? "" : strerror(errno);
    if (fd >= 0) (void)close(fd);
    return good || errno == ENOENT ? ok()
                                   : fail(c->a, CODE_FILE_FAILED, slice_cstr(path), "detail", slice_cstr(why), NULL);
}

static result play(struct cli *c, struct opened *o)
{
    struct year *y = o->fill_ctx;
    y->c = &o->city;
    y->a = c->a;
    shut(o);
    TRY(reopen(c, o, year_clock(y), o->fresh));
    result r = year_play(y);
    shut(o);
    TRY(r);
    TRY(settle(c));
    TRY(reopen(c, o, time_system(), false));
    return cli_note(c, o, "demo-year", year_report_json(c->a, y));
}

static result make(struct cli *c, const struct asked *q, struct year *y, struct year_params *p, struct opened **o)
{
    struct json_builder links = json_builder(c->a);
    TRY(parameters(c, q, p));
    TRY(span(c, q, y));
    y->p = p;
    y->plan = !q->no_plan;
    TRY(city_open(c, OPEN_STORE | OPEN_MAKE | OPEN_ALONE, true, o));
    if (y->plan) (*o)->plan_at = instant_of_day(day_of_civil(2021, 8, 5)) + 10 * MS_HOUR;
    (*o)->fill_ctx = y;
    (*o)->fill = play;
    return (*o)->fresh ? first_start(c, *o, &links) : play(c, *o);
}

static int run(struct cli *c)
{
    struct opened *o = NULL;
    struct year y = {.c = NULL};
    struct year_params p;
    struct asked q = {
        .parameters = cli_option(c, "--parameters"), .to = cli_option(c, "--to"), .months = cli_option(c, "--months")};
    q.no_plan = cli_flag(c, "--no-plan");
    if (c->argc) return cli_usage(c, &COMMAND_YEAR);
    result r = make(c, &q, &y, &p, &o);
    if (o && o->city.store) city_shut(o);
    if (failed(r)) return cli_fail(c, r, result_code(r) == CODE_YEAR_CITY ? EXIT_NO : EXIT_WRONG);
    if (c->json)
        cli_json(c, year_report_json(c->a, &y));
    else
        cli_say(c, "演示年度已生成：申报 %lld 件，办结 %lld 件，评价 %lld 次，差评工单 %lld 件，行动方案操作 %lld 次",
                "demonstration year made: %lld filed, %lld ended, %lld ratings, %lld tickets, %lld acts of the plan",
                (long long)y.report.filed, (long long)y.report.ended, (long long)y.report.ratings,
                (long long)y.report.tickets, (long long)y.report.acts);
    return EXIT_GOOD;
}

const struct command COMMAND_YEAR = {
    "demo-year",
    "  demo-year [--parameters 文件] [--to 日期] [--months 12] [--no-plan]\n"
    "                                 在新的演示城市中生成一年的办件（虚构，参数见 data/demo/README.md）",
    "  demo-year [--parameters FILE] [--to DATE] [--months 12] [--no-plan]\n"
    "                                 a year of made-up cases in a new demonstration city (data/demo/README.md)",
    run};
