/* Messages, signals and starts between cases (test/city/flow): a loan that asks the credit office, stalls that hear that their market
 * closes, a round that begins each day. */
#include <pthread.h>

#include "city/sql.h"
#include "test/city/works.h"

static void flow_open(struct works *w, struct store_fixture *f)
{
    static const char *const FOLDERS[] = {"loan_interest", "credit_check", "market_stall",
                                          "market_close",  "market_round", "stall_notice"};
    struct service_files folders[6];
    works_open(w, f);
    for (size_t i = 0; i < 6; i++)
        assert_good(
            w->a, service_files_read(w->a,
                                     slice_cstr(test_city_source(
                                         w->a, arena_cstr(w->a, arena_printf(w->a, "test/city/flow/%s", FOLDERS[i])))),
                                     &folders[i]));
    assert_good(w->a, catalogue_install(w->c->catalogue, w->a, folders, 6, w->now));
}

static struct id file(struct works *w, const struct actor *x, const char *service, const char *data)
{
    struct case_done done;
    assert_good(w->a, catalogue_current(w->c->catalogue, w->a, slice_cstr(service), &w->service));
    assert_good(w->a, works_file(w, x, NULL, test_json(w->a, slice_cstr(data)), &done));
    return done.case_id;
}

/* The worker, until it finds nothing that is due now. */
static void bring(struct works *w)
{
    size_t n, started;
    for (int i = 0; i < 50; i++) {
        assert_good(w->a, case_messages_run(w->c, w->a, w->now, 64, &n));
        assert_good(w->a, case_starts_run(w->c, w->a, w->now, 64, &started));
        if (n + started == 0) return;
    }
    fail_msg("it never comes to rest");
}

static void same_again(struct works *w)
{
    struct rebuild_report r;
    assert_good(w->a, case_rebuild(w->c, w->a, true, &r));
    if (r.differences) fail_msg("%.*s", SLICE_ARG(r.first_difference));
    assert_good(w->a, case_rebuild(w->c, w->a, false, &r));
    assert_int_equal(r.differences, 0);
}

static struct id case_of(struct works *w, const char *service)
{
    struct rows r;
    struct id id;
    static const struct stmt LAST = {"flow_last", "SELECT id FROM case_file WHERE service=?1 ORDER BY id DESC LIMIT 1",
                                     NULL, false};
    assert_good(w->a, store_query(w->c->store, w->a, &LAST, BINDS(sql_text(slice_cstr(service))), &r));
    if (r.n != 1) fail_msg("no case of %s", service);
    assert_true(id_from_bytes(row(&r, 0)[0].s, &id));
    return id;
}

static const struct json *vars(struct works *w, struct id id)
{
    const struct json *v;
    assert_good(w->a, case_variables(w->c, w->a, id, &v));
    return v;
}

#define NUMBER(f, sql) store_test_number((f), sql)

/* Two services talk: the one's message starts a case of the other, whose answer finds the one that asked. */
static void two_services_talk(struct store_fixture *f)
{
    struct works w;
    flow_open(&w, f);
    struct id loan = file(&w, w.zhangsan, "loan_interest", "{\"amount\":20000}"),
              other = file(&w, w.lisi, "loan_interest", "{\"amount\":30000}");
    assert_int_equal(NUMBER(f, "SELECT COUNT(*) FROM case_message"), 2);
    assert_int_equal(NUMBER(f, "SELECT COUNT(*) FROM case_await"), 2);
    bring(&w);
    assert_int_equal(NUMBER(f, "SELECT COUNT(*) FROM case_message"), 0);
    assert_int_equal(NUMBER(f, "SELECT COUNT(*) FROM case_file WHERE service='credit_check'"), 2);
    struct id check = case_of(&w, "credit_check");
    /* it is the applicant's, knows by what it began and answers that one alone */
    const struct json *v = vars(&w, check), *by = json_get(v, "started_by");
    assert_slice(json_string(by, "kind"), "message");
    assert_slice(json_string(by, "name"), "credit.ask");
    bool first = slice_eq(json_string(by, "case"), id_text(w.a, loan));
    struct id asker = first ? loan : other, stranger = first ? other : loan;
    assert_int_equal(json_int(json_get(v, "request"), "amount", 0), first ? 20000 : 30000);
    same_again(&w);
    assert_good(w.a, works_decide(&w, w.handler, check, "look", "good", NULL));
    bring(&w);
    assert_true(json_bool(json_get(vars(&w, asker), "credit"), "good", false));
    assert_null(json_get(vars(&w, stranger), "credit"));
    /* the gateway's timer is gone with the answer; the bank is awaited now */
    assert_int_equal(works_number(&w, "SELECT COUNT(*) FROM case_timer WHERE case_id=?1", asker), 0);
    assert_int_equal(works_number(&w, "SELECT COUNT(*) FROM case_await WHERE case_id=?1 AND name='bank.paid'", asker),
                     1);
    assert_int_equal(works_number(&w, "SELECT COUNT(*) FROM case_timer WHERE case_id=?1", stranger), 1);
    same_again(&w);
}

/* The event-based gateway takes what comes first: here the time. What comes after it finds nobody. */
static void time_beats_the_message(struct store_fixture *f)
{
    struct works w;
    size_t n;
    flow_open(&w, f);
    struct id loan = file(&w, w.zhangsan, "loan_interest", "{\"amount\":20000}");
    bring(&w);
    works_at(&w, "2021-09-30T00:00");
    assert_good(w.a, case_timers_run(w.c, w.a, w.now, 64, &n));
    assert_true(works_has(&w, loan, "by_hand"));
    assert_int_equal(works_number(&w, "SELECT COUNT(*) FROM case_await WHERE case_id=?1", loan), 0);
    assert_good(w.a, works_decide(&w, w.handler, case_of(&w, "credit_check"), "look", "good", NULL));
    bring(&w);
    assert_null(json_get(vars(&w, loan), "credit"));
    assert_int_equal(NUMBER(f, "SELECT COUNT(*) FROM case_message WHERE state=1"), 1);
    /* kept for its time, then somebody must look: told in the sender's journal */
    works_set(&w, w.now + 31 * MS_DAY);
    bring(&w);
    assert_int_equal(NUMBER(f, "SELECT COUNT(*) FROM case_message WHERE state=2 AND due_at IS NULL"), 1);
    assert_int_equal(NUMBER(f, "SELECT COUNT(*) FROM case_event WHERE kind='unheard'"), 1);
    bring(&w);
    assert_int_equal(NUMBER(f, "SELECT COUNT(*) FROM case_event WHERE kind='unheard'"), 1);
    same_again(&w);
}

/* A worker that has brought a message and is stopped before it could say so: the second try finds the row gone. */
static void delivered_twice_is_done_once(struct store_fixture *f)
{
    struct works w;
    flow_open(&w, f);
    struct id loan = file(&w, w.zhangsan, "loan_interest", "{\"amount\":20000}");
    store_test_script(f, "CREATE TABLE copy AS SELECT * FROM case_message");
    bring(&w);
    assert_int_equal(NUMBER(f, "SELECT COUNT(*) FROM case_file WHERE service='credit_check'"), 1);
    /* the same message again, as from a backup: the case that it starts is there already */
    store_test_script(f, "INSERT INTO case_message SELECT * FROM copy");
    size_t n;
    assert_good(w.a, case_messages_run(w.c, w.a, w.now, 64, &n));
    assert_int_equal(n, 1);
    assert_int_equal(NUMBER(f, "SELECT COUNT(*) FROM case_message"), 0);
    assert_int_equal(NUMBER(f, "SELECT COUNT(*) FROM case_file WHERE service='credit_check'"), 1);
    store_test_script(f, "DROP TABLE copy");
    assert_good(w.a, works_decide(&w, w.handler, case_of(&w, "credit_check"), "look", "bad", NULL));
    store_test_script(f, "CREATE TABLE copy AS SELECT * FROM case_message");
    bring(&w);
    assert_slice(works_text(&w, "SELECT outcome FROM case_file WHERE id=?1", loan), "rejected");
    int64_t events = works_number(&w, "SELECT COUNT(*) FROM case_event WHERE case_id=?1", loan);
    store_test_script(f, "INSERT INTO case_message SELECT * FROM copy");
    bring(&w);
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
    for (int i = 0; i < 20; i++) (void)file(&w, w.zhangsan, "loan_interest", "{\"amount\":20000}");
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
    for (int i = 0; i < 3; i++) stalls[i] = file(&w, i % 2 ? w.lisi : w.zhangsan, "market_stall", "{\"goods\":\"茶\"}");
    works_set(&w, w.now + MS_MINUTE);
    struct id close = file(&w, w.zhangsan, "market_close", "{\"why\":\"修路\"}");
    assert_int_equal(works_number(&w, "SELECT state FROM case_file WHERE id=?1", close), 3);
    works_set(&w, w.now + MS_MINUTE);
    struct id later = file(&w, w.zhangsan, "market_stall", "{}");
    bring(&w);
    for (int i = 0; i < 3; i++) {
        assert_true(works_has(&w, stalls[i], "clear"));
        assert_slice(json_string(json_get(vars(&w, stalls[i]), "notice"), "goods"), "修路");
    }
    assert_false(works_has(&w, later, "clear"));
    assert_int_equal(NUMBER(f, "SELECT COUNT(*) FROM case_event WHERE kind='signal'"), 3);
    assert_int_equal(NUMBER(f, "SELECT COUNT(*) FROM case_message"), 0);
    assert_int_equal(NUMBER(f, "SELECT COUNT(*) FROM case_file WHERE service='market_round'"), 1);
    const struct json *by = json_get(vars(&w, case_of(&w, "market_round")), "started_by");
    assert_slice(json_string(by, "kind"), "signal");
    same_again(&w);
}

/* The clock is set back between: who waited hears it all the same, and who came after it does not. */
static void a_signal_keeps_its_order(struct store_fixture *f)
{
    struct works w;
    flow_open(&w, f);
    works_set(&w, w.now + MS_HOUR);
    struct id waits = file(&w, w.zhangsan, "market_stall", "{\"goods\":\"茶\"}");
    works_set(&w, w.now - MS_HOUR);
    (void)file(&w, w.zhangsan, "market_close", "{\"why\":\"修路\"}");
    works_set(&w, w.now - MS_HOUR);
    struct id later = file(&w, w.lisi, "market_stall", "{}");
    works_set(&w, w.now + MS_HOUR);
    bring(&w);
    assert_true(works_has(&w, waits, "clear"));
    assert_false(works_has(&w, later, "clear"));
    assert_int_equal(NUMBER(f, "SELECT COUNT(*) FROM case_event WHERE kind='signal'"), 1);
    assert_int_equal(NUMBER(f, "SELECT COUNT(*) FROM case_signal_past"), 0);
    (void)file(&w, w.zhangsan, "market_close", "{\"why\":\"节日\"}"); /* it waits still, for the next one */
    bring(&w);
    assert_true(works_has(&w, later, "clear"));
    same_again(&w);
}

/* Stopped in the midst: it goes on behind the last one that heard it, in batches. */
static void a_signal_survives_a_stop(struct store_fixture *f)
{
    struct works w;
    size_t n;
    flow_open(&w, f);
    for (int i = 0; i < 120; i++) (void)file(&w, w.zhangsan, "market_stall", "{}");
    (void)file(&w, w.zhangsan, "market_close", "{\"why\":\"修路\"}");
    assert_good(w.a, case_messages_run(w.c, w.a, w.now, 64, &n));
    assert_int_equal(NUMBER(f, "SELECT COUNT(*) FROM case_event WHERE kind='signal'"), 50);
    /* as if the worker had been killed before the lease was given back */
    store_test_script(f, "UPDATE case_message SET lease_until = 0");
    bring(&w);
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
    struct id loan = file(&w, w.zhangsan, "loan_interest", "{\"amount\":20000}");
    bring(&w);
    struct id check = case_of(&w, "credit_check");
    /* its answer is late by a restart of the asker: taken from its table of awaits, then waited for again */
    store_test_script(f, "CREATE TABLE put_by AS SELECT * FROM case_await; DELETE FROM case_await");
    assert_good(w.a, works_decide(&w, w.handler, check, "look", "good", NULL));
    bring(&w);
    assert_int_equal(NUMBER(f, "SELECT COUNT(*) FROM case_message WHERE state=1"), 1);
    store_test_script(f, "INSERT INTO case_await SELECT * FROM put_by; DROP TABLE put_by");
    /* one more of its name, thrown later and looked at first, at the moment in which somebody begins to wait: it does not pass */
    store_test_script(f, "CREATE TABLE later AS SELECT * FROM case_message");
    store_test_script(f, "UPDATE later SET id = sender, seq = seq + 1, state = 0, due_at = at, lease_until = 0");
    store_test_script(f, "INSERT INTO case_message SELECT * FROM later; DROP TABLE later");
    bring(&w);
    assert_null(json_get(vars(&w, loan), "credit"));
    assert_int_equal(NUMBER(f, "SELECT COUNT(*) FROM case_message WHERE state=1"), 2);
    works_set(&w, w.now + MS_MINUTE);
    bring(&w);
    assert_true(json_bool(json_get(vars(&w, loan), "credit"), "good", false));
}

/* Each day at nine; after an outage once for all that was missed. */
static void a_service_starts_by_the_clock(struct store_fixture *f)
{
    struct works w;
    size_t n;
    flow_open(&w, f);
    bring(&w);
    assert_int_equal(NUMBER(f, "SELECT COUNT(*) FROM case_start"), 1);
    assert_int_equal(NUMBER(f, "SELECT COUNT(*) FROM case_file WHERE service='market_round'"), 0);
    works_at(&w, "2021-09-23T09:00");
    bring(&w);
    assert_int_equal(NUMBER(f, "SELECT COUNT(*) FROM case_file WHERE service='market_round'"), 1);
    assert_good(w.a, case_starts_run(w.c, w.a, w.now, 64, &n));
    assert_int_equal(n, 0);
    /* another worker, whose lease ran out, sees the row as it was: the case is there, and nothing is wrong */
    store_test_script(f, "UPDATE case_start SET due_at = due_at - 86400000, nth = nth - 1");
    assert_good(w.a, case_starts_run(w.c, w.a, w.now, 64, &n));
    assert_int_equal(NUMBER(f, "SELECT COUNT(*) FROM case_file WHERE service='market_round'"), 1);
    store_test_script(f, "UPDATE case_start SET due_at = due_at + 86400000, nth = nth + 1, lease_until = 0");
    works_at(&w, "2021-09-27T12:00");
    bring(&w);
    assert_int_equal(NUMBER(f, "SELECT COUNT(*) FROM case_file WHERE service='market_round'"), 2);
    const struct json *by = json_get(vars(&w, case_of(&w, "market_round")), "started_by");
    assert_slice(json_string(by, "kind"), "timer");
    assert_int_equal(json_int(by, "missed", 0), 3);
    works_at(&w, "2021-09-28T08:59");
    bring(&w);
    assert_int_equal(NUMBER(f, "SELECT COUNT(*) FROM case_file WHERE service='market_round'"), 2);
    works_at(&w, "2021-09-28T09:00");
    bring(&w);
    assert_int_equal(NUMBER(f, "SELECT COUNT(*) FROM case_file WHERE service='market_round'"), 3);
    same_again(&w);
}

/* The round with other start events. */
static void round_with(struct works *w, const char *start)
{
    struct service_files folder;
    static const char OLD[] =
        "<timerEventDefinition><timeCycle>R/2021-09-23T09:00:00+08:00/P1D</timeCycle></timerEventDefinition>";
    assert_good(w->a,
                service_files_read(w->a, slice_cstr(test_city_source(w->a, "test/city/flow/market_round")), &folder));
    struct service_file *list = NEW_ARRAY(w->a, struct service_file, folder.n);
    for (size_t i = 0; i < folder.n; i++) {
        list[i] = folder.list[i];
        size_t at = slice_search(list[i].bytes, slice_cstr(OLD));
        if (at != SIZE_MAX)
            list[i].bytes = arena_printf(w->a, "%.*s%s%.*s", (int)at, list[i].bytes.p, start,
                                         SLICE_ARG(slice_sub(list[i].bytes, at + sizeof OLD - 1, SIZE_MAX)));
    }
    struct service_files changed = {list, folder.n};
    assert_good(w->a, catalogue_install(w->c->catalogue, w->a, &changed, 1, w->now));
}

/* It starts when the condition comes to hold, once, and again only after it has not held. */
static void a_service_starts_by_a_condition(struct store_fixture *f)
{
    static const char ROUNDS[] = "SELECT COUNT(*) FROM case_file WHERE service='market_round'";
    struct works w;
    flow_open(&w, f);
    bring(&w);
    round_with(&w,
               "<conditionalEventDefinition><condition>today() = date(\"2021-09-24\") or today() = date(\"2021-09-26\")"
               "</condition></conditionalEventDefinition>");
    bring(&w); /* the row of the version before is renewed */
    works_at(&w, "2021-09-23T12:00");
    bring(&w);
    assert_int_equal(NUMBER(f, ROUNDS), 0);
    for (int hour = 0; hour < 20; hour += 5) {
        works_set(&w, w.now + 5 * MS_HOUR);
        bring(&w);
    }
    assert_int_equal(NUMBER(f, ROUNDS), 1);
    works_at(&w, "2021-09-25T12:00");
    bring(&w);
    assert_int_equal(NUMBER(f, ROUNDS), 1);
    works_at(&w, "2021-09-26T00:01");
    bring(&w);
    works_at(&w, "2021-09-26T12:00");
    bring(&w);
    assert_int_equal(NUMBER(f, ROUNDS), 2);
    const struct json *by = json_get(vars(&w, case_of(&w, "market_round")), "started_by");
    assert_slice(json_string(by, "kind"), "condition");
    assert_int_equal(NUMBER(f, "SELECT COUNT(*) FROM case_start"), 1);
}

/* A limited number of times, from when it was published, and a definition that no longer starts by itself. */
static void a_cycle_that_ends(struct store_fixture *f)
{
    static const char ROUNDS[] = "SELECT COUNT(*) FROM case_file WHERE service='market_round'";
    struct works w;
    flow_open(&w, f);
    round_with(&w, "<timerEventDefinition><timeCycle>R2/P1M</timeCycle></timerEventDefinition>");
    bring(&w);
    for (int month = 0; month < 5; month++) {
        works_set(&w, w.now + 31 * MS_DAY);
        bring(&w);
    }
    assert_int_equal(NUMBER(f, ROUNDS), 2);
    assert_int_equal(NUMBER(f, "SELECT COUNT(*) FROM case_start WHERE due_at IS NULL"), 1);
    round_with(&w, "<signalEventDefinition signalRef=\"Signal_close\"/>");
    bring(&w);
    assert_int_equal(NUMBER(f, "SELECT COUNT(*) FROM case_start"), 0);
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
    bring(&w);
    works_at(&w, "2021-09-23T09:10");
    bring(&w);
    struct id round = case_of(&w, "market_round");
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
    same_again(&w);
}

static const struct json *payload(struct works *w, const char *text)
{
    return test_json(w->a, slice_cstr(text));
}

static result send(struct works *w, const struct actor *x, const char *key, const char *name, const struct json *to,
                   const char *text, bool *replayed)
{
    struct id id;
    struct outside_message m = {slice_cstr(name), to, payload(w, text)};
    struct case_command k = works_command(w, x, "flow", key, slice_cstr(text), ID_NONE);
    return message_from_outside(&k, &m, &id, replayed);
}

#define PAID "{\"paid_on\":\"2021-09-30\",\"amount\":20000}"

/* Another system tells: what it says is checked, who may say it too; said twice it is one message. */
static void a_message_from_outside(struct store_fixture *f)
{
    struct works w;
    bool replayed;
    flow_open(&w, f);
    struct id loan = file(&w, w.zhangsan, "loan_interest", "{\"amount\":20000}");
    bring(&w);
    const struct json *awaiting = json_get(works_view(&w, loan, VIEW_OWNER), "awaiting");
    assert_int_equal(awaiting->n, 1);
    assert_slice(json_string(json_get(awaiting->items[0], "from"), "zh"), "信用部门");
    assert_slice(json_string(json_get(awaiting->items[0], "title"), "zh"), "信用核查结果");
    assert_good(w.a, works_decide(&w, w.handler, case_of(&w, "credit_check"), "look", "good", NULL));
    bring(&w);
    awaiting = json_get(works_view(&w, loan, VIEW_OWNER), "awaiting");
    assert_slice(json_string(json_get(awaiting->items[0], "from"), "en"), "the bank");
    const struct json *number = json_of_string(w.a, works_text(&w, "SELECT number FROM case_file WHERE id=?1", loan));
    assert_code(send(&w, w.handler, "k1", "bank.lost", number, PAID, &replayed), CODE_MESSAGE_UNKNOWN);
    assert_code(send(&w, test_city_actor(w.t, S("rs.handler")), "k2", "bank.paid", number, PAID, &replayed),
                CODE_FORBIDDEN);
    assert_code(send(&w, w.handler, "k3", "bank.paid", NULL, PAID, &replayed), CODE_FIELD_REQUIRED);
    result r = send(&w, w.handler, "k4", "bank.paid", number, "{\"paid_on\":\"soon\"}", &replayed);
    assert_true(failed(r) && slice_starts(r.problem->field, S("/payload")));
    assert_int_equal(NUMBER(f, "SELECT COUNT(*) FROM case_message"), 0);
    assert_good(w.a, send(&w, w.handler, "k5", "bank.paid", number, PAID, &replayed));
    assert_false(replayed);
    assert_good(w.a, send(&w, w.handler, "k5", "bank.paid", number, PAID, &replayed));
    assert_true(replayed);
    assert_code(send(&w, w.handler, "k5", "bank.paid", number, "{}", &replayed), CODE_IDEMPOTENCY_BODY);
    bring(&w);
    assert_good(w.a, send(&w, w.handler, "k5", "bank.paid", number, PAID, &replayed));
    assert_true(replayed);
    assert_slice(works_text(&w, "SELECT outcome FROM case_file WHERE id=?1", loan), "approved");
    assert_int_equal(json_int(json_get(vars(&w, loan), "payment"), "amount", 0), 20000);
    assert_int_equal(NUMBER(f, "SELECT COUNT(*) FROM case_message"), 0);
    same_again(&w);
}

/* What nobody received is seen by the head of the sender's body, and tried again. */
static void what_nobody_received(struct store_fixture *f)
{
    struct works w;
    size_t n;
    const struct json *list;
    struct id id;
    flow_open(&w, f);
    struct id loan = file(&w, w.zhangsan, "loan_interest", "{\"amount\":20000}");
    bring(&w);
    works_at(&w, "2021-09-30T00:00");
    assert_good(w.a, case_timers_run(w.c, w.a, w.now, 64, &n));
    struct id check = case_of(&w, "credit_check");
    assert_good(w.a, works_decide(&w, w.handler, check, "look", "good", NULL));
    works_set(&w, w.now + 31 * MS_DAY);
    bring(&w);
    assert_good(w.a, message_undelivered(w.c, w.a, w.head, 20, S(""), &list));
    const struct json *items = json_get(list, "items");
    assert_int_equal(items->n, 1);
    assert_slice(json_string(items->items[0], "name"), "credit.answer");
    assert_slice(json_string(items->items[0], "case"), arena_cstr(w.a, id_text(w.a, check)));
    assert_good(w.a, message_undelivered(w.c, w.a, test_city_actor(w.t, S("rs.head")), 20, S(""), &list));
    assert_int_equal(json_get(list, "items")->n, 0);
    assert_true(id_scan(json_string(items->items[0], "id"), &id));
    assert_code(message_try_again(w.c, w.a, w.handler, id, S("x"), w.now), CODE_NOT_FOUND);
    assert_good(w.a, message_try_again(w.c, w.a, w.head, id, S("对方已恢复"), w.now));
    bring(&w);
    assert_int_equal(NUMBER(f, "SELECT COUNT(*) FROM case_message WHERE state=1"), 1);
    assert_int_equal(NUMBER(f, "SELECT COUNT(*) FROM audit WHERE action='message.again'"), 1);
    assert_code(message_close(w.c, w.a, w.head, id, S("x"), w.now), CODE_NOT_FOUND); /* it is under way again */
    works_set(&w, w.now + 200 * MS_DAY);
    bring(&w);
    assert_good(w.a, messages_undelivered_sweep(w.c, w.a, w.now));
    assert_int_equal(NUMBER(f, "SELECT COUNT(*) FROM case_message"), 0);
    assert_int_equal(works_number(&w, "SELECT COUNT(*) FROM case_task WHERE case_id=?1 AND node='by_hand'", loan), 1);
}

/* An event-based gateway begins the process: the first message of either makes a case, each further one another, and nothing else is
 * waited for (BPMN 2.0.2, 10.6.6). */
static void a_gateway_starts_by_either_message(struct store_fixture *f)
{
    struct works w;
    bool replayed;
    flow_open(&w, f);
    assert_good(w.a, send(&w, w.handler, "g1", "stall.camera", NULL, "{\"what\":\"占道\"}", &replayed));
    bring(&w);
    struct id seen = case_of(&w, "stall_notice");
    assert_true(works_has(&w, seen, "visit") && !works_has(&w, seen, "call"));
    assert_slice(json_string(json_get(vars(&w, seen), "seen"), "what"), "占道");
    assert_int_equal(works_number(&w, "SELECT COUNT(*) FROM case_await WHERE case_id=?1", seen), 0);
    assert_good(w.a, send(&w, w.handler, "g1", "stall.camera", NULL, "{\"what\":\"占道\"}", &replayed));
    assert_true(replayed);
    bring(&w);
    works_set(&w, w.now + MS_MINUTE);
    assert_good(w.a, send(&w, w.handler, "g2", "stall.neighbour", NULL, "{\"what\":\"油烟\"}", &replayed));
    bring(&w);
    assert_int_equal(NUMBER(f, "SELECT COUNT(*) FROM case_file WHERE service='stall_notice'"), 2);
    struct id told = ID_NONE;
    struct rows other;
    static const struct stmt OTHER = {
        "flow_other", "SELECT id FROM case_file WHERE service='stall_notice' AND id <> ?1", NULL, false};
    assert_good(w.a, store_query(w.c->store, w.a, &OTHER, BINDS(sql_id(&seen)), &other));
    assert_true(other.n == 1 && id_from_bytes(row(&other, 0)[0].s, &told));
    assert_true(works_has(&w, told, "call") && !works_has(&w, told, "visit"));
    assert_slice(json_string(json_get(vars(&w, told), "told"), "what"), "油烟");
    assert_good(w.a, works_decide(&w, w.handler, told, "call", "done", NULL));
    assert_slice(works_text(&w, "SELECT outcome FROM case_file WHERE id=?1", told), "approved");
    same_again(&w);
}

/* Or it need not be received any more. */
static void a_message_is_closed_with_a_reason(struct store_fixture *f)
{
    struct works w;
    const struct json *list;
    struct id id;
    flow_open(&w, f);
    (void)file(&w, w.zhangsan, "loan_interest", "{\"amount\":20000}");
    store_test_script(f, "UPDATE case_message SET state = 2, due_at = NULL, error = 'case.fetch'");
    assert_good(w.a, message_undelivered(w.c, w.a, w.head, 20, S(""), &list));
    const struct json *one = json_get(list, "items")->items[0];
    assert_slice(json_string(one, "code"), "case.fetch");
    assert_true(id_scan(json_string(one, "id"), &id));
    assert_code(message_close(w.c, w.a, w.handler, id, S("x"), w.now), CODE_NOT_FOUND);
    assert_code(message_close(w.c, w.a, test_city_actor(w.t, S("rs.head")), id, S("x"), w.now), CODE_NOT_FOUND);
    assert_good(w.a, message_close(w.c, w.a, w.head, id, S("已电话告知"), w.now));
    assert_code(message_close(w.c, w.a, w.head, id, S("x"), w.now), CODE_NOT_FOUND);
    assert_int_equal(NUMBER(f, "SELECT COUNT(*) FROM case_message"), 0);
    assert_int_equal(NUMBER(f, "SELECT COUNT(*) FROM audit WHERE action='message.closed'"), 1);
    same_again(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_BOTH(two_services_talk),
        ON_BOTH(time_beats_the_message),
        ON_BOTH(delivered_twice_is_done_once),
        ON_BOTH(two_workers_share),
        ON_BOTH(a_signal_reaches_all),
        ON_BOTH(a_signal_keeps_its_order),
        ON_BOTH(a_signal_survives_a_stop),
        ON_BOTH(kept_until_awaited),
        ON_BOTH(a_service_starts_by_the_clock),
        ON_BOTH(officers_choose),
        ON_BOTH(a_message_from_outside),
        ON_BOTH(what_nobody_received),
        ON_BOTH(a_message_is_closed_with_a_reason),
        ON_BOTH(a_gateway_starts_by_either_message),
        ON_BOTH(a_service_starts_by_a_condition),
        ON_BOTH(a_cycle_that_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
