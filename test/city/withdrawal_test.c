/* Withdrawal of the whole or of a step, at any moment, with work under way. What comes too late leaves nothing behind. */
#include "city/cases/run.h"
#include "test/city/works.h"

static result withdraw(struct works *w, const struct actor *x, struct id id, const char *step)
{
    struct case_done done;
    struct case_command k = works_command(w, x, "withdraw", NULL, S(""), id);
    return case_withdraw(&k, slice_cstr(step), S("不办了"), &done);
}

static struct slice step_state(struct works *w, struct id id, const char *key)
{
    const struct json *steps = json_get(works_view(w, id, VIEW_OWNER), "steps");
    for (size_t i = 0; i < steps->n; i++)
        if (slice_is(json_string(steps->items[i], "key"), key)) return json_string(steps->items[i], "state");
    fail_msg("no step %s", key);
    return S("");
}

static int64_t left(struct works *w, struct id id, const char *table)
{
    return works_number(w, arena_cstr(w->a, arena_printf(w->a, "SELECT COUNT(*) FROM %s WHERE case_id = ?1", table)),
                        id);
}

static void the_whole_case(struct store_fixture *f)
{
    static const char *const AT[] = {"filed", "accepted", "choose", "review", "sign"};
    struct works w;
    works_open(&w, f);
    for (size_t i = 0; i < 5; i++) {
        struct id id = i == 0 ? works_filed(&w) : i == 1 ? works_accepted(&w, 4) : works_until(&w, AT[i]);
        assert_code(withdraw(&w, w.lisi, id, ""), CODE_NOT_FOUND);
        assert_code(withdraw(&w, w.handler, id, ""), CODE_NOT_FOUND);
        assert_good(w.a, withdraw(&w, w.zhangsan, id, ""));
        const struct json *v = works_view(&w, id, VIEW_OWNER);
        assert_slice(json_string(v, "state"), "withdrawn");
        assert_int_equal(works_number(&w, "SELECT COUNT(*) FROM case_task WHERE case_id=?1 AND status<3", id), 0);
        assert_int_equal(left(&w, id, "case_timer"), 0);
        works_jobs(&w);
        assert_int_equal(left(&w, id, "case_job"), 0);
        assert_code(withdraw(&w, w.zhangsan, id, ""), CODE_CASE_CLOSED);
        assert_int_equal(json_get(v, "tasks")->n, 0);
    }
}

static void a_step_alone(struct store_fixture *f)
{
    struct works w;
    works_open(&w, f);
    struct id id = works_accepted(&w, 4);
    result r = withdraw(&w, w.zhangsan, id, "none");
    assert_code(r, CODE_CASE_STEP_UNKNOWN);
    assert_slice(r.problem->field, "/step");
    assert_code(withdraw(&w, w.zhangsan, id, "look"), CODE_CASE_STEP_NEEDED);
    assert_good(w.a, withdraw(&w, w.zhangsan, id, "plan"));
    assert_slice(step_state(&w, id, "plan"), "withdrawn");
    assert_false(works_has(&w, id, "draw"));
    assert_code(withdraw(&w, w.zhangsan, id, "plan"), CODE_CASE_STEP_NOT_RUNNING);
    assert_good(w.a,
                works_decide(&w, w.handler, id, "look", "done", test_json(w.a, S("{\"visit_on\":\"2021-09-23\"}"))));
    assert_true(works_has(&w, id, "choose"));
}

/* The job waits in its row: the withdrawal takes it away. */
static void a_step_whose_job_waits(struct store_fixture *f)
{
    struct works w;
    works_open(&w, f);
    struct id id = works_accepted(&w, 4);
    assert_good(w.a, works_decide(&w, w.handler, id, "draw", "done", NULL));
    assert_int_equal(works_number(&w, "SELECT COUNT(*) FROM case_job WHERE case_id=?1 AND token>0", id), 1);
    assert_good(w.a, withdraw(&w, w.zhangsan, id, "plan"));
    assert_int_equal(works_number(&w, "SELECT COUNT(*) FROM case_job WHERE case_id=?1 AND token>0", id), 0);
    works_jobs(&w);
    assert_int_equal(atomic_load(&works_noted), 0);
}

/* ---- the job is being done while the applicant withdraws ---- */

struct during {
    struct works *w;
    struct id id;
    const char *step;
    result r;
};

static void withdraw_now(void *ctx)
{
    struct during *d = ctx;
    d->r = withdraw(d->w, d->w->zhangsan, d->id, d->step);
}

static void under_way(struct store_fixture *f, const char *step)
{
    struct works w;
    works_open(&w, f);
    struct id id = works_accepted(&w, 4);
    assert_good(w.a, works_decide(&w, w.handler, id, "draw", "done", NULL));
    struct during d = {&w, id, step, {NULL}};
    works_during_ctx = &d;
    works_during = withdraw_now;
    works_jobs(&w);
    works_during = NULL;
    assert_good(w.a, d.r);
    assert_int_equal(atomic_load(&works_noted), 1);
    assert_int_equal(left(&w, id, "case_job"), 0);
    assert_slice(step_state(&w, id, "plan"), "withdrawn");
    assert_null(json_get(json_get(works_view(&w, id, VIEW_STAFF), "vars"), "noted"));
}

static void a_step_whose_job_is_under_way(struct store_fixture *f)
{
    under_way(f, "plan");
}
static void the_whole_while_a_job_is_under_way(struct store_fixture *f)
{
    under_way(f, "");
}

/* The permit is signed already when the withdrawal comes: nobody may ever see it. */
static void no_document_after_withdrawal(struct store_fixture *f)
{
    static const struct stmt JOB = {"test_job", "SELECT id FROM case_job WHERE case_id=?1 AND token>0", NULL, false};
    struct works w;
    struct rows rows;
    struct case_job *job;
    struct case_done done;
    struct id job_id;
    bool there;
    works_open(&w, f);
    struct id id = works_until(&w, "sign");
    struct sql_value v = sql_id(&id);
    assert_good(w.a, works_decide(&w, w.handler2, id, "sign", "approve", NULL));
    works_at(&w, "2021-09-22T09:01");
    assert_good(w.a, store_query(w.c->store, w.a, &JOB, &v, 1, &rows));
    assert_int_equal(rows.n, 1);
    assert_true(id_from_bytes(row(&rows, 0)[0].s, &job_id));
    assert_good(w.a, case_job_do(w.c, w.a, w.now, job_id, &job, &there));
    assert_true(there);
    assert_good(w.a, withdraw(&w, w.zhangsan, id, ""));
    assert_good(w.a, run_command(case_job_prepare(w.c, w.a, w.now, job, &done)));
    works_jobs(&w);
    const struct json *documents = json_get(works_view(&w, id, VIEW_OWNER), "documents");
    size_t ended = 0;
    for (size_t i = 0; i < documents->n; i++) {
        assert_false(slice_is(json_string(documents->items[i], "kind"), "permit"));
        ended += slice_is(json_string(documents->items[i], "kind"), "withdrawn");
    }
    assert_int_equal(ended, 1);
    assert_int_equal(left(&w, id, "case_blob"), documents->n);
}

/* ---- a licence of the case was issued ---- */

#define LICENCE_INPUTS                                                                    \
    "<tb:input name=\"type\" value=\"&quot;permit&quot;\"/><tb:input name=\"type_code\" " \
    "value=\"&quot;11100000MB0341032Y001&quot;\"/><tb:input name=\"template\" value=\"&quot;permit&quot;\"/>"
/* The permit is a licence, and comes first of all in the step "look". */
static const char *const LICENCE_FIRST[][2] = {
    {"tb:verb=\"document.issue\" tb:step=\"decide\"", "tb:verb=\"licence.issue\" tb:step=\"look\""},
    {"<tb:input name=\"template\" value=\"&quot;permit&quot;\"/>", LICENCE_INPUTS},
    {"id=\"f4\" sourceRef=\"split\" targetRef=\"look\"", "id=\"f4\" sourceRef=\"split\" targetRef=\"issue\""},
    {"id=\"f15\" sourceRef=\"issue\" targetRef=\"granted\"", "id=\"f15\" sourceRef=\"issue\" targetRef=\"look\""},
    {"id=\"f14\" sourceRef=\"sign\" targetRef=\"issue\"", "id=\"f14\" sourceRef=\"sign\" targetRef=\"granted\""},
    {NULL, NULL}};
/* … or in the optional step "plan". */
static const char *const LICENCE_IN_PLAN[][2] = {
    {"tb:verb=\"document.issue\" tb:step=\"decide\"", "tb:verb=\"licence.issue\" tb:step=\"plan\""},
    {"<tb:input name=\"template\" value=\"&quot;permit&quot;\"/>", LICENCE_INPUTS},
    {"id=\"f5\" sourceRef=\"split\" targetRef=\"draw\"", "id=\"f5\" sourceRef=\"split\" targetRef=\"issue\""},
    {"id=\"f15\" sourceRef=\"issue\" targetRef=\"granted\"", "id=\"f15\" sourceRef=\"issue\" targetRef=\"draw\""},
    {"id=\"f14\" sourceRef=\"sign\" targetRef=\"issue\"", "id=\"f14\" sourceRef=\"sign\" targetRef=\"granted\""},
    {NULL, NULL}};

static bool offered(struct works *w, struct id id)
{
    const struct json *can = json_get(works_view(w, id, VIEW_OWNER), "can");
    for (size_t i = 0; i < can->n; i++)
        if (slice_is(can->items[i]->text, "withdraw")) return true;
    return false;
}

static bool step_offered(struct works *w, struct id id, const char *key)
{
    const struct json *steps = json_get(works_view(w, id, VIEW_OWNER), "steps");
    for (size_t i = 0; i < steps->n; i++)
        if (slice_is(json_string(steps->items[i], "key"), key))
            return json_bool(steps->items[i], "can_withdraw", false);
    return false;
}

static struct id with_licence(struct works *w, struct store_fixture *f, const char *const (*pairs)[2])
{
    works_open(w, f);
    works_change(w, "shop_front", pairs);
    struct id id = works_accepted(w, 4);
    assert_true(offered(w, id) && step_offered(w, id, "plan"));
    works_jobs(w);
    assert_int_equal(left(w, id, "licence"), 1);
    return id;
}

static void refused_as_licensed(struct works *w, struct id id, const char *step, const char *field)
{
    result r = withdraw(w, w->zhangsan, id, step);
    assert_code(r, CODE_CASE_LICENSED);
    assert_slice(r.problem->field, field);
    assert_int_equal(works_number(w, "SELECT COUNT(*) FROM licence WHERE case_id=?1 AND status='valid'", id), 1);
}

static void what_was_granted_is_not_withdrawn(struct store_fixture *f)
{
    struct works w;
    struct id id = with_licence(&w, f, LICENCE_FIRST);
    assert_false(offered(&w, id));
    refused_as_licensed(&w, id, "", "case");
    assert_slice(json_string(works_view(&w, id, VIEW_OWNER), "state"), "handling");
    /* what is left may still be left out */
    assert_true(step_offered(&w, id, "plan"));
    assert_good(w.a, withdraw(&w, w.zhangsan, id, "plan"));
    assert_slice(step_state(&w, id, "plan"), "withdrawn");
    refused_as_licensed(&w, id, "", "case");
}

static void nor_is_the_step_it_was_granted_in(struct store_fixture *f)
{
    struct works w;
    struct id id = with_licence(&w, f, LICENCE_IN_PLAN);
    assert_false(offered(&w, id) || step_offered(&w, id, "plan"));
    refused_as_licensed(&w, id, "plan", "/step");
    refused_as_licensed(&w, id, "", "case");
    assert_slice(step_state(&w, id, "plan"), "running");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_BOTH(the_whole_case),
        ON_BOTH(a_step_alone),
        ON_BOTH(a_step_whose_job_waits),
        ON_BOTH(a_step_whose_job_is_under_way),
        ON_BOTH(the_whole_while_a_job_is_under_way),
        ON_BOTH(no_document_after_withdrawal),
        ON_BOTH(what_was_granted_is_not_withdrawn),
        ON_BOTH(nor_is_the_step_it_was_granted_in),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
