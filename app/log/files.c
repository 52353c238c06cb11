#include "app/log/client.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static result broken(struct arena *a, const char *path)
{
    return fail(a, CODE_FILE_FAILED, slice_cstr(path), "detail", slice_cstr(strerror(errno)), NULL);
}

static result make_folders(struct arena *a, char *path)
{
    for (char *p = path + 1; *p; p++) {
        if (*p != '/') continue;
        *p = 0;
        int rc = mkdir(path, 0755);
        result r = rc != 0 && errno != EEXIST ? broken(a, path) : ok();
        *p = '/';
        TRY(r);
    }
    return ok();
}

static result sync_folder(struct arena *a, const char *path)
{
    size_t n = strlen(path);
    while (n > 0 && path[n - 1] != '/') n--;
    char *folder = arena_cstr(a, n ? slice_of(path, n) : S("."));
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return broken(a, folder);
    int rc = fsync(fd);
    (void)close(fd);
    return rc == 0 ? ok() : broken(a, folder);
}

static bool write_all(int fd, struct slice s)
{
    while (s.n) {
        ssize_t n = write(fd, s.p, s.n);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return false;
        s = slice_sub(s, (size_t)n, s.n);
    }
    return true;
}

result log_file_put(struct arena *a, const char *dir, struct slice path, struct slice bytes, unsigned mode)
{
    char *to = arena_cstr(a, arena_printf(a, "%s/%.*s", dir, SLICE_ARG(path)));
    char *temporary = arena_cstr(a, arena_printf(a, "%s.new", to));
    TRY(make_folders(a, to));
    int fd = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
    if (fd < 0) return broken(a, temporary);
    bool good = write_all(fd, bytes) && fsync(fd) == 0;
    if (close(fd) != 0 || !good || rename(temporary, to) != 0) return broken(a, to);
    return sync_folder(a, to);
}

result log_file_get(struct arena *a, const char *dir, struct slice path, size_t max, struct slice *out, bool *there)
{
    char *from = arena_cstr(a, arena_printf(a, "%s/%.*s", dir, SLICE_ARG(path)));
    int fd = open(from, O_RDONLY | O_CLOEXEC);
    *there = fd >= 0;
    if (fd < 0) return errno == ENOENT ? ok() : broken(a, from);
    struct buf b = buf_new(a, max + 1);
    char part[16384];
    ssize_t n;
    while ((n = read(fd, part, sizeof part)) > 0) buf_put(&b, slice_of(part, (size_t)n));
    result r = n < 0 ? broken(a, from) : ok();
    (void)close(fd);
    *out = buf_slice(&b);
    if (!failed(r) && out->n > max)
        r = fail(a, CODE_TOO_LARGE, slice_cstr(from), "limit", arena_printf(a, "%zu", max), NULL);
    return r;
}
