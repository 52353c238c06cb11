#include "base/testing.h"
#include "store/store_impl.h"

static void rewrites_parameters(void **state)
{
    struct arena *a = *state;
    static const struct {
        const char *sql;
        bool lock;
        const char *expected;
        size_t parameters;
    } cases[] = {
        {"SELECT a FROM t WHERE id = ?1", true, "SELECT a FROM t WHERE id = $1 FOR UPDATE", 1},
        {"UPDATE t SET a = ?2, b = ?12 WHERE id=?1", false, "UPDATE t SET a = $2, b = $12 WHERE id=$1", 12},
        {"SELECT '?1', 'it''s ?2' || ?3", false, "SELECT '?1', 'it''s ?2' || $3", 3},
        {"SELECT \"?1\" FROM \"a\"\"?2\" WHERE x = ?1", false, "SELECT \"?1\" FROM \"a\"\"?2\" WHERE x = $1", 1},
        {"SELECT ?1 -- why ?2\n, ?2", false, "SELECT $1 -- why ?2\n, $2", 2},
        {"SELECT /* ?1 /* ?2 */ ?3 */ ?4", false, "SELECT /* ?1 /* ?2 */ ?3 */ $4", 4},
        {"SELECT $$ ?1 $$, $x$ ?1 $$ ?2 $x$, ?3", false, "SELECT $$ ?1 $$, $x$ ?1 $$ ?2 $x$, $3", 3},
        {"SELECT a$b$ ?1", false, "SELECT a$b$ $1", 1},
        {"SELECT $1, j ? 'k', ?2", false, "SELECT $1, j ? 'k', $2", 2},
        {"SELECT 5 - ?1, 6/?2", false, "SELECT 5 - $1, 6/$2", 2},
        {"SELECT 'open ?1", false, "SELECT 'open ?1", 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        size_t parameters;
        assert_slice(dialect_postgres(a, cases[i].sql, cases[i].lock, 0, &parameters), cases[i].expected);
        assert_int_equal(parameters, cases[i].parameters);
    }
}

static void writes_nulls(void **state)
{
    struct arena *a = *state;
    size_t parameters;
    assert_slice(dialect_postgres(a, "SELECT ?1, ?12, ?2 WHERE ?1 IS NULL", false, UINT64_C(1) << 0 | UINT64_C(1) << 11,
                                  &parameters),
                 "SELECT NULL, NULL, $2 WHERE NULL IS NULL");
    assert_int_equal(parameters, 12);
    assert_slice(dialect_postgres(a, "SELECT '?1', ?65", false, UINT64_MAX, &parameters), "SELECT '?1', $65");
}

static void expands_macros(void **state)
{
    struct arena *a = *state;
    const char *out;
    const char *sql =
        "CREATE TABLE t (id {BLOB} PRIMARY KEY, n {INT}, s {TEXT} DEFAULT '{}', j TEXT DEFAULT '{\"A\":1}') {WITHOUT_ROWID};";
    assert_good(a, dialect_migration(a, STORE_SQLITE, sql, S("x/1"), &out));
    assert_string_equal(
        out,
        "CREATE TABLE t (id BLOB PRIMARY KEY, n INTEGER, s TEXT DEFAULT '{}', j TEXT DEFAULT '{\"A\":1}') WITHOUT ROWID;");
    assert_good(a, dialect_migration(a, STORE_POSTGRES, sql, S("x/1"), &out));
    assert_string_equal(out, "CREATE TABLE t (id BYTEA PRIMARY KEY, n BIGINT, s TEXT COLLATE \"C\" DEFAULT '{}', "
                             "j TEXT DEFAULT '{\"A\":1}') ;");
    result r = dialect_migration(a, STORE_SQLITE, "CREATE TABLE t (a {REAL});", S("x/1"), &out);
    assert_code(r, CODE_STORE_MIGRATION);
    assert_true(slice_search(problem_text(a, r.problem, LANG_EN), S("{REAL}")) != SIZE_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(rewrites_parameters), TEST(writes_nulls), TEST(expands_macros)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
