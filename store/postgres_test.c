/* What only PostgreSQL can be asked: unsafe servers, its types, its prepared statements. */
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "store/store_impl.h"
#include "store/store_test_support.h"

static const char *url_of_fixture(struct store_fixture *f)
{
    return arena_cstr(f->a, f->options.url);
}

static bool says(struct arena *a, result r, const char *what)
{
    return slice_search(result_text(a, r, LANG_ZH), slice_cstr(what)) != SIZE_MAX &&
           slice_search(result_text(a, r, LANG_EN), slice_cstr(what)) != SIZE_MAX;
}

/* ---- unsafe servers ---- */

static void set_commit(struct store_fixture *f, const char *value)
{
    store_test_server(
        url_of_fixture(f),
        arena_cstr(f->a, arena_printf(f->a, "ALTER DATABASE %s SET synchronous_commit = %s", f->database, value)));
}

static void commits_that_do_not_wait_are_refused(struct store_fixture *f)
{
    static const char *bad[] = {"off", "local"}, *good[] = {"remote_write", "remote_apply", "on"};
    struct store *s;
    for (size_t i = 0; i < 2; i++) {
        set_commit(f, bad[i]);
        result r = store_open(f->a, &f->options, &s);
        assert_code(r, CODE_STORE_UNSAFE);
        assert_null(s);
        assert_true(says(f->a, r, bad[i]) && says(f->a, r, "synchronous_commit"));
    }
    f->options.unsafe_no_sync = true;
    store_close(store_fixture_second(f));
    f->options.unsafe_no_sync = false;
    for (size_t i = 0; i < 3; i++) {
        set_commit(f, good[i]);
        store_close(store_fixture_second(f));
    }
}

/* tools/pg_test_server.sh COMMAND DIR; what it prints, up to n - 1 bytes. False when it fails. */
static bool server_script(struct arena *a, const char *command, const char *dir, char *out, size_t n)
{
    const char *root = getenv("TONGBAN_SOURCE_ROOT");
    char *script = arena_cstr(a, arena_printf(a, "%s/tools/pg_test_server.sh", root && *root ? root : "."));
    int ends[2], status = 0;
    assert_int_equal(pipe(ends), 0);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        (void)dup2(ends[1], STDOUT_FILENO);
        (void)close(ends[0]);
        (void)close(ends[1]);
        (void)execl("/bin/sh", "sh", script, command, dir, (char *)NULL);
        _exit(127);
    }
    (void)close(ends[1]);
    size_t used = 0;
    /* up to the end of the line: a server that was started may keep the pipe */
    for (ssize_t k; used < n - 1 && !memchr(out, '\n', used) && (k = read(ends[0], out + used, n - 1 - used)) > 0;)
        used += (size_t)k;
    out[used] = '\0';
    (void)close(ends[0]);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/* A server of this test alone, whose settings it may spoil. NULL: no server is installed here. */
static const char *private_server(struct arena *a, const char *dir)
{
    char line[600];
    if (server_script(a, "start", dir, line, sizeof line) && slice_starts(slice_cstr(line), S("postgresql:")))
        return arena_cstr(a, slice_trim(slice_cstr(line)));
    const char *ci = getenv("CI");
    if (ci && strcmp(ci, "true") == 0) fail_msg("tools/pg_test_server.sh starts no server");
    return NULL;
}

/* The server reads its configuration in its own time. */
static void spoil(struct store_fixture *f, const char *url, const char *setting)
{
    struct store *s;
    enum code code = CODE_OK;
    struct store_options o = {.url = slice_cstr(url)};
    store_test_server(url, arena_cstr(f->a, arena_printf(f->a, "ALTER SYSTEM SET %s = off", setting)));
    store_test_server(url, "SELECT pg_reload_conf()");
    for (int i = 0; i < 200 && code == CODE_OK; i++) {
        result r = store_open(f->a, &o, &s);
        code = result_code(r);
        if (failed(r)) {
            assert_code(r, CODE_STORE_UNSAFE);
            assert_true(says(f->a, r, setting));
        }
        store_close(s);
        (void)usleep(20000);
    }
    assert_int_equal(code, CODE_STORE_UNSAFE);
}

static void mend(struct store_fixture *f, const char *url)
{
    struct store *s = NULL;
    struct store_options o = {.url = slice_cstr(url)};
    store_test_server(url, "ALTER SYSTEM RESET ALL");
    store_test_server(url, "SELECT pg_reload_conf()");
    for (int i = 0; i < 200 && failed(store_open(f->a, &o, &s)); i++) (void)usleep(20000);
    assert_non_null(s);
    store_close(s);
}

static const struct stmt ONE = {"one", "SELECT 1", NULL, false};
static const char HANG_UP[] =
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() "
    "AND pid <> pg_backend_pid()";

static void unsafe_servers(struct store_fixture *f, const char *url)
{
    struct store *s;
    struct rows r;
    struct store_options o = {.url = slice_cstr(url)};
    spoil(f, url, "fsync");
    mend(f, url);
    assert_good(f->a, store_open(f->a, &o, &s));
    assert_good(f->a, store_query(s, f->a, &ONE, NULL, 0, &r));
    spoil(f, url, "full_page_writes");
    store_test_server(url, HANG_UP);
    assert_code(store_query(s, f->a, &ONE, NULL, 0, &r),
                CODE_STORE_UNSAFE); /* no new session of an open store either */
    store_close(s);
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *at)
{
    (void)st, (void)kind, (void)at;
    return remove(path);
}

static void servers_that_may_lose_data_are_refused(struct store_fixture *f)
{
    char dir[] = "/tmp/tongban_unsafe_XXXXXX";
    assert_non_null(mkdtemp(dir));
    const char *url = private_server(f->a, dir);
    if (url) unsafe_servers(f, url);
    char line[600];
    if (url) assert_true(server_script(f->a, "stop", dir, line, sizeof line));
    (void)nftw(dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    if (!url) skip();
}

static void nobody_at_home(struct store_fixture *f)
{
    struct store *s;
    struct store_options o = {.url = S("postgresql://nobody:secret-word@/x?host=/nonexistent")};
    result r = store_open(f->a, &o, &s);
    assert_code(r, CODE_STORE_UNAVAILABLE);
    assert_false(says(f->a, r, "secret-word"));
    o.url = S("postgresql://nobody:secret%zzword@/x?wrong");
    r = store_open(f->a, &o, &s);
    assert_code(r, CODE_STORE_URL);
    assert_false(says(f->a, r, "secret"));
}

/* ---- values ---- */

static void sums_and_truths_are_integers(struct store_fixture *f)
{
    static const struct stmt
        q = {"kinds",
             "SELECT sum(n), sum(-n), max(n) > 3, count(*), sum(n * 0) FROM (VALUES (CAST(7000000000 AS bigint)), (12345678)) v (n)",
             NULL, false},
        fraction = {"fraction", "SELECT avg(n) FROM (VALUES (1), (2)) v (n)", NULL, false},
        large = {"large", "SELECT sum(n) * 1000000000 * 1000000000 FROM (VALUES (1000)) v (n)", NULL, false};
    struct rows r;
    assert_good(f->a, store_query(f->s, f->a, &q, NULL, 0, &r));
    int64_t expected[] = {7012345678, -7012345678, 1, 2, 0};
    for (size_t i = 0; i < 5; i++) {
        assert_int_equal(row(&r, 0)[i].type, SQL_INT);
        assert_int_equal(row(&r, 0)[i].i, expected[i]);
    }
    assert_code(store_query(f->s, f->a, &fraction, NULL, 0, &r), CODE_STORE_SQL);
    assert_code(store_query(f->s, f->a, &large, NULL, 0, &r), CODE_STORE_SQL);
}

static void parameters_change_their_types(struct store_fixture *f)
{
    static const struct stmt q = {"typed", "SELECT ?1, ?2, ?1 IS NULL", NULL, false};
    struct sql_value in[] = {sql_null(),       sql_text(S("x")), sql_null(), sql_int(5),
                             sql_blob(S("y")), sql_int(6),       sql_null()};
    enum { N = sizeof in / sizeof *in };
    struct rows r;
    for (size_t i = 0; i < N; i++) {
        struct sql_value v[2] = {in[i], in[N - 1 - i]};
        assert_good(f->a, store_query(f->s, f->a, &q, v, 2, &r));
        for (size_t k = 0; k < 2; k++) {
            assert_int_equal(row(&r, 0)[k].type, v[k].type);
            assert_int_equal(row(&r, 0)[k].i, v[k].i);
            assert_true(slice_eq(row(&r, 0)[k].s, v[k].s));
        }
        assert_int_equal(row(&r, 0)[2].i, v[0].type == SQL_NULL);
    }
}

static void a_locking_statement_serves_a_reader(struct store_fixture *f)
{
    static const struct stmt q = {"locking", "SELECT n FROM v", NULL, true};
    store_test_script(f, "CREATE TABLE v (n {INT}); INSERT INTO v (n) VALUES (8);");
    struct rows r;
    assert_good(f->a, store_query(f->s, f->a, &q, NULL, 0, &r));
    assert_int_equal(row(&r, 0)[0].i, 8);
}

static void a_changed_table_is_read_anew(struct store_fixture *f)
{
    static const struct stmt q = {"all_columns", "SELECT * FROM v", NULL, false};
    store_test_script(f, "CREATE TABLE v (n {INT}); INSERT INTO v (n) VALUES (8);");
    struct rows r;
    assert_good(f->a, store_query(f->s, f->a, &q, NULL, 0, &r));
    assert_int_equal(r.ncols, 1);
    store_test_script(f, "ALTER TABLE v ADD COLUMN m {INT} NOT NULL DEFAULT 9;");
    assert_good(f->a, store_query(f->s, f->a, &q, NULL, 0, &r));
    assert_int_equal(r.ncols, 2);
    assert_int_equal(row(&r, 0)[1].i, 9);
}

static void statements_without_end(struct store_fixture *f)
{
    struct rows r;
    f->options.readers = 1;
    store_fixture_reopen(f);
    for (int64_t i = 0; i < STORE_MAX_STATEMENTS + 100; i++) {
        struct stmt *q = NEW(f->a, struct stmt);
        *q = (struct stmt){"endless", arena_cstr(f->a, arena_printf(f->a, "SELECT %lld + ?1", (long long)i)), NULL,
                           false};
        assert_good(f->a, store_query(f->s, f->a, q, (struct sql_value[]){sql_int(1)}, 1, &r));
        assert_int_equal(row(&r, 0)[0].i, i + 1);
    }
    static const struct stmt kept = {"kept", "SELECT count(*) FROM pg_prepared_statements", NULL, false};
    assert_good(f->a, store_query(f->s, f->a, &kept, NULL, 0, &r));
    assert_in_range(row(&r, 0)[0].i, 1, STORE_MAX_STATEMENTS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_POSTGRES(commits_that_do_not_wait_are_refused),
        ON_POSTGRES(servers_that_may_lose_data_are_refused),
        ON_POSTGRES(nobody_at_home),
        ON_POSTGRES(sums_and_truths_are_integers),
        ON_POSTGRES(parameters_change_their_types),
        ON_POSTGRES(a_locking_statement_serves_a_reader),
        ON_POSTGRES(a_changed_table_is_read_anew),
        ON_POSTGRES(statements_without_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
