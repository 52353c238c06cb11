/* Lost replies are harmless: the same key gives the same answer, refusals included; another body under it is refused. */
#include "test/city/works.h"

#include <pthread.h>

static int64_t cases(struct works *w)
{
    return works_number(w, "SELECT COUNT(*) FROM case_file WHERE ?1 = ?1", w->zhangsan->account);
}

static void a_filing_is_done_once(struct store_fixture *f)
{
    struct works w;
    struct case_done first, again;
    works_open(&w, f);
    const struct json *form = works_form(&w, "示范路", 4);
    assert_good(w.a, works_file(&w, w.zhangsan, "key-one-1", form, &first));
    assert_false(first.replayed);
    assert_good(w.a, works_file(&w, w.zhangsan, "key-one-1", form, &again));
    assert_true(again.replayed && id_eq(first.case_id, again.case_id) && again.version == first.version);
    assert_int_equal(cases(&w), 1);
    assert_code(works_file(&w, w.zhangsan, "key-one-1", works_form(&w, "示范路", 5), &again), CODE_IDEMPOTENCY_BODY);
    assert_int_equal(cases(&w), 1);
    /* a key belongs to whom it was used by */
    assert_good(w.a, works_file(&w, w.lisi, "key-one-1", form, &again));
    assert_false(again.replayed);
    assert_int_equal(cases(&w), 2);
}

/* A form that is not good is refused before any unit; that answer is kept as well, and its body is not in clear. */
static void a_refused_filing_is_answered_alike(struct store_fixture *f)
{
    struct works w;
    struct case_done done;
    works_open(&w, f);
    const struct json *bad = works_form(&w, "秘密路", 4000);
    result first = works_file(&w, w.zhangsan, "key-bad-1", bad, &done);
    assert_code(first, CODE_FIELD_MAXIMUM);
    assert_slice(first.problem->field, "/area_m2");
    result again = works_file(&w, w.zhangsan, "key-bad-1", bad, &done);
    assert_code(again, CODE_FIELD_MAXIMUM);
    assert_true(done.replayed);
    assert_true(slice_eq(problem_text(w.a, first.problem, LANG_ZH), problem_text(w.a, again.problem, LANG_ZH)));
    assert_code(works_file(&w, w.zhangsan, "key-bad-1", works_form(&w, "示范路", 4), &done), CODE_IDEMPOTENCY_BODY);
    assert_int_equal(cases(&w), 0);
    assert_int_equal(
        works_number(&w, "SELECT COUNT(*) FROM idempotency WHERE reply LIKE '%area%' AND ?1 = ?1", w.zhangsan->account),
        0);
}

static result claim(struct works *w, const struct actor *x, const char *key, struct slice body, struct id id,
                    struct case_done *done)
{
    struct case_command k = works_command(w, x, "claim", key, body, id);
    *done = (struct case_done){.version = 0};
    return task_claim(&k, works_token(w, id, "accept"), done);
}

static void a_command_on_a_case_is_done_once(struct store_fixture *f)
{
    struct works w;
    struct case_done done, other;
    works_open(&w, f);
    struct id id = works_filed(&w);
    assert_good(w.a, claim(&w, w.handler, "claim-key", S("{}"), id, &done));
    assert_int_equal(done.version, 2);
    assert_good(w.a, claim(&w, w.handler, "claim-key", S("{}"), id, &other));
    assert_true(other.replayed);
    assert_int_equal(other.version, 2);
    assert_code(claim(&w, w.handler, "claim-key", S("{\"x\":1}"), id, &other), CODE_IDEMPOTENCY_BODY);
    assert_int_equal(works_number(&w, "SELECT COUNT(*) FROM case_event WHERE case_id = ?1", id), 2);
    /* without a key each is a command of its own */
    assert_good(w.a, claim(&w, w.handler, NULL, S("{}"), id, &other));
    assert_int_equal(other.version, 3);
}

/* The answer stays what it was although the reason has gone. */
static void a_refusal_is_answered_alike(struct store_fixture *f)
{
    struct works w;
    struct case_done done;
    works_open(&w, f);
    struct id id = works_filed(&w);
    assert_good(w.a, claim(&w, w.handler, NULL, S("{}"), id, &done));
    assert_code(claim(&w, w.handler2, "late-claim", S("{}"), id, &done), CODE_TASK_TAKEN);
    struct case_command k = works_command(&w, w.handler, "release", NULL, S(""), id);
    assert_good(w.a, task_release(&k, works_token(&w, id, "accept"), &done));
    result again = claim(&w, w.handler2, "late-claim", S("{}"), id, &done);
    assert_code(again, CODE_TASK_TAKEN);
    assert_true(done.replayed);
    assert_true(slice_search(problem_text(w.a, again.problem, LANG_EN),
                             works_text(&w, "SELECT number FROM case_file WHERE id=?1", id)) != SIZE_MAX);
    assert_code(claim(&w, w.handler2, "late-claim", S("{\"x\":1}"), id, &done), CODE_IDEMPOTENCY_BODY);
    assert_good(w.a, claim(&w, w.handler2, "new-claim", S("{}"), id, &done));
}

/* ---- twice at once ---- */

enum { FILERS = 8, ROUNDS = 6 };
struct filer {
    struct works *w;
    struct arena *a;
    const char *key;
    const struct json *form, *snapshot;
    struct case_done done;
    enum code code;
    pthread_barrier_t *start;
};

static void *file_at_once(void *p)
{
    struct filer *x = p;
    struct case_filing f = {.service = x->w->service,
                            .data = x->form,
                            .town = WORKS_TOWN,
                            .subject = x->w->zhangsan->subject,
                            .applicant = x->snapshot,
                            .channel = S("online")};
    struct case_command k = works_command(x->w, x->w->zhangsan, "file", x->key, S("{}"), ID_NONE);
    k.a = x->a;
    pthread_barrier_wait(x->start);
    result r = case_file(&k, &f, &x->done);
    x->code = failed(r) ? result_code(r) : 0;
    return NULL;
}

static void filed_twice_at_once_is_one_case(struct store_fixture *f)
{
    struct works w;
    pthread_barrier_t start;
    works_open(&w, f);
    const struct json *form = works_form(&w, "示范路", 4), *snapshot;
    assert_good(w.a, subject_snapshot(w.c, w.a, w.zhangsan->subject, &snapshot));
    pthread_barrier_init(&start, NULL, FILERS);
    for (int round = 0; round < ROUNDS; round++) {
        struct filer list[FILERS];
        pthread_t threads[FILERS];
        const char *key = arena_cstr(w.a, arena_printf(w.a, "at-once-%d", round));
        for (size_t i = 0; i < FILERS; i++) {
            list[i] = (struct filer){
                .w = &w, .a = arena_new("filer"), .key = key, .form = form, .snapshot = snapshot, .start = &start};
            assert_int_equal(pthread_create(&threads[i], NULL, file_at_once, &list[i]), 0);
        }
        size_t fresh = 0;
        for (size_t i = 0; i < FILERS; i++) {
            pthread_join(threads[i], NULL);
            assert_int_equal(list[i].code, 0);
            assert_true(id_eq(list[i].done.case_id, list[0].done.case_id));
            fresh += !list[i].done.replayed;
        }
        assert_int_equal(fresh, 1);
        for (size_t i = 0; i < FILERS; i++) arena_free(list[i].a);
        assert_int_equal(cases(&w), round + 1);
    }
    pthread_barrier_destroy(&start);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_BOTH(a_filing_is_done_once),
        ON_BOTH(a_refused_filing_is_answered_alike),
        ON_BOTH(a_command_on_a_case_is_done_once),
        ON_BOTH(a_refusal_is_answered_alike),
        ON_BOTH(filed_twice_at_once_is_one_case),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
