/* No value that a person gave or that the city knows of them stands in any table in clear; and when a key is destroyed, nothing
 * that stood under it can be read by anybody. */
#include "city/cases/run.h"
#include "city/drafts/drafts.h"
#include "city/messages/messages.h"
#include "test/city/opening.h"
#include "test/city/works.h"

/* ---- every table ---- */

static const struct stmt TABLES_SQLITE = {"privacy_tables", "SELECT name FROM sqlite_master WHERE type = 'table'", NULL,
                                          false};
static const struct stmt TABLES_PG = {
    "privacy_tables", "SELECT table_name::text FROM information_schema.tables WHERE table_schema = 'public'", NULL,
    false};

struct needles {
    struct slice list[64];
    size_t n;
};

static void search(struct works *w, struct slice table, size_t column, struct slice value, const struct needles *x)
{
    for (size_t i = 0; i < x->n; i++)
        if (slice_search(value, x->list[i]) != SIZE_MAX)
            fail_msg("%.*s, column %zu: \"%.*s\" is in clear", SLICE_ARG(table), column + 1, SLICE_ARG(x->list[i]));
    (void)w;
}

/* Raw, and as hexadecimal text. Definitions of services are no one's data: their scenarios name demonstration people. */
static size_t search_all(struct works *w, const struct needles *x)
{
    struct rows tables;
    size_t values = 0;
    struct needles hex = *x;
    for (size_t i = 0; i < x->n; i++) hex.list[i] = hex_encode(w->a, x->list[i]);
    bool sqlite = store_kind(w->c->store) == STORE_SQLITE;
    assert_good(w->a, store_query(w->c->store, w->a, sqlite ? &TABLES_SQLITE : &TABLES_PG, NULL, 0, &tables));
    assert_true(tables.n > 25);
    for (size_t t = 0; t < tables.n; t++) {
        struct slice name = row(&tables, t)[0].s;
        struct stmt *q = NEW(w->a, struct stmt);
        struct rows r;
        if (slice_is(name, "service_version") || slice_is(name, "publication")) continue;
        *q = (struct stmt){"privacy_dump", arena_cstr(w->a, arena_printf(w->a, "SELECT * FROM %.*s", SLICE_ARG(name))),
                           NULL, false};
        assert_good(w->a, store_query(w->c->store, w->a, q, NULL, 0, &r));
        for (size_t i = 0; i < r.n * r.ncols; i++) {
            if (r.v[i].type != SQL_TEXT && r.v[i].type != SQL_BLOB) continue;
            values++;
            search(w, name, i % r.ncols, r.v[i].s, x);
            search(w, name, i % r.ncols, r.v[i].s, &hex);
        }
    }
    return values;
}

static void add(struct needles *x, struct slice s)
{
    assert_true(x->n < 64);
    if (s.n >= 6) x->list[x->n++] = s;
}

static void add_leaves(struct needles *x, const struct json *v)
{
    if (!v) return;
    if (v->type == JSON_STRING) add(x, v->text);
    for (size_t i = 0; (v->type == JSON_OBJECT || v->type == JSON_ARRAY) && i < v->n; i++) add_leaves(x, v->items[i]);
}

/* What the city knows of a person. */
static void add_person(struct works *w, struct needles *x, const struct actor *who)
{
    const struct json *snapshot;
    static const char *const FIELDS[] = {"name", "id_number", "phone", "email", "address", "birth"};
    assert_good(w->a, subject_snapshot(w->c, w->a, who->subject, &snapshot));
    for (size_t i = 0; i < sizeof FIELDS / sizeof *FIELDS; i++) add(x, json_string(snapshot, FIELDS[i]));
}

/* ---- a case with every kind of free text ---- */

#define STREET "丁香弄七号二楼"
#define REMARK "邻居王老五可作证"
#define ASKED "请补交离婚证复印件"
#define URGED "家母急需手术"
#define OPINION "申请人患有残疾，情况属实"
#define STOPPED "须鉴定其行为能力"
#define REASON "因家庭变故不再申请"
#define DRAFTED "草稿里的秘密地址"
#define NOTE "给女儿的房间"

static struct id whole_life(struct works *w)
{
    struct case_done done;
    struct json_builder b = json_builder(w->a), bad = json_builder(w->a);
    const struct json *draft;
    struct slice etag;
    json_set_cstr(&b, "street", STREET);
    json_set_int(&b, "area_m2", 4);
    json_set_cstr(&b, "remark", REMARK);
    /* a draft, and a filing that is refused, with the same things in it */
    assert_good(w->a,
                draft_new(w->c, w->a, w->zhangsan, WORKS_SERVICE, works_form(w, DRAFTED, 1), w->now, &draft, &etag));
    json_set_cstr(&bad, STREET, REMARK);
    json_set_int(&bad, "area_m2", 4);
    assert_true(failed(works_file(w, w->zhangsan, "privacy-bad", json_object(&bad), &done)));
    assert_good(w->a, works_file(w, w->zhangsan, "privacy-key", json_object(&b), &done));
    struct id id = done.case_id;
    struct task_decision ask = {.token = works_token(w, id, "accept"),
                                .outcome = S("correct"),
                                .opinion = S(OPINION),
                                .corrections = works_list(w, ASKED)};
    assert_good(w->a, works_decide_more(w, w->handler, id, &ask));
    struct case_command k = works_command(w, w->zhangsan, "correct", "privacy-correct", S(STREET), id);
    assert_good(w->a, case_correct(&k, json_object(&b), &done));
    struct task_decision accept = {
        .token = works_token(w, id, "accept"), .outcome = S("accept"), .opinion = S(OPINION)};
    assert_good(w->a, works_decide_more(w, w->handler, id, &accept));
    k = works_command(w, w->zhangsan, "urge", "privacy-urge", S(URGED), id);
    assert_good(w->a, case_urge(&k, S(URGED), &done));
    k = works_command(w, w->handler, "stop", NULL, S(""), id);
    assert_good(w->a, case_clock_stop(&k, works_token(w, id, "look"), S("appraisal"), S(STOPPED), &done));
    assert_good(w->a, case_clock_resume(&k, works_token(w, id, "look"), S(STOPPED), &done));
    atomic_store(&works_note, WORKS_NOTE_OUT_OF_ORDER); /* its message repeats the street */
    assert_good(w->a,
                works_decide(w, w->handler, id, "look", "done", test_json(w->a, S("{\"visit_on\":\"2021-09-23\"}"))));
    assert_good(w->a, works_decide(w, w->handler, id, "draw", "done", NULL));
    size_t n;
    assert_true(failed(case_jobs_run(w->c, w->a, w->now, 64, &n)));
    return id;
}

static void go_on(struct works *w, struct id id)
{
    struct json_builder c = json_builder(w->a);
    size_t n;
    atomic_store(&works_note, WORKS_NOTE_GOOD);
    works_set(w, w->now + MS_HOUR);
    works_jobs(w);
    json_set_cstr(&c, "colour", "red");
    json_set_cstr(&c, "note", NOTE);
    assert_good(w->a, works_decide(w, w->zhangsan, id, "choose", "submit", json_object(&c)));
    assert_good(w->a, works_decide(w, w->reviewer, id, "review", "approve", NULL));
    assert_good(w->a, messages_run(w->c, w->a, w->now, 64, &n));
    assert_good(w->a, works_decide(w, w->handler2, id, "sign", "approve", NULL));
    works_jobs(w);
    assert_slice(json_string(works_view(w, id, VIEW_OWNER), "state"), "delivered");
}

static void text_needles(struct works *w, struct needles *x)
{
    static const char *const TEXTS[] = {STREET, REMARK, ASKED, URGED, OPINION, STOPPED, REASON, DRAFTED, NOTE};
    for (size_t i = 0; i < sizeof TEXTS / sizeof *TEXTS; i++) add(x, slice_cstr(TEXTS[i]));
    add_person(w, x, w->zhangsan);
}

static void nothing_personal_stands_in_clear(struct store_fixture *f)
{
    struct works w;
    struct needles x = {.n = 0};
    struct case_done done;
    works_open(&w, f);
    text_needles(&w, &x);
    assert_true(x.n >= 12);
    struct id id = whole_life(&w);
    assert_true(search_all(&w, &x) > 200); /* with the job's failure in its row */
    go_on(&w, id);
    struct id other = works_accepted(&w, 4);
    struct case_command k = works_command(&w, w.zhangsan, "withdraw", "privacy-with", S(REASON), other);
    assert_good(w.a, case_withdraw(&k, S(""), S(REASON), &done));
    works_jobs(&w);
    search_all(&w, &x);
    /* it is all there for those who may read it */
    const struct json *seen;
    assert_good(w.a, desk_case(w.c, w.a, w.handler, id, w.now, &seen));
    struct slice text = json_write(w.a, seen);
    static const char *const SHOWN[] = {STREET, REMARK, ASKED, URGED, OPINION, STOPPED, NOTE};
    for (size_t i = 0; i < sizeof SHOWN / sizeof *SHOWN; i++)
        assert_true(slice_search(text, slice_cstr(SHOWN[i])) != SIZE_MAX);
}

/* ---- the main job ---- */

static void a_company_opening_leaves_no_names(struct store_fixture *f)
{
    struct test_city *t;
    struct opening_plan *p;
    struct needles x = {.n = 0};
    struct works w = {.f = f, .a = f->a};
    works_at(&w, "2021-09-22T09:00");
    struct test_city_options o = {.clock = &w.now, .fresh = true};
    assert_good(f->a, test_city_open(f->a, f->s, &o, &t));
    store_fixture_reusable(f);
    w.t = t;
    w.c = &t->city;
    assert_good(f->a, opening_plan_read(t, f->a, S("establish_company"), &p));
    assert_good(f->a, opening_plan_rehearse(t, f->a, p));
    add_leaves(&x, json_get(p->data, "legal_representative"));
    add_leaves(&x, json_get(p->data, "shareholders"));
    add_person(&w, &x, p->applicant);
    assert_true(x.n >= 5);
    search_all(&w, &x);
}

/* ---- erasure ---- */

struct erasing {
    struct id id;
    instant at;
};

static result destroy(struct tx *tx, struct arena *a, void *ctx)
{
    struct erasing *e = ctx;
    const struct sql_value v[] = {sql_id(&e->id), sql_int(e->at)};
    int64_t n;
    TRY(tx_exec(tx, a, &VAULT_DESTROY_KEY, v, 2, &n));
    assert_int_equal(n, 1);
    return ok();
}

/* Every blob of the case's rows, under every key that is left: none opens. */
static void assert_unreadable(struct works *w, struct id id)
{
    static const struct stmt CIPHERS = {
        "privacy_ciphers",
        "SELECT payload_ct FROM case_event WHERE case_id=?1 UNION ALL SELECT vars_ct FROM case_file WHERE id=?1"
        " UNION ALL SELECT content_ct FROM case_blob WHERE case_id=?1 UNION ALL SELECT input_ct FROM case_job WHERE case_id=?1",
        NULL, false};
    static const struct stmt KEYS = {"privacy_keys", "SELECT id, wrapped FROM data_key", NULL, false};
    static const char *const PLACES[] = {"case.event/1", "case.vars", "case.blob", "case.job"};
    struct rows ciphers, keys;
    struct sql_value v = sql_id(&id);
    struct slice plain;
    size_t tried = 0;
    assert_good(w->a, store_query(w->c->store, w->a, &CIPHERS, &v, 1, &ciphers));
    assert_good(w->a, store_query(w->c->store, w->a, &KEYS, NULL, 0, &keys));
    assert_true(ciphers.n > 10 && keys.n > 3);
    for (size_t k = 0; k < keys.n; k++) {
        struct id owner;
        struct data_key key;
        assert_true(id_from_bytes(row(&keys, k)[0].s, &owner));
        if (failed(vault_unwrap(w->c, w->a, owner, row(&keys, k)[1].s, &key))) continue;
        for (size_t i = 0; i < ciphers.n; i++)
            for (size_t p = 0; p < 4; p++, tried++)
                assert_true(failed(vault_open(w->a, &key, PLACES[p], row(&ciphers, i)[0].s, &plain)));
    }
    for (size_t i = 0; i < ciphers.n; i++)
        for (size_t p = 0; p < 4; p++)
            assert_true(failed(vault_open_city(w->c, w->a, PLACES[p], row(&ciphers, i)[0].s, &plain)));
    assert_true(tried > 100);
}

static void a_destroyed_key_ends_it(struct store_fixture *f)
{
    struct works w;
    struct case_done done;
    const struct json *out;
    size_t n;
    struct rebuild_report report;
    works_open(&w, f);
    struct id id = whole_life(&w), other = works_filed(&w);
    struct case_command k = works_command(&w, w.handler2, "claim", "erased-key", S(""), id);
    assert_code(task_claim(&k, 99999, &done), CODE_NOT_FOUND); /* kept under the key */
    struct erasing e = {id, w.now}, with_task = {works_accepted(&w, 4), w.now};
    assert_good(w.a, store_run(w.c->store, w.a, "destroy", destroy, &e));
    assert_good(w.a, store_run(w.c->store, w.a, "destroy", destroy, &with_task));
    assert_unreadable(&w, id);
    assert_code(case_view(w.c, w.a, id, w.now, VIEW_OWNER, &out), CODE_VAULT_ERASED);
    assert_code(desk_case(w.c, w.a, w.handler, id, w.now, &out), CODE_VAULT_ERASED);
    assert_code(task_claim(&k, 99999, &done), CODE_VAULT_ERASED); /* not even what was answered */
    /* everybody else goes on: the desk's list, the workers, the rebuild */
    struct desk_filter all = {.scope = DESK_DEPARTMENT, .limit = 100};
    assert_good(w.a, desk_tasks(w.c, w.a, w.handler, &all, w.now, &out));
    assert_int_equal(json_get(out, "items")->n, 3); /* accept; look and draw of one that is erased */
    works_set(&w, w.now + MS_HOUR);
    assert_good(w.a, case_jobs_run(w.c, w.a, w.now, 64, &n));
    assert_int_equal(works_number(&w, "SELECT COUNT(*) FROM case_job WHERE case_id=?1", id), 0);
    assert_good(w.a, works_decide(&w, w.handler, other, "accept", "accept", NULL));
    assert_good(w.a, case_rebuild(w.c, w.a, true, &report));
    assert_int_equal(report.differences, 0);
    assert_int_equal(report.cases, 3);
}

/* A link shows the status and nothing else. */
static void a_link_shows_the_status_only(struct store_fixture *f)
{
    struct works w;
    struct needles x = {.n = 0};
    const struct json *link, *seen;
    works_open(&w, f);
    text_needles(&w, &x);
    struct id id = whole_life(&w);
    assert_good(w.a, case_share(w.c, w.a, w.zhangsan, id, 7, w.now, &link));
    struct slice url = json_string(link, "url"), token = url;
    for (size_t at; (at = slice_find(token, '/', 0)) != SIZE_MAX;) token = slice_sub(token, at + 1, token.n);
    assert_good(w.a, case_shared(w.c, w.a, token, w.now, &seen));
    struct slice text = json_write(w.a, seen);
    for (size_t i = 0; i < x.n; i++)
        if (slice_search(text, x.list[i]) != SIZE_MAX) fail_msg("the link shows %.*s", SLICE_ARG(x.list[i]));
    static const char *const KNOWN[] = {"number", "state", "outcome", "service", "steps"};
    for (size_t i = 0; i < seen->n; i++) {
        bool known = false;
        for (size_t k = 0; k < 5; k++) known = known || slice_is(seen->keys[i], KNOWN[k]);
        if (!known) fail_msg("the link shows \"%.*s\"", SLICE_ARG(seen->keys[i]));
    }
    assert_true(slice_search(text, w.handler->name) == SIZE_MAX);
    works_set(&w, w.now + 7 * MS_DAY + 1);
    assert_code(case_shared(w.c, w.a, token, w.now, &seen), CODE_NOT_FOUND);
    assert_code(case_share(w.c, w.a, w.zhangsan, id, 91, w.now, &link), CODE_FIELD_TYPE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_BOTH(nothing_personal_stands_in_clear),
        ON_BOTH(a_company_opening_leaves_no_names),
        ON_BOTH(a_destroyed_key_ends_it),
        ON_BOTH(a_link_shows_the_status_only),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
