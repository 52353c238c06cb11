/* tongban log …: the transparency log. What needs the city's database is here, what is done from outside in log_remote.c. */
#include "app/tongban/cli.h"

#include <stdio.h>

#include "city/log/log.h"

static const struct json *audit_json(struct arena *a, const struct log_audit *x, bool good)
{
    struct json_builder b = json_builder(a);
    json_set_bool(&b, "good", good);
    json_set_bool(&b, "tree", x->tree);
    json_set_int(&b, "entries", x->leaves);
    json_set_int(&b, "rows", x->rows);
    json_set_int(&b, "changed", x->changed);
    json_set_int(&b, "missing", x->missing);
    json_set_int(&b, "extra", x->extra);
    json_set_int(&b, "before_the_log", x->before);
    json_set_int(&b, "ended", x->ended);
    json_set_int(&b, "unreadable", x->unreadable);
    json_set(&b, "findings", x->findings);
    return json_object(&b);
}

static int audit(struct cli *c, struct opened *o)
{
    struct log_audit x;
    result r = cli_note(c, o, "log audit", NULL);
    if (!failed(r)) r = log_audit(&o->city, c->a, time_now(o->city.time), &x);
    if (failed(r)) return cli_fail(c, r, EXIT_WRONG);
    bool good = x.tree && x.changed + x.missing + x.extra == 0;
    if (c->json) {
        cli_json(c, audit_json(c->a, &x, good));
        return good ? EXIT_GOOD : EXIT_NO;
    }
    cli_say(c, "条目 %lld，数据行 %lld；被改 %lld，缺失 %lld，多出 %lld；日志树%s",
            "%lld entries, %lld rows; changed %lld, missing %lld, without an entry %lld; the tree is %s",
            (long long)x.leaves, (long long)x.rows, (long long)x.changed, (long long)x.missing, (long long)x.extra,
            c->lang == LANG_EN ? (x.tree ? "that of the checkpoint" : "NOT that of the checkpoint")
                               : (x.tree ? "与检查点一致" : "与检查点【不一致】"));
    for (size_t i = 0; i < x.findings->n; i++) {
        const struct json *f = x.findings->items[i];
        (void)printf("  %.*s %.*s %.*s\n", SLICE_ARG(json_string(f, "what")), SLICE_ARG(json_string(f, "id")),
                     SLICE_ARG(json_string(f, "at")));
    }
    return good ? EXIT_GOOD : EXIT_NO;
}

static result keys_of(struct cli *c, struct opened *o, struct slice origin, struct json_builder *b)
{
    const struct log_key_row *rows;
    struct json_builder list = json_builder(c->a);
    size_t n;
    TRY(log_keys(&o->city, c->a, &rows, &n));
    for (size_t i = 0; i < n; i++) {
        struct json_builder one = json_builder(c->a);
        struct note_key k;
        TRY(note_key_of_bytes(c->a, origin, NOTE_PLAIN, rows[i].public_key, &k));
        json_set_str(&one, "key", note_key_text(c->a, &k));
        json_set_int(&one, "size", (int64_t)rows[i].size);
        json_set_str(&one, "at", instant_text(c->a, rows[i].at));
        json_set_bool(&one, "by_old", rows[i].by_old);
        json_set_str(&one, "reason", rows[i].reason);
        json_add(&list, json_object(&one));
    }
    json_set(b, "keys", json_array(&list));
    return ok();
}

static void say_keys(struct cli *c, const struct json *list)
{
    for (size_t i = 0; i + 1 < list->n; i++) {
        const struct json *k = list->items[i];
        bool by_old = json_bool(k, "by_old", false);
        cli_say(c, "自第 %lld 条起换用新密钥（%.*s，%s）：%.*s", "a new key from entry %lld on (%.*s, %s): %.*s",
                (long long)json_int(k, "size", 0), SLICE_ARG(json_string(k, "at")),
                c->lang == LANG_EN ? (by_old ? "the key before signed it" : "the key before is lost: officers decided")
                                   : (by_old ? "原密钥已签名声明" : "原密钥已失，由管理人员决定"),
                SLICE_ARG(json_string(k, "reason")));
    }
}

static int show(struct cli *c, struct opened *o)
{
    struct log_state s;
    struct log_published p;
    struct note_key key;
    struct json_builder b = json_builder(c->a);
    result r = log_open(&o->city, c->a, &s);
    if (!failed(r)) r = log_published(&o->city, c->a, &p);
    if (!failed(r)) r = log_key(&o->city, c->a, &key);
    if (!failed(r)) r = keys_of(c, o, s.origin, &b);
    if (failed(r)) return cli_fail(c, r, EXIT_WRONG);
    struct slice vkey = note_key_text(c->a, &key);
    if (c->json) {
        json_set_str(&b, "origin", s.origin);
        json_set_str(&b, "key", vkey);
        json_set_int(&b, "entries", (int64_t)s.head.size);
        json_set_int(&b, "published", (int64_t)p.size);
        json_set_str(&b, "checkpoint", p.note);
        json_set_str(&b, "trouble", s.trouble);
        cli_json(c, json_object(&b));
    } else {
        cli_say(c, "%.*s\n公钥 %.*s\n条目 %llu，已公布 %llu", "%.*s\nkey %.*s\n%llu entries, %llu published",
                SLICE_ARG(s.origin), SLICE_ARG(vkey), (unsigned long long)s.head.size, (unsigned long long)p.size);
        say_keys(c, json_get(json_object(&b), "keys"));
        if (s.trouble.n) cli_say(c, "异常：%.*s", "trouble: %.*s", SLICE_ARG(s.trouble));
        (void)printf("%.*s", SLICE_ARG(p.note));
    }
    return s.trouble.n ? EXIT_NO : EXIT_GOOD;
}

static int policy(struct cli *c, struct opened *o)
{
    struct slice text;
    const struct tlog_policy *p;
    struct json_builder b = json_builder(c->a);
    result r = log_policy(&o->city, c->a, &text, &p);
    if (failed(r)) return cli_fail(c, r, EXIT_WRONG);
    json_set_str(&b, "policy", text);
    if (c->json)
        cli_json(c, json_object(&b));
    else
        (void)printf("%.*s", SLICE_ARG(text));
    return EXIT_GOOD;
}

static int prove(struct cli *c, struct opened *o, struct slice which, bool document)
{
    struct id id;
    struct log_found f;
    struct tlog_proof p;
    struct json_builder b = json_builder(c->a);
    result r = document ? document_of_token(&o->city, c->a, which, &id) : id_parse(c->a, which, S("ID"), &id);
    if (!failed(r)) r = document ? log_find_document(&o->city, c->a, id, &f) : log_find(&o->city, c->a, id, &f);
    if (!failed(r)) r = log_prove(&o->city, c->a, &f, &p);
    if (failed(r)) return cli_fail(c, r, result_code(r) == CODE_NOT_FOUND ? EXIT_NO : EXIT_WRONG);
    struct slice text = tlog_proof_write(c->a, &p);
    json_set_int(&b, "index", (int64_t)f.index);
    json_set_str(&b, "entry", f.entry);
    json_set_str(&b, "proof", text);
    if (c->json)
        cli_json(c, json_object(&b));
    else
        (void)printf("%.*s", SLICE_ARG(text));
    return EXIT_GOOD;
}

static int acknowledge(struct cli *c, struct opened *o)
{
    struct log_state s;
    struct json_builder b = json_builder(c->a);
    result r = log_open(&o->city, c->a, &s);
    if (!failed(r)) json_set_str(&b, "trouble", s.trouble);
    if (!failed(r)) r = cli_note(c, o, "log acknowledge", json_object(&b));
    if (!failed(r)) r = log_acknowledge(&o->city, c->a);
    if (failed(r)) return cli_fail(c, r, EXIT_WRONG);
    if (c->json)
        cli_json(c, json_object(&b));
    else
        cli_say(c, "已记录处理；日志继续签名", "recorded; the log goes on being signed");
    return EXIT_GOOD;
}

/* Two officers decide that the log goes on under the signer's new key. */
struct accepting {
    const char *reason, *as, *with, *statement;
};

static int accept_key(struct cli *c, struct opened *o, const struct accepting *x)
{
    struct actor as, with;
    struct log_key_decision d = {.reason = slice_cstr(x->reason), .statement = S(""), .officers = {&as, &with}};
    result r = actor_of_login(&o->city, c->a, slice_cstr(x->as), &as);
    if (!failed(r)) r = actor_of_login(&o->city, c->a, slice_cstr(x->with), &with);
    if (!failed(r) && x->statement) r = file_read(c->a, x->statement, NOTE_MAX_BYTES, &d.statement);
    if (!failed(r)) r = log_key_accept(&o->city, c->a, &d, time_now(o->city.time));
    if (!failed(r)) r = cli_note(c, o, "log accept-key", NULL);
    if (failed(r)) return cli_fail(c, r, EXIT_NO);
    if (c->json) {
        struct json_builder b = json_builder(c->a);
        json_set_bool(&b, "good", true);
        cli_json(c, json_object(&b));
    } else
        cli_say(c, "已记入审计日志。现在请告知各见证机构和核验者（docs/log.md）",
                "in the audit journal. Now tell witnesses and verifiers (docs/log.md)");
    return EXIT_GOOD;
}

static int run(struct cli *c)
{
    struct opened *o = NULL;
    const char *token = cli_option(c, "--document");
    struct slice what = c->argc ? slice_cstr(c->argv[0]) : S("");
    int status;
    if (log_remote(c, what, &status)) return status;
    bool accepts = slice_is(what, "accept-key");
    struct accepting x = {NULL, NULL, NULL, NULL};
    if (accepts)
        x = (struct accepting){cli_option(c, "--reason"), cli_option(c, "--as"), cli_option(c, "--with"),
                               cli_option(c, "--statement")};
    bool proves = slice_is(what, "prove") && c->argc == (token ? 1 : 2);
    bool plain = slice_is(what, "show") || slice_is(what, "policy") || slice_is(what, "audit") ||
                 slice_is(what, "acknowledge") || (accepts && x.reason && x.as && x.with);
    bool known = proves || (!token && c->argc == 1 && plain);
    if (!known) return cli_usage(c, &COMMAND_LOG);
    result r = city_open(c, OPEN_STORE, false, &o);
    if (failed(r))
        status = cli_fail(c, r, EXIT_WRONG);
    else if (proves)
        status = prove(c, o, slice_cstr(token ? token : c->argv[1]), token != NULL);
    else
        status = slice_is(what, "show")     ? show(c, o)
                 : slice_is(what, "policy") ? policy(c, o)
                 : slice_is(what, "audit")  ? audit(c, o)
                 : accepts                  ? accept_key(c, o, &x)
                                            : acknowledge(c, o);
    if (o) city_shut(o);
    return status;
}

const struct command COMMAND_LOG = {
    "log",
    "  log show | policy              透明日志的状态；供验证者使用的信任策略\n"
    "  log prove 条目编号 | --document 二维码编号   该条目、该证照或文书的证明\n"
    "  log audit                      把日志与数据库各行核对（不符时退出码为 1）\n"
    "  log acknowledge                处理完日志倒退或分叉后，恢复签名\n"
    "  log accept-key --reason 理由 --as 账号 --with 账号 [--statement 声明文件]   两人确认日志换用签名服务的新密钥\n"
    "  log verify 证明文件 --policy 策略文件   离线验证证明\n"
    "  log mirror 目录 --url 网址 --policy 策略文件   完整镜像并逐条验证，可续传\n"
    "  log monitor 目录 --url 网址 --policy 策略文件 [--every 秒]   镜像并与各见证核对（倒退、分叉时退出码为 1）",
    "  log show | policy              state of the transparency log; the policy for verifiers\n"
    "  log prove ID | --document TOKEN   the proof of an entry, or of a paper by its QR code's token\n"
    "  log audit                      compares the log with the rows of the database (exit status 1: they differ)\n"
    "  log acknowledge                after a rollback or fork was dealt with: signing goes on\n"
    "  log accept-key --reason TEXT --as LOGIN --with LOGIN [--statement FILE]   two officers: the log goes on under the signer's new key\n"
    "  log verify PROOF --policy FILE   verifies a proof offline\n"
    "  log mirror DIR --url URL --policy FILE   a full mirror, every entry verified; goes on where it was stopped\n"
    "  log monitor DIR --url URL --policy FILE [--every SECONDS]   mirrors and compares with the witnesses (exit status 1: it went back or forked)",
    run};
