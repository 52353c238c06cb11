/* Changes of the keys (--rotate-…, --retire-city-key, --add-seal-keys, --new-log-key, --share): keys.json is written anew and put in the place of the old one, which stays beside it
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

static result change_keys(struct arena *a, const struct signd_options *o, const struct signer_store *store,
                          struct signer_keys *keys)
{
    instant now = time_now(time_system());
    struct signer_making making = {{slice_cstr(o->organisation), slice_cstr(o->city)}, o->document};
    if (keys->names.city.n) making.names = keys->names;
    switch (o->act) {
    case ACT_ROTATE_CITY: return signer_keys_rotate(a, keys);
    case ACT_ADD_SEALS: return signer_keys_add_seals(a, &making.names, now, keys);
    case ACT_ROTATE_SEALS: return signer_keys_rotate_seals(a, &making.names, now, keys);
    case ACT_ROTATE_DOCUMENT: return signer_keys_rotate_document(a, store, &making, now, keys);
    case ACT_NEW_LOG_KEY: return signd_new_log_key(a, o, store, keys);
    case ACT_SHARE: return signd_make_shares(a, o, o->act_dir, keys);
    default: break;
    }
    TRY(city_key_proof_check(a, &keys->city, slice_cstr(o->proof), o->key_version, now));
    return signer_keys_retire(a, keys, o->key_version);
}

/* What the act is called in the name of the file that it leaves, and what it says. */
static const struct {
    const char *file, *zh, *en;
} words[] = {
    [ACT_ROTATE_CITY] = {"rotating", "城市密钥已换新版。请启动签名服务和平台，并备份 keys.json。",
                         "The city key has a new version. Start the signer and the servers, and back up keys.json."},
    [ACT_RETIRE_CITY] =
        {"retiring", "旧版已删除。确认一切可读后，请销毁 keys.json.before-retiring-… 和含有它的备份。",
         "The version is forgotten. When all is readable, destroy keys.json.before-retiring-… and backups that hold it."},
    [ACT_ADD_SEALS] = {"seals", "已补充电子印章的测试密钥，anchors.pem 已更新（也请更新核验者手中的副本）。",
                       "Test keys for electronic seals are there; anchors.pem is new: give it to verifiers."},
    [ACT_ROTATE_DOCUMENT] =
        {"document",
         "证照、文书与记录的签名密钥及其 CA 已换新；旧根证书留在 anchors.pem，旧证照继续可验。请分发 anchors.pem。",
         "The keys of papers and records and their CAs are new; the old roots stay in anchors.pem, so old papers verify. Give anchors.pem to verifiers."},
    [ACT_ROTATE_SEALS] =
        {"seal-ca", "印章 CA 与制章密钥已换新；旧印章继续可用、可验、可吊销。请分发 anchors.pem。",
         "The CA and the maker of seals are new; old seals can still be used, verified and revoked. Give anchors.pem to verifiers."},
    [ACT_NEW_LOG_KEY] = {"log-key", "日志密钥已换新。请按 docs/log.md“新的日志密钥”告知见证人和核验者。",
                         "The log has a new key. Tell witnesses and verifiers, after \"A new key\" in docs/log.md."},
    [ACT_SHARE] =
        {"sharing", "以前的份额自此作废。请把 recovery.json 纳入备份，并销毁含旧 recovery.json 的备份。",
         "Shares of before are void. Put recovery.json into the backups, and destroy those with the one of before."},
};

static result change(struct arena *a, const struct signd_options *o)
{
    struct signer_keys *keys = NEW(a, struct signer_keys), *again = NEW(a, struct signer_keys);
    struct signer_store store;
    struct slice file;
    const char *dir = o->act_dir;
    TRY(signd_read_keys(a, o, dir, keys, &store));
    int64_t before = o->act == ACT_RETIRE_CITY ? o->key_version : (int64_t)keys->city.version;
    struct slice anchors = keys->certificates.anchors;
    TRY(change_keys(a, o, &store, keys));
    TRY(signer_keys_seal(a, keys, &store, &file));
    TRY(signer_keys_open(a, file, &store, again)); /* what cannot be read back must not take its place */
    if (!slice_eq(anchors, keys->certificates.anchors)) {
        char *path = arena_cstr(a, arena_printf(a, "%s/anchors.pem", dir));
        if (unlink(path) != 0 && errno != ENOENT) return problem(a, path);
        TRY(signd_write_new(a, dir, "anchors.pem", keys->certificates.anchors, 0644));
    }
    TRY(replace(a, dir, file, before, words[o->act].file));
    return signd_write_recovery(a, dir, keys);
}

int signd_rotate(const struct signd_options *o)
{
    struct arena *a = arena_new("signd rotate");
    result r = change(a, o);
    if (failed(r)) {
        struct slice zh = result_text(a, r, LANG_ZH), en = result_text(a, r, LANG_EN);
        fprintf(stderr, "%.*s\n%.*s\n", SLICE_ARG(zh), SLICE_ARG(en));
    } else
        printf("%s\n%s\n", words[o->act].zh, words[o->act].en);
    int status = failed(r) ? 1 : 0;
    arena_free(a);
    return status;
}
