#include "city/messages/sink_test_support.h"

#include <dirent.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ARGUMENTS = 12 };

static void become(struct sink *s, int out, char **argv)
{
    (void)dup2(out, STDOUT_FILENO);
    (void)close(out);
    argv[2] = s->dir;
    (void)execvp(argv[0], argv);
    _exit(127);
}

bool sink_start(struct sink *s, ...)
{
    int out[2];
    char path[512], port[16] = "";
    char *argv[ARGUMENTS + 4] = {(char[]){"python3"}, path};
    va_list more;
    va_start(more, s);
    for (int i = 0; i < ARGUMENTS && (argv[3 + i] = va_arg(more, char *)); i++) continue;
    va_end(more);
    (void)snprintf(s->dir, sizeof s->dir, "/tmp/tongban-mail-XXXXXX");
    (void)snprintf(path, sizeof path, "%s/test/support/smtp_sink.py", getenv("TONGBAN_SOURCE_ROOT"));
    assert_non_null(mkdtemp(s->dir));
    assert_int_equal(pipe(out), 0);
    s->pid = fork();
    assert_true(s->pid >= 0);
    if (s->pid == 0) {
        (void)close(out[0]);
        become(s, out[1], argv);
    }
    (void)close(out[1]);
    for (size_t n = 0; n < sizeof port - 1 && read(out[0], port + n, 1) == 1 && port[n] != '\n'; n++) continue;
    (void)close(out[0]);
    s->port = (int)strtol(port, NULL, 10);
    return s->port > 0;
}

void sink_stop(struct sink *s)
{
    char path[512];
    (void)kill(s->pid, SIGTERM);
    (void)waitpid(s->pid, NULL, 0);
    DIR *d = opendir(s->dir);
    for (const struct dirent *e; d && (e = readdir(d));) {
        (void)snprintf(path, sizeof path, "%s/%s", s->dir, e->d_name);
        if (e->d_name[0] != '.') (void)unlink(path);
    }
    if (d) (void)closedir(d);
    (void)rmdir(s->dir);
}

struct slice sink_mail(struct arena *a, struct sink *s, int n)
{
    struct service_files files;
    char name[32];
    (void)snprintf(name, sizeof name, "mail-%d", n);
    assert_good(a, service_files_read(a, slice_cstr(s->dir), &files));
    const struct service_file *f = service_files_find(files, name);
    return f ? f->bytes : (struct slice){0};
}

struct slice sink_url(struct arena *a, const struct sink *s)
{
    return arena_printf(a, "smtp://127.0.0.1:%d", s->port);
}
