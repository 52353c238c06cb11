/* tongban simulate SERVICE: a year of arrivals through its definition, and what changes if a step is dropped, made parallel or
 * staffed. */
#include "city/simulation/simulation.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "app/tongban/builtin.h"
#include "app/tongban/cli.h"

enum { BENCH_CASES = 1000000, LIST_MOST = 32, ARRIVALS_MAX = 512 * 1024 * 1024 };

struct asked {
    const char *folder, *arrivals, *parameters, *threads;
    bool fit, bench;
    struct json_builder over; /* parameters from options */
};

/* ---- options ---- */

static result bad(struct cli *c, const char *option, const char *value)
{
    return fail(c->a, CODE_CLI_USAGE, slice_cstr(option), "value", slice_cstr(value), NULL);
}

static result whole(struct cli *c, struct asked *q, const char *option, const char *key)
{
    int64_t n;
    const char *v = cli_option(c, option);
    if (!v) return ok();
    if (!slice_int64(slice_cstr(v), &n) || n < 0) return bad(c, option, v);
    json_set_int(&q->over, key, n);
    return ok();
}

/* --drop a,b  --parallel a,b  --staff scjg=3: together one variant. Each may be given several times. */
static result variant(struct cli *c, struct asked *q)
{
    struct json_builder drop = json_builder(c->a), parallel = json_builder(c->a), staff = json_builder(c->a),
                        v = json_builder(c->a), list = json_builder(c->a);
    const char *x;
    while ((x = cli_option(c, "--drop"))) json_add(&drop, json_of_cstr(c->a, x));
    while ((x = cli_option(c, "--parallel"))) {
        struct slice first, second;
        struct json_builder pair = json_builder(c->a);
        if (!slice_cut(slice_cstr(x), ',', &first, &second)) return bad(c, "--parallel", x);
        json_add(&pair, json_of_string(c->a, first));
        json_add(&pair, json_of_string(c->a, second));
        json_add(&parallel, json_array(&pair));
    }
    while ((x = cli_option(c, "--staff"))) {
        struct slice department, number;
        int64_t n;
        if (!slice_cut(slice_cstr(x), '=', &department, &number) || !slice_int64(number, &n))
            return bad(c, "--staff", x);
        json_set_slice(&staff, department, json_of_int(c->a, n));
    }
    if (!drop.n && !parallel.n && !staff.n) return ok();
    json_set_cstr(&v, "name", c->lang == LANG_EN ? "variant" : "方案");
    json_set(&v, "drop", json_array(&drop));
    json_set(&v, "parallel", json_array(&parallel));
    json_set(&v, "staff", json_object(&staff));
    json_add(&list, json_object(&v));
    json_set(&q->over, "variants", json_array(&list));
    return ok();
}

static result read_options(struct cli *c, struct asked *q)
{
    q->over = json_builder(c->a);
    q->folder = cli_option(c, "--folder");
    q->arrivals = cli_option(c, "--arrivals");
    q->parameters = cli_option(c, "--parameters");
    q->threads = cli_option(c, "--threads");
    q->fit = cli_flag(c, "--fit");
    q->bench = cli_flag(c, "--bench");
    TRY(whole(c, q, "--cases", "cases"));
    TRY(whole(c, q, "--seed", "seed"));
    TRY(whole(c, q, "--year", "year"));
    TRY(whole(c, q, "--repetitions", "repetitions"));
    return variant(c, q);
}

/* ---- arrivals of a file: an instant a line, or the first column ---- */

static int by_time(const void *x, const void *y)
{
    instant a = *(const instant *)x, b = *(const instant *)y;
    return a < b ? -1 : a > b;
}

static result arrivals_read(struct cli *c, const char *path, instant **out, size_t *n)
{
    struct slice text, line;
    size_t lines = 1, at = 0;
    *n = 0;
    TRY(file_read(c->a, path, ARRIVALS_MAX, &text));
    for (size_t i = 0; i < text.n; i++) lines += text.p[i] == '\n';
    *out = NEW_ARRAY(c->a, instant, lines + 1);
    for (bool more = true; more;) {
        more = slice_cut(text, '\n', &line, &text);
        struct slice first, rest;
        if (!slice_cut(line, ',', &first, &rest)) first = line;
        first = slice_trim(first);
        at++;
        if (!first.n) continue;
        if (instant_scan(first, &(*out)[*n])) {
            (*n)++;
            continue;
        }
        if (at > 1) /* a heading may be there */
            return fail(c->a, CODE_SIM_PARAMETERS, arena_printf(c->a, "%s:%zu", path, at), "detail_zh",
                        S("应为带时区的时刻，如 2021-03-01T09:30:00+08:00"), "detail_en",
                        S("is an instant with its offset, such as 2021-03-01T09:30:00+08:00"), NULL);
    }
    if (*n) qsort(*out, *n, sizeof **out, by_time);
    return ok();
}

/* ---- what is simulated ---- */

static result service_of(struct cli *c, struct opened *o, const struct asked *q, const char *code,
                         const struct service **s)
{
    size_t n;
    struct service_files *folders = builtin_services(c->a, &n), own;
    const struct service *const *all;
    size_t known;
    catalogue_all(o->city.catalogue, c->a, &all, &known);
    if (!known) TRY(catalogue_install(o->city.catalogue, c->a, folders, n, time_now(o->city.time)));
    if (!q->folder) return catalogue_current(o->city.catalogue, c->a, slice_cstr(code), s);
    TRY(service_files_read(c->a, slice_cstr(q->folder), &own));
    return service_draft(o->city.catalogue, c->a, own, s);
}

/* So many officers that four fifths of their time are used by a million cases, found by a small run with more than enough of them. */
static result bench_parameters(struct cli *c, struct opened *o, const struct service *version, const struct json *known,
                               const struct json **out)
{
    enum { PILOT = 20000, PLENTY = 200 };
    const struct json *groups = json_get(known, "groups"), *report = NULL;
    struct json_builder pilot = json_builder(c->a), many = json_builder(c->a), b = json_builder(c->a),
                        g = json_builder(c->a);
    struct simulation *s = NEW(c->a, struct simulation);
    bool stopped;
    for (size_t i = 0; i < groups->n; i++) {
        struct json_builder one = json_builder(c->a);
        json_set_int(&one, "officers", PLENTY);
        json_set_slice(&many, groups->keys[i], json_object(&one));
    }
    json_set(&pilot, "groups", json_object(&many));
    json_set_int(&pilot, "cases", PILOT);
    json_set_int(&pilot, "repetitions", 1);
    TRY(simulation_setup(&o->city, c->a, version, NULL, known, json_object(&pilot), NULL, 0, s));
    TRY(simulation_run(c->a, s, o->data, 1, NULL, &report, &stopped));
    const struct json *used = json_get(json_get(report, "variants")->items[0], "groups");
    for (size_t i = 0; i < used->n; i++) {
        struct json_builder one = json_builder(c->a);
        double hours = json_double(json_get(used->items[i], "hours"), 0),
               busy = json_double(json_pointer(used->items[i], S("/busy/mean")), 0);
        double each = busy > 0 ? hours / busy / PLENTY : 1; /* hours of one officer in the year */
        json_set_int(&one, "officers", (int64_t)(hours * BENCH_CASES / PILOT / each / 0.8) + 2);
        json_set_slice(&g, json_string(used->items[i], "code"), json_object(&one));
    }
    json_set(&b, "groups", json_object(&g));
    json_set_int(&b, "cases", BENCH_CASES);
    json_set_int(&b, "repetitions", 1);
    *out = json_object(&b);
    return ok();
}

static result prepare(struct cli *c, struct opened *o, const struct asked *q, const char *code, struct simulation *s)
{
    const struct service *version;
    const struct json *known, *given = NULL;
    instant *arrivals = NULL;
    size_t n = 0;
    TRY(service_of(c, o, q, code, &version));
    TRY(simulation_parameters(&o->city, c->a, version, q->fit, &known));
    if (q->parameters) {
        struct slice text;
        TRY(file_read(c->a, q->parameters, 1 << 20, &text));
        TRY(json_parse(c->a, text, 1 << 20, slice_cstr(q->parameters), &given));
    }
    if (q->bench) {
        const struct json *bench;
        TRY(bench_parameters(c, o, version, known, &bench));
        given = json_overlay(c->a, bench, given);
    }
    struct json_builder over = q->over;
    given = json_overlay(c->a, given, json_object(&over));
    if (q->arrivals) TRY(arrivals_read(c, q->arrivals, &arrivals, &n));
    return simulation_setup(&o->city, c->a, version, NULL, known, given, arrivals, n, s);
}

/* ---- printed ---- */

static double at(const struct json *v, const char *pointer)
{
    return json_double(json_pointer(v, slice_cstr(pointer)), 0);
}

static void print_interval(const struct cli *c, const struct json *v, const char *zh, const char *en, double unit,
                           const char *suffix)
{
    const struct json *half = json_get(v, "half");
    (void)printf("  %s %.2f%s", c->lang == LANG_EN ? en : zh, at(v, "/mean") * unit, suffix);
    if (half && half->type == JSON_NUMBER) (void)printf(" ± %.2f", json_double(half, 0) * unit);
    (void)putchar('\n');
}

static void print_measures(const struct cli *c, const struct json *m)
{
    print_interval(c, json_get(m, "workdays"), "平均工作日", "working days, mean", 1, "");
    print_interval(c, json_get(m, "p90"), "90% 的办件在几个工作日内", "working days, 90 %", 1, "");
    print_interval(c, json_get(m, "late"), "超承诺时限", "later than promised", 100, " %");
    print_interval(c, json_get(m, "late_statutory"), "超法定时限", "later than the law allows", 100, " %");
    print_interval(c, json_get(m, "wait"), "每件共排队等候（办公分钟）",
                   "waiting for officers per case (office minutes)", 1, "");
    print_interval(c, json_get(m, "open"), "期末在办", "open at the end", 1, "");
}

static void print_steps(const struct cli *c, const struct json *v)
{
    const struct json *steps = json_get(v, "steps"), *groups = json_get(v, "groups");
    bool en = c->lang == LANG_EN;
    cli_say(c, "  环节的等候（办公分钟）", "  waits at the steps (office minutes)");
    (void)printf("  %-32s %9s %8s %8s %8s %8s %7s %7s\n", "", en ? "cases" : "件数", en ? "mean" : "平均", "p50", "p90",
                 "p99", en ? "queue" : "最长", en ? "late" : "超承诺");
    for (size_t i = 0; i < steps->n; i++) {
        const struct json *s = steps->items[i];
        struct slice key = json_string(s, "key");
        if (!slice_is(json_string(s, "kind"), "officer")) continue;
        (void)printf("  %-32.*s %9.0f %8.1f %8.1f %8.1f %8.1f %7.0f %7.1f\n", SLICE_ARG(key), at(s, "/done"),
                     at(s, "/wait/mean"), at(s, "/wait/p50"), at(s, "/wait/p90"), at(s, "/wait/p99"),
                     at(s, "/queue_most"), at(s, "/late"));
    }
    for (size_t i = 0; i < groups->n; i++) {
        const struct json *g = groups->items[i];
        struct slice name = bitext_in(bitext_of(json_get(g, "name")), c->lang);
        (void)printf("  %.*s (%.0f): %.1f %%\n", SLICE_ARG(name), at(g, "/officers"), 100 * at(g, "/busy/mean"));
    }
    const struct json *worst = json_get(v, "bottleneck");
    struct slice key = json_string(worst, "step");
    if (key.n)
        cli_say(c, "  瓶颈：%.*s（占全部等候的 %.0f %%）", "  bottleneck: %.*s (%.0f %% of all waiting)",
                SLICE_ARG(key), 100 * at(worst, "/share"));
}

static void print_stops(const struct cli *c, const struct json *list)
{
    for (size_t i = 0; list && i < list->n; i++) {
        const struct json *s = list->items[i];
        struct slice name = bitext_in(bitext_of(json_get(s, "name")), c->lang);
        cli_say(c, "  停止计时：%.*s %.0f 次，平均 %.1f 天", "  clock stopped: %.*s %.0f times, %.1f days on average",
                SLICE_ARG(name), at(s, "/n"), at(s, "/days"));
    }
}

static void print_report(const struct cli *c, const struct json *report)
{
    const struct json *list = json_get(report, "variants");
    if (!json_bool(report, "calendar_known", true))
        cli_say(c, "注意：该年放假安排未载入，按周一至周五推算",
                "Note: no notice of that year's holidays is loaded; Monday to Friday are worked");
    for (size_t i = 0; i < list->n; i++) {
        const struct json *v = list->items[i];
        struct slice name = json_string(v, "name");
        cli_say(c, "%.*s：申报 %.0f 件，办结 %.0f 件（其中撤回 %.0f 件），在办 %.0f 件，停滞 %.0f 次",
                "%.*s: %.0f filed, %.0f ended (%.0f withdrawn), %.0f open, %.0f incidents",
                SLICE_ARG(name.n               ? name
                          : c->lang == LANG_EN ? S("as it is")
                                               : S("现状")),
                at(v, "/arrived"), at(v, "/ended"), at(v, "/withdrawn"), at(v, "/open"), at(v, "/incidents"));
        print_measures(c, json_get(v, "measures"));
        print_steps(c, v);
        print_stops(c, json_get(v, "stops"));
        if (!json_get(v, "difference")) continue;
        cli_say(c, " 与现状之差（95%% 置信区间）", " difference from as it is (95 %% intervals)");
        print_measures(c, json_get(v, "difference"));
    }
}

static void print_bench(const struct cli *c, const struct json *report, double seconds, int threads)
{
    struct rusage u;
    const struct json *v = json_get(report, "variants")->items[0];
    double cases = at(v, "/arrived") * at(report, "/repetitions");
    (void)getrusage(RUSAGE_SELF, &u);
    cli_say(c, "%.0f 件，%d 线程，%.1f 秒，每秒 %.0f 件，内存峰值 %.0f MB（目标：100 万件 60 秒；比值 %.2f）",
            "%.0f cases on %d threads in %.1f s: %.0f cases/s, %.0f MB at most (aim: a million in 60 s; ratio %.2f)",
            cases, threads, seconds, cases / seconds, (double)u.ru_maxrss / 1024,
            cases / seconds / (BENCH_CASES / 60.0));
}

/* ---- the command ---- */

static int run(struct cli *c)
{
    struct opened *o = NULL;
    struct asked q;
    struct simulation *s = NEW(c->a, struct simulation);
    const struct json *report = NULL;
    bool stopped = false;
    int64_t threads = sysconf(_SC_NPROCESSORS_ONLN);
    result r = read_options(c, &q);
    if (!failed(r) && q.threads && (!slice_int64(slice_cstr(q.threads), &threads) || threads < 1))
        r = bad(c, "--threads", q.threads);
    if (failed(r)) return cli_fail(c, r, EXIT_WRONG);
    if (c->argc != 1) return cli_usage(c, &COMMAND_SIMULATE);
    r = city_open(c, q.fit ? OPEN_STORE | OPEN_ALONE : OPEN_CATALOGUE, false, &o);
    if (!failed(r)) r = prepare(c, o, &q, c->argv[0], s);
    instant from = time_now(time_system());
    if (!failed(r)) r = simulation_run(c->a, s, o->data, (int)threads, NULL, &report, &stopped);
    double seconds = (double)(time_now(time_system()) - from + 1) / (double)MS_SECOND;
    if (!failed(r) && c->json) cli_json(c, report);
    if (!failed(r) && !c->json) print_report(c, report);
    if (!failed(r) && !c->json && q.bench) print_bench(c, report, seconds, (int)threads);
    if (o && o->city.store) city_shut(o);
    return failed(r) ? cli_fail(c, r, result_code(r) == CODE_SIM_PROCESS ? EXIT_NO : EXIT_WRONG) : EXIT_GOOD;
}

const struct command COMMAND_SIMULATE = {
    "simulate",
    "  simulate 事项 [--folder 目录] [--fit] [--arrivals 文件] [--cases N] [--year 年] [--seed N] [--repetitions N] [--parameters 文件]\n"
    "           [--drop 环节] [--parallel 环节,环节] [--staff 部门=人数] [--threads N] [--bench]\n"
    "                                 模拟一年的办件：排队、超时、瓶颈，以及调整后的变化（docs/designers/simulation.zh-CN.md）",
    "  simulate SERVICE [--folder FOLDER] [--fit] [--arrivals FILE] [--cases N] [--year Y] [--seed N] [--repetitions N] [--parameters FILE]\n"
    "           [--drop STEP] [--parallel STEP,STEP] [--staff DEPARTMENT=N] [--threads N] [--bench]\n"
    "                                 a year of it on virtual time: queues, lateness, bottlenecks, and what a change would do (docs/designers/simulation.md)",
    run};
