/* Messages from other systems, those that nobody received, and a service that one of several messages starts. */
#include "city/sql.h"
#include "test/city/flow.h"

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
    struct id loan = flow_file(&w, w.zhangsan, "loan_interest", "{\"amount\":20000}");
    flow_bring(&w);
    const struct json *awaiting = json_get(works_view(&w, loan, VIEW_OWNER), "awaiting");
    assert_int_equal(awaiting->n, 1);
    assert_slice(json_string(json_get(awaiting->items[0], "from"), "zh"), "信用部门");
    assert_slice(json_string(json_get(awaiting->items[0], "title"), "zh"), "信用核查结果");
    assert_good(w.a, works_decide(&w, w.handler, flow_case_of(&w, "credit_check"), "look", "good", NULL));
    flow_bring(&w);
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
    flow_bring(&w);
    assert_good(w.a, send(&w, w.handler, "k5", "bank.paid", number, PAID, &replayed));
    assert_true(replayed);
    assert_slice(works_text(&w, "SELECT outcome FROM case_file WHERE id=?1", loan), "approved");
    assert_int_equal(json_int(json_get(flow_vars(&w, loan), "payment"), "amount", 0), 20000);
    assert_int_equal(NUMBER(f, "SELECT COUNT(*) FROM case_message"), 0);
    flow_same_again(&w);
}

/* What nobody received is seen by the head of the sender's body, and tried again. */
static void what_nobody_received(struct store_fixture *f)
{
    struct works w;
    size_t n;
    const struct json *list;
    struct id id;
    flow_open(&w, f);
    struct id loan = flow_file(&w, w.zhangsan, "loan_interest", "{\"amount\":20000}");
    flow_bring(&w);
    works_at(&w, "2021-09-30T00:00");
    assert_good(w.a, case_timers_run(w.c, w.a, w.now, 64, &n));
    struct id check = flow_case_of(&w, "credit_check");
    assert_good(w.a, works_decide(&w, w.handler, check, "look", "good", NULL));
    works_set(&w, w.now + 31 * MS_DAY);
    flow_bring(&w);
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
    flow_bring(&w);
    assert_int_equal(NUMBER(f, "SELECT COUNT(*) FROM case_message WHERE state=1"), 1);
    assert_int_equal(NUMBER(f, "SELECT COUNT(*) FROM audit WHERE action='message.again'"), 1);
    assert_code(message_close(w.c, w.a, w.head, id, S("x"), w.now), CODE_NOT_FOUND); /* it is under way again */
    works_set(&w, w.now + 200 * MS_DAY);
    flow_bring(&w);
    assert_good(w.a, messages_undelivered_sweep(w.c, w.a, w.now));
    assert_int_equal(NUMBER(f, "SELECT COUNT(*) FROM case_message"), 0);
    assert_int_equal(works_number(&w, "SELECT COUNT(*) FROM case_task WHERE case_id=?1 AND node='by_hand'", loan), 1);
}

/* Or it need not be received any more. */
static void a_message_is_closed_with_a_reason(struct store_fixture *f)
{
    struct works w;
    const struct json *list;
    struct id id;
    flow_open(&w, f);
    (void)flow_file(&w, w.zhangsan, "loan_interest", "{\"amount\":20000}");
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
    flow_same_again(&w);
}

/* An event-based gateway begins the process: the first message of either makes a case, each further one another, and nothing else is
 * waited for (BPMN 2.0.2, 10.6.6). */
static void a_gateway_starts_by_either_message(struct store_fixture *f)
{
    struct works w;
    bool replayed;
    flow_open(&w, f);
    assert_good(w.a, send(&w, w.handler, "g1", "stall.camera", NULL, "{\"what\":\"占道\"}", &replayed));
    flow_bring(&w);
    struct id seen = flow_case_of(&w, "stall_notice");
    assert_true(works_has(&w, seen, "visit") && !works_has(&w, seen, "call"));
    assert_slice(json_string(json_get(flow_vars(&w, seen), "seen"), "what"), "占道");
    assert_int_equal(works_number(&w, "SELECT COUNT(*) FROM case_await WHERE case_id=?1", seen), 0);
    assert_good(w.a, send(&w, w.handler, "g1", "stall.camera", NULL, "{\"what\":\"占道\"}", &replayed));
    assert_true(replayed);
    flow_bring(&w);
    works_set(&w, w.now + MS_MINUTE);
    assert_good(w.a, send(&w, w.handler, "g2", "stall.neighbour", NULL, "{\"what\":\"油烟\"}", &replayed));
    flow_bring(&w);
    assert_int_equal(NUMBER(f, "SELECT COUNT(*) FROM case_file WHERE service='stall_notice'"), 2);
    struct id told = ID_NONE;
    struct rows other;
    static const struct stmt OTHER = {
        "flow_other", "SELECT id FROM case_file WHERE service='stall_notice' AND id <> ?1", NULL, false};
    assert_good(w.a, store_query(w.c->store, w.a, &OTHER, BINDS(sql_id(&seen)), &other));
    assert_true(other.n == 1 && id_from_bytes(row(&other, 0)[0].s, &told));
    assert_true(works_has(&w, told, "call") && !works_has(&w, told, "visit"));
    assert_slice(json_string(json_get(flow_vars(&w, told), "told"), "what"), "油烟");
    assert_good(w.a, works_decide(&w, w.handler, told, "call", "done", NULL));
    assert_slice(works_text(&w, "SELECT outcome FROM case_file WHERE id=?1", told), "approved");
    flow_same_again(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_BOTH(a_message_from_outside),
        ON_BOTH(what_nobody_received),
        ON_BOTH(a_message_is_closed_with_a_reason),
        ON_BOTH(a_gateway_starts_by_either_message),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
