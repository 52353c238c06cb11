/* --init: test keys for a city that has no contract with a licensed certification authority yet. */
#include "app/signd/signd.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static result file_problem(struct arena *a, const char *path)
{
    return fail(a, errno == ENOENT ? CODE_NOT_FOUND : CODE_UNAVAILABLE, slice_cstr(path), "value", slice_cstr(path),
                "detail", slice_cstr(strerror(errno)), NULL);
}

result signd_read_fd(struct arena *a, int fd, size_t max, const char *name, struct slice *out)
{
    char *p = arena_alloc(a, max + 1);
    size_t n = 0;
    for (;;) {
        ssize_t got = read(fd, p + n, max + 1 - n);
        if (got < 0) return file_problem(a, name);
        if (got == 0) break;
        n += (size_t)got;
        if (n > max) return fail(a, CODE_TOO_LARGE, slice_cstr(name), "limit", arena_printf(a, "%zu", max), NULL);
    }
    *out = slice_of(p, n);
    return ok();
}

result signd_read_file(struct arena *a, const char *path, size_t max, struct slice *out)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return file_problem(a, path);
    result r = signd_read_fd(a, fd, max, path, out);
    close(fd);
    return r;
}

result signd_private(struct arena *a, const char *path)
{
    struct stat st;
    if (stat(path, &st) != 0) return file_problem(a, path);
    if (st.st_uid != geteuid())
        return fail(a, CODE_CRYPTO_KEY, slice_cstr(path), "detail", arena_printf(a, "%s: another user's", path), NULL);
    if ((st.st_mode & 077) == 0) return ok();
    return fail(a, CODE_CRYPTO_KEY, slice_cstr(path), "detail", arena_printf(a, "%s: chmod 600", path), NULL);
}

/* Never overwrites: keys that have signed something must not be lost by a repeated command. */
result signd_write_new(struct arena *a, const char *dir, const char *name, struct slice s, mode_t mode)
{
    char *path = arena_cstr(a, arena_printf(a, "%s/%s", dir, name));
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    if (fd < 0) return file_problem(a, path);
    bool good = write(fd, s.p, s.n) == (ssize_t)s.n && fsync(fd) == 0;
    good = close(fd) == 0 && good;
    return good ? ok() : file_problem(a, path);
}

static result make(struct arena *a, const struct signd_options *o)
{
    struct signer_keys keys;
    struct slice file;
    struct signer_store store;
    const struct signer_making making = {{slice_cstr(o->organisation), slice_cstr(o->city)}, o->document};
    TRY(signd_new_store(a, o, o->act_dir, &store));
    TRY(signer_keys_make(a, &store, &making, time_now(time_system()), &keys));
    if (o->officers) TRY(signd_make_shares(a, o, o->act_dir, &keys));
    TRY(signer_keys_seal(a, &keys, &store, &file));
    /* keys.json last: a folder without it is one in which --init was cut, and is begun again */
    char *anchors = arena_cstr(a, arena_printf(a, "%s/anchors.pem", o->act_dir));
    if (unlink(anchors) != 0 && errno != ENOENT) return file_problem(a, anchors);
    TRY(signd_write_new(a, o->act_dir, "anchors.pem", keys.certificates.anchors, 0644));
    TRY(signd_write_recovery(a, o->act_dir, &keys));
    return signd_write_new(a, o->act_dir, "keys.json", file, 0600);
}

int signd_init(const struct signd_options *o)
{
    struct arena *a = arena_new("signd init");
    result r = make(a, o);
    if (failed(r)) {
        struct slice zh = result_text(a, r, LANG_ZH), en = result_text(a, r, LANG_EN);
        fprintf(stderr, "%.*s\n%.*s\n", SLICE_ARG(zh), SLICE_ARG(en));
    } else {
        printf(
            "已生成【测试】密钥：%s\n"
            "  这些密钥只供测试，所签证照、文书不具法律效力；正式运行须由依法设立的电子认证服务机构签发证书。\n"
            "  keys.json（加密的密钥）  passphrase（口令，权限 0600）或 token.conf（令牌）  anchors.pem（公开的根证书，验证时使用）\n"
            "TEST keys made in %s: what they sign has no legal force. For real use have the certificates issued by a\n"
            "  licensed certification authority. Keep keys.json and passphrase apart in earnest; give anchors.pem to verifiers.\n",
            o->act_dir, o->act_dir);
    }
    int status = failed(r) ? 1 : 0;
    arena_free(a);
    return status;
}
