/* Lists of tasks: what is in them, in which order, page by page, and by which index. */
#include "city/cases/desk.h"
#include "city/rights/rights.h"
#include "test/city/works.h"

#include <stdio.h>
#include <stdlib.h>

static const struct json *page(struct works *w, const struct actor *x, struct desk_filter f)
{
    const struct json *out;
    assert_good(w->a, desk_tasks(w->c, w->a, x, &f, w->now, &out));
    return out;
}

/* Everything, in pages of that size: each task once, in order; no page but the last is short. */
static size_t all_pages(struct works *w, const struct actor *x, struct desk_filter f, struct slice *seen, size_t max)
{
    size_t n = 0;
    struct slice before = S("");
    for (;;) {
        const struct json *p = page(w, x, f), *items = json_get(p, "items"), *next = json_get(p, "next");
        if (next->type != JSON_NULL && (int64_t)items->n != f.limit)
            fail_msg("a page of %zu although there is more", items->n);
        for (size_t i = 0; i < items->n; i++, n++) {
            const struct json *due = json_get(items->items[i], "due_at");
            assert_true(n < max);
            seen[n] = arena_printf(w->a, "%.*s/%.*s", SLICE_ARG(json_string(items->items[i], "case")),
                                   SLICE_ARG(json_string(items->items[i], "id")));
            for (size_t k = 0; k < n; k++)
                if (slice_eq(seen[k], seen[n])) fail_msg("twice: %.*s", SLICE_ARG(seen[n]));
            struct slice at = due->type == JSON_NULL ? S("9999") : due->text;
            assert_true(slice_cmp(before, at) <= 0);
            before = at;
        }
        if (next->type == JSON_NULL) return n;
        f.cursor = next->text;
    }
}

/* Ten accepted cases, two tasks each, at two hours' distance; every third one's clock stands still. */
static void ten_cases(struct works *w, struct id ids[10])
{
    struct case_done done;
    for (int i = 0; i < 10; i++) {
        ids[i] = works_accepted(w, i % 2 ? 60 : 4);
        if (i % 3 == 0) {
            struct case_command k = works_command(w, w->handler, "stop", NULL, S(""), ids[i]);
            assert_good(w->a, case_clock_stop(&k, works_token(w, ids[i], "look"), S("testing"), S("x"), &done));
        }
        works_set(w, w->now + 2 * MS_HOUR);
    }
}

static void every_task_once_in_order(struct store_fixture *f)
{
    struct works w;
    struct id ids[10];
    struct slice seen[64];
    works_open(&w, f);
    ten_cases(&w, ids);
    for (int64_t limit = 1; limit <= 25; limit += limit < 8 ? 1 : 9) {
        struct desk_filter q = {.scope = DESK_DEPARTMENT, .limit = limit};
        assert_int_equal(all_pages(&w, w.handler, q, seen, 64), 20);
        assert_int_equal(all_pages(&w, w.head, q, seen, 64), 20);
    }
    struct actor both = *w.handler; /* handler and head: still once */
    struct role_grant grants[] = {w.handler->grants[0], w.head->grants[0]};
    both.grants = grants;
    both.ngrants = 2;
    struct desk_filter q = {.scope = DESK_DEPARTMENT, .limit = 3};
    assert_int_equal(all_pages(&w, &both, q, seen, 64), 20);
    assert_int_equal(all_pages(&w, w.reviewer, q, seen, 64), 0);
}

/* A filter that few tasks pass: the page is read on until it is full. */
static void a_filter_does_not_cut_pages(struct store_fixture *f)
{
    struct works w;
    struct id ids[10];
    struct slice seen[64];
    static const char *const LIGHTS[] = {"green", "yellow", "red", "stopped"};
    size_t sum = 0;
    works_open(&w, f);
    ten_cases(&w, ids);
    for (size_t i = 0; i < 4; i++)
        for (int64_t limit = 1; limit <= 4; limit++) {
            struct desk_filter q = {.scope = DESK_DEPARTMENT, .limit = limit, .light = slice_cstr(LIGHTS[i])};
            size_t n = all_pages(&w, w.handler, q, seen, 64);
            if (limit == 1) sum += n;
            struct desk_filter large = q;
            large.limit = 100;
            assert_int_equal(n, all_pages(&w, w.handler, large, seen, 64));
            if (i == 3) assert_int_equal(n, 8);
        }
    assert_int_equal(sum, 20);
    struct slice number = works_text(&w, "SELECT number FROM case_file WHERE id=?1", ids[7]);
    struct desk_filter q = {.scope = DESK_DEPARTMENT, .limit = 1, .q = slice_sub(number, number.n - 6, number.n)};
    assert_int_equal(all_pages(&w, w.handler, q, seen, 64), 2);
    q.q = S("_");
    assert_int_equal(all_pages(&w, w.handler, q, seen, 64), 0);
    q.q = S("");
    q.service = S("shop_front");
    assert_int_equal(all_pages(&w, w.handler, q, seen, 64), 20);
    q.service = S("other");
    assert_int_equal(all_pages(&w, w.handler, q, seen, 64), 0);
    q.cursor = S("yesterday");
    const struct json *out;
    assert_code(desk_tasks(w.c, w.a, w.handler, &q, w.now, &out), CODE_ID_INVALID);
}

static void towns_and_departments(struct store_fixture *f)
{
    struct works w;
    struct id ids[10];
    struct slice seen[64];
    works_open(&w, f);
    ten_cases(&w, ids);
    struct desk_filter q = {.scope = DESK_DEPARTMENT, .limit = 7};
    struct actor x = *w.handler;
    struct role_grant g = w.handler->grants[0];
    x.grants = &g;
    x.ngrants = 1;
    g.town = WORKS_TOWN;
    assert_int_equal(all_pages(&w, &x, q, seen, 64), 20);
    g.town = S("441900003");
    assert_int_equal(all_pages(&w, &x, q, seen, 64), 0);
    g.town = S("*");
    g.department = S("gaj");
    assert_int_equal(all_pages(&w, &x, q, seen, 64), 0);
}

static void mine(struct store_fixture *f)
{
    struct works w;
    struct id ids[10];
    struct slice seen[64];
    struct case_done done;
    works_open(&w, f);
    ten_cases(&w, ids);
    struct desk_filter q = {.scope = DESK_MINE, .limit = 2};
    assert_int_equal(all_pages(&w, w.handler, q, seen, 64), 0);
    for (size_t i = 0; i < 5; i++) {
        struct case_command k = works_command(&w, w.handler, "claim", NULL, S(""), ids[i]);
        assert_good(w.a, task_claim(&k, works_token(&w, ids[i], "look"), &done));
    }
    assert_int_equal(all_pages(&w, w.handler, q, seen, 64), 5);
    assert_int_equal(all_pages(&w, w.handler2, q, seen, 64), 0);
    const struct json *t = json_get(page(&w, w.handler, q), "items")->items[0];
    assert_slice(json_string(t, "applicant"), "张*");
    assert_slice(json_string(json_get(t, "assignee"), "name"), "钱市监一");
    const struct json *figures;
    assert_good(w.a, desk_statistics(w.c, w.a, w.handler, w.now, &figures));
    assert_int_equal(json_int(json_get(figures, "mine"), "open", 0), 5);
    assert_int_equal(json_int(json_get(figures, "mine"), "done", 0), 10); /* accepted */
    assert_int_equal(json_int(json_get(figures, "department"), "open", 0), 20);
}

/* An answer that shows several cases is recorded for each of them. */
static void a_search_is_recorded_for_every_case(struct store_fixture *f)
{
    struct works w;
    const struct json *found, *reads;
    works_open(&w, f);
    for (size_t i = 0; i < 3; i++) (void)works_filed(&w);
    assert_good(w.a, desk_search(w.c, w.a, w.handler, S("441900198801010013"), w.now, &found));
    assert_int_equal(json_get(found, "items")->n, 3);
    assert_good(w.a, read_list_of(w.c, w.a, w.zhangsan->subject, 50, S(""), &reads));
    size_t n = 0;
    for (size_t i = 0; i < json_get(reads, "items")->n; i++)
        n += slice_eq(json_string(json_get(json_get(reads, "items")->items[i], "what"), "zh"),
                      read_what_words(S("search")).zh);
    assert_int_equal(n, 3);
}

/* What an officer held who left: free for the colleagues at once, and the journal says who saw to it. */
static void an_officer_who_left_holds_nothing(struct store_fixture *f)
{
    struct works w;
    struct case_done done;
    size_t n;
    works_open(&w, f);
    const struct actor *admin = test_city_officer(w.t, ROLE_ADMINISTRATOR, S(""), S(""), NULL, 0);
    assert_non_null(admin);
    struct id one = works_accepted(&w, 4), two = works_accepted(&w, 4), closed = works_accepted(&w, 4);
    int64_t draw = works_token(&w, one, "draw"), look = works_token(&w, two, "look");
    struct case_command k = works_command(&w, w.handler, "claim", NULL, S(""), one);
    assert_good(w.a, task_claim(&k, draw, &done));
    k.case_id = two;
    assert_good(w.a, task_claim(&k, look, &done));
    assert_good(w.a, works_decide(&w, w.handler, closed, "draw", "done", NULL));
    k = works_command(&w, w.handler2, "claim", NULL, S(""), two);
    int64_t draw2 = works_token(&w, two, "draw");
    assert_good(w.a, task_claim(&k, draw2, &done));
    struct staff_changed changed;
    assert_good(w.a, staff_change(w.c, w.a, admin, w.handler->account, STAFF_DISABLE, S("离职"), w.now, &changed));
    assert_good(w.a, tasks_give_back(w.c, w.a, admin, w.handler->account, w.now, &n));
    assert_int_equal(n, 2);
    assert_int_equal(
        works_number(&w, "SELECT COUNT(*) FROM case_task WHERE case_id=?1 AND assignee IS NOT NULL AND status<3", one),
        0);
    assert_int_equal(
        works_number(&w, "SELECT COUNT(*) FROM case_task WHERE case_id=?1 AND assignee IS NOT NULL AND status<3", two),
        1);
    assert_int_equal(
        works_number(
            &w, "SELECT COUNT(*) FROM case_task WHERE case_id=?1 AND assignee IS NOT NULL AND status=3 AND node='draw'",
            closed),
        1);
    assert_true(slice_eq(works_text(&w, "SELECT actor FROM case_event WHERE case_id=?1 AND kind='release'", one),
                         id_bytes(&admin->account)));
    k = works_command(&w, w.handler2, "claim", NULL, S(""), one);
    assert_good(w.a, task_claim(&k, draw, &done));
    assert_good(w.a, tasks_give_back(w.c, w.a, admin, w.handler->account, w.now, &n));
    assert_int_equal(n, 0);
}

/* A task that is late by its own clock is red although its step's is not. */
static void the_worse_light_counts(struct store_fixture *f)
{
    struct works w;
    works_open(&w, f);
    works_accepted(&w, 4);
    works_at(&w, "2021-09-23T15:01"); /* draw had 30 hours; its step has 20 working hours, of which 11 are over */
    struct desk_filter q = {.scope = DESK_DEPARTMENT, .limit = 10};
    const struct json *items = json_get(page(&w, w.handler, q), "items");
    assert_int_equal(items->n, 2);
    assert_slice(json_string(items->items[0], "light"), "red");
    assert_slice(json_string(items->items[1], "light"), "green");
}

/* ---- the planner ---- */

static void fill_with_tasks(struct store_fixture *f, int64_t n)
{
    char sql[2048];
    snprintf(
        sql, sizeof sql,
        "WITH RECURSIVE s(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM s WHERE i < %lld)"
        " INSERT INTO case_task (case_id, token, node, step, kind, service, department, role, town, status, assignee,"
        " assignee_name, opened_at, due_at, closed_at, outcome, urged, escalated_at) SELECT f.id, 1000 + s.i, 'x', '', 'handle', 'shop_front', CASE WHEN s.i %% 3 = 0 THEN 'scjg' ELSE 'gaj' END,"
        " CASE WHEN s.i %% 7 = 0 THEN 'reviewer' ELSE 'handler' END, '441900004', 0, NULL, '', s.i, s.i * 1000, 0, '', 0, 0"
        " FROM s, (SELECT id FROM case_file LIMIT 1) f",
        (long long)n);
    store_test_script(f, sql);
}

static void expect_plan(struct works *w, const struct stmt *s, const char *index)
{
    struct stmt *q = NEW(w->a, struct stmt);
    struct rows r;
    struct buf plan = buf_new(w->a, 64 * 1024);
    bool sqlite = store_kind(w->c->store) == STORE_SQLITE;
    *q = (struct stmt){"desk_explain",
                       arena_cstr(w->a, arena_printf(w->a, "%s %s", sqlite ? "EXPLAIN QUERY PLAN" : "EXPLAIN",
                                                     !sqlite && s->sql_pg ? s->sql_pg : s->sql)),
                       NULL, false};
    const struct sql_value v[] = {s == &DESK_OF_ACCOUNT ? sql_id(&w->handler->account) : sql_text(S("scjg")),
                                  sql_text(S("handler")),
                                  sql_text(S("")),
                                  sql_int(1),
                                  sql_int(INT64_MAX),
                                  sql_int(0),
                                  sql_id(&w->handler->account),
                                  sql_int(0),
                                  sql_text(S("")),
                                  sql_text(S("")),
                                  sql_int(51)};
    assert_good(w->a, store_query(w->c->store, w->a, q, v, sizeof v / sizeof *v, &r));
    for (size_t i = 0; i < r.n; i++) {
        buf_put(&plan, row(&r, i)[r.ncols - 1].s);
        buf_puts(&plan, "\n");
    }
    struct slice text = buf_slice(&plan);
    bool sorts = slice_search(text, S("TEMP B-TREE")) != SIZE_MAX || slice_search(text, S("Sort ")) != SIZE_MAX;
    bool scans =
        slice_search(text, S("SCAN")) != SIZE_MAX || slice_search(text, S("Seq Scan on case_task")) != SIZE_MAX;
    if (slice_search(text, slice_cstr(index)) == SIZE_MAX || sorts || scans)
        fail_msg("%s does not go by %s:\n%.*s", s->name, index, SLICE_ARG(text));
}

static void a_hundred_thousand_tasks(struct store_fixture *f)
{
    struct works w;
    store_fixture_fresh(f); /* statistics of its own */
    works_open(&w, f);
    works_accepted(&w, 4);
    fill_with_tasks(f, 100000);
    if (store_kind(w.c->store) == STORE_POSTGRES) store_test_script(f, "ANALYZE case_task");
    /* PostgreSQL weighs by its statistics which of the two it takes; never the table, never a sort */
    bool sqlite = store_kind(w.c->store) == STORE_SQLITE;
    expect_plan(&w, &DESK_OF_ACCOUNT, "case_task_mine");
    expect_plan(&w, &DESK_OF_GRANT, sqlite ? "case_task_grant" : "case_task_");
    expect_plan(&w, &DESK_OF_DEPARTMENT, sqlite ? "case_task_open" : "case_task_");
    struct desk_filter q = {.scope = DESK_DEPARTMENT, .limit = 50};
    assert_int_equal(json_get(page(&w, w.handler, q), "items")->n, 50);
    assert_int_equal(json_get(page(&w, w.head, q), "items")->n, 50);
    /* the last ones, by a filter that passes nothing before them */
    q.light = S("green");
    assert_int_equal(json_get(page(&w, w.handler, q), "items")->n, 2);
    const struct json *figures;
    assert_good(w.a, desk_statistics(w.c, w.a, w.handler, w.now, &figures));
    assert_int_equal(json_int(json_get(figures, "department"), "open", 0), 10000); /* and more, which is said */
    assert_true(json_bool(json_get(figures, "department"), "open_more", false));
    assert_false(json_bool(json_get(figures, "mine"), "open_more", true));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_BOTH(an_officer_who_left_holds_nothing),
        ON_BOTH(every_task_once_in_order),
        ON_BOTH(a_filter_does_not_cut_pages),
        ON_BOTH(towns_and_departments),
        ON_BOTH(mine),
        ON_BOTH(a_search_is_recorded_for_every_case),
        ON_BOTH(the_worse_light_counts),
        ON_BOTH(a_hundred_thousand_tasks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
