/* Fills a city with what many cases took, for tools/bench_board.py, which then asks the board of a server on it.
 *     board_bench --database URL [--cases N] [--services N] [--departments N] [--months N]
 * The database is of a city that a server made (tongban serve --demo) and no server runs on. It gets N services that count for the 18
 * indicators in turn (copies of one folder of areas/, published as folders are), ratings of each, and the measures of N cases
 * spread at random over services, departments, towns and months: every combination occurs, which no real city knows.
 *
 * A case's measure goes through measure_write, the very writer of the fold, in units of the store, many to a commit; up to
 * 200 000 are added up by measures_roll, as by the server's worker, more by measures_again, as after a rebuild. In the end the sums are
 * compared with those of all rows. On SQLite nothing waits for the disk, for the database is thrown away. No case,
 * journal or key belongs to these rows: the board reads none. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "bench/recorder.h"
#include "city/cases/measure.h"
#include "test/city/fixture.h"

enum { ROWS = 100, FLIGHT = 128, ROLL = 200000, INDICATORS = 18, GRADES = 5, DEPARTMENTS_MAX = 60, MONTHS_MAX = 60 };

struct options {
    const char *url;
    int64_t cases, services, departments, months;
};
struct filler {
    const struct options *o;
    struct arena *a;
    struct test_city *t;
    instant now;
    int64_t first; /* number of the first case */
    pthread_mutex_t mu;
    pthread_cond_t moved;
    size_t in_flight;
    bool failed;
};
struct portion {
    struct unit u;
    struct filler *f;
    int64_t from, n;
};

_Noreturn static void stop(struct arena *a, const char *what, result r)
{
    struct slice text = result_text(a, r, LANG_EN);
    (void)fprintf(stderr, "%s: %.*s\n", what, SLICE_ARG(text));
    exit(1);
}

/* Of case n alone, so that deciding again gives the same. */
static uint64_t draw(uint64_t *s)
{
    *s ^= *s >> 12;
    *s ^= *s << 25;
    *s ^= *s >> 27;
    return (*s * UINT64_C(2685821657736338717)) >> 33;
}

static struct slice code_of(struct arena *a, int64_t service)
{
    return arena_printf(a, "bench_%03lld", (long long)service);
}

/* ---- services ---- */

static struct slice with_code(struct arena *a, struct slice text, struct slice code)
{
    struct buf b = buf_new(a, 1 << 20);
    struct slice old = S("elder_card");
    for (size_t at; (at = slice_search(text, old)) != SIZE_MAX; text = slice_sub(text, at + old.n, text.n)) {
        buf_put(&b, slice_sub(text, 0, at));
        buf_put(&b, code);
    }
    buf_put(&b, text);
    return buf_slice(&b);
}

static struct service_files copy_of(struct filler *f, struct service_files from, int64_t i)
{
    struct arena *a = f->a;
    struct service_file *list = NEW_ARRAY(a, struct service_file, from.n);
    struct json_builder own = json_builder(a);
    const struct json *entry;
    json_set_int(&own, "area", i % INDICATORS + 1);
    json_set_str(&own, "basic_code", arena_printf(a, "44%010lld", (long long)i));
    json_set_str(&own, "implementation_code", arena_printf(a, "11441900TB000036X1344%010lld", (long long)i));
    for (size_t k = 0; k < from.n; k++) {
        list[k] = from.list[k];
        list[k].path = with_code(a, list[k].path, code_of(a, i));
        list[k].bytes = with_code(a, list[k].bytes, code_of(a, i));
        if (!slice_is(list[k].path, "service.json")) continue;
        result r = json_parse(a, list[k].bytes, 1 << 20, list[k].path, &entry);
        if (failed(r)) stop(a, "service.json", r);
        list[k].bytes = json_write(a, json_merge(a, entry, json_object(&own)));
    }
    return (struct service_files){list, from.n};
}

static void add_services(struct filler *f)
{
    struct service_files one, *all = NEW_ARRAY(f->a, struct service_files, (size_t)f->o->services);
    const char *path = test_city_source(f->a, "areas/17_government_services/services/elder_card");
    result r = service_files_read(f->a, slice_cstr(path), &one);
    if (failed(r)) stop(f->a, path, r);
    for (int64_t i = 0; i < f->o->services; i++) all[i] = copy_of(f, one, i);
    r = catalogue_install(f->t->city.catalogue, f->a, all, (size_t)f->o->services, f->now);
    if (failed(r)) stop(f->a, "publishing", r);
}

static int64_t month_back(const struct filler *f, int64_t n)
{
    struct civil t = civil_of_instant(f->now);
    int64_t count = t.year * 12 + t.month - 1 - n;
    return count / 12 * 100 + count % 12 + 1;
}

static const struct stmt RATED = {
    "bench_rated",
    "INSERT INTO rating_month (month, service, department, grade, n) VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO NOTHING",
    NULL, false};

/* A service's ratings fall to the department that answers for it. */
static result rated_body(struct tx *tx, struct arena *a, void *ctx)
{
    const struct filler *f = ctx;
    for (int64_t s = 0; s < f->o->services; s++)
        for (int64_t m = 0; m < f->o->months; m++)
            for (int64_t g = 1; g <= GRADES; g++) {
                struct slice department = f->t->data->departments[s % f->o->departments].code;
                const struct sql_value v[] = {sql_int(month_back(f, m)), sql_text(code_of(a, s)), sql_text(department),
                                              sql_int(g), sql_int(g * 3)};
                TRY(tx_exec(tx, a, &RATED, v, 5, NULL));
            }
    return ok();
}

/* ---- cases ---- */

static void measure_one(struct filler *f, struct decision *d, int64_t n)
{
    uint64_t s = (uint64_t)n * UINT64_C(0x9E3779B97F4A7C15) + 1;
    (void)draw(&s);
    const struct citydata *data = f->t->data;
    instant filed =
        f->now - (instant)(draw(&s) % (uint64_t)(f->o->months * 30)) * MS_DAY - (instant)(draw(&s) % (uint64_t)MS_DAY);
    instant ended = filed + (instant)(draw(&s) % (uint64_t)(10 * MS_DAY));
    uint64_t fate = draw(&s) % 100, counter = draw(&s) % 4;
    struct case_row *c = NEW(d->a, struct case_row);
    *c = (struct case_row){.number = arena_printf(d->a, "B%011lld", (long long)n),
                           .service = code_of(d->a, (int64_t)(draw(&s) % (uint64_t)f->o->services)),
                           .department = data->departments[draw(&s) % (uint64_t)f->o->departments].code,
                           .town = data->towns[draw(&s) % data->ntowns].code,
                           .state = fate < 90   ? CASE_DELIVERED
                                    : fate < 95 ? CASE_REFUSED
                                                : CASE_WITHDRAWN,
                           .filed_at = filed,
                           .decided_at = ended > f->now ? f->now : ended,
                           .channel = counter == 0 ? S("window") : S("online"),
                           .acts = 1 + (int64_t)(draw(&s) % 3),
                           .papers = (int64_t)(draw(&s) % 5)};
    /* ordered by time of the row, as a city's ids are; of the number alone, so that a batch run again gives the same */
    for (int i = 0; i < 8; i++) c->id.b[7 - i] = (uint8_t)((uint64_t)n >> (8 * i));
    c->id.b[15] = 1;
    measure_write(&f->t->city, d, c);
}

static result decide(struct unit *u, const struct rows *rows, size_t nrows, struct decision *d)
{
    struct portion *p = u->ctx;
    (void)rows;
    (void)nrows;
    for (int64_t i = 0; i < p->n; i++) measure_one(p->f, d, p->from + i);
    return ok();
}

static void done(struct unit *u, result r)
{
    struct portion *p = u->ctx;
    struct filler *f = p->f;
    (void)pthread_mutex_lock(&f->mu);
    if (failed(r) && !f->failed) {
        f->failed = true;
        (void)fprintf(stderr, "writing: %s\n", code_name(result_code(r)));
    }
    f->in_flight--;
    (void)pthread_cond_signal(&f->moved);
    (void)pthread_mutex_unlock(&f->mu);
    free(p);
}

static void wait_below(struct filler *f, size_t n)
{
    (void)pthread_mutex_lock(&f->mu);
    while (f->in_flight >= n) (void)pthread_cond_wait(&f->moved, &f->mu);
    (void)pthread_mutex_unlock(&f->mu);
    if (f->failed) exit(1);
}

static void submit(struct filler *f, int64_t from, int64_t n)
{
    struct portion *p = calloc(1, sizeof *p);
    if (!p) abort();
    *p = (struct portion){.f = f, .from = from, .n = n};
    p->u = (struct unit){.name = "bench_measures", .decide = decide, .done = done, .ctx = p};
    wait_below(f, FLIGHT);
    (void)pthread_mutex_lock(&f->mu);
    f->in_flight++;
    (void)pthread_mutex_unlock(&f->mu);
    store_submit(f->t->city.store, &p->u);
}

static result again_body(struct tx *tx, struct arena *a, void *ctx)
{
    (void)ctx;
    return measures_again(tx, a);
}

static void fill(struct filler *f, double *rolled)
{
    struct arena *a = arena_new("adding up");
    for (int64_t at = 0; at < f->o->cases; at += ROWS)
        submit(f, f->first + at, f->o->cases - at < ROWS ? f->o->cases - at : ROWS);
    wait_below(f, 1);
    double from = bench_now();
    result r = f->o->cases <= ROLL ? measures_roll(&f->t->city, a)
                                   : store_run(f->t->city.store, a, "bench_again", again_body, NULL);
    if (failed(r)) stop(a, "adding up", r);
    *rolled = bench_now() - from;
    arena_free(a);
}

static result compare_body(struct tx *tx, struct arena *a, void *ctx)
{
    return measures_compare(tx, a, ctx);
}

/* ---- the command ---- */

static const struct stmt COUNT = {"bench_count", "SELECT COUNT(*) FROM case_measure", NULL, false};
static const struct stmt SUMS = {"bench_sums", "SELECT COUNT(*) FROM measure_sum", NULL, false};

static int64_t number_of(struct filler *f, const struct stmt *q)
{
    struct rows rows;
    result r = store_query(f->t->city.store, f->a, q, NULL, 0, &rows);
    if (failed(r)) stop(f->a, q->name, r);
    return row(&rows, 0)[0].i;
}

static struct options read_options(int argc, char **argv)
{
    struct options o = {NULL, 10000000, 300, 30, 24};
    bool good = true;
    for (int i = 1; i < argc && good; i += 2) {
        struct slice w = slice_cstr(argv[i]), v = i + 1 < argc ? slice_cstr(argv[i + 1]) : S("");
        int64_t n = 0;
        if (slice_is(w, "--database") && v.n)
            o.url = argv[i + 1];
        else if (!slice_int64(v, &n) || n < 1)
            good = false;
        else if (slice_is(w, "--cases"))
            o.cases = n;
        else if (slice_is(w, "--services") && n <= 999)
            o.services = n;
        else if (slice_is(w, "--departments") && n <= DEPARTMENTS_MAX)
            o.departments = n;
        else if (slice_is(w, "--months") && n <= MONTHS_MAX)
            o.months = n;
        else
            good = false;
    }
    if (good && o.url) return o;
    (void)fprintf(stderr,
                  "usage: board_bench --database URL [--cases N] [--services N] [--departments N] [--months N]\n");
    exit(2);
}

int main(int argc, char **argv)
{
    struct options o = read_options(argc, argv);
    struct arena *a = arena_new("bench");
    struct filler f = {.o = &o, .a = a, .now = time_now(time_system())};
    struct store *s;
    struct store_options so = {.url = slice_cstr(o.url), .time = time_system()};
    so.unsafe_no_sync = slice_starts(so.url, S("sqlite:"));
    struct test_city_options c = {.fresh = false, .no_people = true};
    double rolled = 0;
    int64_t differences;
    result r = store_open(a, &so, &s);
    if (!failed(r)) r = test_city_open(a, s, &c, &f.t);
    if (failed(r)) stop(a, "the city", r);
    if ((size_t)o.departments > f.t->data->ndepartments) o.departments = (int64_t)f.t->data->ndepartments;
    (void)pthread_mutex_init(&f.mu, NULL);
    (void)pthread_cond_init(&f.moved, NULL);
    f.first = number_of(&f, &COUNT);
    if (f.first == 0) {
        add_services(&f);
        r = store_run(s, a, "bench_rated", rated_body, &f);
        if (failed(r)) stop(a, "ratings", r);
    }
    double from = bench_now();
    fill(&f, &rolled);
    double took = bench_now() - from;
    from = bench_now();
    r = store_run(s, a, "bench_compare", compare_body, &differences);
    if (failed(r)) stop(a, "comparing", r);
    printf("%lld cases more, %lld in all, %lld services, %lld departments, %zu towns, %lld months; %lld sums\n",
           (long long)o.cases, (long long)number_of(&f, &COUNT), (long long)o.services, (long long)o.departments,
           f.t->data->ntowns, (long long)o.months, (long long)number_of(&f, &SUMS));
    printf("written %.0f a second, added up %.0f a second; made anew for comparison in %.1f s: %lld differences\n",
           (double)o.cases / (took - rolled), (double)o.cases / rolled, bench_now() - from, (long long)differences);
    store_close(s);
    arena_free(a);
    return differences ? 1 : 0;
}
