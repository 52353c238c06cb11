/* For tests of every room: a fresh database per test, on SQLite and on PostgreSQL.
 *
 *   static void writes_a_row(struct store_fixture *f) { … f->s … f->a … }
 *   int main(void) {
 *       const struct CMUnitTest tests[] = {ON_BOTH(writes_a_row), ON_SQLITE(only_here)};
 *       return cmocka_run_group_tests(tests, NULL, NULL);
 *   }
 *
 * PostgreSQL runs when TONGBAN_TEST_PG holds a URL of a server where databases may be created, e.g.
 * postgresql:///postgres?host=/tmp/pgtest&port=54329&user=postgres (tools/pg_test_server.sh start DIR prints one).
 * Without it these tests are skipped and counted; with CI=true they fail. */
#ifndef STORE_STORE_TEST_SUPPORT_H
#define STORE_STORE_TEST_SUPPORT_H

#include "base/testing.h"
#include "store/store.h"

struct store_fixture {
    struct arena *a;
    enum store_kind kind;
    struct store_options options; /* change before store_fixture_reopen */
    struct store *s;
    const char *dir;      /* SQLite: the temporary directory */
    const char *database; /* PostgreSQL: the fresh database's name */
    int64_t relations;    /* PostgreSQL: tables and indexes when it was declared reusable; 0: it was not */
    bool used;            /* PostgreSQL: an earlier test had it */
};

/* Opens a store on a database made for it. False: PostgreSQL is absent (said and counted). Failures fail the test.
 * `options` may be NULL; its url is set here. */
bool store_fixture_open(struct store_fixture *f, struct arena *a, enum store_kind kind,
                        const struct store_options *options);
/* Closes the store and opens the same database again, with f->options. */
void store_fixture_reopen(struct store_fixture *f);
/* One more store on the same database; the caller closes it. */
struct store *store_fixture_second(struct store_fixture *f);
/* Closes and removes the database. */
void store_fixture_close(struct store_fixture *f);
/* After the migrations: what stands in the database now is what any test of this program would make. On PostgreSQL it is emptied
 * when the fixture closes and handed to the program's next fixture, for making and dropping some 500 relations takes longer than most tests.
 * It is dropped all the same when a test added or removed relations. On SQLite nothing happens. */
void store_fixture_reusable(struct store_fixture *f);
/* First thing in a test that needs a database which no other test had: its statistics, its migrations. */
void store_fixture_fresh(struct store_fixture *f);

struct store_case {
    void (*fn)(struct store_fixture *f);
    enum store_kind kind;
};
void store_case_run(void **state);
#define ON_SQLITE(f)                                                                       \
    {                                                                                      \
#f "/sqlite", store_case_run, NULL, NULL, &(struct store_case) { f, STORE_SQLITE } \
    }
#define ON_POSTGRES(f)                                                                         \
    {                                                                                          \
#f "/postgres", store_case_run, NULL, NULL, &(struct store_case) { f, STORE_POSTGRES } \
    }
#define ON_BOTH(f) ON_SQLITE(f), ON_POSTGRES(f)

/* SQL that must succeed, without rows, in a transaction of its own. */
void store_test_script(struct store_fixture *f, const char *sql);
/* A single number from a query without parameters that returns one row. */
int64_t store_test_number(struct store_fixture *f, const char *sql);
/* PostgreSQL: SQL outside the store, in a session of its own. */
void store_test_server(const char *url, const char *sql);

#endif
