/* tongban verify FILE [--trust FILE …] [--at TIME] [--proof FILE --policy FILE]: offline, needs the file and the roots only, and the log's proof
 * and policy where it shall be in the log too. Exit status 0: good, 1: not to be trusted, 2: not a file that can be verified. */
#include "app/tongban/cli.h"
#include "trust/tlog_policy.h"
#include "trust/verify.h"

#include <stdio.h>

/* The PEM texts of all --trust one after another; none given: the city's own. */
static result roots(struct cli *c, const struct trust_anchors **out)
{
    struct buf all = buf_new(c->a, 4 << 20);
    struct slice pem;
    const char *path = cli_option(c, "--trust");
    if (!path) path = arena_cstr(c->a, arena_printf(c->a, "%s/anchors.pem", c->data_dir));
    for (; path; path = cli_option(c, "--trust")) {
        TRY(file_read(c->a, path, 1 << 20, &pem));
        buf_put(&all, pem);
        buf_putc(&all, '\n');
    }
    return trust_anchors_parse(c->a, buf_slice(&all), out);
}

struct log_files {
    const char *proof, *policy; /* paths; both NULL: the log is not asked about */
    struct slice proof_text, policy_text;
};
static result log_files(struct cli *c, struct log_files *x)
{
    x->proof = cli_option(c, "--proof");
    x->policy = cli_option(c, "--policy");
    if (x->proof) TRY(file_read(c->a, x->proof, 2 * NOTE_MAX_BYTES, &x->proof_text));
    return x->policy ? file_read(c->a, x->policy, TLOG_POLICY_MAX_BYTES, &x->policy_text) : ok();
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
    const struct trust_anchors *anchors;
    struct slice file;
    struct verify_ask ask = {.at = time_now(time_system())};
    const char *at = cli_option(c, "--at");
    struct log_files log = {.proof = NULL};
    result r = roots(c, &anchors), l = log_files(c, &log);
    if (c->argc != 1 || !log.proof != !log.policy) return cli_usage(c, &COMMAND_VERIFY);
    if (!failed(r)) r = l;
    if (!failed(r) && at) {
        r = instant_parse(c->a, slice_cstr(at), S("--at"), &ask.at);
        ask.certificates_at = ask.at;
    }
    if (!failed(r)) r = file_read(c->a, c->argv[0], VERIFY_MAX_BYTES, &file);
    if (failed(r)) return cli_fail(c, r, EXIT_WRONG);
    struct verify_report report;
    verify_file(c->a, file, anchors, &ask, &report);
    if (log.proof) verify_in_log(c->a, file, log.policy_text, log.proof_text, &report);
    if (c->json)
        cli_json(c, verify_report_json(c->a, &report));
    else
        print(c, &report);
    return !report.readable ? EXIT_WRONG : report.good ? EXIT_GOOD : EXIT_NO;
}

const struct command COMMAND_VERIFY = {
    "verify",
    "  verify 文件 [--trust 根证书.pem …] [--at 时间]   离线核验证照、文书（PDF、OFD；退出码 1 不可信，2 无法识别）\n"
    "         [--proof 日志证明 --policy 策略文件]      并核验其签发是否载入公开日志、见证机构是否足数",
    "  verify FILE [--trust ROOTS.pem …] [--at TIME]    verifies a licence or document (PDF, OFD) offline (exit status 1: not to be trusted, 2: not understood)\n"
    "         [--proof PROOF --policy FILE]             and that its issue is in the log, cosigned by as many witnesses as the policy asks for",
    run};
