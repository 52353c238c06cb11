/* Messages: outbox, inbox, the doubles, retries and dead letters. How the mail server is spoken to: mail_test.c. */
#include "city/messages/messages.h"

#include "city/messages/sink_test_support.h"
#include "city/sql.h"
#include "city/testkit.h"

/* ---- sending ---- */

struct sending {
    struct city_kit *k;
    const struct message *m;
};
static result send_body(struct tx *tx, struct arena *a, void *ctx)
{
    struct sending *s = ctx;
    return message_send(&s->k->c, tx, a, s->m, s->k->now);
}
static void send_it(struct city_kit *k, const struct message *m)
{
    struct sending s = {k, m};
    assert_good(k->a, store_run(k->c.store, k->a, "t_send", send_body, &s));
}

static struct message hello(struct id to)
{
    return (struct message){
        .kind = MESSAGE_TO_SUBJECT,
        .to = to,
        .title = {S("您的申请已受理"), S("Your application was accepted")},
        .body = {S("受理通知书已生成。\n请在“我的办件”中查看。"), S("The notice is ready.\nSee it under “My cases”.")}};
}

static size_t run(struct city_kit *k)
{
    size_t done;
    assert_good(k->a, messages_run(&k->c, k->a, k->now, 50, &done));
    return done;
}

static int64_t waiting(struct city_kit *k, const char *member)
{
    const struct json *v;
    assert_good(k->a, outbox_counts(&k->c, k->a, &v));
    return json_int(v, member, -1);
}

static void mail_arrives_at_a_real_server(struct store_fixture *f)
{
    struct city_kit k;
    struct sink s;
    struct slice none = {0}, body;
    const struct json *inbox;
    city_kit_open(&k, f);
    assert_true(sink_start(&s, NULL));
    k.c.mail_url = arena_printf(k.a, "smtp://127.0.0.1:%d", s.port);
    k.c.mail_from = S("service@city.test");
    struct actor zhang = kit_person(&k, "zhangsan", KIT_NUMBER), other = kit_person(&k, "lisi", none);
    struct message m = hello(zhang.subject);
    send_it(&k, &m);
    assert_int_equal(waiting(&k, "waiting"), 1);
    assert_int_equal(run(&k), 1); /* spread over inbox, e-mail, SMS */
    assert_int_equal(waiting(&k, "waiting"), 2);
    assert_int_equal(run(&k), 2);
    assert_int_equal(waiting(&k, "waiting"), 0);
    struct slice mail = sink_mail(k.a, &s, 1);
    sink_stop(&s);
    assert_true(slice_search(mail, S("MAIL FROM:<service@city.test>")) != SIZE_MAX);
    assert_true(slice_search(mail, S("RCPT TO:<zhangsan@people.test>")) != SIZE_MAX);
    assert_true(slice_search(mail, S("Subject: =?UTF-8?B?")) != SIZE_MAX);
    assert_true(slice_search(mail, S("Auto-Submitted: auto-generated")) != SIZE_MAX);
    /* the body, decoded as a reader's program does */
    size_t at = slice_search(mail, S("\r\n\r\n"));
    struct buf joined = buf_new(k.a, 100000);
    struct slice rest = slice_sub(mail, at + 4, mail.n);
    for (size_t i = 0; i < rest.n; i++)
        if (rest.p[i] != '\r' && rest.p[i] != '\n') buf_putc(&joined, rest.p[i]);
    /* every line was encoded for itself, 76 characters each: 57 bytes */
    struct buf text = buf_new(k.a, 100000);
    for (size_t i = 0; i < joined.n; i += 76) {
        assert_true(base64_decode(k.a, slice_sub(buf_slice(&joined), i, 76), &body));
        buf_put(&text, body);
    }
    assert_true(slice_search(buf_slice(&text), S("受理通知书已生成。")) != SIZE_MAX);
    assert_true(slice_search(buf_slice(&text), S("The notice is ready.")) != SIZE_MAX);
    /* the inbox has it too, under the same id as the mail */
    assert_good(k.a, inbox_list(&k.c, k.a, &zhang, 10, none, &inbox));
    const struct json *one = json_get(inbox, "items")->items[0];
    assert_slice(json_string(json_get(one, "title"), "zh"), "您的申请已受理");
    assert_true(slice_search(mail, json_string(one, "id")) != SIZE_MAX);
    assert_false(json_bool(one, "read", true));
    struct id id;
    assert_true(id_scan(json_string(one, "id"), &id));
    assert_code(inbox_read(&k.c, k.a, &other, id, k.now), CODE_NOT_FOUND);
    assert_good(k.a, inbox_read(&k.c, k.a, &zhang, id, k.now));
    assert_good(k.a, inbox_list(&k.c, k.a, &zhang, 10, none, &inbox));
    assert_true(json_bool(json_get(inbox, "items")->items[0], "read", false));
    assert_good(k.a, inbox_list(&k.c, k.a, &other, 10, none, &inbox));
    assert_int_equal(json_get(inbox, "items")->n, 0);
    assert_int_equal(store_test_number(f, "SELECT COUNT(*) FROM double_delivery WHERE channel = 'sms'"), 1);
}

static void a_refused_mail_is_tried_again(struct store_fixture *f)
{
    struct city_kit k;
    struct sink s;
    city_kit_open(&k, f);
    assert_true(sink_start(&s, "--refuse", "1", NULL));
    k.c.mail_url = arena_printf(k.a, "smtp://127.0.0.1:%d", s.port);
    k.c.mail_from = S("service@city.test");
    struct actor zhang = kit_person(&k, "zhangsan", KIT_NUMBER);
    struct message m = hello(zhang.subject);
    send_it(&k, &m);
    (void)run(&k);
    assert_int_equal(run(&k), 1); /* the SMS double takes it, the mail server does not */
    assert_int_equal(waiting(&k, "waiting"), 1);
    assert_int_equal(run(&k), 0); /* not before the pause is over */
    k.now += MESSAGE_PAUSE;
    assert_int_equal(run(&k), 1);
    struct slice mail = sink_mail(k.a, &s, 1);
    sink_stop(&s);
    assert_true(mail.n > 0);
    assert_int_equal(waiting(&k, "waiting"), 0);
}

static void undeliverable_mail_becomes_a_dead_letter(struct store_fixture *f)
{
    struct city_kit k;
    city_kit_open(&k, f);
    k.c.mail_url = S("smtp://127.0.0.1:1"); /* nobody listens */
    k.c.mail_from = S("service@city.test");
    struct actor zhang = kit_person(&k, "zhangsan", KIT_NUMBER);
    struct message m = hello(zhang.subject);
    send_it(&k, &m);
    (void)run(&k);
    instant last = k.now;
    int tries = 0;
    for (int i = 0; i < 2000 && waiting(&k, "dead") == 0; i++) {
        int64_t before = store_test_number(f, "SELECT COALESCE(MAX(tries), 0) FROM outbox");
        (void)run(&k);
        int64_t after = store_test_number(f, "SELECT COALESCE(MAX(tries), 0) FROM outbox");
        if (after > before) {
            /* pauses double: 30 s, 1 min, 2 min … */
            if (tries > 0) assert_true(k.now - last >= MESSAGE_PAUSE << (tries - 1));
            last = k.now;
            tries++;
        }
        k.now += MESSAGE_PAUSE;
    }
    assert_int_equal(tries, MESSAGE_TRIES);
    assert_int_equal(waiting(&k, "dead"), 1);
    k.now += 365 * MS_DAY;
    assert_int_equal(run(&k), 0);
    assert_int_equal(waiting(&k, "dead"), 1);
    /* the reason is kept as a code, without the address */
    assert_int_equal(store_test_number(f, "SELECT COUNT(*) FROM outbox WHERE error = 'mail.failed'"), 1);
}

static void without_a_mail_server_mail_waits(struct store_fixture *f)
{
    struct city_kit k;
    city_kit_open(&k, f);
    struct actor zhang = kit_person(&k, "zhangsan", KIT_NUMBER);
    struct message m = hello(zhang.subject);
    send_it(&k, &m);
    for (int i = 0; i < 20; i++) {
        (void)run(&k);
        k.now += 2 * MS_HOUR;
    }
    assert_int_equal(waiting(&k, "waiting"), 1);
    assert_int_equal(waiting(&k, "dead"), 0);
    assert_int_equal(store_test_number(f, "SELECT tries FROM outbox"), 0);
}

static void a_double_takes_a_repeated_letter_once(struct store_fixture *f)
{
    struct city_kit k;
    city_kit_open(&k, f);
    struct letter l = {.message = id_new(k.now),
                       .address = S("13800138000"),
                       .title = {S("甲"), S("A")},
                       .body = {S("乙"), S("B")},
                       .at = k.now};
    assert_true(CHANNEL_SMS.is_double && CHANNEL_WECHAT.is_double && !CHANNEL_EMAIL.is_double);
    assert_good(k.a, CHANNEL_SMS.send(&k.c, k.a, &l));
    assert_good(k.a, CHANNEL_SMS.send(&k.c, k.a, &l));
    assert_int_equal(store_test_number(f, "SELECT COUNT(*) FROM double_delivery"), 1);
    l.address = S("abc");
    assert_code(CHANNEL_SMS.send(&k.c, k.a, &l), CODE_MESSAGE_REFUSED);
    l.address = S("x");
    assert_code(CHANNEL_WECHAT.send(&k.c, k.a, &l), CODE_MESSAGE_REFUSED);
    l.address = S("oTongban-0001");
    assert_good(k.a, CHANNEL_WECHAT.send(&k.c, k.a, &l)); /* the same message by another channel is another delivery */
    assert_int_equal(store_test_number(f, "SELECT COUNT(*) FROM double_delivery"), 2);
}

static result decide(struct unit *u, const struct rows *rows, size_t nrows, struct decision *d)
{
    struct sending *s = u->ctx;
    (void)rows;
    (void)nrows;
    message_write(&s->k->c, d, s->m, s->k->now);
    return ok();
}

static void units_write_messages_with_their_cause(struct store_fixture *f)
{
    struct city_kit k;
    struct rows r;
    const struct json *inbox;
    struct slice none = {0};
    static const struct stmt PAYLOAD = {"t_payload", "SELECT payload_ct FROM outbox", NULL, false};
    city_kit_open(&k, f);
    struct actor wang = kit_staff(&k, "wang", ROLE_HANDLER);
    struct message m = hello(wang.account);
    m.kind = MESSAGE_TO_ACCOUNT;
    m.inbox_only = true;
    struct sending s = {&k, &m};
    struct unit u = {.name = "t_unit", .decide = decide, .ctx = &s};
    assert_good(k.a, store_submit_wait(f->s, k.a, &u));
    assert_good(k.a, store_query(f->s, k.a, &PAYLOAD, NULL, 0, &r));
    assert_int_equal(r.n, 1);
    assert_true(slice_search(row(&r, 0)[0].s, S("受理")) == SIZE_MAX);
    assert_int_equal(run(&k), 1);
    assert_int_equal(waiting(&k, "waiting"), 0); /* inbox only */
    assert_good(k.a, inbox_list(&k.c, k.a, &wang, 10, none, &inbox));
    assert_int_equal(json_get(inbox, "items")->n, 1);
}

static void nothing_goes_to_who_was_erased(struct store_fixture *f)
{
    struct city_kit k;
    struct id e;
    city_kit_open(&k, f);
    struct actor zhang = kit_person(&k, "zhangsan", KIT_NUMBER), security = kit_staff(&k, "sec1", ROLE_SECURITY);
    struct message m = hello(zhang.subject);
    send_it(&k, &m);
    while (run(&k)) continue; /* the SMS double has taken it; the e-mail waits for a server */
    assert_int_equal(store_test_number(f, "SELECT COUNT(*) FROM inbox"), 1);
    assert_int_equal(store_test_number(f, "SELECT COUNT(*) FROM double_delivery"), 1);
    assert_int_equal(store_test_number(f, "SELECT COUNT(*) FROM outbox"), 1);
    assert_good(k.a, erasure_request(&k.c, k.a, &zhang, 0, k.now, &e));
    assert_good(k.a, erasure_approve(&k.c, k.a, &security, e, 0, k.now));
    assert_int_equal(store_test_number(f, "SELECT COUNT(*) FROM inbox"), 0);
    assert_int_equal(store_test_number(f, "SELECT COUNT(*) FROM double_delivery"), 0);
    assert_int_equal(store_test_number(f, "SELECT COUNT(*) FROM outbox"), 0);
    send_it(&k, &m);
    assert_int_equal(run(&k), 1);
    assert_int_equal(store_test_number(f, "SELECT COUNT(*) FROM outbox"), 0);
    assert_int_equal(store_test_number(f, "SELECT COUNT(*) FROM inbox"), 0);
}

static void headers_cannot_be_injected(struct store_fixture *f)
{
    struct city_kit k;
    city_kit_open(&k, f);
    k.c.mail_url = S("smtp://127.0.0.1:1");
    k.c.mail_from = S("service@city.test");
    struct letter l = {
        .message = id_new(k.now),
        .address = S("a@b\r\nBcc: c@d"),
        .at = k.now,
        .title = {S("标题\r\nX-Evil: 1"),
                  S("a title so long that it needs more than one encoded word to fit into the lines of a mail")},
        .body = {S("\r\n.\r\nQUIT\r\n"), S("B")}};
    assert_code(CHANNEL_EMAIL.send(&k.c, k.a, &l), CODE_MESSAGE_REFUSED);
    struct slice text = mail_text(&k.c, k.a, &l);
    assert_true(slice_search(text, S("\r\nX-Evil")) == SIZE_MAX);
    assert_true(slice_search(text, S("\r\nBcc")) == SIZE_MAX);
    assert_true(slice_search(text, S("\r\n.\r\n")) == SIZE_MAX);
    size_t line = 0;
    for (size_t i = 0; i < text.n; i++) {
        line = text.p[i] == '\n' ? 0 : line + 1;
        assert_true(line <= 80);
    }
}

/* What an operator sees of the outbox: {"channel", "state", "error", "n"} of the only row there. */
static const struct json *only(struct city_kit *k)
{
    const struct json *v;
    assert_good(k->a, outbox_counts(&k->c, k->a, &v));
    const struct json *list = json_get(v, "by_channel");
    assert_int_equal(list->n, 1);
    return list->items[0];
}

static void a_refused_receiver_is_a_dead_letter_at_once(struct store_fixture *f)
{
    struct city_kit k;
    struct sink s;
    city_kit_open(&k, f);
    assert_true(sink_start(&s, "--reject", "zhangsan@people.test", NULL));
    k.c.mail_url = sink_url(k.a, &s);
    k.c.mail_from = S("service@city.test");
    struct actor zhang = kit_person(&k, "zhangsan", KIT_NUMBER);
    struct message m = hello(zhang.subject);
    send_it(&k, &m);
    assert_int_equal(run(&k), 1);
    assert_int_equal(run(&k), 1); /* the SMS */
    sink_stop(&s);
    assert_slice(json_string(only(&k), "channel"), "email");
    assert_slice(json_string(only(&k), "state"), "dead");
    assert_slice(json_string(only(&k), "error"), "message.refused");
    assert_int_equal(store_test_number(f, "SELECT tries FROM outbox"), 1);
    k.now += 30 * MS_DAY;
    assert_int_equal(run(&k), 0);
    assert_int_equal(waiting(&k, "dead"), 1); /* still shown */
    k.now += DEAD_KEPT;
    assert_good(k.a, messages_sweep(&k.c, k.a, k.now));
    assert_int_equal(waiting(&k, "dead"), 0);
}

static void a_sign_in_that_fails_is_the_operators_and_mail_waits(struct store_fixture *f)
{
    struct city_kit k;
    struct sink s;
    city_kit_open(&k, f);
    assert_true(sink_start(&s, "--auth", "city:good-secret", NULL));
    k.c.mail_url = arena_printf(k.a, "smtp://city:wrong@127.0.0.1:%d", s.port);
    k.c.mail_from = S("service@city.test");
    struct actor zhang = kit_person(&k, "zhangsan", KIT_NUMBER);
    struct message m = hello(zhang.subject);
    send_it(&k, &m);
    (void)run(&k);
    assert_int_equal(run(&k), 1); /* the SMS */
    assert_slice(json_string(only(&k), "state"), "waiting");
    assert_slice(json_string(only(&k), "error"), "mail.failed");
    k.c.mail_url = arena_printf(k.a, "smtp://city:good-secret@127.0.0.1:%d", s.port); /* mended */
    k.now += MESSAGE_PAUSE;
    assert_int_equal(run(&k), 1);
    struct slice mail = sink_mail(k.a, &s, 1);
    sink_stop(&s);
    assert_true(slice_starts(mail, S("AUTH city\n")));
}

/* When the only message in the inbox was made, by its id: ids of one process never go back, whatever its clock does. */
static instant made(struct city_kit *k)
{
    struct rows r;
    static const struct stmt ID = {"t_id", "SELECT id FROM inbox", NULL, false};
    assert_good(k->a, store_query(k->c.store, k->a, &ID, NULL, 0, &r));
    assert_int_equal(r.n, 1);
    instant at = 0;
    for (int i = 0; i < 6; i++) at = at << 8 | (uint8_t)row(&r, 0)[0].s.p[i];
    return at;
}

static void what_is_past_its_retention_goes(struct store_fixture *f)
{
    struct city_kit k;
    city_kit_open(&k, f);
    struct actor zhang = kit_person(&k, "zhangsan", KIT_NUMBER);
    struct message m = hello(zhang.subject);
    send_it(&k, &m);
    while (run(&k)) continue;
    instant sent = made(&k);
    assert_good(k.a, messages_sweep(&k.c, k.a, sent + DOUBLE_KEPT));
    assert_int_equal(store_test_number(f, "SELECT COUNT(*) FROM double_delivery"), 1);
    assert_good(k.a, messages_sweep(&k.c, k.a, sent + DOUBLE_KEPT + 1));
    assert_int_equal(store_test_number(f, "SELECT COUNT(*) FROM double_delivery"), 0);
    assert_good(k.a, messages_sweep(&k.c, k.a, sent + INBOX_KEPT));
    assert_int_equal(store_test_number(f, "SELECT COUNT(*) FROM inbox"), 1);
    assert_int_equal(waiting(&k, "waiting"), 1); /* what waits to be sent is not old, it is late */
    assert_good(k.a, messages_sweep(&k.c, k.a, sent + INBOX_KEPT + 1));
    assert_int_equal(store_test_number(f, "SELECT COUNT(*) FROM inbox"), 0);
}

static void a_row_that_cannot_be_read_holds_up_nothing(struct store_fixture *f)
{
    struct city_kit k;
    size_t done;
    city_kit_open(&k, f);
    struct actor zhang = kit_person(&k, "zhangsan", KIT_NUMBER);
    struct message m = hello(zhang.subject);
    m.inbox_only = true;
    send_it(&k, &m);
    store_test_script(f, "UPDATE outbox SET payload_ct = profile_ct FROM subject WHERE subject.kind = 1");
    send_it(&k, &m);
    assert_code(messages_run(&k.c, k.a, k.now, 50, &done), CODE_CRYPTO_BOX);
    assert_int_equal(done, 1);
    for (int i = 1; i < MESSAGE_TRIES; i++) {
        k.now += MS_DAY;
        assert_code(messages_run(&k.c, k.a, k.now, 50, &done), CODE_CRYPTO_BOX);
    }
    assert_int_equal(waiting(&k, "dead"), 1);
    k.now += MS_DAY;
    assert_int_equal(run(&k), 0);
}

static void an_agent_reads_only_about_what_was_delegated(struct store_fixture *f)
{
    struct city_kit k;
    struct id d;
    struct slice token, hash, none = {0};
    struct actor x;
    const struct json *inbox;
    bool found;
    city_kit_open(&k, f);
    struct service_files files = kit_service(&k);
    assert_good(k.a, catalogue_install(k.c.catalogue, k.a, &files, 1, k.now));
    struct actor boss = kit_enterprise(&k, "factory"), agent = kit_person(&k, "zhangsan", KIT_NUMBER);
    struct message m = hello(boss.subject);
    m.inbox_only = true;
    send_it(&k, &m);
    (void)run(&k);
    day today = day_of_instant(k.now);
    assert_good(k.a, identity_sign_in(&k.c, k.a, S("zhangsan"), KIT_PASSWORD, none, none, k.now, &token, &hash));
    assert_good(k.a, delegation_add(&k.c, k.a, &boss, S("zhangsan"), test_json(k.a, S("[\"stall_permit\"]")), today,
                                    k.now, &d));
    assert_good(k.a, session_act(&k.c, k.a, &agent, hash, boss.subject, k.now));
    assert_good(k.a, session_actor(&k.c, k.a, hash, k.now, &x, &found));
    assert_good(k.a, inbox_list(&k.c, k.a, &x, 10, none, &inbox));
    assert_int_equal(json_get(inbox, "items")->n, 0); /* about no case of the service */
    assert_good(k.a, delegation_add(&k.c, k.a, &boss, S("zhangsan"), test_json(k.a, S("[\"*\"]")), today, k.now, &d));
    assert_good(k.a, inbox_list(&k.c, k.a, &x, 10, none, &inbox));
    assert_int_equal(json_get(inbox, "items")->n, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_BOTH(mail_arrives_at_a_real_server),
        ON_SQLITE(a_refused_mail_is_tried_again),
        ON_BOTH(undeliverable_mail_becomes_a_dead_letter),
        ON_SQLITE(without_a_mail_server_mail_waits),
        ON_BOTH(a_double_takes_a_repeated_letter_once),
        ON_BOTH(units_write_messages_with_their_cause),
        ON_BOTH(nothing_goes_to_who_was_erased),
        ON_SQLITE(headers_cannot_be_injected),
        ON_BOTH(a_refused_receiver_is_a_dead_letter_at_once),
        ON_SQLITE(a_sign_in_that_fails_is_the_operators_and_mail_waits),
        ON_BOTH(what_is_past_its_retention_goes),
        ON_BOTH(a_row_that_cannot_be_read_holds_up_nothing),
        ON_BOTH(an_agent_reads_only_about_what_was_delegated),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
