/* Jobs: done outside any transaction, at least once, and their result counts once. */
#include "city/cases/run.h"
#include "city/messages/messages.h"
#include "test/city/works.h"

#include <pthread.h>

static const struct stmt JOB = {
    "jobs_job", "SELECT id, tries, error, due_at FROM case_job WHERE case_id=?1 AND token>0", NULL, false};

static struct rows job(struct works *w, struct id id)
{
    struct rows r;
    struct sql_value v = sql_id(&id);
    assert_good(w->a, store_query(w->c->store, w->a, &JOB, &v, 1, &r));
    return r;
}

static struct id with_job(struct works *w)
{
    struct id id = works_accepted(w, 4);
    works_jobs(w); /* the notice of acceptance */
    assert_good(w->a, works_decide(w, w->handler, id, "draw", "done", NULL));
    assert_int_equal(job(w, id).n, 1);
    return id;
}

static const struct json *noted(struct works *w, struct id id)
{
    const struct json *seen;
    assert_good(w->a, desk_case(w->c, w->a, w->handler, id, w->now, &seen));
    return json_get(json_get(seen, "vars"), "noted");
}

static size_t run(struct works *w, enum code code)
{
    size_t done;
    result r = case_jobs_run(w->c, w->a, w->now, 64, &done);
    if (code)
        assert_code(r, code);
    else
        assert_good(w->a, r);
    return done;
}

/* An outage passes: longer and longer pauses, then it is done, once. */
static void an_outage_passes(struct store_fixture *f)
{
    struct works w;
    works_open(&w, f);
    struct id id = with_job(&w);
    atomic_store(&works_note, WORKS_NOTE_OUT_OF_ORDER);
    for (int i = 0; i < 4; i++) {
        assert_int_equal(run(&w, CODE_UNAVAILABLE), 0);
        struct rows r = job(&w, id);
        assert_int_equal(r.n, 1);
        assert_int_equal(row(&r, 0)[1].i, i + 1);
        assert_int_equal(row(&r, 0)[3].i, w.now + (MS_SECOND << i));
        assert_slice(row(&r, 0)[2].s, "unavailable"); /* the code: the message repeats what somebody wrote */
        assert_int_equal(run(&w, 0), 0);              /* not before its time */
        works_set(&w, w.now + (MS_SECOND << i));
    }
    assert_null(noted(&w, id));
    atomic_store(&works_note, WORKS_NOTE_GOOD);
    assert_int_equal(run(&w, 0), 1);
    assert_int_equal(json_int(noted(&w, id), "length", 0), (int64_t)strlen("示范路"));
    assert_int_equal(job(&w, id).n, 0);
    assert_int_equal(run(&w, 0), 0);
    assert_int_equal(atomic_load(&works_noted), 5);
}

/* Messages in the inbox of the department's head that say the case stands still. */
static int told_head(struct works *w)
{
    const struct json *inbox;
    size_t done;
    int n = 0;
    assert_good(w->a, messages_run(w->c, w->a, w->now, 64, &done));
    assert_good(w->a, inbox_list(w->c, w->a, w->head, 50, S(""), &inbox));
    const struct json *items = json_get(inbox, "items");
    for (size_t i = 0; i < items->n; i++) {
        struct slice title = json_string(json_get(items->items[i], "title"), "zh");
        struct slice body = json_string(json_get(items->items[i], "body"), "en");
        n += slice_search(title, S("办理停滞")) != SIZE_MAX && slice_search(body, S("备案")) != SIZE_MAX;
    }
    return n;
}

/* The desk says where the case stands still and why, in both languages; to the head also that it can be tried again. */
static void standstill(struct works *w, struct id id, const struct actor *x, bool may)
{
    const struct json *seen, *i;
    assert_good(w->a, desk_case(w->c, w->a, x, id, w->now, &seen));
    assert_int_equal(json_get(seen, "incidents")->n, 1);
    i = json_get(seen, "incidents")->items[0];
    assert_slice(json_string(json_get(i, "title"), "zh"), "备案");
    assert_true(slice_search(json_string(json_get(i, "text"), "zh"), S("这一步没有办成：")) != SIZE_MAX);
    struct slice en = json_string(json_get(i, "text"), "en"), remedy = json_string(json_get(i, "remedy"), "en");
    assert_true(slice_starts(en, S("This step could not be done: ")));
    assert_true(remedy.n && json_string(i, "at").n);
    assert_slice(json_string(i, "code"), "process.verb_failed");
    assert_int_equal(json_bool(i, "can_retry", !may), may);
}

/* What will not pass goes to the process, which says what then: here, a human. */
static void a_refusal_goes_to_the_process(struct store_fixture *f)
{
    struct works w;
    works_open(&w, f);
    struct id id = with_job(&w);
    atomic_store(&works_note, WORKS_NOTE_REFUSES);
    assert_int_equal(run(&w, 0), 1);
    assert_int_equal(job(&w, id).n, 0);
    const struct json *history = json_get(works_view(&w, id, VIEW_OWNER), "history");
    bool told = false;
    struct case_done done;
    struct case_command k = works_command(&w, w.handler, "retry", NULL, S(""), id);
    for (size_t i = 0; i < history->n; i++)
        told = told || slice_is(json_string(json_get(history->items[i], "text"), "zh"), "流程遇到异常，等待处理");
    assert_true(told);
    /* the head of the department hears of it, once */
    assert_int_equal(told_head(&w), 1);
    assert_int_equal(run(&w, 0), 0);
    assert_int_equal(told_head(&w), 1);
    standstill(&w, id, w.handler, false);
    standstill(&w, id, w.head, true);
    /* mended: the head has it tried again */
    assert_code(case_retry(&k, &done), CODE_FORBIDDEN);
    k.actor = w.head;
    assert_good(w.a, case_retry(&k, &done));
    assert_int_equal(job(&w, id).n, 1);
    assert_int_equal(run(&w, 0), 1); /* in vain: another incident */
    assert_int_equal(told_head(&w), 2);
    assert_good(w.a, case_retry(&k, &done));
    atomic_store(&works_note, WORKS_NOTE_GOOD);
    assert_int_equal(run(&w, 0), 1);
    assert_int_equal(told_head(&w), 2);
    assert_int_equal(json_int(noted(&w, id), "length", 0), (int64_t)strlen("示范路"));
    assert_code(case_retry(&k, &done), CODE_CASE_NO_INCIDENT);
}

/* An outage of a day, and the process knows no other way: the case waits, it does not break. */
static void a_long_outage(struct store_fixture *f)
{
    struct works w;
    size_t done;
    works_open(&w, f);
    struct id id = with_job(&w);
    atomic_store(&works_note, WORKS_NOTE_OUT_OF_ORDER);
    for (int i = 0; i < 24; i++) {
        result r = case_jobs_run(w.c, w.a, w.now, 64, &done);
        assert_int_equal(failed(r), i < 7); /* then it goes by the process's door, which is asked and says nothing */
        struct rows rows = job(&w, id);
        assert_int_equal(rows.n, 1);
        assert_int_equal(row(&rows, 0)[1].i, i + 1);
        assert_true(row(&rows, 0)[3].i <= w.now + 1024 * MS_SECOND);
        works_set(&w, w.now + MS_HOUR);
    }
    assert_int_equal(works_number(&w, "SELECT COUNT(*) FROM case_event WHERE case_id=?1 AND kind='job'", id), 1);
    atomic_store(&works_note, WORKS_NOTE_GOOD);
    assert_int_equal(run(&w, 0), 1);
    assert_int_equal(json_int(noted(&w, id), "length", 0), (int64_t)strlen("示范路"));
}

/* A worker that died: nobody else takes the job while its lease runs, and somebody does afterwards. */
static void a_lost_lease(struct store_fixture *f)
{
    struct works w;
    struct rows r;
    works_open(&w, f);
    struct id id = with_job(&w);
    assert_good(w.a, store_lease(w.c->store, w.a, "case_job", id_new(w.now), MS_MINUTE, 64, &r));
    assert_int_equal(r.n, 1);
    assert_int_equal(run(&w, 0), 0);
    works_set(&w, w.now + MS_MINUTE + 1);
    assert_int_equal(run(&w, 0), 1);
    assert_int_equal(json_int(noted(&w, id), "length", 0), (int64_t)strlen("示范路"));
}

/* Two workers did it (the first was slow beyond its lease): the first stored result wins, the other changes nothing. */
static void done_twice_counts_once(struct store_fixture *f)
{
    struct works w;
    struct id job_id;
    struct case_job *one, *two;
    struct case_done done;
    bool there;
    works_open(&w, f);
    struct id id = with_job(&w);
    struct rows r = job(&w, id);
    assert_true(id_from_bytes(row(&r, 0)[0].s, &job_id));
    assert_good(w.a, case_job_do(w.c, w.a, w.now, job_id, &one, &there));
    assert_true(there);
    assert_good(w.a, case_job_do(w.c, w.a, w.now, job_id, &two, &there));
    assert_true(there);
    assert_good(w.a, run_command(case_job_prepare(w.c, w.a, w.now, two, &done)));
    int64_t events = works_number(&w, "SELECT COUNT(*) FROM case_event WHERE case_id=?1", id);
    assert_good(w.a, run_command(case_job_prepare(w.c, w.a, w.now, one, &done)));
    assert_int_equal(works_number(&w, "SELECT COUNT(*) FROM case_event WHERE case_id=?1", id), events);
    assert_good(w.a, case_job_do(w.c, w.a, w.now, job_id, &one, &there));
    assert_false(there);
}

/* Documents: one a job, however often it was tried. */
static void one_document_a_job(struct store_fixture *f)
{
    struct works w;
    works_open(&w, f);
    struct id id = works_until(&w, "sign");
    assert_good(w.a, works_decide(&w, w.handler2, id, "sign", "approve", NULL));
    works_jobs(&w);
    assert_slice(json_string(works_view(&w, id, VIEW_OWNER), "state"), "delivered");
    assert_int_equal(works_number(&w, "SELECT COUNT(*) FROM case_document WHERE case_id=?1 AND kind='permit'", id), 1);
    assert_int_equal(works_number(&w, "SELECT COUNT(*) FROM case_document WHERE case_id=?1", id),
                     works_number(&w, "SELECT COUNT(*) FROM case_blob WHERE case_id=?1", id));
}

/* ---- many workers ---- */

enum { WORKERS = 4, CASES = 12 };
struct worker {
    struct works *w;
    result r;
    struct arena *a;
};

static void *work(void *p)
{
    struct worker *x = p;
    size_t done;
    do {
        x->r = case_jobs_run(x->w->c, x->a, x->w->now, 3, &done);
    } while (!failed(x->r) && done);
    return NULL;
}

static void many_workers_do_each_once(struct store_fixture *f)
{
    struct works w;
    struct id ids[CASES];
    struct worker list[WORKERS];
    pthread_t threads[WORKERS];
    works_open(&w, f);
    for (size_t i = 0; i < CASES; i++) ids[i] = with_job(&w);
    for (size_t i = 0; i < WORKERS; i++) {
        list[i] = (struct worker){.w = &w, .a = arena_new("worker")};
        assert_int_equal(pthread_create(&threads[i], NULL, work, &list[i]), 0);
    }
    for (size_t i = 0; i < WORKERS; i++) {
        pthread_join(threads[i], NULL);
        assert_good(w.a, list[i].r);
        arena_free(list[i].a);
    }
    assert_int_equal(atomic_load(&works_noted), CASES);
    for (size_t i = 0; i < CASES; i++) assert_int_equal(job(&w, ids[i]).n, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_BOTH(an_outage_passes),
        ON_BOTH(a_refusal_goes_to_the_process),
        ON_BOTH(a_long_outage),
        ON_BOTH(a_lost_lease),
        ON_BOTH(done_twice_counts_once),
        ON_BOTH(one_document_a_job),
        ON_BOTH(many_workers_do_each_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
