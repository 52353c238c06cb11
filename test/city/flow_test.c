/* Messages and signals between cases, and what officers choose among. */
#include <pthread.h>

#include "city/sql.h"
#include "test/city/flow.h"

/* Two services talk: the one's message starts a case of the other, whose answer finds the one that asked. */
static void two_services_talk(struct store_fixture *f)
{
    struct works w;
    flow_open(&w, f);
    struct id loan = flow_file(&w, w.zhangsan, "loan_interest", "{\"amount\":20000}"),
              other = flow_file(&w, w.lisi, "loan_interest", "{\"amount\":30000}");
    assert_int_equal(NUMBER(f, "SELECT COUNT(*) FROM case_message"), 2);
    assert_int_equal(NUMBER(f, "SELECT COUNT(*) FROM case_await"), 2);
    flow_bring(&w);
    assert_int_equal(NUMBER(f, "SELECT COUNT(*) FROM case_message"), 0);
    assert_int_equal(NUMBER(f, "SELECT COUNT(*) FROM case_file WHERE service='credit_check'"), 2);
    struct id check = flow_case_of(&w, "credit_check");
    /* it is the applicant's, knows by what it began and answers that one alone */
    const struct json *v = flow_vars(&w, check), *by = json_get(v, "started_by");
    assert_slice(json_string(by, "kind"), "message");
    assert_slice(json_string(by, "name"), "credit.ask");
    bool first = slice_eq(json_string(by, "case"), id_text(w.a, loan));
    struct id asker = first ? loan : other, stranger = first ? other : loan;
    assert_int_equal(json_int(json_get(v, "request"), "amount", 0), first ? 20000 : 30000);
    flow_same_again(&w);
    assert_good(w.a, works_decide(&w, w.handler, check, "look", "good", NULL));
    flow_bring(&w);
    assert_true(json_bool(json_get(flow_vars(&w, asker), "credit"), "good", false));
    assert_null(json_get(flow_vars(&w, stranger), "credit"));
    /* the gateway's timer is gone with the answer; the bank is awaited now */
    assert_int_equal(works_number(&w, "SELECT COUNT(*) FROM case_timer WHERE case_id=?1", asker), 0);
    assert_int_equal(works_number(&w, "SELECT COUNT(*) FROM case_await WHERE case_id=?1 AND name='bank.paid'", asker),
                     1);
    assert_int_equal(works_number(&w, "SELECT COUNT(*) FROM case_timer WHERE case_id=?1", stranger), 1);
    flow_same_again(&w);
}

/* The event-based gateway takes what comes first: here the time. What comes after it finds nobody. */
static void time_beats_the_message(struct store_fixture *f)
{
    struct works w;
    size_t n;
    flow_open(&w, f);
    struct id loan = flow_file(&w, w.zhangsan, "loan_interest", "{\"amount\":20000}");
    flow_bring(&w);
    works_at(&w, "2021-09-30T00:00");
    assert_good(w.a, case_timers_run(w.c, w.a, w.now, 64, &n));
    assert_true(works_has(&w, loan, "by_hand"));
    assert_int_equal(works_number(&w, "SELECT COUNT(*) FROM case_await WHERE case_id=?1", loan), 0);
    assert_good(w.a, works_decide(&w, w.handler, flow_case_of(&w, "credit_check"), "look", "good", NULL));
    flow_bring(&w);
    assert_null(json_get(flow_vars(&w, loan), "credit"));
    assert_int_equal(NUMBER(f, "SELECT COUNT(*) FROM case_message WHERE state=1"), 1);
    /* kept for its time, then somebody must look: told in the sender's journal */
    works_set(&w, w.now + 31 * MS_DAY);
    flow_bring(&w);
    assert_int_equal(NUMBER(f, "SELECT COUNT(*) FROM case_message WHERE state=2 AND due_at IS NULL"), 1);
    assert_int_equal(NUMBER(f, "SELECT COUNT(*) FROM case_event WHERE kind='unheard'"), 1);
    flow_bring(&w);
    assert_int_equal(NUMBER(f, "SELECT COUNT(*) FROM case_event WHERE kind='unheard'"), 1);
    flow_same_again(&w);
}

/* A worker that has brought a message and is stopped before it could say so: the second try finds the row gone. */
static void delivered_twice_is_done_once(struct store_fixture *f)
{
    struct works w;
    flow_open(&w, f);
    struct id loan = flow_file(&w, w.zhangsan, "loan_interest", "{\"amount\":20000}");
    store_test_script(f, "CREATE TABLE copy AS SELECT * FROM case_message");
    flow_bring(&w);
    assert_int_equal(NUMBER(f, "SELECT COUNT(*) FROM case_file WHERE service='credit_check'"), 1);
    /* the same message again, as from a backup: the case that it starts is there already */
    store_test_script(f, "INSERT INTO case_message SELECT * FROM copy");
    size_t n;
    assert_good(w.a, case_messages_run(w.c, w.a, w.now, 64, &n));
    assert_int_equal(n, 1);
    assert_int_equal(NUMBER(f, "SELECT COUNT(*) FROM case_message"), 0);
    assert_int_equal(NUMBER(f, "SELECT COUNT(*) FROM case_file WHERE service='credit_check'"), 1);
    store_test_script(f, "DROP TABLE copy");
    assert_good(w.a, works_decide(&w, w.handler, flow_case_of(&w, "credit_check"), "look", "bad", NULL));
    store_test_script(f, "CREATE TABLE copy AS SELECT * FROM case_message");
    flow_bring(&w);
    assert_slice(works_text(&w, "SELECT outcome FROM case_file WHERE id=?1", loan), "rejected");
    int64_t events = works_number(&w, "SELECT COUNT(*) FROM case_event WHERE case_id=?1", loan);
    store_test_script(f, "INSERT INTO case_message SELECT * FROM copy");
    flow_bring(&w);
    assert_int_equal(works_number(&w, "SELECT COUNT(*) FROM case_event WHERE case_id=?1", loan), events);
}

struct both {
    struct works *w;
    struct arena *a;
    size_t n;
    result r;
};

static void *bring_all(void *arg)
{
    struct both *b = arg;
    b->a = arena_new("both");
    b->r = case_messages_run(b->w->c, b->a, b->w->now, 64, &b->n);
    return NULL;
}

static void two_workers_share(struct store_fixture *f)
{
    struct works w;
    flow_open(&w, f);
    for (int i = 0; i < 20; i++) (void)flow_file(&w, w.zhangsan, "loan_interest", "{\"amount\":20000}");
    struct both b[2] = {{.w = &w}, {.w = &w}};
    pthread_t t[2];
    for (int i = 0; i < 2; i++) assert_int_equal(pthread_create(&t[i], NULL, bring_all, &b[i]), 0);
    for (int i = 0; i < 2; i++) assert_int_equal(pthread_join(t[i], NULL), 0);
    assert_int_equal(b[0].n + b[1].n, 20);
    for (int i = 0; i < 2; i++) {
        assert_good(w.a, b[i].r);
        arena_free(b[i].a);
    }
    assert_int_equal(NUMBER(f, "SELECT COUNT(*) FROM case_file WHERE service='credit_check'"), 20);
    assert_int_equal(NUMBER(f, "SELECT COUNT(*) FROM case_message"), 0);
}

/* Everybody who waited when it was thrown hears it, once; whoever came later does not; and a service starts by it. */
static void a_signal_reaches_all(struct store_fixture *f)
{
    struct works w;
    flow_open(&w, f);
    struct id stalls[3];
    for (int i = 0; i < 3; i++)
        stalls[i] = flow_file(&w, i % 2 ? w.lisi : w.zhangsan, "market_stall", "{\"goods\":\"茶\"}");
    works_set(&w, w.now + MS_MINUTE);
    struct id close = flow_file(&w, w.zhangsan, "market_close", "{\"why\":\"修路\"}");
    assert_int_equal(works_number(&w, "SELECT state FROM case_file WHERE id=?1", close), 3);
    works_set(&w, w.now + MS_MINUTE);
    struct id later = flow_file(&w, w.zhangsan, "market_stall", "{}");
    flow_bring(&w);
    for (int i = 0; i < 3; i++) {
        assert_true(works_has(&w, stalls[i], "clear"));
        assert_slice(json_string(json_get(flow_vars(&w, stalls[i]), "notice"), "goods"), "修路");
    }
    assert_false(works_has(&w, later, "clear"));
    assert_int_equal(NUMBER(f, "SELECT COUNT(*) FROM case_event WHERE kind='signal'"), 3);
    assert_int_equal(NUMBER(f, "SELECT COUNT(*) FROM case_message"), 0);
    assert_int_equal(NUMBER(f, "SELECT COUNT(*) FROM case_file WHERE service='market_round'"), 1);
    const struct json *by = json_get(flow_vars(&w, flow_case_of(&w, "market_round")), "started_by");
    assert_slice(json_string(by, "kind"), "signal");
    flow_same_again(&w);
}

/* The clock is set back between: who waited hears it all the same, and who came after it does not. */
static void a_signal_keeps_its_order(struct store_fixture *f)
{
    struct works w;
    flow_open(&w, f);
    works_set(&w, w.now + MS_HOUR);
    struct id waits = flow_file(&w, w.zhangsan, "market_stall", "{\"goods\":\"茶\"}");
    works_set(&w, w.now - MS_HOUR);
    (void)flow_file(&w, w.zhangsan, "market_close", "{\"why\":\"修路\"}");
    works_set(&w, w.now - MS_HOUR);
    struct id later = flow_file(&w, w.lisi, "market_stall", "{}");
    works_set(&w, w.now + MS_HOUR);
    flow_bring(&w);
    assert_true(works_has(&w, waits, "clear"));
    assert_false(works_has(&w, later, "clear"));
    assert_int_equal(NUMBER(f, "SELECT COUNT(*) FROM case_event WHERE kind='signal'"), 1);
    assert_int_equal(NUMBER(f, "SELECT COUNT(*) FROM case_signal_past"), 0);
    (void)flow_file(&w, w.zhangsan, "market_close", "{\"why\":\"节日\"}"); /* it waits still, for the next one */
    flow_bring(&w);
    assert_true(works_has(&w, later, "clear"));
    flow_same_again(&w);
}

/* Stopped in the midst: it goes on behind the last one that heard it, in batches. */
static void a_signal_survives_a_stop(struct store_fixture *f)
{
    struct works w;
    size_t n;
    flow_open(&w, f);
    for (int i = 0; i < 120; i++) (void)flow_file(&w, w.zhangsan, "market_stall", "{}");
    (void)flow_file(&w, w.zhangsan, "market_close", "{\"why\":\"修路\"}");
    assert_good(w.a, case_messages_run(w.c, w.a, w.now, 64, &n));
    assert_int_equal(NUMBER(f, "SELECT COUNT(*) FROM case_event WHERE kind='signal'"), 50);
    /* as if the worker had been killed before the lease was given back */
    store_test_script(f, "UPDATE case_message SET lease_until = 0");
    flow_bring(&w);
    assert_int_equal(NUMBER(f, "SELECT COUNT(*) FROM case_event WHERE kind='signal'"), 120);
    assert_int_equal(
        NUMBER(f, "SELECT COUNT(*) FROM (SELECT DISTINCT case_id FROM case_event WHERE kind='signal') AS x"), 120);
    assert_int_equal(NUMBER(f, "SELECT COUNT(*) FROM case_task WHERE node='clear' AND status=0"), 120);
}

/* A message that nobody awaits yet is brought as soon as somebody does, and in the order in which one sender threw. */
static void kept_until_awaited(struct store_fixture *f)
{
    struct works w;
    flow_open(&w, f);
    struct id loan = flow_file(&w, w.zhangsan, "loan_interest", "{\"amount\":20000}");
    flow_bring(&w);
    struct id check = flow_case_of(&w, "credit_check");
    /* its answer is late by a restart of the asker: taken from its table of awaits, then waited for again */
    store_test_script(f, "CREATE TABLE put_by AS SELECT * FROM case_await; DELETE FROM case_await");
    assert_good(w.a, works_decide(&w, w.handler, check, "look", "good", NULL));
    flow_bring(&w);
    assert_int_equal(NUMBER(f, "SELECT COUNT(*) FROM case_message WHERE state=1"), 1);
    store_test_script(f, "INSERT INTO case_await SELECT * FROM put_by; DROP TABLE put_by");
    /* one more of its name, thrown later and looked at first, at the moment in which somebody begins to wait: it does not pass */
    store_test_script(f, "CREATE TABLE later AS SELECT * FROM case_message");
    store_test_script(f, "UPDATE later SET id = sender, seq = seq + 1, state = 0, due_at = at, lease_until = 0");
    store_test_script(f, "INSERT INTO case_message SELECT * FROM later; DROP TABLE later");
    flow_bring(&w);
    assert_null(json_get(flow_vars(&w, loan), "credit"));
    assert_int_equal(NUMBER(f, "SELECT COUNT(*) FROM case_message WHERE state=1"), 2);
    works_set(&w, w.now + MS_MINUTE);
    flow_bring(&w);
    assert_true(json_bool(json_get(flow_vars(&w, loan), "credit"), "good", false));
}

static result begin(struct works *w, const struct actor *x, struct id id, const char *node, const char *reason)
{
    struct case_done done;
    struct case_command k = works_command(w, x, "begin", NULL, S(""), id);
    return task_begin(&k, works_token(w, id, node), slice_cstr(reason), &done);
}

/* Officers begin what they choose, each what is theirs; it is in the journal with the reason. */
static void officers_choose(struct store_fixture *f)
{
    struct works w;
    flow_open(&w, f);
    flow_bring(&w);
    works_at(&w, "2021-09-23T09:10");
    flow_bring(&w);
    struct id round = flow_case_of(&w, "market_round");
    assert_int_equal(
        works_number(&w, "SELECT COUNT(*) FROM case_task WHERE case_id=?1 AND kind='offer' AND status=0", round), 2);
    assert_code(begin(&w, w.handler, round, "talk", "有投诉"), CODE_FORBIDDEN);
    assert_code(begin(&w, w.handler, round, "walk", ""), CODE_FIELD_REQUIRED);
    assert_code(works_decide(&w, w.handler, round, "walk", "done", NULL), CODE_PROCESS_TOKEN);
    const struct json *page, *offers;
    assert_good(w.a, desk_case(w.c, w.a, w.reviewer, round, w.now, &page));
    offers = json_get(page, "offers");
    assert_int_equal(offers->n, 2);
    assert_int_equal(json_get(page, "tasks")->n, 0);
    for (size_t i = 0; i < 2; i++) {
        bool mine = slice_is(json_string(json_get(offers->items[i], "title"), "en"), "Talk to a trader");
        assert_int_equal(json_bool(offers->items[i], "can_begin", !mine), mine);
    }
    assert_good(w.a, begin(&w, w.reviewer, round, "talk", "有投诉"));
    assert_int_equal(
        works_number(&w, "SELECT COUNT(*) FROM case_task WHERE case_id=?1 AND node='talk' AND kind='handle'", round),
        1);
    assert_good(w.a, begin(&w, w.handler, round, "walk", "例行"));
    struct rows r;
    static const struct stmt WALK = {
        "flow_walk", "SELECT token FROM case_task WHERE case_id=?1 AND node='walk' AND kind='handle'", NULL, false};
    assert_good(w.a, store_query(w.c->store, w.a, &WALK, BINDS(sql_id(&round)), &r));
    struct task_decision t = {.token = row(&r, 0)[0].i, .outcome = S("done")};
    assert_good(w.a, works_decide_more(&w, w.handler, round, &t));
    /* the condition holds: the round is over, and with it what was still offered or under way */
    assert_int_equal(works_number(&w, "SELECT state FROM case_file WHERE id=?1", round), 3);
    assert_int_equal(works_number(&w, "SELECT COUNT(*) FROM case_task WHERE case_id=?1 AND status < 3", round), 0);
    flow_same_again(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_BOTH(two_services_talk),        ON_BOTH(time_beats_the_message), ON_BOTH(delivered_twice_is_done_once),
        ON_BOTH(two_workers_share),        ON_BOTH(a_signal_reaches_all),   ON_BOTH(a_signal_keeps_its_order),
        ON_BOTH(a_signal_survives_a_stop), ON_BOTH(kept_until_awaited),     ON_BOTH(officers_choose),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
