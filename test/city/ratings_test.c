/* Ratings: once per channel, five grades, bad ones become tickets, sums equal a recount, nothing of fewer than five is published. */
#include "areas/00_supervision/ratings/ratings.h"

#include <stdio.h>

#include "city/messages/messages.h"
#include "city/rights/rights.h"
#include "city/sql.h"
#include "test/city/works.h"

static void ticket_service(struct works *w)
{
    struct service_files folder;
    const char *path = test_city_source(w->a, "areas/00_supervision/services/bad_rating");
    assert_good(w->a, service_files_read(w->a, slice_cstr(path), &folder));
    assert_good(w->a, catalogue_install(w->c->catalogue, w->a, &folder, 1, w->now));
}

static void begin(struct works *w, struct store_fixture *f)
{
    works_open(w, f);
    ticket_service(w);
}

static struct id granted(struct works *w)
{
    struct id id = works_until(w, "sign");
    assert_good(w->a, works_decide(w, w->handler2, id, "sign", "approve", NULL));
    works_jobs(w);
    return id;
}

static struct request asked(struct works *w, const struct actor *x, const char *key, const char *body)
{
    struct request q = {.a = w->a, .city = w->c, .actor = x, .now = w->now, .idempotency_key = slice_cstr(key)};
    if (body) q.body = test_json(w->a, slice_cstr(body));
    return q;
}

static result rate(struct works *w, const struct actor *x, struct id id, const char *key, const char *body,
                   struct reply *r)
{
    struct request q = asked(w, x, key, body);
    q.params[0] = id_text(w->a, id);
    q.nparams = 1;
    *r = (struct reply){.status = 0};
    return door_call(&EP_RATING_CASE_GIVE, &q, r);
}

static int64_t number(struct works *w, const char *sql)
{
    return store_test_number(w->f, sql);
}

static int64_t differences(struct works *w)
{
    int64_t n;
    assert_good(w->a, ratings_compare(w->c, w->a, &n));
    return n;
}

static struct id ticket_of(struct works *w, struct id id)
{
    struct rows r;
    struct id out;
    static const struct stmt Q = {"test_ticket", "SELECT ticket FROM rating WHERE case_id = ?1", NULL, false};
    assert_good(w->a, store_query(w->c->store, w->a, &Q, BINDS(sql_id(&id)), &r));
    assert_int_equal(r.n, 1);
    assert_true(id_from_bytes(row(&r, 0)[0].s, &out));
    return out;
}

#define GOOD "{\"grade\":\"satisfied\",\"text\":\"很快\"}"
#define BAD "{\"grade\":\"very_dissatisfied\",\"text\":\"等了一上午\"}"

static void a_case_is_rated_once_when_it_has_ended(struct store_fixture *f)
{
    struct works w;
    struct reply r;
    begin(&w, f);
    struct id open = works_filed(&w);
    assert_code(rate(&w, w.zhangsan, open, "key-0001", GOOD, &r), CODE_RATING_EARLY);
    struct id id = granted(&w);
    assert_code(rate(&w, w.lisi, id, "key-0001", GOOD, &r), CODE_NOT_FOUND);
    assert_code(rate(&w, w.handler, id, "key-0001", GOOD, &r), CODE_FORBIDDEN);
    assert_true(failed(rate(&w, w.zhangsan, id, "key-0001", "{\"grade\":\"excellent\"}", &r)));
    assert_good(w.a, rate(&w, w.zhangsan, id, "key-0001", GOOD, &r));
    assert_false(r.replayed);
    assert_false(json_bool(r.body, "open", true));
    assert_good(w.a, rate(&w, w.zhangsan, id, "key-0001", GOOD, &r));
    assert_true(r.replayed);
    assert_code(rate(&w, w.zhangsan, id, "key-0002", BAD, &r), CODE_RATING_GIVEN);
    assert_int_equal(number(&w, "SELECT CAST(COUNT(*) AS BIGINT) FROM rating"), 1);
    assert_int_equal(number(&w, "SELECT CAST(COUNT(*) AS BIGINT) FROM case_file WHERE service = 'bad_rating'"), 0);
    assert_int_equal(differences(&w), 0);
}

static void the_text_is_not_readable_in_the_table(struct store_fixture *f)
{
    struct works w;
    struct reply r;
    struct rows rows;
    static const struct stmt Q = {"test_text", "SELECT text_ct FROM rating", NULL, false};
    begin(&w, f);
    struct id id = granted(&w);
    assert_good(w.a, rate(&w, w.zhangsan, id, "key-0001", BAD, &r));
    assert_good(w.a, store_query(w.c->store, w.a, &Q, NULL, 0, &rows));
    assert_true(slice_search(row(&rows, 0)[0].s, S("等了一上午")) == SIZE_MAX);
    const struct json *list = json_get(r.body, "ratings");
    assert_slice(json_string(list->items[0], "text"), "等了一上午");
    /* the person is erased: the rating is counted, its words are gone */
    static const struct stmt END = {"test_erase", "SELECT subject FROM rating", NULL, false};
    assert_good(w.a, store_query(w.c->store, w.a, &END, NULL, 0, &rows));
    store_test_script(f, f->kind == STORE_SQLITE
                             ? "UPDATE data_key SET wrapped = x'' WHERE id IN (SELECT subject FROM rating)"
                             : "UPDATE data_key SET wrapped = ''::bytea WHERE id IN (SELECT subject FROM rating)");
    assert_good(w.a, ratings_of_case(w.c, w.a, id, &list));
    assert_int_equal(json_string(list->items[0], "text").n, 0);
    assert_int_equal(differences(&w), 0);
}

static void a_bad_rating_opens_a_ticket_for_the_head(struct store_fixture *f)
{
    struct works w;
    struct reply r;
    const struct json *v = test_json(f->a, S("{\"finding\":\"属实\"}"));
    begin(&w, f);
    struct id id = granted(&w);
    assert_good(w.a, rate(&w, w.zhangsan, id, "key-0001", BAD, &r));
    struct id ticket = ticket_of(&w, id);
    assert_true(works_has(&w, ticket, "verify"));
    assert_slice(works_text(&w, "SELECT department FROM case_task WHERE case_id = ?1", ticket), "scjg");
    assert_slice(works_text(&w, "SELECT role FROM case_task WHERE case_id = ?1", ticket), "head");
    /* opened once, however often the worker comes */
    size_t done;
    assert_good(w.a, ratings_work(w.c, w.a, w.now, &done));
    assert_int_equal(done, 0);
    /* neither the officers rated nor others of the department see it */
    enum case_audience who;
    struct id subject;
    assert_code(case_may_see(w.c, w.a, w.handler2, ticket, &who, &subject), CODE_NOT_FOUND);
    assert_true(failed(works_decide(&w, w.handler2, ticket, "verify", "founded", v)));
    assert_good(w.a, works_decide(&w, w.head, ticket, "verify", "founded", v));
    assert_true(works_has(&w, ticket, "remedy_it"));
}

/* Who handled the case was made head since: the ticket is not theirs all the same. */
static void the_officer_rated_never_handles_the_ticket(struct store_fixture *f)
{
    struct works w;
    struct reply r;
    const struct json *v = test_json(f->a, S("{\"finding\":\"不实\"}"));
    begin(&w, f);
    struct id id = granted(&w);
    assert_good(w.a, rate(&w, w.zhangsan, id, "key-0001", BAD, &r));
    struct actor promoted = *w.handler2;
    static const struct role_grant HEAD[] = {{ROLE_HEAD, {"scjg", 4}, {"*", 1}}};
    promoted.grants = HEAD;
    promoted.ngrants = 1;
    assert_code(works_decide(&w, &promoted, ticket_of(&w, id), "verify", "founded", v), CODE_TASK_OWN_CASE);
    struct request q = asked(&w, &promoted, "", NULL);
    r = (struct reply){.status = 0};
    assert_good(w.a, door_call(&EP_RATINGS_DESK, &q, &r));
    assert_int_equal(json_get(r.body, "items")->n, 0);
    q = asked(&w, w.head, "", NULL);
    assert_good(w.a, door_call(&EP_RATINGS_DESK, &q, &r));
    const struct json *items = json_get(r.body, "items");
    assert_int_equal(items->n, 1);
    assert_slice(json_string(items->items[0], "text"), "等了一上午");
    assert_null(json_get(items->items[0], "applicant"));
}

static const struct json *published(struct works *w)
{
    struct reply r = {.status = 0};
    struct request q = asked(w, NULL, "", NULL);
    struct actor nobody = {.kind = ACTOR_NOBODY};
    q.actor = &nobody;
    assert_good(w->a, door_call(&EP_RATINGS, &q, &r));
    return r.body;
}

static struct slice code_for(struct works *w, const char *body)
{
    struct reply r = {.status = 0};
    struct actor clerk = *w->handler;
    static const struct role_grant WINDOW[] = {{ROLE_WINDOW, {"scjg", 4}, {"*", 1}}};
    clerk.grants = WINDOW;
    clerk.ngrants = 1;
    struct request q = asked(w, &clerk, "", body);
    assert_good(w->a, door_call(&EP_RATING_CODE_NEW, &q, &r));
    return json_string(r.body, "code");
}

static result use(struct works *w, const struct actor *x, struct slice code, const char *key, const char *body,
                  struct reply *r)
{
    struct actor nobody = {.kind = ACTOR_NOBODY};
    struct request q = asked(w, x ? x : &nobody, key, body);
    q.params[0] = code;
    q.nparams = 1;
    *r = (struct reply){.status = 0};
    return door_call(&EP_RATING_CODE_GIVE, &q, r);
}

static void a_visit_is_rated_with_a_code(struct store_fixture *f)
{
    struct works w;
    struct reply r;
    begin(&w, f);
    struct slice code = code_for(&w, "{}");
    assert_code(use(&w, w.handler, code, "key-0001", GOOD, &r), CODE_RATING_STAFF);
    assert_code(use(&w, NULL, S("aaaa-bbbb-cccc"), "key-0001", GOOD, &r), CODE_RATING_CODE);
    assert_good(w.a, use(&w, NULL, code, "key-0001", BAD, &r));
    assert_good(w.a, use(&w, NULL, code, "key-0001", BAD, &r));
    assert_true(r.replayed);
    assert_code(use(&w, NULL, code, "key-0002", GOOD, &r), CODE_RATING_GIVEN);
    assert_int_equal(number(&w, "SELECT CAST(COUNT(*) AS BIGINT) FROM rating"), 1);
    /* of nobody known: the supervising body asks by itself */
    size_t done;
    assert_good(w.a, ratings_work(w.c, w.a, w.now, &done));
    assert_int_equal(number(&w, "SELECT CAST(COUNT(*) AS BIGINT) FROM case_file WHERE service = 'bad_rating'"), 1);
    works_set(&w, w.now + RATING_CODE_VALID + MS_DAY);
    code = code_for(&w, "{\"channel\":\"phone\"}");
    works_set(&w, w.now + RATING_CODE_VALID + 1);
    assert_code(use(&w, NULL, code, "key-0003", GOOD, &r), CODE_RATING_CODE);
}

static void a_case_is_rated_once_in_each_channel(struct store_fixture *f)
{
    struct works w;
    struct reply r;
    begin(&w, f);
    struct id id = granted(&w);
    struct slice n = works_text(&w, "SELECT number FROM case_file WHERE id = ?1", id);
    const char *body = arena_cstr(w.a, arena_printf(w.a, "{\"case_number\":\"%.*s\"}", SLICE_ARG(n)));
    struct slice code = code_for(&w, body), second = code_for(&w, body);
    assert_good(w.a, rate(&w, w.zhangsan, id, "key-0001", GOOD, &r));
    assert_good(w.a, use(&w, NULL, code, "key-0002", GOOD, &r));
    assert_code(use(&w, NULL, second, "key-0003", GOOD, &r), CODE_RATING_GIVEN);
    /* the applicant hears of what was rated with a code */
    const struct json *inbox;
    size_t out;
    do assert_good(w.a, messages_run(w.c, w.a, w.now, 64, &out));
    while (out);
    assert_good(w.a, inbox_list(w.c, w.a, w.zhangsan, 50, S(""), &inbox));
    bool told = false;
    for (size_t i = 0; i < json_get(inbox, "items")->n; i++)
        told = told || slice_is(json_string(json_get(json_get(inbox, "items")->items[i], "title"), "zh"),
                                "您的办件已凭评价码评价");
    assert_true(told);
    assert_int_equal(number(&w, "SELECT CAST(COUNT(*) AS BIGINT) FROM rating"), 2);
    assert_int_equal(differences(&w), 0);
}

static void nothing_of_fewer_than_five_is_published(struct store_fixture *f)
{
    struct works w;
    struct reply r;
    begin(&w, f);
    for (int i = 0; i < 5; i++) {
        const struct json *v = published(&w), *list = json_get(v, "departments");
        assert_int_equal(list->n, i ? 1 : 0);
        if (i) {
            assert_true(json_bool(list->items[0], "few", false));
            assert_true(json_get(list->items[0], "n")->type == JSON_NULL);
            assert_true(json_get(json_get(v, "all"), "by")->type == JSON_NULL);
        }
        char key[16];
        (void)snprintf(key, sizeof key, "key-%04d", i);
        assert_good(w.a, use(&w, NULL, code_for(&w, "{}"), key, i ? GOOD : BAD, &r));
    }
    const struct json *d = json_get(published(&w), "departments")->items[0];
    assert_int_equal(json_int(d, "n", 0), 5);
    assert_slice(json_get(d, "satisfied")->text, "0.8000");
    assert_int_equal(json_int(json_get(d, "by"), "very_dissatisfied", 0), 1);
    /* one of another service: by subtraction it would be known */
    assert_good(w.a, use(&w, NULL, code_for(&w, "{\"service\":\"shop_front\"}"), "key-0009", GOOD, &r));
    d = json_get(published(&w), "departments")->items[0];
    assert_int_equal(json_int(d, "n", 0), 6);
    for (size_t i = 0; i < 2; i++) assert_true(json_bool(json_get(d, "services")->items[i], "few", false));
    assert_int_equal(differences(&w), 0);
}

static void a_mistake_is_not_counted_and_a_rebuild_says_so_too(struct store_fixture *f)
{
    struct works w;
    struct reply r;
    struct rebuild_report report;
    begin(&w, f);
    struct id id = granted(&w);
    assert_good(w.a, rate(&w, w.zhangsan, id, "key-0001", BAD, &r));
    struct id ticket = ticket_of(&w, id);
    assert_good(w.a,
                works_decide(&w, w.head, ticket, "verify", "appeal", test_json(f->a, S("{\"finding\":\"评错了\"}"))));
    const struct actor *judge = test_city_actor(w.t, S("zwj.head"));
    assert_non_null(judge);
    assert_int_equal(number(&w, "SELECT CAST(SUM(n) AS BIGINT) FROM rating_counted"), 1);
    assert_good(w.a, works_decide(&w, judge, ticket, "review_appeal", "approve", NULL));
    assert_int_equal(number(&w, "SELECT CAST(SUM(n) AS BIGINT) FROM rating_counted"), 0);
    assert_int_equal(differences(&w), 0);
    assert_good(w.a, case_rebuild(w.c, w.a, true, &report));
    assert_int_equal(report.differences, 0);
    store_test_script(f, "DELETE FROM rating_annulled");
    assert_true(differences(&w) == 0); /* both sides read the same table … */
    assert_good(w.a, case_rebuild(w.c, w.a, false, &report));
    assert_true(report.differences > 0); /* … and the journal knows better */
    assert_int_equal(number(&w, "SELECT CAST(SUM(n) AS BIGINT) FROM rating_counted"), 0);
    store_test_script(f, "UPDATE rating_month SET n = n + 1");
    assert_true(differences(&w) > 0);
}

static void ratings_end_after_three_years(struct store_fixture *f)
{
    struct works w;
    struct reply r;
    size_t done;
    begin(&w, f);
    assert_good(
        w.a, use(&w, NULL, code_for(&w, "{}"), "key-0001", "{\"grade\":\"satisfied\",\"phone\":\"13800000000\"}", &r));
    works_set(&w, w.now + RATING_KEPT);
    assert_good(w.a, ratings_work(w.c, w.a, w.now, &done));
    assert_int_equal(number(&w, "SELECT CAST(COUNT(*) AS BIGINT) FROM rating"), 1);
    works_set(&w, w.now + 1);
    assert_good(w.a, ratings_work(w.c, w.a, w.now, &done));
    assert_int_equal(number(&w, "SELECT CAST(COUNT(*) AS BIGINT) FROM rating"), 0);
    assert_int_equal(number(&w, "SELECT CAST(COUNT(*) AS BIGINT) FROM rating_code"), 0);
    assert_int_equal(number(&w, "SELECT CAST(SUM(n) AS BIGINT) FROM rating_month"), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_BOTH(a_case_is_rated_once_when_it_has_ended),
        ON_BOTH(the_text_is_not_readable_in_the_table),
        ON_BOTH(a_bad_rating_opens_a_ticket_for_the_head),
        ON_BOTH(the_officer_rated_never_handles_the_ticket),
        ON_BOTH(a_visit_is_rated_with_a_code),
        ON_BOTH(a_case_is_rated_once_in_each_channel),
        ON_BOTH(nothing_of_fewer_than_five_is_published),
        ON_BOTH(a_mistake_is_not_counted_and_a_rebuild_says_so_too),
        ON_BOTH(ratings_end_after_three_years),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
