#include "app/tongban/signd_child.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <spawn.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"

struct signd_child {
    char *argv[6];
    const char *socket;
    pid_t pid; /* 0: not running. The watch's own once there is one */
    bool watched;
    pthread_t thread;
    atomic_bool ending;
};

static bool answers(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    size_t n = strlen(path);
    if (n >= sizeof address.sun_path) return false;
    memcpy(address.sun_path, path, n + 1);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool good = fd >= 0 && connect(fd, (const struct sockaddr *)&address, sizeof address) == 0;
    if (fd >= 0) (void)close(fd);
    return good;
}

/* Beside this program first: build/tongban and build/tongban-signd belong together. */
static char *program(struct cli *c)
{
    char self[4096];
    ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
    for (; n > 0; n--)
        if (self[n - 1] == '/') {
            char *path = arena_cstr(c->a, arena_printf(c->a, "%.*stongban-signd", (int)n, self));
            if (access(path, X_OK) == 0) return path;
            path = arena_cstr(c->a, arena_printf(c->a, "%.*s../signd/tongban-signd", (int)n, self));
            if (access(path, X_OK) == 0) return path;
            break;
        }
    return arena_cstr(c->a, S("tongban-signd"));
}

/* Plain fork and exec; the child dies with the thread that starts it, and so with this process. */
static pid_t start(char *const argv[])
{
    pid_t parent = getpid(), pid = fork();
    if (pid != 0) return pid;
    /* the server waits for its signals with sigwait and so has them blocked: the signer must hear its own */
    sigset_t none;
    (void)sigemptyset(&none);
    (void)sigprocmask(SIG_SETMASK, &none, NULL);
    (void)dup2(STDERR_FILENO,
               STDOUT_FILENO); /* standard output is this program's own: --json promises one value there */
    (void)prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != parent) _exit(1);
    /* Ctrl-C at the terminal stops the server, which stops its signer last */
    (void)setpgid(0, 0);
    (void)execvp(argv[0], argv);
    _exit(127);
}

static result make_keys(struct cli *c, char *signd, char *dir)
{
    char *argv[] = {signd, "--init", dir, NULL};
    int status = 0;
    if (access(arena_cstr(c->a, arena_printf(c->a, "%s/keys.json", dir)), F_OK) == 0) return ok();
    pid_t pid = start(argv);
    if (pid > 0 && waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) == 0) return ok();
    return fail(c->a, CODE_UNAVAILABLE, S("tongban-signd --init"), "detail",
                arena_printf(c->a, "exit status %d", WEXITSTATUS(status)), NULL);
}

/* Waits until it answers; false: it ended, or takes longer than five seconds. */
static bool comes_up(struct signd_child *s)
{
    for (int i = 0; i < 100 && !s->ending; i++) {
        struct timespec pause = {0, 50 * 1000000};
        if (answers(s->socket)) return true;
        if (waitpid(s->pid, NULL, WNOHANG) == s->pid) {
            s->pid = 0;
            return false;
        }
        (void)nanosleep(&pause, NULL);
    }
    return false;
}

static void end(struct signd_child *s)
{
    if (s->pid <= 0) return;
    (void)kill(s->pid, SIGTERM);
    (void)waitpid(s->pid, NULL, 0);
    s->pid = 0;
}

result signd_child_start(struct cli *c, struct slice socket_path, struct signd_child **out)
{
    char *path = arena_cstr(c->a, socket_path), *signd = program(c);
    char *dir = arena_cstr(c->a, arena_printf(c->a, "%s/keys", c->data_dir));
    *out = NULL;
    if (socket_path.n >= sizeof((struct sockaddr_un *)0)->sun_path)
        return fail(c->a, CODE_FILE_FAILED, socket_path, "detail_zh", S("超过 107 字节，请换用较短的目录"), "detail_en",
                    S("longer than 107 bytes: choose a shorter folder"), NULL);
    if (answers(path)) return ok();
    TRY(make_keys(c, signd, dir));
    struct signd_child *s = NEW(c->a, struct signd_child);
    *s = (struct signd_child){.argv = {signd, "--dir", dir, "--socket", path, NULL}, .socket = path};
    s->pid = start(s->argv);
    if (s->pid < 0)
        return fail(c->a, CODE_UNAVAILABLE, S("tongban-signd"), "detail", slice_cstr(strerror(errno)), NULL);
    if (comes_up(s)) {
        *out = s;
        return ok();
    }
    end(s);
    return fail(c->a, CODE_UNAVAILABLE, S("tongban-signd"), "detail", S("it did not start; see its message above"),
                NULL);
}

/* ---- the watch ---- */

static int64_t now_ms(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void rest(struct signd_child *s, int64_t ms)
{
    for (; ms > 0 && !s->ending; ms -= 50) {
        struct timespec t = {0, 50 * 1000000};
        (void)nanosleep(&t, NULL);
    }
}

/* Until it ends by itself, or the watch does. True: it had run long enough to begin anew. */
static bool wait_for_its_end(struct signd_child *s)
{
    int64_t since = now_ms();
    int status = 0;
    while (s->pid > 0 && !s->ending) {
        if (waitpid(s->pid, &status, WNOHANG) == s->pid) {
            s->pid = 0;
            log_event(LEVEL_ERROR, "signer.died", "status", log_int(status), NULL);
            break;
        }
        rest(s, 200);
    }
    return now_ms() - since >= SIGND_STEADY;
}

static void *watch(void *arg)
{
    struct signd_child *s = arg;
    int64_t pause = SIGND_PAUSE_FIRST;
    while (!s->ending) {
        if (wait_for_its_end(s)) pause = SIGND_PAUSE_FIRST;
        rest(s, pause);
        pause = pause * 2 < SIGND_PAUSE_MAX ? pause * 2 : SIGND_PAUSE_MAX;
        if (s->ending || answers(s->socket)) continue; /* somebody put another one there */
        pid_t pid = start(s->argv);
        s->pid = pid > 0 ? pid : 0;
        if (pid > 0 && comes_up(s))
            log_event(LEVEL_WARN, "signer.restarted", "pid", log_int(pid), NULL);
        else
            end(s);
    }
    end(s); /* by the thread that started it, or the kernel would end it first */
    return NULL;
}

result signd_child_watch(struct cli *c, struct signd_child *s)
{
    s->watched = pthread_create(&s->thread, NULL, watch, s) == 0;
    return s->watched ? ok() : fail(c->a, CODE_UNAVAILABLE, S("tongban-signd"), "detail", S("no thread"), NULL);
}

void signd_child_stop(struct signd_child *s)
{
    s->ending = true;
    if (s->watched)
        (void)pthread_join(s->thread, NULL);
    else
        end(s);
}
