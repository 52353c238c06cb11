/* A folded case answers as before: to the applicant, to staff, in lists, searches, figures and exports, to a rebuild; commands put it
 * back; and what is not the journal any more is refused. */
#include "city/cases/archive.h"
#include "city/cases/measure.h"
#include "city/cases/archive_codec.h"
#include "city/cases/timeliness.h"
#include "city/identity/identity.h"
#include "test/city/opening.h"
#include "test/city/works.h"

#define YEAR (366 * MS_DAY)

static const char *const LICENCE[][2] = {
    {"tb:verb=\"document.issue\"", "tb:verb=\"licence.issue\""},
    {"<tb:input name=\"template\"",
     "<tb:input name=\"type\" value=\"&quot;permit&quot;\"/><tb:input name=\"valid_years\" value=\"1\"/><tb:input name=\"type_code\" "
     "value=\"&quot;11100000MB0341032Y001&quot;\"/><tb:input name=\"template\""},
    {NULL, NULL}};

static struct id granted(struct works *w)
{
    struct id id = works_until(w, "sign");
    assert_good(w->a, works_decide(w, w->handler2, id, "sign", "approve", NULL));
    works_jobs(w);
    return id;
}

/* Closed in each way a case can be: with a licence, refused, not accepted, withdrawn; and one that is open. */
enum { GRANTED, REFUSED, NOT_ACCEPTED, WITHDRAWN, OPEN, CASES };

static void closed_cases(struct works *w, struct id *id)
{
    struct case_done done;
    works_change(w, "shop_year", LICENCE);
    id[GRANTED] = granted(w);
    id[REFUSED] = works_until(w, "review");
    assert_good(w->a, works_decide(w, w->reviewer, id[REFUSED], "review", "reject", NULL));
    id[NOT_ACCEPTED] = works_filed(w);
    assert_good(w->a, works_decide(w, w->handler, id[NOT_ACCEPTED], "accept", "refuse", NULL));
    id[WITHDRAWN] = works_accepted(w, 60);
    struct case_command k = works_command(w, w->zhangsan, "withdraw", "archive-withdraw", S(""), id[WITHDRAWN]);
    assert_good(w->a, case_withdraw(&k, S(""), S("不再需要"), &done));
    id[OPEN] = works_accepted(w, 4);
    works_jobs(w);
    works_set(w, w->now + (ARCHIVE_AFTER + 30) * MS_DAY);
}

static size_t fold_now(struct works *w, size_t n)
{
    struct archive_at at = {.ended = 0};
    size_t looked, all = 0;
    do {
        assert_good(w->a, case_archive_run(w->c, w->a, w->now, n, &at, &looked));
        all += looked;
    } while (looked);
    return all;
}

/* Once they are in the sums, as the supervision's worker brings them there within seconds. */
static size_t fold(struct works *w, size_t n)
{
    assert_good(w->a, measures_roll(w->c, w->a));
    return fold_now(w, n);
}

static int64_t folded(struct works *w, struct id id)
{
    return works_number(w, "SELECT COUNT(*) FROM case_archive WHERE case_id=?1", id);
}

static void add(struct json_builder *b, const char *what, result r, const struct json *v)
{
    json_set(b, what, failed(r) ? json_of_cstr(b->a, code_name(result_code(r))) : v);
}

/* Everything anybody can learn of the case, and every answer that it is part of. */
static struct slice all_answers(struct works *w, struct id id)
{
    struct arena *a = w->a;
    const struct actor *const staff[] = {w->handler, w->handler2, w->reviewer, w->head};
    const struct json *v = NULL;
    struct json_builder b = json_builder(a);
    struct rows rows;
    for (int who = VIEW_OWNER; who <= VIEW_SHARED; who++) {
        result r = case_view(w->c, a, id, w->now, (enum case_audience)who, &v);
        add(&b, arena_cstr(a, arena_printf(a, "view %d", who)), r, v);
    }
    for (size_t i = 0; i < sizeof staff / sizeof *staff; i++) {
        result r = desk_case(w->c, a, staff[i], id, w->now, &v);
        add(&b, arena_cstr(a, arena_printf(a, "desk %zu", i)), r, v);
        r = desk_statistics(w->c, a, staff[i], w->now, &v);
        add(&b, arena_cstr(a, arena_printf(a, "figures %zu", i)), r, v);
        r = desk_search(w->c, a, staff[i], works_text(w, "SELECT number FROM case_file WHERE id=?1", id), w->now, &v);
        add(&b, arena_cstr(a, arena_printf(a, "search %zu", i)), r, v);
    }
    add(&b, "list", case_list_mine(w->c, a, w->zhangsan, S(""), 50, S(""), w->now, &v), v);
    add(&b, "licences", licence_list(w->c, a, w->zhangsan, w->now, &v), v);
    add(&b, "export", subject_cases(w->c, a, w->zhangsan->subject, w->now, &v), v);
    add(&b, "variables", case_variables(w->c, a, id, &v), v);
    add(&b, "timeliness", case_timeliness(w->c, a, S("shop_year"), w->now - YEAR, w->now, w->now, &v), v);
    result r = case_officers(w->c, a, id, &rows);
    assert_good(a, r);
    for (size_t i = 0; i < rows.n; i++)
        json_set_str(&b, arena_cstr(a, hex_encode(a, row(&rows, i)[0].s)), S("completed a task"));
    return json_write(a, json_object(&b));
}

static void expect_same(struct works *w)
{
    struct rebuild_report r;
    assert_good(w->a, case_rebuild(w->c, w->a, true, &r));
    if (r.differences) fail_msg("%.*s", SLICE_ARG(r.first_difference));
}

static void the_same_answers(struct store_fixture *f)
{
    struct works w;
    struct id id[CASES];
    struct slice before[CASES];
    struct rebuild_report r;
    works_open(&w, f);
    closed_cases(&w, id);
    for (size_t i = 0; i < CASES; i++) before[i] = all_answers(&w, id[i]);
    assert_true(before[GRANTED].n > 10000); /* answers, not refusals */
    expect_same(&w);
    assert_int_equal(fold(&w, 3), 4);
    for (size_t i = 0; i < CASES; i++) {
        assert_int_equal(folded(&w, id[i]), i != OPEN);
        if (i != OPEN) {
            assert_int_equal(works_number(&w, "SELECT COUNT(*) FROM case_event WHERE case_id=?1", id[i]), 0);
            assert_int_equal(works_number(&w, "SELECT COUNT(*) FROM case_task WHERE case_id=?1", id[i]), 0);
        }
        assert_slice(all_answers(&w, id[i]), arena_cstr(w.a, before[i]));
    }
    assert_int_equal(fold(&w, 64), 0);
    expect_same(&w);
    /* a rebuild leaves folded what is folded */
    assert_good(w.a, case_rebuild(w.c, w.a, false, &r));
    assert_int_equal(r.cases, CASES);
    for (size_t i = 0; i < CASES; i++) assert_slice(all_answers(&w, id[i]), arena_cstr(w.a, before[i]));
    expect_same(&w);
}

/* Every row of the journal and of the tasks, as text. */
static struct slice rows_of(struct works *w, struct id id)
{
    static const struct stmt EVENTS = {
        "t_events",
        "SELECT seq, at, kind, actor, idem, body_hash, payload_ct FROM case_event WHERE case_id=?1 ORDER BY seq", NULL,
        false};
    static const struct stmt TASKS = {"t_tasks", "SELECT * FROM case_task WHERE case_id=?1 ORDER BY token", NULL,
                                      false};
    const struct stmt *const both[] = {&EVENTS, &TASKS};
    struct buf b = buf_new(w->a, 1 << 24);
    struct sql_value v = sql_id(&id);
    for (size_t t = 0; t < 2; t++) {
        struct rows r;
        assert_good(w->a, store_query(w->c->store, w->a, both[t], &v, 1, &r));
        for (size_t i = 0; i < r.n * r.ncols; i++)
            buf_printf(&b, "%d:%lld:%.*s ", (int)r.v[i].type, (long long)r.v[i].i,
                       SLICE_ARG(hex_encode(w->a, r.v[i].s)));
    }
    return buf_slice(&b);
}

static void it_comes_back_as_it_was(struct store_fixture *f)
{
    struct works w;
    struct id id[CASES];
    struct slice rows[CASES], answers[CASES];
    works_open(&w, f);
    closed_cases(&w, id);
    for (size_t i = 0; i < CASES; i++) {
        rows[i] = rows_of(&w, id[i]);
        answers[i] = all_answers(&w, id[i]);
    }
    assert_int_equal(fold(&w, 64), 4);
    for (size_t i = 0; i < CASES; i++) {
        assert_good(w.a, case_unfold(w.c, w.a, id[i]));
        assert_good(w.a, case_unfold(w.c, w.a, id[i])); /* nothing any more */
        assert_int_equal(folded(&w, id[i]), 0);
        assert_true(slice_eq(rows_of(&w, id[i]), rows[i]));
        assert_slice(all_answers(&w, id[i]), arena_cstr(w.a, answers[i]));
    }
    expect_same(&w);
    assert_int_equal(fold(&w, 64), 4);
    expect_same(&w);
}

/* A command on a folded case: it is put back, carried out or refused as ever, and folded anew. */
static void commands_put_it_back(struct store_fixture *f)
{
    struct works w;
    struct id id[CASES];
    struct case_done done;
    int64_t gone;
    works_open(&w, f);
    closed_cases(&w, id);
    int64_t events = works_number(&w, "SELECT COUNT(*) FROM case_event WHERE case_id=?1", id[GRANTED]);
    instant expired = works_number(&w, "SELECT valid_to FROM licence WHERE case_id=?1", id[GRANTED]);
    fold(&w, 64);
    /* the same key again is answered from the journal, another command refused as for any closed case */
    struct case_command k = works_command(&w, w.zhangsan, "withdraw", "archive-withdraw", S(""), id[WITHDRAWN]);
    assert_good(w.a, case_withdraw(&k, S(""), S("不再需要"), &done));
    assert_true(done.replayed);
    k = works_command(&w, w.zhangsan, "urge", NULL, S(""), id[REFUSED]);
    assert_code(case_urge(&k, S("x"), &done), CODE_CASE_CLOSED);
    fold(&w, 64);
    assert_int_equal(folded(&w, id[WITHDRAWN]), 1);
    assert_int_equal(folded(&w, id[REFUSED]), 1);
    /* a licence that ends adds to the journal of a case long folded */
    works_set(&w, expired + LICENCE_KEPT + MS_DAY);
    assert_good(w.a, case_licences_sweep(w.c, w.a, w.now, &gone));
    assert_int_equal(gone, 1);
    assert_int_equal(works_number(&w, "SELECT COUNT(*) FROM case_event WHERE case_id=?1", id[GRANTED]), events + 1);
    fold(&w, 64);
    assert_int_equal(works_number(&w, "SELECT events FROM case_archive WHERE case_id=?1", id[GRANTED]), events + 1);
    expect_same(&w);
}

/* Of each byte that is kept: changed, it is noticed, by who reads and by a comparison. */
static void what_was_changed_is_noticed(struct store_fixture *f)
{
    static const struct {
        const char *edit;
        enum code code;
    } EDITS[] = {
        {"UPDATE case_archive SET digest = (SELECT digest FROM case_archive ORDER BY case_id LIMIT 1)",
         CODE_CRYPTO_BOX},
        {"UPDATE case_archive SET content_ct = (SELECT content_ct FROM case_archive ORDER BY case_id LIMIT 1)",
         CODE_CRYPTO_BOX},
        {"UPDATE archive_dictionary SET words = (SELECT digest FROM case_archive ORDER BY case_id LIMIT 1)",
         CODE_CASE_ARCHIVE},
    };
    struct works w;
    struct id id[CASES];
    const struct json *out;
    struct rebuild_report r;
    works_open(&w, f);
    closed_cases(&w, id);
    fold(&w, 64);
    store_test_script(f, "CREATE TABLE kept AS SELECT * FROM case_archive;"
                         "CREATE TABLE kept_words AS SELECT * FROM archive_dictionary");
    for (size_t i = 0; i < sizeof EDITS / sizeof *EDITS; i++) {
        store_test_script(f, EDITS[i].edit);
        assert_code(case_view(w.c, w.a, id[WITHDRAWN], w.now, VIEW_OWNER, &out), EDITS[i].code);
        assert_true(failed(case_unfold(w.c, w.a, id[WITHDRAWN])));
        assert_good(w.a, case_rebuild(w.c, w.a, true, &r));
        assert_true(r.differences > 0);
        store_test_script(f, "DELETE FROM case_archive; INSERT INTO case_archive SELECT * FROM kept;"
                             "DELETE FROM archive_dictionary; INSERT INTO archive_dictionary SELECT * FROM kept_words");
        expect_same(&w);
    }
    /* a task that the journal does not know */
    assert_good(w.a, case_unfold(w.c, w.a, id[WITHDRAWN]));
    store_test_script(f, "UPDATE case_task SET urged = urged + 1 WHERE status >= 3");
    fold(&w, 64);
    assert_good(w.a, case_rebuild(w.c, w.a, true, &r));
    assert_true(r.differences > 0);
    assert_true(slice_starts(r.first_difference, S("case_archive")) ||
                slice_starts(r.first_difference, S("case_task")));
}

/* What must not be folded yet, or cannot be: what is not in the sums, a letter that is still to be made, a destroyed key. */
static void passed_over(struct store_fixture *f)
{
    struct works w;
    struct id id[CASES];
    const struct json *out;
    works_open(&w, f);
    closed_cases(&w, id);
    store_test_script(f,
                      "UPDATE data_key SET wrapped = substr(wrapped, 1, 0) WHERE id = (SELECT id FROM case_file WHERE"
                      " state = 5)");
    works_set(&w, w.now - (ARCHIVE_AFTER + 29) * MS_DAY);
    assert_int_equal(fold_now(&w, 64), 0); /* too early */
    works_set(&w, w.now + (ARCHIVE_AFTER + 29) * MS_DAY);
    store_test_script(
        f,
        "INSERT INTO case_job (id, case_id, token, verb, step, input_ct, tries, error, due_at, lease_until, lease_owner)"
        " SELECT id, id, 0, 'paper.issue', '', engine, 0, '', 9000000000000, 0, NULL FROM case_file WHERE state = 4");
    fold_now(&w, 64);
    assert_int_equal(folded(&w, id[GRANTED]), 0);
    fold(&w, 64);
    assert_int_equal(folded(&w, id[NOT_ACCEPTED]), 0);
    assert_int_equal(folded(&w, id[WITHDRAWN]), 0);
    assert_int_equal(folded(&w, id[GRANTED]), 1);
    assert_code(case_view(w.c, w.a, id[WITHDRAWN], w.now, VIEW_OWNER, &out), CODE_VAULT_ERASED);
    store_test_script(f, "DELETE FROM case_job");
    assert_int_equal(fold(&w, 64), 1); /* the erased one is not asked about again */
    assert_int_equal(folded(&w, id[NOT_ACCEPTED]), 1);
}

/* What nobody had a task of: a case that went through by itself. */
static void without_a_task(struct store_fixture *f)
{
    struct works w;
    struct service_files folder;
    struct case_done done;
    works_open(&w, f);
    assert_good(w.a,
                service_files_read(w.a, slice_cstr(test_city_source(w.a, "test/city/flow/market_close")), &folder));
    assert_good(w.a, catalogue_install(w.c->catalogue, w.a, &folder, 1, w.now));
    assert_good(w.a, catalogue_current(w.c->catalogue, w.a, S("market_close"), &w.service));
    assert_good(w.a, works_file(&w, w.zhangsan, NULL, test_json(w.a, S("{\"why\":\"修路\"}")), &done));
    works_jobs(&w);
    assert_int_equal(works_number(&w, "SELECT COUNT(*) FROM case_task WHERE case_id=?1", done.case_id), 0);
    works_set(&w, w.now + (ARCHIVE_AFTER + 30) * MS_DAY);
    struct slice before = all_answers(&w, done.case_id);
    assert_int_equal(fold(&w, 64), 1);
    assert_int_equal(folded(&w, done.case_id), 1);
    assert_true(slice_eq(all_answers(&w, done.case_id), before));
    expect_same(&w);
    assert_good(w.a, case_unfold(w.c, w.a, done.case_id));
    assert_true(slice_eq(all_answers(&w, done.case_id), before));
    expect_same(&w);
}

static result forget_body(struct tx *tx, struct arena *a, void *ctx)
{
    const struct sql_value v[] = {sql_id(ctx), sql_int(1)};
    return tx_exec(tx, a, &VAULT_DESTROY_KEY, v, 2, NULL);
}

/* Its key destroyed, a folded case says as little as one that is not. */
static void erased_when_folded(struct store_fixture *f)
{
    struct works w;
    struct id id[CASES];
    works_open(&w, f);
    closed_cases(&w, id);
    assert_good(w.a, case_unfold(w.c, w.a, id[REFUSED]));
    fold(&w, 64);
    assert_good(w.a, case_unfold(w.c, w.a, id[REFUSED]));
    assert_good(w.a, store_run(w.c->store, w.a, "t_forget", forget_body, &id[REFUSED]));
    struct slice rows = all_answers(&w, id[REFUSED]);
    assert_good(w.a, store_run(w.c->store, w.a, "t_forget", forget_body, &id[GRANTED]));
    struct slice archive = all_answers(&w, id[GRANTED]);
    for (int i = 0; i < 2; i++) {
        struct slice s = i ? archive : rows;
        const struct json *v = NULL;
        assert_good(w.a, json_parse(w.a, s, 1 << 20, S("answers"), &v));
        assert_slice(json_string(v, "view 0"), "vault.erased");
        assert_slice(json_string(v, "desk 0"), "vault.erased");
        assert_slice(json_string(v, "variables"), "vault.erased");
    }
    expect_same(&w);
}

/* What is in the clear beside the archive: words of the definition, and nothing that anybody said or is called. */
static void words_name_nobody(struct store_fixture *f)
{
    static const struct stmt WORDS = {"t_words", "SELECT words FROM archive_dictionary", NULL, false};
    static const char *const SAID[] = {"张三", "示范路", "不再需要", "441900199001011234"};
    struct works w;
    struct id id[CASES];
    struct rows r;
    works_open(&w, f);
    closed_cases(&w, id);
    const struct json *vars = NULL;
    assert_good(w.a, case_variables(w.c, w.a, id[GRANTED], &vars));
    fold(&w, 64);
    assert_good(w.a, store_query(w.c->store, w.a, &WORDS, NULL, 0, &r));
    assert_int_equal(r.n, 1); /* of one version */
    bool program = false;
    for (size_t i = 0; i < r.n; i++) {
        struct slice words = row(&r, i)[0].s;
        program = program || slice_search(words, S("task_closed")) != SIZE_MAX;
        for (size_t k = 0; k < sizeof SAID / sizeof *SAID; k++)
            assert_true(slice_search(words, slice_cstr(SAID[k])) == SIZE_MAX);
        struct slice number = json_string(json_get(vars, "applicant"), "id_number");
        assert_true(number.n == 0 || slice_search(words, number) == SIZE_MAX);
        assert_true(slice_search(words, id_text(w.a, w.handler->account)) == SIZE_MAX);
    }
    assert_true(program);
}

/* Any bytes instead of a content are refused or read, never more. */
static void any_content(struct store_fixture *f)
{
    struct arena *a = f->a;
    struct id who = id_new(1);
    const struct sql_value event[] = {
        sql_int(1), sql_int(INT64_C(1632272400000)), sql_text(S("file")),      sql_id(&who), sql_null(),
        sql_null(), sql_blob(S("123456789012")),     sql_text(S("{\"f\":[]}"))};
    const struct rows events = {1, ARCHIVE_EVENT_COLUMNS, event}, none = {.ncols = ARCHIVE_TASK_COLUMNS};
    struct rows got, tasks;
    struct slice content;
    uint64_t random = 7;
    assert_good(a, archive_pack(a, &events, &none, INT64_C(1632272400000), S("words"), &content));
    assert_good(a, archive_unpack(a, content, S("words"), &got, &tasks));
    assert_true(archive_same_rows(&events, &got));
    assert_int_equal(tasks.n, 0);
    for (size_t n = 0; n < content.n; n++)
        assert_code(archive_unpack(a, slice_sub(content, 0, n), S("words"), &got, &tasks), CODE_CASE_ARCHIVE);
    for (int i = 0; i < 20000; i++) {
        struct arena *own = arena_new("any");
        char *p = arena_cstr(own, content);
        for (int k = 0; k < 3; k++) p[test_random(&random) % content.n] = (char)(unsigned char)test_random(&random);
        result r = archive_unpack(own, slice_of(p, content.n), S("words"), &got, &tasks);
        assert_true(!failed(r) || result_code(r) == CODE_CASE_ARCHIVE);
        arena_free(own);
    }
}

/* Company openings: called processes, verbs, tables of areas. */
static void an_opening_too(struct store_fixture *f)
{
    struct test_city *t;
    struct opening_plan *p;
    static instant now;
    struct works w = {.f = f, .a = f->a, .now = INT64_C(1632272400000)};
    struct test_city_options o = {.clock = &now, .fresh = true};
    now = w.now;
    assert_good(f->a, test_city_open(f->a, f->s, &o, &t));
    store_fixture_reusable(f);
    w.t = t;
    w.c = &t->city;
    assert_good(f->a, opening_plan_read(t, f->a, S("establish_company"), &p));
    assert_good(f->a, opening_plan_rehearse(t, f->a, p));
    works_jobs(&w);
    now = w.now += (ARCHIVE_AFTER + 1) * MS_DAY;
    w.zhangsan = p->applicant;
    w.handler = w.handler2 = w.reviewer = w.head = p->steps[0].actor;
    struct id id = {{0}};
    assert_true(id_from_bytes(
        works_text(&w, "SELECT id FROM case_file WHERE subject = ?1 AND decided_at > 0 ORDER BY id LIMIT 1",
                   w.zhangsan->subject),
        &id));
    struct slice before = all_answers(&w, id);
    assert_true(before.n > 10000);
    expect_same(&w);
    assert_true(fold(&w, 64) > 0);
    assert_int_equal(folded(&w, id), 1);
    assert_slice(all_answers(&w, id), arena_cstr(w.a, before));
    expect_same(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_BOTH(the_same_answers),     ON_BOTH(it_comes_back_as_it_was),
        ON_BOTH(commands_put_it_back), ON_BOTH(what_was_changed_is_noticed),
        ON_BOTH(passed_over),          ON_BOTH(erased_when_folded),
        ON_BOTH(words_name_nobody),    ON_BOTH(any_content),
        ON_BOTH(an_opening_too),       ON_BOTH(without_a_task),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
