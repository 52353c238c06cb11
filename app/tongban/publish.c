/* tongban publish FOLDER --as LOGIN: asks for publication; a second publisher approves on the page or with --approve ID. */
#include "app/tongban/cli.h"

#include <stdio.h>

#include "app/tongban/builtin.h"

static int answer(struct cli *c, struct id id, struct slice hash, bool approved, const struct json *notes)
{
    for (size_t i = 0; !c->json && notes && i < notes->n; i++) {
        struct slice text = bitext_in(bitext_of(json_get(notes->items[i], "text")), c->lang);
        cli_say(c, "注意：%.*s", "Note: %.*s", SLICE_ARG(text));
    }
    if (c->json) {
        struct json_builder b = json_builder(c->a);
        json_set_str(&b, "id", id_text(c->a, id));
        if (hash.n) json_set_str(&b, "hash", hash);
        json_set_bool(&b, "published", approved);
        if (notes) json_set(&b, "notes", notes);
        cli_json(c, json_object(&b));
        return EXIT_GOOD;
    }
    struct slice text = id_text(c->a, id);
    if (approved)
        cli_say(c, "已发布：%.*s", "published: %.*s", SLICE_ARG(text));
    else
        cli_say(c, "已提交发布申请 %.*s（版本 %.*s），须由另一人批准",
                "publication %.*s asked for (version %.*s); a second person approves it", SLICE_ARG(text),
                SLICE_ARG(hash));
    return EXIT_GOOD;
}

static result go(struct cli *c, struct opened *o, const char *login, const char *approve, struct id *id,
                 struct slice *hash, const struct json **notes)
{
    struct actor x;
    struct service_files f;
    instant now = time_now(o->city.time);
    TRY(actor_of_login(&o->city, c->a, slice_cstr(login), &x));
    if (approve) {
        TRY(id_parse(c->a, slice_cstr(approve), S("--approve"), id));
        return publication_approve(&o->city, c->a, &x, *id, now);
    }
    TRY(service_files_read(c->a, slice_cstr(c->argv[0]), &f));
    *notes = service_notes(o->city.catalogue, c->a, f);
    return publication_request(&o->city, c->a, &x, f, now, id, hash);
}

static result builtin(struct cli *c, struct opened *o, size_t *n)
{
    struct service_files *folders = builtin_services(c->a, n);
    return catalogue_install(o->city.catalogue, c->a, folders, *n, time_now(o->city.time));
}

/* The person named by --as has not signed in here: the journal says so. */
static result note(struct cli *c, struct opened *o, bool all, const char *approve, struct id id)
{
    struct json_builder b = json_builder(c->a);
    if (!all) json_set_str(&b, "publication", id_text(c->a, id));
    return cli_note(c, o, all ? "publish --builtin" : approve ? "publish --approve" : "publish", json_object(&b));
}

static int loaded(struct cli *c, size_t n)
{
    struct json_builder b = json_builder(c->a);
    json_set_int(&b, "services", (int64_t)n);
    if (c->json)
        cli_json(c, json_object(&b));
    else
        cli_say(c, "已载入内置事项 %zu 个", "%zu built-in services published", n);
    return EXIT_GOOD;
}

static int run(struct cli *c)
{
    const char *login = cli_option(c, "--as"), *approve = cli_option(c, "--approve");
    bool all = cli_flag(c, "--builtin");
    struct opened *o = NULL;
    struct id id = ID_NONE;
    struct slice hash = {NULL, 0};
    size_t n = 0;
    const struct json *notes = NULL;
    if (!all && (!login || c->argc != (approve ? 0 : 1))) return cli_usage(c, &COMMAND_PUBLISH);
    result r = city_open(c, OPEN_STORE, false, &o);
    if (!failed(r)) r = all ? builtin(c, o, &n) : go(c, o, login, approve, &id, &hash, &notes);
    if (!failed(r)) r = note(c, o, all, approve, id);
    int status = failed(r) ? cli_fail(c, r, EXIT_NO) : EXIT_GOOD;
    if (!failed(r) && all) status = loaded(c, n);
    if (!failed(r) && !all) status = answer(c, id, hash, approve != NULL, notes);
    if (o) city_shut(o);
    return status;
}

const struct command COMMAND_PUBLISH = {
    "publish",
    "  publish 目录 --as 账号          申请发布事项（须另一人批准）\n  publish --approve 编号 --as 账号   批准发布\n"
    "  publish --builtin              发布内置事项（升级后）\n  被拒绝时退出码为 1",
    "  publish FOLDER --as LOGIN      asks for publication (a second person approves)\n  publish --approve ID --as LOGIN    approves it\n"
    "  publish --builtin              publishes the built-in services (after an upgrade)\n  exit status 1: refused",
    run};
