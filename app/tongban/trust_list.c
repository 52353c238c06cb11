/* tongban admin trust-list …: recognised CAs from the command line. What the pages do, under the same rights: --as names the account. */
#include "app/tongban/cli.h"
#include "city/certificates/certificates.h"

#include <stdio.h>

static result read_json(struct cli *c, const char *path, const struct json **out)
{
    struct slice text;
    TRY(file_read(c->a, path, TRUST_LIST_MAX_BYTES, &text));
    return json_parse(c->a, text, TRUST_LIST_MAX_BYTES, slice_cstr(path), out);
}

/* The other city's list and its roots, as one change. */
static result import_content(struct cli *c, const char *list, const char *anchors, const struct json **out)
{
    struct slice document, pem;
    struct json_builder b = json_builder(c->a);
    TRY(file_read(c->a, list, TRUST_LIST_MAX_BYTES, &document));
    TRY(file_read(c->a, anchors, 1 << 20, &pem));
    json_set_str(&b, "document", document);
    json_set_str(&b, "anchors", pem);
    *out = json_object(&b);
    return ok();
}

static result status_content(struct cli *c, const struct json **out)
{
    struct json_builder b = json_builder(c->a);
    json_set_cstr(&b, "source", c->argv[1]);
    json_set_cstr(&b, "ca", c->argv[2]);
    json_set_cstr(&b, "status", c->argv[3]);
    *out = json_object(&b);
    return ok();
}

static result drop_content(struct cli *c, const struct json **out)
{
    struct json_builder b = json_builder(c->a);
    json_set_cstr(&b, "source", c->argv[1]);
    *out = json_object(&b);
    return ok();
}

static result ask(struct cli *c, struct opened *o, struct slice what, const char *login, const char *reason,
                  const struct json **out)
{
    struct actor x;
    struct id id;
    bool waiting;
    struct trust_change_new n = {.kind = what, .reason = slice_cstr(reason)};
    TRY(actor_of_login(&o->city, c->a, slice_cstr(login), &x));
    if (slice_is(what, "ca")) TRY(read_json(c, c->argv[1], &n.content));
    if (slice_is(what, "import")) TRY(import_content(c, c->argv[1], c->argv[2], &n.content));
    if (slice_is(what, "status")) TRY(status_content(c, &n.content));
    if (slice_is(what, "drop")) TRY(drop_content(c, &n.content));
    TRY(trust_change_ask(&o->city, c->a, &x, &n, time_now(o->city.time), &id, &waiting));
    struct json_builder b = json_builder(c->a);
    json_set_str(&b, "id", id_text(c->a, id));
    json_set_cstr(&b, "state", waiting ? "waiting" : "done");
    *out = json_object(&b);
    return ok();
}

static result decide(struct cli *c, struct opened *o, bool approve, const char *login, const struct json **out)
{
    struct actor x;
    struct id id;
    struct json_builder b = json_builder(c->a);
    TRY(actor_of_login(&o->city, c->a, slice_cstr(login), &x));
    TRY(id_parse(c->a, slice_cstr(c->argv[1]), S("ID"), &id));
    TRY(trust_change_decide(&o->city, c->a, &x, id, approve, time_now(o->city.time)));
    json_set_str(&b, "id", id_text(c->a, id));
    json_set_cstr(&b, "state", approve ? "approved" : "rejected");
    *out = json_object(&b);
    return ok();
}

static void say_lists(struct cli *c, const struct json *v)
{
    const struct json *lists = json_get(v, "lists");
    for (size_t i = 0; i < lists->n; i++) {
        const struct json *l = lists->items[i], *cas = json_get(l, "cas");
        cli_say(c, "%.*s 第 %lld 版%s", "%.*s version %lld%s", SLICE_ARG(json_string(l, "source")),
                (long long)json_int(l, "version", 0),
                json_bool(l, "expired", false) ? (c->lang == LANG_ZH ? "（已过期）" : " (expired)") : "");
        for (size_t k = 0; k < cas->n; k++) {
            struct bitext name = bitext_of(json_get(cas->items[k], "name"));
            cli_say(c, "  %.*s %.*s %.*s（自 %.*s）", "  %.*s %.*s %.*s (since %.*s)",
                    SLICE_ARG(json_string(cas->items[k], "id")), SLICE_ARG(c->lang == LANG_ZH ? name.zh : name.en),
                    SLICE_ARG(json_string(cas->items[k], "status")), SLICE_ARG(json_string(cas->items[k], "since")));
        }
    }
}

static bool call_good(const struct cli *c, struct slice what, const char *login, const char *reason)
{
    if (slice_is(what, "show") || slice_is(what, "export") || slice_is(what, "changes")) return c->argc == 1;
    if (!login) return false;
    if (slice_is(what, "approve") || slice_is(what, "reject")) return c->argc == 2;
    if (!reason) return false;
    if (slice_is(what, "ca") || slice_is(what, "drop")) return c->argc == 2;
    return (slice_is(what, "import") && c->argc == 3) || (slice_is(what, "status") && c->argc == 4);
}

static result go(struct cli *c, struct opened *o, struct slice what, const char *login, const char *reason,
                 const struct json **out)
{
    instant now = time_now(o->city.time);
    if (slice_is(what, "show")) return trust_lists_view(&o->city, c->a, now, out);
    if (slice_is(what, "changes")) return trust_change_list(&o->city, c->a, 100, S(""), out);
    if (slice_is(what, "export")) {
        struct slice text;
        int64_t version;
        TRY(trust_list_document(&o->city, c->a, &text, &version));
        return json_parse(c->a, text, TRUST_LIST_MAX_BYTES, S("trust_list"), out);
    }
    struct json_builder b = json_builder(c->a);
    json_set_str(&b, "as", slice_cstr(login));
    if (slice_is(what, "approve") || slice_is(what, "reject"))
        TRY(decide(c, o, slice_is(what, "approve"), login, out));
    else
        TRY(ask(c, o, what, login, reason, out));
    return cli_note(c, o, arena_cstr(c->a, arena_printf(c->a, "admin trust-list %.*s", SLICE_ARG(what))),
                    json_object(&b));
}

/* argv[0] is what follows "trust-list". */
int trust_list_command(struct cli *c)
{
    const char *login = cli_option(c, "--as"), *reason = cli_option(c, "--reason");
    struct slice what = c->argc ? slice_cstr(c->argv[0]) : S("");
    struct opened *o = NULL;
    const struct json *v = NULL;
    if (!call_good(c, what, login, reason)) return cli_usage(c, &COMMAND_ADMIN);
    result r = city_open(c, OPEN_STORE, false, &o);
    if (!failed(r)) r = go(c, o, what, login, reason, &v);
    int status = EXIT_GOOD;
    if (failed(r))
        status = cli_fail(c, r, EXIT_NO);
    else if (slice_is(what, "show") && !c->json)
        say_lists(c, v);
    else if (c->json || slice_is(what, "export") || slice_is(what, "changes"))
        cli_json(c, v);
    else
        cli_say(c, "%.*s %.*s", "%.*s %.*s", SLICE_ARG(json_string(v, "id")), SLICE_ARG(json_string(v, "state")));
    if (o) city_shut(o);
    return status;
}
