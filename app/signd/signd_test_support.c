#include "app/signd/signd_test_support.h"

#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

struct signd_place place;

pid_t spawn(const char *const *args)
{
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        int null = open("/dev/null", O_RDWR), said = open(place.said, O_WRONLY | O_CREAT | O_TRUNC, 0600);
        dup2(null, 1);
        dup2(said, 2);
        setenv("ASAN_OPTIONS", "detect_leaks=0", 1); /* confined, the leak checker may not look at the process */
        execvp(args[0], (char *const *)(uintptr_t)args);
        _exit(127);
    }
    return pid;
}

int finish(pid_t pid)
{
    int status = -1;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return status;
}

static void write_file(const char *path, const char *text)
{
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    assert_true(fputs(text, f) >= 0);
    assert_int_equal(fclose(f), 0);
    assert_int_equal(chmod(path, 0600), 0);
}

static void make_token(void)
{
    char path[128], text[256];
    snprintf(path, sizeof path, "%s/tokens", place.dir);
    assert_int_equal(mkdir(path, 0700), 0);
    snprintf(text, sizeof text, "directories.tokendir = %s\nobjectstore.backend = file\nlog.level = ERROR\n", path);
    snprintf(path, sizeof path, "%s/softhsm2.conf", place.dir);
    write_file(path, text);
    setenv("SOFTHSM2_CONF", path, 1);
    write_file(place.pin, TOKEN_PIN "\n");
    const char *args[] = {"softhsm2-util", "--init-token", "--free", "--label", "city",
                          "--so-pin",      "31415926",     "--pin",  TOKEN_PIN, NULL};
    assert_int_equal(finish(spawn(args)), 0);
}

void place_make(const char *program, bool token)
{
    place.program = program;
    place.token = token;
    snprintf(place.dir, sizeof place.dir, "/tmp/tongban-signd-XXXXXX");
    assert_non_null(mkdtemp(place.dir));
    snprintf(place.keys, sizeof place.keys, "%s/keys", place.dir);
    snprintf(place.socket, sizeof place.socket, "%s/s", place.dir);
    snprintf(place.pin, sizeof place.pin, "%s/pin", place.dir);
    snprintf(place.said, sizeof place.said, "%s/said", place.dir);
    if (token) make_token();
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)st, (void)type, (void)ftw;
    return remove(path);
}

void place_remove(void)
{
    nftw(place.dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

int place_init(const char *document)
{
    const char *args[16] = {place.program, "--init", place.keys};
    size_t n = 3;
    if (place.token) {
        args[n++] = "--token-module";
        args[n++] = SOFTHSM;
        args[n++] = "--token-label";
        args[n++] = "city";
        args[n++] = "--pin-file";
        args[n++] = place.pin;
    }
    if (document) {
        args[n++] = "--document-key";
        args[n++] = document;
    }
    return finish(spawn(args));
}

static bool answers(void)
{
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    struct sockaddr_un to = {.sun_family = AF_UNIX};
    snprintf(to.sun_path, sizeof to.sun_path, "%s", place.socket);
    int rc = connect(fd, (const struct sockaddr *)&to, sizeof to);
    close(fd);
    return rc == 0;
}

pid_t serve(const char *uid)
{
    const char *args[] = {place.program, "--dir", place.keys, "--socket", place.socket, uid ? "--allow-uid" : NULL,
                          uid,           NULL};
    pid_t pid = spawn(args);
    for (int i = 0; i < 500; i++) { /* argon2id of the key file takes a moment */
        if (answers()) return pid;
        usleep(20000);
    }
    fail_msg("tongban-signd does not come up");
    return pid;
}

void stop(pid_t pid)
{
    kill(pid, SIGTERM);
    int status = finish(pid);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

void refused(const char *why)
{
    char text[4096] = "";
    const char *args[] = {place.program, "--dir", place.keys, "--socket", place.socket, NULL};
    int status = finish(spawn(args));
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 1) fail_msg("status %#x, not refused: %s", (unsigned)status, why);
    FILE *f = fopen(place.said, "r");
    assert_non_null(f);
    size_t n = fread(text, 1, sizeof text - 1, f);
    fclose(f);
    text[n] = 0;
    if (!strstr(text, why)) fail_msg("\"%s\" is not in: %s", why, text);
}
