/* Arguments, start, and the order in which rights are given up. */
#include "app/signd/signd.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static const char usage[] =
    "tongban-signd：密钥保管与签名进程 / the process that keeps the keys and signs\n"
    "\n"
    "  tongban-signd --init DIR [--city NAME] [--organisation NAME] [--document-key p256|p384|rsa]\n"
    "                [--token-module FILE --token-label LABEL [--pin-file F]]\n"
    "      在 DIR 生成一套测试密钥与测试证书 / make test keys and test certificates in DIR\n"
    "      --token-module  签名密钥生成于 PKCS#11 令牌 / signing keys are made in a token of PKCS #11, and stay there\n"
    "  tongban-signd --rotate-city-key DIR [--passphrase-file F | --passphrase-fd N]\n"
    "      停止签名服务后更换城市密钥；旧版保留，以便读取 / a new version of the city key, the signer being stopped; old ones stay readable\n"
    "  tongban-signd --retire-city-key DIR --key-version N --proof TEXT\n"
    "      删除不再使用的旧版；证明由 tongban admin keys 给出 / forget an old version that nothing uses, as tongban admin keys proves\n"
    "  tongban-signd --add-seal-keys DIR [--city NAME] [--organisation NAME]\n"
    "      停止签名服务后，为早先的密钥文件补充电子印章的测试密钥 / test keys for electronic seals, for a key file of before, the signer being stopped\n"
    "  tongban-signd --dir DIR --socket PATH [--allow-uid N] [--user NAME] [--passphrase-file F | --passphrase-fd N]\n"
    "      提供签名服务（前台运行）/ serve in the foreground\n"
    "      --allow-uid  允许连接的用户号，默认为本进程用户 / the one uid whose connections are taken (default: own)\n"
    "      --user       以 root 启动时改用此用户 / become this user when started as root\n";

static result say_errno(struct arena *a, const char *what)
{
    return fail(a, CODE_UNAVAILABLE, S(""), "detail", arena_printf(a, "%s: %s", what, strerror(errno)), NULL);
}

static bool read_kind(const char *name, enum crypto_kind *out)
{
    *out = strcmp(name, "p384") == 0 ? CRYPTO_P384 : strcmp(name, "rsa") == 0 ? CRYPTO_RSA : CRYPTO_P256;
    return *out != CRYPTO_P256 || strcmp(name, "p256") == 0;
}

static bool read_options(int argc, char **argv, struct signd_options *o)
{
    static const struct option longs[] = {{"init", 1, 0, 'i'},
                                          {"dir", 1, 0, 'd'},
                                          {"socket", 1, 0, 's'},
                                          {"passphrase-file", 1, 0, 'p'},
                                          {"passphrase-fd", 1, 0, 'f'},
                                          {"allow-uid", 1, 0, 'a'},
                                          {"user", 1, 0, 'u'},
                                          {"organisation", 1, 0, 'o'},
                                          {"city", 1, 0, 'c'},
                                          {"rotate-city-key", 1, 0, 'r'},
                                          {"retire-city-key", 1, 0, 'R'},
                                          {"add-seal-keys", 1, 0, 'S'},
                                          {"key-version", 1, 0, 'v'},
                                          {"proof", 1, 0, 'P'},
                                          {"token-module", 1, 0, 'm'},
                                          {"token-label", 1, 0, 'l'},
                                          {"pin-file", 1, 0, 'n'},
                                          {"document-key", 1, 0, 'k'},
                                          {"help", 0, 0, 'h'},
                                          {0, 0, 0, 0}};
    int c;
    int64_t n;
    *o = (struct signd_options){.passphrase_fd = -1, .document = CRYPTO_P256, .organisation = "示例市政务服务数据管理局", .city = "示例市"};
    while ((c = getopt_long(argc, argv, "", longs, NULL)) != -1) {
        switch (c) {
        case 'i': o->init_dir = optarg; break;
        case 'd': o->dir = optarg; break;
        case 's': o->socket_path = optarg; break;
        case 'p': o->passphrase_file = optarg; break;
        case 'f':
            if (!slice_int64(slice_cstr(optarg), &n) || n < 0 || n > 1024) return false;
            o->passphrase_fd = (int)n;
            break;
        case 'a':
            if (!slice_int64(slice_cstr(optarg), &n) || n < 0 || n > UINT32_MAX) return false;
            o->allow_uid = (uint32_t)n;
            o->allow_uid_given = true;
            break;
        case 'u': o->user = optarg; break;
        case 'r': o->rotate_dir = optarg; break;
        case 'R': o->retire_dir = optarg; break;
        case 'S': o->seals_dir = optarg; break;
        case 'v':
            if (!slice_int64(slice_cstr(optarg), &o->key_version)) return false;
            break;
        case 'P': o->proof = optarg; break;
        case 'm': o->token_module = optarg; break;
        case 'l': o->token_label = optarg; break;
        case 'n': o->pin_file = optarg; break;
        case 'k':
            if (!read_kind(optarg, &o->document)) return false;
            break;
        case 'o': o->organisation = optarg; break;
        case 'c': o->city = optarg; break;
        default: return false;
        }
    }
    if ((o->token_module != NULL) != (o->token_label != NULL)) return false;
    if (o->retire_dir && (o->key_version < 1 || !o->proof)) return false;
    return optind == argc &&
           (o->init_dir || o->rotate_dir || o->retire_dir || o->seals_dir || (o->dir && o->socket_path));
}

result signd_read_keys(struct arena *a, const struct signd_options *o, const char *dir, struct signer_keys *keys,
                       struct signer_store *store)
{
    struct slice file;
    char *path = arena_cstr(a, arena_printf(a, "%s/keys.json", dir));
    TRY(signd_private(a, path));
    TRY(signd_read_file(a, path, 256 * 1024, &file));
    TRY(signd_store(a, o, dir, store));
    return signer_keys_open(a, file, store, keys);
}

/* A socket left by a signer that died is removed; one that still answers is not. */
static result open_socket(struct arena *a, const char *path, int *out)
{
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    size_t n = strlen(path);
    if (n >= sizeof at.sun_path) return fail(a, CODE_TOO_LARGE, S("--socket"), "limit", S("107"), NULL);
    memcpy(at.sun_path, path, n + 1);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0) return say_errno(a, "socket");
    if (connect(fd, (const struct sockaddr *)&at, sizeof at) == 0) {
        close(fd);
        return fail(a, CODE_CONFLICT, S("--socket"), "value", S("another signer answers there"), NULL);
    }
    struct stat st;
    if (lstat(path, &st) == 0 && S_ISSOCK(st.st_mode)) unlink(path);
    mode_t old = umask(0117); /* owner and group: the server's user shares the group */
    int rc = bind(fd, (const struct sockaddr *)&at, sizeof at);
    umask(old);
    if (rc != 0 || listen(fd, 16) != 0) {
        result r = say_errno(a, path);
        close(fd);
        return r;
    }
    *out = fd;
    return ok();
}

static result start(struct arena *a, const struct signd_options *o, struct signer_core **core, int *listen_fd)
{
    struct signer_keys *keys = NEW(a, struct signer_keys);
    if (o->user) {
        if (getuid() != 0) return fail(a, CODE_FORBIDDEN, S("--user"), "right", S("root"), NULL);
        TRY(signd_become(a, o->user)); /* before any file is touched: everything here must be that user's */
    }
    TRY(signd_harden(a));
    struct signer_store store;
    TRY(signd_read_keys(a, o, o->dir, keys, &store));
    char *uses = arena_cstr(a, arena_printf(a, "%s/uses.log", o->dir));
    int use_fd = open(uses, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    if (use_fd < 0) return say_errno(a, uses);
    TRY(signer_core_open(a, keys, time_system(), use_fd, core));
    TRY(open_socket(a, o->socket_path, listen_fd));
    if (keys->test) {
        fprintf(stderr, "警告：正在使用测试密钥，所签证照不具法律效力。\n"
                        "Warning: these are TEST keys; what they sign has no legal force.\n");
    }
    return ok();
}

int main(int argc, char **argv)
{
    struct signd_options o;
    if (!read_options(argc, argv, &o)) {
        fputs(usage, stderr);
        return 2;
    }
    if (o.init_dir) return signd_init(&o);
    if (o.rotate_dir || o.retire_dir || o.seals_dir) return signd_rotate(&o);
    struct arena *a = arena_new("signd");
    struct signer_core *core = NULL;
    int listen_fd = -1;
    result r = start(a, &o, &core, &listen_fd);
    if (!failed(r)) r = signd_seccomp(a, signd_has_token(a, o.dir));
    if (failed(r)) {
        struct slice zh = result_text(a, r, LANG_ZH), en = result_text(a, r, LANG_EN);
        fprintf(stderr, "%.*s\n%.*s\n", SLICE_ARG(zh), SLICE_ARG(en));
        arena_free(a);
        return 1;
    }
    fprintf(stderr, "tongban-signd: %s\n", o.socket_path);
    int status = signd_serve(core, listen_fd, o.allow_uid_given ? o.allow_uid : getuid());
    arena_free(a);
    return status;
}
