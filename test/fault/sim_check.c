/* What must hold whenever the machine stands still, whatever went wrong before. */
#include <stdio.h>

#include "engine/process/process.h"
#include "test/fault/sim.h"

enum { CASES = 128, DUES = 2048, JOBS = 2048 };

/* What has a due date, as it was seen last. */
enum dated { DATED_TASK, DATED_TIMER, DATED_PROMISE, DATED_STATUTE };
struct due {
    struct id case_id;
    enum dated what;
    int64_t token;
    instant due;
};
/* A job of the journal. */
struct job {
    struct id id;
    bool done, used;
};
static struct sim_case cases[CASES];
static int64_t journal[CASES]; /* events read of each case */
static instant last_at[CASES];
static size_t ncases;
static struct due dues[DUES];
static size_t ndues;
static struct job jobs[JOBS];
static size_t njobs;
static instant next_due;

size_t sim_cases(const struct sim_case **out)
{
    *out = cases;
    return ncases;
}
instant sim_next_due(void)
{
    return next_due;
}

const char *const SIM_HAPPENED_NAMES[SIM_HAPPENED] = {
    [HAPPENED_MESSAGE] = "message heard",           [HAPPENED_SIGNAL] = "signal heard",
    [HAPPENED_STARTED] = "started by an event",     [HAPPENED_MOVED] = "under another version",
    [HAPPENED_MOVED_BACK] = "back under the first", [HAPPENED_CORRECTED] = "put right by an officer",
    [HAPPENED_FOLDED] = "folded into the archive",  [HAPPENED_UNFOLDED] = "put back from there",
};

static void happened(struct slice kind)
{
    static const char *const KINDS[SIM_HAPPENED] = {[HAPPENED_MESSAGE] = "message",
                                                    [HAPPENED_SIGNAL] = "signal",
                                                    [HAPPENED_MOVED] = "migrate",
                                                    [HAPPENED_MOVED_BACK] = "unmigrate",
                                                    [HAPPENED_CORRECTED] = "correct_step"};
    for (size_t i = 0; i < SIM_HAPPENED; i++) sim.stats.happened[i] += KINDS[i] && slice_is(kind, KINDS[i]);
}

/* ---- asking ---- */

void sim_must(struct arena *a, const char *what, result r)
{
    if (!failed(r)) return;
    struct slice text = result_text(a, r, LANG_EN);
    sim_wrong("%s: %.*s", what, SLICE_ARG(text));
}

struct rows sim_query(struct arena *a, const struct stmt *q, const struct sql_value *binds, size_t n)
{
    struct rows r;
    sim_must(a, q->name, store_query(sim.s, a, q, binds, n, &r));
    return r;
}

static const struct stmt ALL_CASES = {"sim_cases", "SELECT id FROM case_file ORDER BY id", NULL, false};
static const struct stmt TASKS = {
    "sim_tasks", "SELECT token, status, due_at, opened_at, kind FROM case_task WHERE case_id = ?1 ORDER BY token", NULL,
    false};
static const struct stmt TIMERS = {
    "sim_timers", "SELECT token, due_at, id FROM case_timer WHERE case_id = ?1 ORDER BY token, id", NULL, false};
static const struct stmt JOB_ROWS = {
    "sim_jobs", "SELECT token, due_at, id FROM case_job WHERE case_id = ?1 ORDER BY token, id", NULL, false};
static const struct stmt AWAITS = {"sim_awaits", "SELECT token, kind FROM case_await WHERE case_id = ?1 ORDER BY token",
                                   NULL, false};
static const struct stmt LIMITS = {"sim_limits", "SELECT due_at, statutory_due_at FROM case_file WHERE id = ?1", NULL,
                                   false};
static const struct stmt KEY = {"sim_key", "SELECT wrapped FROM data_key WHERE id = ?1", NULL, false};

/* ---- due dates: they move later, when the law stops a clock, and never earlier ---- */

static struct due *due_of(struct id id, enum dated what, int64_t token)
{
    for (size_t i = 0; i < ndues; i++)
        if (dues[i].what == what && dues[i].token == token && id_eq(dues[i].case_id, id)) return &dues[i];
    return NULL;
}

static void check_due(struct id id, enum dated what, int64_t token, instant due)
{
    static const char *const NAMES[] = {"task", "timer", "the promise,", "the statutory limit,"};
    struct due *d = due_of(id, what, token);
    if (!d && ndues == DUES) sim_wrong("too many due dates for the check");
    if (!d) {
        d = &dues[ndues++];
        *d = (struct due){id, what, token, 0};
    }
    if (due == 0) return; /* nobody knows while a clock is stopped */
    if (due < d->due)
        sim_wrong("the due date of %s %lld went from %lld back to %lld", NAMES[what], (long long)token,
                  (long long)d->due, (long long)due);
    d->due = due;
}

/* A timer fires when it is due, as far as anybody has seen, and not before. */
static void check_fired(struct id id, int64_t token, instant at)
{
    struct due *d = due_of(id, DATED_TIMER, token);
    if (d && d->due > at)
        sim_wrong("the timer of token %lld fired at %lld and was due at %lld", (long long)token, (long long)at,
                  (long long)d->due);
}

/* ---- the journal ---- */

static struct job *job_of(struct slice text, bool make)
{
    struct id id;
    if (!id_scan(text, &id)) return NULL;
    for (size_t i = 0; i < njobs; i++)
        if (id_eq(jobs[i].id, id)) return &jobs[i];
    if (!make) return NULL;
    if (njobs == JOBS) sim_wrong("too many jobs for the check");
    jobs[njobs] = (struct job){.id = id};
    return &jobs[njobs++];
}

static void check_fact(const struct process_model *m, const struct json *f)
{
    struct slice t = json_string(f, "t");
    struct json const *path = json_get(f, "n");
    if (slice_is(t, "path"))
        for (size_t i = 0; path && i < path->n; i++) cover_passed(m, path->items[i]->text);
    if (slice_is(t, "job")) {
        if (job_of(json_string(f, "id"), false)) sim_wrong("a job is written twice");
        (void)job_of(json_string(f, "id"), true);
    }
    if (slice_is(t, "job_done") && json_get(f, "id")) {
        struct job *j = job_of(json_string(f, "id"), false);
        if (!j) sim_wrong("the result of a job that the journal does not know");
        if (j->done) sim_wrong("the result of a job is written twice");
        j->done = true;
    }
    if (slice_is(t, "verb") && json_string(json_get(f, "output"), "job").n) {
        struct job *j = job_of(json_string(json_get(f, "output"), "job"), false);
        if (!j || j->used) sim_wrong("the effect of a job is there twice, or nobody asked for it");
        j->used = true;
    }
}

/* A command of the ledger left this event; nobody else's, and only one. */
static void check_command(size_t i, struct slice idem, int64_t seq, struct slice kind)
{
    const struct entry *const *list;
    size_t n = sim_entries(&list), found = 0;
    for (size_t k = 0; k < n; k++) {
        struct entry *e = (struct entry *)(uintptr_t)list[k];
        if (!id_eq(e->case_id, cases[i].id) || memcmp(e->idem, idem.p, 16) != 0) continue;
        found++;
        if (e->state == ENTRY_REFUSED)
            sim_wrong("a refused command (%s, %s) left an event", SIM_ACT_NAMES[e->act], code_name(e->code));
        if (e->answered_by_rows) sim_wrong("a command (%s) left two events", SIM_ACT_NAMES[e->act]);
        if (e->state == ENTRY_DONE && e->version != seq)
            sim_wrong("a command was answered with version %lld and is event %lld", (long long)e->version,
                      (long long)seq);
        e->answered_by_rows = true;
    }
    if (found != 1) sim_wrong("event %lld (%.*s) belongs to %zu commands", (long long)seq, SLICE_ARG(kind), found);
}

static void check_events(struct arena *a, size_t i, const struct case_row *c, const struct data_key *key,
                         const struct process_model *m)
{
    struct rows r = archive_events(a, c, key, journal[i]);
    for (size_t k = 0; k < r.n; k++) {
        const struct sql_value *e = row(&r, k);
        const struct json *event = NULL;
        if (e[0].i != journal[i] + 1)
            sim_wrong("a journal goes from event %lld to %lld", (long long)journal[i], (long long)e[0].i);
        journal[i] = e[0].i;
        sim_must(a, "an event of the journal", event_open(a, key, e[0].i, e[ARCHIVED_PAYLOAD].s, &event));
        if (e[1].i < last_at[i])
            sim_wrong("event %lld of a case was at %lld, the one before at %lld", (long long)e[0].i, (long long)e[1].i,
                      (long long)last_at[i]);
        last_at[i] = e[1].i;
        const struct json *facts = json_get(event, "f");
        for (size_t f = 0; facts && f < facts->n; f++) {
            bool off = slice_is(e[2].s, "timer") && f == 0 && json_get(facts->items[f], "token");
            if (off) check_fired(c->id, json_int(facts->items[f], "token", 0), e[1].i);
            check_fact(m, facts->items[f]);
            post_fact(c->id, post_order(c->id, e[0].i) + f, e[1].i, facts->items[f]);
        }
        if (e[ARCHIVED_IDEM].type != SQL_NULL) check_command(i, e[ARCHIVED_IDEM].s, e[0].i, e[2].s);
        happened(e[2].s);
        sim.stats.events++;
    }
    if (journal[i] != c->version)
        sim_wrong("a case is of version %lld, its journal ends at %lld", (long long)c->version, (long long)journal[i]);
}

/* ---- tokens and rows ---- */

static bool waits_at(const struct process_waiting *w, size_t n, int64_t token, enum process_waits why)
{
    for (size_t i = 0; i < n; i++)
        if (w[i].token == token && w[i].why == why) return true;
    return false;
}

static bool has_row(const struct rows *r, int64_t token, int64_t below_status)
{
    for (size_t i = 0; i < r->n; i++)
        if (row(r, i)[0].i == token && (below_status == 0 || row(r, i)[1].i < below_status)) return true;
    return false;
}

struct looked {
    const struct process_state *state;
    const struct case_row *c;
    const struct process_waiting *w;
    size_t n;
    struct rows tasks, timers, jobs, awaits;
};

static bool is_timer(struct arena *a, const struct looked *x, const struct process_waiting *w)
{
    struct limit l;
    if (w->why == WAIT_TIMER) return true;
    return w->why == WAIT_BOUNDARY && process_term_at(a, x->state, x->c->vars, w->token, sim.now, &l) != TERM_NONE;
}

static void check_tokens(struct arena *a, const struct looked *x)
{
    for (size_t i = 0; i < x->n; i++) {
        const struct process_waiting *w = &x->w[i];
        bool good = true;
        if (w->why == WAIT_TASK) good = has_row(&x->tasks, w->token, TASK_DONE);
        if (w->why == WAIT_VERB) good = has_row(&x->jobs, w->token, 0);
        if (is_timer(a, x, w))
            good = has_row(&x->timers, w->token, 0);
        else if (w->why == WAIT_BOUNDARY)
            good = has_row(&x->awaits, w->token, 0);
        if (!good) sim_wrong("token %u waits at %.*s and no row knows it", w->token, SLICE_ARG(w->node->id));
    }
}

static void check_rows(const struct looked *x)
{
    for (size_t i = 0; i < x->tasks.n; i++) {
        const struct sql_value *v = row(&x->tasks, i);
        enum process_waits why = slice_is(v[4].s, TASK_KIND_OFFER) ? WAIT_OFFER : WAIT_TASK;
        if (v[1].i < TASK_DONE && !waits_at(x->w, x->n, v[0].i, why))
            sim_wrong("task %lld is open and the process does not wait for it", (long long)v[0].i);
        if (v[1].i < TASK_DONE) check_due(x->c->id, DATED_TASK, v[0].i, v[2].i);
    }
    for (size_t i = 0; i < x->timers.n; i++) {
        const struct sql_value *v = row(&x->timers, i);
        bool waits = v[0].i == ANSWER_TIMER || waits_at(x->w, x->n, v[0].i, WAIT_TIMER) ||
                     waits_at(x->w, x->n, v[0].i, WAIT_BOUNDARY);
        if (!waits) sim_wrong("timer of token %lld runs and the process does not wait for it", (long long)v[0].i);
        check_due(x->c->id, DATED_TIMER, v[0].i, v[1].i);
        if (i > 0 && v[0].i == row(&x->timers, i - 1)[0].i) sim_wrong("token %lld has two timers", (long long)v[0].i);
    }
    for (size_t i = 0; i < x->awaits.n; i++)
        if (!waits_at(x->w, x->n, row(&x->awaits, i)[0].i, WAIT_BOUNDARY))
            sim_wrong("token %lld is said to await something, and the process does not",
                      (long long)row(&x->awaits, i)[0].i);
    for (size_t i = 0; i < x->jobs.n; i++) {
        const struct sql_value *v = row(&x->jobs, i);
        if (v[0].i && !waits_at(x->w, x->n, v[0].i, WAIT_VERB))
            sim_wrong("a job of token %lld is there and the process does not wait for it", (long long)v[0].i);
    }
}

static void sooner(const struct rows *r)
{
    for (size_t i = 0; i < r->n; i++)
        if (!next_due || row(r, i)[1].i < next_due) next_due = row(r, i)[1].i;
}

/* Whether a person, a clock or a job can move it. */
static void note_waits(size_t i, const struct looked *x)
{
    struct sim_case *k = &cases[i];
    bool helped = x->timers.n > 0;
    size_t at = 0;
    k->stuck = false;
    k->waits_at[0] = 0;
    for (size_t w = 0; w < x->n; w++) {
        enum process_waits why = x->w[w].why;
        if (at + 40 < sizeof k->waits_at)
            at += (size_t)snprintf(k->waits_at + at, sizeof k->waits_at - at, "%.*s (%d) ", SLICE_ARG(x->w[w].node->id),
                                   (int)why);
        if (why == WAIT_INCIDENT) k->stuck = true;
        if (why == WAIT_TASK || why == WAIT_VERB || why == WAIT_TIMER || why == WAIT_INCIDENT || why == WAIT_OFFER)
            helped = true;
    }
    k->named_wait = x->n > 0 && !helped;
}

/* ---- a case ---- */

static size_t index_of(struct id id)
{
    for (size_t i = 0; i < ncases; i++)
        if (id_eq(cases[i].id, id)) return i;
    if (ncases == CASES) sim_wrong("too many cases for the check");
    cases[ncases] = (struct sim_case){.id = id};
    journal[ncases] = 0;
    last_at[ncases] = 0;
    return ncases++;
}

struct sim_case *sim_case_of(struct id id)
{
    for (size_t i = 0; i < ncases; i++)
        if (id_eq(cases[i].id, id)) return &cases[i];
    return NULL;
}

static const struct service *version_of(struct arena *a, const struct case_row *c)
{
    const struct service *s = NULL;
    sim_must(a, "the version of a service", catalogue_by_hash(sim.c->catalogue, a, c->service_hash, &s));
    return s;
}

bool sim_read_case(struct arena *a, struct id id, struct case_row *c, struct data_key *key,
                   const struct process_state **state)
{
    struct sql_value v = sql_id(&id);
    struct archived old;
    struct rows r = sim_query(a, &KEY, &v, 1), file = sim_query(a, &CASE_SELECT_READ, &v, 1);
    if (r.n != 1 || file.n != 1) return false;
    sim_must(a, "the key of a case", vault_unwrap(sim.c, a, id, row(&r, 0)[0].s, key));
    sim_must(a, "the row of a case", case_row_read(a, row(&file, 0), key, c));
    if (c->folded) {
        sim_must(a, "the archive", archive_read(sim.c, a, id, key, &old));
        if (!old.there) sim_wrong("a case is neither in its rows nor in the archive");
        sim_must(a, "the state of a folded case", archive_fill(a, key, &old, c));
    }
    sim_must(a, "the engine's state", process_state_decode(a, service_model(version_of(a, c)), c->engine, state));
    return true;
}

static void note(struct sim_case *k, const struct case_row *c, const struct looked *x)
{
    k->state = c->state;
    k->stopped = clock_is_stopped(&c->clock);
    if (x->tasks.n) k->token = row(&x->tasks, x->tasks.n - 1)[0].i;
    k->version = c->version;
    k->subject = c->subject;
    k->folded = c->folded;
    (void)snprintf(k->number, sizeof k->number, "%.*s", SLICE_ARG(c->number));
    (void)snprintf(k->hash, sizeof k->hash, "%.*s", SLICE_ARG(c->service_hash));
    (void)snprintf(k->service, sizeof k->service, "%.*s", SLICE_ARG(c->service));
}

static void check_case(struct arena *a, struct id id)
{
    struct case_row *c = NEW(a, struct case_row);
    struct data_key key;
    struct looked x = {.c = c};
    size_t i = index_of(id);
    struct sql_value v = sql_id(&id);
    if (!sim_read_case(a, id, c, &key, &x.state)) sim_wrong("a case has no key");
    x.n = process_waiting(a, x.state, &x.w);
    x.tasks = sim_query(a, &TASKS, &v, 1);
    x.timers = sim_query(a, &TIMERS, &v, 1);
    x.jobs = sim_query(a, &JOB_ROWS, &v, 1);
    x.awaits = sim_query(a, &AWAITS, &v, 1);
    note(&cases[i], c, &x);
    check_events(a, i, c, &key, service_model(version_of(a, c)));
    archive_check(a, i, c, &key);
    if ((x.n > 0) != case_state_open(c->state))
        sim_wrong("the case is %s and the process waits at %zu places", case_state_name(c->state), x.n);
    check_tokens(a, &x);
    check_rows(&x);
    struct rows due = sim_query(a, &LIMITS, &v, 1);
    check_due(id, DATED_PROMISE, 0, row(&due, 0)[0].i);
    check_due(id, DATED_STATUTE, 0, row(&due, 0)[1].i);
    sooner(&x.timers);
    sooner(&x.jobs);
    note_waits(i, &x);
}

/* ---- what no single case says: each must give 0 ---- */

static const struct stmt ZERO[] = {
    {"journals without a case",
     "SELECT COUNT(*) FROM case_event e WHERE NOT EXISTS (SELECT 1 FROM case_file f WHERE f.id = e.case_id)", NULL,
     false},
    {"case numbers given twice", "SELECT COUNT(*) - COUNT(DISTINCT number) FROM case_file", NULL, false},
    {"content without a document",
     "SELECT COUNT(*) FROM case_blob b WHERE NOT EXISTS (SELECT 1 FROM case_document d WHERE d.id = b.id)", NULL,
     false},
    {"documents without content",
     "SELECT COUNT(*) FROM case_document d WHERE NOT EXISTS (SELECT 1 FROM case_blob b WHERE b.id = d.id)", NULL,
     false},
    {"effects of jobs that are there twice",
     "SELECT COUNT(*) FROM (SELECT 1 FROM sim_effect WHERE job <> '' GROUP BY job HAVING COUNT(*) > 1) x", NULL, false},
    {"numbers given twice",
     "SELECT COUNT(*) FROM (SELECT 1 FROM sim_effect WHERE verb = 'local.x' GROUP BY number HAVING COUNT(*) > 1) x",
     NULL, false},
    {"rows of tasks, timers or jobs without a case",
     "SELECT (SELECT COUNT(*) FROM case_task WHERE case_id NOT IN (SELECT id FROM case_file)) + (SELECT COUNT(*) FROM"
     " case_timer WHERE case_id NOT IN (SELECT id FROM case_file)) + (SELECT COUNT(*) FROM case_job WHERE case_id NOT IN"
     " (SELECT id FROM case_file))",
     NULL, false},
};

static void check_zero(struct arena *a)
{
    for (size_t i = 0; i < sizeof ZERO / sizeof *ZERO; i++) {
        struct rows r = sim_query(a, &ZERO[i], NULL, 0);
        if (row(&r, 0)[0].i != 0) sim_wrong("%s: %lld", ZERO[i].name, (long long)row(&r, 0)[0].i);
    }
}

static const struct stmt KEYS = {
    "sim_keys",
    "SELECT COUNT(*) FROM data_key WHERE id NOT IN (SELECT id FROM case_file) AND id NOT IN (SELECT id FROM subject)",
    NULL, false};

/* A filing that was refused leaves no key. */
static void check_keys(struct arena *a)
{
    static int64_t others = -1;
    struct rows r = sim_query(a, &KEYS, NULL, 0);
    if (others < 0) others = row(&r, 0)[0].i;
    if (others != row(&r, 0)[0].i) sim_wrong("%lld keys that belong to nobody", (long long)(row(&r, 0)[0].i - others));
}

/* ---- the ledger ---- */

static const struct stmt STORED = {
    "sim_stored", "SELECT status FROM idempotency WHERE actor = ?1 AND route = ?2 AND idem_key = ?3", NULL, false};

static const struct stmt FILED = {"sim_filed", "SELECT COUNT(*) FROM idempotency WHERE route = 'file' AND status = 0",
                                  NULL, false};

/* Every case was filed by one command, or started by an event. */
static void check_filings(struct arena *a)
{
    struct rows r = sim_query(a, &FILED, NULL, 0);
    size_t n = 0;
    for (size_t i = 0; i < ncases; i++) n += !cases[i].started;
    if ((size_t)row(&r, 0)[0].i != n)
        sim_wrong("%zu cases, and %lld filings that were carried out", n, (long long)row(&r, 0)[0].i);
}

/* Acknowledged means there. That what is there was asked for, and once, is told by the journal (check_command). */
static void check_ledger(struct arena *a)
{
    const struct entry *const *list;
    size_t n = sim_entries(&list);
    for (size_t i = 0; i < n; i++) {
        struct entry *e = (struct entry *)(uintptr_t)list[i];
        if (e->act != ACT_FILE && e->act != ACT_OUTSIDE) {
            if (e->state == ENTRY_DONE && !e->answered_by_rows)
                sim_wrong("lost: %s was acknowledged as version %lld of a case, and no event is its",
                          SIM_ACT_NAMES[e->act], (long long)e->version);
            continue;
        }
        const struct sql_value v[] = {sql_id(&e->x->account), sql_text(slice_cstr(SIM_ACT_NAMES[e->act])),
                                      sql_text(e->key)};
        if (e->state == ENTRY_DOUBT) continue;
        struct rows r = sim_query(a, &STORED, v, 3);
        bool kept = e->state == ENTRY_DONE || e->act == ACT_FILE; /* what is refused of the post is not kept */
        if ((r.n == 1) != kept || (r.n && (row(&r, 0)[0].i == 0) != (e->state == ENTRY_DONE)))
            sim_wrong("lost: %s was %s, and what is stored says otherwise", SIM_ACT_NAMES[e->act],
                      e->state == ENTRY_DONE ? "acknowledged" : "refused");
    }
}

/* ---- plans of migration: what a row says of a case is where the case is ---- */

static const struct stmt PLAN_ROWS = {
    "sim_plan_rows",
    "SELECT f.id FROM case_plan_case c JOIN case_plan p ON p.id = c.plan JOIN case_file f ON f.id = c.case_id"
    " WHERE p.id = (SELECT MAX(id) FROM case_plan) AND f.service_hash <> CASE WHEN c.state IN ('moved', 'stays')"
    " THEN p.to_hash ELSE p.from_hash END",
    NULL, false};
static const struct stmt PLANS_UNDER_WAY = {
    "sim_plans", "SELECT COUNT(*) FROM case_plan WHERE state IN ('looking', 'applying', 'undoing')", NULL, false};

static void check_plans(struct arena *a)
{
    struct rows r = sim_query(a, &PLAN_ROWS, NULL, 0);
    if (r.n) sim_wrong("a plan of migration says of %zu cases what is not so", r.n);
}

bool sim_plans_settled(struct arena *a)
{
    struct rows r = sim_query(a, &PLANS_UNDER_WAY, NULL, 0);
    return row(&r, 0)[0].i == 0;
}

void sim_check(void)
{
    struct arena *a = arena_new("check");
    disk_quiet(true);
    struct rows r = sim_query(a, &ALL_CASES, NULL, 0);
    next_due = 0;
    for (size_t i = 0; i < r.n; i++) {
        struct id id;
        if (id_from_bytes(row(&r, i)[0].s, &id)) check_case(a, id);
    }
    if (r.n != ncases) sim_wrong("lost: %zu cases were there, now there are %zu", ncases, r.n);
    check_zero(a);
    post_check(a);
    archive_check_all(a);
    check_plans(a);
    check_keys(a);
    check_filings(a);
    check_ledger(a);
    disk_quiet(false);
    sim.stats.checks++;
    arena_free(a);
}

/* ---- the dear ones ---- */

static const struct stmt INTEGRITY = {"sim_integrity", "PRAGMA integrity_check", NULL, false};

static void compare(void *arg)
{
    struct arena *a = arg;
    struct rebuild_report report;
    sim_must(a, "the comparison with the journal", case_rebuild(sim.c, a, true, &report));
    if (report.differences)
        sim_wrong("%lld differences to what the journal gives, first %.*s", (long long)report.differences,
                  SLICE_ARG(report.first_difference));
}

void sim_check_dear(void)
{
    struct arena *a = arena_new("dear check");
    disk_quiet(true);
    struct rows r = sim_query(a, &INTEGRITY, NULL, 0);
    if (r.n != 1 || !slice_is(row(&r, 0)[0].s, "ok")) sim_wrong("integrity_check: %.*s", SLICE_ARG(row(&r, 0)[0].s));
    (void)sim_do("comparing", compare, a);
    disk_quiet(false);
    sim.stats.rebuilds++;
    arena_free(a);
}
