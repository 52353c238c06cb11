/* tongban log mirror | monitor | verify: a log looked at from outside. */
#include "app/log/client.h"
#include "app/tongban/cli.h"
#include "trust/log_entry.h"

#include <stdio.h>
#include <unistd.h>

struct outside {
    struct cli *c;
    struct slice url;
    const char *dir;
    const struct tlog_policy *policy;
    struct slice policy_text;
};

static result read_policy(struct cli *c, const char *path, struct slice *text, const struct tlog_policy **out)
{
    TRY(file_read(c->a, path, TLOG_POLICY_MAX_BYTES, text));
    return tlog_policy_parse(c->a, *text, out);
}

/* ---- verify ---- */

static int verify(struct cli *c, const char *path, const char *policy_path)
{
    const struct tlog_policy *policy;
    struct slice text, policy_text;
    struct log_proven p;
    result r = read_policy(c, policy_path, &policy_text, &policy);
    if (!failed(r)) r = file_read(c->a, path, 2 * NOTE_MAX_BYTES, &text);
    if (failed(r)) return cli_fail(c, r, EXIT_WRONG);
    r = log_proof_open(c->a, policy, text, &p);
    if (failed(r)) return cli_fail(c, r, EXIT_NO);
    if (c->json) {
        struct json_builder b = json_builder(c->a);
        json_set_bool(&b, "good", true);
        json_set_str(&b, "origin", p.verdict.checkpoint.origin);
        json_set_int(&b, "index", (int64_t)p.index);
        json_set_int(&b, "witnesses", (int64_t)p.verdict.nwitnesses);
        json_set_str(&b, "entry", p.entry);
        cli_json(c, json_object(&b));
        return EXIT_GOOD;
    }
    cli_say(c, "在日志 %.*s 中，第 %llu 条（共 %llu 条），有效见证 %zu 个",
            "in the log %.*s, entry %llu of %llu, %zu good witnesses", SLICE_ARG(p.verdict.checkpoint.origin),
            (unsigned long long)p.index, (unsigned long long)p.verdict.checkpoint.size, p.verdict.nwitnesses);
    (void)printf("%.*s\n", SLICE_ARG(p.entry));
    return EXIT_GOOD;
}

/* ---- mirror ---- */

static result mirror_once(struct outside *x, struct arena *a, struct log_mirrored *m)
{
    TRY(log_mirror(a, x->url, x->dir, x->policy, m));
    if (x->c->json) {
        struct json_builder b = json_builder(a);
        json_set_bool(&b, "good", true);
        json_set_int(&b, "before", (int64_t)m->before);
        json_set_int(&b, "entries", (int64_t)m->size);
        json_set_int(&b, "fetched", (int64_t)m->fetched);
        json_set_str(&b, "root", base64_encode(a, m->root));
        cli_json(x->c, json_object(&b));
    } else {
        cli_say(x->c, "%llu → %llu 条，逐条验证无误", "%llu → %llu entries, each verified",
                (unsigned long long)m->before, (unsigned long long)m->size);
    }
    (void)fflush(stdout);
    return ok();
}

/* ---- monitor ---- */

/* Kept for those who have to be told: the other history's checkpoint, signed by the log. */
static result keep_evidence(struct outside *x, struct arena *a, struct slice witness, struct slice note)
{
    struct slice name = slice_sub(crypto_sha256_hex(a, note), 0, 16);
    struct slice path = arena_printf(a, "evidence/%.*s", SLICE_ARG(name));
    TRY(log_file_put(a, x->dir, path, note, 0644));
    (void)fprintf(stderr, "%.*s: %s/%.*s\n", SLICE_ARG(witness), x->dir, SLICE_ARG(path));
    return ok();
}

static result one_witness(struct outside *x, struct arena *a, const struct tlog_witness *w, struct slice origin,
                          const struct log_mirrored *m)
{
    struct slice note;
    struct checkpoint seen;
    bool ahead;
    TRY(log_witness_seen(a, w->address, origin, x->policy, &note, &seen));
    if (!note.n) return ok();
    result r = log_compare_witness(a, x->dir, m, w->name, &seen, &ahead);
    if (result_code(r) == CODE_LOG_FORK) TRY(keep_evidence(x, a, w->name, note));
    return r;
}

static result monitor_once(struct outside *x, struct arena *a)
{
    struct log_mirrored m;
    struct note n;
    struct checkpoint own;
    size_t count;
    const struct tlog_witness *list = tlog_policy_witnesses(a, x->policy, &count);
    TRY(mirror_once(x, a, &m));
    TRY(note_parse(a, m.note, &n));
    TRY(checkpoint_parse(a, n.text, &own));
    result all = ok();
    for (size_t i = 0; i < count; i++)
        if (list[i].address.n) all = result_join(a, all, one_witness(x, a, &list[i], own.origin, &m));
    return all;
}

static bool grave(result r)
{
    for (const struct problem *p = r.problem; p; p = p->next)
        if (p->code == CODE_LOG_FORK || p->code == CODE_LOG_ROLLED_BACK) return true;
    return false;
}

/* Ends at what must not be passed over; an outage is told and waited for. */
static int monitor(struct outside *x, int64_t every)
{
    for (;;) {
        struct arena *a = arena_new("monitor");
        result r = monitor_once(x, a);
        bool bad = grave(r);
        int status = failed(r) ? cli_fail(x->c, r, bad ? EXIT_NO : EXIT_WRONG) : EXIT_GOOD;
        arena_free(a);
        if (bad || !every) return status;
        (void)sleep((unsigned)every);
    }
}

bool log_remote(struct cli *c, struct slice what, int *status)
{
    bool mirrors = slice_is(what, "mirror"), monitors = slice_is(what, "monitor"), verifies = slice_is(what, "verify");
    if (!mirrors && !monitors && !verifies) return false;
    const char *url = cli_option(c, "--url"), *policy = cli_option(c, "--policy"), *seconds = cli_option(c, "--every");
    int64_t every = 0;
    bool called = c->argc == 2 && policy && (url != NULL) == !verifies && (!seconds || monitors) &&
                  (!seconds || (slice_int64(slice_cstr(seconds), &every) && every > 0 && every <= 86400));
    if (!called) {
        *status = cli_usage(c, &COMMAND_LOG);
        return true;
    }
    if (verifies) {
        *status = verify(c, c->argv[1], policy);
        return true;
    }
    struct outside x = {.c = c, .url = slice_cstr(url), .dir = c->argv[1]};
    struct log_mirrored m;
    result r = read_policy(c, policy, &x.policy_text, &x.policy);
    if (failed(r))
        *status = cli_fail(c, r, EXIT_WRONG);
    else if (monitors)
        *status = monitor(&x, every);
    else {
        r = mirror_once(&x, c->a, &m);
        *status = failed(r) ? cli_fail(c, r, grave(r) ? EXIT_NO : EXIT_WRONG) : EXIT_GOOD;
    }
    return true;
}
