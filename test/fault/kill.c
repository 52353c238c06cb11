/* kill [--rounds N] [--seed S] [--threads N] [--longest MS] [--no-sync] (--sqlite | --postgres)
 *
 * --no-sync: SQLite with synchronous=OFF. Then acknowledged commands must be found lost, else this fails: it shows that
 * the test can see what it looks for.
 * The seed gives the moments of the kills and what the file system loses; threads run as they run. */
#include "test/fault/fault.h"

#include <dirent.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
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
    int wrong, ready_rounds;
    bool rough; /* the server is killed too: errors of the client are no surprise */
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
    } else if (r->tell == TELL_SENT) {
        (void)command_of(k, r);
    } else if (r->tell == TELL_DONE || r->tell == TELL_REFUSED) {
        struct command *c = command_of(k, r);
        c->state = r->tell == TELL_DONE ? DONE : REFUSED;
        c->r = *r;
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
    return load_run(&k->x, fd, &k->l, serial, next_random(k), false);
}
static int child_resend(struct kill_test *k, int fd, int64_t serial)
{
    return load_run(&k->x, fd, &k->l, serial, 1, true);
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

/* ---- the PostgreSQL server ---- */

static const char *script(void)
{
    static char path[512];
    const char *root = getenv("TONGBAN_SOURCE_ROOT");
    (void)snprintf(path, sizeof path, "%s/tools/pg_test_server.sh", root && *root ? root : ".");
    return path;
}

static bool server_start(struct kill_test *k)
{
    char line[1024];
    for (int i = 0; i < 60; i++) {
        (void)snprintf(line, sizeof line, "'%s' start '%s/pg' 2>'%s/start.log'", script(), k->dir, k->dir);
        FILE *f = popen(line, "r");
        bool good = f && fgets(k->url, sizeof k->url, f) && strncmp(k->url, "postgresql:", 11) == 0;
        if (f && pclose(f) != 0) good = false;
        if (good) {
            k->url[strcspn(k->url, "\n")] = 0;
            return true;
        }
        /* processes of the killed server still hold its memory */
        struct timespec t = {0, 200 * 1000000};
        (void)nanosleep(&t, NULL);
    }
    return false;
}

static void server_kill(struct kill_test *k)
{
    char path[512];
    (void)snprintf(path, sizeof path, "%s/pg/data/postmaster.pid", k->dir);
    FILE *f = fopen(path, "r");
    long pid = 0;
    if (f && fscanf(f, "%ld", &pid) == 1 && pid > 1) (void)kill((pid_t)pid, SIGKILL);
    if (f) (void)fclose(f);
}

static void server_stop(struct kill_test *k)
{
    char line[1024];
    (void)snprintf(line, sizeof line, "'%s' stop '%s/pg' >/dev/null 2>&1", script(), k->dir);
    if (system(line) != 0) printf("the PostgreSQL server did not stop\n");
}

/* ---- rounds ---- */

static void round_once(struct kill_test *k, int n)
{
    int64_t serial = (int64_t)(n + 1) * 1000000;
    int delay = 10 + (int)(next_random(k) % (uint64_t)k->o.longest);
    bool server_too = k->o.postgres && n % 3 == 2;
    size_t before = k->l.n;
    struct child c = spawn(k, child_load, serial);
    bool ready = listen_to(k, c.fd, now_ms() + 1000 * OPEN_SECONDS);
    k->ready_rounds += ready;
    k->rough = server_too;
    if (ready) (void)listen_to(k, c.fd, now_ms() + delay);
    if (server_too) {
        server_kill(k);
        (void)listen_to(k, c.fd, now_ms() + (int64_t)(next_random(k) % 60));
    }
    (void)kill(c.pid, SIGKILL);
    (void)listen_to(k, c.fd, now_ms() + 1000 * OPEN_SECONDS);
    int status = finish(c);
    k->rough = false;
    if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGKILL) {
        printf("  WRONG: the process under test ended by itself (status %x)\n", (unsigned)status);
        k->wrong++;
    }
    if (server_too && !server_start(k)) {
        printf("  WRONG: the PostgreSQL server does not start again\n");
        k->wrong++;
        return;
    }
    size_t doubt = 0, done = 0;
    for (size_t i = 0; i < k->l.n; i++) {
        doubt += k->l.list[i].state == DOUBT;
        done += k->l.list[i].state == DONE;
    }
    (void)to_the_end(k, "the check", child_check, 0);
    printf("round %d: killed after %d ms%s, %zu commands new, %zu acknowledged in all, %zu in doubt\n", n + 1, delay,
           server_too ? " with the server" : "", k->l.n - before, done, doubt);
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
    k->index = malloc(INDEX * sizeof *k->index);
    if (!k->index) stop("malloc");
    for (size_t i = 0; i < INDEX; i++) k->index[i] = -1;
    random_bytes(k->x.keys, sizeof k->x.keys);
    if (k->o.postgres && !server_start(k)) {
        printf("the PostgreSQL server does not start\n");
        exit(2);
    }
    if (!k->o.postgres) (void)snprintf(k->url, sizeof k->url, "sqlite:%s/city.db", k->dir);
    k->x.url = k->url;
    k->x.vfs = k->o.postgres ? NULL : "fault";
    k->x.service = "establish_company";
    (void)to_the_end(k, "making the city", child_fresh, 0);
}

static int conclude(struct kill_test *k, int rounds)
{
    size_t done = 0, refused = 0;
    bool loses = k->x.no_sync;
    if (!loses && !k->wrong) {
        (void)to_the_end(k, "sending again what is in doubt", child_resend, (int64_t)(rounds + 1) * 1000000);
        (void)to_the_end(k, "the last check", child_check, -1);
    }
    for (size_t i = 0; i < k->l.n; i++) {
        done += k->l.list[i].state == DONE;
        refused += k->l.list[i].state == REFUSED;
    }
    if (k->o.postgres) server_stop(k);
    remove_tree(k->dir);
    printf("seed %llu: %d rounds, %zu commands, %zu done, %zu refused, %d wrong\n", (unsigned long long)k->o.seed,
           rounds, k->l.n, done, refused, k->wrong);
    if (loses) {
        printf(k->wrong ? "synchronous=OFF loses what was acknowledged, and the test sees it\n"
                        : "FAILED: synchronous=OFF, and nothing was seen to be lost: the test is blind\n");
        return k->wrong ? 0 : 1;
    }
    if (k->ready_rounds == 0 || done == 0) {
        printf("FAILED: no round did anything\n");
        return 1;
    }
    return k->wrong ? 1 : 0;
}

static int usage(void)
{
    (void)fprintf(
        stderr,
        "usage: kill [--rounds N] [--seed S] [--threads N] [--longest MS] [--no-sync] (--sqlite | --postgres)\n");
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
