/* tongban play FOLDER SCENARIO: one scenario of a service's folder, step by step. */
#include <stdio.h>

#include "app/tongban/cli.h"
#include "city/catalogue/catalogue.h"

static void say(const struct cli *c, const struct json *v)
{
    const struct json *steps = json_get(v, "steps"), *problem = json_get(v, "problem");
    bool en = c->lang == LANG_EN;
    for (size_t i = 0; i < steps->n; i++) {
        struct slice state = json_string(steps->items[i], "state"),
                     label = bitext_in(bitext_of(json_get(steps->items[i], "label")), c->lang);
        (void)printf("%s %zu %.*s\n",
                     slice_is(state, "done")     ? "+"
                     : slice_is(state, "failed") ? "x"
                                                 : " ",
                     i + 1, SLICE_ARG(label));
    }
    if (problem && problem->type == JSON_OBJECT)
        (void)printf("%.*s\n%.*s\n", SLICE_ARG(json_string(problem, en ? "en" : "zh")),
                     SLICE_ARG(json_string(problem, en ? "remedy_en" : "remedy_zh")));
}

static int run(struct cli *c)
{
    struct service_files folder;
    const struct json *v = NULL;
    if (c->argc < 2) return cli_usage(c, &COMMAND_PLAY);
    struct slice scenario = slice_cstr(c->argv[1]);
    result r = service_files_read(c->a, slice_cstr(c->argv[0]), &folder);
    c->argv += 2; /* the folders beside it */
    c->argc -= 2;
    if (!failed(r)) r = scenario_play(c, folder, scenario, &v);
    if (failed(r)) return cli_fail(c, r, EXIT_WRONG);
    if (c->json)
        cli_json(c, v);
    else
        say(c, v);
    return json_bool(v, "good", false) ? EXIT_GOOD : EXIT_NO;
}

const struct command COMMAND_PLAY = {
    "play",
    "  play 目录 scenarios/名称.json [目录 …]\n"
    "                                 在临时的演示城市中逐步运行一个场景；其后的目录是它调用的事项",
    "  play FOLDER scenarios/NAME.json [FOLDER …]\n"
    "                                 one scenario, step by step, in a demonstration city of its own; further folders: services that it calls",
    run};
