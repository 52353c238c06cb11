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

static void make_database(struct store_fixture *f, const char *server)
{
    static atomic_int number;
    f->database =
        arena_cstr(f->a, arena_printf(f->a, "tongban_test_%d_%d", (int)getpid(), atomic_fetch_add(&number, 1)));
    store_test_server(
        server,
        arena_cstr(f->a, arena_printf(f->a, "CREATE DATABASE %s TEMPLATE template0 ENCODING 'UTF8'", f->database)));
    f->options.url = url_of(f->a, slice_cstr(server), f->database);
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
        make_database(f, server);
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

void store_fixture_close(struct store_fixture *f)
{
    store_close(f->s);
    f->s = NULL;
    if (f->dir) remove_directory(f->a, f->dir);
    if (f->database)
        store_test_server(getenv("TONGBAN_TEST_PG"),
                          arena_cstr(f->a, arena_printf(f->a, "DROP DATABASE %s WITH (FORCE)", f->database)));
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
