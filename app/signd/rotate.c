/* --rotate-city-key, --retire-city-key and --add-seal-keys: keys.json is written anew and put in the place of the old one, which stays beside it
 * as keys.json.before-N until somebody has seen that the city reads everything. */
#include "app/signd/signd.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

static result problem(struct arena *a, const char *path)
{
    return fail(a, CODE_UNAVAILABLE, slice_cstr(path), "detail", slice_cstr(strerror(errno)), NULL);
}

/* The folder always holds a whole keys.json: the new one takes its name in one step. */
static result replace(struct arena *a, const char *dir, struct slice file, int64_t version, const char *act)
{
    char *now = arena_cstr(a, arena_printf(a, "%s/keys.json", dir));
    char *next = arena_cstr(a, arena_printf(a, "%s/keys.json.new", dir));
    char *before = arena_cstr(a, arena_printf(a, "%s/keys.json.before-%s-%lld", dir, act, (long long)version));
    if (unlink(next) != 0 && errno != ENOENT) return problem(a, next);
    TRY(signd_write_new(a, dir, "keys.json.new", file, 0600));
    if (link(now, before) != 0 && errno != EEXIST) return problem(a, before);
    if (rename(next, now) != 0) return problem(a, now);
    int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return problem(a, dir);
    int rc = fsync(fd);
    close(fd);
    return rc == 0 ? ok() : problem(a, dir);
}

static result change_keys(struct arena *a, const struct signd_options *o, struct signer_keys *keys)
{
    instant now = time_now(time_system());
    const struct signer_names names = {slice_cstr(o->organisation), slice_cstr(o->city)};
    if (o->rotate_dir) return signer_keys_rotate(a, keys);
    if (o->seals_dir) return signer_keys_add_seals(a, &names, now, keys);
    TRY(city_key_proof_check(a, &keys->city, slice_cstr(o->proof), o->key_version, now));
    return signer_keys_retire(a, keys, o->key_version);
}

static result change(struct arena *a, const struct signd_options *o, int64_t *version)
{
    struct signer_keys *keys = NEW(a, struct signer_keys), *again = NEW(a, struct signer_keys);
    struct signer_store store;
    struct slice file;
    const char *dir = o->rotate_dir ? o->rotate_dir : o->seals_dir ? o->seals_dir : o->retire_dir;
    TRY(signd_read_keys(a, o, dir, keys, &store));
    int64_t before = o->retire_dir ? o->key_version : (int64_t)keys->city.version;
    TRY(change_keys(a, o, keys));
    TRY(signer_keys_seal(a, keys, &store, &file));
    TRY(signer_keys_open(a, file, &store, again)); /* what cannot be read back must not take its place */
    *version = (int64_t)keys->city.version;
    if (o->seals_dir) {
        char *path = arena_cstr(a, arena_printf(a, "%s/anchors.pem", dir));
        if (unlink(path) != 0 && errno != ENOENT) return problem(a, path);
        TRY(signd_write_new(a, dir, "anchors.pem", keys->certificates.anchors, 0644));
    }
    return replace(a, dir, file, before, o->rotate_dir ? "rotating" : o->seals_dir ? "seals" : "retiring");
}

int signd_rotate(const struct signd_options *o)
{
    struct arena *a = arena_new("signd rotate");
    int64_t version = 0;
    result r = change(a, o, &version);
    if (failed(r)) {
        struct slice zh = result_text(a, r, LANG_ZH), en = result_text(a, r, LANG_EN);
        fprintf(stderr, "%.*s\n%.*s\n", SLICE_ARG(zh), SLICE_ARG(en));
    } else if (o->seals_dir) {
        printf("已补充电子印章的测试密钥，anchors.pem 已更新（也请更新核验者手中的副本）。\n"
               "Test keys for electronic seals are there; anchors.pem is new: give it to verifiers.\n");
    } else if (o->rotate_dir) {
        printf("城市密钥现为第 %lld 版。请启动签名服务和平台，并备份 keys.json。\n"
               "The city key is version %lld now. Start the signer and the servers, and back up keys.json.\n",
               (long long)version, (long long)version);
    } else {
        printf(
            "已删除第 %lld 版。确认一切可读后，请销毁 keys.json.before-retiring-%lld 和含有它的备份。\n"
            "Version %lld is forgotten. When all is readable, destroy keys.json.before-retiring-%lld and backups that hold it.\n",
            (long long)o->key_version, (long long)o->key_version, (long long)o->key_version, (long long)o->key_version);
    }
    int status = failed(r) ? 1 : 0;
    arena_free(a);
    return status;
}
