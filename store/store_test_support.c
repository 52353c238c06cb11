#include "store/store_test_support.h"

#include <dirent.h>
#include <libpq-fe.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "store/store_impl.h"

static int skipped;

static const char *server_url(void)
{
    const char *url = getenv("TONGBAN_TEST_PG");
    if (url && *url) return url;
    const char *ci = getenv("CI");
    if (ci && strcmp(ci, "true") == 0) fail_msg("TONGBAN_TEST_PG is not set: the PostgreSQL tests cannot run");
    printf("skipped, no PostgreSQL (TONGBAN_TEST_PG): %d so far\n", ++skipped);
    return NULL;
}

/* postgresql://authority/NAME?parameters with another NAME */
static struct slice url_of(struct arena *a, struct slice server, const char *database)
{
    size_t authority = slice_search(server, S("://"));
    if (authority == SIZE_MAX) fail_msg("TONGBAN_TEST_PG is no URL");
    size_t query = slice_find(server, '?', 0), path = slice_find(server, '/', authority + 3);
    if (query == SIZE_MAX) query = server.n;
    if (path == SIZE_MAX || path > query) path = query;
    return arena_printf(a, "%.*s/%s%.*s", SLICE_ARG(slice_sub(server, 0, path)), database,
                        SLICE_ARG(slice_sub(server, query, server.n)));
}

void store_test_server(const char *url, const char *sql)
{
    PGconn *c = PQconnectdb(url);
    if (PQstatus(c) != CONNECTION_OK) fail_msg("%s", PQerrorMessage(c));
    PGresult *r = PQexec(c, sql);
    if (PQresultStatus(r) != PGRES_COMMAND_OK && PQresultStatus(r) != PGRES_TUPLES_OK)
        fail_msg("%s: %s", sql, PQerrorMessage(c));
    PQclear(r);
    PQfinish(c);
}

/* A database that the next fixture may have: migrated, without rows. */
static struct {
    char name[64];
    pid_t owner; /* 0: none; a child of fork() has no right to its parent's */
} spare;

static void drop_spare(void)
{
    char sql[128];
    const char *url = getenv("TONGBAN_TEST_PG");
    if (spare.owner != getpid() || !url) return;
    PGconn *c = PQconnectdb(url);
    (void)snprintf(sql, sizeof sql, "DROP DATABASE IF EXISTS %s WITH (FORCE)", spare.name);
    if (PQstatus(c) == CONNECTION_OK) PQclear(PQexec(c, sql));
    PQfinish(c);
}

static bool take_spare(struct store_fixture *f)
{
    if (spare.owner != getpid()) return false;
    spare.owner = 0;
    f->database = arena_cstr(f->a, slice_cstr(spare.name));
    return true;
}

static void make_database(struct store_fixture *f, const char *server, bool fresh)
{
    static atomic_int number;
    f->used = !fresh && take_spare(f);
    if (!f->used) {
        f->database =
            arena_cstr(f->a, arena_printf(f->a, "tongban_test_%d_%d", (int)getpid(), atomic_fetch_add(&number, 1)));
        store_test_server(
            server,
            arena_cstr(f->a, arena_printf(f->a, "CREATE DATABASE %s TEMPLATE template0 ENCODING 'UTF8'", f->database)));
    }
    f->options.url = url_of(f->a, slice_cstr(server), f->database);
}

static void drop_database(struct store_fixture *f)
{
    store_test_server(getenv("TONGBAN_TEST_PG"),
                      arena_cstr(f->a, arena_printf(f->a, "DROP DATABASE %s WITH (FORCE)", f->database)));
}

static void make_directory(struct store_fixture *f)
{
    const char *tmp = getenv("TMPDIR");
    char *dir = arena_cstr(f->a, arena_printf(f->a, "%s/tongban_test_XXXXXX", tmp && *tmp ? tmp : "/tmp"));
    f->dir = mkdtemp(dir);
    if (!f->dir) fail_msg("mkdtemp failed");
    f->options.url = arena_printf(f->a, "sqlite:%s/city.db", f->dir);
}

bool store_fixture_open(struct store_fixture *f, struct arena *a, enum store_kind kind,
                        const struct store_options *options)
{
    *f = (struct store_fixture){.a = a, .kind = kind};
    if (options) f->options = *options;
    if (kind == STORE_POSTGRES) {
        const char *server = server_url();
        if (!server) return false;
        make_database(f, server, false);
    } else {
        make_directory(f);
    }
    assert_good(a, store_open(a, &f->options, &f->s));
    return true;
}

struct store *store_fixture_second(struct store_fixture *f)
{
    struct store *s;
    assert_good(f->a, store_open(f->a, &f->options, &s));
    return s;
}

void store_fixture_reopen(struct store_fixture *f)
{
    store_close(f->s);
    f->s = store_fixture_second(f);
}

static void remove_directory(struct arena *a, const char *dir)
{
    DIR *d = opendir(dir);
    for (struct dirent *e; d && (e = readdir(d));)
        if (e->d_name[0] != '.') unlink(arena_cstr(a, arena_printf(a, "%s/%s", dir, e->d_name)));
    if (d) closedir(d);
    rmdir(dir);
}

static int64_t relations(PGconn *c)
{
    PGresult *r = PQexec(c, "SELECT COUNT(*) FROM pg_class WHERE relnamespace = current_schema()::regnamespace");
    int64_t n = PQntuples(r) == 1 ? strtoll(PQgetvalue(r, 0, 0), NULL, 10) : 0;
    PQclear(r);
    return n;
}

void store_fixture_reusable(struct store_fixture *f)
{
    if (!f->database) return;
    PGconn *c = PQconnectdb(arena_cstr(f->a, f->options.url));
    f->relations = relations(c);
    PQfinish(c);
}

/* Keeps the emptied database as the spare one. False: it is to be dropped. */
static bool put_aside(struct store_fixture *f)
{
    static const char EMPTY[] =
        "DO $$ DECLARE t record; BEGIN SET LOCAL session_replication_role = replica;" /* no triggers */
        " FOR t IN SELECT tablename FROM pg_tables WHERE schemaname = current_schema() AND tablename <> 'store_migration'"
        " LOOP EXECUTE format('DELETE FROM %I', t.tablename); END LOOP; END $$";
    static bool promised;
    if (f->relations == 0 || spare.owner == getpid() || strlen(f->database) >= sizeof spare.name) return false;
    PGconn *c = PQconnectdb(arena_cstr(f->a, f->options.url));
    PGresult *r = relations(c) == f->relations ? PQexec(c, EMPTY) : NULL;
    bool empty = PQresultStatus(r) == PGRES_COMMAND_OK;
    PQclear(r);
    PQfinish(c);
    if (!empty) return false;
    memcpy(spare.name, f->database, strlen(f->database) + 1);
    spare.owner = getpid();
    if (!promised) promised = atexit(drop_spare) == 0;
    return true;
}

void store_fixture_close(struct store_fixture *f)
{
    store_close(f->s);
    f->s = NULL;
    if (f->dir) remove_directory(f->a, f->dir);
    if (f->database && !put_aside(f)) drop_database(f);
}

void store_fixture_fresh(struct store_fixture *f)
{
    if (!f->used) return;
    store_close(f->s);
    drop_database(f);
    make_database(f, server_url(), true);
    f->s = store_fixture_second(f);
}

/* TONGBAN_TEST_SKIP=PATTERN leaves tests out by name, uncounted: "*postgres" where another stage runs them. */
__attribute__((constructor)) static void leave_out(void)
{
    const char *pattern = getenv("TONGBAN_TEST_SKIP");
    if (pattern && *pattern) cmocka_set_skip_filter(pattern);
}

void store_case_run(void **state)
{
    const struct store_case *c = *state;
    struct store_fixture f;
    struct arena *a = arena_new("test");
    if (!store_fixture_open(&f, a, c->kind, NULL)) {
        arena_free(a);
        skip();
    }
    c->fn(&f);
    store_fixture_close(&f);
    arena_free(a);
}

static result run_script(struct tx *tx, struct arena *a, void *ctx)
{
    const char *sql;
    TRY(dialect_migration(a, tx->s->kind, ctx, S("test"), &sql));
    return tx->s->driver->tx_script(tx, a, sql);
}

void store_test_script(struct store_fixture *f, const char *sql)
{
    char *copy = arena_cstr(f->a, slice_cstr(sql));
    assert_good(f->a, store_run(f->s, f->a, "test_script", run_script, copy));
}

int64_t store_test_number(struct store_fixture *f, const char *sql)
{
    struct stmt q = {"test_number", sql, NULL, false};
    struct rows r;
    assert_good(f->a, store_query(f->s, f->a, &q, NULL, 0, &r));
    assert_int_equal(r.n, 1);
    return row(&r, 0)[0].i;
}
