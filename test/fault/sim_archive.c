/* A case is in its rows or in the archive, never in both and never in neither; and what was seen of its journal and its tasks is the
 * same to the byte, wherever it stands and however often it went there and back. */
#include "city/cases/archive_codec.h"
#include "city/sql.h"
#include "test/fault/sim.h"
#include "trust/crypto.h"

enum { CASES = 128 };

struct hash {
    uint8_t b[32];
};
static struct kept {
    int64_t events; /* of which the hash is */
    struct hash journal, tasks;
    int64_t tasks_at; /* version of the closed case whose tasks the hash is of; 0: not closed yet */
    bool folded;
} kept[CASES];

static const struct stmt EVENTS = {
    "sim_events", "SELECT " ARCHIVE_EVENT " FROM case_event WHERE case_id = ?1 AND seq > ?2 ORDER BY seq", NULL, false};
static const struct stmt TASKS = {
    "sim_all_tasks", "SELECT " ARCHIVE_TASK " FROM case_task WHERE case_id = ?1 ORDER BY token", NULL, false};
static const struct stmt PLACES = {
    "sim_places",
    "SELECT (SELECT COUNT(*) FROM case_event WHERE case_id = ?1), (SELECT COUNT(*) FROM case_task WHERE case_id = ?1),"
    " (SELECT COUNT(*) FROM case_archive WHERE case_id = ?1)",
    NULL, false};

static struct rows from(const struct rows *all, size_t first)
{
    struct rows r = *all;
    if (first > r.n) first = r.n;
    r.v = r.v + first * r.ncols;
    r.n -= first;
    return r;
}

struct rows archive_events(struct arena *a, const struct case_row *c, const struct data_key *key, int64_t after)
{
    struct archived old;
    if (!c->folded) return sim_query(a, &EVENTS, BINDS(sql_id(&c->id), sql_int(after)));
    sim_must(a, "the archive", archive_read(sim.c, a, c->id, key, &old));
    if (!old.there) sim_wrong("a case is neither in its rows nor in the archive");
    return from(&old.events, (size_t)after);
}

/* Onto the hash of what was before. */
static void add(struct arena *a, struct hash *h, struct id case_id, const struct rows *r)
{
    for (size_t i = 0; i < r->n; i++) {
        struct rows one = {.n = 1, .ncols = r->ncols, .v = row(r, i)};
        const struct slice parts[] = {{(const char *)h->b, 32}, archive_digest(a, case_id, &one)};
        crypto_sha256_parts(parts, 2, h->b);
    }
}

static struct hash whole(struct arena *a, struct id case_id, const struct rows *r)
{
    struct hash h = {{0}};
    add(a, &h, case_id, r);
    return h;
}

static void same(struct hash x, struct hash y, const char *what)
{
    if (memcmp(x.b, y.b, sizeof x.b) != 0) sim_wrong("%s", what);
}

static bool tasks_stay(const struct case_row *c)
{
    return slice_is(c->service, SIM_TASKS_STAY);
}

static void check_folded(struct arena *a, struct kept *k, const struct case_row *c, const struct data_key *key)
{
    struct archived old;
    sim_must(a, "the archive", archive_read(sim.c, a, c->id, key, &old));
    if ((int64_t)old.events.n != k->events) sim_wrong("the archive has another number of events than the journal had");
    same(whole(a, c->id, &old.events), k->journal, "the archive does not give the journal as it was");
    struct rows tasks = tasks_stay(c) ? sim_query(a, &TASKS, BINDS(sql_id(&c->id))) : old.tasks;
    if (k->tasks_at == c->version)
        same(whole(a, c->id, &tasks), k->tasks, "the tasks of a folded case are not as they were");
}

static void check_rows(struct arena *a, struct kept *k, const struct case_row *c)
{
    if (k->folded) {
        struct rows all = sim_query(a, &EVENTS, BINDS(sql_id(&c->id), sql_int(0)));
        all.n = (size_t)k->events < all.n ? (size_t)k->events : all.n;
        same(whole(a, c->id, &all), k->journal, "rows put back from the archive are not as they were");
    }
    if (case_state_open(c->state) || (k->tasks_at == c->version && !k->folded)) return;
    struct rows tasks = sim_query(a, &TASKS, BINDS(sql_id(&c->id)));
    struct hash h = whole(a, c->id, &tasks);
    if (k->tasks_at == c->version) same(h, k->tasks, "tasks put back from the archive are not as they were");
    k->tasks = h;
    k->tasks_at = c->version;
}

void archive_check(struct arena *a, size_t i, const struct case_row *c, const struct data_key *key)
{
    if (i >= CASES) sim_wrong("too many cases for the check");
    struct kept *k = &kept[i];
    struct rows places = sim_query(a, &PLACES, BINDS(sql_id(&c->id)));
    const struct sql_value *n = row(&places, 0);
    bool tasks_here = n[1].i && !tasks_stay(c);
    if (c->folded ? n[0].i || tasks_here || n[2].i != 1 : n[0].i != c->version || n[2].i)
        sim_wrong("a case is half in the archive: %lld of %lld events and %lld tasks in rows, %lld folded",
                  (long long)n[0].i, (long long)c->version, (long long)n[1].i, (long long)n[2].i);
    if (c->version > k->events) { /* what is new */
        struct rows fresh = archive_events(a, c, key, k->events);
        add(a, &k->journal, c->id, &fresh);
        k->events = c->version;
    }
    if (!c->folded)
        check_rows(a, k, c);
    else if (!k->folded)
        check_folded(a, k, c, key);
    sim.stats.happened[HAPPENED_FOLDED] += c->folded && !k->folded;
    sim.stats.happened[HAPPENED_UNFOLDED] += !c->folded && k->folded;
    k->folded = c->folded;
}

/* Beyond what single cases say. */
static const struct stmt ALONE = {"sim_archive_alone",
                                  "SELECT COUNT(*) FROM case_archive WHERE case_id NOT IN (SELECT id FROM case_file)",
                                  NULL, false};

void archive_check_all(struct arena *a)
{
    struct rows r = sim_query(a, &ALONE, NULL, 0);
    if (row(&r, 0)[0].i) sim_wrong("the archive holds what is no case");
}
