/* How openings, and what is read, fare as the city grows. The rows of one opening are recorded and written again under other ids and unique
 * texts, raw, as often as needed, with content of documents cut to a few bytes (ten million openings would be 4 TB): what
 * remains is every row and every index entry; each copy has a timer that is pending besides. Ids stay ordered by time. */
#include <stdio.h>
#include <stdlib.h>

#include "bench/growth.h"

enum { COPIES = 200, IDS = 256, LONG_TEXT = 10, CUT = 16384, KEPT = 64 };

struct renaming {
    struct id from[IDS], to[IDS];
    size_t n;
};

/* Ids made since the recording began are the opening's own; accounts and the like are older. */
static bool own_id(struct slice s, instant since)
{
    uint64_t ms = 0;
    for (size_t i = 0; i < 6; i++) ms = ms << 8 | (uint8_t)s.p[i];
    return s.n == 16 && ((uint8_t)s.p[6] >> 4) == 7 && ms >= (uint64_t)since;
}

static struct slice renamed(struct renaming *x, struct arena *a, struct slice s, instant now)
{
    struct id *copy = NEW(a, struct id), old;
    (void)id_from_bytes(s, &old);
    size_t i = 0;
    while (i < x->n && !id_eq(x->from[i], old)) i++;
    if (i == x->n && x->n < IDS) {
        x->from[x->n] = old;
        x->to[x->n++] = id_new(now);
    }
    *copy = x->to[i];
    return id_bytes(copy);
}

static struct sql_value copy_value(struct renaming *x, struct arena *a, const struct sql_value *v, instant since,
                                   int64_t serial)
{
    struct sql_value out = *v;
    if (v->type == SQL_BLOB && v->s.n == 16 && own_id(v->s, since))
        out.s = renamed(x, a, v->s, time_now(time_system()));
    if (v->type == SQL_BLOB && v->s.n > CUT) out.s.n = KEPT;
    if (v->type == SQL_BLOB && v->s.n == 32) { /* a hash */
        char *p = arena_cstr(a, v->s);
        memcpy(p, &serial, sizeof serial);
        out.s.p = p;
    }
    if (v->type == SQL_TEXT && v->s.n >= LONG_TEXT)
        out.s = arena_printf(a, "%.*s%08llx", SLICE_ARG(v->s), (unsigned long long)serial);
    return out;
}

static const struct stmt TIMER = {
    "growth_timer",
    "INSERT INTO case_timer (id, case_id, token, due_at, set_at, lease_until, lease_owner) VALUES (?1,?2,1,?3,?4,0,NULL)",
    NULL, false};

/* A timer of a copy, due in a year or so. */
static struct recorded pending(struct arena *a, int64_t serial)
{
    struct sql_value *v = NEW_ARRAY(a, struct sql_value, 4);
    struct id *ids = NEW_ARRAY(a, struct id, 2);
    instant now = time_now(time_system());
    ids[0] = id_new(now);
    ids[1] = id_new(now);
    v[0] = sql_id(&ids[0]);
    v[1] = sql_id(&ids[1]);
    v[2] = sql_int(now + 366 * MS_DAY + serial * 1000);
    v[3] = sql_int(now);
    return (struct recorded){&TIMER, v, 4, 1};
}

/* COPIES openings in one transaction. */
static void grow(struct replay *raw, const struct recorder *one, instant since, int64_t serial)
{
    struct arena *a = arena_new("growth");
    struct recorded_batch all = {0, (one->nrows + 1) * COPIES};
    struct recorder many = {
        .rows = NEW_ARRAY(a, struct recorded, all.n), .nrows = all.n, .batches = &all, .nbatches = 1};
    for (size_t c = 0; c < COPIES; c++) {
        many.rows[one->nrows * COPIES + c] = pending(a, serial + (int64_t)c);
        struct renaming *x = NEW(a, struct renaming);
        for (size_t i = 0; i < one->nrows; i++) {
            struct recorded *r = &many.rows[c * one->nrows + i];
            struct sql_value *v = NEW_ARRAY(a, struct sql_value, one->rows[i].nbinds + 1);
            for (size_t k = 0; k < one->rows[i].nbinds; k++)
                v[k] = copy_value(x, a, &one->rows[i].binds[k], since, serial + (int64_t)c);
            *r = one->rows[i];
            r->binds = v;
        }
    }
    if (raw->run(raw, &many) < 0) exit(1);
    arena_free(a);
}

static double rate(struct bench *b, int64_t *serial)
{
    double v[3];
    for (int i = 0; i < 3; i++, *serial += (int64_t)b->cases) {
        bench_clear(b);
        bench_openings(b, *serial);
        v[i] = (double)b->cases / b->commands;
    }
    return bench_median(v, 3);
}

enum { READS = 300 };

/* Seconds for one look each: the applicant's list, the newest case whole, the officer's desk, the timers that are due (none). */
static double reads(struct bench *b)
{
    struct arena *own = arena_new("reads");
    const struct json *v;
    size_t n;
    instant now = time_now(b->t->city.time);
    struct desk_filter desk = {.scope = DESK_DEPARTMENT, .limit = 20};
    double all[READS];
    for (size_t i = 0; i < READS; i++, arena_reset(own)) {
        double from = bench_now();
        result r = case_list_mine(&b->t->city, own, b->p->applicant, S(""), 20, S(""), now, &v);
        if (!failed(r)) r = case_view(&b->t->city, own, b->list[i % b->cases].id, now, VIEW_OWNER, &v);
        if (!failed(r)) r = desk_tasks(&b->t->city, own, b->p->steps[0].actor, &desk, now, &v);
        if (!failed(r)) r = case_timers_run(&b->t->city, own, now, 64, &n);
        if (failed(r)) bench_stop(own, "reading", r);
        all[i] = bench_now() - from;
    }
    arena_free(own);
    return bench_median(all, READS);
}

static const struct stmt COUNT = {"growth_count", "SELECT COUNT(*) FROM case_file", NULL, false};

static int64_t size_of(struct store_fixture *f)
{
    struct arena *a = arena_new("count");
    struct rows rows;
    result r = store_query(f->s, a, &COUNT, NULL, 0, &rows);
    if (failed(r)) bench_stop(a, "counting", r);
    int64_t n = row(&rows, 0)[0].i;
    arena_free(a);
    return n;
}

/* One opening alone, recorded. */
static instant record_one(struct bench *b, struct store_fixture *f, struct recorder *r)
{
    size_t cases = b->cases;
    instant since = time_now(time_system());
    b->cases = 1;
    store_observe(f->s, recorder_observe, r);
    bench_openings(b, 999999);
    store_observe(f->s, NULL, NULL);
    b->cases = cases;
    return since;
}

bool growth_measure(enum store_kind kind, const char *folder, size_t cases, int64_t most)
{
    struct arena *a = arena_new("growth");
    struct store_fixture f;
    struct recorder one;
    struct bench *b = NEW(a, struct bench);
    const char *name = kind == STORE_SQLITE ? "sqlite" : "postgresql";
    int64_t serial = 1000, copies = 1;
    double first = 0, first_read = 0;
    *b = (struct bench){.cases = cases, .flight = cases, .workers = 2, .folder = folder};
    if (!store_fixture_open(&f, a, kind, NULL)) return true;
    bench_prepare(b, &f);
    recorder_init(&one, 1 << 22);
    instant since = record_one(b, &f, &one);
    for (int64_t due = most / 10; due <= most; due *= 10) {
        struct replay *raw = kind == STORE_SQLITE ? replay_sqlite(arena_cstr(a, arena_printf(a, "%s/city.db", f.dir)))
                                                  : replay_postgres(arena_cstr(a, f.options.url), 1);
        if (!raw) return false;
        for (int64_t n = size_of(&f); n < due; n += COPIES, copies += COPIES) grow(raw, &one, since, copies);
        raw->close(raw);
        double now = rate(b, &serial);
        double read = reads(b);
        if (first == 0) first = now;
        if (first_read == 0) first_read = read;
        printf(
            "%s: with %lld cases: openings/s %.0f, %.2f of the first figure; list, case, desk and timers together %.2f ms, "
            "%.2f times the first\n",
            name, (long long)size_of(&f), now, now / first, 1000 * read, read / first_read);
        (void)fflush(stdout);
    }
    recorder_free(&one);
    bench_end(b);
    store_fixture_close(&f);
    arena_free(a);
    return true;
}
