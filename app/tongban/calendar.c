/* tongban calendar add|between|show */
#include "app/tongban/cli.h"

#include <stdio.h>

static bool unit_of(const char *z, enum limit_unit *out)
{
    static const char *const NAMES[] = {"wd", "d"};
    for (int i = 0; i < 2; i++)
        if (slice_is(slice_cstr(z), NAMES[i])) {
            *out = i == 0 ? LIMIT_WORKING_DAY : LIMIT_CALENDAR_DAY;
            return true;
        }
    return false;
}

static void note_years(const struct cli *c, const struct calendar *cal, day from, day to)
{
    int y1, y2, m, d;
    civil_of_day(from, &y1, &m, &d);
    civil_of_day(to, &y2, &m, &d);
    for (int y = y1; y <= y2; y++)
        if (!calendar_covers(cal, y))
            (void)fprintf(stderr,
                          c->lang == LANG_EN ? "%d: no notice of holidays loaded, counted Monday to Friday\n"
                                             : "%d 年放假通知未载入，按周一至周五推算\n",
                          y);
}

static int add(struct cli *c, const struct calendar *cal)
{
    day d;
    int64_t n;
    enum limit_unit unit = LIMIT_WORKING_DAY;
    result r = day_parse(c->a, slice_cstr(c->argv[1]), S("DATE"), &d);
    if (failed(r)) return cli_fail(c, r, EXIT_WRONG);
    bool good =
        slice_int64(slice_cstr(c->argv[2]), &n) && n > 0 && n <= 100000 && (c->argc == 3 || unit_of(c->argv[3], &unit));
    if (!good) return cli_usage(c, &COMMAND_CALENDAR);
    day due = calendar_add(cal, d, n, unit, false);
    if (c->json) {
        struct json_builder b = json_builder(c->a);
        json_set_str(&b, "date", day_text(c->a, due));
        json_set_str(&b, "calendar", calendar_version(cal));
        cli_json(c, json_object(&b));
    } else {
        struct slice text = day_text(c->a, due);
        (void)printf("%.*s\n", SLICE_ARG(text));
    }
    note_years(c, cal, d, due);
    return EXIT_GOOD;
}

static int between(struct cli *c, const struct calendar *cal)
{
    day from, to;
    result r = day_parse(c->a, slice_cstr(c->argv[1]), S("FROM"), &from);
    if (!failed(r)) r = day_parse(c->a, slice_cstr(c->argv[2]), S("TO"), &to);
    if (failed(r)) return cli_fail(c, r, EXIT_WRONG);
    int64_t days = calendar_between(cal, from, to);
    struct json_builder b = json_builder(c->a);
    json_set_int(&b, "working_days", days);
    json_set_str(&b, "calendar", calendar_version(cal));
    if (c->json)
        cli_json(c, json_object(&b));
    else
        (void)printf("%lld\n", (long long)days);
    note_years(c, cal, from, to);
    return EXIT_GOOD;
}

static int show(struct cli *c, const struct calendar *cal)
{
    day d;
    result r = day_parse(c->a, slice_cstr(c->argv[1]), S("DATE"), &d);
    if (failed(r)) return cli_fail(c, r, EXIT_WRONG);
    bool working = calendar_is_working(cal, d);
    struct slice note = calendar_note(cal, d);
    if (c->json) {
        struct json_builder b = json_builder(c->a);
        json_set_bool(&b, "working", working);
        json_set_str(&b, "note", note);
        json_set_str(&b, "calendar", calendar_version(cal));
        cli_json(c, json_object(&b));
    } else
        cli_say(c, working ? "工作日 %.*s" : "休息日 %.*s", working ? "working day %.*s" : "day off %.*s",
                SLICE_ARG(note));
    return working ? EXIT_GOOD : EXIT_NO;
}

static int run(struct cli *c)
{
    struct opened *o;
    if (c->argc < 2) return cli_usage(c, &COMMAND_CALENDAR);
    result r = city_open(c, OPEN_CALENDAR, false, &o);
    if (failed(r)) return cli_fail(c, r, EXIT_WRONG);
    struct slice what = slice_cstr(c->argv[0]);
    if (slice_is(what, "add") && (c->argc == 3 || c->argc == 4)) return add(c, o->calendar);
    if (slice_is(what, "between") && c->argc == 3) return between(c, o->calendar);
    if (slice_is(what, "show") && c->argc == 2) return show(c, o->calendar);
    return cli_usage(c, &COMMAND_CALENDAR);
}

const struct command COMMAND_CALENDAR = {
    "calendar",
    "  calendar add 日期 N [wd|d]    日期之后第 N 个工作日（d：自然日）\n  calendar between 起 止        (起, 止] 之间的工作日数\n"
    "  calendar show 日期            是否工作日（休息日的退出码为 1）",
    "  calendar add DATE N [wd|d]    the N-th working (d: calendar) day after DATE\n  calendar between FROM TO      working days in (FROM, TO]\n"
    "  calendar show DATE            whether it is a working day (exit status 1: day off)",
    run};
