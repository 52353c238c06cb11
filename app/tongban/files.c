#include "app/tongban/cli.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static result broken(struct arena *a, const char *path)
{
    return fail(a, CODE_FILE_FAILED, slice_cstr(path), "detail", slice_cstr(strerror(errno)), NULL);
}

result file_read(struct arena *a, const char *path, size_t max, struct slice *out)
{
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return broken(a, path);
    if (fstat(fd, &st) != 0 || st.st_size > (off_t)max) {
        (void)close(fd);
        return fail(a, CODE_TOO_LARGE, slice_cstr(path), "limit", arena_printf(a, "%zu", max), NULL);
    }
    struct buf b = buf_new(a, max + 1);
    char part[65536];
    ssize_t n;
    while ((n = read(fd, part, sizeof part)) > 0) buf_put(&b, slice_of(part, (size_t)n));
    result r = n < 0 ? broken(a, path) : ok();
    (void)close(fd);
    *out = buf_slice(&b);
    return r;
}

result file_write(struct arena *a, const char *path, struct slice bytes, unsigned mode)
{
    char *temporary = arena_cstr(a, arena_printf(a, "%s.new", path));
    int fd = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
    if (fd < 0) return broken(a, temporary);
    size_t done = 0;
    while (done < bytes.n) {
        ssize_t n = write(fd, bytes.p + done, bytes.n - done);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) break;
        done += (size_t)n;
    }
    bool good = done == bytes.n && fsync(fd) == 0;
    if (close(fd) != 0 || !good || rename(temporary, path) != 0) return broken(a, path);
    return ok();
}
