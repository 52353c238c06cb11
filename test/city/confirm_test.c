/* Confirmation by the persons named: nobody's name is used without them. On the real service that founds a company. */
#include "city/drafts/confirm.h"
#include "city/drafts/drafts.h"
#include "city/messages/messages.h"
#include "city/sql.h"
#include "store/store_test_support.h"
#include "test/city/opening.h"

static const struct slice NONE = {"", 0};
#define NUMBER_LI "441900199002020025"
#define NUMBER_WANG "441900198503030032"

struct founding {
    struct store_fixture *f;
    struct arena *a;
    instant now;
    struct test_city *t;
    struct city *c;
    struct opening_plan *p;
    const struct actor *zhang, *li, *wang;
};

static void open_founding(struct founding *w, struct store_fixture *f)
{
    w->f = f;
    w->a = f->a;
    assert_true(instant_scan(S("2021-09-22T09:00:00+08:00"), &w->now));
    struct test_city_options o = {.clock = &w->now, .fresh = true};
    assert_good(f->a, test_city_open(f->a, f->s, &o, &w->t));
    store_fixture_reusable(f);
    w->c = &w->t->city;
    assert_good(f->a, opening_plan_read(w->t, f->a, S("establish_company"), &w->p));
    w->zhang = test_city_actor(w->t, S("zhangsan"));
    w->li = test_city_actor(w->t, S("lisi"));
    w->wang = test_city_actor(w->t, S("wangwu"));
}

/* The application of zhangsan with these shareholders, a JSON text. */
static struct application with(struct founding *w, const char *shareholders)
{
    struct json_builder b = json_builder(w->a);
    json_set(&b, "shareholders", test_json(w->a, slice_cstr(shareholders)));
    return (struct application){w->p->service, json_merge(w->a, w->p->data, json_object(&b)), w->zhang->subject,
                                w->p->snapshot};
}

#define TWO                                                                     \
    "[{\"name\":\"张三\",\"id_number\":\"441900198801010013\",\"share\":60}," \
    "{\"name\":\"李四\",\"id_number\":\"" NUMBER_LI "\",\"share\":40}]"
#define THREE                                                                   \
    "[{\"name\":\"张三\",\"id_number\":\"441900198801010013\",\"share\":20}," \
    "{\"name\":\"王五\",\"id_number\":\"" NUMBER_WANG "\",\"share\":40},"       \
    "{\"name\":\"李四\",\"id_number\":\"" NUMBER_LI "\",\"share\":40}]"

static result file(struct founding *w, const struct application *p, const char *key, struct case_done *done)
{
    struct case_filing f = {.service = p->service,
                            .data = p->data,
                            .town = w->p->town,
                            .subject = p->subject,
                            .applicant = p->applicant,
                            .channel = S("online")};
    struct case_command k = {.city = w->c,
                             .a = w->a,
                             .actor = w->zhang,
                             .now = w->now,
                             .route = S("POST /cases"),
                             .key = slice_cstr(key),
                             .body = json_write(w->a, p->data)};
    return case_file(&k, &f, done);
}

static const struct json *asked(struct founding *w, const struct application *p)
{
    const struct json *out = NULL;
    assert_good(w->a, confirm_ask(w->c, w->a, w->zhang, p, w->now, &out));
    return out;
}

static const struct json *list_of(struct founding *w, const struct actor *x)
{
    const struct json *out = NULL;
    assert_good(w->a, confirm_list(w->c, w->a, x, 10, NONE, w->now, &out));
    return json_get(out, "items");
}

static struct id first_of(struct founding *w, const struct actor *x)
{
    struct id id = ID_NONE;
    const struct json *list = list_of(w, x);
    assert_true(list->n > 0);
    assert_true(id_scan(json_string(list->items[0], "id"), &id));
    return id;
}

static result answer(struct founding *w, const struct actor *x, bool agree, const char *reason)
{
    return confirm_answer(w->c, w->a, x, first_of(w, x), agree, slice_cstr(reason), w->now);
}

/* The newest message, as one text. */
static struct slice told(struct founding *w, const struct actor *x)
{
    const struct json *list;
    size_t n;
    do assert_good(w->a, messages_run(w->c, w->a, w->now, 64, &n));
    while (n);
    assert_good(w->a, inbox_list(w->c, w->a, x, 1, NONE, &list));
    return json_get(list, "items")->n ? json_write(w->a, json_get(list, "items")->items[0]) : NONE;
}

static bool holds(struct slice text, const char *part)
{
    return slice_search(text, slice_cstr(part)) != SIZE_MAX;
}

static int64_t count(struct founding *w, const char *sql)
{
    struct stmt s = {"confirm_test_count", sql, NULL, false};
    struct rows r;
    assert_good(w->a, store_query(w->c->store, w->a, &s, NULL, 0, &r));
    return row(&r, 0)[0].i;
}

static void nothing_is_filed_before_all_have_confirmed(struct store_fixture *f)
{
    struct founding w;
    struct case_done done, again;
    open_founding(&w, f);
    struct application p = with(&w, THREE);
    assert_code(file(&w, &p, "early", &done), CODE_CONFIRM_MISSING);
    const struct json *state = asked(&w, &p);
    assert_false(json_bool(state, "ready", true));
    assert_int_equal(json_get(state, "people")->n, 2); /* the applicant is not asked */
    assert_true(holds(told(&w, w.li), "/confirmations"));
    assert_true(holds(told(&w, w.li), "张三"));
    /* what they look at: the company and who is in it, no numbers and telephones */
    struct slice seen = json_write(w.a, list_of(&w, w.li)->items[0]);
    assert_true(holds(seen, "王五") && holds(seen, "shop_name") && holds(seen, "\"share\":40"));
    assert_false(holds(seen, NUMBER_WANG) || holds(seen, NUMBER_LI) || holds(seen, "13800000001"));
    assert_int_equal(list_of(&w, test_city_actor(w.t, S("zhaoliu")))->n, 0);
    assert_good(w.a, answer(&w, w.li, true, ""));
    assert_code(file(&w, &p, "half", &done), CODE_CONFIRM_MISSING);
    assert_int_equal(count(&w, "SELECT COUNT(*) FROM case_file"), 0);
    assert_false(holds(told(&w, w.zhang), "均已实名确认"));
    assert_good(w.a, answer(&w, w.wang, true, ""));
    assert_good(w.a, answer(&w, w.wang, true, "")); /* pressed twice */
    assert_code(answer(&w, w.wang, false, ""), CODE_CONFIRM_SETTLED);
    assert_true(holds(told(&w, w.zhang), "均已实名确认"));
    assert_true(json_bool(asked(&w, &p), "ready", false));
    assert_good(w.a, file(&w, &p, "now", &done));
    /* a lost reply is harmless; but it was for one filing */
    assert_good(w.a, file(&w, &p, "now", &again));
    assert_true(again.replayed && id_eq(again.case_id, done.case_id));
    assert_code(file(&w, &p, "twice", &again), CODE_CONFIRM_MISSING);
    assert_int_equal(count(&w, "SELECT COUNT(*) FROM confirmation_person"), 0);
    assert_int_equal(count(&w, "SELECT COUNT(*) FROM case_file"), 1);
}

static void a_denial_ends_it(struct store_fixture *f)
{
    struct founding w;
    struct case_done done;
    open_founding(&w, f);
    struct application p = with(&w, TWO);
    (void)asked(&w, &p);
    assert_good(w.a, answer(&w, w.li, false, "我没有参与"));
    assert_true(holds(told(&w, w.zhang), "我没有参与"));
    assert_code(file(&w, &p, "denied", &done), CODE_CONFIRM_DENIED);
    const struct json *one = json_get(asked(&w, &p), "people")->items[0];
    assert_slice(json_string(one, "state"), "denied");
    assert_slice(json_string(one, "reason"), "我没有参与");
    assert_code(answer(&w, w.li, true, ""), CODE_CONFIRM_SETTLED);
    assert_int_equal(count(&w, "SELECT COUNT(*) FROM audit WHERE action = 'confirmation.denied'"), 1);
}

static void what_was_confirmed_is_what_is_filed(struct store_fixture *f)
{
    struct founding w;
    struct case_done done;
    open_founding(&w, f);
    struct application p = with(&w, TWO), other = p;
    (void)asked(&w, &p);
    assert_good(w.a, answer(&w, w.li, true, ""));
    struct json_builder b = json_builder(w.a), turned = json_builder(w.a);
    json_set_int(&b, "capital_yuan", 99);
    other.data = json_merge(w.a, p.data, json_object(&b));
    assert_code(file(&w, &other, "changed", &done), CODE_CONFIRM_MISSING);
    /* the same content in another order is the same */
    for (size_t i = p.data->n; i > 0; i--) json_set_slice(&turned, p.data->keys[i - 1], p.data->items[i - 1]);
    other.data = json_object(&turned);
    assert_good(w.a, file(&w, &other, "turned", &done));
}

static void only_the_person_answers(struct store_fixture *f)
{
    struct founding w;
    open_founding(&w, f);
    struct application p = with(&w, TWO);
    (void)asked(&w, &p);
    struct id id = first_of(&w, w.li);
    assert_code(confirm_answer(w.c, w.a, w.wang, id, true, NONE, w.now), CODE_NOT_FOUND);
    assert_code(confirm_answer(w.c, w.a, test_city_actor(w.t, S("scjg.handler")), id, true, NONE, w.now),
                CODE_FORBIDDEN);
    struct actor agent = *w.wang; /* acting for li under a delegation, even of everything */
    agent.subject = w.li->subject;
    agent.delegation = id_new(w.now);
    assert_int_equal(list_of(&w, &agent)->n, 0);
    assert_code(confirm_answer(w.c, w.a, &agent, id, true, NONE, w.now), CODE_NOT_FOUND);
    w.now += CONFIRM_KEPT; /* it lapses */
    assert_int_equal(list_of(&w, w.li)->n, 0);
    assert_code(confirm_answer(w.c, w.a, w.li, id, true, NONE, w.now), CODE_NOT_FOUND);
    assert_good(w.a, drafts_sweep(w.c, w.a, w.now));
    assert_int_equal(count(&w, "SELECT COUNT(*) FROM confirmation"), 0);
}

/* An account that somebody opened in another's name, with nothing but the number, confirms nothing. */
static void an_account_alone_proves_nothing(struct store_fixture *f)
{
    struct founding w;
    struct id account;
    struct actor impostor;
    open_founding(&w, f);
    struct application p = with(&w, "[{\"name\":\"赵一\",\"id_number\":\"11010519491231002X\",\"share\":100}]");
    (void)asked(&w, &p); /* of somebody whom the city does not know */
    struct registration r = {.name = S("赵一"),
                             .id_kind = S("resident_id"),
                             .id_number = S("11010519491231002X"),
                             .login = S("zhaoyi"),
                             .password = S(TEST_CITY_PASSWORD)};
    assert_good(w.a, identity_register(w.c, w.a, &r, w.now, &account));
    assert_good(w.a, actor_of_login(w.c, w.a, S("zhaoyi"), &impostor));
    assert_code(answer(&w, &impostor, true, ""), CODE_CONFIRM_UNPROVEN);
    assert_good(w.a, answer(&w, &impostor, false, "")); /* to say no, it is enough */
    /* a window that sees the document proves it */
    const struct actor *window = test_city_officer(w.t, ROLE_WINDOW, NONE, NONE, NULL, 0);
    struct json_builder b = json_builder(w.a);
    struct slice code;
    instant until;
    assert_non_null(window);
    assert_good(w.a, reset_code(w.c, w.a, window, S("resident_id"), S("11010519491231002X"), S("赵一"), false, w.now,
                                &code, &until));
    json_set_int(&b, "capital_yuan", 5000);
    p.data = json_merge(w.a, p.data, json_object(&b));
    (void)asked(&w, &p);
    assert_good(w.a, answer(&w, &impostor, true, ""));
}

static void a_number_under_another_name(struct store_fixture *f)
{
    struct founding w;
    const struct json *out;
    open_founding(&w, f);
    struct application p = with(&w, "[{\"name\":\"李小四\",\"id_number\":\"" NUMBER_LI "\",\"share\":100}]");
    (void)asked(&w, &p);
    assert_code(answer(&w, w.li, true, ""), CODE_CONFIRM_NAME);
    p = with(&w, "[{\"name\":\"李四\",\"id_number\":\"" NUMBER_LI "\",\"share\":50},"
                 "{\"name\":\"李五\",\"id_number\":\"" NUMBER_LI "\",\"share\":50}]");
    result r = confirm_ask(w.c, w.a, w.zhang, &p, w.now, &out);
    assert_code(r, CODE_CONFIRM_NAME);
    assert_slice(r.problem->field, "/shareholders/1/name");
}

/* An enterprise that holds shares is no natural person; its number opens no way round for one that is. */
static void enterprises_are_not_asked(struct store_fixture *f)
{
    struct founding w;
    open_founding(&w, f);
    struct application p =
        with(&w, "[{\"name\":\"东莞市演示星河电子有限公司\",\"id_number\":\"91441900MA5TB00105\",\"share\":100}]");
    assert_true(json_bool(asked(&w, &p), "ready", false));
    p = with(&w, "[{\"name\":\"李四\",\"id_number\":\"H12345678\",\"share\":100}]");
    assert_int_equal(json_get(asked(&w, &p), "people")->n, 1);
}

static void limits_and_erasure(struct store_fixture *f)
{
    struct founding w;
    const struct json *out;
    open_founding(&w, f);
    struct application p = with(&w, TWO);
    for (int i = 0; i <= CONFIRM_ASKED_MAX; i++) {
        struct json_builder b = json_builder(w.a);
        json_set_int(&b, "capital_yuan", 1000 + i);
        p.data = json_merge(w.a, p.data, json_object(&b));
        result r = confirm_ask(w.c, w.a, w.zhang, &p, w.now, &out);
        if (i < CONFIRM_ASKED_MAX)
            assert_good(w.a, r);
        else
            assert_code(r, CODE_CONFIRM_LIMIT);
    }
    const struct actor *security = test_city_officer(w.t, ROLE_SECURITY, NONE, NONE, NULL, 0);
    struct id e;
    assert_non_null(security);
    assert_int_equal(count(&w, "SELECT COUNT(*) FROM confirmation"), CONFIRM_ASKED_MAX);
    assert_good(w.a, erasure_request(w.c, w.a, w.zhang, 0, w.now, &e));
    assert_good(w.a, erasure_approve(w.c, w.a, security, e, 0, w.now));
    assert_int_equal(count(&w, "SELECT COUNT(*) FROM confirmation"), 0);
    assert_int_equal(count(&w, "SELECT COUNT(*) FROM confirmation_person"), 0);
}

/* A correction does not bring in somebody who was not asked. */
static void a_correction_names_nobody_new(struct store_fixture *f)
{
    struct founding w;
    open_founding(&w, f);
    const struct json *two = with(&w, TWO).data, *three = with(&w, THREE).data;
    assert_good(w.a, confirm_same(w.c, w.a, w.p->service, three, two));
    assert_good(w.a, confirm_same(w.c, w.a, w.p->service, two, two));
    assert_code(confirm_same(w.c, w.a, w.p->service, two, three), CODE_CONFIRM_CHANGED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_BOTH(nothing_is_filed_before_all_have_confirmed),
        ON_BOTH(a_denial_ends_it),
        ON_SQLITE(what_was_confirmed_is_what_is_filed),
        ON_BOTH(only_the_person_answers),
        ON_SQLITE(an_account_alone_proves_nothing),
        ON_SQLITE(a_number_under_another_name),
        ON_SQLITE(enterprises_are_not_asked),
        ON_BOTH(limits_and_erasure),
        ON_SQLITE(a_correction_names_nobody_new),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
