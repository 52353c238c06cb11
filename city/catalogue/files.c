/* Folders in memory: reading one from the disk, its canonical order, its hash, and its form in the database. */
#include "city/catalogue/internal.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "trust/crypto.h"

#define FILES_MAX 500
#define BYTES_MAX (16 * 1024 * 1024)
#define DEPTH_MAX 6

const struct service_file *service_files_find(struct service_files f, const char *path)
{
    for (size_t i = 0; i < f.n; i++)
        if (slice_is(f.list[i].path, path)) return &f.list[i];
    return NULL;
}

struct reader {
    struct arena *a;
    struct service_file *list;
    size_t n, bytes;
};

/* A path as it can be printed: names on a disk are bytes of any kind. */
static struct slice printable(struct arena *a, struct slice path)
{
    path = slice_sub(path, 0, 200);
    char *p = arena_alloc(a, path.n + 1);
    for (size_t i = 0; i < path.n;) {
        struct slice rest = slice_sub(path, i, 4);
        size_t n = 1; /* the next character, when the bytes are one */
        while (n < rest.n && ((uint8_t)rest.p[n] & 0xc0) == 0x80) n++;
        bool good = slice_utf8(slice_sub(rest, 0, n)) && (uint8_t)rest.p[0] >= 0x20 && rest.p[0] != 0x7f;
        for (size_t k = 0; k < n; k++) p[i + k] = good ? rest.p[k] : '?';
        i += n;
    }
    return slice_of(p, path.n);
}

static result bad_folder(struct arena *a, struct slice where, const char *zh, const char *en)
{
    return fail(a, CODE_SERVICE_FOLDER, printable(a, where), "detail_zh", slice_cstr(zh), "detail_en", slice_cstr(en),
                NULL);
}

static result read_one(struct reader *r, int dir, const char *name, struct slice path)
{
    struct stat st;
    int fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &st) < 0) {
        if (fd >= 0) close(fd);
        return bad_folder(r->a, path, "文件无法读取", "the file cannot be read");
    }
    size_t size = (size_t)st.st_size, got = 0;
    if (r->n == FILES_MAX || r->bytes + size > BYTES_MAX) {
        close(fd);
        return bad_folder(r->a, path, "文件过多或过大（500 个、16 MiB）", "too many files or bytes (500, 16 MiB)");
    }
    char *p = arena_alloc(r->a, size + 1);
    while (got < size) {
        ssize_t k = read(fd, p + got, size - got);
        if (k < 0 && errno == EINTR) continue;
        if (k <= 0) break;
        got += (size_t)k;
    }
    close(fd);
    if (got != size) return bad_folder(r->a, path, "文件无法读取", "the file cannot be read");
    r->list[r->n++] = (struct service_file){path, slice_of(p, size)};
    r->bytes += size;
    return ok();
}

/* dir is taken over. Hidden files, links and special files are left out. */
static result read_dir(struct reader *r, int fd, struct slice prefix, int depth)
{
    DIR *d = fdopendir(fd);
    if (!d) {
        close(fd);
        return bad_folder(r->a, prefix, "目录无法读取", "the folder cannot be read");
    }
    result res = ok();
    const struct dirent *e;
    while (!failed(res) && (e = readdir(d)) != NULL) {
        struct stat st;
        if (e->d_name[0] == '.' || fstatat(dirfd(d), e->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0) continue;
        struct slice path = prefix.n ? arena_printf(r->a, "%.*s/%s", SLICE_ARG(prefix), e->d_name)
                                     : arena_copy(r->a, slice_cstr(e->d_name));
        if (S_ISREG(st.st_mode)) {
            res = read_one(r, dirfd(d), e->d_name, path);
        } else if (S_ISDIR(st.st_mode) && depth < DEPTH_MAX) {
            int sub = openat(dirfd(d), e->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
            res = sub < 0 ? bad_folder(r->a, path, "目录无法读取", "the folder cannot be read")
                          : read_dir(r, sub, path, depth + 1);
        }
    }
    closedir(d);
    return res;
}

static int by_path(const void *x, const void *y)
{
    return slice_cmp(((const struct service_file *)x)->path, ((const struct service_file *)y)->path);
}

result service_files_read(struct arena *a, struct slice dir, struct service_files *out)
{
    struct reader r = {.a = a, .list = NEW_ARRAY(a, struct service_file, FILES_MAX)};
    int fd = open(arena_cstr(a, dir), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return bad_folder(a, dir, "目录不存在或无法读取", "the folder does not exist or cannot be read");
    TRY(read_dir(&r, fd, (struct slice){0}, 0));
    qsort(r.list, r.n, sizeof *r.list, by_path);
    *out = (struct service_files){r.list, r.n};
    return ok();
}

struct service_files files_sorted(struct arena *a, struct service_files f)
{
    struct service_file *list = NEW_ARRAY(a, struct service_file, f.n + 1);
    for (size_t i = 0; i < f.n; i++)
        list[i] = (struct service_file){arena_copy(a, f.list[i].path), arena_copy(a, f.list[i].bytes)};
    qsort(list, f.n, sizeof *list, by_path);
    return (struct service_files){list, f.n};
}

static bool path_good(struct slice p)
{
    if (!p.n || p.n > 200 || p.p[0] == '/' || p.p[0] == '.' || slice_search(p, S("..")) != SIZE_MAX) return false;
    for (size_t i = 0; i < p.n; i++)
        if ((uint8_t)p.p[i] < 0x20 || p.p[i] == '\\') return false;
    return slice_utf8(p);
}

/* What a folder is made of; anything else in it would be published without anybody reading it. */
static bool place_known(struct slice p, enum folder_kind kind)
{
    static const char *const FILES[][5] = {
        {"service.json", "form.json", "process.bpmn", "README.md", "README.zh-CN.md"},
        {"decision.json", "README.md", "README.zh-CN.md", NULL, NULL}};
    static const char *const FOLDERS[][3] = {{"forms/", "documents/", "scenarios/"}, {"examples/", NULL, NULL}};
    for (size_t i = 0; i < 5 && FILES[kind][i]; i++)
        if (slice_is(p, FILES[kind][i])) return true;
    size_t slash = slice_find(p, '/', 0);
    if (slash == SIZE_MAX) return slice_ends(p, S(".dmn"));
    for (size_t i = 0; i < 3 && FOLDERS[kind][i]; i++)
        if (slice_starts(p, slice_cstr(FOLDERS[kind][i])))
            return slice_ends(p, S(".json")) && slice_find(p, '/', slash + 1) == SIZE_MAX;
    return false;
}

static result place_unknown(struct arena *a, struct slice path, enum folder_kind kind)
{
    if (kind == FOLDER_DECISION)
        return bad_folder(a, path, "决策目录中没有这种文件（应为 decision.json、*.dmn、examples/*.json、README.md）",
                          "is no file of a decision's folder (decision.json, *.dmn, examples/*.json, README.md)");
    return bad_folder(a, path,
                      "事项目录中没有这种文件（应为 service.json、form.json、process.bpmn、*.dmn、forms/*.json、"
                      "documents/*.json、scenarios/*.json、README.md）",
                      "is no file of a service folder (service.json, form.json, process.bpmn, *.dmn, forms/*.json, "
                      "documents/*.json, scenarios/*.json, README.md)");
}

result files_check(struct arena *a, struct service_files sorted, enum folder_kind kind)
{
    size_t bytes = 0;
    for (size_t i = 0; i < sorted.n; i++) {
        bytes += sorted.list[i].bytes.n;
        if (!path_good(sorted.list[i].path))
            return bad_folder(a, sorted.list[i].path, "文件名不可用", "the path is not usable");
        if (!place_known(sorted.list[i].path, kind)) return place_unknown(a, sorted.list[i].path, kind);
        if (i && slice_eq(sorted.list[i].path, sorted.list[i - 1].path))
            return bad_folder(a, sorted.list[i].path, "文件重复", "the file is there twice");
    }
    if (sorted.n > FILES_MAX || bytes > BYTES_MAX)
        return bad_folder(a, S("/"), "文件过多或过大（500 个、16 MiB）", "too many files or bytes (500, 16 MiB)");
    return ok();
}

/* Each part is preceded by its length, so that no two folders have the same bytes. Scenarios are evidence, not part of
 * what a case runs on; they count too, because the approver has seen them. */
struct slice files_hash(struct arena *a, struct service_files sorted, const struct service_call *calls, size_t ncalls)
{
    struct slice *parts = NEW_ARRAY(a, struct slice, (sorted.n + ncalls) * 4 + 1);
    size_t n = 0;
    parts[n++] = S("tongban service 1\n");
    for (size_t i = 0; i < sorted.n; i++) {
        struct service_file f = sorted.list[i];
        parts[n++] = arena_printf(a, "F %zu %zu\n", f.path.n, f.bytes.n);
        parts[n++] = f.path;
        parts[n++] = f.bytes;
    }
    for (size_t i = 0; i < ncalls; i++) {
        parts[n++] = arena_printf(a, "C %zu\n", calls[i].code.n);
        parts[n++] = calls[i].code;
        parts[n++] = calls[i].hash;
    }
    uint8_t h[CRYPTO_HASH_BYTES];
    crypto_sha256_parts(parts, n, h);
    return hex_encode(a, slice_of((const char *)h, sizeof h));
}

/* ---- in the database: one JSON value {"files": {path: base64}, "calls": {code: hash}} ---- */

struct slice folder_write(struct arena *a, struct service_files sorted, const struct service_call *calls, size_t ncalls)
{
    struct json_builder f = json_builder(a), c = json_builder(a), b = json_builder(a);
    for (size_t i = 0; i < sorted.n; i++)
        json_set_str_slice(&f, sorted.list[i].path, base64_encode(a, sorted.list[i].bytes));
    for (size_t i = 0; i < ncalls; i++) json_set_str_slice(&c, calls[i].code, calls[i].hash);
    json_set(&b, "files", json_object(&f));
    json_set(&b, "calls", json_object(&c));
    return json_write(a, json_object(&b));
}

result folder_read(struct arena *a, struct slice text, struct service_files *out, struct service_call **calls,
                   size_t *ncalls)
{
    const struct json *v;
    TRY(json_parse(a, text, 64 * 1024 * 1024, S("service_version.folder"), &v));
    const struct json *f = json_get(v, "files"), *c = json_get(v, "calls");
    size_t n = f ? f->n : 0;
    *ncalls = c ? c->n : 0;
    struct service_file *list = NEW_ARRAY(a, struct service_file, n + 1);
    for (size_t i = 0; i < n; i++) {
        list[i].path = f->keys[i];
        if (!base64_decode(a, f->items[i]->text, &list[i].bytes))
            return bad_folder(a, f->keys[i], "存储内容损坏", "the stored content is damaged");
    }
    *calls = NEW_ARRAY(a, struct service_call, *ncalls + 1);
    for (size_t i = 0; i < *ncalls; i++) (*calls)[i] = (struct service_call){c->keys[i], c->items[i]->text};
    *out = (struct service_files){list, n};
    return ok();
}

void json_set_str_slice(struct json_builder *b, struct slice key, struct slice value)
{
    json_set_slice(b, key, json_of_string(b->a, value));
}
