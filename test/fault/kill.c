/* fault_kill [--rounds N] [--seed S] [--threads N] [--longest MS] [--no-sync] (--sqlite | --postgres)
 *
 * --no-sync: SQLite with synchronous=OFF. Then acknowledged commands must be found lost, else this fails: it shows that
 * the test can see what it looks for.
 * The seed gives the moments of the kills and what the file system loses; threads run as they run. */
#include "test/fault/fault.h"

#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "store/fault_vfs.h"

struct run_options {
    int rounds, longest;
    uint64_t seed;
    bool postgres;
};
struct kill_test {
    struct run_options o;
    struct setup x;
    struct ledger l;
    int32_t *index; /* serial -> position in the ledger, by hash */
    uint64_t random;
    char dir[256], url[512];
    int wrong, ready_rounds, passed, broken;
    int64_t folded;   /* cases in the archive, the most that a check found */
    int64_t in_folds; /* kills aimed at the folding that came in it */
    int acknowledged; /* file: what the city said is done, synced before the next round */
    int64_t kill_at;  /* the child kills itself in this operation on its files; 0: the parent kills it */
    bool rough;       /* the server is killed too: errors of the client are no surprise */
};
enum { INDEX = 1 << 21, OPEN_SECONDS = 120 };

static uint64_t next_random(struct kill_test *k)
{
    uint64_t x = k->random;
    x ^= x >> 12;
    x ^= x << 25;
    x ^= x >> 27;
    k->random = x;
    return x * UINT64_C(2685821657736338717);
}

static int64_t now_ms(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void stop(const char *what)
{
    perror(what);
    exit(2);
}

/* ---- the ledger ---- */

static struct command *command_of(struct kill_test *k, const struct record *r)
{
    size_t at = (size_t)((uint64_t)r->serial * UINT64_C(0x9E3779B97F4A7C15) >> 40) % INDEX;
    for (; k->index[at] >= 0; at = (at + 1) % INDEX)
        if (k->l.list[k->index[at]].r.serial == r->serial) return &k->l.list[k->index[at]];
    if (k->l.n == k->l.cap) {
        k->l.cap = k->l.cap ? k->l.cap * 2 : 1024;
        k->l.list = realloc(k->l.list, k->l.cap * sizeof *k->l.list);
        if (!k->l.list) stop("realloc");
    }
    if (k->l.n >= INDEX / 2) stop("the ledger is full");
    k->index[at] = (int32_t)k->l.n;
    k->l.list[k->l.n] = (struct command){.r = *r, .state = DOUBT};
    return &k->l.list[k->l.n++];
}

static void note(struct kill_test *k, const struct record *r)
{
    if (r->tell == TELL_WRONG) {
        if (k->rough) return;
        printf("  WRONG: %s\n", r->text);
        k->wrong++;
    } else if (r->tell == TELL_FOLDED) {
        if (r->serial > k->folded) k->folded = r->serial;
    } else if (r->tell == TELL_SENT) {
        (void)command_of(k, r);
    } else if (r->tell == TELL_DONE || r->tell == TELL_REFUSED) {
        struct command *c = command_of(k, r);
        c->state = r->tell == TELL_DONE ? DONE : REFUSED;
        c->r = *r;
        if (write(k->acknowledged, r, sizeof *r) != (ssize_t)sizeof *r) stop("the log of what is acknowledged");
    }
}

/* Reads until the writer is gone, a TELL_READY or TELL_END came (true), or the deadline is over. */
static bool listen_to(struct kill_test *k, int fd, int64_t deadline)
{
    for (;;) {
        struct record r;
        struct pollfd p = {.fd = fd, .events = POLLIN};
        int64_t left = deadline - now_ms();
        if (left <= 0 || poll(&p, 1, (int)left) <= 0) return false;
        if (read(fd, &r, sizeof r) != (ssize_t)sizeof r) return false;
        note(k, &r);
        if (r.tell == TELL_READY || r.tell == TELL_END) return true;
    }
}

struct tally {
    size_t done, refused, doubt;
};

static struct tally tally(const struct kill_test *k)
{
    struct tally t = {0, 0, 0};
    for (size_t i = 0; i < k->l.n; i++) {
        t.done += k->l.list[i].state == DONE;
        t.refused += k->l.list[i].state == REFUSED;
        t.doubt += k->l.list[i].state == DOUBT;
    }
    return t;
}

/* ---- children ---- */

struct child {
    pid_t pid;
    int fd;
};

static struct child spawn(struct kill_test *k, int (*run)(struct kill_test *k, int fd, int64_t serial), int64_t serial)
{
    int ends[2];
    (void)fflush(stdout);
    if (pipe(ends) < 0) stop("pipe");
    pid_t pid = fork();
    if (pid < 0) stop("fork");
    if (pid == 0) {
        (void)close(ends[0]);
        _exit(run(k, ends[1], serial));
    }
    (void)close(ends[1]);
    return (struct child){pid, ends[0]};
}

static int finish(struct child c)
{
    int status = 0;
    (void)waitpid(c.pid, &status, 0);
    (void)close(c.fd);
    return status;
}

static int child_fresh(struct kill_test *k, int fd, int64_t serial)
{
    struct arena *a = arena_new("fault fresh");
    struct place at;
    (void)serial;
    result r = place_open(a, &k->x, false, true, &at);
    if (failed(r)) {
        struct slice text = result_text(a, r, LANG_EN);
        tell_wrong(fd, "the city is not made: %.*s", (int)(text.n < 180 ? text.n : 180), text.p);
        return 1;
    }
    store_close(at.s);
    struct record end = {.tell = TELL_END};
    tell(fd, &end);
    return 0;
}

static int child_load(struct kill_test *k, int fd, int64_t serial)
{
    if (k->x.vfs && fault_vfs_register(k->x.vfs, next_random(k)) != 0) {
        tell_wrong(fd, "the faulty file system cannot be registered");
        return 1;
    }
    if (k->x.vfs && k->kill_at) fault_vfs_kill_at(k->kill_at);
    return load_run(&k->x, fd, &k->l, serial, false);
}
static int child_resend(struct kill_test *k, int fd, int64_t serial)
{
    return load_run(&k->x, fd, &k->l, serial, true);
}
static int child_check(struct kill_test *k, int fd, int64_t serial)
{
    return check_run(&k->x, fd, &k->l, serial < 0);
}

/* Runs a child to its end; false when it did not say so itself. */
static bool to_the_end(struct kill_test *k, const char *what, int (*run)(struct kill_test *k, int fd, int64_t serial),
                       int64_t serial)
{
    struct child c = spawn(k, run, serial);
    int wrong = k->wrong;
    bool ended = listen_to(k, c.fd, now_ms() + 1000 * OPEN_SECONDS);
    if (!ended) (void)kill(c.pid, SIGKILL);
    (void)finish(c);
    if (!ended && k->wrong == wrong) {
        printf("  WRONG: %s came to no end\n", what);
        k->wrong++;
    }
    return ended;
}

/* ---- rounds ---- */

static void round_once(struct kill_test *k, int n)
{
    int64_t serial = (int64_t)(n + 1) * 1000000;
    int delay = 10 + (int)(next_random(k) % (uint64_t)k->o.longest);
    bool server_too = k->o.postgres && n % 3 == 2;
    size_t before = k->l.n;
    int wrong = k->wrong;
    /* every other time in the middle of a write, a sync or a truncation: some are in the opening and the recovery */
    k->kill_at = n % 2 && !k->o.postgres ? 1 + (int64_t)(next_random(k) % (n % 4 == 1 ? 200 : 4000)) : 0;
    /* … and every fourth time while cases are folded */
    k->x.kill_in_fold = n % 4 == 2 && !k->o.postgres ? 1 + (int64_t)(next_random(k) % 60) : 0;
    if (k->x.kill_in_fold) delay += 4000;
    struct child c = spawn(k, child_load, serial);
    bool ready = listen_to(k, c.fd, now_ms() + 1000 * OPEN_SECONDS);
    k->ready_rounds += ready;
    k->rough = server_too;
    int64_t until = now_ms() + (k->kill_at ? 20000 : delay);
    if (ready) (void)listen_to(k, c.fd, until);
    bool late = now_ms() >= until; /* killed by us, not by itself */
    k->in_folds += k->x.kill_in_fold && ready && !late;
    if (server_too) {
        pg_server_kill(k->dir);
        (void)listen_to(k, c.fd, now_ms() + (int64_t)(next_random(k) % 60));
    }
    (void)kill(c.pid, SIGKILL);
    (void)listen_to(k, c.fd, now_ms() + 1000 * OPEN_SECONDS);
    int status = finish(c);
    k->rough = false;
    if (fdatasync(k->acknowledged) < 0) stop("fdatasync");
    if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGKILL) {
        printf("  WRONG: the process under test ended by itself (status %x)\n", (unsigned)status);
        k->wrong++;
    }
    if (server_too && !pg_server_start(k->dir, k->url, sizeof k->url)) {
        printf("  WRONG: the PostgreSQL server does not start again\n");
        k->wrong++;
    } else {
        (void)to_the_end(k, "the check", child_check, 0);
    }
    char how[64];
    bool folding = k->x.kill_in_fold && !late;
    const char *const words = folding      ? "in operation %lld while folding"
                              : k->kill_at ? "in its file operation %lld"
                                           : "after %lld ms";
    (void)snprintf(how, sizeof how, words, (long long)(folding ? k->x.kill_in_fold : k->kill_at ? k->kill_at : delay));
    struct tally all = tally(k);
    printf(
        "round %d: killed %s%s, %zu commands new, %zu acknowledged in all, %zu in doubt, at most %lld cases folded\n",
        n + 1, how, server_too ? " with the server" : "", k->l.n - before, all.done, all.doubt, (long long)k->folded);
    k->passed += k->wrong == wrong;
    k->broken += k->wrong != wrong;
}

static void remove_tree(const char *path)
{
    DIR *d = opendir(path);
    for (struct dirent *e; d && (e = readdir(d));) {
        char child[1024];
        if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, "..")) continue;
        (void)snprintf(child, sizeof child, "%s/%s", path, e->d_name);
        if (unlink(child) < 0) remove_tree(child);
    }
    if (d) (void)closedir(d);
    (void)rmdir(path);
}

static void prepare(struct kill_test *k)
{
    const char *tmp = getenv("TMPDIR");
    (void)snprintf(k->dir, sizeof k->dir, "%s/tongban_fault_XXXXXX", tmp && *tmp ? tmp : "/tmp");
    if (!mkdtemp(k->dir)) stop("mkdtemp");
    (void)chmod(k->dir, 0755);
    char log[512];
    (void)snprintf(log, sizeof log, "%s/acknowledged", k->dir);
    k->acknowledged = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (k->acknowledged < 0) stop(log);
    k->index = malloc(INDEX * sizeof *k->index);
    if (!k->index) stop("malloc");
    for (size_t i = 0; i < INDEX; i++) k->index[i] = -1;
    random_bytes(k->x.keys, sizeof k->x.keys);
    if (k->o.postgres && !pg_server_start(k->dir, k->url, sizeof k->url)) {
        printf("the PostgreSQL server does not start\n");
        exit(2);
    }
    if (!k->o.postgres) (void)snprintf(k->url, sizeof k->url, "sqlite:%s/city.db", k->dir);
    k->x.url = k->url;
    k->x.vfs = k->o.postgres ? NULL : "fault";
    k->x.service = "establish_company";
    (void)to_the_end(k, "making the city", child_fresh, 0);
    if (!k->wrong) return;
    if (k->o.postgres && !pg_server_stop(k->dir)) printf("the PostgreSQL server did not stop\n");
    remove_tree(k->dir);
    printf("fault: the city cannot be made, nothing was tested\n");
    exit(2);
}

static int verdict(struct kill_test *k, const struct tally *all)
{
    if (k->ready_rounds == 0 || all->done == 0) {
        printf("FAILED: no round did anything\n");
        k->broken++;
    } else if (!k->x.no_sync && k->folded + k->in_folds == 0) {
        printf("FAILED: no case was folded into the archive\n");
        k->broken++;
    } else if (k->x.no_sync) {
        printf(k->wrong ? "a city that does not sync is caught: it lost what it had acknowledged\n"
                        : "FAILED: synchronous=OFF, and nothing was seen to be lost: the test is blind\n");
        k->passed = k->wrong > 0;
        k->broken = k->wrong == 0;
    }
    printf("fault: %d passed, %d failed\n", k->passed, k->broken);
    return k->broken ? 1 : 0;
}

static int conclude(struct kill_test *k, int rounds)
{
    int wrong = k->wrong;
    if (!k->x.no_sync && !wrong) {
        (void)to_the_end(k, "sending again what is in doubt", child_resend, (int64_t)(rounds + 1) * 1000000);
        (void)to_the_end(k, "the last check", child_check, -1);
        k->passed += k->wrong == wrong;
    }
    k->broken += k->wrong != wrong || (k->broken == 0 && wrong);
    struct tally all = tally(k);
    if (k->o.postgres && !pg_server_stop(k->dir)) printf("the PostgreSQL server did not stop\n");
    if (k->wrong && !k->x.no_sync)
        printf("kept for a look: %s\n", k->dir);
    else
        remove_tree(k->dir);
    printf(
        "seed %llu: %d rounds, %zu commands, %zu done, %zu refused, %lld cases folded at once, %lld kills while folding, %d wrong\n",
        (unsigned long long)k->o.seed, rounds, k->l.n, all.done, all.refused, (long long)k->folded,
        (long long)k->in_folds, k->wrong);
    return verdict(k, &all);
}

static int usage(void)
{
    (void)fprintf(
        stderr,
        "usage: fault_kill [--rounds N] [--seed S] [--threads N] [--longest MS] [--no-sync] (--sqlite | --postgres)\n");
    return 2;
}

int main(int argc, char **argv)
{
    static struct kill_test k;
    bool chosen = false;
    k.o = (struct run_options){.rounds = 12, .longest = 600, .seed = (uint64_t)time(NULL)};
    k.x.threads = 4;
    for (int i = 1; i < argc; i++) {
        struct slice w = slice_cstr(argv[i]), v = i + 1 < argc ? slice_cstr(argv[i + 1]) : (struct slice){NULL, 0};
        int64_t n = 0;
        bool number =
            slice_is(w, "--rounds") || slice_is(w, "--seed") || slice_is(w, "--threads") || slice_is(w, "--longest");
        if (number && (!slice_int64(v, &n) || n < 1)) return usage();
        if (slice_is(w, "--rounds")) k.o.rounds = (int)n;
        if (slice_is(w, "--seed")) k.o.seed = (uint64_t)n;
        if (slice_is(w, "--threads")) k.x.threads = (int)n;
        if (slice_is(w, "--longest")) k.o.longest = (int)n;
        if (slice_is(w, "--no-sync")) k.x.no_sync = true;
        if (slice_is(w, "--postgres")) k.o.postgres = true;
        chosen = chosen || slice_is(w, "--postgres") || slice_is(w, "--sqlite");
        i += number;
    }
    if (!chosen || (k.x.no_sync && k.o.postgres)) return usage();
    (void)signal(SIGPIPE, SIG_IGN);
    k.random = k.o.seed;
    printf("seed %llu\n", (unsigned long long)k.o.seed);
    prepare(&k);
    int n = 0;
    for (; n < k.o.rounds && !(k.wrong && (k.x.no_sync || n == 0)); n++) round_once(&k, n);
    return conclude(&k, n);
}
