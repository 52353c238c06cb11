/* E-mail as requests: what people's programs send is read as they meant it; what is none is refused; nothing gets past the bounds. */
#include "areas/17_government_services/hotline/mail.h"

#include "areas/17_government_services/hotline/mail_text.h"
#include "base/testing.h"

static struct slice corpus(struct arena *a, const char *name)
{
    return test_file(a, arena_cstr(a, arena_printf(a, "test/corpus/mail/%s", name)));
}

static struct mail good(struct arena *a, const char *name)
{
    struct mail m;
    assert_good(a, mail_read(a, corpus(a, name), &m));
    return m;
}

static void plain_text_is_a_request(void **state)
{
    struct arena *a = *state;
    struct mail m = good(a, "plain");
    assert_slice(m.from, "chen@example.com");
    assert_slice(m.from_name, "Chen");
    assert_slice(m.subject, "water cut");
    assert_slice(m.text, "The water of our plant was cut this morning.");
    assert_int_equal(m.nfiles, 0);
    assert_false(m.automatic);
}

static void chinese_sets_are_read(void **state)
{
    struct arena *a = *state;
    struct mail m = good(a, "gbk");
    assert_slice(m.from_name, "陈经理");
    assert_slice(m.subject, "企业停水");
    assert_slice(m.text, "我厂今天上午停水，请协调。");
    m = good(a, "quoted");
    assert_slice(m.subject, "用电 question");
    assert_slice(m.text, "如何办理用电报装");
    m = good(a, "folded");
    assert_slice(m.from_name, "李四");
    assert_slice(m.subject, "a b c");
}

static void files_come_with_it(void **state)
{
    struct arena *a = *state;
    struct mail m = good(a, "attached");
    assert_slice(m.from_name, "Lin, B");
    assert_slice(m.text, "See the papers.");
    assert_int_equal(m.nfiles, 2);
    assert_slice(m.files[0].name, "材料.pdf");
    assert_true(slice_starts(m.files[0].bytes, S("%PDF-1.4")));
    assert_slice(m.files[1].name, "../../x.png"); /* whoever keeps it makes a name of it */
    assert_true(slice_starts(m.files[1].bytes, S("\x89PNG")));
}

static void more_files_than_five_are_left_out(void **state)
{
    struct arena *a = *state;
    struct mail m = good(a, "many");
    assert_int_equal(m.nfiles, MAIL_FILES);
    assert_int_equal(m.left_out, 4);
    assert_slice(m.text, "nine files");
}

static void of_html_only_the_text_is_left(void **state)
{
    struct arena *a = *state;
    struct mail m = good(a, "html");
    assert_slice(m.text, "企业 投诉 <一>\n\n第二行");
}

static void what_is_no_request_is_refused(void **state)
{
    static const char *const NONE[] = {"empty", "nobody"};
    struct arena *a = *state;
    struct mail m;
    for (size_t i = 0; i < 2; i++) assert_code(mail_read(a, corpus(a, NONE[i]), &m), CODE_MAIL_READ);
    assert_code(mail_read(a, S("From: a@b.c\r\nSubject:\r\n\r\n \r\n"), &m), CODE_MAIL_READ);
    assert_code(mail_read(a, S("From: a@b@c\r\n\r\nwho is it\r\n"), &m), CODE_MAIL_READ);
    assert_code(mail_read(a, S("From: <a b@c>\r\n\r\nwho is it\r\n"), &m), CODE_MAIL_READ);
    static char huge[MAIL_MAX + 1];
    assert_code(mail_read(a, slice_of(huge, sizeof huge), &m), CODE_MAIL_READ);
    assert_true(good(a, "automatic").automatic);
}

static void the_bounds_hold(void **state)
{
    struct arena *a = *state;
    struct buf b = buf_new(a, 1 << 20);
    struct mail m;
    buf_puts(&b, "From: a@b.c\r\n\r\n");
    for (int i = 0; i < 9000; i++) buf_puts(&b, "字");
    assert_good(a, mail_read(a, buf_slice(&b), &m));
    assert_int_equal(slice_codepoints(m.text), MAIL_TEXT);
    /* twelve levels: what is below the fifth is not looked at, so nothing is said */
    assert_code(mail_read(a, corpus(a, "deep"), &m), CODE_MAIL_READ);
}

static void codings_stand_broken_input(void **state)
{
    struct arena *a = *state;
    assert_slice(mail_base64(a, S("aGVs\r\nbG8=junk")), "hello");
    assert_slice(mail_base64(a, S("aGVsbG")), "hell");
    assert_slice(mail_quoted(a, S("a=3Db=\r\nc=ZZ="), false), "a=bc=ZZ");
    assert_slice(mail_utf8(a, S("\xff\xfe ok"), S("klingon")), "?? ok");
    assert_slice(mail_parameter(a, S("text/plain; charset=\"utf-8\"; x=y"), "charset"), "utf-8");
    assert_slice(mail_parameter(a, S("a; filename=\"q\\\"w\""), "filename"), "q\"w");
    struct mail m = good(a, "broken_words");
    assert_true(slice_utf8(m.subject) && slice_utf8(m.text));
    assert_slice(good(a, "unterminated").text, "last words");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(plain_text_is_a_request),
        TEST(chinese_sets_are_read),
        TEST(files_come_with_it),
        TEST(more_files_than_five_are_left_out),
        TEST(of_html_only_the_text_is_left),
        TEST(what_is_no_request_is_refused),
        TEST(the_bounds_hold),
        TEST(codings_stand_broken_input),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
