/* How a city with many stored cases does what one with few does: commands, lists, a case opened, the desk, the workers' looks, searches. Both
 * are open in this process and take turns, round by round, so that both meet the same machine.
 *
 * They grow by copies (bench/copies.h) of cases that the engine carried through, as a city's stock is made up: of a hundred 95 are
 * folded (archive), filed evenly over twenty years up to the day from which cases are folded; 4 are closed and not folded yet; 1 waits
 * at its officer's desk, with ten timers pending. A person has ten cases, spread over the time. Written raw; then they are cases
 * like any other: each is under a key of its own and can be opened. */
#include "bench/growth.h"

#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>

#include "bench/copies.h"
#include "city/cases/archive.h"
#include "city/cases/measure.h"
#include "city/messages/messages.h"

enum { FOLDED, CLOSED, WAITING, KINDS };
enum { SHARE_CLOSED = 4, SHARE_WAITING = 1, TIMERS_EACH = 10, YEARS = 20, A_PERSON = 10 };
enum { BATCH = 500, BATCHES = 4, SAMPLES = 4096, LOOKS = 100 };
enum { PERSON_ID = 0x40, TIMER_ID = 0x80 };

struct sample {
    struct id ids[SAMPLES];
    size_t n;
};
struct stock { /* a city and what it has */
    struct store_fixture f;
    struct bench b;
    struct mould moulds[KINDS], before_folding;
    struct sample cases[KINDS], persons;
    int64_t made[KINDS], most, serial;
    instant born;
    const char *name;
};

static void must(struct arena *a, const char *what, result r)
{
    if (failed(r)) bench_stop(a, what, r);
}

static int64_t number(struct stock *g, const char *sql)
{
    return store_test_number(&g->f, sql);
}

/* ---- the cases that are copied ---- */

static void settle(struct stock *g, struct arena *a)
{
    struct city *c = &g->b.t->city;
    for (size_t n = 1; n;) must(a, "letters", case_jobs_run(c, a, time_now(c->time), 64, &n));
    for (size_t n = 1; n;) must(a, "messages", messages_run(c, a, time_now(c->time), 64, &n));
    must(a, "sums", measures_roll(c, a));
}

/* Opened, settled, read; then folded and read again; and one that is filed only. */
static void make_moulds(struct stock *g, struct arena *a)
{
    struct bench *b = &g->b;
    struct city *c = &b->t->city;
    struct archive_at at = {.ended = 0};
    size_t cases = b->cases;
    b->cases = 1;
    bench_openings(b, 1);
    struct id closed = b->list[0].id;
    settle(g, a);
    mould_read(&g->moulds[CLOSED], a, c, closed, S(""), NULL);
    instant late = time_now(c->time) + (ARCHIVE_AFTER + 1) * MS_DAY;
    for (size_t n = 1; n;) must(a, "folding", case_archive_run(c, a, late, 64, &at, &n));
    mould_read(&g->moulds[FOLDED], a, c, closed, S(""), &g->moulds[CLOSED]);
    if (!g->moulds[FOLDED].content.n) bench_stop(a, "the case was not folded", ok());
    bench_filings(b, 2);
    mould_read(&g->moulds[WAITING], a, c, b->list[0].id, S("bench-file-2"), NULL);
    b->cases = cases;
    g->serial = 1000;
}

/* ---- growing ---- */

static int64_t share(int64_t cases, int kind)
{
    int64_t closed = cases * SHARE_CLOSED / 100, waiting = cases * SHARE_WAITING / 100;
    return kind == CLOSED ? closed : kind == WAITING ? waiting : cases - closed - waiting;
}

/* When the nth of so many was filed. */
static instant filed(const struct stock *g, int kind, int64_t nth, int64_t of)
{
    instant old = g->born - ARCHIVE_AFTER * MS_DAY, first = old - YEARS * 365 * MS_DAY;
    instant recent = g->born - 10 * MS_DAY;
    if (kind == FOLDED) return first + (old - first) / of * nth;
    if (kind == CLOSED) return old + 2 * MS_DAY + (recent - old - 2 * MS_DAY) / of * nth;
    return recent + 9 * MS_DAY / of * nth;
}

struct step { /* what is added of a kind */
    int kind;
    int64_t from, to; /* of so many in the end */
    int64_t base;     /* serial of the first case of all */
};

static void one_copy(struct stock *g, struct arena *a, const struct step *s, int64_t nth, struct recorder *out)
{
    int64_t of = share(g->most, s->kind), added = s->to - s->from, persons = added / A_PERSON + 1;
    int64_t person = s->base + s->from + (nth - s->from) % persons;
    instant at = filed(g, s->kind, nth, of);
    struct copy *c = NEW(a, struct copy); /* the rows point into it */
    *c = (struct copy){.serial = s->base + nth, .at = at};
    c->id = copy_id(at, c->serial, (uint8_t)s->kind);
    c->subject =
        copy_id(g->born - YEARS * 366 * MS_DAY + person, person, PERSON_ID); /* registered one after the other */
    out->nrows += mould_copy(&g->moulds[s->kind], a, c, out->rows + out->nrows);
    for (int i = 0; s->kind == WAITING && i < TIMERS_EACH; i++)
        out->rows[out->nrows++] =
            copy_timer(a, copy_id(at, c->serial, (uint8_t)(TIMER_ID + i)), c->id,
                       g->born + 366 * MS_DAY + (c->serial * TIMERS_EACH + i) % (30 * MS_DAY), g->born);
    int64_t stride = added / SAMPLES + 1, k = (nth - s->from) / stride;
    if ((nth - s->from) % stride || k >= SAMPLES) return;
    g->cases[s->kind].ids[k] = c->id;
    g->cases[s->kind].n = (size_t)k + 1;
    if (s->kind != FOLDED) return;
    g->persons.ids[k] = c->subject;
    g->persons.n = (size_t)k + 1;
}

static void write_step(struct stock *g, struct replay *raw, const struct step *s)
{
    struct arena *a = arena_new("growth");
    size_t max = BATCH * BATCHES * (MOULD_ROWS + TIMERS_EACH);
    struct recorded *rows = calloc(max, sizeof *rows);
    struct recorded_batch batches[BATCHES];
    if (!rows) abort();
    for (int64_t at = s->from; at < s->to; arena_reset(a)) {
        struct recorder many = {.rows = rows, .batches = batches};
        for (size_t k = 0; k < BATCHES && at < s->to; k++) {
            size_t first = many.nrows;
            for (int i = 0; i < BATCH && at < s->to; i++, at++) one_copy(g, a, s, at, &many);
            batches[many.nbatches++] = (struct recorded_batch){first, many.nrows - first};
        }
        if (raw->run(raw, &many) < 0) exit(1);
    }
    free(rows);
    arena_free(a);
}

/* What autovacuum would have done meanwhile. */
static void tend(struct stock *g)
{
    if (g->f.kind != STORE_POSTGRES) return;
    PGconn *c = PQconnectdb(arena_cstr(g->f.a, g->f.options.url));
    PGresult *r = PQexec(c, "VACUUM (ANALYZE)");
    if (PQresultStatus(r) != PGRES_COMMAND_OK) bench_stop(g->f.a, "VACUUM", ok());
    PQclear(r);
    PQfinish(c);
}

static void grow_to(struct stock *g, int64_t cases)
{
    struct arena *a = g->f.a;
    struct replay *raw = g->f.kind == STORE_SQLITE
                             ? replay_sqlite(arena_cstr(a, arena_printf(a, "%s/city.db", g->f.dir)))
                             : replay_postgres(arena_cstr(a, g->f.options.url), 2);
    if (!raw) exit(1);
    double from = bench_now();
    int64_t base = 1;
    for (int k = 0; k < KINDS; base += share(g->most, k++)) {
        const struct step s = {k, g->made[k], share(cases, k), base};
        write_step(g, raw, &s);
        g->made[k] = s.to;
    }
    raw->close(raw);
    tend(g);
    (void)fprintf(stderr, "%s: grown to %lld cases in %.0f s\n", g->name, (long long)cases, bench_now() - from);
}

static void open_stock(struct stock *g, const struct growth *o, struct arena *a, int64_t most)
{
    g->b = (struct bench){.cases = o->cases, .flight = 256, .workers = 2, .folder = o->folder};
    bench_prepare(&g->b, &g->f);
    g->name = o->kind == STORE_SQLITE ? "sqlite" : "postgresql";
    g->born = time_now(g->b.t->city.time);
    g->most = most;
    make_moulds(g, a);
}

/* ---- what is measured ---- */

enum { OPENING, LIST, CASE_UNFOLDED, CASE_FOLDED, BY_NUMBER, BY_HOLDER, DESK, FIGURES, TIMERS, TO_FOLD };
/* Of what is anywhere among all cases both are measured: when its pages may have to come from the disk, and when they were just read. */
static const struct {
    int what;
    bool again;
    const char *name;
} MEASURED[] = {
    {OPENING, false, "a case filed and decided"},
    {LIST, false, "a person's list"},
    {LIST, true, "  … read before"},
    {CASE_UNFOLDED, false, "a closed case opened"},
    {CASE_UNFOLDED, true, "  … read before"},
    {CASE_FOLDED, false, "a folded case opened"},
    {CASE_FOLDED, true, "  … read before"},
    {BY_NUMBER, false, "a folded case by its number"},
    {BY_NUMBER, true, "  … read before"},
    {BY_HOLDER, false, "a holder's newest cases"},
    {DESK, false, "a desk"},
    {FIGURES, false, "an officer's figures"},
    {TIMERS, false, "timers that are due"},
    {TO_FOLD, false, "cases to be folded"},
};
enum { LINES = sizeof MEASURED / sizeof *MEASURED };

static const struct stmt NUMBER = {"growth_number", "SELECT number FROM case_file WHERE id = ?1", NULL, false};

static result by_number(struct stock *g, struct arena *a, struct id id, instant now, const struct json **v)
{
    struct rows rows;
    const struct sql_value x = sql_id(&id);
    TRY(store_query(g->f.s, a, &NUMBER, &x, 1, &rows));
    return desk_search(&g->b.t->city, a, g->b.p->steps[0].actor, row(&rows, 0)[0].s, now, v);
}

static result look(struct stock *g, struct arena *a, int what, size_t i, instant now)
{
    struct city *c = &g->b.t->city;
    const struct actor *officer = g->b.p->steps[0].actor;
    const struct desk_filter desk = {.scope = DESK_DEPARTMENT, .limit = 20};
    struct actor person = *g->b.p->applicant;
    struct archive_at at = {.ended = 0};
    const struct json *v;
    size_t n;
    i = i * 2654435761u; /* anywhere */
    const struct id folded = g->cases[FOLDED].ids[i % g->cases[FOLDED].n];
    switch (what) {
    case LIST:
        person.subject = g->persons.ids[i % g->persons.n];
        return case_list_mine(c, a, &person, S(""), 20, S(""), now, &v);
    case CASE_UNFOLDED: return case_view(c, a, g->cases[CLOSED].ids[i % g->cases[CLOSED].n], now, VIEW_OWNER, &v);
    case CASE_FOLDED: return case_view(c, a, folded, now, VIEW_OWNER, &v);
    case DESK: return desk_tasks(c, a, officer, &desk, now, &v);
    case FIGURES: return desk_statistics(c, a, officer, now, &v);
    case TIMERS: return case_timers_run(c, a, now, TIMERS_ROUND, &n);
    case TO_FOLD: return case_archive_run(c, a, now, 64, &at, &n);
    case BY_NUMBER: return by_number(g, a, folded, now, &v);
    default: return desk_search(c, a, officer, json_string(g->b.p->snapshot, "id_number"), now, &v);
    }
}

/* Milliseconds, the median of so many looks. A search of a holder records fifty reads, each durable. */
static double looks(struct stock *g, int line, size_t round)
{
    struct arena *a = arena_new("looks");
    double took[LOOKS];
    int what = MEASURED[line].what;
    size_t many = what == BY_HOLDER || what == FIGURES ? LOOKS / 10 : LOOKS;
    for (size_t i = 0; i < many; i++, arena_reset(a)) {
        instant now = time_now(g->b.t->city.time);
        size_t nth = (size_t)(line * 1000) + round * LOOKS + i;
        if (MEASURED[line].again) must(a, MEASURED[line].name, look(g, a, what, nth, now));
        double from = bench_now();
        must(a, MEASURED[line].name, look(g, a, what, nth, now));
        took[i] = 1000 * (bench_now() - from);
    }
    arena_free(a);
    return bench_median(took, many);
}

static double openings(struct stock *g)
{
    bench_clear(&g->b);
    bench_openings(&g->b, g->serial);
    g->serial += (int64_t)g->b.cases;
    return 1000 * g->b.commands / (double)g->b.cases;
}

enum { ROUNDS_MAX = 64 };
struct turns {
    double few[LINES][ROUNDS_MAX], many[LINES][ROUNDS_MAX];
};

/* The ratio is of one round, where both met the same machine. */
static void report(const char *name, struct turns *t, size_t rounds)
{
    double ratio[ROUNDS_MAX];
    for (int m = 0; m < LINES; m++) {
        for (size_t i = 0; i < rounds; i++) ratio[i] = t->many[m][i] / t->few[m][i];
        double half = bench_median(ratio, rounds); /* sorted now */
        printf("%s: %-28s %9.3f ms  %9.3f ms   ratio %.2f (%.2f to %.2f)\n", name, MEASURED[m].name,
               bench_median(t->few[m], rounds), bench_median(t->many[m], rounds), half, ratio[0], ratio[rounds - 1]);
    }
    (void)fflush(stdout);
}

static void take_turns(struct stock *few, struct stock *many, size_t rounds)
{
    struct turns *t = calloc(1, sizeof *t);
    if (!t) abort();
    (void)openings(few); /* to be warm */
    (void)openings(many);
    for (size_t i = 0; i < rounds; i++)
        for (int m = 0; m < LINES; m++) {
            t->few[m][i] = MEASURED[m].what == OPENING ? openings(few) : looks(few, m, i);
            t->many[m][i] = MEASURED[m].what == OPENING ? openings(many) : looks(many, m, i);
        }
    static const char COUNT[] = "SELECT COUNT(*) FROM case_file";
    printf("%s: %lld cases, and %lld of which %lld are folded; %lld timers pending; median of %zu rounds\n", many->name,
           (long long)number(few, COUNT), (long long)number(many, COUNT),
           (long long)number(many, "SELECT COUNT(*) FROM case_archive"),
           (long long)number(many, "SELECT COUNT(*) FROM case_timer"), rounds);
    report(many->name, t, rounds);
    free(t);
}

static void size_of(struct stock *g)
{
    int64_t bytes = number(g, g->f.kind == STORE_SQLITE
                                  ? "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()"
                                  : "SELECT pg_database_size(current_database())");
    printf("%s: the grown database has %.2f GB\n", g->name, (double)bytes / 1e9);
}

bool growth_measure(const struct growth *o)
{
    struct arena *a = arena_new("growth");
    struct stock *few = NEW(a, struct stock), *many = NEW(a, struct stock);
    if (!store_fixture_open(&few->f, a, o->kind, NULL) || !store_fixture_open(&many->f, a, o->kind, NULL)) return true;
    open_stock(few, o, a, o->least);
    open_stock(many, o, a, o->most);
    grow_to(few, o->least);
    int64_t to = o->least;
    while (to < o->most) {
        to = to * 10 < o->most ? to * 10 : o->most;
        grow_to(many, to);
        size_of(many);
        take_turns(few, many, o->rounds);
    }
    bench_end(&few->b);
    bench_end(&many->b);
    store_fixture_close(&few->f);
    if (o->keep)
        printf("%s: left in %s\n", many->name, many->f.dir ? many->f.dir : many->f.database);
    else
        store_fixture_close(&many->f);
    arena_free(a);
    return true;
}
