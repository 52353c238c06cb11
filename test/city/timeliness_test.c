/* How many were finished within the promise, and what made the others late: where the time of each went is known here, because this
 * test spent it. Accepted on Wednesday 2021-09-22; the ten working days end on 2021-10-11. */
#include "city/cases/timeliness.h"
#include "test/city/works.h"

static const struct json *VISIT(struct works *w)
{
    return test_json(w->a, S("{\"visit_on\":\"2021-09-23\"}"));
}

static void looked(struct works *w, struct id id)
{
    assert_good(w->a, works_decide(w, w->handler, id, "look", "done", VISIT(w)));
}
static void drawn(struct works *w, struct id id)
{
    assert_good(w->a, works_decide(w, w->handler, id, "draw", "done", NULL));
}
static void chosen(struct works *w, struct id id)
{
    assert_good(w->a,
                works_decide(w, w->zhangsan, id, "choose", "submit", test_json(w->a, S("{\"colour\":\"grey\"}"))));
}
static void decided(struct works *w, struct id id)
{
    assert_good(w->a, works_decide(w, w->reviewer, id, "review", "approve", NULL));
    assert_good(w->a, works_decide(w, w->handler2, id, "sign", "approve", NULL));
    works_jobs(w);
}

static const struct json *figures(struct works *w)
{
    const struct json *v;
    instant from;
    assert_true(instant_scan(S("2021-09-22T00:00:00+08:00"), &from));
    assert_good(w->a, case_timeliness(w->c, w->a, WORKS_SERVICE, from, w->now, w->now, &v));
    return v;
}

static void figure(const struct json *v, const char *key, int64_t n)
{
    if (json_int(v, key, -1) != n) fail_msg("%s is %lld, not %lld", key, (long long)json_int(v, key, -1), (long long)n);
}

/* The miss of that case; its one step. */
static const struct json *blamed(struct works *w, const struct json *v, struct id id)
{
    const struct json *list = json_get(v, "misses");
    struct slice number = works_text(w, "SELECT number FROM case_file WHERE id=?1", id);
    for (size_t i = 0; i < list->n; i++) {
        if (!slice_eq(json_string(list->items[i], "number"), number)) continue;
        const struct json *steps = json_get(list->items[i], "steps");
        if (steps->n != 1) fail_msg("%.*s", SLICE_ARG(json_write(w->a, list->items[i])));
        return steps->items[0];
    }
    fail_msg("%.*s is not among the misses", SLICE_ARG(number));
    return NULL;
}

static void expect_blame(struct works *w, const struct json *v, struct id id, const char *step, const char *cause)
{
    const struct json *x = blamed(w, v, id);
    assert_slice(json_string(x, "step"), step);
    assert_slice(json_string(x, "cause"), cause);
    assert_slice(json_string(json_get(x, "department"), "code"), "scjg");
}

static int64_t sum(const struct json *v, const char *step, const char *cause)
{
    const struct json *by = json_get(v, "by");
    for (size_t i = 0; i < by->n; i++)
        if (slice_is(json_string(by->items[i], "step"), step) && slice_is(json_string(by->items[i], "cause"), cause))
            return json_int(by->items[i], "n", 0);
    return 0;
}

static result forget_body(struct tx *tx, struct arena *a, void *ctx)
{
    static const struct stmt FORGET = {"test_forget", "UPDATE data_key SET wrapped=?2 WHERE id=?1", NULL, false};
    const struct sql_value v[] = {sql_id(ctx), sql_blob(S(""))};
    return tx_exec(tx, a, &FORGET, v, 2, NULL);
}

static void every_miss_has_its_cause(struct store_fixture *f)
{
    struct works w;
    struct case_done done;
    works_open(&w, f);
    assert_true(json_get(figures(&w), "share")->type == JSON_NULL);
    struct id good = works_until(&w, "sign"), officer = works_accepted(&w, 4), system = works_accepted(&w, 4),
              applicant = works_until(&w, "choose"), open = works_accepted(&w, 4), erased = works_accepted(&w, 4),
              gone = works_accepted(&w, 4), refused = works_filed(&w), fresh = ID_NONE;
    assert_good(w.a, works_decide(&w, w.handler2, good, "sign", "approve", NULL));
    drawn(&w, officer);
    drawn(&w, open);
    drawn(&w, erased);
    works_jobs(&w);
    looked(&w, system);
    drawn(&w, system); /* the job that takes note waits from now on */
    struct case_command k = works_command(&w, w.zhangsan, "withdraw", NULL, S(""), gone);
    assert_good(w.a, case_withdraw(&k, S(""), S("不办了"), &done));
    assert_good(w.a, works_decide(&w, w.handler, refused, "accept", "refuse", NULL));
    works_at(&w, "2021-10-11T23:59");
    const struct json *v = figures(&w);
    figure(v, "finished", 1);
    figure(v, "overdue", 0);
    works_at(&w, "2021-10-20T09:00");
    fresh = works_filed(&w);
    v = figures(&w);
    figure(v, "overdue", 5);
    expect_blame(&w, v, open, "look", "officer");
    looked(&w, officer);
    looked(&w, erased);
    works_jobs(&w);
    chosen(&w, officer);
    chosen(&w, system);
    chosen(&w, applicant);
    chosen(&w, erased);
    decided(&w, officer);
    decided(&w, system);
    decided(&w, applicant);
    decided(&w, erased);
    assert_good(w.a, store_run(w.c->store, w.a, "test_forget", forget_body, &erased));
    works_at(&w, "2021-10-20T10:00");
    v = figures(&w);
    figure(v, "filed", 9);
    figure(v, "finished", 5);
    figure(v, "within", 1);
    figure(v, "late", 4);
    figure(v, "open", 2);
    figure(v, "overdue", 1);
    figure(v, "withdrawn", 1);
    figure(v, "not_accepted", 1);
    assert_slice(json_get(v, "share")->text, "0.2000");
    assert_int_equal(json_get(v, "misses")->n, 5);
    expect_blame(&w, v, officer, "look", "officer");
    assert_slice(json_string(json_get(blamed(&w, v, officer), "element"), "zh"), "现场查看");
    expect_blame(&w, v, system, "plan", "system");
    expect_blame(&w, v, applicant, "choose", "applicant");
    expect_blame(&w, v, open, "look", "officer");
    assert_slice(json_string(blamed(&w, v, erased), "cause"), "unknown");
    assert_int_equal(sum(v, "look", "officer"), 2);
    assert_int_equal(sum(v, "plan", "system"), 1);
    assert_int_equal(sum(v, "choose", "applicant"), 1);
    (void)fresh;
}

/* A stop that the law knows moves the due date, and is nobody's delay. */
static void a_lawful_stop_is_no_miss(struct store_fixture *f)
{
    struct works w;
    struct case_done done;
    works_open(&w, f);
    struct id id = works_until(&w, "review");
    struct case_command k = works_command(&w, w.reviewer, "stop", NULL, S(""), id);
    assert_good(w.a, case_clock_stop(&k, works_token(&w, id, "review"), S("hearing"), S("举行听证"), &done));
    works_at(&w, "2021-10-20T09:00");
    k.now = w.now;
    assert_good(w.a, case_clock_resume(&k, works_token(&w, id, "review"), S("听证结束"), &done));
    decided(&w, id);
    const struct json *v = figures(&w);
    works_at(&w, "2021-10-20T10:00");
    v = figures(&w);
    figure(v, "within", 1);
    figure(v, "late", 0);
    assert_slice(json_get(v, "share")->text, "1.0000");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_BOTH(every_miss_has_its_cause),
        ON_BOTH(a_lawful_stop_is_no_miss),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
