/* Several at once on one case: exactly one wins, the others are told, and the journal holds each command once. */
#include "test/city/works.h"

#include <pthread.h>

#include "base/identifier.h"

enum { OFFICERS = 6, ROUNDS = 8 };

struct racer {
    struct works *w;
    struct arena *a;
    struct actor x; /* an account of its own */
    struct id id;
    int64_t token;
    const char *outcome;
    enum code code; /* 0: it won */
    pthread_barrier_t *start;
};

static struct actor another(struct works *w)
{
    struct actor x = *w->handler;
    x.account = id_new(w->now);
    return x;
}

static void *decide(void *p)
{
    struct racer *r = p;
    struct case_done done;
    struct case_command k = works_command(r->w, &r->x, "decide", NULL, S(""), r->id);
    struct task_decision t = {.token = r->token, .outcome = slice_cstr(r->outcome)};
    k.a = r->a;
    if (!strcmp(r->outcome, "refuse")) {
        struct json_builder b = json_builder(r->a);
        json_add(&b, json_of_cstr(r->a, "不属于本机关职权范围"));
        t.reasons = json_array(&b);
    }
    pthread_barrier_wait(r->start);
    result res = task_decide(&k, &t, &done);
    r->code = failed(res) ? result_code(res) : 0;
    return NULL;
}

static void *withdraw(void *p)
{
    struct racer *r = p;
    struct case_done done;
    struct case_command k = works_command(r->w, r->w->zhangsan, "withdraw", NULL, S(""), r->id);
    k.a = r->a;
    pthread_barrier_wait(r->start);
    result res = case_withdraw(&k, S(""), S("不办了"), &done);
    r->code = failed(res) ? result_code(res) : 0;
    return NULL;
}

static size_t race(struct racer *list, size_t n, void *(*const *run)(void *))
{
    pthread_t threads[OFFICERS];
    pthread_barrier_t start;
    size_t won = 0;
    pthread_barrier_init(&start, NULL, (unsigned)n);
    for (size_t i = 0; i < n; i++) {
        list[i].start = &start;
        assert_int_equal(pthread_create(&threads[i], NULL, run[i], &list[i]), 0);
    }
    for (size_t i = 0; i < n; i++) {
        pthread_join(threads[i], NULL);
        won += list[i].code == 0;
        arena_free(list[i].a);
    }
    pthread_barrier_destroy(&start);
    return won;
}

static void two_officers_at_once(struct store_fixture *f)
{
    struct works w;
    works_open(&w, f);
    void *(*run[OFFICERS])(void *);
    for (size_t i = 0; i < OFFICERS; i++) run[i] = decide;
    for (int round = 0; round < ROUNDS; round++) {
        struct racer list[OFFICERS];
        struct id id = works_filed(&w);
        for (size_t i = 0; i < OFFICERS; i++)
            list[i] = (struct racer){.w = &w,
                                     .a = arena_new("racer"),
                                     .x = another(&w),
                                     .id = id,
                                     .token = works_token(&w, id, "accept"),
                                     .outcome = i % 2 ? "refuse" : "accept"};
        assert_int_equal(race(list, OFFICERS, run), 1);
        for (size_t i = 0; i < OFFICERS; i++) {
            bool told = list[i].code == 0 || list[i].code == CODE_TASK_CLOSED || list[i].code == CODE_CASE_CLOSED;
            if (!told) fail_msg("the loser is told %s", code_name(list[i].code));
            if (list[i].code) continue;
            assert_slice(json_string(works_view(&w, id, VIEW_OWNER), "state"), i % 2 ? "refused" : "handling");
        }
        assert_int_equal(works_number(&w, "SELECT COUNT(*) FROM case_event WHERE case_id=?1", id), 2);
        assert_int_equal(works_number(&w, "SELECT version FROM case_file WHERE id=?1", id), 2);
    }
}

/* The applicant withdraws while officers accept: whatever comes first, the case ends withdrawn or is never half of both. */
static void withdrawn_while_decided(struct store_fixture *f)
{
    struct works w;
    works_open(&w, f);
    void *(*const run[])(void *) = {decide, withdraw, decide};
    for (int round = 0; round < ROUNDS; round++) {
        struct racer list[3];
        struct id id = works_filed(&w);
        for (size_t i = 0; i < 3; i++)
            list[i] = (struct racer){.w = &w,
                                     .a = arena_new("racer"),
                                     .x = another(&w),
                                     .id = id,
                                     .token = works_token(&w, id, "accept"),
                                     .outcome = "accept"};
        (void)race(list, 3, run);
        assert_int_equal(list[1].code, 0);
        assert_slice(json_string(works_view(&w, id, VIEW_OWNER), "state"), "withdrawn");
        assert_int_equal(works_number(&w, "SELECT COUNT(*) FROM case_task WHERE case_id=?1 AND status<3", id), 0);
        assert_int_equal(works_number(&w, "SELECT COUNT(*) FROM case_timer WHERE case_id=?1", id), 0);
    }
}

/* Two claims, two transfers of one task in the same instant: one task, one holder. */
static void *claim(void *p)
{
    struct racer *r = p;
    struct case_done done;
    struct case_command k = works_command(r->w, &r->x, "claim", NULL, S(""), r->id);
    k.a = r->a;
    pthread_barrier_wait(r->start);
    result res = task_claim(&k, r->token, &done);
    r->code = failed(res) ? result_code(res) : 0;
    return NULL;
}

static void claimed_at_once(struct store_fixture *f)
{
    struct works w;
    works_open(&w, f);
    void *(*run[OFFICERS])(void *);
    for (size_t i = 0; i < OFFICERS; i++) run[i] = claim;
    for (int round = 0; round < ROUNDS; round++) {
        struct racer list[OFFICERS];
        struct id id = works_accepted(&w, 4);
        for (size_t i = 0; i < OFFICERS; i++)
            list[i] = (struct racer){
                .w = &w, .a = arena_new("racer"), .x = another(&w), .id = id, .token = works_token(&w, id, "draw")};
        assert_int_equal(race(list, OFFICERS, run), 1);
        struct slice holder = works_text(&w, "SELECT assignee FROM case_task WHERE case_id=?1 AND node='draw'", id);
        for (size_t i = 0; i < OFFICERS; i++) {
            if (list[i].code == 0)
                assert_true(slice_eq(holder, id_bytes(&list[i].x.account)));
            else
                assert_int_equal(list[i].code, CODE_TASK_TAKEN);
        }
    }
}

/* ---- filing and erasure ---- */

static struct actor somebody(struct works *w, int serial)
{
    struct slice number;
    struct id account;
    struct actor x;
    const struct slice parts[] = {S("441900"), S("19910307"), arena_printf(w->a, "%03d", serial)};
    assert_good(w->a, identifier_generate(w->a, ID_KIND_RESIDENT_ID, parts, 3, S("number"), &number));
    struct registration r = {.name = S("何人"),
                             .id_kind = S("resident_id"),
                             .id_number = number,
                             .login = arena_printf(w->a, "somebody%d", serial),
                             .password = S("Riverside-Lantern-7")};
    assert_good(w->a, identity_register(w->c, w->a, &r, w->now, &account));
    assert_good(w->a, actor_of_login(w->c, w->a, r.login, &x));
    return x;
}

static void *file_it(void *p)
{
    struct racer *r = p;
    struct case_done done;
    struct works w = *r->w;
    w.a = r->a;
    const struct json *form = works_form(&w, "鸿福路 1 号", 4);
    pthread_barrier_wait(r->start);
    result res = works_file(&w, &r->x, "filed-while-erased", form, &done);
    r->code = failed(res) ? result_code(res) : 0;
    return NULL;
}

static void *erase_it(void *p)
{
    struct racer *r = p;
    pthread_barrier_wait(r->start);
    result res = erasure_approve(r->w->c, r->a, &r->x, r->id, 0, r->w->now);
    r->code = failed(res) ? result_code(res) : 0;
    return NULL;
}

/* Either the case is there and the erasure waits for its end, or the person is gone and has no case. */
static void filed_while_erased(struct store_fixture *f)
{
    struct works w;
    const struct actor *security = NULL;
    works_open(&w, f);
    for (size_t i = 0; i < w.t->nstaff; i++)
        if (actor_has_role(&w.t->staff[i], ROLE_SECURITY, S(""), S(""))) security = &w.t->staff[i];
    assert_non_null(security);
    for (int round = 0; round < 3 * ROUNDS; round++) {
        struct racer list[2];
        void *(*const run[])(void *) = {round % 2 ? file_it : erase_it, round % 2 ? erase_it : file_it};
        struct actor x = somebody(&w, round + 1);
        struct id request;
        assert_good(w.a, erasure_request(w.c, w.a, &x, 0, w.now, &request));
        for (size_t i = 0; i < 2; i++)
            list[i] =
                (struct racer){.w = &w, .a = arena_new("racer"), .x = run[i] == file_it ? x : *security, .id = request};
        assert_int_equal(race(list, 2, run), 1);
        for (size_t i = 0; i < 2; i++) {
            enum code want = run[i] == file_it ? CODE_VAULT_ERASED : CODE_ERASURE_OPEN_CASES;
            if (list[i].code && list[i].code != want) fail_msg("the loser is told %s", code_name(list[i].code));
        }
        assert_int_equal(
            store_test_number(f, "SELECT COUNT(*) FROM case_file JOIN subject ON subject.id = case_file.subject"
                                 " WHERE subject.erased_at > 0"),
            0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_BOTH(filed_while_erased),
        ON_BOTH(two_officers_at_once),
        ON_BOTH(withdrawn_while_decided),
        ON_BOTH(claimed_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
