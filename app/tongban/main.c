#include "app/tongban/cli.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

static const struct command *const COMMANDS[] = {
    &COMMAND_SERVE,       &COMMAND_CHECK,     &COMMAND_PUBLISH,  &COMMAND_VERIFY, &COMMAND_CALENDAR,
    &COMMAND_ID,          &COMMAND_ADMIN,     &COMMAND_COVERAGE, &COMMAND_PLAN,   &COMMAND_INDICATORS,
    &COMMAND_PUBLICATION, &COMMAND_KNOWLEDGE, &COMMAND_YEAR,     &COMMAND_BRIEF,  &COMMAND_PLATFORM_SHARE,
    &COMMAND_SIMULATE,    &COMMAND_MIGRATE,   &COMMAND_PLAY,     &COMMAND_LOG};
enum { NCOMMANDS = sizeof COMMANDS / sizeof *COMMANDS };

void cli_say(const struct cli *c, const char *zh, const char *en, ...)
{
    va_list ap;
    va_start(ap, en);
    (void)vprintf(c->lang == LANG_EN ? en : zh, ap);
    va_end(ap);
    (void)putchar('\n');
    (void)fflush(stdout);
}

void cli_json(const struct cli *c, const struct json *v)
{
    struct slice s = json_write(c->a, v);
    (void)printf("%.*s\n", SLICE_ARG(s));
}

static const struct json *problem_json(struct arena *a, const struct problem *p)
{
    struct json_builder b = json_builder(a);
    json_set_cstr(&b, "code", code_name(p->code));
    json_set_str(&b, "field", p->field);
    json_set_str(&b, "zh", problem_text(a, p, LANG_ZH));
    json_set_str(&b, "en", problem_text(a, p, LANG_EN));
    json_set_str(&b, "remedy_zh", problem_remedy(a, p, LANG_ZH));
    json_set_str(&b, "remedy_en", problem_remedy(a, p, LANG_EN));
    const struct json *path = json_problem_path(a, p);
    if (path) json_set(&b, "path", path);
    return json_object(&b);
}

int cli_fail(const struct cli *c, result r, int status)
{
    if (c->json) {
        struct json_builder b = json_builder(c->a), list = json_builder(c->a);
        for (const struct problem *p = r.problem; p; p = p->next) json_add(&list, problem_json(c->a, p));
        json_set_bool(&b, "good", false);
        json_set(&b, "problems", json_array(&list));
        cli_json(c, json_object(&b));
    } else {
        struct slice text = result_text(c->a, r, c->lang);
        (void)fprintf(stderr, "%.*s\n", SLICE_ARG(text));
    }
    return status;
}

/* What is left of the call, for the message. */
static struct slice rest_of(const struct cli *c, const char *name)
{
    struct buf b = buf_new(c->a, 1000);
    buf_puts(&b, name);
    for (int i = 0; i < c->argc; i++) buf_printf(&b, "%s%s", b.n ? " " : "", c->argv[i]);
    struct slice s = buf_slice(&b);
    return slice_sub(s, 0, slice_utf8_end(s));
}

static result misused(const struct cli *c, const char *name)
{
    return fail(c->a, CODE_CLI_USAGE, S("tongban"), "value", rest_of(c, name), NULL);
}

int cli_usage(const struct cli *c, const struct command *m)
{
    int status = cli_fail(c, misused(c, m->name), EXIT_WRONG);
    if (!c->json) (void)fprintf(stderr, "%s\n", c->lang == LANG_EN ? m->usage_en : m->usage_zh);
    return status;
}

static void take(struct cli *c, int at, int n)
{
    for (int i = at; i + n < c->argc; i++) c->argv[i] = c->argv[i + n];
    c->argc -= n;
}

const char *cli_option(struct cli *c, const char *name)
{
    for (int i = 0; i + 1 < c->argc; i++)
        if (slice_is(slice_cstr(c->argv[i]), name)) {
            const char *v = c->argv[i + 1];
            take(c, i, 2);
            return v;
        }
    return NULL;
}

bool cli_flag(struct cli *c, const char *name)
{
    for (int i = 0; i < c->argc; i++)
        if (slice_is(slice_cstr(c->argv[i]), name)) {
            take(c, i, 1);
            return true;
        }
    return false;
}

static int help(const struct cli *c, FILE *to)
{
    bool en = c->lang == LANG_EN;
    (void)fprintf(to, "%s\n\n",
                  en ? "tongban: the software a city runs its services on" : "tongban（通办）：一座城市的政务服务平台");
    (void)fprintf(to, "%s\n\n",
                  en ? "tongban [--data DIR] [--json] [--lang zh|en] COMMAND …"
                     : "tongban [--data 目录] [--json] [--lang zh|en] 命令 …");
    for (size_t i = 0; i < NCOMMANDS; i++)
        (void)fprintf(to, "%s\n", en ? COMMANDS[i]->usage_en : COMMANDS[i]->usage_zh);
    (void)fprintf(
        to, "\n%s\n",
        en ? "--json: one JSON value on standard output. Exit status: 0 good, 1 the answer is no, 2 wrong use or failure.\n"
             "DIR: the city's folder, else $TONGBAN_DATA, else ./city. Language: --lang, else $TONGBAN_LANG, else the locale."
           : "--json：标准输出为一个 JSON 值。退出码：0 正常；1 结论为否；2 用法有误或无法完成。\n"
             "目录：城市的数据目录，依次取 --data、$TONGBAN_DATA、./city。语言：--lang、$TONGBAN_LANG 或系统区域设置。");
    return to == stdout ? EXIT_GOOD : EXIT_WRONG;
}

static enum lang language(void)
{
    const char *names[] = {"TONGBAN_LANG", "LC_ALL", "LC_MESSAGES", "LANG"};
    for (size_t i = 0; i < 4; i++) {
        const char *v = getenv(names[i]);
        if (v && *v) return slice_starts(slice_cstr(v), S("en")) ? LANG_EN : LANG_ZH;
    }
    return LANG_ZH;
}

static const struct command *command_of(const char *name)
{
    for (size_t i = 0; i < NCOMMANDS; i++)
        if (slice_is(slice_cstr(name), COMMANDS[i]->name)) return COMMANDS[i];
    return NULL;
}

static int help_with(struct cli *c, const struct command *m)
{
    (void)printf("%s\n", c->lang == LANG_EN ? m->usage_en : m->usage_zh);
    return EXIT_GOOD;
}

static int dispatch(struct cli *c)
{
    static const char *const HELP[] = {"help", "--help", "-h"};
    if (c->argc == 0) return help(c, stderr);
    for (int i = 0; i < 3; i++)
        if (slice_is(slice_cstr(c->argv[0]), HELP[i])) {
            const struct command *about = c->argc == 2 ? command_of(c->argv[1]) : NULL;
            return about ? help_with(c, about) : help(c, stdout);
        }
    const struct command *m = command_of(c->argv[0]);
    if (!m) {
        int status = cli_fail(c, misused(c, ""), EXIT_WRONG);
        return c->json ? status : help(c, stderr);
    }
    take(c, 0, 1);
    return cli_flag(c, "--help") || cli_flag(c, "-h") ? help_with(c, m) : m->run(c);
}

int main(int argc, char **argv)
{
    struct cli c = {
        .a = arena_new("command line"), .argc = argc - 1, .argv = argv + 1, .lang = language(), .program = argv[0]};
    const char *dir = getenv("TONGBAN_DATA");
    const char *data = cli_option(&c, "--data"), *lang = cli_option(&c, "--lang");
    c.data_dir = data ? data : dir && *dir ? dir : "city";
    c.json = cli_flag(&c, "--json");
    int status = EXIT_WRONG;
    if (lang && strcmp(lang, "en") != 0 && strcmp(lang, "zh") != 0) {
        status = cli_fail(&c, fail(c.a, CODE_CLI_USAGE, S("--lang"), "value", slice_cstr(lang), NULL), EXIT_WRONG);
    } else {
        if (lang) c.lang = strcmp(lang, "en") == 0 ? LANG_EN : LANG_ZH;
        status = dispatch(&c);
    }
    arena_free(c.a);
    return status;
}
