/* Mail against a real server in a process of its own: what it is told, TLS, sign-in, and which refusals are for good. */
#include "city/messages/sink_test_support.h"

#include "city/messages/messages.h"

static struct letter letter(struct city_kit *k)
{
    k->c.mail_from = S("service@city.test");
    return (struct letter){.message = id_new(k->now),
                           .address = S("zhangsan@people.test"),
                           .title = {S("您的申请已受理"), S("Your application was accepted")},
                           .body = {S("受理通知书已生成。"), S("The notice is ready.")},
                           .at = k->now};
}

static void on_this_machine_tls_is_used_where_offered(struct store_fixture *f)
{
    struct city_kit k;
    struct sink s;
    city_kit_open(&k, f);
    struct letter l = letter(&k);
    assert_true(sink_start(&s, "--tls", NULL));
    k.c.mail_url = sink_url(k.a, &s);
    assert_good(k.a,
                CHANNEL_EMAIL.send(&k.c, k.a, &l)); /* nobody signed its certificate, and nobody else listens here */
    struct slice mail = sink_mail(k.a, &s, 1);
    sink_stop(&s);
    assert_true(slice_starts(mail, S("TLS\nMAIL FROM:<service@city.test>")));
}

/* 127.0.0.2 stands for another machine: it is none of the names by which this one is known. */
static void another_machine_must_speak_tls(struct store_fixture *f)
{
    struct city_kit k;
    struct sink s;
    city_kit_open(&k, f);
    struct letter l = letter(&k);
    assert_true(sink_start(&s, "--host", "127.0.0.2", NULL));
    k.c.mail_url = arena_printf(k.a, "smtp://127.0.0.2:%d", s.port);
    assert_code(CHANNEL_EMAIL.send(&k.c, k.a, &l), CODE_MAIL_FAILED);
    /* nor does a name that only begins like this machine's, or stands before an @, make it one */
    k.c.mail_url = arena_printf(k.a, "smtp://127.0.0.1@127.0.0.2:%d", s.port);
    assert_code(CHANNEL_EMAIL.send(&k.c, k.a, &l), CODE_MAIL_FAILED);
    assert_int_equal(sink_mail(k.a, &s, 1).n, 0);
    sink_stop(&s);
}

static void another_machine_must_show_a_good_certificate(struct store_fixture *f)
{
    struct city_kit k;
    struct sink s;
    city_kit_open(&k, f);
    struct letter l = letter(&k);
    assert_true(sink_start(&s, "--tls", "--host", "127.0.0.2", "--auth", "city:good-secret", NULL));
    k.c.mail_url = arena_printf(k.a, "smtp://city:good-secret@127.0.0.2:%d", s.port);
    assert_code(CHANNEL_EMAIL.send(&k.c, k.a, &l), CODE_MAIL_FAILED); /* signed by nobody the system knows */
    assert_int_equal(sink_mail(k.a, &s, 1).n, 0);
    k.c.mail_ca = arena_printf(k.a, "%s/ca.pem", s.dir);
    assert_good(k.a, CHANNEL_EMAIL.send(&k.c, k.a, &l));
    struct slice mail = sink_mail(k.a, &s, 1);
    sink_stop(&s);
    assert_true(slice_starts(mail, S("TLS\nAUTH city\nMAIL FROM:<service@city.test>")));
}

static void sign_in_is_asked_for(struct store_fixture *f)
{
    struct city_kit k;
    struct sink s;
    city_kit_open(&k, f);
    struct letter l = letter(&k);
    assert_true(sink_start(&s, "--auth", "city:good-secret", NULL));
    const char *const urls[] = {"smtp://127.0.0.1:%d", "smtp://city:wrong@127.0.0.1:%d"};
    for (size_t i = 0; i < 2; i++) { /* 530 and 535: the operator's mistake, not the receiver's */
        k.c.mail_url = arena_printf(k.a, i ? urls[1] : urls[0], s.port);
        result r = CHANNEL_EMAIL.send(&k.c, k.a, &l);
        assert_code(r, CODE_MAIL_FAILED);
        assert_true(slice_search(result_text(k.a, r, LANG_EN), S("wrong")) == SIZE_MAX);
    }
    k.c.mail_url = arena_printf(k.a, "smtp://city:good-secret@127.0.0.1:%d", s.port);
    assert_good(k.a, CHANNEL_EMAIL.send(&k.c, k.a, &l));
    struct slice mail = sink_mail(k.a, &s, 1);
    sink_stop(&s);
    assert_true(slice_starts(mail, S("AUTH city\nMAIL FROM:")));
}

static void refusals_for_now_and_for_good(struct store_fixture *f)
{
    struct city_kit k;
    struct sink s;
    city_kit_open(&k, f);
    struct letter l = letter(&k);
    assert_true(sink_start(&s, "--refuse", "1", "--reject", "nobody@people.test", NULL));
    k.c.mail_url = sink_url(k.a, &s);
    assert_code(CHANNEL_EMAIL.send(&k.c, k.a, &l), CODE_MAIL_FAILED); /* 451 */
    assert_good(k.a, CHANNEL_EMAIL.send(&k.c, k.a, &l));
    l.address = S("nobody@people.test");
    result r = CHANNEL_EMAIL.send(&k.c, k.a, &l); /* 550 */
    assert_code(r, CODE_MESSAGE_REFUSED);
    assert_true(slice_search(result_text(k.a, r, LANG_EN), S("SMTP 550")) != SIZE_MAX);
    assert_true(slice_search(result_text(k.a, r, LANG_EN), S("people.test")) == SIZE_MAX); /* no address in texts */
    sink_stop(&s);
    assert_code(CHANNEL_EMAIL.send(&k.c, k.a, &l), CODE_MAIL_FAILED); /* nobody listens any more */
    static const char *const BAD[] = {"", "a", "@b", "a b@c", "a@b>", "<a@b", "a@b\r\nRCPT TO:<c@d>"};
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++) {
        l.address = slice_cstr(BAD[i]);
        assert_code(CHANNEL_EMAIL.send(&k.c, k.a, &l), CODE_MESSAGE_REFUSED);
    }
}

static void only_smtp_is_spoken(struct store_fixture *f)
{
    struct city_kit k;
    city_kit_open(&k, f);
    struct letter l = letter(&k);
    static const char *const URLS[] = {"file:///tmp/mail", "http://127.0.0.1:1/", "smtp://", "not a url"};
    for (size_t i = 0; i < sizeof URLS / sizeof *URLS; i++) {
        k.c.mail_url = slice_cstr(URLS[i]);
        assert_code(CHANNEL_EMAIL.send(&k.c, k.a, &l), CODE_MAIL_FAILED);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_SQLITE(on_this_machine_tls_is_used_where_offered),
        ON_SQLITE(another_machine_must_speak_tls),
        ON_SQLITE(another_machine_must_show_a_good_certificate),
        ON_SQLITE(sign_in_is_asked_for),
        ON_SQLITE(refusals_for_now_and_for_good),
        ON_SQLITE(only_smtp_is_spoken),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
