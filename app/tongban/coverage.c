/* tongban coverage: what is built of each of the plan's systems, from the built-in services. */
#include "city/catalogue/coverage.h"

#include <stdio.h>

#include "app/tongban/builtin.h"
#include "app/tongban/cli.h"

static void print(const struct json *v, enum lang lang)
{
    const struct json *list = json_get(v, "systems"), *totals = json_get(v, "totals");
    for (size_t i = 0; list && i < list->n; i++) {
        const struct json *s = list->items[i];
        struct slice id = json_string(s, "id"), state = json_string(s, "state"), kind = json_string(s, "kind");
        struct slice title = bitext_in(bitext_of(json_get(s, "title")), lang);
        (void)printf("%-5.*s %-8.*s %-7.*s %.*s\n", SLICE_ARG(id), SLICE_ARG(state), SLICE_ARG(kind), SLICE_ARG(title));
    }
    (void)printf("%lld: %lld shown, %lld partial, %lld open\n", (long long)json_int(totals, "all", 0),
                 (long long)json_int(totals, "shown", 0), (long long)json_int(totals, "partial", 0),
                 (long long)json_int(totals, "open", 0));
}

static int run(struct cli *c)
{
    struct opened *o;
    size_t n;
    if (c->argc) return cli_usage(c, &COMMAND_COVERAGE);
    result r = city_open(c, OPEN_CATALOGUE, false, &o);
    struct service_files *folders = builtin_services(c->a, &n);
    if (!failed(r)) r = catalogue_install(o->city.catalogue, c->a, folders, n, time_now(o->city.time));
    if (failed(r)) return cli_fail(c, r, EXIT_WRONG);
    const struct json *v = coverage_json(c->a, o->city.catalogue);
    if (c->json)
        cli_json(c, v);
    else
        print(v, c->lang);
    return EXIT_GOOD;
}

const struct command COMMAND_COVERAGE = {"coverage", "  coverage                       行动方案各系统的建设情况",
                                         "  coverage                       what is built of the plan's systems", run};
