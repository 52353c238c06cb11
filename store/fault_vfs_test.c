/* What a kill leaves behind: with full syncs every acknowledged commit, without them not. */
#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/testing.h"
#include "store/fault_vfs.h"
#include "store/store.h"

#include <sqlite3.h>

enum { SEEDS = 50, ROUNDS = 3, OPERATIONS = 900 };

struct mode {
    const char *journal, *synchronous;
};
struct outcome {
    int acknowledged, lost, broken, killed;
};

static void directory_make(char *dir, size_t n)
{
    const char *tmp = getenv("TMPDIR");
    (void)snprintf(dir, n, "%s/tongban_vfs_XXXXXX", tmp && *tmp ? tmp : "/tmp");
    assert_non_null(mkdtemp(dir));
}

static void directory_remove(const char *dir)
{
    char path[600];
    DIR *d = opendir(dir);
    for (struct dirent *e; d && (e = readdir(d));) {
        (void)snprintf(path, sizeof path, "%s/%s", dir, e->d_name);
        if (e->d_name[0] != '.') (void)unlink(path);
    }
    if (d) (void)closedir(d);
    (void)rmdir(dir);
}

static void run(sqlite3 *db, const char *sql)
{
    if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK) _exit(3);
}

static void acknowledge(int fd, int n)
{
    if (write(fd, &n, sizeof n) != (ssize_t)sizeof n) _exit(4);
}

/* Child: commits rows n, n + 1, … and says so after each commit, until it is killed. */
static void write_rows(const char *path, const struct mode *m, uint64_t seed, int n, int fd)
{
    char sql[300];
    sqlite3 *db;
    if (fault_vfs_register("fault", seed) != SQLITE_OK) _exit(1);
    if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, "fault") != SQLITE_OK) _exit(2);
    (void)snprintf(sql, sizeof sql, "PRAGMA journal_mode = %s; PRAGMA synchronous = %s; PRAGMA wal_autocheckpoint = 20",
                   m->journal, m->synchronous);
    run(db, sql);
    fault_vfs_kill_at(1 + (int64_t)((seed * UINT64_C(2654435761) >> 7) % OPERATIONS));
    run(db,
        "CREATE TABLE IF NOT EXISTS t (n INTEGER PRIMARY KEY, x BLOB, y INTEGER); CREATE INDEX IF NOT EXISTS t_y ON t (y)");
    for (;; n++) {
        (void)snprintf(
            sql, sizeof sql,
            "BEGIN IMMEDIATE; INSERT INTO t VALUES (%d, randomblob(%d), random()); UPDATE t SET y = y + 1 WHERE n %% 7 = %d; COMMIT",
            n, 100 + n % 3000, n % 7);
        run(db, sql);
        acknowledge(fd, n);
    }
}

/* The highest row that was acknowledged, or before - 1. */
static int round_of(const char *path, const struct mode *m, uint64_t seed, int before, struct outcome *o)
{
    int ends[2], last = before - 1, status = 0;
    assert_int_equal(pipe(ends), 0);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        (void)close(ends[0]);
        write_rows(path, m, seed, before, ends[1]);
        _exit(5);
    }
    (void)close(ends[1]);
    for (int n; read(ends[0], &n, sizeof n) == (ssize_t)sizeof n; last = n) o->acknowledged++;
    (void)close(ends[0]);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    /* a child that finds a broken database stops by itself: only where syncs were left out */
    o->killed += WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
    return last;
}

static int number(sqlite3 *db, const char *sql, const char *text)
{
    sqlite3_stmt *st = NULL;
    int n = -1;
    if (sqlite3_prepare_v2(db, sql, -1, &st, NULL) == SQLITE_OK && sqlite3_step(st) == SQLITE_ROW)
        n = text ? strcmp((const char *)sqlite3_column_text(st, 0), text) == 0 : sqlite3_column_int(st, 0);
    (void)sqlite3_finalize(st);
    return n;
}

/* After the kill, by the ordinary VFS. At most one commit more than was acknowledged. */
static int check(const char *path, const struct mode *m, int last, struct outcome *o)
{
    sqlite3 *db;
    assert_int_equal(sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL), SQLITE_OK);
    int table = number(db, "SELECT count(*) FROM sqlite_schema WHERE name = 't'", NULL), rows = 0, highest = 0;
    if (number(db, "PRAGMA integrity_check", "ok") != 1 || table < 0) {
        o->broken++;
    } else if (table == 1) {
        rows = number(db, "SELECT count(*) FROM t", NULL);
        highest = number(db, "SELECT coalesce(max(n), 0) FROM t", NULL);
        bool synced = strcmp(m->synchronous, "OFF") != 0;
        assert_true(!synced || rows == highest); /* commits are there in order, without holes */
        assert_true(highest <= last + 1);
    }
    if (highest < last) o->lost += last - highest;
    (void)sqlite3_close(db);
    return highest;
}

/* Several kills of one database after another: what recovery leaves must do for the next round. */
static struct outcome kill_often(struct mode m)
{
    struct outcome o = {0, 0, 0, 0};
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        char dir[300], path[400];
        directory_make(dir, sizeof dir);
        (void)snprintf(path, sizeof path, "%s/t.db", dir);
        int broken = o.broken, there = 0;
        for (uint64_t k = 0; k < ROUNDS && o.broken == broken; k++)
            there = check(path, &m, round_of(path, &m, seed * ROUNDS + k, there + 1, &o), &o);
        directory_remove(dir);
    }
    return o;
}

static void survives(struct mode m)
{
    struct outcome o = kill_often(m);
    assert_int_equal(o.broken, 0);
    assert_int_equal(o.lost, 0);
    assert_int_equal(o.killed, SEEDS * ROUNDS);
    assert_true(o.acknowledged > SEEDS);
}

static void wal_with_full_syncs_keeps_all(void **state)
{
    (void)state;
    survives((struct mode){"WAL", "FULL"});
}
static void journal_with_full_syncs_keeps_all(void **state)
{
    (void)state;
    survives((struct mode){"TRUNCATE", "FULL"});
}
static void a_deleted_journal_needs_its_directory_synced(void **state)
{
    (void)state;
    survives((struct mode){"DELETE", "EXTRA"});
    /* FULL does not sync the directory: the journal comes back and takes the commit with it, but breaks nothing */
    struct outcome o = kill_often((struct mode){"DELETE", "FULL"});
    assert_int_equal(o.broken, 0);
    assert_true(o.lost > 0);
}
static void wal_without_a_sync_per_commit_loses_but_keeps_order(void **state)
{
    (void)state;
    struct outcome o = kill_often((struct mode){"WAL", "NORMAL"});
    assert_int_equal(o.broken, 0);
    assert_true(o.lost > 0);
}
static void without_syncs_commits_are_lost(void **state)
{
    (void)state;
    struct outcome o = kill_often((struct mode){"WAL", "OFF"});
    assert_true(o.acknowledged > SEEDS);
    assert_true(o.lost > SEEDS);
    o = kill_often((struct mode){"TRUNCATE", "OFF"});
    assert_true(o.lost > 0);
    assert_true(o.broken > 0); /* torn pages */
}

/* ---- the store itself ---- */

static const struct stmt TABLE = {"fault_table", "CREATE TABLE IF NOT EXISTS v (n INTEGER PRIMARY KEY)", NULL, false};
static const struct stmt ROW = {"fault_row", "INSERT INTO v (n) VALUES (?1)", NULL, false};
static const struct stmt HIGHEST = {"fault_highest", "SELECT coalesce(max(n), 0), count(*) FROM v", NULL, false};

static result make_table(struct tx *tx, struct arena *a, void *ctx)
{
    (void)ctx;
    return tx_exec(tx, a, &TABLE, NULL, 0, NULL);
}

static result insert(struct unit *u, const struct rows *rows, size_t nrows, struct decision *d)
{
    (void)rows, (void)nrows;
    decision_write(d, &ROW, 1, 1, sql_int(*(int64_t *)u->ctx));
    return ok();
}

static void write_units(const char *url, uint64_t seed, bool no_sync, int first, int fd)
{
    struct arena *a = arena_new("faulty store");
    struct store *s;
    struct store_options o = {.url = slice_cstr(url), .sqlite_vfs = "fault", .unsafe_no_sync = no_sync};
    if (fault_vfs_register("fault", seed) != SQLITE_OK) _exit(1);
    if (failed(store_open(a, &o, &s)) || failed(store_run(s, a, "table", make_table, NULL))) _exit(2);
    fault_vfs_kill_at(1 + (int64_t)((seed * UINT64_C(2654435761) >> 7) % 200));
    for (int64_t n = first;; n++) {
        struct unit u = {.name = "row", .decide = insert, .ctx = &n};
        if (failed(store_submit_wait(s, a, &u))) _exit(3);
        acknowledge(fd, (int)n);
        arena_reset(a);
    }
}

static int lost_units(struct arena *a, uint64_t seed, bool no_sync)
{
    char dir[300], url[400];
    int ends[2], last = 0, status = 0;
    directory_make(dir, sizeof dir);
    (void)snprintf(url, sizeof url, "sqlite:%s/city.db", dir);
    assert_int_equal(pipe(ends), 0);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        (void)close(ends[0]);
        write_units(url, seed, no_sync, 1, ends[1]);
    }
    (void)close(ends[1]);
    for (int n; read(ends[0], &n, sizeof n) == (ssize_t)sizeof n;) last = n;
    (void)close(ends[0]);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    struct store *s;
    struct rows r = {0};
    assert_good(a, store_open(a, &(struct store_options){.url = slice_cstr(url)}, &s));
    int there = failed(store_query(s, a, &HIGHEST, NULL, 0, &r)) ? 0 : (int)row(&r, 0)[0].i;
    store_close(s);
    directory_remove(dir);
    return last > there ? last - there : 0;
}

static void the_store_keeps_what_it_acknowledged(void **state)
{
    int lost = 0;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        assert_int_equal(lost_units(*state, seed, false), 0);
        if (seed <= SEEDS / 5) lost += lost_units(*state, seed, true);
    }
    assert_true(lost > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(wal_with_full_syncs_keeps_all),
        TEST(journal_with_full_syncs_keeps_all),
        TEST(a_deleted_journal_needs_its_directory_synced),
        TEST(wal_without_a_sync_per_commit_loses_but_keeps_order),
        TEST(without_syncs_commits_are_lost),
        TEST(the_store_keeps_what_it_acknowledged),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
