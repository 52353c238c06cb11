#include "test/conformance/archive.h"

#include <dirent.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static bool run(char *const argv[])
{
    pid_t pid;
    int status = -1;
    if (posix_spawnp(&pid, argv[0], NULL, NULL, argv, environ) != 0) return false;
    return waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static void remove_folder(void *dir)
{
    char rm[] = "rm", rf[] = "-rf";
    char *const argv[] = {rm, rf, dir, NULL};
    (void)run(argv);
}

result archive_unpack(struct arena *a, const char *path, const char **dir)
{
    const char *tmp = getenv("TMPDIR");
    char *made = arena_cstr(a, arena_printf(a, "%s/tongban-data-XXXXXX", tmp ? tmp : "/tmp"));
    if (!mkdtemp(made)) return fail(a, CODE_INTERNAL, S("archive"), "detail", S("mkdtemp"), NULL);
    arena_cleanup(a, remove_folder, made);
    char tar[] = "tar", unpack[] = "-xJf", into[] = "-C";
    char *const argv[] = {tar, unpack, arena_cstr(a, slice_cstr(path)), into, made, NULL};
    if (!run(argv)) return fail(a, CODE_NOT_FOUND, S("archive"), "value", slice_cstr(path), NULL);
    *dir = made;
    return ok();
}

const char *archive_path(struct arena *a, const char *name)
{
    const char *shared = getenv("TONGBAN_SHARED_DATA"), *root = getenv("TONGBAN_SOURCE_ROOT");
    if (shared) return arena_cstr(a, arena_printf(a, "%s/domains/%s", shared, name));
    return arena_cstr(a, arena_printf(a, "%s/../shared/data/domains/%s", root ? root : ".", name));
}

int archive_absent(const char *suite, const char *path)
{
    const char *ci = getenv("CI");
    if (access(path, R_OK) == 0) return 0;
    printf("%s: 0 passed, 0 failed, all skipped: no data at %s\n", suite, path);
    return ci && slice_is(slice_cstr(ci), "true") ? 1 : 77;
}

result archive_file(struct arena *a, const char *path, struct slice *out)
{
    enum { MAX = 32 << 20 };
    struct stat st;
    FILE *f = fopen(path, "rb");
    if (!f || fstat(fileno(f), &st) != 0 || st.st_size > MAX) {
        if (f) (void)fclose(f);
        return fail(a, CODE_NOT_FOUND, slice_cstr(path), "value", slice_cstr(path), NULL);
    }
    char *p = arena_alloc(a, (size_t)st.st_size + 1);
    *out = slice_of(p, fread(p, 1, (size_t)st.st_size, f));
    (void)fclose(f);
    return ok();
}

size_t archive_list(struct arena *a, const char *dir, struct slice *names, size_t max)
{
    struct dirent **entries;
    int count = scandir(dir, &entries, NULL, alphasort);
    size_t n = 0;
    for (int i = 0; i < count; i++) {
        struct slice name = arena_printf(a, "%s", entries[i]->d_name);
        const char *full = arena_cstr(a, arena_printf(a, "%s/%.*s", dir, SLICE_ARG(name)));
        struct stat st;
        free(entries[i]);
        if (name.p[0] == '.' || stat(full, &st) != 0) continue;
        if (S_ISDIR(st.st_mode)) {
            size_t from = n;
            n += archive_list(a, full, names + n, max - n);
            for (; from < n; from++)
                names[from] = arena_printf(a, "%.*s/%.*s", SLICE_ARG(name), SLICE_ARG(names[from]));
        } else if (n < max)
            names[n++] = name;
    }
    if (count >= 0) free(entries);
    return n;
}
