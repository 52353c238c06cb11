/* 补正: the day by which it is answered stands in the letter, in the notice and on the page; when it passes without an answer a timer
 * does what the service declares. Asked on Wednesday 2021-09-22: the Sunday 09-26 and the Saturday 10-09 are working days, the
 * National Day lasts from 10-01 to 10-07. */
#include <stdlib.h>

#include "city/messages/messages.h"
#include "test/city/works.h"
#include "trust/outside.h"

static const char *const LAPSES[][2] = {
    {"\"acceptance\": \"officer\",",
     "\"acceptance\": \"officer\", \"correction\": {\"n\": 5, \"unit\": \"working_day\", \"then\": \"lapses\","
     " \"source\": {\"zh\": \"某规定第一条\", \"en\": \"some rule, art. 1\"}},"},
    {NULL, NULL}};

static struct id asked(struct works *w)
{
    struct id id = works_filed(w);
    struct task_decision t = {
        .token = works_token(w, id, "accept"), .outcome = S("correct"), .corrections = works_list(w, "面积与图纸不符")};
    assert_good(w->a, works_decide_more(w, w->handler, id, &t));
    return id;
}

static result answer(struct works *w, struct id id)
{
    struct case_done done;
    struct case_command k = works_command(w, w->zhangsan, "correct", NULL, S(""), id);
    return case_correct(&k, test_json(w->a, S("{\"area_m2\": 8}")), &done);
}

static size_t timers(struct works *w)
{
    size_t done;
    assert_good(w->a, case_timers_run(w->c, w->a, w->now, 64, &done));
    return done;
}

static int64_t waiting(struct works *w, struct id id)
{
    return works_number(w, "SELECT COUNT(*) FROM case_timer WHERE case_id=?1 AND token=0", id);
}

static void expect_state(struct works *w, struct id id, const char *state)
{
    assert_slice(json_string(works_view(w, id, VIEW_OWNER), "state"), state);
}

/* The newest message to the applicant, in Chinese and English in one text. */
static struct slice told(struct works *w)
{
    const struct json *list;
    size_t n;
    do assert_good(w->a, messages_run(w->c, w->a, w->now, 64, &n));
    while (n);
    assert_good(w->a, inbox_list(w->c, w->a, w->zhangsan, 1, S(""), &list));
    const struct json *m = json_get(list, "items")->items[0];
    return json_write(w->a, m);
}

static void holds(struct slice text, const char *part)
{
    if (slice_search(text, slice_cstr(part)) == SIZE_MAX) fail_msg("no \"%s\" in %.*s", part, SLICE_ARG(text));
}

/* What pdftotext reads in the newest paper of that kind, without spaces; empty when the program is missing (not in CI). */
static struct slice paper(struct works *w, struct id id, const char *kind)
{
    struct slice bytes, title, text;
    struct id document = ID_NONE;
    struct buf b = buf_new(w->a, 1 << 20);
    works_jobs(w);
    const struct json *list = json_get(works_view(w, id, VIEW_OWNER), "documents");
    for (size_t i = 0; i < list->n; i++)
        if (slice_is(json_string(list->items[i], "kind"), kind))
            assert_true(id_scan(json_string(list->items[i], "id"), &document));
    assert_false(id_is_none(document));
    assert_good(w->a, case_document(w->c, w->a, id, document, DOCUMENT_RENDITION, &bytes, &title));
    if (outside(w->a, "pdftotext", "-raw", bytes, "-", &text))
        for (size_t i = 0; i < text.n; i++)
            if ((uint8_t)text.p[i] > ' ') buf_put(&b, slice_sub(text, i, 1));
    if (!b.n && getenv("CI")) fail_msg("pdftotext is missing, or the letter is empty");
    return buf_slice(&b);
}

static void the_day_is_named_and_passes(struct store_fixture *f)
{
    struct works w;
    works_open(&w, f);
    struct id id = asked(&w);
    const struct json *c = json_get(works_view(&w, id, VIEW_OWNER), "correction");
    /* fifteen working days: 23 24 26 27 28 29 30 September, 8 9 11 12 13 14 15 18 October */
    assert_slice(json_string(c, "due_at"), "2021-10-18T23:59:59.999+08:00");
    assert_false(json_bool(c, "lapses", true));
    holds(json_string(json_get(c, "unanswered"), "zh"), "申请予以保留");
    struct slice message = told(&w);
    holds(message, "2021年10月18日");
    holds(message, "2021-10-18");
    holds(message, "面积与图纸不符");
    struct slice letter = paper(&w, id, "correction");
    if (letter.n) holds(letter, "请于2021年10月18日（含当日）前");
    if (letter.n) holds(letter, "申请予以保留");
    works_at(&w, "2021-10-18T23:59");
    timers(&w);
    assert_int_equal(waiting(&w, id), 1);
    works_at(&w, "2021-10-19T00:00");
    timers(&w);
    assert_int_equal(waiting(&w, id), 0);
    expect_state(&w, id, "correction");
    holds(told(&w), "补正期限已过");
    /* it stays, and can be answered after all */
    works_at(&w, "2021-12-01T09:00");
    timers(&w);
    assert_good(w.a, answer(&w, id));
    expect_state(&w, id, "filed");
}

static void answered_in_time(struct store_fixture *f)
{
    struct works w;
    works_open(&w, f);
    works_change(&w, "shop_lapse", LAPSES);
    struct id id = asked(&w);
    assert_int_equal(waiting(&w, id), 1);
    works_at(&w, "2021-09-28T23:59");
    assert_good(w.a, answer(&w, id));
    assert_int_equal(waiting(&w, id), 0);
    works_at(&w, "2021-09-30T09:00");
    timers(&w);
    expect_state(&w, id, "filed");
}

static void nobody_answers_and_it_lapses(struct store_fixture *f)
{
    struct works w;
    struct rebuild_report report;
    works_open(&w, f);
    works_change(&w, "shop_lapse", LAPSES);
    struct id id = asked(&w);
    const struct json *c = json_get(works_view(&w, id, VIEW_OWNER), "correction");
    assert_slice(json_string(c, "due_at"), "2021-09-28T23:59:59.999+08:00");
    assert_true(json_bool(c, "lapses", false));
    holds(json_string(json_get(c, "unanswered"), "en"), "some rule, art. 1");
    struct slice letter = paper(&w, id, "correction");
    if (letter.n) holds(letter, "视为放弃申请（某规定第一条）");
    works_at(&w, "2021-09-28T23:59");
    timers(&w);
    expect_state(&w, id, "correction");
    /* the machine that fires timers may be late; the day is not */
    works_at(&w, "2021-09-29T00:00");
    assert_code(answer(&w, id), CODE_CASE_CORRECTION_OVER);
    timers(&w);
    expect_state(&w, id, "withdrawn");
    assert_int_equal(works_number(&w, "SELECT COUNT(*) FROM case_timer WHERE case_id=?1", id), 0);
    assert_int_equal(works_number(&w, "SELECT COUNT(*) FROM case_task WHERE case_id=?1 AND status < 3", id), 0);
    holds(told(&w), "申请视为放弃");
    letter = paper(&w, id, "withdrawn");
    if (letter.n) holds(letter, "依照某规定第一条视为放弃申请");
    holds(json_write(w.a, json_get(works_view(&w, id, VIEW_OWNER), "history")), "逾期未补正，视为放弃申请");
    assert_code(answer(&w, id), CODE_CASE_NO_CORRECTION);
    assert_good(w.a, case_rebuild(w.c, w.a, true, &report));
    assert_int_equal(report.differences, 0);
}

static void withdrawn_while_it_waits(struct store_fixture *f)
{
    struct works w;
    struct case_done done;
    works_open(&w, f);
    struct id id = asked(&w);
    struct case_command k = works_command(&w, w.zhangsan, "withdraw", NULL, S(""), id);
    assert_good(w.a, case_withdraw(&k, S(""), S("不办了"), &done));
    assert_int_equal(waiting(&w, id), 0);
    works_at(&w, "2021-10-19T00:00");
    timers(&w);
    expect_state(&w, id, "withdrawn");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_BOTH(the_day_is_named_and_passes),
        ON_BOTH(answered_in_time),
        ON_BOTH(nobody_answers_and_it_lapses),
        ON_BOTH(withdrawn_while_it_waits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
