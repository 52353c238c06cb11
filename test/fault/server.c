/* The PostgreSQL server of the kill test, in dir/pg, through tools/pg_test_server.sh. */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "test/fault/fault.h"

/* Runs the script; its output goes to `out`, its complaints to dir/start.log. */
static bool script(const char *dir, const char *command, int out)
{
    char path[512], place[512], log[512];
    const char *root = getenv("TONGBAN_SOURCE_ROOT");
    int status = 0;
    (void)snprintf(path, sizeof path, "%s/tools/pg_test_server.sh", root && *root ? root : ".");
    (void)snprintf(place, sizeof place, "%s/pg", dir);
    (void)snprintf(log, sizeof log, "%s/start.log", dir);
    (void)fflush(stdout);
    pid_t pid = fork();
    if (pid == 0) {
        int fd = open(log, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
        (void)dup2(out, STDOUT_FILENO);
        (void)dup2(fd, STDERR_FILENO);
        (void)execl(path, path, command, place, (char *)NULL);
        _exit(127);
    }
    return pid > 0 && waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

bool pg_server_start(const char *dir, char *url, size_t max)
{
    char path[512];
    (void)snprintf(path, sizeof path, "%s/pg.url", dir);
    /* processes of a killed server may still hold its memory: then it does not start at once */
    for (int i = 0; i < 60; i++) {
        struct timespec pause = {0, 200 * 1000000};
        int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
        bool good = fd >= 0 && script(dir, "start", fd);
        ssize_t n = good ? pread(fd, url, max - 1, 0) : -1;
        if (fd >= 0) (void)close(fd);
        if (n > 0) {
            url[n] = 0;
            url[strcspn(url, "\n")] = 0;
            return strncmp(url, "postgresql:", 11) == 0;
        }
        (void)nanosleep(&pause, NULL);
    }
    return false;
}

void pg_server_kill(const char *dir)
{
    char path[512], text[32];
    int64_t pid = 0;
    (void)snprintf(path, sizeof path, "%s/pg/data/postmaster.pid", dir);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd >= 0 ? read(fd, text, sizeof text - 1) : -1;
    if (fd >= 0) (void)close(fd);
    if (n <= 0) return;
    text[n] = 0;
    struct slice line = {text, strcspn(text, "\n")};
    if (!slice_int64(line, &pid) || pid <= 1) return;
    (void)kill((pid_t)pid, SIGKILL);
    /* a signal is delivered when it is delivered: until then the script would take it for a running server */
    for (int i = 0; i < 1000 && kill((pid_t)pid, 0) == 0; i++) {
        struct timespec pause = {0, 10 * 1000000};
        (void)nanosleep(&pause, NULL);
    }
}

bool pg_server_stop(const char *dir)
{
    int fd = open("/dev/null", O_WRONLY | O_CLOEXEC);
    bool good = script(dir, "stop", fd);
    (void)close(fd);
    return good;
}
