#include "app/tongban/signd_child.h"

#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

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

/* Plain fork and exec; the child dies with this process. */
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

result signd_child_start(struct cli *c, struct slice socket_path, long *pid)
{
    char *path = arena_cstr(c->a, socket_path), *signd = program(c);
    char *dir = arena_cstr(c->a, arena_printf(c->a, "%s/keys", c->data_dir));
    char *argv[] = {signd, "--dir", dir, "--socket", path, NULL};
    *pid = 0;
    if (socket_path.n >= sizeof((struct sockaddr_un *)0)->sun_path)
        return fail(c->a, CODE_FILE_FAILED, socket_path, "detail_zh", S("超过 107 字节，请换用较短的目录"), "detail_en",
                    S("longer than 107 bytes: choose a shorter folder"), NULL);
    if (answers(path)) return ok();
    TRY(make_keys(c, signd, dir));
    pid_t child = start(argv);
    if (child < 0) return fail(c->a, CODE_UNAVAILABLE, S("tongban-signd"), "detail", slice_cstr(strerror(errno)), NULL);
    for (int i = 0; i < 100; i++) {
        struct timespec pause = {0, 50 * 1000000};
        if (answers(path)) {
            *pid = child;
            return ok();
        }
        if (waitpid(child, NULL, WNOHANG) == child) break;
        (void)nanosleep(&pause, NULL);
    }
    return fail(c->a, CODE_UNAVAILABLE, S("tongban-signd"), "detail", S("it did not start; see its message above"),
                NULL);
}

void signd_child_stop(long pid)
{
    (void)kill((pid_t)pid, SIGTERM);
    (void)waitpid((pid_t)pid, NULL, 0);
}
