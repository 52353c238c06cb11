/* tongban verify FILE [--trust FILE] [--at TIME]: offline, needs the file and the roots only. */
#include "app/tongban/cli.h"
#include "trust/verify.h"

#include <stdio.h>

static result roots(struct cli *c, const char *path, const struct trust_anchors **out)
{
    struct slice pem;
    char *own = arena_cstr(c->a, arena_printf(c->a, "%s/anchors.pem", c->data_dir));
    TRY(file_read(c->a, path ? path : own, 1 << 20, &pem));
    return trust_anchors_parse(c->a, pem, out);
}

static void print(struct cli *c, const struct verify_report *r)
{
    static const char *const MARKS[] = {"✓", "✗", "!"};
    for (size_t i = 0; i < r->nchecks; i++) {
        struct slice t = c->lang == LANG_EN ? r->checks[i].en : r->checks[i].zh;
        (void)printf("%s %-12s %.*s\n", MARKS[r->checks[i].state], r->checks[i].name, SLICE_ARG(t));
    }
    cli_say(c, r->good ? "结论：真实、完整" : "结论：不可信",
            r->good ? "Result: genuine and whole" : "Result: not to be trusted");
}

static int run(struct cli *c)
{
    const char *trust = cli_option(c, "--trust"), *at = cli_option(c, "--at");
    const struct trust_anchors *anchors;
    struct slice pdf;
    instant t = time_now(time_system());
    if (c->argc != 1) return cli_usage(c, &COMMAND_VERIFY);
    if (at) {
        result r = instant_parse(c->a, slice_cstr(at), S("--at"), &t);
        if (failed(r)) return cli_fail(c, r, EXIT_WRONG);
    }
    result r = roots(c, trust, &anchors);
    if (!failed(r)) r = file_read(c->a, c->argv[0], VERIFY_MAX_BYTES, &pdf);
    if (failed(r)) return cli_fail(c, r, EXIT_WRONG);
    struct verify_report report;
    verify_pdf(c->a, pdf, anchors, t, &report);
    if (c->json)
        cli_json(c, verify_report_json(c->a, &report));
    else
        print(c, &report);
    return report.good ? EXIT_GOOD : EXIT_NO;
}

const struct command COMMAND_VERIFY = {
    "verify", "  verify 文件 [--trust 根证书.pem] [--at 时间]   离线核验证照、文书（PDF；不可信时退出码为 1）",
    "  verify FILE [--trust ROOTS.pem] [--at TIME]    verifies a licence or document (PDF) offline (exit status 1: not to be trusted)",
    run};
