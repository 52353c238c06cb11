/* Where this folder's keys are: token.conf in it says a token, else it is a passphrase. */
#include "app/signd/token.h"

#include "app/signd/signd.h"
#include "base/config.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct config_key conf_keys[] = {
    {"module", CONFIG_TEXT, NULL, "PKCS#11 模块的绝对路径", "the module of PKCS #11, absolute path", 0, 0, NULL},
    {"label", CONFIG_TEXT, NULL, "令牌的标签", "label of the token", 0, 0, NULL},
    {"serial", CONFIG_TEXT, "", "令牌的序列号，同名时填写", "its serial number, when two have the label", 0, 0, NULL},
    {"pin_file", CONFIG_TEXT, "pin", "存放 PIN 的文件", "file with the PIN", 0, 0, NULL},
};
enum { CONF_KEYS = sizeof conf_keys / sizeof *conf_keys };

static struct slice in_folder(struct arena *a, const char *dir, struct slice path)
{
    if (slice_starts(path, S("/"))) return path;
    return arena_printf(a, "%s/%.*s", dir, SLICE_ARG(path));
}

static result read_conf(struct arena *a, const char *dir, const char *path, struct token_conf *out)
{
    struct config *c = NULL;
    TRY(signd_private(a, path));
    TRY(config_load(a, conf_keys, CONF_KEYS, path, NULL, &c));
    *out = (struct token_conf){config_text(c, "module"), config_text(c, "label"), config_text(c, "serial"),
                               in_folder(a, dir, config_text(c, "pin_file"))};
    return ok();
}

static result read_passphrase(struct arena *a, const struct signd_options *o, const char *dir, struct slice *out)
{
    const char *path = o->passphrase_file ? o->passphrase_file : arena_cstr(a, arena_printf(a, "%s/passphrase", dir));
    if (o->passphrase_fd >= 0) {
        TRY(signd_read_fd(a, o->passphrase_fd, 4096, "--passphrase-fd", out));
        close(o->passphrase_fd);
    } else {
        TRY(signd_private(a, path));
        TRY(signd_read_file(a, path, 4096, out));
    }
    *out = slice_trim(*out);
    return ok();
}

bool signd_has_token(struct arena *a, const char *dir)
{
    return access(arena_cstr(a, arena_printf(a, "%s/token.conf", dir)), F_OK) == 0;
}

result signd_store(struct arena *a, const struct signd_options *o, const char *dir, struct signer_store *out)
{
    const char *path = arena_cstr(a, arena_printf(a, "%s/token.conf", dir));
    if (!signd_has_token(a, dir)) {
        struct slice *passphrase = NEW(a, struct slice);
        TRY(read_passphrase(a, o, dir, passphrase));
        *out = signer_store_passphrase(passphrase);
        return ok();
    }
    struct token_conf *conf = NEW(a, struct token_conf);
    struct token *t = NULL;
    TRY(read_conf(a, dir, path, conf));
    TRY(token_open(a, conf, &t));
    *out = token_store(t);
    return ok();
}

static result write_token_conf(struct arena *a, const struct signd_options *o, const char *dir)
{
    struct slice text = arena_printf(a, "module = %s\nlabel = \"%s\"\n", o->token_module, o->token_label);
    if (o->pin_file) text = arena_printf(a, "%.*spin_file = %s\n", SLICE_ARG(text), o->pin_file);
    return signd_write_new(a, dir, "token.conf", text, 0600);
}

result signd_new_store(struct arena *a, const struct signd_options *o, const char *dir, struct signer_store *out)
{
    char *keys = arena_cstr(a, arena_printf(a, "%s/keys.json", dir)),
         *conf = arena_cstr(a, arena_printf(a, "%s/token.conf", dir));
    if (mkdir(dir, 0700) != 0 && errno != EEXIST)
        return fail(a, CODE_UNAVAILABLE, slice_cstr(dir), "detail", slice_cstr(strerror(errno)), NULL);
    if (access(keys, F_OK) == 0) return fail(a, CODE_CONFLICT, slice_cstr(keys), "value", slice_cstr(keys), NULL);
    /* A passphrase or a token.conf without keys is of an --init that was cut: nothing is under it, and it serves this one. */
    if (!o->token_module) {
        char *passphrase = arena_cstr(a, arena_printf(a, "%s/passphrase", dir));
        struct stat st;
        if (stat(passphrase, &st) == 0 && st.st_size == 0) unlink(passphrase);
        if (access(passphrase, F_OK) != 0) TRY(signd_write_new(a, dir, "passphrase", random_token(a, 24), 0600));
        return signd_store(a, o, dir, out);
    }
    bool mine = !signd_has_token(a, dir);
    if (mine) TRY(write_token_conf(a, o, dir));
    result r = signd_store(a, o, dir, out);
    if (failed(r) && mine) unlink(conf);
    return r;
}
