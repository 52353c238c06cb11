/* tongban id check KIND VALUE */
#include "app/tongban/cli.h"
#include "base/identifier.h"

#include <stdio.h>

static int kinds(struct cli *c)
{
    struct json_builder b = json_builder(c->a);
    for (int k = 1; k < ID_KIND_COUNT; k++)
        json_set_cstr(&b, id_kind_name((enum id_kind)k), id_kind_title((enum id_kind)k, c->lang));
    if (c->json) {
        cli_json(c, json_object(&b));
        return EXIT_GOOD;
    }
    for (int k = 1; k < ID_KIND_COUNT; k++)
        (void)printf("%-18s %s\n", id_kind_name((enum id_kind)k), id_kind_title((enum id_kind)k, c->lang));
    return EXIT_GOOD;
}

static int run(struct cli *c)
{
    if (c->argc == 1 && slice_is(slice_cstr(c->argv[0]), "kinds")) return kinds(c);
    if (c->argc != 3 || !slice_is(slice_cstr(c->argv[0]), "check")) return cli_usage(c, &COMMAND_ID);
    enum id_kind kind = id_kind_of(slice_cstr(c->argv[1]));
    if (kind == ID_KIND_NONE)
        return cli_fail(c, fail(c->a, CODE_CLI_USAGE, S("KIND"), "value", slice_cstr(c->argv[1]), NULL), EXIT_WRONG);
    struct slice value = identifier_normal(c->a, kind, slice_cstr(c->argv[2]));
    result r = identifier_check(c->a, kind, value, slice_cstr(id_kind_name(kind)));
    if (failed(r)) return cli_fail(c, r, EXIT_NO);
    if (c->json) {
        struct json_builder b = json_builder(c->a);
        json_set_bool(&b, "good", true);
        json_set_str(&b, "value", value);
        cli_json(c, json_object(&b));
    } else {
        cli_say(c, "有效：%.*s", "valid: %.*s", SLICE_ARG(value));
    }
    return EXIT_GOOD;
}

const struct command COMMAND_ID = {
    "id", "  id check 种类 值              校验标识（无效时退出码为 1）\n  id kinds                       列出种类",
    "  id check KIND VALUE           checks an identifier (exit status 1: not valid)\n  id kinds                       lists the kinds",
    run};
