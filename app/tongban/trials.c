/* Scenarios of a draft, played by this program in a process of its own: it is given the draft and nothing of the city, neither its
 * folder nor its connections, so that whatever a draft does has no effect here; and it is ended when it takes too long. */
#include "city/city.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "app/tongban/cli.h"
#include "city/catalogue/catalogue.h"

enum { SECONDS = 40 /* of work */, WAITED = 90 /* by the clock */, ARGUMENTS = 256, REPORT_MAX = 4 << 20 };
#define MEMORY ((rlim_t)2 << 30)
#define FILE_MOST ((rlim_t)1 << 30)

static pthread_mutex_t one_at_a_time = PTHREAD_MUTEX_INITIALIZER;

struct trial {
    struct arena *a;
    char dir[64];
    char *argv[ARGUMENTS];
    size_t argc;
};

static void add(struct trial *t, struct slice arg)
{
    if (t->argc + 1 < ARGUMENTS) t->argv[t->argc++] = arena_cstr(t->a, arg);
}

/* ---- the folder that it is given ---- */

static result broke(struct arena *a, const char *what)
{
    return fail(a, CODE_UNAVAILABLE, S("trial"), "detail", arena_printf(a, "%s: %s", what, strerror(errno)), NULL);
}

/* The paths are those that the studio takes: names of one folder below at most, checked before. */
static result write_file(struct arena *a, const char *dir, struct service_file f)
{
    char *path = arena_cstr(a, arena_printf(a, "%s/%.*s", dir, SLICE_ARG(f.path))), *end = strrchr(path, '/');
    for (char *p = path + strlen(dir) + 1; p <= end; p++) {
        if (*p != '/') continue;
        *p = 0;
        if (mkdir(path, 0700) && errno != EEXIST) return broke(a, path);
        *p = '/';
    }
    return file_write(a, path, f.bytes, 0600);
}

static result write_folder(struct arena *a, const char *dir, struct service_files files)
{
    if (mkdir(dir, 0700)) return broke(a, dir);
    for (size_t i = 0; i < files.n; i++) TRY(write_file(a, dir, files.list[i]));
    return ok();
}

/* Services as they are in force here: the draft may call them. */
static result write_beside(struct trial *t, const struct city *c)
{
    const struct service *const *all;
    size_t n;
    catalogue_all(c->catalogue, t->a, &all, &n);
    for (size_t i = 0; i < n; i++) {
        struct slice dir = arena_printf(t->a, "%s/beside%zu", t->dir, i);
        TRY(write_folder(t->a, arena_cstr(t->a, dir), service_folder(all[i])));
        add(t, dir);
    }
    return ok();
}

static int gone(const char *path, const struct stat *s, int kind, struct FTW *at)
{
    (void)s;
    (void)kind;
    (void)at;
    return remove(path);
}

/* ---- the process ---- */

static bool ended(pid_t pid, int *status)
{
    for (int i = 0; i < WAITED * 50; i++) {
        struct timespec pause = {0, 20 * 1000000};
        if (waitpid(pid, status, WNOHANG) == pid) return true;
        (void)nanosleep(&pause, NULL);
    }
    (void)kill(-pid, SIGKILL);
    (void)waitpid(pid, status, 0);
    return false;
}

static void bound(pid_t pid)
{
    struct rlimit time = {SECONDS, SECONDS + 5}, file = {FILE_MOST, FILE_MOST};
    (void)prlimit(pid, RLIMIT_CPU, &time, NULL);
    (void)prlimit(pid, RLIMIT_FSIZE, &file, NULL);
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__) /* whose shadow is larger than any bound */
    struct rlimit memory = {MEMORY, MEMORY};
    (void)prlimit(pid, RLIMIT_DATA, &memory, NULL);
#endif
}

/* Standard output into the folder; nothing else of this process is open there. */
static result start(struct trial *t, const char *output, pid_t *pid)
{
    posix_spawn_file_actions_t files;
    posix_spawnattr_t how;
    sigset_t none;
    char *tmp = arena_cstr(t->a, arena_printf(t->a, "TMPDIR=%s", t->dir));
    char *env[] = {tmp, (char[]){"LC_ALL=C.UTF-8"}, NULL};
    (void)sigemptyset(&none);
    int r = posix_spawn_file_actions_init(&files);
    if (!r) r = posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    if (!r) r = posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, output, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (!r) r = posix_spawn_file_actions_addopen(&files, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    if (!r) r = posix_spawn_file_actions_addclosefrom_np(&files, STDERR_FILENO + 1);
    if (!r) r = posix_spawnattr_init(&how);
    if (!r) r = posix_spawnattr_setflags(&how, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK);
    if (!r) r = posix_spawnattr_setsigmask(&how, &none);
    if (!r) r = posix_spawn(pid, "/proc/self/exe", &files, &how, t->argv, env);
    (void)posix_spawn_file_actions_destroy(&files);
    (void)posix_spawnattr_destroy(&how);
    errno = r;
    return r ? broke(t->a, "tongban") : ok();
}

static result carried_out(struct trial *t, const struct json **report)
{
    char *output = arena_cstr(t->a, arena_printf(t->a, "%s/report", t->dir));
    struct slice text;
    pid_t pid = 0;
    int status = 0;
    TRY(start(t, output, &pid));
    bound(pid);
    if (!ended(pid, &status) || (WIFSIGNALED(status) && WTERMSIG(status) == SIGXCPU))
        return fail(t->a, CODE_TRIAL_TIME, S("scenario"), "limit", arena_printf(t->a, "%d", SECONDS), NULL);
    if (!WIFEXITED(status) || WEXITSTATUS(status) > EXIT_NO)
        return fail(t->a, CODE_UNAVAILABLE, S("trial"), "detail",
                    WIFEXITED(status) ? S("it could not be begun") : S("it broke off"), NULL);
    TRY(file_read(t->a, output, REPORT_MAX, &text));
    return json_parse(t->a, text, REPORT_MAX, S("report"), report);
}

static result in_folder(struct trial *t, const struct city *c, struct service_files files, struct slice scenario,
                        const struct json **report)
{
    struct slice draft = arena_printf(t->a, "%s/draft", t->dir);
    add(t, S("tongban"));
    add(t, S("--json"));
    add(t, S("play"));
    add(t, draft);
    add(t, scenario);
    TRY(write_folder(t->a, arena_cstr(t->a, draft), files));
    TRY(write_beside(t, c));
    return carried_out(t, report);
}

static result play(struct arena *a, const struct city *c, struct service_files files, struct slice scenario,
                   const struct json **report)
{
    struct trial t = {.a = a};
    const char *tmp = getenv("TMPDIR");
    (void)snprintf(t.dir, sizeof t.dir, "%.40s/tongban-play-XXXXXX", tmp && *tmp ? tmp : "/tmp");
    if (pthread_mutex_trylock(&one_at_a_time)) return fail(a, CODE_TRIAL_BUSY, S("scenario"), NULL);
    result r = mkdtemp(t.dir) ? in_folder(&t, c, files, scenario, report) : broke(a, t.dir);
    (void)nftw(t.dir, gone, 16, FTW_DEPTH | FTW_PHYS);
    (void)pthread_mutex_unlock(&one_at_a_time);
    return r;
}

const struct trials TRIALS = {play};
