/* tongban migrate: plans of migration from the command line. A server's worker looks at the cases and moves them; without one that is
 * done here. */
#include "app/tongban/cli.h"
#include "city/cases/change.h"

static result work(struct opened *o, struct arena *a)
{
    size_t done;
    do TRY(migrations_run(&o->city, a, time_now(o->city.time), 500, &done));
    while (done);
    return ok();
}

static int answer(struct cli *c, const struct json *v)
{
    const struct json *n = json_get(v, "counts");
    if (c->json) {
        cli_json(c, v);
        return EXIT_GOOD;
    }
    struct slice id = json_string(v, "id"), state = json_string(v, "state");
    cli_say(c, "%.*s %.*s：可迁移 %lld，不能 %lld，已迁移 %lld，未成 %lld，已撤回 %lld，未能撤回 %lld",
            "%.*s %.*s: can %lld, cannot %lld, moved %lld, failed %lld, undone %lld, stays %lld", SLICE_ARG(id),
            SLICE_ARG(state), (long long)json_int(n, "can", 0), (long long)json_int(n, "cannot", 0),
            (long long)json_int(n, "moved", 0), (long long)json_int(n, "failed", 0),
            (long long)json_int(n, "undone", 0), (long long)json_int(n, "stays", 0));
    return EXIT_GOOD;
}

struct asked {
    const char *what, *reason, *login, *mapping;
};

static result mapping_of(struct cli *c, const char *text, const struct json **out)
{
    *out = NULL;
    return text ? json_parse(c->a, slice_cstr(text), 256 * 1024, S("--mapping"), out) : ok();
}

static result go(struct cli *c, struct opened *o, const struct asked *q, const struct json **out)
{
    struct actor x;
    struct id id;
    struct slice reason = slice_cstr(q->reason ? q->reason : "");
    instant now = time_now(o->city.time);
    if (slice_is(slice_cstr(q->what), "list"))
        return migration_list(&o->city, c->a, c->argc > 1 ? slice_cstr(c->argv[1]) : S(""), 100, S(""), out);
    TRY(actor_of_login(&o->city, c->a, slice_cstr(q->login), &x));
    if (slice_is(slice_cstr(q->what), "plan")) {
        struct plan_new p = {.service = slice_cstr(c->argv[1]),
                             .from = slice_cstr(c->argv[2]),
                             .to = slice_cstr(c->argv[3]),
                             .reason = reason};
        TRY(mapping_of(c, q->mapping, &p.mapping));
        TRY(migration_plan(&o->city, c->a, &x, &p, now, &id));
    } else {
        TRY(id_parse(c->a, slice_cstr(c->argv[1]), S("ID"), &id));
        if (slice_is(slice_cstr(q->what), "apply"))
            TRY(migration_decide(&o->city, c->a, &x, id, true, reason, now));
        else
            TRY(migration_undo(&o->city, c->a, &x, id, reason, now));
    }
    TRY(work(o, c->a));
    return migration_show(&o->city, c->a, id, out);
}

static bool call_good(const struct cli *c, const struct asked *q)
{
    if (c->argc < 1) return false;
    struct slice what = slice_cstr(c->argv[0]);
    if (slice_is(what, "list")) return c->argc <= 2;
    if (!q->login) return false;
    if (slice_is(what, "plan")) return c->argc == 4 && q->reason;
    return (slice_is(what, "apply") || (slice_is(what, "undo") && q->reason)) && c->argc == 2;
}

static int told(struct cli *c, const struct asked *q, const struct json *v)
{
    const struct json *items = json_get(v, "items");
    if (!slice_is(slice_cstr(q->what), "list") || c->json) return answer(c, v);
    for (size_t i = 0; items && i < items->n; i++) (void)answer(c, items->items[i]);
    return EXIT_GOOD;
}

static int run(struct cli *c)
{
    struct asked q = {
        .reason = cli_option(c, "--reason"), .login = cli_option(c, "--as"), .mapping = cli_option(c, "--mapping")};
    struct opened *o = NULL;
    const struct json *v = NULL;
    if (!call_good(c, &q)) return cli_usage(c, &COMMAND_MIGRATE);
    q.what = c->argv[0];
    result r = city_open(c, OPEN_STORE, false, &o);
    if (!failed(r)) r = go(c, o, &q, &v);
    if (!failed(r) && !slice_is(slice_cstr(q.what), "list"))
        r = cli_note(c, o, arena_printf(c->a, "migrate %s", q.what).p, NULL);
    int status = failed(r) ? cli_fail(c, r, EXIT_NO) : told(c, &q, v);
    if (o) city_shut(o);
    return status;
}

const struct command COMMAND_MIGRATE = {
    "migrate",
    "  migrate list [事项]                迁移计划\n"
    "  migrate plan 事项 原版本 新版本 --reason 理由 --as 账号 [--mapping '[{\"from\":…,\"to\":…}]']   制定并计算\n"
    "  migrate apply 编号 --as 账号        由另一人批准并执行\n"
    "  migrate undo 编号 --reason 理由 --as 账号   撤回",
    "  migrate list [SERVICE]             plans of migration\n"
    "  migrate plan SERVICE FROM TO --reason TEXT --as LOGIN [--mapping '[{\"from\":…,\"to\":…}]']   makes and computes one\n"
    "  migrate apply ID --as LOGIN        another person releases it; carried out\n"
    "  migrate undo ID --reason TEXT --as LOGIN   takes it back",
    run};
