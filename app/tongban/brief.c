/* tongban brief: the briefing of a month as a PDF, its figures, or a recount beside an issued one. Makes no draft and issues nothing: that is
 * done by two people, each signed in. */
#include "areas/00_supervision/briefing/briefing.h"

#include "app/tongban/cli.h"

/* From the figures as they are now. */
static result from_figures(struct cli *c, struct opened *o, int64_t month, const struct json **figures,
                           struct slice *pdf)
{
    struct brief_month m;
    instant now = time_now(o->city.time);
    TRY(brief_month_of(c->a, month, now, &m));
    TRY(brief_figures(&o->city, c->a, &m, figures));
    struct brief_paper p = {.figures = *figures, .dated = now};
    return brief_render(&o->city, c->a, &p, NULL, pdf);
}

/* The issued one, else a draft. */
static result briefing_of(struct cli *c, struct opened *o, int64_t month, bool *issued, const struct json **figures,
                          struct slice *pdf)
{
    struct briefing b;
    result r = brief_load(&o->city, NULL, c->a, NULL, month, &b);
    *issued = !failed(r) && b.state == BRIEF_ISSUED;
    if (!*issued) return from_figures(c, o, month, figures, pdf);
    TRY(json_parse(c->a, b.figures, BRIEF_FIGURES_MAX, S("figures"), figures));
    return brief_pdf(&o->city, c->a, b.id, pdf);
}

static int write_it(struct cli *c, struct opened *o, int64_t month, const char *path)
{
    bool issued;
    const struct json *figures;
    struct slice pdf, month_words = month_text(c->a, month);
    struct json_builder b = json_builder(c->a);
    result r = briefing_of(c, o, month, &issued, &figures, &pdf);
    if (!failed(r) && (path || !c->json)) {
        if (!path)
            path = arena_cstr(
                c->a, arena_printf(c->a, "briefing-%.*s%s.pdf", SLICE_ARG(month_words), issued ? "" : "-draft"));
        r = file_write(c->a, path, pdf, 0644);
    }
    if (!failed(r)) r = cli_note(c, o, "brief", NULL);
    if (failed(r)) return cli_fail(c, r, EXIT_WRONG);
    if (c->json) {
        json_set_bool(&b, "issued", issued);
        json_set(&b, "file", path ? json_of_cstr(c->a, path) : json_null());
        json_set(&b, "figures", figures);
        cli_json(c, json_object(&b));
    } else if (issued)
        cli_say(c, "已签发的简报：%s", "the issued briefing: %s", path);
    else
        cli_say(c, "草稿（未签发）：%s", "a draft (not issued): %s", path);
    return EXIT_GOOD;
}

static int compare(struct cli *c, struct opened *o, int64_t month)
{
    struct briefing b;
    const struct json *v;
    result r = brief_load(&o->city, NULL, c->a, NULL, month, &b);
    if (!failed(r)) r = brief_compare(&o->city, c->a, &b, time_now(o->city.time), &v);
    if (failed(r)) return cli_fail(c, r, EXIT_WRONG);
    bool same = json_bool(v, "same", false);
    const struct json *list = json_get(v, "differences");
    if (c->json)
        cli_json(c, v);
    else {
        cli_say(c, same ? "重新计算的数据与简报一致" : "重新计算的数据与简报不一致：",
                same ? "the figures anew are those of the briefing" : "the figures anew differ from the briefing's:");
        for (size_t i = 0; i < list->n; i++) cli_say(c, "  %.*s", "  %.*s", SLICE_ARG(list->items[i]->text));
    }
    return same ? EXIT_GOOD : EXIT_NO;
}

static int run(struct cli *c)
{
    struct opened *o = NULL;
    const char *text = cli_option(c, "--month"), *out = cli_option(c, "--out");
    bool check = cli_flag(c, "--compare");
    int64_t month = 0;
    if (c->argc || !text || !month_scan(slice_cstr(text), &month) || (check && out))
        return cli_usage(c, &COMMAND_BRIEF);
    result r = city_open(c, OPEN_STORE, false, &o);
    if (failed(r)) {
        if (o) city_shut(o);
        return cli_fail(c, r, EXIT_WRONG);
    }
    int status = check ? compare(c, o, month) : write_it(c, o, month, out);
    city_shut(o);
    return status;
}

const struct command COMMAND_BRIEF = {
    "brief",
    "  brief --month 2021-09 [--out 文件] 某月简报（PDF）：已签发的，否则为按实时数据生成的草稿\n"
    "  brief --month 2021-09 --compare   重新计算，与已保存的简报数据比较（不一致时退出码为 1）",
    "  brief --month 2021-09 [--out FILE] the briefing of a month (PDF): as issued, else a draft from the live data\n"
    "  brief --month 2021-09 --compare   the figures anew beside those kept (exit status 1: they differ)",
    run};
