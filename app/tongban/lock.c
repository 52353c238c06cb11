/* One process at a time serves a city's folder, or rebuilds its tables: flock on DIR/lock. The kernel gives it back when the
 * process ends, however it ends; the number in the file is only for the message. */
#include "app/tongban/cli.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <unistd.h>

static struct slice holder(struct arena *a, int fd)
{
    char text[32] = "";
    ssize_t n = pread(fd, text, sizeof text - 1, 0);
    struct slice s = slice_trim(slice_of(text, n > 0 ? (size_t)n : 0));
    return s.n ? arena_copy(a, s) : S("?");
}

result folder_lock(struct cli *c)
{
    char *path = arena_cstr(c->a, arena_printf(c->a, "%s/lock", c->data_dir)), text[32];
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0) return fail(c->a, CODE_FILE_FAILED, slice_cstr(path), "detail", slice_cstr(strerror(errno)), NULL);
    if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        struct slice pid = holder(c->a, fd);
        (void)close(fd);
        return fail(c->a, CODE_SERVE_LOCKED, S("--data"), "value", slice_cstr(c->data_dir), "pid", pid, NULL);
    }
    int n = snprintf(text, sizeof text, "%ld\n", (long)getpid());
    if (ftruncate(fd, 0) != 0 || pwrite(fd, text, (size_t)n, 0) != n) {
        result r = fail(c->a, CODE_FILE_FAILED, slice_cstr(path), "detail", slice_cstr(strerror(errno)), NULL);
        (void)close(fd);
        return r;
    }
    return ok(); /* the descriptor stays open until the process ends */
}
