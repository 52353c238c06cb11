/* archive_bench [--cases N] [--openings N] [--sqlite | --postgres]
 *
 * What a closed case takes in the database, before its journal is folded into the archive (city/cases/archive.h) and after: N cases of the
 * reference process (100000) and N company openings (500), carried through by the engine, not copied, for only a case's own key opens its
 * journal. Bytes of tables with their indexes, a case, without the papers themselves (case_blob), which stay as they are; then cases
 * folded a second, and how long a folded and an unfolded case take to be opened. Each as the database has grown and after
 * VACUUM (PostgreSQL: VACUUM FULL). */
#include <libpq-fe.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>

#include "bench/city.h"
#include "city/cases/archive.h"
#include "city/cases/measure.h"

enum { AT_ONCE = 2048, LOOKS = 400 };

static const struct stmt SIZE = {
    "bench_size",
    "SELECT COALESCE(SUM(pgsize), 0) FROM dbstat WHERE name IN (SELECT name FROM sqlite_schema WHERE tbl_name = ?1)",
    "SELECT pg_total_relation_size(CAST(CAST(?1 AS TEXT) AS REGCLASS))", false};
static const struct stmt CLOSED = {
    "bench_closed", "SELECT id FROM case_file WHERE decided_at > 0 ORDER BY id DESC LIMIT ?1", NULL, false};
static const struct stmt FOLDED = {"bench_folded", "SELECT COUNT(*) FROM case_archive", NULL, false};
static const char *const TABLES[] = {"case_event", "case_task",    "case_file",          "case_archive",
                                     "data_key",   "case_measure", "archive_dictionary", NULL};

static int64_t number(struct store *s, const struct stmt *q, const struct sql_value *v, size_t n)
{
    struct arena *a = arena_new("number");
    struct rows rows;
    result r = store_query(s, a, q, v, n, &rows);
    if (failed(r)) bench_stop(a, q->name, r);
    int64_t out = row(&rows, 0)[0].i;
    arena_free(a);
    return out;
}

/* Outside of any transaction, on a connection of its own. */
static void compact(struct store_fixture *f)
{
    struct arena *a = arena_new("compact");
    bool good;
    if (store_kind(f->s) == STORE_POSTGRES) {
        PGconn *c = PQconnectdb(arena_cstr(a, f->options.url));
        PGresult *r = PQexec(c, "VACUUM FULL");
        good = PQresultStatus(r) == PGRES_COMMAND_OK;
        PQclear(r);
        PQfinish(c);
    } else {
        sqlite3 *db = NULL;
        good = sqlite3_open(arena_cstr(a, arena_printf(a, "%s/city.db", f->dir)), &db) == SQLITE_OK &&
               sqlite3_exec(db, "PRAGMA busy_timeout = 10000; VACUUM", NULL, NULL, NULL) == SQLITE_OK;
        (void)sqlite3_close(db);
    }
    if (!good) bench_stop(a, "VACUUM", fail(a, CODE_INTERNAL, S("bench"), "detail", S("VACUUM failed"), NULL));
    arena_free(a);
}

static void sizes(struct store_fixture *f, const char *name, const char *when, double cases)
{
    double journal = 0;
    printf("%s: %s:", name, when);
    for (size_t i = 0; TABLES[i]; i++) {
        const struct sql_value v = sql_text(slice_cstr(TABLES[i]));
        double n = (double)number(f->s, &SIZE, &v, 1) / cases;
        if (i < 4) journal += n;
        printf(" %s %.0f%s", TABLES[i], n, TABLES[i + 1] ? "," : "");
    }
    printf("; journal, tasks, file and archive %.0f bytes a case\n", journal);
}

/* Of the last so many cases: seconds each, opened whole as their applicant sees them. */
static double look(struct bench *b, instant now)
{
    struct arena *a = arena_new("looks"), *own = arena_new("look");
    struct rows rows;
    const struct sql_value many = sql_int(LOOKS);
    result r = store_query(b->t->city.store, a, &CLOSED, &many, 1, &rows);
    double from = bench_now();
    for (size_t i = 0; i < rows.n && !failed(r); i++, arena_reset(own)) {
        struct id id;
        const struct json *v;
        if (id_from_bytes(row(&rows, i)[0].s, &id))
            r = result_copy(a, case_view(&b->t->city, own, id, now, VIEW_OWNER, &v));
    }
    if (failed(r)) bench_stop(a, "looking", r);
    double took = (bench_now() - from) / (double)(rows.n ? rows.n : 1);
    arena_free(own);
    arena_free(a);
    return took;
}

/* A case is folded when nothing of it is left to do: letters that no flow waits for are made, and it is in the sums. */
static void letters(struct bench *b)
{
    size_t n = 1;
    result rolled = measures_roll(&b->t->city, b->t->a);
    if (failed(rolled)) bench_stop(b->t->a, "sums", rolled);
    while (n) {
        struct arena *a = arena_new("letters");
        result r = case_jobs_run(&b->t->city, a, time_now(b->t->city.time), 64, &n);
        if (failed(r)) bench_stop(a, "letters", r);
        arena_free(a);
    }
}

static double fold(struct bench *b, instant now)
{
    struct archive_at at = {.ended = 0};
    size_t n = 1;
    double from = bench_now();
    while (n) {
        struct arena *a = arena_new("fold");
        result r = case_archive_run(&b->t->city, a, now, 256, &at, &n);
        if (failed(r)) bench_stop(a, "folding", r);
        arena_free(a);
    }
    return bench_now() - from;
}

static bool measure(enum store_kind kind, const char *folder, const char *what, size_t cases)
{
    struct arena *a = arena_new("bench");
    struct store_fixture f;
    struct bench *b = NEW(a, struct bench);
    size_t once = cases < AT_ONCE ? cases : AT_ONCE;
    const char *name = arena_cstr(a, arena_printf(a, "%s, %s", kind == STORE_SQLITE ? "sqlite" : "postgresql", what));
    *b = (struct bench){.cases = once, .flight = 256, .workers = 2, .folder = folder};
    if (!store_fixture_open(&f, a, kind, NULL)) return true;
    bench_prepare(b, &f);
    size_t done = 1; /* the rehearsal */
    for (; done < cases; done += b->cases) bench_openings(b, (int64_t)done);
    letters(b);
    instant now = time_now(b->t->city.time) + (ARCHIVE_AFTER + 1) * MS_DAY;
    sizes(&f, name, "before", (double)done);
    compact(&f);
    sizes(&f, name, "before, compact", (double)done);
    double before = look(b, now), took = fold(b, now);
    int64_t folded = number(f.s, &FOLDED, NULL, 0);
    printf("%s: %lld of %zu cases folded, %.0f a second\n", name, (long long)folded, done, (double)folded / took);
    sizes(&f, name, "after", (double)done);
    compact(&f);
    sizes(&f, name, "after, compact", (double)done);
    printf("%s: a case opened in %.2f ms before, %.2f ms after\n", name, 1000 * before, 1000 * look(b, now));
    (void)fflush(stdout);
    bench_end(b);
    store_fixture_close(&f);
    arena_free(a);
    return folded == (int64_t)done;
}

int main(int argc, char **argv)
{
    int64_t cases = 100000, openings = 500;
    bool kinds[] = {true, true}, good = true;
    for (int i = 1; i < argc && good; i++) {
        struct slice w = slice_cstr(argv[i]);
        if (slice_is(w, "--sqlite"))
            kinds[STORE_POSTGRES] = false;
        else if (slice_is(w, "--postgres"))
            kinds[STORE_SQLITE] = false;
        else if (slice_is(w, "--cases"))
            good = ++i < argc && slice_int64(slice_cstr(argv[i]), &cases) && cases > 0;
        else if (slice_is(w, "--openings"))
            good = ++i < argc && slice_int64(slice_cstr(argv[i]), &openings) && openings > 0;
        else
            good = false;
    }
    if (!good) {
        (void)fprintf(stderr, "usage: archive_bench [--cases N] [--openings N] [--sqlite | --postgres]\n");
        return 2;
    }
    for (int kind = STORE_SQLITE; kind <= STORE_POSTGRES; kind++) {
        if (!kinds[kind]) continue;
        good = measure((enum store_kind)kind, "bench/reference", "the reference process", (size_t)cases) && good;
        good = measure((enum store_kind)kind, NULL, "company openings", (size_t)openings) && good;
    }
    return good ? 0 : 1;
}
