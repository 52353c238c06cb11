/* Tests only: an outside program as a judge, run without a shell. */
#ifndef TRUST_OUTSIDE_H
#define TRUST_OUTSIDE_H

#include "base/arena.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

/* Runs program option FILE last (may be NULL), FILE holding `input`; what it printed (both streams, 64 KiB at most). False: not installed. */
static inline bool outside(struct arena *a, const char *program, const char *option, struct slice input,
                           const char *last, struct slice *said)
{
    char path[] = "/tmp/tongban-outside-XXXXXX", *out = arena_alloc(a, 65536);
    int fd = mkstemp(path), ends[2], status = 0;
    size_t n = 0;
    if (fd < 0 || write(fd, input.p, input.n) != (ssize_t)input.n || pipe(ends) != 0) abort();
    close(fd);
    pid_t pid = fork();
    if (pid == 0) {
        dup2(ends[1], 1);
        dup2(ends[1], 2);
        close(ends[0]);
        execlp(program, program, option, path, last, (char *)NULL);
        _exit(127);
    }
    close(ends[1]);
    for (ssize_t got; n < 65536 && (got = read(ends[0], out + n, 65536 - n)) > 0;) n += (size_t)got;
    close(ends[0]);
    if (pid < 0 || waitpid(pid, &status, 0) != pid) abort();
    unlink(path);
    *said = slice_of(out, n);
    return !WIFEXITED(status) || WEXITSTATUS(status) != 127;
}

#endif
