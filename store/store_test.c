/* Values, named transactions, errors, opening. */
#include <pthread.h>

#include "store/store_test_support.h"

static const struct stmt INSERT = {"test_insert", "INSERT INTO v (id, n, t, b) VALUES (?1, ?2, ?3, ?4)", NULL, false};
static const struct stmt SELECT = {"test_select", "SELECT n, t, b FROM v WHERE id = ?1", NULL, false};
static const struct stmt COUNT = {"test_count", "SELECT count(*) FROM v", NULL, false};
static const char TABLE[] = "CREATE TABLE v (id {INT} PRIMARY KEY, n {INT}, t {TEXT}, b {BLOB});";

struct row_in {
    struct sql_value v[4];
    struct rows *back; /* read inside the transaction */
};

static result insert_row(struct tx *tx, struct arena *a, void *ctx)
{
    struct row_in *in = ctx;
    int64_t changed;
    TRY(tx_exec(tx, a, &INSERT, in->v, 4, &changed));
    assert_int_equal(changed, 1);
    return in->back ? tx_query(tx, a, &SELECT, in->v, 1, in->back) : ok();
}

static void same_value(const struct sql_value *got, const struct sql_value *want)
{
    assert_int_equal(got->type, want->type);
    assert_int_equal(got->i, want->i);
    assert_true(slice_eq(got->s, want->s));
    if (got->type == SQL_TEXT || got->type == SQL_BLOB) assert_non_null(got->s.p);
}

static void values_come_back(struct store_fixture *f)
{
    store_test_script(f, TABLE);
    struct sql_value none = sql_null(), empty_text = sql_text(S("")), empty_blob = sql_blob(S(""));
    struct sql_value rows[][3] = {
        {sql_int(INT64_MAX), sql_text(S("通办：一件事一次办 𠮷")), sql_blob(S("a\0b\xff\0"))},
        {sql_int(INT64_MIN), empty_text, empty_blob},
        {none, none, none},
        {sql_int(0), sql_text((struct slice){NULL, 0}), sql_blob((struct slice){NULL, 0})},
        {sql_int(-1), sql_text(S("'quoted' \"x\" ?1 $1 \\ %s")), sql_blob(S("\0"))},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct rows inside, outside;
        struct row_in in = {{sql_int((int64_t)i), rows[i][0], rows[i][1], rows[i][2]}, &inside};
        assert_good(f->a, store_run(f->s, f->a, "insert", insert_row, &in));
        assert_good(f->a, store_query(f->s, f->a, &SELECT, in.v, 1, &outside));
        assert_int_equal(outside.n, 1);
        assert_int_equal(inside.n, 1);
        assert_int_equal(outside.ncols, 3);
        for (int k = 0; k < 3; k++) {
            same_value(&row(&outside, 0)[k], &rows[i][k]);
            same_value(&row(&inside, 0)[k], &rows[i][k]);
        }
    }
}

static void a_statement_takes_null_first_and_then_any_value(struct store_fixture *f)
{
    store_test_script(f, TABLE);
    static const struct stmt q = {"optional", "SELECT count(*) FROM v WHERE ?1 IS NULL OR n > ?1 + 1", NULL, false};
    struct row_in in = {{sql_int(1), sql_int(INT64_C(1700000000000)), sql_null(), sql_null()}, NULL};
    assert_good(f->a, store_run(f->s, f->a, "insert", insert_row, &in));
    struct rows r;
    struct sql_value v = sql_null();
    assert_good(f->a, store_query(f->s, f->a, &q, &v, 1, &r));
    assert_int_equal(row(&r, 0)[0].i, 1);
    v = sql_int(INT64_C(1700000000000) - 2);
    assert_good(f->a, store_query(f->s, f->a, &q, &v, 1, &r));
    assert_int_equal(row(&r, 0)[0].i, 1);
    v = sql_int(INT64_C(1700000000000));
    assert_good(f->a, store_query(f->s, f->a, &q, &v, 1, &r));
    assert_int_equal(row(&r, 0)[0].i, 0);
}

static void text_that_one_database_refuses_is_refused_by_both(struct store_fixture *f)
{
    store_test_script(f, TABLE);
    struct slice bad[] = {S("a\0b"), S("\xff"), S("\xed\xa0\x80")};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct row_in in = {{sql_int(1), sql_null(), sql_text(bad[i]), sql_null()}, NULL};
        assert_code(store_run(f->s, f->a, "insert", insert_row, &in), CODE_STORE_VALUE);
    }
    assert_int_equal(store_test_number(f, "SELECT count(*) FROM v"), 0);
}

static void constraints_have_their_code(struct store_fixture *f)
{
    store_test_script(f, "CREATE TABLE v (id {INT} PRIMARY KEY, n {INT} UNIQUE, t {TEXT}, b {BLOB});"
                         "CREATE TABLE child (id {INT} PRIMARY KEY REFERENCES v (id));"
                         "INSERT INTO v (id, n) VALUES (1, 10);");
    struct row_in in = {{sql_int(2), sql_int(10), sql_null(), sql_null()}, NULL};
    result r = store_run(f->s, f->a, "insert", insert_row, &in);
    assert_code(r, CODE_STORE_CONSTRAINT);
    assert_true(slice_search(problem_text(f->a, r.problem, LANG_ZH), S("v")) != SIZE_MAX);
    assert_int_equal(store_test_number(f, "SELECT count(*) FROM v"), 1);
    in.v[1] = sql_int(11);
    assert_good(f->a, store_run(f->s, f->a, "insert", insert_row, &in));
}

static result orphan(struct tx *tx, struct arena *a, void *ctx)
{
    (void)ctx;
    static const struct stmt q = {"orphan", "INSERT INTO child (id) VALUES (?1)", NULL, false};
    return tx_exec(tx, a, &q, (struct sql_value[]){sql_int(99)}, 1, NULL);
}

static void foreign_keys_are_on(struct store_fixture *f)
{
    store_test_script(
        f, "CREATE TABLE v (id {INT} PRIMARY KEY); CREATE TABLE child (id {INT} PRIMARY KEY REFERENCES v (id));");
    assert_code(store_run(f->s, f->a, "orphan", orphan, NULL), CODE_STORE_CONSTRAINT);
}

static result goes_on_after_a_failure(struct tx *tx, struct arena *a, void *ctx)
{
    struct row_in *in = ctx;
    TRY(tx_exec(tx, a, &INSERT, in->v, 4, NULL));
    result r = tx_exec(tx, a, &INSERT, in->v, 4, NULL);
    assert_code(r, CODE_STORE_CONSTRAINT);
    struct rows rows;
    assert_code(tx_query(tx, a, &COUNT, NULL, 0, &rows), CODE_STORE_CONSTRAINT);
    return ok();
}

static void a_failed_statement_ends_the_transaction(struct store_fixture *f)
{
    store_test_script(f, TABLE);
    struct row_in in = {{sql_int(1), sql_null(), sql_null(), sql_null()}, NULL};
    assert_code(store_run(f->s, f->a, "stubborn", goes_on_after_a_failure, &in), CODE_STORE_CONSTRAINT);
    assert_int_equal(store_test_number(f, "SELECT count(*) FROM v"), 0);
}

static result writes_then_refuses(struct tx *tx, struct arena *a, void *ctx)
{
    TRY(insert_row(tx, a, ctx));
    struct slice why = arena_printf(a, "because of %d", 7);
    return fail(a, CODE_CONFLICT, S("/x"), "value", why, NULL);
}

static void a_failing_body_rolls_back(struct store_fixture *f)
{
    store_test_script(f, TABLE);
    struct row_in in = {{sql_int(1), sql_null(), sql_null(), sql_null()}, NULL};
    result r = store_run(f->s, f->a, "refuses", writes_then_refuses, &in);
    assert_code(r, CODE_CONFLICT);
    assert_true(slice_search(problem_text(f->a, r.problem, LANG_EN), S("because of 7")) != SIZE_MAX);
    assert_int_equal(store_test_number(f, "SELECT count(*) FROM v"), 0);
}

static result waits_for_the_store(struct tx *tx, struct arena *a, void *ctx)
{
    struct store *s = ctx;
    int64_t first;
    (void)tx;
    assert_code(store_run(s, a, "inner", insert_row, NULL), CODE_INTERNAL);
    assert_code(store_numbers(s, a, S("x"), 1, &first), CODE_INTERNAL);
    return ok();
}

static void a_body_cannot_wait_for_its_own_store(struct store_fixture *f)
{
    assert_good(f->a, store_run(f->s, f->a, "outer", waits_for_the_store, f->s));
}

static void bad_statements_say_which(struct store_fixture *f)
{
    static const struct stmt q = {"misspelt", "SELEKT 1", NULL, false},
                             few = {"few", "SELECT n FROM v WHERE id = ?1", NULL, false};
    store_test_script(f, TABLE);
    struct rows r;
    result bad = store_query(f->s, f->a, &q, NULL, 0, &r);
    assert_code(bad, CODE_STORE_SQL);
    assert_true(slice_search(problem_text(f->a, bad.problem, LANG_EN), S("misspelt")) != SIZE_MAX);
    assert_code(store_query(f->s, f->a, &few, NULL, 0, &r), CODE_STORE_SQL);
    assert_int_equal(store_test_number(f, "SELECT count(*) FROM v"), 0);
}

static void readers_cannot_write(struct store_fixture *f)
{
    static const struct stmt q = {"sneaky", "INSERT INTO v (id) VALUES (1) RETURNING id", NULL, false};
    store_test_script(f, TABLE);
    struct rows r;
    assert_true(failed(store_query(f->s, f->a, &q, NULL, 0, &r)));
    assert_int_equal(store_test_number(f, "SELECT count(*) FROM v"), 0);
}

static void rows_outlive_a_reopening(struct store_fixture *f)
{
    store_test_script(f, TABLE);
    struct row_in in = {{sql_int(1), sql_int(5), sql_null(), sql_null()}, NULL};
    assert_good(f->a, store_run(f->s, f->a, "insert", insert_row, &in));
    store_fixture_reopen(f);
    assert_int_equal(store_test_number(f, "SELECT n FROM v"), 5);
}

static void thousands_of_rows(struct store_fixture *f)
{
    static const struct stmt q = {
        "many", "WITH RECURSIVE c (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < ?1) SELECT n FROM c", NULL,
        false};
    struct rows r;
    assert_good(f->a, store_query(f->s, f->a, &q, (struct sql_value[]){sql_int(20000)}, 1, &r));
    assert_int_equal(r.n, 20000);
    assert_int_equal(row(&r, 19999)[0].i, 20000);
}

static void bad_urls(void **state)
{
    struct arena *a = *state;
    static const char *urls[] = {"", "mysql://x", "sqlite:", "sqlite::memory:", "/tmp/x.db"};
    struct store *s;
    for (size_t i = 0; i < sizeof urls / sizeof *urls; i++)
        assert_code(store_open(a, &(struct store_options){.url = slice_cstr(urls[i])}, &s), CODE_STORE_URL);
    assert_code(store_open(a, &(struct store_options){.url = S("sqlite:/nonexistent/x.db")}, &s),
                CODE_STORE_UNAVAILABLE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_BOTH(values_come_back),
        ON_BOTH(a_statement_takes_null_first_and_then_any_value),
        ON_BOTH(text_that_one_database_refuses_is_refused_by_both),
        ON_BOTH(constraints_have_their_code),
        ON_BOTH(foreign_keys_are_on),
        ON_BOTH(a_failed_statement_ends_the_transaction),
        ON_BOTH(a_failing_body_rolls_back),
        ON_BOTH(a_body_cannot_wait_for_its_own_store),
        ON_BOTH(bad_statements_say_which),
        ON_BOTH(readers_cannot_write),
        ON_BOTH(rows_outlive_a_reopening),
        ON_BOTH(thousands_of_rows),
        TEST(bad_urls),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
