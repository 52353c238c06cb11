/* The process that will be killed. */
#include "test/fault/fault.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "city/cases/archive.h"
#include "city/cases/measure.h"
#include "city/cases/run.h"
#include "store/fault_vfs.h"

void tell(int fd, const struct record *r)
{
    ssize_t n = write(fd, r, sizeof *r);
    (void)n; /* the parent is gone: nobody listens */
}

void tell_wrong(int fd, const char *format, ...)
{
    struct record r = {.tell = TELL_WRONG};
    va_list ap;
    va_start(ap, format);
    (void)vsnprintf(r.text, sizeof r.text, format, ap);
    va_end(ap);
    tell(fd, &r);
}

result place_open(struct arena *a, const struct setup *x, bool faulty, bool fresh, struct place *out)
{
    struct store_options o = {.url = slice_cstr(x->url), .batchers = 2};
    struct test_city_options c = {.keys = x->keys, .fresh = fresh};
    *out = (struct place){.a = a};
    if (faulty) {
        o.sqlite_vfs = x->vfs;
        o.unsafe_no_sync = x->no_sync;
    }
    TRY(store_open(a, &o, &out->s));
    TRY(test_city_open(a, out->s, &c, &out->t));
    return opening_plan_read(out->t, a, slice_cstr(x->service), &out->p);
}

struct loading {
    struct place at;
    int fd;
    int64_t kill_in_fold; /* 0: no more */
    atomic_llong serial, opening;
};

static void complain(struct loading *l, const char *what, result r)
{
    struct arena *a = arena_new("complaint");
    struct slice text = result_text(a, r, LANG_EN);
    tell_wrong(l->fd, "%s: %.*s", what, (int)(text.n < 200 ? text.n : 200), text.p);
    arena_free(a);
}

/* ---- one command: said before it is sent, said when it is durable ---- */

static result send_file(struct loading *l, struct arena *a, struct record *r)
{
    const struct opening_plan *p = l->at.p;
    struct case_filing f;
    struct case_done done = {.version = 0};
    opening_filing(p, a, r->opening, &f);
    struct case_command k =
        opening_command(l->at.t, a, p->applicant, "file", arena_printf(a, "fault-%lld", (long long)r->serial),
                        arena_printf(a, "%lld", (long long)r->opening));
    TRY(case_file(&k, &f, &done));
    r->case_id = done.case_id;
    r->version = done.version;
    r->replayed = done.replayed;
    return ok();
}

static result send_decide(struct loading *l, struct arena *a, struct record *r)
{
    struct case_done done = {.version = 0};
    const struct actor *x = &l->at.t->staff[r->officer];
    struct task_decision d = opening_decision(l->at.p, slice_cstr(r->node), r->token);
    struct case_command k =
        opening_command(l->at.t, a, x, "decide", arena_printf(a, "fault-%lld", (long long)r->serial),
                        arena_printf(a, "%lld %.*s", (long long)r->token, SLICE_ARG(d.outcome)));
    k.case_id = r->case_id;
    TRY(task_decide(&k, &d, &done));
    r->version = done.version;
    r->replayed = done.replayed;
    return ok();
}

/* An answer that is neither yes nor a reasoned no leaves the command in doubt. */
static bool send_one(struct loading *l, struct record *r)
{
    struct arena *a = arena_new("fault command");
    r->tell = TELL_SENT;
    tell(l->fd, r);
    result res = r->what == DO_FILE ? send_file(l, a, r) : send_decide(l, a, r);
    bool good = !failed(res);
    if (good) {
        r->tell = TELL_DONE;
        tell(l->fd, r);
    } else if (code_status(result_code(res)) < 500) {
        r->tell = TELL_REFUSED;
        (void)snprintf(r->text, sizeof r->text, "%s", code_name(result_code(res)));
        tell(l->fd, r);
    } else {
        complain(l, "a command failed", res);
    }
    arena_free(a);
    return good;
}

/* What was acknowledged is sent once more, as after a lost reply: the same answer, and nothing happens. */
static void send_done_again(struct loading *l, const struct record *first)
{
    struct arena *a = arena_new("fault again");
    struct record r = *first;
    result res = r.what == DO_FILE ? send_file(l, a, &r) : send_decide(l, a, &r);
    if (failed(res))
        complain(l, "an acknowledged command sent again", res);
    else if (!r.replayed || r.version != first->version || !id_eq(r.case_id, first->case_id))
        tell_wrong(l->fd, "twice: acknowledged command %lld sent again gave version %lld, not %lld",
                   (long long)r.serial, (long long)r.version, (long long)first->version);
    arena_free(a);
}

static void send_again(struct loading *l, const struct ledger *ledger, size_t most)
{
    for (size_t i = 0; i < ledger->n; i++) {
        struct record again = ledger->list[i].r;
        if (ledger->list[i].state == DOUBT) (void)send_one(l, &again);
    }
    for (size_t i = ledger->n; i > 0 && most > 0; i--) {
        if (ledger->list[i - 1].state != DONE) continue;
        send_done_again(l, &ledger->list[i - 1].r);
        most--;
    }
}

/* ---- a thread: a few cases at a time, each as far as it goes ---- */

enum { AT_ONCE = 6 };

struct worker {
    struct loading *load;
    pthread_t thread;
    struct id cases[AT_ONCE];
    size_t n;
};

static void nap(long ms)
{
    struct timespec t = {ms / 1000, ms % 1000 * 1000000};
    (void)nanosleep(&t, NULL);
}

/* Officers differ by task, so that four eyes are four eyes. */
static int32_t officer_for(struct loading *l, const struct opening_state *s, size_t i)
{
    enum role role;
    const struct test_city *t = l->at.t;
    if (!role_scan(s->tasks[i].role, &role)) return -1;
    struct id used[32];
    size_t n = 0;
    for (int round = 0; round < 2; round++) {
        const struct actor *x = test_city_officer(t, role, s->tasks[i].department, s->tasks[i].town, used, n);
        if (x && (round == 1 || s->tasks[i].token % 2 == 0)) return (int32_t)(x - t->staff);
        if (x) used[n++] = x->account;
    }
    const struct actor *x = test_city_officer(t, role, s->tasks[i].department, s->tasks[i].town, NULL, 0);
    return x ? (int32_t)(x - t->staff) : -1;
}

/* One task of the case; *over: nothing more will come. False: it waits for a job. */
static bool push(struct loading *l, struct id case_id, bool *over)
{
    struct arena *a = arena_new("fault push");
    struct opening_state s;
    result r = opening_look(l->at.t, a, case_id, &s);
    bool moved = false;
    *over = failed(r) || s.closed;
    if (failed(r)) complain(l, "looking at a case", r);
    if (!*over && s.ntasks) {
        struct record d = {.what = DO_DECIDE,
                           .serial = atomic_fetch_add(&l->serial, 1),
                           .token = s.tasks[0].token,
                           .case_id = case_id,
                           .officer = officer_for(l, &s, 0)};
        (void)snprintf(d.node, sizeof d.node, "%.*s", SLICE_ARG(s.tasks[0].node));
        if (d.officer >= 0) {
            (void)send_one(l, &d);
            moved = true;
        } else {
            tell_wrong(l->fd, "nobody can do task %s", d.node);
            *over = true;
        }
    }
    arena_free(a);
    return moved;
}

static bool file(struct loading *l, struct id *case_id)
{
    struct record r = {
        .what = DO_FILE, .serial = atomic_fetch_add(&l->serial, 1), .opening = atomic_fetch_add(&l->opening, 1)};
    if (!send_one(l, &r)) return false;
    *case_id = r.case_id;
    return true;
}

/* Some are taken back, so that there are closed cases to fold. Not in the ledger: only that it is whole, or not there, is asked of it. */
static void withdraw(struct loading *l, struct id case_id)
{
    struct arena *a = arena_new("fault withdraw");
    struct case_done done;
    struct case_command k =
        opening_command(l->at.t, a, l->at.p->applicant, "withdraw",
                        arena_printf(a, "fault-%lld", (long long)atomic_fetch_add(&l->serial, 1)), S("withdraw"));
    k.case_id = case_id;
    result r = case_withdraw(&k, S(""), S("不办了"), &done);
    if (failed(r) && code_status(result_code(r)) >= 500) complain(l, "taking a case back", r);
    arena_free(a);
}

/* Rendering papers is slower than deciding: when all of a worker's cases wait for papers, one is left to the jobs. */
static void *work(void *arg)
{
    struct worker *w = arg;
    for (int idle = 0, turn = 1;; turn++) {
        bool moved = false;
        if (turn % 5 == 0 && w->n) {
            withdraw(w->load, w->cases[0]);
            w->cases[0] = w->cases[--w->n];
        }
        if (w->n < AT_ONCE && file(w->load, &w->cases[w->n])) {
            w->n++;
            moved = true;
        }
        for (size_t i = 0; i < w->n; i++) {
            bool over;
            moved = push(w->load, w->cases[i], &over) || moved;
            if (over) w->cases[i] = w->cases[--w->n];
        }
        idle = moved ? 0 : idle + 1;
        if (!moved) nap(2);
        if (idle > 5 && w->n == AT_ONCE) memmove(w->cases, w->cases + 1, --w->n * sizeof *w->cases);
    }
    return NULL;
}

static void *jobs(void *arg)
{
    struct loading *l = arg;
    for (;;) {
        struct arena *a = arena_new("fault jobs");
        size_t done;
        result r = case_jobs_run(&l->at.t->city, a, time_now(l->at.t->city.time), 4, &done);
        if (failed(r)) complain(l, "jobs", r);
        arena_free(a);
        if (!done) nap(2);
    }
    return NULL;
}

/* Closed cases go into the archive at once, as if two days had passed; what is sent again about them brings them back. */
static const struct stmt FOLDABLE = {"fault_foldable",
                                     "SELECT COUNT(*) FROM case_file f WHERE decided_at > 0 AND length(engine) > 0"
                                     " AND NOT EXISTS (SELECT 1 FROM case_job j WHERE j.case_id = f.id)",
                                     NULL, false};

/* Once there is something to fold: the process ends in the midst of it, or not long after. */
static void aim_at_the_fold(struct loading *l)
{
    struct arena *a = arena_new("fault aim");
    struct rows r;
    bool there = !failed(store_query(l->at.s, a, &FOLDABLE, NULL, 0, &r)) && row(&r, 0)[0].i > 0;
    arena_free(a);
    if (!there) return;
    fault_vfs_kill_at(l->kill_in_fold);
    l->kill_in_fold = 0;
}

static void *fold(void *arg)
{
    struct loading *l = arg;
    struct archive_at at = {.ended = 0};
    for (;;) {
        struct arena *a = arena_new("fault archive");
        size_t looked;
        result r = measures_roll(&l->at.t->city, a); /* what is not in the sums is not folded */
        if (failed(r)) complain(l, "the sums", r);
        if (l->kill_in_fold) aim_at_the_fold(l);
        r = case_archive_run(&l->at.t->city, a, time_now(l->at.t->city.time) + 2 * MS_DAY, 8, &at, &looked);
        if (failed(r)) complain(l, "the archive", r);
        arena_free(a);
        if (!looked) nap(5);
    }
    return NULL;
}

/* Cases that an earlier round left open go on first. */
static const struct stmt OPEN_CASES = {
    "fault_open", "SELECT id FROM case_file WHERE state IN (0, 2) ORDER BY id DESC LIMIT ?1", NULL, false};

static result take_over(struct loading *l, struct worker *w, int n)
{
    struct rows rows;
    struct sql_value most = sql_int((int64_t)n * (AT_ONCE - 1));
    TRY(store_query(l->at.s, l->at.a, &OPEN_CASES, &most, 1, &rows));
    for (size_t i = 0; i < rows.n; i++) {
        struct worker *x = &w[i % (size_t)n];
        if (id_from_bytes(row(&rows, i)[0].s, &x->cases[x->n])) x->n++;
    }
    return ok();
}

static int threads(struct loading *l, int n)
{
    struct worker *w = NEW_ARRAY(l->at.a, struct worker, (size_t)n);
    pthread_t worker_of_jobs, worker_of_archive;
    l->at.t->city.archive_after = 1;
    for (int i = 0; i < n; i++) w[i].load = l;
    result r = take_over(l, w, n);
    if (failed(r)) {
        complain(l, "open cases", r);
        return 1;
    }
    struct record ready = {.tell = TELL_READY};
    tell(l->fd, &ready);
    for (int i = 0; i < n; i++)
        if (pthread_create(&w[i].thread, NULL, work, &w[i]) != 0) return 1;
    if (pthread_create(&worker_of_jobs, NULL, jobs, l) != 0) return 1;
    if (pthread_create(&worker_of_archive, NULL, fold, l) != 0) return 1;
    for (;;) (void)pause();
}

int load_run(const struct setup *x, int fd, const struct ledger *ledger, int64_t first_serial, bool only_resend)
{
    struct arena *a = arena_new("fault load");
    struct loading *l = NEW(a, struct loading);
    l->fd = fd;
    l->kill_in_fold = x->vfs ? x->kill_in_fold : 0;
    atomic_init(&l->serial, first_serial);
    atomic_init(&l->opening, first_serial);
    result r = place_open(a, x, !only_resend, false, &l->at);
    if (failed(r)) {
        complain(l, "the city does not open", r);
        return 1;
    }
    send_again(l, ledger, only_resend ? 5000 : 20);
    if (!only_resend) return threads(l, x->threads);
    store_close(l->at.s);
    struct record end = {.tell = TELL_END};
    tell(fd, &end);
    arena_free(a);
    return 0;
}
